//! Suppressions in comments: `# caveat: allow[rule-name] until=2027-03-31 owner=dpo -- reason`.
//!
//! A comment stands on the line of the finding or on lines above it; `allow-file` stands above everything else.

use crate::span::Span;
use crate::spelling;
use crate::syntax::tree::Tree;

/// The keys of a directive.
const KEYS: [&str; 4] = ["until", "owner", "ticket", "since"];

/// A comment that speaks to caveat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The whole comment.
    pub span: Span,
    /// Whether it is for the whole file.
    pub file: bool,
    /// The rules it names.
    pub rules: Vec<(String, Span)>,
    /// The list of rules, with its brackets.
    pub list: Span,
    /// Keys and values, as written.
    pub fields: Vec<(String, String)>,
    pub reason: Option<String>,
    /// What cannot be read, with what to do.
    pub mistake: Option<(String, String)>,
}

impl Directive {
    /// The value of a key.
    pub fn field(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

/// The directives of a text, in order.
pub fn directives(tree: &Tree) -> Vec<Directive> {
    let text = tree.source();
    tree.comments().iter().filter_map(|comment| parse(comment.span, text.get(comment.span.range())?)).collect()
}

/// A comment as a directive; none where it speaks to people.
fn parse(span: Span, text: &str) -> Option<Directive> {
    let body = text.trim_start_matches('#').trim_start();
    let rest = body.get(..6).filter(|word| word.eq_ignore_ascii_case("caveat")).map(|_| body[6..].trim_start())?;
    let rest = match rest.strip_prefix(':') {
        Some(rest) => rest.trim_start(),
        // Without the colon, only what cannot be meant for people.
        None if rest.starts_with("allow[") || rest.starts_with("allow-file[") => rest,
        None => return None,
    };
    let mut directive = Directive {
        span,
        file: false,
        rules: Vec::new(),
        list: Span::at(span.end as usize),
        fields: Vec::new(),
        reason: None,
        mistake: None,
    };
    directive.mistake = directive.read(text, rest).err();
    Some(directive)
}

impl Directive {
    fn read(&mut self, text: &str, rest: &str) -> Result<(), (String, String)> {
        let form = "write `# caveat: allow[rule-name] until=2027-03-31 owner=name -- reason`".to_owned();
        let at = |part: &str| self.span.start as usize + (part.as_ptr() as usize - text.as_ptr() as usize);
        let word = rest.find(|c: char| !c.is_ascii_alphabetic() && c != '-').map_or(rest, |end| &rest[..end]);
        let after = &rest[word.len()..];
        self.file = match word {
            "allow" => false,
            "allow-file" => true,
            other => {
                let near = spelling::nearest(other, ["allow", "allow-file"]);
                let help = near.map_or(form, |near| format!("did you mean `{near}`?"));
                return Err((format!("`{other}` is nothing that a comment can tell caveat"), help));
            }
        };
        if !text.trim_start_matches('#').trim_start().starts_with("caveat:") {
            return Err(("a suppression begins with `caveat:`".to_owned(), form));
        }
        let (Some(inside), Some(close)) = (after.strip_prefix('['), after.find(']')) else {
            return Err((format!("`{word}` names no rule in brackets"), form));
        };
        let inside = &inside[..close - 1];
        self.list = Span::new(at(after), at(after) + close + 1);
        for name in inside.split(',') {
            let name = name.trim();
            if name.is_empty() {
                return Err(("a name is missing in the brackets".to_owned(), form));
            }
            self.rules.push((name.to_owned(), Span::new(at(name), at(name) + name.len())));
        }
        let rest = &after[close + 1..];
        let (fields, reason) = rest.split_once("--").map_or((rest, ""), |(fields, reason)| (fields, reason));
        self.reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        self.fields(fields)
    }

    fn fields(&mut self, mut rest: &str) -> Result<(), (String, String)> {
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return Ok(());
            }
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let Some((key, value)) = rest[..end].split_once('=') else {
                let help = "a reason comes after `--`: `# caveat: allow[rule-name] -- reason`";
                return Err((format!("`{}` is not of the form `key=value`", &rest[..end]), help.to_owned()));
            };
            if !KEYS.contains(&key) {
                let help = match spelling::nearest(key, KEYS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("one of {}", KEYS.join(", ")),
                };
                return Err((format!("`{key}` is no key of a suppression"), help));
            }
            if self.field(key).is_some() {
                return Err((format!("`{key}` stands twice"), "keep one of the two".to_owned()));
            }
            let quoted = value.starts_with('"').then(|| rest[key.len() + 2..].find('"')).flatten();
            let (value, end) = match quoted {
                Some(close) => (&rest[key.len() + 2..][..close], key.len() + 3 + close),
                None => (value, end),
            };
            self.fields.push((key.to_owned(), value.to_owned()));
            rest = &rest[end..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Limits, load};

    fn one(comment: &str) -> Option<Directive> {
        let loaded = load(format!("a: 1 {comment}\n").into_bytes(), &Limits::default());
        let mut found = directives(&loaded.tree);
        assert!(found.len() < 2, "{found:?}");
        found.pop()
    }

    #[test]
    fn everything_in_it_is_read() {
        let found =
            one("# caveat: allow[LEAK001, data-in-prompts] until=2027-03-31 owner=\"data protection\" -- released -- by clients")
                .expect("a directive");
        assert_eq!(found.mistake, None);
        let rules: Vec<_> = found.rules.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(rules, ["LEAK001", "data-in-prompts"]);
        assert_eq!((found.field("until"), found.field("owner")), (Some("2027-03-31"), Some("data protection")));
        assert_eq!(found.reason.as_deref(), Some("released -- by clients"));
        assert_eq!(found.list.len(), "[LEAK001, data-in-prompts]".len());
    }

    #[test]
    fn what_is_said_to_people_is_left_alone() {
        for comment in ["# caveat emptor", "# allow[LEAK001]", "# our caveats: none", "# caveat", "# see caveat allow lists"] {
            assert_eq!(one(comment), None, "{comment}");
        }
    }

    #[test]
    fn a_mistake_is_said() {
        for (comment, message) in [
            ("# caveat: ignore[LEAK001] -- x", "nothing that a comment can tell"),
            ("# caveat: alow[LEAK001] -- x", "nothing that a comment can tell"),
            ("# caveat: allow LEAK001 -- x", "names no rule"),
            ("# caveat: allow[LEAK001 -- x", "names no rule"),
            ("# caveat: allow[] -- x", "a name is missing"),
            ("# caveat: allow[LEAK001] because", "not of the form"),
            ("# caveat: allow[LEAK001] untill=2027-01-01 -- x", "no key"),
            ("# caveat: allow[LEAK001] owner=a owner=b -- x", "stands twice"),
            ("# caveat allow[LEAK001] -- x", "begins with `caveat:`"),
            ("# CAVEAT: allow[LEAK001] -- x", "begins with `caveat:`"),
        ] {
            let found = one(comment).expect(comment);
            let (said, _) = found.mistake.expect(comment);
            assert!(said.contains(message), "{comment}: {said}");
        }
    }
}
