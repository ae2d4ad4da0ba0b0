//! Evidence: what the files that deploy a system say about it.
//!
//! A reader for each kind of file turns its text into observed facts ([`fact`]), each with its place and how sure it
//! is. Kinds are recognised by content; names lie. Nothing here knows a manifest: comparing is the business of the
//! facts, writing one that of the scaffold.
//!
//! A file is read document by document. One that is not valid is reported, and the others are still read. What a
//! reader has no way to decide (a template, a variable from outside) is a fact without a value, or a refusal with a
//! reason; it is never guessed.

pub mod backing;
pub mod command;
pub mod document;
pub mod fact;
pub mod image;
pub mod launch;
pub mod names;
pub mod pointer;
mod readers;
mod shell;
pub mod substitution;

use crate::digest::sha256;
use crate::finding::Fault;
use crate::secret;
use crate::span::{LineIndex, Span};
use crate::syntax::Limits;
use document::{Node, Parsed};
use fact::{Attribute, Subject, SubjectKind};

/// The kinds of files that are read.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal;)*) => {
        /// A kind of file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used in every format.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What it is.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii(),)* }
            }
        }
    };
}

kinds! {
    /// Kubernetes resources: workloads, KServe, LeaderWorkerSet, RayService, KubeAI, KAITO, NIM and others.
    Kubernetes = "kubernetes";
    /// Values of a Helm chart that serves models.
    HelmValues = "helm_values";
    /// Docker Compose.
    Compose = "compose";
    /// Configuration of the LiteLLM proxy.
    Litellm = "litellm";
    /// Run configuration of a llama-stack distribution.
    LlamaStack = "llama_stack";
    /// A Modelfile of Ollama.
    Modelfile = "modelfile";
    /// A model card of the Hugging Face Hub.
    ModelCard = "model_card";
    /// The `config.json` of a model on the Hub.
    HfConfig = "hf_config";
    /// A CycloneDX bill of materials, JSON.
    Cyclonedx = "cyclonedx";
    /// An SPDX 3 document with the AI or dataset profile, JSON-LD.
    Spdx = "spdx";
    /// Croissant metadata of a data set, JSON-LD.
    Croissant = "croissant";
    /// A SkyPilot task.
    Skypilot = "skypilot";
    /// A dstack configuration.
    Dstack = "dstack";
    /// A BentoML build or service configuration.
    Bentoml = "bentoml";
    /// An environment file; names only, never values.
    Env = "env";
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A part of a file that was recognised and not read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    pub span: Span,
}

/// One file, read.
#[derive(Debug)]
pub struct Reading {
    /// As given or found.
    pub name: String,
    /// Its text, with literal credentials covered.
    pub text: String,
    /// SHA-256 of its bytes as they were read, in hexadecimal.
    pub digest: String,
    pub lines: LineIndex,
    /// The kinds that were recognised in it, in the order of [`Kind`].
    pub kinds: Vec<Kind>,
    pub subjects: Vec<Subject>,
    /// What was recognised and declined.
    pub refusals: Vec<Refusal>,
    /// Documents that are not valid, keys that stand twice, limits.
    pub faults: Vec<Fault>,
}

impl Reading {
    fn empty(name: &str, text: String, digest: &str) -> Self {
        let lines = LineIndex::new(&text);
        Self {
            name: name.to_owned(),
            text,
            digest: digest.to_owned(),
            lines,
            kinds: Vec::new(),
            subjects: Vec::new(),
            refusals: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Whether the file is evidence of any kind, or something of which it is known why it is none.
    pub fn is_recognised(&self) -> bool {
        !self.kinds.is_empty() || !self.refusals.is_empty()
    }

    /// Declines a part of the file.
    pub fn refuse(&mut self, reason: impl Into<String>, span: Span) {
        let refusal = Refusal { reason: reason.into(), span };
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    /// Notes that a kind was recognised.
    fn is(&mut self, kind: Kind) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
            self.kinds.sort_unstable();
        }
    }
}

/// What a reader of YAML and JSON documents is given besides them.
struct Context<'c> {
    reading: &'c mut Reading,
    limits: &'c Limits,
}

impl Context<'_> {
    /// The document inside a scalar; what is wrong with it is noted.
    fn nested(&mut self, node: Node<'_>) -> Option<Parsed> {
        let (parsed, faults) = node.nested(self.limits)?;
        self.reading.faults.extend(faults);
        Some(parsed)
    }

    /// Adds a subject. What calls models serves none, whatever its image is called.
    fn add(&mut self, mut subject: Subject) {
        if subject.kind == SubjectKind::Client {
            subject.facts.retain(|fact| fact.attribute != Attribute::Engine);
        }
        self.reading.subjects.push(subject);
    }
}

