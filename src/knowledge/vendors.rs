//! Whom a request goes to: the hosts of model vendors and of services that record what is said to a model, and the
//! names by which gateways and environments speak of them.
//!
//! Hosts are those of the vendors' public interfaces, prefixes those of LiteLLM's providers. State 2026-11.

/// A company whose service is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vendor {
    /// The word for it; also the part before the colon of a model's `source`.
    pub id: &'static str,
    /// Other words by which manifests may call it.
    pub also: &'static [&'static str],
    /// Ends of the names of its hosts.
    pub hosts: &'static [&'static str],
    /// Providers of LiteLLM.
    pub prefixes: &'static [&'static str],
    /// Environment variables that hold a key to it.
    pub variables: &'static [&'static str],
    /// Whether it answers requests; else it records them.
    pub answers: bool,
}

const fn model(
    id: &'static str,
    also: &'static [&'static str],
    hosts: &'static [&'static str],
    prefixes: &'static [&'static str],
    variables: &'static [&'static str],
) -> Vendor {
    Vendor { id, also, hosts, prefixes, variables, answers: true }
}

const fn recorder(
    id: &'static str,
    also: &'static [&'static str],
    hosts: &'static [&'static str],
    variables: &'static [&'static str],
) -> Vendor {
    Vendor { id, also, hosts, prefixes: &[], variables, answers: false }
}

