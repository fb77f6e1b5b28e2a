//! The dependencies of a package, each with the kind that wins when it is named more than once.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::fields::{Fields, field_error};
use super::names::fold;
use super::overrides;
use super::workspaces::Workspace;
use crate::error::PackError;

/// What a package depends on, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges {
    by_name: HashMap<String, Edge>,
    /// Names and versions as they are declared, also where another kind took the place of the first.
    declared: Vec<(String, String)>,
}

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
    let direct = edges.by_name.values().filter(|edge| edge.kind != Kind::Workspace);
    let declared = edges.declared.iter();
    overrides::check(
        fields,
        declared.map(|(name, spec)| (name.as_str(), spec.as_str())),
        direct.map(|edge| (edge.name.as_str(), edge.spec.as_str())),
    )?;
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
        let edge = self.by_name.get(&fold(name))?;
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
        if self.by_name.get(&key).is_none_or(|edge| edge.kind != Kind::Workspace) {
            if kind != Kind::Workspace {
                self.declared.push((name.to_owned(), spec.clone()));
            }
            self.by_name.insert(
                key,
                Edge {
                    name: name.to_owned(),
                    kind,
                    spec,
                },
            );
        }
    }
}
