//! The trust root in the wrapping that Sigstore's command line for Python asks for.

use serde_json::json;

use super::{TrustRoot, TrustRootError};

impl TrustRoot {
    /// A client trust config: this trust root, and no service to sign with. For `sigstore --trust-config FILE verify …`.
    ///
    /// # Errors
    /// Never for a value of this type; JSON's writer is fallible.
    pub fn to_client_trust_config(&self) -> Result<String, TrustRootError> {
        let config = json!({
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": self,
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": [],
                "oidcUrls": [],
                "rekorTlogUrls": [],
                "tsaUrls": [],
                "rekorTlogConfig": { "selector": "ANY" },
                "tsaConfig": { "selector": "ANY" },
            },
        });
        Ok(serde_json::to_string_pretty(&config)?)
    }
}
