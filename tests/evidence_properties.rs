//! What holds for evidence of any text: nothing panics, every fact can be pointed at, and a draft is always valid.

use caveat::engine::{Plan, check_text};
use caveat::evidence::{self, Reading};
use caveat::rule::builtin;
use caveat::scaffold;
use caveat::secret;
use caveat::syntax::Limits;
use jiff::civil::date;
use proptest::prelude::*;

/// One small document of each kind, to begin from.
const SAMPLES: &[(&str, &str)] = &[
    (
        "k8s.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n        - name: s\n          image: vllm/vllm-openai:v0.9.1\n          command: [sh, -c]\n          args: ['vllm serve \"$M\" --max-model-len=8k -tp 2 # c']\n          env: [{name: M, value: a/b}, {name: K, valueFrom: {secretKeyRef: {name: x, key: y}}}]\n          resources: {limits: {nvidia.com/gpu: '1'}}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {scaleTargetRef: {kind: Deployment, name: a}, minReplicas: 1, maxReplicas: 4}\n",
    ),
    (
        "kserve.yaml",
        "apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nmetadata: {name: q}\nspec:\n  model: {uri: 'hf://a/b', name: c}\n  replicas: 3\n  parallelism: {tensor: 4, data: 16, dataLocal: 8}\n---\napiVersion: kubeai.org/v1\nkind: Model\nmetadata: {name: k}\nspec: {url: 'hf://a/c', engine: VLLM, resourceProfile: 'nvidia-gpu-l4:2', args: [--max-model-len=4096]}\n---\napiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: r}\nspec:\n  serveConfigV2: |\n    applications:\n      - name: llm\n        args: {llm_configs: [{model_loading_config: {model_id: m, model_source: a/d}, accelerator_type: L4, engine_kwargs: {max_model_len: 1024}}]}\n",
    ),
    (
        "compose.yaml",
        "services:\n  llm:\n    image: vllm/vllm-openai:${TAG:-latest}\n    command: >\n      --model ${MODEL:-a/b}\n      --api-key ${KEY}\n    deploy: {resources: {reservations: {devices: [{count: all, capabilities: [gpu]}]}}}\n    ports: ['8000:8000']\n  ui: {image: 'ghcr.io/open-webui/open-webui:main', environment: [OPENAI_API_BASE_URL=http://llm:8000/v1, WEBUI_AUTH=False]}\n",
    ),
    (
        "litellm.yaml",
        "model_list:\n  - model_name: a\n    litellm_params: {model: openai/x, api_base: 'http://llm:8000/v1', api_key: os.environ/K}\n  - {model_name: b, litellm_params: {model: azure/y, api_base: 'https://z.openai.azure.com', region_name: eu}}\nrouter_settings: {fallbacks: [{a: [b]}]}\ngeneral_settings: {master_key: os.environ/M, store_prompts_in_spend_logs: true}\nlitellm_settings: {success_callback: [langfuse], telemetry: true}\n",
    ),
    (
        "run.yaml",
        "version: 2\nimage_name: x\napis: [inference]\nproviders:\n  inference:\n    - {provider_id: v, provider_type: 'remote::vllm', config: {url: '${env.URL:=http://localhost:8000}'}}\nmodels: [{model_id: a/b, provider_id: v}]\nshields: [{shield_id: g}]\n",
    ),
    ("Modelfile", "# a\nFROM hf.co/a/b-GGUF:Q4_K_M\nPARAMETER num_ctx 8192\nSYSTEM \"\"\"\nbe kind\n\"\"\"\nADAPTER ./x\n"),
    (
        "README.md",
        "---\nlicense: apache-2.0\nbase_model: [a/b]\ndatasets: [c/d]\nlanguage: en\nlibrary_name: transformers\n---\n# A\n",
    ),
    (
        "config.json",
        "{\"architectures\": [\"X\"], \"model_type\": \"qwen3\", \"num_hidden_layers\": 36, \"hidden_size\": 4096, \"num_attention_heads\": 32, \"num_key_value_heads\": 8, \"vocab_size\": 151936, \"quantization_config\": {\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 128}}\n",
    ),
    (
        "bom.json",
        "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{\"type\": \"machine-learning-model\", \"name\": \"m\", \"purl\": \"pkg:huggingface/a/b@abc\", \"licenses\": [{\"license\": {\"id\": \"MIT\"}}], \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"00\"}], \"modelCard\": {\"modelParameters\": {\"datasets\": [{\"name\": \"d\"}]}}, \"pedigree\": {\"ancestors\": [{\"name\": \"p\"}]}}]}\n",
    ),
    (
        "spdx.json",
        "{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\", \"@graph\": [{\"type\": \"ai_AIPackage\", \"spdxId\": \"a\", \"name\": \"m\"}, {\"type\": \"dataset_DatasetPackage\", \"spdxId\": \"b\", \"name\": \"d\"}, {\"type\": \"Relationship\", \"from\": \"a\", \"to\": [\"b\"], \"relationshipType\": \"trainedOn\"}]}\n",
    ),
    (
        "croissant.json",
        "{\"@type\": \"sc:Dataset\", \"name\": \"d\", \"conformsTo\": \"http://mlcommons.org/croissant/1.0\", \"license\": [\"https://creativecommons.org/licenses/by/4.0/\"], \"url\": \"https://example.org/d\", \"version\": \"1.0\"}\n",
    ),
    (
        "sky.yaml",
        "resources: {accelerators: 'H100:8', ports: 8000, infra: aws/us-east-1}\nnum_nodes: 2\nenvs: {M: a/b}\nrun: |\n  vllm serve $M \\\n    --tensor-parallel-size $SKYPILOT_NUM_GPUS_PER_NODE\n",
    ),
    (
        "x.dstack.yml",
        "type: service\nname: s\nimage: lmsysorg/sglang:v0.4\ncommands: ['sglang serve --model-path a/b']\nresources: {gpu: 'A100:80GB:2'}\nreplicas: 1..4\nscaling: {metric: rps, target: 10}\n",
    ),
    ("bentofile.yaml", "service: 'service:S'\nlabels: {owner: x}\nargs: {model_id: a/b, tp: 2, gpu_type: nvidia-l4}\n"),
    (".env", "OPENAI_API_KEY=\nMODEL=a/b\n"),
    (
        "values.yaml",
        "servingEngineSpec:\n  modelSpec:\n    - {name: a, repository: vllm/vllm-openai, tag: v0.9, modelURL: a/b, replicaCount: 2, requestGPU: 1, vllmConfig: {maxModelLen: 4096, extraArgs: [--trust-remote-code]}}\n",
    ),
];

