//! Text → program, by the parser of the `cel` crate; the only file that names it.
//!
//! The crate's fast parser expands macros and keeps no source map. Both are recovered here: macros
//! by the shapes they expand to, positions by lexing the text a second time and walking names and
//! literals in source order. Where the two walks disagree the expression is refused, so a change in
//! the crate shows as an error and never as a wrong position.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr as Cel, IdedExpr, LiteralValue, operators};
use cel::parser::PrattParser;
use cel::parser::pratt_parser::{Lexer, TokenKind};

use super::ast::{Comparison, Expr, Function, Node, Operator, Program, Quantifier};
use crate::spelling;

/// Bytes of one condition. Every shape of expression below this size is parsed and evaluated within
/// a small stack; longer chains are not (see `docs/rules.md`).
pub const MAX_BYTES: usize = 2_000;

/// What is wrong with an expression, at a byte offset in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprError {
    pub offset: usize,
    pub message: String,
    pub help: Option<String>,
}

impl ExprError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), help: None }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Offsets of operations in the text of their expression, for messages.
pub type Offsets = Vec<(Expr, usize)>;

/// Parses one expression into a program and gives its root and the offsets of its operations.
pub fn parse(text: &str, program: &mut Program<'static>) -> Result<(Expr, Offsets), ExprError> {
    if text.len() > MAX_BYTES {
        return Err(ExprError::new(MAX_BYTES, format!("the expression is longer than {MAX_BYTES} bytes"))
            .help("derive a fact, or split the rule"));
    }
    let anchors = anchors(text)?;
    let tree = PrattParser::new().parse(text).map_err(|errors| syntax(&errors, text))?;
    let mut lower = Lower { program, anchors: &anchors, at: 0, offsets: Vec::new() };
    let root = lower.expr(&tree)?;
    Ok((root, lower.offsets))
}

fn syntax(errors: &cel::ParseErrors, text: &str) -> ExprError {
    let Some(error) = errors.errors.first() else {
        return ExprError::new(0, "not an expression");
    };
    let line = usize::try_from(error.pos.0 - 1).unwrap_or(0);
    let column = usize::try_from(error.pos.1 - 1).unwrap_or(0);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let offset = (start + column).min(text.len());
    ExprError::new(offset, format!("not a CEL expression: {}", error.msg.trim().to_lowercase()))
}

/// A name or literal of the text, at its offset.
struct Anchor<'t> {
    offset: usize,
    text: &'t str,
    name: bool,
}

fn anchors(text: &str) -> Result<Vec<Anchor<'_>>, ExprError> {
    let mut lexer = Lexer::new(text);
    let mut anchors = Vec::new();
    loop {
        let token = lexer.lex();
        let name = match token.kind {
            TokenKind::TokEnd => return Ok(anchors),
            TokenKind::TokError => return Err(ExprError::new(token.start.min(text.len()), "not a CEL expression")),
            TokenKind::TokIdent | TokenKind::TokReservedWord => true,
            TokenKind::TokInt
            | TokenKind::TokUint
            | TokenKind::TokFloat
            | TokenKind::TokString
            | TokenKind::TokBytes
            | TokenKind::TokNull
            | TokenKind::TokTrue
            | TokenKind::TokFalse => false,
            _ => continue,
        };
        let text = text.get(token.start..token.end).unwrap_or_default();
        anchors.push(Anchor { offset: token.start, text, name });
        if anchors.len() > MAX_BYTES {
            return Ok(anchors);
        }
    }
}

struct Lower<'p, 't> {
    program: &'p mut Program<'static>,
    anchors: &'t [Anchor<'t>],
    at: usize,
    offsets: Offsets,
}

impl Lower<'_, '_> {
    /// The offset of the next name or literal.
    fn here(&self) -> usize {
        self.anchors.get(self.at).or(self.anchors.last()).map_or(0, |anchor| anchor.offset)
    }

    fn name(&mut self, name: &str) -> Result<usize, ExprError> {
        match self.anchors.get(self.at) {
            Some(anchor) if anchor.name && anchor.text == name => {
                self.at += 1;
                Ok(anchor.offset)
            }
            _ => Err(ExprError::new(self.here(), "an expression of this shape is not supported")),
        }
    }

    fn literal(&mut self) -> usize {
        let here = self.here();
        self.at += 1;
        here
    }

    fn push(&mut self, node: Node<'_>, offset: usize) -> Expr {
        let expr = self.program.push(node);
        self.offsets.push((expr, offset));
        expr
    }

