//! Start-up: clients are built once, before the first invocation, and only those a function uses.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use domain::versions::current;
use flow::ports::{Clock, Fault, Settings as _, Vault as _, chain};
use jiff::{SignedDuration, Timestamp};

use crate::config::{Unset, optional, variable};
use crate::hook::Hooks;
use crate::mailer::Mailer;
use crate::queue::Queues;
use crate::settings::Cache;
use crate::table::Table;
use crate::vault::Vault;

/// The world outside, on AWS. Each function connects what it uses; the linker leaves out the rest.
#[derive(Debug)]
pub struct Cloud {
    aws: SdkConfig,
    pub(crate) table: Table,
    pub(crate) settings: Cache,
    pub(crate) queues: Option<Queues>,
    pub(crate) mailer: Option<Mailer>,
    pub(crate) vault: Option<Vault>,
    pub(crate) hooks: Option<Hooks>,
}

/// A function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Neither Lambda nor the template sets what the code reads.
    #[error(transparent)]
    Unset(#[from] Unset),
    /// The built-in root certificates are not usable.
    #[error("building the HTTPS client")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Cloud {
    /// Connects the table that the environment names.
    ///
    /// # Errors
    ///
    /// [`StartError`] if the template left something out.
    pub fn from_env() -> Result<Cloud, StartError> {
        Ok(Cloud::connect(lambda_config()?, variable("TABLE")?))
    }

    /// Connects a table by name, with a configuration of the caller's making.
    #[must_use]
    pub fn connect(aws: SdkConfig, table: String) -> Cloud {
        let client = aws_sdk_dynamodb::Client::new(&aws);
        Cloud {
            table: Table { client, name: table },
            settings: Cache::default(),
            queues: None,
            mailer: None,
            vault: None,
            hooks: None,
            aws,
        }
    }

    /// Connects both queues.
    ///
    /// # Errors
    ///
    /// [`StartError::Unset`] if the template left one out.
    pub fn with_queues(mut self) -> Result<Cloud, StartError> {
        self.queues = Some(Queues {
            client: aws_sdk_sqs::Client::new(&self.aws),
            checks: variable("CHECKS_QUEUE_URL")?,
            mails: variable("MAILS_QUEUE_URL")?,
        });
        Ok(self)
    }

    /// Connects the mailer.
    ///
    /// # Errors
    ///
    /// [`StartError::Unset`] if the template left the sender or the configuration set out.
    pub fn with_mailer(mut self) -> Result<Cloud, StartError> {
        let (from, reports) = (variable("MAIL_FROM")?, variable("MAIL_CONFIGURATION_SET")?);
        self.mailer = Some(Mailer::new(&self.aws, from, reports));
        Ok(self)
    }

    /// Connects people's webhooks.
    #[must_use]
    pub fn with_hooks(mut self) -> Cloud {
        self.hooks = Some(Hooks::from_env());
        self
    }

    /// Connects the secrets.
    ///
    /// # Errors
    ///
    /// [`StartError::Unset`] if the template left their name out.
    pub fn with_vault(mut self) -> Result<Cloud, StartError> {
        let client = aws_sdk_secretsmanager::Client::new(&self.aws);
        self.vault = Some(Vault::new(client, variable("SECRETS_ARN")?));
        Ok(self)
    }

    /// Reads the configuration once, so that the first request finds it, and an open connection.
    ///
    /// A read that fails is only logged: the first request tries again and answers accordingly.
    pub async fn warm(self) -> Cloud {
        told(self.newest().await);
        self
    }

    /// Reads configuration and secrets once, at the same time; else as [`warm`](Cloud::warm).
    ///
    /// A call of its own, so that Secrets Manager is linked into the one function that asks it.
    pub async fn warm_with_secrets(self) -> Cloud {
        let (config, secrets) = tokio::join!(self.newest(), self.secrets());
        told(config);
        told(secrets);
        self
    }

    async fn newest(&self) -> Result<(), Fault> {
        if let Some(number) = current(&self.pushes().await?) {
            self.config(number).await?;
        }
        Ok(())
    }
}

