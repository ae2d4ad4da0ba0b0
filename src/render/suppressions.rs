//! The list of suppressions.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::table::Table;
use super::text::mask;

/// One suppression of one rule.
#[derive(Debug, Clone)]
pub struct Row {
    /// File and position, or the baseline.
    pub place: String,
    pub rule: String,
    pub scope: Option<String>,
    pub kind: &'static str,
    pub owner: Option<String>,
    pub ticket: Option<String>,
    /// The day from which on it is there: as it says, else when its line was last changed.
    pub since: Option<Date>,
    /// Days since then.
    pub age: Option<i32>,
    pub until: Option<String>,
    pub state: &'static str,
    pub findings: usize,
    pub reason: Option<String>,
}

impl Row {
    /// Every member is always there.
    pub fn json(&self) -> Value {
        json!({
            "place": self.place,
            "rule": self.rule,
            "scope": self.scope,
            "kind": self.kind,
            "owner": self.owner,
            "ticket": self.ticket,
            "since": self.since.map(|day| day.to_string()),
            "age_days": self.age,
            "until": self.until,
            "state": self.state,
            "findings": self.findings,
            "reason": self.reason,
        })
    }
}

/// A table of all of them, and how many there are in which state.
pub fn render(rows: &[Row], markdown: bool) -> String {
    if rows.is_empty() {
        return "no suppressions\n".to_owned();
    }
    let mut table = Table::new(["where", "rule", "by", "owner", ">days old", "until", "state", ">findings", "reason"]);
    let or_dash = |text: &Option<String>| text.as_deref().map_or("-".to_owned(), mask);
    for row in rows {
        let rule = row.scope.as_ref().map_or_else(|| mask(&row.rule), |scope| format!("{} of {}", mask(&row.rule), mask(scope)));
        table.row([
            mask(&row.place),
            if rule.is_empty() { "-".to_owned() } else { rule },
            row.kind.to_owned(),
            or_dash(&row.owner),
            row.age.map_or("-".to_owned(), |age| age.to_string()),
            or_dash(&row.until),
            row.state.to_owned(),
            row.findings.to_string(),
            or_dash(&row.reason),
        ]);
    }
    let mut states: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        match states.iter_mut().find(|(state, _)| *state == row.state) {
            Some((_, count)) => *count += 1,
            None => states.push((row.state, 1)),
        }
    }
    let states: Vec<String> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let table = if markdown { table.markdown() } else { table.text() };
    let what = if rows.len() == 1 { "suppression" } else { "suppressions" };
    format!("{table}\n{} {what}: {}\n", rows.len(), states.join(", "))
}
