//! A stack of the test's own with a configuration, and eyes for what happens in it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName;
use cloud::Cloud;
use cloud::settings::{PushError, Terms};
use cloud::start::now;
use domain::fact::Facts;
use domain::head::Head;
use domain::id::{BrandId, ConversationId, HashKey};
use domain::platform::{Protocol, Sending, Voices};
use flow::message::Check;
use flow::ports::{List, SHARDS, Table, Todo};
use flow::secrets::Secrets;
use heard::files;
use heard::local::template::REGION;
use heard::local::{Logs, Mail, Options, Stack};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binaries;
use crate::eventually;
use crate::http::{self, Answer};

mod texts;

pub use texts::{
    DANA_ALONE, LEAD_WHEN_DUE, MACHINE, OTHER_PAGE, PREVIOUS_SECRET, SECRET, STRANGE_PAGE, TOKEN, X_SECRET,
    config, config_with_windows, secrets,
};

/// An item of the table.
pub type Item = HashMap<String, AttributeValue>;

/// A running stack, and the clients that look into it.
pub struct World {
    /// The stack itself: its faults, counts, logs and mails.
    pub stack: Stack,
    /// The table, as the functions see it.
    pub cloud: Cloud,
    dynamodb: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    key: HashKey,
    data: Option<TempDir>,
    _shown: ShownOnFailure,
}

/// What the functions printed is the first thing to look at when a test fails.
struct ShownOnFailure(Logs);

impl Drop for ShownOnFailure {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for line in self.0.lines() {
                eprintln!("{line}");
            }
        }
    }
}

impl World {
    /// Starts a stack and pushes `config` as its first version.
    pub async fn start(config: &str) -> World {
        World::open(None).await.with(config).await
    }

    /// Starts a stack in which nothing falls due while a test runs.
    pub async fn quiet() -> World {
        World::start(&config("60m", &[LEAD_WHEN_DUE])).await
    }

    /// Starts a stack whose functions log at `level`, and pushes `config` as its first version.
    pub async fn logging(level: &str, config: &str) -> World {
        // On AWS `ApplicationLogLevel` becomes this variable.
        let variables = "      Variables:\n";
        let (_folder, template) =
            template_with(variables, &format!("{variables}        AWS_LAMBDA_LOG_LEVEL: {level}\n"));
        World::open_with(None, &template, secrets(SECRET, PREVIOUS_SECRET)).await.with(config).await
    }

    /// Starts a stack that no configuration was pushed to.
    pub async fn unconfigured() -> World {
        World::open(None).await
    }

    /// Starts a stack that can be [restarted](World::restart), and pushes `config` as its first version.
    pub async fn kept(config: &str) -> World {
        let folder = tempfile::tempdir().expect("this machine takes files");
        World::open(Some(folder)).await.with(config).await
    }

    /// Starts a stack with secrets of the test's own, and pushes `config` as its first version.
    pub async fn with_secrets(secrets: &str, config: &str) -> World {
        World::open_with(None, &files::template(), secrets.to_owned()).await.with(config).await
    }

    /// Starts a stack with secrets of the test's own, whose webhook may take a minute instead of ten seconds: that long
    /// may the largest bodies take a debug build on a busy machine.
    pub async fn patient(secrets: &str, config: &str) -> World {
        let (_folder, template) = template_with("      Timeout: 10\n", "      Timeout: 60\n");
        World::open_with(None, &template, secrets.to_owned()).await.with(config).await
    }

    async fn with(self, config: &str) -> World {
        // A second push of the same text changes nothing: where the machine is busy, the first may time out.
        let push = async || match self.cloud.push(config, Terms::default()).await {
            Err(PushError::Fault(fault)) if fault.is_transient => None,
            pushed => Some(pushed.expect("the test's configuration is right")),
        };
        assert_eq!(eventually(Duration::from_secs(30), "the configuration is pushed", push).await, 1);
        self
    }

    /// Ends everything and starts it again on the same data: every function is cold.
    pub async fn restart(mut self) -> World {
        let data = self.data.take();
        self.stack.stop().await;
        World::open(data).await
    }

    async fn open(data: Option<TempDir>) -> World {
        World::open_with(data, &files::template(), secrets(SECRET, PREVIOUS_SECRET)).await
    }

    async fn open_with(data: Option<TempDir>, template: &Path, text: String) -> World {
        let key = Secrets::parse(&text).expect("the test's secrets are right").key().clone();
        let options = Options {
            data: data.as_ref().map(|folder| folder.path().to_owned()),
            template: template.to_owned(),
            functions: binaries::folder().to_owned(),
            secrets: text,
            quiet: true,
            ..Options::default()
        };
        let stack = Stack::start(options).await.expect("the stack starts");
        let aws =
            cloud::start::local_config(stack.aws_endpoint(), REGION).await.expect("the roots are right");
        let dynamodb = aws_sdk_dynamodb::Client::new(&aws);
        let sqs = aws_sdk_sqs::Client::new(&aws);
        let cloud = Cloud::connect(aws, stack.table_name().to_owned());
        let shown = ShownOnFailure(stack.logs().clone());
        World { stack, cloud, dynamodb, sqs, key, data, _shown: shown }
    }

