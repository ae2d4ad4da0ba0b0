//! How a model server is started: command lines and environments of the servers that are known, read into facts.
//!
//! Flags are read by one table for all servers, since they are named alike; where a short flag means different things
//! to different servers, the server decides.

mod addresses;
mod credentials;
mod environment;
mod settings;

pub use addresses::{goes_elsewhere, names_address, note_address};
pub use credentials::{SECRET, holds_password, is_credential, names_credential, note_credential, note_key};
pub use settings::precision;

use environment::note_environment;
use settings::{SETTINGS, note_option};

use super::command::{Flags, flags};
use super::fact::{Attribute, Content, Fact, Standing, Subject};
use super::names;
use super::substitution::{Term, Variables};

/// What is known of how a server is started.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'l> {
    /// The server, where the image tells.
    pub engine: Option<&'static str>,
    /// Its commands, see [`arguments`](super::command::arguments).
    pub commands: &'l [Vec<Term>],
    /// Its environment.
    pub environment: &'l Variables,
}

/// Flags that name the model itself.
const MODEL_FLAGS: &[&str] = &["model", "model-id", "model-path", "hf-repo", "model-uri", "model-dir"];

/// Flags of these servers that take no value, so that what follows is not theirs.
const SWITCHES: &[&str] = &[
    "trust-remote-code",
    "enforce-eager",
    "enable-prefix-caching",
    "no-enable-prefix-caching",
    "enable-chunked-prefill",
    "no-enable-chunked-prefill",
    "enable-auto-tool-choice",
    "enable-lora",
    "enable-expert-parallel",
    "enable-sleep-mode",
    "disable-log-requests",
    "disable-log-stats",
    "enable-log-requests",
    "log-requests",
    "disable-usage-stats",
    "disable-custom-all-reduce",
    "enable-metrics",
    "enable-torch-compile",
    "enable-dp-attention",
    "enable-reasoning",
    "sharded",
    "jinja",
    "metrics",
    "mlock",
    "no-mmap",
    "flash-attn",
    "cont-batching",
    "embedding",
    "embeddings",
    "verbose",
    "headless",
    "async-scheduling",
    "calculate-kv-scales",
    "skip-tokenizer-init",
];

