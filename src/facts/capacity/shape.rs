//! The shape of a model: what the manifest states of it, else what the tables know of it, else the same
//! of what it was made from.
//!
//! Training a model further, merging, quantising and adapting keep its shape; distilling does not.

use std::borrow::Cow;

use super::super::{list, text, word};
use super::cache::{Cache, Group};
use super::figure::{Figure, Origin, Term, stated};
use super::weights;
use crate::knowledge::models::{CacheGroup, CacheKind, Model};
use crate::knowledge::tables::{Known, Tables};
use crate::manifest::describe::Section;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// What sizing needs to know of a model.
#[derive(Debug, Clone)]
pub struct Shape {
    pub parameters: Term,
    pub active: Term,
    /// Parameters of the embedding and output matrices; 0 where their size is not known, which makes weights
    /// lighter than they are.
    pub embeddings: Figure,
    /// Parameters of all routed experts; 0 for a dense model.
    pub expert_parameters: Term,
    /// Routed experts in a layer, and how many of them one token uses.
    pub experts: Term,
    pub used: Term,
    pub heads: Term,
    /// Heads of keys and values; of several kinds of layers, the fewest.
    pub cached_heads: Term,
    pub cache: Result<Cache, Gaps>,
    /// Where the cache's shape is from.
    pub cache_origin: Origin,
    /// Longest context that the model can do.
    pub context: Term,
    /// Number format in which the weights were published.
    pub published: Option<(String, String)>,
    /// Format in the name of a quantised fork.
    pub fork: Option<String>,
}

/// A model of the chain, and what the tables know of where it comes from.
struct Link<'m, 't> {
    value: Value<'m>,
    architecture: Answer<'m>,
    known: Option<Known<Model<'t>>>,
}

/// The shape of a model.
pub fn of<'m>(view: &View<'m>, tables: &Tables, model: &Value<'m>) -> Shape {
    let chain = chain(view, tables, model);
    let own = &chain[0];
    let find = |from: &dyn Fn(&Link<'m, '_>) -> Term, known: &dyn Fn(&Model<'_>) -> Option<f64>| -> Term {
        let mut asked = None;
        for link in &chain {
            match from(link) {
                Ok(figure) => return Ok(figure),
                Err(gaps) => {
                    if let Some((known, number)) = link.known.as_ref().and_then(|k| known(&k.entry).map(|n| (k, n))) {
                        return Ok(Figure::table(number, source(known)));
                    }
                    asked.get_or_insert(gaps);
                }
            }
        }
        Err(asked.unwrap_or_default())
    };
    let shaped = |name: &'static str| move |link: &Link<'m, '_>| stated(view, &link.architecture, name, Some(0.0));
    let number = |name: &'static str, known: &dyn Fn(&Model<'_>) -> Option<f64>| find(&shaped(name), known);
    let plain = |name: &'static str, known: &dyn Fn(&Model<'_>) -> Option<f64>| {
        find(&|link: &Link<'m, '_>| stated(view, &Ok(link.value.clone()), name, None), known)
    };
    let parameters = plain("parameters", &|known| known.parameters.map(float));
    let expert = |name: &'static str, known: &dyn Fn(&Model<'_>) -> Option<f64>| {
        find(
            &|link: &Link<'m, '_>| {
                let moe = inner(view, &link.architecture, "moe");
                stated(view, &moe, name, Some(0.0))
            },
            known,
        )
    };
    // A model that says nothing of experts is dense.
    let dense = |term: Term| Ok(term.unwrap_or_else(|_| Figure::table(0.0, "no experts are stated")));
    let experts = dense(expert("experts", &|known| Some(known.moe.as_ref().map_or(0.0, |moe| f64::from(moe.experts)))));
    let used = dense(expert("experts_per_token", &|known| Some(known.moe.as_ref().map_or(0.0, |moe| f64::from(moe.per_token)))));
    let sparse = experts.as_ref().is_ok_and(|experts| experts.value > 0.0);
    let active = plain("active_parameters", &|known| known.active_parameters.map(float));
    let active = if sparse { active } else { active.or_else(|_| parameters.clone()) };
    let expert_parameters = expert_parameters(&parameters, &active, &experts, &used);
    let vocab = number("vocab", &|known| known.vocab.map(f64::from));
    let hidden = number("hidden", &|known| known.hidden.map(f64::from));
    let tied = tied(view, &chain);
    let (cache, cache_origin, cached_heads) = cache(view, &chain, &number);
    Shape {
        embeddings: embeddings(&vocab, &hidden, tied),
        heads: number("heads", &|known| known.heads.map(f64::from)),
        context: plain("context", &|known| known.max_context.map(f64::from)),
        published: chain.iter().find_map(|link| {
            let known = link.known.as_ref()?;
            Some((known.entry.dtype.as_ref()?.to_string(), source(known)))
        }),
        fork: own.known.as_ref().and_then(|known| known.fork.clone()),
        parameters,
        active,
        expert_parameters,
        experts,
        used,
        cached_heads,
        cache,
        cache_origin,
    }
}

