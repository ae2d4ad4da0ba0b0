//! A licence's page in Markdown, for `explain`.

use std::fmt::Write as _;

use serde_json::Value;

use crate::knowledge::licences::model::{
    Category, Commercial, ConditionKind, DutyKind, DutyWhen, Effect, HostingRule, OutputScope, OutputsAllowed, OwnerOfOutputs,
    PatentGrant, ServiceAudience, SuitEnds, TerminationEvent, Tested, Unless, Use, Verified, Whose,
};
use crate::knowledge::licences::{Licence, Page};
use crate::manifest::describe::EnumDesc;

/// The page of a licence: its terms with their clauses, what was not verified, and the sources.
pub fn licence(licence: &Licence<'_>, page: &Page<'_>) -> String {
    let mut text = format!("# {}\n\n", licence.name);
    head(licence, page, &mut text);
    grants(licence, page, &mut text);
    limits(licence, &mut text);
    duties(licence, &mut text);
    uses(licence, page, &mut text);
    territories(licence, &mut text);
    ending(page, &mut text);
    service(page, &mut text);
    doubts(licence, page, &mut text);
    text
}

fn head(licence: &Licence<'_>, page: &Page<'_>, text: &mut String) {
    let _ = write!(text, "`{}`. {}", licence.id, sentence(meaning(Category::DESC, licence.category as usize)));
    let _ = writeln!(
        text,
        " {}\n",
        if page.osi_approved { "Approved by the Open Source Initiative." } else { "Not approved by the Open Source Initiative." }
    );
    let read = match licence.verified {
        Verified::Text => "The text was read.",
        Verified::Copy => "A copy of the text was read.",
        Verified::Partial => "Only parts of the text, summaries or quotations were read.",
        Verified::Memory => "Nothing of the text was read; this is from memory.",
    };
    let _ = write!(text, "{read}");
    for (label, value) in [("Version of", licence.effective), ("Last changed", page.updated), ("Law and courts:", page.law)] {
        if let Some(value) = value {
            let _ = write!(text, " {label} {value}.");
        }
    }
    let aliases = &page.aliases;
    let names = [&aliases.spdx, &aliases.hugging_face, &aliases.common, &aliases.scancode].into_iter().flatten();
    let names: Vec<String> =
        names.filter(|name| **name != licence.id && **name != licence.name).map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        let _ = write!(text, "\n\nAlso called {}.", names.join(", "));
    }
    let models: Vec<String> = page.models.iter().chain(&page.datasets).map(|model| format!("`{model}`")).collect();
    if !models.is_empty() {
        let _ = write!(text, "\n\nIn use for {}.", models.join(", "));
    }
    text.push_str("\n\n");
}

fn grants(licence: &Licence<'_>, page: &Page<'_>, text: &mut String) {
    text.push_str("## What it allows\n\n");
    let unsaid = || "not known".to_owned();
    let commercial = licence.commercial.map(|rule| spoken(Commercial::DESC, rule as usize));
    item(text, "Commercial use", &commercial.unwrap_or_else(unsaid), None, None);
    let hosting = licence.hosted().map(|rule| spoken(HostingRule::DESC, rule as usize));
    let distribution = if licence.hosted_is_distribution == Some(true) { ", which counts as distribution" } else { "" };
    item(text, "Offering it as a hosted service", &format!("{}{distribution}", hosting.unwrap_or_else(unsaid)), None, None);
    if let Some(rule) = &licence.outputs_for_training {
        let mut what = rule.rule.map_or_else(unsaid, |rule| spoken(OutputsAllowed::DESC, rule as usize));
        if let Some(scope) = rule.scope.filter(|scope| *scope != OutputScope::Any) {
            let _ = write!(what, ", about {}", spoken(OutputScope::DESC, scope as usize));
        }
        if !rule.except.is_empty() {
            let _ = write!(what, ", except {}", plain(&rule.except.join(", ")));
        }
        if rule.silent {
            what.push_str(", because the text is silent");
        }
        item(text, "Training models on what it writes", &what, rule.clause, rule.says);
    }
    if let Some(rule) = &licence.derivatives {
        let what = match rule.same_licence {
            Some(true) => "under the same licence",
            Some(false) => "under terms of your own",
            None => "not known under which terms",
        };
        let naming = rule.naming.map(|name| format!("; names begin with `{name}`")).unwrap_or_default();
        item(text, "What is made from it", &format!("{what}{naming}"), rule.clause, rule.says);
    }
    if let Some(owner) = &page.outputs_owner {
        item(text, "Who owns outputs", &spoken(OwnerOfOutputs::DESC, owner.party as usize), owner.clause, owner.says);
    }
    if let Some(patents) = &page.patents {
        let grant = patents.grant.map_or_else(unsaid, |grant| spoken(PatentGrant::DESC, grant as usize));
        let ends =
            patents.suit_ends.map(|ends| format!("; a suit ends {}", spoken(SuitEnds::DESC, ends as usize))).unwrap_or_default();
        item(text, "Patents", &format!("{grant}{ends}"), None, patents.says);
    }
    let yes = |flag: Option<bool>| flag.map_or_else(unsaid, |yes| if yes { "yes".to_owned() } else { "no".to_owned() });
    item(text, "Use over a network gives a right to the source", &yes(licence.network_copyleft), None, None);
    text.push('\n');
}

