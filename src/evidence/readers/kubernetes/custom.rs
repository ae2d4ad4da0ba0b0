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
        ("", "ConfigMap") => return serve::read_configuration(resource, context),
        _ => return false,
    }
    true
}
