//! DynamoDB: dynoxide on its own loopback port, with the template's tables.
//!
//! Functions reach it through the gateway, which counts their calls and breaks them on demand. Only the
//! stream is read directly: on AWS that is Lambda's work, not the functions'.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::update_time_to_live::{TimeToLiveSpecification, UpdateTimeToLiveRequest};
use dynoxide::{Database, DynoxideError, streams};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::template::{REGION, Table};

/// The embedded database.
#[derive(Clone)]
pub struct Dynamo {
    database: Database,
    /// Told after every write that went through the gateway.
    written: Arc<Notify>,
    address: SocketAddr,
}

/// What the database refused while the stack started or its stream was read.
#[derive(Debug, thiserror::Error)]
pub enum DynamoError {
    /// The file cannot be opened or is not a database.
    #[error("cannot open the DynamoDB data")]
    Open(#[source] DynoxideError),
    /// A table of the template cannot be created.
    #[error("cannot create the table {name}")]
    Create {
        /// Its physical name.
        name: String,
        /// Why.
        #[source]
        source: DynoxideError,
    },
    /// A table of the template is not a `CreateTable` request.
    #[error("the template's table {name} is not one that DynamoDB can create")]
    Definition {
        /// Its physical name.
        name: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The stream of a table cannot be read.
    #[error("cannot read the stream of {table}")]
    Stream {
        /// The table's physical name.
        table: String,
        /// Why.
        #[source]
        source: DynoxideError,
    },
    /// There is no port.
    #[error("cannot listen on a loopback port")]
    Listen(#[source] std::io::Error),
}

impl Dynamo {
    /// Opens the file (or memory) and creates the tables that are not there yet; `address` is where it will be
    /// served.
    ///
    /// # Errors
    ///
    /// [`DynamoError`] if the file is no database or a table cannot be created.
    pub fn open(file: Option<&Path>, tables: &[Table], address: SocketAddr) -> Result<Self, DynamoError> {
        let database = match file {
            Some(file) => Database::new(&file.to_string_lossy()),
            None => Database::memory(),
        };
        let database = database.map_err(DynamoError::Open)?;
        for table in tables {
            create(&database, table)?;
        }
        Ok(Self { database, written: Arc::new(Notify::new()), address })
    }

    /// Serves the wire protocol until the future is dropped.
    pub async fn serve(self, listener: TcpListener) {
        dynoxide::server::serve_on(listener, self.database).await;
    }

    /// Where the wire protocol is served.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns once a write has gone through the gateway since this was called.
    pub(crate) fn written(&self) -> impl Future<Output = ()> + '_ {
        self.written.notified()
    }

    /// Wakes whoever reads a stream.
    pub(crate) fn wake(&self) {
        self.written.notify_waiters();
    }

    /// Up to `limit` records of the table's stream behind the sequence number `after`, as Lambda delivers
    /// them; from the trim horizon without one.
    pub(crate) fn records(
        &self,
        table: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Value>, DynamoError> {
        let failed = |source| DynamoError::Stream { table: table.to_owned(), source };
        let kind = if after.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let request = GetShardIteratorRequest {
            stream_arn: streams::stream_arn(table, "local"),
            shard_id: streams::shard_id(table),
            shard_iterator_type: kind.to_owned(),
            sequence_number: after.map(str::to_owned),
        };
        let iterator = self.database.get_shard_iterator(request).map_err(failed)?;
        let request = GetRecordsRequest {
            shard_iterator: iterator.shard_iterator.unwrap_or_default(),
            limit: Some(limit),
        };
        let records = self.database.get_records(request).map_err(failed)?.records;
        let wire = records.into_iter().filter_map(|record| serde_json::to_value(record).ok());
        Ok(wire
            .map(|mut record| {
                record["awsRegion"] = REGION.into();
                record["eventSourceARN"] = stream_arn(table).into();
                record
            })
            .collect())
    }
}

/// The stream's ARN as the template's `GetAtt` gives it.
pub(crate) fn stream_arn(table: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{}:table/{table}/stream/local", super::template::ACCOUNT)
}

fn create(database: &Database, table: &Table) -> Result<(), DynamoError> {
    let known = database.describe_table(DescribeTableRequest { table_name: table.name.clone() });
    if known.is_ok() {
        return Ok(());
    }
    let request: CreateTableRequest = serde_json::from_value(table.create.clone())
        .map_err(|source| DynamoError::Definition { name: table.name.clone(), source })?;
    let failed = |source| DynamoError::Create { name: table.name.clone(), source };
    database.create_table(request).map_err(failed)?;
    if let Some(attribute) = &table.time_to_live {
        let request = UpdateTimeToLiveRequest {
            table_name: table.name.clone(),
            time_to_live_specification: TimeToLiveSpecification {
                attribute_name: attribute.clone(),
                enabled: true,
            },
        };
        database.update_time_to_live(request).map_err(failed)?;
    }
    Ok(())
}
