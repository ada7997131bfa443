//! YAML nodes that know their line.

use saphyr::{LoadableYamlNode, MarkedYamlOwned, ScalarOwned, YamlDataOwned};

use super::Problem;

/// A node of the template; intrinsic functions are still in place.
#[derive(Clone, Copy)]
pub(super) struct Node<'a>(&'a MarkedYamlOwned);

/// Parses the text; an empty file has no resources and is no template.
pub(super) fn load(text: &str) -> Result<MarkedYamlOwned, Problem> {
    let documents = MarkedYamlOwned::load_from_str(text)
        .map_err(|error| Problem { line: error.marker().line(), text: error.info().to_owned() })?;
    documents.into_iter().next().ok_or_else(|| Problem { line: 1, text: "the file is empty".to_owned() })
}

impl<'a> Node<'a> {
    pub(super) fn of(node: &'a MarkedYamlOwned) -> Self {
        Self(node)
    }

    pub(super) fn problem(self, text: impl Into<String>) -> Problem {
        Problem { line: self.0.span.start.line(), text: text.into() }
    }

    /// The tag's name and the node under it: `Ref` and `Table` for `!Ref Table`.
    pub(super) fn tagged(self) -> Option<(&'a str, Node<'a>)> {
        match &self.0.data {
            YamlDataOwned::Tagged(tag, node) => Some((tag.suffix.as_str(), Node(node))),
            _ => None,
        }
    }

    pub(super) fn scalar(self) -> Option<&'a ScalarOwned> {
        match &self.0.data {
            YamlDataOwned::Value(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// A scalar as the text a person sees: `CloudFormation` takes `"20"` and `20` alike.
    pub(super) fn plain(self) -> Option<String> {
        match self.scalar()? {
            ScalarOwned::Null => None,
            ScalarOwned::Boolean(value) => Some(value.to_string()),
            ScalarOwned::Integer(value) => Some(value.to_string()),
            ScalarOwned::FloatingPoint(value) => Some(value.to_string()),
            ScalarOwned::String(value) => Some(value.clone()),
        }
    }

    pub(super) fn items(self) -> Option<impl Iterator<Item = Node<'a>>> {
        match &self.0.data {
            YamlDataOwned::Sequence(items) => Some(items.iter().map(Node)),
            _ => None,
        }
    }

    /// The entries of a mapping; a node of any other kind has none.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let mapping = match &self.0.data {
            YamlDataOwned::Mapping(mapping) => Some(mapping),
            _ => None,
        };
        mapping.into_iter().flatten().filter_map(|(key, value)| Some((key.data.as_str()?, Node(value))))
    }

    pub(super) fn is_mapping(self) -> bool {
        matches!(self.0.data, YamlDataOwned::Mapping(_))
    }

    pub(super) fn get(self, key: &str) -> Option<Node<'a>> {
        self.entries().find(|(name, _)| *name == key).map(|(_, node)| node)
    }
}
