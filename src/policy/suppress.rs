//! Who has accepted which finding: comments and `waivers`, applied to the findings of one file.
//!
//! Each suppression comes to exactly one [`State`] for each rule it names. All but those in force are findings
//! themselves (`SUP…`), with the edit that takes them away; entries of `waivers` that have expired or have no owner are
//! left to the rule that reads them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::among::{Among, OfRule};
use super::directive::{Directive, directives};
use super::settings::Terms;
use crate::finding::{
    Edit, Finding, Fix, Label, References, Role, Safety, Severity, Suppression, SuppressionKind, Verdict, fingerprint,
};
use crate::manifest::leaf;
use crate::report::{Listed, State};
use crate::rule::model::EngineCode;
use crate::span::{LineIndex, Span};
use crate::spelling;
use crate::syntax::edit;
use crate::syntax::tree::{NodeId, Place, Tree};

/// Places that a suppression in the wrong place points at.
const POINTED_AT: usize = 20;

/// The code of the finding that says what became of a suppression.
fn code(state: State) -> Option<&'static str> {
    match state {
        State::Unused => Some("SUP001"),
        State::Expired => Some("SUP002"),
        State::UnknownRule => Some("SUP003"),
        State::Malformed => Some("SUP004"),
        State::Misplaced => Some("SUP005"),
        State::Expiring => Some("SUP006"),
        State::Refused => Some("SUP007"),
        State::InForce | State::NotAsked => None,
    }
}

/// What a file's findings are held against.
#[derive(Debug, Clone, Copy)]
pub struct Site<'s> {
    pub tree: &'s Tree,
    pub lines: &'s LineIndex,
    /// Roots of the documents that were read.
    pub documents: &'s [Place],
    /// Index of the file.
    pub file: usize,
    /// What fingerprints begin with.
    pub key: &'s str,
    pub today: Date,
    /// Codes of the rules that were asked to the end.
    pub asked: &'s dyn Asked,
    pub codes: &'s [EngineCode<'static>],
}

/// Whether a rule was asked.
pub trait Asked: std::fmt::Debug {
    fn asked(&self, code: &str) -> bool;
}

/// A suppression as it is written, whatever its form.
struct Entry {
    kind: SuppressionKind,
    rules: Vec<(String, Span)>,
    list: Span,
    scope: Option<String>,
    reason: Option<String>,
    owner: Option<String>,
    ticket: Option<String>,
    until: Option<String>,
    since: Option<String>,
    span: Span,
    mistake: Option<(String, String)>,
    reach: Reach,
}

/// What a suppression is for.
#[derive(Clone, Copy)]
enum Reach {
    /// A line, counted from 0; none where nothing follows.
    Line(Option<usize>),
    File,
    /// A document, and the entry of its waivers.
    Document(usize, NodeId),
}

/// Marks what is suppressed and adds what is wrong with suppressions; gives all of them.
pub fn apply(terms: &Terms, site: Site<'_>, findings: &mut Vec<Finding>) -> Vec<Listed> {
    if !terms.enabled {
        return Vec::new();
    }
    let mut listed = Vec::new();
    let mut found = Vec::new();
    let mut among = Among::default();
    for entry in entries(site) {
        let rules = if entry.rules.is_empty() { vec![(String::new(), entry.span)] } else { entry.rules.clone() };
        for (rule, at) in rules {
            let judged = judge(terms, site, &entry, &rule, findings, &mut among);
            found.extend(report(site, &entry, &rule, at, &judged));
            listed.push(Listed {
                kind: entry.kind,
                rule,
                scope: entry.scope.clone(),
                reason: entry.reason.clone(),
                owner: entry.owner.clone(),
                ticket: entry.ticket.clone(),
                until: entry.until.clone(),
                since: entry.since.clone(),
                span: entry.span,
                state: judged.state,
                findings: judged.findings,
            });
        }
    }
    number(site.key, &mut found);
    findings.append(&mut found);
    listed
}

