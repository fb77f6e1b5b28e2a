//! A timestamp authority, and what becomes of answers that are no timestamps.

use certified_client::{Class, ClientError, Failure, Service, Stamp, Timestamps};
use certified_evidence::certificate::{Authority, SerialNumber};
use certified_evidence::timestamp_token::{TimestampAuthority, TimestampRequest};
use certified_evidence::trust_root::{CertificateAuthority, ValidFor};
use certified_evidence::{KeyAlgorithm, SigningKey, Timestamp};
use certified_services::Options;
use getrandom::SysRng;
use rand_core::UnwrapErr;

use crate::samples::transport;
use crate::stub::{HASTY, Reply, Stub};

/// An authority, and what makes the client believe it.
struct Town {
    authority: TimestampAuthority,
    trusted: CertificateAuthority,
}

impl Town {
    fn new() -> Self {
        let key = || SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut rng()).unwrap();
        let root = Authority::root("Acme Time Root", "Acme", NOON, DAY, key(), &mut rng()).unwrap();
        let (signer, life) = (key(), (NOON, NOON.plus_seconds(DAY)));
        let certificate = root
            .timestamping("Acme Time", "Acme", life, signer.public_key(), &mut rng())
            .unwrap();
        let chain = [&certificate, root.certificate()];
        Self {
            trusted: CertificateAuthority::new("https://time.example", &chain, ValidFor::from(NOON)).unwrap(),
            authority: TimestampAuthority::new(signer, certificate).unwrap(),
        }
    }

    fn answer(&self, request: &[u8]) -> Vec<u8> {
        let serial = SerialNumber::random(&mut rng());
        self.authority.answer(request, NOON.plus_seconds(5), serial).unwrap()
    }

    /// What becomes of this answer to this request.
    async fn told(&self, request: &TimestampRequest, answer: Vec<u8>) -> Result<Stamp, ClientError> {
        let reply = Reply {
            body: answer,
            ..Reply::status(200)
        };
        self.client(&Stub::new([reply]).await).stamp(request).await
    }

    fn client(&self, stub: &Stub) -> Timestamps {
        Timestamps::new(transport(), stub.base.clone(), vec![self.trusted.clone()]).with_patience(HASTY)
    }
}

#[tokio::test]
async fn a_request_goes_out_in_its_own_words_without_a_token_and_the_whole_answer_comes_back() {
    let (town, request) = (Town::new(), request());
    let answer = town.answer(&request.to_der().unwrap());
    let reply = Reply {
        body: answer.clone(),
        ..Reply::status(200)
    };
    let stub = Stub::new([Reply::status(503), reply]).await;
    let stamp = town.client(&stub).stamp(&request).await.unwrap();
    assert_eq!((stamp.response, stamp.at), (answer, NOON.plus_seconds(5)));
    let [first, again] = stub.seen().try_into().unwrap();
    assert_eq!(
        (again.method.as_str(), again.uri.as_str()),
        ("POST", "/base/api/v1/timestamp")
    );
    assert_eq!(again.header("content-type"), Some("application/timestamp-query"));
    assert_eq!(again.header("accept"), Some("application/timestamp-reply"));
    assert_eq!(again.header("authorization"), None);
    assert_eq!(
        (&first.body, again.body.as_ref()),
        (&again.body, request.to_der().unwrap().as_slice())
    );
}

#[tokio::test]
async fn an_answer_that_proves_something_else_is_refused_with_what_is_wrong() {
    let (town, request) = (Town::new(), request());
    let der = request.to_der().unwrap();
    let other_bytes = TimestampRequest::about(b"other", &mut rng()).to_der().unwrap();
    let other_number = self::request().to_der().unwrap();
    for (answer, reason) in [
        (town.answer(&other_bytes), "expected a timestamp over"),
        (town.answer(&other_number), "nonce"),
        (Town::new().answer(&der), "authority"),
        (b"<html>".to_vec(), "expected a timestamp (RFC 3161)"),
        (vec![], "expected a timestamp (RFC 3161)"),
    ] {
        let error = town.told(&request, answer).await.unwrap_err();
        assert_eq!(
            (error.service, error.class()),
            (Service::Timestamps, Class::Verification)
        );
        match error.what {
            Failure::Unproven(said) => assert!(said.contains(reason), "{reason}: {said}"),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_authority_that_says_no_is_quoted() {
    let town = Town::new();
    let error = town.told(&request(), town.answer(b"no request")).await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with("the timestamp authority refuses the request, status 200 (expected a timestamp request"),
        "{said}"
    );
    assert!(error.advice().contains("CHITTY_ID_SERVICE"), "{}", error.advice());
}

#[tokio::test]
async fn more_than_a_timestamp_ever_has_is_not_read() {
    let error = Town::new()
        .told(&request(), vec![0; HASTY.largest_answer + 1])
        .await
        .unwrap_err();
    assert!(matches!(error.what, Failure::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn the_embedded_chittyid_stamps_what_this_client_asks() {
    let data = tempfile::tempdir().unwrap();
    let running = certified_services::start(Options::in_folder(data.path()))
        .await
        .unwrap();
    let base = running.addresses().chitty_id.as_str().parse().unwrap();
    let client = Timestamps::new(transport(), base, running.anchors().timestamp_authorities.clone());
    assert!(client.stamp(&request()).await.is_ok());
    running.stop().await;
}

fn request() -> TimestampRequest {
    TimestampRequest::about(b"signature", &mut rng())
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

const NOON: Timestamp = Timestamp::from_unix(1_767_268_800);
const DAY: u64 = 24 * 60 * 60;
