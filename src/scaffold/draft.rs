//! The draft, section by section.

use jiff::civil::Date;

use super::inventory::{Inventory, Model, Recipient, Shown, Thing, source};
use super::steps::{Step, joined, steps};
use super::writer::{Writer, number, scalar};
use crate::evidence::fact::Attribute;
use crate::facts::drift::country;
use crate::manifest::describe::EnumDesc;
use crate::manifest::leaf;
use crate::manifest::vocabulary::{KvPrecision, ModelFormat, Precision, Quantization, ScalingSignal};

/// Writes the manifest of an inventory.
pub fn write(inventory: &Inventory, today: Date) -> String {
    let mut writer = Writer::default();
    head(inventory, today, &mut writer);
    system(inventory, &mut writer);
    parties(inventory, &mut writer);
    people(&mut writer);
    datasets(inventory, &mut writer);
    models(inventory, &mut writer);
    let steps = steps(inventory);
    components(inventory, &steps, &mut writer);
    flows(&steps, &mut writer);
    hosting(inventory, &mut writer);
    access(inventory, &mut writer);
    logging(inventory, &mut writer);
    open(&mut writer);
    writer.finish()
}

fn head(inventory: &Inventory, today: Date, writer: &mut Writer) {
    writer.comment("A draft, made from what files show. Behind each value stands where it is from: file and line.");
    writer
        .comment("`# key:` is an open question with its choices; take the `# ` away and answer it. `unknown` means that nobody");
    writer.comment(
        "knows, `none` that there is none. `caveat check` says what is missing next, `caveat verify` what is otherwise.",
    );
    writer.section("manifest", |writer| {
        writer.value("version", "1", "");
        writer.value("as_of", &today.to_string(), "the day of this draft");
    });
    // Files outside cannot be named: what lies elsewhere backs nothing up on another machine.
    let files: Vec<_> = inventory.files.iter().filter(|(name, _)| is_beside(name)).collect();
    if !files.is_empty() {
        writer.section("evidence", |writer| {
            for (name, kinds) in files {
                writer.entry(|writer| {
                    writer.value("file", &scalar(name), "read for this draft");
                    writer.value("kind", &scalar(kinds.first().copied().unwrap_or_default()), "");
                });
            }
        });
    }
    writer.gap();
}

/// Whether a file lies at or below the manifest.
fn is_beside(name: &str) -> bool {
    !name.starts_with('/') && !name.split('/').any(|part| part == "..") && !name.contains(':')
}

fn system(inventory: &Inventory, writer: &mut Writer) {
    writer.ask_section("organization", "", &["kind", "sector", "country", "commercial"]);
    writer.section("system", |writer| {
        writer.value("id", "my-system", "a name of your own");
        writer.ask("system.purpose", "what it does, in one sentence");
        writer.ask("system.lifecycle", "");
        writer.ask("system.tasks", "");
        writer.ask("system.stakes", "the worst that one wrong or leaked answer can do");
        writer.ask("system.effects", "");
        writer.ask("system.audiences", "");
        let all = inventory.servers.iter().map(|(server, _)| server).chain(&inventory.gateways).chain(&inventory.clients);
        let seen: Vec<String> = all
            .filter_map(|thing| thing.fact(Attribute::Exposure))
            .map(|shown| format!("{} ({})", shown.fact.shown(), shown.from()))
            .collect();
        let note = if seen.is_empty() {
            "who can reach it".to_owned()
        } else {
            format!("who can reach it; files show: {}", seen.join(", "))
        };
        writer.ask("system.exposure", &note);
    });
    writer.gap();
}

fn parties(inventory: &Inventory, writer: &mut Writer) {
    let (joined, loose): (Vec<&Recipient>, Vec<&Recipient>) =
        inventory.recipients.values().partition(|recipient| recipient.answers || !recipient.from.is_empty());
    for recipient in loose {
        writer.comment(&format!("{} is named by {}: does anything go there?", recipient.id, recipient.shown.from()));
    }
    if joined.is_empty() {
        writer.ask_section("parties", "a list of vendors, hosts and suppliers; no file shows one", &["id", "kind", "country"]);
        writer.gap();
        return;
    }
    writer.section("parties", |writer| {
        for recipient in joined {
            writer.entry(|writer| {
                writer.value("id", &scalar(&recipient.id), &recipient.shown.from());
                match recipient.kind {
                    Some(kind) => writer.value("kind", kind, &format!("`{}` leads there", recipient.shown.by)),
                    None => writer.ask("parties.kind", &format!("`{}` leads there", recipient.shown.by)),
                }
                writer.ask("parties.country", "");
            });
        }
    });
    writer.ask_section("agreements", "a list of contracts with them; `[]` states that there is none", &["kind", "with"]);
    writer.gap();
}

