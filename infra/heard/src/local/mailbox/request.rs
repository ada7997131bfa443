//! A `SendEmail` request → a mail, or SES's refusal.
//!
//! Source: <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Mail;

const MAX_RECIPIENTS: usize = 50;
const MAX_HEADERS: usize = 15;
const MAX_HEADER_NAME: usize = 126;
const MAX_HEADER_VALUE: usize = 870;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Option<Content>,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    #[serde(default)]
    email_tags: Vec<Named>,
    configuration_set_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
#[expect(clippy::struct_field_names, reason = "SES's names")]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Option<Text>,
    #[serde(default)]
    body: Body,
    #[serde(default)]
    headers: Vec<Named>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Body {
    text: Option<Text>,
    html: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
    value: String,
}

/// A mail and how it is to be sent.
#[derive(Debug)]
pub(super) struct Sent {
    /// Without id and time.
    pub(super) mail: Mail,
    /// The name of the set that decides what is reported of it.
    pub(super) configuration_set: Option<String>,
}

/// What is to be sent, or what SES says is wrong.
pub(super) fn read(body: &[u8]) -> Result<Sent, String> {
    let request: Request =
        serde_json::from_slice(body).map_err(|error| format!("the request is not valid: {error}"))?;
    let from = request.from_email_address.filter(|from| !from.is_empty());
    let from = from.ok_or("Missing FromEmailAddress")?;
    let to = recipients(&request.destination)?;
    let content = request.content.and_then(|content| content.simple);
    let content = content.ok_or("the local stack keeps Simple content only, neither Raw nor templates")?;
    let subject = content.subject.map(|subject| subject.data).unwrap_or_default();
    if subject.contains(['\r', '\n']) {
        return Err("The subject must not contain line breaks".to_owned());
    }
    let part = |text: Option<Text>| text.map(|text| text.data).unwrap_or_default();
    let (text, html) = (part(content.body.text), part(content.body.html));
    if text.is_empty() && html.is_empty() {
        return Err("Empty body.".to_owned());
    }
    let mut headers = checked(content.headers)?;
    if !request.reply_to_addresses.is_empty() {
        headers.insert("Reply-To".to_owned(), request.reply_to_addresses.join(", "));
    }
    let tags = request.email_tags.into_iter().map(|tag| (tag.name, tag.value)).collect();
    let mail =
        Mail { id: String::new(), from, to, subject, sent_at: String::new(), headers, text, html, tags };
    Ok(Sent { mail, configuration_set: request.configuration_set_name })
}

fn recipients(destination: &Destination) -> Result<String, String> {
    let Destination { to_addresses, cc_addresses, bcc_addresses } = destination;
    let all: Vec<_> = [to_addresses, cc_addresses, bcc_addresses].into_iter().flatten().cloned().collect();
    match all.len() {
        0 => Err("Missing destination".to_owned()),
        1..=MAX_RECIPIENTS => match all.iter().find(|address| !address.contains('@')) {
            Some(_) => Err("Missing final '@domain'".to_owned()),
            None => Ok(all.join(", ")),
        },
        _ => Err("Recipient count exceeds 50.".to_owned()),
    }
}

fn checked(headers: Vec<Named>) -> Result<BTreeMap<String, String>, String> {
    if headers.len() > MAX_HEADERS {
        return Err(format!("a message takes {MAX_HEADERS} headers at most"));
    }
    for header in &headers {
        let name_is_good = header.name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        if header.name.is_empty() || header.name.len() > MAX_HEADER_NAME || !name_is_good {
            return Err(format!("Invalid header name {:?}", header.name));
        }
        let value_is_good = header.value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if header.value.is_empty() || header.value.len() > MAX_HEADER_VALUE || !value_is_good {
            return Err(format!("Invalid value of the header {}", header.name));
        }
    }
    Ok(headers.into_iter().map(|header| (header.name, header.value)).collect())
}
