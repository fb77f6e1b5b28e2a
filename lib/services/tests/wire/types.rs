use std::fs;
use std::path::Path;

use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::wire::{auth, certificates, chronicle, connect, log, npm, registry};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a file as a wire type and writes it again.
fn survives<T: DeserializeOwned + Serialize>(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/wire")
        .join(file);
    let text = fs::read_to_string(path).unwrap();
    let read: T = serde_json::from_str(&text).unwrap_or_else(|cause| panic!("{file}: {cause}"));
    let golden: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), golden, "{file}");
}

#[test]
fn every_golden_body_is_what_its_wire_type_reads_and_writes() {
    survives::<auth::ApiKeyReply>("auth/api-key.reply.json");
    survives::<auth::ServiceTokenReply>("auth/service-token.reply.json");
    survives::<certificates::IssueRequest>("chittyid/issue.request.json");
    survives::<certificates::IssueReply>("chittyid/issue.reply.json");
    survives::<certificates::VerifyReply>("chittyid/verify-at.reply.json");
    survives::<certificates::VerifyReply>("chittyid/verify-revoked.reply.json");
    survives::<certificates::VerifyReply>("chittyid/verify-unknown.error.json");
    survives::<certificates::CertificateRecord>("chittyid/show.reply.json");
    survives::<certificates::RevokeRequest>("chittyid/revoke.request.json");
    survives::<certificates::RevokeReply>("chittyid/revoke.reply.json");
    survives::<certificates::PackageCertificates>("chittyid/package.reply.json");
    survives::<chronicle::EventRequest>("chronicle/append.request.json");
    survives::<chronicle::EventReply>("chronicle/append.reply.json");
    survives::<chronicle::ShownEvent>("chronicle/event.reply.json");
    survives::<chronicle::Receipt>("chronicle/inclusion.reply.json");
    survives::<log::ConsistencyReply>("chronicle/consistency.reply.json");
    survives::<log::RecordRequest>("chronicle/record.request.json");
    survives::<TransparencyLogEntry>("chronicle/record.reply.json");
    survives::<chronicle::EventPage>("chronicle/page.reply.json");
    survives::<chronicle::PackageEvents>("chronicle/package.reply.json");
    survives::<connect::DeployRequest>("connect/deploy.request.json");
    survives::<connect::DeployReply>("connect/deploy.reply.json");
    survives::<connect::ProvisionRequest>("connect/provision.request.json");
    survives::<connect::ProvisionReply>("connect/provision.reply.json");
    survives::<npm::ExchangeReply>("npm/exchange.reply.json");
    survives::<npm::StageReply>("npm/stage.reply.json");
    survives::<npm::StageItem>("npm/stage-item.reply.json");
    survives::<npm::StageList>("npm/stage-list.reply.json");
    survives::<registry::RegisterRequest>("registry/register.request.json");
    survives::<registry::RegisterReply>("registry/register.reply.json");
    survives::<registry::PackageRecord>("registry/package.reply.json");
    survives::<registry::StatusRequest>("registry/status.request.json");
    survives::<registry::StatusReply>("registry/status.reply.json");
    survives::<registry::PackageVersions>("registry/versions.reply.json");
    survives::<registry::PackageList>("registry/packages.reply.json");
}
