//! `caveat explain`.

use super::Status;
use super::args::{ExplainArgs, SheetFormat};
use super::configured::pattern_here;
use super::one;
use super::output::{self, Failed};
use super::select;
use crate::explain::{self, Library};
use crate::render::terminal;
use crate::rule::builtin;

/// Prints the page of everything that a word means.
pub fn run(args: &ExplainArgs) -> Result<Status, Failed> {
    let rules = select::paged(&args.rules, pattern_here(&args.choice, &args.rules)?)?;
    let codes = builtin::codes();
    let tables = one::tables(&args.tables)?;
    let library = Library::new(&rules, &codes, &tables);
    let found = library.find(&args.word).map_err(Failed)?;
    if found.is_empty() {
        return Err(Failed(nothing(&args.word, &library)));
    }
    output::print(&match args.format {
        SheetFormat::Text => terminal::page(&explain::markdown(&args.word, &found), output::style(args.color)),
        SheetFormat::Markdown => explain::markdown(&args.word, &found),
        SheetFormat::Json => format!("{:#}\n", explain::data(found)),
    })?;
    Ok(Status::Clean)
}

fn nothing(word: &str, library: &Library<'_>) -> String {
    let near = library.near(word);
    let near: Vec<String> = near.iter().map(|(name, what)| format!("`{name}` ({})", explain::article(what))).collect();
    match near.split_last() {
        None => {
            format!("nothing is called `{word}`; `caveat rules list`, `caveat frameworks` and `caveat schema` show what there is")
        }
        Some((last, [])) => format!("nothing is called `{word}`; did you mean {last}?"),
        Some((last, others)) => format!("nothing is called `{word}`; did you mean {} or {last}?", others.join(", ")),
    }
}
