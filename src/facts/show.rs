//! Derived facts as plain data, for programs and for people.

use serde_json::{Map, Value as Json, json};

use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// A derived value as JSON. What is not known is `{"undeclared": [paths]}`; entries of the manifest are
/// given by their ids, or by where they are.
pub fn json<'m>(view: &View<'m>, value: &Value<'m>) -> Json {
    match &value.data {
        Data::None => Json::Null,
        Data::Bool(answer) => json!(answer),
        Data::Number(number) => json!(number),
        Data::Duration(seconds) if seconds.is_infinite() => json!("unbounded"),
        Data::Duration(seconds) => json!(seconds),
        Data::Text(text) => json!(text),
        Data::Date(day) => json!(day.to_string()),
        Data::Ref(id, _) => json!(id),
        Data::Word(desc, index) => json!(desc.words[*index].0),
        Data::Record(_) => json!(entry(view, value)),
        Data::Row(row) => {
            let fields = row.desc.fields.iter().zip(&row.values);
            let fields = fields.map(|(field, answer)| (field.name.to_owned(), self::answer(view, answer)));
            Json::Object(fields.collect::<Map<_, _>>())
        }
        Data::Items(_) | Data::List(_) | Data::Later(_) => {
            let elements = view.elements(value).unwrap_or_default();
            elements.iter().map(|element| answer(view, element)).collect()
        }
    }
}

fn answer<'m>(view: &View<'m>, answer: &Answer<'m>) -> Json {
    match answer {
        Ok(value) => json(view, value),
        Err(gaps) => undeclared(view, gaps),
    }
}

fn undeclared(view: &View<'_>, gaps: &Gaps) -> Json {
    let paths: Vec<String> = gaps.iter().map(|gap| view.gap_path(gap)).collect();
    json!({ "undeclared": paths })
}

/// The id of an entry, or its path where it has none.
fn entry<'m>(view: &View<'m>, value: &Value<'m>) -> String {
    let named = matches!(value.data, Data::Record(desc) if desc.field("id").is_some());
    let id = view.field(value, "id").ok().filter(|_| named).and_then(|id| super::word(&id).map(std::borrow::Cow::into_owned));
    id.unwrap_or_else(|| value.place.map(|place| view.tree.path(place).text()).unwrap_or_default())
}
