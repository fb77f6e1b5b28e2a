//! The inputs of the action's step, and the command line that they stand for: the same words.

mod flags;
mod folder;

use std::ffi::OsString;
use std::path::Path;

use certified_pipeline::Step;

use super::ActionError;
use super::event::{Event, Variables};
use flags::{FLAGS, Flag, Takes};

/// What a step asked for.
pub(crate) struct Inputs<'a> {
    variable: Variables<'a>,
}

/// The input `mode`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    All,
    Step(Step),
    Verify,
    Doctor,
    Status,
    Credentials,
}

impl<'a> Inputs<'a> {
    pub(crate) const fn new(variable: Variables<'a>) -> Self {
        Self { variable }
    }

    /// An input as the runner hands it over: upper case, underscores for spaces, dashes stay. Not given and empty are the same to it.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let value = (self.variable)(&variable(name))?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(crate) fn mode(&self) -> Result<Mode, ActionError> {
        match self.get("mode").as_deref() {
            None | Some("all") => Ok(Mode::All),
            Some("verify") => Ok(Mode::Verify),
            Some("doctor") => Ok(Mode::Doctor),
            Some("status") => Ok(Mode::Status),
            Some("credentials") => Ok(Mode::Credentials),
            Some(word) => word
                .parse()
                .map(Mode::Step)
                .map_err(|_| ActionError::Mode { found: word.to_owned() }),
        }
    }

    /// The command line for a mode. `workspace` is the checked-out repository.
    ///
    /// # Errors
    /// When an input is not what it should be.
    pub(crate) fn line(&self, mode: Mode, event: &Event, workspace: &Path) -> Result<Vec<OsString>, ActionError> {
        let command = match mode {
            Mode::All => "run",
            Mode::Verify => "verify",
            Mode::Doctor => "doctor",
            Mode::Status => "status",
            Mode::Credentials => "credentials",
            Mode::Step(step) => step.as_str(),
        };
        let mut line: Vec<OsString> = vec!["certified-publish".into(), command.into()];
        for flag in FLAGS.iter().filter(|flag| flag.modes.contains(mode)) {
            line.extend(self.flag(flag)?);
        }
        if mode == Mode::Credentials {
            return Ok(line);
        }
        line.push("--".into());
        match mode {
            Mode::Verify => line.extend(self.lines("targets").into_iter().map(OsString::from)),
            _ => line.push(folder::folder(self, event, workspace)?.into()),
        }
        Ok(line)
    }

    /// Whether this is `mode: all` that leaves nothing outside.
    pub(crate) fn is_dry_run(&self, mode: Mode) -> Result<bool, ActionError> {
        Ok(mode == Mode::All && self.switch("dry-run")?)
    }

    fn flag(&self, flag: &Flag) -> Result<Vec<OsString>, ActionError> {
        let name = flag.name;
        Ok(match flag.takes {
            Takes::Nothing if self.switch(name)? => vec![format!("--{name}").into()],
            Takes::Nothing => Vec::new(),
            Takes::Value => self
                .get(name)
                .map(|value| format!("--{name}={value}").into())
                .into_iter()
                .collect(),
            Takes::Lines => self
                .lines(name)
                .iter()
                .map(|value| format!("--{name}={value}").into())
                .collect(),
        })
    }

    fn switch(&self, name: &str) -> Result<bool, ActionError> {
        match self.get(name).map(|value| value.to_ascii_lowercase()).as_deref() {
            Some("true") => Ok(true),
            None | Some("false") => Ok(false),
            Some(_) => Err(ActionError::Switch {
                input: name.to_owned(),
                found: self.get(name).unwrap_or_default(),
            }),
        }
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let value = self.get(name).unwrap_or_default();
        value
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// The variable that carries an input.
pub(crate) fn variable(input: &str) -> String {
    format!("INPUT_{}", input.replace(' ', "_").to_uppercase())
}

#[cfg(test)]
mod tests;
