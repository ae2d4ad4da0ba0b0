//! The document as one HTML file.
//!
//! Everything stands in the file: style, drawings, and a script that only adds sorting and filtering, so that a reader
//! without scripts misses no word. A policy in the head forbids the page to load or to run anything else. Everything
//! that comes from files of other people is escaped by construction, and characters that could hide or turn text are
//! replaced.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::super::svg;
use super::super::text::{mask, mask_lines};
use super::block::{Block, Card, Excerpt, Figure, Piece, Section, Table, Text, Tile};
use super::{headline, outline, rule_id};
use crate::audit::Audit;
use crate::finding::{Role, Severity};

/// What stands before the record. Data in a script element is not run.
pub const RECORD: &str = "<script type=\"application/json\" id=\"caveat-record\">";

/// Columns of words from which on a table becomes a list on a small screen.
const STACKED: usize = 4;
/// Columns from which on a table is set more tightly.
const DENSE: usize = 9;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page.
pub fn page(audit: &Audit, sections: &[Section]) -> String {
    let style = [STYLE, svg::STYLE].concat();
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        integrity(&style),
        integrity(SCRIPT)
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content={ "caveat " (audit.record.tool.version) };
                title { (mask(&audit.title)) }
                style { (PreEscaped(&style)) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header.top {
                    p.kind { "caveat " (audit.record.tool.version) " · audit report" }
                    h1 { (mask(&audit.title)) }
                    p.lead { (headline(audit)) }
                    p.meta { "As of " (audit.record.as_of) ", " (audit.report.summary().rules) " rules" }
                }
                div.columns {
                    nav.contents aria-label="Contents" {
                        details open {
                            summary { "Contents" }
                            (contents(sections, if audit.is_portfolio() { 1 } else { 2 }))
                        }
                    }
                    main id="content" tabindex="-1" {
                        @for section in sections { (self::section(section, 2)) }
                    }
                }
                footer {
                    p { "Made by caveat " (audit.record.tool.version) ". This is a statement about what manifests declare. It is not legal advice." }
                }
                (PreEscaped(RECORD)) (PreEscaped(record(audit))) (PreEscaped("</script>"))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// The record as JSON that cannot end the element that it stands in.
fn record(audit: &Audit) -> String {
    let json = serde_json::to_string(&audit.record).unwrap_or_default();
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The digest of an inline style or script, as a policy names it.
fn integrity(text: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text.as_bytes())))
}

/// The contents: of a portfolio its systems only, which have their own parts in the same order.
fn contents(sections: &[Section], depth_below: usize) -> Markup {
    html! {
        ul {
            @for (depth, section) in outline(sections).into_iter().filter(|(depth, section)| *depth < depth_below && section.listed) {
                li.{ "depth-" (depth) } { a href={ "#" (section.id) } { (mask(&section.title)) } }
            }
        }
    }
}

fn section(section: &Section, level: usize) -> Markup {
    html! {
        section id=(section.id) data-filter[section.filter] {
            (heading(level, &html! { (mask(&section.title)) }))
            @for block in &section.blocks { (self::block(block, level)) }
        }
    }
}

fn heading(level: usize, content: &Markup) -> Markup {
    html! {
        @match level {
            ..=2 => h2 { (content) },
            3 => h3 { (content) },
            4 => h4 { (content) },
            5 => h5 { (content) },
            _ => h6 { (content) },
        }
    }
}

fn block(block: &Block, level: usize) -> Markup {
    match block {
        Block::Paragraph(text) => html! { p { (self::text(text)) } },
        Block::Note(text) => html! { p.note { (self::text(text)) } },
        Block::List { ordered: true, items } => html! { ol { @for item in items { li { (self::text(item)) } } } },
        Block::List { ordered: false, items } => html! { ul { @for item in items { li { (self::text(item)) } } } },
        Block::Table(table) => self::table(table),
        Block::Terms(terms) => html! {
            dl { @for (term, what) in terms { div { dt { (mask(term)) } dd { (self::text(what)) } } } }
        },
        Block::Tiles(tiles) => html! { ul.tiles { @for tile in tiles { (self::tile(tile)) } } },
        Block::Code { text, .. } => html! { pre { code { (mask_lines(text)) } } },
        Block::Figure(figure) => self::figure(figure),
        Block::Finding(card) => self::card(card, level + 1),
        Block::More { summary, blocks, paper } => html! {
            details.more.screen[!*paper] {
                summary { (self::text(summary)) }
                @for block in blocks { (self::block(block, level)) }
            }
        },
        Block::Blanks(names) => html! {
            dl.blanks { @for name in names { div { dt { (mask(name)) } dd { } } } }
        },
        Block::Section(inner) => self::section(inner, level + 1),
    }
}

fn text(text: &Text) -> Markup {
    html! {
        @for piece in text {
            @match piece {
                Piece::Plain(text) => (mask(text)),
                Piece::Code(text) => code { (mask(text)) },
                Piece::Strong(text) => strong { (mask(text)) },
                Piece::Link { to, text } | Piece::Drawn { to, text } => a href=(to) { (mask(text)) },
                Piece::Badge(tone, text) => span.badge.(tone.as_str()) { (mask(text)) },
            }
        }
    }
}

