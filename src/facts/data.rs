//! Data sets: how sensitive each is, and what it is used for.
//!
//! Categories are Fides keys and match by prefix. The special categories of Art. 9 GDPR, and the
//! criminal data of Art. 10, are mapped from them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::naming::Naming;
use super::{Any, both, fact, list, text, truth, word};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::manifest::vocabulary::{Dataset, LegalBasis};

/// A row of `facts.datasets`.
pub static DATASET: RecordDesc = RecordDesc {
    name: "DatasetFacts",
    doc: "What follows for one data set.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact(
            "personal",
            Type::Bool,
            "Whether it holds personal data: a category below `user`, not anonymised, synthetic or aggregated.",
        ),
        fact(
            "secret",
            Type::Bool,
            "Whether it is confidential or restricted, or under a duty of secrecy, and not anonymised, synthetic or aggregated. What is public is not secret.",
        ),
        fact(
            "sensitive",
            Type::Bool,
            "Personal or secret; what is public counts only if its categories say that it is about people.",
        ),
        fact("special", Type::Bool, "Whether it holds special categories (GDPR Art. 9) or criminal data (Art. 10)."),
        fact(
            "trained",
            Type::Bool,
            "Whether a model is trained on it: `trained_on`, a training run, or a flow with that purpose.",
        ),
        fact(
            "retrieved",
            Type::Bool,
            "Whether it is put into a model's context: a retrieval source, or a flow with that purpose.",
        ),
        fact("prompted", Type::Bool, "Whether it reaches a model as input: a flow from it with the purpose inference."),
        fact("used", Type::Bool, "Trained on, retrieved or prompted with."),
        fact(
            "origins",
            Type::List(&Type::Record(Dataset::DESC)),
            "The data set and everything it is derived from, nearest first.",
        ),
    ],
};

/// A row of `facts.uses`.
pub static USE: RecordDesc = RecordDesc {
    name: "Use",
    doc: "One data set and one purpose.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("purpose", Type::Text, "`training`, `retrieval` or `inference`."),
        fact("used", Type::Bool, "Whether the data set is used for this purpose."),
        fact("legal_basis", Type::Enum(LegalBasis::DESC), "The legal basis declared for this purpose."),
        fact(
            "consent",
            Type::Enum(crate::manifest::vocabulary::Consent::DESC),
            "The state of consent declared for this purpose.",
        ),
    ],
};

/// Fides keys of special categories of personal data.
const SPECIAL: [&str; 7] = [
    "user.health_and_medical",
    "user.biometric",
    "user.demographic.race_ethnicity",
    "user.demographic.religious_belief",
    "user.demographic.political_opinion",
    "user.demographic.sexual_orientation",
    "user.criminal_history",
];

/// Both relations, or the gap of the section.
pub fn derive<'m>(view: &View<'m>) -> (Answer<'m>, Answer<'m>) {
    let datasets = match list(view, &view.manifest(), "datasets") {
        Ok(datasets) => datasets,
        Err(gaps) => return (Err(gaps.clone()), Err(gaps)),
    };
    let (mut rows, mut uses) = (Vec::new(), Vec::new());
    let users = Users::of(view);
    for dataset in datasets {
        match dataset.and_then(|dataset| text(view, &dataset, "id").map(|id| (id, dataset))) {
            Ok((id, dataset)) => {
                let used = Uses::of(view, &users, &id);
                rows.push(Ok(row(view, &id, &dataset, &used)));
                uses.extend(used.rows(view, &id, &dataset));
            }
            Err(gaps) => rows.push(Err(gaps)),
        }
    }
    (Ok(Value::list(rows)), Ok(Value::list(uses)))
}

fn row<'m>(view: &View<'m>, id: &str, dataset: &Value<'m>, used: &Uses) -> Value<'m> {
    let personal = personal(view, dataset);
    let secret = secret(view, dataset);
    let sensitive = sensitive(view, dataset, personal.clone(), secret.clone());
    let mut any = Any::default();
    for answer in [&used.training, &used.retrieval, &used.inference] {
        any.add(answer.clone());
    }
    let values = vec![
        Ok(dataset.clone()),
        truth(personal),
        truth(secret),
        truth(sensitive),
        special(view, dataset),
        truth(used.training.clone()),
        truth(used.retrieval.clone()),
        truth(used.inference.clone()),
        truth(any.answer()),
        Ok(Value::list(origins(view, dataset))),
    ];
    Value { place: dataset.place, data: Data::row(&DATASET, id.to_owned(), values) }
}

