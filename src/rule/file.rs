//! A rule file → a rule. Every mistake of shape or syntax in the file is gathered, at its place.
//!
//! Types are not checked here (see [`check`](super::check)): the build script uses this file and has
//! no vocabulary.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::model::{EngineCode, Example, Expects, LabelRule, OptionKind, OptionValue, Page, Part, Rule, RuleOption, Template};
use crate::expr::ast::{Expr, Program};
use crate::expr::parse::{ExprError, Offsets, parse};
use crate::finding::{Fault, References, Severity};
use crate::span::Span;
use crate::syntax::de::{Reader, Spanned};
use crate::syntax::tree::{Kind, NodeId, Place, Tree};

type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
struct RawRule {
    code: Text,
    name: Text,
    family: Text,
    severity: Spanned<RawSeverity>,
    summary: Text,
    #[serde(rename = "for")]
    subjects: Option<Text>,
    #[serde(rename = "where")]
    applies: Option<Text>,
    /// A rule that only advises has `info_when` alone.
    when: Option<Text>,
    info_when: Option<Text>,
    unknown_when: Option<Text>,
    message: Text,
    info_message: Option<Text>,
    unknown_message: Option<Text>,
    #[serde(default)]
    labels: Vec<RawLabel>,
    #[serde(default)]
    about: Vec<Text>,
    #[serde(default)]
    attaches_to: Vec<Text>,
    #[serde(default)]
    yields_to: Vec<Text>,
    unverified_when: Option<Text>,
    help: Text,
    why: Text,
    wrong_when: Text,
    #[serde(default)]
    options: BTreeMap<String, Spanned<RawOption>>,
    #[serde(default)]
    references: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    examples: Vec<Spanned<RawExample>>,
}

#[derive(Debug)]
enum RawSeverity {
    One(Severity),
    Depends(Vec<RawCase>),
}

/// `{critical: condition}`, or a bare word as the last case.
#[derive(Debug)]
struct RawCase {
    severity: Severity,
    when: Option<Text>,
}

impl<'de> Deserialize<'de> for RawSeverity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Depends {
            default: Severity,
            #[serde(default)]
            critical: Option<Text>,
            #[serde(default)]
            high: Option<Text>,
            #[serde(default)]
            medium: Option<Text>,
            #[serde(default)]
            low: Option<Text>,
            #[serde(default)]
            info: Option<Text>,
        }
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = RawSeverity;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a severity, or a mapping with `default` and conditions")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<RawSeverity, A::Error> {
                let shape = seq.next_element::<u8>()?;
                seq.next_element::<u32>()?;
                seq.next_element::<u32>()?;
                let missing = || serde::de::Error::missing_field("severity");
                if shape != Some(crate::syntax::de::MAPPING) {
                    return seq.next_element::<Severity>()?.map(RawSeverity::One).ok_or_else(missing);
                }
                let raw = seq.next_element::<Depends>()?.ok_or_else(missing)?;
                let cases = [
                    (Severity::Critical, raw.critical),
                    (Severity::High, raw.high),
                    (Severity::Medium, raw.medium),
                    (Severity::Low, raw.low),
                    (Severity::Info, raw.info),
                ];
                let mut cases: Vec<_> = cases
                    .into_iter()
                    .filter_map(|(severity, when)| when.map(|when| RawCase { severity, when: Some(when) }))
                    .collect();
                cases.push(RawCase { severity: raw.default, when: None });
                Ok(RawSeverity::Depends(cases))
            }
        }
        deserializer.deserialize_newtype_struct(crate::syntax::de::SHAPE, Either)
    }
}

#[derive(Debug, Deserialize)]
struct RawOption {
    #[serde(rename = "type")]
    kind: OptionKind,
    default: Spanned<IgnoredAny>,
    meaning: Text,
}

#[derive(Debug, Deserialize)]
struct RawLabel {
    each: Option<Text>,
    at: Text,
    when: Option<Text>,
    #[serde(default)]
    hop: bool,
    text: Text,
}

