//! The nine steps of a certified release, in order.
//!
//! Each step is a file under `steps/` with the same parts; [`run`] is the list of them. What a step needs from outside stands on the
//! [`Desk`]: clients, anchors, clock. What it leaves for the next one is a type, so that no step can be skipped or swapped.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")
)]

mod cause;
mod clean_up;
mod credentials;
mod desk;
mod doctor;
mod existing;
mod governance;
mod inspect;
mod keyring;
mod progress;
mod project;
mod provenance;
mod rehearsal;
mod report;
mod run;
mod scripts;
mod single;
mod staging;
mod state;
mod status;
mod step;
pub mod steps;
mod stop;
mod tree;
mod witness;
mod writer;

pub use cause::{Cause, Conflict, credentials_code, credentials_exit_code, exit_code, leak_advice};
pub use clean_up::clean_up;
pub use credentials::{Broker, Means, Source, Wanted, source};
pub use desk::{Context, Desk, Governance, Lent, Settings};
pub use doctor::{Examination, Health, Machine, Missing, Patient, Token, examine, worst};
pub use governance::{Approved, Basis, Occasion, approved};
pub use inspect::{
    Demands, Fault, Foreign, InspectError, Inspection, Memory, MemoryError, Place, Sources, Survey, Target,
    TargetError, inspect, survey,
};
pub use progress::{Progress, Silent};
pub use project::{Project, ProjectError, has_code, has_scripts, package_manager};
pub use rehearsal::{Installed, RehearsalError, install};
pub use report::{CertificateReport, Outcome, Report, StepReport};
pub use run::run;
pub use scripts::{BuildPlan, Install, PackageManager, ScriptError};
pub use single::run_step;
pub use state::{State, StateError};
pub use status::{Holding, Next, Presence, Status, status};
pub use step::{Step, UnknownStep};
pub use stop::Stop;
pub use tree::{TreeError, copy_tree};
