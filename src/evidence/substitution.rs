//! Expressions in texts: what the file itself decides is put in, the rest stays unresolved and is shown.
//!
//! `${X}`, `$X` and their defaults (shell, compose), `$(X)` (Kubernetes), `{{ … }}` (Helm, Go, Jinja), `os.environ/X`
//! (LiteLLM), `${env.X:=default}` (llama-stack), and texts that are meant to be replaced (`<MODEL>`, `YOUR_KEY`).

use std::collections::BTreeMap;

use super::fact::{Attribute, Content, Fact, Standing, Subject};
use crate::span::Span;

/// A text after substitution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it comes to; the text as written where the standing has no value.
    pub text: String,
    pub written: String,
    pub standing: Standing,
    pub span: Span,
}

impl Term {
    /// A text without expressions.
    pub fn literal(text: impl Into<String>, span: Span) -> Self {
        let text = text.into();
        Self { written: text.clone(), text, standing: Standing::Literal, span }
    }

    /// The text, where there is a value.
    pub fn value(&self) -> Option<&str> {
        self.standing.has_value().then_some(self.text.as_str())
    }

    /// The same with another text, such as a part of it.
    #[must_use]
    pub fn with(&self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self.clone() }
    }

    /// Notes it as a fact of a subject, its text read by `read`; what cannot be read is no fact.
    pub fn note<C: Into<Content>>(&self, subject: &mut Subject, attribute: Attribute, read: impl FnOnce(&str) -> Option<C>) {
        let value = match self.value() {
            Some(text) => match read(text) {
                Some(content) => Some(content.into()),
                None => return,
            },
            None => None,
        };
        subject.note(Fact { attribute, value, written: self.written.clone(), standing: self.standing, span: self.span });
    }

    /// Notes it as text.
    pub fn note_text(&self, subject: &mut Subject, attribute: Attribute) {
        self.note(subject, attribute, |text| (!text.trim().is_empty()).then(|| text.trim().to_owned()));
    }

    /// Notes it as a number.
    pub fn note_number(&self, subject: &mut Subject, attribute: Attribute) {
        self.note(subject, attribute, number);
    }
}

/// A number as flags write it: `32768`, `20_000`, `32k`, `0.9`.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim().replace('_', "");
    let (digits, factor) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, if text.ends_with('K') { 1024.0 } else { 1000.0 }),
        None => (text.as_str(), 1.0),
    };
    digits.parse::<f64>().ok().map(|number| number * factor).filter(|number| number.is_finite())
}

/// How many expressions one text may lead to: variables that name each other several times multiply.
const BUDGET: usize = 256;

/// The variables that a file sets, by name. A value may be an expression itself.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    list: Vec<(String, Term)>,
    /// The last variable of each name.
    places: BTreeMap<String, usize>,
}

impl Variables {
    /// Sets a variable; a later one with the same name takes the place of an earlier one.
    pub fn set(&mut self, name: impl Into<String>, term: Term) {
        let name = name.into();
        self.places.insert(name.clone(), self.list.len());
        self.list.push((name, term));
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Term> {
        self.places.get(name).and_then(|place| self.list.get(*place)).map(|(_, term)| term)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Term)> {
        self.list.iter().map(|(name, term)| (name.as_str(), term))
    }

    /// Puts the variables into a text.
    pub fn substitute(&self, text: &str, span: Span) -> Term {
        self.expand(text, span, 0, &mut { BUDGET })
    }

    fn expand(&self, text: &str, span: Span, depth: usize, budget: &mut usize) -> Term {
        let mut out = String::with_capacity(text.len());
        let mut standing = if is_placeholder(text) { Standing::Placeholder } else { Standing::Literal };
        let mut rest = text;
        while let Some((before, expression, after)) = next_expression(rest) {
            out.push_str(before);
            let (value, worth) = self.value(&expression, span, depth, budget);
            out.push_str(&value);
            standing = standing.max(worth);
            rest = after;
        }
        out.push_str(rest);
        if !standing.has_value() {
            text.clone_into(&mut out);
        } else if standing == Standing::Resolved && is_placeholder(&out) {
            standing = Standing::Placeholder;
        }
        Term { text: out, written: text.to_owned(), standing, span }
    }

    fn value(&self, expression: &Expression<'_>, span: Span, depth: usize, budget: &mut usize) -> (String, Standing) {
        let Some(left) = budget.checked_sub(1) else { return (String::new(), Standing::Unresolved) };
        *budget = left;
        match expression {
            // A chain of variables that name each other ends somewhere.
            Expression::Variable { name, .. } if depth < 8 && self.get(name).is_some() => {
                let known = self.get(name).expect("internal: asked for above");
                if !known.standing.has_value() {
                    return (known.text.clone(), known.standing);
                }
                let inner = self.expand(&known.text, span, depth + 1, budget);
                (inner.text, inner.standing.max(known.standing).max(Standing::Resolved))
            }
            Expression::Variable { default: Some(default), .. } => {
                let inner = self.expand(default, span, depth + 1, budget);
                (inner.text, inner.standing.max(Standing::Default))
            }
            _ => (String::new(), Standing::Unresolved),
        }
    }
}

/// An expression in a text.
#[derive(Debug, PartialEq, Eq)]
enum Expression<'t> {
    Variable { name: &'t str, default: Option<&'t str> },
    Template,
}

