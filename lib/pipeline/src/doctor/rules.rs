//! What an answer means for a run.

mod machine;
mod npm;

use certified_client::{ClientError, Standing};
use certified_evidence::wire::registry::PackageRecord;
use certified_evidence::{Anchors, Timestamp};

pub(super) use self::machine::machine;
pub(super) use self::npm::NpmAccount;
use super::{Examination, Health, Missing};
use crate::{Cause, Project, ProjectError, Step, exit_code};

/// A server's time, or why there is none.
pub(super) struct Clock {
    pub(super) what: &'static str,
    pub(super) said: Result<Option<Timestamp>, ClientError>,
}

pub(super) fn fine(what: &'static str, seen: impl Into<String>) -> Examination {
    of(what, Health::Fine, seen, None, 0)
}

fn note(what: &'static str, seen: impl Into<String>, help: Option<String>) -> Examination {
    of(what, Health::Note, seen, help, 0)
}

fn wrong(what: &'static str, error: &ClientError) -> Examination {
    of(
        what,
        Health::Wrong,
        error.to_string(),
        Some(error.advice()),
        exit_code(error),
    )
}

pub(super) fn missing(what: &'static str, missing: &Missing) -> Examination {
    of(
        what,
        Health::Wrong,
        &missing.what,
        Some(missing.help.clone()),
        missing.exit_code,
    )
}

fn of(what: &'static str, health: Health, seen: impl Into<String>, help: Option<String>, exit_code: u8) -> Examination {
    Examination {
        what,
        health,
        seen: seen.into(),
        help,
        exit_code,
    }
}

/// Whether the folder can be published as it stands, without its build.
pub(super) fn package<T>(project: &Result<Project, ProjectError>, packed: Option<Result<T, Cause>>) -> Examination {
    let cause = match (project, packed) {
        (Err(error), _) => {
            let code = if matches!(error, ProjectError::Unreadable { .. }) {
                50
            } else {
                2
            };
            return of("package", Health::Wrong, error.to_string(), Some(error.advice()), code);
        }
        (Ok(_), Some(Err(cause))) => cause,
        (Ok(project), _) => {
            return fine("package", format!("{} can be packed", project.release()));
        }
    };
    let seen = format!("{cause} [{}]", cause.code(Step::Build));
    of("package", Health::Wrong, seen, Some(cause.advice()), cause.exit_code())
}

/// Whether ChittyRegistry knows the version.
pub(super) fn release(project: &Project, asked: &Result<Option<PackageRecord>, ClientError>) -> Examination {
    let release = project.release();
    match asked {
        Ok(None) => fine("registry", format!("{release} is free")),
        Ok(Some(record)) => {
            let seen = format!("{release} is registered, {}", record.release.status.as_str());
            note("registry", seen, Some(STATUS.into()))
        }
        Err(error) => wrong("registry", error),
    }
}

/// Whether a service would take the token.
pub(super) fn token(
    name: &'static str,
    scope: &str,
    given: bool,
    standing: Option<&Result<Standing, ClientError>>,
) -> Examination {
    let refused = |seen: String, help: String| of(name, Health::Wrong, seen, Some(help), 30);
    match standing {
        _ if !given => refused(
            "is not set".into(),
            format!("add to the step `env: {{ {name}: ${{{{ secrets.{name} }}}} }}`"),
        ),
        None => note(
            name,
            "is set; not tried, because nothing says where ChittyAuth is",
            Some("set CHITTY_AUTH_SERVICE".into()),
        ),
        Some(Err(error)) => wrong(name, error),
        Some(Ok(Standing::InForce { owner, scopes })) => {
            let (service, _) = scope.split_once(':').unwrap_or((scope, ""));
            let admin = format!("{service}:admin");
            if scopes.iter().any(|held| held == scope || *held == admin) {
                fine(name, format!("in force for {owner}, with {scope}"))
            } else {
                refused(
                    format!("in force for {owner}, without {scope}"),
                    format!("give {name} the scope {scope}"),
                )
            }
        }
        Some(Ok(_)) => refused(
            "is not in force".into(),
            format!("replace {name}: it is wrong, expired or revoked"),
        ),
    }
}

/// A token that nobody has yet, and that will be there.
pub(super) fn lent(what: &'static str) -> Examination {
    fine(what, "ChittyConnect gives it when it is needed")
}

/// What ChittyConnect gives.
pub(super) fn connect(given: &Result<Vec<&'static str>, ClientError>) -> Examination {
    match given {
        Ok(given) => fine("ChittyConnect", format!("gives {}", given.join(", "))),
        Err(error) => wrong("ChittyConnect", error),
    }
}

/// Whether the services are there.
pub(super) fn services(clocks: &[Clock]) -> Vec<Examination> {
    let judged = clocks.iter().map(|clock| match &clock.said {
        Ok(_) => fine(clock.what, "answers"),
        Err(error) => wrong(clock.what, error),
    });
    judged.collect()
}

/// Whether this machine's clock and the servers' agree: certificates and signatures live by it.
pub(super) fn clock(clocks: &[Clock], now: Timestamp) -> Examination {
    let times = clocks
        .iter()
        .filter_map(|clock| Some((clock.what, (*clock.said.as_ref().ok()?)?)));
    let apart = |time: Timestamp| time.unix().abs_diff(now.unix());
    match times.max_by_key(|(_, time)| apart(*time)) {
        None => note("clock", "no server tells its time", None),
        Some((what, time)) if apart(time) > LONGEST_SKEW => of(
            "clock",
            Health::Wrong,
            format!("this machine says {now}, the {what} says {time}"),
            Some("set this machine's clock, for example by NTP".into()),
            50,
        ),
        Some((_, time)) if apart(time) > 5 => fine("clock", format!("at most {} s from the servers'", apart(time))),
        Some(_) => fine("clock", "agrees with the servers'"),
    }
}

