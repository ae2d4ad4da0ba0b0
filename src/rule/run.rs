//! One rule, asked of one deployment.

use std::collections::BTreeMap;

use super::model::{LabelRule, Origin, Part, Rule, Template};
use super::skeleton::skeletons;
use crate::expr::ast::Expr;
use crate::expr::eval::{Env, Evaluator, Spot};
use crate::expr::show::show;
use crate::finding::{Finding, Label, Missing, Role, Severity, Verdict, fingerprint};
use crate::manifest::value::{Data, Gap, Gaps, Value, View};
use crate::manifest::vocabulary::Flow;
use crate::report::Outcome;
use crate::span::Sighting;
use crate::syntax::tree::Place;

/// Where a deployment stands in the run.
#[derive(Debug, Clone, Copy)]
pub struct Site<'s> {
    /// Index of the file.
    pub file: usize,
    /// What the index of a configuration file is added to: it comes after every manifest.
    pub configuration: usize,
    /// What the index of a file that the manifest is held against is added to.
    pub evidence: usize,
    /// Index of the document in it.
    pub document: usize,
    /// `system.id`, else the file's name: what fingerprints begin with.
    pub key: &'s str,
    /// Whether a finding of what is missing carries the edit that puts it where it belongs.
    pub drafts: bool,
}

/// What came of one rule.
#[derive(Debug, Default)]
pub struct Run {
    pub findings: Vec<Finding>,
    /// By subject.
    pub outcomes: Vec<(String, Outcome)>,
    /// Whether the rule took more operations than a rule may.
    pub exhausted: bool,
    /// The operations that it took.
    pub steps: usize,
}

/// Operations that a subject counts as by itself: it is named, and its outcome kept.
const SUBJECT: usize = 8;

/// Asks the rule of every subject.
pub fn run<'r: 'm, 'm>(rule: &'r Rule<'static>, env: Env<'_, 'm>, site: Site<'_>) -> Run {
    let mut asking = Asking {
        rule,
        site,
        view: env.view,
        eval: Evaluator::new(env, &rule.program, rule),
        run: Run::default(),
        seen: BTreeMap::new(),
    };
    asking.bind(0, &mut Vec::new());
    if asking.run.outcomes.is_empty() {
        asking.run.outcomes.push((String::new(), Outcome::NotApplicable));
    }
    asking.run.exhausted = asking.eval.exhausted();
    asking.run.steps = asking.eval.steps();
    asking.run
}

struct Asking<'r, 'e, 'm> {
    rule: &'r Rule<'static>,
    site: Site<'e>,
    view: View<'m>,
    eval: Evaluator<'r, 'e, 'm>,
    run: Run,
    /// How often a subject's key has come up: equal keys are told apart by their order.
    seen: BTreeMap<String, usize>,
}

impl<'r: 'm, 'm> Asking<'r, '_, 'm> {
    /// Binds the names of `for` one after the other and asks once all are bound.
    fn bind(&mut self, at: usize, subjects: &mut Vec<Value<'m>>) {
        if self.eval.exhausted() {
            return;
        }
        let Some((name, domain)) = self.rule.bindings.get(at) else {
            self.ask(subjects);
            return;
        };
        let elements = self.eval.eval(*domain).and_then(|list| self.eval.elements(&list));
        match elements {
            Ok(elements) => {
                for element in elements {
                    match element {
                        Ok(value) => {
                            self.eval.bind(name, Ok(value.clone()));
                            subjects.push(value);
                            self.bind(at + 1, subjects);
                            subjects.pop();
                            self.eval.unbind();
                        }
                        Err(gaps) => self.unlisted(at, subjects, &gaps),
                    }
                }
            }
            Err(gaps) => self.unlisted(at, subjects, &gaps),
        }
    }

