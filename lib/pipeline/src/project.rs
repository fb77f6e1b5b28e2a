//! The package folder, looked at before anything is sent.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use certified_evidence::block::MEMBER;
use certified_evidence::{NameError, PackageName, Version, VersionError};
use certified_pack::{Manifest, ManifestError};

use crate::scripts::{self, Install};

/// A package that could be published.
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
    name: PackageName,
    version: Version,
    manifest: Manifest,
    bare: Manifest,
}

/// Why a folder is no package to publish.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// There is no package.json.
    #[error("there is no package.json in {}", folder.display())]
    NoManifest {
        /// The folder.
        folder: PathBuf,
    },
    /// package.json cannot be read from the disk.
    #[error("package.json in {} cannot be read: {error}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// package.json is not acceptable.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Its name.
    #[error("package.json has a name that npm does not take: {0}")]
    Name(#[from] NameError),
    /// Its version.
    #[error("package.json has a version that npm does not keep: {0}")]
    Version(#[from] VersionError),
    /// The package says that it must not be published.
    #[error("package.json says that {name} is private")]
    Private {
        /// The package.
        name: PackageName,
    },
    /// The package wants to go to another registry than the one configured.
    #[error("package.json asks for the registry {asked}, this run publishes to {configured}")]
    OtherRegistry {
        /// `publishConfig.registry`.
        asked: String,
        /// The configured address.
        configured: String,
    },
}

impl ProjectError {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoManifest { .. } => "build/no-manifest",
            Self::Unreadable { .. } => "build/unreadable",
            Self::Manifest(_) => "build/manifest",
            Self::Name(_) => "build/name",
            Self::Version(_) => "build/version",
            Self::Private { .. } => "build/private",
            Self::OtherRegistry { .. } => "build/other-registry",
        }
    }

    /// What to do now.
    pub fn advice(&self) -> String {
        match self {
            Self::NoManifest { .. } => "run inside the package's folder, or name it: certified-publish run PATH".into(),
            Self::Unreadable { .. } => "check that the file exists and may be read".into(),
            Self::Manifest(ManifestError::NotJson { .. }) => {
                "mend package.json at that place: JSON has no comments and no comma before a closing bracket".into()
            }
            Self::Manifest(ManifestError::Duplicate { .. }) => {
                "remove one of the two from package.json: programs do not agree on which of them counts".into()
            }
            Self::Manifest(ManifestError::NoText { key }) => {
                let value = if *key == "version" { "1.0.0" } else { "my-package" };
                format!("add a line to package.json, for example `\"{key}\": \"{value}\",`")
            }
            Self::Manifest(_) => "mend package.json; `npm pkg fix` repairs common mistakes".into(),
            Self::Name(_) => {
                "choose a name of lower-case letters, digits, `-`, `.` and `_`, with an optional @scope/".into()
            }
            Self::Version(_) => {
                "write the version as npm keeps it, for example 1.2.3: `npm version 1.2.3 --no-git-tag-version`".into()
            }
            Self::Private { .. } => {
                "remove `\"private\": true` from package.json if the package is meant to be published".into()
            }
            Self::OtherRegistry { asked, .. } => {
                format!("run with --npm-registry {asked}, or remove publishConfig.registry from package.json")
            }
        }
    }
}

impl Project {
    /// Reads package.json in that folder.
    ///
    /// # Errors
    /// When there is none, or it is not one that can be published as it stands.
    pub fn open(folder: &Path) -> Result<Self, ProjectError> {
        let bytes = read_manifest(folder)?;
        let manifest = Manifest::parse(bytes)?;
        let name: PackageName = manifest.name().parse()?;
        let version = manifest.version().parse()?;
        if manifest.is_private() {
            return Err(ProjectError::Private { name });
        }
        let bare = manifest.without(MEMBER)?;
        Ok(Self {
            folder: folder.to_owned(),
            name,
            version,
            manifest,
            bare,
        })
    }