fn limits(licence: &Licence<'_>, text: &mut String) {
    section(text, "Thresholds", licence.thresholds.as_deref(), |text, term| {
        let counted = term.counted.map(|counted| format!(" of the {}", counted.word())).unwrap_or_default();
        let reach = if term.inclusive { "At" } else { "Above" };
        let business = among(&term.business, " for ");
        let effect = sentence(meaning(Effect::DESC, term.effect as usize));
        let effect = term.rate_percent.map_or(effect.clone(), |rate| format!("{effect} {rate} per cent."));
        let _ = write!(text, "- {reach} {}{counted}{business}: {effect}", term.text());
        text.push_str(match term.when {
            Tested::Release => " Tested at release; growth does not count.",
            Tested::AnyTime => " Tested at any time; growth counts.",
        });
        if term.commercial_only {
            text.push_str(" Commercial use only.");
        }
        if !term.exempt.is_empty() {
            let _ = write!(text, " Not for: {}.", plain(&term.exempt.join(", ")));
        }
        tail(text, term.clause, term.says);
    });
    if licence.conditions.is_empty() {
        return;
    }
    section(text, "Conditions", Some(&licence.conditions), |text, term| {
        let effect = meaning(Effect::DESC, term.effect as usize);
        let _ = write!(
            text,
            "- {}{}: {}",
            capital(&spoken(ConditionKind::DESC, term.kind as usize)),
            among(&term.business, " of "),
            sentence(effect)
        );
        tail(text, term.clause, term.says);
    });
}

fn duties(licence: &Licence<'_>, text: &mut String) {
    section(text, "What it asks for", licence.duties.as_deref(), |text, term| {
        let _ = write!(text, "- {}", capital(&spoken(DutyKind::DESC, term.kind as usize)));
        if let Some(words) = term.text {
            let _ = write!(text, ": `{words}`");
        }
        let _ = write!(text, ", {}", spoken(DutyWhen::DESC, term.when as usize));
        if term.modified_only {
            text.push_str(", for changed versions");
        }
        text.push('.');
        tail(text, term.clause, term.says);
    });
}

fn uses(licence: &Licence<'_>, page: &Page<'_>, text: &mut String) {
    section(text, "What it does not allow", licence.restrictions.as_deref(), |text, term| {
        let unless = term.unless.map(|unless| format!(", unless: {}", spoken(Unless::DESC, unless as usize))).unwrap_or_default();
        let _ = write!(text, "- {}{unless}.", capital(&spoken(Use::DESC, term.uses as usize)));
        tail(text, term.clause, term.says);
    });
    let Some(policy) = page.policy.as_ref().filter(|policy| policy.present) else { return };
    let place = policy.location.map(|place| format!(" ({place})")).unwrap_or_default();
    let _ = write!(text, "Rules of conduct apply{place}.");
    if policy.read == Some(false) {
        text.push_str(" They were not read.");
    }
    if policy.may_change == Some(true) {
        text.push_str(" They may change.");
    }
    tail(text, policy.clause, policy.says);
    text.push('\n');
}

fn territories(licence: &Licence<'_>, text: &mut String) {
    section(text, "Where it does not hold", licence.territories.as_deref(), |text, term| {
        let places =
            if term.unlisted { "Outside the places on a list of the provider".to_owned() } else { term.excluded.join(", ") };
        let kind = term.modalities.map(|kind| format!(", {} models only", kind.word())).unwrap_or_default();
        let whose = match term.of {
            Whose::Licensee => "by the licensee's place of business",
            Whose::Use => "by the place of use",
        };
        let _ = write!(text, "- {places}, {whose}{kind}.");
        tail(text, term.clause, term.says);
    });
}

