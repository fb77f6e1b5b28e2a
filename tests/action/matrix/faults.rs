//! What may go wrong with one question.

use serde_json::{Value, json};

use crate::gate::{Behind, Keeper, Passed};
use crate::meddling::Answer;

/// Who is asked, how, and what the path contains.
pub(super) type Question = (Behind, &'static str, &'static str);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// The status, with everything in the answer that was shown in the request.
    Refuses(u16),
    NoJson,
    TooLarge,
    Redirects(u16),
    HangsUp,
    HangsUpAfterwards,
    Silent,
    /// What was given would live for a year.
    YearLong,
    /// There is one credential more than was asked for.
    Surplus,
    /// Everything that was asked for is there, in an answer that cannot be read.
    Misshapen,
}

pub(super) fn meddle(fault: Fault, asked: &Passed) -> Keeper {
    let shown = Some(asked.authorization()).filter(|shown| !shown.is_empty());
    let shown = shown.unwrap_or("nothing was shown");
    let body = String::from_utf8_lossy(&asked.body).into_owned();
    Keeper::Answers(match fault {
        Fault::Refuses(status) => {
            let mut answer = Answer::error(
                status,
                shown,
                &format!("::error::you said {shown}\n::set-output name=a::{shown} {body}"),
            );
            answer.headers.push(("x-said", shown.to_owned()));
            answer
        }
        Fault::NoJson => Answer::json(200, &format!("{{\"{shown}\": {shown}")),
        Fault::TooLarge => Answer::json(200, &shown.repeat(3 * 1024 * 1024 / shown.len())),
        Fault::Redirects(status) => {
            let word = shown
                .split(' ')
                .next_back()
                .unwrap_or_default()
                .replace(['\r', '\n'], "");
            Answer {
                status,
                headers: vec![("location", format!("http://127.0.0.1:9/{word}"))],
                body: shown.into(),
            }
        }
        Fault::HangsUp => return Keeper::HangsUp,
        Fault::HangsUpAfterwards => return Keeper::HangsUpAfterwards,
        Fault::Silent => return Keeper::KeepsSilent,
        Fault::YearLong => return until(json!("2099-01-01T00:00:00Z")),
        Fault::Misshapen => return until(json!(["never"])),
        Fault::Surplus => {
            return changes(&["", "/credential", "/credentials"], |said| {
                said["SURPLUS_TOKEN"] = json!("canary-of-a-surplus-7Tq%41+w/Zk3=");
            });
        }
    })
}

/// Whatever ends, ends then.
fn until(when: Value) -> Keeper {
    changes(&["", "/credential"], move |said| {
        (said["expires_at"], said["expires"]) = (when.clone(), when.clone());
    })
}

/// Changes an answer at these places, as far as there is something.
fn changes(places: &'static [&str], change: impl Fn(&mut Value) + Send + 'static) -> Keeper {
    Keeper::Changes(Box::new(move |said| {
        for place in places {
            said.pointer_mut(place).filter(|place| place.is_object()).map(&change);
        }
    }))
}

pub(super) const CERTIFICATE: Question = (Behind::ChittyId, "POST", "/v1/certificates/issue");
pub(super) const EVENT: Question = (Behind::Gateway, "POST", "/chronicle/events");
pub(super) const REGISTER: Question = (Behind::Gateway, "POST", "/packages/register");
pub(super) const RECORD: Question = (Behind::Gateway, "GET", "/registry/packages/");
pub(super) const PUBLISH: Question = (Behind::Npm, "PUT", "widgets");
pub(super) const PACKUMENT: Question = (Behind::Npm, "GET", "widgets");
pub(super) const OBJECT: Question = (Behind::Archive, "PUT", ".tgz");
pub(super) const IDENTITY: Question = (Behind::Platform, "GET", "/token");
pub(super) const GITHUB: Question = (Behind::GitHub, "GET", "/");
pub(super) const APPROVALS: Question = (Behind::GitHub, "GET", "/approvals");
pub(super) const OFFERS: Question = (Behind::Connect, "GET", "/api/github-actions/available");
pub(super) const NAMED: Question = (Behind::Connect, "POST", "/api/github-actions/credentials");
pub(super) const DEPLOY: Question = (Behind::Connect, "POST", "/credentials/deploy");
pub(super) const PROVISION: Question = (Behind::Connect, "POST", "/api/credentials/provision");
pub(super) const EXCHANGE: Question = (Behind::Npm, "POST", "/oidc/token/exchange/");
pub(super) const VERIFY: Question = (Behind::Cloudflare, "GET", "/tokens/verify");
