//! The sockets of a process and of everything that it starts, as Linux shows them (proc(5)).

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What was seen, over many looks.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    /// Where something listened.
    pub(crate) listening: BTreeSet<IpAddr>,
    /// With whom something was connected.
    pub(crate) connected: BTreeSet<IpAddr>,
}

impl Sockets {
    /// Looks once.
    pub(crate) fn look(&mut self, root: u32) {
        let inodes: HashSet<String> = family(root).into_iter().flat_map(inodes).collect();
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in fs::read_to_string(table).unwrap_or_default().lines().skip(1) {
                self.row(line, &inodes);
            }
        }
    }

    /// `sl local_address rem_address st … inode`.
    fn row(&mut self, line: &str, inodes: &HashSet<String>) {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, local, remote, state, .., inode] =
            [0, 1, 2, 3, 9].map(|column| words.get(column).copied().unwrap_or_default());
        match state {
            _ if !inodes.contains(inode) => {}
            LISTEN => _ = self.listening.insert(address(local)),
            _ => _ = self.connected.insert(address(remote)),
        }
    }
}

/// The process and all its descendants.
fn family(root: u32) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(process) = found.get(next) {
        for task in fs::read_dir(format!("/proc/{process}/task"))
            .into_iter()
            .flatten()
            .flatten()
        {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            found.extend(
                children
                    .split_whitespace()
                    .filter_map(|child| child.parse::<u32>().ok()),
            );
        }
        next += 1;
    }
    found
}

fn inodes(process: u32) -> Vec<String> {
    let descriptors = fs::read_dir(format!("/proc/{process}/fd"))
        .into_iter()
        .flatten()
        .flatten();
    let targets = descriptors.filter_map(|descriptor| fs::read_link(descriptor.path()).ok());
    targets
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect()
}

/// `0100007F:1F90`: words of four bytes in hexadecimal, each in the order of this machine.
fn address(text: &str) -> IpAddr {
    let hex = text.split(':').next().unwrap();
    let words = (0..hex.len())
        .step_by(8)
        .map(|at| u32::from_str_radix(&hex[at..at + 8], 16).unwrap());
    let bytes: Vec<u8> = words.flat_map(u32::to_ne_bytes).collect();
    match <[u8; 16]>::try_from(bytes.as_slice()) {
        Ok(bytes) => Ipv6Addr::from(bytes).to_canonical(),
        Err(_) => Ipv4Addr::from(<[u8; 4]>::try_from(bytes.as_slice()).unwrap()).into(),
    }
}

const LISTEN: &str = "0A";
