use super::super::facts;

#[test]
fn the_production_stack_is_read_by_its_entries() {
    let text = "\
servingEngineSpec:
  vllmApiKey: {secretName: keys, secretKey: k}
  modelSpec:
  - name: chat
    repository: vllm/vllm-openai
    tag: latest
    modelURL: org/model-AWQ
    replicaCount: 2
    requestGPU: 1
    requestGPUType: nvidia.com/mig-4g.71gb
    hf_token: <YOUR TOKEN>
    vllmConfig: {maxModelLen: 4096, dtype: half, tensorParallelSize: 1, extraArgs: [--gpu-memory-utilization, '0.8']}
    keda: {enabled: true, minReplicaCount: 0, maxReplicaCount: 5, triggers: [{metadata: {metricName: waiting}}]}
  - name: ray
    modelURL: org/big
    replicaCount: 1
    requestGPU: 2
    raySpec: {enabled: true, headNode: {requestGPU: 1}}
  - {name: off, enabled: false, modelURL: org/none}
routerSpec:
  serviceType: LoadBalancer
  ingress: {enabled: true, tls: [{secretName: x}]}
";
    insta::assert_snapshot!(facts("values.yaml", text), @r"
    server chat
      image vllm/vllm-openai literal
      image_pin moving literal
      engine vllm inferred
      model org/model-AWQ literal
      quantization awq inferred
      context 4096 literal
      tensor_parallel 1 literal
      precision fp16 literal
      memory_utilization 0.8 literal
      gpu_count 1 literal
      replicas_min 0 literal
      replicas_max 5 literal
      autoscaling waiting literal
      gpu_type mig-4g.71gb literal
      authentication api_key literal
      secrets secret literal
    server ray
      engine vllm inferred
      model org/big literal
      pods 2 resolved
      gpu_count 3 resolved
      authentication api_key literal
      secrets secret literal
    gateway router
      exposure public literal
      tls true literal
      exposure public literal
    ");
}

#[test]
fn images_of_servers_are_found_where_they_stand() {
    let text = "\
image: {repository: acme/app, tag: '1'}
nim-llm:
  enabled: true
  image: {repository: nvcr.io/nim/meta/llama-3.1-8b-instruct, tag: 1.8.4}
  model: {name: meta/llama-3.1-8b-instruct, ngcAPISecret: ngc-api}
  resources: {limits: {nvidia.com/gpu: 2}}
  nodeSelector: {nvidia.com/gpu.product: NVIDIA-H100}
nested:
  embed:
    image: {repository: nvcr.io/nim/nvidia/nv-embedqa, tag: latest}
    nim: {ngcAPIKey: ''}
    env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: t}}}]
  off: {deployed: false, image: {repository: nvcr.io/nim/a/b}}
controllers:
  llm:
    containers:
      app: {image: {repository: vllm/vllm-openai, tag: v0.9@sha256:ab}, args: [--model, a/b]}
";
    insta::assert_snapshot!(facts("values.yaml", text), @"
    server nim-llm
      image nvcr.io/nim/meta/llama-3.1-8b-instruct literal
      engine nim literal
      image_pin version literal
      model meta/llama-3.1-8b-instruct literal
      gpu_count 2 literal
      gpu_type NVIDIA-H100 literal
      secrets secret literal
    server embed
      image nvcr.io/nim/nvidia/nv-embedqa literal
      engine nim literal
      image_pin moving literal
      model nvidia/nv-embedqa inferred
      secrets secret literal
    server llm
      image vllm/vllm-openai literal
      image_pin digest literal
      model a/b literal
      engine vllm literal
    ");
}