fn entries(site: Site<'_>) -> Vec<Entry> {
    let directives = directives(site.tree);
    let layout = if directives.is_empty() { Layout::default() } else { Layout::of(site) };
    let mut entries: Vec<Entry> = directives.into_iter().map(|directive| comment(site, &layout, directive)).collect();
    for (document, root) in site.documents.iter().enumerate() {
        let Some(waivers) = site.tree.get(*root, "waivers") else { continue };
        entries.extend(site.tree.elements(waivers).map(|item| waiver(site.tree, document, item)));
    }
    entries
}

fn comment(site: Site<'_>, layout: &Layout, directive: Directive) -> Entry {
    let text = site.tree.source();
    let line = site.lines.line(directive.span.start as usize);
    let before = &text[site.lines.start(line, text)..directive.span.start as usize];
    let alone = before.trim_start_matches('\u{feff}').trim().is_empty();
    let mut mistake = directive.mistake.clone();
    let reach = if directive.file {
        if (!alone || layout.first.is_some_and(|first| first < line)) && mistake.is_none() {
            let help = "move it to the top of the file, or write `allow` on the line of the finding";
            mistake = Some(("`allow-file` stands below the first key".to_owned(), help.to_owned()));
        }
        Reach::File
    } else if alone {
        Reach::Line(layout.next.get(line).copied().flatten())
    } else {
        Reach::Line(Some(line))
    };
    Entry {
        kind: if directive.file { SuppressionKind::FileComment } else { SuppressionKind::Comment },
        list: directive.list,
        scope: None,
        reason: directive.reason.clone(),
        owner: directive.field("owner").map(str::to_owned),
        ticket: directive.field("ticket").map(str::to_owned),
        until: directive.field("until").map(str::to_owned),
        since: directive.field("since").map(str::to_owned),
        span: directive.span,
        mistake,
        reach,
        rules: directive.rules,
    }
}

/// Where something stands in a file, worked out once for all suppressions in it.
#[derive(Default)]
struct Layout {
    /// For each line the first one below that is neither empty nor a comment.
    next: Vec<Option<usize>>,
    /// The first line that is neither, nor a directive of YAML.
    first: Option<usize>,
}

impl Layout {
    fn of(site: Site<'_>) -> Self {
        let text = site.tree.source();
        let mut layout = Self { next: vec![None; site.lines.len()], first: None };
        let mut below = None;
        for line in (0..site.lines.len()).rev() {
            layout.next[line] = below;
            let content =
                text[site.lines.start(line, text)..site.lines.start(line + 1, text)].trim_start_matches('\u{feff}').trim();
            if !content.is_empty() && !content.starts_with('#') {
                below = Some(line);
                if !content.starts_with("---") && !content.starts_with('%') {
                    layout.first = Some(line);
                }
            }
        }
        layout
    }
}

fn waiver(tree: &Tree, document: usize, item: Place) -> Entry {
    let text = |key: &str| {
        let value = tree.get(item, key)?;
        tree.text(value.node)
            .map(str::trim)
            .filter(|text| !matches!(*text, "" | "none" | "unknown" | "~" | "null"))
            .map(str::to_owned)
    };
    let span = tree.highlight(item.via.unwrap_or(item.node));
    let rule = tree.get(item, "rule").and_then(|rule| Some((tree.text(rule.node)?.trim().to_owned(), tree.node(rule.node).span)));
    Entry {
        kind: SuppressionKind::Waiver,
        rules: rule.into_iter().collect(),
        list: span,
        scope: text("scope"),
        reason: text("reason"),
        owner: text("owner"),
        ticket: None,
        until: text("expires"),
        since: None,
        span,
        mistake: None,
        reach: Reach::Document(document, item.via.unwrap_or(item.node)),
    }
}

/// What became of a suppression of a rule, and what there is to say of it.
struct Judged {
    state: State,
    message: String,
    help: String,
    /// Further places.
    labels: Vec<(Span, String)>,
    fix: Option<Fix>,
    findings: usize,
}

impl Judged {
    fn new(state: State, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { state, message: message.into(), help: help.into(), labels: Vec::new(), fix: None, findings: 0 }
    }
}

