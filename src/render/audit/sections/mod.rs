//! What the document says, one file for each section.

mod coverage;
mod evidence;
mod exceptions;
mod figures;
mod findings;
mod flow;
mod licences;
mod method;
mod questions;
mod rules;
mod summary;
mod timeline;

use super::block::{Block, Section, Text, join, link, plain};
use super::rule_id;
use crate::audit::{Audit, System};

/// All of them, in their order.
pub fn all(audit: &Audit) -> Vec<Section> {
    let mut ids = findings::Ids::default();
    let mut sections = vec![summary::section(audit)];
    let systems: Vec<Vec<Section>> =
        audit.systems.iter().enumerate().map(|(at, system)| of_system(audit, at, system, &mut ids)).collect();
    if audit.is_portfolio() {
        let named = systems.into_iter().zip(&audit.systems).enumerate().map(|(at, (parts, system))| {
            let blocks = parts.into_iter().map(Block::Section).collect();
            Section::new(anchor(at), format!("System {}", system.name), blocks)
        });
        sections.extend(named);
    } else {
        sections.extend(systems.into_iter().flatten());
    }
    sections.extend(findings::elsewhere(audit, &mut ids));
    sections.push(coverage::section(audit));
    sections.push(exceptions::section(audit));
    sections.push(evidence::section(audit));
    sections.push(rules::section(audit));
    sections.push(method::section(audit));
    sections
}

fn of_system(audit: &Audit, at: usize, system: &System, ids: &mut findings::Ids) -> Vec<Section> {
    let id = anchor(at);
    let mut sections = vec![summary::about(audit, &id, system), findings::section(audit, &id, system, ids)];
    sections.push(questions::section(audit, &id, system));
    sections.push(flow::section(&id, system));
    sections.extend(figures::sections(&id, system));
    sections.push(licences::section(&id, system));
    sections.push(timeline::section(&id, system));
    sections
}

/// The id of a system in the document.
fn anchor(at: usize) -> String {
    format!("s{}", at + 1)
}

/// Rules as links to what is said of them.
fn rule_links<'r>(codes: impl IntoIterator<Item = &'r str>) -> Text {
    join(codes.into_iter().map(rule_link), ", ")
}

fn rule_link(code: &str) -> Text {
    link(format!("#{}", rule_id(code)), code)
}

/// A figure of a table.
fn number(count: usize) -> Text {
    plain(crate::spelling::grouped(&count.to_string()))
}

/// A figure of a table that is easier to read over where it is nothing.
fn number_or_dash(count: usize) -> Text {
    if count == 0 { plain("–") } else { number(count) }
}
