//! The MD5 sums SQS answers with, which some SDKs compare.

use std::collections::BTreeMap;

use super::MessageAttribute;

pub(crate) fn of_body(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

/// Sums up attributes in the order of their names: each of name, type and value behind its length, and a
/// byte that tells text (1) from bytes (2) before the value.
///
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
pub(crate) fn of_attributes(attributes: &BTreeMap<String, MessageAttribute>) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    let mut part = |prefix: &[u8], value: &[u8]| {
        bytes.extend_from_slice(prefix);
        bytes.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(value);
    };
    for (name, attribute) in attributes {
        part(&[], name.as_bytes());
        part(&[], attribute.data_type.as_bytes());
        match (&attribute.string_value, attribute.bytes()) {
            (Some(text), _) => part(&[1], text.as_bytes()),
            (None, Some(bytes)) => part(&[2], &bytes),
            (None, None) => {}
        }
    }
    Some(format!("{:x}", md5::compute(bytes)))
}
