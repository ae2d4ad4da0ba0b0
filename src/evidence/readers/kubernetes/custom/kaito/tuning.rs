//! The tuning of a model: what it is made from, with which data, and where it goes.

use super::super::super::files::Resource;
use super::super::fields;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Subject, SubjectKind};

/// The model that a `Workspace` makes.
pub(super) fn read(resource: &Resource<'_>, work: Node<'_>) -> Subject {
    let mut subject = fields::subject(resource, SubjectKind::Model);
    super::note_preset(&mut subject, Attribute::Base, work.at(&["preset", "name"]));
    if let Some(input) = work.get("input") {
        let urls = input.get("urls").into_iter().flat_map(Node::items).take(fields::MOST);
        let own = [input.get("image"), input.at(&["volumeSource", "persistentVolumeClaim", "claimName"])];
        for node in urls.chain(own.into_iter().flatten()) {
            if let Some(term) = fields::term(node) {
                term.note(&mut subject, Attribute::TrainingData, dataset);
            }
        }
    }
    let output = work.get("output");
    fields::text(&mut subject, Attribute::Model, output.and_then(|output| output.get("image")));
    fields::secret(&mut subject, output.and_then(|output| output.get("imagePushSecret")));
    subject
}

/// A data set on the Hub under its name; another address as it is.
fn dataset(address: &str) -> Option<String> {
    let address = address.trim();
    let hub = ["https://huggingface.co/datasets/", "https://hf.co/datasets/"];
    let Some(rest) = hub.iter().find_map(|start| address.strip_prefix(start)) else {
        return (!address.is_empty()).then(|| address.to_owned());
    };
    let name: Vec<&str> = rest.split(['/', '?']).take(2).collect();
    Some(name.join("/"))
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_tuned_model_is_made_from_a_preset_and_data() {
        let text = "
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {name: tuned}
resource: {instanceType: Standard_NC24ads_A100_v4}
tuning:
  preset: {name: tiny-4b}
  method: qlora
  input:
    urls: ['https://huggingface.co/datasets/acme/talk/resolve/main/data.parquet?download=true']
  output:
    image: registry.example.org/tuned:0.1
    imagePushSecret: push
";
        insta::assert_snapshot!(facts("tuned.yaml", text), @r"
        model tuned
          base tiny-4b inferred
          training_data acme/talk literal
          model registry.example.org/tuned:0.1 literal
          secrets secret literal
        ");
    }
}
