//! Where the time of a check goes, stage by stage: `cargo bench`.
//!
//! Each figure is the minimum of many runs in one process, which load disturbs least. Nothing is
//! asserted; `benches/run.sh` counts instructions for the gate.

use std::hint::black_box;
use std::time::{Duration, Instant};

use caveat::engine::{Plan, check_text};
use caveat::manifest::{Scope, read};
use caveat::render::{json, sarif, text};
use caveat::rule::builtin;
use caveat::syntax::{Limits, load};
use jiff::civil::date;

const RUNS: u32 = 300;

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn measure(stage: &str, mut work: impl FnMut()) {
    let mut least = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        work();
        least = least.min(start.elapsed());
    }
    println!("{stage:<28} {:>9.1} µs", least.as_secs_f64() * 1e6);
}

fn main() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tax-assistant.yaml");
    let manifest = std::fs::read(path).expect("the fixture is there");
    let limits = Limits::default();
    let plan = || Plan::new(builtin::rules(), date(2026, 11, 23));
    let ready = plan();
    let tree = load(manifest.clone(), &limits).tree;
    let root = tree.documents()[0];
    let report = check_text(&ready, "caveat.yaml", manifest.clone());

    measure("load the built-in rules", || drop(black_box(builtin::rules())));
    measure("parse", || drop(black_box(load(manifest.clone(), &limits))));
    measure("read and check the manifest", || drop(black_box(read(&tree, root, Scope::Whole, &limits))));
    measure("whole check, rules loaded", || drop(black_box(check_text(&ready, "caveat.yaml", manifest.clone()))));
    measure("whole check", || drop(black_box(check_text(&plan(), "caveat.yaml", manifest.clone()))));
    measure("render text", || drop(black_box(text::render(&report, text::Style::PLAIN))));
    measure("render json", || drop(black_box(json::render(&report))));
    measure("render sarif", || drop(black_box(sarif::render(&report))));
    for times in [1, 4, 16, 64] {
        let large = grown(times);
        measure(&format!("whole check, {:>5} kB", large.len() / 1024), || {
            drop(black_box(check_text(&ready, "caveat.yaml", large.clone())));
        });
    }
}

/// The fixture with more of everything that repeats.
fn grown(times: usize) -> Vec<u8> {
    let text = include_str!("../fixtures/tax-assistant.yaml");
    let mut grown = text.to_owned();
    let line = "  - {from: client-chats, to: portal, purpose: inference, transport: tls}\n";
    if let Some(at) = grown.find("flows:\n") {
        grown.insert_str(at + "flows:\n".len(), &line.repeat(times * 50));
    }
    grown.into_bytes()
}