#[test]
fn charts_of_ollama_open_webui_and_litellm() {
    let text = "\
openaiBaseApiUrl: https://api.openai.com/v1
extraEnvVars: [{name: WEBUI_AUTH, value: 'False'}]
ollama:
  enabled: true
  ollama:
    gpu: {enabled: true, type: nvidia, number: 2}
    models:
      pull: [llama3.1:8b]
      run: [llama3.1:8b]
      create: [{name: mine, template: \"FROM qwen3:8b\\nPARAMETER num_ctx 1\\n\"}]
";
    insta::assert_snapshot!(facts("values.yaml", text), @r"
    client open-webui
      vendor openai literal
      endpoint api.openai.com literal
      authentication none literal
    server ollama
      engine ollama inferred
      model llama3.1:8b literal
      served_name mine literal
      model qwen3:8b literal
      gpu_count 2 literal
    ");
    let text = "\
image: {repository: ghcr.io/berriai/litellm-database, tag: main-stable}
masterkeySecretName: key
proxy_config:
  model_list: [{model_name: a, litellm_params: {model: groq/b}}]
";
    insta::assert_snapshot!(facts("values.yaml", text), @"
    gateway litellm
      image ghcr.io/berriai/litellm-database literal
      engine litellm literal
      image_pin moving literal
      authentication api_key literal
    route a
      served_name a literal
      model b literal
      vendor groq literal
    ");
}

#[test]
fn a_catalogue_deploys_what_is_enabled() {
    let text = "\
catalog:
  a:
    enabled: true
    features: [TextGeneration]
    url: ollama://qwen3:8b?pull=true
    engine: OLlama
    minReplicas: 1
    resourceProfile: nvidia-gpu-l4:2
  b: {enabled: false, url: 'hf://x/y', engine: VLLM}
";
    insta::assert_snapshot!(facts("values.yaml", text), @r"
    server a
      engine ollama literal
      model qwen3:8b literal
      gpu_count 2 inferred
      gpu_type l4 inferred
      replicas_min 1 literal
    ");
}

#[test]
fn llm_d_has_a_pool_for_each_phase() {
    let text = "\
modelArtifacts: {uri: 'hf://org/m', name: org/m, authSecretName: hf}
multinode: false
decode:
  replicas: 2
  parallelism: {tensor: 4}
  containers:
    - {name: vllm, image: 'ghcr.io/llm-d/llm-d:v0.2.0', args: [--max-model-len, '8192']}
prefill: {create: false, replicas: 1}
";
    insta::assert_snapshot!(facts("values.yaml", text), @r"
    server decode
      model org/m literal
      served_name org/m literal
      secrets secret literal
      image ghcr.io/llm-d/llm-d literal
      image_pin version literal
      engine vllm inferred
      context 8192 literal
      tensor_parallel 4 literal
      gpu_count 4 inferred
      replicas_min 2 literal
      replicas_max 2 literal
    ");
}

#[test]
fn values_without_models_are_not_claimed() {
    for text in [
        "image: {repository: nginx, tag: '1'}\nreplicaCount: 1\n",
        "replicaCount: 1\nmodel: x\n",
        "ollama: {url: 'http://x'}\n",
        "test: {image: vllm/vllm-openai, script: [pytest]}\n",
        "apiVersion: v1\nimage: {repository: vllm/vllm-openai}\n",
    ] {
        assert_eq!(facts("values.yaml", text), "", "{text}");
    }
}

#[test]
fn settings_of_a_server_may_stand_apart() {
    let text = "
image: {repository: vllm/vllm-openai, tag: v0.10.0}
vllm:
  config: {model: acme/tiny-8b, max_model_len: 8192, trust_remote_code: true, tensorParallelSize: 0}
server: {maxNumSeqs: 4}
service: {type: ClusterIP}
route: {enabled: false, tls: {enabled: true}}
";
    insta::assert_snapshot!(facts("values.yaml", text), @r"
    server vllm
      image vllm/vllm-openai literal
      engine vllm literal
      image_pin version literal
      model acme/tiny-8b literal
      max_sequences 4 literal
      context 8192 literal
      trust_remote_code true literal
      exposure cluster literal
    ");
}

#[test]
fn values_of_a_chart_for_any_application() {
    let text = "
app-template:
  controllers:
    llm:
      replicas: 2
      containers: {main: {image: {repository: vllm/vllm-openai, tag: v0.10.0}, args: [--model=acme/tiny]}}
  service: {llm: {controller: llm, type: NodePort}}
";
    insta::assert_snapshot!(facts("values.yaml", text), @r"
    server llm
      image vllm/vllm-openai literal
      image_pin version literal
      model acme/tiny literal
      engine vllm literal
      replicas_min 2 literal
      replicas_max 2 literal
      exposure host literal
    ");
}
