//! `FILE#POINTER`: what an entry of a manifest names as its evidence, and whether it leads anywhere.

use super::document::{Node, Parsed};
use crate::span::{LineIndex, Span};
use crate::syntax::Limits;

/// A pointer, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer<'t> {
    /// The file; empty for a pointer without one.
    pub file: &'t str,
    /// What follows `#`.
    pub fragment: Option<&'t str>,
}

impl<'t> Pointer<'t> {
    /// Takes a pointer apart.
    pub fn new(text: &'t str) -> Self {
        match text.split_once('#') {
            Some((file, fragment)) => Self { file: file.trim(), fragment: Some(fragment.trim()) },
            None => Self { file: text.trim(), fragment: None },
        }
    }

    /// Whether it is an address, which is not followed: nothing is fetched.
    pub fn is_address(&self) -> bool {
        self.file.contains("://")
    }
}

/// Where a fragment leads in a text: a JSON Pointer or a path (`/spec/replicas`, `spec.template`), lines (`L10`,
/// `L10-L20`), or a heading of a Markdown file (`evaluation-results`). Else what is wrong with it.
pub fn resolve(name: &str, text: &str, fragment: &str, limits: &Limits) -> Result<Span, String> {
    if fragment.is_empty() {
        return Err("nothing follows the `#`".to_owned());
    }
    if let Some(lines) = lines(fragment) {
        return in_lines(text, lines);
    }
    if is_markdown(name) {
        return heading(text, fragment).ok_or_else(|| format!("there is no heading `{fragment}`"));
    }
    let (parsed, _) = Parsed::new(text, limits);
    let steps = steps(fragment);
    let found = parsed.documents().find_map(|root| walk(root, &steps));
    match found {
        Some(node) => Ok(node.span()),
        None => {
            // The last step that is there tells where the way ends.
            let reached =
                parsed.documents().map(|root| (0..steps.len()).rev().find(|count| walk(root, &steps[..*count]).is_some())).max();
            let missing = reached.flatten().and_then(|count| steps.get(count)).cloned().unwrap_or_else(|| fragment.to_owned());
            Err(format!("there is no `{missing}` where `{fragment}` leads"))
        }
    }
}

fn is_markdown(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "md" | "markdown" | "mdx")
}

/// `L10` or `L10-L20`, from 1.
fn lines(fragment: &str) -> Option<(usize, usize)> {
    let rest = fragment.strip_prefix('L')?;
    let (first, last) = rest.split_once('-').unwrap_or((rest, rest));
    let number = |text: &str| text.trim_start_matches('L').parse().ok();
    Some((number(first)?, number(last)?))
}

fn in_lines(text: &str, (first, last): (usize, usize)) -> Result<Span, String> {
    let index = LineIndex::new(text);
    // An empty last line is none that people would point at.
    let count = index.len() - usize::from(text.ends_with('\n'));
    if first == 0 || first > last || last > count {
        return Err(format!("the file has {count} lines"));
    }
    let end = index.start(last, text);
    Ok(Span::new(index.start(first - 1, text), end))
}

/// The heading with this anchor, as GitHub makes anchors.
fn heading(text: &str, fragment: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with('#') && anchor(line.trim_start_matches('#')) == fragment.to_lowercase() {
            return Some(Span::new(start, start + line.trim_end().len()));
        }
        start += line.len();
    }
    None
}

fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The steps of a JSON Pointer (RFC 6901), or of a path as messages write it.
fn steps(fragment: &str) -> Vec<String> {
    match fragment.strip_prefix('/') {
        Some(rest) => rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect(),
        None => fragment.split(['.', '[', ']']).filter(|step| !step.is_empty()).map(str::to_owned).collect(),
    }
}

fn walk<'d>(root: Node<'d>, steps: &[String]) -> Option<Node<'d>> {
    steps.iter().try_fold(root, |node, step| if node.is_list() { node.items().nth(step.parse().ok()?) } else { node.get(step) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'t>(name: &str, text: &'t str, fragment: &str) -> Result<&'t str, String> {
        resolve(name, text, fragment, &Limits::default()).map(|span| &text[span.range()])
    }

    #[test]
    fn a_pointer_leads_into_every_kind_of_text() {
        let yaml = "kind: A\n---\nspec:\n  items:\n    - name: x\n    - name: y\n";
        assert_eq!(at("a.yaml", yaml, "/spec/items/1/name"), Ok("name: y"));
        assert_eq!(at("a.yaml", yaml, "spec.items[0].name"), Ok("name: x"));
        assert_eq!(at("a.yaml", yaml, "/spec/item"), Err("there is no `item` where `/spec/item` leads".to_owned()));
        assert_eq!(at("a.yaml", yaml, "L1"), Ok("kind: A\n"));
        assert_eq!(at("a.yaml", yaml, "L7"), Err("the file has 6 lines".to_owned()));
        let markdown = "# Card\n\n## Evaluation results\n\ntext\n";
        assert_eq!(at("README.md", markdown, "evaluation-results"), Ok("## Evaluation results"));
        assert!(at("README.md", markdown, "limits").is_err());
    }
}
