//! Which accelerators a pod asks for, and where it is put.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject};
use super::super::super::substitution::{Term, Variables};

/// Extended resources that are accelerators, one by one. Cores and shares of a device are none.
const RESOURCES: &[&str] = &[
    "nvidia.com/gpu",
    "nvidia.com/gpu.shared",
    "amd.com/gpu",
    "google.com/tpu",
    "habana.ai/gaudi",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neurondevice",
    "gpu.intel.com/i915",
    "gpu.intel.com/xe",
    "huawei.com/Ascend910",
    "cambricon.com/mlu",
];

/// Partitions of a device, each of which is asked for like a device: `nvidia.com/mig-1g.10gb`.
const PARTITION: &str = "nvidia.com/mig-";

/// Labels of nodes whose value is the product.
const PRODUCTS: &[&str] = &[
    "cloud.google.com/gke-accelerator",
    "cloud.google.com/gke-tpu-accelerator",
    "nvidia.com/gpu.product",
    "amd.com/gpu.product-name",
    "beta.amd.com/gpu.product-name",
    "gpu.nvidia.com/class",
    "gpu.nvidia.com/model",
    "k8s.amazonaws.com/accelerator",
    "karpenter.k8s.aws/instance-gpu-name",
    "karpenter.k8s.aws/instance-accelerator-name",
    "eks.amazonaws.com/instance-gpu-name",
];

/// Labels of nodes whose value tells the product to who knows the instances.
const INSTANCES: &[&str] = &[
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
    "karpenter.k8s.aws/instance-family",
    "eks.amazonaws.com/instance-family",
];

