//! All nine steps in one process.

use std::path::Path;
use std::time::Instant;

use crate::report::StepReport;
use crate::state::StateError;
use crate::steps::register::Registered;
use crate::steps::{build, certificate, chronicle, metadata, publish, register, sign, summary, upload};
use crate::{Cause, Desk, Progress, Project, Report, State, Step, Stop, existing, keyring};

/// Certifies and publishes the package in `folder`; evidence is left below `states`.
///
/// The list of steps, and nothing else: each takes what the one before it left. What an earlier run finished is not done again.
///
/// # Errors
/// A [`Stop`] that names the step, the cause and what exists outside by now.
pub async fn run(folder: &Path, desk: &mut Desk, states: &Path, progress: &mut dyn Progress) -> Result<Report, Stop> {
    let mut log = Log::new(progress);

    log.begins(Step::Build);
    let project = build::run(folder, desk, log.progress).await.or_stop(&log)?;
    let state = open(states, &project, desk).or_stop(&log)?;
    // Single steps that stopped half-way on this machine may have left theirs; this run makes its own.
    keyring::forget(&state).or_stop(&log)?;
    log.ends(project.release(), None);

    // Before anything is made, the services are asked what is there.
    log.begins(Step::Certificate);
    let registered = match existing::find(&project, desk).await.or_stop(&log)? {
        Some(registered) => log.resumes(registered),
        None => certify(&project, desk, &mut log).await?,
    };
    state.write_evidence(&registered.sealed, &desk.anchors).or_stop(&log)?;
    if desk.settings.update_package_json && !desk.settings.dry_run {
        metadata::update_package_json(&project, &registered.sealed).or_stop(&log)?;
    }

    log.enters(Step::Publish, desk, &project).await?;
    let served = publish::publish(registered, desk).await.or_stop(&log)?;
    log.is_on_npm(&project);
    let released = publish::certify(served, desk).await.or_stop(&log)?;
    desk.drop_after(Step::Publish);
    log.ends(published(&released), None);

    log.begins(Step::Summary);
    log.ends(state.evidence_folder().display().to_string(), None);
    Ok(summary::run(&released, log.steps, &state.evidence_folder(), desk))
}

/// Steps 2 to 7; the log stands at the first of them.
async fn certify(project: &Project, desk: &mut Desk, log: &mut Log<'_>) -> Result<Registered, Stop> {
    desk.check_tokens().await.or_stop(log)?;
    log.equips(desk, project).await?;
    let (key, identity) = certificate::run(project, desk).await.or_stop(log)?;
    log.ends(identity.facts.cert_id.to_string(), Some("certificate"));
    desk.drop_after(Step::Certificate);

    log.enters(Step::Sign, desk, project).await?;
    let signed = sign::run(project, identity, &key, desk).await.or_stop(log)?;
    log.ends(signed.certified.facts().sha256.to_string(), None);

    log.enters(Step::Chronicle, desk, project).await?;
    let chronicled = chronicle::run(signed, desk).await.or_stop(log)?;
    log.ends(chronicled.event.event.id.to_string(), Some("event"));

    log.enters(Step::Upload, desk, project).await?;
    let uploaded = upload::run(chronicled, desk).await.or_stop(log)?;
    log.ends(uploaded.archive.r2_location.clone(), Some("object"));

    log.enters(Step::Metadata, desk, project).await?;
    let sealed = metadata::run(uploaded, key, desk).await.or_stop(log)?;
    log.ends(sealed.evidence.published.integrity.to_string(), None);

    log.enters(Step::Register, desk, project).await?;
    let registered = register::run(sealed, desk).await.or_stop(log)?;
    log.ends(registered.registration.reg_id.to_string(), Some("registration"));
    Ok(registered)
}

pub(crate) fn open(states: &Path, project: &Project, desk: &Desk) -> Result<State, StateError> {
    State::open(states, &desk.settings.npm_registry, project.name(), project.version())
}

pub(crate) fn published(released: &publish::Released) -> String {
    let integrity = released.registered.sealed.evidence.published.integrity;
    if released.already_published {
        format!("already published, identical: {integrity}")
    } else {
        integrity.to_string()
    }
}

/// Keeps the time, tells whoever watches, and remembers what exists outside.
pub(crate) struct Log<'a> {
    pub(crate) progress: &'a mut dyn Progress,
    pub(crate) steps: Vec<StepReport>,
    step: Step,
    since: Instant,
    done: Vec<String>,
    on_npm: bool,
}

impl<'a> Log<'a> {
    pub(crate) fn new(progress: &'a mut dyn Progress) -> Self {
        Self {
            progress,
            steps: Vec::new(),
            step: Step::Build,
            since: Instant::now(),
            done: Vec::new(),
            on_npm: false,
        }
    }

    pub(crate) fn begins(&mut self, step: Step) {
        (self.step, self.since) = (step, Instant::now());
        self.progress.started(step);
    }

    /// `left` is what the outcome is called when it exists outside from now on.
    pub(crate) fn ends(&mut self, outcome: String, left: Option<&str>) {
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.progress.finished(self.step, &outcome, millis);
        self.done.extend(left.map(|what| format!("{what} {outcome}")));
        self.steps.push(StepReport {
            step: self.step,
            outcome,
            millis,
        });
    }

    /// npm was read back: whatever stops the run from now on, the release is out.
    fn is_on_npm(&mut self, project: &Project) {
        self.done.push(format!("npm {}", project.release()));
        self.on_npm = true;
    }

    /// Begins the step, and obtains what it needs.
    async fn enters(&mut self, step: Step, desk: &mut Desk, project: &Project) -> Result<(), Stop> {
        self.begins(step);
        self.equips(desk, project).await
    }

    /// Obtains what the step that stands here needs.
    async fn equips(&mut self, desk: &mut Desk, project: &Project) -> Result<(), Stop> {
        let obtained = desk.equip(self.step, project.name(), self.progress).await;
        obtained.or_stop(self)
    }

    fn resumes(&mut self, registered: Registered) -> Registered {
        let (evidence, registration) = (&registered.sealed.evidence, &registered.registration);
        let found = [
            (
                Step::Certificate,
                "certificate",
                evidence.certificate.cert_id.to_string(),
            ),
            (Step::Chronicle, "event", evidence.event.event.id.to_string()),
            (Step::Upload, "object", evidence.archive.r2_location.clone()),
            (Step::Register, "registration", registration.reg_id.to_string()),
        ];
        for (step, what, outcome) in found {
            if self.step != step {
                self.begins(step);
            }
            self.ends(format!("{outcome}, from an earlier run"), None);
            self.done.push(format!("{what} {outcome}"));
        }
        registered
    }
}

/// Turns a cause into a stop at the step that is being logged.
pub(crate) trait OrStop<T> {
    fn or_stop(self, log: &Log<'_>) -> Result<T, Stop>;
}

impl<T, E: Into<Cause>> OrStop<T> for Result<T, E> {
    fn or_stop(self, log: &Log<'_>) -> Result<T, Stop> {
        self.map_err(|cause| Stop::new(log.step, cause, log.done.clone(), log.on_npm))
    }
}
