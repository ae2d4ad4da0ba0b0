//! The formats: each a function of the report, or of the facts. Nothing is decided here.

pub mod facts;
pub mod graph;
pub mod json;
pub mod licence;
pub mod page;
pub mod sarif;
pub mod text;

#[cfg(test)]
mod sample;
