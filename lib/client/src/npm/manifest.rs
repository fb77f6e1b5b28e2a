//! A manifest as npm's own client sends it to a registry.
//!
//! npm changes package.json before it sends it along with the tarball; registries and the programs that read them
//! have come to expect the changed form. This makes the changes that depend on nothing but the manifest and the
//! README, in npm's order. Left out are those that npm makes from other files in the folder: contributors from
//! AUTHORS, manuals and programs from `directories`, `types` beside `main`, the commands for `*.gyp` and
//! `server.js`.

use serde_json::{Map, Value, json};
use url::Url;

use super::{bin, dependencies, hosted, people};

/// Makes npm's changes. `readme` is a file name and its text.
pub(super) fn prepared(manifest: &Map<String, Value>, readme: Option<(&str, &str)>) -> Map<String, Value> {
    let mut data = manifest.clone();
    add_readme(&mut data, readme);
    bin::fix_man(&mut data);
    bin::fix_bin(&mut data);
    data.retain(|key, _| !key.starts_with('_'));
    dependencies::fix_bundled(&mut data);
    fix_scripts(&mut data);
    fix_repository(&mut data);
    dependencies::fix_dependencies(&mut data);
    fix_description(&mut data);
    data.shift_remove("modules");
    fix_files(&mut data);
    fix_bugs(&mut data);
    fix_keywords(&mut data);
    dependencies::fix_bundle_list(&mut data);
    fix_homepage(&mut data);
    if !is_truthy_at(&data, "readme") {
        data.insert("readme".into(), NO_README.into());
    }
    people::fix_people(&mut data);
    data
}

fn add_readme(data: &mut Map<String, Value>, readme: Option<(&str, &str)>) {
    if is_truthy_at(data, "readme") {
        return;
    }
    match readme {
        Some((filename, text)) if !text.is_empty() => {
            data.insert("readme".into(), text.into());
            data.insert("readmeFilename".into(), filename.into());
        }
        _ => drop(data.insert("readme".into(), NO_README.into())),
    }
}

/// Commands are texts; a path to a program that npm finds by itself is left out.
fn fix_scripts(data: &mut Map<String, Value>) {
    match data.get_mut("scripts") {
        None => {}
        Some(Value::Object(scripts)) => {
            scripts.retain(|_, command| command.is_string());
            for command in scripts.values_mut() {
                if let Some(short) = command.as_str().and_then(without_program_folder) {
                    *command = short.into();
                }
            }
        }
        Some(_) => drop(data.shift_remove("scripts")),
    }
}

fn without_program_folder(command: &str) -> Option<String> {
    let slash = |text: &str| text.strip_prefix(['/', '\\']).map(str::to_owned);
    let start = command
        .strip_prefix('.')
        .and_then(slash)
        .unwrap_or_else(|| command.to_owned());
    // npm's own pattern has any one character before `bin`.
    let rest = slash(start.strip_prefix("node_modules")?)?;
    let mut characters = rest.chars();
    characters.next()?;
    slash(characters.as_str().strip_prefix("bin")?)
}

fn fix_repository(data: &mut Map<String, Value>) {
    if let Some(first) = data.get("repositories").and_then(|list| list.get(0)).cloned() {
        data.insert("repository".into(), first);
    }
    if let Some(url) = data
        .get("repository")
        .and_then(Value::as_str)
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
    {
        data.insert("repository".into(), json!({ "type": "git", "url": url }));
    }
    let Some(url) = data
        .get_mut("repository")
        .and_then(|repository| repository.get_mut("url"))
    else {
        return;
    };
    if let Some(hosted) = url.as_str().and_then(hosted::Hosted::parse) {
        *url = hosted.as_repository().into();
    }
}

/// Without a description, the first paragraph of the README that is no heading.
fn fix_description(data: &mut Map<String, Value>) {
    if data
        .get("description")
        .is_some_and(|description| is_truthy(description) && !description.is_string())
    {
        data.shift_remove("description");
    }
    if is_truthy_at(data, "description") {
        return;
    }
    let readme = data
        .get("readme")
        .and_then(Value::as_str)
        .filter(|readme| *readme != NO_README);
    if let Some(readme) = readme {
        data.insert("description".into(), first_paragraph(readme).into());
    }
}

