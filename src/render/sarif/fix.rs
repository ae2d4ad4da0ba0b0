//! §3.55 fix: what would have to be written, and where.

use serde::Serialize;

use super::Text;
use super::location::{ArtifactLocation, Region, artifact};
use crate::finding::{Edit, Fix};
use crate::report::Report;

/// §3.55.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FixObject<'r> {
    description: Text<'r>,
    artifact_changes: [ArtifactChange<'r>; 1],
    properties: FixProperties,
}

/// The property bag of a fix.
#[derive(Serialize)]
struct FixProperties {
    safety: &'static str,
}

impl<'r> FixObject<'r> {
    /// None for a file that is not in the report.
    pub(super) fn new(report: &Report, file: usize, fix: &'r Fix) -> Option<Self> {
        let text = report.files.get(file)?;
        let replace = |edit: &'r Edit| Replacement {
            deleted_region: Region::new(text, edit.span),
            inserted_content: Content { text: &edit.text },
        };
        let change =
            ArtifactChange { artifact_location: artifact(report, file)?, replacements: fix.edits.iter().map(replace).collect() };
        Some(Self {
            description: Text { text: &fix.title, markdown: None },
            artifact_changes: [change],
            properties: FixProperties { safety: fix.safety.as_str() },
        })
    }
}

/// §3.56 artifactChange.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'r> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'r>>,
}

/// §3.57 replacement.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'r> {
    deleted_region: Region,
    inserted_content: Content<'r>,
}

/// §3.3 artifactContent.
#[derive(Serialize)]
struct Content<'r> {
    text: &'r str,
}
