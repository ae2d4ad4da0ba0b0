//! Where a data set comes to lie: components, models, data sets and parties, with who runs them and
//! where; what that makes of it, a transfer to a party or a copy that is kept; and what each flow carries.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::{fact, list, text, truth, word};
use super::graph::Level;
use super::hops::{HOP, path};
use super::memories::Memory;
use super::{Any, Flow, both, either, none, row};
use crate::knowledge::regions::{self, Extent};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::{Agreement, Component, Dataset, Hosting, Model, Party, TrainingRun};

/// A row of `facts.arrivals`.
pub static ARRIVAL: RecordDesc = RecordDesc {
    name: "Arrival",
    doc: "One data set and one place that it reaches: a component, a model where it is hosted, another data set, or a party.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("node", Type::Ref(target::FlowTarget::SECTIONS), "The place it reaches."),
        fact("component", Type::Record(Component::DESC), "The place, if it is a component; else `none`."),
        fact("model", Type::Record(Model::DESC), "The place, if it is a model; else `none`."),
        fact("copy", Type::Record(Dataset::DESC), "The place, if it is another data set; else `none`."),
        fact("host", Type::Record(Hosting::DESC), "The hosting entry that runs the model; else `none`."),
        fact("party", Type::Record(Party::DESC), "The party that runs the place; `none` where the organisation does."),
        fact(
            "country",
            Type::Country,
            "Where it is: the country of the component, hosting entry or party. Where a party sits does not say where it runs things, so that of a place that does not state its country nothing is known.",
        ),
        fact(
            "adequate",
            Type::Bool,
            "Whether the country's protection of personal data is adequate on the day: for the GDPR the Economic Area and the countries with a decision of the Commission, for the UK GDPR those that the United Kingdom recognises; in the United States only certified recipients. The decisions are a dated table.",
        ),
        fact(
            "resident",
            Type::Bool,
            "Whether the country lies where the data set has to stay; `EU` and `EEA` are their member states.",
        ),
        fact("reached", Type::Bool, "Whether anything of the data set gets there, be it redacted."),
        fact("intact", Type::Bool, "Whether it gets there without redaction or anything stronger."),
        fact("unfiltered", Type::Bool, "Whether it gets there without anything that filters who receives what."),
        fact("context", Type::Bool, "Whether it enters a model's context, rather than its training or evaluation only."),
        fact("personal", Type::Bool, "Whether what arrives is personal data."),
        fact("secret", Type::Bool, "Whether what arrives is secret."),
        fact("sensitive", Type::Bool, "Personal or secret."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest way."),
        fact("cut", Type::Record(&HOP), "The last step of that way."),
    ],
};

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

/// A row of `facts.erasures`.
pub static ERASURE: RecordDesc = RecordDesc {
    name: "Erasure",
    doc: "One data set and one copy that a request for erasure would have to reach: a store, or the weights that a training run made.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("node", Type::Ref(target::FlowTarget::SECTIONS), "What keeps it."),
        fact("component", Type::Record(Component::DESC), "The store; `none` for weights."),
        fact(
            "run",
            Type::Record(TrainingRun::DESC),
            "For weights, the training run; `none` for stores, and where only `trained_on` or a flow says it.",
        ),
        fact(
            "route",
            Type::Text,
            "How erasure reaches it: the store's `erasure`, or the run's `unlearning`; `none` where nothing does.",
        ),
        fact("retention", Type::Duration, "How long it is kept; weights forget nothing by themselves."),
        fact("personal", Type::Bool, "Whether what is kept is personal data."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest way to it."),
        fact("cut", Type::Record(&HOP), "The last step of that way; for weights the step into training."),
    ],
};

/// A row of `facts.carried`.
pub static CARRIED: RecordDesc = RecordDesc {
    name: "Carried",
    doc: "One flow and what travels on it.",
    fields: &[
        fact("flow", Type::Record(crate::manifest::vocabulary::Flow::DESC), "The flow."),
        fact("sensitive", Type::Bool, "Whether anything sensitive travels on it."),
        fact("datasets", Type::List(&Type::Record(Dataset::DESC)), "The sensitive data sets that travel on it."),
    ],
};

