//! How bytes and 64-bit numbers stand in the JSON of protocol buffers: bytes as padded standard base64, numbers as decimal text.
//!
//! For `#[serde(with = "…")]`.

use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Encoding};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serializer};

/// Writes bytes.
pub(crate) fn serialize<S: Serializer>(bytes: impl AsRef<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Base64::encode_string(bytes.as_ref()))
}

/// Reads bytes of one spelling.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = Base64::decode_vec(&text).map_err(|_| refused(&text))?;
    let length = bytes.len();
    T::try_from(bytes).map_err(|_| D::Error::custom(format!("expected another number of bytes than {length}")))
}

/// Bytes in either alphabet, padded or not, as DSSE asks its readers to accept them.
pub(crate) mod either {
    pub(crate) use super::serialize;
    use super::{
        Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Deserialize as _, Deserializer, Encoding as _, refused,
    };

    /// Reads bytes of any of the four spellings.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let decoded = Base64::decode_vec(&text)
            .or_else(|_| Base64Url::decode_vec(&text))
            .or_else(|_| Base64Unpadded::decode_vec(&text))
            .or_else(|_| Base64UrlUnpadded::decode_vec(&text));
        decoded.map_err(|_| refused(&text))
    }
}

/// A list of SHA-256 hashes.
pub(crate) mod hashes {
    use serde::ser::SerializeSeq as _;
    use serde::{Deserialize, Serialize, Serializer};

    use super::Deserializer;

    #[derive(Deserialize, Serialize)]
    struct Hash(#[serde(with = "super")] [u8; 32]);

    /// Writes the hashes in their order.
    pub(crate) fn serialize<S: Serializer>(hashes: &[[u8; 32]], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(hashes.len()))?;
        for hash in hashes {
            list.serialize_element(&Hash(*hash))?;
        }
        list.end()
    }

    /// Reads the hashes in their order.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
        let hashes = Vec::<Hash>::deserialize(deserializer)?;
        Ok(hashes.into_iter().map(|Hash(bytes)| bytes).collect())
    }
}

/// A number that may be larger than JSON's readers can hold.
pub(crate) mod decimal {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Serializer};

    use super::Deserializer;

    /// Writes the number as text.
    pub(crate) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    /// Reads a number of one spelling: digits alone, no sign, no leading zero, below 2^63.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
        number.filter(|number| number.to_string() == text).ok_or_else(|| {
            let found: String = text.chars().take(40).collect();
            D::Error::custom(format!("expected a whole number as decimal text, found `{found}`"))
        })
    }

    /// The same, where the number may be missing.
    pub(crate) mod optional {
        use serde::{Deserialize, Serialize, Serializer};

        use super::super::Deserializer;

        #[derive(Deserialize, Serialize)]
        struct Number(#[serde(with = "super")] u64);

        /// Writes the number as text.
        pub(crate) fn serialize<S: Serializer>(number: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
            number.map(Number).serialize(serializer)
        }

        /// Reads the number, or its absence.
        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
            Ok(Option::<Number>::deserialize(deserializer)?.map(|Number(number)| number))
        }
    }
}

fn refused<E: serde::de::Error>(text: &str) -> E {
    E::custom(format!("expected base64, found {} characters that are not", text.len()))
}
