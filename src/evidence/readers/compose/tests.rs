use super::super::facts;

#[test]
fn a_server_is_read_from_image_command_and_devices() {
    let text = "\
x-env: &env
  DO_NOT_TRACK: '1'
services:
  chat:
    image: vllm/vllm-openai:${TAG:-v0.9.1}
    environment:
      <<: *env
      HF_TOKEN:
    env_file: .env
    command: >
      --model Qwen/Qwen3-8B-AWQ
      --max-model-len ${LEN:-8192}
      --api-key ${KEY}
    ports: ['127.0.0.1:8000:8000', '8001:8000']
    deploy:
      replicas: 2
      resources:
        reservations:
          devices:
            - {driver: nvidia, device_ids: ['0', '3'], capabilities: [gpu]}
  db:
    image: postgres:16
    environment: {POSTGRES_PASSWORD: x}
    ports: ['5432:5432']
";
    insta::assert_snapshot!(facts("compose.yaml", text), @"
    server chat
      image vllm/vllm-openai literal
      image_pin version default
      engine vllm default
      model Qwen/Qwen3-8B-AWQ literal
      quantization awq inferred
      context 8192 default
      authentication api_key literal
      telemetry false literal
      secrets env literal
      gpu_count 2 literal
      replicas_min 2 literal
      replicas_max 2 literal
      exposure host literal
    ");
}

#[test]
fn accelerators_without_a_number_are_all_of_them() {
    let text = "\
services:
  a: {image: ollama/ollama, gpus: all}
  b: {image: ollama/ollama, gpus: 2, network_mode: host}
  c:
    image: ollama/ollama
    runtime: nvidia
    environment: ['NVIDIA_VISIBLE_DEVICES=0,1']
    ports:
      - target: 11434
        host_ip: 127.0.0.1
  d:
    image: ollama/ollama
    deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}
    ports: ['${BIND}:11434:11434']
";
    insta::assert_snapshot!(facts("compose.yaml", text), @"
    server a
      image ollama/ollama literal
      image_pin none literal
      engine ollama literal
      gpu_count all unresolved
    server b
      image ollama/ollama literal
      image_pin none literal
      engine ollama literal
      gpu_count 2 literal
      exposure host literal
    server c
      image ollama/ollama literal
      image_pin none literal
      engine ollama literal
      gpu_count all unresolved
      gpu_count 2 inferred
    server d
      image ollama/ollama literal
      image_pin none literal
      engine ollama literal
      gpu_count all unresolved
      exposure ${BIND}:11434:11434 unresolved
    ");
}

#[test]
fn a_helper_fills_the_server_beside_it() {
    let text = "\
services:
  ollama:
    image: ollama/ollama:0.9.0
    entrypoint: ['/bin/sh', '-c', 'ollama serve & sleep 5; ollama pull qwen3:8b; wait']
  pull:
    image: ollama/ollama:0.9.0
    environment: {OLLAMA_HOST: 'http://ollama:11434'}
    entrypoint: bash -c \"ollama pull nomic-embed-text\"
    depends_on: [ollama]
  ui:
    image: ghcr.io/open-webui/open-webui:main
    environment:
      - WEBUI_AUTH=False
      - OLLAMA_BASE_URL=http://ollama:11434
";
    insta::assert_snapshot!(facts("compose.yaml", text), @"
    server ollama
      image ollama/ollama literal
      image_pin version literal
      engine ollama literal
      engine ollama literal
      engine ollama literal
      model qwen3:8b literal
      model nomic-embed-text literal
    client ui
      image ghcr.io/open-webui/open-webui literal
      image_pin moving literal
      endpoint ollama literal
      authentication none literal
    ");
}

#[test]
fn gateways_clients_and_models_of_the_file() {
    let text = "\
services:
  base: {image: alpine, environment: {OPENAI_API_KEY: $K}}
  app:
    extends: {service: base}
    models: {llm: {endpoint_var: LLM_URL}}
  proxy:
    image: ghcr.io/berriai/litellm:main-stable
    environment: {LITELLM_MASTER_KEY: sk-1, DATABASE_URL: 'postgres://a:b@db/x'}
  worker:
    build: .
    environment: {UPSTREAM: 'http://proxy:4000'}
  web: {image: nginx, environment: {BACKEND_URL: 'http://worker'}}
  raw: {build: ., command: sh -c 'vllm serve $$M', environment: {M: a/b}}
models:
  llm: {model: 'ai/smollm2:360M-Q4_K_M', context_size: 4096}
";
    insta::assert_snapshot!(facts("compose.yaml", text), @"
    client base
      image alpine literal
      image_pin none literal
      secrets env literal
      vendor openai inferred
    client app
      image alpine literal
      image_pin none literal
      secrets env literal
      vendor openai inferred
      model ai/smollm2:360M-Q4_K_M resolved
      quantization q4_k_m inferred
    gateway proxy
      image ghcr.io/berriai/litellm literal
      image_pin moving literal
      engine litellm literal
      authentication api_key literal
      secrets source literal
      secrets source literal
    client worker
      endpoint proxy literal
    server raw
      engine vllm literal
      model a/b resolved
    server llm
      model ai/smollm2:360M-Q4_K_M literal
      quantization q4_k_m inferred
      context 4096 literal
    ");
}

#[test]
fn a_part_that_adds_to_another_file_is_told_by_what_it_adds() {
    insta::assert_snapshot!(facts("compose.yaml", "services:\n  vllm: {volumes: ['./a:/a']}\n  ollama: {gpus: 1}\n"), @r"
    server ollama
      engine ollama inferred
      gpu_count 1 literal
    ");
}

#[test]
fn other_files_with_services_are_not_claimed() {
    for text in ["services:\n  a: {resources: {gpu: 1}}\n", "services: [a]\n", "kind: List\nservices: {a: {image: b}}\n"] {
        assert_eq!(facts("compose.yaml", text), "", "{text}");
    }
}

#[test]
fn a_script_builds_its_flags_in_variables() {
    let text = "\
services:
  chat:
    image: lmsysorg/sglang:v0.5.2
    environment:
      - MODEL_DIR=${MODEL_DIR:-acme/tiny}
    entrypoint: [/bin/bash, -c]
    command:
      - |
        FLAGS=\"--model-path $${MODEL_DIR} --tp-size 2\"
        if [ -n \"$${MORE}\" ]; then
          FLAGS=\"$$FLAGS $${MORE}\"
        fi
        exec python3 -m sglang.launch_server $$FLAGS
";
    insta::assert_snapshot!(facts("compose.yaml", text), @r"
    server chat
      image lmsysorg/sglang literal
      image_pin version literal
      engine sglang literal
      engine sglang literal
      model acme/tiny default
      tensor_parallel 2 resolved
    ");
}

#[test]
fn a_shell_as_entrypoint_runs_what_the_command_hands_it() {
    let text = "\
services:
  ollama: {image: 'ollama/ollama:0.6.8'}
  pull:
    image: ollama/ollama:0.6.8
    entrypoint: /bin/sh
    command: ['-c', 'sleep 3; ollama pull tiny:1b; ollama pull small:4b']
    environment: ['OLLAMA_HOST=ollama:11434']
";
    insta::assert_snapshot!(facts("compose.yaml", text), @r"
    server ollama
      image ollama/ollama literal
      image_pin version literal
      engine ollama literal
      model tiny:1b literal
      model small:4b literal
    ");
}

#[test]
fn an_application_with_the_address_of_a_server_is_a_client() {
    let text = "\
services:
  app:
    build: .
    environment:
      MODEL: ${MODEL:-tiny:1b}
      OLLAMA_URL: ${OLLAMA_URL:-http://host.docker.internal:11434}
      API_KEY: ${API_KEY:-}
";
    insta::assert_snapshot!(facts("compose.yaml", text), @r"
    client app
      model tiny:1b default
      endpoint host.docker.internal default
      secrets env literal
    ");
}

#[test]
fn the_number_of_accelerators_may_be_a_default() {
    let text = "\
services:
  a:
    image: ollama/ollama
    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: '${N:-2}', capabilities: [gpu]}]}}}
  b:
    image: ollama/ollama
    devices: ['${KFD:-/dev/kfd}:/dev/kfd']
";
    insta::assert_snapshot!(facts("compose.yaml", text), @r"
    server a
      image ollama/ollama literal
      image_pin none literal
      engine ollama literal
      gpu_count 2 default
    server b
      image ollama/ollama literal
      image_pin none literal
      engine ollama literal
      gpu_count all unresolved
    ");
}
