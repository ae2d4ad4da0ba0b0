//! What the table says of a licence, in the form in which the binary carries it.
//!
//! An absent value is not known, or was not read; an empty list was read, and there is none. Nothing is
//! permitted because it is not known. Text is borrowed from the binary, or from the data file while it
//! is compiled.

use serde::{Deserialize, Serialize};

use crate::manifest::describe::vocabulary;

/// The terms of a licence: what facts are derived from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Licence<'a> {
    /// An SPDX id, or a `LicenseRef` of this table.
    pub id: &'a str,
    pub name: &'a str,
    pub kind: Kind,
    pub category: Category,
    pub commercial: Option<Commercial>,
    #[serde(borrow)]
    pub thresholds: Option<Vec<Threshold<'a>>>,
    #[serde(borrow)]
    pub conditions: Vec<Condition<'a>>,
    #[serde(borrow)]
    pub territories: Option<Vec<Territory<'a>>>,
    #[serde(borrow)]
    pub restrictions: Option<Vec<Restriction<'a>>>,
    #[serde(borrow)]
    pub duties: Option<Vec<Duty<'a>>>,
    #[serde(borrow)]
    pub derivatives: Option<Derivatives<'a>>,
    /// Whether offering a hosted service counts as distribution.
    pub hosted_is_distribution: Option<bool>,
    /// What is said on offering the work as a hosted service, where that is said apart.
    pub hosting: Option<HostingRule>,
    /// Whether the use restrictions have to bind one's own users, where that is said apart.
    pub flow_down: Option<bool>,
    #[serde(borrow)]
    pub outputs_for_training: Option<OutputRule<'a>>,
    pub share_alike: Option<bool>,
    pub network_copyleft: Option<bool>,
    pub effective: Option<&'a str>,
    pub verified: Verified,
    /// What was not seen in the text.
    #[serde(borrow)]
    pub unverified: Vec<&'a str>,
}

impl Licence<'_> {
    /// Whether the text, or a copy of it word by word, was read.
    pub fn read(&self) -> bool {
        matches!(self.verified, Verified::Text | Verified::Copy)
    }

    /// Whether it asks for little more than credit.
    pub fn permissive(&self) -> bool {
        matches!(self.category, Category::Permissive | Category::PublicDomain)
    }

    /// Whether no commercial use is allowed at all.
    pub fn non_commercial(&self) -> Option<bool> {
        if matches!(self.category, Category::NonCommercial | Category::ResearchOnly) {
            return Some(true);
        }
        self.commercial.map(|commercial| commercial == Commercial::Forbidden)
    }

    /// Whether use restrictions have to be passed on: as stated, else as the duties have it.
    pub fn passes_on(&self) -> Option<bool> {
        let duty = |duties: &Vec<Duty<'_>>| duties.iter().any(|duty| duty.kind == DutyKind::FlowDown);
        self.flow_down.or_else(|| self.duties.as_ref().map(duty))
    }

    /// What is said on offering it as a hosted service: as stated, else as the restrictions have it.
    pub fn hosted(&self) -> Option<HostingRule> {
        let barred = |list: &Vec<Restriction<'_>>| list.iter().any(|one| one.uses == Use::NoHosting);
        let rule = |barred| if barred { HostingRule::Forbidden } else { HostingRule::Allowed };
        self.hosting.or_else(|| self.restrictions.as_ref().map(barred).map(rule))
    }
}

/// What `explain` shows beyond the terms: names, models, sources, and what no fact is derived from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<'a> {
    pub family: Option<&'a str>,
    #[serde(borrow)]
    pub aliases: Aliases<'a>,
    pub osi_approved: bool,
    #[serde(borrow)]
    pub policy: Option<Policy<'a>>,
    #[serde(borrow)]
    pub outputs_owner: Option<OutputsOwner<'a>>,
    #[serde(borrow)]
    pub patents: Option<Patents<'a>>,
    #[serde(borrow)]
    pub terminates_on: Option<Vec<Termination<'a>>>,
    pub acceptance: Option<Acceptance>,
    #[serde(borrow)]
    pub indemnity: Option<Indemnity<'a>>,
    pub may_change: Option<bool>,
    #[serde(borrow)]
    pub changes: Option<Changes<'a>>,
    #[serde(borrow)]
    pub api: Option<Api<'a>>,
    pub law: Option<&'a str>,
    pub updated: Option<&'a str>,
    #[serde(borrow)]
    pub models: Vec<&'a str>,
    #[serde(borrow)]
    pub datasets: Vec<&'a str>,
    #[serde(borrow)]
    pub examples: Vec<&'a str>,
    #[serde(borrow)]
    pub notes: Vec<&'a str>,
    #[serde(borrow)]
    pub evidence: Vec<Evidence<'a>>,
}

