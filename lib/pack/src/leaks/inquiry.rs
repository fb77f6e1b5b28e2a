//! A whole package, and what is to be said about it.

use super::{FileScan, Finding, LeakGuard};
use crate::error::PackError;
use crate::root::in_archive;

/// What was found so far, if anybody asks.
pub(crate) struct Inquiry<'a> {
    guard: Option<&'a LeakGuard>,
    /// The file that is being read.
    scan: Option<FileScan<'a>>,
    findings: Vec<Finding>,
}

impl<'a> Inquiry<'a> {
    pub(crate) const fn by(guard: Option<&'a LeakGuard>) -> Self {
        Self {
            guard,
            scan: None,
            findings: Vec::new(),
        }
    }

    /// A file begins, and the one before it has ended.
    pub(crate) fn begins(&mut self, path: &str) {
        let Some(guard) = self.guard else { return };
        self.ends();
        self.findings.extend(guard.path(in_archive(path)));
        self.scan = Some(guard.file(in_archive(path)));
    }

    /// A piece of that file.
    pub(crate) fn hears(&mut self, piece: &[u8]) {
        if let Some(scan) = &mut self.scan {
            scan.feed(piece);
        }
    }

    /// Nothing was found in all of them, or what.
    pub(crate) fn verdict(&mut self) -> Result<(), PackError> {
        self.ends();
        if self.findings.is_empty() {
            return Ok(());
        }
        let mut findings = std::mem::take(&mut self.findings);
        findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        Err(PackError::Leak { findings })
    }

    fn ends(&mut self) {
        if let Some(scan) = self.scan.take() {
            self.findings.extend(scan.finish());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::MemoryTree;
    use crate::{Manifest, Options, OwnSecret, Package};

    fn package(files: &[(&str, &str)]) -> MemoryTree {
        let mut tree = MemoryTree::new();
        tree.insert("package.json", r#"{"name":"a","version":"1.0.0"}"#, 0o644)
            .unwrap();
        for (path, content) in files {
            tree.insert(path, *content, 0o644).unwrap();
        }
        tree
    }

    fn guarded() -> Options {
        let own = OwnSecret::new("NPM_TOKEN", "correct horse battery staple");
        Options::default().guarded_by(LeakGuard::new(vec![own]))
    }

    /// What packing says, and looking through without packing.
    fn said(tree: &MemoryTree, options: &Options) -> [Option<String>; 2] {
        let package = Package::select(tree, options).unwrap();
        [package.pack().map(drop), package.find_leaks()].map(|result| result.err().map(|error| error.to_string()))
    }

    #[test]
    fn a_package_with_a_secret_is_neither_packed_nor_found_clean() {
        let tree = package(&[("index.js", "//\n// correct horse battery staple"), (".env", "")]);
        let expected = "the package would publish secrets: .env: an environment file, and 1 more";
        assert_eq!(
            said(&tree, &guarded()),
            [Some(expected.to_owned()), Some(expected.to_owned())]
        );
    }

    #[test]
    fn what_is_not_packed_is_not_asked_about() {
        let tree = package(&[(".npmignore", ".env"), (".env", "correct horse battery staple")]);
        assert_eq!(said(&tree, &guarded()), [None, None]);
    }

    #[test]
    fn the_manifest_that_takes_the_place_of_the_own_one_is_looked_through_too() {
        let manifest = &br#"{"name":"a","version":"1.0.0","x":"correct horse battery staple"}"#[..];
        let mut options = guarded();
        options.manifest = Some(Manifest::parse(manifest).unwrap());
        let expected = "the package would publish a secret: package.json:1: the value of NPM_TOKEN";
        assert_eq!(
            said(&package(&[]), &options),
            [Some(expected.to_owned()), Some(expected.to_owned())]
        );
    }

    #[test]
    fn a_path_is_named_as_it_stands_in_the_archive() {
        let tree = package(&[("@me/.env", "")]);
        let expected = "the package would publish a secret: @me/.env: an environment file";
        assert_eq!(said(&tree, &guarded())[0].as_deref(), Some(expected));
    }

    #[test]
    fn without_a_guard_nobody_asks() {
        let tree = package(&[("index.js", "correct horse battery staple")]);
        assert_eq!(said(&tree, &Options::default()), [None, None]);
    }
}
