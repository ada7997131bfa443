//! The configuration: versions that never change, and the list of what was pushed when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{Account, BrandId};
use domain::policy::{Config, Problem};
use domain::versions::Push;
use flow::ports::{Fault, Pushed, Put, Saved};
use flow::remembered::Remembered;

use crate::keys::{self, Key};
use crate::start::{Cloud, now};
use crate::table::{Item, n, s};

/// What was read of the configuration.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    pushes: Mutex<Remembered>,
    configs: Mutex<BTreeMap<u32, Arc<Config>>>,
}

impl Cache {
    fn pushes(&self) -> MutexGuard<'_, Remembered> {
        self.pushes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A configuration cannot be pushed.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The text has problems; nothing was pushed.
    #[error("the configuration has {} problems", .0.len())]
    Problems(Vec<Problem>),
    /// The text is that of an older version; pushing it takes that version back into force.
    #[error("this is version {0}, which a newer one replaced")]
    Older(u32),
    /// An account would leave its brand, or the brand its name, while people wait there: the brand's answers
    /// would no longer reach their conversations.
    #[error("{account} leaves brand {brand} while people wait there; push again when they are answered")]
    Waiting {
        /// The account.
        account: Account,
        /// The brand it belongs to now.
        brand: BrandId,
    },
    /// Somebody else pushed at the same time; nothing was pushed.
    #[error("somebody else pushed at the same time; try again")]
    Raced,
    /// A call failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// On which terms a configuration is pushed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// A text that an older version had is taken back into force.
    pub go_back: bool,
    /// Who waits already runs on it too.
    pub apply_to_open: bool,
}

/// What the list of pushes holds, and the version to name when saving it.
#[derive(Debug, Default)]
struct Pushes {
    list: Vec<Push>,
    /// Every brand that a version ever had.
    brands: BTreeSet<BrandId>,
    version: u64,
}

impl Cloud {
    /// Pushes a configuration and returns its number. The same text keeps its number, so a second push
    /// changes nothing, unless it is the first to apply to who waits already.
    ///
    /// # Errors
    ///
    /// [`PushError`]; whatever the reason, the version in force stays.
    pub async fn push(&self, text: &str, terms: Terms) -> Result<u32, PushError> {
        let Terms { go_back, apply_to_open } = terms;
        let config = Config::parse(text).map_err(PushError::Problems)?;
        let mut pushes = self.read_pushes().await?;
        let last = pushes.list.last().copied();
        if let Some(last) = last {
            let old = flow::ports::Settings::config(self, last.number).await?;
            self.nobody_is_left_behind(&old, &config).await?;
            pushes.brands.extend(old.brands.keys().cloned());
        }
        pushes.brands.extend(config.brands.keys().cloned());
        let mut known = None;
        for number in pushes.list.iter().map(|push| push.number).collect::<BTreeSet<_>>() {
            if self.text(number).await? == text {
                known = Some(number);
            }
        }
        let number = match (known, last) {
            (Some(number), Some(last)) if number == last.number => {
                if last.apply_to_open || !apply_to_open {
                    return Ok(number);
                }
                number
            }
            (Some(number), _) if !go_back => return Err(PushError::Older(number)),
            (Some(number), _) => number,
            (None, _) => self.put_text(&pushes.list, text).await?,
        };
        pushes.list.push(Push { number, pushed_at: now(), apply_to_open });
        match self.save_pushes(&pushes).await? {
            Saved::Done => Ok(number),
            Saved::Lost => Err(PushError::Raced),
        }
    }

    /// Refuses a configuration in which an account goes to another brand while somebody waits in its own.
    async fn nobody_is_left_behind(&self, old: &Config, new: &Config) -> Result<(), PushError> {
        for brand in old.brands.values() {
            let moved = brand
                .accounts
                .iter()
                .find(|account| new.brand_of(account).is_some_and(|other| other.id != brand.id));
            if let Some(account) = moved
                && self.table.is_anybody_waiting(&brand.id).await?
            {
                return Err(PushError::Waiting { account: account.clone(), brand: brand.id.clone() });
            }
        }
        Ok(())
    }

    /// Puts the text under the first free number. One that a push left behind half done is passed over.
    async fn put_text(&self, pushes: &[Push], text: &str) -> Result<u32, Fault> {
        let mut number = pushes.iter().map(|push| push.number).max().unwrap_or(0) + 1;
        loop {
            let Key { pk, sk } = keys::config(number);
            let item = Item::from([
                ("pk".to_owned(), s(pk)),
                ("sk".to_owned(), s(sk)),
                ("kind".to_owned(), s("config")),
                ("v".to_owned(), n(1)),
                ("text".to_owned(), s(text)),
            ]);
            if self.table.put_new("pushing a configuration", item).await? == Put::New {
                return Ok(number);
            }
            number += 1;
        }
    }