#[derive(Debug, Deserialize)]
struct RawExample {
    fails: Option<Text>,
    passes: Option<Text>,
    unknown: Option<Text>,
    info: Option<Text>,
    #[serde(default)]
    missing: Vec<String>,
    severity: Option<Severity>,
    as_of: Option<String>,
    #[serde(default)]
    options: BTreeMap<String, Spanned<IgnoredAny>>,
    /// Files that the manifest is held against, by name.
    #[serde(default)]
    evidence: BTreeMap<String, String>,
    /// In place of a manifest that cannot be written in YAML: how the code is tested instead.
    #[serde(rename = "fails_note")]
    _fails_note: Option<String>,
}

/// Where an expression of a rule is written.
#[derive(Debug)]
pub struct Source {
    /// The scalar that holds it.
    pub node: NodeId,
    /// Where it begins in the scalar's text.
    pub base: usize,
    /// Where its operations stand, from `base`.
    pub offsets: Offsets,
}

/// A rule with what its checks and its tests need.
#[derive(Debug)]
pub struct Compiled {
    pub rule: Rule<'static>,
    pub page: Page<'static>,
    /// By the root of the expression.
    pub sources: BTreeMap<u32, Source>,
    /// The mapping that holds the rule.
    pub place: Place,
    /// The places of `code` and `name`.
    pub code: Place,
}

/// Reads the rule in one document.
pub fn compile(tree: &Tree, document: NodeId) -> Result<Compiled, Vec<Fault>> {
    let place = tree.place(document);
    let reader = Reader::new(tree, tree.len() * 4);
    let raw: Option<RawRule> = reader.read(place);
    let mut faults = reader.into_faults();
    let Some(raw) = raw else { return Err(faults) };
    let mut compiler = Compiler { tree, program: Program::default(), sources: BTreeMap::new(), faults: Vec::new() };
    let rule = compiler.rule(&raw);
    faults.append(&mut compiler.faults);
    check_names(&raw, tree, &mut faults);
    let page = page(&raw, tree, &mut faults);
    match (rule, faults.is_empty()) {
        (Some(rule), true) => {
            let relations = compiler.program.fields_of("facts");
            let relations = relations.map(|names| names.into_iter().map(|name| Cow::Owned(name.to_owned())).collect());
            let rule = Rule { program: compiler.program, relations, ..rule };
            Ok(Compiled { rule, page, sources: compiler.sources, place, code: raw.code.place })
        }
        _ => Err(faults),
    }
}

fn fault(tree: &Tree, at: Place, message: impl Into<String>) -> Fault {
    Fault::new("rule", message).path(tree.path(at)).label(tree.highlight(at.node), "here")
}

fn check_names(raw: &RawRule, tree: &Tree, faults: &mut Vec<Fault>) {
    let code = &raw.code.value;
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    if letters.is_empty() || letters.len() == code.len() || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        faults.push(
            fault(tree, raw.code.place, format!("`{code}` is not a rule code"))
                .help("write capital letters and a number, as in `ORG001`"),
        );
    }
    for (what, text) in [("name", &raw.name), ("family", &raw.family)] {
        let kebab =
            !text.value.is_empty() && text.value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !kebab {
            faults.push(
                fault(tree, text.place, format!("`{}` is not a rule's {what}", text.value))
                    .help("write lower-case words joined by hyphens"),
            );
        }
    }
    for text in [&raw.summary, &raw.help, &raw.why, &raw.wrong_when, &raw.message] {
        if text.value.trim().is_empty() {
            faults.push(
                fault(tree, text.place, "this text is empty")
                    .help("a rule says what is wrong, why, when it is wrong itself, and what to do"),
            );
        }
    }
}

