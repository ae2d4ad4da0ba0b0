//! Text in a drawing: how wide it is at most, and how it is fitted into a width.

use unicode_width::UnicodeWidthChar;

use super::super::text::is_control;

/// What a name is cut with.
const CUT: char = '…';

/// A text without what would move it, hide it or break the document: control characters, marks that turn the direction
/// of writing, and what XML does not allow.
pub fn clean(text: &str) -> String {
    let kept = |c: &char| match *c {
        '\n' | '\t' => true,
        // Characters without width, and what XML has no place for.
        '\u{200b}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => false,
        c => !is_control(c),
    };
    let spaced = |c: char| if matches!(c, '\n' | '\t') { ' ' } else { c };
    text.chars().filter(kept).map(spaced).collect()
}

/// The width of a text in a sans-serif face of this size, at most: the widths are those of DejaVu Sans, the widest of
/// the common ones, rounded up.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(share).sum::<f64>() * size
}

/// The width of a character as a share of the size of the face.
fn share(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' | '·' => 0.34,
        ' ' | '.' | ',' | ':' | ';' | '!' | '/' | '\\' | 'I' => 0.36,
        'f' | 't' | 'r' | '-' | '(' | ')' | '[' | ']' => 0.42,
        's' | 'z' | 'c' | '_' | '"' | '*' => 0.56,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' | '—' | '→' | '×' => 1.0,
        'a'..='z' | '0'..='9' => 0.64,
        'A'..='Z' | '+' | '=' | '<' | '>' | '~' | '&' | '#' | '$' | '?' => 0.84,
        c if c.is_ascii() => 0.84,
        c => match c.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.84,
            Some(_) => 1.4,
        },
    }
}

/// A text that is no wider: what is left out is left out of its middle.
pub fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut head, mut tail) = (0, chars.len());
    let mut left = room - width(&CUT.to_string(), size);
    // One from the front, one from the back, as long as there is room.
    for turn in 0..chars.len() {
        let next = if turn % 2 == 0 { chars[head] } else { chars[tail - 1] };
        left -= share(next) * size;
        if left < 0.0 {
            break;
        }
        if turn % 2 == 0 { head += 1 } else { tail -= 1 }
    }
    let mut fitted: String = chars[..head].iter().collect();
    fitted.push(CUT);
    // A mark that belongs to the character before it does not begin a text.
    fitted.extend(chars[tail..].iter().skip_while(|c| c.width() == Some(0)));
    fitted
}

/// The most lines of a name.
const NAME_LINES: usize = 3;

/// A name in one line, or in up to three where it is longer: broken where names are put together; a part that is too
/// long for a line by itself is broken in the middle if it fits into two, else cut.
pub fn wrap(name: &str, size: f64, room: f64) -> Vec<String> {
    if width(name, size) <= room {
        return vec![name.to_owned()];
    }
    let parts: Vec<&str> = name.split_inclusive(['-', '_', '.', '/', ':', ' ', '@']).collect();
    if parts.len() == 1 && width(name, size) <= 1.8 * room {
        let half = name.char_indices().map(|(at, _)| at).nth(name.chars().count().div_ceil(2)).unwrap_or(0);
        if half > 0 && !name[half..].starts_with(|c: char| c.width() == Some(0)) {
            return vec![fit(&name[..half], size, room), fit(&name[half..], size, room)];
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let full = lines.len() == NAME_LINES;
        match lines.last_mut() {
            Some(line) if width(&format!("{line}{part}"), size) <= room => line.push_str(part),
            // What does not fit any more is cut with the last line.
            Some(line) if full => line.push_str(part),
            _ => lines.push(part.to_owned()),
        }
    }
    lines.iter().map(|line| fit(line.trim(), size, room)).collect()
}

/// The lines of a sentence, broken between words.
pub fn lines(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit(word, size, room)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_broken_at_its_joints_and_cut_in_its_middle() {
        assert_eq!(wrap("portal", 13.0, 110.0), ["portal"]);
        assert_eq!(wrap("customer-conversations", 13.0, 120.0), ["customer-", "conversations"]);
        let long = format!("begin{}end", "x".repeat(200));
        let lines = wrap(&long, 13.0, 110.0);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("begin") && lines[0].ends_with("end") && lines[0].contains(CUT), "{lines:?}");
        assert_eq!(wrap("summarisation", 13.0, 70.0), ["summari", "sation"]);
        let lines = wrap("app-customer-facing-in-the-western-region-2019", 13.0, 80.0);
        assert_eq!(lines[..2], ["app-", "customer-"]);
        assert!(lines[2].starts_with("faci") && lines[2].ends_with("2019"), "{lines:?}");
        assert!(lines.iter().all(|line| width(line, 13.0) <= 110.0));
    }

    #[test]
    fn no_room_at_all_is_survived() {
        assert_eq!(fit("abc", 13.0, 0.0), "…");
        assert_eq!(wrap("日本語", 13.0, 1.0), ["…"]);
        assert_eq!(wrap("", 13.0, 0.0), [""]);
    }

    #[test]
    fn what_turns_or_hides_text_is_taken_out() {
        assert_eq!(clean("a\u{202e}b\u{0}c\u{2066}d\ne\u{200b}"), "abcd e");
        assert_eq!(clean("שלום 👩\u{200d}💻"), "שלום 👩\u{200d}💻");
    }
}