/// Names of a licence, by who uses them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aliases<'a> {
    #[serde(borrow)]
    pub spdx: Vec<&'a str>,
    /// Values of `license` and `license_name` in model cards of the Hugging Face Hub.
    #[serde(borrow)]
    pub hugging_face: Vec<&'a str>,
    /// Keys of the ScanCode LicenseDB.
    #[serde(borrow)]
    pub scancode: Vec<&'a str>,
    #[serde(borrow)]
    pub common: Vec<&'a str>,
}

/// A number beyond which something changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold<'a> {
    pub metric: Metric,
    pub limit: f64,
    pub currency: Option<&'a str>,
    /// Whose users or revenue count.
    pub counted: Option<Counted>,
    pub when: Tested,
    pub period: Option<Period>,
    /// The kinds of business it is about; all, where there are none.
    #[serde(default, borrow)]
    pub business: Vec<&'a str>,
    /// Who or what it does not touch.
    #[serde(default, borrow)]
    pub exempt: Vec<&'a str>,
    /// Whether only commercial use is tested.
    #[serde(default)]
    pub commercial_only: bool,
    /// Whether reaching the limit is enough.
    #[serde(default)]
    pub inclusive: bool,
    pub effect: Effect,
    /// The royalty.
    pub rate_percent: Option<f64>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

impl Threshold<'_> {
    /// The limit in words: `700,000,000 monthly active users`, `1,000,000 USD of annual revenue`.
    pub fn text(&self) -> String {
        let digits = self.limit.to_string();
        let mut grouped = String::new();
        for (at, digit) in digits.char_indices() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let metric = self.metric.word().replace('_', " ");
        match self.currency {
            Some(currency) => format!("{grouped} {currency} of {metric}"),
            None => format!("{grouped} {metric}"),
        }
    }
}

