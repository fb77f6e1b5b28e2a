//! Runs one program to its end, and leaves nothing of it behind.
//!
//! The program leads a process group of its own. When it has ended, and also when nobody waits for it any more because the run was
//! cancelled, the whole group is killed: a package script must not go on in the background after step 1, when credentials come in.
//! A process can leave the group (`setsid`); against that only a job of its own for the build helps.

use std::collections::VecDeque;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::sleep;

use super::lines::Lines;

/// How a program ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// The last lines that it printed.
    pub(crate) last_lines: Vec<String>,
}

/// Runs it without input, and lets `heard` have every line of both of its outputs.
pub(crate) async fn run(command: &mut Command, heard: &mut (dyn FnMut(&str) + Send)) -> io::Result<Ended> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    // Declared after the child and so dropped before it: while the leader is not waited for, no other group can have its number.
    let group = Group::of(&child);
    let mut last_lines = VecDeque::new();
    let status = listen(&mut child, &group, &mut |line| {
        heard(&line);
        last_lines.push_back(line);
        if last_lines.len() > LAST_LINES {
            last_lines.pop_front();
        }
    })
    .await?;
    Ok(Ended {
        status,
        last_lines: last_lines.into(),
    })
}

/// Until the program has ended and both outputs are read to their ends.
async fn listen(child: &mut Child, group: &Group, heard: &mut (dyn FnMut(String) + Send)) -> io::Result<ExitStatus> {
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(io::Error::other("a program was started without its outputs"));
    };
    let (mut out, mut err) = (Lines::new(out), Lines::new(err));
    let status = loop {
        tokio::select! {
            line = out.next(), if !out.ended() => line?.into_iter().for_each(&mut *heard),
            line = err.next(), if !err.ended() => line?.into_iter().for_each(&mut *heard),
            status = child.wait() => break status?,
        }
    };
    group.kill();
    // Who left the group may hold the outputs open for ever.
    let patience = sleep(PATIENCE);
    tokio::pin!(patience);
    while !(out.ended() && err.ended()) {
        tokio::select! {
            line = out.next(), if !out.ended() => line?.into_iter().for_each(&mut *heard),
            line = err.next(), if !err.ended() => line?.into_iter().for_each(&mut *heard),
            () = &mut patience => break,
        }
    }
    Ok(status)
}

/// A process group that ends at the latest when this is dropped.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let leader = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        Self { leader }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Self {}
    }

    /// Once the leader was waited for, the group's number stays taken as long as anybody is left in it. When nobody is, it
    /// could only have been given to somebody else after the system had used up all other numbers in between.
    fn kill(&self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            // The only way in which this fails is that nobody is left.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

const LAST_LINES: usize = 20;

/// What is in the pipes when a program has ended is read in no time.
const PATIENCE: Duration = Duration::from_secs(2);
