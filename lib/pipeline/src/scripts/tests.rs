//! The manager in most of these tests is the shell under the name of one: `npm run build` then reads the commands in the file `run`.

use certified_pack::Manifest;

use super::*;

fn manifest(rest: &str) -> Manifest {
    Manifest::parse(format!(r#"{{"name":"@acme/widgets","version":"1.0.0"{rest}}}"#)).unwrap()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn scripts_run_in_npms_order_whatever_theirs_is() {
    let folder = tempfile::tempdir().unwrap();
    let scripts = r#","scripts":{"prepare":"a","start":"x","prepack":"b","prepublishOnly":"c","build":"d","test":"e","postpack":"f"}"#;
    let found = plan(folder.path(), &manifest(scripts), Install::WhenLocked).unwrap();
    assert_eq!(found.scripts, ["test", "build", "prepublishOnly", "prepack", "prepare"]);
    assert_eq!((found.manager, found.install), (PackageManager::Npm, false));
}

#[test]
fn the_test_that_npm_init_writes_is_no_test() {
    let folder = tempfile::tempdir().unwrap();
    let scripts = r#","scripts":{"test":"echo \"Error: no test specified\" && exit 1","build":"","prepack":7}"#;
    assert!(
        plan(folder.path(), &manifest(scripts), Install::WhenLocked)
            .unwrap()
            .scripts
            .is_empty()
    );
}

#[test]
fn a_lock_file_means_an_installation_unless_that_is_not_wanted() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("pnpm-lock.yaml", "")]);
    let found = |install| plan(folder.path(), &manifest(""), install).unwrap();
    assert_eq!(
        (found(Install::WhenLocked).manager, found(Install::WhenLocked).install),
        (PackageManager::Pnpm, true)
    );
    assert!(!found(Install::Never).install);
}

#[test]
fn the_field_in_package_json_counts_more_than_a_lock_file() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("package-lock.json", "{}")]);
    let found = plan(
        folder.path(),
        &manifest(r#","packageManager":"yarn@4.1.0""#),
        Install::WhenLocked,
    )
    .unwrap();
    assert_eq!((found.manager, found.install), (PackageManager::Yarn, false));
}

#[test]
fn a_workspace_is_installed_where_the_lock_file_of_its_owner_lies() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    let owner = r#"{"workspaces":["packages/*"],"packageManager":"yarn@1.22.0"}"#;
    write(
        &root,
        &[
            ("package.json", owner),
            ("yarn.lock", ""),
            ("packages/a/package.json", "{}"),
        ],
    );
    let found = plan(&root.join("packages/a"), &manifest(""), Install::WhenLocked).unwrap();
    assert_eq!(
        (found.manager, found.install, found.lock_folder),
        (PackageManager::YarnClassic, true, root)
    );
}

#[cfg(unix)]
mod running {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Runs a build in which `npm` is the shell; answers with what was heard.
    async fn with_shell(
        files: &[(&str, &str)],
        plan: impl FnOnce(&Path) -> BuildPlan,
    ) -> (Result<(), ScriptError>, Vec<String>) {
        let temp = tempfile::tempdir().unwrap();
        write(temp.path(), files);
        let outer = shell(temp.path());
        let mut lines = Vec::new();
        let result = build_in(temp.path(), &plan(temp.path()), outer, &mut |line| {
            lines.push(line.to_owned())
        })
        .await;
        (result, lines)
    }

    fn shell(folder: &Path) -> Vec<(OsString, OsString)> {
        let programs = folder.join("programs");
        fs::create_dir(&programs).unwrap();
        symlink("/bin/sh", programs.join("npm")).unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        vec![("PATH".into(), path.into()), ("NPM_TOKEN".into(), "canary".into())]
    }

    fn npm(install: bool, scripts: Vec<&'static str>) -> impl FnOnce(&Path) -> BuildPlan {
        move |folder| BuildPlan {
            manager: PackageManager::Npm,
            install,
            scripts,
            lock_folder: folder.to_owned(),
        }
    }

    #[tokio::test]
    async fn the_installation_comes_first_and_both_outputs_are_heard() {
        let files = [
            ("ci", "echo installing"),
            ("run", "echo \"running $1\"; echo oops >&2; cat"),
        ];
        let (result, mut lines) = with_shell(&files, npm(true, vec!["test", "build"])).await;
        result.unwrap();
        assert_eq!(lines.remove(0), "installing");
        lines.sort();
        assert_eq!(lines, ["oops", "oops", "running build", "running test"]);
    }

