//! What a step starts, as the kernel has it.

use std::path::Path;
use std::process::Command;

use super::search::Search;

/// What a process was started with: secrets in no command line ever, and in no environment from the moment on at which the program has
/// taken them out of its own.
pub(super) fn started(search: &Search, trace: &[u8]) {
    let text = String::from_utf8_lossy(trace);
    let (mut handed_over, mut seen) = (false, 0);
    for line in text.lines().filter(|line| line.contains("execve(")) {
        let (arguments, _) = line.split_once("], [").unwrap_or((line, ""));
        handed_over |= arguments.contains("\"--handed-over\"");
        search.finds_nothing("a command line", arguments.as_bytes());
        if handed_over {
            search.finds_nothing("an environment", line.as_bytes());
            seen += 1;
        }
    }
    assert!(seen >= 1, "nothing was seen:\n{text}");
}

pub(super) fn traced(command: &Command, log: &Path) -> Command {
    let mut traced = Command::new("strace");
    traced
        .args([
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-v",
            "-e",
            "trace=execve",
            "-s",
            "65535",
            "-o",
        ])
        .arg(log);
    traced.arg(command.get_program()).args(command.get_args()).env_clear();
    traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    traced.current_dir(command.get_current_dir().unwrap());
    traced
}