/// Something that has to be done, or be the case, before the licence holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition<'a> {
    pub kind: ConditionKind,
    #[serde(default, borrow)]
    pub business: Vec<&'a str>,
    pub counted: Option<Counted>,
    pub before: Option<&'a str>,
    #[serde(default, borrow)]
    pub exempt: Vec<&'a str>,
    #[serde(default, borrow)]
    pub regions: Vec<&'a str>,
    pub effect: Effect,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// Places that the licence leaves out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Territory<'a> {
    /// ISO 3166-1 codes, `EU` or `EEA`.
    #[serde(default, borrow)]
    pub excluded: Vec<&'a str>,
    /// Whether everything is left out that a list elsewhere does not name.
    #[serde(default)]
    pub unlisted: bool,
    pub of: Whose,
    pub modalities: Option<Modalities>,
    /// Whether outputs are left out too.
    #[serde(default)]
    pub outputs: bool,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// A use that the licence does not allow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restriction<'a> {
    #[serde(rename = "use")]
    pub uses: Use,
    /// What lifts it.
    pub unless: Option<Unless>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// Something that has to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duty<'a> {
    #[serde(rename = "duty")]
    pub kind: DutyKind,
    /// The words to be shown, or with which a name begins.
    pub text: Option<&'a str>,
    #[serde(default, borrow)]
    pub alternatives: Vec<&'a str>,
    pub when: DutyWhen,
    /// Whether models made with outputs are meant too.
    pub outputs: Option<bool>,
    /// Whether a hosted service has to do it too.
    pub hosted: Option<bool>,
    #[serde(default)]
    pub modified_only: bool,
    /// The models it is about; all, where there are none.
    #[serde(default, borrow)]
    pub models: Vec<&'a str>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// What holds for works made from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derivatives<'a> {
    pub same_licence: Option<bool>,
    /// What of the licence reaches derivatives that are under other terms.
    #[serde(default)]
    pub reach: Vec<Reach>,
    /// How names of derived models begin.
    pub naming: Option<&'a str>,
    pub state_changes: Option<bool>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// Whether other models may be trained on what the model writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputRule<'a> {
    pub rule: Option<OutputsAllowed>,
    pub scope: Option<OutputScope>,
    /// Whether the same holds for training with the model itself.
    pub materials: Option<bool>,
    /// Whether such a model counts as a derivative.
    pub derivative: Option<bool>,
    /// Whether the text does not say it, and it follows from its silence.
    #[serde(default)]
    pub silent: bool,
    /// Whether the text says it in so many words.
    #[serde(default)]
    pub explicit: bool,
    /// Whether only models that are similar are meant.
    #[serde(default)]
    pub similar: bool,
    #[serde(default, borrow)]
    pub except: Vec<&'a str>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// Rules of conduct that stand elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy<'a> {
    pub present: bool,
    pub clause: Option<&'a str>,
    #[serde(rename = "where")]
    pub location: Option<&'a str>,
    pub may_change: Option<bool>,
    pub read: Option<bool>,
    pub says: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputsOwner<'a> {
    pub party: OwnerOfOutputs,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patents<'a> {
    pub grant: Option<PatentGrant>,
    /// What a suit over patents or other rights ends.
    pub suit_ends: Option<SuitEnds>,
    pub says: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Termination<'a> {
    pub event: TerminationEvent,
    pub automatic: Option<bool>,
    pub ends: Option<SuitEnds>,
    pub curable: Option<bool>,
    pub cure_days: Option<u16>,
    pub notice_days: Option<u16>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acceptance {
    pub by_use: Option<bool>,
    pub click_through: Option<bool>,
    pub gated: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indemnity<'a> {
    pub by_licensee: Option<bool>,
    pub licensee_says: Option<&'a str>,
    pub by_licensor: Option<bool>,
    pub licensor_says: Option<&'a str>,
    pub covers_outputs: Option<bool>,
    pub clause: Option<&'a str>,
}

/// How the terms may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changes<'a> {
    pub notice_days: Option<u16>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// What the terms of a service say on what is sent to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Api<'a> {
    pub audience: ServiceAudience,
    pub trains_on_inputs: Option<TrainsOnInputs>,
    #[serde(rename = "api")]
    pub interface: Option<TrainsOnInputs>,
    pub other: Option<TrainsOnInputs>,
    pub unpaid: Option<TrainsOnInputs>,
    pub paid: Option<TrainsOnInputs>,
    pub standard: Option<TrainsOnInputs>,
    pub preview: Option<TrainsOnInputs>,
    pub discounted: Option<TrainsOnInputs>,
    pub human_review: Option<bool>,
    pub retention_days: Option<u16>,
    pub retention_clause: Option<&'a str>,
    pub clause: Option<&'a str>,
    pub says: Option<&'a str>,
}

/// Where a statement of the table comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence<'a> {
    pub fact: &'a str,
    pub clause: Option<&'a str>,
    pub source: &'a str,
}

