//! How a test says that a release is refused.

use certified_verify::{CheckName, Finding};

use crate::release::Release;

/// `refused! { Check: sentence, "code", |release| what is done to it; … }` makes one test of each line, and the list of
/// their codes.
macro_rules! refused {
    ($check:ident: $($sentence:ident, $code:literal, $tamper:expr;)*) => {
        pub(crate) const CODES: &[&str] = &[$($code),*];
        $(
            #[test]
            fn $sentence() {
                $crate::refused::assert_refused(certified_verify::CheckName::$check, $code, $tamper);
            }
        )*
    };
}

/// The check finds it, says so with advice, and no earlier one minds; all the others are answered all the same.
pub(crate) fn assert_refused(check: CheckName, code: &'static str, tamper: fn(&mut Release)) {
    let mut release = Release::good();
    tamper(&mut release);
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
pub(crate) const IN_ORDER: [CheckName; 10] = [
    CheckName::Manifest,
    CheckName::Integrity,
    CheckName::Rebuild,
    CheckName::Certificate,
    CheckName::Signature,
    CheckName::Event,
    CheckName::Log,
    CheckName::Registry,
    CheckName::Archive,
    CheckName::Revocation,
];
