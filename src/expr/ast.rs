//! Conditions as data: a flat program that is cheap to store, to load and to drop.
//!
//! A program holds every expression of one rule; an [`Expr`] is the index of a root. Nodes refer to
//! their operands by index, and operands stand before the nodes that use them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Index of an expression in its [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expr(pub u32);

/// A run of expressions, for [`Program::list`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exprs {
    pub first: u32,
    pub len: u32,
}

/// All expressions of one rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Program<'a> {
    #[serde(borrow)]
    nodes: Vec<Node<'a>>,
    lists: Vec<Expr>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Node<'a> {
    Bool(bool),
    Number(f64),
    Text(#[serde(borrow)] Cow<'a, str>),
    /// `options.name`: an option of the rule.
    Option(#[serde(borrow)] Cow<'a, str>),
    /// A section of the manifest, `facts`, or a name bound by `for` or a macro.
    Name(#[serde(borrow)] Cow<'a, str>),
    Select(Expr, #[serde(borrow)] Cow<'a, str>),
    Index(Expr, Expr),
    /// `has(x)`: whether `x`, a selection, is there.
    Has(Expr),
    List(Exprs),
    Not(Expr),
    Negate(Expr),
    And(Expr, Expr),
    Or(Expr, Expr),
    If(Expr, Expr, Expr),
    Compare(Comparison, Expr, Expr),
    In(Expr, Expr),
    Arithmetic(Operator, Expr, Expr),
    Call(Function, Exprs),
    /// `list.exists(var, body)` and its kin.
    Each(Quantifier, Expr, #[serde(borrow)] Cow<'a, str>, Expr),
    /// `list.map(var, condition, body)`.
    MapWhere(Expr, #[serde(borrow)] Cow<'a, str>, Expr, Expr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantifier {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

macro_rules! functions {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal ($least:literal ..= $most:literal);)*) => {
        /// The functions a condition may call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Function {
            $($(#[doc = $doc])* $variant),*
        }

        impl Function {
            /// All functions.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in conditions.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }

            /// How many arguments it takes, the receiver included.
            pub fn arity(self) -> std::ops::RangeInclusive<usize> {
                match self {
                    $(Self::$variant => $least..=$most),*
                }
            }

            /// What it gives, for the reference of the rule language.
            pub fn doc(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc, "\n"),*)),*
                }
            }
        }
    };
}

functions! {
    /// `size(x)`: elements of a list, or characters of a text.
    Size = "size" (1..=1);
    /// `text.startsWith(prefix)`.
    StartsWith = "startsWith" (2..=2);
    /// `text.endsWith(suffix)`.
    EndsWith = "endsWith" (2..=2);
    /// `text.contains(part)`.
    Contains = "contains" (2..=2);
    /// `text.matches(regex)`: whether a regular expression, a literal, matches somewhere in the text.
    Matches = "matches" (2..=2);
    /// `text.glob(pattern)`: whether the whole text matches a glob, a literal, in which `*` stops at `/`.
    Glob = "glob" (2..=2);
    /// `text.lower()`: ASCII letters in lower case.
    Lower = "lower" (1..=1);
    /// `date('2026-11-23')`: a day from its literal.
    Date = "date" (1..=1);
    /// `duration('P30D')`: a duration from its literal; a month is 30.4375 days.
    Duration = "duration" (1..=1);
    /// `quantity('24Gi')`: bytes from the literal of a Kubernetes quantity.
    Quantity = "quantity" (1..=1);
    /// `days(n)`: a duration of `n` days.
    Days = "days" (1..=1);
    /// `today()`: the day that governs every expiry: `--as-of`, or the clock.
    Today = "today" (0..=0);
    /// `days_between(from, to)`: days from one day to another, negative where `to` is the earlier.
    DaysBetween = "days_between" (2..=2);
    /// `days_since(day)`: days from a day to today.
    DaysSince = "days_since" (1..=1);
    /// `age(day)`: the duration from a day to today.
    Age = "age" (1..=1);
    /// `sum(list)` of numbers; 0 for an empty list.
    Sum = "sum" (1..=1);
    /// `product(list)` of numbers; 1 for an empty list.
    Product = "product" (1..=1);
    /// `min(a, b, …)` or `min(list)`.
    Min = "min" (1..=8);
    /// `max(a, b, …)` or `max(list)`.
    Max = "max" (1..=8);
    /// `ceil(number)`.
    Ceil = "ceil" (1..=1);
    /// `floor(number)`.
    Floor = "floor" (1..=1);
    /// `round(number)`: to the nearest whole number, halves away from zero.
    Round = "round" (1..=1);
    /// `sqrt(number)`.
    Sqrt = "sqrt" (1..=1);
    /// `wilson_lower(share, n)`: lower end of the 95 % Wilson score interval of a share of `n` trials.
    WilsonLower = "wilson_lower" (2..=2);
    /// `join(list)`: the elements as one text, separated by commas.
    Join = "join" (1..=1);
    /// `route(path)`: a list of hops as one text, `a → b → c`.
    Route = "route" (1..=1);
    /// `stated(x)`: whether anything is said of `x`, be it `none`. It is never undeclared, so it belongs into
    /// `where`, to leave out subjects about which nothing is stated; in a condition it would hide what is missing.
    Stated = "stated" (1..=1);
    /// `distinct(list)`: each element once, in the order of first appearance.
    Distinct = "distinct" (1..=1);
}

impl Function {
    /// The function with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| function.name() == name)
    }
}

impl<'a> Program<'a> {
    /// The operation at `expr`.
    pub fn node(&self, expr: Expr) -> &Node<'a> {
        &self.nodes[expr.0 as usize]
    }

    /// The expressions of a run.
    pub fn list(&self, exprs: Exprs) -> &[Expr] {
        &self.lists[exprs.first as usize..(exprs.first + exprs.len) as usize]
    }

    /// Whether a field with this name is asked of anything.
    pub fn selects(&self, name: &str) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::Select(_, field) if field == name))
    }

    /// Number of operations.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no operation.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn push(&mut self, node: Node<'a>) -> Expr {
        self.nodes.push(node);
        Expr(u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX))
    }

    pub(super) fn push_list(&mut self, list: &[Expr]) -> Exprs {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let first = count(self.lists.len());
        self.lists.extend_from_slice(list);
        Exprs { first, len: count(list.len()) }
    }
}
