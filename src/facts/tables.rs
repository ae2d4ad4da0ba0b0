//! Which dated tables the manifest is read with, and how old they are.

use jiff::civil::Date;

use super::{fact, list, text};
use crate::knowledge::tables::{Known, Tables};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Value, View};

/// A row of `facts.tables`.
pub static TABLE: RecordDesc = RecordDesc {
    name: "Table",
    doc: "A table of figures that something in the manifest is looked up in.",
    fields: &[
        fact("name", Type::Text, "`models` or `accelerators`."),
        fact("date", Type::Date, "The day on which it was put together."),
        fact("age", Type::Duration, "The time from then to today."),
        fact("own", Type::Bool, "Whether it is a table of the organisation's own."),
        fact("entry", Type::Text, "What was looked up first, at the line that names it."),
    ],
};

/// The relation `facts.tables`: one row for each table that has an entry for something declared.
pub fn derive<'m>(view: &View<'m>, tables: &Tables, today: Date) -> Answer<'m> {
    let mut rows: Vec<Answer<'m>> = Vec::new();
    let mut seen: Vec<(&'static str, Date)> = Vec::new();
    let mut add = |name: &'static str, named: &Value<'m>, id: &str, date: Date, own: bool| {
        if !seen.contains(&(name, date)) {
            seen.push((name, date));
            rows.push(Ok(row(name, named, id, date, own, today)));
        }
    };
    for model in list(view, &view.manifest(), "models").unwrap_or_default().into_iter().flatten() {
        if let (Ok(source), Ok(named)) = (text(view, &model, "source"), view.field(&model, "source"))
            && let Some(Known { entry, date, own, .. }) = tables.model(&source)
        {
            add("models", &named, &entry.id, date, own);
        }
    }
    for host in list(view, &view.manifest(), "hosting").unwrap_or_default().into_iter().flatten() {
        if let Ok(gpus) = view.field(&host, "gpus")
            && let (Ok(name), Ok(named)) = (text(view, &gpus, "type"), view.field(&gpus, "type"))
            && let Some(Known { entry, date, own, .. }) = tables.accelerator(&name)
        {
            add("accelerators", &named, entry.title(), date, own);
        }
    }
    Ok(Value::list(rows))
}

fn row<'m>(name: &'static str, named: &Value<'m>, id: &str, date: Date, own: bool, today: Date) -> Value<'m> {
    let seconds = f64::from((today - date).get_days()) * 86_400.0;
    let values = vec![
        Ok(Value::computed(Data::Text(name.into()))),
        Ok(Value::computed(Data::Date(date))),
        Ok(Value::computed(Data::Duration(seconds))),
        Ok(Value::computed(Data::Bool(own))),
        Ok(Value { data: Data::Text(id.to_owned().into()), place: named.place }),
    ];
    Value { place: named.place, data: Data::row(&TABLE, name.to_owned(), values) }
}