/// The first expression of a text, with what stands before and after it.
fn next_expression(text: &str) -> Option<(&str, Expression<'_>, &str)> {
    if let Some(name) = text.strip_prefix("os.environ/") {
        return Some(("", Expression::Variable { name, default: None }, ""));
    }
    let mut from = 0;
    while let Some(at) = text[from..].find(['$', '{']).map(|at| at + from) {
        let (before, rest) = text.split_at(at);
        if let Some(inner) = rest.strip_prefix("{{") {
            let end = inner.find("}}").map_or(inner.len(), |end| end + 2);
            return Some((before, Expression::Template, &inner[end..]));
        }
        if let Some(inner) = rest.strip_prefix("${{") {
            let end = inner.find("}}").map_or(inner.len(), |end| end + 2);
            return Some((before, Expression::Template, &inner[end..]));
        }
        if let Some(inner) = rest.strip_prefix("${") {
            let end = closing(inner)?;
            return Some((before, braced(&inner[..end]), &inner[end + 1..]));
        }
        if let Some(inner) = rest.strip_prefix("$(")
            && let Some(end) = inner.find(')')
        {
            let name = &inner[..end];
            let expression = if is_name(name) { Expression::Variable { name, default: None } } else { Expression::Template };
            return Some((before, expression, &inner[end + 1..]));
        }
        if let Some(inner) = rest.strip_prefix('$') {
            // `$$` is a dollar sign.
            if inner.starts_with('$') {
                from = at + 2;
                continue;
            }
            let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
            if length > 0 && is_name(&inner[..length]) {
                return Some((before, Expression::Variable { name: &inner[..length], default: None }, &inner[length..]));
            }
        }
        from = at + 1;
    }
    None
}

