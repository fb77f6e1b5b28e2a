//! Looking through one file, in pieces as they are read.
//!
//! A place is judged once everything that belongs to it is there: [`BEHIND`] bytes before it and a few thousand after it. What is held
//! back for that is copied; the rest of a large piece is looked at where it lies.

use std::sync::LazyLock;

use super::LeakGuard;
use super::anchors::Search;
use super::finding::{Finding, LeakKind};
use super::form::Form;
use super::forms::{FORMS, SHORT};
use super::names::is_example;

/// A file that is being looked through. Feed it in order, then finish.
#[derive(Debug)]
pub struct FileScan<'a> {
    guard: &'a LeakGuard,
    path: String,
    findings: Vec<Finding>,
    /// The end of what was fed: places not judged yet, and what is before them.
    held: Vec<u8>,
    /// Where in `held` the places begin that are not judged yet.
    judged: usize,
    /// The line on which `held` begins, from 1.
    line: usize,
    /// How much has to follow a place before it is judged, in bytes.
    ahead: usize,
}

impl<'a> FileScan<'a> {
    pub(super) fn new(guard: &'a LeakGuard, path: &str) -> Self {
        Self {
            guard,
            path: path.to_owned(),
            findings: Vec::new(),
            held: Vec::new(),
            judged: 0,
            line: 1,
            ahead: AHEAD.max(guard.own.longest()),
        }
    }

    /// The next piece of the file.
    pub fn feed(&mut self, piece: &[u8]) {
        let seam = BEHIND + self.ahead;
        if piece.len() <= seam.saturating_mul(4) {
            self.held.extend_from_slice(piece);
            if self.held.len() > seam.saturating_mul(8) {
                let until = self.held.len() - self.ahead;
                self.judge_held(until);
                self.let_go(until - BEHIND);
            }
            return;
        }
        // The places in what was held, and at the beginning of the piece, are judged with both sides in one place.
        let before = self.held.len();
        let line = self.line + lines(&self.held);
        self.held.extend_from_slice(piece.get(..seam).unwrap_or(piece));
        self.judge_held(before + BEHIND);
        let until = piece.len() - self.ahead;
        self.judge(piece, BEHIND, until, line);
        let keep = until - BEHIND;
        let (gone, kept) = piece.split_at_checked(keep).unwrap_or((piece, &[]));
        self.held.clear();
        self.held.extend_from_slice(kept);
        (self.judged, self.line) = (BEHIND, line + lines(gone));
    }

    /// What was found, in the order of the lines.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        self.judge_held(self.held.len());
        self.findings.sort_by_key(|finding| finding.line);
        self.findings.dedup();
        self.findings
    }

    fn judge_held(&mut self, until: usize) {
        let held = std::mem::take(&mut self.held);
        self.judge(&held, self.judged, until, self.line);
        (self.held, self.judged) = (held, until);
    }

    fn let_go(&mut self, length: usize) {
        let gone = self.held.get(..length).map(lines).unwrap_or_default();
        self.held.drain(..length.min(self.held.len()));
        (self.judged, self.line) = (self.judged.saturating_sub(length), self.line + gone);
    }

    /// Judges every place from `from` to before `until`; the text begins on that line.
    fn judge(&mut self, text: &[u8], from: usize, until: usize, line: usize) {
        let mut next = from;
        while let Some((at, name)) = self.guard.own.find(text, next).filter(|(at, _)| *at < until) {
            let found = Finding::own(&self.path, Some(line_of(text, at, line)), name);
            self.found(found);
            next = at + 1;
        }
        if self.guard.allows(&self.path) {
            return;
        }
        for (search, forms) in [(&*LONG_ANCHORS, FORMS), (&*SHORT_ANCHORS, SHORT)] {
            self.judge_forms(text, from..until, line, search, forms);
        }
    }

    fn judge_forms(
        &mut self,
        text: &[u8],
        places: std::ops::Range<usize>,
        line: usize,
        search: &Search,
        forms: &[Form],
    ) {
        let mut next = places.start;
        while let Some((at, which)) = search.find(text, next).filter(|(at, _)| *at < places.end) {
            next = at + 1;
            let Some(form) = forms.get(which) else { continue };
            let Some(shown) = form.judge(text, at) else { continue };
            if form.kind == LeakKind::Made && is_example(&self.path) {
                continue;
            }
            self.found(Finding {
                path: self.path.clone(),
                line: Some(line_of(text, at, line)),
                kind: form.kind,
                rule: form.rule,
                what: form.what.to_owned(),
                shown,
            });
        }
    }

    fn found(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }
}

fn line_of(text: &[u8], at: usize, first: usize) -> usize {
    first + text.get(..at).map(lines).unwrap_or_default()
}

fn lines(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

static LONG_ANCHORS: LazyLock<Search> = LazyLock::new(|| searched(FORMS));
static SHORT_ANCHORS: LazyLock<Search> = LazyLock::new(|| searched(SHORT));

fn searched(forms: &[Form]) -> Search {
    Search::of(&forms.iter().map(|form| form.anchor).collect::<Vec<_>>())
}

/// How much of the text before a place may belong to it, in bytes: the frame of a key, a token's beginning, a secret near its id.
const BEHIND: usize = 512;
/// How much of the text after a place may belong to it, in bytes. A long web token is the longest.
const AHEAD: usize = 4096;
/// In one file. Whoever has more to mend will run again.
const MOST: usize = 50;
