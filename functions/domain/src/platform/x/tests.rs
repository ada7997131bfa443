use serde_json::json;

use super::super::Group;
use super::*;

const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);

/// The brand's two accounts, and a customer.
const ACME: &str = "2244994945";
const HELP: &str = "2244994946";
const ANN: &str = "42";

fn items(body: &Value) -> Vec<Item> {
    let group = Group { accounts: [ACME, HELP].map(str::to_owned).into(), ..Group::default() };
    let voices = Voices { groups: [ACME, HELP].map(|account| (account.to_owned(), group.clone())).into() };
    parse(body.to_string().as_bytes(), RECEIVED, &voices).unwrap().items
}

/// Returns the one event of a body.
fn event(body: &Value) -> Event {
    match &items(body)[..] {
        [Item::Event(event)] => (**event).clone(),
        other => panic!("one event, not {other:?}"),
    }
}

fn tweet(id: &str, author: &str, text: &str, mentioned: &[&str]) -> Value {
    let mentioned: Vec<_> = mentioned.iter().map(|id| json!({"id_str": id})).collect();
    json!({
        "id_str": id, "text": text, "created_at": "Thu Oct 09 08:53:24 +0000 2025",
        "user": {"id_str": author, "name": "N", "screen_name": "handle", "followers_count": 7},
        "entities": {"user_mentions": mentioned},
    })
}

fn classic(tweets: &[Value]) -> Value {
    json!({"for_user_id": ACME, "tweet_create_events": tweets})
}

fn activity(kind: &str, id: &str, author: &str, text: &str, mentioned: &[&str]) -> Value {
    let mentioned: Vec<_> = mentioned.iter().map(|id| json!({"id": id})).collect();
    json!({"data": {
        "event_uuid": "-1", "event_type": kind, "filter": {"user_id": ACME},
        "payload": {
            "id": id, "text": text, "author_id": author, "created_at": "2025-10-09T08:53:24.000Z",
            "conversation_id": id, "edit_history_tweet_ids": [id], "entities": {"mentions": mentioned},
        },
        "includes": {"users": [{
            "id": author, "name": "N", "username": "handle", "public_metrics": {"followers_count": 7},
        }]},
    }})
}

#[test]
fn the_same_post_is_the_same_event_whatever_brought_it() {
    // author, whom it mentions
    for (author, mentioned) in [(ANN, &[ACME][..]), (ACME, &[ANN, HELP]), (HELP, &[ACME]), (ACME, &[])] {
        let told = event(&classic(&[tweet("7001", author, "A &amp; B", mentioned)]));
        for kind in
            ["post.create", "post.mention.create", "post.reply.create", "post.quote.create", "PostCreate"]
        {
            let again = event(&activity(kind, "7001", author, "A &amp; B", mentioned));
            assert_eq!(again, told, "{kind} by {author}");
        }
    }
}

#[test]
fn an_answer_is_to_whom_it_answers_before_all_it_mentions() {
    let crowd: Vec<String> = (100..300).map(|id| id.to_string()).collect();
    let crowd: Vec<&str> = [HELP, ACME].into_iter().chain(crowd.iter().map(String::as_str)).collect();
    let mut answer = tweet("7002", ACME, "On its way", &crowd);
    // who wrote what it answers, whom it is to, how many it speaks to
    let table = [
        (Some(ANN), Some(ANN), MANY),
        (Some(HELP), Some("100"), MANY), // to its own group: then to the first of the others
        (None, Some("100"), MANY),
    ];
    for (answered, counterpart, count) in table {
        answer["in_reply_to_user_id_str"] = json!(answered);
        let event = event(&classic(&[answer.clone()]));
        assert_eq!(event.counterpart.as_deref(), counterpart, "{answered:?}");
        assert_eq!((event.mentions.len(), event.mentions.first().map(String::as_str)), (count, counterpart));
        assert!(!event.mentions.iter().any(|id| [ACME, HELP].contains(&id.as_str())), "{:?}", event.mentions);
    }
    let alone = event(&classic(&[tweet("7003", ACME, "A fine day", &[ACME, HELP])]));
    assert_eq!((alone.counterpart, alone.mentions.len()), (None, 0));
    // What a customer says is the customer's, and keeps everybody.
    let asked = event(&classic(&[tweet("7004", ANN, "Hello", &[ACME, HELP])]));
    assert_eq!((asked.counterpart.as_deref(), asked.mentions), (Some(ANN), vec![ACME.into(), HELP.into()]));
}

#[test]
fn one_broken_update_of_a_thousand_costs_itself_only() {
    let mut tweets: Vec<_> = (0..1000).map(|n| tweet(&format!("7{n}"), ANN, "Hello", &[ACME])).collect();
    tweets[500]["id_str"] = json!(1.5);
    let items = items(&classic(&tweets));
    assert_eq!(items.len(), 1000);
    let refused = Flaw::broken("/tweet_create_events/500/id_str", "not a whole number");
    assert_eq!(items[500], refused.item(Some(ACME)));
    assert_eq!(items.iter().filter(|item| matches!(item, Item::Event(_))).count(), 999);
}

#[test]
fn a_body_of_three_megabytes_is_read() {
    let crowd: Vec<String> = (0..10_000).map(|id| id.to_string()).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let long = "ä&amp;".repeat(300_000);
    let mut classic_post = tweet("7005", ANN, "", &crowd);
    let media = json!({"type": "photo", "media_key": "3_1", "media_url_https": "https://a.example/1.jpg"});
    classic_post["extended_tweet"] = json!({"full_text": long});
    classic_post["extended_entities"] = json!({"media": vec![&media; 10_000]});
    let mut activity_post = activity("post.create", "7005", ANN, &long, &crowd);
    activity_post["data"]["payload"]["attachments"] = json!({"media_keys": vec!["3_1"; 100_000]});
    activity_post["data"]["includes"]["media"] = json!(vec![&media; 10_000]);
    for body in [classic(&[classic_post]), activity_post] {
        assert!(body.to_string().len() > 2_500_000);
        let event = event(&body);
        let text = event.text.unwrap_or_default();
        assert!(text.starts_with("ä&ä&") && text.len() > event::TEXT_LIMIT - 4, "{}", text.len());
        assert_eq!((event.attachments.len(), event.mentions.len()), (MANY, MANY));
    }
}

#[test]
fn what_is_not_json_is_unreadable() {
    let deep = format!(r#"{{"data":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    for body in ["", "crc_token=abc", "<feed/>", r#"{"for_user_id":"1""#, deep.as_str()] {
        assert!(parse(body.as_bytes(), RECEIVED, &Voices::default()).is_err(), "{body}");
    }
    for body in
        [json!([]), json!("data"), json!({}), json!({"data": 7}), json!({"data": {}}), json!({"data": []})]
    {
        assert!(matches!(items(&body)[..], [Item::Refused(_)]), "{body}");
    }
}
