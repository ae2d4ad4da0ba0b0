//! Holds an expression to the vocabulary and the facts before it is ever evaluated.
//!
//! A field that does not exist, a word that is not of its enumeration, a comparison that can never
//! mean anything: each would be a rule that silently never fires. All of them are errors at a place.

use std::collections::BTreeSet;

use super::ast::{Comparison, Expr, Exprs, Function, Node, Operator, Program, Quantifier};
use super::ty::{Ty, pairs};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::leaf;
use crate::manifest::vocabulary::Manifest;
use crate::spelling;

/// What is wrong with an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeError {
    pub expr: Expr,
    pub message: String,
    pub help: Option<String>,
}

/// Checks the expressions of one program.
#[derive(Debug)]
pub struct Checker<'p> {
    program: &'p Program<'p>,
    facts: &'static RecordDesc,
    /// The options of the rule.
    options: Vec<(&'p str, Ty)>,
    scope: Vec<(String, Ty)>,
    /// Everything found so far.
    pub errors: Vec<TypeError>,
    /// The fields that were asked for so far, each with the name of its record.
    pub fields: BTreeSet<(&'static str, &'static str)>,
    reads: usize,
    /// The most bytes that one compiled regular expression may have.
    pattern: usize,
}

/// Bytes of a compiled regular expression, unless more are allowed.
const PATTERN: usize = 1 << 20;

