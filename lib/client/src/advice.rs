//! The next thing to do after a failure: which input, token or name to look at.

use crate::error::{Failure, Service};

/// One sentence that can be followed.
pub(crate) fn advice(service: Service, what: &Failure) -> String {
    let Names {
        token,
        address,
        permission,
    } = Names::of(service);
    if let (Service::Connect, Some(words)) = (service, of_connect(what)) {
        return words.into();
    }
    match what {
        // About the token that GitHub gave to the run, not about the one that lets the run ask.
        Failure::Unauthorized(reply) | Failure::Forbidden(reply) if reply.code.starts_with("OIDC_") => {
            OF_THE_RUN.into()
        }
        Failure::NoToken | Failure::Unauthorized(_) if matches!(service, Service::GithubOidc) => permission.into(),
        Failure::NoToken if matches!(service, Service::Npm) => NO_NPM_TOKEN.into(),
        Failure::NoToken => format!("set {token}"),
        Failure::NotFound(_) if matches!(service, Service::NpmTrust) => NOT_TRUSTED.into(),
        Failure::Unauthorized(_) if matches!(service, Service::NpmTrust) => IDENTITY_REFUSED.into(),
        Failure::Forbidden(reply) if matches!(service, Service::Npm) && is_stage_only(reply) => STAGE_ONLY.into(),
        Failure::BadToken => format!("copy {token} again, without line breaks or spaces"),
        Failure::Unauthorized(_) => format!("replace {token}: it is wrong, expired or revoked"),
        Failure::OneTimePassword => WITHOUT_A_PERSON.into(),
        Failure::Forbidden(_) => permission.into(),
        Failure::NotSent(_) => format!("check {address} and the network, then run again: nothing was sent"),
        Failure::Tls(_) => format!("check {address}: TLS 1.3 and a certificate that this machine trusts are needed"),
        Failure::Unknown(_) => "run again: what was done is found and kept, nothing is done twice".into(),
        Failure::NotFound(_) if matches!(service, Service::Npm) => NOT_YET_EVERYWHERE.into(),
        Failure::NotFound(_) | Failure::Redirected { .. } => {
            format!("check {address}: it has to be where {service} itself answers")
        }
        Failure::Conflict(_) | Failure::OtherBytes { .. } => NEVER_REPLACED.into(),
        Failure::RateLimited {
            retry_after: Some(seconds),
            ..
        } => format!("run again after {seconds} seconds"),
        Failure::RateLimited { .. } | Failure::Unavailable { .. } => LATER.into(),
        Failure::Refused { status, .. } if *status >= 500 => LATER.into(),
        Failure::Refused { .. } => format!("read what {service} says and change the request; check {address}"),
        Failure::Request(_) => "change what is named there".into(),
        Failure::TooLarge { .. } | Failure::Unreadable(_) => {
            format!("check that {address} is really the address of {service}")
        }
        Failure::Unproven(_) => format!(
            "do not publish; tell the operators of {service} what it answered, and check {address} and the anchors"
        ),
        Failure::LongLived { .. } => {
            format!("have the operators of {service} give credentials that end within an hour; check {address}")
        }
        Failure::Local(_) => "check that the folder exists, is writable and has space".into(),
    }
}

/// What ChittyConnect says in words of its own.
fn of_connect(what: &Failure) -> Option<&'static str> {
    let reply = match what {
        Failure::NoToken => {
            return Some(
                "add `permissions: { id-token: write }` to the job, or set CHITTYCONNECT_API_KEY (input `chittyconnect-api-key`)",
            );
        }
        Failure::Unauthorized(reply) | Failure::Forbidden(reply) => reply,
        Failure::Refused { reply, .. } | Failure::Unavailable { reply, .. } => reply,
        _ => return None,
    };
    Some(match reply.code.as_str() {
        "ORG_NOT_ALLOWED" => {
            "ask the operators of ChittyConnect to let the owner of this repository in, or give the tokens as inputs of the step"
        }
        "INVALID_CREDENTIALS" | "CREDENTIAL_NOT_AVAILABLE" => {
            "give what is named there as an input of the step, or leave it out of `credentials`"
        }
        "OIDC_NOT_CONFIGURED" => {
            "name another ChittyConnect with CHITTY_CONNECT_SERVICE (input `connect-url`), or give CHITTYCONNECT_API_KEY (input `chittyconnect-api-key`) in a job without `id-token: write`"
        }
        "OIDC_EVENT" => "run it on a push, a release, a schedule or workflow_dispatch",
        code if code.starts_with("OIDC_") || code == "MISSING_TOKEN" => {
            "look whether the job has `permissions: { id-token: write }`, and read what ChittyConnect says about its identity token"
        }
        _ => return None,
    })
}

const LATER: &str = "run again later: what was done is kept";
const NEVER_REPLACED: &str =
    "publish under a new version: what is there was made from other bytes and is never replaced";
const OF_THE_RUN: &str = "release from a run that a push, a release, a schedule or workflow_dispatch set off, and read what ChittyID says about \
                          its identity token";
const NOT_YET_EVERYWHERE: &str = "run again in a minute: a new version is not served everywhere at once";
const WITHOUT_A_PERSON: &str = "publish by trusted publishing (`permissions: { id-token: write }`), or set NPM_TOKEN \
                                to a granular token that does not ask for one";

