//! When a signature was there, by the word of authorities that the anchors name.

use std::fmt;

use certified_evidence::timestamp_token::{self, TimestampError};
use certified_evidence::trust_root::CertificateAuthority;
use certified_evidence::{Anchors, Bundle, Timestamp};

use crate::Refusal;
use crate::chain::check_timestamp_authority;

/// The times in the timestamps, at least one, the earliest first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Times(Vec<Timestamp>);

impl Times {
    /// From then on the signature was there.
    pub(crate) fn first(&self) -> Timestamp {
        self.0.first().copied().unwrap_or(Timestamp::LAST)
    }

    /// The last of the timestamps.
    pub(crate) fn last(&self) -> Timestamp {
        self.0.last().copied().unwrap_or(Timestamp::LAST)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Timestamp> {
        self.0.iter().copied()
    }

    /// Those of several signatures as one.
    pub(crate) fn of_all<'a>(several: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::from(several.into_iter().flat_map(Self::all).collect::<Vec<_>>())
    }
}

impl From<Vec<Timestamp>> for Times {
    fn from(mut all: Vec<Timestamp>) -> Self {
        all.sort_unstable();
        all.dedup();
        Self(all)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first(), self.last());
        if first == last {
            return first.fmt(f);
        }
        write!(f, "{first} to {last}")
    }
}

/// The times of a bundle's timestamps. Every one of a known authority has to hold, and there has to be one.
pub(crate) fn times(bundle: &Bundle, of: &'static str, anchors: &Anchors) -> Result<Times, Refusal> {
    if bundle.timestamps.is_empty() {
        return Err(Refusal::TimestampMissing { of });
    }
    let signature = bundle
        .signature()
        .map_err(|e| Refusal::BundleUnreadable { why: e.to_string() })?;
    let mut found = Vec::new();
    for response in &bundle.timestamps {
        found.extend(time(
            response,
            signature.as_bytes(),
            of,
            &anchors.timestamp_authorities,
        )?);
    }
    if found.is_empty() {
        let why = TimestampError::UnknownAuthority.to_string();
        return Err(Refusal::TimestampUnknownAuthority { of, why });
    }
    Ok(Times::from(found))
}

/// Nothing when the timestamp is of an authority that nobody named. An authority may stand there several times, with a validity each.
fn time(
    response: &[u8],
    signature: &[u8],
    of: &'static str,
    authorities: &[CertificateAuthority],
) -> Result<Option<Timestamp>, Refusal> {
    let mut refusal = None;
    for authority in authorities {
        match timestamp_token::verify(response, signature, std::slice::from_ref(authority)) {
            Ok(timestamped) => {
                check_timestamp_authority(authority, of, timestamped.at())?;
                return Ok(Some(timestamped.at()));
            }
            Err(TimestampError::UnknownAuthority) => {}
            Err(error) => refusal = refusal.or(Some(refused(of, &error))),
        }
    }
    refusal.map_or(Ok(None), Err)
}

fn refused(of: &'static str, error: &TimestampError) -> Refusal {
    let why = error.to_string();
    match error {
        TimestampError::NotInForce { .. } => Refusal::TimestampNotInForce { of, why },
        _ => Refusal::TimestampInvalid { of, why },
    }
}