/// A reader of YAML and JSON documents: how it knows its own, and how it reads all of one file.
struct Reader {
    kind: Kind,
    fits: fn(Node<'_>) -> bool,
    read: fn(&[Node<'_>], &mut Context<'_>),
}

/// Reads a file. Whatever its name and its text, the result is facts, a refusal, a fault or nothing.
pub fn read(name: &str, bytes: Vec<u8>, limits: &Limits) -> Reading {
    let digest = sha256(&bytes);
    if bytes.len() > limits.bytes {
        let mut reading = Reading::empty(name, String::new(), &digest);
        reading.faults.push(
            Fault::new("E012", format!("more than {} bytes in one file", limits.bytes)).label(Span::default(), "here").limit(),
        );
        return reading;
    }
    let (bytes, secrets) = secret::cover(bytes);
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let mut reading = Reading::empty(name, String::from_utf8_lossy(error.as_bytes()).into_owned(), &digest);
            let fault = Fault::new("E011", format!("the file is not UTF-8 (byte {valid})"))
                .label(Span::new(valid, valid + char::REPLACEMENT_CHARACTER.len_utf8()), "here");
            reading.faults.push(fault.help("save the file as UTF-8"));
            return reading;
        }
    };
    let mut reading = Reading::empty(name, text, &digest);
    reading.faults.extend(secrets.iter().map(secret::fault));
    let text = reading.text.clone();
    if !readers::read_text(&text, &mut reading, limits) {
        read_documents(&text, &mut reading, limits);
    }
    join_gateway(&mut reading);
    reading
}

/// What runs a gateway and what configures one are one gateway, where a file has one of each.
fn join_gateway(reading: &mut Reading) {
    let gateways = |engine: bool| {
        let all = reading.subjects.iter().enumerate();
        let fits =
            move |subject: &Subject| subject.kind == SubjectKind::Gateway && subject.fact(Attribute::Image).is_some() == engine;
        all.filter(move |(_, subject)| fits(subject)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let (runs, configured) = (gateways(true), gateways(false));
    let ([run], [configuration]) = (runs.as_slice(), configured.as_slice()) else { return };
    let (run, configuration) = (*run, *configuration);
    let is_litellm = reading.subjects[run].fact(Attribute::Engine).and_then(|fact| fact.text()) == Some("litellm");
    if !is_litellm || reading.subjects[configuration].name != "litellm" {
        return;
    }
    let facts = std::mem::take(&mut reading.subjects[configuration].facts);
    for fact in facts {
        reading.subjects[run].note(fact);
    }
    reading.subjects.remove(configuration);
}

/// Reads YAML and JSON: the documents of each kind go to its reader together, since they refer to each other.
fn read_documents(text: &str, reading: &mut Reading, limits: &Limits) {
    let (parsed, faults) = Parsed::new(text, limits);
    let documents: Vec<Node<'_>> = parsed.documents().collect();
    let mut recognised = false;
    for reader in readers::DOCUMENTS {
        let own: Vec<Node<'_>> = documents.iter().copied().filter(|document| kind_of(*document) == Some(reader.kind)).collect();
        if own.is_empty() {
            continue;
        }
        recognised = true;
        reading.is(reader.kind);
        (reader.read)(&own, &mut Context { reading, limits });
    }
    for document in documents.iter().filter(|document| kind_of(**document).is_none()) {
        if let Some(reason) = readers::declined(*document) {
            recognised = true;
            reading.refuse(reason, document.span());
        }
    }
    // A text of another language may well be a document: one scalar.
    let is_text = documents.iter().all(|document| document.text().is_some());
    if !recognised && (!faults.is_empty() || is_text) {
        // What is wrong with it as a document is beside the point.
        readers::decline_text(text, reading);
        if reading.refusals.is_empty() && readers::is_resource(text) {
            // It was meant to be read.
            reading.refuse("a resource of Kubernetes that is not valid YAML", Span::at(0));
            reading.faults.extend(faults);
        } else {
            // What it is cannot be told of a file that was not read to its end.
            reading.faults.extend(faults.into_iter().filter(|fault| fault.code == "E012"));
        }
        return;
    }
    // What is wrong with a file that is none of ours is nobody's business here.
    if recognised {
        reading.faults.extend(faults);
    }
}

/// The kind of a document: the first reader that knows it.
fn kind_of(document: Node<'_>) -> Option<Kind> {
    readers::DOCUMENTS.iter().find(|reader| (reader.fits)(document)).map(|reader| reader.kind)
}

#[cfg(test)]
mod tests {
    use super::readers::facts;

    #[test]
    fn a_resource_that_does_not_parse_is_named() {
        let broken = "apiVersion: v1\nkind: Pod\nspec: {a: \"x}\n";
        insta::assert_snapshot!(facts("a.yaml", broken), @r"
        refused: a resource of Kubernetes that is not valid YAML
        fault: not valid YAML: unclosed quote
        ");
        let template = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}-{{ x\n";
        insta::assert_snapshot!(facts("a.yaml", template), @"refused: a Helm template; render it (`helm template`) and give caveat the result");
    }
}
