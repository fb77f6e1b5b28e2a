//! Which options of the command line are inputs, and which modes know them.

use super::Mode;

/// An input that is an option of the command line.
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) modes: Modes,
}

#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    Value,
    /// One value a line.
    Lines,
}

/// The modes that know an option.
#[derive(Clone, Copy)]
pub(super) enum Modes {
    All,
    Release,
    Verify,
    Credentials,
    /// Those that ask somebody for something to be published or known.
    Places,
    /// Those that may need a token that nobody gave.
    Needing,
}

impl Modes {
    pub(super) const fn contains(self, mode: Mode) -> bool {
        match self {
            Self::All => matches!(mode, Mode::All),
            Self::Release => !matches!(mode, Mode::Verify | Mode::Credentials),
            Self::Verify => matches!(mode, Mode::Verify),
            Self::Credentials => matches!(mode, Mode::Credentials),
            Self::Places => !matches!(mode, Mode::Credentials),
            Self::Needing => !matches!(mode, Mode::Verify),
        }
    }
}

const fn flag(name: &'static str, takes: Takes, modes: Modes) -> Flag {
    Flag { name, takes, modes }
}

/// One a line, so that an option is added in one place.
pub(super) const FLAGS: &[Flag] = &[
    flag("dry-run", Takes::Nothing, Modes::All),
    flag("ignore-scripts", Takes::Nothing, Modes::Release),
    flag("single-job", Takes::Value, Modes::Release),
    flag("tag", Takes::Value, Modes::Release),
    flag("access", Takes::Value, Modes::Release),
    flag("stage", Takes::Nothing, Modes::Release),
    flag("provenance", Takes::Nothing, Modes::Release),
    flag("key-algorithm", Takes::Value, Modes::Release),
    flag("update-package-json", Takes::Nothing, Modes::Release),
    flag("state", Takes::Value, Modes::Release),
    flag("policy-version", Takes::Value, Modes::Release),
    flag("allow-leak", Takes::Lines, Modes::Release),
    flag("require-approval", Takes::Value, Modes::Release),
    flag("attach-evidence", Takes::Nothing, Modes::Release),
    flag("commit-status", Takes::Nothing, Modes::Release),
    flag("github-api-url", Takes::Value, Modes::Release),
    flag("evidence", Takes::Value, Modes::Verify),
    flag("bundle", Takes::Value, Modes::Verify),
    flag("identity", Takes::Value, Modes::Verify),
    flag("issuer", Takes::Value, Modes::Verify),
    flag("without-issuer", Takes::Nothing, Modes::Verify),
    flag("offline", Takes::Nothing, Modes::Verify),
    flag("tarballs", Takes::Value, Modes::Verify),
    flag("policy", Takes::Value, Modes::Verify),
    flag("trust-state", Takes::Value, Modes::Verify),
    flag("confirm-identity", Takes::Lines, Modes::Verify),
    flag("sarif", Takes::Value, Modes::Verify),
    flag("credentials", Takes::Value, Modes::Credentials),
    flag("type", Takes::Value, Modes::Credentials),
    flag("zones", Takes::Value, Modes::Credentials),
    flag("connect-url", Takes::Value, Modes::Needing),
    flag("purpose", Takes::Value, Modes::Needing),
    flag("service", Takes::Value, Modes::Needing),
    flag("chitty-id-url", Takes::Value, Modes::Places),
    flag("api-gateway-url", Takes::Value, Modes::Places),
    flag("registry-url", Takes::Value, Modes::Places),
    flag("chitty-auth-url", Takes::Value, Modes::Places),
    flag("npm-registry", Takes::Value, Modes::Places),
    flag("anchors", Takes::Value, Modes::Places),
    flag("store", Takes::Value, Modes::Places),
    flag("account-id", Takes::Value, Modes::Places),
    flag("cloudflare-api-url", Takes::Value, Modes::Places),
    flag("r2-bucket", Takes::Value, Modes::Places),
    flag("r2-public-url", Takes::Value, Modes::Places),
];
