use super::super::facts;

#[test]
fn the_address_decides_whom_a_route_goes_to() {
    let text = "\
model_list:
  - model_name: inside
    litellm_params: {model: openai/Qwen/Qwen3-8B, api_base: 'http://vllm:8000/v1', api_key: none}
  - model_name: outside
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY}
  - model_name: elsewhere
    litellm_params: {model: openai/llama, api_base: 'https://api.groq.com/openai/v1', api_key: gsk-1}
  - model_name: unknown
    litellm_params: {model: openai/llama, api_base: os.environ/BASE}
  - model_name: any/*
    litellm_params: {model: 'anthropic/*'}
  - model_name: bare
    litellm_params: {model: claude-3-5-haiku-20241022}
  - model_name: hub
    litellm_params: {model: mistralai/mistral-7b-instruct}
";
    insta::assert_snapshot!(facts("config.yaml", text), @r"
    route inside
      served_name inside literal
      model Qwen/Qwen3-8B literal
      endpoint vllm literal
    route outside
      served_name outside literal
      model gpt-4o literal
      vendor openai literal
      secrets env literal
    route elsewhere
      served_name elsewhere literal
      model llama literal
      vendor groq literal
      endpoint api.groq.com literal
      secrets source literal
    route unknown
      served_name unknown literal
      model llama literal
      endpoint os.environ/BASE unresolved
    route any/*
      served_name any/* unresolved
      model anthropic/* unresolved
      vendor anthropic literal
    route bare
      served_name bare literal
      model claude-3-5-haiku-20241022 literal
      vendor anthropic inferred
    route hub
      served_name hub literal
      model mistralai/mistral-7b-instruct literal
    ");
}

#[test]
fn clouds_say_where_and_under_which_name() {
    let text = "\
model_list:
  - model_name: a
    litellm_params: {model: azure/my-deployment, api_base: 'https://x.openai.azure.com', api_version: '2024-05-13'}
    model_info: {base_model: azure/gpt-4o}
  - model_name: b
    litellm_params: {model: bedrock/converse/eu.anthropic.claude-sonnet-4, aws_region_name: eu-central-1}
  - model_name: c
    litellm_params: {model: ollama/gpt-oss:20b-cloud}
  - model_name: d
    litellm_params: {model: groq/llama, litellm_credential_name: shared}
credential_list:
  - credential_name: shared
    credential_values: {api_key: os.environ/K}
";
    insta::assert_snapshot!(facts("config.yaml", text), @r"
    route a
      served_name a literal
      model gpt-4o literal
      vendor azure literal
      endpoint x.openai.azure.com literal
    route b
      served_name b literal
      model eu.anthropic.claude-sonnet-4 literal
      region eu inferred
      vendor aws literal
      region eu-central-1 literal
    route c
      served_name c literal
      model gpt-oss:20b-cloud literal
      vendor ollama-cloud inferred
    route d
      served_name d literal
      model llama literal
      vendor groq literal
      secrets env literal
    ");
}

#[test]
fn the_gateway_says_who_calls_and_what_is_recorded() {
    let text = "\
model_list:
  - model_name: local
    litellm_params: {model: hosted_vllm/a, api_base: http://10.0.0.1:8000}
router_settings:
  fallbacks: [{local: [cloud]}, {gone: [{model: other}]}]
  model_group_alias: {gpt-4: local}
litellm_settings:
  success_callback: [prometheus, langfuse]
  callbacks: my.module
  cache: true
  cache_params: {type: s3}
  telemetry: false
  default_fallbacks: [last]
general_settings:
  master_key: sk-1234
  custom_auth: auth.check
  store_prompts_in_spend_logs: true
guardrails:
  - guardrail_name: pii
    litellm_params: {guardrail: bedrock, mode: pre_call}
";
    insta::assert_snapshot!(facts("config.yaml", text), @"
    route local
      served_name local literal
      model a literal
      endpoint 10.0.0.1 literal
      fallback cloud literal
      served_name gpt-4 literal
    gateway litellm
      authentication api_key literal
      authentication custom literal
      prompt_logging full literal
      prompt_store postgres inferred
      vendor langfuse literal
      prompt_store langfuse literal
      prompt_logging full inferred
      prompt_store s3 literal
      telemetry false literal
      guardrail pii literal
      vendor aws literal
      secrets source literal
      fallback other literal
      fallback last literal
    fault: a LiteLLM sample key that documentation publishes is written here
    ");
}

#[test]
fn a_recorder_inside_is_no_vendor_and_may_be_told_less() {
    let text = "\
litellm_settings:
  success_callback: langfuse
  turn_off_message_logging: true
environment_variables:
  LANGFUSE_HOST: http://langfuse:3000
  LANGFUSE_SECRET_KEY: os.environ/LF
";
    insta::assert_snapshot!(facts("config.yaml", text), @r"
    gateway litellm
      secrets env literal
      prompt_store langfuse literal
      prompt_logging metadata literal
    ");
}

#[test]
fn tools_are_called_with_credentials_too() {
    let text = "\
model_list:
  - {model_name: voice, litellm_params: {model: elevenlabs/tiny_voice, api_key: os.environ/ELEVENLABS_API_KEY}}
mcp_servers:
  one: {url: 'https://tools.example.org/mcp', auth_value: plain-and-written-here}
  two: {url: 'https://more.example.org/mcp', headers: {Authorization: os.environ/MORE_TOKEN}}
";
    insta::assert_snapshot!(facts("config.yaml", text), @r"
    route voice
      served_name voice literal
      model tiny_voice literal
      vendor elevenlabs literal
      secrets env literal
    gateway litellm
      endpoint tools.example.org literal
      secrets source literal
      endpoint more.example.org literal
      secrets env literal
    ");
}