vocabulary! {
    /// What a licence is written for.
    plain enum Kind {
        Model = "model",
        Software = "software",
        Data = "data",
        /// Terms of a service.
        Service = "service",
        /// A tag that names no single text.
        Tag = "tag",
    }

    /// What a licence is like, as a whole.
    plain enum Category {
        /// No rights are reserved.
        PublicDomain = "public_domain",
        /// Little is asked for beyond credit and notices.
        Permissive = "permissive",
        /// Permissive below a threshold of users or revenue.
        PermissiveWithThreshold = "permissive_with_threshold",
        /// Changes to the work itself stay under the licence.
        WeakCopyleft = "weak_copyleft",
        /// Adapted works stay under the licence; of works other than software.
        ShareAlike = "share_alike",
        /// Works made from it stay under the licence.
        Copyleft = "copyleft",
        /// Free, with use restrictions that travel with the model.
        ResponsibleUse = "responsible_use",
        /// A publisher's own licence, with thresholds, naming or use restrictions.
        Community = "community",
        /// The source is open to see, some uses are reserved.
        SourceAvailable = "source_available",
        /// Adapted works may not be shared.
        NoDerivatives = "no_derivatives",
        /// No commercial use.
        NonCommercial = "non_commercial",
        /// Research only.
        ResearchOnly = "research_only",
        /// Terms of a service, not a licence to weights.
        ProprietaryApi = "proprietary_api",
        /// Not known.
        Unknown = "unknown",
    }

    /// Whether commercial use is allowed.
    plain enum Commercial {
        Allowed = "allowed",
        /// Below a threshold, for some kinds of business, or after registration.
        Conditional = "conditional",
        Forbidden = "forbidden",
    }

    /// What is counted.
    plain enum Metric {
        MonthlyActiveUsers = "monthly_active_users",
        DailyActiveUsers = "daily_active_users",
        MonthlyRevenue = "monthly_revenue",
        AnnualRevenue = "annual_revenue",
        AnnualRecurringRevenue = "annual_recurring_revenue",
        /// Revenue that the work brings in, or that can be put down to it.
        AttributableRevenue = "attributable_revenue",
    }

    /// Whose users or revenue count.
    plain enum Counted {
        /// The product or service that uses the work.
        Product = "product",
        /// The licensee.
        Organisation = "organisation",
        /// The licensee and its affiliates.
        Group = "group",
    }

    /// When a threshold is tested.
    plain enum Tested {
        /// Once, for the time before the version was released; growth does not count.
        Release = "release",
        AnyTime = "any_time",
    }

    /// The time over which is counted.
    plain enum Period {
        PrecedingMonth = "preceding_month",
        PrecedingCalendarYear = "preceding_calendar_year",
        AnyTwelveMonths = "any_12_months",
    }

    /// What happens beyond a threshold, or without a condition.
    plain enum Effect {
        /// Another licence has to be obtained from the licensor.
        LicenceNeeded = "licence_needed",
        /// The licence ends.
        Terminates = "terminates",
        /// The licence does not extend to it.
        NotLicensed = "not_licensed",
        /// A name has to be shown.
        DisplayName = "display_name",
        /// A share of the revenue is owed.
        Royalty = "royalty",
        /// The licensor has to be told.
        Notice = "notice",
        /// The licensor reviews security.
        SecurityReview = "security_review",
    }

    /// A kind of condition.
    plain enum ConditionKind {
        Business = "business",
        Notice = "notice",
        Registration = "registration",
        Permission = "permission",
        HostedService = "hosted_service",
        ContentFilter = "content_filter",
        PolicyCompliance = "policy_compliance",
        CompetingProduct = "competing_product",
        ProductionUse = "production_use",
        PaidTier = "paid_tier",
    }

    /// What has to lie in a territory for the exclusion to hold.
    plain enum Whose {
        /// The licensee: its principal place of business.
        Licensee = "licensee",
        /// The use.
        Use = "use",
    }

    /// Which models an exclusion is about.
    plain enum Modalities {
        Multimodal = "multimodal",
    }

    /// Uses that licences restrict.
    plain enum Use {
        /// Commercial use.
        NonCommercialOnly = "non_commercial_only",
        /// Anything but research.
        ResearchOnly = "research_only",
        /// Use in production.
        NoProduction = "no_production",
        /// Supplying it to others commercially.
        NoCommercialSupply = "no_commercial_supply",
        /// Anything but personal use.
        PersonalUseOnly = "personal_use_only",
        /// Anything but internal use.
        InternalUseOnly = "internal_use_only",
        /// Anything but computation.
        ComputationalUseOnly = "computational_use_only",
        /// Use with accounts of an employer.
        WorkAccounts = "work_accounts",
        /// Offering it as a hosted service.
        NoHosting = "no_hosting",
        Resale = "resale",
        /// Selling it by itself.
        NoStandaloneSale = "no_standalone_sale",
        NoRedistribution = "no_redistribution",
        NoSublicensing = "no_sublicensing",
        /// Sharing adapted versions.
        NoAdaptations = "no_adaptations",
        OutsideTerritory = "outside_territory",
        Military = "military",
        Weapons = "weapons",
        Nuclear = "nuclear",
        Espionage = "espionage",
        NationalSecurity = "national_security",
        Surveillance = "surveillance",
        Tracking = "tracking",
        Biometrics = "biometrics",
        SocialScoring = "social_scoring",
        CrimePrediction = "crime_prediction",
        /// Administration of justice and law enforcement.
        JusticeLawEnforcement = "justice_law_enforcement",
        /// Migration and asylum.
        Migration = "migration",
        CriticalInfrastructure = "critical_infrastructure",
        /// Transport and heavy machinery.
        TransportMachinery = "transport_machinery",
        AutonomousDriving = "autonomous_driving",
        /// Medical advice and the interpretation of results.
        MedicalAdvice = "medical_advice",
        MedicalDiagnosis = "medical_diagnosis",
        Medical = "medical_use",
        /// Health information without the agreement that it needs.
        PhiWithoutAgreement = "phi_without_agreement",
        /// Practice of a profession without a licence to practise.
        ProfessionalPractice = "professional_practice",
        /// Decisions without a person that bear on someone's rights.
        AutomatedDecisions = "automated_decisions",
        /// Decisions that bear on someone's legal position.
        LegalImpactDecisions = "legal_impact_decisions",
        InsuranceDecisions = "insurance_decisions",
        Discrimination = "discrimination",
        /// Inferring protected traits.
        ProtectedClassInference = "protected_class_inference",
        ExploitingVulnerable = "exploiting_vulnerable",
        HarmMinors = "harm_minors",
        /// Use by, or for, minors.
        Minors = "minors",
        SexualContent = "sexual_content",
        Hate = "hate",
        Harassment = "harassment",
        HarmfulContent = "harmful_content",
        RegulatedContent = "regulated_content",
        Disinformation = "disinformation",
        ElectionInterference = "election_interference",
        Impersonation = "impersonation",
        Fraud = "fraud",
        Malware = "malware",
        Unlawful = "unlawful",
        Infringement = "infringement",
        StyleMimicry = "style_mimicry",
        MisleadingBranding = "misleading_branding",
        PersonalData = "personal_data",
        SensitiveData = "sensitive_data",
        /// Personal data used to harm.
        PiiToHarm = "pii_to_harm",
        Scraping = "scraping",
        /// Machine-made text that is not disclosed as such.
        UndisclosedMachineOutput = "undisclosed_machine_output",
        /// Presenting outputs, or the model, as human.
        ClaimedAsHuman = "claimed_as_human",
        /// Dangers that are known and not disclosed.
        UndisclosedDangers = "undisclosed_dangers",
        /// Publication that nobody reviewed.
        UnreviewedPublication = "unreviewed_publication",
        /// Working around safety measures.
        SafetyBypass = "safety_bypass",
        ReverseEngineering = "reverse_engineering",
        ModelExtraction = "model_extraction",
        Distillation = "distillation",
        Benchmarking = "benchmarking",
        GroundedResultsReuse = "grounded_results_reuse",
        CredentialTransfer = "credential_transfer",
        LicenceKeyCircumvention = "licence_key_circumvention",
        /// Combining it with works under copyleft.
        CopyleftTaint = "copyleft_taint",
    }

    /// What lifts a restriction.
    plain enum Unless {
        /// Somebody qualified answers for it.
        Qualified = "qualified",
        Consent = "consent",
        Conditions = "conditions",
        Permission = "permission",
        Disclosure = "disclosure",
        HumanOversight = "human_oversight",
        Compliance = "compliance",
        PaidTier = "paid_tier",
        ZeroRetention = "zero_retention",
    }

    /// Something that a licence asks for.
    plain enum DutyKind {
        /// A copy of the licence goes along.
        LicenceCopy = "licence_copy",
        RetainNotices = "retain_notices",
        NoticeFile = "notice_file",
        StateChanges = "state_changes",
        Credit = "credit",
        /// Words are shown with a product.
        Display = "display",
        /// The name of a model begins with a word.
        NamePrefix = "name_prefix",
        /// Use restrictions bind one's own users and recipients.
        FlowDown = "flow_down",
        SourceOffer = "source_offer",
        Citation = "citation",
        Disclaimer = "disclaimer",
        History = "history",
        /// The latest version is used.
        LatestVersion = "latest_version",
        Documentation = "documentation",
    }

    /// When a duty arises.
    plain enum DutyWhen {
        /// With any use.
        Use = "use",
        /// With commercial use.
        CommercialUse = "commercial_use",
        /// With a product or service that uses it.
        Product = "product",
        /// When it is passed on.
        Redistribution = "redistribution",
        /// When it is passed on in a changed form.
        Modified = "modified",
        /// When a model made from it is released.
        ModelRelease = "model_release",
        /// When results are published.
        Publication = "publication",
        /// When it is used in public.
        PublicUse = "public_use",
        /// When it is used over a network.
        NetworkUse = "network_use",
        /// When parts are used again.
        Reuse = "reuse",
        /// Beyond a threshold of users or revenue.
        OverThreshold = "over_threshold",
        /// It is asked for, not required.
        Encouraged = "encouraged",
    }

    /// What of a licence reaches derivatives under other terms.
    plain enum Reach {
        Terms = "terms",
        Duties = "duties",
        Thresholds = "thresholds",
        Restrictions = "restrictions",
    }

    /// What is said on offering a work as a hosted service.
    plain enum HostingRule {
        Allowed = "allowed",
        Restricted = "restricted",
        Forbidden = "forbidden",
    }

    /// Whether models may be trained on outputs.
    plain enum OutputsAllowed {
        Allowed = "allowed",
        /// The trained model's name has to begin with a word.
        WithNaming = "with_naming",
        Conditional = "conditional",
        Forbidden = "forbidden",
    }

    /// Which training on outputs a rule is about.
    plain enum OutputScope {
        /// Any training.
        Any = "any",
        OtherModels = "other_models",
        OtherLlms = "other_llms",
        OtherTextToImage = "other_text_to_image",
        FoundationModels = "foundation_models",
        /// Models that compete with the licensor's.
        Competing = "competing",
        CommercialUse = "commercial_use",
        NonCommercial = "non_commercial",
        PolicyConflict = "policy_conflict",
        ImageOutputs = "image_outputs",
    }

    /// Who owns outputs.
    plain enum OwnerOfOutputs {
        /// The licensee.
        Licensee = "licensee",
        /// The licensor.
        Licensor = "licensor",
        /// The licensor claims nothing.
        Unclaimed = "unclaimed",
        /// The text does not say.
        Silent = "silent",
    }

    /// Whether patents are licensed.
    plain enum PatentGrant {
        /// Licensed in so many words.
        Express = "express",
        /// The text does not say.
        Silent = "silent",
        /// Not licensed.
        Withheld = "withheld",
    }

    /// What comes to an end.
    plain enum SuitEnds {
        /// All rights.
        AllRights = "all_rights",
        /// The licence to patents.
        PatentLicence = "patent_licence",
        Nothing = "nothing",
    }

    /// What ends a licence.
    plain enum TerminationEvent {
        Breach = "breach",
        /// A suit over intellectual property.
        IpLitigation = "ip_litigation",
        /// A suit over patents.
        PatentLitigation = "patent_litigation",
        /// The licensor's decision.
        AtWill = "at_will",
        /// A use that is not allowed.
        RestrictedUse = "restricted_use",
        /// Revenue beyond a threshold.
        Revenue = "revenue",
        /// Working around safety measures.
        GuardrailBypass = "guardrail_bypass",
    }

    /// Whom a service is for.
    plain enum ServiceAudience {
        /// Business customers.
        Business = "business",
        /// Consumers.
        Consumer = "consumer",
    }

    /// Whether a service trains on what it is sent.
    plain enum TrainsOnInputs {
        Never = "never",
        NotByDefault = "not_by_default",
        /// Unless one opts out.
        OptOut = "opt_out",
        /// On the kind of access or contract.
        Depends = "depends",
        Always = "always",
    }

    /// How well it is known under which licence a model is.
    plain enum Confidence {
        /// The model itself was seen with the licence's tag.
        Seen = "seen",
        /// Models of the same family were, and its name belongs to it.
        Family = "family",
        /// Recalled.
        Memory = "memory",
    }

    /// How the terms were checked.
    plain enum Verified {
        /// The text itself was read.
        Text = "text",
        /// A copy, word by word, was read.
        Copy = "copy",
        /// Parts, summaries or quotations were read.
        Partial = "partial",
        /// Recalled; not fit for an error.
        Memory = "memory",
    }
}
