//! What ChittyRegistry takes, and how a release moves on.

use std::sync::Arc;

use certified_evidence::wire::registry::{
    PackageList, PackageRecord, PackageStatus, PackageVersion, PackageVersions, RegisterReply, RegisterRequest,
    StatusReply, StatusRequest,
};
use certified_evidence::{PackageName, RegId, RequestId, Timestamp, Version};

use crate::auth::Caller;
use crate::refusal::Refusal;
use crate::storage::{AuditEntry, Registration, Registrations, StatusChange, Written};
use crate::{Addresses, Clock, randomness};

/// Registers releases. One name and version is one pair of digests, for ever.
pub(crate) struct Registry {
    pub(crate) registrations: Arc<dyn Registrations>,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) clock: Clock,
}

impl Registry {
    /// Registers a release, or answers with the registration of the same bytes, whatever its status is by now. Other bytes are refused.
    pub(crate) async fn register(
        &self,
        caller: &Caller,
        id: &RequestId,
        asked: RegisterRequest,
    ) -> Result<Written<RegisterReply>, Refusal> {
        caller.require(&SCOPES)?;
        check(&asked)?;
        let now = (self.clock)();
        let resource = format!("{}@{}", asked.package_name, asked.version);
        let registration = Registration {
            reg_id: fresh_reg_id(now)?,
            release: asked,
            registered_by: caller.id.clone(),
            registered_at: now,
            updated_at: now,
        };
        let entry = audit(caller, id, "registry:register", resource, now);
        match self.registrations.register(&registration, &entry).await? {
            Written::New(new) => Ok(Written::New(self.reply(new))),
            Written::Present(present) => {
                same_bytes(&registration.release, &present.release)?;
                Ok(Written::Present(self.reply(present)))
            }
        }
    }

    /// Moves a release on.
    pub(crate) async fn change_status(
        &self,
        caller: &Caller,
        id: &RequestId,
        release: (PackageName, Version),
        asked: StatusRequest,
    ) -> Result<StatusReply, Refusal> {
        caller.require(&SCOPES)?;
        let (name, version) = release;
        let found = self.find(&name, &version).await?;
        let (from, to) = (found.release.status, asked.status);
        let mut updated_at = found.updated_at;
        if from != to {
            let refused = |reason| Refusal::Conflict {
                code: "INVALID_STATUS_CHANGE",
                reason,
            };
            if !may_become(from, to) {
                return Err(refused(format!(
                    "a release that is {} cannot become {}",
                    from.as_str(),
                    to.as_str()
                )));
            }
            updated_at = (self.clock)();
            let entry = audit(caller, id, "registry:status", format!("{name}@{version}"), updated_at);
            let change = StatusChange {
                name: name.clone(),
                version: version.clone(),
                from,
                to,
                reason: asked.reason,
                at: updated_at,
            };
            if !self.registrations.change_status(&change, &entry).await? {
                // Somebody was faster. When they made the same change, it is made.
                let now = self.find(&name, &version).await?;
                if now.release.status != to {
                    return Err(refused(format!(
                        "the release is no longer {}; ask again",
                        from.as_str()
                    )));
                }
                updated_at = now.updated_at;
            }
        }
        Ok(StatusReply {
            success: true,
            package_name: name,
            version,
            status: to,
            updated_at,
        })
    }

    /// Shows one release.
    pub(crate) async fn get(&self, name: &PackageName, version: &Version) -> Result<PackageRecord, Refusal> {
        let found = self.find(name, version).await?;
        Ok(PackageRecord {
            reg_id: found.reg_id,
            registry_url: self.addresses.registry_url(name, version),
            registered_by: found.registered_by,
            registered_at: found.registered_at,
            updated_at: found.updated_at,
            release: found.release,
        })
    }

    /// Lists the versions of a package, the oldest first.
    pub(crate) async fn versions(&self, name: PackageName) -> Result<PackageVersions, Refusal> {
        let found = self.registrations.of_package(&name).await?;
        if found.is_empty() {
            return Err(unknown(name.as_str()));
        }
        let versions: Vec<_> = found.into_iter().map(line).collect();
        Ok(PackageVersions {
            package_name: name,
            total: versions.len() as u64,
            versions,
        })
    }

