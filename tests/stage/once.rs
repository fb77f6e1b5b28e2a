//! What "never published twice" means outside.

use super::folders::files_below;
use super::town::Town;

/// One object, one event of each kind, one version.
pub(crate) fn assert_published_once(town: &Town, name: &str, version: &str, digest: &str) {
    let tarballs: Vec<_> = files_below(&town.bucket())
        .into_iter()
        .filter(|file| file.ends_with(".tgz"))
        .collect();
    assert_eq!(tarballs, [format!("packages/{name}/{version}.tgz")]);
    let of_type = |kind: &str| {
        town.events()
            .into_iter()
            .filter(|event| event["type"] == kind)
            .collect::<Vec<_>>()
    };
    let built = of_type("package.build.complete");
    assert_eq!(built.len(), 1);
    assert_eq!(built[0]["payload"]["artifacts"]["tarball_hash"], digest);
    assert_eq!(of_type("package.published").len(), 1);
    let packument = town.packument(name);
    assert_eq!(
        packument["versions"].as_object().unwrap().keys().collect::<Vec<_>>(),
        [version]
    );
}
