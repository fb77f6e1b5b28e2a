use super::*;

#[test]
fn the_package_manager_field_decides_when_it_names_npm() {
    for (field, dialect) in [
        ("npm@12.1.0+sha512.0123", Some(Dialect::Npm12)),
        ("npm@11.19.1", Some(Dialect::Npm11)),
        (" npm@6.14.18 ", Some(Dialect::Npm11)),
        ("npm@100.0.0", Some(Dialect::Npm12)),
        ("npm@latest", None),
        ("npm", None),
        ("pnpm@11.0.0", None),
        ("yarn@4.18.1", None),
        ("", None),
    ] {
        assert_eq!(Dialect::of_package_manager(field), dialect, "{field}");
    }
}

#[test]
fn without_any_sign_the_newest_is_chosen() {
    assert_eq!(Dialect::choose(None, None), Dialect::Npm12);
    assert_eq!(
        Dialect::choose(Some("yarn@1.22.22"), Some("/nowhere".as_ref())),
        Dialect::Npm12
    );
    assert_eq!(
        [Dialect::Npm11, Dialect::Npm12].map(|dialect| dialect.to_string()),
        ["npm 11", "npm 12"]
    );
}

#[cfg(unix)]
mod installed {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// A file system with these files and links; programs are executable.
    fn disk(files: &[(&str, &str)], links: &[(&str, &str)]) -> tempfile::TempDir {
        let disk = tempfile::tempdir().unwrap();
        let at = |path: &str| {
            let path = disk.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        for (path, content) in files {
            fs::write(at(path), content).unwrap();
            fs::set_permissions(at(path), fs::Permissions::from_mode(0o755)).unwrap();
        }
        for (path, target) in links {
            symlink(target, at(path)).unwrap();
        }
        disk
    }

    fn found(disk: &tempfile::TempDir, path: &[&str]) -> Option<Dialect> {
        let path = env::join_paths(path.iter().map(|folder| disk.path().join(folder))).unwrap();
        Dialect::installed(&path)
    }

    const NPM_11: &str = r#"{"name":"npm","version":"11.19.1"}"#;

    #[test]
    fn a_link_into_the_package_leads_to_its_version() {
        for package in [
            "lib/node_modules/npm",
            "share/nodejs/npm",
            "n/versions/v24/lib/node_modules/npm",
        ] {
            let (cli, manifest) = (format!("{package}/bin/npm-cli.js"), format!("{package}/package.json"));
            let disk = disk(&[(&cli, ""), (&manifest, NPM_11)], &[("bin/npm", &format!("../{cli}"))]);
            assert_eq!(found(&disk, &["empty", "bin"]), Some(Dialect::Npm11), "{package}");
        }
    }

    #[test]
    fn a_script_stands_beside_node_modules_or_in_bin() {
        let beside = disk(
            &[("nodejs/npm", ""), ("nodejs/node_modules/npm/package.json", NPM_11)],
            &[],
        );
        assert_eq!(found(&beside, &["nodejs"]), Some(Dialect::Npm11));
        let in_bin = disk(
            &[("p/bin/npm", ""), ("p/lib/node_modules/npm/package.json", NPM_11)],
            &[],
        );
        assert_eq!(found(&in_bin, &["p/bin"]), Some(Dialect::Npm11));
    }

    #[test]
    fn the_shim_of_another_program_says_nothing_even_when_an_npm_follows() {
        let disk = disk(
            &[
                ("volta/volta-shim", ""),
                ("corepack/dist/npm.js", ""),
                ("corepack/package.json", r#"{"name":"corepack","version":"0.34.0"}"#),
                ("p/bin/npm", ""),
                ("p/lib/node_modules/npm/package.json", NPM_11),
            ],
            &[
                ("volta/bin/npm", "../volta-shim"),
                ("cb/npm", "../corepack/dist/npm.js"),
            ],
        );
        assert_eq!(found(&disk, &["volta/bin", "p/bin"]), None);
        assert_eq!(found(&disk, &["cb", "p/bin"]), None);
    }

    #[test]
    fn what_cannot_be_run_is_passed_over() {
        let disk = disk(
            &[
                ("b/bin/npm", ""),
                ("b/lib/node_modules/npm/package.json", NPM_11),
                ("a/npm/x", ""),
            ],
            &[],
        );
        fs::write(disk.path().join("npm"), "").unwrap();
        assert_eq!(found(&disk, &["a", "", "b/bin"]), Some(Dialect::Npm11));
        assert_eq!(found(&disk, &["a"]), None);
    }
}
