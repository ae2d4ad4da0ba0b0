//! Pages in Markdown, laid out for a terminal.
//!
//! Only what our own pages use: headings, paragraphs, lists, fenced text, tables and links.

use super::table::Table;
use super::text::{Style, mask};

/// How far fenced text is set in.
const INDENT: &str = "    ";

/// A page without marks: headings by themselves, paragraphs and lists wrapped to the width, fences and tables as they are.
pub fn page(markdown: &str, style: Style) -> String {
    let mut out = String::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                out.push_str(format!("{INDENT}{}", mask(line)).trim_end());
                out.push('\n');
            }
        } else if let Some(heading) = heading(line) {
            out.push_str(&bold(&mask(heading), style));
            out.push('\n');
        } else if line.starts_with('|') {
            let mut rows = vec![cells(line)];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(cells(row));
            }
            out.push_str(&table(&rows));
        } else {
            let mut text = line.trim_end().to_owned();
            while style.width.is_some() && !line.is_empty() {
                let Some(next) = lines.next_if(|next| continues(next)) else { break };
                text.push(' ');
                text.push_str(next.trim());
            }
            out.push_str(&wrapped(&mask(&unlinked(&text)), style));
            out.push('\n');
        }
    }
    out
}

/// A heading, set off where there are colours.
pub fn bold(text: &str, style: Style) -> String {
    if style.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.strip_prefix(' ')).flatten()
}

/// Whether a line goes on with the paragraph or the element before it.
fn continues(line: &str) -> bool {
    let text = line.trim_start();
    !text.is_empty() && marker(text) == 0 && heading(text).is_none() && !text.starts_with(['|', '`']) || is_word(text)
}

/// A line that begins with a word in code is text, a fence is not.
fn is_word(text: &str) -> bool {
    text.starts_with('`') && !text.starts_with("```")
}

/// How many characters introduce an element of a list.
fn marker(text: &str) -> usize {
    if text.starts_with("- ") || text.starts_with("* ") {
        return 2;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && digits < 3 && text[digits..].starts_with(". ") { digits + 2 } else { 0 }
}

fn wrapped(text: &str, style: Style) -> String {
    let Some(width) = style.width else { return text.to_owned() };
    let space = text.len() - text.trim_start().len();
    let indent = " ".repeat(space + marker(text.trim_start()));
    let options = textwrap::Options::new(width).subsequent_indent(&indent).break_words(false);
    let options = options.word_separator(textwrap::WordSeparator::AsciiSpace);
    textwrap::fill(text, options.word_splitter(textwrap::WordSplitter::NoHyphenation))
}

/// `[text](address)` as `text (address)`; an address in this documentation says nothing on a terminal.
fn unlinked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let (Some((head, label)), Some((address, tail))) = (before.rsplit_once('['), after.split_once(')')) else { break };
        out.push_str(head);
        out.push_str(label);
        if address.contains("://") {
            out.push_str(&format!(" ({address})"));
        }
        rest = tail;
    }
    out + rest
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner).replace("\\|", "\u{0}");
    inner.split('|').map(|cell| mask(&unlinked(&cell.trim().replace('\u{0}', "|")))).collect()
}

fn table(rows: &[Vec<String>]) -> String {
    let Some((head, rest)) = rows.split_first() else { return String::new() };
    let right = rest.first().map(|rule| rule.iter().map(|cell| cell.ends_with(':')).collect::<Vec<_>>()).unwrap_or_default();
    let head = head.iter().zip(right).map(|(cell, right)| if right { format!(">{cell}") } else { cell.clone() });
    let head: Vec<String> = head.collect();
    let mut table = Table::new(head.iter().map(String::as_str));
    for row in rest.iter().skip(1) {
        table.row(row.iter().cloned());
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A1 name\n\nOne two three four five\nsix seven eight nine ten.\n\n## Why\n\n- an element that is longer than a\n  line\n- `b` [docs](https://example.org/x) and [here](rules/A1.md)\n\n```yaml\nkey:   # kept\n  # so is this\n```\n\n| a | n |\n|---|---:|\n| x \\| y | 10 |\n";

    #[test]
    fn marks_go_and_text_is_wrapped() {
        let style = Style { width: Some(24), ..Style::PLAIN };
        insta::assert_snapshot!(page(PAGE, style), @r"
        A1 name

        One two three four five
        six seven eight nine
        ten.

        Why

        - an element that is
          longer than a line
        - `b` docs
          (https://example.org/x)
          and here

            key:   # kept
              # so is this

          a       n
          ─────  ──
          x | y  10
        ");
    }

    #[test]
    fn without_a_width_lines_stay() {
        let text = page(PAGE, Style::PLAIN);
        assert!(text.starts_with("A1 name\n\nOne two three four five\nsix seven eight nine ten.\n\nWhy\n"), "{text}");
        assert!(page(PAGE, Style { color: true, ..Style::PLAIN }).starts_with("\u{1b}[1mA1 name\u{1b}[0m\n"));
    }

    #[test]
    fn nothing_of_a_page_reaches_the_terminal_as_a_command() {
        assert_eq!(page("# a\u{1b}[2Jb\n", Style::PLAIN), "a\u{fffd}[2Jb\n");
    }
}