fn people(writer: &mut Writer) {
    writer.ask_list("actors", "who uses it? no file shows that; put entries in its place:", &["id", "kind", "count"]);
    writer.gap();
}

fn datasets(inventory: &Inventory, writer: &mut Writer) {
    let in_weights = |at: usize| inventory.trained.iter().any(|(_, dataset)| *dataset == at);
    let used: Vec<(usize, &Thing)> = inventory.datasets.iter().enumerate().filter(|(at, _)| in_weights(*at)).collect();
    if used.is_empty() {
        let note = "what is typed, retrieved, logged and trained on? put entries in its place:";
        writer.ask_list("datasets", note, &["id", "role", "classification", "categories", "entitled"]);
    } else {
        writer.section("datasets", |writer| {
            for (_, dataset) in used {
                writer.entry(|writer| described(dataset, writer));
            }
        });
    }
    for (_, dataset) in inventory.datasets.iter().enumerate().filter(|(at, _)| !in_weights(*at)) {
        let licence = dataset.text(Attribute::License).map(|text| format!(", license {text}")).unwrap_or_default();
        writer.comment(&format!(
            "{}:{} describes the data set {}{licence}: what is it used for?",
            dataset.file, dataset.line, dataset.name
        ));
    }
    writer.gap();
}

fn described(dataset: &Thing, writer: &mut Writer) {
    writer.value("id", &scalar(&dataset.id), &format!("{}:{} calls it {}", dataset.file, dataset.line, dataset.name));
    writer.value("role", "training", &format!("{}:{}", dataset.file, dataset.line));
    match dataset.fact(Attribute::License).filter(|shown| shown.fact.text().is_some_and(|text| leaf::licence(text).is_ok())) {
        Some(shown) => writer.value("license", &scalar(&shown.fact.shown()), &shown.from()),
        None => writer.ask("datasets.license", ""),
    }
    writer.ask("datasets.source", "");
    writer.ask("datasets.classification", "");
    writer.ask("datasets.categories", "personal data in it, as Fides keys");
}

fn models(inventory: &Inventory, writer: &mut Writer) {
    if inventory.models.is_empty() {
        let note = "no file shows which model runs; put entries in its place:";
        writer.ask_list("models", note, &["id", "source", "revision", "license"]);
        writer.gap();
        return;
    }
    writer.section("models", |writer| {
        for (at, model) in inventory.models.iter().enumerate() {
            writer.entry(|writer| self::model(inventory, at, model, writer));
        }
    });
    writer.gap();
}

