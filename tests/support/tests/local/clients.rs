//! A stack of the test's own, and SDK clients for it.

use std::path::Path;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::Builder;
use heard::local::{Options, Stack};

/// The access key id of the tests' own calls.
pub(crate) const TESTER: &str = "Tester";

pub(crate) fn options() -> Options {
    let probe = Path::new(env!("CARGO_BIN_EXE_probe"));
    Options {
        template: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/local/template.yaml"),
        functions: probe.parent().unwrap().to_owned(),
        secrets: "[[secret]]\nid = \"one\"\n".to_owned(),
        quiet: true,
        ..Options::default()
    }
}

pub(crate) async fn stack() -> Stack {
    Stack::start(options()).await.unwrap()
}

fn http() -> SharedHttpClient {
    Builder::new().build_http()
}

fn credentials() -> Credentials {
    Credentials::new(TESTER, "secret", None, None, "test")
}

/// The same settings for every service: each SDK crate has its own `Config`.
macro_rules! client {
    ($name:ident, $crate_name:ident) => {
        pub(crate) fn $name(stack: &Stack) -> $crate_name::Client {
            let config = $crate_name::Config::builder()
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::from_static("us-east-1"))
                .endpoint_url(stack.aws_endpoint())
                .credentials_provider(credentials())
                .http_client(http())
                .build();
            $crate_name::Client::from_conf(config)
        }
    };
}

client!(dynamodb, aws_sdk_dynamodb);
client!(sqs, aws_sdk_sqs);
client!(ses, aws_sdk_sesv2);
client!(secrets, aws_sdk_secretsmanager);

/// Waits until it is true; ten seconds are for a machine that is busy with other things.
pub(crate) async fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_secs(10), "not within ten seconds: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How many lines of the functions contain the text.
pub(crate) fn lines(stack: &Stack, text: &str) -> usize {
    stack.logs().lines().iter().filter(|line| line.contains(text)).count()
}
