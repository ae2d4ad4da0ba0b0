//! How the leaves of a manifest are written: dates, durations, quantities, countries, licences.
//!
//! Each parser takes the text and gives the value, or a message of the form `what is wrong; what to
//! write instead`.

use crate::syntax::de::MEANT;
use jiff::civil::Date;

/// Days of a month in durations: a year of 365.25 days in twelve parts.
pub const DAYS_PER_MONTH: f64 = 30.4375;
/// Seconds of a day.
pub const SECONDS_PER_DAY: f64 = 86_400.0;

type Parsed<T> = Result<T, String>;

/// Characters of an id. Every finding repeats the ids it is about, so that one of megabytes would fill the memory.
pub const LONGEST_ID: usize = 200;

/// An id: a word without spaces, which references can name.
pub fn id(text: &str) -> Parsed<String> {
    if text.chars().nth(LONGEST_ID).is_some() {
        let begin: String = text.chars().take(20).collect();
        return Err(format!("`{begin}…` is longer than an id may be; write at most {LONGEST_ID} characters"));
    }
    let fits = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '@'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not an id; use letters, digits, `-`, `_`, `.`, `:` and `/`"))
    }
}

/// A calendar day, `2026-11-23`.
pub fn date(text: &str) -> Parsed<Date> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let parsed = if shaped { text.parse().ok() } else { None };
    parsed.ok_or_else(|| format!("`{text}` is not a date; write year, month and day as in `2026-11-23`"))
}

/// A calendar day, or a month that reads as its last day (the reading most favourable to its author).
pub fn month(text: &str) -> Parsed<Date> {
    if text.len() == 7
        && let Ok(first) = format!("{text}-01").parse::<Date>()
    {
        return Ok(first.last_of_month());
    }
    date(text).map_err(|_| format!("`{text}` is not a month or date; write `2026-11` or `2026-11-23`"))
}

/// An ISO 8601 duration in seconds; a month has [`DAYS_PER_MONTH`] days and a year twelve months.
pub fn duration(text: &str) -> Parsed<f64> {
    let wrong = || format!("`{text}` is not a duration; write ISO 8601 as in `P30D`, `P6M` or `PT15S`");
    if !text.starts_with('P') || text.contains(char::is_whitespace) {
        return Err(wrong());
    }
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    let days = f64::from(span.get_years()) * 12.0 * DAYS_PER_MONTH
        + f64::from(span.get_months()) * DAYS_PER_MONTH
        + f64::from(span.get_weeks()) * 7.0
        + f64::from(span.get_days());
    #[expect(clippy::cast_precision_loss, reason = "spans are bounded by 20,000 years, far below 2^53 seconds")]
    let seconds = f64::from(span.get_hours()) * 3600.0
        + span.get_minutes() as f64 * 60.0
        + span.get_seconds() as f64
        + span.get_milliseconds() as f64 / 1e3
        + span.get_microseconds() as f64 / 1e6
        + span.get_nanoseconds() as f64 / 1e9;
    Ok(days * SECONDS_PER_DAY + seconds)
}

/// A Kubernetes quantity: a number with a decimal (`k M G T P E`), binary (`Ki Mi …`) or `m` suffix.
pub fn quantity(text: &str) -> Parsed<f64> {
    let wrong = || format!("`{text}` is not a quantity; write a Kubernetes quantity as in `24Gi`");
    let split = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(split);
    let factor = match suffix {
        "" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024f64.powi(2),
        "Gi" => 1024f64.powi(3),
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        exponent if exponent.starts_with(['e', 'E']) => return text.parse().ok().filter(|n: &f64| *n >= 0.0).ok_or_else(wrong),
        _ => return Err(wrong()),
    };
    let number: f64 = digits.parse().map_err(|_| wrong())?;
    if number >= 0.0 { Ok(number * factor) } else { Err(wrong()) }
}

/// Whether a text looks like a number with a suffix, so that its error is about the number.
pub fn numeric(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A whole number.
pub fn int(text: &str) -> Parsed<f64> {
    number(text)
        .filter(|number| number.fract() == 0.0 && number.abs() < 9e15)
        .ok_or_else(|| format!("`{text}` is not a whole number; write digits only"))
}

/// A number with an optional decimal suffix: `8.03B` is 8.03 × 10⁹.
pub fn count(text: &str) -> Parsed<f64> {
    let (digits, factor) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 1e3),
        Some(b'M') => (&text[..text.len() - 1], 1e6),
        Some(b'B' | b'G') => (&text[..text.len() - 1], 1e9),
        Some(b'T') => (&text[..text.len() - 1], 1e12),
        _ => (text, 1.0),
    };
    number(digits)
        .filter(|number| *number >= 0.0)
        .map(|number| number * factor)
        .ok_or_else(|| format!("`{text}` is not a count; write a number, with `k`, `M`, `B` or `T` where it is large"))
}

