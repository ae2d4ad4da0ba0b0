//! Which parties a data set is handed to, and which agreements bind them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::{fact, list, text, truth, word};
use super::arrivals::Arrival;
use super::hops::HOP;
use super::{Flow, both, either, none, row};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::{Agreement, Dataset, Party};

/// A row of `facts.transfers`.
pub static TRANSFER: RecordDesc = RecordDesc {
    name: "Transfer",
    doc: "One data set and one party that it is handed to.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("party", Type::Record(Party::DESC), "The party."),
        fact(
            "external",
            Type::Bool,
            "Whether the party is somebody else: a customer or tenant that receives its own data is not.",
        ),
        fact("personal", Type::Bool, "Whether what it receives is personal data."),
        fact("secret", Type::Bool, "Whether what it receives is secret."),
        fact("sensitive", Type::Bool, "Personal or secret."),
        fact(
            "agreements",
            Type::List(&Type::Record(Agreement::DESC)),
            "Agreements with the party that are in force and cover the data set. General terms, and every agreement with a provider of infrastructure, cover what they do not exclude; another agreement has to say what it covers.",
        ),
        fact("nodes", Type::List(&Type::Ref(target::FlowTarget::SECTIONS)), "The places of the party that it reaches."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest way to the first of them."),
        fact("cut", Type::Record(&HOP), "The last step of that way."),
    ],
};

/// The relation `facts.transfers`.
pub fn transfers<'m>(flow: &Rc<Flow<'m>>, arrivals: &[Arrival<'m>]) -> Answer<'m> {
    flow.section("datasets")?;
    flow.section("flows")?;
    let mut groups: BTreeMap<(usize, usize), Vec<&Arrival<'m>>> = BTreeMap::new();
    let mut open: BTreeMap<usize, Gaps> = BTreeMap::new();
    for arrival in arrivals {
        match &arrival.party {
            Ok(Value { data: Data::None, .. }) => {}
            Ok(party) => {
                let id = text(&flow.view, party, "id").unwrap_or_default();
                if let Some(party) = flow.graph.find(&id) {
                    groups.entry((arrival.label, party)).or_default().push(arrival);
                }
            }
            // Whose place it is matters for what is sensitive.
            Err(gaps) => {
                let [_, _, sensitive] = arrival.sensitivity(flow);
                if !stays(flow, arrival.node) && sensitive != Ok(false) {
                    let of_dataset = open.entry(arrival.label).or_default();
                    *of_dataset = std::mem::take(of_dataset).and(gaps.clone());
                }
            }
        }
    }
    let rows = groups.into_iter().map(|((label, party), arrivals)| {
        let dataset = flow.value(flow.labels[label].dataset);
        let at = |index: usize| Flow::any(arrivals.iter().map(|arrival| arrival.sensitivity(flow)[index].clone()));
        // The nearest place stands for all.
        let length =
            |arrival: &&&Arrival<'m>| flow.labels[label].best(&flow.graph, arrival.node).way(&flow.graph, arrival.node).len();
        let nearest = arrivals.iter().min_by_key(length);
        let values = vec![
            Ok(dataset.clone()),
            Ok(flow.value(party)),
            truth(external(flow, &dataset, party)),
            truth(at(0)),
            truth(at(1)),
            truth(at(2)),
            agreements(flow, &dataset, party),
            Ok(Value::list(arrivals.iter().map(|arrival| Ok(flow.refer(arrival.node))).collect())),
            nearest.map_or_else(none, |arrival| arrival.path(flow)),
            nearest.map_or_else(none, |arrival| arrival.cut(flow)),
        ];
        let nodes = &flow.graph.nodes;
        let key = format!("{} {}", nodes[flow.labels[label].dataset].id, nodes[party].id);
        Ok(row(&TRANSFER, key, &dataset, values))
    });
    // Whether it is handed to anybody there is open; which data set that would be is known.
    let open = open.into_iter().map(|(label, gaps)| Err(gaps.of("dataset.id", flow.graph.nodes[flow.labels[label].dataset].id)));
    Flow::with_holes(rows.chain(open).collect(), &flow.graph.holes)
}

/// A tool whose declared effect is not to send anything out keeps what it is given, so that nobody has
/// to say who runs it.
fn stays(flow: &Flow<'_>, node: usize) -> bool {
    let value = &flow.graph.nodes[node].value;
    let kind = text(&flow.view, value, "kind").unwrap_or_default();
    let effect = text(&flow.view, value, "effect");
    matches!(kind.as_ref(), "tool" | "executor") && effect.is_ok_and(|effect| effect != "egress")
}

/// Whether a party is somebody else to a data set: its own owner is not.
fn external<'m>(flow: &Flow<'m>, dataset: &Value<'m>, party: usize) -> Result<bool, Gaps> {
    let id = flow.graph.nodes[party].id;
    let kind = text(&flow.view, &flow.graph.nodes[party].value, "kind");
    if kind.is_ok_and(|kind| !matches!(kind.as_ref(), "customer" | "tenant")) {
        return Ok(true);
    }
    let rights = flow.view.field(dataset, "rights");
    let owner = match rights {
        Ok(rights) => text(&flow.view, &rights, "owner"),
        Err(gaps) => Err(gaps),
    };
    let own = either(owner.map(|owner| owner == id), text(&flow.view, dataset, "tenant").map(|tenant| tenant == id));
    own.map(|own| !own)
}

