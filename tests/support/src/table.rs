//! A table by itself.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud::Cloud;
use domain::fact::NoticeKey;
use heard::files;
use heard::local::dynamo::Dynamo;
use heard::local::template::{Place, REGION, Template};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The template's table, empty, with no function that its stream would start: nothing happens in it but what the
/// test does.
pub struct LoneTable {
    /// The table, as the functions see it.
    pub cloud: Cloud,
    dynamodb: aws_sdk_dynamodb::Client,
    name: String,
    _served: JoinSet<()>,
}

impl LoneTable {
    /// Starts a database in memory, which ends with the value, and connects its table.
    pub async fn start() -> LoneTable {
        let template =
            Template::read(&files::template(), &Place::default()).expect("the template can be read");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("this machine has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let dynamo = Dynamo::open(None, &template.tables, address).expect("the tables can be created");
        let mut served = JoinSet::new();
        served.spawn(dynamo.serve(listener));
        let endpoint = format!("http://{address}");
        let aws = cloud::start::local_config(&endpoint, REGION).await.expect("the roots are right");
        let name = template.tables[0].name.clone();
        let dynamodb = aws_sdk_dynamodb::Client::new(&aws);
        LoneTable { cloud: Cloud::connect(aws, name.clone()), dynamodb, name, _served: served }
    }

    /// The notices that a mail of that name tells; none if there is no such mail. No function reads them.
    pub async fn mail(&self, name: &str) -> Vec<NoticeKey> {
        let key = cloud::keys::mail(name);
        let get = self.dynamodb.get_item().table_name(&self.name).consistent_read(true);
        let get = get.key("pk", AttributeValue::S(key.pk)).key("sk", AttributeValue::S(key.sk));
        let item = get.send().await.expect("the table can be read").item;
        let notices = item.and_then(|mut item| item.remove("notices"));
        let notices = notices.map(serde_dynamo::from_attribute_value);
        notices.map_or_else(Vec::new, |notices| notices.expect("a mail names notices"))
    }
}
