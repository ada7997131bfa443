//! DynamoDB, SQS, SES and Secrets Manager as the SDK sees them.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, RawMessage};
use aws_sdk_sqs::types::{
    MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry, SendMessageBatchResultEntry,
};
use heard::local::Fault;

use super::clients::{TESTER, dynamodb, secrets, ses, sqs, stack};

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_puts_if_absent_exactly_one_wins() {
    let stack = stack().await;
    let (client, table) = (dynamodb(&stack), stack.table_name().to_owned());
    let mut puts = tokio::task::JoinSet::new();
    for writer in 0..32 {
        let put = client.put_item().table_name(&table).item("pk", s("one")).item("sk", s("HEAD"));
        let put = put.item("writer", s(&writer.to_string())).condition_expression("attribute_not_exists(pk)");
        puts.spawn(async move {
            match put.send().await {
                Ok(_) => true,
                Err(error) => {
                    assert!(
                        error.as_service_error().unwrap().is_conditional_check_failed_exception(),
                        "{error:?}"
                    );
                    false
                }
            }
        });
    }
    let winners = puts.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(winners, 1);
    assert_eq!(stack.calls().to(TESTER, "PutItem"), 32);
    stack.stop().await;
}

#[tokio::test]
async fn an_index_is_sparse_ordered_and_keys_only() {
    let stack = stack().await;
    let (client, table) = (dynamodb(&stack), stack.table_name().to_owned());
    for (pk, due) in [("b", Some("0002")), ("a", Some("0001")), ("c", None)] {
        let mut put =
            client.put_item().table_name(&table).item("pk", s(pk)).item("sk", s("HEAD")).item("text", s("x"));
        if let Some(due) = due {
            put = put.item("todo_pk", s("DUE#0")).item("todo_sk", s(due));
        }
        put.send().await.unwrap();
    }
    let query = client.query().table_name(&table).index_name("todo");
    let query = query.key_condition_expression("todo_pk = :due AND todo_sk <= :now");
    let query =
        query.expression_attribute_values(":due", s("DUE#0")).expression_attribute_values(":now", s("0009"));
    let found = query.send().await.unwrap();
    let keys: Vec<_> = found.items().iter().map(|item| item["pk"].as_s().unwrap().as_str()).collect();
    assert_eq!(keys, ["a", "b"]);
    assert!(!found.items()[0].contains_key("text"));
    stack.stop().await;
}

#[tokio::test]
async fn queues_delay_refuse_and_report_by_entry() {
    let stack = stack().await;
    let (client, url) = (sqs(&stack), stack.queue_url("Quiet"));
    let entry = |id: &str, delay| {
        let entry = SendMessageBatchRequestEntry::builder().id(id).message_body("x").delay_seconds(delay);
        entry.message_group_id("acme").build().unwrap()
    };
    let sent =
        client.send_message_batch().queue_url(&url).entries(entry("now", 0)).entries(entry("later", 900));
    let sent = sent.entries(entry("never", 901)).send().await.unwrap();
    let ids: Vec<_> = sent.successful().iter().map(SendMessageBatchResultEntry::id).collect();
    assert_eq!(ids, ["now", "later"]);
    assert_eq!((sent.failed()[0].id(), sent.failed()[0].code()), ("never", "InvalidParameterValue"));

    let got = client.receive_message().queue_url(&url).max_number_of_messages(10);
    let got = got.message_system_attribute_names(MessageSystemAttributeName::All).send().await.unwrap();
    assert_eq!(got.messages().len(), 1);
    let attributes = got.messages()[0].attributes().unwrap();
    assert_eq!(attributes[&MessageSystemAttributeName::MessageGroupId], "acme");
    assert_eq!(attributes[&MessageSystemAttributeName::ApproximateReceiveCount], "1");

    let counted = client.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::All);
    let counted = counted.send().await.unwrap();
    let count = |name: QueueAttributeName| counted.attributes().unwrap()[&name].clone();
    assert_eq!(count(QueueAttributeName::ApproximateNumberOfMessagesDelayed), "1");
    assert_eq!(count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible), "1");

    let gone =
        client.send_message().queue_url(format!("{url}-x")).message_body("x").send().await.unwrap_err();
    assert!(gone.as_service_error().unwrap().is_queue_does_not_exist(), "{gone:?}");
    let url_again = client.get_queue_url().queue_name("heard-Quiet").send().await.unwrap();
    assert_eq!(url_again.queue_url(), Some(url.as_str()));
    stack.stop().await;
}

