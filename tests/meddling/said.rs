//! What a person reads, as a snapshot below tests/said, without what differs from run to run.

use std::path::Path;
use std::process::Output;

/// What the program said and how it ended.
pub(crate) struct Said {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    code: i32,
}

impl Said {
    pub(crate) fn new(output: &Output, folder: &Path) -> Self {
        let folder = folder.display().to_string();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace(&folder, "[folder]");
        Self {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }

    /// It ended with this exit code, and the error has this name.
    pub(crate) fn stops(&self, code: i32, name: &str) -> &Self {
        assert_eq!(self.code, code, "{}", self.stderr);
        assert!(
            self.stderr.contains(&format!("error[{name}]: ")),
            "{name} expected:\n{}",
            self.stderr
        );
        assert!(self.stderr.contains("\n  help: "), "no way out:\n{}", self.stderr);
        self
    }

    /// It ended with this exit code.
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}", self.stderr);
        self
    }

    /// It ended well.
    pub(crate) fn succeeds(&self) -> &Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }

    /// What stands on stderr is what tests/said/NAME.snap says.
    pub(crate) fn shows(&self, name: &str) -> &Self {
        shows(name, &format!("{}exit {}\n", self.stderr, self.code));
        self
    }
}

/// A text is what tests/said/NAME.snap says. Accept another one with `INSTA_UPDATE=always cargo test`.
pub(crate) fn shows(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../said");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (found, instead) in PLACEHOLDERS {
        settings.add_filter(found, instead);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// In this order: a digest also contains what looks like a part of an id.
const PLACEHOLDERS: [(&str, &str); 10] = [
    (r"sha512-[A-Za-z0-9+/=]+", "[integrity]"),
    (r"sha256:[0-9a-f]{64}", "[digest]"),
    (r"CERT-PKG-[0-9]{8}-[A-Z2-7]+", "[cert-id]"),
    (r"chittyos\.[a-z0-9-]+\.[0-9a-f-]{36}", "[chitty-id]"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
    (r"reg_[0-9]+_[a-z0-9]+", "[reg-id]"),
    (r"/[0-9a-f]{32}\b", "/[operation]"),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "[time]"),
    (r"127\.0\.0\.1:[0-9]+", "[address]"),
    (r"\([0-9]+ ms\)", "([millis] ms)"),
];
