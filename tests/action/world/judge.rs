//! What a step may have printed, left, started and sent.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;

use super::Job;
use super::given::{Given, given};
use super::search::{Canary, Search};
use super::strace::started;
use crate::gate::{Answered, Passed};
use crate::runner::Step;
use crate::stage::folders::files_below;

/// How far the book had been written when a step began.
#[derive(Clone, Copy)]
pub(super) struct Since {
    asked: usize,
    answered: usize,
}

impl Job {
    pub(super) fn now(&self) -> Since {
        Since {
            asked: self.book.asked().len(),
            answered: self.book.answered().len(),
        }
    }

    /// `hands_on` is for a step that was asked for credentials for other steps: they stand in its outputs.
    pub(super) fn judge(&self, step: &Step, trace: &[u8], since: Since, hands_on: bool) {
        let answered = self.book.answered();
        let search = Search::of(self.all(&answered));
        masks(step, &answered[since.answered..]);
        let is_mask = |line: &&str| line.starts_with("::add-mask::");
        let (first, rest): (Vec<_>, Vec<_>) = {
            let masks = step.raw.lines().take_while(is_mask).count();
            let lines: Vec<_> = step.raw.lines().collect();
            (lines[..masks].to_vec(), lines[masks..].to_vec())
        };
        assert!(!first.is_empty(), "masks come first: {}", step.raw);
        // What somebody gives during the run is hidden when it comes, in a line of its own; what was there before is hidden before that.
        let (late, printed): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_mask);
        let comes_late = |canary: &Canary| !self.canaries.iter().any(|known| known.name == canary.name);
        search.finds_only("a mask that comes late", late.join("\n").as_bytes(), comes_late);
        search.finds_nothing("what is printed", printed.join("\n").as_bytes());
        for name in ["temp", "workspace", "home", "cache"] {
            self.below(&search, &self.runner.place().join(name), hands_on);
        }
        started(&search, trace);
        self.book.asked()[since.asked..]
            .iter()
            .for_each(|asked| sent(&search, asked));
    }

    /// Those that were there before, and those that somebody gave to this job.
    pub(super) fn all(&self, answered: &[Answered]) -> Vec<Canary> {
        let given = answered.iter().flat_map(given).map(|given| given.canary);
        self.canaries.iter().cloned().chain(given).collect()
    }

    fn below(&self, search: &Search, folder: &Path, hands_on: bool) {
        for file in files_below(folder) {
            // The program itself is long, and the same for everybody.
            if file.contains("certified-publish-program-") {
                continue;
            }
            let bytes = fs::read(folder.join(&file)).unwrap();
            let mut unpacked = Vec::new();
            let _ = GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
            let outputs = hands_on && file == "_runner_file_commands/github_output";
            search.finds_only(&file, &bytes, |canary| outputs && canary.to_hand_on);
            search.finds_nothing(&file, &unpacked);
        }
    }
}

/// Whatever was given during the step was hidden, whether anybody had asked for it or not, and whether it was of any use or not.
fn masks(step: &Step, answered: &[Answered]) {
    let masked = step.said("add-mask");
    for Given { canary, value, heard } in answered.iter().flat_map(given) {
        let hidden = masked.iter().any(|said| said.data == value);
        assert!(hidden || !heard, "{} is not hidden: {}", canary.name, step.raw);
    }
}

/// A secret is sent to its owner, in the header that is made for it; an identity token may be sent in the body as well.
fn sent(search: &Search, asked: &Passed) {
    let place = format!("{:?} {} {}", asked.behind, asked.method, asked.path);
    let owns = |canary: &Canary| canary.owners.contains(&asked.behind);
    for (name, value) in &asked.headers {
        let line = [name.as_str().as_bytes(), b": ", value.as_bytes()].concat();
        search.finds_only(&place, &line, owns);
    }
    search.finds_nothing(&place, asked.path.as_bytes());
    search.finds_only(&place, &asked.body, |canary| owns(canary) && canary.in_bodies);
}
