//! Long lines on a terminal: broken between words, and begun again below their last column, so that a table stays a table.
//!
//! What no line can hold, such as a digest, is left whole: a terminal breaks it by itself, and whoever copies it gets all of it.

use std::io::{self, IsTerminal as _};

/// The text as people on this terminal read it best; elsewhere as it is.
pub(crate) fn fitted(text: &str) -> String {
    let size = io::stderr()
        .is_terminal()
        .then(|| terminal_size::terminal_size_of(io::stderr()));
    match size.flatten() {
        Some((terminal_size::Width(width), _)) if width >= NARROWEST => {
            let lines: Vec<_> = text.lines().map(|line| folded(line, width.into())).collect();
            lines.join("\n")
        }
        _ => text.to_owned(),
    }
}

fn folded(line: &str, width: usize) -> String {
    if length(line) <= width {
        return line.to_owned();
    }
    let hang = column(line, width);
    let (mut folded, mut at) = (String::new(), 0_usize);
    for (number, word) in line.split(' ').enumerate() {
        let wide = length(word);
        let end = at.saturating_add(1).saturating_add(wide);
        if number > 0 && at > hang && end > width && hang.saturating_add(wide) <= width {
            folded.push('\n');
            folded.push_str(&" ".repeat(hang));
            at = hang;
        } else if number > 0 {
            folded.push(' ');
            at = at.saturating_add(1);
        }
        folded.push_str(word);
        at = at.saturating_add(wide);
    }
    folded
}

/// Where the last column of a line begins: after the last gap of two spaces or more in the left half, or else a little further in than the
/// line itself.
fn column(line: &str, width: usize) -> usize {
    let half = line
        .char_indices()
        .nth(width / 2)
        .map_or(line, |(end, _)| line.get(..end).unwrap_or(line));
    let indent = length(line).saturating_sub(length(line.trim_start()));
    match half.rfind("  ").and_then(|gap| half.get(..gap)) {
        Some(before) if before.trim() != "" => length(before).saturating_add(2),
        _ => indent.saturating_add(2),
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// Narrower than this nothing reads well.
const NARROWEST: u16 = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone() {
        for line in ["", "short", "  exactly twenty chars"] {
            assert_eq!(folded(line, 22), line);
        }
    }

    #[test]
    fn a_long_line_goes_on_below_its_last_column() {
        assert_eq!(
            folded("  WRONG  npm token    there is none of them left", 44),
            "  WRONG  npm token    there is none of them\n                      left"
        );
        assert_eq!(
            folded("  help: name a folder or an endpoint", 24),
            "  help: name a folder or\n    an endpoint"
        );
        assert_eq!(folded("one two three four", 8), "one two\n  three\n  four");
    }

    #[test]
    fn what_no_line_can_hold_stays_whole() {
        let digest = "a".repeat(64);
        assert_eq!(
            folded(&format!("  ok  rebuild  {digest} without it"), 40),
            format!("  ok  rebuild  {digest}\n               without it")
        );
        for width in 1..60 {
            let line = format!("  é {digest} 雪 b  c");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&folded(&line, width)), words(&line));
        }
    }
}