/// A data set and what it is derived from, all the way; what is not said stays in as a gap only if it
/// is said to be unknown, since a data set is not derived unless something says so.
fn origins<'m>(view: &View<'m>, dataset: &Value<'m>) -> Vec<Answer<'m>> {
    let mut found = vec![dataset.clone()];
    let mut gaps = Vec::new();
    let mut next = 0;
    while let Some(at) = found.get(next).cloned() {
        next += 1;
        match list(view, &at, "derived_from") {
            Ok(parents) => {
                for parent in parents.iter().flatten().filter_map(|parent| view.follow(parent).ok()) {
                    if !found.iter().any(|known| known.place == parent.place) {
                        found.push(parent);
                    }
                }
            }
            Err(missing) if missing.iter().any(|gap| gap.stated_unknown) => gaps.push(Err(missing)),
            Err(_) => {}
        }
    }
    found.into_iter().map(Ok).chain(gaps).collect()
}

/// Anonymised, synthetic and aggregated data is nobody's. An absent claim claims nothing.
pub fn identifiable<'m>(view: &View<'m>, dataset: &Value<'m>) -> Result<bool, Gaps> {
    let claimed = view.field(dataset, "deidentification")?;
    let state = view.field(&claimed, "state")?;
    Ok(!matches!(word(&state).as_deref(), Some("anonymised" | "synthetic" | "aggregated")))
}

fn categories<'m>(view: &View<'m>, dataset: &Value<'m>, test: impl Fn(&str) -> bool) -> Result<Option<Value<'m>>, Gaps> {
    let mut gaps = Gaps::default();
    let mut missing = false;
    for category in list(view, dataset, "categories")? {
        match category {
            Ok(category) if word(&category).is_some_and(|key| test(&key)) => return Ok(Some(category)),
            Ok(_) => {}
            Err(more) => {
                missing = true;
                gaps = gaps.and(more);
            }
        }
    }
    if missing { Err(gaps) } else { Ok(None) }
}

fn below(key: &str, parent: &str) -> bool {
    key.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

pub fn personal<'m>(view: &View<'m>, dataset: &Value<'m>) -> Result<bool, Gaps> {
    let about_people = categories(view, dataset, |key| below(key, "user")).map(|found| found.is_some());
    both(identifiable(view, dataset), settled(invented(view, dataset), about_people))
}

/// Whether the data set is said to have been made up. Where nothing else is said of what is in it,
/// that settles it; where something is, that counts.
fn invented<'m>(view: &View<'m>, dataset: &Value<'m>) -> bool {
    text(view, dataset, "source").as_deref() == Ok("synthetic")
}

/// What is not declared is false if something else settles it; `unknown` stays unknown.
fn settled(settles: bool, answer: Result<bool, Gaps>) -> Result<bool, Gaps> {
    match answer {
        Err(gaps) if settles && !gaps.iter().any(|gap| gap.stated_unknown) => Ok(false),
        answer => answer,
    }
}

/// Personal or secret. What is public and not said to be about people need not be kept from anybody.
pub fn sensitive<'m>(
    view: &View<'m>,
    dataset: &Value<'m>,
    personal: Result<bool, Gaps>,
    secret: Result<bool, Gaps>,
) -> Result<bool, Gaps> {
    let mut sensitive = Any::default();
    sensitive.add(counted(view, dataset, personal));
    sensitive.add(secret);
    sensitive.answer()
}

/// Whether data is personal, where being public settles what is not said.
pub fn counted<'m>(view: &View<'m>, dataset: &Value<'m>, personal: Result<bool, Gaps>) -> Result<bool, Gaps> {
    let public = text(view, dataset, "classification").as_deref() == Ok("public");
    settled(public, personal)
}

/// True with the category that makes it so.
fn special<'m>(view: &View<'m>, dataset: &Value<'m>) -> Answer<'m> {
    let found = categories(view, dataset, |key| SPECIAL.iter().any(|special| below(key, special)));
    let place = found.as_ref().ok().and_then(|found| found.as_ref().and_then(|value| value.place));
    let answer = both(identifiable(view, dataset), found.map(|found| found.is_some()))?;
    Ok(Value { data: Data::Bool(answer), place: place.filter(|_| answer) })
}

