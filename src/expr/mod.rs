//! Conditions: the only module that knows the expression language.
//!
//! `parse` turns text into a program, `check` holds a program to the vocabulary and the facts, `eval`
//! answers it in three values, `join` spares it the elements of a list that cannot matter. Nothing here knows what a rule is.

pub mod ast;
pub mod check;
pub mod eval;
pub mod free;
pub mod join;
pub mod parse;
pub mod patterns;
pub mod show;
pub mod ty;
