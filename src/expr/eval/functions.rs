//! What functions give for arguments that have a value.

use std::borrow::Cow;

use jiff::civil::Date;

use super::{Evaluator, as_text, equal, number, truth};
use crate::expr::ast::Function;
use crate::expr::show::{route, show};
use crate::manifest::leaf;
use crate::manifest::value::{Answer, Data, Gaps, Value};

impl<'r: 'm, 'm> Evaluator<'r, '_, 'm> {
    pub(super) fn apply(&self, function: Function, args: &[Value<'m>]) -> Answer<'m> {
        let view = &self.env.view;
        let unusable = || view.gap_at(args.iter().find_map(|arg| arg.place));
        let text = |at: usize| args.get(at).and_then(as_text);
        let one = || args.first().and_then(|arg| self.as_number(arg).ok());
        let day = |at: usize| match args.get(at).map(|arg| &arg.data) {
            Some(Data::Date(day)) => Some(*day),
            _ => None,
        };
        let today = self.env.today;
        let data = match function {
            Function::Size => match (as_text(&args[0]), view.each(&args[0])) {
                (_, Some(elements)) => Some(count(elements.count())),
                (Some(text), _) => Some(count(text.chars().count())),
                _ => None,
            },
            Function::StartsWith => return self.test(args, |text, prefix| text.starts_with(prefix)),
            Function::EndsWith => return self.test(args, |text, suffix| text.ends_with(suffix)),
            Function::Contains => return self.test(args, |text, part| text.contains(part)),
            Function::Lower => match text(0) {
                Some(text) => Some(Data::Text(Cow::Owned(text.to_ascii_lowercase()))),
                None => matches!(args[0].data, Data::None).then_some(Data::None),
            },
            Function::Matches => match (text(0), text(1)) {
                (Some(text), Some(pattern)) => self.env.patterns.regex(&pattern).map(|regex| Data::Bool(regex.is_match(&text))),
                _ => matches!(args[0].data, Data::None).then_some(Data::Bool(false)),
            },
            Function::Glob => match (text(0), text(1)) {
                (Some(text), Some(pattern)) => {
                    self.env.patterns.glob(&pattern).map(|glob| Data::Bool(glob.is_match(text.as_ref())))
                }
                _ => matches!(args[0].data, Data::None).then_some(Data::Bool(false)),
            },
            Function::Date => text(0).and_then(|text| leaf::date(&text).ok()).map(Data::Date),
            Function::Duration => text(0).and_then(|text| leaf::duration(&text).ok()).map(Data::Duration),
            Function::Quantity => text(0).and_then(|text| leaf::quantity(&text).ok()).map(Data::Number),
            Function::Days => one().map(|days| Data::Duration(days * leaf::SECONDS_PER_DAY)),
            Function::Today => Some(Data::Date(today)),
            Function::DaysBetween => day(0).zip(day(1)).map(|(from, to)| Data::Number(days_between(from, to))),
            Function::DaysSince => day(0).map(|from| Data::Number(days_between(from, today))),
            Function::Age => day(0).map(|from| Data::Duration(days_between(from, today) * leaf::SECONDS_PER_DAY)),
            Function::Sum => return self.fold(&args[0], 0.0, |a, b| a + b),
            Function::Product => return self.fold(&args[0], 1.0, |a, b| a * b),
            Function::Min => return self.extreme(args, f64::min),
            Function::Max => return self.extreme(args, f64::max),
            Function::Ceil => one().map(|number| Data::Number(number.ceil())),
            Function::Floor => one().map(|number| Data::Number(number.floor())),
            Function::Round => one().map(|number| Data::Number(number.round())),
            Function::Sqrt => one().filter(|number| *number >= 0.0).map(|number| Data::Number(number.sqrt())),
            Function::WilsonLower => match (one(), args.get(1).and_then(|arg| self.as_number(arg).ok())) {
                (Some(share), Some(trials)) => wilson_lower(share, trials).map(Data::Number),
                _ => None,
            },
            Function::Join => {
                let elements = view.each(&args[0]).ok_or_else(unusable)?;
                let words: Vec<String> =
                    elements.map(|element| element.map(|value| show(view, &value))).collect::<Result<_, _>>()?;
                Some(Data::Text(Cow::Owned(words.join(", "))))
            }
            Function::Route => Some(Data::Text(Cow::Owned(route(view, &args[0]).ok_or_else(unusable)?))),
            Function::Distinct => return self.distinct(&args[0]),
            // Answered by `call`, which sees whether the argument has a value.
            Function::Stated => Some(Data::Bool(true)),
        };
        data.map(Value::computed).ok_or_else(unusable)
    }

    /// Whether a text and another one, or one of a list, stand in a relation; `none` stands in none.
    fn test(&self, args: &[Value<'m>], holds: fn(&str, &str) -> bool) -> Answer<'m> {
        let [subject, other] = args else { return Err(self.env.view.gap_at(None)) };
        if matches!(subject.data, Data::None) {
            return Ok(truth(false));
        }
        let unusable = || self.env.view.gap_at(subject.place.or(other.place));
        let subject = as_text(subject).ok_or_else(unusable)?;
        if let Some(other) = as_text(other) {
            return Ok(truth(holds(&subject, &other)));
        }
        let mut gaps: Option<Gaps> = None;
        for other in self.env.view.each(other).ok_or_else(unusable)? {
            match other.and_then(|other| as_text(&other).map(|other| holds(&subject, &other)).ok_or_else(unusable)) {
                Ok(true) => return Ok(truth(true)),
                Ok(false) => {}
                Err(more) => gaps = Some(gaps.map_or(more.clone(), |gaps| gaps.and(more))),
            }
        }
        gaps.map_or(Ok(truth(false)), Err)
    }

    fn numbers(&self, list: &Value<'m>) -> Result<Vec<f64>, Gaps> {
        let mut gaps: Option<Gaps> = None;
        let mut numbers = Vec::new();
        for element in self.elements(list)? {
            match element.and_then(|element| match element.data {
                // What is explicitly not there adds nothing.
                Data::None => Ok(None),
                _ => self.as_number(&element).map(Some),
            }) {
                Ok(number) => numbers.extend(number),
                Err(more) => gaps = Some(gaps.map_or(more.clone(), |gaps| gaps.and(more))),
            }
        }
        gaps.map_or(Ok(numbers), Err)
    }

    fn fold(&self, list: &Value<'m>, start: f64, step: fn(f64, f64) -> f64) -> Answer<'m> {
        self.numbers(list).map(|numbers| number(numbers.into_iter().fold(start, step)))
    }

    fn extreme(&self, args: &[Value<'m>], pick: fn(f64, f64) -> f64) -> Answer<'m> {
        let numbers = match args {
            [list] if !matches!(list.data, Data::Number(_)) => self.numbers(list)?,
            _ => args.iter().map(|arg| self.as_number(arg)).collect::<Result<_, _>>()?,
        };
        let place = args.first().and_then(|arg| arg.place);
        numbers.into_iter().reduce(pick).map(number).ok_or_else(|| self.env.view.gap_at(place))
    }

    fn distinct(&self, list: &Value<'m>) -> Answer<'m> {
        let mut kept: Vec<Answer<'m>> = Vec::new();
        for element in self.elements(list)? {
            let seen = kept.iter().any(|other| match (other, &element) {
                (Ok(a), Ok(b)) => equal(&self.env.view, a, b) == Ok(true),
                _ => false,
            });
            if !seen {
                kept.push(element);
            }
        }
        Ok(Value { data: Data::List(kept.into()), place: list.place })
    }
}

#[expect(clippy::cast_precision_loss, reason = "lists are bounded by the node limit")]
fn count<'m>(len: usize) -> Data<'m> {
    Data::Number(len as f64)
}

fn days_between(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

/// The lower end of the 95 % Wilson score interval (Wilson 1927; z = 1.959964).
fn wilson_lower(share: f64, trials: f64) -> Option<f64> {
    const Z: f64 = 1.959_963_984_540_054;
    if !(0.0..=1.0).contains(&share) || trials < 1.0 {
        return None;
    }
    let z2 = Z * Z;
    let centre = share + z2 / (2.0 * trials);
    let spread = Z * (share * (1.0 - share) / trials + z2 / (4.0 * trials * trials)).sqrt();
    Some((centre - spread) / (1.0 + z2 / trials))
}
