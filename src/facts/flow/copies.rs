//! Which stores and parties keep what reaches them, and for how long.

use std::rc::Rc;

use super::super::{fact, text, truth};
use super::arrivals::Arrival;
use super::graph::Level;
use super::hops::HOP;
use super::transfers::agreements;
use super::{Flow, none, row};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Value};
use crate::manifest::vocabulary::{Component, Dataset, Party};

/// A row of `facts.copies`.
pub static COPY: RecordDesc = RecordDesc {
    name: "Copy",
    doc: "One data set and one store or party that keeps what reaches it.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("node", Type::Ref(target::FlowTarget::SECTIONS), "What keeps it."),
        fact("component", Type::Record(Component::DESC), "The store; `none` for a party."),
        fact(
            "party",
            Type::Record(Party::DESC),
            "The party, where the data is handed to it directly; else that which runs the store.",
        ),
        fact(
            "retention",
            Type::Duration,
            "The longest time for which it is said to be kept; for a log store that of `logging` counts too. Not meaningful where `unbounded`.",
        ),
        fact("unbounded", Type::Bool, "Whether it is kept without an end."),
        fact("personal", Type::Bool, "Whether what is kept is personal data."),
        fact("secret", Type::Bool, "Whether what is kept is secret."),
        fact("sensitive", Type::Bool, "Personal or secret."),
        fact("intact", Type::Bool, "Whether it is kept without redaction or anything stronger."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest way to it."),
        fact("cut", Type::Record(&HOP), "The last step of that way."),
    ],
};

/// The relation `facts.copies`.
pub fn copies<'m>(flow: &Rc<Flow<'m>>, arrivals: &[Arrival<'m>]) -> Answer<'m> {
    flow.section("datasets")?;
    flow.section("flows")?;
    let mut rows = Vec::new();
    for arrival in arrivals {
        let node = &flow.graph.nodes[arrival.node];
        let label = &flow.labels[arrival.label];
        let dataset = flow.value(label.dataset);
        let (component, retention) = match node.section {
            Section::Components => {
                let kind = text(&flow.view, &node.value, "kind");
                match kind.as_deref() {
                    Ok("store" | "vector_store" | "cache" | "log_store") => {}
                    Ok(_) => continue,
                    // What it is decides whether it keeps anything.
                    Err(_) => {
                        rows.push(Err(kind.err().unwrap_or_default()));
                        continue;
                    }
                }
                (Ok(node.value.clone()), kept(flow, arrival.node))
            }
            Section::Parties | Section::Models => match promised(flow, &dataset, arrival) {
                Some(retention) => (none(), retention),
                None => continue,
            },
            _ => continue,
        };
        let [personal, secret, sensitive] = arrival.sensitivity(flow);
        let unbounded = retention.as_ref().map(|value| matches!(value.data, Data::Bool(_)));
        let values = vec![
            Ok(dataset.clone()),
            Ok(flow.refer(arrival.node)),
            component,
            arrival.party.clone(),
            retention.clone().map(|value| match value.data {
                Data::Bool(_) => Value { data: Data::Duration(f64::INFINITY), place: value.place },
                _ => value,
            }),
            match unbounded {
                Ok(yes) => Ok(Value { data: Data::Bool(yes), place: retention.as_ref().ok().and_then(|value| value.place) }),
                Err(gaps) => Err(gaps.clone()),
            },
            truth(personal),
            truth(secret),
            truth(sensitive),
            truth(arrival.reaches(flow, Level::Released)),
            arrival.path(flow),
            arrival.cut(flow),
        ];
        rows.push(Ok(row(&COPY, arrival.key(flow), &flow.value(arrival.node), values)));
    }
    Flow::with_holes(rows, &flow.graph.holes)
}

/// How long a store keeps things: the longer of what the component and the logging that fills it say.
/// `true` stands for without an end.
pub fn kept<'m>(flow: &Flow<'m>, node: usize) -> Answer<'m> {
    let view = &flow.view;
    let own = duration(view.field(&flow.graph.nodes[node].value, "retention"));
    let logging = view.field(&view.manifest(), "logging");
    let store = logging.clone().and_then(|logging| text(view, &logging, "store"));
    if store.as_deref() != Ok(flow.graph.nodes[node].id) {
        return own;
    }
    // Of logging, `none` states that no limit is set.
    let logged = logging.and_then(|logging| view.field(&logging, "retention")).map(|value| match value.data {
        Data::None => Value { data: Data::Bool(true), place: value.place },
        _ => value,
    });
    let length = |value: &Value<'_>| match value.data {
        Data::Duration(seconds) => seconds,
        Data::Bool(_) => f64::INFINITY,
        _ => 0.0,
    };
    match (own, logged) {
        (Ok(own), Ok(logged)) => Ok(if length(&logged) > length(&own) { logged } else { own }),
        (Ok(own), Err(_)) => Ok(own),
        (Err(_), Ok(logged)) => Ok(logged),
        (Err(gaps), Err(_)) => Err(gaps),
    }
}

/// A retention, in which the word for without an end reads as `true` and `none` as no time.
fn duration(retention: Answer<'_>) -> Answer<'_> {
    retention.map(|value| match &value.data {
        Data::Word(..) => Value { data: Data::Bool(true), place: value.place },
        Data::None => Value { data: Data::Duration(0.0), place: value.place },
        _ => value,
    })
}

/// How long a party keeps what is handed to it directly, by the longest of its agreements that say so.
fn promised<'m>(flow: &Flow<'m>, dataset: &Value<'m>, arrival: &Arrival<'m>) -> Option<Answer<'m>> {
    let party = arrival.party.as_ref().ok().filter(|party| !matches!(party.data, Data::None))?;
    let id = text(&flow.view, party, "id").ok()?;
    let kind = text(&flow.view, party, "kind").unwrap_or_default();
    if kind == "cloud_infrastructure" {
        return None;
    }
    let party = flow.graph.find(&id)?;
    let agreements = match agreements(flow, dataset, party) {
        Ok(agreements) => agreements,
        Err(gaps) => return Some(Err(gaps)),
    };
    let mut longest: Option<Value<'m>> = None;
    let mut missing = None;
    for agreement in flow.view.elements(&agreements)? {
        let terms = agreement.and_then(|agreement| flow.view.field(&agreement, "terms"));
        let retention = match terms {
            Ok(terms) => flow.view.field(&terms, "retention"),
            Err(gaps) => gaps.field("retention"),
        };
        match (duration(retention), &longest) {
            (Ok(new), Some(old)) => {
                if let (Data::Duration(a), Data::Duration(b)) = (&new.data, &old.data)
                    && a > b
                {
                    longest = Some(new);
                }
            }
            (Ok(new), None) => longest = Some(new),
            (Err(gaps), _) => missing = Some(gaps),
        }
    }
    match (longest, missing) {
        (Some(longest), _) => Some(Ok(longest)),
        (None, Some(gaps)) => Some(Err(gaps)),
        (None, None) => None,
    }
}
