//! `caveat verify` and `caveat init`, by the real binary.

mod common;

use std::fs;

use common::{Desk, code, err, out};
use serde_json::Value;

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat-server
  labels: {app: chat}
spec:
  replicas: 2
  selector: {matchLabels: {app: chat}}
  template:
    metadata: {labels: {app: chat}}
    spec:
      nodeSelector: {cloud.google.com/gke-accelerator: nvidia-l4}
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.9.1
          args:
            - --model=$(MODEL_ID)
            - --tensor-parallel-size=2
            - --max-model-len
            - \"32768\"
          env:
            - {name: MODEL_ID, value: Qwen/Qwen2.5-72B-Instruct-AWQ}
            - name: HF_TOKEN
              valueFrom: {secretKeyRef: {name: hf, key: token}}
          resources: {limits: {nvidia.com/gpu: 2}}
---
apiVersion: v1
kind: Service
metadata: {name: chat}
spec: {selector: {app: chat}, ports: [{port: 8000}]}
";

/// A manifest that agrees with the deployment; the pieces can be replaced.
const MANIFEST: &str = "\
system: {id: chat}
datasets: []
actors: []
flows: []
models:
  - {id: qwen, source: \"hf:Qwen/Qwen2.5-72B-Instruct-AWQ\", license: LicenseRef-qwen}
hosting:
  - id: gpu
    models: [qwen]
    mode: self_managed
    engine: vllm
    max_context_tokens: 32768
    quantization: awq-int4-g128
    tensor_parallel: 2
    gpus: {type: nvidia-l4, count: 2}
    replicas: {min: 2, max: 2}
";

fn project() -> Desk {
    Desk::new().with("caveat.yaml", MANIFEST).with("k8s/deploy.yaml", DEPLOYMENT)
}

#[test]
fn a_manifest_that_agrees_is_confirmed() {
    let output = project().run(&["verify", "--as-of", "2026-11-28"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    insta::assert_snapshot!(out(&output), @"
    held against 1 file: k8s/deploy.yaml (kubernetes)
    8 facts confirmed, 0 neither confirmed nor contradicted, 0 shown that the manifest leaves open
    0 violations in 1 manifest
    15 rules evaluated as of 2026-11-28: 0 violated, 10 passed, 0 could not be decided, 110 did not apply
    ");
}

#[test]
fn five_contradictions_are_five_findings_with_both_places() {
    let manifest = MANIFEST
        .replace("Qwen/Qwen2.5-72B-Instruct-AWQ", "Qwen/Qwen2.5-7B-Instruct")
        .replace("engine: vllm", "engine: tgi")
        .replace("32768", "131072")
        .replace("type: nvidia-l4, count: 2", "type: nvidia-h100, count: 2")
        .replace("{min: 2, max: 2}", "{min: 4, max: 4}")
        .replace("    quantization: awq-int4-g128\n", "");
    let output = project().with("caveat.yaml", manifest).run(&["verify", "--format", "compact", "--as-of", "2026-11-28"]);
    assert_eq!(code(&output), 1);
    insta::assert_snapshot!(out(&output), @"
    caveat.yaml:6:16: high EVID001 deployed-model-differs: `qwen` is declared as `hf:Qwen/Qwen2.5-7B-Instruct`, and `chat-server` runs `Qwen/Qwen2.5-72B-Instruct-AWQ`
    caveat.yaml:11:5: medium EVID005 serving-differs: engine of `gpu` is declared as `tgi`, and `chat-server` has `vllm`
    caveat.yaml:12:5: medium EVID005 serving-differs: context of `gpu` is declared as `131072`, and `chat-server` has `32768`
    caveat.yaml:14:12: medium EVID006 capacity-differs: gpu_type of `gpu` is declared as `nvidia-h100`, and `chat-server` has `nvidia-l4`
    caveat.yaml:15:16: medium EVID006 capacity-differs: replicas_min of `gpu` is declared as `4`, and `chat-server` has `2`
    5 violation in 1 manifest; 15 rules: 5 violation, 2 passed, 0 unknown, 113 not applicable
    ");
}

/// Put together here, so that no scanner takes this file for a leak.
fn secret(prefix: &str) -> String {
    let body: String = "q7Zr2mK9xW4pL8vB1nC6sD3fG5hJ0tY".chars().chain("A2bQ9".chars()).collect();
    format!("{prefix}{body}")
}

const FORMATS: [&str; 9] = ["text", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"];

#[test]
fn no_format_prints_a_credential() {
    let (key, token) = (secret("sk-proj-"), secret("hf_"));
    // A misspelt field beside it, so that its line is shown as an excerpt, and mended.
    let manifest = format!("{MANIFEST}access: {{authenticaton: api_key, x-key: {key}}}\nx-token: {token}\n");
    let deployment = DEPLOYMENT.replace("valueFrom: {secretKeyRef: {name: hf, key: token}}", &format!("value: {token}"));
    let desk = Desk::new().with("caveat.yaml", &manifest).with("k8s/deploy.yaml", deployment);
    let body = "q7Zr2mK9xW4pL8";
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for format in FORMATS {
        runs.push(vec!["check", "--format", format]);
        runs.push(vec!["verify", "--format", format]);
    }
    runs.extend([
        vec!["check", "--unsafe-fixes", "--diff"],
        vec!["facts"],
        vec!["facts", "--format", "json"],
        vec!["estimate", "--format", "json"],
        vec!["init", "--from", "k8s"],
        vec!["suppressions"],
        vec!["baseline", "write"],
    ]);
    for run in runs {
        let output = desk.run(&run);
        assert!(
            !out(&output).contains(body) && !err(&output).contains(body),
            "{run:?} prints it:\n{}{}",
            out(&output),
            err(&output)
        );
    }
    let report: Value = serde_json::from_str(&out(&desk.run(&["verify", "--format", "json"]))).expect("JSON");
    let found: Vec<&str> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["rule"] == "E017")
        .map(|finding| finding["manifest"].as_str().expect("a path"))
        .collect();
    assert_eq!(found, ["caveat.yaml", "caveat.yaml", "k8s/deploy.yaml"]);
    // What is mended keeps what was covered.
    desk.run(&["check", "--fix"]);
    let mended = fs::read_to_string(desk.0.path().join("caveat.yaml")).expect("the manifest");
    assert!(mended.contains("authentication: api_key") && mended.contains(&key) && mended.contains(&token), "{mended}");
}

#[test]
fn a_pointer_to_evidence_leads_somewhere() {
    let manifest = MANIFEST.replace("    mode: self_managed\n", "    mode: self_managed\n    evidence: [k8s/deploy.yaml#/spec/replicas, k8s/deploy.yaml#/spec/replica, k8s/gone.yaml, ../outside.yaml, \"https://example.com/x#y\"]\n");
    let output =
        Desk::new().with("caveat.yaml", manifest).with("k8s/deploy.yaml", DEPLOYMENT).run(&["check", "--format", "compact"]);
    let told: Vec<String> = out(&output).lines().filter(|line| line.contains("E016")).map(str::to_owned).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    caveat.yaml:11:48: error E016 dangling-evidence: `k8s/deploy.yaml#/spec/replica` leads nowhere: there is no `replica` where `/spec/replica` leads
    caveat.yaml:11:79: error E016 dangling-evidence: `k8s/gone.yaml` leads nowhere: no such file or folder
    caveat.yaml:11:94: error E016 dangling-evidence: `../outside.yaml` leads nowhere: no such file or folder
    ");
}

#[test]
fn a_document_that_is_broken_is_reported_and_the_others_are_read() {
    let deployment = format!("{DEPLOYMENT}---\nkind: Secret\nstringData: {{token: {{{{HF_TOKEN}}}}\n");
    let output = project().with("k8s/deploy.yaml", deployment).run(&["verify", "--format", "compact"]);
    insta::assert_snapshot!(out(&output), @"
    k8s/deploy.yaml:33:13: unknown EVID016 evidence-not-read: a part of this file could not be read: not valid YAML: unclosed bracket '{'
    1 unknown in 1 manifest; 15 rules: 0 violation, 10 passed, 0 unknown, 110 not applicable
    ");
    assert_eq!(code(&output), 0);
    let strict = project().with("k8s/deploy.yaml", format!("{DEPLOYMENT}---\na: [\n")).run(&["verify", "--strict"]);
    assert_eq!(code(&strict), 1, "{}", out(&strict));
}

#[test]
fn a_fallback_to_a_vendor_that_is_not_named_is_found_once() {
    let gateway = "\
model_list:
  - model_name: chat
    litellm_params: {model: hosted_vllm/qwen, api_base: http://chat:8000/v1, api_key: os.environ/VLLM_KEY}
  - model_name: backup
    litellm_params: {model: openrouter/auto, api_key: os.environ/OPENROUTER_API_KEY}
router_settings:
  fallbacks: [{chat: [backup]}]
";
    let output = project().with("litellm.yaml", gateway).run(&["verify", "--format", "compact"]);
    insta::assert_snapshot!(out(&output), @"
    caveat.yaml:8:5: high EVID012 undeclared-recipient: `backup` leads to `openrouter`, which the manifest does not name
    1 violation in 1 manifest; 15 rules: 1 violation, 10 passed, 0 unknown, 124 not applicable
    ");
    let named = MANIFEST.replace("actors: []", "parties: [{id: openrouter-inc, kind: model_vendor}]\nactors: []");
    let named = named.replace("flows: []", "flows: [{from: qwen, to: openrouter-inc, purpose: inference}]");
    let output = project().with("caveat.yaml", named).with("litellm.yaml", gateway).run(&["verify", "--format", "compact"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
}

#[test]
fn nothing_to_compare_is_said_and_is_no_success() {
    let output = Desk::new().with("caveat.yaml", MANIFEST).run(&["verify"]);
    assert_eq!((code(&output), out(&output).as_str()), (3, ""));
    assert!(err(&output).contains("nothing was compared"), "{}", err(&output));
    let output = Desk::new().with("k8s/deploy.yaml", DEPLOYMENT).run(&["verify"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("there is no manifest"), "{}", err(&output));
    let output = project().run(&["verify", "gone.yaml"]);
    assert_eq!(code(&output), 2, "{}{}", out(&output), err(&output));
}

#[test]
fn a_draft_is_confirmed_by_the_files_that_it_was_made_from() {
    let desk = Desk::new().with("k8s/deploy.yaml", DEPLOYMENT);
    let output = desk.run(&["init", "--from", "k8s", "--output", "caveat.yaml", "--as-of", "2026-11-28"]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    let draft = fs::read_to_string(desk.0.path().join("caveat.yaml")).expect("the draft");
    insta::assert_snapshot!(draft.lines().skip_while(|line| !line.starts_with("models:")).take_while(|line| !line.starts_with("access:")).collect::<Vec<_>>().join("\n"), @r#"
    models:
      - id: qwen2.5-72b-instruct-awq  # a name for this manifest
        source: "hf:Qwen/Qwen2.5-72B-Instruct-AWQ"  # k8s/deploy.yaml:17, from $(MODEL_ID)
        # kind:  # base, instruct, fine_tune, adapter, merge, quantised, distilled, embedding, reranker, guard, classifier
        # access:  # open_source, open_weights, vendor_api, managed
        # revision:  # the exact commit; no file pins one; text
        # digest:  # text
        # license:  # a licence
        # format:  # safetensors, gguf, onnx, pickle, api
        # base:  # the model that it was made from; […] of: an id from models

    # components:  # a list of applications, stores, caches and tools around the model
    #   id:  # an id
    #   kind:  # app, gateway, store, vector_store, log_store, cache, kv_cache, queue, tool, executor
    #   party:  # an id from parties
    #   country:  # a country

    flows: []  # which way does data take? no file shows it; put every step in its place:
    #   - from:  # an id from datasets, actors, components, models
    #     to:  # an id from datasets, actors, components, models, parties
    #     purpose:  # inference, retrieval, training, logging, caching, evaluation, annotation, support, backup, action, indexing
    #     transport:  # tls, mtls, plain, in_process

    hosting:
      - id: chat-server  # k8s/deploy.yaml:4 calls it chat-server
        models: [qwen2.5-72b-instruct-awq]  # k8s/deploy.yaml:17, from $(MODEL_ID)
        evidence: k8s/deploy.yaml  # held against by `caveat verify`
        # mode:  # self_managed, managed, vendor_api, on_device
        # party:  # whose machines; none: the organisation's own; an id from parties
        # country:  # a country
        engine: vllm  # k8s/deploy.yaml:15
        max_context_tokens: 32768  # k8s/deploy.yaml:20
        # precision:  # fp32, bf16, fp16, fp8, int8, int4
        # quantization:  # k8s/deploy.yaml:17, read off Qwen/Qwen2.5-72B-Instruct-AWQ says awq; fp8, fp8-block128, int8, awq-int4-g128, awq-int4-g64, awq-int4-g32, gptq-int4-g128, gptq-int4-g64, gptq-int4-g32, gptq-int8, nf4, nf4-dq, mxfp4, nvfp4, f16, q8_0, q6_k, q5_k_m, q5_k_s, q4_k_m, q4_k_s, iq4_xs, q3_k_l, q3_k_s, iq3_m, q2_k, iq2_xxs, iq1_s
        tensor_parallel: 2  # k8s/deploy.yaml:18
        gpus:
          type: nvidia-l4  # k8s/deploy.yaml:12
          count: 2  # k8s/deploy.yaml:25
          # hourly:  # price of one for an hour; a number
        replicas:
          min: 2  # k8s/deploy.yaml:7
          max: 2  # k8s/deploy.yaml:7
        # shown besides: image vllm/vllm-openai (k8s/deploy.yaml:15), image_pin version (k8s/deploy.yaml:15)
    "#);
    let output = desk.run(&["verify"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert!(!out(&output).contains("\n0 facts confirmed"), "{}", out(&output));
    // A file that is there is not touched.
    let output = desk.run(&["init", "--from", "k8s", "--output", "caveat.yaml"]);
    assert_eq!(code(&output), 2);
    assert_eq!(fs::read_to_string(desk.0.path().join("caveat.yaml")).expect("the draft"), draft);
}

#[test]
fn a_stack_in_several_files_is_one_system() {
    let compose = "\
services:
  ollama:
    image: ollama/ollama:0.6.8
    entrypoint: [/bin/sh, -c]
    command: ['ollama serve & sleep 2; ollama pull tiny:1b; ollama pull embed:small; wait']
  gateway:
    image: ghcr.io/berriai/litellm:main-v1.72.0
    ports: ['4000:4000']
  app:
    build: .
    environment: {LLM_BASE_URL: 'http://gateway:4000', EMBEDDING_BASE_URL: 'http://ollama:11434'}
";
    let gateway = "\
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/tiny:1b, api_base: 'http://ollama:11434'}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
";
    let desk = Desk::new().with("stack/compose.yaml", compose).with("stack/litellm.yaml", gateway);
    let output = desk.run(&["init", "--from", "stack", "--as-of", "2026-11-28"]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    let text = out(&output);
    let of_section =
        |line: &&str| ["  - id:", "  - from:", "    to:", "    kind: ", "    models:"].iter().any(|key| line.starts_with(key));
    let shown = text.lines().skip_while(|line| !line.starts_with("components:")).filter(of_section);
    insta::assert_snapshot!(shown.map(|line| line.split("  #").next().unwrap_or(line)).collect::<Vec<_>>().join("\n"), @r"
      - id: gateway
        kind: gateway
      - id: app
        kind: app
      - from: gateway
        to: tiny-1b
      - from: app
        to: gateway
      - from: app
        to: tiny-1b
      - from: app
        to: embed-small
      - id: ollama
        models: [tiny-1b, embed-small]
    ");
}

#[test]
fn templates_are_short_and_sound() {
    for template in ["rag", "fine-tune", "vendor-api", "agent"] {
        let desk = Desk::new();
        let output = desk.run(&["init", "--template", template, "--as-of", "2027-01-31"]);
        assert_eq!(code(&output), 0);
        let text = out(&output);
        assert!(text.contains("as_of: 2027-01-31"), "{text}");
        assert!(text.lines().count() < 60, "{template}: {} lines", text.lines().count());
        let desk = desk.with("caveat.yaml", &text);
        let report: Value =
            serde_json::from_str(&out(&desk.run(&["check", "--format", "json", "--as-of", "2027-01-31"]))).expect("JSON");
        let wrong: Vec<&Value> =
            report["findings"].as_array().expect("a list").iter().filter(|finding| finding["verdict"] != "unknown").collect();
        assert!(wrong.is_empty(), "{template}: {wrong:?}");
    }
}

#[test]
fn there_is_something_to_begin_from_or_it_is_said() {
    let output = Desk::new().with("README.md", "# Nothing\n").run(&["init"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("--template rag|fine-tune|vendor-api|agent"), "{}", err(&output));
    let output = Desk::new().run(&["init", "--from", "gone.yaml"]);
    assert_eq!(code(&output), 2);
}

/// The findings of a run, one a line, without their summary.
fn findings(desk: &Desk, args: &[&str]) -> Vec<String> {
    let output = desk.run(&[&["verify", "--format", "compact", "--as-of", "2026-11-28"], args].concat());
    out(&output).lines().filter(|line| line.contains(" EVID")).map(str::to_owned).collect()
}

/// A server of vLLM.
fn server(name: &str, model: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  replicas: 1\n  template:\n    spec:\n      \
         containers:\n        - {{name: x, image: \"vllm/vllm-openai:v0.9.1\", args: [--model, {model}]}}\n"
    )
}

/// A manifest of one self-hosted entry with these models.
fn serving(system: &str, models: &str, hosting: &str) -> String {
    format!("system: {{id: {system}}}\ndatasets: []\nactors: []\nflows: []\nmodels:\n{models}hosting:\n{hosting}")
}

const QWEN: &str = "  - {id: qwen, source: \"hf:Qwen/Qwen3-8B\"}\n";
const BGE: &str = "  - {id: bge, source: \"hf:BAAI/bge-m3\", kind: embedding}\n";

#[test]
fn a_file_that_one_entry_names_is_not_that_entry_s_alone() {
    let hosting = "  - {id: pool, models: [qwen], mode: self_managed, evidence: k8s.yaml}\n  \
                   - {id: search, models: [bge], mode: self_managed}\n";
    let both = format!("{}---\n{}", server("llm", "Qwen/Qwen3-8B"), server("embed", "BAAI/bge-m3"));
    let desk = Desk::new().with("caveat.yaml", serving("chat", &format!("{QWEN}{BGE}"), hosting)).with("k8s.yaml", both);
    assert_eq!(findings(&desk, &[]), [""; 0]);
}

#[test]
fn lines_tell_which_server_of_a_file_is_meant() {
    let hosting = "  - {id: east, models: [qwen], mode: self_managed, replicas: {min: 1, max: 1}, evidence: \"k8s.yaml#L1-L9\"}\n  \
                   - {id: west, models: [qwen], mode: self_managed, replicas: {min: 1, max: 1}}\n";
    let west = server("b", "Qwen/Qwen3-8B").replace("replicas: 1", "replicas: 3");
    let both = format!("{}---\n{west}", server("a", "Qwen/Qwen3-8B"));
    let desk = Desk::new().with("caveat.yaml", serving("chat", QWEN, hosting)).with("k8s.yaml", both);
    let found = findings(&desk, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("replicas_min of `west` is declared as `1`, and `b` has `3`"), "{found:#?}");
}

#[test]
fn a_file_of_the_same_name_elsewhere_is_another() {
    let hosting = "  - {id: pool, models: [qwen], mode: self_managed, evidence: llm.yaml}\n";
    let desk = Desk::new()
        .with("caveat.yaml", serving("chat", QWEN, hosting))
        .with("llm.yaml", server("llm", "Qwen/Qwen3-8B"))
        .with("staging/llm.yaml", server("staging", "Qwen/Qwen3-0.6B"));
    let found = findings(&desk, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("EVID011") && found[0].contains("Qwen3-0.6B"), "{found:#?}");
}

#[test]
fn a_name_counts_for_less_than_the_model() {
    let hosting = "  - {id: vllm, models: [qwen], mode: self_managed}\n";
    let both = format!("{}---\n{}", server("main", "Qwen/Qwen3-8B"), server("vllm", "google/gemma-3-4b-it"));
    let desk = Desk::new().with("caveat.yaml", serving("chat", QWEN, hosting)).with("k8s.yaml", both);
    let found = findings(&desk, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("EVID011") && found[0].contains("gemma"), "{found:#?}");
}

#[test]
fn what_a_vendor_serves_is_neither_missed_among_servers_nor_taken_for_one() {
    let models = format!("{QWEN}  - {{id: claude, source: \"anthropic:claude-3-5-sonnet\", access: managed}}\n");
    let hosting = "  - {id: pool, models: [qwen], mode: self_managed}\n  - {id: bedrock, models: [claude], mode: managed}\n";
    let desk =
        Desk::new().with("caveat.yaml", serving("chat", &models, hosting)).with("k8s.yaml", server("llm", "Qwen/Qwen3-8B"));
    assert_eq!(findings(&desk, &[]), [""; 0]);
    let desk = desk
        .with("k8s.yaml", server("llm", "google/gemma-3-4b-it"))
        .with("caveat.yaml", serving("chat", &models, "  - {id: bedrock, models: [claude], mode: managed}\n"));
    let found = findings(&desk, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("EVID011"), "{found:#?}");
}

#[test]
fn systems_of_one_folder_do_not_miss_each_other_s_models() {
    let one = |id: &str, models: &str, model: &str| {
        serving(id, models, &format!("  - {{id: {id}-pool, models: [{model}], mode: self_managed}}\n"))
    };
    let (chat, search) = (one("chat", QWEN, "qwen"), one("search", BGE, "bge"));
    let desk = Desk::new()
        .with("a.yaml", server("llm", "Qwen/Qwen3-8B"))
        .with("b.yaml", server("embed", "BAAI/bge-m3"))
        .with("chat.caveat.yaml", chat.clone())
        .with("search.caveat.yaml", search.clone());
    assert_eq!(findings(&desk, &[]), [""; 0]);
    let desk = desk.with("all/caveat.yaml", format!("{chat}---\n{search}"));
    assert_eq!(findings(&desk, &["all/caveat.yaml", "a.yaml", "b.yaml"]), [""; 0]);
    // What nobody declares is undeclared, and a file that one of them names is that one's.
    let desk = desk.with("c.yaml", server("third", "google/gemma-3-4b-it"));
    assert_eq!(findings(&desk, &["."]).len(), 2);
    let desk = desk.with("chat.caveat.yaml", chat.replace("mode:", "evidence: c.yaml, mode:"));
    let found = findings(&desk, &["--manifest", "chat.caveat.yaml", "--manifest", "search.caveat.yaml", "."]);
    assert!(found.iter().all(|line| line.starts_with("chat.")), "{found:#?}");
}

#[test]
fn a_host_is_not_known_by_the_parts_that_all_hosts_have() {
    let route =
        "model_list:\n  - model_name: chat\n    litellm_params: {model: openai/x, api_base: \"https://api.elsewhere.com/v1\"}\n";
    let manifest = |ids: &str| format!("{}components: [{ids}]\n", serving("chat", QWEN, "  - {id: pool, models: [qwen]}\n"));
    let desk = Desk::new().with("litellm.yaml", route).with("caveat.yaml", manifest("{id: chat-api}, {id: community-hub}"));
    assert_eq!(findings(&desk, &[]).len(), 1);
    assert_eq!(findings(&desk.with("caveat.yaml", manifest("{id: elsewhere-inc}")), &[]), [""; 0]);
}

#[test]
fn a_named_file_that_cannot_be_read_is_told() {
    let desk = project().with("huge.yaml", format!("{DEPLOYMENT}#{}\n", "#".repeat(100_000)));
    let output = desk.run(&["verify", "caveat.yaml", "huge.yaml", "--max-file-size", "50000"]);
    assert!(out(&output).contains("more than 50000 bytes"), "{}{}", out(&output), err(&output));
    assert_ne!(code(&output), 0);
}

#[test]
fn adapters_are_loaded_on_the_model_that_they_are_made_for() {
    let models = format!("{QWEN}  - {{id: tax, kind: adapter, base: qwen}}\n  - {{id: law, kind: adapter, base: qwen}}\n");
    let hosting = "  - {id: pool, models: [tax, law], mode: self_managed}\n";
    let loaded = |modules: &str| server("llm", &format!("Qwen/Qwen3-8B, --enable-lora, --lora-modules, {modules}"));
    let desk = Desk::new().with("caveat.yaml", serving("chat", &models, hosting));
    let desk = desk.with("k8s.yaml", loaded("tax=/adapters/1, law=acme/2"));
    assert_eq!(findings(&desk, &[]), [""; 0]);
    let found = findings(&desk.with("k8s.yaml", loaded("tax=/adapters/1, hr=acme/hr")), &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("EVID011") && found[0].contains("acme/hr"), "{found:#?}");
    assert!(found[1].contains("EVID014") && found[1].contains("law at pool"), "{found:#?}");
}

#[test]
fn an_entry_of_several_servers_is_contradicted_by_none_where_one_bears_it_out() {
    let hosting = "  - {id: pool, models: [qwen, bge], mode: self_managed, engine: vllm, max_context_tokens: 32768, \
                   replicas: {min: 2, max: 2}}\n";
    let both = format!(
        "{}---\n{}",
        server("llm", "Qwen/Qwen3-8B, --max-model-len=32768"),
        server("embed", "BAAI/bge-m3, --max-model-len=8192")
    );
    let desk = Desk::new().with("caveat.yaml", serving("chat", &format!("{QWEN}{BGE}"), hosting)).with("k8s.yaml", &both);
    assert_eq!(findings(&desk, &[]), [""; 0]);
    let found = findings(&desk.with("k8s.yaml", both.replace("32768", "16384")), &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("context of `pool`")), "{found:#?}");
}

#[test]
fn servers_that_hide_their_models_are_asked_for() {
    let models = format!("{QWEN}  - {{id: gemma, source: \"hf:google/gemma-3-4b-it\"}}\n");
    let hosting = "  - {id: one, models: [qwen], mode: self_managed}\n  - {id: two, models: [gemma], mode: self_managed}\n";
    let desk = Desk::new().with("caveat.yaml", serving("chat", &models, hosting));
    let desk = desk.with("k8s.yaml", format!("{}---\n{}", server("a", "/models/a"), server("b", "/models/b")));
    let found = findings(&desk, &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("EVID015")), "{found:#?}");
    // What is left for one alone is that one.
    let desk = desk.with("k8s.yaml", format!("{}---\n{}", server("a", "/models/a"), server("b", "google/gemma-3-4b-it")));
    assert_eq!(findings(&desk, &[]), [""; 0]);
}

#[test]
fn a_vendor_s_model_is_a_vendor_s_where_no_mode_is_declared() {
    let models = format!("{QWEN}  - {{id: gpt, source: \"openai:gpt-4o\"}}\n");
    let hosting = "  - {id: pool, models: [qwen]}\n  - {id: far, models: [gpt]}\n";
    let desk = Desk::new().with("caveat.yaml", serving("chat", &models, hosting));
    assert_eq!(findings(&desk.with("k8s.yaml", server("llm", "Qwen/Qwen3-8B")), &[]), [""; 0]);
}

#[test]
fn one_thing_goes_by_several_names() {
    let hosting = |gpu: &str, context: &str| {
        serving(
            "chat",
            QWEN,
            &format!("  - {{id: p, models: [qwen], mode: self_managed, gpus: {{type: {gpu}}}, max_context_tokens: {context}}}\n"),
        )
    };
    let deployed = |gpu: &str| {
        server("llm", "Qwen/Qwen3-8B, --max-model-len=32768")
            .replace("    spec:\n", &format!("    spec:\n      nodeSelector: {{cloud.google.com/gke-accelerator: {gpu}}}\n"))
    };
    for (declared, observed, context, differ) in [
        ("H100 SXM5", "nvidia-h100-80gb", "32k", 0),
        ("L4 24GB", "nvidia-l4", "32768", 0),
        ("A10", "nvidia-a100-80gb", "32K", 1),
        ("A100 40GB", "nvidia-a100-80gb", "32000", 2),
        ("RTX 3090", "nvidia-geforce-rtx-4090", "16k", 2),
    ] {
        let desk = Desk::new().with("caveat.yaml", hosting(declared, context)).with("k8s.yaml", deployed(observed));
        let found = findings(&desk, &[]);
        assert_eq!(found.len(), differ, "{declared} {observed} {context}: {found:#?}");
    }
}

#[test]
fn a_route_to_another_country_is_told() {
    let route = |region: &str| {
        format!(
            "model_list:\n  - model_name: c\n    litellm_params: {{model: bedrock/anthropic.claude-3-5-sonnet, aws_region_name: {region}}}\n"
        )
    };
    let models = "  - {id: claude, source: \"anthropic:claude-3-5-sonnet\", access: managed}\n";
    let hosting = "  - {id: bedrock, models: [claude], mode: managed, party: aws-emea, country: DE}\n";
    let manifest = |hosting: &str| format!("parties: [{{id: aws-emea}}]\n{}", serving("chat", models, hosting));
    let desk = Desk::new().with("caveat.yaml", manifest(hosting)).with("litellm.yaml", route("eu-central-1"));
    assert_eq!(findings(&desk, &[]), [""; 0]);
    let desk = desk.with("litellm.yaml", route("us-east-1"));
    let found = findings(&desk, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("EVID009") && found[0].contains("us-east-1"), "{found:#?}");
    // One of two entries is meant.
    let both = format!("{hosting}{}", hosting.replace("bedrock", "far").replace("DE", "US"));
    let desk = desk
        .with("caveat.yaml", manifest(&both))
        .with("litellm.yaml", format!("{}{}", route("us-east-1"), &route("eu-central-1")[12..]));
    assert_eq!(findings(&desk, &[]), [""; 0]);
}

#[test]
fn another_model_of_a_declared_vendor_is_not_declared() {
    let manifest = "system: {id: chat}\ndatasets: []\nactors: []\nflows: []\nparties: [{id: openai, kind: model_vendor}]\n\
        models: [{id: gpt, source: \"openai:gpt-4o\", vendor: openai}]\nhosting: [{id: api, models: [gpt], mode: vendor_api, party: openai}]\n";
    let gateway = |models: &[&str]| {
        let routes =
            models.iter().map(|model| format!("  - {{model_name: {model}, litellm_params: {{model: openai/{model}}}}}\n"));
        format!("model_list:\n{}", routes.collect::<String>())
    };
    let desk = |models: &[&str]| Desk::new().with("caveat.yaml", manifest).with("litellm.yaml", gateway(models));
    assert_eq!(findings(&desk(&["gpt-4o-2024-08-06"]), &[]), Vec::<String>::new());
    let found = findings(&desk(&["gpt-4o", "gpt-4o-mini", "gpt-4.1"]), &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("EVID011")), "{found:#?}");
}
