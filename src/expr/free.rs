//! The names that an expression depends on and does not bind itself.

use std::collections::BTreeSet;

use super::ast::{Expr, Node, Program};

/// The free names of an expression, `facts` and sections of the manifest among them.
pub fn names<'r>(program: &'r Program<'r>, expr: Expr) -> BTreeSet<&'r str> {
    let mut free = BTreeSet::new();
    add(program, expr, &mut Vec::new(), &mut free);
    free
}

fn add<'r>(program: &'r Program<'r>, expr: Expr, bound: &mut Vec<&'r str>, free: &mut BTreeSet<&'r str>) {
    match program.node(expr) {
        Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Option(_) => {}
        Node::Name(name) => {
            if !bound.contains(&name) {
                free.insert(name);
            }
        }
        Node::Select(operand, _) | Node::Has(operand) | Node::Not(operand) | Node::Negate(operand) => {
            add(program, operand, bound, free);
        }
        Node::Index(left, right)
        | Node::And(left, right)
        | Node::Or(left, right)
        | Node::Compare(_, left, right)
        | Node::In(left, right)
        | Node::Arithmetic(_, left, right) => [left, right].into_iter().for_each(|part| add(program, part, bound, free)),
        Node::If(condition, yes, no) => [condition, yes, no].into_iter().for_each(|part| add(program, part, bound, free)),
        Node::List(items) | Node::Call(_, items) => program.list(items).for_each(|item| add(program, item, bound, free)),
        Node::Each(_, range, name, body) => {
            add(program, range, bound, free);
            bound.push(name);
            add(program, body, bound, free);
            bound.pop();
        }
        Node::MapWhere(range, name, condition, body) => {
            add(program, range, bound, free);
            bound.push(name);
            for part in [condition, body] {
                add(program, part, bound, free);
            }
            bound.pop();
        }
    }
}
