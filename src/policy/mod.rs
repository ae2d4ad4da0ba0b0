//! What a team makes of the findings: which rules apply to which manifest with which limits, who has accepted
//! what until when, and what was there before.
//!
//! `select` chooses rules, `config` reads a configuration file, `limit` lists its limits, `settings` puts the layers together for one
//! manifest; `directive` reads suppressions in comments, `suppress` applies them and the waivers, `baseline`
//! holds findings against those of an earlier day. Nothing here evaluates a rule.

mod among;
pub mod baseline;
pub mod config;
pub mod directive;
pub mod limit;
pub mod schema;
pub mod select;
pub mod settings;
pub mod suppress;
