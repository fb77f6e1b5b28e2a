//! What the jobs go through.

use std::collections::VecDeque;

use super::faults::Fault::{
    self, HangsUp, HangsUpAfterwards, Misshapen, NoJson, Redirects, Refuses, Silent, Surplus, TooLarge, YearLong,
};
use super::faults::{
    APPROVALS, CERTIFICATE, DEPLOY, EVENT, EXCHANGE, GITHUB, IDENTITY, NAMED, OBJECT, OFFERS, PACKUMENT, PROVISION,
    PUBLISH, Question, RECORD, REGISTER, VERIFY,
};
use crate::world::Kind;

/// What one job goes through.
pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) story: Story,
    pub(super) debugging: bool,
}

pub(super) enum Story {
    /// Every mode, one after the other.
    Modes,
    /// One step, while one server answers one question in this way.
    Failure {
        inputs: Inputs,
        question: Question,
        fault: Fault,
    },
}

pub(super) type Inputs = &'static [(&'static str, &'static str)];
type Failed = (Kind, Inputs, Question, Fault);

pub(super) fn rows() -> VecDeque<Row> {
    let faults = [stored(), lent(), for_other_steps()].concat().into_iter().enumerate();
    let failures = faults.map(|(number, (kind, inputs, question, fault))| Row {
        kind,
        story: Story::Failure {
            inputs,
            question,
            fault,
        },
        debugging: number % 2 == 0,
    });
    // What takes longest begins first.
    let mut rows: VecDeque<_> = failures.collect();
    for kind in Kind::ALL {
        for debugging in [false, true] {
            let story = Story::Modes;
            rows.insert(1, Row { kind, story, debugging });
        }
    }
    rows
}

/// Where every secret is stored.
fn stored() -> Vec<Failed> {
    let mut faults: Vec<(Question, Fault)> = vec![(APPROVALS, Silent)];
    for question in [CERTIFICATE, EVENT, REGISTER, PUBLISH, OBJECT, IDENTITY] {
        // An npm that says yes is asked for minutes whether it has the release by now; that takes too long here.
        let faults_of = EVERYWHERE
            .into_iter()
            .filter(|fault| (question, *fault) != (PUBLISH, NoJson));
        faults.extend(faults_of.map(|fault| (question, fault)));
    }
    faults.extend([EVENT, REGISTER, PUBLISH].map(|question| (question, HangsUpAfterwards)));
    faults.extend([CERTIFICATE, IDENTITY].map(|question| (question, TooLarge)));
    faults.extend([
        (PACKUMENT, Refuses(401)),
        (PACKUMENT, NoJson),
        (RECORD, Redirects(302)),
        (EVENT, Refuses(409)),
        (PUBLISH, Refuses(429)),
    ]);
    faults.extend([(GITHUB, Refuses(401)), (GITHUB, NoJson)]);
    let release = |(question, fault)| (Kind::Stored, RELEASE, question, fault);
    faults.into_iter().map(release).collect()
}

/// Where nothing is: whoever lends, and whoever is shown what was lent.
fn lent() -> Vec<Failed> {
    let lenders = [
        (Kind::Lent, OFFERS),
        (Kind::Lent, NAMED),
        (Kind::Lent, VERIFY),
        (Kind::Trusted, EXCHANGE),
        (Kind::Keyed, DEPLOY),
        (Kind::Keyed, PROVISION),
    ];
    let mut faults = Vec::new();
    for (kind, question) in lenders {
        faults.extend(EVERYWHERE.map(|fault| (kind, question, fault)));
        faults.extend([TooLarge, HangsUpAfterwards].map(|fault| (kind, question, fault)));
    }
    for (kind, question) in [(Kind::Lent, NAMED), (Kind::Keyed, DEPLOY), (Kind::Keyed, PROVISION)] {
        faults.extend([YearLong, Surplus, Misshapen].map(|fault| (kind, question, fault)));
    }
    for question in [CERTIFICATE, EVENT, REGISTER, OBJECT, PUBLISH] {
        faults.extend([Kind::Lent, Kind::Keyed].map(|kind| (kind, question, Refuses(403))));
    }
    faults.extend([
        (Kind::Keyed, DEPLOY, Refuses(404)),
        (Kind::Trusted, EXCHANGE, Misshapen),
        (Kind::Lent, IDENTITY, Refuses(403)),
        (Kind::Lent, IDENTITY, NoJson),
        (Kind::Trusted, PUBLISH, Refuses(403)),
        (Kind::Trusted, PUBLISH, HangsUpAfterwards),
    ]);
    let release = |(kind, question, fault)| (kind, RELEASE, question, fault);
    faults.into_iter().map(release).collect()
}

/// Where other steps of the job are to get credentials.
fn for_other_steps() -> Vec<Failed> {
    let faults = [Refuses(403), NoJson, HangsUpAfterwards, YearLong, Surplus, Misshapen];
    let lent = faults.map(|fault| (Kind::Lent, NAMES, NAMED, fault));
    let keyed = faults.map(|fault| (Kind::Keyed, KIND_OF_NPM, PROVISION, fault));
    [lent, keyed].concat()
}

const EVERYWHERE: [Fault; 6] = [
    Refuses(401),
    Refuses(403),
    Refuses(500),
    NoJson,
    Redirects(307),
    HangsUp,
];

const RELEASE: Inputs = &[("ignore-scripts", "true")];
/// All that there is.
pub(super) const NAMES: Inputs = &[
    ("mode", "credentials"),
    (
        "credentials",
        "CHITTY_ID_TOKEN,CHITTY_API_KEY,CHITTY_REGISTRY_TOKEN,NPM_TOKEN,CLOUDFLARE_API_TOKEN,CLOUDFLARE_ACCOUNT_ID,GITHUB_TOKEN",
    ),
];
pub(super) const KIND_OF_NPM: Inputs = &[
    ("mode", "credentials"),
    ("type", "npm_publish"),
    ("purpose", "npm-publish"),
];
