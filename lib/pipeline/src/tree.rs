//! A copy of the work tree, so that a dry run may let package scripts write wherever they like.
//!
//! Scripts write into the folder that they are run in: bundles, caches, sometimes package.json itself. A dry run promises to change
//! nothing, so it builds a copy. The copy must pack to the same bytes as the original, and two things outside the package decide
//! about that: the ignore files of the package of which this one is a workspace, and what links point to. So the folder that owns the
//! workspace is copied whole, and a link that leaves the copied folder is made to point at what it pointed at before.

mod workspace;

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

pub(crate) use self::workspace::owner;

/// Why a folder could not be copied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// Something in the work tree cannot be read.
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Something cannot be written into the copy.
    #[error("{} cannot be written: {error}", path.display())]
    Unwritable {
        /// The file or folder in the copy.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl TreeError {
    /// What to do now.
    pub fn advice(&self) -> String {
        match self {
            Self::Unreadable { .. } => "make it readable for the account that runs this, or move it out of the package".into(),
            Self::Unwritable { .. } => {
                "a dry run builds a copy in the folder for temporary files: check its space, or set TMPDIR to another one".into()
            }
        }
    }
}

/// Copies a package into a folder that is made when it is not there, and answers with the package's place in the copy.
///
/// When the package is a workspace of a package above it, that one is copied whole. Files keep their modes and times, links stay links.
/// Left out are `.git`, because a script that commits or writes git's configuration would reach the real repository through it, and
/// sockets, pipes and devices.
///
/// # Errors
/// The first path that could not be read or written. What was copied until then stays; the folder is the caller's to remove.
pub fn copy_tree(package: &Path, into: &Path) -> Result<PathBuf, TreeError> {
    let package = fs::canonicalize(package).map_err(|error| unreadable(package, error))?;
    fs::create_dir_all(into).map_err(|error| unwritable(into, error))?;
    let into = fs::canonicalize(into).map_err(|error| unwritable(into, error))?;
    let from = owner(&package).unwrap_or_else(|| package.clone());
    // Some tools go by the name of the folder.
    let to = into.join(from.file_name().unwrap_or("package".as_ref()));
    let inside = package.strip_prefix(&from).map(Path::to_path_buf).unwrap_or_default();
    let place = to.join(inside);
    Copy { from, to, into }.run()?;
    Ok(place)
}

struct Copy {
    from: PathBuf,
    to: PathBuf,
    /// The caller's folder, which may lie inside the work tree and is not copied into itself.
    into: PathBuf,
}

impl Copy {
    fn run(&self) -> Result<(), TreeError> {
        let mut waiting = vec![PathBuf::new()];
        while let Some(inside) = waiting.pop() {
            let (from, to) = (self.from.join(&inside), self.to.join(&inside));
            fs::create_dir(&to).map_err(|error| unwritable(&to, error))?;
            for entry in fs::read_dir(&from).map_err(|error| unreadable(&from, error))? {
                let entry = entry.map_err(|error| unreadable(&from, error))?;
                let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), error))?;
                let path = entry.path();
                if entry.file_name() == ".git" || path == self.into {
                    continue;
                }
                let copy = to.join(entry.file_name());
                if kind.is_symlink() {
                    self.copy_link(&path, &copy)?;
                } else if kind.is_dir() {
                    waiting.push(inside.join(entry.file_name()));
                } else if kind.is_file() {
                    copy_file(&path, &copy)?;
                }
            }
        }
        Ok(())
    }

    fn copy_link(&self, path: &Path, copy: &Path) -> Result<(), TreeError> {
        let target = fs::read_link(path).map_err(|error| unreadable(path, error))?;
        let target = self.target(path, target);
        link(path, &target, copy).map_err(|error| unwritable(copy, error))
    }

    /// Where the copy of a link points: inside the copy, if the original points inside the work tree, else where the original points.
    fn target(&self, link: &Path, target: PathBuf) -> PathBuf {
        let meant = plain(&link.parent().unwrap_or(link).join(&target));
        match meant.strip_prefix(&self.from) {
            Ok(_) if target.is_relative() => target,
            Ok(inside) => self.to.join(inside),
            Err(_) => meant,
        }
    }
}

/// The contents, the mode, and the times, which `make` and `tsc --build` go by.
fn copy_file(from: &Path, to: &Path) -> Result<(), TreeError> {
    let mut source = File::open(from).map_err(|error| unreadable(from, error))?;
    let metadata = source.metadata().map_err(|error| unreadable(from, error))?;
    let mut copy = File::create_new(to).map_err(|error| unwritable(to, error))?;
    let done = io::copy(&mut source, &mut copy)
        .and_then(|_| copy.set_permissions(metadata.permissions()))
        .and_then(|()| copy.set_modified(metadata.modified()?));
    done.map_err(|error| unwritable(to, error))
}

#[cfg(unix)]
fn link(_: &Path, target: &Path, copy: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, copy)
}

