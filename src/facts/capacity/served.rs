//! The models of a hosting entry, in the format in which it serves them.

use super::super::{list, text, word};
use super::Case;
use super::figure::{Figure, Origin, Term, Unit, stated, total, work};
use super::machine::EightBit;
use super::shape::{self, Shape};
use super::weights::{self, Format};
use crate::knowledge::tables::Tables;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// The models that an entry serves.
#[derive(Debug)]
pub struct Served<'m> {
    /// Each with weights of its own: an adapter shares those of its base.
    pub models: Result<Vec<(Value<'m>, Shape)>, Gaps>,
    /// The writing model that the entry is sized for: of several, that with the smallest cache.
    pub main: Option<(Value<'m>, Shape)>,
}

impl<'m> Served<'m> {
    pub fn of(view: &View<'m>, tables: &Tables, host: &Value<'m>) -> Result<Self, Gaps> {
        let mut models: Vec<(Value<'m>, Shape)> = Vec::new();
        let mut missing = Gaps::default();
        let mut owners = Vec::new();
        let mut main: Option<(Value<'m>, Shape)> = None;
        for model in list(view, host, "models")? {
            let model = match model.and_then(|model| view.follow(&model)) {
                Ok(model) => model,
                Err(gaps) => {
                    missing = missing.and(gaps);
                    continue;
                }
            };
            let shape = shape::of(view, tables, &model);
            if writes(view, &model) && main.as_ref().is_none_or(|(_, known)| token(&shape) < token(known)) {
                main = Some((model.clone(), shape.clone()));
            }
            let owner = owner(view, &model);
            if !owners.contains(&owner) {
                owners.push(owner);
                models.push((model, shape));
            }
        }
        let models = if missing.is_empty() { Ok(models) } else { Err(missing) };
        Ok(Self { models, main })
    }

    /// Bytes of the weights of the model that it is sized for.
    pub fn own_weights(&self, view: &View<'m>, host: &Answer<'m>, case: Case) -> Term {
        self.main.as_ref().map_or_else(|| Err(Gaps::default()), |(_, shape)| weight(view, host, shape, case))
    }

    /// Bytes of the weights that one engine holds.
    pub fn weights(&self, view: &View<'m>, host: &Answer<'m>, case: Case) -> Term {
        let models = self.models.as_ref().map_err(Clone::clone)?;
        let mut parts: Vec<Term> = models.iter().map(|(_, shape)| weight(view, host, shape, case)).collect();
        let hot = stated(view, host, "hot_models", Some(0.0)).map_or(0.0, |hot| hot.value);
        if hot > 0.0 && f64::from(u32::try_from(parts.len()).unwrap_or(u32::MAX)) > hot {
            // Which of them are loaded is not known: the lightest at best, the heaviest at worst.
            let bytes = |term: &Term| term.as_ref().map_or(f64::INFINITY, |figure| figure.value);
            parts.sort_by(|a, b| bytes(a).total_cmp(&bytes(b)));
            if case != Case::Best {
                parts.reverse();
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
            parts.truncate(hot as usize);
        }
        match parts.as_slice() {
            [one] => one.clone(),
            several => {
                let parts: Vec<_> = several.iter().map(|part| ("model", part.clone())).collect();
                total("all weights", Unit::Bytes, "sum over the models that are loaded", &parts)
            }
        }
    }
}

/// Bytes of cache that one token takes, for choosing; unknown counts as most.
fn token(shape: &Shape) -> f64 {
    shape.cache.as_ref().map_or(f64::INFINITY, |cache| cache.bytes(1.0, super::cache::Keeping::PLAIN))
}

/// Whether a model writes: what kind it is not said counts as writing.
pub fn writes<'m>(view: &View<'m>, model: &Value<'m>) -> bool {
    !matches!(text(view, model, "kind").as_deref(), Ok("embedding" | "reranker" | "guard" | "classifier"))
}

/// The model whose weights are loaded: an adapter's base, else the model.
fn owner<'m>(view: &View<'m>, model: &Value<'m>) -> String {
    if text(view, model, "kind").as_deref() == Ok("adapter") {
        let bases = list(view, model, "base").unwrap_or_default();
        if let Some(base) = bases.iter().flatten().find_map(word) {
            return base.into_owned();
        }
    }
    text(view, model, "id").map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// The format in which an entry serves a model, and where that is from: `quantization`, `precision`, the
/// name of a quantised fork, or as published.
pub fn format<'m>(view: &View<'m>, host: &Answer<'m>, shape: &Shape, case: Case) -> Result<(Format, Origin), Gaps> {
    let field = |name| host.clone().and_then(|host| view.field(&host, name));
    let word = |value: &Value<'_>| word(value).map(std::borrow::Cow::into_owned);
    if let Ok(value) = field("quantization")
        && !matches!(value.data, Data::None)
        && let Some(format) = word(&value).and_then(|word| weights::quantization(&word))
    {
        return Ok((format, Origin::Stated(value.place)));
    }
    let precision = field("precision");
    if let Ok(value) = &precision
        && let Some(format) = word(value).and_then(|word| weights::precision(&word, case))
    {
        return Ok((format, Origin::Stated(value.place)));
    }
    if let Some(format) = shape.fork.as_deref().and_then(|name| fork(name, case)) {
        return Ok((format, Origin::Table("the format in the model's name".into())));
    }
    if let Some((published, source)) = &shape.published
        && shape.fork.is_none()
        && let Some(format) = published_format(published)
    {
        return Ok((format, Origin::Table(format!("as published: {source}").into())));
    }
    match precision {
        Err(gaps) => Err(gaps),
        Ok(value) => Err(view.gap_at(value.place)),
    }
}

/// The format that the end of a fork's name tells, where it tells one.
fn fork(name: &str, case: Case) -> Option<Format> {
    let has = |part: &str| name.contains(part);
    if let Some(format) = weights::quantization(&name.replace('-', "_").to_lowercase()) {
        return Some(format);
    }
    if has("gguf") {
        // A folder of files in many formats.
        None
    } else if has("fp8") {
        weights::quantization("fp8")
    } else if has("int8") || has("w8a8") || has("8bit") {
        weights::quantization("int8")
    } else if has("mxfp4") {
        weights::quantization("mxfp4")
    } else if has("nvfp4") || has("fp4") {
        weights::quantization("nvfp4")
    } else if has("nf4") || has("bnb-4bit") {
        weights::quantization("nf4-dq")
    } else if has("awq") || has("gptq") || has("int4") || has("w4a16") || has("4bit") {
        weights::precision("int4", case)
    } else {
        None
    }
}

fn published_format(dtype: &str) -> Option<Format> {
    match dtype {
        "bfloat16" | "float16" => weights::precision("bf16", Case::Expected),
        "float32" => weights::precision("fp32", Case::Expected),
        // What models' cards say more of: the format first, then what it is used for.
        _ if dtype.starts_with("mxfp4 experts") => weights::quantization("mxfp4"),
        _ if dtype.starts_with("int4 experts g32") => Some(Format::Experts(weights::grouped(4.0, 32.0))),
        _ if dtype.starts_with("fp8_e4m3 (block 128") => weights::quantization("fp8-block128"),
        other => weights::quantization(other),
    }
}

/// Whether weights and activations are computed with eight bits: a format for weights alone is not.
pub fn eight_bit<'m>(view: &View<'m>, host: &Answer<'m>) -> Option<EightBit> {
    let said = |name| host.as_ref().ok().and_then(|host| text(view, host, name).ok());
    match (said("quantization").as_deref(), said("precision").as_deref()) {
        (Some("fp8" | "fp8-block128"), _) => Some(EightBit::Float),
        (Some("int8"), _) => Some(EightBit::Integer),
        (None | Some("none"), Some("fp8")) => Some(EightBit::Float),
        (None | Some("none"), Some("int8")) => Some(EightBit::Integer),
        _ => None,
    }
}

/// Bytes of one model's weights.
fn weight<'m>(view: &View<'m>, host: &Answer<'m>, shape: &Shape, case: Case) -> Term {
    let format = format(view, host, shape, case);
    let bits = format.clone().map(|(format, origin)| Figure { value: format.bits(), origin });
    let (parameters, embeddings) = (("parameters", Unit::Parameters, &shape.parameters), Ok(shape.embeddings.clone()));
    let bits = ("bits", Unit::Bits, &bits);
    let name = "weights";
    match format.map(|(format, _)| format) {
        Ok(kind @ Format::Linear(_)) => work(
            name,
            Unit::Bytes,
            "(parameters − embeddings) × bits / 8 + embeddings × 2",
            [parameters, bits, ("embeddings", Unit::Parameters, &embeddings)],
            |[parameters, _, embeddings]| weights::bytes(kind, parameters, embeddings, 0.0),
        ),
        Ok(kind @ Format::Experts(_)) => work(
            name,
            Unit::Bytes,
            "experts × bits / 8 + (parameters − experts) × 2",
            [parameters, bits, ("experts", Unit::Parameters, &shape.expert_parameters)],
            |[parameters, _, experts]| weights::bytes(kind, parameters, 0.0, experts),
        ),
        Ok(kind @ Format::Whole(_)) => {
            work(name, Unit::Bytes, "parameters × bits / 8", [parameters, bits], |[parameters, _]| {
                weights::bytes(kind, parameters, 0.0, 0.0)
            })
        }
        // Both are missing, or one: ask for what is.
        Err(_) => work(name, Unit::Bytes, "parameters × bits / 8", [parameters, bits], |_| 0.0),
    }
}