fn told<T>(read: Result<T, Fault>) {
    if let Err(fault) = read {
        tracing::error!(error = chain(&fault), "not readable yet");
    }
}

impl Clock for Cloud {
    fn now(&self) -> Timestamp {
        now()
    }

    async fn within<T>(&self, limit: SignedDuration, work: impl Future<Output = T>) -> Option<T> {
        let limit = Duration::try_from(limit).unwrap_or_default();
        tokio::time::timeout(limit, work).await.ok()
    }
}

/// Returns the present instant of this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let nanos = i128::try_from(since.as_nanos()).unwrap_or(0);
    Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns the configuration of a function: what Lambda puts into its environment, and nothing else.
///
/// The SDK's loader looks for profiles, roles to assume and metadata services besides. A function has none of
/// them, and what looks for them is larger than the client of a service.
fn lambda_config() -> Result<SdkConfig, StartError> {
    let id = variable("AWS_ACCESS_KEY_ID")?;
    let secret = variable("AWS_SECRET_ACCESS_KEY")?;
    // They hold longer than a sandbox lives, so there is nothing to cache and nothing to renew.
    let credentials = Credentials::new(id, secret, optional("AWS_SESSION_TOKEN"), None, "Lambda");
    let mut config = SdkConfig::builder()
        .behavior_version(behavior())
        .http_client(https_client()?)
        .timeout_config(timeouts())
        .retry_config(retries())
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .identity_cache(IdentityCache::no_cache());
    // The local stack sets it; in AWS there is none.
    config.set_endpoint_url(optional("AWS_ENDPOINT_URL"));
    Ok(config.build())
}

/// Loads region and credentials for the command line, from wherever AWS's own tools take them; a region
/// named here goes before.
///
/// # Errors
///
/// [`StartError::Client`] if the built-in root certificates are not usable.
pub async fn aws_config(region: Option<String>) -> Result<SdkConfig, StartError> {
    let loader = loader()?;
    let loader = match region {
        Some(region) => loader.region(Region::new(region)),
        None => loader,
    };
    Ok(loader.load().await)
}

/// Returns the configuration that reaches a local stack.
///
/// # Errors
///
/// [`StartError::Client`] as above.
pub async fn local_config(endpoint: &str, region: &str) -> Result<SdkConfig, StartError> {
    let nobody = Credentials::new("heard", "local", None, None, "local stack");
    let loader = loader()?.endpoint_url(endpoint).credentials_provider(nobody);
    Ok(loader.region(Region::new(region.to_owned())).load().await)
}

fn loader() -> Result<ConfigLoader, StartError> {
    let client = https_client()?;
    let loader = aws_config::defaults(behavior()).http_client(client);
    Ok(loader.timeout_config(timeouts()).retry_config(retries()))
}

/// A named version: `cargo update` changes no behaviour.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Function > all attempts > one attempt: 5 s is the shortest function, `check`.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_millis(1500))
        .operation_timeout(Duration::from_millis(3500))
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}

/// Builds the one HTTPS client: rustls with ring, trusting Amazon's roots and nothing else.
///
/// Reading the machine's certificate folder costs more than everything else a cold start does.
fn https_client() -> Result<SharedHttpClient, StartError> {
    let roots = TrustStore::empty().with_pem_certificate(include_bytes!("amazon-roots.pem").as_slice());
    let context = TlsContext::builder().with_trust_store(roots).build();
    let context = context.map_err(|error| StartError::Client(error.into()))?;
    let provider = Provider::Rustls(CryptoMode::Ring);
    let client = Builder::new().tls_provider(provider).tls_context(context).build_https();
    Ok(SharedHttpClient::new(Unrehearsed(client)))
}

/// A client that builds its connector when the first request needs it.
///
/// By itself it builds one for each service too, reads the roots for it, and throws it away: a trial that finds
/// unreadable roots of the machine early. Ours are in the binary, and a cold start is a tenth shorter.
#[derive(Debug)]
struct Unrehearsed(SharedHttpClient);

impl HttpClient for Unrehearsed {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    // `validate_base_client_config` stays what it is by default: nothing.

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}
