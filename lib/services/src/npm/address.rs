//! Addresses of npm's registry.

use certified_evidence::PackageName;

/// What an address is about.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Address {
    /// `-/ping`
    Ping,
    /// `-/whoami`
    Whoami,
    /// `@acme/widgets`
    Package(PackageName),
    /// `@acme/widgets/1.2.3` or `@acme/widgets/latest`
    Version(PackageName, String),
    /// `@acme/widgets/-/widgets-1.2.3.tgz`
    Tarball(PackageName, String),
    /// `-/package/@acme/widgets/dist-tags`
    Tags(PackageName),
    /// `-/package/@acme/widgets/dist-tags/latest`
    Tag(PackageName, String),
}

impl Address {
    /// Reads a path without its first slash and without its percent signs: a scope's slash looks like any other by now, which is why a
    /// name that begins with `@` has two parts.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["-", "ping"] => Some(Self::Ping),
            ["-", "whoami"] => Some(Self::Whoami),
            ["-", "package", rest @ ..] => match name(rest)? {
                (name, ["dist-tags"]) => Some(Self::Tags(name)),
                (name, ["dist-tags", tag]) => Some(Self::Tag(name, (*tag).to_owned())),
                _ => None,
            },
            // There is a package of that name, but no room for it beside these addresses.
            ["-", ..] => None,
            parts => match name(parts)? {
                (name, []) => Some(Self::Package(name)),
                (name, ["-", file]) => Some(Self::Tarball(name, (*file).to_owned())),
                (name, [version]) if *version != "-" => Some(Self::Version(name, (*version).to_owned())),
                _ => None,
            },
        }
    }
}

impl Address {
    /// The package that it is about.
    pub(super) const fn package(&self) -> Option<&PackageName> {
        match self {
            Self::Ping | Self::Whoami => None,
            Self::Package(name)
            | Self::Version(name, _)
            | Self::Tarball(name, _)
            | Self::Tags(name)
            | Self::Tag(name, _) => Some(name),
        }
    }
}

/// The name at the beginning, and what follows it.
fn name<'a, 'b>(parts: &'a [&'b str]) -> Option<(PackageName, &'a [&'b str])> {
    let length = if parts.first()?.starts_with('@') { 2 } else { 1 };
    let (name, rest) = parts.split_at_checked(length)?;
    Some((name.join("/").parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_protocol_is_understood() {
        let name = || "@acme/widgets".parse::<PackageName>().unwrap();
        let cases = [
            ("-/ping", Address::Ping),
            ("-/whoami", Address::Whoami),
            ("@acme/widgets", Address::Package(name())),
            ("left-pad", Address::Package("left-pad".parse().unwrap())),
            ("@acme/widgets/1.2.3", Address::Version(name(), "1.2.3".into())),
            (
                "left-pad/latest",
                Address::Version("left-pad".parse().unwrap(), "latest".into()),
            ),
            (
                "@acme/widgets/-/widgets-1.2.3.tgz",
                Address::Tarball(name(), "widgets-1.2.3.tgz".into()),
            ),
            ("-/package/@acme/widgets/dist-tags", Address::Tags(name())),
            (
                "-/package/@acme/widgets/dist-tags/next",
                Address::Tag(name(), "next".into()),
            ),
        ];
        for (path, address) in cases {
            assert_eq!(Address::parse(path), Some(address), "{path}");
        }
    }

    #[test]
    fn other_addresses_are_nothing() {
        for path in [
            "",
            "-",
            "@acme",
            "../etc",
            "a/b/c",
            "a/-",
            "a/-/b/c",
            "-/package/a",
            "-/v1/search",
            "@acme/widgets/-rev/1",
            "a//b",
        ] {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}
