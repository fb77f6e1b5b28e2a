//! Values out of rows, as the types they were before.

use std::fmt::Display;
use std::str::FromStr;

use certified_evidence::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::storage::StorageError;

/// A value whose form in the database is its text.
pub(super) fn parsed<T>(row: &SqliteRow, column: &'static str) -> Result<T, StorageError>
where
    T: FromStr,
    T::Err: Display,
{
    let text: String = row.try_get(column)?;
    text.parse().map_err(|cause: T::Err| unreadable(column, &cause))
}

/// A value whose form in the database is JSON.
pub(super) fn from_json<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T, StorageError> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|cause| unreadable(column, &cause))
}

/// The JSON of a value that will be read by [`from_json`].
pub(super) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|cause| unreadable(what, &cause))
}

/// A moment.
pub(super) fn time(row: &SqliteRow, column: &'static str) -> Result<Timestamp, StorageError> {
    moment(column, row.try_get(column)?)
}

/// A moment that may be missing.
pub(super) fn optional_time(row: &SqliteRow, column: &'static str) -> Result<Option<Timestamp>, StorageError> {
    let seconds: Option<i64> = row.try_get(column)?;
    seconds.map(|seconds| moment(column, seconds)).transpose()
}

/// A moment as the database keeps it.
pub(super) fn seconds(at: Timestamp) -> i64 {
    // The year 9999 lies far below the largest number.
    i64::try_from(at.unix()).unwrap_or(i64::MAX)
}

/// A number as the database keeps it.
pub(super) fn number(what: &'static str, number: u64) -> Result<i64, StorageError> {
    i64::try_from(number).map_err(|cause| unreadable(what, &cause))
}

/// A number that is not negative.
pub(super) fn count(row: &SqliteRow, column: &'static str) -> Result<u64, StorageError> {
    let count: i64 = row.try_get(column)?;
    u64::try_from(count).map_err(|cause| unreadable(column, &cause))
}

pub(super) fn unreadable(what: &'static str, cause: &dyn Display) -> StorageError {
    StorageError::Unreadable {
        what,
        reason: cause.to_string(),
    }
}

fn moment(what: &'static str, seconds: i64) -> Result<Timestamp, StorageError> {
    u64::try_from(seconds)
        .map(Timestamp::from_unix)
        .map_err(|cause| unreadable(what, &cause))
}