/// Reads how a server is started into facts of a subject. Gives the server, where it is known.
pub fn note(subject: &mut Subject, launch: &Launch<'_>) -> Option<&'static str> {
    let mut engine = launch.engine;
    // Where a command of a script names the server, the others wait for it, test it or write about it.
    let commands: Vec<&Vec<Term>> = launch.commands.iter().filter(|words| !prepares(words)).collect();
    let is_named = commands.iter().any(|words| server(words).is_some());
    for words in commands.into_iter().filter(|words| !is_named || server(words).is_some()) {
        if let Some((found, word)) = server(words) {
            engine = Some(found);
            subject.literal(Attribute::Engine, found, word.span);
        }
        if is_tool(words) {
            continue;
        }
        let starts = engine.is_some() || words.first().is_some_and(|first| first.written.starts_with('-')) || words.len() > 2;
        if !starts {
            continue;
        }
        let flags = flags(words, &|name| SWITCHES.contains(&name));
        note_model(subject, engine, &flags, words);
        for option in SETTINGS.iter().filter(|option| fits(option.engines, engine)) {
            for (name, value, word) in flags.named.iter().filter(|(name, ..)| option.flags.contains(&name.as_str())) {
                note_option(subject, option, name, value.as_ref(), word);
            }
        }
        note_access(subject, &flags);
        note_slots(subject, engine, &flags);
        note_adapters(subject, words);
        note_further_names(subject, words);
    }
    note_fetched(subject, launch.commands);
    note_environment(subject, engine, launch.environment);
    if engine.is_some() && subject.fact(Attribute::Model).is_none() {
        note_hidden_model(subject, launch.commands);
    }
    engine
}

/// Whether a command of a script is the shell's own or a tool's, whose flags are not a server's.
fn is_tool(words: &[Term]) -> bool {
    const TOOLS: &[&str] = &[
        "[", "[[", "awk", "basename", "cat", "cd", "chmod", "chown", "cp", "curl", "cut", "declare", "dirname", "done", "echo",
        "elif", "else", "esac", "export", "fi", "find", "for", "grep", "head", "if", "jq", "kill", "ln", "local", "ls", "mkdir",
        "mv", "pip", "pip3", "printf", "ps", "read", "rm", "sed", "set", "sleep", "sort", "source", "tail", "tee", "test", "tr",
        "trap", "unset", "until", "wait", "wc", "wget", "while", "xargs",
    ];
    let first = words.first().map(|word| word.text.rsplit('/').next().unwrap_or_default());
    // A condition or a loop may start a server in its body: `if …; then vllm serve`.
    first.is_some_and(|first| TOOLS.contains(&first)) && server(words).is_none()
}

fn fits(engines: &[&str], engine: Option<&str>) -> bool {
    engines.is_empty() || engine.is_some_and(|engine| engines.contains(&engine))
}

/// Whether a command of a script only prepares the start of a server: it installs it or goes where it is.
fn prepares(words: &[Term]) -> bool {
    let mut names =
        words.iter().map(|word| word.text.as_str()).skip_while(|word| matches!(*word, "sudo" | "then" | "do" | "else"));
    let first = names.next().unwrap_or_default();
    let second = names.next().unwrap_or_default();
    match first.rsplit('/').next().unwrap_or_default() {
        "pip" | "pip3" | "apt" | "apt-get" | "curl" | "wget" | "git" | "cd" | "mkdir" | "rm" | "source" | "echo" => true,
        "uv" => second != "run",
        "conda" | "mamba" => second != "run",
        "python" | "python3" => second == "-m" && names.next() == Some("pip"),
        _ => false,
    }
}

/// The server that a command starts, and the word that says so.
fn server(words: &[Term]) -> Option<(&'static str, &Term)> {
    let known: &[(&str, &str)] = &[
        ("vllm", "vllm"),
        ("vllm.entrypoints.openai.api_server", "vllm"),
        ("vllm.entrypoints.api_server", "vllm"),
        ("dynamo.vllm", "vllm"),
        ("dynamo.sglang", "sglang"),
        ("dynamo.trtllm", "tensorrt-llm"),
        ("sglang.launch_server", "sglang"),
        ("sglang", "sglang"),
        ("text-generation-launcher", "tgi"),
        ("text-embeddings-router", "tei"),
        ("llama-server", "llama.cpp"),
        ("llama_cpp.server", "llama.cpp"),
        ("llama-swap", "llama.cpp"),
        ("ollama", "ollama"),
        ("tritonserver", "triton"),
        ("trtllm-serve", "tensorrt-llm"),
        ("lmdeploy", "lmdeploy"),
        ("litellm", "litellm"),
        ("huggingfaceserver", "huggingfaceserver"),
        ("aphrodite", "aphrodite"),
        ("mlx_lm.server", "mlx"),
        ("infinity_emb", "infinity"),
    ];
    // What a variable is set to is not started.
    words.iter().take(12).filter(|word| super::command::assignment(word).is_none()).find_map(|word| {
        let name = word.text.rsplit('/').next().unwrap_or_default();
        known.iter().find(|(command, _)| name == *command).map(|(_, engine)| (*engine, word))
    })
}

fn note_model(subject: &mut Subject, engine: Option<&'static str>, flags: &Flags<'_>, words: &[Term]) {
    let is_llama = engine == Some("llama.cpp");
    let repository = flags.value(&["hf-repo", "hf", "hfr"]).filter(|_| is_llama);
    if let Some(term) = repository {
        names::note_repository(subject, term);
        if let Some(file) = flags.value(&["hf-file", "hff"]) {
            names::note_file(subject, file);
        }
        return;
    }
    if let Some(term) = flags.value(MODEL_FLAGS).or_else(|| flags.value(&["m"]).filter(|_| is_llama)) {
        names::note(subject, term);
        return;
    }
    // The word after `serve`, `run`, `pull`; TensorRT-LLM and LMDeploy name theirs in the same way.
    let verb =
        words.iter().position(|word| matches!(word.text.as_str(), "serve" | "run" | "pull" | "api_server" | "trtllm-serve"));
    let after = verb.and_then(|at| words.get(at + 1)).filter(|word| !word.written.starts_with('-'));
    let after = match after {
        Some(word) if matches!(word.text.as_str(), "api_server" | "serve") => {
            words.iter().skip_while(|other| !std::ptr::eq(*other, word)).nth(1).filter(|word| !word.written.starts_with('-'))
        }
        other => other,
    };
    // TensorRT-LLM takes its options first as well.
    let after = after.or_else(|| {
        let options_first = verb.is_some_and(|at| words[at].text == "trtllm-serve");
        let beyond = |word: &&&Term| verb.is_some_and(|at| words[at].span.end <= word.span.start);
        let named = |word: &&&Term| word.written.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '.' | '$'));
        flags.positional.iter().filter(beyond).find(named).copied().filter(|_| options_first)
    });
    let names_models = matches!(engine, Some("vllm" | "ollama" | "tensorrt-llm" | "lmdeploy" | "sglang"));
    if let Some(word) = after.filter(|_| names_models && verb.is_some()) {
        names::note(subject, word);
    } else if let Some(word) = words.first().filter(|word| engine == Some("vllm") && verb.is_none() && names_hub_model(word)) {
        // The image of vLLM says `vllm serve` itself: the model comes first.
        names::note(subject, word);
    }
}

