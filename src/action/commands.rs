//! What the runner of GitHub Actions reads from our output: `::name key=value,other=value::data`, one command a line.
//!
//! Spec: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>, and `ActionCommand.cs` of actions/runner for
//! what is decoded.

use std::borrow::Cow;

/// One command. `name` and the keys are ours; values and data may be anything.
pub(crate) fn command(name: &str, properties: &[(&str, &str)], data: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for (key, value) in properties.iter().filter(|(_, value)| !value.is_empty()) {
        said.push(format!(
            "{key}={}",
            escaped(value).replace(':', "%3A").replace(',', "%2C")
        ));
    }
    let space = if said.is_empty() { "" } else { " " };
    format!("::{name}{space}{}::{}", said.join(","), escaped(data))
}

/// The commands that hide a secret from the log: it as a whole, and each of its lines, because a log shows lines. What is shorter than four
/// characters protects nothing, and hiding it would blacken half of the log.
pub(crate) fn masks(secret: &str) -> Vec<String> {
    let lines = secret.split(['\r', '\n']).map(str::trim).filter(|line| *line != secret);
    [secret]
        .into_iter()
        .chain(lines)
        .filter(|text| text.trim().len() >= SHORTEST_SECRET)
        .map(|text| command("add-mask", &[], text))
        .collect()
}

/// The text with nothing in it that the runner would take for a command: neither `::name::` at the start of a line nor the older
/// `##[name]` anywhere.
pub(crate) fn inert(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    let mut inert = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive(['\r', '\n']) {
        let words = line.trim_start();
        let (indent, _) = line.split_at(line.len() - words.len());
        inert.push_str(indent);
        if words.starts_with("::") {
            inert.push('\\');
        }
        inert.push_str(&words.replace("##[", r"##\["));
    }
    Cow::Owned(inert)
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Of what a secret has at least.
pub(crate) const SHORTEST_SECRET: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_to_their_place() {
        assert_eq!(command("endgroup", &[], ""), "::endgroup::");
        let said = command(
            "error",
            &[
                ("file", "a,b:c.yml"),
                ("line", ""),
                ("title", "100%\n::set-output name=x::y"),
            ],
            "first\r\nsecond 50%0A",
        );
        assert_eq!(
            said,
            "::error file=a%2Cb%3Ac.yml,title=100%25%0A%3A%3Aset-output name=x%3A%3Ay::first%0D%0Asecond 50%250A"
        );
    }

    #[test]
    fn a_secret_is_hidden_as_a_whole_and_line_by_line() {
        assert_eq!(masks("npm_abc%"), ["::add-mask::npm_abc%25"]);
        assert_eq!(
            masks("-----BEGIN\nabcd\n\n}\r\n  efgh  "),
            [
                "::add-mask::-----BEGIN%0Aabcd%0A%0A}%0D%0A  efgh  ",
                "::add-mask::-----BEGIN",
                "::add-mask::abcd",
                "::add-mask::efgh"
            ]
        );
        assert!(masks("abc").is_empty() && masks("").is_empty() && masks("  \n ").is_empty());
    }

    #[test]
    fn text_of_others_is_no_command() {
        for (text, shown) in [
            ("::error::x", r"\::error::x"),
            (" \t::set-env name=A::b", " \t\\::set-env name=A::b"),
            ("a\n::x::\r::y::", "a\n\\::x::\r\\::y::"),
            ("  | ##[add-mask]e", r"  | ##\[add-mask]e"),
            ("###[x]", r"###\[x]"),
            ("std::fmt is fine", "std::fmt is fine"),
            ("\u{a0}::warning::x", "\u{a0}\\::warning::x"),
        ] {
            assert_eq!(inert(text), shown);
        }
    }
}
