//! The issuer of rehearsals: whoever shows a token of these services gets an identity token of the same holder, as a platform gives one to
//! its runs. With it a dry run asks for its certificate in the way in which a workflow does, and the certificate says who vouched: an issuer
//! that is local only, whose key was made at the start and is gone with the services.
//!
//! It vouches for less than a platform. A token tells who holds the credential, and nothing of a repository, a workflow or a commit; so the
//! certificate tells nothing of them either.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use certified_evidence::certificate::{Claim, ClaimError, WorkflowClaims};
use certified_evidence::{KeyAlgorithm, KeyError, Secret, SigningKey, Timestamp};
use rand_core::CryptoRng;
use serde::Deserialize;
use serde_json::json;

use super::Refused;
use super::claims::Audience;
use super::jwk::Key;
use super::rules::{self, Moments};
use super::token::Unchecked;
use crate::randomness::hex_256;
use crate::refusal::Refusal;
use crate::storage::UsedToken;

/// Makes identity tokens, and knows them again.
pub(crate) struct LocalIssuer {
    key: SigningKey,
}

/// Who holds a credential of these services, as the local issuer vouches. Only a verified token makes one.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    claims: Claims,
}

/// All that such a token says.
#[derive(Clone, Debug, Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    jti: String,
    iat: u64,
    exp: u64,
}

impl LocalIssuer {
    /// What its tokens call it. Nobody can ever have that name (RFC 2606).
    pub(crate) const NAME: &str = "https://issuer.local-only.invalid";

    pub(crate) fn new(random: &mut impl CryptoRng) -> Result<Self, KeyError> {
        let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, random)?;
        Ok(Self { key })
    }

    /// A token for this holder and this audience, good for five minutes.
    pub(crate) fn token(
        &self,
        holder: &str,
        audience: &str,
        now: Timestamp,
        random: &mut impl CryptoRng,
    ) -> Result<Secret<String>, Refusal> {
        let claims = json!({
            "iss": Self::NAME, "aud": audience, "sub": holder, "jti": hex_256(random),
            "iat": now.unix(), "exp": now.plus_seconds(LIFE).unix(),
        });
        let part = |text: String| Base64UrlUnpadded::encode_string(text.as_bytes());
        let header = json!({ "alg": "ES256", "kid": KEY, "typ": "JWT" });
        let signed = format!("{}.{}", part(header.to_string()), part(claims.to_string()));
        let failed = |reason: String| Refusal::Failed {
            code: "IDENTITY_TOKEN_FAILED",
            reason,
        };
        let signature = self.key.sign(signed.as_bytes()).map_err(|e| failed(e.to_string()))?;
        let numbers = signature.to_p256_numbers().map_err(|e| failed(e.to_string()))?;
        let signature = Base64UrlUnpadded::encode_string(&numbers);
        Ok(Secret::new(format!("{signed}.{signature}")))
    }

    /// Nothing for a token that does not say that it is of this issuer; for one that does, whether it is.
    pub(super) fn check(&self, token: &str, audience: &str, now: Timestamp) -> Option<Result<Holder, Refused>> {
        let unchecked = Unchecked::<Claims>::parse(token).ok()?;
        (unchecked.claims().iss == Self::NAME).then(|| self.checked(unchecked, audience, now))
    }

    fn checked(&self, unchecked: Unchecked<'_, Claims>, audience: &str, now: Timestamp) -> Result<Holder, Refused> {
        if unchecked.key_name() != KEY {
            return Err(Refused::UnknownKey);
        }
        let claims = unchecked.check(&Key::es256(KEY, self.key.public_key()))?;
        rules::check_audience(&claims.aud, audience)?;
        rules::check_moments(claims.moments(), now)?;
        Ok(Holder { claims })
    }
}

impl Claims {
    const fn moments(&self) -> Moments {
        Moments {
            made: self.iat,
            begin: self.iat,
            end: self.exp,
        }
    }
}

impl Holder {
    /// The name that these services know it by.
    pub(crate) fn subject(&self) -> &str {
        &self.claims.sub
    }