/// Where the model is a folder into which the same script fetches one from the Hub, it is that one.
fn note_fetched(subject: &mut Subject, commands: &[Vec<Term>]) {
    let plain = |text: &str| text.trim_start_matches("./").trim_end_matches('/').to_owned();
    let Some(folder) = subject.fact(Attribute::Model).filter(|fact| fact.standing.is_firm()).and_then(Fact::text).map(plain)
    else {
        return;
    };
    for words in commands {
        let tool = |pair: &[Term]| {
            matches!(pair[0].text.rsplit('/').next(), Some("hf" | "huggingface-cli")) && pair[1].text == "download"
        };
        let Some(at) = words.windows(2).position(tool) else { continue };
        let flags = flags(&words[at + 2..], &|name| matches!(name, "quiet" | "force-download" | "resume-download"));
        let into = flags.value(&["local-dir"]).and_then(Term::value).map(plain);
        let Some(model) = flags.positional.first().filter(|_| into.as_deref() == Some(folder.as_str())) else { continue };
        subject.facts.retain(|fact| fact.attribute != Attribute::Model || fact.text().map(plain).as_deref() != Some(&folder));
        let standing = model.standing.max(Standing::Resolved);
        names::note(subject, &Term { standing, ..(*model).clone() });
        if let Some(revision) = flags.value(&["revision"]) {
            revision.note_text(subject, Attribute::Revision);
        }
        return;
    }
}

/// Whether a word is `organisation/name` and no path, or an expression in its place.
fn names_hub_model(word: &Term) -> bool {
    let Some(text) = word.value() else { return word.written.to_ascii_uppercase().contains("MODEL") };
    let Some((organisation, name)) = text.split_once('/') else { return false };
    let plain = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    plain(organisation) && plain(name) && ![".sh", ".py", ".bash"].iter().any(|end| name.ends_with(end))
}

fn note_access(subject: &mut Subject, flags: &Flags<'_>) {
    if let Some((_, Some(term), word)) = flags.flag(&["api-key"]) {
        note_key(subject, term, word);
    }
}

