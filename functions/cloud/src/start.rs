//! Start-up: clients are built once, before the first invocation, and only those a function uses.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use domain::versions::current;
use flow::ports::{Clock, Fault, Settings as _, Vault as _, chain};
use jiff::{SignedDuration, Timestamp};

use crate::config::{Unset, variable};
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
}

/// A function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The template does not set what the code reads.
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
    pub async fn from_env() -> Result<Cloud, StartError> {
        Ok(Cloud::connect(aws_config(None).await?, variable("TABLE")?))
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
    /// [`StartError::Unset`] if the template left the sender out.
    pub fn with_mailer(mut self) -> Result<Cloud, StartError> {
        self.mailer = Some(Mailer::new(&self.aws, variable("MAIL_FROM")?));
        Ok(self)
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

    /// Reads configuration and secrets once, so that the first request finds open connections.
    ///
    /// A read that fails is only logged: the first request tries again and answers accordingly.
    pub async fn warm(self) -> Cloud {
        let secrets = async {
            if self.vault.is_some() {
                self.secrets().await?;
            }
            Ok(())
        };
        let settings = async {
            if let Some(number) = current(&self.pushes().await?) {
                self.config(number).await?;
            }
            Ok(())
        };
        let (secrets, settings): (Result<(), Fault>, Result<(), Fault>) = tokio::join!(secrets, settings);
        for fault in [secrets.err(), settings.err()].into_iter().flatten() {
            tracing::error!(error = chain(&fault), "not readable yet");
        }
        self
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

/// Loads region, credentials and endpoints from the environment, as Lambda sets them; a region named here
/// goes before.
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
    // Function > all attempts > one attempt: 5 s is the shortest function, `check`.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_millis(1500))
        .operation_timeout(Duration::from_millis(3500))
        .build();
    let client = https_client().map_err(StartError::Client)?;
    // A named version: `cargo update` changes no behaviour.
    Ok(aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(client)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(3)))
}

/// Builds the one HTTPS client: rustls with ring, trusting Amazon's roots and nothing else.
///
/// Reading the machine's certificate folder costs more than everything else a cold start does.
fn https_client() -> Result<SharedHttpClient, Box<dyn std::error::Error + Send + Sync>> {
    let roots = TrustStore::empty().with_pem_certificate(include_bytes!("amazon-roots.pem").as_slice());
    let context = TlsContext::builder().with_trust_store(roots).build()?;
    let provider = Provider::Rustls(CryptoMode::Ring);
    Ok(Builder::new().tls_provider(provider).tls_context(context).build_https())
}
