//! Whether two names mean the same model. The same weights go by many names: ids on the Hub, tags of Ollama, paths,
//! copies with fewer bits.

use crate::knowledge::hub;
use crate::knowledge::vendors::{self, Vendor};

/// How two names of models compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Same {
    /// They cannot mean one model.
    No,
    /// Nobody can tell from the names.
    Unsure,
    /// They name one model, or a copy of it with fewer bits or under another owner.
    Alike,
    Yes,
}

/// Compares a `source` of a manifest with a name that was observed.
pub fn same(declared: &str, observed: &str) -> Same {
    let (declared, observed) = (declared.trim(), observed.trim());
    if declared.eq_ignore_ascii_case(observed) {
        return Same::Yes;
    }
    match (hub::id(declared), hub_id(observed)) {
        (Some(one), Some(other)) => on_the_hub(one, other),
        _ => match by_name(bare(declared), bare(observed)) {
            // A vendor's names are complete: one that goes on is another model.
            Same::Unsure if vendor(declared).is_some() => Same::No,
            same => same,
        },
    }
}

/// The vendor that a `source` names before its colon.
pub fn vendor(source: &str) -> Option<&'static Vendor> {
    source.split_once(':').and_then(|(vendor, _)| vendors::named(vendor.trim()))
}

/// The id on the Hub that an observed name is; paths and addresses of stores are none.
pub fn hub_id(name: &str) -> Option<&str> {
    let plain = !name.starts_with(['/', '.', '~']) && !name.contains("://") && !name.contains('\\');
    hub::id(name).filter(|id| (plain && *id == name) || name.starts_with("hf:"))
}

/// Both ids are complete: they mean one model only where they are equal, or where one adds how it was quantised.
fn on_the_hub(one: &str, other: &str) -> Same {
    if one.eq_ignore_ascii_case(other) {
        return Same::Yes;
    }
    let name = |id: &str| words(id).into_iter().filter(|word| !is_quantization(word)).collect::<Vec<_>>();
    if name(one) == name(other) { Same::Alike } else { Same::No }
}

/// A name without what says where it comes from: `vendor:`, organisation, folders, file ending.
fn bare(name: &str) -> &str {
    let name = name.strip_prefix("hf:").unwrap_or(name);
    let name = match name.split_once(':') {
        // `openai:gpt-5`, but not the tag of `llama3.1:8b`.
        Some((vendor, model)) if vendors::named(vendor).is_some() => model,
        _ => name,
    };
    let name = name.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or(name);
    name.strip_suffix(".gguf").or_else(|| name.strip_suffix(".GGUF")).unwrap_or(name)
}

fn by_name(one: &str, other: &str) -> Same {
    let (mine, theirs) = (Name::read(one), Name::read(other));
    if mine.letters == theirs.letters && !mine.letters.is_empty() {
        return Same::Alike;
    }
    if !mine.sizes.is_empty() && !theirs.sizes.is_empty() && mine.sizes != theirs.sizes {
        return Same::No;
    }
    match (mine.family, theirs.family) {
        (Some(one), Some(other)) if one != other => return Same::No,
        _ => {}
    }
    let (short, long) = if mine.letters.len() < theirs.letters.len() { (&mine, &theirs) } else { (&theirs, &mine) };
    if short.letters.is_empty() || !long.letters.starts_with(&short.letters) {
        let told = mine.family.is_some() && theirs.family.is_some();
        return if told && mine.sizes == theirs.sizes && !mine.sizes.is_empty() { Same::No } else { Same::Unsure };
    }
    // `gpt-4o` and `gpt-4o-2024-08-06`: a dated name of the same; `gpt-4o` and `gpt-4o-mini`: another one. Tags of Ollama
    // leave versions out.
    let rest = &long.letters[short.letters.len()..];
    let rest = rest.strip_prefix('v').filter(|rest| !rest.is_empty()).unwrap_or(rest);
    if rest.chars().all(|c| c.is_ascii_digit()) { Same::Alike } else { Same::Unsure }
}

/// What a name tells of a model.
struct Name {
    /// Letters and digits without what only says how it was tuned or quantised.
    letters: String,
    /// Numbers of parameters: `8b`, `8x7b`, `135m`.
    sizes: Vec<String>,
    family: Option<&'static str>,
}

impl Name {
    fn read(name: &str) -> Self {
        let words = words(name);
        let kept = words.iter().filter(|word| !is_quantization(word) && !is_tuning(word));
        let letters: String = kept.map(|word| word.replace('.', "")).collect();
        let sizes = words.iter().filter(|word| is_size(word)).cloned().collect();
        let family = FAMILIES.iter().find(|family| letters.starts_with(**family)).copied();
        Self { letters, sizes, family }
    }
}

