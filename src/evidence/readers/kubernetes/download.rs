//! Commands that fetch models before a server starts.

use super::super::super::command::flags;
use super::super::super::substitution::Term;

/// What is fetched.
pub(super) struct Download {
    pub model: Term,
    pub revision: Option<Term>,
    /// Whether Ollama fetches it, which then has it.
    pub by_ollama: bool,
}

/// The models that commands fetch: `hf download REPOSITORY`, `ollama pull TAG`, a clone from the Hub.
pub(super) fn models(commands: &[Vec<Term>]) -> Vec<Download> {
    commands.iter().filter_map(|words| fetched(words)).collect()
}

fn fetched(words: &[Term]) -> Option<Download> {
    let alone = |model: &Term| Download { model: model.clone(), revision: None, by_ollama: false };
    let pulled = |model: &Term| Download { by_ollama: true, ..alone(model) };
    let is = |at: usize, names: &[&str]| {
        words.get(at).is_some_and(|word| names.contains(&word.text.rsplit('/').next().unwrap_or_default()))
    };
    for at in 0..words.len() {
        let rest = words.get(at + 2..).unwrap_or_default();
        if is(at, &["hf", "huggingface-cli"]) && is(at + 1, &["download"]) {
            return repository(rest);
        }
        if is(at, &["ollama"]) && is(at + 1, &["pull"]) {
            return flags(rest, &|_| true).positional.first().copied().map(pulled);
        }
        if is(at, &["curl", "wget"]) {
            return asked(&words[at + 1..]).map(|model| pulled(&model));
        }
        if is(at, &["git"]) && is(at + 1, &["clone"]) {
            let hub = |word: &&Term| word.text.contains("://huggingface.co/") || word.text.contains("://hf.co/");
            return rest.iter().find(hub).map(alone);
        }
    }
    None
}

/// The model that Ollama is asked to fetch: `curl …/api/pull -d '{"model": "TAG"}'`.
fn asked(words: &[Term]) -> Option<Term> {
    words.iter().find(|word| word.text.trim_end_matches('/').ends_with("/api/pull"))?;
    let keys = ["\"model\"", "\"name\""];
    let (body, after) = words
        .iter()
        .filter(|word| word.text.contains('{'))
        .find_map(|word| Some((word, keys.iter().find_map(|key| word.text.split_once(key))?.1)))?;
    let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (value, _) = value.split_once('"')?;
    (!value.is_empty()).then(|| body.with(value))
}

/// The repository of a download. Data sets and spaces are no models.
fn repository(words: &[Term]) -> Option<Download> {
    let flags = flags(words, &|name| matches!(name, "quiet" | "force-download" | "resume-download" | "dry-run"));
    let kind = flags.value(&["repo-type"]).map(|term| term.text.as_str());
    let model = kind.is_none_or(|kind| kind == "model");
    let revision = flags.value(&["revision"]).cloned();
    flags.positional.first().filter(|_| model).map(|word| Download { model: (*word).clone(), revision, by_ollama: false })
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn ollama_may_be_asked_to_fetch_over_the_network() {
        let found = facts(
            "a.yaml",
            r#"apiVersion: batch/v1
kind: Job
metadata: {name: pull}
spec:
  template:
    spec:
      containers:
      - name: p
        image: curlimages/curl:8.10.1
        command: [sh, -c]
        args:
        - |
          until curl -s http://ollama:11434/api/tags; do sleep 1; done
          curl -X POST http://ollama:11434/api/pull -d '{"model": "gemma3:4b"}'
"#,
        );
        insta::assert_snapshot!(found, @r"
        model pull
          engine ollama inferred
          model gemma3:4b literal
        ");
    }
    #[test]
    fn what_a_job_makes_ollama_fetch_is_what_ollama_serves() {
        let found = facts(
            "a.yaml",
            r"apiVersion: batch/v1
kind: Job
metadata: {name: pull}
spec:
  template:
    spec:
      containers: [{name: p, image: 'ollama/ollama:0.9.0', command: [sh, -c, 'ollama pull gemma3:4b && ollama pull bge-m3']}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ollama}
spec: {template: {spec: {containers: [{name: o, image: 'ollama/ollama:0.9.0'}]}}}
",
        );
        insta::assert_snapshot!(found, @r"
        server ollama
          image ollama/ollama literal
          image_pin version literal
          engine ollama literal
          model gemma3:4b resolved
          model bge-m3 resolved
        ");
    }
}