fn page(raw: &RawRule, tree: &Tree, faults: &mut Vec<Fault>) -> Page<'static> {
    let owned = |text: &str| Cow::Owned(text.trim().to_owned());
    let mut logic = Vec::new();
    let parts =
        [("for", &raw.subjects), ("where", &raw.applies), ("info_when", &raw.info_when), ("unknown_when", &raw.unknown_when)];
    for (key, text) in parts {
        logic.extend(text.as_ref().map(|text| (Cow::Borrowed(key), owned(&text.value))));
    }
    if let Some(when) = &raw.when {
        logic.insert(logic.len().min(2), (Cow::Borrowed("when"), owned(&when.value)));
    }
    let mut examples = Vec::new();
    for example in &raw.examples {
        match example_of(tree, &example.value) {
            Some(read) => examples.push(read),
            None => faults.push(
                fault(tree, example.place, "an example shows one of `fails`, `passes`, `unknown` and `info`")
                    .help("write `- fails: |` and the manifest below it"),
            ),
        }
    }
    Page { code: owned(&raw.code.value), why: owned(&raw.why.value), wrong_when: owned(&raw.wrong_when.value), logic, examples }
}

fn example_of(tree: &Tree, raw: &RawExample) -> Option<Example<'static>> {
    let shown = [
        (Expects::Fails, &raw.fails),
        (Expects::Passes, &raw.passes),
        (Expects::Unknown, &raw.unknown),
        (Expects::Info, &raw.info),
    ];
    let mut shown = shown.into_iter().filter_map(|(expects, text)| text.as_ref().map(|text| (expects, text)));
    let (expects, text) = shown.next()?;
    shown.next().is_none().then(|| Example {
        expects,
        manifest: Cow::Owned(text.value.clone()),
        missing: raw.missing.iter().map(|path| Cow::Owned(path.clone())).collect(),
        severity: raw.severity,
        as_of: raw.as_of.clone().map(Cow::Owned),
        options: raw
            .options
            .iter()
            .filter_map(|(name, value)| Some((Cow::Owned(name.clone()), written(tree, value.place)?)))
            .collect(),
        evidence: raw.evidence.iter().map(|(name, text)| (Cow::Owned(name.clone()), Cow::Owned(text.clone()))).collect(),
        offset: tree.node(text.place.node).span.start,
    })
}

struct Compiler<'t> {
    tree: &'t Tree,
    program: Program<'static>,
    sources: BTreeMap<u32, Source>,
    faults: Vec<Fault>,
}

