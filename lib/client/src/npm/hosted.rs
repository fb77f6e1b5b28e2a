//! Repositories at the places that npm knows by name: GitHub, GitLab and Bitbucket.
//!
//! npm writes their addresses in one form (`acme/widgets` becomes `git+https://github.com/acme/widgets.git`) and
//! derives from them where to report bugs and where the README is. Other addresses stay as they are.

use url::Url;

/// A repository at a known place.
#[derive(Debug)]
pub(super) struct Hosted {
    place: &'static Place,
    user: String,
    project: String,
    commit: String,
    credentials: String,
    form: Form,
}

#[derive(Debug)]
struct Place {
    shortcut: &'static str,
    domain: &'static str,
    tree: &'static str,
    schemes: &'static [&'static str],
}

/// The form in which an address was given, which decides the form in which it is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    Shortcut,
    Ssh,
    Https,
    Git,
}

const PLACES: [Place; 3] = [
    Place {
        shortcut: "github",
        domain: "github.com",
        tree: "tree",
        schemes: &["git", "http", "git+ssh", "git+https", "ssh", "https"],
    },
    Place {
        shortcut: "gitlab",
        domain: "gitlab.com",
        tree: "tree",
        schemes: &["git+ssh", "git+https", "ssh", "https"],
    },
    Place {
        shortcut: "bitbucket",
        domain: "bitbucket.org",
        tree: "src",
        schemes: &["git+ssh", "git+https", "ssh", "https"],
    },
];

impl Hosted {
    /// Reads any of the forms; nothing for an address elsewhere.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let shorthand = if is_shorthand(text) {
            format!("github:{text}")
        } else {
            text.to_owned()
        };
        let url = parse_loosely(&shorthand)?;
        if url.path().contains('%') {
            return None;
        }
        let commit = url.fragment().unwrap_or_default().to_owned();
        if let Some(place) = PLACES.iter().find(|place| place.shortcut == url.scheme()) {
            let path = url.path().trim_start_matches('/');
            let path = path.split_once('@').map_or(path, |(_, rest)| rest);
            let (user, project) = path.rsplit_once('/')?;
            return Self::new(place, user, project, commit, String::new(), Form::Shortcut);
        }
        let domain = url.host_str()?;
        let domain = domain.strip_prefix("www.").unwrap_or(domain);
        let place = PLACES
            .iter()
            .find(|place| place.domain == domain && place.schemes.contains(&url.scheme()))?;
        let (user, project, commit) = split_path(place, url.path(), commit)?;
        let (form, keeps_credentials) = match url.scheme() {
            "https" | "git+https" => (Form::Https, true),
            "git" => (Form::Git, true),
            _ => (Form::Ssh, false),
        };
        let credentials = if keeps_credentials {
            credentials(&url)
        } else {
            String::new()
        };
        Self::new(place, &user, &project, commit, credentials, form)
    }

    fn new(
        place: &'static Place,
        user: &str,
        project: &str,
        commit: String,
        credentials: String,
        form: Form,
    ) -> Option<Self> {
        let project = project.strip_suffix(".git").unwrap_or(project);
        if user.is_empty() || project.is_empty() {
            return None;
        }
        Some(Self {
            place,
            user: user.to_owned(),
            project: project.to_owned(),
            commit,
            credentials,
            form,
        })
    }

    /// As a dependency is written: a shortcut stays one.
    pub(super) fn as_dependency(&self) -> String {
        match self.form {
            Form::Shortcut => format!(
                "{}:{}/{}{}",
                self.place.shortcut,
                self.user,
                self.project,
                after("#", &self.commit)
            ),
            _ => self.as_repository(),
        }
    }

    /// As `repository.url` is written: a shortcut becomes an address.
    pub(super) fn as_repository(&self) -> String {
        let start = match self.form {
            Form::Shortcut | Form::Https => format!("git+https://{}", self.credentials),
            Form::Ssh => "git+ssh://git@".to_owned(),
            Form::Git => format!("git://{}", self.credentials),
        };
        format!(
            "{start}{}/{}/{}.git{}",
            self.place.domain,
            self.user,
            self.project,
            after("#", &self.commit)
        )
    }

    /// Where bugs are reported.
    pub(super) fn bugs(&self) -> String {
        format!("https://{}/{}/{}/issues", self.place.domain, self.user, self.project)
    }

    /// Where the README is shown.
    pub(super) fn docs(&self) -> String {
        let tree = after(&format!("/{}/", self.place.tree), &encode(&self.commit));
        format!(
            "https://{}/{}/{}{tree}#readme",
            self.place.domain, self.user, self.project
        )
    }
}

/// `owner/repository`, with nothing else before a `#` that would make it an address, a path or a scoped package.
fn is_shorthand(text: &str) -> bool {
    let start = text.split('#').next().unwrap_or_default();
    let slash = start.find('/').is_some_and(|at| at > 0) && start.matches('/').count() == 1;
    slash
        && !start.ends_with('/')
        && !start.starts_with('.')
        && !start.contains(|c: char| c.is_whitespace() || c == ':' || c == '@')
}

