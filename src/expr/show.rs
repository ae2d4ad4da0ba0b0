//! Values as messages show them.

use super::eval::{as_text, entry_id};
use crate::manifest::leaf;
use crate::manifest::value::{Data, Value, View};
use crate::spelling;

/// A value as messages show it.
pub fn show<'m>(view: &View<'m>, value: &Value<'m>) -> String {
    match &value.data {
        Data::None => "none".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => show_number(*number),
        Data::Date(day) => day.to_string(),
        Data::Duration(seconds) => show_duration(*seconds),
        Data::Text(_) | Data::Ref(..) | Data::Word(..) => as_text(value).unwrap_or_default().into_owned(),
        Data::Record(_) => {
            entry_id(view, value).unwrap_or_else(|_| value.place.map_or_else(String::new, |place| view.tree.path(place).text()))
        }
        Data::Row(row) => row.desc.name.to_owned(),
        Data::Items(_) | Data::List(_) | Data::Later(_) => {
            let elements = view.each(value).into_iter().flatten();
            let words: Vec<_> = elements.map(|element| element.map_or("?".to_owned(), |value| show(view, &value))).collect();
            words.join(", ")
        }
    }
}

/// Whole numbers with thousands set apart, others with at most four significant decimals.
fn show_number(number: f64) -> String {
    let text = if number.abs() >= 100.0 || number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.3}") };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = spelling::grouped(whole);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { grouped } else { format!("{grouped}.{fraction}") }
}

fn show_duration(seconds: f64) -> String {
    let days = seconds / leaf::SECONDS_PER_DAY;
    if days.abs() >= 2.0 {
        return format!("{} days", show_number(days.round()));
    }
    match seconds.abs() {
        s if s >= 7200.0 => format!("{} hours", show_number(seconds / 3600.0)),
        s if s >= 120.0 => format!("{} minutes", show_number(seconds / 60.0)),
        _ => format!("{} s", show_number(seconds)),
    }
}

/// The stops of a path: where the first hop begins, and where each ends.
pub fn route<'m>(view: &View<'m>, path: &Value<'m>) -> Option<String> {
    let end = |hop: &Value<'m>, field: &str| view.field(hop, field).ok().map(|value| show(view, &value));
    let hops: Vec<Value<'m>> = view.each(path)?.flatten().collect();
    let first = hops.first().and_then(|hop| end(hop, "from"));
    let stops: Vec<String> = first.into_iter().chain(hops.iter().filter_map(|hop| end(hop, "to"))).collect();
    Some(stops.join(" → "))
}
