//! The rules that the binary carries, in the form the build script gave them.

use super::model::{EngineCode, Page, Rule};

/// The built-in rules, sorted by code. Their text is borrowed from the binary.
pub fn rules() -> Vec<Rule<'static>> {
    decode(include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin")))
}

/// The pages of the built-in rules, sorted by code.
pub fn pages() -> Vec<Page<'static>> {
    decode(include_bytes!(concat!(env!("OUT_DIR"), "/pages.bin")))
}

/// The documented `E` codes, sorted.
pub fn codes() -> Vec<EngineCode<'static>> {
    decode(include_bytes!(concat!(env!("OUT_DIR"), "/codes.bin")))
}

fn decode<T: serde::Deserialize<'static>>(bytes: &'static [u8]) -> T {
    postcard::from_bytes(bytes).expect("internal: the build script wrote these bytes from the same types")
}