fn judge(terms: &Terms, site: Site<'_>, entry: &Entry, rule: &str, findings: &mut [Finding], among: &mut Among) -> Judged {
    let removal = || removal(site.tree, entry, rule);
    if let Some((message, help)) = &entry.mistake {
        return Judged::new(State::Malformed, format!("this suppresses nothing: {message}"), help.clone());
    }
    if entry.rules.is_empty() {
        // A waiver without a rule: the vocabulary has no more to say of it.
        return Judged::new(State::Malformed, "this waiver names no rule", "add `rule:` with the code or the name of a rule");
    }
    let Some(code) = code_of(terms, site.codes, rule) else { return unknown(terms, site.tree, entry, rule) };
    let engine = site.codes.iter().any(|known| known.code == code);
    if engine || terms.unsuppressible.contains(code) {
        let why = if engine { "a mistake in a file cannot be accepted" } else { "the configuration marks it as unsuppressible" };
        let judged =
            Judged::new(State::Refused, format!("`{rule}` cannot be suppressed: {why}"), "fix what it reports, and remove this");
        return Judged { fix: Some(removal()), ..judged };
    }
    if let Some(wanting) = wanting(terms, entry) {
        return Judged::new(State::Malformed, format!("this suppresses nothing: {wanting}"), "say it, or fix what is reported");
    }
    let until = entry.until.as_deref().map(leaf::date);
    let gone = match &until {
        Some(Err(_)) => Some(format!("`{}` is not a date, which counts as expired", entry.until.as_deref().unwrap_or_default())),
        Some(Ok(day)) if *day < site.today => Some(format!("its last day was {day}")),
        _ => None,
    };
    if let Some(gone) = gone {
        let judged = Judged::new(
            State::Expired,
            format!("the suppression of `{rule}` has expired: {gone}"),
            "renew it with a new date, or fix what it was for",
        );
        return Judged { fix: Some(removal()), ..judged };
    }
    let until = until.and_then(Result::ok);
    if let Some(too_long) = too_long(terms, site.today, until) {
        return Judged::new(State::Malformed, format!("this suppresses nothing: {too_long}"), "set an earlier `until`");
    }
    let mut count = 0;
    let of_rule = among.of(code, findings, site.lines);
    for at in covered(entry, of_rule).iter().copied() {
        if !applies(entry, &findings[at]) {
            continue;
        }
        count += 1;
        // The first that speaks of it answers for it.
        findings[at].suppressed.get_or_insert_with(|| Suppression {
            kind: entry.kind,
            justification: justification(entry),
            owner: entry.owner.clone(),
            until,
            at: Some((site.file, entry.span)),
        });
    }
    if count == 0 {
        return idle(site, entry, rule, code, of_rule.all.iter().map(|at| &findings[*at]));
    }
    let left = until.and_then(|day| site.today.until(day).ok()).map(|left| f64::from(left.get_days()));
    match (left, until) {
        (Some(left), Some(day)) if left <= terms.warn => {
            let when =
                if left < 1.0 { "today is its last day".to_owned() } else { format!("its last day is {day}, in {left} days") };
            let judged = Judged::new(
                State::Expiring,
                format!("the suppression of `{rule}` expires: {when}"),
                "fix what it is for, or renew it in time",
            );
            Judged { findings: count, ..judged }
        }
        _ => Judged { findings: count, ..Judged::new(State::InForce, "", "") },
    }
}

fn justification(entry: &Entry) -> String {
    let reason = entry.reason.clone().unwrap_or_default();
    entry.ticket.as_ref().map_or(reason.clone(), |ticket| format!("{reason} ({ticket})"))
}

/// The code that a name or a code stands for.
fn code_of<'t>(terms: &'t Terms, codes: &'t [EngineCode<'_>], rule: &str) -> Option<&'t str> {
    let own = terms.known.iter().map(|(code, name)| (code.as_ref(), name.as_ref()));
    let mut all = own.chain(codes.iter().map(|code| (code.code.as_ref(), code.name.as_ref())));
    all.find(|(code, name)| *code == rule || *name == rule).map(|(code, _)| code)
}