/// A wide table scrolls by itself, by keyboard too. On a small screen one that has much to read becomes a list of its
/// rows; the roles are said because a browser forgets them then.
fn table(table: &Table) -> Markup {
    let column = |at: usize| table.columns.get(at);
    let number = |at: usize| column(at).is_some_and(|column| column.number);
    let narrow = |at: usize| column(at).is_some_and(|column| column.narrow);
    let title = |at: usize| column(at).map(|column| mask(&column.title)).unwrap_or_default();
    let words = table.columns.iter().filter(|column| !column.number).count();
    let (stacks, dense) = (words >= STACKED, table.columns.len() >= DENSE);
    html! {
        div.scroll role="group" aria-label=(mask(&table.caption)) tabindex="0" {
            table.stacks[stacks].dense[dense] role="table" {
                caption { (mask(&table.caption)) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for column in &table.columns {
                            th.number[column.number] role="columnheader" scope="col" { (mask(&column.title)) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for row in &table.rows {
                        tr role="row" id=[(!row.id.is_empty()).then_some(&row.id)] {
                            @for (at, cell) in row.cells.iter().enumerate() {
                                @if at == 0 {
                                    th.number[number(at)].narrow[narrow(at)] role="rowheader" scope="row" data-title=(title(at)) { (self::text(cell)) }
                                } @else {
                                    td.number[number(at)].narrow[narrow(at)] role="cell" data-title=(title(at)) { (self::text(cell)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tile(tile: &Tile) -> Markup {
    html! { li.tile.(tile.tone.as_str()) { span.value { (tile.value) } " " span.label { (tile.label) } } }
}

fn figure(figure: &Figure) -> Markup {
    html! {
        figure {
            div.scroll.drawing role="group" tabindex="0" aria-label="drawing" { (PreEscaped(&figure.svg)) }
            figcaption { (self::text(&figure.caption)) }
        }
    }
}

fn card(card: &Card, level: usize) -> Markup {
    let (tone, grade) = card.grade();
    let open = card.severity == Severity::Critical && card.accepted.is_none();
    html! {
        article.finding.(tone.as_str()) id=(card.id) data-grade=(grade) data-family=(mask(&card.family)) data-rule=(mask(&card.rule)) data-system=(mask(&card.system)) {
            (heading(level, &html! { span.badge.(tone.as_str()) { (grade) } " " (self::text(&card.message)) }))
            p.meta {
                a href={ "#" (rule_id(&card.rule)) } { (mask(&card.rule)) }
                " " (mask(&card.name)) " · " (mask(&card.family).replace('-', " ")) " · " code { (mask(&card.place)) }
                @if card.fails { " · " strong { "fails the run" } }
                @if let Some(state) = card.baseline { " · baseline: " (state) }
            }
            @if let Some(accepted) = &card.accepted { p.accepted { (self::text(accepted)) } }
            @if !card.remedy.is_empty() { p.remedy { strong { "What to do. " } (self::text(&card.remedy)) } }
            @if !card.missing.is_empty() { p { "Would be decided by " @for (at, path) in card.missing.iter().enumerate() { @if at > 0 { ", " } code { (mask(path)) } } } }
            (proof(card, open))
            @if !card.followers.is_empty() {
                div.followers {
                    p.note { "From the same cause:" }
                    @for follower in &card.followers { (self::card(follower, level + 1)) }
                }
            }
        }
    }
}

/// What proves a finding.
fn proof(card: &Card, open: bool) -> Markup {
    html! {
        details.proof open[open] {
            summary { "Proof" span.hidden { " of " (mask(&card.rule)) " at " (mask(&card.place)) } }
            @if !card.path.is_empty() {
                p.note { "The path, step by step:" }
                ol.path { @for step in &card.path { li { (self::text(step)) } } }
            }
            @for excerpt in &card.excerpts { (self::excerpt(excerpt)) }
            @if let Some(working) = &card.working { p.note { (self::text(working)) "." } }
            p.note {
                "References: "
                @for (at, (name, controls)) in card.references.iter().enumerate() {
                    @if at > 0 { "; " } (mask(name)) " " (self::text(controls))
                }
                @if card.references.is_empty() { "none" }
                ". Fingerprint " code { (card.fingerprint) } "."
            }
        }
    }
}

fn excerpt(excerpt: &Excerpt) -> Markup {
    html! {
        figure.excerpt {
            figcaption { code { (mask(&excerpt.file)) } }
            div.lines {
                @for (at, line) in excerpt.lines.iter().enumerate() {
                    @if at > 0 && excerpt.lines[at - 1].number + 1 < line.number { div.gap aria-hidden="true" { "⋮" } }
                    div.line {
                        span.no { (line.number) }
                        code {
                            @for (role, piece) in &line.pieces {
                                @if let Some(role) = role { mark.(role.as_str()) { (mask(piece)) } } @else { (mask(piece)) }
                            }
                        }
                    }
                    @for (role, note) in &line.notes {
                        div.says.(role.as_str()) { (sign(*role)) " " (self::text(note)) }
                    }
                }
            }
        }
    }
}

fn sign(role: Role) -> &'static str {
    match role {
        Role::Primary => "▲",
        Role::Hop => "→",
        Role::Evidence => "·",
    }
}