    /// Lists the packages, in order.
    pub(crate) async fn packages(&self) -> Result<PackageList, Refusal> {
        let packages = self.registrations.names().await?;
        Ok(PackageList {
            total: packages.len() as u64,
            packages,
        })
    }

    async fn find(&self, name: &PackageName, version: &Version) -> Result<Registration, Refusal> {
        let found = self.registrations.find(name, version).await?;
        found.ok_or_else(|| unknown(&format!("{name}@{version}")))
    }

    fn reply(&self, registration: Registration) -> RegisterReply {
        let release = registration.release;
        RegisterReply {
            success: true,
            reg_id: registration.reg_id,
            registry_url: self.addresses.registry_url(&release.package_name, &release.version),
            package_name: release.package_name,
            version: release.version,
            registered_at: registration.registered_at,
            status: release.status,
            tarball_hash: release.tarball_hash,
            integrity: release.integrity,
        }
    }
}

/// Whether a release that is `from` may become `to`.
const fn may_become(from: PackageStatus, to: PackageStatus) -> bool {
    use PackageStatus::{Certified, Deprecated, Pending, PublishFailed};
    matches!(
        (from, to),
        (Pending, Certified | PublishFailed) | (PublishFailed, Pending | Certified) | (Certified, Deprecated)
    )
}

/// A registration must not contradict the evidence that it carries.
fn check(asked: &RegisterRequest) -> Result<(), Refusal> {
    if !matches!(asked.status, PackageStatus::Pending | PackageStatus::Certified) {
        let status = asked.status.as_str();
        return Err(Refusal::invalid(format!(
            "a release is registered as pending or certified, not as {status}"
        )));
    }
    let evidence = &asked.evidence;
    let differs = |what: &str, said: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
        Err(Refusal::invalid(format!(
            "the request names the {what} {said}, its evidence {found}"
        )))
    };
    if asked.package_name != evidence.name {
        return differs("package", &asked.package_name, &evidence.name);
    }
    if asked.version != evidence.version {
        return differs("version", &asked.version, &evidence.version);
    }
    if asked.tarball_hash != evidence.certified.sha256 {
        return differs("certified tarball", &asked.tarball_hash, &evidence.certified.sha256);
    }
    if asked.integrity != evidence.published.integrity {
        return differs("published tarball", &asked.integrity, &evidence.published.integrity);
    }
    Ok(())
}

fn same_bytes(asked: &RegisterRequest, recorded: &RegisterRequest) -> Result<(), Refusal> {
    let conflict = |what: &str, asked: &dyn std::fmt::Display, recorded: &dyn std::fmt::Display| Refusal::Conflict {
        code: "ALREADY_REGISTERED",
        reason: format!("this version is registered with the {what} {recorded}, the request has {asked}"),
    };
    if asked.tarball_hash != recorded.tarball_hash {
        return Err(conflict(
            "certified tarball",
            &asked.tarball_hash,
            &recorded.tarball_hash,
        ));
    }
    if asked.integrity != recorded.integrity {
        return Err(conflict("published tarball", &asked.integrity, &recorded.integrity));
    }
    Ok(())
}

fn line(registration: Registration) -> PackageVersion {
    PackageVersion {
        version: registration.release.version,
        reg_id: registration.reg_id,
        status: registration.release.status,
        registered_at: registration.registered_at,
    }
}

fn fresh_reg_id(now: Timestamp) -> Result<RegId, Refusal> {
    let random = randomness::base32(&mut randomness::system(), 6).to_ascii_lowercase();
    let text = format!("reg_{}_{random}", now.unix().saturating_mul(1000));
    text.parse()
        .map_err(|cause: certified_evidence::IdError| Refusal::Failed {
            code: "REGISTRATION_FAILED",
            reason: cause.to_string(),
        })
}

fn audit(caller: &Caller, id: &RequestId, action: &'static str, resource: String, now: Timestamp) -> AuditEntry {
    AuditEntry {
        timestamp: now,
        actor: caller.id.clone(),
        action,
        resource,
        request_id: id.clone(),
    }
}

fn unknown(what: &str) -> Refusal {
    Refusal::NotFound {
        code: "PACKAGE_NOT_FOUND",
        reason: format!("{what} is not registered"),
    }
}

const SCOPES: [&str; 2] = ["registry:write", "registry:admin"];
