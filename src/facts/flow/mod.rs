//! Where data goes: what reaches whom, through what, and what is left of it on the way.
//!
//! The manifest is drawn as a graph; every data set is spread over it, every model's memory and output
//! too; the relations that rules iterate over are read off. A walk costs no more than the nodes and
//! edges it meets, so that the whole is linear in the flows for a given number of data sets and models.

mod arrivals;
mod carried;
mod contexts;
mod copies;
mod deliveries;
mod erasures;
mod exposures;
mod graph;
mod hops;
mod leaks;
mod loops;
mod memories;
mod picture;
mod spread;
mod transfers;

use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::Date;

use self::graph::{Controls, Graph, Level};
use self::spread::{Approval, Cargo, Spread};
use super::naming::Naming;
use super::{Any, both, data};
use crate::manifest::describe::{RecordDesc, Section};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

pub use self::arrivals::ARRIVAL;
pub use self::carried::CARRIED;
pub use self::contexts::{CONTEXT, TRIANGLE};
pub use self::copies::COPY;
pub use self::deliveries::DELIVERY;
pub use self::erasures::ERASURE;
pub use self::exposures::EXPOSURE;
pub use self::leaks::Leak;
pub use self::loops::LOOP;
pub use self::memories::{MEMORY, RETRIEVED};
pub use self::picture::{Fate, Line, Picture, Spot, Tag};
pub use self::transfers::TRANSFER;

/// A data set, spread over the graph.
struct Label {
    dataset: usize,
    personal: Result<bool, Gaps>,
    secret: Result<bool, Gaps>,
    /// By level, highest first.
    spreads: [Spread; 3],
}

impl Label {
    /// What is known of the data set where something reaches it at these levels.
    fn personal(&self, at: &impl Fn(Level) -> Result<bool, Gaps>) -> Result<bool, Gaps> {
        both(self.personal.clone(), at(Level::Released))
    }

    fn secret(&self, at: &impl Fn(Level) -> Result<bool, Gaps>) -> Result<bool, Gaps> {
        both(self.secret.clone(), at(Level::Secret))
    }

    /// Personal or secret, where something reaches it at these levels.
    fn sensitive(&self, flow: &Flow<'_>, at: &impl Fn(Level) -> Result<bool, Gaps>) -> Result<bool, Gaps> {
        let dataset = flow.value(self.dataset);
        // What the classification settles is what the data is, and not whether it gets there.
        let personal = both(data::counted(&flow.view, &dataset, self.personal.clone()), at(Level::Released));
        either(personal, self.secret(at))
    }

    fn spread(&self, level: Level) -> &Spread {
        of_level(&self.spreads, level)
    }

    /// The lowest level at which what is left of the data set is sensitive: a secret outlives redaction, what is only
    /// personal does not. For certain, or perhaps. All of it that leaks, leaks at this level.
    fn least(&self, certain: bool) -> Level {
        let secret = if certain { self.secret == Ok(true) } else { self.secret != Ok(false) };
        if secret { Level::Secret } else { Level::Released }
    }

    /// Of some levels, highest first, the one whose way shows how what is sensitive gets somewhere, where something of it
    /// does at these levels: the highest at which it certainly does, else the highest at which it may. Where nothing
    /// sensitive gets there, what does.
    fn shown(&self, levels: &[Level], at: &impl Fn(Level) -> Result<bool, Gaps>, sensitive: &Result<bool, Gaps>) -> Level {
        let least = if *sensitive == Ok(false) { Level::Secret } else { self.least(false) };
        let sensitive = levels.iter().copied().filter(|level| *level >= least);
        most(sensitive, at).or_else(|| most(levels.iter().copied(), at)).unwrap_or(Level::Secret)
    }

    /// The spread that shows best how the data set gets to a node: the most complete that does.
    fn best(&self, graph: &Graph<'_>, node: usize) -> &Spread {
        let at = |level| self.spread(level).reaches(graph, node);
        self.spread(most(Level::LEFT.into_iter(), &at).unwrap_or(Level::Secret))
    }
}

/// The highest of some levels, given highest first, at which something is certain; else the highest at which it may be.
fn most(levels: impl Iterator<Item = Level>, at: &impl Fn(Level) -> Result<bool, Gaps>) -> Option<Level> {
    let mut perhaps = None;
    for level in levels {
        match at(level) {
            Ok(true) => return Some(level),
            Ok(false) => {}
            Err(_) => perhaps = perhaps.or(Some(level)),
        }
    }
    perhaps
}

/// Of what there is for each level, highest first, that for one.
fn of_level<T>(levels: &[T; 3], level: Level) -> &T {
    match level {
        Level::Unfiltered => &levels[0],
        Level::Released => &levels[1],
        Level::Secret | Level::Nothing => &levels[2],
    }
}

/// The graph of one manifest and everything spread over it.
struct Flow<'m> {
    view: View<'m>,
    today: Date,
    graph: Graph<'m>,
    /// In the order of the manifest.
    labels: Vec<Label>,
    /// By node, the data sets that may reach it, by index of the label.
    arriving: Vec<Vec<usize>>,
    /// Hosting entries by the models that they serve.
    hosting: Naming<'m>,
    /// Agreements by those whom they are with.
    agreements: Naming<'m>,
    /// What each model remembers, spread from it, by node.
    memory: HashMap<usize, [Spread; 3]>,
    /// What each model says, past no control at all, by node.
    output: HashMap<usize, Spread>,
}