/// One data set at one place.
pub struct Arrival<'m> {
    label: usize,
    node: usize,
    host: Option<Value<'m>>,
    party: Answer<'m>,
    country: Answer<'m>,
}

impl<'m> Arrival<'m> {
    fn reaches(&self, flow: &Flow<'m>, level: Level) -> Result<bool, Gaps> {
        flow.labels[self.label].spread(level).reaches(&flow.graph, self.node)
    }

    fn sensitivity(&self, flow: &Flow<'m>) -> [Result<bool, Gaps>; 3] {
        let label = &flow.labels[self.label];
        let at = |level| self.reaches(flow, level);
        [label.personal(&at), label.secret(&at), label.sensitive(flow, &at)]
    }

    fn path(&self, flow: &Rc<Flow<'m>>) -> Answer<'m> {
        let (label, node) = (self.label, self.node);
        path(flow, move |flow| {
            let way = flow.labels[label].best(&flow.graph, node).way(&flow.graph, node);
            way.into_iter().map(|edge| flow.hop(edge)).collect()
        })
    }

    fn cut(&self, flow: &Flow<'m>) -> Answer<'m> {
        let last = flow.labels[self.label].best(&flow.graph, self.node).last(self.node);
        last.map_or_else(none, |edge| Ok(flow.hop_row(flow.hop(edge))))
    }

    fn key(&self, flow: &Flow<'m>) -> String {
        let nodes = &flow.graph.nodes;
        let host = self.host.as_ref().and_then(|host| text(&flow.view, host, "id").ok());
        let host = host.map(|host| format!(" {host}")).unwrap_or_default();
        format!("{} {}{host}", nodes[flow.labels[self.label].dataset].id, nodes[self.node].id)
    }
}

/// Every data set at every place.
pub fn of<'m>(flow: &Flow<'m>) -> Vec<Arrival<'m>> {
    let places: Vec<_> = (0..flow.graph.nodes.len()).map(|node| custody(flow, node)).collect();
    let mut arrivals = Vec::new();
    for (label, spread) in flow.labels.iter().enumerate() {
        for node in spread.spreads[2].nodes() {
            if node == spread.dataset {
                continue;
            }
            for (host, party, country) in &places[node] {
                let (host, party, country) = (host.clone(), party.clone(), country.clone());
                arrivals.push(Arrival { label, node, host, party, country });
            }
        }
    }
    arrivals
}

type Custody<'m> = (Option<Value<'m>>, Answer<'m>, Answer<'m>);

/// Who runs a place and where it is; a model once for each hosting entry. People have no custody.
fn custody<'m>(flow: &Flow<'m>, node: usize) -> Vec<Custody<'m>> {
    let view = &flow.view;
    let declared = &flow.graph.nodes[node];
    let value = declared.value.clone();
    match declared.section {
        Section::Parties => vec![(None, Ok(value.clone()), view.field(&value, "country"))],
        Section::Components => {
            let party = followed(flow, &value, "party");
            vec![(None, party, view.field(&value, "country"))]
        }
        Section::Models => {
            let mut places = Vec::new();
            for host in list(view, &view.manifest(), "hosting").unwrap_or_default().into_iter().flatten() {
                let models = list(view, &host, "models").unwrap_or_default();
                if models.iter().flatten().filter_map(word).any(|id| id == declared.id) {
                    let mut party = followed(flow, &host, "party");
                    if party.is_err() && text(view, &host, "mode").as_deref() == Ok("vendor_api") {
                        party = followed(flow, &value, "vendor");
                    }
                    let country = view.field(&host, "country");
                    places.push((Some(host), party, country));
                }
            }
            if places.is_empty() {
                places.push(unhosted(flow, &value));
            }
            places
        }
        Section::Datasets => vec![(None, none(), none())],
        _ => Vec::new(),
    }
}