impl<'p> Checker<'p> {
    /// A checker that knows the fields of `facts`.
    pub fn new(program: &'p Program<'p>, facts: &'static RecordDesc, options: Vec<(&'p str, Ty)>) -> Self {
        Self {
            program,
            facts,
            options,
            scope: Vec::new(),
            errors: Vec::new(),
            fields: BTreeSet::new(),
            reads: 0,
            pattern: PATTERN,
        }
    }

    /// With other regular expressions than small ones.
    #[must_use]
    pub fn allowing(self, pattern: usize) -> Self {
        Self { pattern, ..self }
    }

    /// Binds a name to the elements of a list; the list is checked.
    pub fn bind(&mut self, name: &str, domain: Expr) {
        let taken = self.scope.iter().any(|(bound, _)| bound == name) || name == "facts" || name == "options";
        if taken {
            self.error(domain, format!("the name `{name}` is taken"), "choose another name");
        }
        let ty = match self.ty(domain) {
            Some(Ty::List(item)) => *item,
            Some(other) => {
                self.error(
                    domain,
                    format!("`for` needs a list, this is {}", other.describe()),
                    "name a section or a relation of `facts`",
                );
                Ty::Nothing
            }
            None => Ty::Nothing,
        };
        self.scope.push((name.to_owned(), ty));
    }

    /// Takes back the last binding.
    pub fn unbind(&mut self) {
        self.scope.pop();
    }

    /// Holds an expression to be a condition that reads something.
    pub fn condition(&mut self, expr: Expr) {
        let before = self.reads;
        self.flag(expr);
        if self.reads == before && self.errors.is_empty() {
            self.error(
                expr,
                "the condition reads no fact, so its answer never changes".to_owned(),
                "compare a field of the manifest",
            );
        }
    }

    /// Holds an expression to have a type at all, for templates and labels.
    pub fn value(&mut self, expr: Expr) {
        self.ty(expr);
    }

    fn error(&mut self, expr: Expr, message: String, help: impl Into<String>) {
        let help: String = help.into();
        self.errors.push(TypeError { expr, message, help: (!help.is_empty()).then_some(help) });
    }

    fn flag(&mut self, expr: Expr) {
        match self.ty(expr) {
            Some(ty) if !ty.any(&|ty| matches!(ty, Ty::Bool | Ty::Nothing)) => {
                let help = if matches!(ty, Ty::List(_)) {
                    "write `size(list) > 0`, or ask with `exists`"
                } else {
                    "compare it with something"
                };
                self.error(expr, format!("a condition is needed here, this is {}", ty.describe()), help);
            }
            _ => {}
        }
    }

    fn number(&mut self, expr: Expr) {
        match self.ty(expr) {
            Some(ty) if !ty.any(&|ty| matches!(ty, Ty::Number | Ty::Nothing)) => {
                self.error(expr, format!("a number is needed here, this is {}", ty.describe()), "");
            }
            _ => {}
        }
    }

    fn list(&mut self, expr: Expr) -> Option<Ty> {
        match self.ty(expr)? {
            Ty::List(item) => Some(*item),
            Ty::Union(types) if types.iter().any(|ty| matches!(ty, Ty::List(_))) => {
                types.into_iter().find_map(|ty| if let Ty::List(item) = ty { Some(*item) } else { None })
            }
            Ty::Nothing => Some(Ty::Nothing),
            other => {
                self.error(expr, format!("a list is needed here, this is {}", other.describe()), "");
                None
            }
        }
    }

    /// The type of an expression; `None` where an error about it exists.
    fn ty(&mut self, expr: Expr) -> Option<Ty> {
        let program = self.program;
        match program.node(expr) {
            Node::Bool(_) => Some(Ty::Bool),
            Node::Number(_) => Some(Ty::Number),
            Node::Text(text) => Some(Ty::Literal(text.to_owned())),
            Node::Option(name) => self.option(expr, name),
            Node::Name(name) => self.name(expr, name),
            Node::Select(operand, field) => {
                let record = self.ty(operand)?;
                self.field(expr, &record, field)
            }
            Node::Index(list, index) => {
                self.number(index);
                self.list(list)
            }
            Node::Has(select) => {
                self.ty(select);
                Some(Ty::Bool)
            }
            Node::List(items) => {
                let types: Vec<Ty> = program.list(items).filter_map(|item| self.ty(item)).collect();
                Some(Ty::List(Box::new(if types.is_empty() { Ty::Nothing } else { Ty::Union(types) })))
            }
            Node::Not(operand) => {
                if let Node::Has(_) = program.node(operand) {
                    self.error(expr, "`!has(x)` can never be true: what is not declared is undecided, not absent".to_owned(), "write `x == 'none'` for what is explicitly not there; an undeclared fact makes the rule unknown by itself");
                }
                self.flag(operand);
                Some(Ty::Bool)
            }
            Node::Negate(operand) => {
                self.number(operand);
                Some(Ty::Number)
            }
            Node::And(left, right) | Node::Or(left, right) => {
                self.flag(left);
                self.flag(right);
                Some(Ty::Bool)
            }
            Node::If(condition, yes, no) => {
                self.flag(condition);
                let types: Vec<Ty> = [self.ty(yes), self.ty(no)].into_iter().flatten().collect();
                match types.as_slice() {
                    [Ty::Bool, Ty::Bool] => Some(Ty::Bool),
                    [Ty::Number, Ty::Number] => Some(Ty::Number),
                    [] => None,
                    _ => Some(Ty::Union(types)),
                }
            }
            Node::Compare(comparison, left, right) => {
                self.compare(expr, comparison, left, right);
                Some(Ty::Bool)
            }
            Node::In(item, list) => {
                let needle = self.ty(item);
                let element = self.list(list);
                if let (Some(needle), Some(element)) = (needle, element) {
                    self.element(item, list, &needle, &element);
                }
                Some(Ty::Bool)
            }
            Node::Arithmetic(operator, left, right) => self.arithmetic(expr, operator, left, right),
            Node::Call(function, args) => Some(self.call(function, args)),
            Node::Each(quantifier, range, name, body) => self.each(quantifier, range, name, body),
            Node::MapWhere(range, name, condition, body) => {
                let item = self.list(range)?;
                self.scope.push((name.to_owned(), item));
                self.flag(condition);
                let ty = self.ty(body);
                self.scope.pop();
                ty.map(|ty| Ty::List(Box::new(ty)))
            }
        }
    }

    fn option(&mut self, expr: Expr, name: &str) -> Option<Ty> {
        if let Some((_, ty)) = self.options.iter().find(|(known, _)| *known == name) {
            return Some(ty.clone());
        }
        let help = match spelling::nearest(name, self.options.iter().map(|(known, _)| *known)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `options:` with its type, its default and its meaning".to_owned(),
        };
        self.error(expr, format!("the rule has no option `{name}`"), help);
        None
    }

    fn name(&mut self, expr: Expr, name: &str) -> Option<Ty> {
        self.reads += 1;
        if let Some((_, ty)) = self.scope.iter().rev().find(|(bound, _)| bound == name) {
            return Some(ty.clone());
        }
        if name == "facts" {
            return Some(Ty::Record(self.facts));
        }
        if let Some((_, field)) = Manifest::DESC.field(name) {
            self.fields.insert((Manifest::DESC.name, field.name));
            return Some(Ty::from(field.ty));
        }
        let known: Vec<&str> = Manifest::DESC
            .fields
            .iter()
            .map(|f| f.name)
            .chain(self.scope.iter().map(|(name, _)| name.as_str()))
            .chain(["facts"])
            .collect();
        let help = match spelling::nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "names are the sections of a manifest, `facts`, and what `for` binds".to_owned(),
        };
        self.error(expr, format!("unknown name `{name}`"), help);
        None
    }

    fn field(&mut self, expr: Expr, record: &Ty, name: &str) -> Option<Ty> {
        let descs: Vec<&'static RecordDesc> = match record {
            Ty::Record(desc) => vec![desc],
            Ty::Ref(sections) => sections.iter().map(|section| section.entry()).collect(),
            Ty::Union(types) => {
                let fields: Vec<Ty> = types.iter().filter(|ty| matches!(ty, Ty::Record(_) | Ty::Ref(_))).cloned().collect();
                return match fields.first().cloned() {
                    Some(first) => self.field(expr, &first, name),
                    None => self.no_fields(expr, record, name),
                };
            }
            Ty::Nothing => return Some(Ty::Nothing),
            _ => return self.no_fields(expr, record, name),
        };
        let fields = descs.iter().filter_map(|desc| Some((desc.name, desc.field(name)?.1)));
        self.fields.extend(fields.clone().map(|(record, field)| (record, field.name)));
        let found: Vec<Ty> = fields.map(|(_, field)| Ty::from(field.ty)).collect();
        match found.len() {
            0 => {
                let known = descs.iter().flat_map(|desc| desc.fields.iter().map(|field| field.name));
                let names: Vec<_> = descs.iter().map(|desc| format!("`{}`", desc.name)).collect();
                let help = match spelling::nearest(name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`caveat schema` lists the fields".to_owned(),
                };
                self.error(expr, format!("{} has no field `{name}`", names.join(" or ")), help);
                None
            }
            1 => found.into_iter().next(),
            _ => Some(Ty::Union(found)),
        }
    }

    fn no_fields(&mut self, expr: Expr, ty: &Ty, name: &str) -> Option<Ty> {
        let help = match ty {
            Ty::List(_) => format!("ask of its elements: `list.exists(x, x.{name} …)`"),
            _ => String::new(),
        };
        self.error(expr, format!("`.{name}` is asked of {}", ty.describe()), help);
        None
    }

    fn compare(&mut self, expr: Expr, comparison: Comparison, left: Expr, right: Expr) {
        let (Some(a), Some(b)) = (self.ty(left), self.ty(right)) else { return };
        // Mistakes in a literal are shown at the literal.
        let at = if matches!(b, Ty::Literal(_)) { right } else { left };
        if let Comparison::Equal | Comparison::NotEqual = comparison {
            self.comparable(at, &a, &b);
            return;
        }
        let ordered = |a: &Ty, b: &Ty| match (a, b) {
            (Ty::Number, Ty::Number) | (Ty::Date, Ty::Date) | (Ty::Duration, Ty::Duration) => true,
            (Ty::Word(a), Ty::Word(b)) => a.ordered && a.name == b.name,
            (Ty::Word(desc), Ty::Literal(_)) | (Ty::Literal(_), Ty::Word(desc)) => desc.ordered,
            (Ty::Nothing, _) | (_, Ty::Nothing) => true,
            _ => false,
        };
        if !pairs(&a, &b, &ordered) {
            let help = match (&a, &b) {
                (Ty::Duration, _) | (_, Ty::Duration) => "write a duration as `duration('P30D')`",
                (Ty::Date, _) | (_, Ty::Date) => "write a date as `date('2026-11-23')`",
                (Ty::Word(_), _) | (_, Ty::Word(_)) => "only words with a rank can be ordered: stakes, classification, lifecycle",
                _ => "compare two numbers, two dates or two durations",
            };
            self.error(expr, format!("{} and {} have no order", a.describe(), b.describe()), help);
            return;
        }
        self.literal(at, &a, &b);
        self.literal(at, &b, &a);
    }

    /// `item in list`: of a list that is written out, every element has to make sense.
    fn element(&mut self, item: Expr, list: Expr, needle: &Ty, element: &Ty) {
        match (self.program.node(list), element) {
            (Node::List(items), Ty::Union(types)) => {
                for (at, ty) in self.program.list(items).zip(types) {
                    self.comparable(at, needle, ty);
                }
            }
            _ => self.comparable(item, needle, element),
        }
    }

    /// Holds two types to have values in common.
    fn comparable(&mut self, expr: Expr, a: &Ty, b: &Ty) {
        if let (Ty::Union(types), other) | (other, Ty::Union(types)) = (a, b) {
            // Every literal of a list has to make sense; of an alternative, one has to.
            let literals = types.iter().all(|ty| matches!(ty, Ty::Literal(_)));
            if literals {
                for ty in types {
                    self.comparable(expr, other, ty);
                }
            } else if !types.iter().any(|ty| Self::fits(ty, other)) {
                self.incomparable(expr, a, b);
            }
            return;
        }
        if Self::fits(a, b) {
            self.literal(expr, a, b);
            self.literal(expr, b, a);
        } else {
            self.incomparable(expr, a, b);
        }
    }

    fn incomparable(&mut self, expr: Expr, a: &Ty, b: &Ty) {
        let help = match (a, b) {
            (Ty::Record(_), other) | (other, Ty::Record(_)) if other.textual() => "compare its id: `x.id`",
            (Ty::Duration, Ty::Literal(_)) | (Ty::Literal(_), Ty::Duration) => "write a duration as `duration('P30D')`",
            (Ty::Date, Ty::Literal(_)) | (Ty::Literal(_), Ty::Date) => "write a date as `date('2026-11-23')`",
            (Ty::List(_), _) | (_, Ty::List(_)) => "ask with `in`, or with `list.exists(x, …)`",
            _ => "",
        };
        self.error(expr, format!("{} is never equal to {}", a.describe(), b.describe()), help);
    }

    fn fits(a: &Ty, b: &Ty) -> bool {
        match (a, b) {
            (Ty::Literal(text), _) | (_, Ty::Literal(text)) if text == "none" || text == "unknown" => true,
            (Ty::Nothing, _) | (_, Ty::Nothing) => true,
            (Ty::Union(types), other) | (other, Ty::Union(types)) => types.iter().any(|ty| Self::fits(ty, other)),
            (Ty::Bool, Ty::Bool) | (Ty::Number, Ty::Number) | (Ty::Date, Ty::Date) | (Ty::Duration, Ty::Duration) => true,
            (Ty::List(a), Ty::List(b)) => Self::fits(a, b),
            (Ty::Record(a), Ty::Record(b)) => a.name == b.name,
            (Ty::Ref(sections), Ty::Record(desc)) | (Ty::Record(desc), Ty::Ref(sections)) => {
                sections.iter().any(|s| s.entry().name == desc.name)
            }
            (a, b) => a.textual() && b.textual(),
        }
    }

    /// A text in the expression has to be a word, or a well-formed leaf, of what it is compared with.
    fn literal(&mut self, expr: Expr, ty: &Ty, literal: &Ty) {
        let Ty::Literal(text) = literal else { return };
        if text == "unknown" {
            let help = "what is `unknown` makes the rule undecided by itself";
            self.error(expr, "a comparison with `unknown` can never be decided".to_owned(), help);
            return;
        }
        if text == "none" {
            return;
        }
        match ty {
            Ty::Word(desc) if desc.index(text).is_none() => {
                let words: Vec<&str> = desc.words.iter().map(|(word, _)| *word).collect();
                let help = match spelling::nearest(text, words.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the words are {}", words.join(", ")),
                };
                self.error(expr, format!("`{text}` is not a word of `{}`", desc.name), help);
            }
            Ty::Text(Some(ty)) => {
                let valid = match ty {
                    Type::Country => leaf::country(text),
                    Type::Region => leaf::region(text),
                    Type::Language => leaf::language(text),
                    Type::Currency => leaf::currency(text),
                    _ => Ok(String::new()),
                };
                if let Err(message) = valid {
                    self.error(expr, message.replace("; ", ": "), "");
                }
            }
            _ => {}
        }
    }

    fn arithmetic(&mut self, expr: Expr, operator: Operator, left: Expr, right: Expr) -> Option<Ty> {
        let (a, b) = (self.ty(left)?, self.ty(right)?);
        let is = |ty: &Ty, test: fn(&Ty) -> bool| ty.any(&|ty| test(ty) || matches!(ty, Ty::Nothing));
        let number = |ty: &Ty| is(ty, |ty| matches!(ty, Ty::Number));
        let duration = |ty: &Ty| is(ty, |ty| matches!(ty, Ty::Duration));
        let text = |ty: &Ty| is(ty, Ty::textual);
        let ty = match operator {
            _ if number(&a) && number(&b) => Some(Ty::Number),
            Operator::Add | Operator::Subtract if duration(&a) && duration(&b) => Some(Ty::Duration),
            Operator::Multiply if (duration(&a) && number(&b)) || (number(&a) && duration(&b)) => Some(Ty::Duration),
            Operator::Divide if duration(&a) && number(&b) => Some(Ty::Duration),
            Operator::Divide if duration(&a) && duration(&b) => Some(Ty::Number),
            Operator::Add if text(&a) && text(&b) => Some(Ty::Text(None)),
            _ => None,
        };
        if ty.is_none() {
            let help = match (&a, &b) {
                (Ty::Date, _) | (_, Ty::Date) => "take `days_between(from, to)`, `days_since(day)` or `age(day)`",
                _ => "",
            };
            self.error(expr, format!("no arithmetic between {} and {}", a.describe(), b.describe()), help);
        }
        if let (Operator::Divide | Operator::Remainder, Node::Number(zero)) = (operator, self.program.node(right))
            && zero == 0.0
        {
            self.error(expr, "division by zero".to_owned(), "");
        }
        ty
    }

    fn each(&mut self, quantifier: Quantifier, range: Expr, name: &str, body: Expr) -> Option<Ty> {
        let item = self.list(range)?;
        self.scope.push((name.to_owned(), item.clone()));
        let ty = match quantifier {
            Quantifier::Map => self.ty(body).map(|ty| Ty::List(Box::new(ty))),
            Quantifier::Filter => {
                self.flag(body);
                Some(Ty::List(Box::new(item)))
            }
            _ => {
                self.flag(body);
                Some(Ty::Bool)
            }
        };
        self.scope.pop();
        ty
    }

    fn call(&mut self, function: Function, args: Exprs) -> Ty {
        let program = self.program;
        let args: Vec<Expr> = program.list(args).collect();
        let types: Vec<Option<Ty>> = args.iter().map(|arg| self.ty(*arg)).collect();
        let mut hold = |at: usize, what: &str, test: &dyn Fn(&Ty) -> bool| {
            let (Some(arg), Some(Some(ty))) = (args.get(at), types.get(at)) else { return };
            if !ty.any(&|ty| test(ty) || matches!(ty, Ty::Nothing)) {
                self.error(
                    *arg,
                    format!("`{}` needs {what} here, this is {}", function.name(), ty.describe()),
                    function.doc().trim(),
                );
            }
        };
        let number = |ty: &Ty| matches!(ty, Ty::Number);
        let date = |ty: &Ty| matches!(ty, Ty::Date);
        let numbers = |ty: &Ty| matches!(ty, Ty::List(item) if item.any(&|ty| matches!(ty, Ty::Number | Ty::Nothing)));
        let texts = |ty: &Ty| matches!(ty, Ty::List(item) if item.any(&|ty| ty.textual() || matches!(ty, Ty::Nothing)));
        let list = |ty: &Ty| matches!(ty, Ty::List(_));
        let literal = |ty: &Ty| matches!(ty, Ty::Literal(_));
        match function {
            Function::Size => hold(0, "a list or a text", &|ty| list(ty) || ty.textual()),
            Function::StartsWith | Function::EndsWith | Function::Contains => {
                hold(0, "a text", &Ty::textual);
                hold(1, "a text or a list of texts", &|ty| ty.textual() || texts(ty));
            }
            Function::Matches | Function::Glob => {
                hold(0, "a text", &Ty::textual);
                hold(1, "a literal pattern", &literal);
            }
            Function::Lower => hold(0, "a text", &Ty::textual),
            Function::Date | Function::Duration | Function::Quantity => hold(0, "a literal", &literal),
            Function::DaysBetween => {
                hold(0, "a date", &date);
                hold(1, "a date", &date);
            }
            Function::DaysSince | Function::Age => hold(0, "a date", &date),
            Function::Sum | Function::Product => hold(0, "a list of numbers", &numbers),
            Function::Min | Function::Max => {
                for at in 0..args.len() {
                    hold(at, "numbers", &|ty| number(ty) || numbers(ty));
                }
            }
            Function::Days | Function::Ceil | Function::Floor | Function::Round | Function::Sqrt => hold(0, "a number", &number),
            Function::WilsonLower => {
                hold(0, "a number", &number);
                hold(1, "a number", &number);
            }
            Function::Join | Function::Distinct | Function::Route => hold(0, "a list", &list),
            Function::Today | Function::Stated => {}
        }
        let text = args.last().map(|arg| (*arg, program.node(*arg)));
        if let Some((arg, Node::Text(text))) = text {
            self.pattern(arg, function, text);
        }
        match function {
            Function::StartsWith
            | Function::EndsWith
            | Function::Contains
            | Function::Matches
            | Function::Glob
            | Function::Stated => Ty::Bool,
            Function::Lower | Function::Join | Function::Route => Ty::Text(None),
            Function::Date | Function::Today => Ty::Date,
            Function::Duration | Function::Days | Function::Age => Ty::Duration,
            Function::Distinct => types.into_iter().next().flatten().unwrap_or(Ty::Nothing),
            _ => Ty::Number,
        }
    }

    /// Patterns and literals are compiled once here, so that a broken one is an error of its rule.
    fn pattern(&mut self, arg: Expr, function: Function, text: &str) {
        let broken = match function {
            Function::Matches => regex::RegexBuilder::new(text).size_limit(self.pattern).build().err().map(|error| match error {
                regex::Error::CompiledTooBig(most) => format!(
                    "this regular expression needs more than {most} bytes once it is compiled; repeat less, name fewer alternatives or classes, or raise `limits.pattern_size` in the configuration"
                ),
                error => format!("not a regular expression: {}", last_line(&error.to_string())),
            }),
            Function::Glob => globset::Glob::new(text).err().map(|error| format!("not a glob: {error}")),
            Function::Date => leaf::date(text).err(),
            Function::Duration => leaf::duration(text).err(),
            Function::Quantity => leaf::quantity(text).err(),
            _ => None,
        };
        if let Some(message) = broken {
            let (message, help) = message.split_once("; ").unwrap_or((&message, ""));
            self.error(arg, message.to_owned(), help);
        }
    }
}

fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or(text).trim_start_matches("error: ").to_owned()
}
