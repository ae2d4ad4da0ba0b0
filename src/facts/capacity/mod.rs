//! Memory, speed and the number of users that each hosting entry can carry.
//!
//! Every figure is worked out three times: with the most favourable value of each factor that nobody
//! stated, with the usual one, and with the least favourable (`best`, `expected`, `worst`). A rule can be
//! sure of a violation that the best case has, and of a pass that the worst case has; in between, the
//! factors that were assumed are what is missing. What the manifest states, measured throughput and load
//! tests foremost, takes the place of what would be computed.
//!
//! Formulas and the measurements they were held against are in `docs/sizing.md`.

mod answering;
mod cache;
pub mod demand;
pub mod figure;
mod machine;
mod replica;
mod served;
mod shape;
mod speed;
mod weights;

use std::rc::Rc;

use jiff::civil::Date;

use super::{fact, list, text, truth};
use crate::knowledge::tables::Tables;
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::manifest::vocabulary::{Hosting, Model};
use crate::syntax::tree::Place;
pub use answering::Answering;
use figure::{Figure, Term, decide};
use replica::Ground;
pub use replica::{Limit, Sized};
use served::Served;

/// Which values are taken for factors that nobody stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// The most favourable: what no deployment exceeds.
    Best,
    /// The usual.
    Expected,
    /// The least favourable that was measured.
    Worst,
}

impl Case {
    /// All three, best first.
    pub const ALL: [Self; 3] = [Self::Best, Self::Expected, Self::Worst];
}

/// A row of `facts.capacity`.
pub static CAPACITY: RecordDesc = RecordDesc {
    name: "Capacity",
    doc: "What one hosting entry on accelerators of its own can do.",
    fields: &[
        fact("host", Type::Record(Hosting::DESC), "The hosting entry."),
        fact(
            "model",
            Type::Record(Model::DESC),
            "The writing model that it is sized for: of several, the one with the smallest cache.",
        ),
        fact("count", Type::Number, "Accelerators of one replica."),
        fact("memory", Type::Number, "Bytes of one accelerator."),
        fact("replicas", Type::Number, "Most replicas, within the quota of accelerators."),
        fact(
            "replicas_planned",
            Type::Number,
            "The same once what is on order has arrived, where that is in time for the planned growth.",
        ),
        fact("divisible", Type::Bool, "Whether the model's attention can be split as `tensor_parallel` says."),
        fact("heads", Type::Number, "Attention heads."),
        fact("cached_heads", Type::Number, "Heads of keys and values."),
        fact("copies", Type::Number, "How often the cache is held because there are more accelerators than heads to split."),
        fact("fits", Type::Bool, "Whether the weights fit into what the engine may use."),
        fact(
            "holds_peak",
            Type::Bool,
            "Whether the cache holds the requests that are answered at the same moment at the busiest time.",
        ),
        fact("holds_context", Type::Bool, "Whether the cache holds one request as long as `max_context_tokens`."),
        fact(
            "keeps_up",
            Type::Bool,
            "Whether all replicas together keep up with the busiest time today: by a load test, by the stated throughput, else by what is computed.",
        ),
        fact("keeps_up_planned", Type::Bool, "The same at the planned number of users."),
        fact("keeps_promise", Type::Bool, "Whether the machine could keep the promised response time with nobody else on it."),
        fact("throughput_stated", Type::Bool, "Whether throughput was measured rather than computed."),
        fact("best", Type::Record(&SIZING), "With the most favourable value of every factor that is not stated: a bound."),
        fact("expected", Type::Record(&SIZING), "With the usual value."),
        fact("worst", Type::Record(&SIZING), "With the least favourable value that was measured."),
        fact("working", Type::List(&Type::Record(&STEP)), "How the expected figures come about, each after those that it needs."),
    ],
};

