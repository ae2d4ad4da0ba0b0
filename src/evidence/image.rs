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
    /// Whether the makers of the software publish it here.
    pub fn is_official(&self) -> bool {
        let name = self.name.strip_prefix("docker.io/").unwrap_or(self.name);
        name.starts_with(NIM)
            || OFFICIAL.iter().any(|known| name == *known || name.strip_suffix(known).is_some_and(|rest| rest.ends_with('/')))
    }

    /// How the image is pinned: `digest`, `version`, `moving` or `none`.
    pub fn pin(&self) -> &'static str {
        match (self.digest, self.tag) {
            (Some(_), _) => "digest",
            (None, None) => "none",
            (None, Some(tag)) if names_version(tag) => "version",
            (None, Some(_)) => "moving",
        }
    }

    /// The model that an image of NVIDIA NIM holds: the rest of its path.
    pub fn nim_model(&self) -> Option<&str> {
        self.name.strip_prefix(NIM).filter(|path| path.contains('/'))
    }

    /// The serving software in it, as far as its name tells.
    pub fn engine(&self) -> Option<&'static str> {
        let name = self.name.to_ascii_lowercase();
        let last = name.rsplit('/').next().unwrap_or_default();
        let tag = self.tag.unwrap_or_default().to_ascii_lowercase();
        if name.starts_with(NIM) {
            return Some("nim");
        }
        // What stands beside a server is named after it.
        if BESIDE.iter().any(|word| last.contains(word)) {
            return None;
        }
        ENGINES
            .iter()
            .find(|(word, _)| last.contains(word))
            .or_else(|| ENGINES.iter().find(|(word, _)| name.contains(word)))
            .or_else(|| ENGINES.iter().find(|(word, _)| tag.contains(word)))
            .map(|(_, engine)| *engine)
    }
}

/// Notes the software in an image: an image that its makers publish holds it, the name of another one suggests it.
pub fn note_engine(subject: &mut Subject, engine: &'static str, image: &Term) {
    let official = image.value().is_some_and(|text| parse(text).is_official());
    if official {
        image.note(subject, Attribute::Engine, |_| Some(engine));
    } else {
        subject.inferred(Attribute::Engine, engine, image.written.clone(), image.span);
    }
}

/// Repositories in which the makers of serving software publish it, and registries that hold only such.
const OFFICIAL: &[&str] = &[
    "vllm/vllm-openai",
    "vllm/vllm-openai-cpu",
    "vllm/vllm-openai-rocm",
    "vllm/vllm-openai-xpu",
    "vllm/vllm-tpu",
    "huggingface/text-generation-inference",
    "huggingface/text-embeddings-inference",
    "ollama/ollama",
    "lmsysorg/sglang",
    "ggml-org/llama.cpp",
    "ggerganov/llama.cpp",
    "open-webui/open-webui",
    "berriai/litellm",
    "berriai/litellm-database",
    "nvidia/tritonserver",
    "lmcache/vllm-openai",
    "rocm/vllm",
    "openmmlab/lmdeploy",
];

/// The serving software that a name speaks of.
pub fn engine(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    ENGINES.iter().find(|(word, engine)| name.contains(word) || name == *engine).map(|(_, engine)| *engine)
}

const NIM: &str = "nvcr.io/nim/";

/// Words in the names of images that route to servers, watch them or prepare them.
const BESIDE: &[&str] = &["router", "exporter", "operator", "sidecar", "model-loader", "controller"];

/// What the names of images tell; the first that fits counts.
const ENGINES: &[(&str, &str)] = &[
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
    ("mistral.rs", "mistral.rs"),
    ("koboldcpp", "koboldcpp"),
    ("xinference", "xinference"),
    ("speaches", "speaches"),
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
    // llama.cpp counts its builds.
    let build = parts
        .iter()
        .any(|part| part.strip_prefix('b').is_some_and(|number| number.len() >= 4 && number.chars().all(|c| c.is_ascii_digit())));
    let numbered =
        parts.len() == 1 && parts[0].trim_start_matches('v').chars().all(|c| c.is_ascii_digit()) && !parts[0].is_empty();
    let calendar = |parts: &[&str]| matches!(parts, [year, month, day] if [year, month, day].iter().zip([4, 2, 2]).all(|(part, digits)| part.len() == digits && part.chars().all(|c| c.is_ascii_digit())));
    dotted || dated || commit || build || numbered || parts.windows(3).any(calendar)
}

