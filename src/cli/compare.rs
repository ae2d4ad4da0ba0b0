//! `caveat compare`.

use super::Status;
use super::args::{CompareArgs, SheetFormat};
use super::one;
use super::output::{self, Failed};
use super::select;
use crate::compare::{Choices, compare};
use crate::engine::Plan;
use crate::render::compare::render;
use crate::render::estimate::Markup;

/// Prints three ways to do the work of a manifest, side by side.
pub fn run(args: &CompareArgs) -> Result<Status, Failed> {
    let opened = one::change(&args.what)?;
    let rules = select::rules(&args.rules, opened.limits.pattern)?;
    let plan = Plan { limits: opened.limits, tables: opened.tables, ..Plan::new(rules, opened.today) };
    let choices = Choices {
        api: args.api.clone(),
        model: args.model.clone(),
        small_model: args.small_model.clone(),
        accelerator: args.accelerator.clone(),
    };
    let comparison = compare(&plan, &choices, &args.what.set, &opened.name, &opened.text).map_err(Failed)?;
    output::print(&match args.format {
        SheetFormat::Text => render(&comparison, Markup::Text),
        SheetFormat::Markdown => render(&comparison, Markup::Markdown),
        SheetFormat::Json => format!("{:#}\n", serde_json::json!(comparison)),
    })?;
    Ok(opened.status)
}