    /// Refuses a package that names another registry for itself: nothing is sent anywhere but where the run was told to.
    ///
    /// # Errors
    /// [`ProjectError::OtherRegistry`].
    pub fn check_registry(&self, configured: &str) -> Result<(), ProjectError> {
        let asked = self
            .manifest
            .root()
            .get("publishConfig")
            .and_then(|c| c.get("registry"))
            .and_then(|r| r.as_str());
        match asked {
            Some(asked) if asked.trim_end_matches('/') != configured.trim_end_matches('/') => {
                Err(ProjectError::OtherRegistry {
                    asked: asked.to_owned(),
                    configured: configured.to_owned(),
                })
            }
            _ => Ok(()),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The package's name.
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// Its version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// `name@version`.
    pub fn release(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// package.json as it stands.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// package.json without a block that an earlier release may have left in it.
    pub fn bare(&self) -> &Manifest {
        &self.bare
    }
}

/// Whether a build would run any script of that package, and so may write into its folder. A folder that is no package has none.
pub fn has_scripts(folder: &Path) -> bool {
    Project::open(folder).is_ok_and(|project| {
        scripts::plan(folder, project.manifest(), Install::Never).is_ok_and(|plan| !plan.scripts.is_empty())
    })
}

/// The program that a build of that folder would run its scripts with.
pub fn package_manager(folder: &Path) -> Option<&'static str> {
    let project = Project::open(folder).ok()?;
    let plan = scripts::plan(folder, project.manifest(), Install::Never).ok()?;
    Some(plan.manager.program())
}

/// Whether a build would run code of the package or of its dependencies: scripts, or an installation. A folder that is no package has none.
pub fn has_code(folder: &Path) -> bool {
    Project::open(folder).is_ok_and(|project| {
        scripts::plan(folder, project.manifest(), Install::WhenLocked)
            .is_ok_and(|plan| plan.install || !plan.scripts.is_empty())
    })
}

fn read_manifest(folder: &Path) -> Result<Vec<u8>, ProjectError> {
    let path = folder.join("package.json");
    let unreadable = |error| ProjectError::Unreadable {
        folder: folder.to_owned(),
        error,
    };
    let file = match fs::File::open(&path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Err(ProjectError::NoManifest {
                folder: folder.to_owned(),
            });
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    file.take(Manifest::LARGEST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(manifest: &str) -> Result<Project, ProjectError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("package.json"), manifest).unwrap();
        Project::open(folder.path())
    }

    #[test]
    fn a_block_of_an_earlier_release_is_left_out_of_the_bare_manifest() {
        let project = project(r#"{"name":"a","chittyos":{"old":true},"version":"1.0.0"}"#).unwrap();
        assert_eq!(project.bare().bytes(), br#"{"name":"a","version":"1.0.0"}"#);
    }

    #[test]
    fn a_package_that_names_another_registry_is_not_sent_to_ours() {
        let manifest = r#"{"name":"a","version":"1.0.0","publishConfig":{"registry":"https://npm.example/"}}"#;
        let project = project(manifest).unwrap();
        assert!(project.check_registry("https://npm.example").is_ok());
        let error = project.check_registry("https://other.example").unwrap_err();
        assert!(
            error.advice().contains("--npm-registry https://npm.example/"),
            "{}",
            error.advice()
        );
    }

    #[test]
    fn private_packages_and_spellings_that_npm_would_change_are_refused() {
        assert_eq!(
            project(r#"{"name":"a","version":"1.0.0","private":true}"#)
                .unwrap_err()
                .code(),
            "build/private"
        );
        assert_eq!(
            project(r#"{"name":"A b","version":"1.0.0"}"#).unwrap_err().code(),
            "build/name"
        );
        assert_eq!(
            project(r#"{"name":"a","version":"v1.0.0"}"#).unwrap_err().code(),
            "build/version"
        );
        assert_eq!(
            Project::open(Path::new("/nowhere")).unwrap_err().code(),
            "build/no-manifest"
        );
    }
}
