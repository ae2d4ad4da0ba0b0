//! Evaluation in three values over the nodes of a manifest.
//!
//! An answer that depends on something undeclared carries the gaps. `&&`, `||`, `exists` and `all`
//! follow CEL's treatment of errors, which is Kleene's logic: `false && undeclared` is false. What an
//! answer was read from is recorded on the way, and what turned out not to matter is dropped again,
//! so the reads of a verdict are its evidence.

mod functions;
mod known;

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::civil::Date;

use super::ast::{Comparison, Expr, Exprs, Function, Node, Operator, Program, Quantifier};
use super::join::{Join, Joins, key};
use super::patterns::Patterns;
use crate::manifest::value::{Answer, Data, Elements, Gaps, Value, View};
use crate::span::Sighting;
use crate::syntax::tree::Place;

/// Operations that one evaluation may take; far above what a sensible rule needs on a large manifest.
pub const MAX_STEPS: usize = 2_000_000;

/// What an evaluation can see.
#[derive(Debug, Clone, Copy)]
pub struct Env<'e, 'm> {
    pub view: View<'m>,
    /// The value of `facts`.
    pub facts: &'e Value<'m>,
    /// The day that governs every expiry.
    pub today: Date,
    pub patterns: &'e Patterns,
    pub joins: &'e Joins<'m>,
}

/// What a label can point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// A place in the manifest.
    Here(Place),
    /// A place in a file that the manifest is held against.
    Elsewhere(Sighting),
}

/// Where a value was seen in another file.
fn seen(value: &Value<'_>) -> Option<Sighting> {
    match &value.data {
        Data::Row(row) => row.seen,
        _ => None,
    }
}

/// The options of a rule, as its conditions see them.
pub trait Options: std::fmt::Debug {
    /// The value of the option with this name. The checker has seen to it that there is one.
    fn value<'m>(&self, name: &str) -> Option<Data<'m>>;
}

/// Evaluates the expressions of one program, which outlives the manifest: its texts are values as they stand.
#[derive(Debug)]
pub struct Evaluator<'r, 'e, 'm> {
    env: Env<'e, 'm>,
    program: &'r Program<'r>,
    options: &'r dyn Options,
    scope: Vec<(&'r str, Answer<'m>)>,
    /// Places that the answer so far rests on, in the order of reading.
    pub reads: Vec<Place>,
    /// Names of the options that were read.
    pub options_read: Vec<&'r str>,
    steps: usize,
    known: known::Known<'r, 'm>,
}

