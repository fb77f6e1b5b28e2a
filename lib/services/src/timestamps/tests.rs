//! What the timestamp authority says, without a port.

use certified_evidence::timestamp_token::{TimestampError, TimestampRequest, verify};

use super::LocalTimestamps;
use crate::randomness;
use crate::staged::{NOW, addresses};

#[test]
fn a_timestamp_tells_the_time_of_the_services_to_whoever_trusts_them() {
    let local = LocalTimestamps::new(NOW, &mut randomness::system()).unwrap();
    let trusted = [local.trusted(&addresses().chitty_id).unwrap()];
    let request = TimestampRequest::about(b"signature", &mut randomness::system());
    let answer = local.answer(&request.to_der().unwrap(), NOW).unwrap();
    assert_eq!(request.accept(&answer, &trusted).unwrap().at(), NOW);
    let stranger = LocalTimestamps::new(NOW, &mut randomness::system()).unwrap();
    let trusted = [stranger.trusted(&addresses().chitty_id).unwrap()];
    assert!(matches!(
        verify(&answer, b"signature", &trusted),
        Err(TimestampError::UnknownAuthority)
    ));
}

#[test]
fn the_root_says_that_it_is_local_and_is_not_the_one_of_releases() {
    let local = LocalTimestamps::new(NOW, &mut randomness::system()).unwrap();
    let trusted = local.trusted(&addresses().chitty_id).unwrap();
    assert_eq!(trusted.subject.common_name, "ChittyOS timestamp root, local only");
    assert_eq!(trusted.uri, "http://127.0.0.1:7070/id/");
}
