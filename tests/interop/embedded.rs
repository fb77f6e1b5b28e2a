//! What the embedded services give, shown to the same verifiers with the trust root that they give too.

use std::path::Path;
use std::process::{Command, Output};

use certified_evidence::bundle::{Content, TransparencyLogEntry};
use certified_evidence::timestamp_token::TimestampRequest;
use certified_evidence::{Bundle, Certificate, CertificateRequest, KeyAlgorithm, KeyDetails, SigningKey};
use certified_services::{KeySet, Options, Running, TokenIssuer};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::case::{Case, table};
use crate::stage::issuer::{COMMIT, Issuer, WORKFLOW};
use crate::stage::peers::peer;
use crate::stage::tools::both;
use crate::town::{self, ARTIFACT, PACKAGE, key, rng};

#[tokio::test]
async fn every_verifier_accepts_what_the_embedded_services_vouch_for() {
    // Ours is plain HTTP, but the client wants to know how it would do TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let data = tempfile::tempdir().unwrap();
    let issuer = Issuer::named(GITHUB);
    let running = started(data.path(), &issuer).await;
    let key = key(KeyAlgorithm::EcdsaP256);
    let unnamed = certificate(&running, &key, None).await;
    let of_workflow = certificate(&running, &key, Some(&issuer)).await;
    let mut cases = Vec::new();
    for (name, content) in [
        ("tarball", town::message(&key, ARTIFACT)),
        ("provenance", town::provenance(&key, ARTIFACT)),
    ] {
        let made = bundle(&running, unnamed.clone(), content.clone()).await;
        let mut case = Case::new(&format!("{name}, local"), &made, running.trust_root());
        // Nobody handed in an identity token, so nobody vouches for a workflow.
        case.issuer = None;
        cases.push(case);
        let made = bundle(&running, of_workflow.clone(), content).await;
        let mut case = Case::new(&format!("{name}, with workflow claims"), &made, running.trust_root());
        (case.identity, case.issuer) = (workflow(), Some(GITHUB.to_owned()));
        cases.push(case);
    }
    insta::assert_snapshot!("embedded", table(&cases));
    running.stop().await;
}

/// Sigstore's command line knows what to ask of a GitHub workflow, and that only GitHub may vouch for one.
#[tokio::test]
async fn sigstores_command_line_verifies_the_workflow_that_the_certificate_names() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let data = tempfile::tempdir().unwrap();
    let issuer = Issuer::named(GITHUB);
    let running = started(data.path(), &issuer).await;
    let key = key(KeyAlgorithm::EcdsaP256);
    let certificate = certificate(&running, &key, Some(&issuer)).await;
    let desk = tempfile::tempdir().unwrap();
    let bundle = bundle(&running, certificate, town::message(&key, ARTIFACT)).await;
    let write = |name: &str, bytes: &[u8]| std::fs::write(desk.path().join(name), bytes).unwrap();
    write("widgets.tgz", ARTIFACT);
    write("widgets.tgz.sigstore.json", bundle.to_json().unwrap().as_bytes());
    let config = running.trust_root().to_client_trust_config().unwrap();
    write("client_trust_config.json", config.as_bytes());
    let good = [
        ("--cert-identity", workflow()),
        ("--repository", "acme/widgets".to_owned()),
        ("--sha", COMMIT.to_owned()),
        ("--ref", "refs/tags/v1.2.3".to_owned()),
        ("--trigger", "release".to_owned()),
        ("--name", "Release".to_owned()),
    ];
    let verified = verify_github(desk.path(), &good);
    assert!(verified.status.success(), "{}", both(&verified));
    for wrong in 0..good.len() {
        let mut asked = good.clone();
        asked[wrong].1.push('x');
        let refused = verify_github(desk.path(), &asked);
        assert!(!refused.status.success(), "{}: {}", good[wrong].0, both(&refused));
    }
    running.stop().await;
}