fn unknown(terms: &Terms, tree: &Tree, entry: &Entry, rule: &str) -> Judged {
    let names = terms.known.iter().flat_map(|(code, name)| [code.as_ref(), name.as_ref()]);
    match spelling::nearest(rule, names) {
        Some(near) => {
            let span = entry.rules.iter().find(|(name, _)| name == rule).map_or(entry.span, |(_, span)| *span);
            let edits = vec![Edit { span, text: near.to_owned() }];
            // It would be in force from then on.
            let fix = Fix { title: format!("write `{near}`"), safety: Safety::Unsafe, edits };
            let judged = Judged::new(State::UnknownRule, format!("there is no rule `{rule}`"), format!("did you mean `{near}`?"));
            Judged { fix: Some(fix), ..judged }
        }
        None => {
            let help = "name one rule by its code or its name; families and severities cannot be suppressed";
            let judged = Judged::new(State::UnknownRule, format!("there is no rule `{rule}`"), help);
            Judged { fix: Some(removal(tree, entry, rule)), ..judged }
        }
    }
}

/// What a suppression fails to say.
fn wanting(terms: &Terms, entry: &Entry) -> Option<String> {
    // A waiver without a reason or an owner is what a rule reports; without a reason it does nothing.
    if entry.reason.is_none() {
        return Some("it gives no reason".to_owned());
    }
    let said = |demand: super::config::Demand| match demand {
        super::config::Demand::Owner => entry.owner.is_some(),
        super::config::Demand::Until => entry.until.is_some(),
        super::config::Demand::Ticket => entry.ticket.is_some() || entry.kind == SuppressionKind::Waiver,
    };
    let missing: Vec<&str> = terms.demands.iter().filter(|demand| !said(**demand)).map(|demand| demand.as_str()).collect();
    (!missing.is_empty()).then(|| format!("the configuration asks for `{}`", missing.join("`, `")))
}

fn too_long(terms: &Terms, today: Date, until: Option<Date>) -> Option<String> {
    let longest = terms.longest?;
    let Some(until) = until else { return Some(format!("it has no end, and the configuration allows {longest} days")) };
    let days = today.until(until).map_or(f64::INFINITY, |left| f64::from(left.get_days()));
    (days > longest).then(|| format!("it holds for {days} more days, and the configuration allows {longest}"))
}

/// The findings of a rule where a suppression is for, whatever they are.
fn covered<'o>(entry: &Entry, of_rule: &'o OfRule) -> &'o [usize] {
    match (entry.reach, &entry.scope) {
        (Reach::Line(line), _) => line.map_or(&[], |line| of_rule.on(line)),
        (Reach::Document(..), Some(scope)) => of_rule.about(scope),
        (Reach::Document(..) | Reach::File, _) => &of_rule.all,
    }
}

/// Whether a finding there is one that can be suppressed: of the same document, and no mistake.
fn applies(entry: &Entry, finding: &Finding) -> bool {
    let here = if let Reach::Document(document, _) = entry.reach { finding.document == document } else { true };
    here && finding.verdict != Verdict::Error
}

/// Why a suppression in force suppresses nothing.
fn idle<'f>(site: Site<'_>, entry: &Entry, rule: &str, code: &str, of_rule: impl Iterator<Item = &'f Finding>) -> Judged {
    if !site.asked.asked(code) {
        return Judged::new(State::NotAsked, "", "");
    }
    let others: Vec<&Finding> = of_rule.filter(|finding| finding.counts()).collect();
    let fix = Some(removal(site.tree, entry, rule));
    let (Some(first), false) = (others.first(), matches!(entry.reach, Reach::File)) else {
        let judged = Judged::new(State::Unused, format!("`{rule}` finds nothing that this suppresses"), "remove it");
        return Judged { fix, ..judged };
    };
    let what = match (&entry.scope, entry.reach) {
        (Some(scope), _) => format!("not of `{scope}`"),
        (None, Reach::Line(_)) => "not on the line that this is for".to_owned(),
        (None, _) => "not in this document".to_owned(),
    };
    let more = others.len().saturating_sub(POINTED_AT);
    let more = if more == 0 { String::new() } else { format!("; {more} more places are not listed") };
    let mut judged = Judged::new(
        State::Misplaced,
        format!("`{rule}` finds something, and {what}{more}"),
        "move it to the line that is reported, or remove it",
    );
    judged.labels = others
        .iter()
        .take(POINTED_AT)
        .filter_map(|finding| finding.labels.first())
        .map(|label| (label.span, "reported here".to_owned()))
        .collect();
    judged.fix = match (others.len(), first.labels.first(), entry.reach) {
        (1, Some(label), Reach::Line(_)) if entry.rules.len() == 1 => Some(moved(site, entry, label.span)),
        _ => fix,
    };
    judged
}