#[tokio::test]
async fn mails_are_kept_and_refused_as_by_ses() {
    let stack = stack().await;
    let client = ses(&stack);
    let text = |data: &str| Content::builder().data(data).build().unwrap();
    let message = Message::builder()
        .subject(text("A parcel is broken"))
        .body(Body::builder().text(text("plain")).html(text("<p>rich</p>")).build())
        .headers(MessageHeader::builder().name("X-Case").value("case_1").build().unwrap())
        .build();
    let content = EmailContent::builder().simple(message).build();
    let email = || client.send_email().from_email_address("Heard <alerts@heard.example>");
    let to = Destination::builder().to_addresses("dana@acme.example").build();
    let sent = email().destination(to.clone()).content(content.clone()).send().await.unwrap();
    let mails = stack.mails().unwrap();
    assert_eq!(Some(mails[0].id.as_str()), sent.message_id());
    assert_eq!((mails[0].html.as_str(), mails[0].headers["X-Case"].as_str()), ("<p>rich</p>", "case_1"));

    let nobody = email().content(content).send().await.unwrap_err();
    assert!(nobody.as_service_error().unwrap().is_bad_request_exception(), "{nobody:?}");
    let raw = RawMessage::builder().data(aws_sdk_sesv2::primitives::Blob::new("x")).build().unwrap();
    let raw =
        email().destination(to).content(EmailContent::builder().raw(raw).build()).send().await.unwrap_err();
    assert!(raw.as_service_error().unwrap().is_bad_request_exception(), "{raw:?}");
    assert_eq!(stack.mails().unwrap().len(), 1);
    stack.stop().await;
}

#[tokio::test]
async fn the_secret_is_the_given_text_until_it_is_replaced() {
    let stack = stack().await;
    let client = secrets(&stack);
    let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:heard-Secrets-local1";
    let read = client.get_secret_value().secret_id(arn).send().await.unwrap();
    assert_eq!(read.secret_string(), Some("[[secret]]\nid = \"one\"\n"));
    stack.replace_secrets("new".to_owned());
    let read = client.get_secret_value().secret_id("heard-Secrets").send().await.unwrap();
    assert_eq!(read.secret_string(), Some("new"));
    let missing = client.get_secret_value().secret_id("nothing").send().await.unwrap_err();
    assert!(missing.as_service_error().unwrap().is_resource_not_found_exception(), "{missing:?}");
    stack.stop().await;
}

#[tokio::test]
async fn planned_faults_have_the_services_own_shapes() {
    let stack = stack().await;
    let (database, queues, mail) = (dynamodb(&stack), sqs(&stack), ses(&stack));
    let (table, url) = (stack.table_name().to_owned(), stack.queue_url("Quiet"));
    let put = |pk: &str| database.put_item().table_name(&table).item("pk", s(pk)).item("sk", s("x"));

    // The SDK tries three times: two failures are hidden by it, three are not.
    stack.fail(TESTER, "PutItem", Fault::Throttle, 2);
    put("a").send().await.unwrap();
    assert_eq!(stack.calls().to(TESTER, "PutItem"), 3);
    stack.fail(TESTER, "PutItem", Fault::Throttle, 3);
    let error = put("b").send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_throttling_exception(), "{error:?}");
    stack.fail(TESTER, "PutItem", Fault::ServerError, 1);
    put("c").send().await.unwrap();
    stack.fail(TESTER, "SendEmail", Fault::Throttle, 3);
    let error = mail.send_email().send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_too_many_requests_exception(), "{error:?}");

    // Dropped: nothing was done, and the SDK does it again. Lost: it was done, and is done twice.
    stack.fail(TESTER, "SendMessage", Fault::Drop, 1);
    queues.send_message().queue_url(&url).message_body("x").send().await.unwrap();
    assert_eq!(stack.queue_depth("Quiet").unwrap().total(), 1);
    stack.fail(TESTER, "SendMessage", Fault::LoseAnswer, 1);
    queues.send_message().queue_url(&url).message_body("x").send().await.unwrap();
    assert_eq!(stack.queue_depth("Quiet").unwrap().total(), 3);

    stack.discard("Quiet", true);
    queues.send_message().queue_url(&url).message_body("x").send().await.unwrap();
    assert_eq!(stack.queue_depth("Quiet").unwrap().total(), 3);
    stack.stop().await;
}