/// llama.cpp divides its context among the requests that it works on at a time.
fn note_slots(subject: &mut Subject, engine: Option<&str>, flags: &Flags<'_>) {
    if engine != Some("llama.cpp") {
        return;
    }
    let context = flags.value(&["ctx-size", "c"]);
    let slots = flags.value(&["parallel", "np"]);
    divide_context(subject, context, slots);
}

/// Notes the context that one request of llama.cpp gets.
pub fn divide_context(subject: &mut Subject, context: Option<&Term>, slots: Option<&Term>) {
    if let Some(slots) = slots {
        slots.note_number(subject, Attribute::MaxSequences);
    }
    let Some(context) = context else { return };
    let count = |term: &Term| term.value().and_then(super::substitution::number);
    match (count(context), slots.map(|slots| (count(slots), slots))) {
        // 0 is whatever the model can do.
        (Some(total), _) if total <= 0.0 => {}
        (Some(total), Some((Some(slots), term))) if slots > 1.0 => subject.note(Fact {
            attribute: Attribute::Context,
            value: Some(Content::Number((total / slots).floor())),
            written: format!("{total} shared by {slots} slots"),
            standing: context.standing.max(term.standing).max(Standing::Resolved),
            span: context.span,
        }),
        (Some(_), Some((None, term))) => {
            subject.unresolved(Attribute::Context, format!("{} shared by {} slots", context.written, term.written), context.span);
        }
        _ => context.note_number(subject, Attribute::Context),
    }
}

/// `--served-model-name a b …`: names after the first.
fn note_further_names(subject: &mut Subject, words: &[Term]) {
    let Some(at) = words.iter().position(|word| word.written == "--served-model-name") else { return };
    for term in words.iter().skip(at + 2).take_while(|word| !word.written.starts_with('-')) {
        term.note_text(subject, Attribute::ServedName);
    }
}

/// An expression that speaks of a model and stands where flags may stand: it holds the flag with the model.
fn note_hidden_model(subject: &mut Subject, commands: &[Vec<Term>]) {
    for words in commands {
        let mut flag = false;
        for word in words {
            if !flag && word.standing == Standing::Unresolved && word.written.to_ascii_uppercase().contains("MODEL") {
                word.note_text(subject, Attribute::Model);
                return;
            }
            flag = word.written.starts_with('-') && !word.written.contains('=');
        }
    }
}