/// The brace that closes one that is open; expressions nest in defaults.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// What stands between `${` and `}`.
fn braced(inner: &str) -> Expression<'_> {
    // llama-stack: `env.X:=default`, `env.X:default`, `env.X:+if set`, `env.X`.
    let (inner, stack) = inner.strip_prefix("env.").map_or((inner, false), |rest| (rest, true));
    let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (name, operator) = inner.split_at(length);
    if !is_name(name) {
        return Expression::Template;
    }
    let default = match operator {
        "" => None,
        _ => operator
            .strip_prefix(":-")
            .or_else(|| operator.strip_prefix(":="))
            .or_else(|| operator.strip_prefix('-'))
            .or_else(|| operator.strip_prefix('=').filter(|_| !stack))
            .or_else(|| operator.strip_prefix(':').filter(|rest| stack && !rest.starts_with(['+', '?']))),
    };
    Expression::Variable { name, default }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a text is meant to be replaced by whoever uses the file.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    let bracketed = text.find('<').is_some_and(|open| {
        text[open..].find('>').is_some_and(|close| {
            let inner = &text[open + 1..open + close];
            !inner.is_empty()
                && inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | ':' | '/'))
        })
    });
    // `__MODEL__`, as scripts with sed fill in.
    let marked = text.len() > 4
        && text.starts_with("__")
        && text.ends_with("__")
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    let told = [
        "YOUR_",
        "YOUR-",
        "<YOUR",
        "REPLACE_ME",
        "REPLACE-ME",
        "CHANGE_ME",
        "CHANGEME",
        "CHANGE-ME",
        "PLACEHOLDER",
        "TODO",
        "XXXX",
        "_HERE",
    ];
    // Announced, and not decided.
    let open = ["TBD", "TBA", "TBC"].iter().any(|word| {
        upper.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| !c.is_ascii_alphanumeric()))
    });
    let whole = ["IMAGE_NAME", "MODEL_NAME", "MODEL_ID", "PROJECT_ID", "HF_TOKEN", "API_KEY"];
    bracketed || marked || open || told.iter().any(|word| upper.contains(word)) || whole.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> (String, Standing) {
        let mut variables = Variables::default();
        variables.set("MODEL_ID", Term::literal("Qwen/Qwen3-8B", Span::default()));
        variables.set("LOOP", Term::literal("${LOOP}", Span::default()));
        variables.set("CHAIN", Term::literal("$(MODEL_ID)", Span::default()));
        let term = variables.substitute(text, Span::default());
        (term.text, term.standing)
    }

    #[test]
    fn the_file_decides_what_it_can() {
        let cases = [
            ("plain", "plain", Standing::Literal),
            ("$(MODEL_ID)", "Qwen/Qwen3-8B", Standing::Resolved),
            ("hf://${MODEL_ID}/x", "hf://Qwen/Qwen3-8B/x", Standing::Resolved),
            ("$MODEL_ID:main", "Qwen/Qwen3-8B:main", Standing::Resolved),
            ("${CHAIN}", "Qwen/Qwen3-8B", Standing::Resolved),
            ("${OTHER:-a/b}", "a/b", Standing::Default),
            ("${OTHER-a/b}", "a/b", Standing::Default),
            ("${OTHER:-${MODEL_ID}}", "Qwen/Qwen3-8B", Standing::Default),
            ("${env.OTHER:=a/b}", "a/b", Standing::Default),
            ("${env.OTHER:a/b}", "a/b", Standing::Default),
            ("${OTHER:?say which}", "${OTHER:?say which}", Standing::Unresolved),
            ("${env.OTHER:+on}", "${env.OTHER:+on}", Standing::Unresolved),
            ("$OTHER", "$OTHER", Standing::Unresolved),
            ("${LOOP}", "${LOOP}", Standing::Unresolved),
            ("os.environ/OPENAI_KEY", "os.environ/OPENAI_KEY", Standing::Unresolved),
            ("{{ .Values.model }}", "{{ .Values.model }}", Standing::Unresolved),
            ("a $$ b", "a $$ b", Standing::Literal),
            ("costs $5", "costs $5", Standing::Literal),
            ("<YOUR_MODEL>", "<YOUR_MODEL>", Standing::Placeholder),
            ("__MODEL__", "__MODEL__", Standing::Placeholder),
            ("__init__", "__init__", Standing::Literal),
            ("<hub-id>", "<hub-id>", Standing::Placeholder),
            ("your_token_here", "your_token_here", Standing::Placeholder),
            ("TBD: on acceptance", "TBD: on acceptance", Standing::Placeholder),
            ("tbdb/tiny", "tbdb/tiny", Standing::Literal),
            ("REPO_HERE.example.org/tiny:1", "REPO_HERE.example.org/tiny:1", Standing::Placeholder),
        ];
        for (text, value, standing) in cases {
            assert_eq!(terms(text), (value.to_owned(), standing), "{text}");
        }
    }

    #[test]
    fn variables_that_multiply_are_given_up() {
        let mut variables = Variables::default();
        let many = |name: &str| Term::literal(format!("${{{name}}}").repeat(50), Span::default());
        for (name, next) in ["A", "B", "C", "D", "E", "F", "G"].iter().zip(["B", "C", "D", "E", "F", "G", "A"]) {
            variables.set(*name, many(next));
        }
        assert_eq!(variables.substitute("$A", Span::default()).standing, Standing::Unresolved);
    }

    #[test]
    fn numbers_are_read_as_flags_write_them() {
        assert_eq!(number("32768"), Some(32768.0));
        assert_eq!(number("32k"), Some(32_000.0));
        assert_eq!(number("20_000"), Some(20_000.0));
        assert_eq!(number("auto"), None);
    }
}
