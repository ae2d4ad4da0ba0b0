//! The row of one licence in force: where it is, and its terms.

use std::borrow::Cow;

use super::super::lineage::{Node, Origin, STEP, path};
use super::super::{fact, truth};
use super::force::{Held, State};
use super::{Basis, Ground, InForce, Relation};
use crate::knowledge::licences::model::{
    Category, Commercial, Condition, ConditionKind, DutyKind, Effect, HostingRule, Licence, OutputScope, OutputsAllowed,
};
use crate::manifest::describe::{EnumDesc, RecordDesc, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Value};
use crate::manifest::vocabulary::Model;
use crate::syntax::tree::Place;

/// A condition of a licence.
pub static CONDITION: RecordDesc = RecordDesc {
    name: "LicenceCondition",
    doc: "Something that has to be done, or be the case, before the licence holds.",
    fields: &[
        fact("kind", Type::Enum(ConditionKind::DESC), "The kind of condition."),
        fact("business", Type::List(&Type::Text), "The kinds of business it is about; empty for all."),
        fact("before", Type::Text, "`commercial_use` where it matters to that only; else `none`."),
        fact("effect", Type::Enum(Effect::DESC), "What follows where it is not met."),
        fact("clause", Type::Text, "The clause; `none` where the table has none."),
        fact("says", Type::Text, "The condition in a sentence."),
    ],
};

/// A row of `facts.licences`.
pub static LICENCE: RecordDesc = RecordDesc {
    name: "LicenceFacts",
    doc: "One model, one thing that it comes from, and one licence in force there. Where a licence is `none` or `NOASSERTION`, every term is `none`; where it is not declared, or not known to the table, every term is undeclared. Of an `OR` the best branch counts, of an `AND` each part is a row.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model."),
        fact("node", Type::Ref(target::DatasetOrModel::SECTIONS), "The model itself, or what it comes from."),
        fact("own", Type::Bool, "Whether that is the model itself."),
        fact("relation", Type::Enum(Relation::DESC), "How it is behind the model."),
        fact("path", Type::List(&Type::Record(&STEP)), "The way to it, the step nearest to the model first."),
        fact("served", Type::Bool, "Whether a hosting entry serves the model, or a model made from it."),
        fact("hosted", Type::Bool, "Whether a hosting entry serves the model itself."),
        fact("declared", Type::Licence, "What `license` says, as written."),
        fact("basis", Type::Enum(Basis::DESC), "What the licence follows from."),
        fact("known", Type::Bool, "Whether the table knows the licence by this name."),
        fact(
            "covered",
            Type::Bool,
            "Whether an agreement in force today (`license` or `enterprise_terms`, for data also `data_license`) covers the node: then its terms count, not those of the licence.",
        ),
        fact("licence", Type::Text, "The id of the licence; undeclared where several share the name."),
        fact("category", Type::Enum(Category::DESC), "What the licence is like, as a whole."),
        fact("commercial", Type::Enum(Commercial::DESC), "Whether commercial use is allowed."),
        fact("permissive", Type::Bool, "Whether it is permissive, or puts the work into the public domain."),
        fact("non_commercial", Type::Bool, "Whether it allows no commercial use at all."),
        fact("verified", Type::Bool, "Whether the text, or a copy of it word by word, was read for the table."),
        fact("unverified", Type::Text, "What was not seen in the text; `none` where there is nothing."),
        fact("effective", Type::Text, "The day, month or year of the version; `none` where the table has none."),
        fact("outputs_for_training", Type::Enum(OutputsAllowed::DESC), "Whether other models may be trained on what it writes."),
        fact("outputs_scope", Type::Enum(OutputScope::DESC), "Which training that is about."),
        fact("outputs_except", Type::List(&Type::Text), "What it is not about: `own_family`, `classifiers_embeddings`, …"),
        fact("outputs_clause", Type::Text, "The clause."),
        fact("outputs_says", Type::Text, "The rule in a sentence."),
        fact("hosting", Type::Enum(HostingRule::DESC), "What is said on offering it as a hosted service."),
        fact("hosted_is_distribution", Type::Bool, "Whether a hosted service counts as distribution."),
        fact("flow_down", Type::Bool, "Whether use restrictions have to bind one's own users and recipients."),
        fact("flow_down_clause", Type::Text, "The clause."),
        fact("same_licence", Type::Bool, "Whether what is made from it has to stay under the licence."),
        fact("derivatives_clause", Type::Text, "The clause on what is made from it."),
        fact("naming", Type::Text, "How names of derived models have to begin; `none` where that is free."),
        fact("share_alike", Type::Bool, "Whether adapted works stay under the licence."),
        fact("network_copyleft", Type::Bool, "Whether use over a network gives a right to the source."),
        fact(
            "conditions",
            Type::List(&Type::Record(&CONDITION)),
            "What has to be done, or be the case, before the licence holds.",
        ),
        fact("name", Type::Text, "What the licence is called."),
    ],
};

