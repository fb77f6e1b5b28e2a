//! What a job has to begin with: stored secrets, or something to show to ChittyConnect, which lends it the rest.

use std::fs;
use std::sync::Arc;

use certified_services::{Running, Tokens};
use serde_json::Value;

use super::search::{Canary, SEC1};
use crate::gate::{Behind, Change, Keeper, Passed, Rule};
use crate::runner::Runner;
use crate::stage::s3;
use crate::world::PKCS8;

/// A kind of job.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// Every secret is stored.
    Stored,
    /// None is: the run says who it is.
    Lent,
    /// The same, and ChittyConnect has nothing for npm, which trusts the run itself.
    Trusted,
    /// None is but a key for ChittyConnect, and the run cannot say who it is.
    Keyed,
}

/// A server, the input that names it, and its address.
pub(super) type Place = (Behind, &'static str, String);

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Stored, Self::Lent, Self::Trusted, Self::Keyed];

    /// The runner with what a job of this kind is given of these services.
    pub(super) fn given(self, services: &Running, runner: Runner) -> Runner {
        let tokens = services.tokens();
        let anchors = runner.place().join("anchors.json");
        fs::write(&anchors, services.anchors().to_json().unwrap()).unwrap();
        let runner = runner.input("anchors", anchors.to_str().unwrap());
        match self {
            Self::Stored => runner
                .input("chitty-id-token", tokens.chitty_id_token.expose())
                .input("chitty-api-key", tokens.chitty_api_key.expose())
                .input("chitty-registry-token", tokens.registry_token.expose()),
            Self::Lent | Self::Trusted => runner.input("account-id", Tokens::CLOUDFLARE_ACCOUNT),
            Self::Keyed => runner
                .input("account-id", Tokens::CLOUDFLARE_ACCOUNT)
                .input("api_key", tokens.connect_key.expose()),
        }
    }

    pub(super) fn says_who_it_is(self) -> bool {
        self != Self::Keyed
    }

    /// ChittyConnect gives the one token that the archive's key belongs to, as one that keeps stored tokens does; whoever keeps the gate may
    /// change more.
    pub(super) fn lends(self, token: &str, rule: Rule) -> Rule {
        let token = token.to_owned();
        Arc::new(move |asked| {
            if asked.behind != Behind::Connect {
                return rule(asked);
            }
            let ours = self.change(asked, token.clone());
            match rule(asked) {
                Keeper::LetsPass => Keeper::Changes(ours),
                Keeper::Changes(theirs) => Keeper::Changes(Box::new(|said| {
                    ours(said);
                    theirs(said);
                })),
                other => other,
            }
        })
    }

    fn change(self, asked: &Passed, token: String) -> Change {
        let wanted = String::from_utf8_lossy(&asked.body).into_owned();
        let at = match asked.path.as_str() {
            "/api/github-actions/available" if self == Self::Trusted => {
                return Box::new(|said| {
                    let offers = said["credentials"].as_array_mut().unwrap();
                    offers.retain(|offer| offer["name"] != "NPM_TOKEN");
                });
            }
            "/api/github-actions/credentials" => "/credentials/CLOUDFLARE_API_TOKEN",
            "/credentials/deploy" => "/cloudflare_token",
            "/api/credentials/provision" if wanted.contains("cloudflare_r2_access") => "/credential/value",
            _ => return Box::new(|_| ()),
        };
        Box::new(move |said| {
            if let Some(place) = said.pointer_mut(at) {
                *place = Value::String(token);
            }
        })
    }

    /// What a job of this kind has from the beginning.
    pub(super) fn canaries(self, runner: &Runner) -> Vec<Canary> {
        use Behind::{ChittyId, Connect, Gateway, GitHub, Npm, Platform};
        let of = |name, variable: &str, owners| Canary::of(name, &runner.value(variable), owners);
        let mut all = vec![
            of("github-token", "INPUT_GITHUB-TOKEN", &[GitHub]),
            of("the runtime's token", "ACTIONS_RUNTIME_TOKEN", &[]),
            of("a session token", "AWS_SESSION_TOKEN", &[]),
            of("somebody else's password", "DEPLOY_PASSWORD", &[]),
            // The signing key is made in the run, so nobody knows it; but these begin every form in which such a key is written.
            Canary::beginning("the key, as PKCS #8", PKCS8),
            Canary::beginning("the key, as SEC 1", SEC1),
        ];
        if self.says_who_it_is() {
            all.push(of(
                "the token of the run",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                &[Platform],
            ));
        }
        match self {
            Self::Stored => all.extend([
                of("chitty-id-token", "INPUT_CHITTY-ID-TOKEN", &[ChittyId]),
                // ChittyID is shown that both are of one owner.
                of("chitty-api-key", "INPUT_CHITTY-API-KEY", &[Gateway, ChittyId]),
                of("chitty-registry-token", "INPUT_CHITTY-REGISTRY-TOKEN", &[Gateway]),
                of("npm-token", "INPUT_NPM-TOKEN", &[Npm]),
                Canary::of("r2-secret-access-key", s3::SECRET, &[]),
            ]),
            Self::Keyed => all.push(of("the key for ChittyConnect", "INPUT_API_KEY", &[Connect])),
            Self::Lent | Self::Trusted => {}
        }
        all
    }
}

/// The servers before which a gate is put; `archive` is one whose key belongs to the services' token of Cloudflare's.
pub(super) fn places(services: &Running, runner: &Runner, archive: Option<&str>) -> Vec<Place> {
    let at = services.addresses();
    let mut places = vec![
        (Behind::ChittyId, "chitty-id-url", at.chitty_id.to_string()),
        (Behind::Gateway, "api-gateway-url", at.gateway.to_string()),
    ];
    match archive {
        None => places.extend([
            (Behind::Npm, "npm-registry", runner.value("INPUT_NPM-REGISTRY")),
            (Behind::Archive, "store", runner.value("INPUT_STORE")),
        ]),
        Some(archive) => places.extend([
            (Behind::Npm, "npm-registry", at.npm.to_string()),
            (Behind::Archive, "store", archive.to_owned()),
            (Behind::Connect, "connect-url", at.connect.to_string()),
            (Behind::Cloudflare, "cloudflare-api-url", at.cloudflare.to_string()),
        ]),
    }
    places
}
