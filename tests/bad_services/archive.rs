//! An archive that has something else at the release's place.

use certified_evidence::Digest;

use crate::meddling::Scene;
use crate::{OBJECT, writes};

#[tokio::test]
async fn other_bytes_in_the_archive_are_refused_with_both_digests_and_stay() {
    let scene = Scene::quiet().await;
    scene.archive(OBJECT, b"somebody was here before");
    let said = scene.run().await;
    said.stops(20, "upload/conflict").shows("archive-other-bytes");
    assert!(
        said.stderr
            .contains(&Digest::of(b"somebody was here before").to_string()),
        "{}",
        said.stderr
    );
    assert_eq!(scene.written(), writes(2));
    assert_eq!(scene.archived(), [OBJECT]);
    assert_eq!(scene.registered().await, None);
}