    /// Ends everything.
    pub async fn stop(self) {
        self.stack.stop().await;
    }

    /// Delivers a body as the platform does, and returns the status.
    pub async fn deliver(&self, body: &str) -> u16 {
        self.deliver_to(Protocol::Facebook, SECRET, body).await
    }

    /// Delivers a body as a platform does that signs with `secret`, and returns the status.
    pub async fn deliver_to(&self, protocol: Protocol, secret: &str, body: &str) -> u16 {
        let sending = Sending { id: "msg_test", at: now() };
        let signed =
            protocol.sign(secret.as_bytes(), body.as_bytes(), &sending).expect("the test's secret signs");
        let headers: Vec<_> = signed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.post_to(protocol, body, &headers).await.status
    }

    /// Delivers a body that must be taken, and returns the conversation of its first event.
    pub async fn say(&self, body: &str) -> ConversationId {
        assert_eq!(self.deliver(body).await, 200, "{body}");
        self.conversation(body)
    }

    /// Posts a body of JSON to the webhook of Facebook with these headers.
    pub async fn post(&self, body: &str, headers: &[(&str, &str)]) -> Answer {
        self.post_to(Protocol::Facebook, body, headers).await
    }

    /// Posts a body of JSON to the webhook of a platform with these headers.
    pub async fn post_to(&self, protocol: Protocol, body: &str, headers: &[(&str, &str)]) -> Answer {
        let headers: Vec<_> = [("content-type", "application/json")].iter().chain(headers).copied().collect();
        let url = self.url(&format!("/hook/{}", protocol.platform()));
        http::send("POST", &url, &headers, body.to_owned()).await
    }