impl<'m> Flow<'m> {
    fn of(view: &View<'m>, today: Date) -> Self {
        let graph = Graph::of(view);
        let mut carrying: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, edge) in graph.edges.iter().enumerate() {
            for dataset in edge.carries.iter().flatten() {
                carrying.entry(*dataset).or_default().push(at);
            }
        }
        let label = |dataset: usize| {
            let value = &graph.nodes[dataset].value;
            let carried = carrying.get(&dataset).map_or(&[][..], Vec::as_slice);
            let spreads = Level::LEFT.map(|level| Spread::from(&graph, dataset, Cargo::Data(dataset, level), carried));
            Label { dataset, personal: data::personal(view, value), secret: data::secret(view, value), spreads }
        };
        let labels: Vec<Label> = graph.of_section(Section::Datasets).map(label).collect();
        let mut arriving = vec![Vec::new(); graph.nodes.len()];
        for (at, label) in labels.iter().enumerate() {
            label.spreads[2].nodes().into_iter().for_each(|node| arriving[node].push(at));
        }
        let trained = |model: &usize| graph.ancestry(*model).iter().any(|ancestor| !graph.learned(ancestor.model).is_empty());
        let memory = graph.of_section(Section::Models).filter(trained);
        let memory = memory
            .map(|model| (model, Level::LEFT.map(|level| Spread::from(&graph, model, Cargo::Memory(level), &[]))))
            .collect();
        let said = |model: usize| Spread::from(&graph, model, Cargo::Output(Controls::default(), Approval::Ignored), &[]);
        let output = graph.of_section(Section::Models).map(|model| (model, said(model))).collect();
        let hosting = Naming::of(view, "hosting", "models");
        let agreements = Naming::of(view, "agreements", "with");
        Self { view: *view, today, graph, labels, arriving, hosting, agreements, memory, output }
    }

    /// The label of a data set, by index.
    fn label_of(&self, node: usize) -> Option<usize> {
        self.labels.binary_search_by_key(&node, |label| label.dataset).ok()
    }

    /// The data sets that are at a node, or may be, by index of the label: what may reach it, and itself. At no other
    /// place is anything of them, on whatever level.
    fn labels_at(&self, node: usize) -> Vec<usize> {
        let mut labels = self.arriving[node].clone();
        labels.extend(self.label_of(node));
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    fn value(&self, node: usize) -> Value<'m> {
        self.graph.nodes[node].value.clone()
    }

    /// A reference to a node, whatever it is.
    fn refer(&self, node: usize) -> Value<'m> {
        let node = &self.graph.nodes[node];
        Value { data: Data::Ref(node.id, target::FlowTarget::SECTIONS), place: node.value.place }
    }

    /// Rows of a relation, followed by what keeps there from being more.
    #[expect(clippy::unnecessary_wraps, reason = "a relation is an answer: its section may be missing")]
    fn with_holes(rows: Vec<Answer<'m>>, holes: &[Gaps]) -> Answer<'m> {
        let mut rows = rows;
        for gaps in holes {
            rows.push(Err(gaps.clone()));
        }
        Ok(Value::list(rows))
    }

    /// Whether a section is there; without it nothing can be said.
    fn section(&self, name: &str) -> Result<(), Gaps> {
        self.view.field(&self.view.manifest(), name).map(|_| ())
    }
}

fn row<'m>(desc: &'static RecordDesc, key: String, at: &Value<'m>, values: Vec<Answer<'m>>) -> Value<'m> {
    Value { place: at.place, data: Data::row(desc, key, values) }
}

#[expect(clippy::unnecessary_wraps, reason = "a cell of a row")]
fn none<'m>() -> Answer<'m> {
    Ok(Value::computed(Data::None))
}

fn either(a: Result<bool, Gaps>, b: Result<bool, Gaps>) -> Result<bool, Gaps> {
    let mut any = Any::default();
    any.add(a);
    any.add(b);
    any.answer()
}

fn not(answer: Result<bool, Gaps>) -> Result<bool, Gaps> {
    answer.map(|yes| !yes)
}

/// The relations that are read off the graph, in the order of the fields of `facts`.
#[derive(Debug)]
pub struct Relations<'m> {
    pub exposures: Answer<'m>,
    pub memories: Answer<'m>,
    pub arrivals: Answer<'m>,
    pub transfers: Answer<'m>,
    pub copies: Answer<'m>,
    pub erasures: Answer<'m>,
    pub carried: Answer<'m>,
    pub contexts: Answer<'m>,
    pub triangles: Answer<'m>,
    pub deliveries: Answer<'m>,
    pub loops: Answer<'m>,
    pub retrieved: Answer<'m>,
}

/// Derives them.
pub fn derive<'m>(view: &View<'m>, today: Date) -> Relations<'m> {
    let flow = Rc::new(Flow::of(view, today));
    let memories = memories::of(&flow);
    let exposures = exposures::relation(&flow, &memories);
    let arrivals = arrivals::of(&flow);
    Relations {
        exposures,
        arrivals: arrivals::relation(&flow, &arrivals),
        transfers: transfers::transfers(&flow, &arrivals),
        copies: copies::copies(&flow, &arrivals),
        erasures: erasures::erasures(&flow, &arrivals, &memories),
        carried: carried::carried(&flow),
        contexts: contexts::relation(&flow, &memories),
        triangles: contexts::triangles(&flow),
        deliveries: deliveries::relation(&flow),
        loops: loops::relation(&flow),
        retrieved: memories::retrieved(&flow),
        memories: memories::relation(&flow, &memories),
    }
}

/// The graph as plain data, to be drawn.
pub fn picture(view: &View<'_>, today: Date) -> Picture {
    picture::of(&Rc::new(Flow::of(view, today)))
}
