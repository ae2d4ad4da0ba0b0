//! What is asked of a long list in the same words for every subject is worked out once.
//!
//! `flows.filter(f, f.transport == 'plain')` in a rule about data sets does not depend on the data set. The answer is kept
//! with what it was read from, so that it proves itself alike each time.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::ast::{Expr, Program};
use super::super::free;
use super::super::join::FEW;
use super::Evaluator;
use crate::manifest::value::{Answer, Data, Value};
use crate::syntax::tree::Place;

/// Answers that hold for every subject of one rule.
#[derive(Debug, Default)]
pub(super) struct Known<'r, 'm> {
    /// The names that an expression depends on.
    names: HashMap<u32, Rc<[&'r str]>>,
    answers: HashMap<u32, Rc<Kept<'r, 'm>>>,
}

#[derive(Debug)]
struct Kept<'r, 'm> {
    answer: Answer<'m>,
    reads: Vec<Place>,
    options: Vec<&'r str>,
}

impl<'r: 'm, 'm> Evaluator<'r, '_, 'm> {
    /// The answer of an expression that goes through a list; `start` is where its reads begin.
    pub(super) fn once(
        &mut self,
        expr: Expr,
        list: &Value<'m>,
        start: usize,
        work: impl FnOnce(&mut Self) -> Answer<'m>,
    ) -> Answer<'m> {
        let long = match (&list.data, list.place) {
            (Data::Items(_), Some(place)) => self.env.view.tree.items(place.node).len() >= FEW,
            (Data::List(items), _) => items.len() >= FEW,
            _ => false,
        };
        if !long || self.scope.is_empty() || self.depends(expr) {
            return work(self);
        }
        if let Some(kept) = self.known.answers.get(&expr.0).cloned() {
            self.reads.truncate(start);
            self.reads.extend(&kept.reads);
            self.options_read.extend(&kept.options);
            return kept.answer.clone();
        }
        let options = self.options_read.len();
        let answer = work(self);
        let (reads, options) = (self.reads[start..].to_vec(), self.options_read[options..].to_vec());
        self.known.answers.insert(expr.0, Rc::new(Kept { answer: answer.clone(), reads, options }));
        answer
    }

    /// Whether an expression depends on what is bound around it.
    fn depends(&mut self, expr: Expr) -> bool {
        let program: &'r Program<'r> = self.program;
        let names = self.known.names.entry(expr.0).or_insert_with(|| free::names(program, expr).into_iter().collect());
        self.scope.iter().any(|(bound, _)| names.contains(bound))
    }
}
