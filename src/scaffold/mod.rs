//! A manifest to begin with: filled with what evidence shows, every blank an explicit question.
//!
//! A value is written only where a file shows it, with a comment that says which one and how sure it is. What no file
//! shows is a comment with its choices, so that a draft never claims anything that nobody has said. The draft fits the
//! vocabulary, and held against the same files it agrees with them.

mod draft;
mod inventory;
mod steps;
mod writer;

use jiff::civil::Date;

use crate::evidence::Reading;

/// The day that stands in the templates.
const WRITTEN: &str = "2026-11-28";

/// A situation to begin from where there is no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    Rag,
    FineTune,
    VendorApi,
    Agent,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rag, Self::FineTune, Self::VendorApi, Self::Agent];

    /// The word by which it is chosen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rag => "rag",
            Self::FineTune => "fine-tune",
            Self::VendorApi => "vendor-api",
            Self::Agent => "agent",
        }
    }

    /// The manifest, as of a day.
    pub fn text(self, today: Date) -> String {
        let text = match self {
            Self::Rag => include_str!("templates/rag.yaml"),
            Self::FineTune => include_str!("templates/fine-tune.yaml"),
            Self::VendorApi => include_str!("templates/vendor-api.yaml"),
            Self::Agent => include_str!("templates/agent.yaml"),
        };
        // Facts that somebody states today are not those of the day on which the template was written.
        text.replacen(&format!("as_of: {WRITTEN}"), &format!("as_of: {today}"), 1)
    }
}

/// The draft of a manifest from what files show. Names of files are written relative to the manifest.
pub fn draft(readings: &[Reading], today: Date) -> String {
    draft::write(&inventory::Inventory::take(readings), today)
}
