//! Rules as data: reading a rule file, checking it, running it on one deployment, and its examples.
//!
//! `file` reads, `model` is what runs, `check` holds it to the vocabulary, `run` asks it of a manifest,
//! `builtin` are the rules in the binary, `example` runs what a rule's page promises. Nothing here
//! knows a format.

pub mod builtin;
pub mod check;
pub mod example;
pub mod file;
pub mod model;
pub mod option;
pub mod run;
pub mod skeleton;

pub use model::{Page, Rule};
