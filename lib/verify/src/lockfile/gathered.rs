//! What was found so far, each release once.

use std::collections::HashMap;

use certified_evidence::{PackageName, Version};

use super::{Elsewhere, Locked, LockedDigest, Lockfile, LockfileFormat, LockfileRefusal, Reason};

#[derive(Debug, Default)]
pub(super) struct Gathered {
    locked: Vec<Locked>,
    elsewhere: Vec<Elsewhere>,
    places: HashMap<(PackageName, Version), usize>,
}

impl Gathered {
    /// A release of a registry. A name or a version that no registry takes is kept with that reason.
    pub(super) fn release(
        &mut self,
        line: usize,
        name: &str,
        version: &str,
    ) -> Result<Option<&mut Locked>, LockfileRefusal> {
        let (Ok(package), Ok(number)) = (name.parse::<PackageName>(), version.parse::<Version>()) else {
            self.elsewhere(line, name, Reason::Unreadable, version)?;
            return Ok(None);
        };
        self.room(line)?;
        let next = self.locked.len();
        let at = *self.places.entry((package.clone(), number.clone())).or_insert(next);
        if at == next {
            self.locked.push(Locked {
                name: package,
                version: number,
                digests: Vec::new(),
                resolved: None,
                line,
            });
        }
        Ok(self.locked.get_mut(at))
    }

    pub(super) fn elsewhere(
        &mut self,
        line: usize,
        name: &str,
        reason: Reason,
        place: &str,
    ) -> Result<(), LockfileRefusal> {
        self.room(line)?;
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let found = Elsewhere {
            name: short(name),
            reason,
            place: short(place),
            line,
        };
        let same = |other: &Elsewhere| (&other.name, other.reason, &other.place) == (&found.name, reason, &found.place);
        // Workspaces write the same link once for each member that uses it, one after the other.
        if !self.elsewhere.iter().rev().take(64).any(same) {
            self.elsewhere.push(found);
        }
        Ok(())
    }

    fn room(&self, line: usize) -> Result<(), LockfileRefusal> {
        if self.locked.len() + self.elsewhere.len() < Lockfile::MOST {
            Ok(())
        } else {
            Err(LockfileRefusal::TooMany { line })
        }
    }

    pub(super) fn into_lockfile(self, format: LockfileFormat) -> Lockfile {
        Lockfile {
            format,
            locked: self.locked,
            elsewhere: self.elsewhere,
        }
    }
}

impl Locked {
    /// Adds what another mention of the release says. Where two mentions differ, both digests stay, and the tarball cannot have both.
    pub(super) fn says(&mut self, digests: Vec<LockedDigest>, resolved: Option<&str>) {
        for digest in digests {
            if !self.digests.contains(&digest) {
                self.digests.push(digest);
            }
        }
        if self.resolved.is_none() {
            self.resolved = resolved.map(|place| place.chars().take(LONGEST).collect());
        }
    }
}

/// Characters of a place that are kept; an address may be a data URL.
const LONGEST: usize = 2048;