/// The figures of one case.
pub static SIZING: RecordDesc = RecordDesc {
    name: "Sizing",
    doc: "What a hosting entry can do in one case. Bytes are of a whole replica unless it says otherwise.",
    fields: &[
        fact("weights", Type::Number, "Bytes of the weights of all models that it serves."),
        fact("model_weights", Type::Number, "Bytes of the weights of `model` alone."),
        fact("usable", Type::Number, "Bytes that weights and cache can use."),
        fact("pool", Type::Number, "Bytes that are left for the cache."),
        fact("token", Type::Number, "Bytes of cache for one more token of a long context."),
        fact("sequence", Type::Number, "Bytes of cache for an average request with its answer."),
        fact("sequences", Type::Number, "Requests that one replica can work on at a time."),
        fact("all_sequences", Type::Number, "The same for all replicas."),
        fact("context", Type::Number, "Bytes of cache for a request as long as `max_context_tokens`."),
        fact("decode_rate", Type::Number, "Tokens a second for a single request with nobody else."),
        fact("first_token", Type::Number, "Seconds to the first token with nobody else."),
        fact("answer", Type::Number, "Seconds for a whole average answer with nobody else."),
        fact("throughput", Type::Number, "Tokens a second that one replica generates: stated, or computed."),
        fact("capacity", Type::Number, "Tokens a second that all replicas generate."),
        fact("planned_capacity", Type::Number, "The same with what is on order."),
        fact("demand", Type::Number, "Tokens a second asked for at the busiest time, today."),
        fact("planned_demand", Type::Number, "The same as planned."),
        fact("load", Type::Number, "Demand as a share of capacity."),
        fact("planned_load", Type::Number, "The same as planned."),
        fact("users", Type::Number, "Users that one replica carries."),
        fact("carried", Type::Number, "Users that all replicas carry."),
        fact(
            "months",
            Type::Number,
            "Months until users outgrow that, if they grow by the same factor each month; no number where they never do.",
        ),
        fact("months_linear", Type::Number, "The same if they grow by the same number each month."),
        fact("needed", Type::Number, "Replicas needed today."),
        fact("planned_needed", Type::Number, "Replicas needed as planned."),
        fact("headroom", Type::Number, "Bytes free on each accelerator while the busiest time of today is served."),
        fact(
            "limit",
            Type::Text,
            "What limits the number of users: `throughput`, `load_test`, `memory`, `bandwidth`, `compute` or `max_sequences`.",
        ),
    ],
};

/// One calculation, as a row.
pub static STEP: RecordDesc = RecordDesc {
    name: "Step",
    doc: "One calculation and what went into it.",
    fields: &[
        fact("name", Type::Text, "What is worked out."),
        fact("value", Type::Number, "The result."),
        fact("unit", Type::Text, "Its unit."),
        fact("formula", Type::Text, "The formula."),
        fact("inputs", Type::List(&Type::Record(&INPUT)), "What the symbols stand for."),
    ],
};

/// One input of a calculation.
pub static INPUT: RecordDesc = RecordDesc {
    name: "Input",
    doc: "One symbol of a formula.",
    fields: &[
        fact("symbol", Type::Text, "The symbol."),
        fact("value", Type::Number, "Its value."),
        fact("unit", Type::Text, "Its unit."),
        fact("origin", Type::Text, "`stated`, `table`, `assumed` or `worked out`."),
        fact("source", Type::Text, "The table, or the range that was assumed; `none` for the others."),
    ],
};

/// One hosting entry on accelerators of its own, sized in every case.
#[derive(Debug, Clone)]
pub struct Entry<'m> {
    pub host: Value<'m>,
    /// Its id.
    pub id: String,
    /// The model that it is sized for.
    pub model: Value<'m>,
    cases: [Sized; 3],
}

impl Entry<'_> {
    /// The figures of one case.
    pub fn case(&self, case: Case) -> &Sized {
        match case {
            Case::Best => &self.cases[0],
            Case::Expected => &self.cases[1],
            Case::Worst => &self.cases[2],
        }
    }
}