/// A number from 0 to 1.
pub fn share(text: &str) -> Parsed<f64> {
    number(text)
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or_else(|| format!("`{text}` is not a share; write a number from 0 to 1"))
}

/// A number from 0 to 100.
pub fn percent(text: &str) -> Parsed<f64> {
    number(text)
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| format!("`{text}` is not a percentage; write a number from 0 to 100, without a sign"))
}

/// ISO 3166-1 alpha-2 codes, officially assigned (ISO 3166 Maintenance Agency), apart by spaces.
pub const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH \
GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB \
LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM \
PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG \
TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The codes are in order, three bytes apart.
fn is_country(text: &str) -> bool {
    let code = |at: usize| COUNTRIES.as_bytes().get(at * 3..at * 3 + 2);
    let (mut from, mut to) = (0, COUNTRIES.len() / 3 + 1);
    while from < to {
        let middle = usize::midpoint(from, to);
        match code(middle).cmp(&Some(text.as_bytes())) {
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => to = middle,
        }
    }
    false
}

/// An ISO 3166-1 alpha-2 code.
pub fn country(text: &str) -> Parsed<String> {
    if is_country(text) {
        return Ok(text.to_owned());
    }
    let upper = text.to_ascii_uppercase();
    let hint = match upper.as_str() {
        "UK" => format!("write `GB`{MEANT}GB"),
        _ if is_country(&upper) => format!("write `{upper}`{MEANT}{upper}"),
        _ => "write an ISO 3166-1 code of two letters, as in `DE`".to_owned(),
    };
    Err(format!("`{text}` is not a country; {hint}"))
}

/// A country, or one of the two unions the law speaks of.
pub fn region(text: &str) -> Parsed<String> {
    match text {
        "EU" | "EEA" => Ok(text.to_owned()),
        _ => country(text).map_err(|message| match message.split_once(MEANT) {
            Some((message, meant)) => format!("{message}, or `EU` or `EEA`{MEANT}{meant}"),
            None => format!("{message}, or `EU` or `EEA`"),
        }),
    }
}

/// A BCP 47 tag: a primary subtag of letters, then subtags of letters and digits.
pub fn language(text: &str) -> Parsed<String> {
    let mut subtags = text.split('-');
    let primary = subtags.next().is_some_and(|tag| (2..=3).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = subtags.all(|tag| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && rest {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a language; write a BCP 47 tag as in `de` or `pt-BR`"))
    }
}

/// ISO 4217 codes in use.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR \
ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB \
TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// An ISO 4217 code.
pub fn currency(text: &str) -> Parsed<String> {
    if text.len() == 3 && CURRENCIES.split(' ').any(|code| code == text) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a currency; write an ISO 4217 code as in `EUR`"))
    }
}

/// A licence: an SPDX expression whose terms may also be tags of Hugging Face or of other registries.
///
/// Which licence a tag means is not decided here; only whether the text can be one.
pub fn licence(text: &str) -> Parsed<String> {
    if text == "NOASSERTION" || spdx::Expression::parse(text).is_ok() {
        return Ok(text.to_owned());
    }
    let wrong = |why: &str| match meant(text) {
        Some(meant) => format!("`{text}` is not a licence expression{why}; write `{meant}`{MEANT}{meant}"),
        None => format!(
            "`{text}` is not a licence expression{why}; write an SPDX id or expression, a `LicenseRef-…` or a Hugging Face tag"
        ),
    };
    let mut words = String::new();
    for token in text.replace('(', " ( ").replace(')', " ) ").split_whitespace() {
        let operator = matches!(token, "AND" | "OR" | "WITH" | "(" | ")");
        // Deprecated ids (`GPL-3.0`) are what many files say; which licence they mean is not decided here.
        let current = spdx::license_id(token.trim_end_matches('+')).is_some_and(|id| !id.is_deprecated());
        let known = operator || current || spdx::exception_id(token).is_some();
        if !known && !token.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | ':')) {
            return Err(wrong(&format!(": `{token}` cannot be a licence id")));
        }
        if known {
            words.push_str(token);
        } else {
            words.push_str("LicenseRef-");
            words.extend(token.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')));
        }
        words.push(' ');
    }
    match spdx::Expression::parse(words.trim()) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(wrong(&format!(": {}", error.reason))),
    }
}

