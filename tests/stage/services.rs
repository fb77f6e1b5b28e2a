//! The ChittyOS services in a process of their own.

use std::collections::BTreeMap;
use std::path::Path;

use super::children::{Server, wait_for};
use super::program::Program;

/// `certified-publish services`, up.
pub(crate) struct Services {
    /// What it printed: `CHITTY_ID_SERVICE` and so on.
    pub(crate) assignments: BTreeMap<String, String>,
    _server: Server,
}

impl Services {
    pub(crate) fn start(data: &Path, home: &Path, more: &[&str]) -> Self {
        let mut command = Program::new(home).command();
        let server = Server::start(command.arg("services").arg("--store").arg(data).args(more));
        let assignments = wait_for("the services", || {
            let said: BTreeMap<_, _> = server.said().iter().filter_map(|line| assignment(line)).collect();
            // The last one that is printed.
            said.contains_key("NPM_TOKEN").then_some(said)
        });
        Self {
            assignments,
            _server: server,
        }
    }

    /// The program with everything that they printed: their addresses, and the tokens that they take.
    pub(crate) fn program(&self, home: &Path) -> Program {
        let told = self.assignments.iter();
        told.fold(Program::new(home), |program, (name, value)| program.with(name, value))
    }

    pub(crate) fn gateway(&self) -> &str {
        &self.assignments["CHITTY_API_GATEWAY"]
    }
}

fn assignment(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}
