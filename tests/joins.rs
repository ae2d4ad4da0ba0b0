//! A condition that joins lists answers as it would without the join.

use caveat::expr::ast::Program;
use caveat::expr::eval::{Env, Evaluator, Options};
use caveat::expr::join::Joins;
use caveat::expr::parse::parse;
use caveat::expr::patterns::Patterns;
use caveat::facts;
use caveat::knowledge::tables::Tables;
use caveat::manifest::value::{Data, Gaps, View};
use caveat::manifest::{Scope, read};
use caveat::syntax::tree::Place;
use caveat::syntax::{Limits, load};
use jiff::civil::date;
use proptest::prelude::*;

#[derive(Debug)]
struct NoOptions;

impl Options for NoOptions {
    fn value<'m>(&self, _: &str) -> Option<Data<'m>> {
        None
    }
}

/// The answer to a condition, what it rests on where there is one, and the steps that it took.
fn ask(manifest: &str, condition: &str) -> (Result<bool, Gaps>, Vec<Place>, usize) {
    let mut program = Program::default();
    let (root, _) = parse(condition, &mut program).expect("a condition");
    let limits = Limits::default();
    let loaded = load(manifest.as_bytes().to_vec(), &limits);
    assert!(loaded.faults.is_empty(), "{:?}\n{manifest}", loaded.faults);
    let read = read(&loaded.tree, loaded.tree.documents()[0], Scope::Fragment, &limits);
    let view = View { tree: &loaded.tree, root: read.root, ids: &read.ids, require_evidence: false };
    let today = date(2026, 11, 23);
    let facts = facts::derive(&view, &Tables::builtin(), today, &[], &facts::Wanted::all());
    let (patterns, joins) = (Patterns::default(), Joins::default());
    let env = Env { view, facts: &facts, today, patterns: &patterns, joins: &joins };
    let mut evaluator = Evaluator::new(env, &program, &NoOptions);
    let answer = evaluator.boolean(root);
    let reads = if answer.is_ok() { std::mem::take(&mut evaluator.reads) } else { Vec::new() };
    let steps = evaluator.steps();
    (answer, reads, steps)
}

fn field(name: &'static str, words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::option::of(prop::sample::select(words))
        .prop_map(move |word| word.map(|word| format!(", {name}: {word}")).unwrap_or_default())
}

const SOURCES: &[&str] = &["org/a", "org/b", "org/c", "none", "unknown"];

fn model() -> impl Strategy<Value = String> {
    let bases = ["", ", base: m0", ", base: m1", ", base: [m0, m1]", ", base: [m2, unknown]", ", base: none", ", base: unknown"];
    let base = prop::sample::select(bases.to_vec());
    (field("source", SOURCES), field("license", &["MIT", "apache-2.0", "unknown"]), base)
        .prop_map(|(source, license, base)| format!("{source}{license}{base}"))
}

