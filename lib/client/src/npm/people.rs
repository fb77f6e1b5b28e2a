//! `author`, `maintainers` and `contributors`: `Name <email> (url)` becomes an object.

use serde_json::{Map, Value};

use super::manifest::is_truthy;

/// Makes objects of the author, the maintainers and the contributors.
pub(super) fn fix_people(data: &mut Map<String, Value>) {
    if let Some(author) = data.get_mut("author").filter(|author| is_truthy(author)) {
        *author = person(author);
    }
    for set in ["maintainers", "contributors"] {
        if let Some(Value::Array(people)) = data.get_mut(set) {
            for one in people {
                *one = person(one);
            }
        }
    }
}

fn person(given: &Value) -> Value {
    let text = match given {
        Value::String(text) => text.clone(),
        other => written(other),
    };
    let mut parsed = Map::new();
    let name = text.split(['(', '<']).next().unwrap_or_default();
    // npm looks for a name at the very beginning only.
    if !name.trim().is_empty() {
        parsed.insert("name".into(), name.trim().into());
    }
    if let Some(email) = between(&text, '<', '>') {
        parsed.insert("email".into(), email.into());
    }
    if let Some(url) = between(&text, '(', ')') {
        parsed.insert("url".into(), url.into());
    }
    parsed.into()
}

/// An object as the text that npm makes of it first.
fn written(person: &Value) -> String {
    let text = |keys: [&str; 2]| {
        let found = keys
            .iter()
            .filter_map(|key| person.get(key).and_then(Value::as_str))
            .find(|text| !text.is_empty());
        found.map(str::to_owned)
    };
    let name = person.get("name").and_then(Value::as_str).unwrap_or_default();
    let email = text(["email", "mail"]).map_or_else(String::new, |email| format!(" <{email}>"));
    let url = text(["url", "web"]).map_or_else(String::new, |url| format!(" ({url})"));
    format!("{name}{email}{url}")
}

/// The first text in a pair of brackets that contains neither of them and is not empty.
fn between(text: &str, open: char, close: char) -> Option<String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(open) {
        let end = after.find([open, close])?;
        let (inside, tail) = after.split_at_checked(end)?;
        if tail.starts_with(close) && !inside.is_empty() {
            return Some(inside.to_owned());
        }
        rest = if tail.starts_with(open) {
            tail
        } else {
            tail.get(close.len_utf8()..)?
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_in_one_line_becomes_an_object() {
        assert_eq!(
            person(&json!("Ann Example <ann@acme.example> (https://acme.example)")),
            json!({ "name": "Ann Example", "email": "ann@acme.example", "url": "https://acme.example" })
        );
        assert_eq!(person(&json!("Ann Example")), json!({ "name": "Ann Example" }));
        assert_eq!(
            person(&json!("<ann@acme.example>")),
            json!({ "email": "ann@acme.example" })
        );
        assert_eq!(
            person(&json!({ "name": "Ann", "web": "https://acme.example" })),
            json!({ "name": "Ann", "url": "https://acme.example" })
        );
        assert_eq!(person(&json!("")), json!({}));
        assert_eq!(person(&json!("Ann (")), json!({ "name": "Ann" }));
    }
}
