//! The secrets leave the environment: through a pipe, to the same program in the same process.

use certified_evidence::Secret;

use super::ActionError;
use crate::secrets::{self, Known};

/// On Unix this does not return: the program starts again, without any of these variables. Elsewhere they are remembered here.
pub(crate) fn hand_over(given: Known) -> Result<(), ActionError> {
    #[cfg(unix)]
    {
        Err(ActionError::HandOver {
            why: unix::start_again(&given),
        })
    }
    #[cfg(not(unix))]
    {
        secrets::remember(given);
        Ok(())
    }
}

/// Takes what the first start left in the pipe.
pub(crate) fn received() -> Result<(), ActionError> {
    use std::io::Read as _;
    close_to_others();
    let failed = |why: &dyn std::fmt::Display| ActionError::HandOver { why: why.to_string() };
    let mut bytes = Vec::with_capacity(LARGEST);
    std::io::stdin()
        .take(LARGEST as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    let text = Secret::new(bytes);
    let pairs: Vec<(String, String)> =
        serde_json::from_slice(text.expose()).map_err(|_| failed(&"what arrived is not what was sent"))?;
    secrets::remember(
        pairs
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect(),
    );
    Ok(())
}

/// No other process of the same user may look into this one, and it leaves no core.
fn close_to_others() {
    #[cfg(target_os = "linux")]
    // A kernel that refuses leaves us as open as every other program of the job.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(unix)]
mod unix {
    use std::io::{PipeWriter, Write as _};
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use certified_evidence::Secret;

    use super::LARGEST;
    use crate::secrets::Known;

    /// Answers only with what went wrong.
    pub(super) fn start_again(given: &Known) -> String {
        let Err(why) = attempt(given);
        why
    }

    fn attempt(given: &Known) -> Result<std::convert::Infallible, String> {
        let pairs: Vec<(&str, &str)> = given
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose().as_str()))
            .collect();
        let text = Secret::new(serde_json::to_vec(&pairs).map_err(|error| error.to_string())?);
        let (reader, writer) = std::io::pipe().map_err(|error| error.to_string())?;
        fill(writer, text.expose())?;
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.args(["action", "--handed-over"]).stdin(reader);
        for (name, _) in given {
            command.env_remove(name);
        }
        Err(command.exec().to_string())
    }

    /// Nobody reads yet, so all of it has to fit into the pipe.
    fn fill(mut writer: PipeWriter, bytes: &[u8]) -> Result<(), String> {
        if bytes.len() > LARGEST {
            return Err(format!("they have {} bytes, expected at most {LARGEST}", bytes.len()));
        }
        writer.write_all(bytes).map_err(|error| error.to_string())
    }
}

/// What a pipe holds on every system that we run on (pipe(7): 64 KiB on Linux, 16 KiB at first on macOS, which grows it to 64).
const LARGEST: usize = 60 * 1024;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn no_other_program_looks_into_this_one() {
        close_to_others();
        let found = rustix::process::dumpable_behavior();
        assert_eq!(found, Ok(rustix::process::DumpableBehavior::NotDumpable));
    }
}
