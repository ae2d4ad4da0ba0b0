//! Figures for people to read.

use crate::estimate::Quantity;
use crate::spelling;

const KIB: f64 = 1024.0;

/// A number with its unit: bytes in the largest binary unit that leaves a whole number, everything else with
/// thousands set apart and no more digits than are worth reading.
pub fn number(value: f64, unit: &str) -> String {
    match unit {
        "bytes" | "bytes/s" => bytes(value, unit.strip_prefix("bytes").unwrap_or_default()),
        "operations/s" => format!("{} TFLOPS", digits(value / 1e12)),
        "share" => format!("{} %", digits(100.0 * value)),
        "seconds" if value < 1.0 => format!("{} ms", digits(1000.0 * value)),
        "seconds" => format!("{} s", digits(value)),
        "parameters" => format!("{} B", digits(value / 1e9)),
        _ => digits(value),
    }
}

fn bytes(value: f64, per: &str) -> String {
    // What vendors print of bandwidth is decimal.
    if per == "/s" {
        return format!("{} GB/s", digits(value / 1e9));
    }
    let (scaled, unit) = match value.abs() {
        size if size >= KIB * KIB * KIB => (value / (KIB * KIB * KIB), "GiB"),
        size if size >= KIB * KIB => (value / (KIB * KIB), "MiB"),
        size if size >= KIB => (value / KIB, "KiB"),
        _ => (value, "B"),
    };
    format!("{} {unit}", digits(scaled))
}

/// Thousands set apart; below a thousand three significant digits, or a whole number as it is.
pub fn digits(value: f64) -> String {
    if !value.is_finite() {
        return "∞".to_owned();
    }
    let size = value.abs();
    let decimals = match size {
        _ if size >= 1000.0 || (value - value.round()).abs() < 1e-9 => 0,
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 0.1 => 2,
        _ => 4,
    };
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some((whole, part)) => format!("{}.{part}", spelling::grouped(whole)),
        None => spelling::grouped(&text),
    }
}

/// A number of things: `1 duty`, `2 duties`.
pub fn counted(count: usize, thing: &str) -> String {
    match thing.strip_suffix('y') {
        _ if count == 1 => format!("1 {thing}"),
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {thing}s"),
    }
}

/// A quantity; what is not known is a dash, and a number without a bound says so.
pub fn quantity(quantity: &Quantity, unit: &str) -> String {
    match quantity.value {
        Some(value) => number(value, unit),
        None if quantity.unbounded => "never".to_owned(),
        None => "—".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_precise_as_is_worth_reading() {
        for (value, unit, text) in [
            (131_072.0, "bytes", "128 KiB"),
            (16_060_522_496.0, "bytes", "15.0 GiB"),
            (3_350e9, "bytes/s", "3,350 GB/s"),
            (17_004.0, "users", "17,004"),
            (6.953, "months", "6.95"),
            (0.05, "seconds", "50 ms"),
            (0.833, "share", "83.3 %"),
            (-1234.5, "money", "-1,234"),
            (0.0, "money", "0"),
            (f64::INFINITY, "users", "∞"),
        ] {
            assert_eq!(number(value, unit), text, "{value} {unit}");
        }
    }
}
