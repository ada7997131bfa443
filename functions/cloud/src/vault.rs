//! The secrets, from Secrets Manager: read at start-up, every five minutes, and when a signature fails.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use flow::ports::Fault;
use flow::secrets::Secrets;
use jiff::{SignedDuration, Timestamp};

use crate::fault::fault;
use crate::start::{Cloud, now};

/// So long secrets are used without looking.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// After a read that failed the old secrets hold for so long: no request waits for each try.
const STALE: SignedDuration = SignedDuration::from_secs(30);
/// A failed signature makes us look at most so often: anybody can send a failing one.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Secrets Manager, the secret's name, and what was last read.
#[derive(Debug)]
pub(crate) struct Vault {
    client: Client,
    arn: String,
    read: Mutex<Option<Read>>,
}

#[derive(Clone, Debug)]
struct Read {
    secrets: Arc<Secrets>,
    version: Option<String>,
    at: Timestamp,
}

impl Vault {
    pub(crate) fn new(client: Client, arn: String) -> Vault {
        Vault { client, arn, read: Mutex::new(None) }
    }

    fn last(&self) -> Option<Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self) -> Result<Read, Fault> {
        let doing = "reading the secrets";
        let answer = self.client.get_secret_value().secret_id(&self.arn).send().await;
        let answer = answer.map_err(|error| fault(doing, error))?;
        let text = answer.secret_string().unwrap_or_default();
        // Not transient by itself, but somebody will mend the text: what waits for it must be repeated.
        let unusable = |error| Fault { doing: doing.to_owned(), is_transient: true, source: Box::new(error) };
        let secrets = Arc::new(Secrets::parse(text).map_err(unusable)?);
        let read = Read { secrets, version: answer.version_id().map(str::to_owned), at: now() };
        self.remember(read.clone());
        Ok(read)
    }

    fn remember(&self, read: Read) {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
    }

    async fn secrets(&self) -> Result<Arc<Secrets>, Fault> {
        let last = self.last();
        if let Some(read) = last.as_ref().filter(|read| now().duration_since(read.at) < FRESH) {
            return Ok(Arc::clone(&read.secrets));
        }
        match (self.fetch().await, last) {
            (Ok(read), _) => Ok(read.secrets),
            (Err(fault), Some(stale)) => {
                tracing::warn!(
                    error = flow::ports::chain(&fault),
                    "secrets cannot be read; the old ones hold"
                );
                let secrets = Arc::clone(&stale.secrets);
                self.remember(Read { at: now() - FRESH + STALE, ..stale });
                Ok(secrets)
            }
            (Err(fault), None) => Err(fault),
        }
    }

    async fn secrets_anew(&self) -> Result<Option<Arc<Secrets>>, Fault> {
        let last = self.last();
        if last.as_ref().is_some_and(|read| now().duration_since(read.at) < AGAIN) {
            return Ok(None);
        }
        let read = self.fetch().await?;
        let is_same = last.is_some_and(|last| last.version.is_some() && last.version == read.version);
        Ok((!is_same).then_some(read.secrets))
    }
}

impl flow::ports::Vault for Cloud {
    async fn secrets(&self) -> Result<Arc<Secrets>, Fault> {
        self.vault().secrets().await
    }

    async fn secrets_anew(&self) -> Result<Option<Arc<Secrets>>, Fault> {
        self.vault().secrets_anew().await
    }
}

impl Cloud {
    fn vault(&self) -> &Vault {
        self.vault.as_ref().expect("a function that needs secrets connects them at start-up")
    }
}
