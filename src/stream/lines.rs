//! Lines of a byte stream, none of them larger than a limit.

use std::io::{self, BufRead};

/// One line of the input, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// None where it was longer than the limit; what it held was read and not kept.
    pub bytes: Option<Vec<u8>>,
}

/// The lines of a reader.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    /// The most bytes that one line may have, its end not counted.
    limit: usize,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R, limit: usize) -> Self {
        Self { reader, limit, number: 0 }
    }

    /// The next line; none at the end of the input. A line that the input ends without closing is one.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut kept = Some(Vec::new());
        let mut began = false;
        loop {
            let chunk = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let over = kept.as_ref().is_some_and(|line: &Vec<u8>| line.len() + part.len() > self.limit);
            if over {
                kept = None;
            }
            if let Some(line) = &mut kept {
                line.extend_from_slice(part);
            }
            began |= !chunk.is_empty();
            let (read, last) = (part.len() + usize::from(end.is_some()), end.is_some() || chunk.is_empty());
            self.reader.consume(read);
            if last {
                self.number += usize::from(began);
                return Ok(began.then_some(Line { number: self.number, bytes: kept }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    /// Every line, through a buffer of so many bytes; `None` is one that was too long.
    fn lines(text: &str, limit: usize, buffer: usize) -> Vec<Option<String>> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, text.as_bytes()), limit);
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().expect("a line") {
            assert_eq!(line.number, found.len() + 1);
            found.push(line.bytes.map(|bytes| String::from_utf8(bytes).expect("UTF-8")));
        }
        found
    }

    #[test]
    fn lines_are_what_stands_between_line_ends_whatever_the_buffer() {
        let some = |text: &str| Some(text.to_owned());
        for buffer in [1, 2, 3, 64] {
            assert_eq!(lines("", 8, buffer), []);
            assert_eq!(lines("one\n\nthree", 8, buffer), [some("one"), some(""), some("three")]);
            assert_eq!(lines("one\n", 8, buffer), [some("one")]);
            assert_eq!(lines("1234\n12345\n1234", 4, buffer), [some("1234"), None, some("1234")]);
            assert_eq!(lines("12345", 4, buffer), [None]);
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let endless = std::io::repeat(b'x').take(64 << 20);
        let mut lines = Lines::new(BufReader::new(endless), 10);
        assert_eq!(lines.next_line().expect("a line"), Some(Line { number: 1, bytes: None }));
        assert_eq!(lines.next_line().expect("the end"), None);
    }
}
