//! Shell text, split into words as a POSIX shell does, as far as words go: quotes, escapes, comments, operators.
//!
//! Every word has its place, which is why this is not left to a library: those that split words give none.

use std::iter::Peekable;
use std::str::CharIndices;

use crate::span::Span;

/// A word of shell text, or where one command ends and another begins.
#[derive(Debug)]
pub enum Word {
    Break,
    /// A word; `literal` where it stands in single quotes, so that nothing is put into it.
    Text {
        text: String,
        span: Span,
        literal: bool,
    },
}

/// Splits a text.
pub fn split(text: &str) -> Vec<Word> {
    let mut splitter = Splitter { text, chars: text.char_indices().peekable(), open: None, found: Vec::new() };
    while let Some((at, c)) = splitter.chars.next() {
        splitter.step(at, c);
    }
    splitter.finish(text.len());
    splitter.found
}

struct Splitter<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
    /// The word that is being read: its text, where it began, and whether it is literal.
    open: Option<(String, usize, bool)>,
    found: Vec<Word>,
}

impl Splitter<'_> {
    fn step(&mut self, at: usize, c: char) {
        match c {
            '\\' => self.escape(at),
            '\'' => self.single_quotes(at),
            '"' => self.double_quotes(at),
            '#' if self.open.is_none() => while self.chars.next_if(|(_, c)| *c != '\n').is_some() {},
            '$' => self.expression(at),
            '{' if self.chars.peek().is_some_and(|(_, c)| *c == '{') => self.template(at),
            '<' if placeholder(&self.text[at..]).is_some() => self.placeholder(at, c),
            '>' | '<' => self.redirection(at),
            '&' if self.chars.peek().is_some_and(|(_, c)| *c == '>') => self.finish(at),
            '\n' | ';' | '|' | '&' => {
                self.finish(at);
                self.found.push(Word::Break);
            }
            c if c.is_whitespace() => self.finish(at),
            c => self.word(at).push(c),
        }
    }

    /// The text of the word that is being read, which begins here where there is none.
    fn word(&mut self, at: usize) -> &mut String {
        &mut self.open.get_or_insert_with(|| (String::new(), at, false)).0
    }

    fn finish(&mut self, end: usize) {
        if let Some((text, start, literal)) = self.open.take() {
            self.found.push(Word::Text { text, span: Span::new(start, end), literal });
        }
    }

    fn escape(&mut self, at: usize) {
        match self.chars.next() {
            // A continued line.
            Some((_, '\n')) => self.finish(at),
            Some((_, '\r')) => {
                self.chars.next_if(|(_, c)| *c == '\n');
                self.finish(at);
            }
            Some((_, c)) => self.word(at).push(c),
            None => {}
        }
    }

    fn single_quotes(&mut self, at: usize) {
        let whole = self.open.is_none();
        self.word(at);
        while let Some((_, c)) = self.chars.next().filter(|(_, c)| *c != '\'') {
            self.word(at).push(c);
        }
        // Nothing is put into single quotes.
        if let Some((.., literal)) = &mut self.open {
            *literal = whole;
        }
    }

    fn double_quotes(&mut self, at: usize) {
        self.word(at);
        while let Some((_, c)) = self.chars.next().filter(|(_, c)| *c != '"') {
            if c != '\\' {
                self.word(at).push(c);
                continue;
            }
            match self.chars.next() {
                Some((_, c)) if matches!(c, '"' | '\\' | '$' | '`') => self.word(at).push(c),
                Some((_, '\n')) | None => {}
                Some((_, c)) => self.word(at).extend(['\\', c]),
            }
        }
    }

    /// An expression is one word, whatever stands in it.
    fn expression(&mut self, at: usize) {
        self.word(at).push('$');
        let (opens, closes) = match self.chars.peek() {
            Some((_, '{')) => ('{', '}'),
            Some((_, '(')) => ('(', ')'),
            _ => return,
        };
        let mut open = 0;
        while let Some((_, c)) = self.chars.next() {
            self.word(at).push(c);
            if c == opens {
                open += 1;
            } else if c == closes {
                open -= 1;
            }
            if open == 0 {
                break;
            }
        }
    }

    fn template(&mut self, at: usize) {
        self.word(at).push('{');
        let mut last = '{';
        while let Some((_, c)) = self.chars.next() {
            self.word(at).push(c);
            if last == '}' && c == '}' {
                break;
            }
            last = c;
        }
    }

    fn placeholder(&mut self, at: usize, c: char) {
        let length = placeholder(&self.text[at..]).unwrap_or_default();
        self.word(at).push(c);
        while let Some((_, c)) = self.chars.next_if(|(next, _)| *next < at + length) {
            self.word(at).push(c);
        }
    }

    /// What follows `>` or `<` is a file or a channel, and no argument.
    fn redirection(&mut self, at: usize) {
        // A number before it is the channel that is led elsewhere.
        if self.open.as_ref().is_some_and(|(text, ..)| text.chars().all(|c| c.is_ascii_digit())) {
            self.open = None;
        }
        self.finish(at);
        while self.chars.next_if(|(_, c)| matches!(c, '>' | '<' | '&' | '|')).is_some() {}
        while self.chars.next_if(|(_, c)| matches!(c, ' ' | '\t')).is_some() {}
        let mut quote = None;
        while let Some((_, c)) =
            self.chars.next_if(|(_, c)| quote.is_some() || !(c.is_whitespace() || matches!(c, ';' | '|' | '&')))
        {
            if quote == Some(c) {
                quote = None;
            } else if quote.is_none() && matches!(c, '"' | '\'') {
                quote = Some(c);
            }
        }
    }
}

/// The length of a text that is meant to be replaced: `<YOUR_MODEL>`.
fn placeholder(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('<')?;
    let length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | ':' | '/')))?;
    let named = inner.starts_with(|c: char| c.is_ascii_alphabetic()) && !inner[..length].ends_with(' ');
    (named && inner[length..].starts_with('>')).then_some(length + 2)
}
