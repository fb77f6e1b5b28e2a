//! A tree in memory.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Found, Kind, Listed, Opened, Tree};

/// A package whose files are in memory, packed by the same rules as a folder on disk.
///
/// It has files and the folders they lie in, no links and no times. Nothing is above it, so it is a workspace of nothing. As
/// nothing says when a package was installed, a `node_modules/.package-lock.json` is not believed.
///
/// In errors the package is called `/package`.
///
/// # Examples
///
/// ```
/// use certified_pack::tree::MemoryTree;
/// use certified_pack::{Options, Package};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut tree = MemoryTree::new();
/// tree.insert("package.json", r#"{"name":"widgets","version":"1.0.0"}"#, 0o644)?;
/// tree.insert("lib/index.js", "export {};", 0o644)?;
/// let (packed, _) = Package::select(&tree, &Options::default())?.pack()?;
/// assert_eq!(packed.filename, "widgets-1.0.0.tgz");
/// assert_eq!(packed.files.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct MemoryTree {
    folder: PathBuf,
    /// Every folder by its path, with all that is in it; the package itself is the empty path.
    folders: BTreeMap<String, BTreeMap<String, Node>>,
}

/// Why a file cannot be in a [`MemoryTree`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryTreeError {
    /// The path is not one that stays in the package: names between single slashes, none of them `.` or `..`.
    #[error(
        "`{path}` is no path of a file in a package: expected names between single slashes, none of them `.` or `..`"
    )]
    Path {
        /// The path.
        path: String,
    },
    /// One path is a file and a folder at once.
    #[error("`{path}` cannot be added: `{taken}` is already {kind}")]
    Taken {
        /// The path that was to be added.
        path: String,
        /// What stands in its way.
        taken: String,
        /// What that is: a file or a folder.
        kind: &'static str,
    },
}

#[derive(Clone, Debug)]
enum Node {
    Folder,
    File { content: Vec<u8>, mode: u32 },
}

impl MemoryTree {
    /// A package without any file.
    #[must_use]
    pub fn new() -> Self {
        Self {
            folder: PathBuf::from(FOLDER),
            folders: BTreeMap::from([(String::new(), BTreeMap::new())]),
        }
    }

    /// Adds a file, or replaces it. The path is relative to the package, with `/` between names; the mode is that of POSIX,
    /// for example `0o755` for an executable.
    ///
    /// # Errors
    /// When the path leaves the package or is already a folder, or when a part of it is already a file.
    pub fn insert(&mut self, path: &str, content: impl Into<Vec<u8>>, mode: u32) -> Result<(), MemoryTreeError> {
        if path.split('/').any(|name| matches!(name, "" | "." | "..")) || path.contains('\0') {
            return Err(MemoryTreeError::Path { path: path.to_owned() });
        }
        self.check(path)?;
        let file = Node::File {
            content: content.into(),
            mode,
        };
        let (mut above, name) = split(path);
        self.folders
            .entry(above.to_owned())
            .or_default()
            .insert(name.to_owned(), file);
        while !above.is_empty() {
            let (next, name) = split(above);
            self.folders
                .entry(next.to_owned())
                .or_default()
                .insert(name.to_owned(), Node::Folder);
            above = next;
        }
        Ok(())
    }

