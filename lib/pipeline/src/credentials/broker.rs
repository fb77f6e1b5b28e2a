//! Asking ChittyConnect for what a step needs.

use certified_client::{ChittyConnect, Class, ClientError, GithubOidc};
use certified_evidence::wire::connect::{DeployRequest, NamedRequest, ProvisionContext, ProvisionRequest};
use certified_evidence::{PackageName, Secret};

use super::{Means, Need, Source, source};
use crate::{Context, Desk, Progress};

/// Asks for credentials in the name of a run.
#[derive(Debug)]
pub struct Broker {
    connect: ChittyConnect,
    run: Option<GithubOidc>,
    key: Option<Secret<String>>,
    wanted: Wanted,
    /// What runs are given; asked once.
    offers: Option<Vec<String>>,
}

/// For what credentials are wanted, in the words that ChittyConnect hears.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wanted {
    /// For example `package-publish`.
    pub purpose: String,
    /// The service that it is for; the package when not given.
    pub service: Option<String>,
}

impl Wanted {
    /// The purpose of a release.
    pub const PACKAGE_PUBLISH: &str = "package-publish";
}

type Obtained = Vec<(Need, Secret<String>)>;

impl Broker {
    /// With whatever this run can show: an identity, a key, or both. One that has neither gives nothing.
    pub const fn new(
        connect: ChittyConnect,
        run: Option<GithubOidc>,
        key: Option<Secret<String>>,
        wanted: Wanted,
    ) -> Self {
        Self {
            connect,
            run,
            key,
            wanted,
            offers: None,
        }
    }

    /// What ChittyConnect gives, by the names of the variables. Nothing is asked for; whether a key is good shows only when it is used.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn gives(&mut self) -> Result<Vec<&'static str>, ClientError> {
        let mut given = Vec::new();
        for need in Need::ALL {
            if matches!(self.source(need).await?, Source::Run | Source::Key) {
                given.push(need.name());
            }
        }
        Ok(given)
    }

    /// The first of these that nobody gives, if there is one. Only ChittyConnect's public list is looked at for this.
    pub(super) async fn nobody_for(&mut self, needs: &[Need]) -> Result<Option<Need>, ClientError> {
        for need in needs {
            if self.source(*need).await? == Source::Nobody {
                return Ok(Some(*need));
            }
        }
        Ok(None)
    }

    /// What ChittyConnect gives of these. All that a run is given comes in one answer; what it gives besides is thrown away.
    pub(super) async fn obtain(
        &mut self,
        needs: &[Need],
        package: &PackageName,
        desk: &Desk,
        progress: &mut dyn Progress,
    ) -> Result<Obtained, ClientError> {
        let (mut by_run, mut by_key) = (Vec::new(), Vec::new());
        for need in needs {
            match self.source(*need).await? {
                Source::Run => by_run.push(*need),
                Source::Key => by_key.push(*need),
                _ => {}
            }
        }
        let mut obtained = self.for_run(&by_run, desk, progress).await?;
        obtained.extend(self.with_key(&by_key, package, desk).await?);
        Ok(obtained)
    }

    async fn source(&mut self, need: Need) -> Result<Source, ClientError> {
        let means = Means {
            given: false,
            run: self.offers(need).await?,
            key: self.key.is_some(),
            trusted: need == Need::Npm && self.run.is_some(),
        };
        Ok(source(means))
    }

    async fn offers(&mut self, need: Need) -> Result<bool, ClientError> {
        if self.run.is_none() {
            return Ok(false);
        }
        let offers = match self.offers.take() {
            Some(offers) => offers,
            None => self.connect.offers().await?,
        };
        let found = offers.iter().any(|name| name == need.name());
        self.offers = Some(offers);
        Ok(found)
    }

    async fn for_run(&self, needs: &[Need], desk: &Desk, progress: &mut dyn Progress) -> Result<Obtained, ClientError> {
        let Some(run) = self.run.as_ref().filter(|_| !needs.is_empty()) else {
            return Ok(Vec::new());
        };
        let request = NamedRequest {
            credentials: needs.iter().map(|need| need.name().to_owned()).collect(),
            zones: Vec::new(),
        };
        let mut given = self.connect.for_run(run, &request, desk.now()).await?;
        if !given.surplus.is_empty() {
            progress.warned(&format!(
                "ChittyConnect gave what nobody asked for, and it was thrown away: {}",
                given.surplus.join(", ")
            ));
        }
        if given.expires_at.is_none() {
            progress.warned(
                "ChittyConnect does not say how long its credentials live; they may be stored ones that live long",
            );
        }
        let taken = needs.iter().filter_map(|need| {
            let secret = given.credentials.remove(need.name())?;
            Some((*need, secret))
        });
        Ok(taken.collect())
    }

    async fn with_key(&self, needs: &[Need], package: &PackageName, desk: &Desk) -> Result<Obtained, ClientError> {
        let Some(key) = &self.key else {
            return Ok(Vec::new());
        };
        let mut obtained = Vec::new();
        for need in needs {
            let secret = match need {
                Need::Npm | Need::Archive => self.of_purpose(key, *need, package, desk).await?,
                _ => self.one(key, *need, package, desk).await?,
            };
            obtained.push((*need, secret));
        }
        Ok(obtained)
    }

    /// What the purpose needs brings the tokens for npm and Cloudflare with it; where it does not, the token is asked for alone.
    async fn of_purpose(
        &self,
        key: &Secret<String>,
        need: Need,
        package: &PackageName,
        desk: &Desk,
    ) -> Result<Secret<String>, ClientError> {
        let Context {
            repository,
            workflow_run,
            ..
        } = &desk.context;
        let request = DeployRequest {
            purpose: self.wanted.purpose.clone(),
            service: self.service(package),
            repo: repository.clone(),
            run_id: workflow_run.clone(),
        };
        let brought = match self.connect.deploy(key, &request, desk.now()).await {
            Ok(reply) if need == Need::Npm => reply.npm_token,
            Ok(reply) => reply.cloudflare_token,
            // A ChittyConnect without this route.
            Err(error) if error.class() == Class::Usage => None,
            Err(error) => return Err(error),
        };
        match brought {
            Some(token) => Ok(token),
            None => self.one(key, need, package, desk).await,
        }
    }

    async fn one(
        &self,
        key: &Secret<String>,
        need: Need,
        package: &PackageName,
        desk: &Desk,
    ) -> Result<Secret<String>, ClientError> {
        let request = self.request(need, package, desk);
        Ok(self.connect.provision(key, &request, desk.now()).await?.value)
    }

    fn request(&self, need: Need, package: &PackageName, desk: &Desk) -> ProvisionRequest {
        let mut context = ProvisionContext {
            service: self.service(package),
            purpose: self.wanted.purpose.clone(),
            environment: "production".to_owned(),
            repo: desk.context.repository.clone(),
            run_id: desk.context.workflow_run.clone(),
            package: package.to_string(),
            ..ProvisionContext::default()
        };
        let kind = match (need, need.target()) {
            (Need::Archive, _) => {
                context.bucket = desk.store.bucket().to_owned();
                "cloudflare_r2_access"
            }
            (_, Some((target, scope))) => {
                target.clone_into(&mut context.target_service);
                context.scopes.push(scope.to_owned());
                "chittyos_service_token"
            }
            (_, None) => "npm_publish",
        };
        ProvisionRequest {
            kind: kind.to_owned(),
            context,
        }
    }

    fn service(&self, package: &PackageName) -> String {
        self.wanted.service.clone().unwrap_or_else(|| package.to_string())
    }
}
