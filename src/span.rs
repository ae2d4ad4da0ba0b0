//! Places in a text: byte spans, the line index that turns them into lines and columns, and the
//! paths by which people name a node.
//!
//! Nothing here knows what the text means.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, both in bytes. Offsets past 4 GiB saturate; the input limit
    /// is far below.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The empty span at `offset`.
    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// The bytes as a range for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A place in one of the files that a manifest is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sighting {
    /// Its index among them.
    pub file: usize,
    pub span: Span,
}

/// A position as people count: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Where the lines of a text begin, for turning offsets into positions by binary search.
///
/// A line ends with `\n`, `\r\n` or a lone `\r`, as YAML 1.2 §5.4 says. A byte order mark at the
/// start of the text takes no column.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Characters that begin before each block of [`BLOCK`] bytes: a column in a line of megabytes is not counted from its
    /// beginning every time.
    chars: Vec<u32>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 1024;

impl LineIndex {
    /// Reads the text once.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                starts.push(Span::at(at + 1).start);
            }
        }
        let mut chars = Vec::with_capacity(bytes.len() / BLOCK + 1);
        let mut before = 0;
        for block in bytes.chunks(BLOCK) {
            chars.push(before);
            before += count(block);
        }
        Self { starts, chars }
    }

    /// Characters that begin before an offset.
    fn before(&self, text: &str, offset: usize) -> usize {
        let block = offset / BLOCK;
        match self.chars.get(block) {
            Some(before) => (before + count(&text.as_bytes()[block * BLOCK..offset])) as usize,
            None => text[..offset].chars().count(),
        }
    }

    /// Number of lines; a text that ends with a line break has an empty last line.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no line; never true, an empty text has one empty line.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The line, from 0, that holds the byte at `offset`.
    pub fn line(&self, offset: usize) -> usize {
        let offset = Span::at(offset).start;
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The offset at which a line, counted from 0, begins; the end of the text after the last line.
    pub fn start(&self, line: usize, text: &str) -> usize {
        self.starts.get(line).map_or(text.len(), |start| *start as usize)
    }

    /// The position of an offset, which is moved back to a character boundary where it is not one.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset);
        let start = self.start(line, text);
        let marks = if line == 0 { text[..offset].chars().take_while(|c| *c == '\u{feff}').count() } else { 0 };
        Position { line: line + 1, column: self.before(text, offset) - self.before(text, start) - marks + 1 }
    }
}

/// Characters that begin in these bytes.
fn count(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(byte & 0xc0 != 0x80)).sum()
}

/// One step of a [`NodePath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step<'t> {
    Key(&'t str),
    Index(usize),
}

/// The name of a node: `models[2].license`, `organization["x y"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodePath<'t>(pub Vec<Step<'t>>);

impl<'t> NodePath<'t> {
    /// The path one key further down.
    #[must_use]
    pub fn key(mut self, key: &'t str) -> Self {
        self.0.push(Step::Key(key));
        self
    }

    /// The path as people write it.
    pub fn text(&self) -> String {
        let length = self.0.iter().map(|step| if let Step::Key(key) = step { key.len() + 1 } else { 4 }).sum();
        let mut text = String::with_capacity(length);
        let _ = write!(text, "{self}");
        text
    }
}

impl fmt::Display for NodePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if is_plain(key) => {
                    if at > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(key)?;
                }
                Step::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_long_lines_are_counted_in_characters() {
        let lines = ["\u{feff}", &"aé☺🙂".repeat(700), "\n", &"é".repeat(3000), "\r\nb"];
        let text = lines.concat();
        let index = LineIndex::new(&text);
        for (offset, _) in text.char_indices() {
            let line = index.line(offset);
            let before = text[index.start(line, &text)..offset].trim_start_matches('\u{feff}');
            let expected = Position { line: line + 1, column: before.chars().count() + 1 };
            assert_eq!(index.position(&text, offset), expected, "{offset}");
        }
    }

    #[test]
    fn positions_count_characters_and_every_kind_of_line_end() {
        let text = "\u{feff}a: ü\r\nb: 1\rc: 2\n";
        let index = LineIndex::new(text);
        let at = |needle: &str| index.position(text, text.find(needle).expect("present"));
        assert_eq!(at("a"), Position { line: 1, column: 1 });
        assert_eq!(at("ü"), Position { line: 1, column: 4 });
        assert_eq!(at("b"), Position { line: 2, column: 1 });
        assert_eq!(at("2"), Position { line: 3, column: 4 });
        assert_eq!(index.position(text, usize::MAX), Position { line: 4, column: 1 });
    }

    #[test]
    fn paths_read_like_the_manifest() {
        let path = NodePath(vec![Step::Key("models"), Step::Index(2)]).key("license");
        assert_eq!(path.to_string(), "models[2].license");
        assert_eq!(NodePath::default().key("x y").to_string(), "[\"x y\"]");
    }
}