impl<'r: 'm, 'e, 'm> Evaluator<'r, 'e, 'm> {
    /// An evaluator with nothing bound.
    pub fn new(env: Env<'e, 'm>, program: &'r Program<'r>, options: &'r dyn Options) -> Self {
        Self {
            env,
            program,
            options,
            scope: Vec::new(),
            reads: Vec::new(),
            options_read: Vec::new(),
            steps: 0,
            known: known::Known::default(),
        }
    }

    /// Binds a name for the expressions that follow.
    pub fn bind(&mut self, name: &'r str, value: Answer<'m>) {
        self.scope.push((name, value));
    }

    /// Takes back the last binding.
    pub fn unbind(&mut self) {
        self.scope.pop();
    }

    /// Whether the budget of operations ran out; answers after that mean nothing.
    pub fn exhausted(&self) -> bool {
        self.steps > MAX_STEPS
    }

    /// The operations that were taken so far.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Counts what is done around the evaluation as operations too.
    pub fn charge(&mut self, steps: usize) {
        self.steps += steps;
    }

    /// The elements of a list value, one after the other, or its gaps.
    pub fn elements(&self, list: &Value<'m>) -> Result<Elements<'m>, Gaps> {
        self.env.view.each(list).ok_or_else(|| self.env.view.gap_at(list.place))
    }

    /// The elements of a list for which a condition on `name` may be other than false; see [`join`](super::join).
    pub fn candidates(&mut self, range: Expr, list: &Value<'m>, name: &str, condition: Expr) -> Result<Elements<'m>, Gaps> {
        match self.joined(range, list, name, condition) {
            Some(elements) => Ok(elements),
            None => self.elements(list),
        }
    }

    fn joined(&mut self, range: Expr, list: &Value<'m>, name: &str, condition: Expr) -> Option<Elements<'m>> {
        let program: &'r Program<'r> = self.program;
        // A relation stays where it is; other computed lists are made anew each time.
        let relation = |range| matches!(program.node(range), Node::Select(of, _) if program.node(of) == Node::Name("facts"));
        if !matches!(list.data, Data::Items(_)) && !relation(range) {
            return None;
        }
        let join = Join::of(program, condition, name)?;
        let before = self.reads.len();
        let other = self.eval(join.other);
        self.reads.truncate(before);
        let other = other.ok()?;
        // Where one of them is not known, every element may be it.
        let others: Vec<Value<'m>> =
            if join.any { self.elements(&other).ok()?.collect::<Result<_, _>>().ok()? } else { vec![other] };
        let texts: Vec<&str> = others.iter().map(key).collect::<Option<_>>()?;
        let Some((index, looked_at)) = self.env.joins.index(&self.env.view, list, &join) else {
            return join.others(list, &texts);
        };
        self.charge(looked_at + texts.len());
        Some(Elements::Worked(index.may_be(texts).into_iter()))
    }

    /// The place that an expression names, for labels: the field where it is stated, else the nearest
    /// thing that is there.
    pub fn spot(&mut self, expr: Expr) -> Option<Spot> {
        match self.eval(expr) {
            Ok(value) => {
                seen(&value).map(Spot::Elsewhere).or(value.place.map(Spot::Here)).or_else(|| match self.program.node(expr) {
                    Node::Select(operand, _) | Node::Index(operand, _) => self.spot(operand),
                    _ => None,
                })
            }
            Err(gaps) => gaps.first().map(|gap| Spot::Here(gap.at)),
        }
    }

    /// The answer to an expression.
    pub fn eval(&mut self, expr: Expr) -> Answer<'m> {
        self.steps += 1;
        if self.exhausted() {
            return Err(Gaps::default());
        }
        let program: &'r Program<'r> = self.program;
        match program.node(expr) {
            Node::Bool(value) => Ok(Value::computed(Data::Bool(value))),
            Node::Number(value) => Ok(Value::computed(Data::Number(value))),
            Node::Text(text) => Ok(Value::computed(Data::Text(Cow::Borrowed(text)))),
            Node::Option(name) => {
                self.options_read.push(name);
                self.options.value(name).map(Value::computed).ok_or_else(Gaps::default)
            }
            Node::Name(name) => self.name(name),
            Node::Select(operand, field) => self.select(operand, field),
            Node::Index(list, index) => self.index(list, index),
            Node::Has(select) => self.eval(select).map(|value| truth(!matches!(value.data, Data::None))),
            Node::List(items) => {
                let items = program.list(items).map(|item| self.eval(item)).collect();
                Ok(Value::list(items))
            }
            Node::Not(operand) => self.boolean(operand).map(|value| truth(!value)),
            Node::Negate(operand) => self.number(operand).map(|value| number(-value)),
            Node::And(left, right) => self.junction(left, right, false),
            Node::Or(left, right) => self.junction(left, right, true),
            Node::If(condition, yes, no) => {
                if self.boolean(condition)? {
                    self.eval(yes)
                } else {
                    self.eval(no)
                }
            }
            Node::Compare(comparison, left, right) => self.compare(comparison, left, right),
            Node::In(item, list) => self.contains(item, list),
            Node::Arithmetic(operator, left, right) => self.arithmetic(operator, left, right),
            Node::Call(function, args) => self.call(function, args),
            Node::Each(quantifier, range, name, body) => {
                let start = self.reads.len();
                let list = self.eval(range)?;
                self.once(expr, &list, start, |eval| eval.each(quantifier, (range, &list), name, body))
            }
            Node::MapWhere(range, name, condition, body) => self.map_where(range, name, condition, body),
        }
    }

    /// The truth of an expression. `none` is false: a flag that is explicitly not there is not set.
    pub fn boolean(&mut self, expr: Expr) -> Result<bool, Gaps> {
        let value = self.eval(expr)?;
        match value.data {
            Data::Bool(value) => Ok(value),
            Data::None => Ok(false),
            _ => Err(self.env.view.gap_at(value.place)),
        }
    }

    fn number(&mut self, expr: Expr) -> Result<f64, Gaps> {
        let value = self.eval(expr)?;
        self.as_number(&value)
    }

    /// `none` is no number: a condition that may meet it asks `has` first.
    fn as_number(&self, value: &Value<'m>) -> Result<f64, Gaps> {
        match value.data {
            Data::Number(number) => Ok(number),
            _ => Err(self.env.view.gap_at(value.place)),
        }
    }

    fn name(&mut self, name: &str) -> Answer<'m> {
        if let Some((_, value)) = self.scope.iter().rev().find(|(bound, _)| *bound == name) {
            let value = value.clone();
            self.record(&value);
            return value;
        }
        if name == "facts" {
            return Ok(self.env.facts.clone());
        }
        let answer = self.env.view.field(&self.env.view.manifest(), name);
        self.record(&answer);
        answer
    }

    fn select(&mut self, operand: Expr, field: &str) -> Answer<'m> {
        let answer = match self.eval(operand) {
            Ok(value) => self.env.view.field(&value, field),
            Err(gaps) => gaps.field(field),
        };
        self.record(&answer);
        answer
    }

    /// Remembers leaves: a record or list is only a way to them.
    fn record(&mut self, answer: &Answer<'m>) {
        let Ok(value) = answer else { return };
        let leaf = !matches!(value.data, Data::Record(_) | Data::Row(_) | Data::Items(_) | Data::List(_) | Data::Later(_));
        if let (true, Some(place)) = (leaf, value.place) {
            self.reads.push(place);
        }
    }

    fn index(&mut self, list: Expr, index: Expr) -> Answer<'m> {
        let list = self.eval(list)?;
        let index = self.number(index)?;
        let mut elements = self.elements(&list)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "negative and fractional indexes are refused before"
        )]
        let element = (index >= 0.0 && index.fract() == 0.0).then_some(index as usize).and_then(|index| elements.nth(index));
        element.unwrap_or_else(|| Err(self.env.view.gap_at(list.place)))
    }

    /// `&&` and `||`: an operand equal to `decisive` settles the matter, wherever it stands.
    fn junction(&mut self, left: Expr, right: Expr, decisive: bool) -> Answer<'m> {
        let start = self.reads.len();
        let first = self.boolean(left);
        if first == Ok(decisive) {
            return Ok(truth(decisive));
        }
        let middle = self.reads.len();
        let second = self.boolean(right);
        if second == Ok(decisive) {
            self.reads.drain(start..middle);
            return Ok(truth(decisive));
        }
        match (first, second) {
            (Err(one), Err(other)) => Err(one.and(other)),
            (Err(gaps), _) | (_, Err(gaps)) => Err(gaps),
            _ => Ok(truth(!decisive)),
        }
    }

    fn compare(&mut self, comparison: Comparison, left: Expr, right: Expr) -> Answer<'m> {
        let (left, right) = self.both(left, right)?;
        let view = &self.env.view;
        if let Comparison::Equal | Comparison::NotEqual = comparison {
            return equal(view, &left, &right).map(|same| truth(same == (comparison == Comparison::Equal)));
        }
        let order = match (&left.data, &right.data) {
            (Data::Number(a), Data::Number(b)) | (Data::Duration(a), Data::Duration(b)) => a.partial_cmp(b),
            (Data::Date(a), Data::Date(b)) => Some(a.cmp(b)),
            (Data::Word(desc, a), Data::Word(_, b)) if desc.ordered => Some(a.cmp(b)),
            (Data::Word(desc, a), Data::Text(word)) if desc.ordered => desc.index(word).map(|b| a.cmp(&b)),
            (Data::Text(word), Data::Word(desc, b)) if desc.ordered => desc.index(word).map(|a| a.cmp(b)),
            _ => None,
        };
        // `none` has no rank: the unstated number is what is missing.
        let Some(order) = order else {
            let place = if matches!(left.data, Data::None) { left.place } else { right.place };
            return Err(view.gap_at(place.or(left.place)));
        };
        Ok(truth(match comparison {
            Comparison::Less => order.is_lt(),
            Comparison::LessEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            _ => order.is_ge(),
        }))
    }

    fn both(&mut self, left: Expr, right: Expr) -> Result<(Value<'m>, Value<'m>), Gaps> {
        match (self.eval(left), self.eval(right)) {
            (Ok(left), Ok(right)) => Ok((left, right)),
            (Err(one), Err(other)) => Err(one.and(other)),
            (Err(gaps), _) | (_, Err(gaps)) => Err(gaps),
        }
    }

    /// `in` a list that is written in the condition: its items are looked at one by one, and no list is made of them.
    fn listed(&mut self, item: Expr, list: impl Iterator<Item = Expr>) -> Answer<'m> {
        let item = self.eval(item)?;
        let start = self.reads.len();
        let mut gaps: Option<Gaps> = None;
        for element in list {
            let before = self.reads.len();
            match self.eval(element).and_then(|element| equal(&self.env.view, &item, &element)) {
                Ok(true) => {
                    self.reads.drain(start..before);
                    return Ok(truth(true));
                }
                Ok(false) => {}
                Err(more) => gaps = Some(gaps.map_or(more.clone(), |gaps| gaps.and(more))),
            }
        }
        gaps.map_or(Ok(truth(false)), Err)
    }

    fn contains(&mut self, item: Expr, list: Expr) -> Answer<'m> {
        let program: &'r Program<'r> = self.program;
        if let Node::List(items) = program.node(list) {
            return self.listed(item, program.list(items));
        }
        let (item, list) = self.both(item, list)?;
        let elements = self.elements(&list)?;
        let mut gaps: Option<Gaps> = None;
        for element in elements {
            match element.and_then(|element| equal(&self.env.view, &item, &element).map(|same| (same, element))) {
                Ok((true, element)) => {
                    self.reads.extend(element.place);
                    return Ok(truth(true));
                }
                Ok(_) => {}
                Err(more) => gaps = Some(gaps.map_or(more.clone(), |gaps| gaps.and(more))),
            }
        }
        match gaps {
            Some(gaps) => Err(gaps),
            None => {
                self.reads.extend(list.place);
                Ok(truth(false))
            }
        }
    }

    fn arithmetic(&mut self, operator: Operator, left: Expr, right: Expr) -> Answer<'m> {
        let (left, right) = self.both(left, right)?;
        let data = match (operator, &left.data, &right.data) {
            (_, Data::Number(a), Data::Number(b)) => calculate(operator, *a, *b).map(Data::Number),
            (Operator::Add | Operator::Subtract, Data::Duration(a), Data::Duration(b)) => {
                calculate(operator, *a, *b).map(Data::Duration)
            }
            (Operator::Multiply, Data::Duration(a), Data::Number(b))
            | (Operator::Multiply, Data::Number(a), Data::Duration(b)) => Some(Data::Duration(a * b)),
            (Operator::Divide, Data::Duration(a), Data::Number(b)) => calculate(operator, *a, *b).map(Data::Duration),
            (Operator::Divide, Data::Duration(a), Data::Duration(b)) => calculate(operator, *a, *b).map(Data::Number),
            // References and words read as their text, as they do in comparisons.
            (Operator::Add, ..) => as_text(&left).zip(as_text(&right)).map(|(a, b)| Data::Text(Cow::Owned(format!("{a}{b}")))),
            _ => None,
        };
        // Division by zero, or `none` where a number is needed.
        let unusable = if matches!(left.data, Data::None) { left.place } else { right.place };
        data.map(Value::computed).ok_or_else(|| self.env.view.gap_at(unusable.or(left.place)))
    }

    fn each(&mut self, quantifier: Quantifier, (range, list): (Expr, &Value<'m>), name: &'r str, body: Expr) -> Answer<'m> {
        let elements = match quantifier {
            Quantifier::Exists | Quantifier::ExistsOne | Quantifier::Filter => self.candidates(range, list, name, body)?,
            Quantifier::All | Quantifier::Map => self.elements(list)?,
        };
        let start = self.reads.len();
        let mut gaps = Gaps::default();
        let mut undecided = false;
        let mut kept = Vec::new();
        for element in elements {
            let before = self.reads.len();
            self.bind(name, element.clone());
            let answer = if quantifier == Quantifier::Map { self.eval(body) } else { self.boolean(body).map(truth) };
            self.unbind();
            if quantifier == Quantifier::Map {
                kept.push(answer);
                continue;
            }
            match answer {
                Ok(Value { data: Data::Bool(true), .. }) if quantifier == Quantifier::Exists => {
                    self.reads.drain(start..before);
                    return Ok(truth(true));
                }
                Ok(Value { data: Data::Bool(false), .. }) if quantifier == Quantifier::All => {
                    self.reads.drain(start..before);
                    return Ok(truth(false));
                }
                Ok(Value { data: Data::Bool(true), .. }) => kept.push(element),
                Ok(_) => {}
                Err(more) => {
                    undecided = true;
                    gaps = gaps.and(more);
                }
            }
        }
        match quantifier {
            Quantifier::Map => return Ok(Value::list(kept)),
            // Two are not one, whatever the others turn out to be.
            Quantifier::ExistsOne if kept.len() > 1 => return Ok(truth(false)),
            _ if undecided => return Err(gaps),
            Quantifier::Filter => {
                return Ok(Value { data: Data::List(kept.into()), place: list.place });
            }
            Quantifier::ExistsOne => return Ok(truth(kept.len() == 1)),
            Quantifier::Exists | Quantifier::All => {}
        }
        // Every element spoke: the list as a whole is the evidence.
        self.reads.truncate(start);
        self.reads.extend(list.place);
        Ok(truth(quantifier == Quantifier::All))
    }

    fn map_where(&mut self, range: Expr, name: &'r str, condition: Expr, body: Expr) -> Answer<'m> {
        let list = self.eval(range)?;
        let mut gaps = Gaps::default();
        let mut undecided = false;
        let mut kept = Vec::new();
        for element in self.elements(&list)? {
            self.bind(name, element);
            match self.boolean(condition) {
                Ok(true) => kept.push(self.eval(body)),
                Ok(false) => {}
                Err(more) => {
                    undecided = true;
                    gaps = gaps.and(more);
                }
            }
            self.unbind();
        }
        if undecided { Err(gaps) } else { Ok(Value { data: Data::List(kept.into()), place: list.place }) }
    }

    fn call(&mut self, function: Function, args: Exprs) -> Answer<'m> {
        let program: &'r Program<'r> = self.program;
        if let (Function::Stated, Some(arg)) = (function, program.list(args).next()) {
            return Ok(truth(self.eval(arg).is_ok()));
        }
        let mut values = Vec::new();
        let mut gaps: Option<Gaps> = None;
        for arg in program.list(args) {
            match self.eval(arg) {
                Ok(value) => values.push(value),
                Err(more) => gaps = Some(gaps.map_or(more.clone(), |gaps| gaps.and(more))),
            }
        }
        match gaps {
            Some(gaps) => Err(gaps),
            None => self.apply(function, &values),
        }
    }
}

