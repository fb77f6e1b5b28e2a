//! The dependencies of a package, each with the kind that wins when it is named more than once.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::fields::{Fields, field_error, is_truthy, kind_of};
use super::names::fold;
use super::workspaces::Workspace;
use crate::error::PackError;

/// What a package depends on, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges(HashMap<String, Edge>);

#[derive(Clone, Debug)]
struct Edge {
    name: String,
    kind: Kind,
    spec: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Workspace,
    Peer,
    Production,
    Optional,
    Development,
}

/// The dependencies of the package that is packed.
pub(super) fn of_project(fields: &Fields, workspaces: &[Workspace]) -> Result<Edges, PackError> {
    let mut edges = Edges::default();
    for workspace in workspaces {
        edges.set(&workspace.name, Kind::Workspace, String::new());
    }
    edges.load(fields, true)?;
    edges.check_overrides(fields)?;
    Ok(edges)
}

/// The dependencies of an installed package; those for its development count only when it is the target of a link.
pub(super) fn of_installed(fields: &Fields, linked: bool) -> Result<Edges, PackError> {
    let mut edges = Edges::default();
    edges.load(fields, linked)?;
    Ok(edges)
}

/// The dependencies that an installed package takes with it when it is bundled.
pub(super) fn names_of_installed(fields: &Fields) -> Vec<String> {
    let of = |field| {
        fields
            .get(field)
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
    };
    of("dependencies").chain(of("optionalDependencies")).collect()
}

impl Edges {
    /// The name of a dependency as it was written, when it is one that can be bundled: neither for development nor a peer.
    pub(super) fn bundled(&self, name: &str) -> Option<&str> {
        let edge = self.0.get(&fold(name))?;
        (!matches!(edge.kind, Kind::Peer | Kind::Development)).then_some(edge.name.as_str())
    }

    fn load(&mut self, fields: &Fields, development: bool) -> Result<(), PackError> {
        let optional = fields.get("optionalDependencies").and_then(Value::as_object);
        self.load_map(fields, "peerDependencies", Kind::Peer, None)?;
        self.load_map(fields, "dependencies", Kind::Production, optional)?;
        self.load_map(fields, "optionalDependencies", Kind::Optional, None)?;
        if development {
            self.load_map(fields, "devDependencies", Kind::Development, None)?;
        }
        Ok(())
    }

    fn load_map(
        &mut self,
        fields: &Fields,
        field: &str,
        kind: Kind,
        except: Option<&Map<String, Value>>,
    ) -> Result<(), PackError> {
        let dependencies: Vec<(String, &Value)> = match fields.get(field) {
            Some(Value::Object(object)) => object.iter().map(|(name, spec)| (name.clone(), spec)).collect(),
            Some(Value::Array(list)) => list
                .iter()
                .enumerate()
                .map(|(at, spec)| (at.to_string(), spec))
                .collect(),
            _ => return Ok(()),
        };
        for (name, spec) in dependencies {
            if except.is_some_and(|except| except.contains_key(&name)) {
                continue;
            }
            let spec = spec
                .as_str()
                .ok_or_else(|| field_error(&format!("{field}.{name}"), "a version range as text", spec))?;
            self.set(&name, kind, spec.to_owned());
        }
        Ok(())
    }

    /// A later kind takes the place of an earlier one, only a workspace stays.
    fn set(&mut self, name: &str, kind: Kind, spec: String) {
        let key = fold(name);
        if self.0.get(&key).is_none_or(|edge| edge.kind != Kind::Workspace) {
            self.0.insert(
                key,
                Edge {
                    name: name.to_owned(),
                    kind,
                    spec,
                },
            );
        }
    }

    /// `overrides` may repeat what a direct dependency says, but not contradict it.
    fn check_overrides(&self, fields: &Fields) -> Result<(), PackError> {
        let Some(Value::Object(overrides)) = fields.get("overrides") else {
            return Ok(());
        };
        for (key, rule) in overrides.iter().filter(|(key, _)| *key != ".") {
            let (name, range) = match key.rfind('@') {
                Some(at @ 1..) => key.split_at(at),
                _ => (key.as_str(), ""),
            };
            let range = range.trim_start_matches('@');
            let wanted = match rule {
                Value::String(spec) => spec.as_str(),
                Value::Object(rule) => rule.get(".").and_then(Value::as_str).unwrap_or(range),
                Value::Null => {
                    return Err(field_error(
                        &format!("overrides.{key}"),
                        "a version range or an object",
                        rule,
                    ));
                }
                _ => continue,
            };
            let Some(edge) = self
                .0
                .values()
                .find(|edge| edge.name == name && edge.kind != Kind::Workspace)
            else {
                continue;
            };
            let applies = range.is_empty() || range == "*" || range == edge.spec;
            let wanted = referred(fields, key, wanted)?;
            if applies && !matches!(wanted.as_str(), "" | "*") && wanted != edge.spec {
                return Err(PackError::Override {
                    name: edge.name.clone(),
                    wanted,
                    direct: edge.spec.clone(),
                });
            }
        }
        Ok(())
    }
}

/// The version that an override asks for, where `$name` stands for what the package itself says about that dependency.
fn referred(fields: &Fields, key: &str, wanted: &str) -> Result<String, PackError> {
    let Some(name) = wanted.strip_prefix('$') else {
        return Ok(wanted.to_owned());
    };
    [
        "devDependencies",
        "optionalDependencies",
        "dependencies",
        "peerDependencies",
    ]
    .into_iter()
    .filter_map(|field| fields.get(field)?.get(name))
    .find(|spec| is_truthy(spec))
    .and_then(Value::as_str)
    .map(str::to_owned)
    .ok_or_else(|| PackError::Field {
        field: format!("overrides.{key}"),
        expected: "a version, or `$` and the name of a direct dependency",
        found: kind_of(&Value::String(wanted.to_owned())),
    })
}