/// A sample in which some pieces were replaced.
fn changed() -> impl Strategy<Value = (&'static str, String)> {
    let piece = prop_oneof![
        Just(String::new()),
        "\\PC{0,6}",
        Just("\n".to_owned()),
        Just("---\n".to_owned()),
        Just("${".to_owned()),
        Just("{{ x }}".to_owned()),
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just(": ".to_owned()),
        Just("[]".to_owned()),
        Just("null".to_owned()),
        Just("1e999".to_owned()),
        Just("ü\u{202e}\u{0}".to_owned()),
        Just("*a".to_owned()),
        Just("&a ".to_owned()),
        Just("  ".to_owned()),
        Just("none".to_owned()),
        Just("x".repeat(300)),
    ];
    let edit = (any::<prop::sample::Index>(), 0_usize..40, piece);
    (0..SAMPLES.len(), prop::collection::vec(edit, 0..6)).prop_map(|(at, edits)| {
        let (name, text) = SAMPLES[at];
        let mut text = text.to_owned();
        for (index, length, piece) in edits {
            let mut start = index.index(text.len() + 1);
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, &piece);
        }
        (name, text)
    })
}

fn read(name: &str, text: &str) -> Reading {
    evidence::read(name, text.as_bytes().to_vec(), &Limits::default())
}

/// Findings about the form of a draft.
fn faults(readings: &[Reading]) -> Vec<String> {
    let today = date(2026, 11, 28);
    let text = scaffold::draft(readings, today);
    let report = check_text(&Plan::new(builtin::rules(), today), "caveat.yaml", text.clone().into_bytes());
    let wrong = report.findings.iter().filter(|finding| finding.rule.starts_with('E'));
    wrong.map(|finding| format!("{}: {}\n{text}", finding.rule, finding.message)).collect()
}

#[test]
fn every_sample_is_read_as_what_it_is() {
    for (name, text) in SAMPLES {
        let reading = read(name, text);
        assert!(!reading.kinds.is_empty() && reading.faults.is_empty(), "{name}: {:?} {:?}", reading.kinds, reading.faults);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_text_facts_have_a_place_and_drafts_are_valid((name, text) in changed()) {
        let reading = read(name, &text);
        for fact in reading.subjects.iter().flat_map(|subject| &subject.facts) {
            prop_assert!(reading.text.get(fact.span.range()).is_some(), "{:?} is outside of {:?}", fact, reading.text);
            prop_assert_eq!(fact.value.is_some(), fact.standing.has_value());
        }
        let wrong = faults(std::slice::from_ref(&reading));
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn drafts_of_several_files_are_valid(files in prop::collection::vec(changed(), 2..5)) {
        let readings: Vec<Reading> = files.iter().enumerate().map(|(at, (name, text))| read(&format!("{at}/{name}"), text)).collect();
        let wrong = faults(&readings);
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn covering_keeps_every_byte_in_its_place(text in "(\\PC|\n|api_key: [a-zA-Z0-9]{20}|hf_[a-zA-Z0-9]{34}|sk-[a-z0-9]{24}| ){0,20}") {
        let (covered, secrets) = secret::cover(text.clone().into_bytes());
        prop_assert_eq!(covered.len(), text.len());
        let hidden = |at: usize| secrets.iter().any(|secret| secret.span.range().contains(&at));
        for (at, (new, old)) in covered.iter().zip(text.bytes()).enumerate() {
            prop_assert!(*new == old || hidden(at), "byte {} changed outside of a credential", at);
        }
        prop_assert!(std::str::from_utf8(&covered).is_ok());
    }
}

/// Found by the property above.
#[test]
fn an_adapter_may_have_a_base_in_its_card_besides_the_one_that_it_is_loaded_onto() {
    let card = "---\nlicense: apache-2.0\nbase_model: [a/b]\n---\n# A\n";
    let readings = [read("0/Modelfile", "FROM hf.co/a/other\nADAPTER a\n"), read("1/README.md", card)];
    assert_eq!(faults(&readings), Vec::<String>::new());
}
