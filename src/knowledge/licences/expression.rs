//! Licence expressions: names joined by `AND`, `OR` and `WITH`.
//!
//! The shape of an expression is judged by the `spdx` crate when a manifest is read. It is taken apart
//! here because names are also tags and keys of other registries, which that crate refuses, and because
//! what a name means is looked up in our own table.

/// How deep parentheses may nest.
const DEPTH: usize = 64;

/// A licence expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression<'a> {
    /// A licence; an exception only adds permissions, so it is kept apart.
    Name { name: &'a str, exception: Option<&'a str> },
    /// All of them apply.
    All(Vec<Expression<'a>>),
    /// The licensee picks one.
    Any(Vec<Expression<'a>>),
}

impl<'a> Expression<'a> {
    /// Reads an expression. A text that is none is taken as one name.
    pub fn parse(text: &'a str) -> Self {
        let whole = || Self::Name { name: text.trim(), exception: None };
        let mut tokens = Tokens { rest: text, depth: 0 };
        match tokens.any() {
            Some(expression) if tokens.rest.trim().is_empty() => expression,
            _ => whole(),
        }
    }

    /// The names in it, in their order.
    pub fn names(&self) -> Vec<&'a str> {
        match self {
            Self::Name { name, .. } => vec![name],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::names).collect(),
        }
    }

    /// The licences that apply to a licensee who picks the best of each choice. The smaller the rank, the
    /// better; a conjunction is as good as the worst of its parts. Of equals the first is taken.
    pub fn best<R: Ord + Copy + Default>(&self, rank: &impl Fn(&'a str) -> R) -> (R, Vec<&'a str>) {
        match self {
            Self::Name { name, .. } => (rank(name), vec![name]),
            Self::All(parts) => {
                let mut all = (R::default(), Vec::new());
                for (rank, names) in parts.iter().map(|part| part.best(rank)) {
                    all.0 = all.0.max(rank);
                    all.1.extend(names.into_iter().filter(|name| !all.1.contains(name)).collect::<Vec<_>>());
                }
                all
            }
            Self::Any(parts) => parts.iter().map(|part| part.best(rank)).min_by_key(|best| best.0).unwrap_or_default(),
        }
    }

    /// Whether a licence that passes the test applies whatever the licensee picks.
    pub fn always(&self, test: &impl Fn(&'a str) -> bool) -> bool {
        match self {
            Self::Name { name, .. } => test(name),
            Self::All(parts) => parts.iter().any(|part| part.always(test)),
            Self::Any(parts) => parts.iter().all(|part| part.always(test)),
        }
    }
}

struct Tokens<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Tokens<'a> {
    fn peek(&self) -> Option<&'a str> {
        let text = self.rest.trim_start();
        let end = match text.chars().next()? {
            '(' | ')' => 1,
            _ => text.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(text.len()),
        };
        Some(&text[..end])
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    fn next(&mut self) -> Option<&'a str> {
        let token = self.peek()?;
        self.rest = &self.rest.trim_start()[token.len()..];
        Some(token)
    }

    fn name(&mut self) -> Option<&'a str> {
        self.next().filter(|token| !matches!(*token, "AND" | "OR" | "WITH" | "(" | ")"))
    }

    fn any(&mut self) -> Option<Expression<'a>> {
        let mut parts = vec![self.all()?];
        while self.take("OR") {
            parts.push(self.all()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
    }

    fn all(&mut self) -> Option<Expression<'a>> {
        let mut parts = vec![self.one()?];
        while self.take("AND") {
            parts.push(self.one()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
    }

    fn one(&mut self) -> Option<Expression<'a>> {
        if self.take("(") {
            self.depth += 1;
            let inside = if self.depth <= DEPTH { self.any() } else { None };
            self.depth -= 1;
            return inside.filter(|_| self.take(")"));
        }
        let name = self.name()?;
        let exception = if self.take("WITH") { Some(self.name()?) } else { None };
        Some(Expression::Name { name, exception })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(text: &'static str) -> Vec<&'static str> {
        Expression::parse(text).best(&|name| name.len()).1
    }

    #[test]
    fn with_binds_before_and_before_or() {
        let name = |name| Expression::Name { name, exception: None };
        assert_eq!(Expression::parse("a"), name("a"));
        assert_eq!(
            Expression::parse("a OR b AND c"),
            Expression::Any(vec![name("a"), Expression::All(vec![name("b"), name("c")])])
        );
        assert_eq!(
            Expression::parse("(a OR b) AND c WITH d"),
            Expression::All(vec![
                Expression::Any(vec![name("a"), name("b")]),
                Expression::Name { name: "c", exception: Some("d") }
            ])
        );
    }

    #[test]
    fn what_is_no_expression_is_a_name() {
        for text in ["Apache 2.0", "MIT OR", "AND", "(MIT", "MIT)", "", "a WITH"] {
            assert_eq!(Expression::parse(text), Expression::Name { name: text, exception: None });
        }
        let deep = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(Expression::parse(&deep).names(), [deep.as_str()]);
    }

    #[test]
    fn a_licensee_picks_the_best_branch_and_gets_all_of_it() {
        assert_eq!(best("aaa OR bb"), ["bb"]);
        assert_eq!(best("aaa AND bb"), ["aaa", "bb"]);
        assert_eq!(best("a AND bbbb OR ccc AND dd"), ["ccc", "dd"]);
        assert_eq!(best("(aaa OR b) AND (cc OR dddd)"), ["b", "cc"]);
        // Of equals the first, and each once.
        assert_eq!(best("aa OR bb"), ["aa"]);
        assert_eq!(best("aa AND (aa OR bb)"), ["aa"]);
    }

    #[test]
    fn a_licence_always_applies_if_no_choice_avoids_it() {
        let always = |text: &'static str| Expression::parse(text).always(&|name| name == "x");
        assert!(always("x") && always("a AND x") && always("x OR x AND b"));
        assert!(!always("a") && !always("a OR x") && !always("a AND b"));
    }
}
