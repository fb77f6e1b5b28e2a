//! Private keys in text: PEM (RFC 7468) of every label, OpenSSH, OpenPGP (RFC 9580), the SSH2 form of RFC 4716, PuTTY.
//!
//! The frame alone is no key: programs that read keys contain it, documentation shows it with dots between. There has to be something in it
//! that could be one.

use base64ct::{Base64, Encoding};

use super::letters::{Letters, entropy};

/// Whether a key begins before, and continues after, the words `PRIVATE KEY` at this place.
pub(super) fn is_framed_key(bytes: &[u8], at: usize) -> bool {
    let (before, after) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let Some(after) = after.strip_prefix(b"PRIVATE KEY") else {
        return false;
    };
    let label = before.iter().rev().take(LONGEST_LABEL);
    let label = label
        .take_while(|byte| Letters::Upper.has(**byte) || **byte == b' ')
        .count();
    let (dashes, label) = before.split_at(before.len().saturating_sub(label));
    if !dashes.ends_with(b"----") || !label.trim_ascii_start().starts_with(b"BEGIN ") {
        return false;
    }
    let open_pgp = after.strip_prefix(b" BLOCK");
    let rest = open_pgp.unwrap_or(after).trim_ascii_start();
    let Some(rest) = rest.strip_prefix(b"----") else {
        return false;
    };
    let content = Content::read(rest);
    content.is_key(open_pgp.is_some())
}

/// Whether a PuTTY key file begins at this place.
pub(super) fn is_putty_key(bytes: &[u8], at: usize) -> bool {
    let file = bytes.get(at..).unwrap_or_default();
    let mark = b"Private-Lines: ";
    let found = file.windows(mark.len()).position(|part| part == mark);
    let lines = found.and_then(|found| file.get(found + mark.len()..));
    lines.is_some_and(|lines| lines.first().is_some_and(u8::is_ascii_digit))
}

/// What stands in the frame, as far as it looks like base64.
struct Content {
    base64: Vec<u8>,
    /// There were header lines before it (RFC 1421, RFC 4716, RFC 9580).
    headers: bool,
    /// It goes on further than is looked at.
    goes_on: bool,
}

impl Content {
    fn read(text: &[u8]) -> Self {
        let mut content = Self {
            base64: Vec::new(),
            headers: false,
            goes_on: text.len() > MOST_TEXT,
        };
        let text = unescaped(text.get(..MOST_TEXT).unwrap_or(text));
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            if line.contains(&b':') && content.base64.is_empty() {
                content.headers = true;
            } else if !content.takes(line) {
                content.goes_on = false;
                break;
            }
        }
        content
    }

    /// Whether the line was still content, after what program text and documentation puts around it was taken off.
    fn takes(&mut self, line: &[u8]) -> bool {
        for word in line.split(|byte| b" \t\"'`,;*#".contains(byte)) {
            let word = match word {
                b"+" | b"//" | b"-" => continue,
                _ => word.trim_ascii(),
            };
            // The dashes of the frame, before and after.
            let word = if self.base64.is_empty() {
                word.trim_ascii_start()
            } else {
                word
            };
            let dashes = word.iter().take_while(|byte| **byte == b'-').count();
            let word = if self.base64.is_empty() {
                word.get(dashes..).unwrap_or_default()
            } else {
                word
            };
            let letters = word
                .iter()
                .take_while(|byte| Letters::Base64.has(**byte) || **byte == b'=')
                .count();
            self.base64.extend(word.iter().take(letters));
            if letters < word.len() {
                return false;
            }
        }
        true
    }

    /// Keys without headers are DER, or OpenSSH's own form, which begins with its name. Half a key, as documentation shows it, opens
    /// nothing.
    fn is_key(&self, open_pgp: bool) -> bool {
        let base64 = &self.base64;
        let enough = match base64 {
            _ if open_pgp || self.headers => base64.len() >= SHORTEST,
            _ if base64.starts_with(OPEN_SSH) => base64.len() >= SHORTEST_OPEN_SSH,
            _ => sequence(base64).is_some_and(|length| self.goes_on || length <= base64.len() / 4 * 3),
        };
        enough && base64.len() >= SHORTEST && entropy(base64) >= 4.0
    }
}

/// The length of the sequence (X.690) that the base64 text begins with, in bytes and with its header.
fn sequence(base64: &[u8]) -> Option<usize> {
    let mut bytes = [0; 6];
    let bytes = Base64::decode(base64.get(..8)?, &mut bytes).ok()?;
    match *bytes {
        [0x30, length @ ..=0x7f, ..] => Some(usize::from(length) + 2),
        [0x30, 0x81, length, ..] => Some(usize::from(length) + 3),
        [0x30, 0x82, high, low, ..] => Some(usize::from(high) * 256 + usize::from(low) + 4),
        _ => None,
    }
}

