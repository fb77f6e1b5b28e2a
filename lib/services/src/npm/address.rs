//! Addresses of npm's registry.

use certified_evidence::{PackageName, StageId};

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
    /// `-/package/@acme/widgets/trust`
    Trust(PackageName),
    /// `-/npm/v1/oidc/token/exchange/package/@acme/widgets`
    Exchange(PackageName),
    /// `-/stage`
    Stage,
    /// `-/stage/package/@acme/widgets`
    StageOf(PackageName),
    /// `-/stage/0d9c2a54-…`
    Staged(StageId),
    /// `-/stage/0d9c2a54-…/tarball`
    StagedTarball(StageId),
    /// `-/stage/0d9c2a54-…/approve`
    Approval(StageId),
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
                (name, ["trust"]) => Some(Self::Trust(name)),
                _ => None,
            },
            ["-", "npm", "v1", "oidc", "token", "exchange", "package", rest @ ..] => match name(rest)? {
                (name, []) => Some(Self::Exchange(name)),
                _ => None,
            },
            ["-", "stage", rest @ ..] => Self::on_the_stage(rest),
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
    fn on_the_stage(parts: &[&str]) -> Option<Self> {
        match parts {
            [] => Some(Self::Stage),
            ["package", rest @ ..] => match name(rest)? {
                (name, []) => Some(Self::StageOf(name)),
                _ => None,
            },
            [id] => Some(Self::Staged(id.parse().ok()?)),
            [id, "tarball"] => Some(Self::StagedTarball(id.parse().ok()?)),
            [id, "approve"] => Some(Self::Approval(id.parse().ok()?)),
            _ => None,
        }
    }

    /// The package that it is about, where its name stands in the address.
    pub(super) const fn package(&self) -> Option<&PackageName> {
        match self {
            Self::Ping | Self::Whoami | Self::Stage | Self::Staged(_) | Self::StagedTarball(_) | Self::Approval(_) => {
                None
            }
            Self::Trust(name)
            | Self::Exchange(name)
            | Self::StageOf(name)
            | Self::Package(name)
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
            ("-/package/@acme/widgets/trust", Address::Trust(name())),
            (
                "-/npm/v1/oidc/token/exchange/package/@acme/widgets",
                Address::Exchange(name()),
            ),
            ("-/stage", Address::Stage),
            ("-/stage/package/@acme/widgets", Address::StageOf(name())),
            ("-/stage/7", Address::Staged("7".parse().unwrap())),
            ("-/stage/7/tarball", Address::StagedTarball("7".parse().unwrap())),
            ("-/stage/7/approve", Address::Approval("7".parse().unwrap())),
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
            "-/stage/package",
            "-/stage/7/x",
            "-/stage/..",
            "-/npm/v1/oidc/token/exchange/package",
            "@acme/widgets/-rev/1",
            "a//b",
        ] {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}
