//! How the report came about, so that it can be made again, and where it is signed.

use super::super::block::{Block, Section, Table, Text, code, plain};
use crate::audit::Audit;

/// The record.
pub fn section(audit: &Audit) -> Section {
    let record = &audit.record;
    let terms: Vec<(String, Text)> = vec![
        ("made by".to_owned(), code(command(&record.arguments))),
        ("version".to_owned(), plain(format!("{} {}", record.tool.name, record.tool.version))),
        ("as of".to_owned(), plain(&record.as_of)),
        ("built-in rules".to_owned(), code(&record.tool.rules)),
        ("built-in tables".to_owned(), code(&record.tool.tables)),
    ];
    let mut table = Table::new("Files that were read, with their SHA-256", ["role", "file", "sha256"]);
    for input in &record.inputs {
        table.row([plain(input.role.as_str()), code(&input.name), code(&input.sha256)]);
    }
    let again = "The same files, the same version and the same day give this report byte for byte; `caveat report --check FILE` makes it \
                 again and says whether that is so. Nothing was fetched, sent or executed. A report says what manifests declare: what they \
                 leave out is asked for, what they state wrongly is seen only where a file of evidence shows otherwise.";
    let blanks = ["Reviewed by", "Role", "Date", "Signature"].map(str::to_owned).to_vec();
    let blocks = vec![
        Block::Terms(terms),
        Block::Table(table),
        Block::Note(super::super::block::inline(again)),
        Block::Section(Section::new("sign-off", "Sign-off", vec![Block::Blanks(blanks)])),
    ];
    Section::new("record", "How this report was made", blocks)
}

/// The command as a shell would take it.
fn command(arguments: &[String]) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    let quoted = |argument: &String| {
        if !argument.is_empty() && argument.chars().all(safe) {
            argument.clone()
        } else {
            format!("'{}'", argument.replace('\'', "'\\''"))
        }
    };
    let arguments: Vec<String> = arguments.iter().map(quoted).collect();
    format!("caveat report {}", arguments.join(" "))
}
