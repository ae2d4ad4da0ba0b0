//! Names of models as deployment files write them, and what can be read off them.

use super::fact::{Attribute, Standing, Subject};
use super::substitution::Term;

/// A reference to a model, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// `organisation/name` for a model on the Hub, in whichever way it was written; else the reference as it is.
    pub model: String,
    pub revision: Option<String>,
    /// A quantisation that the reference names apart from the model: `hf.co/org/name:Q4_K_M`, a GGUF file.
    pub quantization: Option<String>,
}

/// Takes a reference to a model apart.
pub fn reference(text: &str) -> Reference {
    let text = text.trim().trim_matches(['"', '\'']);
    if let Some(cached) = cached(text) {
        return cached;
    }
    let schemes = ["hf://", "hf:", "https://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/", "pkg:huggingface/"];
    let Some(rest) = schemes.iter().find_map(|scheme| text.strip_prefix(scheme)) else {
        return Reference { model: text.to_owned(), quantization: gguf_quantization(text), ..Reference::default() };
    };
    let (rest, revision) = match rest.split_once('@') {
        Some((rest, revision)) => (rest, Some(revision.to_owned())),
        None => (rest, None),
    };
    let (rest, tag) = match rest.rsplit_once(':') {
        Some((rest, tag)) if !tag.contains('/') => (rest, Some(tag)),
        _ => (rest, None),
    };
    // `hf://org/name:revision` is a revision to some, a quantisation to others: it looks like what it is.
    let quantized = tag.filter(|tag| is_quantization(tag));
    let mut parts = rest.trim_end_matches('/').splitn(3, '/');
    let model: Vec<&str> = parts.by_ref().take(2).collect();
    let path = parts.next();
    let pinned = path.and_then(|path| {
        path.strip_prefix("resolve/").or_else(|| path.strip_prefix("tree/")).or_else(|| path.strip_prefix("blob/"))
    });
    let pinned = pinned.and_then(|path| path.split('/').next()).filter(|revision| *revision != "main");
    Reference {
        model: model.join("/"),
        revision: revision.or(pinned.map(str::to_owned)).or(tag.filter(|_| quantized.is_none()).map(str::to_owned)),
        quantization: quantized.map(str::to_owned).or_else(|| path.and_then(gguf_quantization)),
    }
}

/// A path into the cache of the Hub's client: `models--ORG--NAME/snapshots/REVISION/FILE`.
fn cached(text: &str) -> Option<Reference> {
    let (_, rest) = text.split_once("models--")?;
    let separators = ['/', '\\'];
    let (folder, rest) = rest.split_once(separators).unwrap_or((rest, ""));
    let model = folder.replacen("--", "/", 1);
    let pinned = rest.strip_prefix("snapshots").and_then(|rest| rest.strip_prefix(separators));
    let revision = pinned.and_then(|rest| rest.split(separators).next()).map(str::to_owned);
    let file = rest.rsplit(separators).next().unwrap_or_default();
    Some(Reference { model, revision, quantization: gguf_quantization(file) })
}

/// The quantisation in the name of a GGUF file.
fn gguf_quantization(path: &str) -> Option<String> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.strip_suffix(".gguf").or_else(|| file.strip_suffix(".GGUF"))?;
    stem.split(['-', '.']).rev().find(|part| is_quantization(part)).map(str::to_owned)
}

/// Whether a word is the name of a quantisation of llama.cpp: `Q4_K_M`, `IQ4_XS`, `UD-Q5_K_XL`, `BF16`.
pub fn is_quantization(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let word = word.strip_prefix("ud-").unwrap_or(&word);
    if matches!(word, "f16" | "bf16" | "f32" | "fp16" | "mxfp4") {
        return true;
    }
    let rest = word.strip_prefix("iq").or_else(|| word.strip_prefix('q'));
    rest.is_some_and(|rest| {
        let mut parts = rest.split('_');
        parts.next().is_some_and(|bits| matches!(bits, "1" | "2" | "3" | "4" | "5" | "6" | "8"))
            && parts.all(|part| matches!(part, "0" | "1" | "k" | "s" | "m" | "l" | "xs" | "xl" | "xxs" | "nl"))
            && rest.len() > 1
    })
}

/// The quantisation that the name of a model tells, as its words: `awq`, `gptq-int4`, `w4a16`, `fp8`.
pub fn quantization(model: &str) -> Option<String> {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    let name = name.strip_suffix(".gguf").unwrap_or(&name);
    // Tags of Ollama: `llama3.1:8b-instruct-q4_K_M`; what some servers put behind a name.
    let words: Vec<&str> = name.split(['-', '.', ':', ' ']).collect();
    let known = |word: &&str| {
        matches!(
            *word,
            "awq" | "gptq" | "exl2" | "fp8" | "fp4" | "nvfp4" | "mxfp4" | "int4" | "int8" | "bnb" | "nf4" | "4bit" | "8bit"
        ) || is_weights_and_activations(word)
            || (is_quantization(word) && !matches!(*word, "bf16" | "f16" | "f32" | "fp16"))
    };
    let found: Vec<&str> = words.into_iter().filter(known).collect();
    (!found.is_empty()).then(|| found.join("-"))
}

/// `w4a16`, `w8a8`.
fn is_weights_and_activations(word: &str) -> bool {
    let Some((weights, activations)) = word.strip_prefix('w').and_then(|rest| rest.split_once('a')) else { return false };
    let bits = |text: &str| matches!(text, "3" | "4" | "8" | "16");
    bits(weights) && bits(activations)
}