/// The model and what it was made from without changing shape, nearest first.
fn chain<'m, 't>(view: &View<'m>, tables: &'t Tables, model: &Value<'m>) -> Vec<Link<'m, 't>> {
    let mut chain: Vec<Link<'m, 't>> = Vec::new();
    let mut next = Some(model.clone());
    while let Some(model) = next.take() {
        // A model cannot come from itself; a cycle is another finding.
        if chain.iter().any(|link| link.value.place == model.place) {
            break;
        }
        let source = text(view, &model, "source").ok();
        let known = source.as_ref().and_then(|source| tables.model(source));
        let keeps = !matches!(text(view, &model, "kind").as_deref(), Ok("distilled"));
        let bases = list(view, &model, "base").unwrap_or_default();
        let base = bases.iter().flatten().find_map(|base| named(view, &word(base)?));
        next = base.filter(|_| keeps);
        let architecture = view.field(&model, "architecture");
        chain.push(Link { value: model, architecture, known });
    }
    chain
}

/// The model with this id: of several the last.
fn named<'m>(view: &View<'m>, id: &str) -> Option<Value<'m>> {
    let declared = view.ids.0.get(id)?;
    let (_, place) = declared.iter().rev().find(|(section, _)| *section == Section::Models)?;
    let model = Value { data: Data::Record(Section::Models.entry()), place: Some(*place) };
    text(view, &model, "id").is_ok().then_some(model)
}

fn inner<'m>(view: &View<'m>, record: &Answer<'m>, name: &str) -> Answer<'m> {
    match record {
        Ok(record) => view.field(record, name),
        Err(gaps) => gaps.clone().field(name),
    }
}

/// How an entry of a table is cited.
pub fn source(known: &Known<Model<'_>>) -> String {
    let table = if known.own { "your table of models" } else { "table of models" };
    format!("{}: {table}, {}", known.entry.id, known.date)
}

#[expect(clippy::cast_precision_loss, reason = "parameters are far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}

fn expert_parameters(parameters: &Term, active: &Term, experts: &Term, used: &Term) -> Term {
    super::figure::work(
        "expert parameters",
        super::figure::Unit::Parameters,
        "(all − active) × experts / (experts − used)",
        [
            ("all", super::figure::Unit::Parameters, parameters),
            ("active", super::figure::Unit::Parameters, active),
            ("experts", super::figure::Unit::Count, experts),
            ("used", super::figure::Unit::Count, used),
        ],
        |[all, active, experts, used]| weights::expert_parameters(all, active, experts, used),
    )
}

fn embeddings(vocab: &Term, hidden: &Term, tied: Option<bool>) -> Figure {
    let matrices = match tied {
        Some(false) => 2.0,
        // One at least.
        Some(true) | None => 1.0,
    };
    let matrices = Ok(Figure::table(matrices, if matrices > 1.0 { "input and output apart" } else { "one for both" }));
    let worked = super::figure::work(
        "embeddings",
        super::figure::Unit::Parameters,
        "vocabulary × width × matrices",
        [
            ("vocabulary", super::figure::Unit::Count, vocab),
            ("width", super::figure::Unit::Count, hidden),
            ("matrices", super::figure::Unit::Count, &matrices),
        ],
        |[vocab, hidden, matrices]| vocab * hidden * matrices,
    );
    worked.unwrap_or_else(|_| Figure::table(0.0, "the size of the embeddings is not known; they are counted as quantised"))
}

fn tied<'m>(view: &View<'m>, chain: &[Link<'m, '_>]) -> Option<bool> {
    chain.iter().find_map(|link| {
        let stated = inner_bool(view, link);
        stated.or_else(|| link.known.as_ref().and_then(|known| known.entry.tied))
    })
}

fn inner_bool<'m>(view: &View<'m>, link: &Link<'m, '_>) -> Option<bool> {
    match inner(view, &link.architecture, "tie_embeddings").ok()?.data {
        Data::Bool(tied) => Some(tied),
        _ => None,
    }
}

type Numbers<'f> = dyn Fn(&'static str, &dyn Fn(&Model<'_>) -> Option<f64>) -> Term + 'f;

/// The cache: groups that the manifest states, else its plain fields where it states any, else the table's.
fn cache<'m>(view: &View<'m>, chain: &[Link<'m, '_>], number: &Numbers<'_>) -> (Result<Cache, Gaps>, Origin, Term) {
    for link in chain {
        let Ok(architecture) = &link.architecture else { continue };
        if let Some(groups) = stated_groups(view, architecture) {
            let place = architecture.place;
            let cache = groups.and_then(|groups| Ok(Cache { groups, state: state(view, architecture)? }));
            let heads = cache.clone().map(|cache| fewest(&cache, Origin::Stated(place)));
            return (cache, Origin::Stated(place), heads);
        }
        let shaped = ["layers", "kv_heads", "head_dim", "kv_lora_rank"];
        if shaped.iter().any(|name| view.field(architecture, name).is_ok_and(|value| !matches!(value.data, Data::None))) {
            let cache = plain(view, architecture, number);
            let heads = cache.clone().map(|cache| fewest(&cache, Origin::Stated(architecture.place)));
            return (cache, Origin::Stated(architecture.place), heads);
        }
    }
    let known = chain.iter().find_map(|link| link.known.as_ref().filter(|known| known.entry.cache.is_some()));
    if let Some(known) = known
        && let (Some(groups), Some(state)) = (&known.entry.cache, known.entry.recurrent_state)
    {
        let cache = Cache { groups: groups.iter().map(group).collect(), state: float(state) };
        let origin = Origin::Table(source(known).into());
        return (Ok(cache.clone()), origin.clone(), Ok(fewest(&cache, origin)));
    }
    // Nothing is known: the architecture would settle it.
    let gaps = match &chain[0].architecture {
        Err(gaps) => gaps.clone(),
        Ok(architecture) => view.field(architecture, "layers").err().unwrap_or_default(),
    };
    (Err(gaps.clone()), Origin::Table("".into()), Err(gaps))
}