pub fn secret<'m>(view: &View<'m>, dataset: &Value<'m>) -> Result<bool, Gaps> {
    let class = text(view, dataset, "classification");
    if class.as_deref() == Ok("public") {
        return Ok(false);
    }
    let mut secret = Any::default();
    secret.add(class.map(|class| matches!(class.as_ref(), "confidential" | "restricted")));
    let duties = list(view, dataset, "duties").map(|duties| !duties.is_empty());
    secret.add(settled(invented(view, dataset), duties));
    both(identifiable(view, dataset), secret.answer())
}

/// What a data set is used for.
struct Uses {
    training: Result<bool, Gaps>,
    retrieval: Result<bool, Gaps>,
    inference: Result<bool, Gaps>,
}

/// What may use data sets, by the ids of the data sets.
struct Users<'m> {
    models: Naming<'m>,
    training: Naming<'m>,
    retrieval: Naming<'m>,
    flows: Naming<'m>,
}

impl<'m> Users<'m> {
    fn of(view: &View<'m>) -> Self {
        let by = |section, field| Naming::of(view, section, field);
        Self {
            models: trained_on(view),
            training: by("training", "datasets"),
            retrieval: by("retrieval", "sources"),
            flows: by("flows", "from"),
        }
    }
}

impl Uses {
    fn of<'m>(view: &View<'m>, users: &Users<'m>, id: &str) -> Self {
        let names = |naming: &Naming<'m>, field: &str| names(view, naming, field, id);
        let flows = |purpose: &str| flows(view, &users.flows, purpose, id);
        let mut training = Any::default();
        training.add(names(&users.models, "trained_on"));
        training.add(names(&users.training, "datasets"));
        training.add(flows("training"));
        let mut retrieval = Any::default();
        retrieval.add(names(&users.retrieval, "sources"));
        retrieval.add(flows("retrieval"));
        Self { training: training.answer(), retrieval: retrieval.answer(), inference: flows("inference") }
    }

    fn rows<'m>(&self, view: &View<'m>, id: &str, dataset: &Value<'m>) -> Vec<Answer<'m>> {
        let purposes = [("training", &self.training), ("retrieval", &self.retrieval), ("inference", &self.inference)];
        let nested = |record: &str, purpose: &str| match view.field(dataset, record) {
            Ok(record) => view.field(&record, purpose),
            Err(gaps) => gaps.field(purpose),
        };
        let rows = purposes.into_iter().map(|(purpose, used)| {
            let values = vec![
                Ok(dataset.clone()),
                Ok(Value::computed(Data::Text(Cow::Borrowed(purpose)))),
                truth(used.clone()),
                nested("legal_basis", purpose),
                nested("consent", purpose),
            ];
            let key = format!("{id} {purpose}");
            Ok(Value { place: dataset.place, data: Data::row(&USE, key, values) })
        });
        rows.collect()
    }
}

/// Whether an entry of a section names the data set in a list field.
fn names<'m>(view: &View<'m>, naming: &Naming<'m>, field: &str, id: &str) -> Result<bool, Gaps> {
    let mut any = Any::default();
    for entry in naming.about(id)? {
        any.add(
            entry
                .clone()
                .and_then(|entry| list(view, &entry, field))
                .map(|ids| ids.iter().flatten().filter_map(word).any(|name| name == id)),
        );
    }
    any.answer()
}

/// The models by `trained_on`. A public model that says nothing of it was not trained on the
/// organisation's data; one that was made here and has no training run has to say.
fn trained_on<'m>(view: &View<'m>) -> Naming<'m> {
    let runs = list(view, &view.manifest(), "training").unwrap_or_default();
    let documented: HashSet<_> = runs.iter().flatten().filter_map(|run| text(view, run, "output").ok()).collect();
    Naming::by(list(view, &view.manifest(), "models"), |model| {
        let Ok(model) = model else { return Some(Vec::new()) };
        if let Ok(ids) = list(view, model, "trained_on") {
            return Some(ids.iter().flatten().filter_map(word).map(Cow::into_owned).collect());
        }
        let kind = text(view, model, "kind").unwrap_or_default();
        let derived = matches!(kind.as_ref(), "fine_tune" | "adapter" | "distilled") || view.field(model, "base").is_ok();
        let told = documented.contains(&text(view, model, "id").unwrap_or_default());
        (!derived || told).then(Vec::new)
    })
}

fn flows<'m>(view: &View<'m>, naming: &Naming<'m>, purpose: &str, id: &str) -> Result<bool, Gaps> {
    let mut any = Any::default();
    for flow in naming.about(id)?.flatten() {
        let from = text(view, flow, "from").map(|from| from == id);
        any.add(both(from, text(view, flow, "purpose").map(|word| word == purpose)));
    }
    any.answer()
}
