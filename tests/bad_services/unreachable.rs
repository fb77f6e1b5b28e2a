//! Nobody answers: safe to run again.

use crate::meddling::{Scene, nobody};
use crate::writes;

#[tokio::test]
async fn chittyid_that_cannot_be_reached_stops_the_run_before_anything_exists() {
    let scene = Scene::quiet().await.with("CHITTY_ID_SERVICE", &nobody());
    scene
        .run()
        .await
        .stops(10, "certificate/unavailable")
        .shows("unreachable-chittyid");
    scene.nothing_written();
}

#[tokio::test]
async fn a_gateway_that_cannot_be_reached_stops_the_run_before_anything_exists() {
    let scene = Scene::quiet().await.with("CHITTY_API_GATEWAY", &nobody());
    scene
        .run()
        .await
        .stops(10, "certificate/unavailable")
        .shows("unreachable-gateway");
    scene.nothing_written();
}

#[tokio::test]
async fn npm_that_cannot_be_reached_stops_the_run_before_anything_exists() {
    let scene = Scene::quiet().await.with("CERTIFIED_PUBLISH_NPM_REGISTRY", &nobody());
    scene
        .run()
        .await
        .stops(10, "certificate/unavailable")
        .shows("unreachable-npm");
    scene.nothing_written();
}

#[tokio::test]
async fn a_run_that_found_a_service_gone_is_finished_by_the_next() {
    let scene = Scene::quiet().await;
    let there = scene.variable("CHITTY_ID_SERVICE");
    let scene = scene.with("CHITTY_ID_SERVICE", &nobody());
    scene.run().await.stops(10, "certificate/unavailable");
    let scene = scene.with("CHITTY_ID_SERVICE", &there);
    scene.run().await.succeeds();
    assert_eq!(scene.written(), writes(6));
}