fn model(inventory: &Inventory, at: usize, model: &Model, writer: &mut Writer) {
    let reference = model.reference.fact.text().unwrap_or_default();
    writer.value("id", &scalar(&model.id), "a name for this manifest");
    if model.alias {
        writer.ask("models.source", &format!("{} calls it {reference}: which model is it?", model.reference.from()));
    } else {
        // NVIDIA's catalogue has names like the Hub's, and they are not of it.
        let runs = |(server, models): &(Thing, Vec<usize>)| models.contains(&at) && server.text(Attribute::Engine) == Some("nim");
        let is_nim = inventory.servers.iter().any(runs);
        let named = if is_nim { reference.to_owned() } else { source(reference, model.vendor.as_deref()) };
        writer.value("source", &scalar(&named), &model.reference.from());
    }
    let described: Vec<&str> = model.described.iter().map(String::as_str).filter(|file| is_beside(file)).collect();
    if !described.is_empty() {
        writer.value("evidence", &list(&described), "held against by `caveat verify`");
    }
    match model.on {
        Some(_) => writer.value("kind", "adapter", &model.reference.from()),
        None => writer.ask("models.kind", ""),
    }
    let about = &model.about;
    let recipient = model.vendor.as_ref().and_then(|vendor| inventory.recipients.get(vendor));
    if let Some(recipient) = recipient.filter(|recipient| recipient.kind.is_some()) {
        writer.value("vendor", &scalar(&recipient.id), &model.reference.from());
        writer.value("access", "vendor_api", "it is called, not run");
    } else {
        writer.ask("models.access", "");
    }
    filled(
        writer,
        about.fact(Attribute::Revision),
        "models.revision",
        |shown| Some(scalar(&shown.fact.shown())),
        "the exact commit; no file pins one",
    );
    filled(writer, about.fact(Attribute::Digest), "models.digest", |shown| Some(scalar(&shown.fact.shown())), "");
    let licence = |shown: &Shown| shown.fact.text().filter(|text| leaf::licence(text).is_ok()).map(scalar);
    filled(writer, about.fact(Attribute::License), "models.license", licence, "");
    if model.vendor.is_none() {
        filled(writer, about.fact(Attribute::WeightFormat), "models.format", |shown| word(ModelFormat::DESC, shown), "");
    }
    let bases: Vec<&str> =
        inventory.bases.iter().filter(|(of, _)| *of == at).map(|(_, base)| inventory.models[*base].id.as_str()).collect();
    if let Some(on) = model.on {
        // What it is loaded onto, and what its card names besides.
        let on = inventory.models[on].id.as_str();
        let others = bases.iter().copied().filter(|base| *base != on);
        let all: Vec<&str> = std::iter::once(on).chain(others).collect();
        let value = if let [only] = all.as_slice() { scalar(only) } else { list(&all) };
        writer.value("base", &value, &model.reference.from());
    } else if let Some(shown) = about.fact(Attribute::Base).filter(|_| !bases.is_empty()) {
        writer.value("base", &list(&bases), &shown.from());
    } else if model.vendor.is_none() {
        writer.ask("models.base", "the model that it was made from");
    }
    let data: Vec<&str> =
        inventory.trained.iter().filter(|(of, _)| *of == at).map(|(_, data)| inventory.datasets[*data].id.as_str()).collect();
    if let Some(shown) = about.fact(Attribute::TrainingData).filter(|_| !data.is_empty()) {
        writer.value("trained_on", &list(&data), &shown.from());
    }
    let languages: Vec<&str> = about
        .all(Attribute::Language)
        .filter_map(|shown| shown.fact.text())
        .filter(|text| leaf::language(text).is_ok())
        .collect();
    if let Some(shown) = about.fact(Attribute::Language).filter(|_| !languages.is_empty()) {
        writer.value("languages", &list(&languages), &shown.from());
    }
    for (attribute, path) in [(Attribute::Parameters, "models.parameters"), (Attribute::ModelContext, "models.context")] {
        if about.fact(attribute).is_some() {
            filled(writer, about.fact(attribute), path, counted, "");
        }
    }
    shape(about, writer);
}

const SHAPE: &[(Attribute, &str)] = &[
    (Attribute::Layers, "layers"),
    (Attribute::Hidden, "hidden"),
    (Attribute::Intermediate, "intermediate"),
    (Attribute::Heads, "heads"),
    (Attribute::KvHeads, "kv_heads"),
    (Attribute::HeadDim, "head_dim"),
    (Attribute::Vocab, "vocab"),
    (Attribute::KvLoraRank, "kv_lora_rank"),
    (Attribute::QkRopeHeadDim, "qk_rope_head_dim"),
    (Attribute::SlidingWindow, "sliding_window"),
];

fn shape(about: &Thing, writer: &mut Writer) {
    let known: Vec<(&str, &Shown)> = SHAPE
        .iter()
        .filter_map(|(attribute, key)| Some((*key, about.fact(*attribute).filter(|shown| counted(shown).is_some())?)))
        .collect();
    if known.is_empty() {
        return;
    }
    writer.section("architecture", |writer| {
        for (key, shown) in known {
            writer.value(key, &counted(shown).unwrap_or_default(), &shown.from());
        }
        let moe = [(Attribute::Experts, "experts"), (Attribute::ExpertsPerToken, "experts_per_token")];
        if about.fact(Attribute::Experts).and_then(counted).is_some() {
            writer.section("moe", |writer| {
                for (attribute, key) in moe {
                    if let Some(shown) = about.fact(attribute) {
                        writer.value(key, &counted(shown).unwrap_or_default(), &shown.from());
                    }
                }
            });
        }
    });
}