    /// What a certificate tells about it: who vouched, twice, because older verifiers read the first alone; and for whom.
    pub(crate) fn certified(&self) -> Result<WorkflowClaims, ClaimError> {
        WorkflowClaims::default()
            .with(Claim::BareIssuer, LocalIssuer::NAME)?
            .with(Claim::Issuer, LocalIssuer::NAME)?
            .with(Claim::TokenSubject, self.subject())
    }

    pub(super) fn used(&self) -> UsedToken {
        rules::used(&self.claims.iss, &self.claims.jti, self.claims.moments())
    }
}

/// The one key's name.
const KEY: &str = "local-only";
/// Seconds.
const LIFE: u64 = 5 * 60;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::oidc::{Identities, Proven};
    use crate::staged::{Later, NOW, request_id, store};

    const AUDIENCE: &str = "https://id.example";

    fn issuer() -> LocalIssuer {
        LocalIssuer::new(&mut crate::randomness::system()).unwrap()
    }

    fn token(issuer: &LocalIssuer) -> Secret<String> {
        issuer
            .token("publisher", AUDIENCE, NOW, &mut crate::randomness::system())
            .unwrap()
    }

    #[tokio::test]
    async fn a_token_tells_its_holder_once_and_nothing_of_a_workflow() {
        let identities = Identities::new(Vec::new(), Arc::new(store().await), Later::default().clock()).unwrap();
        let identities = identities.with_local(Some(issuer()));
        let token = identities.local_token("publisher", AUDIENCE).unwrap();
        let unspent = identities.check(token.expose(), AUDIENCE).await.unwrap();
        let again = identities.check(token.expose(), AUDIENCE).await.unwrap();
        let proven = identities.spend(unspent, "publisher", &request_id()).await.unwrap();
        let Proven::Holder(holder) = proven else {
            panic!("{proven:?} is no holder")
        };
        let told = holder.certified().unwrap();
        let told: Vec<_> = told.iter().collect();
        let expected = [
            (Claim::BareIssuer, LocalIssuer::NAME),
            (Claim::Issuer, LocalIssuer::NAME),
            (Claim::TokenSubject, "publisher"),
        ];
        assert_eq!(told, expected);
        assert!(identities.spend(again, "publisher", &request_id()).await.is_err());
    }

    #[tokio::test]
    async fn services_that_rehearse_nothing_give_and_take_no_such_token() {
        let identities = Identities::new(Vec::new(), Arc::new(store().await), Later::default().clock()).unwrap();
        assert!(identities.local_token("publisher", AUDIENCE).is_err());
        let refused = identities.check(token(&issuer()).expose(), AUDIENCE).await;
        assert_eq!(refused.unwrap_err(), Refused::NotConfigured);
    }

    #[test]
    fn a_token_of_another_start_for_somebody_else_or_too_old_is_refused() {
        let (one, other) = (issuer(), issuer());
        let token = token(&one);
        let checked = |issuer: &LocalIssuer, audience, at| issuer.check(token.expose(), audience, at).unwrap();
        assert_eq!(checked(&one, AUDIENCE, NOW).unwrap().subject(), "publisher");
        assert_eq!(checked(&other, AUDIENCE, NOW).unwrap_err(), Refused::Signature);
        let elsewhere = checked(&one, "https://other.example", NOW).unwrap_err();
        assert!(matches!(elsewhere, Refused::Audience { .. }), "{elsewhere}");
        let late = checked(&one, AUDIENCE, NOW.plus_seconds(LIFE + rules::LEEWAY)).unwrap_err();
        assert!(matches!(late, Refused::Expired { .. }), "{late}");
        let early = checked(&one, AUDIENCE, NOW.minus_seconds(rules::LEEWAY + 1)).unwrap_err();
        assert!(matches!(early, Refused::NotYet { .. }), "{early}");
    }

    #[test]
    fn a_token_of_nobody_or_of_a_platform_is_left_to_others() {
        let issuer = issuer();
        assert!(issuer.check("no token", AUDIENCE, NOW).is_none());
        let of_a_platform = crate::oidc::tests::issued::Forge::es256().sign(&crate::oidc::tests::issued::claims());
        assert!(issuer.check(&of_a_platform, AUDIENCE, NOW).is_none());
    }
}
