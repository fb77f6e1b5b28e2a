//! What a step may have printed, left, started and sent.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;

use super::Job;
use super::search::{Canary, Search};
use super::strace::started;
use crate::gate::Behind;
use crate::runner::Step;
use crate::stage::folders::files_below;

impl Job {
    pub(super) fn judge(&self, step: &Step, trace: &[u8]) {
        let search = Search::of(&self.all());
        let is_mask = |line: &&str| line.starts_with("::add-mask::");
        let (first, rest): (Vec<_>, Vec<_>) = {
            let masks = step.raw.lines().take_while(is_mask).count();
            let lines: Vec<_> = step.raw.lines().collect();
            (lines[..masks].to_vec(), lines[masks..].to_vec())
        };
        assert!(!first.is_empty(), "masks come first: {}", step.raw);
        // What somebody gives during the run is hidden when it comes, in a line of its own; what was there before is hidden before that.
        let (late, printed): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_mask);
        let there_before = Search::of(&self.canaries);
        there_before.finds_nothing("a mask that comes late", late.join("\n").as_bytes());
        search.finds_nothing("what is printed", printed.join("\n").as_bytes());
        for name in ["temp", "workspace", "home", "cache"] {
            self.below(&search, &self.runner.place().join(name));
        }
        started(&search, trace);
        self.sent();
    }

    /// Those that were there before, and the identity tokens of this job.
    fn all(&self) -> Vec<Canary> {
        let mut all = self.canaries.clone();
        for answer in self.book.answered(Behind::Platform) {
            let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap_or_default();
            let Some(token) = answer["value"].as_str() else {
                continue;
            };
            let owners: &[Behind] = &[Behind::ChittyId, Behind::Npm];
            for (name, part) in [
                ("the identity token", token),
                ("its signature", token.rsplit('.').next().unwrap()),
            ] {
                let canary = Canary::of(name, part, owners);
                all.push(Canary {
                    in_bodies: true,
                    ..canary
                });
            }
        }
        all
    }

    fn below(&self, search: &Search, folder: &Path) {
        for file in files_below(folder) {
            // The program itself is long, and the same for everybody.
            if file.contains("certified-publish-program-") {
                continue;
            }
            let bytes = fs::read(folder.join(&file)).unwrap();
            let mut unpacked = Vec::new();
            let _ = GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
            search.finds_nothing(&file, &bytes);
            search.finds_nothing(&file, &unpacked);
        }
    }

    /// A secret is sent to its owner, in the header that is made for it; the identity token is sent in the body as well.
    fn sent(&self) {
        let all = self.all();
        let mut searches = BTreeMap::new();
        for asked in self.book.asked() {
            let place = format!("{:?} {} {}", asked.behind, asked.method, asked.path);
            let (own, of_others) = searches.entry(asked.behind).or_insert_with(|| {
                let (theirs, others): (Vec<_>, Vec<_>) =
                    all.iter().partition(|canary| canary.owners.contains(&asked.behind));
                let in_headers: Vec<_> = theirs.into_iter().filter(|canary| !canary.in_bodies).collect();
                (Search::of(&in_headers), Search::of(&others))
            });
            let mut head = asked.path.clone().into_bytes();
            for (name, value) in &asked.headers {
                head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
            }
            of_others.finds_nothing(&place, &head);
            of_others.finds_nothing(&place, &asked.body);
            own.finds_nothing(&place, asked.path.as_bytes());
            own.finds_nothing(&place, &asked.body);
        }
    }
}
