//! What SQS refuses, in its own words.

use super::super::answer::Answer;

/// Why a call was refused.
///
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum QueueError {
    #[error("The specified queue does not exist.")]
    NoSuchQueue,
    #[error("There should be at least one SendMessageBatchRequestEntry in the request.")]
    EmptyBatch,
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntries(usize),
    #[error("Id {0} repeated.")]
    RepeatedId(String),
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
    )]
    BadEntryId,
    #[error("Batch requests cannot be longer than 1048576 bytes. You have sent {0} bytes.")]
    BatchTooLong(usize),
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    BadReceipt(String),
    #[error("Message does not exist or is not available for visibility timeout change.")]
    Gone,
    #[error("The message referred to is not in flight.")]
    NotInFlight,
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    BadCharacters,
    #[error("{0}")]
    BadValue(String),
    #[error("The request must contain the parameter {0}.")]
    Missing(&'static str),
    #[error("Unknown Attribute {0}.")]
    UnknownAttribute(String),
    #[error("Invalid value for the parameter {0}.")]
    BadAttribute(String),
    #[error("The local stack does not know the SQS action {0}.")]
    UnknownAction(String),
    #[error("the request is not JSON of that action")]
    NotJson(#[from] serde_json::Error),
    #[error("the local store failed")]
    Store(#[from] rusqlite::Error),
}

impl QueueError {
    /// The name in the JSON protocol and, if it differs, the one of the older query protocol.
    ///
    /// The SDKs match on the second, which travels in a header.
    pub(super) fn codes(&self) -> (&'static str, &'static str) {
        match self {
            Self::NoSuchQueue => {
                ("com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")
            }
            Self::EmptyBatch => {
                ("com.amazonaws.sqs#EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest")
            }
            Self::TooManyEntries(_) => (
                "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
                "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            ),
            Self::RepeatedId(_) => (
                "com.amazonaws.sqs#BatchEntryIdsNotDistinct",
                "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            ),
            Self::BadEntryId => {
                ("com.amazonaws.sqs#InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId")
            }
            Self::BatchTooLong(_) => {
                ("com.amazonaws.sqs#BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong")
            }
            Self::BadReceipt(_) => ("com.amazonaws.sqs#ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
            Self::NotInFlight => {
                ("com.amazonaws.sqs#MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight")
            }
            Self::BadCharacters => ("com.amazonaws.sqs#InvalidMessageContents", "InvalidMessageContents"),
            Self::Gone | Self::BadValue(_) => {
                ("com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue")
            }
            Self::Missing(_) => {
                ("com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter")
            }
            Self::UnknownAttribute(_) => ("com.amazonaws.sqs#InvalidAttributeName", "InvalidAttributeName"),
            Self::BadAttribute(_) => ("com.amazonaws.sqs#InvalidAttributeValue", "InvalidAttributeValue"),
            Self::UnknownAction(_) => {
                ("com.amazonaws.sqs#UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation")
            }
            Self::NotJson(_) => ("com.amazon.coral.service#SerializationException", "MalformedInput"),
            Self::Store(_) => ("com.amazon.coral.service#InternalFailure", "InternalError"),
        }
    }

    pub(super) fn answer(&self) -> Answer {
        let (kind, query) = self.codes();
        let (status, side) = if self.is_ours() { (500, "Receiver") } else { (400, "Sender") };
        Answer::error(status, kind, &self.to_string()).header("x-amzn-query-error", format!("{query};{side}"))
    }

    /// Whether the fault is the stack's, not the caller's.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self, Self::Store(_))
    }
}