const REGIONS: &[&str] = &["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"];
const ZONES: &[&str] = &["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

/// Notes the accelerators under `resources`, whose `limits` count before its `requests`. True where there are any.
pub(super) fn note(subject: &mut Subject, resources: Option<Node<'_>>) -> bool {
    let Some(resources) = resources else { return false };
    let asked = ["limits", "requests"].iter().filter_map(|key| resources.get(key));
    for (key, value) in asked.flat_map(Node::entries) {
        let key = key.trim();
        let partition = key.strip_prefix(PARTITION);
        if partition.is_none() && !RESOURCES.contains(&key) {
            continue;
        }
        let Some(text) = value.text() else { continue };
        let term = Variables::default().substitute(text, value.span());
        term.note_number(subject, Attribute::GpuCount);
        if let Some(partition) = partition {
            subject.literal(Attribute::GpuType, format!("mig-{partition}"), value.span());
        } else if key.starts_with("habana.ai/") {
            subject.inferred(Attribute::GpuType, "gaudi", key, value.span());
        }
        return term.value() != Some("0");
    }
    false
}

/// Notes what the pod says of the nodes that it runs on: `nodeSelector`, and affinities that are required.
pub(super) fn note_placement(subject: &mut Subject, pod: Node<'_>) {
    for (label, value) in pod.get("nodeSelector").into_iter().flat_map(Node::entries) {
        if let Some(text) = value.text() {
            note_label(subject, label.trim(), &Variables::default().substitute(text, value.span()));
        }
    }
    let terms = pod.at(&["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"]);
    for label in [PRODUCTS, INSTANCES, REGIONS, ZONES].into_iter().flatten() {
        let choices = terms.map(|terms| choices(terms, label)).unwrap_or_default();
        match choices.as_slice() {
            [] => {}
            [term] => note_label(subject, label, term),
            // One of them, and the file does not say which.
            [first, ..] => {
                let all: Vec<&str> = choices.iter().map(|term| term.text.as_str()).collect();
                let attribute =
                    if REGIONS.contains(label) || ZONES.contains(label) { Attribute::Region } else { Attribute::GpuType };
                subject.unresolved(attribute, all.join(" or "), first.span);
            }
        }
    }
}

/// Notes the region alone, of something that runs no model.
pub(super) fn note_regions(subject: &mut Subject, pod: Node<'_>) {
    let mut placed = Subject::new(subject.kind, "", subject.span);
    note_placement(&mut placed, pod);
    for fact in placed.facts.into_iter().filter(|fact| fact.attribute == Attribute::Region) {
        subject.note(fact);
    }
}

/// The different values that the terms of an affinity allow for a label.
fn choices(terms: Node<'_>, label: &str) -> Vec<Term> {
    let expressions = terms.items().filter_map(|term| term.get("matchExpressions")).flat_map(Node::items);
    let named = expressions.filter(|expression| {
        expression.text_at("key").is_some_and(|key| key.trim() == label) && expression.text_at("operator") == Some("In")
    });
    let mut found: Vec<Term> = Vec::new();
    for value in named.filter_map(|expression| expression.get("values")).flat_map(Node::items).take(64) {
        let Some(text) = value.text() else { continue };
        if found.iter().all(|term| term.text != text) {
            found.push(Variables::default().substitute(text, value.value_span()));
        }
    }
    found
}

fn note_label(subject: &mut Subject, label: &str, term: &Term) {
    if PRODUCTS.contains(&label) {
        term.note_text(subject, Attribute::GpuType);
    } else if names_product(label)
        && let Some(product) = term.value().filter(|text| is_product(text))
    {
        subject.inferred(Attribute::GpuType, product.trim(), label, term.span);
    } else if REGIONS.contains(&label) {
        term.note_text(subject, Attribute::Region);
    } else if ZONES.contains(&label) {
        if let Some(zone) = term.value() {
            subject.inferred(Attribute::Region, zone, label, term.span);
        }
    } else if INSTANCES.contains(&label)
        && let Some(instance) = term.value()
        && let Some(product) = product_of_instance(instance)
    {
        subject.inferred(Attribute::GpuType, product, instance, term.span);
    }
}

/// Whether a label that somebody made up for a cluster speaks of the product: `gpu-type`, `example.com/gpu_model`.
fn names_product(label: &str) -> bool {
    let name = label.rsplit('/').next().unwrap_or(label).to_ascii_lowercase().replace(['_', '.'], "-");
    matches!(name.as_str(), "gpu" | "gpu-type" | "gpu-model" | "gpu-product" | "gpu-name" | "accelerator" | "accelerator-type")
}

/// Whether a text can be the name of a product: `nvidia-2080ti`, `L4`; `true`, `nvidia` and numbers are none.
fn is_product(text: &str) -> bool {
    let has = |of: fn(char) -> bool| text.chars().any(of);
    has(|c| c.is_ascii_digit()) && has(|c| c.is_ascii_alphabetic())
}

/// The accelerator of a machine that a cloud rents out, by the family in its name. Makers' own lists of instances.
pub(super) fn product_of_instance(instance: &str) -> Option<&'static str> {
    let name = instance.trim().to_ascii_lowercase();
    let is_one_of = |start: &str| name.starts_with(start) || start.strip_suffix('.') == Some(name.as_str());
    INSTANCE_FAMILIES.iter().find(|(start, end, _)| is_one_of(start) && name.ends_with(end)).map(|(.., product)| *product)
}