/// Program text and JSON write line ends as `\n`, sometimes within text that is itself within text.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
        rest = rest.get(slashes..).unwrap_or_default();
        // A line end of any kind: an escaped one, or one that continues a text on the next line.
        if let Some((b'n' | b'r' | b't' | b'\n', after)) = rest.split_first() {
            rest = after;
        }
        out.push(b'\n');
    }
    out
}

/// `BEGIN SSH2 ENCRYPTED ` and longer.
const LONGEST_LABEL: usize = 40;
/// In bytes; enough of any key to judge it.
const MOST_TEXT: usize = 2048;
/// In letters of base64. The shortest key is one for Ed25519 in PKCS #8 (RFC 8410), with 64.
const SHORTEST: usize = 60;
/// In letters of base64, for Ed25519 too.
const SHORTEST_OPEN_SSH: usize = 250;
/// `openssh-key-v1`.
const OPEN_SSH: &[u8] = b"b3BlbnNzaC1rZXktdjE";

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> bool {
        let at = text.find("PRIVATE KEY").unwrap();
        is_framed_key(text.as_bytes(), at)
    }

    /// What could be the content of a key, but is none.
    const BASE64: &str = "MC4CAQAwBQYDK2VwBCIEIKvQ7fZt0mXw9RaYc2Ns8Ek3VbQ9zTf0LmXw7RaYc2Ns";

    #[test]
    fn half_a_key_is_no_key() {
        let long = format!("MIIEpQIBAAKCAQEA{BASE64}");
        assert!(!key(&format!("-----BEGIN RSA PRIVATE KEY-----\n{long}\n-----END")));
        assert!(!key(&format!("-----BEGIN RSA PRIVATE KEY-----\n{long}")));
        let all = format!("MIIEpQIBAAKCAQEA{}", BASE64.repeat(40));
        assert!(key(&format!("-----BEGIN RSA PRIVATE KEY-----\n{all}\n-----END")));
    }

    #[test]
    fn keys_are_found_in_every_frame_and_in_program_text() {
        for label in ["", "RSA ", "EC ", "DSA ", "ENCRYPTED "] {
            assert!(
                key(&format!("-----BEGIN {label}PRIVATE KEY-----\n{BASE64}\n-----END")),
                "{label}"
            );
        }
        let open_ssh = format!("b3BlbnNzaC1rZXktdjE{}", BASE64.repeat(4));
        let (first, second) = BASE64.split_at(30);
        for text in [
            format!("-----BEGIN OPENSSH PRIVATE KEY-----\r\n{open_ssh}\r\n"),
            format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\nlQ{BASE64}\n=ab12\n"),
            format!("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"me\"\nP2/56{BASE64}\n"),
            format!(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nab{BASE64}\n"
            ),
            format!(r#"{{"key":"-----BEGIN PRIVATE KEY-----\n{first}\n{second}\n-----END"}}"#),
            format!(r#""{{\"key\":\"-----BEGIN PRIVATE KEY-----\\n{first}\\n{second}\\n-----END\"}}""#),
            format!("'-----BEGIN PRIVATE KEY-----\\n' +\n  '{first}\\n' +\n  '{second}\\n'"),
            format!("-----BEGIN PRIVATE KEY----- {first} {second} -----END PRIVATE KEY-----"),
            format!(" * -----BEGIN PRIVATE KEY-----\n * {first}\n * {second}\n"),
        ] {
            assert!(key(&text), "{text}");
        }
    }

    #[test]
    fn a_frame_without_a_key_in_it_is_none() {
        for text in [
            "if (text.startsWith('-----BEGIN PRIVATE KEY-----')) return parse(text)".to_owned(),
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".to_owned(),
            "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END".to_owned(),
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END", "M".repeat(64)),
            format!("`-----BEGIN PRIVATE KEY-----\\n${{{BASE64}}}`"),
            format!("-----BEGIN PUBLIC KEY-----\n{BASE64}\n PRIVATE KEY"),
            format!("a PRIVATE KEY-----\n{BASE64}"),
        ] {
            assert!(!key(&text), "{text}");
        }
    }

    #[test]
    fn a_putty_key_has_private_lines() {
        let file = b"PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 2\nAAAA\nPrivate-Lines: 1\nAAAA\n";
        assert!(is_putty_key(file, 0));
        assert!(!is_putty_key(
            b"/^PuTTY-User-Key-File-2: (.+)\\nPrivate-Lines: (\\d+)/",
            2
        ));
    }
}