/// The expression that a text stands for which people write in its place: `Apache License, Version 2.0`,
/// `MIT/Apache-2.0`. Words are left out or put in, none is guessed: `BSD` could be two licences.
fn meant(text: &str) -> Option<String> {
    let filler = |word: &&str| !["the", "license", "licence", "version"].iter().any(|filler| word.eq_ignore_ascii_case(filler));
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).filter(filler).collect();
    let short = words.join(" ");
    let meant = spdx::Expression::canonicalize(&short).ok().flatten().unwrap_or_else(|| short.clone());
    let bare = |text: &str| -> String {
        let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !matches!(*part, "OR" | "AND" | "or" | "and"));
        parts.collect::<String>().to_ascii_lowercase()
    };
    (bare(&meant) == bare(&short) && spdx::Expression::parse(&meant).is_ok()).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_by_iso_8601() {
        let day = SECONDS_PER_DAY;
        for (text, seconds) in [("PT15S", 15.0), ("P30D", 30.0 * day), ("P1W", 7.0 * day), ("PT1H30M", 5400.0), ("PT0.5S", 0.5)] {
            assert_eq!(duration(text), Ok(seconds), "{text}");
        }
        assert_eq!(duration("P1Y"), duration("P12M"));
        assert_eq!(duration("P1Y"), Ok(365.25 * day));
        for text in ["30 days", "P", "-P1D", "P-1D", "1h", "PT", "P1D2", ""] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn quantities_are_bytes_by_kubernetes() {
        assert_eq!(quantity("24Gi"), Ok(24.0 * 1024.0 * 1024.0 * 1024.0));
        assert_eq!(quantity("24G"), Ok(24e9));
        assert_eq!(quantity("1e3"), Ok(1000.0));
        for text in ["24GB", "24 Gi", "Gi", "-1Gi", "", "1.2.3M"] {
            assert!(quantity(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_are_days_that_exist() {
        assert!(date("2026-02-28").is_ok());
        for text in ["2026-02-30", "2026-2-3", "23.11.2026", "2026-11", "tomorrow", "2026-11-23T10"] {
            assert!(date(text).is_err(), "{text}");
        }
        assert_eq!(month("2023-12").map(|d| d.to_string()), Ok("2023-12-31".to_owned()));
    }

    #[test]
    fn licences_are_expressions_of_ids_and_tags() {
        for text in [
            "Apache-2.0",
            "apache-2.0",
            "llama3.1",
            "MIT OR Apache-2.0",
            "GPL-3.0-only WITH Classpath-exception-2.0",
            "NOASSERTION",
            "LicenseRef-publisher-2026",
            "(llama3.1 AND MIT)",
            "cc-by-nc-4.0",
            "GPL-3.0",
            "GPL-2.0-or-later",
        ] {
            assert!(licence(text).is_ok(), "{text}: {:?}", licence(text));
        }
        for text in ["", "MIT OR", "AND", "free for research", "(MIT", "MIT/Apache", "see the website"] {
            assert!(licence(text).is_err(), "{text}");
        }
    }

    #[test]
    fn common_names_of_licences_say_what_to_write() {
        for (text, meant) in [
            ("Apache 2.0", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("MIT License", "MIT"),
            ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ] {
            assert!(
                licence(text).is_err_and(|message| message.ends_with(&format!("write `{meant}`{MEANT}{meant}"))),
                "{:?}",
                licence(text)
            );
        }
        for text in ["free for research", "BSD License", "see the website"] {
            assert!(licence(text).is_err_and(|message| message.contains("SPDX id")), "{:?}", licence(text));
        }
    }

    #[test]
    fn counts_carry_suffixes() {
        assert_eq!(count("8B"), Ok(8e9));
        assert_eq!(count("700M"), Ok(7e8));
        assert!(count("8 B").is_err());
        assert!(count("inf").is_err());
        assert!(percent("99.9%").is_err());
    }

    #[test]
    fn countries_say_what_was_meant() {
        assert!(COUNTRIES.split(' ').is_sorted() && COUNTRIES.split(' ').all(|code| code.len() == 2 && country(code).is_ok()));
        assert!(["", "A", "AA", "DEU", "ZZ", "D "].iter().all(|text| country(text).is_err()));
        assert!(country("UK").is_err_and(|m| m.contains("`GB`")));
        assert!(country("de").is_err_and(|m| m.contains("`DE`")));
        assert!(region("EEA").is_ok());
        assert!(language("pt-BR").is_ok() && language("german").is_err());
    }
}