const NO_NPM_TOKEN: &str = "set NPM_TOKEN; or add `permissions: { id-token: write }` to the job and, at npm, name this repository and workflow in \
                            the package's settings under Trusted Publisher";
const NOT_TRUSTED: &str = "at npm, open the package's settings and name under Trusted Publisher this repository, the file of this workflow and, if \
                           the job has one, its environment, letter for letter; a package that does not exist yet gets its first version with \
                           NPM_TOKEN";
const IDENTITY_REFUSED: &str = "run the job again on a runner of GitHub's own, with `permissions: { id-token: write }`: every run gets a new \
                                identity token, and each is good once";
const STAGE_ONLY: &str = "what this trusted publisher may do stands at npm, in the package's settings under Trusted Publisher: where it may stage \
                          only, set `stage: true` (--stage) and approve the release on npm; else allow it there";

/// npm's answer to a direct publish by a publisher that may do no more than stage.
fn is_stage_only(reply: &certified_evidence::wire::ErrorReply) -> bool {
    let words = |text: &str| text.contains("OIDC permission denied") || text.to_ascii_lowercase().contains("stage");
    words(&reply.code) || words(&reply.message)
}

/// What the things of one service are called where people set them.
struct Names {
    token: &'static str,
    address: &'static str,
    permission: &'static str,
}

impl Names {
    const fn of(service: Service) -> Self {
        match service {
            Service::ChittyId => Self {
                token: "CHITTY_ID_TOKEN (and CHITTY_API_KEY of the same owner, when it is used)",
                address: "CHITTY_ID_SERVICE (input `chitty-id-url`)",
                permission: "give CHITTY_ID_TOKEN the scope certificate:request",
            },
            Service::GithubOidc => Self {
                token: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                address: "ACTIONS_ID_TOKEN_REQUEST_URL",
                permission: "add `permissions: { id-token: write }` to the job",
            },
            // It is part of ChittyID, and asks nobody for a token.
            Service::Timestamps => Self {
                token: "CHITTY_ID_TOKEN",
                address: "CHITTY_ID_SERVICE (input `chitty-id-url`)",
                permission: "ask the operators of ChittyID who may have a timestamp",
            },
            Service::Chronicle => Self {
                token: "CHITTY_API_KEY",
                address: "CHITTY_API_GATEWAY (input `api-gateway-url`)",
                permission: "give CHITTY_API_KEY the scope chronicle:write",
            },
            Service::Registry => Self {
                token: "CHITTY_REGISTRY_TOKEN",
                address: "CHITTY_REGISTRY (input `registry-url`)",
                permission: "give CHITTY_REGISTRY_TOKEN the scope registry:write",
            },
            Service::Npm => Self {
                token: "NPM_TOKEN",
                address: "CERTIFIED_PUBLISH_NPM_REGISTRY (input `npm-registry`)",
                permission: "give NPM_TOKEN write access to this package and scope (a new scoped package needs \
                             `access: public`), and check that the version does not exist yet",
            },
            Service::NpmTrust => Self {
                token: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                address: "CERTIFIED_PUBLISH_NPM_REGISTRY (input `npm-registry`)",
                permission: IDENTITY_REFUSED,
            },
            Service::Cloudflare => Self {
                token: "CLOUDFLARE_API_TOKEN (input `cloudflare-token`), and check CLOUDFLARE_ACCOUNT_ID (input `account-id`)",
                address: "CERTIFIED_PUBLISH_CLOUDFLARE_API (input `cloudflare-api-url`)",
                permission: "give CLOUDFLARE_API_TOKEN the permission Object Read & Write for this bucket",
            },
            Service::Auth => Self {
                token: "the token that is named there",
                address: "CHITTY_AUTH_SERVICE",
                permission: "give the token the permission that is missing",
            },
            Service::Connect => Self {
                token: "CHITTYCONNECT_API_KEY (input `chittyconnect-api-key`)",
                address: "CHITTY_CONNECT_SERVICE (input `connect-url`)",
                permission: "give CHITTYCONNECT_API_KEY the scope credentials:provision, and ask for a purpose that needs what is asked for",
            },
            Service::GitHub => Self {
                token: "GITHUB_TOKEN (input `github-token`)",
                address: "GITHUB_API_URL",
                permission: "give the job the permission that is missing",
            },
            Service::Store => Self {
                token: "R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY",
                address: "CERTIFIED_PUBLISH_STORE and CERTIFIED_PUBLISH_R2_BUCKET",
                permission: "give the access key permission to read and write objects of this bucket",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use certified_evidence::wire::ErrorReply;

    use super::*;

    #[test]
    fn a_missing_token_is_called_by_the_name_under_which_it_is_set() {
        let named = [
            (Service::ChittyId, "CHITTY_ID_TOKEN"),
            (Service::Chronicle, "CHITTY_API_KEY"),
            (Service::Registry, "CHITTY_REGISTRY_TOKEN"),
            (Service::Npm, "NPM_TOKEN"),
            (Service::Store, "R2_ACCESS_KEY_ID"),
            (Service::GitHub, "GITHUB_TOKEN"),
        ];
        let reply = || ErrorReply {
            code: "UNAUTHORIZED".into(),
            message: String::new(),
        };
        for (service, name) in named {
            assert!(advice(service, &Failure::NoToken).contains(name), "{service}");
            assert!(
                advice(service, &Failure::Unauthorized(reply())).contains(name),
                "{service}"
            );
        }
    }
}
