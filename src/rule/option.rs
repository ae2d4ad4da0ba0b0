//! Options of rules: what a text means as a value of one, and what conditions see of it.

use std::borrow::Cow;

use super::model::{OptionKind, OptionValue, Rule};
use crate::expr::eval::Options;
use crate::expr::ty::Ty;
use crate::manifest::describe::Type;
use crate::manifest::leaf;
use crate::manifest::value::{Data, Value};

impl OptionKind {
    /// What a value looks like, for messages and documentation.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Count => "a number, as in `30B` or `100k`",
            Self::Share => "a share from 0 to 1",
            Self::Percent => "a percentage from 0 to 100",
            Self::Duration => "an ISO 8601 duration, as in `P30D`",
            Self::Texts => "a list of texts",
        }
    }

    /// The type that conditions see.
    pub fn ty(self) -> Ty {
        match self {
            Self::Number | Self::Count | Self::Share | Self::Percent => Ty::Number,
            Self::Duration => Ty::Duration,
            Self::Texts => Ty::List(Box::new(Ty::from(Type::Text))),
        }
    }

    /// Reads a value of this type; the error says what is wrong with it.
    pub fn read<'m>(self, value: &OptionValue<'_>) -> Result<Data<'m>, String> {
        let number = |parsed: Result<f64, String>| parsed.map(Data::Number);
        match (self, value) {
            (Self::Texts, OptionValue::List(items)) => {
                let text = |item: &Cow<'_, str>| Ok(Value::computed(Data::Text(Cow::Owned(item.clone().into_owned()))));
                Ok(Data::List(items.iter().map(text).collect()))
            }
            (Self::Texts, OptionValue::One(_)) | (_, OptionValue::List(_)) => Err(format!("{} is needed", self.describe())),
            (Self::Number | Self::Count, OptionValue::One(text)) => number(leaf::count(text)),
            (Self::Share, OptionValue::One(text)) => number(leaf::share(text)),
            (Self::Percent, OptionValue::One(text)) => number(leaf::percent(text)),
            (Self::Duration, OptionValue::One(text)) => leaf::duration(text).map(Data::Duration),
        }
    }
}

impl std::fmt::Display for OptionValue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(text) => f.write_str(text),
            Self::List(items) => write!(f, "[{}]", items.join(", ")),
        }
    }
}

impl Options for Rule<'_> {
    fn value<'m>(&self, name: &str) -> Option<Data<'m>> {
        let option = self.options.iter().find(|option| option.name == name)?;
        option.kind.read(&option.value).ok()
    }
}
