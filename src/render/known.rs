//! Pages of the entries of the tables in Markdown: each figure with its source.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::figure::{digits, number};
use super::table::Table;
use super::text::mask;
use crate::knowledge::accelerators::{Accelerator, Accelerators};
use crate::knowledge::catalogue::Kind as _;
use crate::knowledge::models::{CacheKind, Model, Models};
use crate::knowledge::prices::{Price, Prices};
use crate::knowledge::tables::{Known, Tables};

/// Figures of an entry: what they are called, what they say, and the key under which their source stands.
type Figures = Vec<(&'static str, Option<String>, &'static str)>;
type Sources<'t> = Option<BTreeMap<Cow<'t, str>, Cow<'t, str>>>;

/// The page of a model.
pub fn model(tables: &Tables, known: &Known<Model<'_>>) -> String {
    let entry = &known.entry;
    let count = |value: Option<u32>| value.map(|value| digits(f64::from(value)));
    let large = |value: Option<u64>| value.map(|value| crate::spelling::grouped(&value.to_string()));
    let cache = entry.cache.as_ref().map(|groups| {
        let group = groups.iter().map(|group| match group.kind {
            CacheKind::Mla => {
                format!("{} layers with one vector of {} + {}", group.layers, group.kv_lora_rank, group.qk_rope_head_dim)
            }
            kind => {
                let window = group.window.map(|window| format!(", last {window} tokens")).unwrap_or_default();
                let word = if kind == CacheKind::Chunked { " in chunks" } else { "" };
                format!(
                    "{} layers with {} heads of {} + {}{window}{word}",
                    group.layers, group.kv_heads, group.k_dim, group.v_dim
                )
            }
        });
        group.collect::<Vec<_>>().join("; ")
    });
    let experts = entry.moe.as_ref().map(|moe| format!("{} experts, {} for a token", moe.experts, moe.per_token));
    let figures: Figures = vec![
        ("parameters", large(entry.parameters), "parameters"),
        ("active parameters", large(entry.active_parameters), "architecture"),
        ("layers", count(entry.layers), "architecture"),
        ("width", count(entry.hidden), "architecture"),
        ("heads", count(entry.heads), "architecture"),
        ("heads of keys and values", count(entry.kv_heads), "architecture"),
        ("experts", experts.or_else(|| Some("none: every parameter works on every token".to_owned())), "architecture"),
        ("cache", cache, "architecture"),
        (
            "state of a request",
            entry.recurrent_state.map(|state| match state {
                0 => "none".to_owned(),
                state => format!("{} bytes", crate::spelling::grouped(&state.to_string())),
            }),
            "architecture",
        ),
        ("longest context", count(entry.max_context), "max_context"),
        ("published as", entry.dtype.as_deref().map(str::to_owned), "dtype"),
        ("licence", entry.licence.as_deref().map(str::to_owned), "licence"),
        ("released", entry.released.map(|day| day.to_string()), "released"),
    ];
    page(tables, Models::NAME, &entry.id, known, &figures, (&entry.sources, entry.note.as_deref()))
}

/// The page of an accelerator.
pub fn accelerator(tables: &Tables, known: &Known<Accelerator<'_>>) -> String {
    let entry = &known.entry;
    let with = |value: Option<f64>, unit: &str| value.map(|value| format!("{} {unit}", digits(value)));
    let price = entry.price.as_ref().map(|price| {
        let date = price.date.as_deref().map(|date| format!(", {date}")).unwrap_or_default();
        format!("{} to {} {} an hour{date}", price.low, price.high, price.currency)
    });
    let figures: Figures = vec![
        ("memory as sold", with(entry.memory_gb, "GB"), "memory_gb"),
        ("memory to plan with", entry.memory().map(|bytes| number(bytes, "bytes")), "driver_mib"),
        ("bandwidth", with(entry.bandwidth_gb_s, "GB/s"), "bandwidth_gb_s"),
        ("bf16, dense", with(entry.bf16_tflops, "TFLOPS"), "bf16_tflops"),
        ("fp8, dense", with(entry.fp8_tflops, "TFLOPS"), "fp8_tflops"),
        ("int8, dense", with(entry.int8_tops, "TOPS"), "int8_tops"),
        ("power", with(entry.power_w, "W"), "power_w"),
        ("list price", price, "price"),
    ];
    let mut sources = entry.sources.clone().unwrap_or_default();
    if let Some(source) = entry.price.as_ref().and_then(|price| price.source.clone()) {
        sources.insert("price".into(), source);
    }
    page(tables, Accelerators::NAME, entry.title(), known, &figures, (&Some(sources), entry.note.as_deref()))
}

/// The page of a price.
pub fn price(tables: &Tables, known: &Known<Price<'_>>) -> String {
    let entry = &known.entry;
    let money = |value: Option<f64>| value.map(|value| format!("{value} {} for a million tokens", entry.currency()));
    let count = |value: Option<u64>| value.map(|value| crate::spelling::grouped(&value.to_string()));
    let figures: Figures = vec![
        ("input", money(entry.input_per_million), "prices"),
        ("output", money(entry.output_per_million), "prices"),
        ("cached input", money(entry.cached_input_per_million), "prices"),
        ("input in batches", money(entry.batch_input_per_million), "prices"),
        ("output in batches", money(entry.batch_output_per_million), "prices"),
        ("longest input", count(entry.max_input_tokens), "prices"),
        ("longest output", count(entry.max_output_tokens), "prices"),
        ("withdrawn", entry.withdrawn.map(|day| day.to_string()), "prices"),
        (
            "a second source",
            entry.confirmed.map(|agrees| if agrees { "agrees" } else { "does not confirm it" }.to_owned()),
            "confirmed",
        ),
    ];
    page(tables, Prices::NAME, &entry.id, known, &figures, (&entry.sources, entry.note.as_deref()))
}

fn page<T>(
    tables: &Tables,
    table: &str,
    title: &str,
    known: &Known<T>,
    figures: &Figures,
    (sources, note): (&Sources<'_>, Option<&str>),
) -> String {
    let own = if known.own { "your " } else { "" };
    let mut text = format!("# {}\n\n{own}table of {table}, {}\n\n", mask(title), known.date);
    if !known.exact {
        text.push_str("Found by its name as a fork of this model; forks have its shape.\n\n");
    }
    let mut rows = Table::new(["figure", "value", "source"]);
    let mut cited: Vec<(String, String)> = Vec::new();
    for (name, value, key) in figures {
        let source = sources.as_ref().and_then(|sources| sources.get(*key));
        let value = value.as_deref().unwrap_or("not known");
        rows.row([(*name).to_owned(), mask(value), source.map(|source| mask(source)).unwrap_or_default()]);
        for found in source.into_iter().flat_map(|source| tables.cited(table, known.own, source)) {
            if !cited.contains(&found) {
                cited.push(found);
            }
        }
    }
    text.push_str(&rows.markdown());
    if let Some(note) = note {
        let _ = write!(text, "\n{}\n", mask(note));
    }
    cited.sort();
    if !cited.is_empty() {
        text.push_str("\n## Sources\n\n");
        for (key, source) in cited {
            let _ = writeln!(text, "- {}: {}", mask(&key), mask(&source));
        }
    }
    text
}

/// An entry with its table.
pub fn json<T: serde::Serialize>(table: &str, known: &Known<T>) -> Value {
    json!({ "table": table, "date": known.date.to_string(), "own": known.own, "exact": known.exact, "fork": known.fork, "entry": known.entry })
}
