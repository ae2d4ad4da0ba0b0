//! The floor that start-up is measured against: a program that does nothing.

fn main() {}
