//! Names of models on the Hugging Face Hub.

/// `organisation/name` of a model on the Hub, without a revision, from any way to point at it: `hf:`, a
/// purl, the address of its page, or the bare id.
pub fn id(source: &str) -> Option<&str> {
    let source = source.trim();
    let prefixes = ["hf:", "hf://", "pkg:huggingface/", "https://huggingface.co/", "huggingface.co/", "https://hf.co/"];
    let longest = prefixes.iter().filter(|prefix| source.starts_with(**prefix)).max_by_key(|prefix| prefix.len());
    let rest = match longest {
        Some(prefix) => &source[prefix.len()..],
        None if source.contains(':') => return None,
        None => source,
    };
    let rest = rest.split(['@', '?', '#']).next().unwrap_or_default();
    let mut slashes = rest.match_indices('/').map(|(at, _)| at);
    let (first, second) = (slashes.next(), slashes.next());
    let id = &rest[..second.unwrap_or(rest.len())];
    first.filter(|at| *at > 0 && at + 1 < id.len()).map(|_| id)
}

/// What the forks of a model have in common with it, and what a quantised one adds: the name in lower case
/// without the organisation, without the words that tell how it was quantised, and without those that tell
/// how it was tuned, which do not change its shape.
pub fn stem(id: &str) -> (String, Option<String>) {
    let name = id.rsplit('/').next().unwrap_or(id).to_ascii_lowercase();
    let mut stem = name.strip_prefix("meta-").unwrap_or(&name);
    let mut suffix = None;
    while let Some(shorter) = without(stem, &QUANTISED) {
        suffix = Some(&name[name.len() - (suffix_length(&name, shorter))..]);
        stem = shorter;
    }
    while let Some(shorter) = without(stem, &TUNED) {
        stem = shorter;
    }
    (stem.to_owned(), suffix.map(str::to_owned))
}

/// Length of what was cut off, without the mark between.
fn suffix_length(name: &str, shorter: &str) -> usize {
    let at = name.find(shorter).map_or(0, |at| at + shorter.len() + 1);
    name.len() - at
}

fn without<'n>(name: &'n str, words: &[&str]) -> Option<&'n str> {
    words.iter().find_map(|word| name.strip_suffix(word)?.strip_suffix(['-', '.', '_'])).filter(|rest| !rest.is_empty())
}

/// Ends of names of quantised forks.
pub const QUANTISED: [&str; 34] = [
    "awq",
    "gptq",
    "gguf",
    "exl2",
    "mlx",
    "int4",
    "int8",
    "fp8",
    "fp4",
    "nvfp4",
    "mxfp4",
    "mxfp8",
    "nf4",
    "bnb",
    "4bit",
    "8bit",
    "3bit",
    "6bit",
    "w8a8",
    "w8a16",
    "w4a16",
    "dynamic",
    "quantized",
    "hqq",
    "autoround",
    "marlin",
    "g128",
    "gs128",
    "128g",
    "qat",
    "q4_0",
    "q4_k_m",
    "q8_0",
    "unsloth",
];

/// Ends of names of tuned models.
pub const TUNED: [&str; 6] = ["instruct", "it", "chat", "base", "hf", "bf16"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks_share_the_stem() {
        let cases = [
            ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b", None),
            ("meta-llama/Meta-Llama-3.1-8B", "llama-3.1-8b", None),
            ("unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit", "llama-3.1-8b", Some("bnb-4bit")),
            ("hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4", "llama-3.1-70b", Some("awq-int4")),
            ("RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic", "llama-3.1-8b", Some("fp8-dynamic")),
            ("Qwen/Qwen2.5-72B-Instruct-GPTQ-Int8", "qwen2.5-72b", Some("gptq-int8")),
            ("meta-llama/Llama-2-7b-chat-hf", "llama-2-7b", None),
            ("google/gemma-2-9b-it", "gemma-2-9b", None),
            ("bartowski/Llama-3.2-3B-Instruct-GGUF", "llama-3.2-3b", Some("gguf")),
            // Fewer layers: another model.
            ("nobody/Llama-3.1-8B-pruned", "llama-3.1-8b-pruned", None),
        ];
        for (id, expected, fork) in cases {
            assert_eq!(stem(id), (expected.to_owned(), fork.map(str::to_owned)), "{id}");
        }
    }

    #[test]
    fn sources_without_a_hub_id_have_none() {
        for source in ["openai:gpt-5", "hf:", "hf:meta-llama", "meta-llama/", "/", ""] {
            assert_eq!(id(source), None, "{source}");
        }
        assert_eq!(id("pkg:huggingface/a/b@0e9e39f"), Some("a/b"));
    }
}
