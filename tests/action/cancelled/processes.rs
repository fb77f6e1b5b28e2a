//! Who is still there when a step has ended.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Instant;

use super::MOST;

/// The processes whose folder is below this one, and still is when a killed one has had the time to die.
pub(super) fn survivors(place: &Path) -> Vec<String> {
    let since = Instant::now();
    loop {
        let found = processes_in(place);
        if found.is_empty() || since.elapsed() > MOST {
            return found;
        }
        thread::yield_now();
    }
}

fn processes_in(place: &Path) -> Vec<String> {
    let place = place.canonicalize().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let in_place = fs::read_link(entry.path().join("cwd")).is_ok_and(|folder| folder.starts_with(&place));
        if in_place {
            found.push(fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default());
        }
    }
    found
}
