//! What a target is given, and how it is kept.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::target::Target;

/// One input; each target looks at its own part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Input {
    /// The body that came.
    pub(crate) body: Vec<u8>,
    /// The body that was signed.
    pub(crate) signed: Vec<u8>,
    /// The headers that came.
    pub(crate) headers: Vec<(String, String)>,
    /// The query that came, undecoded.
    pub(crate) query: String,
}

/// An input in a file: bytes are hexadecimal, since they need not be text.
#[derive(Serialize, Deserialize)]
struct Kept {
    target: String,
    body: String,
    signed: String,
    headers: Vec<(String, String)>,
    query: String,
}

impl Input {
    /// Writes the input into a file, with the target that it broke.
    pub(crate) fn write(&self, target: Target, file: &Path) -> Result<()> {
        let Input { body, signed, headers, query } = self.clone();
        let (body, signed) = (hex::encode(body), hex::encode(signed));
        let kept = Kept { target: target.to_string(), body, signed, headers, query };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        fs::write(file, serde_json::to_string_pretty(&kept)?)
            .with_context(|| format!("writing {}", file.display()))
    }

    /// Reads an input that was written.
    pub(crate) fn read(file: &Path) -> Result<(Target, Input)> {
        let Kept { target, body, signed, headers, query } = serde_json::from_slice(&fs::read(file)?)?;
        let input = Input { body: hex::decode(body)?, signed: hex::decode(signed)?, headers, query };
        Ok((Target::parse(&target).map_err(anyhow::Error::msg)?, input))
    }
}