fn first_paragraph(readme: &str) -> String {
    let heading = |line: &&str| line.trim().is_empty() || line.trim().starts_with('#');
    let mut lines = readme.trim().split('\n').skip_while(heading);
    let mut paragraph: Vec<&str> = lines.next().into_iter().collect();
    paragraph.extend(lines.take_while(|line| !line.trim().is_empty()));
    paragraph.join(" ").trim().to_owned()
}

fn fix_files(data: &mut Map<String, Value>) {
    match data.get_mut("files") {
        Some(Value::Array(files)) => files.retain(|file| file.as_str().is_some_and(|file| !file.is_empty())),
        Some(other) if is_truthy(other) => drop(data.shift_remove("files")),
        _ => {}
    }
}

/// An address or an e-mail address; from the repository when there is none.
fn fix_bugs(data: &mut Map<String, Value>) {
    let bugs = match data.get("bugs").filter(|bugs| is_truthy(bugs)) {
        None => match repository(data) {
            Some(hosted) => json!({ "url": hosted.bugs() }),
            None => return,
        },
        Some(Value::String(text)) if is_email(text) => json!({ "email": text }),
        Some(Value::String(text)) if Url::parse(text).is_ok() => json!({ "url": text }),
        Some(given) => {
            let text = |key: &str| given.get(key).and_then(Value::as_str);
            let url = text("url")
                .or_else(|| text("web"))
                .or_else(|| text("name"))
                .filter(|url| Url::parse(url).is_ok());
            let email = text("email").filter(|email| is_email(email));
            let kept = [("url", url), ("email", email)]
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?.into())));
            Value::Object(kept.collect())
        }
    };
    if bugs.as_object().is_some_and(Map::is_empty) {
        data.shift_remove("bugs");
    } else {
        data.insert("bugs".into(), bugs);
    }
}

fn fix_keywords(data: &mut Map<String, Value>) {
    let keywords: Vec<Value> = match data.get("keywords") {
        Some(Value::String(text)) => split_keywords(text)
            .filter(|word| !word.is_empty())
            .map(Value::from)
            .collect(),
        Some(Value::Array(words)) => words
            .iter()
            .filter(|word| word.as_str().is_some_and(|word| !word.is_empty()))
            .cloned()
            .collect(),
        Some(other) if is_truthy(other) => return drop(data.shift_remove("keywords")),
        _ => return,
    };
    data.insert("keywords".into(), keywords.into());
}

/// At commas that white space follows; other commas belong to a word.
fn split_keywords(text: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut rest = text;
    while let Some((word, after)) = rest.split_once(',') {
        let trimmed = after.trim_start();
        if let Some(last) = words.last_mut() {
            last.push_str(word);
            if trimmed.len() == after.len() {
                last.push(',');
            }
        }
        if trimmed.len() < after.len() {
            words.push(String::new());
        }
        rest = trimmed;
    }
    if let Some(last) = words.last_mut() {
        last.push_str(rest);
    }
    words.into_iter()
}

fn fix_homepage(data: &mut Map<String, Value>) {
    if !is_truthy_at(data, "homepage")
        && let Some(hosted) = repository(data)
    {
        data.insert("homepage".into(), hosted.docs().into());
    }
    match data.get("homepage") {
        Some(Value::String(url)) if !url.is_empty() && Url::parse(url).is_err() => {
            drop(data.insert("homepage".into(), format!("http://{url}").into()));
        }
        Some(Value::String(_)) | None => {}
        Some(other) if is_truthy(other) => drop(data.shift_remove("homepage")),
        Some(_) => {}
    }
}

fn repository(data: &Map<String, Value>) -> Option<hosted::Hosted> {
    hosted::Hosted::parse(data.get("repository")?.get("url")?.as_str()?)
}

fn is_email(text: &str) -> bool {
    text.find('@')
        .is_some_and(|at| text.rfind('.').is_some_and(|dot| at < dot))
}

/// What JavaScript takes for true.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

pub(super) fn is_truthy_at(data: &Map<String, Value>, key: &str) -> bool {
    data.get(key).is_some_and(is_truthy)
}

/// What npm writes for a package without a README.
const NO_README: &str = "ERROR: No README data found!";