    /// Every file with its path below the package, in no order that counts.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, Found)> {
        self.folders.iter().flat_map(|(folder, entries)| {
            let files = entries.iter().filter(|(_, node)| matches!(node, Node::File { .. }));
            files.map(move |(name, node)| {
                let path = if folder.is_empty() {
                    name.clone()
                } else {
                    format!("{folder}/{name}")
                };
                (path, node.found())
            })
        })
    }

    /// Sees that the path is no folder, and that no part of it is a file.
    fn check(&self, path: &str) -> Result<(), MemoryTreeError> {
        let taken = |taken: &str, kind| MemoryTreeError::Taken {
            path: path.to_owned(),
            taken: taken.to_owned(),
            kind,
        };
        if self.folders.contains_key(path) {
            return Err(taken(path, "a folder"));
        }
        let ends = path.match_indices('/').map(|(end, _)| end);
        for folder in ends.filter_map(|end| path.get(..end)) {
            if matches!(self.node(folder), Some(Node::File { .. })) {
                return Err(taken(folder, "a file"));
            }
        }
        Ok(())
    }

    /// What is at a path of the package.
    fn node(&self, path: &str) -> Option<&Node> {
        if path.is_empty() {
            return Some(&Node::Folder);
        }
        let (folder, name) = split(path);
        self.folders.get(folder)?.get(name)
    }

    /// The path inside the package that an absolute path means.
    fn inside(&self, path: &Path) -> io::Result<String> {
        let mut names = Vec::new();
        for component in path.components() {
            match component {
                Component::Normal(name) => names.push(name.to_str().ok_or(io::ErrorKind::NotFound)?),
                Component::ParentDir => {
                    names.pop();
                }
                Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
            }
        }
        match names.split_first() {
            Some((&package, inside)) if self.folder.ends_with(package) => Ok(inside.join("/")),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn at(&self, path: &Path) -> io::Result<&Node> {
        let inside = self.inside(path)?;
        self.node(&inside).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Default for MemoryTree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree for MemoryTree {
    fn folder(&self) -> &Path {
        &self.folder
    }

    fn look(&self, path: &Path) -> io::Result<Found> {
        Ok(self.at(path)?.found())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        let inside = self.inside(folder)?;
        match (self.folders.get(&inside), self.node(&inside)) {
            (Some(entries), _) => Ok(entries
                .iter()
                .map(|(name, node)| Listed {
                    name: name.into(),
                    kind: node.found().kind,
                })
                .collect()),
            (None, Some(_)) => Err(io::ErrorKind::NotADirectory.into()),
            (None, None) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn open(&self, path: &Path) -> io::Result<Opened<'_>> {
        match self.at(path)? {
            Node::Folder => Err(io::ErrorKind::IsADirectory.into()),
            node @ Node::File { content, .. } => Ok(Opened {
                found: node.found(),
                content: Box::new(content.as_slice()),
            }),
        }
    }

    fn read_link(&self, _: &Path) -> io::Result<PathBuf> {
        Err(io::ErrorKind::InvalidInput.into())
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let inside = self.inside(path)?;
        self.node(&inside).ok_or(io::ErrorKind::NotFound)?;
        Ok(if inside.is_empty() {
            self.folder.clone()
        } else {
            self.folder.join(inside)
        })
    }
}

impl Node {
    fn found(&self) -> Found {
        let (kind, len, mode) = match self {
            Self::Folder => (Kind::Folder, 0, 0o755),
            Self::File { content, mode } => (Kind::File, content.len() as u64, *mode),
        };
        Found {
            kind,
            len,
            mode,
            identity: None,
            modified: None,
        }
    }
}

/// The folder and the name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Where a package in memory is. It is not the top, so that `../x` in package.json does not lead back into the package.
const FOLDER: &str = "/package";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_could_leave_the_package_is_refused() {
        for path in ["", "/a", "a/", "a//b", "./a", "a/./b", "..", "../a", "a/../b", "a\0"] {
            let refused = MemoryTree::new().insert(path, "", 0o644);
            assert_eq!(refused, Err(MemoryTreeError::Path { path: path.to_owned() }), "{path}");
        }
    }

    #[test]
    fn nothing_is_a_file_and_a_folder_at_once() {
        let mut tree = MemoryTree::new();
        tree.insert("a/b/c", "1", 0o644).unwrap();
        let folder = tree.insert("a/b", "", 0o644).unwrap_err();
        assert_eq!(folder.to_string(), "`a/b` cannot be added: `a/b` is already a folder");
        let below = tree.insert("a/b/c/d", "", 0o644).unwrap_err();
        assert_eq!(
            below.to_string(),
            "`a/b/c/d` cannot be added: `a/b/c` is already a file"
        );
        assert_eq!(tree.insert("a/b/c", "22", 0o644), Ok(()));
        assert_eq!(tree.read("/package/a/b/c".as_ref()).unwrap(), b"22");
    }

    #[test]
    fn folders_are_listed_and_nothing_is_found_outside_the_package() {
        let mut tree = MemoryTree::new();
        tree.insert("a/b", "1", 0o644).unwrap();
        tree.insert("package/x", "1", 0o755).unwrap();
        let names = |folder: &str| {
            let listed = tree.list(folder.as_ref()).map_err(|error| error.kind())?;
            Ok(listed.into_iter().map(Listed::into_name).collect::<Vec<_>>())
        };
        assert_eq!(names("/package"), Ok(vec!["a".to_owned(), "package".to_owned()]));
        assert_eq!(names("/package/a/../package"), Ok(vec!["x".to_owned()]));
        assert_eq!(names("/package/a/b"), Err(io::ErrorKind::NotADirectory));
        assert_eq!(names("/package/c"), Err(io::ErrorKind::NotFound));
        assert_eq!(names("/"), Err(io::ErrorKind::NotFound));
        assert_eq!(names("/package/../a"), Err(io::ErrorKind::NotFound));
        assert_eq!(
            tree.canonical("/package/a/.".as_ref()).unwrap(),
            Path::new("/package/a")
        );
        assert!(tree.canonical("/package/c".as_ref()).is_err());
        assert_eq!(tree.look("/package/package/x".as_ref()).unwrap().mode, 0o755);
    }
}
