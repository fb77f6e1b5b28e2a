//! What the address of a dependency says about its source.

use super::Reason;

/// Why something at this place comes from no registry; nothing for a registry's own address.
///
/// Registries keep tarballs at `…/NAME/-/FILE.tgz`; GitHub's registry at `…/download/NAME/VERSION/…`. Somebody else may do so as well:
/// that the bytes are those of the registry is for the digests to show.
pub(super) fn not_of_a_registry(place: &str, name: &str) -> Option<Reason> {
    if let Some((scheme, _)) = place.split_once(':')
        && let Some(reason) = of_scheme(scheme)
    {
        return Some(reason);
    }
    if !(place.starts_with("https:") || place.starts_with("http:")) {
        return Some(Reason::File);
    }
    let path = place.split(['?', '#']).next().unwrap_or_default();
    let escaped = name.replace('/', "%2f");
    let download = |name: &str| path.contains(&format!("/download/{name}/"));
    if path.contains("/-/") || download(name) || download(&escaped) {
        return None;
    }
    let is_repository = path.ends_with(".git") || path.contains("://codeload.github.com/");
    Some(if is_repository { Reason::Git } else { Reason::Url })
}

fn of_scheme(scheme: &str) -> Option<Reason> {
    match scheme {
        "workspace" => Some(Reason::Workspace),
        "link" | "portal" => Some(Reason::Link),
        "file" => Some(Reason::File),
        "patch" => Some(Reason::Patched),
        "git" | "github" | "gitlab" | "bitbucket" | "gist" | "ssh" => Some(Reason::Git),
        _ => scheme.starts_with("git+").then_some(Reason::Git),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_are_told_from_other_places() {
        let reason = |place| not_of_a_registry(place, "@acme/widgets");
        assert_eq!(reason("https://npm.example/@acme/widgets/-/widgets-1.0.0.tgz"), None);
        assert_eq!(
            reason("https://npm.example/api/npm/npm/@acme/widgets/-/widgets-1.0.0.tgz#abc"),
            None
        );
        assert_eq!(
            reason("https://npm.pkg.example/download/@acme/widgets/1.0.0/0123"),
            None
        );
        let elsewhere = [
            ("https://example.com/widgets-1.0.0.tgz", Reason::Url),
            ("https://example.com/x.tgz?from=/-/", Reason::Url),
            ("git+ssh://git@github.com/acme/widgets.git#0123", Reason::Git),
            ("https://codeload.github.com/acme/widgets/tar.gz/0123", Reason::Git),
            ("https://github.com/acme/widgets.git#commit=0123", Reason::Git),
            ("github:acme/widgets#0123", Reason::Git),
            ("file:../widgets", Reason::File),
            ("../widgets", Reason::File),
            ("link:../widgets", Reason::Link),
            ("workspace:packages/widgets", Reason::Workspace),
        ];
        for (place, expected) in elsewhere {
            assert_eq!(reason(place), Some(expected), "{place}");
        }
    }
}
