//! `bench load`: the largest bodies that platforms send, on the local stack with release binaries.

use std::io::Write;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use domain::platform::{facebook, whatsapp};
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::build;

/// Signs everything here; stands in `secrets.toml`.
const SECRET: &[u8] = b"bench-app-secret";
/// The largest body that Meta documents, for WhatsApp, in bytes.
const LARGEST: usize = 3 * 1024 * 1024;
/// Most updates that one body of Meta's may hold.
const UPDATES: usize = 1000;
/// A platform stops waiting after so long, at the least.
const BUDGET: Duration = Duration::from_secs(1);

/// Measure how long the largest bodies take until they are answered, on the local stack.
///
/// Starts `heard local` with the release binaries on a free port and posts one body, as often as is asked for, each time to
/// another stack: a sweep looks every second at all who wait there, and an emulator that holds thousands of them has
/// little time left. It shares the machine's processors with the functions: the times hold for this machine only, and the
/// shortest is what the work takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How often each body is posted
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    goes: u32,
    /// Folder with the binaries of the functions and of `heard`; left out, cargo builds them
    #[arg(long, value_name = "DIR")]
    binaries: Option<std::path::PathBuf>,
}

/// Prints one line per kind of body.
///
/// # Errors
///
/// The stack does not start, a body is not answered 200, or not everything in it is stored.
pub(crate) async fn run(args: &Args) -> Result<ExitCode> {
    let folder = match &args.binaries {
        Some(folder) => folder.clone(),
        None => {
            build::release(&build::FUNCTIONS)?;
            build::release(&["heard"])?
        }
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:36}{:>9}{:>9}{:>10}{:>10}   budget", "", "bytes", "updates", "least", "median")?;
    let kinds: [(&str, Kind); 4] = [
        ("Facebook, 1,000 comments", Kind::Comments),
        ("WhatsApp, 3 MB in 1,000 messages", Kind::Messages(UPDATES)),
        ("WhatsApp, 3 MB in 100 messages", Kind::Messages(100)),
        ("WhatsApp, 3 MB in one message", Kind::Messages(1)),
    ];
    for (name, kind) in kinds {
        let (mut times, body) = (Vec::new(), kind.body());
        for _ in 0..args.goes {
            let stack = Stack::start(&folder).await?;
            // The function is started for the first request; cold starts are measured elsewhere.
            stack.post(kind, "{}").await?;
            times.push(stack.post(kind, &body).await?);
            let stored = stack.stored().await?;
            ensure!(stored == kind.updates() as u64, "{name}: {stored} of {} stored", kind.updates());
            stack.end().await?;
        }
        writeln!(out, "{}   {BUDGET:?}", row(name, body.len(), kind.updates(), times))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A sort of body.
#[derive(Clone, Copy)]
enum Kind {
    /// As many comments under a Facebook post as one body may hold.
    Comments,
    /// So many WhatsApp messages that fill the largest body.
    Messages(usize),
}

impl Kind {
    fn updates(self) -> usize {
        match self {
            Kind::Comments => UPDATES,
            Kind::Messages(count) => count,
        }
    }

    /// Returns the body, written now.
    fn body(self) -> String {
        let at = UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
        let numbers = 0..self.updates();
        match self {
            Kind::Comments => {
                let change = |number| {
                    json!({ "field": "feed", "value": {
                        "item": "comment", "verb": "add", "comment_id": format!("555666777_{number}"),
                        "post_id": "100200300400_555666777", "parent_id": "100200300400_555666777",
                        "from": { "id": format!("{}", 4_242_000_000_usize + number), "name": "Jo Muster" },
                        "message": "My parcel has been missing for a week. Does anybody read this?",
                        "created_time": at,
                    }})
                };
                let changes: Vec<Value> = numbers.map(change).collect();
                json!({ "object": "page", "entry": [{ "id": "100200300400", "time": at, "changes": changes }] })
                    .to_string()
            }
            Kind::Messages(count) => {
                // What stands around each text, and around all of them.
                let length = (LARGEST - 400) / count - 160;
                let message = |number| {
                    json!({
                        "from_user_id": format!("US.{number:020}"), "id": format!("wamid.{number:012}"),
                        "timestamp": at.to_string(), "type": "text", "text": { "body": "a".repeat(length) },
                    })
                };
                let value = json!({
                    "messaging_product": "whatsapp",
                    "metadata": { "display_phone_number": "15550783881", "phone_number_id": "106540352242922" },
                    "messages": numbers.map(message).collect::<Vec<Value>>(),
                });
                let change = json!({ "field": "messages", "value": value });
                let entry = json!({ "id": "102290129340398", "changes": [change] });
                json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string()
            }
        }
    }
}

/// A running `heard local`, and a client of it.
struct Stack {
    child: Child,
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
    _files: TempDir,
}

impl Stack {
    async fn start(folder: &Path) -> Result<Stack> {
        let files = tempfile::tempdir().context("making a folder for the configuration")?;
        let brand = include_str!("../brand.toml");
        let accounts = "accounts = [\"facebook:100200300400\"";
        let (config, secrets) = (files.path().join("brand.toml"), files.path().join("secrets.toml"));
        ensure!(brand.contains(accounts), "the measured brand has a page");
        std::fs::write(
            &config,
            brand.replace(accounts, &format!("{accounts}, \"whatsapp:106540352242922\"")),
        )?;
        let number = "\n[[secret]]\nid = \"whatsapp-app\"\nkind = \"app\"\nplatform = \"whatsapp\"\n\
                      value = \"bench-app-secret\"\naccounts = [\"whatsapp:106540352242922\"]\n";
        std::fs::write(&secrets, format!("{}{number}", include_str!("../secrets.toml")))?;
        let mut child = Command::new(folder.join("heard"))
            .args(["local", "--port", "0", "--functions"])
            .arg(folder)
            .arg("--config")
            .arg(config)
            .arg("--secrets")
            .arg(secrets)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // What functions log would cost a terminal more than what is measured.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", folder.join("heard").display()))?;
        let stdout = child.stdout.take().context("the local stack has no stdout")?;
        let ready = BufReader::new(stdout).lines().next_line().await?.unwrap_or_default();
        let url = ready.strip_prefix("ready ").with_context(|| format!("not ready: {ready:?}"))?.to_owned();
        let client = Client::builder(TokioExecutor::new()).build_http();
        Ok(Stack { child, url, client, _files: files })
    }

    /// Posts a body as Meta does, and returns how long the answer took.
    async fn post(&self, kind: Kind, body: &str) -> Result<Duration> {
        let (platform, signature) = match kind {
            Kind::Comments => ("facebook", facebook::sign(SECRET, body.as_bytes())),
            Kind::Messages(_) => ("whatsapp", whatsapp::sign(SECRET, body.as_bytes())),
        };
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/hook/{platform}", self.url))
            .header("content-type", "application/json")
            .header(facebook::SIGNATURE, signature)
            .body(Full::new(Bytes::from(body.to_owned())))?;
        let began = Instant::now();
        let answer = self.client.request(request).await.context("posting a body")?;
        let took = began.elapsed();
        ensure!(answer.status() == 200, "answered {} after {took:?}", answer.status());
        Ok(took)
    }

    /// Returns how many events the functions have counted as stored.
    async fn stored(&self) -> Result<u64> {
        let url = format!("{}/metrics.json", self.url).parse().context("reading our own address")?;
        let answer = self.client.get(url).await.context("asking for the metrics")?;
        let metrics: Value = serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?;
        let metrics = metrics.as_array().context("metrics are a list")?;
        let stored = metrics.iter().filter(|metric| metric["name"] == "EventStored");
        Ok(stored.filter_map(|metric| metric["count"].as_u64()).sum())
    }

    async fn end(mut self) -> Result<()> {
        self.child.kill().await.context("ending the local stack")
    }
}

fn row(name: &str, bytes: usize, updates: usize, mut times: Vec<Duration>) -> String {
    times.sort();
    let [least, median] =
        [0, times.len() / 2].map(|place| format!("{:.0} ms", times[place].as_secs_f64() * 1e3));
    format!("{name:36}{bytes:>9}{updates:>9}{least:>10}{median:>10}")
}