impl Compiler<'_> {
    fn rule(&mut self, raw: &RawRule) -> Option<Rule<'static>> {
        let owned = |text: &str| Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "));
        // Every part is compiled before any is given up, so that one run shows all mistakes.
        let bindings = raw.subjects.as_ref().map_or(Some(Vec::new()), |text| self.bindings(text));
        let applies = self.optional(raw.applies.as_ref());
        let when = self.optional(raw.when.as_ref());
        if raw.when.is_none() && raw.info_when.is_none() && raw.unknown_when.is_none() {
            self.faults.push(
                fault(self.tree, raw.code.place, "the rule has no condition").help("add `when:`, or `info_when:` for advice"),
            );
        }
        let info_when = self.optional(raw.info_when.as_ref());
        let unknown_when = self.optional(raw.unknown_when.as_ref());
        let (severity, severities) = self.severity(&raw.severity.value);
        let message = self.template(&raw.message);
        let info_message = raw.info_message.as_ref().map(|text| self.template(text));
        let unknown_message = raw.unknown_message.as_ref().map(|text| self.template(text));
        let labels: Option<Vec<_>> = raw.labels.iter().map(|label| self.label(label)).collect();
        let about: Option<Vec<_>> = raw.about.iter().map(|text| self.expr(text)).collect();
        let unverified_when = self.optional(raw.unverified_when.as_ref());
        if let Some(relation) = raw.attaches_to.iter().chain(&raw.yields_to).next().filter(|_| raw.about.is_empty()) {
            self.faults.push(
                fault(self.tree, relation.place, "what this rule is about is not stated")
                    .help("add `about:` with the ids by which its findings are compared"),
            );
        }
        Some(Rule {
            code: owned(&raw.code.value),
            name: owned(&raw.name.value),
            family: owned(&raw.family.value),
            severity,
            severities,
            bindings: bindings?,
            applies: applies?,
            when: when?,
            info_when: info_when?,
            unknown_when: unknown_when?,
            message,
            info_message,
            unknown_message,
            labels: labels?,
            about: about?,
            attaches_to: raw.attaches_to.iter().map(|code| owned(&code.value)).collect(),
            yields_to: raw.yields_to.iter().map(|code| owned(&code.value)).collect(),
            unverified_when: unverified_when?,
            summary: owned(&raw.summary.value),
            help: owned(&raw.help.value),
            references: References::of(raw.references.iter().map(|(key, list)| (key.as_str(), list.as_slice()))),
            options: raw.options.iter().map(|(name, option)| self.option(name, option)).collect(),
            program: Program::default(),
            relations: None,
            configured: None,
        })
    }

    fn option(&mut self, name: &str, raw: &Spanned<RawOption>) -> RuleOption<'static> {
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()) {
            self.faults.push(
                fault(self.tree, raw.place, format!("`{name}` is not the name of an option"))
                    .help("write lower-case words joined by `_`"),
            );
        }
        let RawOption { kind, default, meaning } = &raw.value;
        let value = written(self.tree, default.place).unwrap_or_else(|| {
            self.faults.push(
                fault(self.tree, default.place, "this is no value of an option").help("write one value, or a list of texts"),
            );
            OptionValue::List(Vec::new())
        });
        let meaning = Cow::Owned(meaning.value.trim().to_owned());
        RuleOption { name: Cow::Owned(name.to_owned()), kind: *kind, value, meaning, origin: None }
    }

    fn severity(&mut self, raw: &RawSeverity) -> (Severity, Vec<(Severity, Expr)>) {
        match raw {
            RawSeverity::One(severity) => (*severity, Vec::new()),
            RawSeverity::Depends(cases) => {
                let default = cases.iter().find(|case| case.when.is_none()).map_or(Severity::Medium, |case| case.severity);
                let cases =
                    cases.iter().filter_map(|case| self.expr(case.when.as_ref()?).map(|when| (case.severity, when))).collect();
                (default, cases)
            }
        }
    }

    #[expect(clippy::option_option, reason = "outer: whether it could be compiled; inner: whether it is there")]
    fn optional(&mut self, text: Option<&Text>) -> Option<Option<Expr>> {
        text.map_or(Some(None), |text| self.expr(text).map(Some))
    }

    fn expr(&mut self, text: &Text) -> Option<Expr> {
        self.expr_at(text, 0, &text.value)
    }

    fn expr_at(&mut self, text: &Text, base: usize, expr: &str) -> Option<Expr> {
        match parse(expr, &mut self.program) {
            Ok((root, offsets)) => {
                self.sources.insert(root.0, Source { node: text.place.node, base, offsets });
                Some(root)
            }
            Err(error) => {
                self.faults.push(locate(self.tree, text.place.node, base, &error));
                None
            }
        }
    }

    /// `hosting in hosting, model in hosting.models`.
    fn bindings(&mut self, text: &Text) -> Option<Vec<(Cow<'static, str>, Expr)>> {
        let mut bindings = Some(Vec::new());
        for (at, part) in split(&text.value, ',') {
            let binding = self.binding(text, at, part);
            bindings = bindings.zip(binding).map(|(mut bindings, binding)| {
                bindings.push(binding);
                bindings
            });
        }
        bindings
    }

    fn binding(&mut self, text: &Text, at: usize, part: &str) -> Option<(Cow<'static, str>, Expr)> {
        let Some((name, domain)) = part.split_once(" in ") else {
            let error = ExprError {
                offset: 0,
                message: "not of the form `name in list`".into(),
                help: Some("write `for: model in models`".into()),
            };
            self.faults.push(locate(self.tree, text.place.node, at, &error));
            return None;
        };
        let indent = part.len() - part.trim_start().len();
        let name = name.trim();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()) {
            let error = ExprError {
                offset: indent,
                message: format!("`{name}` is not a name"),
                help: Some("write a lower-case word".into()),
            };
            self.faults.push(locate(self.tree, text.place.node, at, &error));
            return None;
        }
        let base = at + part.len() - domain.len();
        self.expr_at(text, base, domain).map(|domain| (Cow::Owned(name.to_owned()), domain))
    }

    fn label(&mut self, raw: &RawLabel) -> Option<LabelRule<'static>> {
        let each = match &raw.each {
            Some(text) => Some(self.binding(text, 0, &text.value)?),
            None => None,
        };
        let at = self.expr(&raw.at);
        let when = self.optional(raw.when.as_ref());
        let text = self.template(&raw.text);
        Some(LabelRule { each, at: at?, when: when?, hop: raw.hop, text })
    }

    /// Text with `{expression}`s; `{{` and `}}` are braces.
    fn template(&mut self, text: &Text) -> Template<'static> {
        let value = text.value.trim_end();
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = value;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..];
            if brace.starts_with("{{") || brace.starts_with("}}") {
                plain.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            let base = value.len() - brace.len();
            let Some(end) = closing(brace) else {
                let error = ExprError {
                    offset: 0,
                    message: "a brace without its counterpart".into(),
                    help: Some("write `{{` or `}}` for a brace".into()),
                };
                self.faults.push(locate(self.tree, text.place.node, base, &error));
                break;
            };
            if !plain.is_empty() {
                parts.push(Part::Text(Cow::Owned(std::mem::take(&mut plain))));
            }
            parts.extend(self.expr_at(text, base + 1, &brace[1..end]).map(Part::Value));
            rest = &brace[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(Cow::Owned(plain)));
        }
        Template(parts)
    }
}

