//! The formats: each a function of the report. Nothing is decided here.

pub mod json;
pub mod page;
pub mod sarif;
pub mod text;

#[cfg(test)]
mod sample;
