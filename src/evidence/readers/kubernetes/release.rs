//! Charts that a cluster installs by itself, with their values: releases of Flux and k3s, applications of Argo CD.

use super::super::super::document::Node;
use super::super::super::{Context, Kind};
use super::super::helm_values;
use super::controllers;
use super::files::{Files, Resource};

/// Reads the values that a release states. False where the resource is none.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) -> bool {
    let spec = resource.spec();
    let values: Vec<(Option<&str>, Node<'d>)> = match (resource.group, resource.kind) {
        ("helm.toolkit.fluxcd.io", "HelmRelease") => {
            let chart = spec.and_then(|spec| spec.at(&["chart", "spec", "chart"]).or_else(|| spec.at(&["chartRef", "name"])));
            let values = spec.and_then(|spec| spec.get("values"));
            values.map(|values| (chart.and_then(Node::text), values)).into_iter().collect()
        }
        ("helm.cattle.io", "HelmChart" | "HelmChartConfig") => {
            let chart = spec.and_then(|spec| spec.text_at("chart"));
            spec.and_then(|spec| spec.any(&["valuesContent", "values"])).map(|values| (chart, values)).into_iter().collect()
        }
        ("argoproj.io", "Application") => spec.map(sources).unwrap_or_default(),
        ("argoproj.io", "ApplicationSet") => {
            spec.and_then(|spec| spec.at(&["template", "spec"])).map(sources).unwrap_or_default()
        }
        _ => return false,
    };
    if values.is_empty() {
        context.reading.refuse(format!("the {} states no values of its chart", resource.kind), resource.span);
    }
    for (chart, values) in values {
        read_values(chart, values, files, context);
    }
    true
}

/// The values of the sources of an application, with their charts.
fn sources(spec: Node<'_>) -> Vec<(Option<&str>, Node<'_>)> {
    let several = spec.get("sources").into_iter().flat_map(Node::items);
    let all = spec.get("source").into_iter().chain(several);
    all.filter_map(|source| Some((source.text_at("chart"), source.get("helm")?.any(&["valuesObject", "values"])?))).collect()
}

fn read_values<'d>(chart: Option<&str>, values: Node<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let read = if values.is_mapping() {
        read_chart(values, files, context)
    } else {
        let size = values.text().map_or(0, str::len) / 64 + 1;
        let parsed = if files.spend(size) { context.nested(values) } else { None };
        // Values are one document.
        parsed.is_some_and(|parsed| parsed.documents().next().is_some_and(|root| read_chart(root, files, context)))
    };
    if !read {
        let chart = chart.map_or_else(|| "its chart".to_owned(), |chart| format!("the chart `{chart}`"));
        context.reading.refuse(format!("no model is told by the values of {chart}"), values.span());
    }
}

/// Reads values by the reader of charts that serve models, or as controllers with containers, which several charts for
/// any application have. False where they are of another chart, or run no model.
fn read_chart(values: Node<'_>, files: &Files<'_>, context: &mut Context<'_>) -> bool {
    // A chart for any application says more of its containers than a search for known images would find.
    if values.get("controllers").is_none() && (helm_values::READER.fits)(values) {
        context.reading.is(Kind::HelmValues);
        (helm_values::READER.read)(&[values], context);
        return true;
    }
    controllers::read(values, files, context)
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn controllers_with_containers_are_read_whatever_the_chart() {
        let found = facts(
            "a.yaml",
            r"apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: r}
spec:
  chartRef: {kind: OCIRepository, name: app-template}
  values:
    controllers:
      ollama:
        replicas: 1
        pod: {nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}}
        containers:
          app:
            image: {repository: docker.io/ollama/ollama, tag: 0.9.0}
            env: {OLLAMA_CONTEXT_LENGTH: 8192, HF_TOKEN: {valueFrom: {secretKeyRef: {name: hub, key: t}}}}
            resources: {limits: {nvidia.com/gpu: 1}}
",
        );
        insta::assert_snapshot!(found, @"
        server ollama
          image docker.io/ollama/ollama literal
          image_pin version literal
          context 8192 literal
          secrets secret literal
          engine ollama literal
          gpu_count 1 literal
          gpu_type NVIDIA-L4 literal
          replicas_min 1 literal
          replicas_max 1 literal
        ");
    }

    #[test]
    fn values_that_tell_no_model_are_declined() {
        let found = facts(
            "a.yaml",
            r#"apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec:
  source: {chart: redis, helm: {values: "replica:\n  count: 1\n"}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: r}
spec: {chart: {spec: {chart: x}}, valuesFrom: [{kind: ConfigMap, name: v}]}
"#,
        );
        insta::assert_snapshot!(found, @r"
        refused: no model is told by the values of the chart `redis`
        refused: the HelmRelease states no values of its chart
        ");
    }
}
