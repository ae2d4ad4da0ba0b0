//! What ConfigMaps of the file put into the containers of a pod as files: scripts that start a server, and lists of
//! adapters to load.

use super::super::super::document::{Map, Node};
use super::super::super::fact::{Attribute, Subject};
use super::super::super::launch::{self, Launch};
use super::super::super::{Context, command};
use super::container::Container;
use super::files::Files;

/// Most mounts of one container, and volumes of one pod, that are looked at.
const MOST: usize = 200;

/// Reads the scripts that a container runs and a ConfigMap of the file holds.
pub(super) fn note_scripts(subject: &mut Subject, container: &mut Container, node: Node<'_>, pod: Node<'_>, files: &Files<'_>) {
    let paths: Vec<String> = container
        .commands
        .iter()
        .flatten()
        .filter(|word| word.text.starts_with('/'))
        .take(MOST)
        .map(|word| word.text.clone())
        .collect();
    if paths.is_empty() {
        return;
    }
    let held: Vec<Node<'_>> = paths.iter().filter_map(|path| file(path, node, pod, files)).collect();
    for script in held {
        let Some(text) = script.text().filter(|text| files.spend(text.len() / 16 + 1)) else { continue };
        let map: Map = script.offsets();
        let commands = command::shell(text, &map, &container.variables);
        let launch = Launch { engine: container.engine, commands: &commands, environment: &container.variables };
        container.engine = launch::note(subject, &launch);
        container.commands.extend(commands);
    }
}

/// What stands at a path in a container, where a ConfigMap of the file is mounted there.
fn file<'d>(path: &str, container: Node<'d>, pod: Node<'d>, files: &Files<'d>) -> Option<Node<'d>> {
    let mounts = container.get("volumeMounts")?.items().take(MOST);
    mounts.filter_map(|mount| Some((mount, mount.text_at("mountPath")?.trim_end_matches('/')))).find_map(|(mount, folder)| {
        let rest = path.strip_prefix(folder)?;
        let volume = volumes(pod).find(|volume| volume.text_at("name") == mount.text_at("name"))?;
        let map = volume.get("configMap")?;
        let name = match (mount.text_at("subPath"), rest.strip_prefix('/')) {
            (Some(part), None) if rest.is_empty() => part,
            (None, Some(name)) => name,
            _ => return None,
        };
        // A volume may give the keys other names.
        let items = map.get("items").into_iter().flat_map(Node::items).take(MOST);
        let key = items.filter(|item| item.text_at("path") == Some(name)).find_map(|item| item.text_at("key")).unwrap_or(name);
        files.configured(map.text_at("name")?, key)
    })
}

fn volumes(pod: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    pod.get("volumes").into_iter().flat_map(Node::items).take(MOST)
}

/// Notes the adapters that a syncer beside vLLM loads, which a ConfigMap of the file lists.
pub(super) fn note_adapters(subject: &mut Subject, pod: Node<'_>, files: &Files<'_>, context: &Context<'_>) {
    let maps = volumes(pod).filter_map(|volume| volume.at(&["configMap", "name"])?.text());
    for (_, held) in maps.flat_map(|map| files.configuration(map)).filter(|(_, held)| is_list_of_adapters(*held)) {
        if !files.spend(held.text().map_or(0, str::len) / 64 + 1) {
            return;
        }
        let Some((parsed, _)) = held.nested(context.limits) else { continue };
        for document in parsed.documents() {
            let models = document.at(&["vLLMLoRAConfig", "ensureExist", "models"]);
            for source in models.into_iter().flat_map(Node::items).filter_map(|model| model.get("source")) {
                if let Some(text) = source.text() {
                    subject.literal(Attribute::Adapter, text.trim(), source.span());
                }
            }
        }
    }
}

fn is_list_of_adapters(held: Node<'_>) -> bool {
    held.text().is_some_and(|text| text.contains("vLLMLoRAConfig"))
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_script_and_adapters_come_from_config_maps() {
        let found = facts(
            "a.yaml",
            "apiVersion: v1
kind: Pod
metadata: {name: s}
spec:
  containers:
  - name: s
    image: example.com/inference:1.0
    command: [/bin/bash, /scripts/run.sh]
    env: [{name: M, value: org/name}]
    volumeMounts: [{name: v, mountPath: /scripts/}]
  volumes:
  - {name: v, configMap: {name: start, items: [{key: start.sh, path: run.sh}]}}
  - {name: l, configMap: {name: lora}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: start}
data:
  start.sh: |
    # vllm serve other/model
    exec vllm serve $M --max-model-len 4096
---
apiVersion: v1
kind: ConfigMap
metadata: {name: lora}
data:
  c.yaml: |
    vLLMLoRAConfig:
      ensureExist:
        models: [{id: a, source: org/adapter}]
",
        );
        insta::assert_snapshot!(found, @r"
        server s
          image example.com/inference literal
          image_pin version literal
          engine vllm literal
          model org/name resolved
          context 4096 literal
          adapter org/adapter literal
        ");
    }
}
