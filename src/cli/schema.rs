//! `caveat schema`.

use super::Status;
use super::args::{SchemaArgs, SchemaKind};
use super::output::{self, Failed};
use crate::manifest::schema;
use crate::policy;
use crate::render::batch;
use crate::rule::builtin;

/// Prints a JSON Schema.
pub fn run(args: &SchemaArgs) -> Result<Status, Failed> {
    output::print(&match args.kind {
        SchemaKind::Manifest => format!("{:#}\n", schema::manifest()),
        SchemaKind::Config => format!("{:#}\n", policy::schema::schema(&builtin::rules())),
        SchemaKind::Batch => format!("{:#}\n", batch::schema()),
        SchemaKind::Rule => include_str!("../../schemas/rule.schema.json").to_owned(),
        SchemaKind::Report => include_str!("../../schemas/report.schema.json").to_owned(),
    })?;
    Ok(Status::Clean)
}
