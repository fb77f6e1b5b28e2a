//! Markdown that holds nothing but what we wrote: text of others stands in code spans, where Markdown and HTML have no meaning, or is made of
//! words that mean nothing to either.

use std::borrow::Cow;

use url::Url;

/// A code span on one line, fit for a cell of a table.
pub(crate) fn code(text: &str) -> String {
    let shown: String = text.trim().chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    if shown.trim().is_empty() {
        return "–".to_owned();
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1));
    // A table is cut into cells before anything else is read, also within code.
    format!("{fence} {} {fence}", shown.replace('|', r"\|"))
}

/// A sentence: what stands between backticks and every word that is more than a word become code, the rest is read as it is.
pub(crate) fn prose(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    let mut said = String::new();
    for (number, part) in parts.iter().enumerate() {
        let closed = number.saturating_add(1) < parts.len();
        if number % 2 == 1 && closed {
            said.push_str(&code(part));
            continue;
        }
        let words = part.split(' ').map(word);
        said.push_str(&words.collect::<Vec<_>>().join(" "));
    }
    said
}

/// What ends a clause stays outside of the code.
fn word(word: &str) -> Cow<'_, str> {
    let bare = word.trim_end_matches([',', '.', ':', ';']);
    match is_word(word) || bare.is_empty() {
        true => Cow::Borrowed(word),
        false => Cow::Owned(format!("{}{}", code(bare), word.get(bare.len()..).unwrap_or_default())),
    }
}

/// Neither markup, nor what GitHub makes a link of by itself: addresses, names of people, numbers of commits.
fn is_word(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() && is_plain(c) || ",.;:'\"()·–-/?%=+".contains(c);
    word.chars().all(plain)
        && word.len() < LONGEST_WORD
        && !word.to_ascii_lowercase().contains("www.")
        && !word.contains("://")
}

/// Longer ones are digests, paths and names.
const LONGEST_WORD: usize = 30;

/// No line breaks, and nothing that hides or turns around what stands beside it.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A link, when the address is one of https to a known host.
pub(crate) fn linked(text: &str, address: &str, hosts: &[String]) -> String {
    let Ok(url) = Url::parse(address) else {
        return code(text);
    };
    let known = url
        .host_str()
        .is_some_and(|host| hosts.iter().any(|known| known == host));
    let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if url.scheme() != "https" || !known || !bare {
        return code(text);
    }
    // What a parsed address still may hold, and Markdown would end the link at.
    let address: String = url
        .as_str()
        .chars()
        .filter(|c| !matches!(c, '<' | '>' | '|' | '\\' | '(' | ')' | '`' | ' '))
        .collect();
    let text = code(text).replace(['[', ']'], " ");
    format!("[{text}](<{address}>)")
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    /// Everything in it that is no text of ours: raw HTML, images, and where links lead.
    fn foreign(markdown: &str) -> Vec<String> {
        let mut found = Vec::new();
        for event in Parser::new_ext(
            markdown,
            Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH,
        ) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => found.push(html.to_string()),
                Event::Start(Tag::Image { dest_url, .. } | Tag::Link { dest_url, .. }) => {
                    found.push(dest_url.to_string())
                }
                Event::Start(Tag::Heading { .. }) if !found.is_empty() => found.push("heading".to_owned()),
                _ => {}
            }
        }
        found
    }

    const HOSTILE: [&str; 16] = [
        "</details><h1>verified</h1>",
        "![x](https://evil.example/x.png)",
        "[click](https://evil.example)",
        "https://evil.example/",
        "` </code><b>",
        "``` ` `` <img src=x onerror=alert(1)>",
        "| a | <script> |",
        "\\`<b>\\`",
        "\n\n# Certified\n\n<h1>",
        "\r\n| --- |\r\n<b>",
        "a\u{2028}b\u{202e}c",
        "&lt;b&gt;<!-- -->",
        "`",
        "``",
        "\\",
        "\\|<i>|",
    ];

    #[test]
    fn values_of_others_stay_values() {
        for text in HOSTILE {
            let table = format!(
                "| a | b |\n| --- | --- |\n| {} | {} |\n",
                code(text),
                linked(text, text, &["ok.example".into()])
            );
            assert_eq!(foreign(&table), Vec::<String>::new(), "{text:?}: {table}");
            assert_eq!(table.lines().count(), 3);
            assert_eq!(
                foreign(&format!("### {}\n", code(text))),
                Vec::<String>::new(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_sentence_keeps_its_code_and_means_nothing_else() {
        assert_eq!(
            prose("set it (`gh secret set A`), then write to @ada or #7; see https://a.example, 100%"),
            "set it (` gh secret set A `), then write to ` @ada ` or ` #7 `; see ` https://a.example `, 100%"
        );
        assert_eq!(prose("one ` alone"), "one  alone");
        for text in HOSTILE {
            let said = prose(text);
            assert_eq!(foreign(&format!("{said}\n")), Vec::<String>::new(), "{text:?}: {said}");
            assert_eq!(
                foreign(&format!("- what: {said}\n")),
                Vec::<String>::new(),
                "{text:?}: {said}"
            );
            assert!(said.lines().count() <= 1, "{text:?}");
            for word in ["evil.example", "@", "www."] {
                let bare = said.split('`').step_by(2).any(|outside| outside.contains(word));
                assert!(!bare, "{text:?}: {said}");
            }
        }
    }

    #[test]
    fn a_link_leads_by_https_to_a_known_host_or_is_none() {
        let hosts = ["ok.example".to_owned()];
        let of = |address: &str| foreign(&linked("text", address, &hosts));
        assert_eq!(
            of("https://ok.example/a%20b?c=<d>"),
            ["https://ok.example/a%20b?c=%3Cd%3E"]
        );
        for address in [
            "http://ok.example/",
            "https://evil.example/",
            "https://ok.example@evil.example/",
            "https://ok.example:8443/",
            "https://user:word@ok.example/",
            "javascript:alert(1)",
            "https://ok.example.evil.example/",
            "//ok.example/",
            "",
        ] {
            assert_eq!(of(address), Vec::<String>::new(), "{address}");
        }
        for text in HOSTILE {
            assert_eq!(
                foreign(&linked(text, "https://ok.example/", &hosts)),
                ["https://ok.example/"],
                "{text:?}"
            );
        }
    }
}