/// A URL, or what `git` takes for one: `git@host:owner/repository`.
fn parse_loosely(text: &str) -> Option<Url> {
    let colon = text.find(':');
    let known = |scheme: &str| {
        matches!(
            scheme,
            "git+ssh" | "ssh" | "git+https" | "git" | "http" | "https" | "git+http"
        ) || PLACES.iter().any(|place| place.shortcut == scheme)
    };
    let corrected = match colon.and_then(|at| text.split_at_checked(at)) {
        Some((scheme, rest)) if known(scheme) || rest.starts_with("://") => text.to_owned(),
        Some((start, rest)) => match text.find('@') {
            Some(at) if at > start.len() => format!("git+ssh://{text}"),
            Some(_) => text.to_owned(),
            None => format!("{start}:/{}", rest.replacen(':', "/", 1)),
        },
        None => text.to_owned(),
    };
    Url::parse(&corrected)
        .ok()
        .or_else(|| Url::parse(&with_path_after_host(&corrected)?).ok())
}

/// The last colon before a `#` separates the host from the path in `git`'s own spelling.
fn with_path_after_host(text: &str) -> Option<String> {
    let (address, fragment) = text.split_at_checked(text.find('#').unwrap_or(text.len()))?;
    let at = address.rfind('@');
    let mut address = address.to_owned();
    if let Some(colon) = address.rfind(':').filter(|colon| at.is_none_or(|at| *colon > at)) {
        address.replace_range(colon..=colon, "/");
    }
    if !address.contains(':') && !text.contains("//") {
        address.insert_str(0, "git+ssh://");
    }
    Some(format!("{address}{fragment}"))
}

/// The owner, the repository and the commit in the path of an address.
fn split_path(place: &Place, path: &str, commit: String) -> Option<(String, String, String)> {
    let path = path.strip_prefix('/').unwrap_or(path);
    if place.shortcut == "gitlab" {
        if path.contains("/-/") || path.contains("/archive.tar.gz") {
            return None;
        }
        let (user, project) = path.rsplit_once('/')?;
        return Some((user.to_owned(), project.to_owned(), commit));
    }
    let mut parts = path.split('/');
    let (user, project) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    match (place.shortcut, parts.next().unwrap_or_default()) {
        ("github", "tree") => Some((user, project, parts.next().unwrap_or_default().to_owned())),
        ("github", "") => Some((user, project, commit)),
        ("github", _) | ("bitbucket", "get") => None,
        _ => Some((user, project, commit)),
    }
}

fn credentials(url: &Url) -> String {
    match (url.username(), url.password()) {
        ("", None) => String::new(),
        (user, None) => format!("{user}@"),
        (user, Some(password)) => format!("{user}:{password}@"),
    }
}

fn after(start: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{start}{text}")
    }
}

/// As JavaScript's `encodeURIComponent`.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_repository_becomes_the_one_that_npm_writes() {
        let written = [
            ("acme/widgets", "git+https://github.com/acme/widgets.git"),
            (
                "github:acme/widgets#main",
                "git+https://github.com/acme/widgets.git#main",
            ),
            ("gitlab:acme/sub/widgets", "git+https://gitlab.com/acme/sub/widgets.git"),
            ("bitbucket:acme/widgets", "git+https://bitbucket.org/acme/widgets.git"),
            (
                "https://github.com/acme/widgets",
                "git+https://github.com/acme/widgets.git",
            ),
            (
                "https://www.github.com/acme/widgets.git",
                "git+https://github.com/acme/widgets.git",
            ),
            (
                "git+https://github.com/acme/widgets.git",
                "git+https://github.com/acme/widgets.git",
            ),
            (
                "https://github.com/acme/widgets/tree/v1",
                "git+https://github.com/acme/widgets.git#v1",
            ),
            ("git://github.com/acme/widgets.git", "git://github.com/acme/widgets.git"),
            (
                "http://github.com/acme/widgets",
                "git+ssh://git@github.com/acme/widgets.git",
            ),
            (
                "git@github.com:acme/widgets.git",
                "git+ssh://git@github.com/acme/widgets.git",
            ),
            (
                "ssh://git@github.com/acme/widgets",
                "git+ssh://git@github.com/acme/widgets.git",
            ),
            (
                "git+ssh://git@github.com:acme/widgets.git#v1",
                "git+ssh://git@github.com/acme/widgets.git#v1",
            ),
        ];
        for (given, expected) in written {
            assert_eq!(
                Hosted::parse(given).map(|hosted| hosted.as_repository()).as_deref(),
                Some(expected),
                "{given}"
            );
        }
    }

    #[test]
    fn addresses_elsewhere_and_versions_stay_as_they_are() {
        for given in [
            "",
            "^1.0.0",
            "1.0.0",
            "*",
            "latest",
            "file:../x",
            "./a/b",
            "@acme/widgets",
            "npm:@acme/widgets@1",
            "https://git.example/acme/widgets.git",
            "https://github.com/acme/widgets/issues",
            "a b/c",
        ] {
            assert!(Hosted::parse(given).is_none(), "{given}");
        }
    }

    #[test]
    fn bugs_and_readme_are_found_from_the_repository() {
        let hosted = Hosted::parse("github:acme/widgets#a/b").unwrap();
        assert_eq!(hosted.bugs(), "https://github.com/acme/widgets/issues");
        assert_eq!(hosted.docs(), "https://github.com/acme/widgets/tree/a%2Fb#readme");
        assert_eq!(hosted.as_dependency(), "github:acme/widgets#a/b");
    }
}