fn components(inventory: &Inventory, steps: &[Step], writer: &mut Writer) {
    let joined = joined(inventory, steps);
    for thing in &inventory.gateways {
        if !joined.iter().any(|(other, _)| other.id == thing.id) {
            writer.comment(&format!("{}:{} sets up {}: what does it lead to?", thing.file, thing.line, thing.name));
        }
    }
    if joined.is_empty() {
        let note = "a list of applications, stores, caches and tools around the model";
        writer.ask_section("components", note, &["id", "kind", "party", "country"]);
        writer.gap();
        return;
    }
    writer.section("components", |writer| {
        for (thing, kind) in joined {
            writer.entry(|writer| {
                writer.value("id", &scalar(&thing.id), &format!("{}:{} calls it {}", thing.file, thing.line, thing.name));
                writer.value("kind", kind, &format!("{}:{}", thing.file, thing.line));
                writer.ask("components.party", "who runs it; none: the organisation itself");
                writer.ask("components.country", "");
                if let Some(shown) = thing.fact(Attribute::PromptStore) {
                    writer.comment(&format!("{} keeps prompts in {}: declare that store", shown.from(), shown.fact.shown()));
                }
            });
        }
    });
    writer.gap();
}

fn flows(steps: &[Step], writer: &mut Writer) {
    if steps.is_empty() {
        let note = "which way does data take? no file shows it; put every step in its place:";
        writer.ask_list("flows", note, &["from", "to", "purpose", "transport"]);
    } else {
        writer.section("flows", |writer| {
            for step in steps {
                writer.entry(|writer| {
                    writer.value("from", &scalar(&step.from), &step.shown);
                    writer.value("to", &scalar(&step.to), "");
                    writer.value("purpose", step.purpose, "");
                    writer.ask("flows.transport", "");
                });
            }
        });
        writer.comment("flows from users to the system and back, to stores and to logs belong here, too");
    }
    writer.gap();
}

fn hosting(inventory: &Inventory, writer: &mut Writer) {
    let run = |at: usize| {
        inventory.servers.iter().any(|(_, models)| models.contains(&at))
            || inventory.recipients.values().any(|recipient| recipient.models.contains(&at))
            || inventory.bases.iter().any(|(_, base)| *base == at)
            || inventory.models[at].on.is_some()
    };
    let homeless: Vec<&str> =
        inventory.models.iter().enumerate().filter(|(at, _)| !run(*at)).map(|(_, model)| model.id.as_str()).collect();
    let called: Vec<&Recipient> = inventory.recipients.values().filter(|recipient| recipient.answers).collect();
    if inventory.servers.is_empty() && called.is_empty() && homeless.is_empty() {
        writer.ask_list("hosting", "where does the model run? put entries in its place:", &["id", "models", "mode", "country"]);
        writer.gap();
        return;
    }
    writer.section("hosting", |writer| {
        for (server, models) in &inventory.servers {
            writer.entry(|writer| self::server(inventory, server, models, writer));
        }
        for recipient in called {
            let ids: Vec<&str> = recipient.models.iter().map(|at| inventory.models[*at].id.as_str()).collect();
            writer.entry(|writer| {
                writer.value("id", &scalar(&format!("{}-api", recipient.id)), &recipient.shown.from());
                if ids.is_empty() {
                    writer.ask("hosting.models", "any of them");
                } else {
                    writer.value("models", &list(&ids), &recipient.shown.from());
                }
                match recipient.kind {
                    Some(_) => writer.value("mode", "vendor_api", &recipient.shown.from()),
                    None => writer.ask("hosting.mode", ""),
                }
                writer.value("party", &scalar(&recipient.id), &recipient.shown.from());
                writer.ask("hosting.country", "where they answer");
            });
        }
        if !homeless.is_empty() {
            writer.entry(|writer| {
                writer.value("id", "serving", "a name of your own: no file shows where these run");
                writer.value("models", &list(&homeless), "described, and served by no file");
                for field in ["mode", "engine", "gpus", "replicas", "country"] {
                    writer.ask(&format!("hosting.{field}"), "");
                }
            });
        }
    });
    writer.gap();
}