fn manifest() -> impl Strategy<Value = String> {
    (field("name", SOURCES), prop::collection::vec(model(), 16..40)).prop_map(|(name, models)| {
        let models: Vec<String> = models.iter().enumerate().map(|(at, rest)| format!("  - {{id: m{at}{rest}}}\n")).collect();
        format!("system: {{id: desk{name}}}\nmodels:\n{}", models.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_join_changes_no_answer(manifest in manifest()) {
        // `!(a != b)` says the same as `a == b` and is no join.
        let bodies = [
            ("models", "x.source == system.name && x.license == 'MIT'", "!(x.source != system.name) && x.license == 'MIT'"),
            ("models", "x.license == 'MIT' && system.name == x.source", "x.license == 'MIT' && !(system.name != x.source)"),
            ("models", "x.base == system.id || x.source == system.name", "x.base == system.id || !(x.source != system.name)"),
            (
                "facts.models",
                "models.exists(y, y.id == x.model.id && y.license == 'MIT' && y.source == system.name)",
                "models.exists(y, !(y.id != x.model.id) && y.license == 'MIT' && !(y.source != system.name))",
            ),
            ("models", "facts.models.exists(y, y.model.id == x.id && y.served)", "facts.models.exists(y, !(y.model.id != x.id) && y.served)"),
            // Through a list of the element, of which some are undeclared, none, or hold `unknown`.
            ("models", "models.exists(y, y.base.exists(b, b == x.id) && y.license == 'MIT')", "models.exists(y, y.base.exists(b, !(b != x.id)) && y.license == 'MIT')"),
            ("models", "models.exists(y, y.license == 'MIT' && y.base.exists(b, x.id == b))", "models.exists(y, y.license == 'MIT' && y.base.exists(b, !(x.id != b)))"),
            // `in`, both ways.
            ("models", "models.exists(y, x.id in y.base && y.license == 'MIT')", "models.exists(y, !(!(x.id in y.base)) && y.license == 'MIT')"),
            ("models", "models.exists(y, y.license == 'MIT' && y.id in x.base)", "models.exists(y, y.license == 'MIT' && !(!(y.id in x.base)))"),
            ("models", "facts.models.exists(y, y.model.id in x.base && y.served)", "facts.models.exists(y, !(!(y.model.id in x.base)) && y.served)"),
            // What does not depend on the element, once and each time.
            ("models", "x.license == 'MIT' && size(models.filter(y, y.source == system.name)) == 1", "x.license == 'MIT' && size(models.filter(y, stated(x) && !(y.source != system.name))) == 1"),
            ("models", "models.exists(y, y.license == 'MIT') && x.source == 'org/a'", "models.exists(y, stated(x) && y.license == 'MIT') && x.source == 'org/a'"),
        ];
        for (list, joined, plain) in bodies {
            for shape in ["L.exists(x, B)", "L.exists_one(x, B)", "size(L.filter(x, B)) == 1", "L.all(x, B)"] {
                let of = |body: &str| shape.replace('L', list).replace('B', body);
                let (one, other) = (ask(&manifest, &of(joined)), ask(&manifest, &of(plain)));
                prop_assert_eq!(&one.0, &other.0, "{} of\n{}", of(joined), manifest);
                // That two are not one rests on all that was read so far; a join reads less.
                if !shape.contains("exists_one") {
                    prop_assert_eq!(&one.1, &other.1, "{} of\n{}", of(joined), manifest);
                }
            }
        }
    }
}

#[test]
fn a_join_costs_what_the_lists_have_in_common() {
    let steps = |count: usize, condition: &str| {
        let models: Vec<String> =
            (0..count).map(|at| format!("  - {{id: m{at}, license: MIT, base: m{}}}\n", at + count)).collect();
        ask(&format!("system: {{id: desk}}\nmodels:\n{}", models.concat()), condition).2
    };
    let joined = "models.all(x, models.exists(y, y.id == x.id && y.license == 'MIT'))";
    let plain = "models.all(x, models.exists(y, !(y.id != x.id) && y.license == 'MIT'))";
    assert!(steps(400, joined) < 5 * steps(100, joined), "{} and {}", steps(400, joined), steps(100, joined));
    assert!(steps(400, plain) > 10 * steps(100, plain), "the other form shows what there is to save");
    // The same through a list of each element, and for what is asked alike of every element.
    let joined = "models.all(x, !models.exists(y, y.base.exists(b, b == x.id)))";
    assert!(steps(400, joined) < 5 * steps(100, joined), "{} and {}", steps(400, joined), steps(100, joined));
    let joined = "models.all(x, !models.exists(y, x.id in y.base))";
    assert!(steps(400, joined) < 5 * steps(100, joined), "{} and {}", steps(400, joined), steps(100, joined));
    let joined = "models.all(x, !models.exists(y, y.id in x.base))";
    assert!(steps(400, joined) < 5 * steps(100, joined), "{} and {}", steps(400, joined), steps(100, joined));
    let alike = "models.all(x, size(models.filter(y, y.license == 'MIT')) > 0)";
    assert!(steps(400, alike) < 5 * steps(100, alike), "{} and {}", steps(400, alike), steps(100, alike));
}
