//! What a caller shows, and who that turns out to be.

use crate::refusal::Refusal;

/// A credential as it was shown.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Presented<'a> {
    /// `svc_…`: one service speaking to another.
    ServiceToken(&'a str),
    /// `chitty_…`, `reg_…`, `npm_…` and whatever else has no dot in it.
    ApiKey(&'a str),
}

impl<'a> Presented<'a> {
    /// Reads the value of an `Authorization` header: `Bearer` and a credential of either kind, or `ApiKey` and a key.
    pub(crate) fn from_header(value: &'a str) -> Result<Self, Refusal> {
        let (scheme, credential) = value.split_once(' ').unwrap_or((value, ""));
        let credential = credential.trim();
        if credential.is_empty() {
            return Err(Refusal::unauthorized("the Authorization header holds no credential"));
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            Self::detect(credential)
        } else if scheme.eq_ignore_ascii_case("apikey") {
            Ok(Self::ApiKey(credential))
        } else {
            Err(Refusal::unauthorized(
                "the Authorization header has a scheme other than Bearer and ApiKey",
            ))
        }
    }

    /// Tells the kinds of credentials apart by their looks.
    pub(crate) fn detect(credential: &'a str) -> Result<Self, Refusal> {
        if credential.contains('.') {
            Err(Refusal::unauthorized(
                "JSON Web Tokens are not supported by the embedded services",
            ))
        } else if credential.starts_with("svc_") {
            Ok(Self::ServiceToken(credential))
        } else {
            Ok(Self::ApiKey(credential))
        }
    }
}

/// Somebody whose credential is in force.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Caller {
    /// A ChittyID, or the name of a service.
    pub(crate) id: String,
    /// What the credential may do, `{service}:{action}` each.
    pub(crate) scopes: Vec<String>,
    /// What kind of credential it was.
    pub(crate) kind: Kind,
}

/// The kinds of credentials.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// An API key.
    ApiKey,
    /// A service token.
    Service,
    /// An identity token of a workflow run, which is no credential of ours.
    Run,
}

impl Caller {
    /// Lets the caller pass when it holds one of these scopes.
    pub(crate) fn require(&self, one_of: &[&str]) -> Result<(), Refusal> {
        if self.scopes.iter().any(|held| one_of.contains(&held.as_str())) {
            return Ok(());
        }
        let required = one_of.iter().map(|&scope| scope.to_owned()).collect();
        Err(Refusal::Scope {
            required,
            held: self.scopes.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_told_by_its_looks() {
        let kind = |value| match Presented::from_header(value) {
            Ok(Presented::ServiceToken(token)) => format!("service {token}"),
            Ok(Presented::ApiKey(key)) => format!("key {key}"),
            Err(refusal) => refusal.to_string(),
        };
        assert_eq!(kind("Bearer svc_00"), "service svc_00");
        assert_eq!(kind("bearer chitty_api_00"), "key chitty_api_00");
        assert_eq!(kind("ApiKey svc_00"), "key svc_00");
        assert_eq!(
            kind("Bearer a.b.c"),
            "JSON Web Tokens are not supported by the embedded services"
        );
        for value in ["", "Bearer", "Bearer ", "Basic YTpi", "chitty_00"] {
            assert!(
                matches!(Presented::from_header(value), Err(Refusal::Unauthorized { .. })),
                "{value}"
            );
        }
    }

    #[test]
    fn one_of_the_scopes_is_enough_and_none_is_not() {
        let caller = Caller {
            id: "a".into(),
            scopes: vec!["chronicle:admin".into()],
            kind: Kind::ApiKey,
        };
        assert!(caller.require(&["chronicle:write", "chronicle:admin"]).is_ok());
        let refused = caller.require(&["registry:write"]).unwrap_err();
        assert_eq!(refused.to_string(), "this needs the scope registry:write");
    }
}
