//! Where a data set comes to lie: components, models, data sets and parties, with who runs them and where.

use std::rc::Rc;

use super::super::{fact, list, text, truth, word};
use super::graph::Level;
use super::hops::{HOP, path};
use super::{Any, Flow, none, row};
use crate::knowledge::regions::{self, Extent};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::{Component, Dataset, Hosting, Model, Party};

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

/// One data set at one place.
pub struct Arrival<'m> {
    pub label: usize,
    pub node: usize,
    host: Option<Value<'m>>,
    pub party: Answer<'m>,
    country: Answer<'m>,
}

impl<'m> Arrival<'m> {
    pub fn reaches(&self, flow: &Flow<'m>, level: Level) -> Result<bool, Gaps> {
        flow.labels[self.label].spread(level).reaches(&flow.graph, self.node)
    }

    pub fn sensitivity(&self, flow: &Flow<'m>) -> [Result<bool, Gaps>; 3] {
        let label = &flow.labels[self.label];
        let at = |level| self.reaches(flow, level);
        [label.personal(&at), label.secret(&at), label.sensitive(flow, &at)]
    }

    pub fn path(&self, flow: &Rc<Flow<'m>>) -> Answer<'m> {
        let (label, node) = (self.label, self.node);
        path(flow, move |flow| {
            let way = flow.labels[label].best(&flow.graph, node).way(&flow.graph, node);
            way.into_iter().map(|edge| flow.hop(edge)).collect()
        })
    }

    pub fn cut(&self, flow: &Flow<'m>) -> Answer<'m> {
        let last = flow.labels[self.label].best(&flow.graph, self.node).last(self.node);
        last.map_or_else(none, |edge| Ok(flow.hop_row(flow.hop(edge))))
    }

    pub fn key(&self, flow: &Flow<'m>) -> String {
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
            for host in flow.hosting.about(declared.id).into_iter().flatten().flatten() {
                let models = list(view, host, "models").unwrap_or_default();
                if models.iter().flatten().filter_map(word).any(|id| id == declared.id) {
                    let mut party = followed(flow, host, "party");
                    if party.is_err() && text(view, host, "mode").as_deref() == Ok("vendor_api") {
                        party = followed(flow, &value, "vendor");
                    }
                    let country = view.field(host, "country");
                    places.push((Some(host.clone()), party, country));
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
