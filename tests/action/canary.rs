//! Secrets that can be found again, however they were written down.

/// The ways in which a secret is written down and still is one.
pub(crate) fn encodings(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut found = encodings_of_bytes(secret.as_bytes());
    let json = serde_json::to_string(secret).unwrap();
    found.push(("json", json.trim_matches('"').as_bytes().to_vec()));
    found.push(("utf-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    found
}

/// The same for a secret that is no text.
pub(crate) fn encodings_of_bytes(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let url: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let plain_url: String = bytes
        .iter()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(*byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let mut found: Vec<(&'static str, Vec<u8>)> = vec![
        ("raw", bytes.to_vec()),
        ("reversed", bytes.iter().rev().copied().collect()),
        ("hex", hex.clone().into_bytes()),
        ("HEX", hex.to_uppercase().into_bytes()),
        ("percent", url.into_bytes()),
        ("url", plain_url.into_bytes()),
    ];
    // In base64 a text looks different at each of three places.
    for (place, before) in [("base64", ""), ("base64 at 1", "x"), ("base64 at 2", "xx")] {
        let text = base64(&[before.as_bytes(), bytes].concat());
        let (skip, end) = ((before.len() * 8).div_ceil(6), text.trim_end_matches('=').len() - 1);
        found.push((place, text.as_bytes()[skip..end].to_vec()));
    }
    found.push((
        "halves",
        [&bytes[bytes.len() / 2..], b" ", &bytes[..bytes.len() / 2]].concat(),
    ));
    found
}

/// Where a secret stands in these bytes.
pub(crate) fn find(secrets: &[String], haystack: &[u8]) -> Vec<String> {
    let mut hits = Vec::new();
    for (number, secret) in secrets.iter().enumerate() {
        for (name, encoded) in encodings(secret) {
            if haystack.windows(encoded.len()).any(|window| window == encoded) {
                hits.push(format!("secret {number} as {name}"));
            }
        }
    }
    hits
}

fn base64(bytes: &[u8]) -> String {
    use base64ct::{Base64, Encoding as _};
    Base64::encode_string(bytes)
}

#[test]
fn every_encoding_is_found_and_nothing_else() {
    let secret = "canary+of/one=test".to_owned();
    let encodings = encodings(&secret);
    assert!(encodings.len() >= 10);
    for (name, encoded) in encodings {
        let text = [b"before ".as_slice(), &encoded, b" after"].concat();
        assert!(!find(std::slice::from_ref(&secret), &text).is_empty(), "{name}");
    }
    for before in ["", "x", "xx", "xxx"] {
        let text = base64(format!("{before}{secret} and more").as_bytes());
        assert!(!find(std::slice::from_ref(&secret), text.as_bytes()).is_empty());
    }
    assert!(find(&[secret], b"nothing of the kind").is_empty());
}