    #[tokio::test]
    async fn the_first_script_that_fails_ends_the_build_and_its_last_lines_are_kept() {
        let files = [("run", "for i in $(seq 1 50); do echo line $i; done; exit 7")];
        let (result, lines) = with_shell(&files, npm(false, vec!["test", "build"])).await;
        let error = result.unwrap_err();
        assert_eq!(
            error.to_string(),
            "`npm run test` ended with exit status: 7, expected success"
        );
        assert!(error.advice().contains("npm run test"));
        let ScriptError::Failed {
            script: "test",
            last_lines,
            ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(
            (lines.len(), last_lines.len(), last_lines.last().unwrap().as_str()),
            (50, 20, "line 50")
        );
    }

    #[tokio::test]
    async fn a_manager_that_is_not_installed_is_named() {
        let plan = |folder: &Path| BuildPlan {
            manager: PackageManager::Pnpm,
            ..npm(false, vec!["build"])(folder)
        };
        let temp = tempfile::tempdir().unwrap();
        let outer = vec![("PATH".into(), temp.path().into())];
        let error = build_in(temp.path(), &plan(temp.path()), outer, &mut |_| {})
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "pnpm is not installed, or not on PATH");
        assert!(error.advice().contains("corepack enable pnpm"));
    }

    #[tokio::test]
    async fn a_process_that_a_script_leaves_behind_does_not_hold_up_the_build() {
        let (result, lines) = with_shell(&[("run", "sleep 1000 & echo $!")], npm(false, vec!["build"])).await;
        result.unwrap();
        assert_gone(&lines[0]).await;
    }

    #[tokio::test]
    async fn when_nobody_waits_any_more_all_of_the_scripts_processes_end() {
        let temp = tempfile::tempdir().unwrap();
        write(temp.path(), &[("run", "(sleep 1000 & echo $!; wait) & wait")]);
        let (outer, plan) = (shell(temp.path()), npm(false, vec!["build"])(temp.path()));
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut heard = |line: &str| tell.send(line.to_owned()).unwrap();
        let pid = tokio::select! {
            result = build_in(temp.path(), &plan, outer, &mut heard) => panic!("{result:?}"),
            pid = told.recv() => pid.unwrap(),
        };
        assert_gone(&pid).await;
    }

    /// Killed, and at most not yet waited for by whoever adopted it. Only Linux can be asked.
    async fn assert_gone(pid: &str) {
        let state = || fs::read_to_string(format!("/proc/{pid}/stat"));
        let gone = async {
            while state().is_ok_and(|state| !state.contains(") Z ")) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), gone)
            .await
            .unwrap();
    }

    /// With npm itself, which adds variables of its own to the environment of a script.
    #[tokio::test]
    async fn no_script_finds_a_credential_in_its_environment() {
        let temp = tempfile::tempdir().unwrap();
        let dump = "env; cat ~/.npmrc ~/.netrc; tr '\\0' '\\n' <\"/proc/$PPID/environ\"; tr '\\0' ' ' <\"/proc/$PPID/cmdline\"; true";
        write(temp.path(), &[("dump", dump)]);
        let scripts = r#","scripts":{"prebuild":"sh dump","build":"sh dump","postbuild":"sh dump"}"#;
        let manifest = manifest(scripts);
        fs::write(temp.path().join("package.json"), manifest.bytes()).unwrap();
        let plan = plan(temp.path(), &manifest, Install::WhenLocked).unwrap();
        let names = [
            "NPM_TOKEN",
            "NODE_AUTH_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "GITHUB_ENV",
            "NPM_CONFIG_FOO",
            "LD_FOO",
            "SECRET",
        ];
        let mut outer: Vec<(OsString, OsString)> = names.map(|name| (name.into(), "canary".into())).into();
        outer.push(("PATH".into(), std::env::var_os("PATH").unwrap()));
        let mut lines = Vec::new();
        build_in(temp.path(), &plan, outer, &mut |line| lines.push(line.to_owned()))
            .await
            .unwrap();
        assert_eq!(lines.iter().filter(|line| line.contains("canary")).count(), 0);
        assert!(
            lines.iter().filter(|line| *line == "CI=true").count() >= 3,
            "{lines:#?}"
        );
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("HOME=") && line.contains("certified-home-"))
        );
    }
}