/// All of them.
pub const VENDORS: &[Vendor] = &[
    model("openai", &["chatgpt"], &["openai.com"], &["openai", "text-completion-openai"], &["OPENAI_API_KEY"]),
    model(
        "azure",
        &["microsoft", "azure-openai"],
        &[
            "openai.azure.com",
            "cognitiveservices.azure.com",
            "services.ai.azure.com",
            "inference.ai.azure.com",
            "models.ai.azure.com",
        ],
        &["azure", "azure_ai", "azure_text"],
        &["AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_KEY", "AZURE_AI_API_KEY"],
    ),
    model("anthropic", &["claude"], &["anthropic.com"], &["anthropic", "anthropic_text"], &["ANTHROPIC_API_KEY"]),
    model(
        "google",
        &["gemini", "vertex", "vertex_ai", "google-cloud", "gcp"],
        &["generativelanguage.googleapis.com", "aiplatform.googleapis.com"],
        &["gemini", "vertex_ai", "vertex_ai_beta", "palm"],
        &["GEMINI_API_KEY", "GOOGLE_API_KEY", "VERTEXAI_PROJECT", "VERTEX_PROJECT"],
    ),
    model(
        "aws",
        &["amazon", "bedrock", "aws-bedrock", "sagemaker"],
        &["amazonaws.com", "api.aws"],
        &["bedrock", "bedrock_converse", "sagemaker", "sagemaker_chat", "amazon_nova"],
        &["AWS_BEARER_TOKEN_BEDROCK"],
    ),
    model(
        "mistral",
        &["mistralai", "mistral-ai"],
        &["mistral.ai"],
        &["mistral", "codestral", "text-completion-codestral"],
        &["MISTRAL_API_KEY"],
    ),
    model("cohere", &[], &["cohere.com", "cohere.ai"], &["cohere", "cohere_chat"], &["COHERE_API_KEY", "CO_API_KEY"]),
    model("groq", &[], &["groq.com"], &["groq"], &["GROQ_API_KEY"]),
    model(
        "together",
        &["togetherai", "together-ai", "together_ai"],
        &["together.xyz", "together.ai"],
        &["together_ai"],
        &["TOGETHER_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY"],
    ),
    model(
        "fireworks",
        &["fireworks-ai", "fireworks_ai"],
        &["fireworks.ai"],
        &["fireworks_ai"],
        &["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"],
    ),
    model("openrouter", &[], &["openrouter.ai"], &["openrouter"], &["OPENROUTER_API_KEY"]),
    model("deepseek", &[], &["deepseek.com"], &["deepseek"], &["DEEPSEEK_API_KEY"]),
    model(
        "perplexity",
        &[],
        &["perplexity.ai"],
        &["perplexity"],
        &["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY", "PPLX_API_KEY"],
    ),
    model("xai", &["x-ai", "grok"], &["x.ai"], &["xai"], &["XAI_API_KEY", "GROK_API_KEY"]),
    model(
        "nvidia",
        &["nvidia-nim", "nvidia_nim"],
        &["api.nvidia.com"],
        &["nvidia_nim"],
        &["NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"],
    ),
    model(
        "huggingface",
        &["hugging-face"],
        &["api-inference.huggingface.co", "router.huggingface.co", "endpoints.huggingface.cloud"],
        &["huggingface"],
        &[],
    ),
    model("replicate", &[], &["replicate.com"], &["replicate"], &["REPLICATE_API_KEY", "REPLICATE_API_TOKEN"]),
    model("cerebras", &[], &["cerebras.ai"], &["cerebras"], &["CEREBRAS_API_KEY"]),
    model("sambanova", &[], &["sambanova.ai"], &["sambanova"], &["SAMBANOVA_API_KEY"]),
    model("deepinfra", &[], &["deepinfra.com"], &["deepinfra"], &["DEEPINFRA_API_KEY"]),
    model(
        "databricks",
        &[],
        &["databricks.com", "azuredatabricks.net"],
        &["databricks"],
        &["DATABRICKS_API_KEY", "DATABRICKS_TOKEN"],
    ),
    model("ibm", &["watsonx"], &["ml.cloud.ibm.com"], &["watsonx", "watsonx_text"], &["WATSONX_API_KEY", "WATSONX_APIKEY"]),
    model("voyage", &["voyageai"], &["voyageai.com"], &["voyage"], &["VOYAGE_API_KEY"]),
    model("jina", &["jina-ai"], &["jina.ai"], &["jina_ai"], &["JINA_API_KEY", "JINA_AI_API_KEY"]),
    model(
        "github",
        &["github-models"],
        &["models.github.ai", "models.inference.ai.azure.com"],
        &["github", "github_copilot"],
        &[],
    ),
    model("cloudflare", &[], &["api.cloudflare.com", "gateway.ai.cloudflare.com"], &["cloudflare"], &["CLOUDFLARE_API_KEY"]),
    model("moonshot", &["kimi"], &["moonshot.ai", "moonshot.cn"], &["moonshot"], &["MOONSHOT_API_KEY"]),
    model("alibaba", &["dashscope", "qwen-cloud"], &["aliyuncs.com"], &["dashscope"], &["DASHSCOPE_API_KEY"]),
    model("zhipu", &["zai", "z-ai"], &["z.ai", "bigmodel.cn"], &["zai"], &["ZAI_API_KEY", "ZHIPUAI_API_KEY"]),
    model("ai21", &[], &["ai21.com"], &["ai21", "ai21_chat"], &["AI21_API_KEY"]),
    model("nebius", &[], &["nebius.ai", "nebius.com"], &["nebius"], &["NEBIUS_API_KEY"]),
    model("novita", &[], &["novita.ai"], &["novita"], &["NOVITA_API_KEY"]),
    model("hyperbolic", &[], &["hyperbolic.xyz"], &["hyperbolic"], &["HYPERBOLIC_API_KEY"]),
    model("friendli", &["friendliai"], &["friendli.ai"], &["friendliai"], &["FRIENDLI_TOKEN"]),
    model("baseten", &[], &["baseten.co"], &["baseten"], &["BASETEN_API_KEY"]),
    model("minimax", &[], &["minimax.io", "minimaxi.com"], &["minimax"], &["MINIMAX_API_KEY"]),
    model("volcengine", &["byteplus", "bytedance"], &["volces.com", "bytepluses.com"], &["volcengine"], &["VOLCENGINE_API_KEY"]),
    model("elevenlabs", &[], &["elevenlabs.io"], &["elevenlabs"], &["ELEVENLABS_API_KEY"]),
    model("deepgram", &[], &["deepgram.com"], &["deepgram"], &["DEEPGRAM_API_KEY"]),
    model("assemblyai", &[], &["assemblyai.com"], &["assemblyai"], &["ASSEMBLYAI_API_KEY"]),
    model("ollama-cloud", &[], &["ollama.com"], &[], &["OLLAMA_API_KEY"]),
    recorder("langfuse", &[], &["langfuse.com"], &["LANGFUSE_SECRET_KEY", "LANGFUSE_PUBLIC_KEY"]),
    recorder("langsmith", &["langchain"], &["smith.langchain.com"], &["LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"]),
    recorder("helicone", &[], &["helicone.ai"], &["HELICONE_API_KEY"]),
    recorder("datadog", &[], &["datadoghq.com", "datadoghq.eu"], &["DD_API_KEY"]),
    recorder("sentry", &[], &["sentry.io"], &["SENTRY_DSN"]),
    recorder("posthog", &[], &["posthog.com"], &["POSTHOG_API_KEY"]),
    recorder("arize", &["phoenix"], &["arize.com"], &["ARIZE_API_KEY"]),
    recorder("wandb", &["weights-and-biases"], &["wandb.ai"], &["WANDB_API_KEY"]),
    recorder("lunary", &[], &["lunary.ai"], &["LUNARY_PUBLIC_KEY"]),
    recorder("braintrust", &[], &["braintrust.dev"], &["BRAINTRUST_API_KEY"]),
    recorder("galileo", &[], &["galileo.ai"], &["GALILEO_API_KEY"]),
];