/// Beginning and end of an instance's name, and its accelerator. A beginning with a dot also stands for its family alone.
const INSTANCE_FAMILIES: &[(&str, &str, &str)] = &[
    ("p6-b200.", "", "b200"),
    ("p6-b300.", "", "b300"),
    ("p5en.", "", "h200"),
    ("p5e.", "", "h200"),
    ("p5.", "", "h100"),
    ("p4de.", "", "a100-80gb"),
    ("p4d.", "", "a100-40gb"),
    ("p3.", "", "v100"),
    ("g6e.", "", "l40s"),
    ("g6.", "", "l4"),
    ("gr6.", "", "l4"),
    ("g5.", "", "a10g"),
    ("g4dn.", "", "t4"),
    ("trn1.", "", "trainium"),
    ("trn1n.", "", "trainium"),
    ("trn2.", "", "trainium2"),
    ("inf2.", "", "inferentia2"),
    ("inf1.", "", "inferentia"),
    ("dl1.", "", "gaudi"),
    ("dl2q.", "", "qualcomm-ai100"),
    ("a2-highgpu", "", "a100-40gb"),
    ("a2-megagpu", "", "a100-40gb"),
    ("a2-ultragpu", "", "a100-80gb"),
    ("a3-highgpu", "", "h100-80gb"),
    ("a3-edgegpu", "", "h100-80gb"),
    ("a3-megagpu", "", "h100-mega-80gb"),
    ("a3-ultragpu", "", "h200"),
    ("a4-highgpu", "", "b200"),
    ("g2-standard", "", "l4"),
    ("ct5lp", "", "tpu-v5e"),
    ("ct5p", "", "tpu-v5p"),
    ("ct6e", "", "tpu-v6e"),
    ("standard_nc", "_a100_v4", "a100-80gb"),
    ("standard_nd", "amsr_a100_v4", "a100-80gb"),
    ("standard_nd", "asr_v4", "a100-40gb"),
    ("standard_nd", "_h100_v5", "h100"),
    ("standard_nc", "_h100_v5", "h100-nvl"),
    ("standard_nd", "_h200_v5", "h200"),
    ("standard_nd", "_mi300x_v5", "mi300x"),
    ("standard_nc", "_t4_v3", "t4"),
    ("standard_nv", "_a10_v5", "a10"),
    ("standard_nc", "s_v3", "v100"),
];

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn accelerators_are_counted_and_named_by_the_nodes() {
        let found = facts(
            "a.yaml",
            r#"apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  nodeSelector: {node.kubernetes.io/instance-type: g5.12xlarge, topology.kubernetes.io/region: eu-west-1}
  containers:
  - {name: main, image: vllm/vllm-openai, resources: {requests: {cpu: 1}, limits: {"nvidia.com/gpu ": "4"}}}
"#,
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          engine vllm literal
          gpu_count 4 literal
          gpu_type a10g inferred
          region eu-west-1 literal
        ");
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions:
          - {key: nvidia.com/gpu.product, operator: In, values: [NVIDIA-L40S, NVIDIA-A10]}
          - {key: topology.kubernetes.io/zone, operator: In, values: [eu-west-1a]}
          - {key: cloud.google.com/gke-accelerator, operator: NotIn, values: [nvidia-l4]}
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 1, preference: {matchExpressions: [{key: nvidia.com/gpu.product, operator: In, values: [NVIDIA-T4]}]}}
  containers:
  - {name: main, image: vllm/vllm-openai, resources: {limits: {nvidia.com/mig-1g.10gb: 1, nvidia.com/gpumem: 100}}}
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          engine vllm literal
          gpu_count 1 literal
          gpu_type mig-1g.10gb literal
          gpu_type NVIDIA-L40S or NVIDIA-A10 unresolved
          region eu-west-1a inferred
        ");
    }

    #[test]
    fn labels_of_a_cluster_s_own_may_name_the_product() {
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  nodeSelector: {gpu: 'true', example.com/gpu_type: nvidia-2080ti, node-type: gpu-1}
  containers: [{name: main, image: vllm/vllm-openai}]
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          engine vllm literal
          gpu_type nvidia-2080ti inferred
        ");
    }

    #[test]
    fn instances_tell_their_accelerator() {
        let cases = [
            ("p5.48xlarge", Some("h100")),
            ("p5en.48xlarge", Some("h200")),
            ("g5", Some("a10g")),
            ("g5g.xlarge", None),
            ("a3-megagpu-8g", Some("h100-mega-80gb")),
            ("Standard_NC24ads_A100_v4", Some("a100-80gb")),
            ("Standard_NC4as_T4_v3", Some("t4")),
            ("m5.large", None),
        ];
        for (instance, product) in cases {
            assert_eq!(super::product_of_instance(instance), product, "{instance}");
        }
    }
}
