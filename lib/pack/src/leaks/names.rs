//! Files that by their names hold credentials.

/// The rule that a path breaks and what the file is, if any.
pub(super) fn judge(path: &str) -> Option<(&'static str, &'static str)> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let rule = environment(name)
        .or_else(|| exactly(name))
        .or_else(|| ending(name))
        .or_else(|| inside(&lower))?;
    (!is_example(path)).then_some(rule)
}

/// Whether a path leads through a folder of tests, fixtures, examples or documentation, or is a test or a page by its name.
pub(super) fn is_example(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let folder = |part: &str| {
        let part = part.trim_matches('_').to_ascii_lowercase();
        FOLDERS.contains(&part.as_str())
    };
    let page = name.to_ascii_lowercase().ends_with(".md");
    page || [".test.", ".spec."].iter().any(|mark| name.contains(mark)) || parts.any(folder)
}

fn environment(name: &str) -> Option<(&'static str, &'static str)> {
    let rest = name.strip_prefix(".env")?;
    let kind = match rest {
        "" => rest,
        _ => rest.strip_prefix('.')?,
    };
    let shown = kind.rsplit('.').next().is_some_and(|last| SHOWN.contains(&last));
    (!shown).then_some(("environment-file", "an environment file"))
}

fn exactly(name: &str) -> Option<(&'static str, &'static str)> {
    let found = NAMES.iter().find(|(names, _, _)| names.contains(&name));
    found.map(|(_, rule, what)| (*rule, *what))
}

fn ending(name: &str) -> Option<(&'static str, &'static str)> {
    // The key with which every Android debug build of the world is signed; templates have to bring it.
    if name == "debug.keystore" {
        return None;
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let found = ENDINGS.iter().find(|(endings, _, _)| endings.contains(&extension));
    found.filter(|_| !stem.is_empty()).map(|(_, rule, what)| (*rule, *what))
}

fn inside(path: &str) -> Option<(&'static str, &'static str)> {
    let found = PLACES.iter().find(|(place, _, _)| {
        path.strip_suffix(place)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    });
    found.map(|(_, rule, what)| (*rule, *what))
}

/// Environment files that are meant to be read by others.
const SHOWN: [&str; 7] = ["example", "sample", "template", "dist", "defaults", "schema", "ts"];

/// Names of folders, without underscores around them.
const FOLDERS: [&str; 19] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "spec",
    "specs",
    "e2e",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "example",
    "examples",
    "sample",
    "samples",
    "doc",
    "docs",
    "man",
];

type Names = (&'static [&'static str], &'static str, &'static str);

const NAMES: [Names; 8] = [
    (
        &[
            "id_rsa",
            "id_dsa",
            "id_ecdsa",
            "id_ecdsa_sk",
            "id_ed25519",
            "id_ed25519_sk",
        ],
        "ssh-key-file",
        "a private SSH key",
    ),
    (&[".netrc", "_netrc"], "netrc", "a file of passwords"),
    (&[".git-credentials"], "git-credentials", "a file of git passwords"),
    (
        &[".pgpass", ".my.cnf"],
        "database-passwords",
        "a file of database passwords",
    ),
    (&[".pypirc"], "pypirc", "credentials for PyPI"),
    (&["kubeconfig"], "kubeconfig", "credentials for Kubernetes"),
    (
        &["application_default_credentials.json", ".boto"],
        "gcloud-credentials",
        "credentials for Google Cloud",
    ),
    (&[".s3cfg"], "aws-credentials", "credentials for AWS"),
];

const ENDINGS: [Names; 5] = [
    (&["p12", "pfx"], "pkcs12", "a PKCS #12 key store"),
    (&["jks", "keystore"], "java-keystore", "a Java key store"),
    (&["ppk"], "putty-key-file", "a private PuTTY key"),
    (&["kdbx"], "keepass", "a password database"),
    (&["kubeconfig"], "kubeconfig", "credentials for Kubernetes"),
];

const PLACES: [(&str, &str, &str); 7] = [
    (".kube/config", "kubeconfig", "credentials for Kubernetes"),
    (".aws/credentials", "aws-credentials", "credentials for AWS"),
    (
        ".docker/config.json",
        "docker-credentials",
        "credentials for container registries",
    ),
    (
        ".config/gcloud/credentials.db",
        "gcloud-credentials",
        "credentials for Google Cloud",
    ),
    (
        "gcloud/access_tokens.db",
        "gcloud-credentials",
        "credentials for Google Cloud",
    ),
    (".azure/accesstokens.json", "azure-credentials", "credentials for Azure"),
    (
        ".azure/msal_token_cache.json",
        "azure-credentials",
        "credentials for Azure",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_credentials_are_known_by_their_names() {
        for (path, rule) in [
            (".env", "environment-file"),
            ("config/.env.production", "environment-file"),
            (".ENV.local", "environment-file"),
            ("keys/id_ed25519", "ssh-key-file"),
            ("release.p12", "pkcs12"),
            ("android/upload.keystore", "java-keystore"),
            ("me.ppk", "putty-key-file"),
            (".netrc", "netrc"),
            (".git-credentials", "git-credentials"),
            ("home/.kube/config", "kubeconfig"),
            (".aws/credentials", "aws-credentials"),
            ("gcloud/application_default_credentials.json", "gcloud-credentials"),
        ] {
            assert_eq!(judge(path).map(|(rule, _)| rule), Some(rule), "{path}");
        }
    }

    #[test]
    fn files_that_only_sound_alike_pass() {
        for path in [
            ".env.example",
            ".env.local.sample",
            ".env.d.ts",
            "env.js",
            ".environment",
            ".envrc-notes",
            "id_rsa.pub",
            "lib/credentials.js",
            "src/.aws/credentials.js",
            "template/android/app/debug.keystore",
            "lib/kube/config",
            ".p12",
        ] {
            assert_eq!(judge(path), None, "{path}");
        }
    }

    #[test]
    fn what_tests_need_passes_in_folders_of_tests() {
        for path in ["test/fixtures/id_rsa", "src/__tests__/.env", "examples/server/.env"] {
            assert_eq!(judge(path), None, "{path}");
        }
        assert!(judge("latest/id_rsa").is_some());
        assert!(is_example("lib/keys.test.js") && is_example("README.md") && !is_example("lib/test.js"));
    }
}
