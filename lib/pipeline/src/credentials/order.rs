//! Who is asked for a credential: the first of those who may have it, and nobody after him.
//!
//! | somebody gave it | the run can say who it is, and ChittyConnect gives it to runs | there is an API key | npm trusts the run | then |
//! |---|---|---|---|---|
//! | yes | | | | it is used |
//! | no | yes | | | ChittyConnect is asked, for the run |
//! | no | no | yes | | ChittyConnect is asked, with the key |
//! | no | no | no | yes | npm itself is asked, by trusted publishing |
//! | no | no | no | no | whoever needs it says that it is missing |
//!
//! Who does not give what he is asked for ends the run. The next one is not tried: whoever breaks one way would choose the other.

/// What there is to go by, for one credential.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Means {
    /// An input or a variable holds it.
    pub given: bool,
    /// The run can say who it is, and ChittyConnect gives this to runs.
    pub run: bool,
    /// An API key for ChittyConnect was given.
    pub key: bool,
    /// It is for npm, and the run can say who it is.
    pub trusted: bool,
}

/// Where a credential comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// From whoever started this.
    Given,
    /// From ChittyConnect, for the run that this is.
    Run,
    /// From ChittyConnect, with an API key.
    Key,
    /// From npm itself, for the run that this is.
    TrustedPublishing,
    /// From nobody.
    Nobody,
}

/// The first row of the table that fits.
pub const fn source(means: Means) -> Source {
    match means {
        Means { given: true, .. } => Source::Given,
        Means { run: true, .. } => Source::Run,
        Means { key: true, .. } => Source::Key,
        Means { trusted: true, .. } => Source::TrustedPublishing,
        _ => Source::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Means = Means {
        given: false,
        run: false,
        key: false,
        trusted: false,
    };

    #[test]
    fn what_was_given_is_used_and_nobody_is_asked() {
        let all = Means {
            given: true,
            run: true,
            key: true,
            trusted: true,
        };
        assert_eq!(source(all), Source::Given);
    }

    #[test]
    fn a_run_that_can_say_who_it_is_needs_no_key() {
        for key in [false, true] {
            let means = Means {
                run: true,
                key,
                trusted: true,
                ..NOTHING
            };
            assert_eq!(source(means), Source::Run);
        }
    }

    #[test]
    fn the_key_counts_where_runs_are_given_nothing() {
        for trusted in [false, true] {
            let means = Means {
                key: true,
                trusted,
                ..NOTHING
            };
            assert_eq!(source(means), Source::Key);
        }
    }

    #[test]
    fn npm_is_asked_when_nobody_else_is_there() {
        let means = Means {
            trusted: true,
            ..NOTHING
        };
        assert_eq!(source(means), Source::TrustedPublishing);
    }

    #[test]
    fn without_any_means_it_is_missing() {
        assert_eq!(source(NOTHING), Source::Nobody);
    }
}