/// A model that no hosting entry serves runs at its vendor, or nowhere.
fn unhosted<'m>(flow: &Flow<'m>, model: &Value<'m>) -> Custody<'m> {
    let hosted = flow.view.field(&flow.view.manifest(), "hosting").map(|_| ());
    match followed(flow, model, "vendor") {
        Ok(Value { data: Data::None, .. }) => (None, none(), none()),
        Ok(vendor) => {
            let country = flow.view.field(&vendor, "country");
            (None, Ok(vendor), country)
        }
        // Open weights that are not served are not somebody else's.
        Err(gaps) => match (text(&flow.view, model, "access").as_deref(), hosted) {
            (Ok("open_weights" | "open_source"), _) => (None, none(), none()),
            (Ok("vendor_api" | "managed"), _) => (None, Err(gaps.clone()), Err(gaps)),
            (_, Ok(())) => (None, none(), none()),
            (_, Err(hosting)) => (None, Err(hosting.clone()), Err(hosting)),
        },
    }
}

fn followed<'m>(flow: &Flow<'m>, record: &Value<'m>, field: &str) -> Answer<'m> {
    let value = flow.view.field(record, field)?;
    flow.view.follow(&value)
}

/// The relation `facts.arrivals`.
pub fn relation<'m>(flow: &Rc<Flow<'m>>, arrivals: &[Arrival<'m>]) -> Answer<'m> {
    flow.section("datasets")?;
    flow.section("flows")?;
    let rows = arrivals.iter().map(|arrival| {
        let section = flow.graph.nodes[arrival.node].section;
        let as_record = |wanted: Section| if section == wanted { Ok(flow.value(arrival.node)) } else { none() };
        let [personal, secret, sensitive] = arrival.sensitivity(flow);
        let label = &flow.labels[arrival.label];
        let enters = label.spreads[2].enters(&flow.graph, arrival.node);
        let values = vec![
            Ok(flow.value(label.dataset)),
            Ok(flow.refer(arrival.node)),
            as_record(Section::Components),
            as_record(Section::Models),
            as_record(Section::Datasets),
            arrival.host.clone().map_or_else(none, Ok),
            arrival.party.clone(),
            arrival.country.clone(),
            truth(adequate(flow, arrival)),
            truth(resident(flow, arrival)),
            truth(arrival.reaches(flow, Level::Secret)),
            truth(arrival.reaches(flow, Level::Released)),
            truth(arrival.reaches(flow, Level::Unfiltered)),
            truth(enters),
            truth(personal),
            truth(secret),
            truth(sensitive),
            arrival.path(flow),
            arrival.cut(flow),
        ];
        Ok(row(&ARRIVAL, arrival.key(flow), &flow.value(arrival.node), values))
    });
    Flow::with_holes(rows.collect(), &flow.graph.holes)
}

/// Whether personal data is adequately protected where it arrives, under every regime that applies.
fn adequate<'m>(flow: &Flow<'m>, arrival: &Arrival<'m>) -> Result<bool, Gaps> {
    let country = arrival.country.clone()?;
    let Some(country) = word(&country) else { return Ok(false) };
    let regimes = super::super::regimes::regimes(&flow.view)
        .map(|regimes| flow.view.elements(&regimes).unwrap_or_default().into_iter().flatten().collect::<Vec<_>>());
    let british = regimes.is_ok_and(|regimes| {
        let applies = |name: &str| regimes.iter().any(|regime| word(regime).as_deref() == Some(name));
        applies("uk_gdpr") && !applies("gdpr")
    });
    let extent = if british {
        regions::adequate_for_uk(&country, flow.today)
    } else if regions::in_eea(&country) {
        Some(Extent::All)
    } else {
        regions::adequate(&country, flow.today).map(|known| known.extent)
    };
    match extent {
        None => Ok(false),
        Some(Extent::All | Extent::CommercialOrganisations) => Ok(true),
        Some(Extent::CertifiedRecipients) => {
            let party = arrival.party.clone()?;
            flow.view.field(&party, "dpf_certified").map(|certified| matches!(certified.data, Data::Bool(true)))
        }
    }
}

