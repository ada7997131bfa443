use std::time::Duration;

use serde_json::json;

use super::{Place, Queue, Source, Template};

fn place() -> Place {
    Place {
        aws_endpoint: "http://127.0.0.1:1".to_owned(),
        api_endpoint: "http://127.0.0.1:2".to_owned(),
        ..Place::default()
    }
}

const MINIMAL: &str = r#"
Parameters: { Who: { Default: "me <me@x.example>" } }
Globals:
  Function:
    Runtime: provided.al2023
    Timeout: 7
    Environment: { Variables: { TABLE: !Ref Table, WHO: { Ref: Who }, LEVEL: info } }
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } }
  Dead: { Type: AWS::SQS::Queue }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/work/
      Environment:
        Variables:
          LEVEL: debug
          URL: !Ref Jobs
          ARN: { "Fn::GetAtt": [Table, Arn] }
          SUB: !Sub "${AWS::Region}/${Who}/${Jobs.QueueName}/${!kept}"
          LONG: { "Fn::Sub": ["${a}-${AWS::AccountId}", { a: !Ref Table }] }
      Events:
        Jobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 5 } }
        Tick: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 minute) } }
  Role: { Type: AWS::IAM::Role, Properties: { Anything: !Join ["", [a]] } }
"#;

#[test]
fn globals_are_merged_and_intrinsics_resolved() {
    let template = Template::parse(MINIMAL, &place()).unwrap();
    let work = &template.functions[0];
    assert_eq!((work.binary.as_str(), work.timeout), ("work", Duration::from_secs(7)));
    let expected = [
        ("ARN", "arn:aws:dynamodb:us-east-1:000000000000:table/heard-Table"),
        ("LEVEL", "debug"),
        ("LONG", "heard-Table-000000000000"),
        ("SUB", "us-east-1/me <me@x.example>/heard-Jobs/${kept}"),
        ("TABLE", "heard-Table"),
        ("URL", "http://127.0.0.1:1/000000000000/heard-Jobs"),
        ("WHO", "me <me@x.example>"),
    ];
    let found: Vec<_> =
        work.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(found, expected);
    assert!(matches!(&work.sources[0], Source::Queue { batch_size: 5, report_failures: false, .. }));
    assert_eq!(template.tables[0].create["StreamSpecification"]["StreamEnabled"], json!(true));
    assert_eq!(template.tables[0].time_to_live.as_deref(), Some("expires_at"));
    assert_eq!(template.queues[0].redrive.as_ref().unwrap().dead_letters, "heard-Dead");
}

#[test]
fn a_queue_keeps_what_the_template_sets_and_else_what_sqs_does() {
    let set = "{ Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 1, MessageRetentionPeriod: 60, \
               DelaySeconds: 2, MaximumMessageSize: 1024, ReceiveMessageWaitTimeSeconds: 3 } }";
    let text = MINIMAL.replacen("{ Type: AWS::SQS::Queue }", set, 1);
    let queues = Template::parse(&text, &place()).unwrap().queues;
    let told = queues.iter().map(|queue| {
        let Queue { visibility, retention, delay, max_bytes, wait, .. } = queue;
        (visibility.as_secs(), retention.as_secs(), delay.as_secs(), *max_bytes, wait.as_secs())
    });
    assert_eq!(told.collect::<Vec<_>>(), [(30, 345_600, 0, 1_048_576, 0), (1, 60, 2, 1024, 3)]);
}

#[test]
fn a_parameter_can_be_given() {
    let mut place = place();
    place.parameters.insert("Who".to_owned(), "you".to_owned());
    let template = Template::parse(MINIMAL, &place).unwrap();
    assert_eq!(template.functions[0].environment["WHO"], "you");
}

#[test]
fn what_cannot_be_run_is_an_error_with_its_line() {
    // replaced, by, line, problem
    let table = [
        ("rate(1 minute)", "cron(0 7 * * ? *)", 34, "the local stack runs rate(…) schedules only"),
        ("BatchSize: 5", "Batch: 5", 33, "the local stack does not know Batch of an SQS event"),
        ("!Ref Jobs", "!Ref Job", 28, "nothing is called Job"),
        ("!Ref Jobs", "!ImportValue x", 28, "the local stack does not know the function ImportValue"),
        ("AWS::IAM::Role", "AWS::S3::Bucket", 35, "the local stack does not know the type AWS::S3::Bucket"),
        ("Timeout: 7", "Layers: [x]", 6, "the local stack does not know a function's Layers"),
        ("maxReceiveCount: 3", "maxReceiveCount: 0", 19, "maxReceiveCount is 0; it must be 1 to 1000"),
        (
            "{ Type: AWS::SQS::Queue }",
            "{ Type: AWS::SQS::Queue, Properties: { DelaySeconds: 901 } }",
            20,
            "DelaySeconds is 901; it must be 0 to 900",
        ),
        ("Type: SQS,", "Type: Kafka,", 33, "the local stack does not know events of type \"Kafka\""),
    ];
    for (old, new, line, problem) in table {
        let result = Template::parse(&MINIMAL.replacen(old, new, 1), &place());
        let found = result.expect_err(new);
        assert_eq!((found.line, found.text.as_str()), (line, problem), "{new}");
    }
}

#[test]
fn the_deployed_template_is_readable() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = Template::read(path.as_ref(), &place()).unwrap();
    assert!(template.functions.iter().any(|function| function.id == "CheckFunction"));
    assert!(template.routes.iter().any(|route| route.function == "WebhookFunction"));
    assert!(!template.secrets.is_empty());
}
