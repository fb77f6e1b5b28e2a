//! What exists of a release at each place, and what the next run would make of it. Nothing is written, and what everybody may read is
//! asked for without a token.
//!
//! The rules are those by which a run goes on from what it finds, and no others: [`compared`](crate::existing) is asked here too.

mod next;
mod places;

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

pub use self::next::Next;
use crate::steps::sign::packed_by;
use crate::{Project, Settings, Sources, exit_code};

/// A release as it is found.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Every place, in the order in which a release reaches them.
    pub places: Vec<Holding>,
    /// What the next run would do.
    pub next: Next,
    /// What the process exits with.
    pub exit_code: u8,
}

/// What one place has.
#[derive(Debug, Serialize)]
pub struct Holding {
    /// The place's word: `certificate`, `chronicle`, `archive`, `registry`, `npm`, `npm stage` or `state`.
    pub place: &'static str,
    /// Whether there is anything.
    pub state: Presence,
    /// What is known of it, each under its name.
    pub facts: Map<String, Value>,
}

/// Whether there is anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// There is.
    Present,
    /// There is not.
    Absent,
    /// Nobody was asked, and the facts say why.
    NotAsked,
    /// There was no answer that counts, and the facts say why.
    Unavailable,
}

impl Presence {
    /// The word, as people and programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::NotAsked => "not asked",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Asks every place about the release in `folder`, as its package.json names it; `states` is where runs of this machine leave their state.
pub async fn status(project: &Project, sources: &Sources, settings: &Settings, states: &Path) -> Status {
    let found = places::ask(project, sources).await;
    let mut places = found.holdings();
    places.push(places::state(project, settings, states));
    let unavailable = found.errors().map(exit_code).max();
    let ours = packed_by(project, settings).map(|(certified, _)| certified);
    let next = next::next(ours, found);
    Status {
        name: project.name().to_string(),
        version: project.version().to_string(),
        places,
        exit_code: next.exit_code(unavailable),
        next,
    }
}