fn server(inventory: &Inventory, server: &Thing, models: &[usize], writer: &mut Writer) {
    writer.value("id", &scalar(&server.id), &format!("{}:{} calls it {}", server.file, server.line, server.name));
    match models.first() {
        Some(first) => {
            let shown = server.fact(Attribute::Model).unwrap_or(&inventory.models[*first].reference);
            let adapters = inventory.models.iter().filter(|adapter| adapter.on.is_some_and(|on| models.contains(&on)));
            let own = models.iter().map(|at| &inventory.models[*at]);
            let ids: Vec<&str> = own.chain(adapters).map(|model| model.id.as_str()).collect();
            writer.value("models", &list(&ids), &shown.from());
        }
        None => {
            let note = server.fact(Attribute::Model).map_or_else(|| format!("{} does not name it", server.file), Shown::from);
            writer.ask("hosting.models", &note);
        }
    }
    if is_beside(&server.file) {
        writer.value("evidence", &scalar(&server.file), "held against by `caveat verify`");
    }
    writer.ask("hosting.mode", "");
    writer.ask("hosting.party", "whose machines; none: the organisation's own");
    let region = |shown: &Shown| shown.fact.text().and_then(country).map(str::to_owned);
    filled(writer, server.fact(Attribute::Region), "hosting.country", region, "");
    filled(writer, server.fact(Attribute::Engine), "hosting.engine", |shown| shown.fact.text().map(scalar), "");
    filled(writer, server.fact(Attribute::Context), "hosting.max_context_tokens", counted, "");
    filled(writer, server.fact(Attribute::Precision), "hosting.precision", |shown| word(Precision::DESC, shown), "");
    filled(writer, server.fact(Attribute::Quantization), "hosting.quantization", |shown| word(Quantization::DESC, shown), "");
    let optional: &[(Attribute, &str)] = &[
        (Attribute::TensorParallel, "hosting.tensor_parallel"),
        (Attribute::PipelineParallel, "hosting.pipeline_parallel"),
        (Attribute::MaxSequences, "hosting.max_sequences"),
        (Attribute::MaxBatchedTokens, "hosting.max_batched_tokens"),
    ];
    if server.fact(Attribute::KvPrecision).is_some() {
        filled(writer, server.fact(Attribute::KvPrecision), "hosting.kv_precision", |shown| word(KvPrecision::DESC, shown), "");
    }
    for (attribute, path) in optional {
        if server.fact(*attribute).is_some() {
            filled(writer, server.fact(*attribute), path, counted, "");
        }
    }
    let share = |shown: &Shown| shown.fact.number().filter(|share| (0.0..=1.0).contains(share)).map(number);
    if server.fact(Attribute::MemoryUtilization).is_some() {
        filled(writer, server.fact(Attribute::MemoryUtilization), "hosting.memory_utilization", share, "");
    }
    writer.section("gpus", |writer| {
        filled(
            writer,
            server.fact(Attribute::GpuType),
            "hosting.gpus.type",
            |shown| shown.fact.text().map(scalar),
            "the product, such as nvidia-l4",
        );
        filled(writer, server.fact(Attribute::GpuCount), "hosting.gpus.count", counted, "of one replica");
        writer.ask("hosting.gpus.hourly", "price of one for an hour");
    });
    writer.section("replicas", |writer| {
        filled(writer, server.fact(Attribute::ReplicasMin), "hosting.replicas.min", counted, "copies that always run");
        filled(writer, server.fact(Attribute::ReplicasMax), "hosting.replicas.max", counted, "copies that run at most");
    });
    if let Some(shown) = server.fact(Attribute::Autoscaling) {
        match word(ScalingSignal::DESC, shown) {
            Some(signal) => writer.value("autoscaling", &format!("{{signal: {signal}}}"), &shown.from()),
            None => writer.ask("hosting.autoscaling.signal", &format!("{} follows {}", shown.from(), shown.fact.shown())),
        }
    }
    besides(server, writer);
}

/// What a file shows of a server, and no field of a manifest states.
fn besides(server: &Thing, writer: &mut Writer) {
    let attributes = [
        Attribute::Image,
        Attribute::ImagePin,
        Attribute::TrustRemoteCode,
        Attribute::Offline,
        Attribute::Telemetry,
        Attribute::DataParallel,
        Attribute::Pods,
        Attribute::Exposure,
        Attribute::Tls,
    ];
    let shown: Vec<String> = attributes
        .iter()
        .filter_map(|attribute| server.fact(*attribute).filter(|shown| shown.fact.standing.has_value()))
        .map(|shown| format!("{} {} ({}:{})", shown.fact.attribute, shown.fact.shown(), shown.file, shown.line))
        .collect();
    if !shown.is_empty() {
        writer.comment(&format!("shown besides: {}", shown.join(", ")));
    }
}

