//! Numbers that know how they came about.
//!
//! A figure is stated in the manifest, looked up in a table, assumed within a measured range, or worked
//! out from other figures. Worked figures keep their formula and their inputs, so that every result can
//! show its working down to the lines of the manifest and the entries of the tables.

use std::collections::HashSet;
use std::rc::Rc;

use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::syntax::tree::Place;

/// A figure, or what keeps it from being known.
pub type Term = Result<Figure, Gaps>;

/// A number and its origin.
#[derive(Debug, Clone)]
pub struct Figure {
    pub value: f64,
    pub origin: Origin,
}

/// Where a number comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// The manifest states it, there; a default of the vocabulary has no place.
    Stated(Option<Place>),
    /// A table or a standard gives it: which.
    Table(Rc<str>),
    /// Nobody stated it, and a value from a range is taken: why that range, and what would settle it.
    Assumed {
        range: &'static str,
        asked: Gaps,
    },
    Worked(Rc<Working>),
}

/// A calculation.
#[derive(Debug)]
pub struct Working {
    /// What is worked out: `weights`.
    pub name: &'static str,
    pub unit: Unit,
    /// The formula, in the symbols of the inputs.
    pub formula: &'static str,
    pub inputs: Vec<(&'static str, Unit, Figure)>,
    pub value: f64,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A bare number.
    Count,
    Bytes,
    /// Bytes a second.
    Bandwidth,
    /// Arithmetic operations a second.
    Operations,
    Bits,
    Parameters,
    Tokens,
    TokensPerSecond,
    Seconds,
    Sequences,
    RequestsPerSecond,
    Requests,
    Users,
    Replicas,
    Months,
    /// A share from 0 to 1.
    Share,
    /// The currency of the budget.
    Money,
}

impl Unit {
    /// The name of the unit in machine output, spelt out.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Bytes => "bytes",
            Self::Bandwidth => "bytes/s",
            Self::Operations => "operations/s",
            Self::Bits => "bits",
            Self::Parameters => "parameters",
            Self::Tokens => "tokens",
            Self::TokensPerSecond => "tokens/s",
            Self::Seconds => "seconds",
            Self::Sequences => "sequences",
            Self::RequestsPerSecond => "requests/s",
            Self::Requests => "requests",
            Self::Users => "users",
            Self::Replicas => "replicas",
            Self::Months => "months",
            Self::Share => "share",
            Self::Money => "money",
        }
    }
}

impl Figure {
    /// A number from a table or a standard.
    pub fn table(value: f64, source: impl Into<Rc<str>>) -> Self {
        Self { value, origin: Origin::Table(source.into()) }
    }

    /// What would have to be stated for nothing to be assumed.
    pub fn asked(&self) -> Gaps {
        match &self.origin {
            Origin::Assumed { asked, .. } => asked.clone(),
            Origin::Worked(working) => working.inputs.iter().fold(Gaps::default(), |gaps, (_, _, input)| gaps.and(input.asked())),
            Origin::Stated(_) | Origin::Table(_) => Gaps::default(),
        }
    }

    /// The nearest thing that the manifest states of it.
    pub fn place(&self) -> Option<Place> {
        match &self.origin {
            Origin::Stated(place) => *place,
            Origin::Worked(working) => working.inputs.iter().find_map(|(_, _, input)| input.place()),
            Origin::Table(_) | Origin::Assumed { .. } => None,
        }
    }

    /// The calculations behind it, each after those that it needs, each once.
    pub fn workings(&self) -> Vec<Rc<Working>> {
        let mut found = Vec::new();
        self.collect(&mut found, &mut HashSet::new());
        found
    }

    fn collect(&self, found: &mut Vec<Rc<Working>>, known: &mut HashSet<*const Working>) {
        if let Origin::Worked(working) = &self.origin {
            if !known.insert(Rc::as_ptr(working)) {
                return;
            }
            for (_, _, input) in &working.inputs {
                input.collect(found, known);
            }
            found.push(Rc::clone(working));
        }
    }

    /// As a value of a fact: the number, where it is stated.
    pub fn value<'m>(&self) -> Value<'m> {
        Value { data: Data::Number(self.value), place: self.place() }
    }
}

/// The number a field states; `none` is the number given for it, or a gap where it has no meaning.
pub fn stated<'m>(view: &View<'m>, record: &Answer<'m>, field: &str, none: Option<f64>) -> Term {
    let value = match record {
        Ok(record) => view.field(record, field)?,
        Err(gaps) => gaps.clone().field(field)?,
    };
    let figure = |number| Figure { value: number, origin: Origin::Stated(value.place) };
    match (&value.data, none) {
        (Data::Number(number) | Data::Duration(number), _) => Ok(figure(*number)),
        (Data::None, Some(number)) => Ok(figure(number)),
        _ => Err(view.gap_at(value.place)),
    }
}

/// Works a figure out of others; what is missing of the inputs is missing of it.
pub fn work<const N: usize>(
    name: &'static str,
    unit: Unit,
    formula: &'static str,
    inputs: [(&'static str, Unit, &Term); N],
    calculate: impl FnOnce([f64; N]) -> f64,
) -> Term {
    let mut gaps = Gaps::default();
    let mut values = [0.0; N];
    let mut known = Vec::with_capacity(N);
    for (at, (symbol, unit, term)) in inputs.into_iter().enumerate() {
        match term {
            Ok(figure) => {
                values[at] = figure.value;
                known.push((symbol, unit, figure.clone()));
            }
            Err(missing) => gaps = gaps.and(missing.clone()),
        }
    }
    if !gaps.is_empty() {
        return Err(gaps);
    }
    let value = calculate(values);
    Ok(Figure { value, origin: Origin::Worked(Rc::new(Working { name, unit, formula, inputs: known, value })) })
}

/// The sum of figures that are alike.
pub fn total(name: &'static str, unit: Unit, formula: &'static str, parts: &[(&'static str, Term)]) -> Term {
    let mut gaps = Gaps::default();
    let mut known = Vec::new();
    for (symbol, part) in parts {
        match part {
            Ok(figure) => known.push((*symbol, unit, figure.clone())),
            Err(missing) => gaps = gaps.and(missing.clone()),
        }
    }
    if !gaps.is_empty() {
        return Err(gaps);
    }
    let value = known.iter().map(|(_, _, figure)| figure.value).sum();
    Ok(Figure { value, origin: Origin::Worked(Rc::new(Working { name, unit, formula, inputs: known, value })) })
}

/// A comparison of a figure that lies between two values. It is decided where both agree; else what was
/// assumed would settle it. `good` is asked first for the most favourable figure.
pub fn decide(best: &Term, worst: &Term, good: impl Fn(f64) -> bool) -> Result<bool, Gaps> {
    match (best, worst) {
        // What is no number (nothing divided by nothing) decides nothing.
        (Ok(best), _) if !best.value.is_nan() && !good(best.value) => Ok(false),
        (_, Ok(worst)) if good(worst.value) => Ok(true),
        (Ok(best), Ok(worst)) => Err(best.asked().and(worst.asked())),
        (Err(gaps), Ok(figure)) | (Ok(figure), Err(gaps)) => Err(gaps.clone().and(figure.asked())),
        (Err(best), Err(worst)) => Err(best.clone().and(worst.clone())),
    }
}