/// Sizes every hosting entry on accelerators of its own; an entry that cannot be told to be one is a gap.
pub fn size<'m>(view: &View<'m>, tables: &Tables, today: Date) -> Result<Vec<Result<Entry<'m>, Gaps>>, Gaps> {
    let hosts = list(view, &view.manifest(), "hosting")?;
    let ground = Ground { view, tables, today, answering: &Answering::of(view) };
    let entries = hosts.into_iter().filter_map(|host| match host {
        Ok(host) => entry(&ground, &host),
        Err(gaps) => Some(Err(gaps)),
    });
    Ok(entries.collect())
}

fn entry<'m>(ground: &Ground<'_, 'm>, host: &Value<'m>) -> Option<Result<Entry<'m>, Gaps>> {
    let Ground { view, tables, .. } = *ground;
    if machine::Machine::none(view, &Ok(host.clone())) {
        return None;
    }
    let mode = text(view, host, "mode");
    let gpus = view.field(host, "gpus");
    match (mode.as_deref(), &gpus) {
        (Ok("vendor_api"), _) => return None,
        (Ok("self_managed"), _) | (_, Ok(_)) => {}
        // On a platform or a user's device, accelerators are somebody else's unless they are stated.
        (Ok(_), Err(_)) => return None,
        (Err(gaps), Err(_)) => return Some(Err(gaps.clone())),
    }
    let served = match Served::of(view, tables, host) {
        Ok(served) => served,
        Err(gaps) => return Some(Err(gaps)),
    };
    let (model, _) = match (&served.main, &served.models) {
        (Some(main), _) => main,
        (None, Ok(_)) => return None,
        (None, Err(gaps)) => return Some(Err(gaps.clone())),
    };
    let id = text(view, host, "id").map(std::borrow::Cow::into_owned).unwrap_or_default();
    let cases = Case::ALL.map(|case| Sized::of(ground, host, &served, case));
    Some(Ok(Entry { host: host.clone(), id, model: model.clone(), cases }))
}

/// Whether a model writes: it is no embedding, reranker, guard or classifier.
pub fn writes<'m>(view: &View<'m>, model: &Value<'m>) -> bool {
    served::writes(view, model)
}

/// Parameters of a model: stated, or of the table.
pub fn parameters<'m>(view: &View<'m>, tables: &Tables, model: &Value<'m>) -> Option<f64> {
    shape::of(view, tables, model).parameters.ok().map(|figure| figure.value)
}

/// The share of all requests that an entry answers, at most.
pub fn share<'m>(view: &View<'m>, answering: &Result<Answering, Gaps>, host: &Value<'m>) -> Term {
    answering::share(view, answering, &Ok(host.clone()), Case::Best)
}

/// The relation `facts.capacity`.
pub fn relation<'m>(view: &View<'m>, entries: &Result<Vec<Result<Entry<'m>, Gaps>>, Gaps>) -> Answer<'m> {
    let entries = entries.as_ref().map_err(Clone::clone)?;
    let rows = entries.iter().map(|entry| entry.as_ref().map(|entry| row(view, entry)).map_err(Clone::clone));
    Ok(Value::list(rows.collect()))
}

