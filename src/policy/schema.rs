//! The JSON Schema of a configuration file, for editors: the keys of this module's types, with the names of the rules
//! and their options filled in.

use serde_json::{Map, Value, json};

use super::limit::Limit;
use crate::finding::Severity;
use crate::rule::Rule;
use crate::rule::model::{OptionKind, OptionValue, RuleOption};

/// The schema for a set of rules.
pub fn schema(rules: &[Rule<'_>]) -> Value {
    let whole = object(
        &[whole(), layer(rules)],
        "What applies to the manifests below the folder of this file, up to a nearer `.caveat.yaml`.",
    );
    let mut root = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "caveat configuration"});
    for (key, value) in whole.as_object().into_iter().flatten() {
        root[key] = value.clone();
    }
    let files = json!({"files": texts("Patterns of manifests, relative to the folder of the nearest configuration; one without a slash matches a name in any folder.")});
    let mut over = object(&[files, layer(rules)], "Settings for some manifests; later entries go over earlier ones.");
    over["required"] = json!(["files"]);
    root["$defs"] = json!({
        "severity": {"enum": Severity::ALL.map(Severity::as_str)},
        "selector": {
            "description": "The code (`HAL001`, or `HAL`) or the name of a rule, a family, a severity, a framework or one of its controls (`owasp_llm_2025:LLM02`).",
            "anyOf": [{"enum": selectors(rules)}, {"type": "string", "pattern": "^[A-Za-z0-9_.-]+(:.+)?$"}],
        },
        "selectors": {"type": "array", "items": {"$ref": "#/$defs/selector"}},
        "override": over,
    });
    root
}

fn object(properties: &[Value], description: &str) -> Value {
    let mut all = Map::new();
    for (key, value) in properties.iter().filter_map(Value::as_object).flatten() {
        all.insert(key.clone(), value.clone());
    }
    json!({"description": description, "type": "object", "additionalProperties": false, "patternProperties": {"^x-": true}, "properties": all})
}

fn texts(description: &str) -> Value {
    json!({"description": description, "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
}

fn whole() -> Value {
    json!({
        "extends": texts("Configuration files whose settings come before these, relative to this file."),
        "rules": texts("Rule files of your own, or folders of them, relative to this file."),
        "tables": texts("Tables of your own (models, accelerators, prices), relative to this file."),
        "baseline": {"description": "Findings that are left for later, relative to this file.", "type": "string"},
        "exclude": texts("Manifests that a walk leaves out; one that is named is checked all the same."),
        "overrides": {"type": "array", "items": {"$ref": "#/$defs/override"}},
    })
}

fn layer(rules: &[Rule<'_>]) -> Value {
    let selectors = |description: &str| json!({"description": description, "$ref": "#/$defs/selectors"});
    let duration = |description: &str| json!({"description": description, "type": "string", "pattern": "^P"});
    let count = |description: &str| json!({"description": description, "type": ["integer", "string"]});
    let suppressions = json!({
        "require": {"description": "What every suppression has to say, besides its reason.", "type": "array", "items": {"enum": ["owner", "until", "ticket"]}},
        "warn": duration("How long ahead of its expiry a suppression is announced; P14D unless it is said."),
        "longest": duration("How long a suppression may hold at most."),
    });
    let limits = Limit::ALL.map(|limit| (limit.as_str().to_owned(), count(limit.meaning())));
    let limits = Value::Object(limits.into_iter().collect());
    json!({
        "select": selectors("Exactly these rules, whatever was chosen before."),
        "extend_select": selectors("These rules as well."),
        "ignore": selectors("Without these."),
        "severity": {
            "description": "The severity of what a selector selects, in place of the rules' own; the last one holds.",
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/severity"},
        },
        "options": options(rules),
        "fail_on": {"description": "The lowest severity of a violation that fails a run; `high` unless it is said.", "enum": ["info", "low", "medium", "high", "critical", "never"]},
        "min_severity": {"description": "Findings below this severity are left out.", "$ref": "#/$defs/severity"},
        "strict": {"description": "Whether what cannot be decided fails, too.", "type": "boolean"},
        "require_evidence": {"description": "Whether a control that names no evidence is undeclared.", "type": "boolean"},
        "unsuppressible": selectors("Rules that nobody can suppress; later layers add to the list."),
        "suppressions": object(&[suppressions], "What is asked of comments and waivers that accept a finding."),
        "limits": object(&[limits], "What a manifest may ask for at most; more is an error."),
    })
}

/// Codes, names and families.
fn selectors(rules: &[Rule<'_>]) -> Vec<String> {
    let mut all: Vec<String> =
        rules.iter().flat_map(|rule| [&rule.code, &rule.name, &rule.family]).map(ToString::to_string).collect();
    all.extend(Severity::ALL.map(|severity| severity.as_str().to_owned()));
    all.sort();
    all.dedup();
    all
}

fn options(rules: &[Rule<'_>]) -> Value {
    let mut of_rules = Map::new();
    for rule in rules.iter().filter(|rule| !rule.options.is_empty()) {
        let mut of_rule = Map::new();
        for option in &rule.options {
            of_rule.insert(option.name.to_string(), self::option(option));
        }
        let value = json!({"description": rule.summary, "type": "object", "additionalProperties": false, "properties": of_rule});
        of_rules.insert(rule.code.to_string(), value.clone());
        of_rules.insert(rule.name.to_string(), value);
    }
    // Rules of one's own have options, too.
    json!({"description": "Options of rules, by the code or the name of the rule.", "type": "object", "properties": of_rules, "additionalProperties": {"type": "object"}})
}

fn option(option: &RuleOption<'_>) -> Value {
    let default = match &option.value {
        OptionValue::One(text) => json!(text),
        OptionValue::List(items) => json!(items),
    };
    let mut schema = match option.kind {
        OptionKind::Number | OptionKind::Count | OptionKind::Share | OptionKind::Percent => json!({"type": ["number", "string"]}),
        OptionKind::Duration => json!({"type": "string", "pattern": "^P"}),
        OptionKind::Texts => json!({"type": "array", "items": {"type": "string"}}),
    };
    schema["description"] = json!(format!("{} ({}).", option.meaning.trim_end_matches('.'), option.kind.describe()));
    schema["default"] = default;
    schema
}