async fn started(data: &Path, issuer: &Issuer) -> Running {
    let keys = KeySet::parse(issuer.jwks().to_string().as_bytes()).unwrap();
    let mut options = Options::in_folder(data);
    options.identity_tokens.issuers = vec![TokenIssuer::new(GITHUB).unwrap().with_keys(keys)];
    certified_services::start(options).await.unwrap()
}

fn verify_github(folder: &Path, asked: &[(&str, String)]) -> Output {
    let mut command = Command::new(peer("verifiers-python"));
    command
        .args([
            "-m",
            "sigstore",
            "--trust-config",
            "client_trust_config.json",
            "verify",
            "github",
        ])
        .args(["--bundle", "widgets.tgz.sigstore.json"])
        .args(asked.iter().flat_map(|(option, value)| [*option, value.as_str()]))
        .arg("widgets.tgz")
        .current_dir(folder);
    command.output().unwrap()
}

fn workflow() -> String {
    format!("https://github.com/{WORKFLOW}")
}

const GITHUB: &str = "https://token.actions.githubusercontent.com";

async fn bundle(running: &Running, certificate: Certificate, content: Content) -> Bundle {
    let mut bundle = Bundle {
        certificate,
        log_entries: Vec::new(),
        timestamps: Vec::new(),
        content,
    };
    bundle.log_entries = vec![log_entry(running, &bundle).await];
    bundle.timestamps = vec![timestamp(running, bundle.signature().unwrap().as_bytes()).await];
    bundle
}

async fn certificate(running: &Running, key: &SigningKey, issuer: Option<&Issuer>) -> Certificate {
    let mut request = json!({
        "type": "package",
        "package_name": PACKAGE.0,
        "version": PACKAGE.1,
        "requester": { "github_user": "octo", "workflow_run": "local", "commit": "unknown" },
        "governance_approval": "workflow_dispatch",
        "csr": CertificateRequest::create(key, "@acme/widgets@1.2.3").unwrap().to_pem(),
    });
    if let Some(issuer) = issuer {
        let audience = running.addresses().chitty_id.as_str().trim_end_matches('/');
        request["oidc_token"] = json!(issuer.token(audience));
    }
    let address = running.addresses().chitty_id.join("v1/certificates/issue").unwrap();
    let token = running.tokens().chitty_id_token.expose().clone();
    let reply = answered(client().post(address).bearer_auth(token).json(&request)).await;
    let reply: Value = reply.json().await.unwrap();
    Certificate::from_pem(reply["pem"].as_str().unwrap()).unwrap()
}

/// Without a credential, as Sigstore's clients ask: the certificate is one that was issued here.
async fn log_entry(running: &Running, bundle: &Bundle) -> TransparencyLogEntry {
    let signature = bundle.signature().unwrap();
    let signed = bundle.content.signed_digest();
    let key_details = KeyDetails::of(&bundle.certificate.public_key().unwrap());
    let raw_bytes = base64(bundle.certificate.der());
    let request = json!({ "hashedRekordRequestV002": {
        "digest": base64(signed.as_bytes()),
        "signature": {
            "content": signature,
            "verifier": { "x509Certificate": { "rawBytes": raw_bytes }, "keyDetails": key_details },
        },
    } });
    let address = running.addresses().gateway.join("log/api/v2/log/entries").unwrap();
    answered(client().post(address).json(&request))
        .await
        .json()
        .await
        .unwrap()
}

async fn timestamp(running: &Running, bytes: &[u8]) -> Vec<u8> {
    let request = TimestampRequest::about(bytes, &mut rng());
    let address = running.addresses().chitty_id.join("api/v1/timestamp").unwrap();
    let post = client()
        .post(address)
        .header("content-type", TimestampRequest::CONTENT_TYPE)
        .body(request.to_der().unwrap());
    let answer = answered(post).await.bytes().await.unwrap();
    request
        .accept(&answer, &running.trust_root().timestamp_authorities)
        .unwrap();
    answer.to_vec()
}

async fn answered(request: RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    response
}

fn base64(bytes: &[u8]) -> String {
    use base64ct::Encoding as _;
    base64ct::Base64::encode_string(bytes)
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
