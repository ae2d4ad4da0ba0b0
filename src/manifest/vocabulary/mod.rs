//! The vocabulary: every field that a manifest may state, with its type, its meaning and the standard it follows.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::List;

mod data;
mod economics;
mod flows;
mod governance;
mod hosting;
mod models;
mod organization;
mod oversight;
mod parties;
mod people;
mod retrieval;
mod system;

pub use data::*;
pub use economics::*;
pub use flows::*;
pub use governance::*;
pub use hosting::*;
pub use models::*;
pub use organization::*;
pub use oversight::*;
pub use parties::*;
pub use people::*;
pub use retrieval::*;
pub use system::*;

vocabulary! {
    /// One deployment of a language model, as its owners describe it: what it does, with which data and
    /// models, for whom, where it runs, who watches over it and what it costs.
    bare record Manifest {
        /// The manifest itself: version of the vocabulary and date of the facts.
        fact manifest: Header;
        /// The organisation that answers for the system.
        fact organization: Organization;
        /// What the system does, for whom, and what is at stake.
        fact system: System;
        /// Suppliers, customers, tenants and other organisations that take part.
        fact parties: List<Party>;
        /// Contracts and terms with those parties; `[]` or `none` states that there is none.
        fact agreements: List<Agreement>;
        /// Groups of people who use the system or see its output.
        fact actors: List<Actor>;
        /// Data that is trained on, retrieved, prompted with, logged or evaluated on.
        fact datasets: List<Dataset>;
        /// Models in use and the models that they come from.
        fact models: List<Model>;
        /// Training and fine-tuning runs under the organisation's own control; `[]` states that there is none.
        fact training: List<TrainingRun>;
        /// Retrieval that puts documents into a model's context; `[]` states that there is none.
        fact retrieval: List<Retrieval>;
        /// Software around the models: applications, stores, caches, tools.
        fact components: List<Component>;
        /// Movements of data between data sets, actors, components, models and parties.
        fact flows: List<Flow>;
        /// Where and on what the models are served.
        fact hosting: List<Hosting>;
        /// How users sign in, and where the system keeps its secrets.
        fact access: Access;
        /// What is recorded of prompts and outputs; `none` states that nothing is.
        fact logging: Logging;
        /// How people review and overrule the output; `none` states that nobody does.
        fact oversight: Oversight;
        /// Measurements made before release; `[]` states that nothing was measured.
        fact evaluations: List<Evaluation>;
        /// What is watched once the system runs; `none` states that nothing is.
        fact monitoring: Monitoring;
        /// People who build and run the system.
        fact staffing: Staffing;
        /// Demand today and as planned.
        fact workload: Workload;
        /// Money set aside for the system; `none` states that there is no budget.
        fact budget: Budget;
        /// Other ways of solving the problem that were weighed; `none` states that none was.
        fact alternatives: Alternatives;
        /// Who keeps the system current, and how.
        fact maintenance: Maintenance;
        /// Accountability, impact assessment, emergency plans and documentation.
        fact governance: Governance;
        /// Findings that somebody accepted for a time. Left out, nothing is waived.
        claim waivers: List<Waiver>;
        /// Files that back up what the manifest states. Left out, nothing is backed up.
        claim evidence: List<EvidenceFile>;
    }
}
