//! Names of buckets and objects that stay where they are put.

use object_store::path::Path;

use crate::error::Failure;
use crate::redact::printable;

/// The path of an object: relative, printable ASCII without characters that a store or a file system would read
/// otherwise.
pub(super) fn path(key: &str) -> Result<Path, Failure> {
    let refused = |why: &str| Failure::Request(format!("the key of an object {why}, found `{}`", printable(key)));
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(refused("has 1 to 1024 characters"));
    }
    if let Some(part) = key
        .split('/')
        .find(|part| part.is_empty() || part.chars().all(|c| c == '.'))
    {
        return Err(refused(if part.is_empty() {
            "has no empty part"
        } else {
            "climbs no folder"
        }));
    }
    if !key.chars().all(|c| c.is_ascii_alphanumeric() || "/-._@+".contains(c)) {
        return Err(refused("has only a-z A-Z 0-9 / - . _ @ +"));
    }
    Path::parse(key).map_err(|_| refused("reads like packages/@acme/widgets/1.2.3.tgz"))
}

/// A bucket's name as S3 has them: 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with
/// a letter or a digit.
pub(super) fn check_bucket(bucket: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = (3..=63).contains(&bucket.len())
        && bucket.chars().all(|c| plain(c) || c == '-' || c == '.')
        && bucket.starts_with(plain)
        && bucket.ends_with(plain)
        && !bucket.contains("..");
    if good {
        return Ok(());
    }
    Err(Failure::Request(format!(
        "a bucket's name has 3 to 63 of a-z 0-9 . -, found `{}`",
        printable(bucket)
    )))
}

const LONGEST_KEY: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_its_spelling() {
        for key in [
            "packages/@acme/widgets/1.2.3.tgz",
            "a",
            "packages/left-pad/2.0.0-rc.1.tgz.cert.pem",
            "a_b/c+d.e",
        ] {
            assert_eq!(path(key).map(|path| path.to_string()), Ok(key.to_owned()));
        }
    }

    #[test]
    fn a_key_that_could_leave_its_bucket_is_refused() {
        let long = "a".repeat(1025);
        for key in [
            "", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "a b", "a%2e", "a\nb", "a?b", "ü", &long,
        ] {
            assert!(matches!(path(key), Err(Failure::Request(_))), "{key}");
        }
    }

    #[test]
    fn a_bucket_is_one_part_of_a_path() {
        assert!(check_bucket("chittyos-packages").is_ok());
        for bucket in ["", "ab", "a/b", "..", "a..b", "-ab", "ab-", "A-b", "a b"] {
            assert!(check_bucket(bucket).is_err(), "{bucket}");
        }
    }
}