fn truth<'m>(value: bool) -> Value<'m> {
    Value::computed(Data::Bool(value))
}

fn number<'m>(value: f64) -> Value<'m> {
    Value::computed(Data::Number(value))
}

fn calculate(operator: Operator, a: f64, b: f64) -> Option<f64> {
    let value = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Remainder => a % b,
    };
    value.is_finite().then_some(value)
}

pub(super) fn as_text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    match &value.data {
        Data::Text(text) => Some(Cow::Borrowed(text.as_ref())),
        Data::Ref(id, _) => Some(Cow::Borrowed(id)),
        Data::Word(desc, index) => Some(Cow::Borrowed(desc.words[*index].0)),
        _ => None,
    }
}

/// Equality: words equal the text of their word in both spellings, references the id they name, and
/// `none` the text `none`, the empty list and the flag that is not set.
fn equal<'m>(view: &View<'m>, left: &Value<'m>, right: &Value<'m>) -> Result<bool, Gaps> {
    Ok(match (&left.data, &right.data) {
        (Data::Word(a, i), Data::Word(b, j)) => a.words[*i].0 == b.words[*j].0,
        (Data::Word(desc, index), Data::Text(word)) | (Data::Text(word), Data::Word(desc, index)) => {
            desc.index(word) == Some(*index)
        }
        // Zero has two signs and is one number.
        (Data::Number(a), Data::Number(b)) | (Data::Duration(a), Data::Duration(b)) => a.partial_cmp(b) == Some(Ordering::Equal),
        (Data::Bool(a), Data::Bool(b)) => a == b,
        (Data::Date(a), Data::Date(b)) => a == b,
        (Data::None, Data::None) => true,
        (Data::None, Data::Text(word)) | (Data::Text(word), Data::None) => word == "none",
        (Data::None, Data::Bool(flag)) | (Data::Bool(flag), Data::None) => !flag,
        (Data::Record(_), Data::Record(_)) => left.place.map(|p| p.node) == right.place.map(|p| p.node),
        // A reference equals the entry that it names.
        (Data::Ref(id, _), Data::Record(_)) => entry_id(view, right)? == *id,
        (Data::Record(_), Data::Ref(id, _)) => entry_id(view, left)? == *id,
        _ => match (as_text(left), as_text(right)) {
            (Some(a), Some(b)) => a == b,
            _ => match (view.each(left), view.each(right)) {
                (Some(a), Some(b)) => equal_lists(view, a, b)?,
                _ => false,
            },
        },
    })
}

pub(super) fn entry_id(view: &View<'_>, record: &Value<'_>) -> Result<String, Gaps> {
    let place = record.place.unwrap_or(view.root);
    let id = view.tree.get(place, "id").and_then(|id| view.tree.text(id.node));
    id.map(str::to_owned).ok_or_else(|| view.gap_at(record.place))
}

fn equal_lists<'m>(view: &View<'m>, a: Elements<'m>, b: Elements<'m>) -> Result<bool, Gaps> {
    let (a, b): (Vec<_>, Vec<_>) = (a.collect(), b.collect());
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.into_iter().zip(b) {
        if !equal(view, &a?, &b?)? {
            return Ok(false);
        }
    }
    Ok(true)
}
