//! How an audit came about: the program, the command, and the digest of everything that was read.
//!
//! It stands in every report that is written, as one line of JSON, so that the same inputs can be shown to give the same
//! report. The digests are those that `sha256sum` prints.

use serde::{Deserialize, Serialize};

/// The version of the record's own form.
pub const SCHEMA: &str = "caveat/audit@1";

/// The digest of the rules in the binary: of what `sha256sum` prints for the files in `rules/`, sorted by name.
pub const RULES: &str = env!("CAVEAT_RULES_SHA256");

/// The digest of the tables in the binary: the same for the YAML files below `src/knowledge/`.
pub const TABLES: &str = env!("CAVEAT_TABLES_SHA256");

/// How an audit came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub schema: String,
    pub tool: Tool,
    /// The day that governed every expiry.
    pub as_of: String,
    /// The arguments of `caveat report` with which it is made again.
    pub arguments: Vec<String>,
    /// Everything that was read, sorted by role and name.
    pub inputs: Vec<Input>,
}

/// The program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
    /// Digests of what the binary carries.
    pub rules: String,
    pub tables: String,
}

impl Tool {
    /// This program.
    pub fn current() -> Self {
        Self {
            name: "caveat".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: RULES.to_owned(),
            tables: TABLES.to_owned(),
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Input {
    pub role: InputRole,
    pub name: String,
    pub sha256: String,
}

/// What a file is to an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputRole {
    Manifest,
    /// What a manifest was held against.
    Evidence,
    Configuration,
    /// A rule of one's own.
    Rule,
    /// A table of one's own.
    Table,
    Baseline,
}

impl InputRole {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Evidence => "evidence",
            Self::Configuration => "configuration",
            Self::Rule => "rule",
            Self::Table => "table",
            Self::Baseline => "baseline",
        }
    }
}

impl Record {
    /// The record of a run.
    pub fn new(as_of: String, arguments: Vec<String>, mut inputs: Vec<Input>) -> Self {
        inputs.sort();
        inputs.dedup();
        Self { schema: SCHEMA.to_owned(), tool: Tool::current(), as_of, arguments, inputs }
    }

    /// What is otherwise in another record, one sentence each.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |what: &str, then: &str, now: &str| {
            if then != now {
                found.push(format!("{what}: {then} then, {now} now"));
            }
        };
        differ("version", &self.tool.version, &now.tool.version);
        differ("digest of the built-in rules", &self.tool.rules, &now.tool.rules);
        differ("digest of the built-in tables", &self.tool.tables, &now.tool.tables);
        differ("as of", &self.as_of, &now.as_of);
        differ("arguments", &self.arguments.join(" "), &now.arguments.join(" "));
        let find = |of: &Self, input: &Input| {
            of.inputs.iter().find(|other| other.role == input.role && other.name == input.name).cloned()
        };
        for input in &self.inputs {
            let what = format!("{} {}", input.role.as_str(), input.name);
            match find(now, input) {
                None => found.push(format!("{what}: no longer there, or no longer read")),
                Some(other) if other.sha256 != input.sha256 => {
                    found.push(format!("{what}: changed ({} then, {} now)", short(&input.sha256), short(&other.sha256)));
                }
                Some(_) => {}
            }
        }
        let new = now.inputs.iter().filter(|input| find(self, input).is_none());
        found.extend(new.map(|input| format!("{} {}: was not read then", input.role.as_str(), input.name)));
        found
    }
}

/// The beginning of a digest, which is enough to tell two apart.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(role: InputRole, name: &str, content: &str) -> Input {
        Input { role, name: name.to_owned(), sha256: crate::digest::sha256(content.as_bytes()) }
    }

    #[test]
    fn what_changed_is_named() {
        let record = |inputs| Record::new("2026-11-28".to_owned(), vec!["a.yaml".to_owned()], inputs);
        let then = record(vec![
            input(InputRole::Manifest, "a.yaml", "1"),
            input(InputRole::Evidence, "k8s.yaml", "2"),
            input(InputRole::Rule, "own.yaml", "3"),
        ]);
        let now = record(vec![
            input(InputRole::Manifest, "a.yaml", "changed"),
            input(InputRole::Rule, "own.yaml", "3"),
            input(InputRole::Table, "prices.yaml", "4"),
        ]);
        assert!(then.differences(&then).is_empty());
        insta::assert_snapshot!(then.differences(&now).join("\n"), @"
        manifest a.yaml: changed (6b86b273ff34 then, d67e2e944994 now)
        evidence k8s.yaml: no longer there, or no longer read
        table prices.yaml: was not read then
        ");
    }
}
