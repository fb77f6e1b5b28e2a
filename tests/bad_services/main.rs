//! Services that are not there, refuse, misbehave or lie: the run stops before it does harm, says what exists by then, and can be run
//! again.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[path = "../meddling/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;

mod answers;
mod archive;
mod certificates;
mod events;
mod npm;
mod tokens;
mod unreachable;
mod witnesses;

/// What a whole run writes, in order: up to the certificate, the event, the registration, the publish, the second event, and the end.
const ALL_WRITES: [&[&str]; 6] = [
    &[ISSUE],
    &[TIMESTAMP, RECORD, EVENT],
    &[TIMESTAMP, RECORD, TIMESTAMP, RECORD, REGISTER],
    &[PUT],
    &[EVENT],
    &[CERTIFIED],
];
const TIMESTAMP: &str = "POST /api/v1/timestamp";
const RECORD: &str = "POST /log/api/v2/log/entries";
const ISSUE: &str = "POST /v1/certificates/issue";
const EVENT: &str = "POST /chronicle/events";
const REGISTER: &str = "POST /registry/api/packages/register";
const PUT: &str = "PUT /@acme%2fwidgets";
const CERTIFIED: &str = "PUT /registry/packages/@acme%2fwidgets/1.2.3/status";

/// The archived tarball.
const OBJECT: &str = "packages/@acme/widgets/1.2.3.tgz";

/// The writes of a whole run up to there.
fn writes(count: usize) -> Vec<&'static str> {
    ALL_WRITES[..count].concat()
}

/// The same without those of some kinds, for runs whose anchors do not name who would take them.
fn writes_without(kinds: &[&str], count: usize) -> Vec<&'static str> {
    writes(count)
        .into_iter()
        .filter(|write| !kinds.contains(write))
        .collect()
}

#[tokio::test]
async fn a_run_that_nobody_meddles_with_writes_these_things_in_this_order() {
    let scene = meddling::Scene::quiet().await;
    scene.run().await.succeeds().shows("published");
    assert_eq!(scene.written(), writes(6));
    let beside = ["", ".cert.pem", ".sig", ".sigstore.json"].map(|ending| format!("{OBJECT}{ending}"));
    assert_eq!(scene.archived(), beside);
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
}
