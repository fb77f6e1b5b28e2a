//! The files through which a step answers the runner: `GITHUB_OUTPUT`, `GITHUB_STEP_SUMMARY`. Neither `GITHUB_ENV` nor `GITHUB_PATH` is ever
//! written: what stands there would reach every later step.
//!
//! ```text
//! cert_id<<4f1c…
//! CERT-PKG-20260101-7K2QXM4A
//! 4f1c…
//! ```

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// An output that the runner could not read back as it was meant.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum EntryError {
    #[error("an output cannot be called {0:?}")]
    Name(String),
    #[error("output {0} holds a character that files of the runner cannot carry")]
    Value(String),
}

/// One entry of `GITHUB_OUTPUT`. `random` is asked again when what it gave stands in the value.
///
/// # Errors
/// When name or value cannot be written so that they are read back exactly: a line break, `=` or `<` in the name, a zero byte or a carriage
/// return in the value, which runners on Windows take for half a line break.
pub(crate) fn entry(name: &str, value: &str, mut random: impl FnMut() -> String) -> Result<String, EntryError> {
    let sound = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !sound {
        return Err(EntryError::Name(name.to_owned()));
    }
    if value.contains(['\0', '\r']) {
        return Err(EntryError::Value(name.to_owned()));
    }
    let mut delimiter = random();
    while value.contains(&delimiter) || delimiter.is_empty() {
        delimiter = random();
    }
    Ok(format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
}

/// Adds to a file of the runner's.
pub(crate) fn append(file: &Path, text: &str) -> io::Result<()> {
    // The runner has made it; a file that is not there would be read by nobody.
    OpenOptions::new().append(true).open(file)?.write_all(text.as_bytes())
}

/// At most as much Markdown as the runner takes, cut between two lines.
pub(crate) fn fitting(mut markdown: String) -> String {
    if markdown.len() <= LARGEST_SUMMARY {
        return markdown;
    }
    let mut end = LARGEST_SUMMARY - CUT.len();
    while !markdown.is_char_boundary(end) {
        end -= 1;
    }
    let line = markdown
        .get(..end)
        .and_then(|kept| kept.rfind('\n'))
        .map_or(end, |at| at + 1);
    markdown.truncate(line);
    markdown.push_str(CUT);
    markdown
}

/// The runner drops a summary that is larger than this as a whole.
const LARGEST_SUMMARY: usize = 1024 * 1024;
const CUT: &str = "\n\n_Cut here: the runner takes no more than 1 MiB._\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_that_stands_in_the_value_is_not_used() {
        let mut given = ["one", "", "two"].into_iter();
        let written = entry("a", "x\none\ny", || given.next().unwrap_or("three").to_owned());
        assert_eq!(written, Ok("a<<two\nx\none\ny\ntwo\n".to_owned()));
    }

    #[test]
    fn what_would_be_read_back_otherwise_is_refused() {
        for name in ["", "a\nb", "a=b", "a<<b", "a b", "ä"] {
            assert_eq!(entry(name, "x", || "d".into()), Err(EntryError::Name(name.to_owned())));
        }
        for value in ["a\0", "a\r\nb", "\r"] {
            assert_eq!(entry("a", value, || "d".into()), Err(EntryError::Value("a".to_owned())));
        }
    }

    #[test]
    fn a_summary_is_cut_between_two_lines_and_says_so() {
        let long = "a line of the summary, é\n".repeat(100_000);
        let kept = fitting(long.clone());
        assert!(kept.len() <= LARGEST_SUMMARY && kept.len() > LARGEST_SUMMARY - 100);
        assert!(kept.ends_with(CUT) && long.starts_with(kept.trim_end_matches(CUT)));
        assert!(fitting("é".repeat(LARGEST_SUMMARY)).len() <= LARGEST_SUMMARY);
        assert_eq!(fitting("short".to_owned()), "short");
    }
}