    /// The address of a path of the HTTP API.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.stack.url())
    }

    /// The conversation that the first event of a body of Facebook's belongs to.
    #[must_use]
    pub fn conversation(&self, body: &str) -> ConversationId {
        self.conversation_of(Protocol::Facebook, "acme", body)
    }

    /// The first conversation of a brand's that the first event of a body belongs to.
    #[must_use]
    pub fn conversation_of(&self, protocol: Protocol, brand: &str, body: &str) -> ConversationId {
        let parsed =
            protocol.parse(body.as_bytes(), None, now(), &Voices::default()).expect("the body is JSON");
        let event = parsed.events().next().expect("the body holds an event");
        event.conversations(&BrandId::from(brand), &self.key).remove(0)
    }

    /// The head of a conversation; absent before its first check.
    pub async fn head(&self, conversation: &ConversationId) -> Option<Head> {
        self.cloud.head(conversation).await.expect("the table can be read").head
    }

    /// Everything the table holds of a conversation.
    pub async fn facts(&self, conversation: &ConversationId) -> Facts {
        self.cloud.facts(conversation, Date::MIN).await.expect("the table can be read")
    }

    /// Everything in one list of what is to do.
    pub async fn todo(&self, list: List) -> Vec<Todo> {
        let mut all = Vec::new();
        for shard in 0..SHARDS {
            let end = Timestamp::from_second(9_999_999_999).expect("a time of jiff's");
            all.extend(self.cloud.todo(list, shard, end).await.expect("the table can be read"));
        }
        all
    }

    /// Every item of a kind, such as `event` or `raw`, whatever its key.
    pub async fn items(&self, kind: &str) -> Vec<Item> {
        let scan = async || {
            let scan = self.dynamodb.scan().table_name(self.stack.table_name()).consistent_read(true);
            let mut pages = scan.into_paginator().items().send();
            let mut items = Vec::new();
            while let Some(item) = pages.next().await {
                // Where a thousand checks are under way on a busy machine, a page may time out.
                items.push(item.ok()?);
            }
            Some(items)
        };
        let mut items = eventually(Duration::from_mins(1), "the table can be read", scan).await;
        items.retain(|item| item.get("kind") == Some(&AttributeValue::S(kind.to_owned())));
        items
    }

    /// Puts an item into the table, in place of what is there.
    pub async fn put(&self, item: Item) {
        let put = self.dynamodb.put_item().table_name(self.stack.table_name()).set_item(Some(item));
        put.send().await.expect("the table takes an item");
    }

    /// Changes an item of the table by hand, on no condition.
    pub async fn change(&self, key: Item, update: &str) {
        let change = self.dynamodb.update_item().table_name(self.stack.table_name()).set_key(Some(key));
        change.update_expression(update).send().await.expect("the table takes a change");
    }

    /// The body that raw items keep; of several parts, in the order of their keys.
    #[must_use]
    pub fn unpacked(items: &[Item]) -> Vec<u8> {
        use std::io::Read;
        let text = |item: &Item| item["sk"].as_s().expect("a key is text").clone();
        let mut parts: Vec<&Item> = items.iter().collect();
        parts.sort_by_key(|item| text(item));
        let packed: Vec<u8> = parts
            .iter()
            .flat_map(|item| item["body"].as_b().expect("a body is bytes").as_ref().to_vec())
            .collect();
        let mut body = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut body).expect("a body is packed by gzip");
        body
    }

    /// Every mail so far, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.stack.mails().expect("the mailbox can be read")
    }

    /// How often the functions counted a metric, whatever its dimensions.
    #[must_use]
    pub fn metric(&self, name: &str) -> u64 {
        let metrics = self.stack.metrics().into_iter().filter(|metric| metric.name == name);
        metrics.map(|metric| metric.count).sum()
    }

    /// Whether a function printed `text`.
    #[must_use]
    pub fn logged(&self, text: &str) -> bool {
        self.stack.logs().lines().iter().any(|line| line.contains(text))
    }

    /// Sets how long a message that nobody finished stays hidden, for a queue by its logical name.
    ///
    /// What a crash left unfinished comes back so much later.
    pub async fn set_visibility(&self, queue: &str, visibility: Duration) {
        let seconds = visibility.as_secs().to_string();
        let set = self.sqs.set_queue_attributes().queue_url(self.stack.queue_url(queue));
        let set = set.attributes(QueueAttributeName::VisibilityTimeout, seconds);
        set.send().await.expect("the queue takes a visibility");
    }

    /// Whether a message is in a queue, or in work.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.depth("ChecksQueue") + self.depth("MailsQueue") + self.depth("ReportsQueue") > 0
    }

    /// Whether nothing is left to do but what comes in hours, such as the next day's reminder: nothing else in the
    /// lists of what is, and no message under way.
    pub async fn is_at_rest(&self) -> bool {
        let soon = now() + SignedDuration::from_hours(12);
        let waits = |todo: &Todo| todo.at > soon;
        // A message leaves its queue when its work is done, so the queues are looked at last.
        self.todo(List::Due).await.iter().all(waits)
            && self.todo(List::Out).await.is_empty()
            && !self.is_busy()
    }

    /// How many messages became dead letters.
    #[must_use]
    pub fn dead_letters(&self) -> u64 {
        let queues = ["ChecksDeadLetters", "MailsDeadLetters", "ReportsDeadLetters"];
        queues.into_iter().map(|queue| self.depth(queue)).sum()
    }

    fn depth(&self, queue: &str) -> u64 {
        self.stack.queue_depth(queue).expect("the template has the queue").total()
    }

    /// Asks for a check through the queue, as a sweep would.
    pub async fn queue_check(&self, conversation: &ConversationId) {
        let send = self.sqs.send_message().queue_url(self.stack.queue_url("ChecksQueue"));
        let check = check(conversation);
        send.message_body(check).send().await.expect("the queue takes a message");
    }

    /// Checks a conversation at once, and returns when that is done.
    pub async fn check(&self, conversation: &ConversationId) {
        let event = json!({ "Records": [message("by hand", &check(conversation))] }).to_string();
        let answer = self.stack.invoke("CheckFunction", event).await.expect("the function answers");
        let answer: Value = serde_json::from_slice(&answer).expect("the answer is JSON");
        assert_eq!(answer["batchItemFailures"], json!([]), "the check is done");
    }
}

/// Writes the template with the first `old` in it replaced by `new`; the folder is there as long as the first of both.
fn template_with(old: &str, new: &str) -> (TempDir, PathBuf) {
    let text = std::fs::read_to_string(files::template()).expect("the template can be read");
    assert!(text.contains(old), "the template has {old:?}");
    let folder = tempfile::tempdir().expect("this machine takes files");
    let template = folder.path().join("template.yaml");
    std::fs::write(&template, text.replacen(old, new, 1)).expect("this machine takes files");
    (folder, template)
}

/// A message of a queue, as a function gets it.
#[must_use]
pub fn message(id: &str, body: &str) -> Value {
    json!({
        "messageId": id, "body": body, "eventSource": "aws:sqs", "attributes": {}, "messageAttributes": {},
    })
}

fn check(conversation: &ConversationId) -> String {
    let conversation = conversation.clone();
    let check = Check { v: 1, conversation, brand: None, fact: None, moment: None, pushed_at: None };
    serde_json::to_string(&check).expect("a check can be written")
}
