//! One customer's comment under a post of a Facebook page, as API Gateway hands it to the function.

use bytes::Bytes;
use domain::platform::facebook;
use serde_json::json;

/// Signs what is delivered; stands in `secrets.toml`.
const SECRET: &str = "bench-app-secret";
/// When everything happens, in seconds since 1970: 2025-10-09, 08:53:24 UTC.
const AT: i64 = 1_760_000_004;

/// Returns the invocation that delivers comment `number`.
pub(crate) fn comment(number: u32) -> Bytes {
    let body = json!({
        "object": "page",
        "entry": [{
            "id": "100200300400",
            "time": AT,
            "changes": [{
                "field": "feed",
                "value": {
                    "item": "comment",
                    "verb": "add",
                    "comment_id": format!("555666777_{number}"),
                    "post_id": "100200300400_555666777",
                    "parent_id": "100200300400_555666777",
                    "from": { "id": "4242424242", "name": "Jo Muster" },
                    "post": { "status_type": "mobile_status_update", "id": "100200300400_555666777" },
                    "message": "My parcel has been missing for a week. Does anybody read this?",
                    "created_time": AT,
                },
            }],
        }],
    })
    .to_string();
    let signature = facebook::sign(SECRET.as_bytes(), body.as_bytes());
    let event = json!({
        "version": "2.0",
        "routeKey": "ANY /hook/{proxy+}",
        "rawPath": "/hook/facebook",
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "accept-encoding": "deflate, gzip",
            "content-length": body.len().to_string(),
            "content-type": "application/json",
            "host": "abc123.execute-api.eu-central-1.amazonaws.com",
            "user-agent": "facebookexternalua",
            "x-amzn-trace-id": "Root=1-68e77844-000000000000000000000000",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            "x-hub-signature-256": signature,
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": "abc123.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "abc123",
            "http": {
                "method": "POST",
                "path": "/hook/facebook",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "facebookexternalua",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "ANY /hook/{proxy+}",
            "stage": "$default",
            "time": "09/Oct/2025:08:53:24 +0000",
            "timeEpoch": AT * 1000 + 123,
        },
        "pathParameters": { "proxy": "facebook" },
        "body": body,
        "isBase64Encoded": false,
    });
    event.to_string().into()
}
