//! Secrets Manager with one secret text behind every secret of the template.

use std::sync::{PoisonError, RwLock};

use serde_json::{Value, json};

use super::answer::Answer;

/// The text functions read at start-up and again later.
#[derive(Debug)]
pub(crate) struct Secrets {
    arns: Vec<String>,
    current: RwLock<Version>,
}

/// A text, and how many came before it.
#[derive(Debug)]
struct Version {
    number: u64,
    text: String,
}

impl Secrets {
    pub(crate) fn new(arns: Vec<String>, text: String) -> Self {
        Self { arns, current: RwLock::new(Version { number: 0, text }) }
    }

    /// Changes the text, as a rotation does.
    pub(crate) fn replace(&self, text: String) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Version { number: current.number + 1, text };
    }

    /// Answers one call of the JSON protocol.
    ///
    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
    pub(crate) fn answer(&self, action: &str, body: &[u8]) -> Answer {
        if action != "GetSecretValue" {
            return Answer::error(
                400,
                "InvalidRequestException",
                "the local stack knows GetSecretValue only",
            );
        }
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(id) = request["SecretId"].as_str() else {
            return Answer::error(
                400,
                "InvalidParameterException",
                "You must provide a value for the SecretId parameter.",
            );
        };
        let Some(arn) = self.arns.iter().find(|arn| *arn == id || name(arn) == id) else {
            let problem = "Secrets Manager can't find the specified secret.";
            return Answer::error(400, "ResourceNotFoundException", problem);
        };
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Answer::ok(&json!({
            "ARN": arn,
            "Name": name(arn),
            "SecretString": current.text,
            "VersionId": format!("00000000-0000-4000-8000-{:012}", current.number),
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": 0,
        }))
    }
}

/// The name inside an ARN, without the six characters AWS puts behind it.
fn name(arn: &str) -> &str {
    let last = arn.rsplit(':').next().unwrap_or_default();
    last.rsplit_once('-').map_or(last, |(name, _)| name)
}
