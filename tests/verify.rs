//! `caveat verify` and `caveat init`, by the real binary.

mod common;

use std::fs;

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