/// The value of an option as it is written: a scalar, or a list of scalars.
pub fn written(tree: &Tree, place: Place) -> Option<OptionValue<'static>> {
    let text = |place: Place| tree.text(place.node).map(|text| Cow::Owned(text.to_owned()));
    match tree.node(place.node).kind {
        Kind::Scalar { .. } => text(place).map(OptionValue::One),
        Kind::Sequence { .. } => tree.elements(place).map(text).collect::<Option<_>>().map(OptionValue::List),
        _ => None,
    }
}

/// Points at the place of a mistake inside an expression.
pub fn locate(tree: &Tree, node: NodeId, base: usize, error: &ExprError) -> Fault {
    let at = tree.offset_in(node, base + error.offset);
    let rest = &tree.source()[at..];
    let word: usize = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
    let fault = Fault::new("rule", error.message.clone())
        .path(tree.path(tree.place(node)))
        .label(Span::new(at, at + word.max(1)), "here");
    match &error.help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

/// The offset of the `}` that closes the `{` at the start.
fn closing(text: &str) -> Option<usize> {
    if !text.starts_with('{') {
        return None;
    }
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '}') => return Some(at),
            (None, _) => {}
        }
    }
    None
}

/// The parts between separators that stand outside brackets and quotes, with their offsets.
fn split(text: &str, separator: char) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0usize, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, c) if c == separator && depth == 0 => {
                parts.push((start, &text[start..at]));
                start = at + c.len_utf8();
            }
            (None, _) => {}
        }
    }
    parts.push((start, &text[start..]));
    parts
}

#[derive(Debug, Deserialize)]
struct RawEngineCode {
    code: Text,
    name: Text,
    family: Text,
    severity: Severity,
    summary: Text,
    help: Text,
    why: Text,
    wrong_when: Text,
    #[serde(default)]
    examples: Vec<Spanned<RawExample>>,
}

/// Reads the page of an `E` code.
pub fn compile_engine_code(tree: &Tree, document: NodeId) -> Result<EngineCode<'static>, Vec<Fault>> {
    let reader = Reader::new(tree, tree.len() * 4);
    let raw: Option<RawEngineCode> = reader.read(tree.place(document));
    let faults = reader.into_faults();
    let Some(raw) = raw.filter(|_| faults.is_empty()) else { return Err(faults) };
    let owned = |text: &str| Cow::Owned(text.trim().to_owned());
    let page = Page {
        code: owned(&raw.code.value),
        why: owned(&raw.why.value),
        wrong_when: owned(&raw.wrong_when.value),
        logic: Vec::new(),
        examples: raw.examples.iter().filter_map(|example| example_of(tree, &example.value)).collect(),
    };
    Ok(EngineCode {
        code: owned(&raw.code.value),
        name: owned(&raw.name.value),
        family: owned(&raw.family.value),
        severity: raw.severity,
        summary: owned(&raw.summary.value),
        help: owned(&raw.help.value),
        page,
    })
}
