//! The document as Markdown, for a wiki or a repository.

use std::fmt::Write as _;

use super::super::markdown::escape;
use super::super::text::mask;
use super::block::{Block, Card, Excerpt, Piece, Section, Table, Text};
use super::headline;
use crate::audit::Audit;

/// The page. Its last block is the record, from which it can be made again.
pub fn page(audit: &Audit, sections: &[Section]) -> String {
    let mut text = format!(
        "# {}\n\n{}\n\nAs of {}, caveat {}, {} rules.\n",
        escape(&audit.title),
        headline(audit),
        audit.record.as_of,
        audit.record.tool.version,
        audit.report.summary().rules
    );
    for section in sections {
        self::section(section, 2, &mut text);
    }
    let record = serde_json::to_string(&audit.record).unwrap_or_default();
    let _ = write!(text, "\n{RECORD}\n{}\n```\n", record.replace('`', "\\u0060"));
    text
}

/// The line before the record.
pub const RECORD: &str = "```json caveat-record";

fn section(section: &Section, level: usize, text: &mut String) {
    let marks = "#".repeat(level.min(6));
    let _ = write!(text, "\n<a id=\"{}\"></a>\n\n{marks} {}\n", section.id, escape(&section.title));
    for block in &section.blocks {
        self::block(block, level, text);
    }
}

fn block(block: &Block, level: usize, text: &mut String) {
    text.push('\n');
    match block {
        Block::Paragraph(words) | Block::Note(words) => {
            let _ = writeln!(text, "{}", inline(words));
        }
        Block::List { ordered, items } => {
            for (at, item) in items.iter().enumerate() {
                let mark = if *ordered { format!("{}.", at + 1) } else { "-".to_owned() };
                let _ = writeln!(text, "{mark} {}", inline(item));
            }
        }
        Block::Table(table) => self::table(table, text),
        Block::Terms(terms) => {
            for (term, what) in terms {
                let _ = writeln!(text, "- {}: {}", escape(term), inline(what));
            }
        }
        Block::Tiles(tiles) => {
            for tile in tiles {
                let _ = writeln!(text, "- **{}** {}", tile.value, escape(&tile.label));
            }
        }
        Block::Code { language, text: code } => {
            let code: Vec<String> = code.lines().map(mask).collect();
            let longest = code.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
            let fence = "`".repeat((longest + 1).max(3));
            let _ = writeln!(text, "{fence}{language}\n{}\n{fence}", code.join("\n"));
        }
        Block::Figure(figure) => {
            // A drawing that has no words has its figures in the table beside it.
            if !figure.words.is_empty() {
                for block in &figure.words {
                    self::block(block, level, text);
                }
                let _ = writeln!(text, "\n{}", inline(&figure.caption));
            }
        }
        Block::Finding(card) => self::card(card, level + 1, text),
        Block::More { summary, blocks, .. } => {
            let _ = writeln!(text, "**{}**", inline(summary));
            for block in blocks {
                self::block(block, level, text);
            }
        }
        Block::Blanks(names) => {
            for name in names {
                let _ = writeln!(text, "- {}: ", escape(name));
            }
        }
        Block::Section(inner) => self::section(inner, level + 1, text),
    }
}

fn inline(words: &Text) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(text) => escape(text),
        Piece::Code(text) => code(text),
        Piece::Strong(text) => format!("**{}**", escape(text)),
        Piece::Link { to, text } => format!("[{}]({to})", escape(text)),
        // There is no drawing to lead to.
        Piece::Drawn { text, .. } => escape(text),
        Piece::Badge(_, text) => format!("**{}**", escape(text)),
    };
    words.iter().map(piece).collect::<String>().trim().to_owned()
}

/// A text without any marks.
fn words(text: &Text) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(text)
        | Piece::Strong(text)
        | Piece::Badge(_, text)
        | Piece::Link { text, .. }
        | Piece::Drawn { text, .. } => mask(text),
        Piece::Code(text) => format!("`{}`", mask(text)),
    };
    text.iter().map(piece).collect()
}

/// Code between as many backticks as it does not hold.
fn code(text: &str) -> String {
    let text = mask(text).replace('\n', " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    if text.is_empty() { String::new() } else { format!("{fence}{space}{text}{space}{fence}") }
}

fn table(table: &Table, text: &mut String) {
    let cell = |cell: String| cell.replace('|', "\\|").replace('\n', " ");
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let _ = write!(text, "{}\n\n", escape(&table.caption));
    text.push_str(&line(table.columns.iter().map(|column| cell(escape(&column.title))).collect()));
    text.push_str(&line(table.columns.iter().map(|column| if column.number { "---:" } else { "---" }.to_owned()).collect()));
    for row in &table.rows {
        let mut cells: Vec<String> = row.cells.iter().map(|words| cell(inline(words))).collect();
        if let Some(first) = cells.first_mut().filter(|_| !row.id.is_empty()) {
            first.insert_str(0, &format!("<a id=\"{}\"></a>", row.id));
        }
        text.push_str(&line(cells));
    }
}

fn card(card: &Card, level: usize, text: &mut String) {
    let (_, grade) = card.grade();
    let marks = "#".repeat(level.min(6));
    let _ = write!(text, "<a id=\"{}\"></a>\n\n{marks} **{grade}** {}\n\n", card.id, inline(&card.message));
    let fails = if card.fails { ", fails the run" } else { "" };
    let _ = writeln!(text, "{} {}, {}{fails}", escape(&card.rule), escape(&card.name), code(&card.place));
    let mut paragraph = |words: String| {
        let _ = writeln!(text, "\n{words}");
    };
    if let Some(accepted) = &card.accepted {
        paragraph(inline(accepted));
    }
    if !card.remedy.is_empty() {
        paragraph(format!("**What to do.** {}", inline(&card.remedy)));
    }
    if !card.missing.is_empty() {
        let missing: Vec<String> = card.missing.iter().map(|path| code(path)).collect();
        paragraph(format!("Would be decided by {}", missing.join(", ")));
    }
    if !card.path.is_empty() {
        let steps: Vec<String> = card.path.iter().enumerate().map(|(at, step)| format!("{}. {}", at + 1, inline(step))).collect();
        paragraph(steps.join("\n"));
    }
    for excerpt in &card.excerpts {
        text.push('\n');
        self::excerpt(excerpt, text);
    }
    if let Some(working) = &card.working {
        let _ = writeln!(text, "\n{}.", inline(working));
    }
    if !card.references.is_empty() {
        text.push('\n');
        for (name, controls) in &card.references {
            let _ = writeln!(text, "- {}: {}", escape(name), inline(controls));
        }
    }
    if !card.followers.is_empty() {
        text.push_str("\nFrom the same cause:\n");
        for follower in &card.followers {
            text.push('\n');
            self::card(follower, level + 1, text);
        }
    }
}

/// Lines of a file as a block of code, with what is to be seen beneath each.
fn excerpt(excerpt: &Excerpt, text: &mut String) {
    let mut body = String::new();
    for line in &excerpt.lines {
        let shown: String = line.pieces.iter().map(|(_, piece)| mask(piece)).collect();
        let _ = writeln!(body, "{:>4} | {shown}", line.number);
        for (_, note) in &line.notes {
            let _ = writeln!(body, "     ^ {}", words(note));
        }
    }
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let _ = write!(text, "{}\n\n{fence}text\n{body}{fence}\n", code(&excerpt.file));
}
