//! Logging, human oversight, evaluation and monitoring.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{
    Bool, Count, Date, Duration, Either, Id, Language, List, Number, Quantity, Ref, Share, Text, target,
};

use super::system::Task;

vocabulary! {
    /// What is recorded of conversations, where, for how long and for whom.
    record Logging {
        /// What is kept of prompts. `none` states that nothing is.
        fact prompts: Level;
        /// What is kept of outputs. `none` states that nothing is.
        fact outputs: Level;
        /// The component that keeps it.
        fact store: Ref<target::Components>;
        /// How long it is kept, an ISO 8601 duration (EU AI Act Art. 19 and 26(6): at least six months for high-risk
        /// systems). `none` states that no limit is set.
        fact retention: Duration;
        /// Actors who can read it. `[]` or `none` states that nobody can.
        fact readers: List<Ref<target::Actors>>;
        /// Whether it can be traced who asked when, which versions of model and index answered, from which sources,
        /// and who reviewed (EU AI Act Art. 12).
        fact audit: Bool;
        /// What else the records are used for. `none` states that they are used for nothing else.
        fact reuse: LogReuse;
        /// What one request adds to the records, a Kubernetes quantity; enters the cost of observability.
        fact bytes_per_request: Quantity;
    }

    /// How people review the output and can overrule it.
    record Oversight {
        /// When people look. `none` states that they do not.
        fact review: Review;
        /// Tasks that the review covers, in words of `system.tasks`. `none` or `[]` states that it covers none.
        fact covers: List<Task>;
        /// Share of the items needing review that are reviewed, from 0 to 1; 1 when left out.
        default(1.0) share: Share;
        /// Items that need review on a day.
        fact items_per_day: Count;
        /// Whether reviewers can overrule the system.
        fact r#override as "override": Bool;
        /// Where users can turn instead of the system. `none` states that there is nowhere.
        fact handover: Human;
        /// Who reviews. `none` states that nobody is assigned.
        fact reviewers: Reviewers;
    }

    /// The people who review.
    record Reviewers {
        /// What they are, e.g. `tax_adviser`; `user` when users review their own drafts.
        fact role: Text;
        /// Full-time equivalents set aside for reviewing.
        fact fte: Number;
        /// Whether they are trained to judge the output in its field.
        fact qualified: Bool;
        /// Minutes that one item takes.
        fact minutes_per_item: Number;
        /// What an hour of their work costs, in `budget.currency`.
        fact hourly_cost: Number;
    }

    /// One measurement of a model or of the whole system.
    record Evaluation {
        /// Identifier of the measurement.
        fact id: Id;
        /// What is measured (NIST AI RMF MEASURE 2).
        fact kind: EvaluationKind;
        /// The model or the system that was measured.
        fact target: Ref<target::ModelOrSystem>;
        /// The revision of the model that was measured.
        fact revision: Text;
        /// The data set it was measured on. `none` states that it is none of those declared.
        fact dataset: Ref<target::Datasets>;
        /// Whether that data was kept apart from all training. Left out, that is not claimed.
        claim held_out: Bool;
        /// The metric (CycloneDX `performanceMetrics.type`), e.g. `expert_pass_rate`.
        fact metric: Text;
        /// The result (CycloneDX `performanceMetrics.value`).
        fact value: Number;
        /// The result that is needed for release. `none` states that none was set.
        fact threshold: Number;
        /// Whether higher or lower results are better.
        fact direction: Direction;
        /// Number of items measured.
        fact size: Count;
        /// The groups that results were broken down by (CycloneDX `performanceMetrics.slice`). `none` states that
        /// they were not.
        fact slices: Slices;
        /// Who or what judged the answers: `human`, or the id of a model. `none` states that no judge was needed.
        fact judge: Either<Human, Ref<target::Models>>;
        /// Whether a judging model was compared with people's judgement. Left out, that is not claimed.
        claim judge_validated: Bool;
        /// The day of the measurement.
        fact date: Date;
        /// Who measured.
        fact by: Evaluator;
        /// Time from one repetition to the next, an ISO 8601 duration; enters the cost of evaluation. `none` states
        /// that it is not repeated.
        fact cadence: Duration;
        /// Tokens sent for one item, on average.
        fact input_tokens: Count;
        /// Tokens generated for one item, on average.
        fact output_tokens: Count;
    }

    /// The groups that results were broken down by.
    record Slices {
        /// Languages, as BCP 47 tags.
        fact languages: List<Language>;
        /// Groups of people, in words of your own.
        fact groups: List<Text>;
    }

    /// What is watched once the system runs.
    record Monitoring {
        /// How the quality of answers is measured in operation. `none` states that it is not.
        fact quality: QualityMonitoring;
        /// The channel for users' feedback, e.g. `in_app`. `none` states that there is none.
        fact feedback: Text;
        /// How often spending is looked at, e.g. `daily`. `none` states that it is not.
        fact cost: Text;
        /// Whether load is watched against capacity.
        fact capacity: Bool;
    }

    /// How the quality of answers is measured in operation.
    record QualityMonitoring {
        /// The metric, e.g. `groundedness`.
        fact metric: Text;
        /// Share of the answers that are measured, from 0 to 1.
        fact sample: Share;
    }

    /// How much of a conversation is recorded.
    plain enum Level {
        /// Every word.
        Full = "full",
        /// The text without recognised identifiers.
        Redacted = "redacted",
        /// Times, lengths and versions only.
        Metadata = "metadata",
    }

    /// What else records are used for.
    plain enum LogReuse {
        Evaluation = "evaluation",
        Training = "training",
    }

    /// When people look at the output.
    plain enum Review {
        /// At samples, afterwards.
        Sampled = "sampled",
        /// Before it reaches whoever it is for.
        BeforeRelease = "before_release",
        /// Before anything is done on it.
        BeforeAction = "before_action",
    }

    /// A person.
    plain enum Human {
        Human = "human",
    }

    /// What an evaluation measures.
    plain enum EvaluationKind {
        /// Whether statements are true.
        Factuality = "factuality",
        /// Whether statements follow from the sources given.
        Groundedness = "groundedness",
        /// Success at the system's own task.
        Task = "task",
        /// Whether cited sources support the answer.
        Citation = "citation",
        /// Differences between groups of people.
        Bias = "bias",
        /// Harmful content.
        Safety = "safety",
        /// Attack by people who try to make it fail.
        RedTeam = "red_team",
        /// Resistance to attacks on the software and to prompt injection.
        Security = "security",
        /// Whether training data can be drawn out.
        PrivacyExtraction = "privacy_extraction",
        /// Whether it can be told who is in the training data.
        MembershipInference = "membership_inference",
        /// Verbatim reproduction of protected works.
        Regurgitation = "regurgitation",
        /// Stability under odd or altered inputs.
        Robustness = "robustness",
        /// Behaviour under load.
        Load = "load",
    }

    /// Which results are better.
    plain enum Direction {
        Higher = "higher",
        Lower = "lower",
    }

    /// Who measured.
    plain enum Evaluator {
        Internal = "internal",
        /// Somebody without a stake in the result.
        Independent = "independent",
        /// The maker of the model.
        Vendor = "vendor",
    }
}
