//! Holds a rule to the vocabulary and the facts, at places in its file.

use std::collections::BTreeSet;

use super::file::{Compiled, locate};
use super::model::{LabelRule, Part, Rule, Template};
use crate::expr::ast::Expr;
use crate::expr::check::{Checker, TypeError};
use crate::expr::parse::ExprError;
use crate::facts::FACTS;
use crate::finding::Fault;
use crate::syntax::tree::Tree;

/// Everything that is wrong with a rule whose syntax is right. `pattern` is the most bytes that one of its regular expressions
/// may need.
pub fn check(compiled: &Compiled, tree: &Tree, pattern: usize) -> Vec<Fault> {
    let rule = &compiled.rule;
    let wrong = rule.options.iter().filter_map(|option| Some((option, option.kind.read(&option.value).err()?)));
    let options = wrong.map(|(option, error)| {
        Fault::new("rule", format!("the default of `{}`: {error}", option.name))
            .path(tree.path(compiled.place))
            .label(tree.highlight(compiled.code.node), "this rule")
            .help(format!("write {}", option.kind.describe()))
    });
    let mut faults: Vec<Fault> = options.collect();
    faults.extend(types(rule, pattern).into_iter().map(|(root, error)| place(compiled, tree, root, error)));
    if let Some(unbound) = rule.labels.is_empty().then_some(compiled.place) {
        let fault = Fault::new("rule", "a rule needs a label: where should a person look?").path(tree.path(unbound));
        faults.push(
            fault
                .label(tree.highlight(compiled.code.node), "this rule")
                .help("add `labels:` with `at:` and `text:`; the first is the primary one"),
        );
    }
    faults
}

fn place(compiled: &Compiled, tree: &Tree, root: Expr, error: TypeError) -> Fault {
    let source = compiled.sources.get(&root.0);
    let (node, base, offset) = source.map_or((compiled.code.node, 0, 0), |source| {
        let offset = source.offsets.iter().find(|(expr, _)| *expr == error.expr).map_or(0, |(_, offset)| *offset);
        (source.node, source.base, offset)
    });
    locate(tree, node, base, &ExprError { offset, message: error.message, help: error.help })
}

/// The fields of the manifest and of the facts that the conditions of a rule ask for, each with the name of its record.
/// What only its messages and labels show is not among them.
pub fn reads(rule: &Rule<'_>) -> BTreeSet<(&'static str, &'static str)> {
    let options = rule.options.iter().map(|option| (option.name.as_ref(), option.kind.ty())).collect();
    let mut checker = Checker::new(&rule.program, &FACTS, options);
    for (name, domain) in &rule.bindings {
        checker.bind(name, *domain);
    }
    let conditions =
        rule.applies.iter().chain(&rule.when).chain(&rule.info_when).chain(&rule.unknown_when).chain(&rule.unverified_when);
    for condition in conditions.chain(rule.severities.iter().map(|(_, condition)| condition)) {
        checker.condition(*condition);
    }
    checker.fields
}

/// The type errors of a rule, each with the root of the expression it is in.
pub fn types(rule: &Rule<'_>, pattern: usize) -> Vec<(Expr, TypeError)> {
    let mut check = Check {
        checker: Checker::new(
            &rule.program,
            &FACTS,
            rule.options.iter().map(|option| (option.name.as_ref(), option.kind.ty())).collect(),
        )
        .allowing(pattern),
        errors: Vec::new(),
    };
    for (name, domain) in &rule.bindings {
        check.step(*domain, |checker| checker.bind(name, *domain));
    }
    for condition in
        rule.applies.iter().chain(&rule.when).chain(&rule.info_when).chain(&rule.unknown_when).chain(&rule.unverified_when)
    {
        check.condition(*condition);
    }
    for (_, condition) in &rule.severities {
        check.condition(*condition);
    }
    check.template(&rule.message);
    for message in rule.info_message.iter().chain(&rule.unknown_message) {
        check.template(message);
    }
    for label in &rule.labels {
        check.label(label);
    }
    for id in &rule.about {
        check.step(*id, |checker| checker.value(*id));
    }
    check.errors
}

struct Check<'r> {
    checker: Checker<'r>,
    errors: Vec<(Expr, TypeError)>,
}

impl<'r> Check<'r> {
    fn step(&mut self, root: Expr, check: impl FnOnce(&mut Checker<'r>)) {
        check(&mut self.checker);
        self.errors.extend(self.checker.errors.drain(..).map(|error| (root, error)));
    }

    fn condition(&mut self, root: Expr) {
        self.step(root, |checker| checker.condition(root));
    }

    fn template(&mut self, template: &Template<'_>) {
        for part in &template.0 {
            if let Part::Value(root) = part {
                self.step(*root, |checker| checker.value(*root));
            }
        }
    }

    fn label(&mut self, label: &LabelRule<'_>) {
        if let Some((name, domain)) = &label.each {
            self.step(*domain, |checker| checker.bind(name, *domain));
        }
        self.step(label.at, |checker| checker.value(label.at));
        if let Some(when) = label.when {
            self.condition(when);
        }
        self.template(&label.text);
        if label.each.is_some() {
            self.checker.unbind();
        }
    }
}