fn fewest(cache: &Cache, origin: Origin) -> Figure {
    let split = cache.groups.iter().filter(|group| !group.latent);
    let value = split.map(|group| group.heads).fold(f64::INFINITY, f64::min);
    Figure { value: if value.is_finite() { value } else { 1.0 }, origin }
}

fn group(known: &CacheGroup) -> Group {
    let latent = known.kind == CacheKind::Mla;
    Group {
        layers: f64::from(known.layers),
        heads: if latent { 1.0 } else { f64::from(known.kv_heads) },
        width: f64::from(if latent { known.kv_lora_rank + known.qk_rope_head_dim } else { known.k_dim + known.v_dim }),
        window: known.window.map(f64::from),
        latent,
    }
}

fn state<'m>(view: &View<'m>, architecture: &Value<'m>) -> Result<f64, Gaps> {
    stated(view, &Ok(architecture.clone()), "recurrent_state", Some(0.0)).map(|figure| figure.value)
}

/// The groups of `kv_groups`, where it is stated.
fn stated_groups<'m>(view: &View<'m>, architecture: &Value<'m>) -> Option<Result<Vec<Group>, Gaps>> {
    let groups = view.field(architecture, "kv_groups").ok().filter(|value| !matches!(value.data, Data::None))?;
    let elements = view.elements(&groups)?;
    Some(
        elements
            .into_iter()
            .map(|element| {
                let element: Answer<'m> = Ok(element?);
                let number = |name| stated(view, &element, name, Some(0.0)).map(|figure| figure.value);
                let kind = element.as_ref().map_err(Clone::clone).and_then(|group| text(view, group, "kind"))?;
                let latent = kind == "mla";
                Ok(Group {
                    layers: number("layers")?,
                    heads: if latent { 1.0 } else { number("kv_heads")? },
                    width: if latent {
                        number("kv_lora_rank")? + number("qk_rope_head_dim")?
                    } else {
                        number("k_dim")? + number("v_dim")?
                    },
                    window: if matches!(kind, Cow::Borrowed("sliding" | "chunked")) { Some(number("window")?) } else { None },
                    latent,
                })
            })
            .collect(),
    )
}

/// The cache that the plain fields of an architecture describe.
fn plain<'m>(view: &View<'m>, architecture: &Value<'m>, number: &Numbers<'_>) -> Result<Cache, Gaps> {
    let own = |name: &'static str| stated(view, &Ok(architecture.clone()), name, Some(0.0)).map(|figure| figure.value);
    let layers = number("layers", &|known| known.layers.map(f64::from));
    let attention = own("attention_layers")?;
    let layers = if attention > 0.0 { Ok(attention) } else { layers.map(|figure| figure.value) };
    let rank = own("kv_lora_rank")?;
    let state = state(view, architecture)?;
    if rank > 0.0 {
        let width = rank + own("qk_rope_head_dim")?;
        return Ok(Cache { groups: vec![Group { layers: layers?, heads: 1.0, width, window: None, latent: true }], state });
    }
    let heads = number("kv_heads", &|known| known.kv_heads.map(f64::from));
    let dimension = number("head_dim", &|known| known.head_dim.map(f64::from));
    let mut missing = Gaps::default();
    for gaps in [layers.as_ref().err(), heads.as_ref().err(), dimension.as_ref().err()].into_iter().flatten() {
        missing = missing.and(gaps.clone());
    }
    let (Ok(layers), Ok(heads), Ok(dimension)) = (layers, heads, dimension) else { return Err(missing) };
    let group = |layers, window| Group { layers, heads: heads.value, width: 2.0 * dimension.value, window, latent: false };
    let window = own("sliding_window")?;
    let sliding = own("sliding_layers")?;
    let groups = match (window > 0.0, sliding > 0.0) {
        (false, _) => vec![group(layers, None)],
        (true, false) => vec![group(layers, Some(window))],
        (true, true) => vec![group((layers - sliding).max(0.0), None), group(sliding.min(layers), Some(window))],
    };
    Ok(Cache { groups, state })
}
