//! How the analysis of data flows grows: `cargo bench --bench flows`.
//!
//! A deployment with five data sets, five groups of people and ever more components and flows between
//! them, every tenth with a control. The time is that of deriving all facts, the least of a few runs in
//! one process; the memory is what the resident set grows by while the facts are held (Linux only).
//! Nothing is asserted.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use caveat::facts;
use caveat::knowledge::tables::Tables;
use caveat::manifest::value::View;
use caveat::manifest::{Scope, read};
use caveat::syntax::{Limits, load};
use jiff::civil::date;

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    println!("{:>8} {:>12} {:>14} {:>10}", "flows", "derive", "per flow", "memory");
    for flows in [1_000, 3_000, 10_000, 30_000, 100_000] {
        let text = deployment(flows);
        let limits = Limits { bytes: 64 << 20, nodes: 8_000_000, visits: 16_000_000, ..Limits::default() };
        let loaded = load(text.into_bytes(), &limits);
        let root = loaded.tree.documents()[0];
        let manifest = read(&loaded.tree, root, Scope::Whole, &limits);
        let view = View { tree: &loaded.tree, root: manifest.root, ids: &manifest.ids, require_evidence: false };
        let mut least = Duration::MAX;
        let before = resident();
        let mut grown = 0;
        for _ in 0..3 {
            let start = Instant::now();
            let derived = facts::derive(&view, &Tables::builtin(), date(2026, 11, 23), &[], &facts::Wanted::all());
            least = least.min(start.elapsed());
            grown = grown.max(resident().saturating_sub(before));
            black_box(&derived);
        }
        let each = least.as_secs_f64() * 1e6 / f64::from(flows);
        println!("{flows:>8} {:>9.1} ms {each:>11.2} µs {:>7} MiB", least.as_secs_f64() * 1e3, grown >> 20);
    }
}

/// Bytes that the process holds in memory; 0 where nobody says.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

/// A deployment with this many flows, the same on every run.
fn deployment(flows: u32) -> String {
    let components = flows / 10;
    let mut seed = 1u64;
    let mut next = |below: u32| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(seed >> 33).unwrap_or(0) % below
    };
    let mut text = String::from(
        "system: {id: large}\nagreements: []\nretrieval: []\ntraining: []\nparties: [{id: hoster, kind: cloud_infrastructure, country: DE}]\n",
    );
    text.push_str(
        "models: [{id: m, kind: instruct}]\nhosting: [{id: box, models: [m], party: hoster, country: DE}]\ndatasets:\n",
    );
    for at in 0..5 {
        let _ = writeln!(
            text,
            "  - {{id: d{at}, classification: confidential, categories: [user.name], duties: [], entitled: [a{at}], entitlement_unit: group, residency: [EEA]}}"
        );
    }
    text.push_str("actors:\n");
    for at in 0..5 {
        let _ = writeln!(text, "  - {{id: a{at}, kind: employees}}");
    }
    text.push_str("components:\n");
    for at in 0..components {
        let _ = writeln!(text, "  - {{id: c{at}, kind: app, sharing: shared, party: hoster, country: DE}}");
    }
    text.push_str("flows:\n");
    for at in 0..flows {
        let from = if at < 5 { format!("d{at}") } else { format!("c{}", next(components)) };
        let to = if at % 100 == 99 { format!("a{}", next(5)) } else { format!("c{}", next(components)) };
        let controls = if at % 10 == 0 { ", controls: [authorise]" } else { "" };
        let _ = writeln!(text, "  - {{from: {from}, to: {to}, purpose: inference{controls}}}");
    }
    text
}
