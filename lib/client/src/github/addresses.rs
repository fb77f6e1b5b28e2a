//! Where a GitHub takes what is attached to releases.

use crate::base_url::BaseUrl;

/// The address for uploads beside that of the interface: `api.` becomes `uploads.`, and on a GitHub Enterprise server `/api/v3` becomes
/// `/api/uploads`. Derived, because the one that an answer names could be any.
pub(super) fn uploads(base: &BaseUrl) -> BaseUrl {
    let text = base.to_string();
    let derived = match (text.strip_prefix("https://api."), text.strip_suffix("/api/v3")) {
        (Some(rest), _) => format!("https://uploads.{rest}"),
        (None, Some(host)) => format!("{host}/api/uploads"),
        (None, None) => text,
    };
    derived.parse().unwrap_or_else(|_| base.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_go_where_github_and_github_enterprise_take_them() {
        for (base, expected) in [
            ("https://api.github.com", "https://uploads.github.com"),
            ("https://api.acme.ghe.com", "https://uploads.acme.ghe.com"),
            (
                "https://git.acme.example/api/v3",
                "https://git.acme.example/api/uploads",
            ),
            ("http://127.0.0.1:9", "http://127.0.0.1:9"),
        ] {
            assert_eq!(uploads(&base.parse().unwrap()).to_string(), expected);
        }
    }
}
