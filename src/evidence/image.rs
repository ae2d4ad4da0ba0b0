//! Container images: which software they hold, and how they are pinned.

use super::fact::{Attribute, Subject};
use super::substitution::Term;

/// An image reference, taken apart: `registry/path:tag@digest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'t> {
    /// Registry and path.
    pub name: &'t str,
    pub tag: Option<&'t str>,
    pub digest: Option<&'t str>,
}

/// Takes a reference apart.
pub fn parse(reference: &str) -> Image<'_> {
    let reference = reference.trim();
    let reference = reference.strip_prefix("docker:").unwrap_or(reference);
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    // A colon before the last slash is a port.
    let path = rest.rfind('/').map_or(0, |slash| slash + 1);
    match rest[path..].rfind(':') {
        Some(colon) => Image { name: &rest[..path + colon], tag: Some(&rest[path + colon + 1..]), digest },
        None => Image { name: rest, tag: None, digest },
    }
}

impl Image<'_> {
    /// How the image is pinned: `digest`, `version`, `moving` or `none`.
    pub fn pin(&self) -> &'static str {
        match (self.digest, self.tag) {
            (Some(_), _) => "digest",
            (None, None) => "none",
            (None, Some(tag)) if names_version(tag) => "version",
            (None, Some(_)) => "moving",
        }
    }

    /// The serving software in it, as far as its name tells.
    pub fn engine(&self) -> Option<&'static str> {
        let name = self.name.to_ascii_lowercase();
        let last = name.rsplit('/').next().unwrap_or_default();
        let tag = self.tag.unwrap_or_default().to_ascii_lowercase();
        if name.starts_with("nvcr.io/nim/") {
            return Some("nim");
        }
        ENGINES
            .iter()
            .find(|(word, _)| last.contains(word))
            .or_else(|| ENGINES.iter().find(|(word, _)| name.contains(word)))
            .or_else(|| ENGINES.iter().find(|(word, _)| tag.contains(word)))
            .map(|(_, engine)| *engine)
    }
}

/// The serving software that a name speaks of.
pub fn engine(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    ENGINES.iter().find(|(word, engine)| name.contains(word) || name == *engine).map(|(_, engine)| *engine)
}

/// What the names of images tell; the first that fits counts.
const ENGINES: [(&str, &str); 26] = [
    ("text-generation-inference", "tgi"),
    ("tgi", "tgi"),
    ("text-embeddings-inference", "tei"),
    ("sglang", "sglang"),
    ("open-webui", "open-webui"),
    ("litellm", "litellm"),
    ("llama-stack", "llama-stack"),
    ("llama.cpp", "llama.cpp"),
    ("llama-cpp", "llama.cpp"),
    ("llamacpp", "llama.cpp"),
    ("llama-server", "llama.cpp"),
    ("llama-swap", "llama.cpp"),
    ("ollama", "ollama"),
    ("tensorrt", "tensorrt-llm"),
    ("trtllm", "tensorrt-llm"),
    ("tritonserver", "triton"),
    ("triton", "triton"),
    ("lmdeploy", "lmdeploy"),
    ("aphrodite", "aphrodite"),
    ("local-ai", "localai"),
    ("localai", "localai"),
    ("faster-whisper", "faster-whisper"),
    ("infinity", "infinity"),
    ("llm-d", "vllm"),
    ("lmcache", "vllm"),
    ("vllm", "vllm"),
];

/// Whether a tag names one version: it holds a number with a dot, a date or a commit.
fn names_version(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let parts: Vec<&str> = tag.split(['-', '_', '+']).collect();
    let dotted = parts.iter().any(|part| {
        let digits = part.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        digits.contains('.') && digits.starts_with(|c: char| c.is_ascii_digit())
    });
    let dated = parts.iter().any(|part| part.len() >= 6 && part.chars().all(|c| c.is_ascii_digit()));
    let commit = parts.iter().any(|part| {
        let part = part.trim_start_matches("sha");
        part.len() >= 7 && part.chars().all(|c| c.is_ascii_hexdigit()) && part.contains(|c: char| c.is_ascii_digit())
    });
    let numbered =
        parts.len() == 1 && parts[0].trim_start_matches('v').chars().all(|c| c.is_ascii_digit()) && !parts[0].is_empty();
    let calendar = |parts: &[&str]| matches!(parts, [year, month, day] if [year, month, day].iter().zip([4, 2, 2]).all(|(part, digits)| part.len() == digits && part.chars().all(|c| c.is_ascii_digit())));
    dotted || dated || commit || numbered || parts.windows(3).any(calendar)
}

/// Notes an image and how it is pinned, and gives the software in it.
pub fn note(subject: &mut Subject, term: &Term) -> Option<&'static str> {
    let Some(text) = term.value() else {
        term.note_text(subject, Attribute::Image);
        return None;
    };
    let image = parse(text);
    let name = image.name.to_owned();
    term.note(subject, Attribute::Image, |_| Some(name));
    term.note(subject, Attribute::ImagePin, |_| Some(image.pin()));
    image.engine()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart_and_their_pins_told() {
        let cases = [
            ("vllm/vllm-openai:v0.8.5", "vllm/vllm-openai", "version", Some("vllm")),
            ("vllm/vllm-openai:latest", "vllm/vllm-openai", "moving", Some("vllm")),
            ("vllm/vllm-openai", "vllm/vllm-openai", "none", Some("vllm")),
            ("vllm/vllm-openai:gptoss", "vllm/vllm-openai", "moving", Some("vllm")),
            ("192.168.9.50:5000/angel:vllm-arm64", "192.168.9.50:5000/angel", "moving", Some("vllm")),
            ("ghcr.io/ggml-org/llama.cpp:server-cuda@sha256:f7", "ghcr.io/ggml-org/llama.cpp", "digest", Some("llama.cpp")),
            (
                "ghcr.io/huggingface/text-generation-inference:2.0.4",
                "ghcr.io/huggingface/text-generation-inference",
                "version",
                Some("tgi"),
            ),
            ("nvcr.io/nim/meta/llama3-8b-instruct:1.0.0", "nvcr.io/nim/meta/llama3-8b-instruct", "version", Some("nim")),
            ("ghcr.io/open-webui/open-webui:main", "ghcr.io/open-webui/open-webui", "moving", Some("open-webui")),
            ("ghcr.io/berriai/litellm:main-v1.72.0-stable", "ghcr.io/berriai/litellm", "version", Some("litellm")),
            ("lmcache/vllm-openai:2025-05-27-v1", "lmcache/vllm-openai", "version", Some("vllm")),
            ("registry:5000/app", "registry:5000/app", "none", None),
            ("nvcr.io/nvidia/tritonserver:24.07-trtllm-python-py3", "nvcr.io/nvidia/tritonserver", "version", Some("triton")),
        ];
        for (reference, name, pin, engine) in cases {
            let image = parse(reference);
            assert_eq!((image.name, image.pin(), image.engine()), (name, pin, engine), "{reference}");
        }
    }
}