    async fn read_pushes(&self) -> Result<Pushes, Fault> {
        let doing = "reading the configuration";
        let Some(item) = self.table.get(doing, &keys::pushes()).await? else {
            return Ok(Pushes::default());
        };
        let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| Fault {
            doing: doing.to_owned(),
            is_transient: false,
            source,
        };
        let version = item.get("version").and_then(|version| version.as_n().ok()?.parse().ok());
        let version = version.ok_or_else(|| unreadable("CONFIG/CURRENT has no version".into()))?;
        let list = item.get("pushes").cloned().unwrap_or(AttributeValue::L(Vec::new()));
        let list = serde_dynamo::from_attribute_value(list).map_err(|error| unreadable(Box::new(error)))?;
        let brands = item.get("brands").cloned().unwrap_or(AttributeValue::L(Vec::new()));
        let brands =
            serde_dynamo::from_attribute_value(brands).map_err(|error| unreadable(Box::new(error)))?;
        Ok(Pushes { list, brands, version })
    }

    async fn save_pushes(&self, pushes: &Pushes) -> Result<Saved, Fault> {
        let doing = "pushing a configuration";
        let unwritable = |error: serde_dynamo::Error| Fault {
            doing: doing.to_owned(),
            is_transient: false,
            source: Box::new(error),
        };
        let list = serde_dynamo::to_attribute_value(&pushes.list).map_err(unwritable)?;
        let brands = serde_dynamo::to_attribute_value(&pushes.brands).map_err(unwritable)?;
        let Key { pk, sk } = keys::pushes();
        let item = Item::from([
            ("pk".to_owned(), s(pk)),
            ("sk".to_owned(), s(sk)),
            ("kind".to_owned(), s("config")),
            ("v".to_owned(), n(1)),
            ("version".to_owned(), n(pushes.version + 1)),
            ("pushes".to_owned(), list),
            ("brands".to_owned(), brands),
        ]);
        self.table.put_version(doing, item, pushes.version).await
    }

    /// Returns the text of a version as it was pushed.
    ///
    /// # Errors
    ///
    /// [`Fault`] if there is no such version, or the table cannot be read.
    pub async fn text(&self, number: u32) -> Result<String, Fault> {
        let item = self.table.get("reading the configuration", &keys::config(number)).await?;
        let text = item.and_then(|mut item| match item.remove("text") {
            Some(AttributeValue::S(text)) => Some(text),
            _ => None,
        });
        text.ok_or_else(|| Fault {
            doing: format!("reading version {number} of the configuration"),
            is_transient: false,
            source: "it is not there".into(),
        })
    }
}

impl flow::ports::Settings for Cloud {
    async fn pushes(&self) -> Result<Vec<Push>, Fault> {
        if let Some(pushes) = self.settings.pushes().fresh(now()) {
            return Ok(pushes.to_vec());
        }
        match self.read_pushes().await {
            Ok(Pushes { list, .. }) => {
                self.settings.pushes().remember(&list, now());
                Ok(list)
            }
            Err(fault) => {
                let held = self.settings.pushes().hold(now());
                if held.is_some() {
                    let error = flow::ports::chain(&fault);
                    tracing::warn!(error, "configuration cannot be read; the last one holds");
                }
                held.ok_or(fault)
            }
        }
    }

    fn is_stale(&self) -> bool {
        self.settings.pushes().is_stale()
    }

    async fn pushes_anew(&self) -> Result<Option<Vec<Push>>, Fault> {
        if self.settings.pushes().looked_just_now(now()) {
            return Ok(None);
        }
        let list = self.read_pushes().await?.list;
        let is_new = self.settings.pushes().remember(&list, now());
        Ok(is_new.then_some(list))
    }

    async fn pushed(&self) -> Result<Option<Pushed>, Fault> {
        let Pushes { list, brands, .. } = self.read_pushes().await?;
        self.settings.pushes().remember(&list, now());
        Ok(list.last().map(|push| Pushed { at: push.pushed_at, brands }))
    }

    async fn config(&self, number: u32) -> Result<Arc<Config>, Fault> {
        let cache = &self.settings.configs;
        if let Some(config) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(&number) {
            return Ok(Arc::clone(config));
        }
        let text = self.text(number).await?;
        let config = Config::parse(&text).map_err(|problems| Fault {
            doing: format!("reading version {number} of the configuration"),
            is_transient: false,
            // It was checked before it was pushed; older code pushed what this code no longer reads. The place
            // is enough: a problem can quote somebody's address.
            source: problems.first().map_or_else(String::new, place).into(),
        })?;
        let config = Arc::new(config);
        cache.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::clone(&config));
        Ok(config)
    }
}

fn place(problem: &Problem) -> String {
    let Problem { line, column, path, .. } = problem;
    format!("{path}, in line {line}, column {column}, is not what this code reads")
}
