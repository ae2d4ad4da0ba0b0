//! `caveat estimate`.

use super::Status;
use super::args::{EstimateArgs, SheetFormat};
use super::one;
use super::output::{self, Failed};
use crate::estimate::{Context, estimate};
use crate::render::estimate::{Markup, render};

/// Prints the sizing and cost of a manifest.
pub fn run(args: &EstimateArgs) -> Result<Status, Failed> {
    let opened = one::change(&args.what)?;
    let context = Context { tables: &opened.tables, limits: &opened.limits, today: opened.today, set: &args.what.set };
    let Some(estimate) = estimate(context, &opened.name, &opened.text) else {
        return Err(Failed("nothing could be worked out".to_owned()));
    };
    output::print(&match args.format {
        SheetFormat::Text => render(&estimate, Markup::Text, args.explain),
        SheetFormat::Markdown => render(&estimate, Markup::Markdown, args.explain),
        SheetFormat::Json => format!("{:#}\n", serde_json::json!(estimate)),
    })?;
    Ok(opened.status)
}
