//! `caveat facts`.

use super::Status;
use super::args::{FactsArgs, FactsFormat};
use super::one::{self, Opened};
use super::output::{self, Failed};
use crate::engine::{self, Derived};
use crate::facts::flow::Picture;
use crate::render::{facts, graph, svg, text};
use crate::spelling;

/// Prints what was derived from a manifest.
pub fn run(args: &FactsArgs) -> Result<Status, Failed> {
    let Opened { name, bytes, tables, limits, today } = one::open(&args.one)?;
    let (derived, report) = engine::facts(&limits, &tables, today, &name, bytes, draws(args.format));
    if !report.findings.is_empty() {
        output::complain_text(&text::render(&report, text::Style::PLAIN));
    }
    if derived.is_empty() {
        return Err(Failed("nothing could be derived".to_owned()));
    }
    if let Some(id) = &args.about {
        known(&derived, id)?;
    }
    for (at, document) in derived.iter().enumerate() {
        if at > 0 {
            output::print(if args.format == FactsFormat::Text { "\n---\n" } else { "\n" })?;
        }
        output::print(&show(args, document))?;
    }
    Ok(match (report.exceeded(), report.findings.is_empty()) {
        (true, _) => Status::Failed,
        (false, false) => Status::Findings,
        (false, true) => Status::Clean,
    })
}

fn draws(format: FactsFormat) -> bool {
    matches!(format, FactsFormat::Mermaid | FactsFormat::Dot | FactsFormat::Svg)
}

fn show(args: &FactsArgs, derived: &Derived) -> String {
    let about = args.about.as_deref();
    let draw = |with: fn(&Picture) -> String| {
        let whole = derived.picture.as_ref();
        whole.map(|whole| about.map_or_else(|| with(whole), |id| with(&whole.about(id)))).unwrap_or_default()
    };
    match args.format {
        FactsFormat::Text => facts::text(&derived.facts, about),
        FactsFormat::Json => match about {
            Some(id) => format!("{:#}\n", facts::about(&derived.facts, id)),
            None => format!("{:#}\n", derived.facts),
        },
        FactsFormat::Mermaid => draw(graph::mermaid),
        FactsFormat::Dot => draw(graph::dot),
        FactsFormat::Svg => draw(svg::standalone),
    }
}

fn known(derived: &[Derived], id: &str) -> Result<(), Failed> {
    let mut ids = derived.iter().flat_map(|document| &document.ids);
    if ids.clone().any(|known| known == id) {
        return Ok(());
    }
    let near = spelling::nearest(id, ids.by_ref().map(String::as_str));
    Err(Failed(match near {
        Some(near) => format!("the manifest declares no `{id}`; did you mean `{near}`?"),
        None => format!("the manifest declares no `{id}`"),
    }))
}