/// The vendor with this word, or with another word for it.
pub fn named(word: &str) -> Option<&'static Vendor> {
    let word = word.to_ascii_lowercase();
    VENDORS.iter().find(|vendor| vendor.id == word || vendor.also.contains(&word.as_str()))
}

/// The vendor behind a host.
pub fn of_host(host: &str) -> Option<&'static Vendor> {
    let host = host.to_ascii_lowercase();
    VENDORS.iter().find(|vendor| {
        vendor.hosts.iter().any(|end| host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    })
}

/// The vendor behind a provider of LiteLLM.
pub fn of_prefix(prefix: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.prefixes.contains(&prefix))
}

/// The vendor to whom a variable holds a key.
pub fn of_variable(name: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.variables.contains(&name))
}

/// The host of an address: without scheme, user, port and path.
pub fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host is inside: this machine, a private network, a name that only a cluster or a compose network knows.
pub fn is_internal(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(v4)) => v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        Ok(std::net::IpAddr::V6(v6)) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local(),
        Err(_) => {
            ["svc", "local", "internal", "lan", "localdomain", "localhost", "home", "intranet", "corp"]
                .contains(&host.rsplit('.').next().unwrap_or_default())
                || !host.contains('.')
                || host.contains(".svc.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_whom_a_request_goes_to() {
        let vendor = |address: &str| of_host(host(address)).map(|vendor| vendor.id);
        assert_eq!(vendor("https://api.openai.com/v1"), Some("openai"));
        assert_eq!(vendor("https://contoso.openai.azure.com/"), Some("azure"));
        assert_eq!(vendor("https://bedrock-runtime.eu-central-1.amazonaws.com"), Some("aws"));
        assert_eq!(vendor("https://notopenai.com/v1"), None);
        assert_eq!(vendor("http://vllm:8000/v1"), None);
    }

    #[test]
    fn inside_is_what_nobody_else_can_name() {
        for inside in [
            "vllm",
            "localhost",
            "127.0.0.1",
            "10.1.2.3",
            "vllm.llm.svc.cluster.local",
            "gpu.internal",
            "::1",
            "host.docker.internal",
        ] {
            assert!(is_internal(inside), "{inside}");
        }
        for outside in ["api.openai.com", "8.8.8.8", "llm.example.com"] {
            assert!(!is_internal(outside), "{outside}");
        }
        assert_eq!(host("http://user:pw@[::1]:8000/v1"), "::1");
    }

    #[test]
    fn every_vendor_has_a_word_of_its_own() {
        let mut words: Vec<&str> =
            VENDORS.iter().flat_map(|vendor| std::iter::once(vendor.id).chain(vendor.also.iter().copied())).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