    fn expr(&mut self, ided: &IdedExpr) -> Result<Expr, ExprError> {
        match &ided.expr {
            Cel::Literal(value) => self.value(value),
            Cel::Ident(name) => {
                let offset = self.name(name)?;
                Ok(self.push(Node::Name(name), offset))
            }
            Cel::Select(select) if select.test => {
                let start = self.name("has")?;
                let operand = self.expr(&select.operand)?;
                let offset = self.name(&select.field)?;
                let select = self.push(Node::Select(operand, &select.field), offset);
                Ok(self.push(Node::Has(select), start))
            }
            Cel::Select(select) if matches!(&select.operand.expr, Cel::Ident(name) if name == "options") => {
                self.name("options")?;
                let offset = self.name(&select.field)?;
                Ok(self.push(Node::Option(&select.field), offset))
            }
            Cel::Select(select) => {
                let operand = self.expr(&select.operand)?;
                let offset = self.name(&select.field)?;
                Ok(self.push(Node::Select(operand, &select.field), offset))
            }
            Cel::List(list) => {
                let start = self.here();
                let items = list.elements.iter().map(|item| self.expr(item)).collect::<Result<Vec<_>, _>>()?;
                let items = self.program.push_list(&items);
                Ok(self.push(Node::List(items), start))
            }
            Cel::Call(call) => self.call(call),
            Cel::Comprehension(each) => self.each(each),
            Cel::Map(_) | Cel::Struct(_) => Err(ExprError::new(self.here(), "mappings cannot be built in a condition")),
            Cel::Unspecified => Err(ExprError::new(self.here(), "not an expression")),
        }
    }

    fn value(&mut self, value: &LiteralValue) -> Result<Expr, ExprError> {
        let offset = self.literal();
        let node = match value {
            LiteralValue::Boolean(value) => Node::Bool(*value.inner()),
            #[expect(clippy::cast_precision_loss, reason = "all numbers are doubles in conditions")]
            LiteralValue::Int(value) => Node::Number(*value.inner() as f64),
            #[expect(clippy::cast_precision_loss, reason = "all numbers are doubles in conditions")]
            LiteralValue::UInt(value) => Node::Number(*value.inner() as f64),
            LiteralValue::Double(value) => Node::Number(*value.inner()),
            LiteralValue::String(value) => Node::Text(value.inner()),
            LiteralValue::Null => {
                return Err(ExprError::new(offset, "`null` is not a value of a manifest")
                    .help("compare with `'none'` for what is explicitly not there"));
            }
            LiteralValue::Bytes(_) => return Err(ExprError::new(offset, "bytes are not a value of a manifest")),
        };
        Ok(self.push(node, offset))
    }

    fn call(&mut self, call: &CallExpr) -> Result<Expr, ExprError> {
        if call.target.is_none()
            && let Some(built) = self.operator(call)?
        {
            return Ok(built);
        }
        let target = call.target.as_ref().map(|target| self.expr(target)).transpose()?;
        let offset = self.name(&call.func_name)?;
        let function = Function::named(&call.func_name).ok_or_else(|| unknown_function(&call.func_name, offset))?;
        let mut args: Vec<Expr> = target.into_iter().collect();
        for arg in &call.args {
            args.push(self.expr(arg)?);
        }
        if !function.arity().contains(&args.len()) {
            let arity = function.arity();
            let takes = if arity.start() == arity.end() {
                arity.start().to_string()
            } else {
                format!("{} to {}", arity.start(), arity.end())
            };
            let message = format!(
                "`{}` takes {takes} argument{}, not {}",
                function.name(),
                if takes == "1" { "" } else { "s" },
                args.len()
            );
            return Err(ExprError::new(offset, message).help(function.doc().trim()));
        }
        let args = self.program.push_list(&args);
        Ok(self.push(Node::Call(function, args), offset))
    }