impl<'m> Ground<'m> {
    /// The row of a licence in force at something that a model comes from.
    pub fn row(
        &self,
        model: &Node<'m>,
        origin: Origin<'m>,
        held: Held<'m>,
        served: &Answer<'m>,
        hosted: &Answer<'m>,
    ) -> InForce<'m> {
        let node = &origin.node;
        let basis = if held.from_source { Basis::Source } else { Basis::Declared };
        let (basis, known) = match &held.state {
            State::Undeclared(gaps) => (Err(gaps.clone()), Err(gaps.clone())),
            State::Absent => (Ok(word(Basis::DESC, basis as usize, held.place)), Ok(none(held.place))),
            State::Named(candidates, _) => {
                let known = Value { data: Data::Bool(!candidates.is_empty()), place: held.place };
                (Ok(word(Basis::DESC, basis as usize, held.place)), Ok(known))
            }
        };
        let mut values = vec![
            Ok(model.value.clone()),
            Ok(Value { data: Data::Ref(node.id, target::DatasetOrModel::SECTIONS), place: node.value.place }),
            truth(Ok(origin.path.is_empty())),
            Ok(word(Relation::DESC, origin.relation as usize, None)),
            Ok(path(&origin)),
            served.clone(),
            hosted.clone(),
            self.view.field(&node.value, "license"),
            basis,
            known,
            truth(self.covered(node.id, node.section)),
        ];
        values.extend(terms(&held));
        let key = format!("{} {} {}", model.id, node.id, held.key()).trim_end().to_owned();
        let place = held.place.or(node.value.place);
        let row = Value { place, data: Data::row(&LICENCE, key.clone(), values) };
        InForce { model: model.clone(), origin, held, row, key }
    }
}

/// The terms of a licence in the order of [`LICENCE`].
fn terms<'m>(held: &Held<'m>) -> Vec<Answer<'m>> {
    let outputs = |licence: &Licence<'static>| licence.outputs_for_training.clone();
    let derivatives = |licence: &Licence<'static>| licence.derivatives.clone();
    vec![
        held.text(|licence| Some(licence.id)),
        held.word(Category::DESC, |licence| Some(licence.category as usize)),
        held.word(Commercial::DESC, |licence| licence.commercial.map(|commercial| commercial as usize)),
        held.flag(|licence| Some(licence.permissive())),
        held.flag(Licence::non_commercial),
        held.flag(|licence| Some(licence.read())),
        held.perhaps(|licence| Some(Some(licence.unverified.join("; ")).filter(|text| !text.is_empty()).map(Cow::Owned))),
        held.perhaps(|licence| Some(licence.effective.map(Cow::Borrowed))),
        held.word(OutputsAllowed::DESC, |licence| outputs(licence)?.rule.map(|rule| rule as usize)),
        held.word(OutputScope::DESC, |licence| outputs(licence)?.scope.map(|scope| scope as usize)),
        held.answer(|licence| outputs(licence).map(|rule| rule.except), texts),
        held.perhaps(|licence| Some(outputs(licence)?.clause.map(Cow::Borrowed))),
        held.perhaps(|licence| Some(outputs(licence)?.says.map(Cow::Borrowed))),
        held.word(HostingRule::DESC, |licence| licence.hosted().map(|rule| rule as usize)),
        held.flag(|licence| licence.hosted_is_distribution.or(licence.duties.as_ref().map(|_| false))),
        held.flag(Licence::passes_on),
        held.perhaps(|licence| Some(flow_down_clause(licence).map(Cow::Borrowed))),
        held.flag(|licence| derivatives(licence)?.same_licence),
        held.perhaps(|licence| Some(derivatives(licence)?.clause.map(Cow::Borrowed))),
        held.perhaps(|licence| Some(derivatives(licence)?.naming.map(Cow::Borrowed))),
        held.flag(|licence| licence.share_alike),
        held.flag(|licence| licence.network_copyleft),
        held.answer(
            |licence| Some(licence.conditions.clone()),
            |conditions| Data::List(conditions.iter().map(|condition| Ok(condition_row(condition))).collect()),
        ),
        held.text(|licence| Some(licence.name)),
    ]
}

