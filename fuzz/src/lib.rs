//! What is fuzzed: one function for each target, from bytes to nothing. A panic, and an assertion that does not hold, is a
//! find. The files in `fuzz_targets` hand libFuzzer's bytes to these functions.

mod structure;

use caveat::engine::{self, Plan};
use caveat::evidence;
use caveat::expr::ast::Program;
use caveat::expr::check::Checker;
use caveat::expr::eval::{Env, Evaluator, Options};
use caveat::expr::join::Joins;
use caveat::expr::parse::parse;
use caveat::expr::patterns::Patterns;
use caveat::facts;
use caveat::finding::{Fix, Safety, Verdict};
use caveat::fix::fix;
use caveat::knowledge::licences::expression::Expression;
use caveat::knowledge::tables::Tables;
use caveat::manifest::value::{Data, View};
use caveat::manifest::{Scope, read};
use caveat::policy::{config, settings};
use caveat::render::{json, text};
use caveat::report::Report;
use caveat::rule::run::{Site, run};
use caveat::rule::{builtin, check as rule_check, file};
use caveat::scaffold;
use caveat::syntax::overlay::{self, Change};
use caveat::syntax::{Limits, Place, Tree, load, load_foreign};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 23);
const FIXTURE: &str = include_str!("../../fixtures/tax-assistant.yaml");

/// A name, and what is done with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target, by its name.
pub const TARGETS: [Target; 10] = [
    ("tree", tree),
    ("manifest", manifest),
    ("structure", structure),
    ("condition", condition),
    ("rule_file", rule_file),
    ("configuration", configuration),
    ("evidence", evidence),
    ("fixes", fixes),
    ("overlay", overlay),
    ("licence", licence),
];

/// Small enough that one execution cannot take long, large enough that every limit is reached by some input.
fn limits() -> Limits {
    Limits {
        bytes: 64 << 10,
        depth: 32,
        nodes: 20_000,
        visits: 40_000,
        documents: 50,
        findings: 500,
        steps: 2_000_000,
        ways: 500,
        pattern: 1 << 20,
    }
}

fn plan() -> Plan {
    Plan { limits: limits(), ..Plan::new(builtin::rules(), TODAY) }
}

thread_local! {
    static CHECKER: engine::Checker = engine::Checker::new(vec![plan()], Vec::new());
}

fn check(bytes: Vec<u8>) -> Report {
    CHECKER.with(|checker| checker.check(0, "caveat.yaml", bytes))
}

/// Every span of a tree can be cut out of its text, every path and highlight can be given.
fn sound(loaded: &caveat::syntax::load::Loaded) {
    let tree = &loaded.tree;
    for root in tree.documents() {
        walk(tree, tree.place(*root), &mut 2_000);
    }
    for (span, _) in loaded.faults.iter().flat_map(|fault| &fault.labels) {
        assert!(tree.source().get(span.range()).is_some() || tree.source().is_empty(), "{span:?}");
    }
    for comment in tree.comments() {
        assert!(tree.source().get(comment.span.range()).is_some(), "{:?}", comment.span);
    }
}

fn walk(tree: &Tree, place: Place, left: &mut usize) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    let span = tree.node(place.node).span;
    assert!(tree.source().get(span.range()).is_some(), "{span:?}");
    assert!(tree.source().get(tree.highlight(place.node).range()).is_some(), "the highlight of {span:?}");
    let _ = (tree.path(place), tree.describe(place.node), tree.anchor(place.node));
    for item in tree.elements(place) {
        walk(tree, item, left);
    }
    for entry in tree.entries(place.node) {
        let _ = tree.offset_in(entry.key, 3);
        walk(tree, tree.value(place, *entry), left);
    }
}

/// YAML to tree, as strict as for manifests and as lenient as for other people's files.
pub fn tree(data: &[u8]) {
    sound(&load(data.to_vec(), &limits()));
    sound(&load_foreign(data.to_vec(), &limits()));
}

/// The whole pipeline and two formats.
fn checked(bytes: Vec<u8>) -> Report {
    let report = check(bytes);
    for label in report.findings.iter().flat_map(|finding| &finding.labels) {
        let text = &report.files[label.file].text;
        assert!(text.get(label.span.range()).is_some(), "{label:?}");
    }
    let shown = text::render(&report, text::Style::PLAIN);
    assert!(!shown.contains('\u{1b}'), "an escape reaches the terminal");
    let _ = json::render(&report);
    report
}

/// YAML → tree → manifest → facts → rules → findings → text.
pub fn manifest(data: &[u8]) {
    checked(data.to_vec());
}

/// The same for manifests that are changed as values, so that every one is valid YAML and most are near the vocabulary.
pub fn structure(data: &[u8]) {
    checked(structure::manifest(FIXTURE, data).into_bytes());
}

#[derive(Debug)]
struct NoOptions;

impl Options for NoOptions {
    fn value<'m>(&self, _: &str) -> Option<Data<'m>> {
        None
    }
}

/// Asks something in the environment of a manifest. A rule outlives the manifest that it is asked of, which a function that
/// takes a closure could not promise.
macro_rules! with_env {
    ($manifest:expr, |$env:ident| $ask:expr) => {{
        let loaded = load($manifest.as_bytes().to_vec(), &Limits::default());
        let read = read(&loaded.tree, loaded.tree.documents()[0], Scope::Fragment, &Limits::default());
        let view = View { tree: &loaded.tree, root: read.root, ids: &read.ids, require_evidence: false };
        let facts = facts::derive(&view, &Tables::builtin(), TODAY, &[], &facts::Wanted::all());
        let (patterns, joins) = (Patterns::default(), Joins::default());
        let $env = Env { view, facts: &facts, today: TODAY, patterns: &patterns, joins: &joins };
        $ask
    }};
}