#[cfg(windows)]
fn link(original: &Path, target: &Path, copy: &Path) -> io::Result<()> {
    if original.is_dir() {
        std::os::windows::fs::symlink_dir(target, copy)
    } else {
        std::os::windows::fs::symlink_file(target, copy)
    }
}

/// An absolute path without `.` and `..`, by its text alone.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

fn unreadable(path: &Path, error: io::Error) -> TreeError {
    TreeError::Unreadable {
        path: path.to_owned(),
        error,
    }
}

fn unwritable(path: &Path, error: io::Error) -> TreeError {
    TreeError::Unwritable {
        path: path.to_owned(),
        error,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    /// A folder `shop` with these files in it.
    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let temp = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(temp.path()).unwrap().join("shop");
        fs::create_dir(&root).unwrap();
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (temp, root)
    }

    #[test]
    fn a_package_of_its_own_is_copied_alone_and_keeps_its_folders_name() {
        let (temp, root) = tree(&[("package.json", "{}"), ("a/package.json", "{}"), ("a/lib/x.js", "1")]);
        let copy = copy_tree(&root.join("a"), &temp.path().join("copy")).unwrap();
        assert!(copy.ends_with("copy/a"));
        assert_eq!(fs::read_to_string(copy.join("lib/x.js")).unwrap(), "1");
        assert!(!copy.parent().unwrap().join("package.json").exists());
    }

    #[test]
    fn a_workspace_is_copied_with_the_package_that_owns_it() {
        let (temp, root) = tree(&[
            ("package.json", r#"{"workspaces":["packages/*"]}"#),
            (".npmignore", "*.map\n"),
            ("packages/a/package.json", "{}"),
        ]);
        let copy = copy_tree(&root.join("packages/a"), &temp.path().join("copy")).unwrap();
        assert!(copy.ends_with("copy/shop/packages/a") && copy.join("package.json").exists());
        assert!(copy.join("../../.npmignore").exists());
    }

    #[test]
    fn git_sockets_and_the_copy_itself_are_left_out() {
        let (_temp, root) = tree(&[
            ("package.json", "{}"),
            (".git/config", ""),
            ("lib/.git", "gitdir: elsewhere"),
            (".gitignore", ""),
        ]);
        let _socket = UnixListener::bind(root.join("socket")).unwrap();
        let copy = copy_tree(&root, &root.join("tmp/copy")).unwrap();
        let names = |folder: &str| fs::read_dir(copy.join(folder)).unwrap().count();
        assert_eq!((names(""), names("lib"), names("tmp")), (4, 0, 0));
    }

    #[test]
    fn files_keep_their_mode_and_time() {
        let (temp, root) = tree(&[("package.json", "{}"), ("cli.js", "1")]);
        fs::set_permissions(root.join("cli.js"), fs::Permissions::from_mode(0o555)).unwrap();
        let copy = copy_tree(&root, &temp.path().join("copy")).unwrap();
        let [original, copy] = [root, copy].map(|folder| fs::metadata(folder.join("cli.js")).unwrap());
        assert_eq!(copy.permissions().mode() & 0o777, 0o555);
        assert_eq!(copy.modified().unwrap(), original.modified().unwrap());
    }

    #[test]
    fn links_point_into_the_copy_or_to_what_they_pointed_at_outside() {
        let (temp, root) = tree(&[("package.json", "{}"), ("lib/x.js", "1")]);
        let outside = root.with_file_name("rules");
        fs::write(&outside, "*.map\n").unwrap();
        symlink("lib/x.js", root.join("relative")).unwrap();
        symlink(root.join("lib"), root.join("absolute")).unwrap();
        symlink("../rules", root.join(".npmignore")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();
        let copy = copy_tree(&root, &temp.path().join("copy")).unwrap();
        let target = |name: &str| fs::read_link(copy.join(name)).unwrap();
        assert_eq!(target("relative"), Path::new("lib/x.js"));
        assert_eq!(target("absolute"), copy.join("lib"));
        assert_eq!(target(".npmignore"), outside);
        assert_eq!(target("dangling"), Path::new("nowhere"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let (temp, root) = tree(&[("package.json", "{}"), ("secret", "1")]);
        let missing = copy_tree(&root.join("nothing"), &temp.path().join("copy")).unwrap_err();
        assert!(matches!(missing, TreeError::Unreadable { path, .. } if path.ends_with("nothing")));
        fs::set_permissions(root.join("secret"), fs::Permissions::from_mode(0o000)).unwrap();
        // Root may read everything.
        if File::open(root.join("secret")).is_err() {
            let error = copy_tree(&root, &temp.path().join("copy")).unwrap_err();
            assert!(matches!(error, TreeError::Unreadable { path, .. } if path.ends_with("secret")));
        }
    }

    #[test]
    fn a_copy_that_is_there_already_is_not_written_over() {
        let (temp, root) = tree(&[("package.json", "{}")]);
        copy_tree(&root, &temp.path().join("copy")).unwrap();
        let error = copy_tree(&root, &temp.path().join("copy")).unwrap_err();
        assert!(matches!(error, TreeError::Unwritable { path, .. } if path.ends_with("copy/shop")));
    }
}
