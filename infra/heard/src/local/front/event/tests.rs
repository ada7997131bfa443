use axum::http::Request;
use serde_json::{Value, json};

use super::{Found, write};

fn event(builder: axum::http::request::Builder, body: &[u8]) -> Value {
    let (parts, ()) = builder.body(()).unwrap().into_parts();
    let found = Found {
        key: "ANY /hook/{proxy+}",
        function: "F",
        parameters: vec![("proxy", "face%20book".to_owned())],
    };
    serde_json::from_str(&write(&parts, &found, body, ([127, 0, 0, 1], 5000).into())).unwrap()
}

#[test]
fn names_paths_and_cookies_are_written_as_on_aws() {
    let request = Request::post("/hook/face%20book?a=1&b=%41+c&a=2&d")
        .header("Host", "127.0.0.1:3000")
        .header("X-Twice", "one")
        .header("X-Twice", "two")
        .header("Cookie", "a=1; b=2")
        .header("Content-Type", "application/json; charset=utf-8");
    let event = event(request, b"{\"x\":\"\xc3\xbc\"}");
    assert_eq!(event["rawPath"], "/hook/face%20book");
    assert_eq!(event["rawQueryString"], "a=1&b=%41+c&a=2&d");
    assert_eq!(event["queryStringParameters"], json!({"a": "1,2", "b": "A c", "d": ""}));
    assert_eq!(event["pathParameters"], json!({"proxy": "face book"}));
    assert_eq!(event["headers"]["x-twice"], "one,two");
    assert_eq!(event["headers"].get("cookie"), None);
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["body"], "{\"x\":\"ü\"}");
    assert_eq!(event["isBase64Encoded"], false);
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    assert!(event["requestContext"]["timeEpoch"].as_i64().unwrap() > 1_600_000_000_000);
}

#[test]
fn only_what_api_gateway_sees_as_text_stays_text() {
    // content type, encoded
    let table = [
        ("text/xml", false),
        ("application/json", false),
        ("Application/XML; charset=utf-8", false),
        ("application/javascript", false),
        ("application/atom+xml", true),
        ("application/x-www-form-urlencoded", true),
        ("application/octet-stream", true),
        ("", true),
    ];
    for (kind, encoded) in table {
        let event = event(Request::post("/hook/x").header("content-type", kind), b"a=1");
        assert_eq!(event["isBase64Encoded"], encoded, "{kind}");
        assert_eq!(event["body"], if encoded { "YT0x" } else { "a=1" }, "{kind}");
    }
    let event = event(Request::get("/hook/x"), b"");
    assert_eq!((event.get("body"), &event["isBase64Encoded"]), (None, &json!(false)));
}
