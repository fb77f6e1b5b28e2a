//! What a workflow run asks for by name: the names under which people keep the same things as secrets.

use certified_evidence::wire::connect::{Offer, OfferReply};

use super::catalogue::Item;
use super::refusal::ConnectRefusal;

/// What stands behind a name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Named {
    /// A credential, made when it is asked for.
    Made(Item),
    /// The number of the Cloudflare account, which is no secret.
    Account,
}

/// What the names mean. All of them are good, or none is given.
pub(super) fn meant(names: &[String]) -> Result<Vec<Named>, ConnectRefusal> {
    if names.is_empty() || names.len() > OFFERS.len() + KEPT_ELSEWHERE.len() {
        return Err(ConnectRefusal::invalid(
            "the body's `credentials` has to be an array of some of the names that /api/github-actions/available lists",
        ));
    }
    names.iter().map(|name| one(name)).collect()
}

/// Everything that is given here.
pub(super) fn offers() -> OfferReply {
    let offer = |&(name, description): &(&str, &str)| Offer {
        name: name.to_owned(),
        description: description.to_owned(),
    };
    OfferReply {
        success: true,
        credentials: OFFERS.iter().map(offer).collect(),
    }
}

fn one(name: &str) -> Result<Named, ConnectRefusal> {
    Ok(match name {
        "CHITTY_ID_TOKEN" => Named::Made(Item::ChittyId),
        "CHITTY_API_KEY" => Named::Made(Item::gateway()),
        "CHITTY_REGISTRY_TOKEN" => Named::Made(Item::Registry),
        "NPM_TOKEN" => Named::Made(Item::Npm(None)),
        "CLOUDFLARE_API_TOKEN" => Named::Made(Item::Archive(None)),
        "CLOUDFLARE_ACCOUNT_ID" => Named::Account,
        "GITHUB_TOKEN" => Named::Made(Item::GitHub),
        other if KEPT_ELSEWHERE.contains(&other) => return Err(ConnectRefusal::not_kept(other)),
        _ => return Err(ConnectRefusal::unknown(OFFERS.iter().map(|(name, _)| *name).collect())),
    })
}

const OFFERS: [(&str, &str); 7] = [
    ("CHITTY_ID_TOKEN", "asks ChittyID for certificates"),
    ("CHITTY_API_KEY", "writes to the Chronicle"),
    ("CHITTY_REGISTRY_TOKEN", "writes to ChittyRegistry"),
    ("NPM_TOKEN", "publishes to the npm registry"),
    ("CLOUDFLARE_API_TOKEN", "writes to the archive"),
    ("CLOUDFLARE_ACCOUNT_ID", "the account that the archive belongs to"),
    ("GITHUB_TOKEN", "writes to the repository's releases"),
];

/// What a ChittyConnect may give, and this one has none of.
const KEPT_ELSEWHERE: [&str; 6] = [
    "CHITTYREGISTER_TOKEN",
    "GITHUB_APP_ID",
    "GITHUB_APP_PRIVATE_KEY",
    "NEON_DATABASE_URL",
    "NOTION_TOKEN",
    "OPENAI_API_KEY",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_on_offer_means_something_and_no_other_does() {
        let all: Vec<String> = OFFERS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(meant(&all).unwrap().len(), 7);
        for other in ["npm_token", "", "CHITTYCONNECT_API_KEY", "OPENAI_API_KEY"] {
            assert!(
                meant(&[all.clone(), vec![other.to_owned()]].concat()).is_err(),
                "{other}"
            );
        }
        assert!(meant(&[]).is_err());
    }
}