fn access(inventory: &Inventory, writer: &mut Writer) {
    let servers = inventory.servers.iter().map(|(server, _)| server);
    let all: Vec<&Thing> = inventory.gateways.iter().chain(&inventory.clients).chain(servers).chain(&inventory.routes).collect();
    let key = all
        .iter()
        .find_map(|thing| thing.fact(Attribute::Authentication))
        .filter(|shown| matches!(shown.fact.text(), Some("none" | "api_key")));
    // Of several places the least safe one is where secrets are kept.
    let ranks = ["source", "env", "secret"];
    let held = ranks.iter().find_map(|rank| {
        all.iter().flat_map(|thing| thing.all(Attribute::Secrets)).find(|shown| shown.fact.text() == Some(rank))
    });
    if key.is_none() && held.is_none() {
        writer.ask_section("access", "how users prove who they are, and where keys are kept", &["authentication", "secrets"]);
        writer.gap();
        return;
    }
    writer.section("access", |writer| {
        match key {
            Some(shown) => {
                writer.value("authentication", &shown.fact.shown(), &format!("{}; how do people sign in?", shown.from()));
            }
            None => writer.ask("access.authentication", "how users prove who they are"),
        }
        match held {
            Some(shown) => {
                let kept = if shown.fact.text() == Some("secret") { "vault".to_owned() } else { shown.fact.shown() };
                writer.value("secrets", &kept, &format!("{}:{} ({})", shown.file, shown.line, shown.fact.written));
            }
            None => writer.ask("access.secrets", "where keys are kept"),
        }
    });
    writer.gap();
}

fn logging(inventory: &Inventory, writer: &mut Writer) {
    let servers = inventory.servers.iter().map(|(server, _)| server);
    let all: Vec<&Thing> = inventory.gateways.iter().chain(&inventory.clients).chain(servers).chain(&inventory.routes).collect();
    let told = |word: &'static str| {
        all.iter().filter_map(|thing| thing.fact(Attribute::PromptLogging)).find(move |shown| shown.fact.text() == Some(word))
    };
    match told("full").or_else(|| told("metadata")) {
        Some(shown) => writer.section("logging", |writer| {
            writer.value("prompts", &shown.fact.shown(), &shown.from());
            writer.ask("logging.outputs", "");
            writer.ask("logging.retention", "how long, such as P30D");
            writer.ask("logging.readers", "");
        }),
        None => {
            // That a server does not log says nothing of the application before it.
            let note = told("none")
                .map(|shown| format!("{} does not record them; does anything else?", shown.from()))
                .unwrap_or_default();
            writer.ask_section("logging", &note, &["prompts", "outputs", "store", "retention", "readers"]);
        }
    }
    writer.gap();
}

/// What no file of a deployment ever shows.
fn open(writer: &mut Writer) {
    writer.comment("Who watches over it, what was measured, who runs it, how much is asked of it and what it may cost:");
    let sections: [(&str, &str, &[&str]); 6] = [
        ("oversight", "how people review the output", &["review", "share", "handover"]),
        ("evaluations", "a list of what was measured; `[]` states that nothing was", &["kind", "target", "date"]),
        ("staffing", "", &["roles", "on_call"]),
        ("workload", "", &["users", "requests_per_user_day", "input_tokens", "output_tokens"]),
        ("budget", "", &["currency", "monthly_cap", "lines"]),
        ("governance", "", &["owner", "incident_plan", "stop_switch"]),
    ];
    for (section, note, fields) in sections {
        writer.ask_section(section, note, fields);
    }
}

/// Writes a value that a file shows; what cannot be written is asked for, with what the file says.
fn filled(writer: &mut Writer, shown: Option<&Shown>, path: &str, value: impl Fn(&Shown) -> Option<String>, note: &str) {
    let key = path.rsplit('.').next().unwrap_or(path);
    match shown.map(|shown| (shown, if shown.fact.standing.has_value() { value(shown) } else { None })) {
        Some((shown, Some(value))) => writer.value(key, &value, &shown.from()),
        Some((shown, None)) if shown.fact.standing.has_value() => {
            writer.ask(path, &format!("{} says {}", shown.from(), shown.fact.shown()));
        }
        Some((shown, None)) => writer.ask(path, &shown.from()),
        None => writer.ask(path, note),
    }
}

fn counted(shown: &Shown) -> Option<String> {
    shown.fact.number().filter(|number| *number >= 0.0 && number.fract() == 0.0).map(number)
}

/// The word of an enumeration that a file's word is.
fn word(desc: &'static EnumDesc, shown: &Shown) -> Option<String> {
    let text = shown.fact.text()?.to_ascii_lowercase();
    let known = match text.as_str() {
        "fp8_e4m3" | "fp8_e5m2" => "fp8",
        "q8_0" if desc.index("q8_0").is_none() => "int8",
        other => other,
    };
    desc.index(known).map(|at| desc.words[at].0.to_owned())
}

fn list(ids: &[&str]) -> String {
    format!("[{}]", ids.iter().map(|id| scalar(id)).collect::<Vec<_>>().join(", "))
}
