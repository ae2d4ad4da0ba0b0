//! caveat: a linter for the decision to run a language model.
//!
//! The way of the data is text → tree → manifest → facts → rules → findings → report → a format; each
//! arrow is a function with a plain input and a plain output. A module imports only modules that stand
//! above it in this list (a test holds it to that).

#![cfg_attr(test, allow(clippy::float_cmp, reason = "figures that are exact in binary are compared exactly"))]

pub mod span;
pub mod spelling;

pub mod digest;

pub mod finding;

pub mod secret;

pub mod source;

pub mod stream;

pub mod syntax;

pub mod manifest;

pub mod knowledge;

pub mod evidence;

pub mod facts;

pub mod scaffold;

pub mod estimate;

pub mod timeline;

pub mod expr;

pub mod report;

pub mod coverage;

pub mod rule;

pub mod policy;

pub mod engine;

pub mod fix;

pub mod diff;

pub mod compare;

pub mod audit;

pub mod render;

pub mod explain;

pub mod cli;
