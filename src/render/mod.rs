//! The formats: each a function of the report, or of the facts. Nothing is decided here.

pub mod audit;
pub mod batch;
pub mod chart;
pub mod compact;
pub mod compare;
pub mod coverage;
pub mod csv;
pub mod diff;
pub mod estimate;
pub mod facts;
pub mod field;
pub mod figure;
pub mod framework;
pub mod github;
pub mod gitlab;
pub mod graph;
pub mod intoto;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod known;
pub mod licence;
pub mod licence_table;
pub mod markdown;
pub mod page;
pub mod party;
mod pieces;
pub mod sarif;
pub mod suppressions;
pub mod svg;
pub mod table;
pub mod terminal;
pub mod text;
pub mod timeline;
pub mod xml;

#[cfg(test)]
mod sample;
