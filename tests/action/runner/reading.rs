//! How the runner reads what a step prints, and the files that it writes.

use std::collections::BTreeMap;

/// A command that the runner carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) data: String,
}

/// `OutputManager` and `ActionCommandManager`: what is carried out, and what is shown.
pub(crate) fn obey(raw: &str) -> (Vec<Said>, String) {
    let (mut commands, mut log, mut masks) = (Vec::new(), String::new(), Vec::<String>::new());
    let mut stopped: Option<String> = None;
    for line in raw
        .split_inclusive(['\n', '\r'])
        .map(|line| line.trim_end_matches(['\n', '\r']))
    {
        let mut known: Vec<String> = COMMANDS.iter().map(|name| (*name).to_owned()).collect();
        known.extend(stopped.clone());
        let parsed = double_colon(line, &known).or_else(|| square_bracket(line, &known));
        match (parsed, &stopped) {
            (Some(said), Some(word)) if said.name.eq_ignore_ascii_case(word) => stopped = None,
            (Some(said), None) if said.name == "stop-commands" => {
                assert!(
                    !known.contains(&said.data) && !said.data.is_empty(),
                    "a word that the runner refuses: {line}"
                );
                masks.push(said.data.clone());
                stopped = Some(said.data.clone());
                commands.push(said);
            }
            (Some(said), None) => {
                if said.name == "add-mask" {
                    assert!(!said.data.trim().is_empty());
                    masks.push(said.data.clone());
                    masks.extend(said.data.split(['\r', '\n']).map(|line| line.trim().to_owned()));
                }
                commands.push(said);
            }
            _ => {
                log.push_str(line);
                log.push('\n');
            }
        }
    }
    assert_eq!(stopped, None, "commands are still stopped when the step ends");
    masks.retain(|mask| !mask.is_empty());
    masks.sort_by_key(|mask| std::cmp::Reverse(mask.len()));
    let shown = masks.iter().fold(log, |log, mask| log.replace(mask.as_str(), "***"));
    (commands, shown)
}

/// `ActionCommand.TryParseV2`.
fn double_colon(line: &str, known: &[String]) -> Option<Said> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (info, data) = rest.split_once("::")?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    known.iter().find(|known| *known == name)?;
    let decoded = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let property = |text: &str| {
        decoded(text)
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let pairs = properties
        .trim()
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| !value.is_empty());
    Some(Said {
        name: name.to_owned(),
        properties: pairs.map(|(key, value)| (key.to_owned(), property(value))).collect(),
        data: decoded(data).replace("%25", "%"),
    })
}

/// `ActionCommand.TryParse`: the older form, anywhere in a line.
fn square_bracket(line: &str, known: &[String]) -> Option<Said> {
    let (info, data) = line.split_once("##[")?.1.split_once(']')?;
    let name = info.split(' ').next()?;
    known.iter().find(|known| *known == name)?;
    Some(Said {
        name: name.to_owned(),
        properties: BTreeMap::new(),
        data: data.to_owned(),
    })
}

/// `EnvFileKeyValuePairs`.
pub(crate) fn pairs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let line = line.trim_end_matches('\n');
        if line.is_empty() {
            continue;
        }
        let (equals, heredoc) = (
            line.find('=').unwrap_or(usize::MAX),
            line.find("<<").unwrap_or(usize::MAX),
        );
        assert!(equals != heredoc, "Invalid format '{line}'");
        if equals < heredoc {
            found.insert(line[..equals].to_owned(), line[equals + 1..].to_owned());
            continue;
        }
        let (key, delimiter) = line.split_once("<<").unwrap();
        assert!(!key.is_empty() && !delimiter.is_empty(), "Invalid format '{line}'");
        let mut value = String::new();
        loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("Matching delimiter not found '{delimiter}'"));
            if line.strip_suffix('\n').unwrap_or(line) == delimiter {
                break;
            }
            assert!(line.ends_with('\n'), "EOF marker missing new line");
            value.push_str(line);
        }
        found.insert(key.to_owned(), value.strip_suffix('\n').unwrap_or(&value).to_owned());
    }
    found
}

const COMMANDS: [&str; 16] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "internal-set-repo-path",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];