/// Whether a place lies where a data set has to stay.
fn resident<'m>(flow: &Flow<'m>, arrival: &Arrival<'m>) -> Result<bool, Gaps> {
    let dataset = flow.value(flow.labels[arrival.label].dataset);
    let mut any = Any::default();
    let country = arrival.country.as_ref().map_err(Clone::clone).map(|country| word(country).unwrap_or_default());
    for region in list(&flow.view, &dataset, "residency")? {
        let region = region.map(|region| word(&region).unwrap_or_default().into_owned());
        let within = |region: &str, country: &str| match region {
            "EU" => regions::EU.contains(&country),
            "EEA" => regions::in_eea(country),
            _ => region == country,
        };
        any.add(match (&region, &country) {
            (Ok(region), Ok(country)) => Ok(within(region, country)),
            (Err(gaps), _) | (_, Err(gaps)) => Err(gaps.clone()),
        });
    }
    any.answer()
}

/// The relation `facts.transfers`.
pub fn transfers<'m>(flow: &Rc<Flow<'m>>, arrivals: &[Arrival<'m>]) -> Answer<'m> {
    flow.section("datasets")?;
    flow.section("flows")?;
    let mut groups: BTreeMap<(usize, usize), Vec<&Arrival<'m>>> = BTreeMap::new();
    let mut holes = flow.graph.holes.clone();
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
                let hands_over = !stays(flow, arrival.node);
                if hands_over && sensitive != Ok(false) && !holes.contains(gaps) {
                    holes.push(gaps.clone());
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
    Flow::with_holes(rows.collect(), &holes)
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
fn agreements<'m>(flow: &Flow<'m>, dataset: &Value<'m>, party: usize) -> Answer<'m> {
    let view = &flow.view;
    let node = &flow.graph.nodes[party];
    let infrastructure = text(view, &node.value, "kind").as_deref() == Ok("cloud_infrastructure");
    let data = text(view, dataset, "id")?;
    let mut found = Vec::new();
    for agreement in list(view, &view.manifest(), "agreements")? {
        let agreement = match agreement {
            Ok(agreement) => agreement,
            Err(gaps) => {
                found.push(Err(gaps));
                continue;
            }
        };
        let with = text(view, &agreement, "with").map(|with| with == node.id);
        let kind = text(view, &agreement, "kind").unwrap_or_default();
        let general = matches!(kind.as_ref(), "consumer_terms" | "enterprise_terms" | "customer_terms" | "sla");
        let covers = match list(view, &agreement, "covers") {
            Ok(covered) => Ok(covered.iter().flatten().filter_map(word).any(|id| id == data)),
            Err(gaps) if infrastructure || general => {
                if gaps.0.iter().any(|gap| gap.stated_unknown) {
                    Err(gaps)
                } else {
                    Ok(true)
                }
            }
            Err(gaps) => Err(gaps),
        };
        match both(with, both(in_force(flow, &agreement, &kind), covers)) {
            Ok(true) => found.push(Ok(agreement)),
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
        Err(gaps) if endless && !gaps.0.iter().any(|gap| gap.stated_unknown) => Ok(true),
        Err(gaps) => Err(gaps),
    }
}

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

/// The relation `facts.erasures`.
pub fn erasures<'m>(flow: &Rc<Flow<'m>>, arrivals: &[Arrival<'m>], memories: &[Rc<Memory<'m>>]) -> Answer<'m> {
    flow.section("datasets")?;
    flow.section("flows")?;
    let mut rows = Vec::new();
    for arrival in arrivals.iter().filter(|arrival| flow.graph.nodes[arrival.node].section == Section::Components) {
        let component = flow.value(arrival.node);
        match text(&flow.view, &component, "kind") {
            Ok(kind) if matches!(kind.as_ref(), "store" | "vector_store" | "cache" | "log_store") => {}
            Ok(_) => continue,
            Err(gaps) => {
                rows.push(Err(gaps));
                continue;
            }
        }
        let [personal, ..] = arrival.sensitivity(flow);
        let values = vec![
            Ok(flow.value(flow.labels[arrival.label].dataset)),
            Ok(flow.refer(arrival.node)),
            Ok(component.clone()),
            none(),
            as_text(flow, flow.view.field(&component, "erasure")),
            kept(flow, arrival.node).map(|value| match value.data {
                Data::Bool(_) => Value { data: Data::Duration(f64::INFINITY), place: value.place },
                _ => value,
            }),
            truth(personal),
            arrival.path(flow),
            arrival.cut(flow),
        ];
        rows.push(Ok(row(&ERASURE, arrival.key(flow), &component, values)));
    }
    rows.extend(memories.iter().filter(|memory| memory.learner == 0).map(|memory| Ok(in_weights(flow, memory))));
    Flow::with_holes(rows, &[flow.graph.holes.as_slice(), flow.graph.untold.as_slice()].concat())
}

/// What training puts into weights stays there as long as they do.
fn in_weights<'m>(flow: &Rc<Flow<'m>>, memory: &Rc<Memory<'m>>) -> Value<'m> {
    let label = &flow.labels[memory.label];
    let dataset = flow.value(label.dataset);
    let personal = label.personal(&|level: Level| memory.enters(flow, level));
    let steps = Rc::clone(memory);
    let route = match &memory.link.run {
        Some(run) => as_text(flow, flow.view.field(run, "unlearning")),
        None => none(),
    };
    let values = vec![
        Ok(dataset.clone()),
        Ok(flow.refer(memory.model)),
        none(),
        memory.link.run.clone().map_or_else(none, Ok),
        route,
        Ok(Value::computed(Data::Duration(f64::INFINITY))),
        truth(personal),
        path(flow, move |flow| steps.steps(flow)),
        flow.training_hops(&memory.link).into_iter().next().map_or_else(none, |step| Ok(flow.hop_row(step))),
    ];
    let key = format!("{} {}", flow.graph.nodes[label.dataset].id, memory.link.name);
    row(&ERASURE, key, &dataset, values)
}

/// A word of whatever enumeration, as text.
fn as_text<'m>(flow: &Flow<'m>, value: Answer<'m>) -> Answer<'m> {
    let value = value?;
    match (&value.data, word(&value)) {
        (Data::None, _) => Ok(value),
        (_, Some(word)) => Ok(Value { data: Data::Text(word.into_owned().into()), place: value.place }),
        _ => Err(flow.view.gap_at(value.place)),
    }
}

/// How long a store keeps things: the longer of what the component and the logging that fills it say.
/// `true` stands for without an end.
fn kept<'m>(flow: &Flow<'m>, node: usize) -> Answer<'m> {
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

/// The relation `facts.carried`.
pub fn carried<'m>(flow: &Rc<Flow<'m>>) -> Answer<'m> {
    flow.section("flows")?;
    let mut rows = Vec::new();
    for (at, edge) in flow.graph.edges.iter().enumerate() {
        let Some(declared) = &edge.flow else { continue };
        let mut datasets = Vec::new();
        let mut sensitive = Any::default();
        for label in &flow.labels {
            let travels = |level: Level| travels(flow, label, at, level);
            let answer = label.sensitive(flow, &travels);
            match &answer {
                Ok(true) => datasets.push(Ok(flow.value(label.dataset))),
                Ok(false) => {}
                Err(gaps) => datasets.push(Err(gaps.clone())),
            }
            sensitive.add(answer);
        }
        let (from, to) = (flow.graph.nodes[edge.from].id, flow.graph.nodes[edge.to].id);
        let values = vec![Ok(declared.clone()), truth(sensitive.answer()), Ok(Value::list(datasets))];
        let key = format!("{from} {to} {}", edge.word);
        rows.push(Ok(row(&CARRIED, key, declared, values)));
    }
    Flow::with_holes(rows, &flow.graph.holes)
}

/// Whether a data set travels on an edge, at no less than a level.
pub fn travels(flow: &Flow<'_>, label: &super::Label, edge: usize, level: Level) -> Result<bool, Gaps> {
    let edge = &flow.graph.edges[edge];
    let named = edge.carries.as_ref().map(|carries| carries.contains(&label.dataset));
    if named == Some(false) {
        return Ok(false);
    }
    let passage = &edge.passage;
    let passes = if passage.exists && passage.surely >= level {
        Ok(true)
    } else if passage.perhaps >= level {
        Err(passage.doubt.clone().unwrap_or_default())
    } else {
        Ok(false)
    };
    // What a flow names it carries, wherever it comes from.
    let here = if named == Some(true) || edge.from == label.dataset {
        Ok(true)
    } else {
        label.spread(level).enters(&flow.graph, edge.from)
    };
    both(here, passes)
}
