//! The text armour of keys, requests and certificates (RFC 7468).

use pem::{EncodeConfig, LineEnding, Pem};

/// Text that is not the PEM that was asked for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PemTextError {
    /// More text than any honest sender needs.
    #[error("expected at most {limit} bytes of PEM text, found {found}")]
    TooLong {
        /// The most that is read, in bytes.
        limit: usize,
        /// The length of the text, in bytes.
        found: usize,
    },
    /// A block has another label, for example `PRIVATE KEY` where a certificate belongs.
    #[error("expected a PEM block labelled `{expected}`, found one labelled `{found}`")]
    OtherLabel {
        /// The label that was asked for.
        expected: &'static str,
        /// The label that was found.
        found: String,
    },
    /// A block carries headers, which RFC 7468 does not know.
    #[error("expected a PEM block without headers, found one with headers")]
    Headers,
    /// Too few or too many blocks.
    #[error("expected {least} to {most} PEM blocks labelled `{label}`, found {found}")]
    Count {
        /// The label that was asked for.
        label: &'static str,
        /// The smallest acceptable number.
        least: usize,
        /// The largest acceptable number.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// A boundary without its other half, or a body that is not base64.
    #[error("expected well-formed PEM, found {reason}")]
    Malformed {
        /// What the reader tripped over.
        reason: String,
    },
    /// The right contents, spelled otherwise: other line lengths or ends, or words around the block.
    #[error(
        "expected one PEM block in lines of 64 characters and nothing around it, found its contents in another spelling"
    )]
    OtherSpelling,
}

/// The text of one block, lines of 64 characters ending in `\n`.
pub(crate) fn encode(label: &'static str, der: &[u8]) -> String {
    let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new(label, der), config)
}

/// The contents of exactly one block.
pub(crate) fn decode_one(label: &'static str, text: &str, limit: usize) -> Result<Vec<u8>, PemTextError> {
    let mut blocks = decode_many(label, text, limit, 1)?;
    blocks.pop().ok_or(PemTextError::Count {
        label,
        least: 1,
        most: 1,
        found: 0,
    })
}

/// The contents of exactly one block that is spelled as [`encode`] spells it.
pub(crate) fn decode_canonical(label: &'static str, text: &str, limit: usize) -> Result<Vec<u8>, PemTextError> {
    let contents = decode_one(label, text, limit)?;
    if encode(label, &contents) == text {
        Ok(contents)
    } else {
        Err(PemTextError::OtherSpelling)
    }
}

/// The contents of one to `most` blocks in the order of the text. Words between the blocks are allowed, as RFC 7468
/// allows them.
pub(crate) fn decode_many(
    label: &'static str,
    text: &str,
    limit: usize,
    most: usize,
) -> Result<Vec<Vec<u8>>, PemTextError> {
    if text.len() > limit {
        return Err(PemTextError::TooLong {
            limit,
            found: text.len(),
        });
    }
    // Boundaries are counted before anything is decoded: the reader below passes over a block it cannot complete, and
    // a chain that silently lost a member would be judged as another chain.
    let found = text.matches("-----BEGIN ").count();
    if found == 0 || found > most {
        return Err(PemTextError::Count {
            label,
            least: 1,
            most,
            found,
        });
    }
    let blocks = pem::parse_many(text).map_err(|cause| PemTextError::Malformed {
        reason: cause.to_string(),
    })?;
    if blocks.len() != found {
        return Err(PemTextError::Malformed {
            reason: "a block without its end".to_owned(),
        });
    }
    blocks.into_iter().map(|block| contents(label, block)).collect()
}

fn contents(label: &'static str, block: Pem) -> Result<Vec<u8>, PemTextError> {
    if block.tag() != label {
        return Err(PemTextError::OtherLabel {
            expected: label,
            found: block.tag().chars().take(64).collect(),
        });
    }
    if block.headers().iter().next().is_some() {
        return Err(PemTextError::Headers);
    }
    Ok(block.into_contents())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1000;

    #[test]
    fn a_block_survives_its_text() {
        let text = encode("THING", &[7; 100]);
        assert!(text.starts_with("-----BEGIN THING-----\n") && text.ends_with("-----END THING-----\n"));
        assert_eq!(decode_one("THING", &text, LIMIT), Ok(vec![7; 100]));
        assert_eq!(
            decode_one("THING", &text.replace('\n', "\r\n"), LIMIT),
            Ok(vec![7; 100])
        );
    }

    #[test]
    fn every_other_spelling_of_a_block_is_refused_where_one_is_asked_for() {
        let text = encode("THING", &[7; 100]);
        assert_eq!(decode_canonical("THING", &text, LIMIT), Ok(vec![7; 100]));
        let others = [
            text.replace('\n', "\r\n"),
            text.replacen("\nBw", "\n Bw", 1),
            text.trim_end().to_owned(),
            format!("a word\n{text}"),
            format!("{text}\n"),
        ];
        for other in others {
            assert_eq!(decode_one("THING", &other, LIMIT), Ok(vec![7; 100]), "{other:?}");
            assert_eq!(
                decode_canonical("THING", &other, LIMIT),
                Err(PemTextError::OtherSpelling),
                "{other:?}"
            );
        }
    }

    #[test]
    fn blocks_keep_their_order_and_words_between_them_are_allowed() {
        let text = format!("leaf\n{}issuer\n{}", encode("THING", &[1]), encode("THING", &[2]));
        assert_eq!(decode_many("THING", &text, LIMIT, 2), Ok(vec![vec![1], vec![2]]));
    }

    #[test]
    fn a_block_without_its_end_is_refused_and_not_passed_over() {
        let cut = encode("THING", &[1]).replace("-----END THING-----\n", "");
        let text = format!("{cut}{}", encode("THING", &[2]));
        assert!(matches!(
            decode_many("THING", &text, LIMIT, 2),
            Err(PemTextError::Malformed { .. })
        ));
        let text = format!("{}{cut}", encode("THING", &[2]));
        assert!(matches!(
            decode_many("THING", &text, LIMIT, 2),
            Err(PemTextError::Malformed { .. })
        ));
    }

    #[test]
    fn another_label_a_header_too_many_blocks_and_too_much_text_are_refused() {
        let text = encode("THING", &[1]);
        let other = PemTextError::OtherLabel {
            expected: "OTHER",
            found: "THING".to_owned(),
        };
        assert_eq!(decode_one("OTHER", &text, LIMIT), Err(other));
        let twice = format!("{text}{text}");
        assert_eq!(
            decode_one("THING", &twice, LIMIT),
            Err(PemTextError::Count {
                label: "THING",
                least: 1,
                most: 1,
                found: 2
            })
        );
        assert_eq!(
            decode_one("THING", "", LIMIT),
            Err(PemTextError::Count {
                label: "THING",
                least: 1,
                most: 1,
                found: 0
            })
        );
        assert_eq!(
            decode_one("THING", &text, 3),
            Err(PemTextError::TooLong {
                limit: 3,
                found: text.len()
            })
        );
        let headed = text.replacen('\n', "\nProc-Type: 4,ENCRYPTED\n\n", 1);
        assert_eq!(decode_one("THING", &headed, LIMIT), Err(PemTextError::Headers));
    }
}
