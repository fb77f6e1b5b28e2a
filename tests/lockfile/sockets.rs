//! Whom a run talks to.

use std::fs;
use std::process::Command;

use crate::shelf::Shelf;
use crate::stage::listening::Sockets;

/// The sockets of the internet that a run has: as the kernel was asked for them where strace is there, else as the kernel shows them.
pub(crate) fn internet_sockets(shelf: &Shelf, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["verify"], arguments].concat();
    if Command::new("strace").arg("-V").output().is_err() {
        let mut sockets = Sockets::default();
        shelf
            .program()
            .run_watched(&shelf.project(), &arguments, |process| sockets.look(process));
        return sockets
            .connected
            .iter()
            .chain(&sockets.listening)
            .map(ToString::to_string)
            .collect();
    }
    let seen = shelf.folder("home").join("strace");
    let program = shelf.program();
    let ours = program.command();
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=%network", "-o"])
        .arg(&seen)
        .arg(ours.get_program());
    command
        .env_clear()
        .envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ran = command.args(arguments).current_dir(shelf.project()).output().unwrap();
    assert!(ran.status.code().is_some(), "{ran:?}");
    let seen = fs::read_to_string(seen).unwrap();
    seen.lines()
        .filter(|line| line.contains("AF_INET"))
        .map(str::to_owned)
        .collect()
}
