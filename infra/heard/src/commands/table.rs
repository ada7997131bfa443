//! Which table a command works on: one in AWS, or that of the running local stack.

use anyhow::{Context, bail};
use cloud::Cloud;
use heard::http;
use heard::local::Stack;
use heard::local::template::REGION;
use serde::Deserialize;

/// Where the table is.
#[derive(Debug, clap::Args)]
pub(crate) struct Table {
    /// The table in AWS; left out, that of the running local stack
    #[arg(long, value_name = "NAME", env = "HEARD_TABLE")]
    #[expect(clippy::struct_field_names, reason = "it is the flag's name")]
    table: Option<String>,
    /// The region of the table; left out, what the AWS environment says
    #[arg(long, value_name = "REGION", requires = "table")]
    region: Option<String>,
    /// Where the local stack listens
    #[arg(long, value_name = "URL", env = "HEARD_LOCAL", default_value = "http://127.0.0.1:3000")]
    local: String,
}

/// What a running stack says of itself.
#[derive(Deserialize)]
struct Health {
    aws: String,
    region: String,
    table: String,
}

/// Connects the table of a stack that this process runs.
pub(super) async fn of(stack: &Stack) -> anyhow::Result<Cloud> {
    let aws = cloud::start::local_config(stack.aws_endpoint(), REGION).await?;
    Ok(Cloud::connect(aws, stack.table_name().to_owned()))
}

impl Table {
    /// Connects the table.
    pub(crate) async fn connect(self) -> anyhow::Result<Cloud> {
        if let Some(table) = self.table {
            return Ok(Cloud::connect(cloud::start::aws_config(self.region).await?, table));
        }
        let running = http::get(&format!("{}/health", self.local)).await.with_context(|| {
            format!(
                "no local stack answers at {}; start one with `heard local`, or name a table with --table",
                self.local
            )
        })?;
        if running.status != 200 {
            bail!("{} is no local stack: it answers {}", self.local, running.status);
        }
        let health: Health = serde_json::from_slice(&running.body)
            .with_context(|| format!("{} is no local stack", self.local))?;
        Ok(Cloud::connect(cloud::start::local_config(&health.aws, &health.region).await?, health.table))
    }
}