/// The file format that a reference shows.
pub fn format(reference: &str) -> Option<&'static str> {
    let lower = reference.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    let ends = [
        (".gguf", "gguf"),
        (".safetensors", "safetensors"),
        (".onnx", "onnx"),
        (".bin", "pickle"),
        (".pt", "pickle"),
        (".pth", "pickle"),
        (".ckpt", "pickle"),
        (".pkl", "pickle"),
        (".engine", "engine"),
    ];
    let by_end = ends.iter().find(|(end, _)| lower.ends_with(end)).map(|(_, format)| *format);
    by_end.or_else(|| name.ends_with("-gguf").then_some("gguf"))
}

/// The same where the server takes only repositories of the Hub, so that they are written without saying so:
/// `org/name:Q4_K_M`.
pub fn note_repository(subject: &mut Subject, term: &Term) {
    let written = term.text.trim().trim_matches(['"', '\'']);
    let is_bare = !written.contains("://") && written.split('/').count() == 2 && written.contains(':');
    if is_bare && term.value().is_some() {
        note(subject, &term.with(format!("hf.co/{written}")));
    } else {
        note(subject, term);
    }
}

/// Notes what the name of the file says that is taken from a repository.
pub fn note_file(subject: &mut Subject, term: &Term) {
    let found = term.value().map(|text| (gguf_quantization(text), format(text)));
    let Some((quantization, format)) = found else { return };
    if let Some(quantization) = quantization {
        term.note(subject, Attribute::Quantization, |_| Some(quantization.to_ascii_lowercase()));
    }
    if let Some(format) = format {
        subject.inferred(Attribute::WeightFormat, format, term.text.clone(), term.span);
    }
}

/// Notes a model and everything that its reference says: revision, quantisation, format.
pub fn note(subject: &mut Subject, term: &Term) {
    let Some(text) = term.value().filter(|text| !text.trim().is_empty()) else {
        if !term.standing.has_value() {
            term.note_text(subject, Attribute::Model);
        }
        return;
    };
    let found = reference(text);
    term.note(subject, Attribute::Model, |_| Some(found.model.clone()));
    if let Some(revision) = &found.revision {
        term.note(subject, Attribute::Revision, |_| Some(revision.clone()));
    }
    if let Some(quantization) = &found.quantization {
        term.note(subject, Attribute::Quantization, |_| Some(quantization.to_ascii_lowercase()));
    } else if let Some(quantization) = quantization(&found.model).filter(|_| term.standing <= Standing::Default) {
        subject.inferred(Attribute::Quantization, quantization, found.model.clone(), term.span);
    }
    if let Some(format) = format(text).or_else(|| format(&found.model)) {
        subject.inferred(Attribute::WeightFormat, format, text, term.span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_taken_apart_in_whichever_way_it_is_written() {
        let cases = [
            ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B", None, None),
            ("hf://Qwen/Qwen3-8B", "Qwen/Qwen3-8B", None, None),
            ("hf:Qwen/Qwen3-8B@9c92", "Qwen/Qwen3-8B", Some("9c92"), None),
            ("https://huggingface.co/Qwen/Qwen3-8B/resolve/abc/model.gguf", "Qwen/Qwen3-8B", Some("abc"), None),
            ("hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", "unsloth/Qwen3-8B-GGUF", None, Some("Q4_K_M")),
            (
                "/root/.cache/huggingface/hub/models--unsloth--Qwen3-GGUF/snapshots/5bc3/Qwen3-UD-Q4_K_XL.gguf",
                "unsloth/Qwen3-GGUF",
                Some("5bc3"),
                Some("Q4_K_XL"),
            ),
            ("C:\\hub\\models--org--name\\snapshots\\5bc3\\a-Q8_0.gguf", "org/name", Some("5bc3"), Some("Q8_0")),
            ("llama3.1:8b", "llama3.1:8b", None, None),
            ("/models/qwen3-8b-q5_k_m.gguf", "/models/qwen3-8b-q5_k_m.gguf", None, Some("q5_k_m")),
            ("pvc://models/llama", "pvc://models/llama", None, None),
        ];
        for (text, model, revision, quantization) in cases {
            let found = reference(text);
            let found = (found.model.as_str(), found.revision.as_deref(), found.quantization.as_deref());
            assert_eq!(found, (model, revision, quantization), "{text}");
        }
    }

    #[test]
    fn names_tell_the_format() {
        let cases = [("acme/tiny-GGUF", Some("gguf")), ("acme/tiny-GGUF:latest", Some("gguf")), ("tiny:8b", None)];
        for (name, expected) in cases {
            assert_eq!(format(name), expected, "{name}");
        }
    }

    #[test]
    fn names_tell_the_quantisation() {
        let cases = [
            ("TheBloke/Llama-2-7B-AWQ", Some("awq")),
            ("Qwen/Qwen2.5-72B-Instruct-GPTQ-Int4", Some("gptq-int4")),
            ("RedHatAI/gemma-3-27b-it-quantized.w4a16", Some("w4a16")),
            ("neuralmagic/Meta-Llama-3.1-405B-Instruct-FP8", Some("fp8")),
            ("llama3.1:8b-instruct-q4_K_M", Some("q4_k_m")),
            ("unsloth/phi-4-bnb-4bit", Some("bnb-4bit")),
            ("tiny-UD-Q4_K_XL [Thinking]", Some("q4_k_xl")),
            ("Qwen/Qwen3-8B", None),
            ("mistralai/Mistral-7B-Instruct-v0.2", None),
        ];
        for (name, expected) in cases {
            assert_eq!(quantization(name).as_deref(), expected, "{name}");
        }
    }
}
