//! Conditions as data: a flat program that costs nothing to load and nothing to drop.
//!
//! A program holds every expression of one rule; an [`Expr`] is the number of a root. Operations refer to
//! their operands by number, and operands stand before the operations that use them. The built-in rules
//! are evaluated where they lie in the binary: an operation is a record of fixed width, made out when it
//! comes to be evaluated, so that operations nobody evaluates cost nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Number of an expression in its [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expr(pub u32);

/// A run of expressions, for [`Program::list`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exprs {
    pub first: u32,
    pub len: u32,
}

/// All expressions of one rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Program<'a> {
    /// Operations, [`WIDTH`] bytes each; see [`Program::pack`].
    #[serde(borrow)]
    nodes: Cow<'a, [u8]>,
    /// The expressions of runs, one after the other, four bytes each.
    #[serde(borrow)]
    lists: Cow<'a, [u8]>,
    /// Where each text begins and how long it is, four bytes and four bytes.
    #[serde(borrow)]
    places: Cow<'a, [u8]>,
    /// The texts, one after the other.
    #[serde(borrow)]
    texts: Cow<'a, str>,
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node<'a> {
    Bool(bool),
    Number(f64),
    Text(&'a str),
    /// `options.name`: an option of the rule.
    Option(&'a str),
    /// A section of the manifest, `facts`, or a name bound by `for` or a macro.
    Name(&'a str),
    Select(Expr, &'a str),
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
    Each(Quantifier, Expr, &'a str, Expr),
    /// `list.map(var, condition, body)`.
    MapWhere(Expr, &'a str, Expr, Expr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    /// All of them, in the order of their numbers.
    const ALL: &'static [Self] = &[Self::Equal, Self::NotEqual, Self::Less, Self::LessEqual, Self::Greater, Self::GreaterEqual];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    /// All of them, in the order of their numbers.
    const ALL: &'static [Self] = &[Self::Add, Self::Subtract, Self::Multiply, Self::Divide, Self::Remainder];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

impl Quantifier {
    /// All of them, in the order of their numbers.
    const ALL: &'static [Self] = &[Self::All, Self::Exists, Self::ExistsOne, Self::Filter, Self::Map];
}

macro_rules! functions {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal ($least:literal ..= $most:literal);)*) => {
        /// The functions a condition may call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// `text.startsWith(prefix)`; with a list of prefixes, whether it starts with any of them.
    StartsWith = "startsWith" (2..=2);
    /// `text.endsWith(suffix)`; with a list of suffixes, whether it ends with any of them.
    EndsWith = "endsWith" (2..=2);
    /// `text.contains(part)`; with a list of parts, whether any of them is in it.
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

/// Bytes of an operation: which it is, which of several kinds, and up to four numbers.
const WIDTH: usize = 18;

/// An operation as it is stored: what tells it from others, what kind of comparison, operator, quantifier or function it
/// is, and its numbers.
type Packed = (u8, u8, [u32; 4]);

/// A number of four bytes.
fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}

/// The one of these with a number.
fn kind<T: Copy>(all: &'static [T], number: u8) -> T {
    all[usize::from(number).min(all.len() - 1)]
}

impl Program<'_> {
    /// The operation of an expression.
    pub fn node(&self, expr: Expr) -> Node<'_> {
        let at = expr.0 as usize * WIDTH;
        let Some(&[operation, which, ref numbers @ ..]) = self.nodes.get(at..at + WIDTH) else { return Node::Bool(false) };
        let number = |index: usize| word(numbers, index * 4);
        let expr = |index: usize| Expr(number(index));
        let run = Exprs { first: number(0), len: number(1) };
        match operation {
            0 => Node::Bool(which == 1),
            1 => Node::Number(f64::from_bits(u64::from(number(0)) | u64::from(number(1)) << 32)),
            2 => Node::Text(self.text(number(0))),
            3 => Node::Option(self.text(number(0))),
            4 => Node::Name(self.text(number(0))),
            5 => Node::Select(expr(0), self.text(number(1))),
            6 => Node::Index(expr(0), expr(1)),
            7 => Node::Has(expr(0)),
            8 => Node::List(run),
            9 => Node::Not(expr(0)),
            10 => Node::Negate(expr(0)),
            11 => Node::And(expr(0), expr(1)),
            12 => Node::Or(expr(0), expr(1)),
            13 => Node::If(expr(0), expr(1), expr(2)),
            14 => Node::Compare(kind(Comparison::ALL, which), expr(0), expr(1)),
            15 => Node::In(expr(0), expr(1)),
            16 => Node::Arithmetic(kind(Operator::ALL, which), expr(0), expr(1)),
            17 => Node::Call(kind(Function::ALL, which), run),
            18 => Node::Each(kind(Quantifier::ALL, which), expr(0), self.text(number(1)), expr(2)),
            _ => Node::MapWhere(expr(0), self.text(number(1)), expr(2), expr(3)),
        }
    }

    /// The expressions of a run.
    pub fn list(&self, exprs: Exprs) -> impl ExactSizeIterator<Item = Expr> + '_ {
        let range = exprs.first as usize * 4..(exprs.first + exprs.len) as usize * 4;
        self.lists.get(range).unwrap_or_default().chunks_exact(4).map(|four| Expr(word(four, 0)))
    }

    fn text(&self, number: u32) -> &str {
        let at = number as usize * 8;
        let start = word(&self.places, at) as usize;
        self.texts.get(start..start + word(&self.places, at + 4) as usize).unwrap_or_default()
    }

    /// Every operation.
    fn all(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.len()).map(|at| self.node(Expr(count(at))))
    }

    /// Which fields are asked of a name that nothing binds; `None` where it is used as a whole.
    pub fn fields_of(&self, name: &str) -> Option<BTreeSet<&str>> {
        let is = |node: Node<'_>| matches!(node, Node::Name(bound) if bound == name);
        let uses = self.all().filter(|node| is(*node)).count();
        let fields: Vec<&str> = self
            .all()
            .filter_map(|node| match node {
                Node::Select(operand, field) if is(self.node(operand)) => Some(field),
                _ => None,
            })
            .collect();
        (fields.len() == uses).then(|| fields.into_iter().collect())
    }

    /// Number of operations.
    pub fn len(&self) -> usize {
        self.nodes.len() / WIDTH
    }

    /// Whether there is no operation.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn push(&mut self, node: Node<'_>) -> Expr {
        let expr = Expr(count(self.len()));
        let (operation, which, numbers) = self.pack(node);
        let nodes = self.nodes.to_mut();
        nodes.extend([operation, which]);
        nodes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        expr
    }

    pub(super) fn push_list(&mut self, list: &[Expr]) -> Exprs {
        let first = count(self.lists.len() / 4);
        self.lists.to_mut().extend(list.iter().flat_map(|expr| expr.0.to_le_bytes()));
        Exprs { first, len: count(list.len()) }
    }

    /// The number of a text; equal ones are kept once.
    fn intern(&mut self, text: &str) -> u32 {
        let known = count(self.places.len() / 8);
        if let Some(number) = (0..known).find(|number| self.text(*number) == text) {
            return number;
        }
        let start = count(self.texts.len());
        self.places.to_mut().extend([start, count(text.len())].iter().flat_map(|number| number.to_le_bytes()));
        self.texts.to_mut().push_str(text);
        known
    }

    fn pack(&mut self, node: Node<'_>) -> Packed {
        match node {
            Node::Bool(value) => (0, u8::from(value), [0; 4]),
            Node::Number(value) => {
                let bits = value.to_bits().to_le_bytes();
                (1, 0, [word(&bits, 0), word(&bits, 4), 0, 0])
            }
            Node::Text(text) => (2, 0, [self.intern(text), 0, 0, 0]),
            Node::Option(name) => (3, 0, [self.intern(name), 0, 0, 0]),
            Node::Name(name) => (4, 0, [self.intern(name), 0, 0, 0]),
            Node::Select(operand, field) => (5, 0, [operand.0, self.intern(field), 0, 0]),
            Node::Index(list, index) => (6, 0, [list.0, index.0, 0, 0]),
            Node::Has(operand) => (7, 0, [operand.0, 0, 0, 0]),
            Node::List(run) => (8, 0, [run.first, run.len, 0, 0]),
            Node::Not(operand) => (9, 0, [operand.0, 0, 0, 0]),
            Node::Negate(operand) => (10, 0, [operand.0, 0, 0, 0]),
            Node::And(left, right) => (11, 0, [left.0, right.0, 0, 0]),
            Node::Or(left, right) => (12, 0, [left.0, right.0, 0, 0]),
            Node::If(condition, yes, no) => (13, 0, [condition.0, yes.0, no.0, 0]),
            Node::Compare(comparison, left, right) => (14, comparison as u8, [left.0, right.0, 0, 0]),
            Node::In(item, list) => (15, 0, [item.0, list.0, 0, 0]),
            Node::Arithmetic(operator, left, right) => (16, operator as u8, [left.0, right.0, 0, 0]),
            Node::Call(function, run) => (17, function as u8, [run.first, run.len, 0, 0]),
            Node::Each(quantifier, range, name, body) => (18, quantifier as u8, [range.0, self.intern(name), body.0, 0]),
            Node::MapWhere(range, name, condition, body) => (19, 0, [range.0, self.intern(name), condition.0, body.0]),
        }
    }
}

/// A number in a program, which is as large as a rule.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