    fn operator(&mut self, call: &CallExpr) -> Result<Option<Expr>, ExprError> {
        use operators as op;
        let start = self.here();
        let args = &call.args;
        let compare = |comparison| Some(Built::Compare(comparison));
        let arithmetic = |operator| Some(Built::Arithmetic(operator));
        let built = match (call.func_name.as_str(), args.len()) {
            (op::CONDITIONAL, 3) => Some(Built::If),
            (op::LOGICAL_NOT, 1) => Some(Built::Not),
            (op::NEGATE, 1) => Some(Built::Negate),
            (op::INDEX, 2) => Some(Built::Index),
            (op::LOGICAL_AND, 2) => Some(Built::And),
            (op::LOGICAL_OR, 2) => Some(Built::Or),
            (op::IN, 2) => Some(Built::In),
            (op::EQUALS, 2) => compare(Comparison::Equal),
            (op::NOT_EQUALS, 2) => compare(Comparison::NotEqual),
            (op::LESS, 2) => compare(Comparison::Less),
            (op::LESS_EQUALS, 2) => compare(Comparison::LessEqual),
            (op::GREATER, 2) => compare(Comparison::Greater),
            (op::GREATER_EQUALS, 2) => compare(Comparison::GreaterEqual),
            (op::ADD, 2) => arithmetic(Operator::Add),
            (op::SUBSTRACT, 2) => arithmetic(Operator::Subtract),
            (op::MULTIPLY, 2) => arithmetic(Operator::Multiply),
            (op::DIVIDE, 2) => arithmetic(Operator::Divide),
            (op::MODULO, 2) => arithmetic(Operator::Remainder),
            _ => None,
        };
        let Some(built) = built else { return Ok(None) };
        let args = args.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let node = match (built, args.as_slice()) {
            (Built::If, [condition, yes, no]) => Node::If(*condition, *yes, *no),
            (Built::Not, [operand]) => Node::Not(*operand),
            (Built::Negate, [operand]) => Node::Negate(*operand),
            (Built::Index, [list, index]) => Node::Index(*list, *index),
            (Built::And, [left, right]) => Node::And(*left, *right),
            (Built::Or, [left, right]) => Node::Or(*left, *right),
            (Built::In, [item, list]) => Node::In(*item, *list),
            (Built::Compare(comparison), [left, right]) => Node::Compare(comparison, *left, *right),
            (Built::Arithmetic(operator), [left, right]) => Node::Arithmetic(operator, *left, *right),
            _ => return Err(ExprError::new(start, "an expression of this shape is not supported")),
        };
        Ok(Some(self.push(node, start)))
    }

    /// Reads back a macro from its expansion (`cel::parser::macros`, which follows cel-go's).
    fn each(&mut self, each: &ComprehensionExpr) -> Result<Expr, ExprError> {
        let range = self.expr(&each.iter_range)?;
        let Some(quantifier) = self.anchors.get(self.at) else {
            return Err(ExprError::new(self.here(), "an expression of this shape is not supported"));
        };
        let (word, offset) = (quantifier.text, quantifier.offset);
        self.at += 1;
        self.name(&each.iter_var)?;
        let var = each.iter_var.as_str();
        let step = step_args(&each.loop_step);
        let unsupported = || ExprError::new(offset, format!("`{word}` in this shape is not supported"));
        let node = match word {
            "all" | "exists" => {
                let body = self.expr(&step.ok_or_else(unsupported)?[1])?;
                let quantifier = if word == "all" { Quantifier::All } else { Quantifier::Exists };
                Node::Each(quantifier, range, var, body)
            }
            "exists_one" | "existsOne" => {
                let body = self.expr(&step.ok_or_else(unsupported)?[0])?;
                Node::Each(Quantifier::ExistsOne, range, var, body)
            }
            "filter" => {
                let body = self.expr(&step.ok_or_else(unsupported)?[0])?;
                Node::Each(Quantifier::Filter, range, var, body)
            }
            "map" => match step.ok_or_else(unsupported)? {
                // `condition ? accu + [body] : accu`
                [condition, append, _] => {
                    let condition = self.expr(condition)?;
                    let body = self.expr(appended(append).ok_or_else(unsupported)?)?;
                    Node::MapWhere(range, var, condition, body)
                }
                // `accu + [body]`
                _ => {
                    let body = self.expr(appended(&each.loop_step).ok_or_else(unsupported)?)?;
                    Node::Each(Quantifier::Map, range, var, body)
                }
            },
            _ => return Err(unsupported()),
        };
        Ok(self.push(node, offset))
    }
}

#[derive(Clone, Copy)]
enum Built {
    If,
    Not,
    Negate,
    Index,
    And,
    Or,
    In,
    Compare(Comparison),
    Arithmetic(Operator),
}

fn step_args(step: &IdedExpr) -> Option<&[IdedExpr]> {
    match &step.expr {
        Cel::Call(call) if call.args.len() >= 2 => Some(&call.args),
        _ => None,
    }
}

/// The `x` of `accu + [x]`.
fn appended(step: &IdedExpr) -> Option<&IdedExpr> {
    let [_, list] = step_args(step)? else { return None };
    match &list.expr {
        Cel::List(list) => list.elements.first(),
        _ => None,
    }
}

fn unknown_function(name: &str, offset: usize) -> ExprError {
    let macros = ["has", "all", "exists", "exists_one", "filter", "map"];
    let error = if macros.contains(&name) {
        return ExprError::new(offset, format!("`{name}` is not used like this")).help(match name {
            "has" => "`has(x.field)` takes one selection",
            _ => "write `list.exists(name, condition)`; `all`, `filter` and `map` are used alike",
        });
    } else {
        ExprError::new(offset, format!("unknown function `{name}`"))
    };
    match spelling::nearest(name, Function::ALL.iter().map(|f| f.name()).chain(macros)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("the functions are listed by `caveat rules functions`"),
    }
}