fn row<'m>(view: &View<'m>, entry: &Entry<'m>) -> Value<'m> {
    let [best, expected, worst] = &entry.cases;
    let number = |term: &Term| term.as_ref().map(Figure::value).map_err(Clone::clone);
    // A measurement would settle what assumptions leave open.
    let measured = |answer: Result<bool, Gaps>, asked: &Term| {
        answer.map_err(|own| match asked {
            _ if best.throughput_stated => own,
            Err(gaps) => gaps.clone(),
            Ok(figure) if !figure.asked().is_empty() => figure.asked(),
            Ok(_) => view.field(&entry.host, "throughput").err().unwrap_or_default(),
        })
    };
    let keeps_up = best.tested(false).unwrap_or_else(|| decide(&best.load, &worst.load, |load| load <= 1.0));
    let keeps_up_planned =
        best.tested(true).unwrap_or_else(|| decide(&best.planned_load, &worst.planned_load, |load| load <= 1.0));
    let steps_of = expected.clone();
    let values = vec![
        Ok(entry.host.clone()),
        Ok(entry.model.clone()),
        number(&best.machine.count),
        number(&best.machine.memory),
        number(&best.replicas),
        number(&best.replicas_planned),
        truth(best.divisible.clone()),
        number(&best.heads),
        number(&best.cached_heads),
        number(&best.copies),
        truth(decide(&best.spare, &worst.spare, |bytes| bytes >= 0.0)),
        truth(decide(&best.spare_sequences, &worst.spare_sequences, |sequences| sequences >= 0.0)),
        truth(decide(&best.spare_context, &worst.spare_context, |bytes| bytes >= 0.0)),
        truth(measured(keeps_up, &best.asked)),
        truth(measured(keeps_up_planned, &best.planned_asked)),
        truth(best.keeps_promise()),
        truth(Ok(best.throughput_stated)),
        Ok(sizing(&entry.id, best)),
        Ok(sizing(&entry.id, expected)),
        Ok(sizing(&entry.id, worst)),
        Ok(Value::later(move || steps(&steps_of))),
    ];
    record(&CAPACITY, entry.id.clone(), entry.host.place, values)
}

fn record<'m>(desc: &'static RecordDesc, key: String, place: Option<Place>, values: Vec<Answer<'m>>) -> Value<'m> {
    Value { place, data: Data::row(desc, key, values) }
}

fn sizing<'m>(id: &str, sized: &Sized) -> Value<'m> {
    let number = |term: &Term| match term {
        Ok(figure) if figure.value.is_finite() => Ok(figure.value()),
        Ok(figure) => Ok(Value { data: Data::None, place: figure.place() }),
        Err(gaps) => Err(gaps.clone()),
    };
    let mut values: Vec<Answer<'m>> = sized.figures().into_iter().map(number).collect();
    values.push(match sized.limit {
        Some(limit) => Ok(Value::computed(Data::Text(limit.word().into()))),
        None => Err(sized.users.as_ref().err().cloned().unwrap_or_else(Gaps::default)),
    });
    record(&SIZING, id.to_owned(), None, values)
}

/// The calculations behind all figures of a case, each once.
fn steps<'m>(sized: &Sized) -> Vec<Answer<'m>> {
    let mut found: Vec<Rc<figure::Working>> = Vec::new();
    for figure in sized.figures().into_iter().flatten() {
        for working in figure.workings() {
            if !found.iter().any(|known| known.name == working.name) {
                found.push(working);
            }
        }
    }
    found.iter().map(|working| Ok(step(working))).collect()
}

/// A calculation as a row.
pub fn step<'m>(working: &figure::Working) -> Value<'m> {
    let plain = |text: &str| Ok(Value::computed(Data::Text(text.to_owned().into())));
    let input = |(symbol, unit, figure): &(&'static str, figure::Unit, Figure)| {
        let (origin, source) = match &figure.origin {
            figure::Origin::Stated(_) => ("stated", None),
            figure::Origin::Table(source) => ("table", Some(source.to_string())),
            figure::Origin::Assumed { range, .. } => ("assumed", Some((*range).to_owned())),
            figure::Origin::Worked(_) => ("worked out", None),
        };
        let source = source.map_or(Ok(Value::computed(Data::None)), |source| plain(&source));
        let value = Ok(Value { data: Data::Number(figure.value), place: figure.place() });
        Ok(record(
            &INPUT,
            (*symbol).to_owned(),
            figure.place(),
            vec![plain(symbol), value, plain(unit.name()), plain(origin), source],
        ))
    };
    let inputs = Value::list(working.inputs.iter().map(input).collect());
    let values = vec![
        plain(working.name),
        Ok(Value::computed(Data::Number(working.value))),
        plain(working.unit.name()),
        plain(working.formula),
        Ok(inputs),
    ];
    record(&STEP, working.name.to_owned(), None, values)
}
