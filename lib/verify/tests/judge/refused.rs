//! How a test says that a release is refused.

use certified_verify::{CheckName, Finding};

use crate::release::Release;

/// One way in which a release can be wrong.
pub(crate) struct Tampering {
    /// What is said about it.
    pub(crate) sentence: &'static str,
    /// The code of the refusal.
    pub(crate) code: &'static str,
    /// Makes the release that is tampered with.
    pub(crate) release: fn() -> Release,
    /// What is done to it.
    pub(crate) tamper: fn(&mut Release),
}

/// `refused! { Check, release: sentence, "code", |release| what is done to it; … }` makes one test of each line, and the list of
/// them. The release is `good` or `unwitnessed`.
macro_rules! refused {
    ($check:ident, $release:ident: $($sentence:ident, $code:literal, $tamper:expr;)*) => {
        pub(crate) const TAMPERINGS: &[$crate::refused::Tampering] = &[$($crate::refused::Tampering {
            sentence: stringify!($sentence),
            code: $code,
            release: $crate::release::Release::$release,
            tamper: $tamper,
        }),*];
        $(
            #[test]
            fn $sentence() {
                let sentence = stringify!($sentence);
                let tampering = TAMPERINGS.iter().find(|tampering| tampering.sentence == sentence).unwrap();
                $crate::refused::assert_refused(certified_verify::CheckName::$check, tampering);
            }
        )*
    };
}

/// The check finds it, says so with advice, and no earlier one minds; all the others are answered all the same.
pub(crate) fn assert_refused(check: CheckName, tampering: &Tampering) {
    let mut release = (tampering.release)();
    (tampering.tamper)(&mut release);
    let code = tampering.code;
    let judgement = release.judge();
    let refusal = judgement.outcome.as_ref().unwrap_err();
    assert_eq!(refusal.code(), code, "{refusal}");
    assert!(!refusal.advice().is_empty());
    let first = judgement
        .checks
        .iter()
        .find(|check| matches!(check.finding, Finding::Refused { .. }))
        .unwrap();
    assert_eq!(first.name, check);
    let said = Finding::Refused {
        code,
        message: refusal.to_string(),
        advice: refusal.advice(),
    };
    assert_eq!(first.finding, said);
    assert_eq!(
        judgement.checks.iter().map(|check| check.name).collect::<Vec<_>>(),
        IN_ORDER
    );
}

/// The questions in the order in which they are asked.
pub(crate) const IN_ORDER: [CheckName; 13] = [
    CheckName::Manifest,
    CheckName::Integrity,
    CheckName::Rebuild,
    CheckName::Timestamp,
    CheckName::Certificate,
    CheckName::Signature,
    CheckName::Bundle,
    CheckName::Transparency,
    CheckName::Event,
    CheckName::Log,
    CheckName::Registry,
    CheckName::Archive,
    CheckName::Revocation,
];
