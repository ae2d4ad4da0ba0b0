//! The deployed system: what it does, for whom, and what is at stake.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{Bool, Date, Duration, Id, Language, List, Text};

vocabulary! {
    /// One deployed system: what it does, for whom, and what is at stake.
    record System {
        /// Stable identifier; fingerprints of findings are built from it.
        fact id: Id;
        /// Name for people.
        fact name: Text;
        /// What the system is for, in a sentence: NIST AI RMF MAP 1.1, the intended purpose of the EU AI Act.
        fact purpose: Text;
        /// How far along the system is.
        fact lifecycle: Lifecycle;
        /// Day of the first release to users, past or planned.
        fact launch: Date;
        /// What the system is asked to do; Hugging Face task tags where they exist.
        fact tasks: List<Task>;
        /// Worst credible consequence of one wrong or leaked answer.
        fact stakes: Stakes;
        /// What in people's lives or in society the output bears upon, after Annex III of the EU AI Act.
        /// `none` or `[]` states that it bears upon nothing in this list.
        fact effects: List<Effect>;
        /// How much weight the output has in decisions about people (GDPR Art. 22).
        fact decision_role: DecisionRole;
        /// Who uses the system or is addressed by it; Fides data subjects where they exist.
        fact audiences: List<Audience>;
        /// How far outside the organisation the system can be reached.
        fact exposure: Exposure;
        /// The kinds of output that leave the system.
        fact outputs: List<Output>;
        /// Languages in which the system is used, as BCP 47 tags.
        fact languages: List<Language>;
        /// The oldest that the knowledge behind an answer may be, an ISO 8601 duration. `none` states that age
        /// does not matter.
        fact freshness: Duration;
        /// Whether money is charged for the system or for what it produces.
        fact monetised: Bool;
        /// Practices named in Art. 5 of the EU AI Act that the system engages in. `none` or `[]` states that it
        /// engages in none of them.
        fact practices: List<Practice>;
        /// What users are told about the system.
        fact disclosure: Disclosure;
        /// The instructions that precede every conversation. `none` states that there are none.
        fact system_prompt: SystemPrompt;
        /// How the organisation classifies the system under the EU AI Act.
        fact eu_ai_act: EuAiAct;
    }

    /// What users are told about the system.
    record Disclosure {
        /// Whether people are told that they are dealing with an AI system (EU AI Act Art. 50(1)). `none` states
        /// that they are not.
        fact ai_interaction: InteractionNotice;
        /// How generated or altered content is made recognisable (EU AI Act Art. 50(2) and (4)). `none` states
        /// that it is not.
        fact generated_content: ContentMark;
        /// Whether users are told what the system cannot do. `none` states that they are not.
        fact limitations: Shown;
    }

    /// The instructions that precede every conversation.
    record SystemPrompt {
        /// What the instructions contain (OWASP LLM07); whatever is in a prompt can be drawn out of it. `none` or
        /// `[]` states that they contain nothing in this list.
        fact contains: List<PromptContent>;
    }

    /// How the organisation classifies the system under the EU AI Act.
    record EuAiAct {
        /// The organisation's role (Art. 3). `none` states that the Act gives it no role.
        fact role: AiActRole;
        /// The class of risk that the organisation assigns.
        fact risk_class: RiskClass;
        /// The point of Annex III that describes the use, e.g. `4(a)`. `none` states that no point does.
        fact annex_iii: Text;
        /// The ground on which a use listed in Annex III is held not to be high-risk. Left out, no derogation is
        /// relied on.
        claim derogation: Derogation;
    }

    /// How far along a system is.
    ordered enum Lifecycle {
        /// Seen by its makers only.
        Prototype = "prototype",
        /// Used in earnest by a limited group.
        Pilot = "pilot",
        /// In regular use.
        Production = "production",
        /// No longer in use.
        Retired = "retired",
    }

    /// What a system is asked to do.
    plain enum Task {
        QuestionAnswering = "question_answering",
        /// Writing texts that somebody else finishes or sends.
        Drafting = "drafting",
        Dialogue = "dialogue",
        Summarisation = "summarisation",
        /// Reading structured facts out of texts.
        Extraction = "extraction",
        Classification = "classification",
        Translation = "translation",
        CodeGeneration = "code_generation",
        /// Producing texts or media for publication.
        ContentCreation = "content_creation",
        /// Rating or ranking people or cases.
        Scoring = "scoring",
        /// Preparing a decision that a person takes.
        DecisionSupport = "decision_support",
        /// Taking the decision.
        DecisionMaking = "decision_making",
        /// Sorting cases by urgency.
        Triage = "triage",
        /// Passing cases on to whoever deals with them.
        Routing = "routing",
        /// Acting on other systems through tools.
        AgenticAction = "agentic_action",
    }

    /// Worst credible consequence of one wrong or leaked answer.
    ordered enum Stakes {
        /// Nobody would notice.
        Negligible = "negligible",
        /// An annoyance that is easily put right.
        Limited = "limited",
        /// Harm to money, rights or reputation.
        Significant = "significant",
        /// Grave or irreversible harm: to life, liberty or livelihood, or to the organisation as a whole.
        Critical = "critical",
    }

    /// What in people's lives or in society an output bears upon.
    plain enum Effect {
        /// Someone's legal position.
        Legal = "legal",
        Financial = "financial",
        Health = "health",
        /// Physical safety.
        Safety = "safety",
        /// Recruiting, promotion, dismissal and conditions of work (Annex III 4).
        Employment = "employment",
        /// Admission, grading and supervision of learners (Annex III 3).
        Education = "education",
        /// Creditworthiness (Annex III 5(b)).
        Credit = "credit",
        /// Public assistance benefits and services (Annex III 5(a)).
        Benefits = "benefits",
        /// Risk and pricing in life and health insurance (Annex III 5(c)).
        Insurance = "insurance",
        /// Emergency calls and dispatch (Annex III 5(d)).
        EmergencyTriage = "emergency_triage",
        /// Administration of justice and democratic processes (Annex III 8).
        Justice = "justice",
        /// Migration, asylum and border control (Annex III 7).
        Migration = "migration",
        /// Law enforcement (Annex III 6).
        LawEnforcement = "law_enforcement",
        /// Biometrics (Annex III 1).
        Biometrics = "biometrics",
        /// Critical infrastructure (Annex III 2).
        CriticalInfrastructure = "critical_infrastructure",
        Reputation = "reputation",
    }

    /// How much weight an output has in decisions about people.
    plain enum DecisionRole {
        /// It informs; nothing is decided on it.
        Informative = "informative",
        /// It proposes, and a person decides.
        Advisory = "advisory",
        /// It decides, or is followed as a rule.
        Decisive = "decisive",
    }

    /// Who uses a system or is addressed by it.
    plain enum Audience {
        Employees = "employees",
        /// Trained people who can judge an answer in their own field.
        Professionals = "professionals",
        Customers = "customers",
        Public = "public",
        Patients = "patients",
        Students = "students",
        Children = "children",
        /// People who apply for a job, a place or a service.
        Applicants = "applicants",
        Citizens = "citizens",
        Partners = "partners",
    }

    /// How far outside the organisation a system can be reached.
    plain enum Exposure {
        /// By the organisation's own people only.
        Internal = "internal",
        /// By outsiders who have signed in: customers, partners.
        Partners = "partners",
        /// By anybody.
        Public = "public",
    }

    /// A kind of output that leaves a system.
    plain enum Output {
        Dialogue = "dialogue",
        Text = "text",
        /// Text published to inform the public (EU AI Act Art. 50(4)).
        PublishedText = "published_text",
        Code = "code",
        Image = "image",
        Audio = "audio",
        Video = "video",
        /// Something done in another system.
        Action = "action",
        Score = "score",
    }

    /// A practice that Art. 5 of the EU AI Act prohibits or restricts.
    plain enum Practice {
        /// Rating people by their behaviour or character, to their detriment elsewhere.
        SocialScoring = "social_scoring",
        /// Inferring emotions at work or in education.
        EmotionInferenceWorkEducation = "emotion_inference_work_education",
        /// Inferring emotions at work or in education for medical or safety reasons, which Art. 5(1)(f) exempts.
        EmotionInferenceMedicalSafety = "emotion_inference_medical_safety",
        /// Exploiting vulnerabilities of age, disability or social situation.
        ExploitVulnerabilities = "exploit_vulnerabilities",
        /// Influencing people beneath their awareness, or deceiving them on purpose.
        SubliminalManipulation = "subliminal_manipulation",
        /// Predicting crimes of individuals solely from profiling.
        PredictivePolicingProfiling = "predictive_policing_profiling",
        /// Building face databases by scraping without a target.
        UntargetedFaceScraping = "untargeted_face_scraping",
        /// Deducing sensitive traits from biometric data.
        BiometricCategorisationSensitive = "biometric_categorisation_sensitive",
        /// Producing intimate images of people without their consent.
        NonconsensualIntimateContent = "nonconsensual_intimate_content",
    }

    /// How people learn that they are dealing with an AI system.
    plain enum InteractionNotice {
        /// They are told.
        Shown = "shown",
        /// It is obvious to a reasonably attentive person.
        Obvious = "obvious",
    }

    /// How generated content is made recognisable.
    plain enum ContentMark {
        /// By a mark that machines can read (Art. 50(2)).
        Marked = "marked",
        /// By a label that people can see (Art. 50(4)).
        Labelled = "labelled",
    }

    /// Something that users are shown.
    plain enum Shown {
        Shown = "shown",
    }

    /// Something that a system prompt contains.
    plain enum PromptContent {
        /// Tone, persona and format.
        Style = "style",
        /// How the business wants cases handled.
        BusinessRules = "business_rules",
        /// Who may see or do what; rules that a prompt cannot enforce.
        AccessRules = "access_rules",
        PersonalData = "personal_data",
        /// Keys, passwords or connection strings.
        Credentials = "credentials",
    }

    /// A role under Art. 3 of the EU AI Act.
    plain enum AiActRole {
        /// Develops the system and puts it on the market or into service under its own name.
        Provider = "provider",
        /// Uses the system under its authority.
        Deployer = "deployer",
        Importer = "importer",
        Distributor = "distributor",
        /// Provides a general-purpose AI model.
        GpaiProvider = "gpai_provider",
    }

    /// A class of risk under the EU AI Act.
    plain enum RiskClass {
        /// A practice under Art. 5.
        Prohibited = "prohibited",
        /// Art. 6 with Annex I or III.
        High = "high",
        /// Duties of transparency only (Art. 50).
        Limited = "limited",
        /// No particular duty.
        Minimal = "minimal",
    }

    /// A ground on which a use listed in Annex III is held not to be high-risk.
    plain enum Derogation {
        /// Art. 6(3): the system does not materially influence the outcome of a decision and profiles nobody.
        Art63 = "art_6_3",
    }
}
