//! Credentials that a step needs and that nobody gave: asked for right before the step, dropped right after the last one that needs them.
//!
//! | | |
//! |---|---|
//! | `needs` | which step needs what |
//! | `order` | who is asked for it |
//! | `broker` | the asking |

mod broker;
mod needs;
mod order;

pub use broker::{Broker, Wanted};
pub(crate) use needs::Need;
pub use order::{Means, Source, source};

use certified_client::{ClientError, Failure};
use certified_evidence::{PackageName, Secret};

use crate::{Cause, Desk, Progress, Step};

impl Desk {
    /// Lays ready what this step needs and what is not there, as far as somebody can be asked for it. What nobody gives stays missing, and
    /// whoever needs it says so.
    ///
    /// # Errors
    /// When somebody who is asked does not give it. Nobody else is asked then.
    pub(crate) async fn equip(
        &mut self,
        step: Step,
        package: &PackageName,
        progress: &mut dyn Progress,
    ) -> Result<(), Cause> {
        let open = |need: &Need| !self.has(*need) && self.could_use(*need);
        let missing: Vec<Need> = Need::of(step).iter().copied().filter(open).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let Some(mut broker) = self.broker.take() else {
            return Ok(());
        };
        let outcome = broker.obtain(&missing, package, self, progress).await;
        self.broker = Some(broker);
        for (need, secret) in outcome.map_err(Cause::Credentials)? {
            self.lent.0.push(need);
            self.take(need, secret).await?;
        }
        Ok(())
    }

    /// Drops what was obtained and what no step after this one needs.
    pub(crate) fn drop_after(&mut self, step: Step) {
        for need in std::mem::take(&mut self.lent.0) {
            if need.after(step) {
                self.lent.0.push(need);
            } else {
                self.set(need, None);
            }
        }
    }

    /// Every token and key that a new release needs, before anything is asked for with the first of them: a run that lacks the last one
    /// would leave a certificate, an event and objects behind for nothing.
    pub(crate) async fn check_tokens(&mut self) -> Result<(), Cause> {
        // npm itself may give a token to the run.
        let there = |need: &Need| self.has(*need) || *need == Need::Npm && self.npm.may_write();
        let missing = Need::ALL.into_iter().filter(|need| !there(need));
        let (useful, useless): (Vec<Need>, Vec<Need>) = missing.partition(|need| self.could_use(*need));
        let nobody = match &mut self.broker {
            Some(broker) => broker.nobody_for(&useful).await.map_err(Cause::Credentials)?,
            None => useful.first().copied(),
        };
        match nobody.or_else(|| useless.first().copied()) {
            Some(need) => Err(ClientError::new(need.service(), Failure::NoToken).into()),
            None => Ok(()),
        }
    }

    fn has(&self, need: Need) -> bool {
        match need {
            Need::ChittyId => self.chitty_id.has_token(),
            Need::Gateway => self.chronicle.has_token(),
            Need::Archive => self.store.has_key(),
            Need::Registry => self.registry.has_token(),
            Need::Npm => self.npm.has_token(),
        }
    }

    /// Whether anything can be done with it: a token of Cloudflare's opens nothing but a bucket of R2's.
    const fn could_use(&self, need: Need) -> bool {
        !matches!(need, Need::Archive) || self.r2.is_some()
    }

    async fn take(&mut self, need: Need, token: Secret<String>) -> Result<(), ClientError> {
        match (need, &self.r2) {
            (Need::Archive, Some(r2)) => self.store = r2.unlocked(token).await?,
            _ => self.set(need, Some(token)),
        }
        Ok(())
    }

    fn set(&mut self, need: Need, token: Option<Secret<String>>) {
        match need {
            Need::ChittyId => self.chitty_id.set_token(token),
            Need::Gateway => self.chronicle.set_token(token),
            Need::Registry => self.registry.set_token(token),
            Need::Npm => self.npm.set_token(token),
            // Its token is not kept; what it opened is closed.
            Need::Archive => {
                if let Some(r2) = &self.r2 {
                    self.store = r2.locked();
                }
            }
        }
    }
}
