//! Places: files, regions of them and nodes (§3.4, §3.28 to §3.33), and names of files as URIs.

use serde::Serialize;

use super::{Message, ROOT};
use crate::finding::{Finding, Label};
use crate::report::{File, Report};
use crate::span::Span;

/// §3.27.12: one place at most, the primary one; the file where a finding has no place.
pub(super) fn locations(report: &Report, finding: &Finding) -> Vec<Location> {
    let Some(label) = finding.labels.first() else {
        return artifact(report, finding.file()).map(Location::whole).into_iter().collect();
    };
    Location::new(report, label).map(|location| location.saying(&label.text)).into_iter().collect()
}

/// §3.27.22: every other place, numbered from 1. A message is what makes viewers show them.
pub(super) fn related(report: &Report, finding: &Finding) -> Vec<Location> {
    let others = finding.labels.iter().skip(1).filter_map(|label| Some((label, Location::new(report, label)?)));
    let numbered = others.enumerate().map(|(at, (label, location))| Location { id: Some(at + 1), ..location.about(label) });
    numbered.collect()
}

/// §3.28 location.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    place: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

impl Location {
    /// None for a label on a file that is not in the report.
    pub(super) fn new(report: &Report, label: &Label) -> Option<Self> {
        let named = (!label.path.is_empty()).then(|| LogicalLocation { fully_qualified_name: label.path.clone() });
        Some(Self { logical_locations: named.into_iter().collect(), ..Self::at(report, label.file, label.span)? })
    }

    /// A span of a file; none for a file that is not in the report.
    pub(super) fn at(report: &Report, file: usize, span: Span) -> Option<Self> {
        let region = Some(Region::new(report.files.get(file)?, span));
        let place = PhysicalLocation { artifact_location: artifact(report, file)?, region };
        Some(Self { place, ..Self::default() })
    }

    /// A file as a whole.
    pub(super) fn whole(artifact_location: ArtifactLocation) -> Self {
        Self { place: PhysicalLocation { artifact_location, region: None }, ..Self::default() }
    }

    pub(super) fn saying(mut self, text: &str) -> Self {
        self.message = (!text.is_empty()).then(|| Message::new(text));
        self
    }

    /// Says what the label says, else which node it is on, else what it is there for.
    pub(super) fn about(self, label: &Label) -> Self {
        let texts = [&*label.text, &*label.path, label.role.as_str()];
        let text = texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        self.saying(text)
    }
}

/// §3.29 physicalLocation.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

/// §3.30 region: the same range in lines and columns and in bytes. The byte counts include a byte
/// order mark, the columns do not (§3.30.2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    byte_offset: usize,
    byte_length: usize,
}

impl Region {
    pub(super) fn new(file: &File, span: Span) -> Self {
        let at = |offset: u32| file.lines.position(&file.text, offset as usize);
        let (start, end) = (at(span.start), at(span.end));
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            byte_offset: span.start as usize,
            byte_length: span.len(),
        }
    }
}

/// §3.33 logicalLocation: the path of the node.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation {
    fully_qualified_name: String,
}

/// §3.4 artifactLocation.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    uri: String,
    /// §3.4.4: only with a relative reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
    /// §3.4.5: only with a file that is among the artifacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

impl ArtifactLocation {
    pub(super) fn new(name: &str, index: Option<usize>) -> Self {
        let (uri, absolute) = uri(name);
        Self { uri, uri_base_id: (!absolute).then_some(ROOT), index }
    }
}

pub(super) fn artifact(report: &Report, file: usize) -> Option<ArtifactLocation> {
    Some(ArtifactLocation::new(&report.files.get(file)?.name, Some(file)))
}

/// The name of a file as a URI (§3.10, RFC 3986), and whether it is an absolute one.
pub(super) fn uri(name: &str) -> (String, bool) {
    let drive = name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && name.get(1..3) == Some(":/");
    if drive {
        return (format!("file:///{}:{}", &name[..1], percent_encoded(&name[2..])), true);
    }
    if name.starts_with("//") {
        return (format!("file:{}", percent_encoded(name)), true);
    }
    if name.starts_with('/') {
        return (format!("file://{}", percent_encoded(name)), true);
    }
    (percent_encoded(name.trim_start_matches("./")), false)
}

/// Keeps what RFC 3986 §2.3 leaves unreserved, and the slashes. A colon must go: before the first slash
/// it would end a scheme.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex(byte >> 4), hex(byte & 0xf)]);
        }
    }
    encoded
}

fn hex(digit: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(digit)])
}
