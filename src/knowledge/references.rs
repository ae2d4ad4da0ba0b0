//! What a reference of a rule refers to: the table of frameworks in the binary.

use std::sync::OnceLock;

use super::frameworks::Framework;
use super::packed::Packed;

static FRAMEWORKS: Packed<'static> = Packed {
    names: include_str!(concat!(env!("OUT_DIR"), "/framework_names.txt")),
    entries: include_bytes!(concat!(env!("OUT_DIR"), "/frameworks.bin")),
};

/// A framework by its key.
pub fn framework(key: &str) -> Option<&'static Framework<'static>> {
    let number: usize = FRAMEWORKS.find(&key.to_ascii_lowercase())?.parse().ok()?;
    frameworks().get(number)
}

/// The keys of all frameworks.
pub fn keys() -> impl Iterator<Item = &'static str> {
    FRAMEWORKS.names.lines().filter_map(|line| line.split('\t').next())
}

/// Every framework, in the order of the file. They are decoded when they are first asked for, and once: the pages of
/// all rules ask for the same few.
pub fn frameworks() -> &'static [Framework<'static>] {
    static DECODED: OnceLock<Vec<Framework<'static>>> = OnceLock::new();
    DECODED.get_or_init(|| (0..FRAMEWORKS.count()).map(|number| FRAMEWORKS.entry(number)).collect())
}

/// A control of one framework, or the whole framework, as it is written in a selector: `owasp_llm_2025:LLM02`,
/// `nist_ai_rmf_1_0:MEASURE`, `cwe`.
#[derive(Debug, Clone)]
pub struct Reference {
    pub framework: &'static Framework<'static>,
    /// None for the whole framework.
    pub control: Option<String>,
}

/// The frameworks that a word may stand for: the one with this key or name, else those with these words in their keys.
fn called(word: &str) -> Vec<&'static Framework<'static>> {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let wanted = words(word);
    let exact = |framework: &&Framework<'_>| wanted == words(&framework.key) || wanted == words(&framework.name);
    if let Some(one) = frameworks().iter().find(exact) {
        return vec![one];
    }
    if wanted.iter().map(String::len).sum::<usize>() < 3 {
        return Vec::new();
    }
    let run = |framework: &&Framework<'_>| words(&framework.key).windows(wanted.len()).any(|some| some == wanted);
    frameworks().iter().filter(run).collect()
}

fn with_control<'f>(of: impl Iterator<Item = &'static Framework<'static>> + 'f, id: &str) -> Vec<Reference> {
    let known = |framework: &'static Framework<'static>| {
        let control = Some(framework.control(id)?.id.to_string());
        Some(Reference { framework, control })
    };
    of.filter_map(known).collect()
}

impl Reference {
    /// Reads `framework` or `framework:control`; none where there is no such framework, and an error with the nearest
    /// control where it has no such control.
    pub fn parse(text: &str) -> Option<Result<Self, String>> {
        let (key, control) = text.split_once(':').map_or((text, None), |(key, control)| (key, Some(control.trim())));
        let framework = framework(key.trim())?;
        let Some(control) = control else { return Some(Ok(Self { framework, control: None })) };
        let known = framework.control(control).map(|control| control.id.to_string());
        Some(match known {
            Some(id) => Ok(Self { framework, control: Some(id) }),
            None => {
                let near = crate::spelling::nearest(control, framework.controls.iter().map(|control| control.id.as_ref()));
                let hint = near.map_or_else(String::new, |near| format!("; did you mean `{}:{near}`?", framework.key));
                Err(format!("{} has no `{control}`{hint}", framework.name))
            }
        })
    }

    /// What a person may mean: a key or a run of the words in it (`owasp`, `ai-act`), either with a control behind a
    /// colon, or a control's id alone, which several frameworks may have. The error says what comes near.
    pub fn named(text: &str) -> Result<Vec<Self>, String> {
        let (head, control) = text.split_once(':').map_or((text, None), |(head, control)| (head, Some(control.trim())));
        let meant = called(head);
        let whole = |framework: &&'static Framework<'static>| Self { framework, control: None };
        match control {
            None if !meant.is_empty() => return Ok(meant.iter().map(whole).collect()),
            None => {
                let found = with_control(frameworks().iter(), text);
                if !found.is_empty() {
                    return Ok(found);
                }
            }
            Some(control) if !meant.is_empty() => {
                let found = with_control(meant.iter().copied(), control);
                let wrong = || Self::parse(&format!("{}:{control}", meant[0].key)).and_then(Result::err).unwrap_or_default();
                return if found.is_empty() { Err(wrong()) } else { Ok(found) };
            }
            Some(_) => {}
        }
        let near = crate::spelling::nearest(&head.to_ascii_lowercase(), keys());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Err(format!("no framework is called `{head}`{hint}"))
    }

    /// Whether a rule with these references refers to it, or to a part of it.
    pub fn covers<'r>(&self, references: impl IntoIterator<Item = (&'r str, impl Iterator<Item = &'r str>)>) -> bool {
        references.into_iter().filter(|(key, _)| *key == self.framework.key).any(|(_, mut controls)| match &self.control {
            None => controls.next().is_some(),
            Some(wanted) => controls.any(|id| self.framework.ancestry(id).iter().any(|control| control.id == wanted.as_str())),
        })
    }
}
