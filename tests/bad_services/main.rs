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

/// What a whole run writes, in order.
const ALL_WRITES: [&str; 6] = [ISSUE, EVENT, REGISTER, PUT, EVENT, CERTIFIED];
const ISSUE: &str = "POST /v1/certificates/issue";
const EVENT: &str = "POST /chronicle/events";
const REGISTER: &str = "POST /registry/api/packages/register";
const PUT: &str = "PUT /@acme%2fwidgets";
const CERTIFIED: &str = "PUT /registry/packages/@acme%2fwidgets/1.2.3/status";

/// The archived tarball.
const OBJECT: &str = "packages/@acme/widgets/1.2.3.tgz";

/// The first so many writes of a whole run.
fn writes(count: usize) -> Vec<&'static str> {
    ALL_WRITES[..count].to_vec()
}

#[tokio::test]
async fn a_run_that_nobody_meddles_with_writes_these_things_in_this_order() {
    let scene = meddling::Scene::quiet().await;
    scene.run().await.succeeds().shows("published");
    assert_eq!(scene.written(), ALL_WRITES);
    assert_eq!(
        scene.archived(),
        [OBJECT.to_owned(), format!("{OBJECT}.cert.pem"), format!("{OBJECT}.sig")]
    );
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
}
