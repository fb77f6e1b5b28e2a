//! What the folder promises.

use super::*;

fn open(root: &Path, registry: &str, version: &str) -> State {
    State::open(
        root,
        registry,
        &"@acme/widgets".parse().unwrap(),
        &version.parse().unwrap(),
    )
    .unwrap()
}

#[test]
fn every_process_of_one_release_finds_the_same_folder_and_no_other_release_does() {
    let root = tempfile::tempdir().unwrap();
    let first = open(root.path(), "https://npm.example", "1.2.3");
    assert_eq!(open(root.path(), "https://npm.example/", "1.2.3").folder, first.folder);
    assert_ne!(open(root.path(), "https://npm.example", "1.2.4").folder, first.folder);
    assert_ne!(open(root.path(), "https://other.example", "1.2.3").folder, first.folder);
}

#[cfg(unix)]
#[test]
fn folder_and_files_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let state = open(root.path(), "https://npm.example", "1.2.3");
    state.save(Step::Sign, &"signed").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state.folder), 0o700);
    assert_eq!(mode(&state.evidence_folder()), 0o700);
    assert_eq!(mode(&state.path("sign.json")), 0o600);
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_enter_or_that_is_a_link_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let folder = open(root.path(), "https://npm.example", "1.2.3").folder;
    let again = || {
        let (name, version) = ("@acme/widgets".parse().unwrap(), "1.2.3".parse().unwrap());
        State::open(root.path(), "https://npm.example", &name, &version)
    };
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(again(), Err(StateError::Shared { .. })));
    fs::remove_dir_all(&folder).unwrap();
    let elsewhere = root.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &folder).unwrap();
    assert!(matches!(again(), Err(StateError::Shared { .. })));
}

#[test]
fn a_step_that_has_not_run_is_named_with_the_command_that_runs_it() {
    let root = tempfile::tempdir().unwrap();
    let error = open(root.path(), "https://npm.example", "1.2.3")
        .load::<String>(Step::Chronicle)
        .unwrap_err();
    assert!(
        matches!(
            error,
            StateError::Missing {
                missing: Step::Chronicle,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        error.advice().contains("certified-publish chronicle"),
        "{}",
        error.advice()
    );
}

#[test]
fn a_new_attempt_forgets_what_later_steps_left_and_keeps_what_came_before() {
    let root = tempfile::tempdir().unwrap();
    let state = open(root.path(), "https://npm.example", "1.2.3");
    for step in [Step::Certificate, Step::Sign, Step::Register] {
        state.save(step, &step.as_str()).unwrap();
    }
    state.save_bytes(CERTIFIED, b"tgz").unwrap();
    state.forget_from(Step::Sign).unwrap();
    assert!(state.has(Step::Certificate));
    assert!(!state.has(Step::Sign) && !state.has(Step::Register));
    assert!(state.load_bytes(Step::Sign, CERTIFIED).is_err());
}

#[test]
fn a_file_that_no_step_wrote_is_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let state = open(root.path(), "https://npm.example", "1.2.3");
    state.save_bytes("sign.json", b"{").unwrap();
    let error = state.load::<String>(Step::Sign).unwrap_err();
    assert!(error.to_string().contains("sign.json"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_mode_and_leaves_no_neighbour() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("package.json");
    fs::write(&file, "{}").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    replace_file(&file, b"{\"name\":\"x\"}").unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"{\"name\":\"x\"}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}
