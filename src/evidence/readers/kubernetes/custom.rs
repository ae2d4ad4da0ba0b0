//! Custom resources that serve models: KServe, KubeAI, KAITO, the operators of NIM, of vLLM's production stack and of
//! llmkube, Ray and Dynamo. Each has fields of its own for what a command line says elsewhere.

mod dynamo;
mod fields;
mod kaito;
mod kserve;
mod kubeai;
mod llm_service;
mod llmkube;
mod nim;
mod production_stack;
mod ray;
mod serve;

use super::files::{Files, Resource};
use crate::evidence::Context;

/// Reads a custom resource. False where its kind is none of these.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) -> bool {
    match (resource.group, resource.kind) {
        ("serving.kserve.io", "InferenceService") => kserve::read(resource, files, context),
        ("serving.kserve.io", "ServingRuntime" | "ClusterServingRuntime") => kserve::read_runtime(resource, files, context),
        ("serving.kserve.io", "LLMInferenceService") => llm_service::read(resource, files, context),
        ("serving.kserve.io", "LLMInferenceServiceConfig") => llm_service::read_configuration(resource, files, context),
        ("kubeai.org", "Model") => kubeai::read(resource, files, context),
        ("kaito.sh", "Workspace") => kaito::read(resource, files, context),
        ("kaito.sh", "InferenceSet") => kaito::read_set(resource, files, context),
        ("kaito.sh", "MultiRoleInference") => kaito::read_roles(resource, files, context),
        ("kaito.sh", "RAGEngine") => kaito::read_retrieval(resource, files, context),
        ("apps.nvidia.com", "NIMService") => nim::read(resource, files, context),
        ("apps.nvidia.com", "NIMCache") => nim::read_cache(resource, files, context),
        ("apps.nvidia.com", "NIMPipeline") => nim::read_pipeline(resource, files, context),
        ("production-stack.vllm.ai", "VLLMRuntime") => production_stack::read(resource, files, context),
        ("production-stack.vllm.ai", "VLLMRouter") => production_stack::read_router(resource, files, context),
        ("production-stack.vllm.ai", "LoraAdapter") => production_stack::read_adapter(resource, files, context),
        // It keeps what servers computed and runs no model.
        ("production-stack.vllm.ai", "CacheServer") => {}
        ("inference.llmkube.dev", "InferenceService") => llmkube::read(resource, files, context),
        ("inference.llmkube.dev", "Model") => llmkube::read_model(resource, files, context),
        ("nvidia.com", "DynamoGraphDeployment") => dynamo::read(resource, files, context),
        ("nvidia.com", "DynamoComponentDeployment") => dynamo::read_component(resource, files, context),
        ("nvidia.com", "DynamoGraphDeploymentRequest") => dynamo::read_request(resource, files, context),
        ("ray.io", "RayService" | "RayCluster" | "RayJob") => ray::read(resource, files, context),
        ("", "ConfigMap") => return serve::read_configuration(resource, files, context),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    /// Kinds, and bodies that are not what their schemas ask for.
    #[test]
    fn odd_resources_are_survived() {
        let kinds = [
            "serving.kserve.io/v1beta1 InferenceService",
            "serving.kserve.io/v1alpha1 ServingRuntime",
            "serving.kserve.io/v1alpha2 LLMInferenceService",
            "serving.kserve.io/v1alpha2 LLMInferenceServiceConfig",
            "kubeai.org/v1 Model",
            "kaito.sh/v1beta1 Workspace",
            "kaito.sh/v1beta1 InferenceSet",
            "kaito.sh/v1alpha1 MultiRoleInference",
            "kaito.sh/v1beta1 RAGEngine",
            "apps.nvidia.com/v1alpha1 NIMService",
            "apps.nvidia.com/v1alpha1 NIMCache",
            "apps.nvidia.com/v1alpha1 NIMPipeline",
            "production-stack.vllm.ai/v1alpha1 VLLMRuntime",
            "production-stack.vllm.ai/v1alpha1 VLLMRouter",
            "production-stack.vllm.ai/v1alpha1 LoraAdapter",
            "production-stack.vllm.ai/v1alpha1 CacheServer",
            "inference.llmkube.dev/v1alpha1 InferenceService",
            "inference.llmkube.dev/v1alpha1 Model",
            "nvidia.com/v1alpha1 DynamoGraphDeployment",
            "nvidia.com/v1alpha1 DynamoGraphDeploymentRequest",
            "ray.io/v1 RayService",
            "ray.io/v1 RayJob",
        ];
        let bodies = [
            "",
            "spec: []\n",
            "spec: text\ninference: [a]\ntuning: x\nresource: 1\n",
            "spec: {predictor: [1], model: x, template: {containers: [1, {}]}, replicas: {}, services: [1], url: '', image: []}\n",
            "spec: {model: {uri: '', lora: {adapters: [1, {}]}}, parallelism: {data: 4, dataLocal: 0}, worker: {}, template: {}, source: {ngc: 1}}\n",
            "spec: {serveConfigV2: 'a: [', services: {a: {}}, roles: [{}], resourceProfile: ':', workerGroupSpecs: [1]}\n",
            "spec: {serveConfigV2: 'applications: [1, {args: {llm_configs: {}}}, {deployments: [1]}]', rayClusterConfig: {headGroupSpec: 1}}\n",
            "spec: {template: {spec: {containers: []}}, embedding: {local: {}}, resourceProfile: gpu, autoscaling: 1, scaling: []}\n",
        ];
        for kind in kinds {
            let (version, kind) = kind.split_once(' ').expect("a version and a kind");
            for body in bodies {
                let found = facts("a.yaml", &format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: odd}}\n{body}"));
                assert!(!found.contains("model text"), "{kind}: {body}");
            }
        }
    }
}