    /// Nobody knows which subjects there are: undecided, unless the rule would not apply to any.
    fn unlisted(&mut self, at: usize, subjects: &[Value<'m>], gaps: &Gaps) {
        let rule = self.rule;
        let unbound = &rule.bindings[at..];
        for (name, _) in unbound {
            self.eval.bind(name, Err(gaps.clone()));
        }
        let applies = rule.applies.map_or(Ok(true), |applies| self.eval.boolean(applies));
        for _ in unbound {
            self.eval.unbind();
        }
        let subject = self.subject(subjects);
        if applies == Ok(false) {
            self.run.outcomes.push((subject, Outcome::NotApplicable));
        } else {
            self.undecided(subject, subjects, gaps);
        }
    }

    fn ask(&mut self, subjects: &[Value<'m>]) {
        self.eval.charge(SUBJECT);
        self.eval.reads.clear();
        self.eval.options_read.clear();
        let applies = self.rule.applies.map_or(Ok(true), |applies| self.eval.boolean(applies));
        let subject = self.subject(subjects);
        if applies == Ok(false) {
            self.run.outcomes.push((subject, Outcome::NotApplicable));
            return;
        }
        let when = self.rule.when.map_or(Ok(false), |when| self.eval.boolean(when));
        let evidence = std::mem::take(&mut self.eval.reads);
        match (applies, when) {
            (Ok(true), Ok(true)) => {
                self.found(&subject, subjects, Verdict::Violation, &evidence);
                self.run.outcomes.push((subject, Outcome::Violation));
            }
            (Ok(true), other) if self.holds(self.rule.info_when) => {
                let evidence = std::mem::take(&mut self.eval.reads);
                self.found(&subject, subjects, Verdict::Info, &evidence);
                match other {
                    Ok(_) => self.run.outcomes.push((subject, Outcome::Passed)),
                    Err(gaps) => self.undecided(subject, subjects, &gaps),
                }
            }
            (Ok(true), Ok(false)) if self.rule.unknown_when.is_some() => self.ask_unknown(subject, subjects),
            (Ok(false), _) | (_, Ok(false)) => self.run.outcomes.push((subject, Outcome::Passed)),
            (Err(gaps), Ok(_)) | (Ok(_), Err(gaps)) => self.undecided(subject, subjects, &gaps),
            (Err(one), Err(other)) => self.undecided(subject, subjects, &one.and(other)),
        }
    }

    fn holds(&mut self, condition: Option<Expr>) -> bool {
        self.eval.reads.clear();
        condition.is_some_and(|condition| self.eval.boolean(condition) == Ok(true))
    }

    /// `unknown_when` asks for facts by stating what is there without them: its reads are what is asked.
    fn ask_unknown(&mut self, subject: String, subjects: &[Value<'m>]) {
        self.eval.reads.clear();
        let asked = self.rule.unknown_when.map_or(Ok(false), |condition| self.eval.boolean(condition));
        if let Err(gaps) = asked {
            self.undecided(subject, subjects, &gaps);
        } else if asked == Ok(true) {
            let reads = std::mem::take(&mut self.eval.reads);
            if let Some(message) = &self.rule.unknown_message {
                self.open(subject, subjects, message, &reads);
                return;
            }
            let gaps: Vec<Gap> = reads.into_iter().map(Gap::here).collect();
            self.undecided(subject, subjects, &Gaps::from(gaps));
        } else {
            self.run.outcomes.push((subject, Outcome::Passed));
        }
    }

    /// The natural keys of the subjects; equal ones are numbered.
    fn subject(&mut self, subjects: &[Value<'m>]) -> String {
        let mut keys = subjects.iter().map(|subject| natural_key(&self.view, subject));
        let mut key = keys.next().unwrap_or_default();
        for further in keys {
            key.push(' ');
            key.push_str(&further);
        }
        let times = self.seen.entry(key.clone()).or_default();
        *times += 1;
        if *times > 1 { format!("{key}#{times}") } else { key }
    }

    fn severity(&mut self) -> Severity {
        let rule = self.rule;
        if let Some((severity, _)) = rule.configured {
            return severity;
        }
        for (severity, when) in &rule.severities {
            if self.eval.boolean(*when) == Ok(true) {
                return *severity;
            }
        }
        rule.severity
    }

    fn found(&mut self, subject: &str, subjects: &[Value<'m>], verdict: Verdict, evidence: &[Place]) {
        let rule = self.rule;
        let severity = if verdict == Verdict::Info { Severity::Info } else { self.severity() };
        let template = match (verdict, &rule.info_message) {
            (Verdict::Info, Some(message)) => message,
            _ => &rule.message,
        };
        let configured = self.configured();
        let mut message = self.fill(template);
        let mut severity = severity;
        if self.rule.unverified_when.is_some_and(|when| self.eval.boolean(when) == Ok(true)) {
            severity = severity.min(Severity::Medium);
            message.push_str("; the terms were not verified in their text, so that the severity is at most medium");
        }
        let mut labels = self.labels(subjects, evidence);
        labels.extend(configured);
        self.push(subject.to_owned(), verdict, severity, message, labels, Vec::new());
    }

    /// Undecided for a reason that the rule states itself, rather than for want of a fact.
    fn open(&mut self, subject: String, subjects: &[Value<'m>], message: &Template<'_>, evidence: &[Place]) {
        let message = self.fill(message);
        let mut labels = self.labels(subjects, evidence);
        labels.extend(self.configured());
        self.run.outcomes.push((subject.clone(), Outcome::Unknown));
        let severity = self.severity().undecided();
        self.push(subject, Verdict::Unknown, severity, message, labels, Vec::new());
    }

    fn undecided(&mut self, subject: String, subjects: &[Value<'m>], gaps: &Gaps) {
        let mut missing: Vec<Missing> = gaps.iter().map(|gap| self.missing(gap)).collect();
        missing.sort();
        missing.dedup();
        let message = undecided_for(&missing);
        let mut labels: Vec<Label> = Vec::new();
        for fact in &missing {
            let said = if fact.stated_unknown { "` is stated as unknown" } else { "` belongs here" };
            let text = ["`", &fact.path, said].concat();
            let role = if labels.is_empty() { Role::Primary } else { Role::Evidence };
            labels.push(Label { file: self.site.file, span: fact.span, role, path: fact.path.clone(), text });
        }
        if labels.is_empty() {
            labels = self.labels(subjects, &[]);
        }
        labels.extend(self.configured());
        self.run.outcomes.push((subject.clone(), Outcome::Unknown));
        let severity = self.severity().undecided();
        self.push(subject, Verdict::Unknown, severity, message, labels, missing);
        if let Some(finding) = self.run.findings.last_mut().filter(|_| self.site.drafts) {
            finding.fix = skeletons(&self.view, gaps);
        }
    }

    fn push(
        &mut self,
        subject: String,
        verdict: Verdict,
        severity: Severity,
        message: String,
        labels: Vec<Label>,
        missing: Vec<Missing>,
    ) {
        let rule = self.rule;
        let about = rule.about.iter().filter_map(|id| self.eval.eval(*id).ok()).map(|id| show(&self.view, &id)).collect();
        let document = self.site.document.to_string();
        self.run.findings.push(Finding {
            rule: rule.code.clone(),
            name: rule.name.clone(),
            family: rule.family.clone(),
            verdict,
            severity,
            message,
            labels,
            help: rule.help.clone(),
            missing,
            references: rule.references.clone(),
            fingerprint: fingerprint([self.site.key, &document, rule.code.as_ref(), verdict.as_str(), &subject]),
            document: self.site.document,
            subject,
            about,
            attached_to: None,
            suppressed: None,
            baseline: None,
            fix: None,
        });
    }

    /// The lines of the configuration that made the finding what it is.
    fn configured(&self) -> Vec<Label> {
        let label = |origin: Origin, text: String| Label {
            file: self.site.configuration + origin.file,
            span: origin.span,
            role: Role::Evidence,
            path: String::new(),
            text,
        };
        let rule = self.rule;
        let read = rule.options.iter().filter(|option| self.eval.options_read.contains(&option.name.as_ref()));
        let options = read.filter_map(|option| {
            option.origin.map(|origin| label(origin, format!("the limit is set here: `{}` is {}", option.name, option.value)))
        });
        let severity = rule.configured.map(|(severity, origin)| label(origin, format!("its severity is set here: {severity}")));
        options.chain(severity).collect()
    }

    fn missing(&self, gap: &Gap) -> Missing {
        Missing { path: self.view.gap_path(gap), span: self.view.span(gap.at), stated_unknown: gap.stated_unknown }
    }

    fn fill(&mut self, template: &Template<'_>) -> String {
        let mut text = String::new();
        for part in &template.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Value(expr) => match self.eval.eval(*expr) {
                    Ok(value) => text.push_str(&show(&self.view, &value)),
                    Err(_) => text.push('?'),
                },
            }
        }
        text
    }

    /// The rule's own labels, then the places that decided and are not shown yet.
    fn labels(&mut self, subjects: &[Value<'m>], evidence: &[Place]) -> Vec<Label> {
        let mut labels = Vec::new();
        let rule = self.rule;
        for label in &rule.labels {
            self.label(label, &mut labels);
        }
        if labels.is_empty() {
            let place = subjects.iter().find_map(|subject| subject.place).or(evidence.first().copied()).unwrap_or(self.view.root);
            self.put(place, String::new(), Role::Primary, &mut labels);
        }
        for place in evidence {
            self.put(*place, String::new(), Role::Evidence, &mut labels);
        }
        labels
    }

    fn label(&mut self, label: &'r LabelRule<'r>, labels: &mut Vec<Label>) {
        let Some((name, domain)) = &label.each else {
            self.one_label(label, labels);
            return;
        };
        let elements = self.eval.eval(*domain).and_then(|list| match label.when {
            Some(when) => self.eval.candidates(*domain, &list, name, when),
            None => self.eval.elements(&list),
        });
        for element in elements.into_iter().flatten() {
            self.eval.bind(name, element);
            self.one_label(label, labels);
            self.eval.unbind();
        }
    }

    fn one_label(&mut self, label: &'r LabelRule<'r>, labels: &mut Vec<Label>) {
        if label.when.is_none_or(|when| self.eval.boolean(when) == Ok(true)) {
            let text = self.fill(&label.text);
            let place = match self.eval.spot(label.at) {
                Some(Spot::Here(place)) => place,
                Some(Spot::Elsewhere(seen)) => return self.put_elsewhere(seen, text, labels),
                None => self.view.root,
            };
            match (labels.is_empty(), label.hop) {
                (true, _) => self.put(place, text, Role::Primary, labels),
                (false, false) => self.put(place, text, Role::Evidence, labels),
                // Two steps may be declared in one place.
                (false, true) => labels.push(Label {
                    file: self.site.file,
                    span: self.view.span(place),
                    role: Role::Hop,
                    path: self.view.tree.path(place).text(),
                    text,
                }),
            }
        }
    }

    /// Puts a label in a file that the manifest is held against.
    fn put_elsewhere(&self, seen: Sighting, text: String, labels: &mut Vec<Label>) {
        let role = if labels.is_empty() { Role::Primary } else { Role::Evidence };
        let label = Label { file: self.site.evidence + seen.file, span: seen.span, role, path: String::new(), text };
        if !labels.iter().any(|other| other.file == label.file && other.span == label.span) {
            labels.push(label);
        }
    }

    /// Puts a label, unless the same span is shown already.
    fn put(&self, place: Place, text: String, role: Role, labels: &mut Vec<Label>) {
        let span = self.view.span(place);
        let shown = labels.iter().any(|label| label.file == self.site.file && label.span == span);
        if !shown {
            let path = self.view.tree.path(place).text();
            labels.push(Label { file: self.site.file, span, role, path, text });
        }
        // The use of an anchor is shown; where the value is written is evidence.
        if place.via.is_some() {
            let span = self.view.tree.highlight(place.node);
            if !labels.iter().any(|label| label.file == self.site.file && label.span == span) {
                let path = self.view.tree.path(Place { via: None, ..place }).text();
                labels.push(Label {
                    file: self.site.file,
                    span,
                    role: Role::Evidence,
                    path,
                    text: "written here, behind the alias".to_owned(),
                });
            }
        }
    }
}

/// That a rule is undecided for want of these facts.
fn undecided_for(missing: &[Missing]) -> String {
    if missing.is_empty() {
        return "cannot be decided".to_owned();
    }
    let names = missing.iter().map(|fact| fact.path.len() + 4).sum::<usize>();
    let mut message = String::with_capacity(names + 32);
    for (at, fact) in missing.iter().enumerate() {
        message.push_str(if at == 0 { "cannot tell: `" } else { ", `" });
        message.push_str(&fact.path);
        message.push('`');
    }
    message.push_str(if missing.len() == 1 { " is not declared" } else { " are not declared" });
    message
}

/// What names a subject: the id of an entry, the ends and purpose of a flow, the word of a role, line
/// or waiver. Never an index or a line.
pub fn natural_key<'m>(view: &View<'m>, subject: &Value<'m>) -> String {
    match (&subject.data, subject.place) {
        (Data::Row(row), _) => row.key.clone(),
        (Data::Record(desc), Some(place)) => {
            let text = |key: &&str| view.tree.get(place, key).and_then(|value| view.tree.text(value.node)).map(str::to_owned);
            if desc.name == Flow::DESC.name {
                return ["from", "to", "purpose"].iter().filter_map(text).collect::<Vec<_>>().join(" ");
            }
            ["id", "role", "rule", "option", "kind", "file"].iter().find_map(text).unwrap_or_default()
        }
        _ => show(view, subject),
    }
}
