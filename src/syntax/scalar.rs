//! What a plain scalar means: the YAML 1.2 core schema (§10.3.2), in which `no` and `yes` are text.

/// The value of a scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'t> {
    Null,
    Bool(bool),
    /// Integers that fit 64 bits.
    Int(i64),
    /// Every other number, infinities and not-a-number among them.
    Float(f64),
    Text(&'t str),
}

impl<'t> Scalar<'t> {
    /// Reads the text of a plain scalar.
    pub fn plain(text: &'t str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            ".nan" | ".NaN" | ".NAN" => return Self::Float(f64::NAN),
            _ => {}
        }
        // Most scalars are words: decide by the first byte before trying to parse.
        if !matches!(text.as_bytes()[0], b'0'..=b'9' | b'+' | b'-' | b'.') {
            return Self::Text(text);
        }
        integer(text).or_else(|| float(text)).unwrap_or(Self::Text(text))
    }
}

/// What a plain scalar is under YAML 1.1 where that differs from what it is here; dates, which both write alike, are left
/// out. (<https://yaml.org/type/>: bool, int; PyYAML's float, which wants a dot.)
pub fn yaml_1_1(text: &str) -> Option<&'static str> {
    match text.as_bytes() {
        [b'y' | b'Y' | b'n' | b'N' | b'o' | b'O', _, ..] if text.len() <= 3 => match text {
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some("true"),
            "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some("false"),
            _ => None,
        },
        [b'0'..=b'9' | b'+' | b'-', ..] => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            let all = |text: &str, fits: fn(u8) -> bool| !text.is_empty() && text.bytes().all(fits);
            let octal = digits.len() > 1 && digits.starts_with('0') && all(digits, |b| matches!(b, b'0'..=b'7'));
            let sixties = digits.contains(':') && all(digits, |b| b.is_ascii_digit() || b == b':') && !digits.ends_with(':');
            // PyYAML wants a dot in the number and a sign in its exponent.
            let signed = digits.contains('.')
                && (digits.contains("e+") || digits.contains("e-") || digits.contains("E+") || digits.contains("E-"));
            let float = digits.contains(['e', 'E']) && !signed && Scalar::plain(text) != Scalar::Text(text);
            let eights = digits.len() > 1 && digits.starts_with('0') && all(digits, |b| b.is_ascii_digit());
            match digits {
                _ if octal => Some("an octal number"),
                _ if eights => Some("text"),
                _ if sixties => Some("a number to the base of sixty"),
                _ if digits.contains('_') && all(digits, |b| b.is_ascii_digit() || b == b'_') => Some("a number"),
                _ if digits.strip_prefix("0b").is_some_and(|rest| all(rest, |b| matches!(b, b'0' | b'1' | b'_'))) => {
                    Some("a binary number")
                }
                _ if digits.starts_with("0o") && Scalar::plain(text) != Scalar::Text(text) => Some("text"),
                _ if float && !digits.starts_with("0x") => Some("text"),
                _ => None,
            }
        }
        _ => None,
    }
}

fn integer<'t>(text: &str) -> Option<Scalar<'t>> {
    let radix = |digits: &str, radix: u32| {
        digits.bytes().all(|b| b.is_ascii_alphanumeric()).then(|| i64::from_str_radix(digits, radix).ok())?
    };
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8).map(Scalar::Int);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16).map(Scalar::Int);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let decimal = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    decimal.then(|| text.parse().ok().map(Scalar::Int))?
}

fn float<'t>(text: &str) -> Option<Scalar<'t>> {
    let (sign, digits) = match text.as_bytes()[0] {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Some(Scalar::Float(sign * f64::INFINITY));
    }
    let shaped = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && digits.bytes().any(|b| b.is_ascii_digit());
    shaped.then(|| digits.parse::<f64>().ok().map(|number| Scalar::Float(sign * number)))?
}

/// Whether a character moves, turns or hides what stands beside it.
pub fn is_control(c: char) -> bool {
    // Marks of direction, separators of lines that terminals and editors may obey, tags that nobody sees.
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_1_1_reads_otherwise_is_known() {
        // The right-hand side is what PyYAML 6's safe loader gives, in words; `y` is true by the standard, and text to it and to most others.
        for (text, other) in [
            ("no", Some("false")),
            ("y", None),
            ("NO", Some("false")),
            ("On", Some("true")),
            ("012", Some("an octal number")),
            ("0o14", Some("text")),
            ("1e3", Some("text")),
            ("1_000", Some("a number")),
            ("12:30", Some("a number to the base of sixty")),
            ("0b11", Some("a binary number")),
            ("1.5e+3", None),
            ("0xE3", None),
            ("08", Some("text")),
            ("1.5e3", Some("text")),
            ("0", None),
            ("10", None),
            ("2026-11-23", None),
            ("none", None),
            ("1.2.3", None),
            ("now", None),
        ] {
            assert_eq!(yaml_1_1(text), other, "{text}");
        }
    }

    #[test]
    fn core_schema_and_not_yaml_1_1() {
        for text in ["no", "yes", "on", "off", "y", "1_000", "0b1", "12:30", "2026-11-23", "1.2.3", "-", "+", ".", "0x", "e3"] {
            assert_eq!(Scalar::plain(text), Scalar::Text(text), "{text}");
        }
        for (text, value) in [("012", 12), ("0o14", 12), ("0xC", 12), ("+12", 12), ("-12", -12)] {
            assert_eq!(Scalar::plain(text), Scalar::Int(value), "{text}");
        }
        for (text, value) in
            [("1e3", 1000.0), (".5", 0.5), ("-1.5E-1", -0.15), ("99999999999999999999", 1e20), ("-.inf", f64::NEG_INFINITY)]
        {
            assert_eq!(Scalar::plain(text), Scalar::Float(value), "{text}");
        }
        assert_eq!(Scalar::plain("~"), Scalar::Null);
        assert_eq!(Scalar::plain("TRUE"), Scalar::Bool(true));
    }
}