/// Agreements with a party that are in force and cover the data set; what is not said stays in as a gap.
pub fn agreements<'m>(flow: &Flow<'m>, dataset: &Value<'m>, party: usize) -> Answer<'m> {
    let view = &flow.view;
    let node = &flow.graph.nodes[party];
    let infrastructure = text(view, &node.value, "kind").as_deref() == Ok("cloud_infrastructure");
    let data = text(view, dataset, "id")?;
    let mut found = Vec::new();
    for agreement in flow.agreements.about(node.id)? {
        let agreement = match agreement {
            Ok(agreement) => agreement,
            Err(gaps) => {
                found.push(Err(gaps.clone()));
                continue;
            }
        };
        let with = text(view, agreement, "with").map(|with| with == node.id);
        let kind = text(view, agreement, "kind").unwrap_or_default();
        let general = matches!(kind.as_ref(), "consumer_terms" | "enterprise_terms" | "customer_terms" | "sla");
        let covers = match list(view, agreement, "covers") {
            Ok(covered) => Ok(covered.iter().flatten().filter_map(word).any(|id| id == data)),
            Err(gaps) if infrastructure || general => {
                if gaps.iter().any(|gap| gap.stated_unknown) {
                    Err(gaps)
                } else {
                    Ok(true)
                }
            }
            Err(gaps) => Err(gaps),
        };
        match both(with, both(in_force(flow, agreement, &kind), covers)) {
            Ok(true) => found.push(Ok(agreement.clone())),
            Ok(false) => {}
            Err(gaps) => found.push(Err(gaps)),
        }
    }
    Ok(Value::list(found))
}

/// Mandates and terms run until somebody ends them; of other agreements the end has to be said.
fn in_force<'m>(flow: &Flow<'m>, agreement: &Value<'m>, kind: &str) -> Result<bool, Gaps> {
    let endless = matches!(kind, "engagement_letter" | "customer_terms" | "consumer_terms" | "enterprise_terms");
    let view = &flow.view;
    let renews = matches!(view.field(agreement, "auto_renews")?.data, Data::Bool(true));
    match view.field(agreement, "expires") {
        Ok(Value { data: Data::Date(day), .. }) => Ok(renews || day >= flow.today),
        Ok(_) => Ok(true),
        Err(_) if renews => Ok(true),
        Err(gaps) if endless && !gaps.iter().any(|gap| gap.stated_unknown) => Ok(true),
        Err(gaps) => Err(gaps),
    }
}
