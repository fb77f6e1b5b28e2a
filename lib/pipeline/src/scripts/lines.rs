//! What a program prints, line by line, safe to show.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Reads lines of any length with little memory. Only the first 4 KiB of a line are kept, because the longest line that somebody wants
/// to read is shorter, and a bundler that prints its output is not a reason to run out of memory.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    cut: bool,
    ended: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader: BufReader::new(reader),
            line: Vec::new(),
            cut: false,
            ended: false,
        }
    }

    /// Whether there will be no more lines.
    pub(super) const fn ended(&self) -> bool {
        self.ended
    }

    /// The next line, or nothing when there will be no more. Nothing is lost when the future is dropped: what was read is kept here.
    pub(super) async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let chunk = self.reader.fill_buf().await?;
            if chunk.is_empty() {
                self.ended = true;
                return Ok((!self.line.is_empty()).then(|| self.take()));
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let piece = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or(chunk);
            let kept = piece.get(..LONGEST.saturating_sub(self.line.len())).unwrap_or(piece);
            self.cut |= kept.len() < piece.len();
            self.line.extend_from_slice(kept);
            let used = end.map_or(chunk.len(), |end| end.saturating_add(1));
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some(self.take()));
            }
        }
    }

    fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(&bytes)).into_owned();
        match std::mem::take(&mut self.cut) {
            // The cut may have gone through a character.
            true => format!("{} … (cut)", visible(text.trim_end_matches('\u{fffd}'))),
            false => visible(&text),
        }
    }
}

/// Characters that would move the cursor, change colours, or reorder or hide what stands around them are written as `\u{1b}`. Tabs stay.
fn visible(line: &str) -> String {
    let mut visible = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => visible.push(c),
            c if c.is_control() || is_invisible(c) => visible.extend(c.escape_unicode()),
            c => visible.push(c),
        }
    }
    visible
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Bytes of a line that are kept.
const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(bytes: &[u8]) -> Vec<String> {
        let mut lines = Lines::new(bytes);
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push(line);
        }
        assert!(lines.ended());
        found
    }

    #[tokio::test]
    async fn lines_end_as_on_any_system_and_the_last_one_may_be_open() {
        assert_eq!(lines(b"a\nb\r\n\nc").await, ["a", "b", "", "c"]);
        assert!(lines(b"").await.is_empty());
    }

    #[tokio::test]
    async fn control_characters_are_shown_and_not_sent() {
        let shown = lines("\u{1b}[2K\r\u{7}a\tb \u{202e}c\n".as_bytes()).await;
        assert_eq!(shown, ["\\u{1b}[2K\\u{d}\\u{7}a\tb \\u{202e}c"]);
        assert_eq!(lines(b"\xff\x00").await, ["\u{fffd}\\u{0}"]);
    }

    #[tokio::test]
    async fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let text = format!("{}é\n{}\nend", "x".repeat(LONGEST - 1), "y".repeat(100_000));
        let found = lines(text.as_bytes()).await;
        assert_eq!(found[0], format!("{} … (cut)", "x".repeat(LONGEST - 1)));
        assert_eq!(found[1], format!("{} … (cut)", "y".repeat(LONGEST)));
        assert_eq!(found[2], "end");
    }

    #[tokio::test]
    async fn a_line_of_exactly_the_longest_length_is_not_cut() {
        let text = "x".repeat(LONGEST);
        assert_eq!(lines(format!("{text}\n").as_bytes()).await, [text]);
    }
}
