//! Why an identity token is not accepted.

use certified_evidence::Timestamp;

use super::rules;
use super::token::LONGEST_TOKEN;

/// The reasons. No other ones: whatever is not among them is accepted. None of them holds the token or a part that only its bearer knows.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Refused {
    /// Nobody's tokens are accepted here.
    #[error("this service accepts no identity tokens")]
    NotConfigured,
    /// More bytes than any honest token has.
    #[error("expected an identity token of at most {LONGEST_TOKEN} bytes, found {found}")]
    TooLong {
        /// Its length.
        found: usize,
    },
    /// Not a token at all.
    #[error("expected a JSON Web Token, found {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// An issuer that was not named at the start.
    #[error("identity tokens of `{found}` are not accepted here")]
    Issuer {
        /// The issuer that the token names.
        found: String,
    },
    /// A key that the issuer does not have.
    #[error("the issuer has no key of the name in the token")]
    UnknownKey,
    /// The token says another algorithm than the one that its key is for.
    #[error("the key in the token is for {expected}, the token says `{found}`")]
    Algorithm {
        /// What the key is for.
        expected: &'static str,
        /// What the token says.
        found: String,
    },
    /// Other bytes than those that the issuer signed.
    #[error("the identity token was not signed by its issuer")]
    Signature,
    /// Meant for somebody else.
    #[error("expected an identity token for `{expected}`, found one for `{found}`")]
    Audience {
        /// Who this is.
        expected: String,
        /// For whom it is.
        found: String,
    },
    /// Past its end.
    #[error("the identity token ended at {end}, it is {now}")]
    Expired {
        /// Its end.
        end: Timestamp,
        /// What time it is here.
        now: Timestamp,
    },
    /// Before its beginning.
    #[error("the identity token begins at {begin}, it is {now}")]
    NotYet {
        /// Its beginning.
        begin: Timestamp,
        /// What time it is here.
        now: Timestamp,
    },
    /// Longer ago than a run needs to hand it in.
    #[error("the identity token was made at {made}, more than {} minutes before {now}", rules::OLDEST / 60)]
    TooOld {
        /// When it was made.
        made: Timestamp,
        /// What time it is here.
        now: Timestamp,
    },
    /// A claim that is not there or is of no use.
    #[error("the claim `{claim}` of the identity token is empty or is not what it has to be")]
    Claim {
        /// Its name.
        claim: &'static str,
    },
    /// Two claims that cannot both be true.
    #[error("the claims `{one}` and `{other}` of the identity token contradict each other")]
    Contradiction {
        /// One of them.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// A run that strangers can set off.
    #[error("a run that `{event}` set off gets no certificate")]
    Event {
        /// What set it off.
        event: String,
    },
    /// A run on a change that nobody has taken in yet.
    #[error("a run on a pull request gets no certificate")]
    PullRequest,
    /// The request says something else about the run than its token.
    #[error("the request says that its {what} is `{said}`, its identity token says `{signed}`")]
    Disagrees {
        /// What they disagree about.
        what: &'static str,
        /// The request's own words.
        said: String,
        /// The token's.
        signed: String,
    },
    /// A second time.
    #[error("this identity token was used before")]
    Replayed,
    /// Nobody can tell whether it is good.
    #[error("the keys of `{issuer}` cannot be had: {why}")]
    KeysUnavailable {
        /// Whose keys.
        issuer: String,
        /// Why not.
        why: String,
    },
}

/// What a refusal means for whoever asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Class {
    /// The token proves nothing.
    Unproven,
    /// It proves who asks, and who asks may not.
    NotAllowed,
    /// The request cannot be meant.
    Invalid,
    /// It cannot be judged now.
    Unavailable,
}

impl Refused {
    /// A stable name.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "OIDC_NOT_CONFIGURED",
            Self::TooLong { .. } | Self::Malformed { .. } => "OIDC_MALFORMED",
            Self::Issuer { .. } => "OIDC_ISSUER",
            Self::UnknownKey => "OIDC_UNKNOWN_KEY",
            Self::Algorithm { .. } => "OIDC_ALGORITHM",
            Self::Signature => "OIDC_SIGNATURE",
            Self::Audience { .. } => "OIDC_AUDIENCE",
            Self::Expired { .. } => "OIDC_EXPIRED",
            Self::NotYet { .. } => "OIDC_NOT_YET",
            Self::TooOld { .. } => "OIDC_TOO_OLD",
            Self::Claim { .. } | Self::Contradiction { .. } => "OIDC_CLAIMS",
            Self::Event { .. } | Self::PullRequest => "OIDC_EVENT",
            Self::Disagrees { .. } => "OIDC_DISAGREES",
            Self::Replayed => "OIDC_REPLAYED",
            Self::KeysUnavailable { .. } => "OIDC_KEYS_UNAVAILABLE",
        }
    }

    /// What to do now.
    pub(crate) const fn advice(&self) -> &'static str {
        match self {
            Self::NotConfigured => "leave it out, or start the service with --oidc-issuer",
            Self::TooLong { .. } | Self::Malformed { .. } | Self::Signature => "send it as the platform gave it",
            Self::Issuer { .. } => "run the workflow where this service expects it",
            Self::UnknownKey => "ask the platform for a new one",
            Self::Algorithm { .. } => "RS256 and ES256 are accepted",
            Self::Audience { .. } => "ask the platform for one with this audience",
            Self::Expired { .. } | Self::TooOld { .. } | Self::Replayed => "ask the platform for a new one",
            Self::NotYet { .. } => "compare the clocks",
            Self::Claim { .. } | Self::Contradiction { .. } => "take it from GitHub Actions, unchanged",
            Self::Event { .. } | Self::PullRequest => "release on push, release, schedule or workflow_dispatch",
            Self::Disagrees { .. } => "send what the run itself says, or nothing",
            Self::KeysUnavailable { .. } => "try again later",
        }
    }

    /// What it means for whoever asks.
    pub(crate) const fn class(&self) -> Class {
        match self {
            Self::Event { .. } | Self::PullRequest => Class::NotAllowed,
            Self::NotConfigured | Self::Disagrees { .. } => Class::Invalid,
            Self::KeysUnavailable { .. } => Class::Unavailable,
            _ => Class::Unproven,
        }
    }
}
