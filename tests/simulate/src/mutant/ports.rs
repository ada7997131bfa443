//! Time, configuration and secrets of mutants.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::policy::Config;
use domain::versions::Push;
use flow::ports::{About, Clock, Fault, Metric, Pushed, Settings, Telemetry, Vault};
use flow::secrets::Secrets;
use jiff::{SignedDuration, Timestamp};

use super::{Mutant, Mutated};
use crate::call::Function;

impl Clock for Mutated {
    fn now(&self) -> Timestamp {
        self.port.now()
    }

    async fn within<T>(&self, limit: SignedDuration, work: impl Future<Output = T>) -> Option<T> {
        self.port.within(limit, work).await
    }
}

impl Settings for Mutated {
    async fn pushes(&self) -> Result<Vec<Push>, Fault> {
        if !self.is(Mutant::ConfigForever) {
            return self.port.pushes().await;
        }
        let known = self.memory.borrow().pushes.get(&self.port.machine).cloned();
        if let Some(pushes) = known {
            return Ok(pushes);
        }
        let pushes = self.port.pushes().await?;
        self.memory.borrow_mut().pushes.insert(self.port.machine, pushes.clone());
        Ok(pushes)
    }

    fn is_stale(&self) -> bool {
        self.port.is_stale()
    }

    async fn pushes_anew(&self) -> Result<Option<Vec<Push>>, Fault> {
        if self.is(Mutant::ConfigForever) { Ok(None) } else { self.port.pushes_anew().await }
    }

    async fn pushed(&self) -> Result<Option<Pushed>, Fault> {
        if self.is(Mutant::PushNotFollowed) && self.function() == Function::Sweep {
            Ok(None)
        } else {
            self.port.pushed().await
        }
    }

    async fn config(&self, number: u32) -> Result<Arc<Config>, Fault> {
        self.port.config(number).await
    }
}

impl Vault for Mutated {
    async fn secrets(&self) -> Result<Arc<Secrets>, Fault> {
        self.port.secrets().await
    }

    async fn secrets_anew(&self) -> Result<Option<Arc<Secrets>>, Fault> {
        self.port.secrets_anew().await
    }
}

impl Telemetry for Mutated {
    fn count(&self, metric: Metric, about: About<'_>) {
        self.port.count(metric, about);
    }

    fn lateness(&self, oldest: Duration) {
        self.port.lateness(oldest);
    }
}