fn flow_down_clause(licence: &Licence<'static>) -> Option<&'static str> {
    licence.duties.iter().flatten().find(|duty| duty.kind == DutyKind::FlowDown)?.clause
}

fn condition_row<'m>(condition: &Condition<'static>) -> Value<'m> {
    let values = vec![
        Ok(word(ConditionKind::DESC, condition.kind as usize, None)),
        Ok(Value::computed(texts(condition.business.clone()))),
        Ok(perhaps(condition.before)),
        Ok(word(Effect::DESC, condition.effect as usize, None)),
        Ok(perhaps(condition.clause)),
        Ok(perhaps(condition.says)),
    ];
    let key = condition.kind.word().to_owned();
    Value::computed(Data::row(&CONDITION, key, values))
}

impl<'m> Held<'m> {
    /// A term as a value; `none` where there is no licence.
    pub fn answer<T: PartialEq>(
        &self,
        read: impl Fn(&Licence<'static>) -> Option<T>,
        make: impl Fn(T) -> Data<'m>,
    ) -> Answer<'m> {
        Ok(Value { data: self.ask(read)?.map_or(Data::None, make), place: self.place })
    }

    fn text(&self, read: impl Fn(&Licence<'static>) -> Option<&'static str>) -> Answer<'m> {
        self.answer(read, |text| Data::Text(Cow::Borrowed(text)))
    }

    /// A text that the table may know not to be there.
    fn perhaps(&self, read: impl Fn(&Licence<'static>) -> Option<Option<Cow<'static, str>>>) -> Answer<'m> {
        self.answer(read, |text| text.map_or(Data::None, Data::Text))
    }

    fn flag(&self, read: impl Fn(&Licence<'static>) -> Option<bool>) -> Answer<'m> {
        self.answer(read, Data::Bool)
    }

    fn word(&self, desc: &'static EnumDesc, read: impl Fn(&Licence<'static>) -> Option<usize>) -> Answer<'m> {
        self.answer(read, |index| Data::Word(desc, index))
    }
}

/// A word of an enumeration.
pub fn word<'m>(desc: &'static EnumDesc, index: usize, place: Option<Place>) -> Value<'m> {
    Value { data: Data::Word(desc, index), place }
}

/// Nothing, said at a place.
pub fn none<'m>(place: Option<Place>) -> Value<'m> {
    Value { data: Data::None, place }
}

/// A text, or `none`.
pub fn perhaps<'m>(text: Option<&'static str>) -> Value<'m> {
    Value::computed(text.map_or(Data::None, |text| Data::Text(Cow::Borrowed(text))))
}

/// A list of texts.
pub fn texts<'m>(texts: Vec<&'static str>) -> Data<'m> {
    Data::List(texts.into_iter().map(|text| Ok(Value::computed(Data::Text(Cow::Borrowed(text))))).collect())
}