/// A condition that passes the checker can be evaluated on a full manifest and on an empty one.
pub fn condition(data: &[u8]) {
    let Ok(condition) = std::str::from_utf8(data) else { return };
    let mut program = Program::default();
    let expression = match parse(condition, &mut program) {
        Ok((expression, _)) => expression,
        Err(error) => {
            assert!(error.offset <= condition.len());
            return;
        }
    };
    let mut checker = Checker::new(&program, &facts::FACTS, Vec::new());
    checker.condition(expression);
    if !checker.errors.is_empty() {
        return;
    }
    for manifest in [FIXTURE, "system: {id: s}"] {
        with_env!(manifest, |env| {
            let mut evaluator = Evaluator::new(env, &program, &NoOptions);
            let _ = evaluator.boolean(expression);
            let _ = evaluator.spot(expression);
        });
    }
}

/// A rule file that is accepted can be asked of a manifest.
pub fn rule_file(data: &[u8]) {
    let loaded = load(data.to_vec(), &limits());
    if !loaded.faults.is_empty() {
        return;
    }
    for document in loaded.tree.documents() {
        let Ok(compiled) = file::compile(&loaded.tree, *document) else { continue };
        if rule_check::check(&compiled, &loaded.tree, limits().pattern).is_empty() {
            with_env!(FIXTURE, |env| {
                let _ = run(
                    &compiled.rule,
                    env,
                    Site { file: 0, configuration: 1, evidence: 1, document: 0, key: "key", drafts: true },
                );
            });
        }
    }
}

/// A configuration that is accepted can be resolved.
pub fn configuration(data: &[u8]) {
    let loaded = load(data.to_vec(), &limits());
    for document in loaded.tree.documents() {
        let Ok(compiled) = config::compile(&loaded.tree, *document) else { continue };
        let rules = builtin::rules();
        let _ = config::check(&compiled, &rules);
        let _ = settings::resolve(&[(Some(0), &compiled.whole), (None, &compiled.whole)], rules);
        let _ = compiled.exclude.matches("a/b.caveat.yaml");
    }
}

/// Whatever a file is, its facts have places in it, and the manifest that is begun from them can be read.
pub fn evidence(data: &[u8]) {
    let (name, rest) = match data.split_first() {
        Some((0, rest)) => (".env", rest),
        Some((1, rest)) => ("Modelfile", rest),
        Some((2, rest)) => ("README.md", rest),
        Some((3, rest)) => ("config.json", rest),
        _ => ("deployment.yaml", data),
    };
    let reading = evidence::read(name, rest.to_vec(), &limits());
    for fact in reading.subjects.iter().flat_map(|subject| &subject.facts) {
        assert!(reading.text.get(fact.span.range()).is_some(), "{fact:?}");
    }
    for refusal in &reading.refusals {
        assert!(reading.text.get(refusal.span.range()).is_some(), "{refusal:?}");
    }
    if reading.is_recognised() {
        let draft = scaffold::draft(&[reading], TODAY);
        let loaded = load(draft.clone().into_bytes(), &Limits::default());
        assert!(loaded.faults.is_empty(), "{:?} in\n{draft}", loaded.faults);
    }
}

fn errors(report: &Report) -> usize {
    report.findings.iter().filter(|finding| finding.verdict == Verdict::Error).count()
}

/// Edits come to an end, and what they leave has no more mistakes than before; but what stands below a field that nobody knows is
/// not read until the field is renamed.
pub fn fixes(data: &[u8]) {
    let Ok(mut manifest) = String::from_utf8(data.to_vec()) else { return };
    let mut report = check(data.to_vec());
    let mut before = errors(&report);
    for _ in 0..50 {
        let wished: Vec<&Fix> = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        // What is covered in the report may not have the same places in the text.
        if report.files.first().is_none_or(|file| file.text != manifest) {
            return;
        }
        let Some(fixed) = fix(&manifest, &wished, Safety::Unsafe, &limits()) else { return };
        manifest = fixed.text;
        let renamed = report.findings.iter().any(|finding| finding.rule == "E004" && finding.fix.is_some());
        report = check(manifest.clone().into_bytes());
        if renamed {
            before = before.max(errors(&report));
        }
        assert!(errors(&report) <= before, "{} mistakes instead of {before} in\n{manifest}", errors(&report));
    }
    panic!("edits do not come to an end in\n{manifest}");
}

/// A change in the text of a manifest that can be read leaves one that can be read.
pub fn overlay(data: &[u8]) {
    let Ok(change) = std::str::from_utf8(data) else { return };
    let (change, base) = change.split_once('\n').unwrap_or((change, FIXTURE));
    let Ok(change) = Change::parse(change) else { return };
    let before = load(base.as_bytes().to_vec(), &limits());
    if let Ok(changed) = overlay::apply(base, &[change], &limits()) {
        let after = load(changed.clone().into_bytes(), &limits());
        assert!(!before.faults.is_empty() || after.faults.is_empty(), "{:?} in\n{changed}", after.faults);
        sound(&after);
    }
}

/// A licence expression is taken apart, and its names are pieces of it.
pub fn licence(data: &[u8]) {
    let Ok(expression) = std::str::from_utf8(data) else { return };
    let parsed = Expression::parse(expression);
    let names = parsed.names();
    assert!(names.iter().all(|name| expression.contains(name)), "{names:?}");
    let (_, best) = parsed.best(&|name: &str| name.len());
    assert!(best.iter().all(|name| names.contains(name)), "{best:?}");
    assert!(parsed.always(&|_| true) || names.is_empty());
    assert!(!parsed.always(&|_| false) || names.is_empty());
}