fn ending(page: &Page<'_>, text: &mut String) {
    section(text, "How it ends", page.terminates_on.as_deref(), |text, term| {
        let _ = write!(text, "- {}", capital(&spoken(TerminationEvent::DESC, term.event as usize)));
        if term.automatic == Some(true) {
            text.push_str(", by itself");
        }
        if let Some(ends) = term.ends {
            let _ = write!(text, "; ends {}", spoken(SuitEnds::DESC, ends as usize));
        }
        if let Some(days) = term.cure_days {
            let _ = write!(text, "; {days} days to cure");
        }
        if let Some(days) = term.notice_days {
            let _ = write!(text, "; {days} days of notice");
        }
        text.push('.');
        tail(text, term.clause, term.says);
    });
    if let Some(changes) = &page.changes {
        let notice = changes.notice_days.map(|days| format!(" with {days} days of notice")).unwrap_or_default();
        let _ = write!(text, "The terms may change{notice}.");
        tail(text, changes.clause, changes.says);
        text.push('\n');
    } else if page.may_change == Some(true) {
        text.push_str("The terms may change.\n\n");
    }
    if let Some(indemnity) =
        page.indemnity.as_ref().filter(|terms| terms.by_licensee == Some(true) || terms.by_licensor == Some(true))
    {
        let by = [
            (indemnity.by_licensee, "The licensee", indemnity.licensee_says),
            (indemnity.by_licensor, "The licensor", indemnity.licensor_says),
        ];
        for (_, who, says) in by.into_iter().filter(|(by, ..)| *by == Some(true)) {
            let _ = write!(text, "{who} indemnifies the other side.");
            tail(text, indemnity.clause, says);
        }
        text.push('\n');
    }
}

fn service(page: &Page<'_>, text: &mut String) {
    let Some(api) = &page.api else { return };
    let audience = spoken(ServiceAudience::DESC, api.audience as usize);
    let _ = write!(text, "## What it says on what is sent\n\nTerms for {audience}.");
    let rules = [
        ("Trains on inputs", api.trains_on_inputs),
        ("Through the interface", api.interface),
        ("Otherwise", api.other),
        ("Unpaid", api.unpaid),
        ("Paid", api.paid),
        ("Standard", api.standard),
        ("Previews", api.preview),
        ("Discounted", api.discounted),
    ];
    for (label, rule) in rules.into_iter().filter_map(|(label, rule)| rule.map(|rule| (label, rule))) {
        let _ = write!(text, " {label}: {}.", plain(rule.word()));
    }
    if api.human_review == Some(true) {
        text.push_str(" People review content.");
    }
    if let Some(days) = api.retention_days {
        let _ = write!(text, " Kept for {days} days.");
    }
    tail(text, api.clause, api.says);
    text.push('\n');
}

fn doubts(licence: &Licence<'_>, page: &Page<'_>, text: &mut String) {
    for (title, lines) in [("Notes", &page.notes), ("What remains unverified", &licence.unverified), ("Examples", &page.examples)]
    {
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(text, "## {title}\n");
        for line in lines {
            let _ = writeln!(text, "- {line}");
        }
        text.push('\n');
    }
    if page.evidence.is_empty() {
        return;
    }
    text.push_str("## Sources\n\n");
    for evidence in &page.evidence {
        let clause = evidence.clause.map(|clause| format!(" ({clause})")).unwrap_or_default();
        let _ = writeln!(text, "- {}{clause}: {}", evidence.fact, evidence.source);
    }
    text.push_str("\nThis is not legal advice.\n");
}

/// A section with one line for each term; what was not read and what is not there are told apart.
fn section<T>(text: &mut String, title: &str, terms: Option<&[T]>, line: impl Fn(&mut String, &T)) {
    let _ = writeln!(text, "## {title}\n");
    match terms {
        None => text.push_str("Not known.\n"),
        Some([]) => text.push_str("Nothing.\n"),
        Some(terms) => terms.iter().for_each(|term| line(text, term)),
    }
    text.push('\n');
}

fn item(text: &mut String, label: &str, what: &str, clause: Option<&str>, says: Option<&str>) {
    let _ = write!(text, "- {label}: {what}.");
    tail(text, clause, says);
}

/// What the text says, and the clause; ends the line.
fn tail(text: &mut String, clause: Option<&str>, says: Option<&str>) {
    if let Some(says) = says {
        let _ = write!(text, " {}", sentence(&capital(says)));
    }
    if let Some(clause) = clause {
        let _ = write!(text, " [{clause}]");
    }
    text.push('\n');
}

fn among(business: &[&str], before: &str) -> String {
    if business.is_empty() { String::new() } else { format!("{before}{}", plain(&business.join(", "))) }
}

/// What a word means, else the word.
fn meaning(desc: &'static EnumDesc, index: usize) -> &'static str {
    let (word, doc) = desc.words[index];
    if doc.trim().is_empty() { word } else { doc.trim() }
}

/// The same within a sentence.
fn spoken(desc: &'static EnumDesc, index: usize) -> String {
    let text = plain(meaning(desc, index).trim_end_matches('.'));
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn plain(words: &str) -> String {
    words.replace('_', " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn sentence(text: &str) -> String {
    let text = plain(text.trim());
    if text.ends_with(['.', '?', '!']) { text } else { format!("{text}.") }
}

/// A licence with everything on its page. `null` is not known, an empty list is known to be empty.
pub fn json(licence: &Licence<'_>, page: &Page<'_>) -> Value {
    let mut all = serde_json::json!(licence);
    if let (Some(all), Value::Object(page)) = (all.as_object_mut(), serde_json::json!(page)) {
        all.extend(page);
    }
    all
}