/// Lower-case words of a name; `Meta-` and organisations are left out. `llama3.1:8b` gives `llama`, `3.1`, `8b`.
fn words(name: &str) -> Vec<String> {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let name = name.strip_prefix("meta-").unwrap_or(&name);
    let mut found = Vec::new();
    for part in name.split(['-', '_', ':', ' ']).filter(|part| !part.is_empty()) {
        let letters = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        // A version written onto the name: `llama3.1`, `qwen2.5`.
        if letters > 2 && letters < part.len() && FAMILIES.iter().any(|family| part[..letters] == **family) {
            found.push(part[..letters].to_owned());
            found.push(part[letters..].to_owned());
        } else {
            found.push(part.to_owned());
        }
    }
    found
}

fn is_quantization(word: &str) -> bool {
    let file = word
        .strip_prefix("iq")
        .or_else(|| word.strip_prefix('q'))
        .is_some_and(|rest| rest.len() <= 6 && rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.contains('.'));
    let part = matches!(word, "k" | "m" | "s" | "l" | "xl" | "xs" | "0");
    hub::QUANTISED.contains(&word) || matches!(word, "ud" | "quantised") || file || part || word.starts_with("quantized.")
}

fn is_tuning(word: &str) -> bool {
    hub::TUNED.contains(&word) || matches!(word, "fp16" | "f16" | "latest")
}

fn is_size(word: &str) -> bool {
    let Some(number) = word.strip_suffix(['b', 'm']) else { return false };
    let number = number.strip_prefix('e').or_else(|| number.strip_prefix('a')).unwrap_or(number);
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 'x')
}

/// Lines of models whose names begin with their own.
const FAMILIES: [&str; 26] = [
    "codellama",
    "llama",
    "qwen",
    "mixtral",
    "mistral",
    "codestral",
    "devstral",
    "ministral",
    "gemma",
    "phi",
    "deepseek",
    "falcon",
    "granite",
    "gpt",
    "opt",
    "yi",
    "olmo",
    "bielik",
    "command",
    "nemotron",
    "claude",
    "gemini",
    "kimi",
    "glm",
    "bge",
    "nomic",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_model_are_told_from_names_of_two() {
        let cases = [
            ("hf:Qwen/Qwen3-8B", "Qwen/Qwen3-8B", Same::Yes),
            ("pkg:huggingface/Qwen/Qwen3-8B", "qwen/qwen3-8b", Same::Yes),
            ("hf:Qwen/Qwen3-8B", "Qwen/Qwen3-8B-AWQ", Same::Alike),
            ("hf:meta-llama/Llama-3.1-8B-Instruct", "RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic", Same::Alike),
            ("hf:meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B-Instruct", Same::No),
            ("hf:Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-72B-Instruct", Same::No),
            ("hf:Qwen/Qwen3-8B", "Qwen/Qwen2.5-7B", Same::No),
            ("hf:meta-llama/Llama-3.1-8B-Instruct", "llama3.1:8b", Same::Alike),
            ("hf:meta-llama/Llama-3.1-8B-Instruct", "llama3.1:70b", Same::No),
            ("hf:meta-llama/Llama-3.1-8B-Instruct", "mistral:7b", Same::No),
            ("hf:Qwen/Qwen2.5-72B-Instruct", "/models/analysis/Qwen2.5-72B-Instruct-AWQ", Same::Alike),
            ("hf:Qwen/Qwen3-8B", "/models/analysis/Qwen2.5-72B-Instruct-AWQ", Same::No),
            ("hf:Qwen/Qwen3-8B", "/mnt/models", Same::Unsure),
            ("hf:Qwen/Qwen3-8B", "pvc://llm-weights", Same::Unsure),
            ("openai:gpt-4o", "gpt-4o-2024-08-06", Same::Alike),
            ("hf:nomic-ai/nomic-embed-text-v1.5", "nomic-embed-text", Same::Alike),
            ("openai:gpt-4o", "gpt-4o", Same::Alike),
            ("openai:gpt-4o", "gpt-4o-mini", Same::No),
            ("hf:meta-llama/Llama-3.1-8B-Instruct", "meta/llama-3.1-8b-instruct", Same::Alike),
        ];
        for (declared, observed, expected) in cases {
            assert_eq!(same(declared, observed), expected, "{declared} and {observed}");
        }
    }
}