/// Takes a comment away and puts it above the line that is reported.
fn moved(site: Site<'_>, entry: &Entry, to: Span) -> Fix {
    let text = site.tree.source();
    let start = site.lines.start(site.lines.line(to.start as usize), text);
    let line = &text[start..];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let comment = &text[entry.span.range()];
    let above = Edit { span: Span::at(start), text: format!("{indent}{comment}{}", edit::line_end(text)) };
    // It is in force from then on.
    Fix {
        title: "move the suppression to the line that is reported".to_owned(),
        safety: Safety::Unsafe,
        edits: vec![edit::remove_comment(text, entry.span), above],
    }
}

/// Takes a suppression of a rule away, and what else it suppresses stays.
fn removal(tree: &Tree, entry: &Entry, rule: &str) -> Fix {
    let title = format!("remove the suppression of `{rule}`");
    let text = tree.source();
    let edits = match entry.reach {
        Reach::Document(_, item) => edit::remove_item(tree, item),
        _ if entry.rules.len() > 1 => {
            let rest: Vec<&str> = entry.rules.iter().map(|(name, _)| name.as_str()).filter(|name| *name != rule).collect();
            vec![Edit { span: entry.list, text: format!("[{}]", rest.join(", ")) }]
        }
        _ => vec![edit::remove_comment(text, entry.span)],
    };
    Fix { title, safety: Safety::Safe, edits }
}

/// The finding that says what became of a suppression.
fn report(site: Site<'_>, entry: &Entry, rule: &str, at: Span, judged: &Judged) -> Option<Finding> {
    let code = code(judged.state)?;
    // What the rules say of a waiver is not said twice.
    if entry.kind == SuppressionKind::Waiver
        && (judged.state == State::Expired || judged.state == State::Malformed)
        && entry.mistake.is_none()
    {
        return None;
    }
    let known = site.codes.iter().find(|known| known.code == code);
    let label =
        |span: Span, text: &str, role: Role| Label { file: site.file, span, role, path: String::new(), text: text.to_owned() };
    let mut labels = vec![label(at, judged.state.as_str(), Role::Primary)];
    labels.extend(judged.labels.iter().map(|(span, text)| label(*span, text, Role::Evidence)));
    let document = if let Reach::Document(document, _) = entry.reach { document } else { 0 };
    Some(Finding {
        rule: code.into(),
        name: known.map_or("suppression".into(), |known| known.name.clone()),
        family: "policy".into(),
        verdict: if judged.state == State::Expiring { Verdict::Info } else { Verdict::Violation },
        severity: known.map_or(Severity::Low, |known| known.severity),
        message: judged.message.clone(),
        labels,
        help: Cow::Owned(judged.help.clone()),
        missing: Vec::new(),
        references: References::default(),
        fingerprint: String::new(),
        document,
        subject: entry.scope.as_ref().map_or_else(|| rule.to_owned(), |scope| format!("{rule} {scope}")),
        about: Vec::new(),
        attached_to: None,
        suppressed: None,
        baseline: None,
        fix: judged.fix.clone(),
    })
}

/// Fingerprints without a line in them: equal ones are told apart by their order.
fn number(key: &str, findings: &mut [Finding]) {
    let mut seen: BTreeMap<(Cow<'static, str>, String), usize> = BTreeMap::new();
    for finding in findings {
        let times = seen.entry((finding.rule.clone(), finding.subject.clone())).or_default();
        *times += 1;
        if *times > 1 {
            finding.subject = format!("{}#{times}", finding.subject);
        }
        let document = finding.document.to_string();
        finding.fingerprint = fingerprint([key, &document, &finding.rule, finding.verdict.as_str(), &finding.subject]);
    }
}