/// Whether the archive can be read.
pub(super) fn archive(asked: &Result<bool, ClientError>) -> Examination {
    match asked {
        Ok(false) => fine("archive", "can be read; nothing of this version is there"),
        Ok(true) => note("archive", "has a tarball of this version", Some(STATUS.into())),
        Err(error) => wrong("archive", error),
    }
}

/// A folder that a run makes.
pub(super) fn no_archive_yet() -> Examination {
    note("archive", "the folder is not there yet; a run makes it", None)
}

/// Whether there is somebody to trust now.
pub(super) fn anchors(anchors: Result<&Anchors, &Missing>, now: Timestamp) -> Examination {
    let anchors = match anchors {
        Ok(anchors) => anchors,
        Err(what) => return missing("anchors", what),
    };
    let in_force = |from: Timestamp, until: Timestamp| from <= now && now <= until;
    let authorities = anchors.certificate_authorities.iter();
    let authorities = authorities
        .filter(|one| in_force(one.valid_from, one.valid_until))
        .count();
    let logs = anchors.logs_at(now).count();
    let seen = format!("in force: certificate authorities {authorities}, logs {logs}");
    if authorities == 0 {
        let help = "ask for the anchors file of today: none of its certificate authorities is in force";
        return of("anchors", Health::Wrong, seen, Some(help.into()), 2);
    }
    if logs == 0 {
        return note(
            "anchors",
            seen,
            Some("without a log nobody can tell that the Chronicle keeps the events".into()),
        );
    }
    fine("anchors", seen)
}

/// Five minutes.
const LONGEST_SKEW: u64 = 300;

const STATUS: &str = "`certified-publish status` says what the next run would do";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::worst;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix(1_767_268_800 + seconds)
    }

    fn clocks(seconds: &[u64]) -> Vec<Clock> {
        let clock = |seconds: &u64| Clock {
            what: "gateway",
            said: Ok(Some(at(*seconds))),
        };
        seconds.iter().map(clock).collect()
    }

    fn standing(scopes: &[&str]) -> Result<Standing, ClientError> {
        let reply = serde_json::json!({ "valid": true, "chitty_id": "x", "scopes": scopes });
        let reply: certified_evidence::wire::auth::ApiKeyReply = serde_json::from_value(reply).unwrap();
        Ok(Standing::InForce {
            owner: reply.chitty_id.unwrap(),
            scopes: reply.scopes,
        })
    }

    #[test]
    fn a_clock_may_be_five_minutes_wrong_and_no_more() {
        assert_eq!(clock(&clocks(&[0, 300]), at(0)).health, Health::Fine);
        assert_eq!(clock(&clocks(&[0, 301]), at(0)).health, Health::Wrong);
        assert_eq!(clock(&clocks(&[0]), at(301)).health, Health::Wrong);
        assert_eq!(clock(&[], at(0)).health, Health::Note);
    }

    #[test]
    fn a_token_needs_its_scope_or_the_rule_over_the_whole_service() {
        let judge = |scopes: &[&str]| token("CHITTY_API_KEY", "chronicle:write", true, Some(&standing(scopes)));
        assert_eq!(judge(&["chronicle:write"]).exit_code, 0);
        assert_eq!(judge(&["chronicle:admin"]).exit_code, 0);
        let lacking = judge(&["chronicle:read", "registry:write"]);
        assert_eq!(
            (lacking.exit_code, lacking.help.unwrap()),
            (30, "give CHITTY_API_KEY the scope chronicle:write".to_owned())
        );
        assert_eq!(token("T", "a:b", true, Some(&Ok(Standing::NotInForce))).exit_code, 30);
    }

    #[test]
    fn a_missing_token_is_answered_with_the_line_to_add() {
        let found = token("CHITTY_ID_TOKEN", "certificate:request", false, None);
        assert_eq!(
            found.help.unwrap(),
            "add to the step `env: { CHITTY_ID_TOKEN: ${{ secrets.CHITTY_ID_TOKEN }} }`"
        );
    }

    #[test]
    fn what_somebody_has_to_mend_goes_before_what_may_pass() {
        let code = |exit_code| of("x", Health::Wrong, "", None, exit_code);
        assert_eq!(worst(&[code(0), code(10), code(30)]), 30);
        assert_eq!(worst(&[code(0), code(10)]), 10);
        assert_eq!(worst(&[code(0)]), 0);
    }

    #[test]
    fn anchors_without_an_authority_in_force_are_no_anchors() {
        let mut trusted = Anchors::default();
        assert_eq!(anchors(Ok(&trusted), at(0)).exit_code, 2);
        trusted
            .certificate_authorities
            .push(certified_evidence::anchors::CertificateAuthority {
                name: "a".into(),
                pem: String::new(),
                valid_from: at(0),
                valid_until: at(10),
            });
        assert_eq!(anchors(Ok(&trusted), at(5)).health, Health::Note);
        assert_eq!(anchors(Ok(&trusted), at(11)).exit_code, 2);
    }
}
