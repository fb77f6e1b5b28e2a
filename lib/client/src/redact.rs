//! Takes our own tokens out of what a service says.

/// Replaces every occurrence of every secret by `****`, also one that was cut off at the end of the text.
pub(crate) fn redact(text: &str, secrets: &[&str]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        clean = clean.replace(secret, "****");
        let cut = (SHORTEST_PIECE..secret.len())
            .rev()
            .filter_map(|length| secret.get(..length))
            .find(|piece| clean.ends_with(piece));
        if let Some(piece) = cut {
            clean.truncate(clean.len() - piece.len());
            clean.push_str("****");
        }
    }
    clean
}

/// Control characters and line separators become spaces, and at most 200 characters stay.
pub(crate) fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() || is_invisible(c) { ' ' } else { c };
    text.chars().map(shown).take(LONGEST).collect()
}

/// Characters that reorder or hide the text around them in a terminal or a browser.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

const LONGEST: usize = 200;

/// Fewer characters of a token than this give nothing away and occur by chance.
const SHORTEST_PIECE: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_a_service_echoes_is_taken_out_whole_or_cut() {
        let secrets = ["svc_0123456789", ""];
        assert_eq!(redact("bad svc_0123456789, svc_0123456789", &secrets), "bad ****, ****");
        assert_eq!(redact("you sent svc_0123", &secrets), "you sent ****");
        assert_eq!(redact("you sent svc", &secrets), "you sent svc");
    }

    #[test]
    fn text_for_a_log_is_one_short_line() {
        assert_eq!(printable("a\r\n\u{1b}[31mb\u{202e}c"), "a   [31mb c");
        assert_eq!(printable(&"x".repeat(900)).len(), 200);
    }
}
