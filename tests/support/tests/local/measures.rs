//! What the stack measures: metrics that functions print, bytes of their calls.

use heard::local::Stack;
use serde_json::{Value, json};

use super::clients::{lines, stack, until};
use super::lambda::{get, invoke};

fn line(value: &Value) -> String {
    let directive = json!({
        "Namespace": "Heard", "Dimensions": [["Brand"]], "Metrics": [{ "Name": "MailSent", "Unit": "Count" }],
    });
    let aws = json!({ "Timestamp": 1, "CloudWatchMetrics": [directive] });
    json!({ "_aws": aws, "Brand": "<acme>", "MailSent": value }).to_string()
}

async fn print(stack: &Stack, line: &str) {
    invoke(stack, json!({"do": "print", "line": line})).await.unwrap();
}

#[tokio::test]
async fn metrics_are_summed_and_shown_and_malformed_ones_told() {
    let stack = stack().await;
    let (_, page) = get(&stack, "/metrics").await;
    assert!(page.contains("Nothing has been measured yet"), "{page}");
    assert_eq!(get(&stack, "/metrics.json").await.1, "[]");

    print(&stack, &line(&json!(1))).await;
    print(&stack, &line(&json!([2, 3]))).await;
    print(&stack, &line(&json!("4"))).await;
    until("the metric", || stack.metrics().first().is_some_and(|metric| metric.count == 3)).await;
    let metric = &stack.metrics()[0];
    assert_eq!((metric.sum, metric.min, metric.max), (6.0, 1.0, 3.0));
    let problem = "a metric is lost: the member MailSent of a metric is neither a number nor a list";
    until("the malformed one is told", || lines(&stack, problem) == 1).await;

    let (_, list) = get(&stack, "/metrics.json").await;
    let expected = json!([{
        "namespace": "Heard", "name": "MailSent", "unit": "Count", "dimensions": { "Brand": "<acme>" },
        "count": 3, "sum": 6, "min": 1, "max": 3,
    }]);
    assert_eq!(serde_json::from_str::<Value>(&list).unwrap(), expected);
    let (head, page) = get(&stack, "/metrics").await;
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    assert!(page.contains("MailSent") && page.contains("href=\"/mailbox\""), "{page}");
    assert!(!page.contains("<acme>"), "what functions print is text, not HTML");
    stack.stop().await;
}

#[tokio::test]
async fn pages_find_what_they_are_made_of() {
    let stack = stack().await;
    for path in ["/mailbox", "/metrics"] {
        let (_, page) = get(&stack, path).await;
        let quoted = page.split('"').filter(|text| text.starts_with("/pages/"));
        let files: Vec<_> = quoted.collect();
        assert_eq!(files.len(), 3, "{path}: {files:?}");
        for file in files {
            let (head, body) = get(&stack, file).await;
            assert!(head.starts_with("http/1.1 200") && !body.is_empty(), "{file}: {head}");
        }
    }
    let (head, _) = get(&stack, "/pages/other.css").await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
    stack.stop().await;
}

#[tokio::test]
async fn calls_are_weighed() {
    let stack = stack().await;
    let body = "x".repeat(1000);
    invoke(&stack, json!({"do": "send", "bodies": [body, body]})).await.unwrap();
    let (calls, url) = (stack.calls(), stack.queue_url("Quiet"));
    let request = json!({"QueueUrl": url, "MessageBody": body}).to_string().len() as u64;
    let bytes = calls.bytes_to("Probe", "SendMessage");
    assert_eq!(bytes.sent, 2 * request);
    // A UUID, an MD5 sum and their names.
    assert!((200..400).contains(&bytes.received), "{bytes:?}");
    assert_eq!((calls.bytes_of("Probe"), calls.of("Probe")), (bytes, 2));
    calls.clear();
    assert_eq!(calls.bytes_of("Probe").sent, 0);
    stack.stop().await;
}