/// `--lora-modules name=path …`: every word up to the next flag.
fn note_adapters(subject: &mut Subject, words: &[Term]) {
    let Some(at) =
        words.iter().position(|word| word.written.starts_with("--lora-modules") || word.written.starts_with("--lora-paths"))
    else {
        return;
    };
    let inline = words[at].text.split_once("lora-modules=").map(|(_, value)| words[at].with(value));
    let listed = words[at + 1..].iter().take_while(|word| !word.written.starts_with("--")).cloned();
    for term in inline.into_iter().chain(listed) {
        term.note(subject, Attribute::Adapter, |text| {
            let path = text.split_once('=').map_or(text, |(_, path)| path).trim();
            (!path.is_empty()).then(|| path.to_owned())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::command;
    use crate::evidence::document::Parsed;
    use crate::evidence::fact::SubjectKind;
    use crate::span::Span;
    use crate::syntax::Limits;

    /// The facts of a server that is started with a command and an environment.
    fn facts(engine: Option<&'static str>, command: &str, environment: &[(&str, &str)]) -> Vec<String> {
        let yaml = format!("c: >\n  {command}\n");
        let (parsed, _) = Parsed::new(&yaml, &Limits::default());
        let root = parsed.documents().next().expect("a document");
        let mut variables = Variables::default();
        for (name, value) in environment {
            let term = Variables::default().substitute(value, Span::default());
            variables.set(*name, term);
        }
        let commands = command::arguments(&[root.get("c").expect("the command")], &variables);
        let mut subject = Subject::new(SubjectKind::Server, "s", Span::default());
        note(&mut subject, &Launch { engine, commands: &commands, environment: &variables });
        subject.facts.iter().map(|fact| format!("{} {} {}", fact.attribute, fact.shown(), fact.standing)).collect()
    }

    #[test]
    fn vllm_is_read_from_its_command() {
        let found = facts(
            None,
            "vllm serve Qwen/Qwen3-8B-AWQ --max-model-len=32k -tp 2 --dtype half --kv-cache-dtype fp8 --trust-remote-code --api-key $KEY --disable-log-requests",
            &[("VLLM_NO_USAGE_STATS", "1")],
        );
        insta::assert_snapshot!(found.join("\n"), @r"
        engine vllm literal
        model Qwen/Qwen3-8B-AWQ literal
        quantization awq inferred
        context 32000 literal
        precision fp16 literal
        kv_precision fp8 literal
        tensor_parallel 2 literal
        trust_remote_code true literal
        prompt_logging none literal
        authentication api_key literal
        telemetry false literal
        ");
    }

    #[test]
    fn flags_of_tools_in_a_script_are_not_the_server_s() {
        let found = facts(Some("vllm"), "if grep -q ACTIVE /x; then echo -m; fi; vllm serve acme/tiny -q awq", &[]);
        insta::assert_snapshot!(found.join("\n"), @r"
        engine vllm literal
        model acme/tiny literal
        quantization awq literal
        ");
    }

    #[test]
    fn the_image_of_vllm_takes_the_model_first() {
        let found = |command| facts(Some("vllm"), command, &[]).join("\n");
        insta::assert_snapshot!(found("acme/tiny-AWQ --dtype half"), @r"
        model acme/tiny-AWQ literal
        quantization awq inferred
        precision fp16 literal
        ");
        insta::assert_snapshot!(found("${THE_MODEL:-acme/tiny} --dtype half"), @r"
        model acme/tiny default
        precision fp16 literal
        ");
        insta::assert_snapshot!(found("scripts/start.sh --dtype half"), @"precision fp16 literal");
        insta::assert_snapshot!(found("/opt/start --dtype half"), @"precision fp16 literal");
    }

    #[test]
    fn a_folder_is_what_was_fetched_into_it() {
        let found = facts(None, "hf download acme/tiny --revision abc1234 --local-dir ./t/ && trtllm-serve --tp_size 2 t", &[]);
        insta::assert_snapshot!(found.join("\n"), @r"
        engine tensorrt-llm literal
        tensor_parallel 2 literal
        model acme/tiny resolved
        revision abc1234 literal
        ");
    }

    #[test]
    fn variables_of_a_script_may_name_the_model() {
        let found = |environment| facts(Some("vllm"), "/start.sh", environment).join("\n");
        insta::assert_snapshot!(found(&[("OUR_VLLM_MODEL", "${M:-acme/tiny}"), ("OUR_SERVED_MODEL_NAME", "x/y")]), @"model acme/tiny inferred");
        insta::assert_snapshot!(found(&[("OUR_VLLM_MODEL", "acme/tiny"), ("OUR_EMBEDDING_MODEL", "acme/other")]), @"");
    }

    #[test]
    fn a_variable_starts_nothing() {
        let found =
            facts(None, "HOME_OF=/env/vllm nohup /env/bin/python -m sglang.launch_server --model-path acme/tiny > log", &[]);
        insta::assert_snapshot!(found.join("\n"), @r"
        engine sglang literal
        model acme/tiny literal
        ");
    }

    #[test]
    fn tensorrt_takes_its_options_first() {
        let found =
            facts(None, "pip install vllm; trtllm-serve --backend pytorch --tp_size 8 org/name > log & grep -q up log", &[]);
        insta::assert_snapshot!(found.join("\n"), @r"
        engine tensorrt-llm literal
        model org/name literal
        tensor_parallel 8 literal
        ");
    }

    #[test]
    fn llama_cpp_shares_its_context() {
        let found = facts(None, "llama-server -m /models/a-Q4_K_M.gguf -c 131072 -np 4 -ctk q8_0", &[]);
        insta::assert_snapshot!(found.join("\n"), @r"
        engine llama.cpp literal
        model /models/a-Q4_K_M.gguf literal
        quantization q4_k_m literal
        weight_format gguf inferred
        kv_precision q8_0 literal
        max_sequences 4 literal
        context 32768 resolved
        ");
    }

    #[test]
    fn llama_cpp_takes_repositories_of_the_hub() {
        let tagged = facts(None, "llama-server -hf acme/tiny-GGUF:Q4_K_M --port 1", &[]);
        insta::assert_snapshot!(tagged.join("\n"), @r"
        engine llama.cpp literal
        model acme/tiny-GGUF literal
        quantization q4_k_m literal
        weight_format gguf inferred
        ");
        let named = facts(None, "llama-server --hf-repo acme/tiny --hf-file tiny-Q8_0.gguf", &[]);
        insta::assert_snapshot!(named.join("\n"), @r"
        engine llama.cpp literal
        model acme/tiny literal
        quantization q8_0 literal
        weight_format gguf inferred
        ");
        let set = facts(Some("llama.cpp"), "--port 1", &[("LLAMA_ARG_HF_REPO", "acme/tiny:IQ4_XS")]);
        insta::assert_snapshot!(set.join("\n"), @r"
        model acme/tiny literal
        quantization iq4_xs literal
        ");
    }

    #[test]
    fn what_the_environment_says_is_read_by_the_server_that_reads_it() {
        let found = facts(Some("tgi"), "${TGI_MODEL_FLAGS} --port 80", &[]);
        insta::assert_snapshot!(found.join("\n"), @"model ${TGI_MODEL_FLAGS} unresolved");
        let found = facts(None, "vllm serve a/b --served-model-name x y --port 1", &[]);
        insta::assert_snapshot!(found.join("\n"), @r"
        engine vllm literal
        model a/b literal
        served_name x literal
        served_name y literal
        ");
        let found = facts(Some("tgi"), "--num-shard 2", &[("MODEL_ID", "google/gemma-2-9b-it"), ("HF_TOKEN", "${HF_TOKEN}")]);
        insta::assert_snapshot!(found.join("\n"), @r"
        tensor_parallel 2 literal
        model google/gemma-2-9b-it literal
        secrets env literal
        ");
        let inside = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_API_BASE_URL", "http://vllm:8000/v1"), ("GROQ_API_KEY", "none")];
        insta::assert_snapshot!(facts(None, "python app.py", &inside).join("\n"), @r"
        secrets source literal
        endpoint vllm literal
        ");
        let kept =
            [("OPENAI_API_KEY_FILE", "/run/secrets/key"), ("DATABASE_URL", "postgres://a:b@db/x"), ("MISTRAL_API_KEY", "$K")];
        insta::assert_snapshot!(facts(None, "python app.py", &kept).join("\n"), @r"
        secrets secret literal
        secrets source literal
        secrets env literal
        vendor mistral inferred
        ");
        let found = facts(None, "python app.py", &[("MODEL_NAME", "gemma"), ("OPENAI_BASE_URL", "https://api.openai.com/v1")]);
        insta::assert_snapshot!(found.join("\n"), @r"
        model gemma inferred
        vendor openai literal
        endpoint api.openai.com literal
        ");
        let found = facts(
            None,
            "python app.py",
            &[
                ("OLLAMA_URL", "http://ollama:11434"),
                ("LLM_MODEL_URL", "https://example.org/a.gguf"),
                ("OPENAI_API_KEY", "sk-dummy_key"),
            ],
        );
        insta::assert_snapshot!(found.join("\n"), @"endpoint ollama literal");
    }
}