/// Notes an image and how it is pinned, and gives the software in it.
pub fn note(subject: &mut Subject, term: &Term) -> Option<&'static str> {
    // The name may be written out where only the tag comes from elsewhere.
    let named = written_name(&term.written).filter(|_| !term.standing.is_firm());
    let Some(text) = term.value() else {
        let Some(name) = named else {
            term.note_text(subject, Attribute::Image);
            // `${VLLM_IMAGE}` says what it is meant to hold.
            return engine(&term.written);
        };
        subject.literal(Attribute::Image, name, term.span);
        subject.unresolved(Attribute::ImagePin, term.written.clone(), term.span);
        return parse(name).engine();
    };
    let image = parse(text);
    match named {
        Some(name) => subject.literal(Attribute::Image, name, term.span),
        None => term.note(subject, Attribute::Image, |_| Some(image.name.to_owned())),
    }
    term.note(subject, Attribute::ImagePin, |_| Some(image.pin()));
    image.engine()
}

/// The name of an image before the first expression of its reference, where it ends before that.
fn written_name(reference: &str) -> Option<&str> {
    let before = &reference[..reference.find(['$', '{', '<'])?];
    let path = before.rfind('/').map_or(0, |slash| slash + 1);
    let end = before[path..].find([':', '@'])? + path;
    (end > path).then(|| &before[..end])
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
            ("ghcr.io/ggml-org/llama.cpp:server-cuda-b8953", "ghcr.io/ggml-org/llama.cpp", "version", Some("llama.cpp")),
            ("ghcr.io/ggml-org/llama.cpp:server-cuda", "ghcr.io/ggml-org/llama.cpp", "moving", Some("llama.cpp")),
            ("registry:5000/app", "registry:5000/app", "none", None),
            ("nvcr.io/nvidia/tritonserver:24.07-trtllm-python-py3", "nvcr.io/nvidia/tritonserver", "version", Some("triton")),
        ];
        for (reference, name, pin, engine) in cases {
            let image = parse(reference);
            assert_eq!((image.name, image.pin(), image.engine()), (name, pin, engine), "{reference}");
        }
    }

    #[test]
    fn a_name_is_known_though_its_tag_is_not() {
        let facts = |reference: &str| {
            let mut subject = Subject::new(crate::evidence::fact::SubjectKind::Server, "s", crate::span::Span::default());
            let term = crate::evidence::substitution::Variables::default().substitute(reference, crate::span::Span::default());
            let engine = note(&mut subject, &term);
            let facts: Vec<String> = subject.facts.iter().map(|fact| format!("{} {}", fact.shown(), fact.standing)).collect();
            format!("{} {engine:?}", facts.join(", "))
        };
        insta::assert_snapshot!(facts("ollama/ollama:${TAG}"), @r#"ollama/ollama literal, ollama/ollama:${TAG} unresolved Some("ollama")"#);
        insta::assert_snapshot!(facts("ollama/ollama:${TAG:-latest}"), @r#"ollama/ollama literal, moving default Some("ollama")"#);
        insta::assert_snapshot!(facts("${IMAGE}:1.0"), @"${IMAGE}:1.0 unresolved None");
        insta::assert_snapshot!(facts("${VLLM_IMAGE}"), @r#"${VLLM_IMAGE} unresolved Some("vllm")"#);
        insta::assert_snapshot!(facts("lmcache/lmstack-router:1.0"), @"lmcache/lmstack-router literal, version literal None");
    }
}
