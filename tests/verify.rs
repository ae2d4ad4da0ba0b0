//! `caveat verify` and `caveat init`, by the real binary.

mod common;

use common::{Desk, code, err, out};

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
    5 violation in 1 manifests; 15 rules: 5 violation, 2 passed, 0 unknown, 113 not applicable
    ");
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
