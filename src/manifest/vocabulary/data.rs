//! Data sets: what is in them, who may see it, and what may be done with it.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{Bool, Count, Date, Duration, Either, Id, Int, Licence, List, Ref, Region, Text, target};

vocabulary! {
    /// A body of data with one owner, one sensitivity and one set of rights. CycloneDX component of type data.
    record Dataset {
        /// Identifier by which flows, training, retrieval and evaluations refer to the data set.
        fact id: Id;
        /// What it is, in a sentence.
        fact description: Text;
        /// What it is mainly used for (CycloneDX `componentData.type`).
        fact role: DatasetRole;
        /// Kinds of data in it, as Fides data category keys matched by prefix: `user.financial` includes
        /// `user.financial.bank_account`. Categories of your own begin with `x-`.
        fact categories: List<Text>;
        /// Whom it is about, as Fides data subject keys, and `children`.
        fact subjects: List<Text>;
        /// How confidential it is (CycloneDX `dataClassification`).
        fact classification: Classification;
        /// Professional or contractual secrets that it falls under. `none` or `[]` states that it falls under none.
        fact duties: List<Duty>;
        /// What was done so that it no longer identifies people. Left out, nothing was done.
        claim deidentification: Deidentification;
        /// What it was collected for, as Fides data use keys; training is `train_ai_system`.
        fact purposes: List<Text>;
        /// Legal basis of each use (GDPR Art. 6).
        fact legal_basis: LegalBases;
        /// State of the data subjects' consent for each use.
        fact consent: Consents;
        /// Whether the records of people who did not consent were taken out. Left out, that is not claimed.
        claim filtered_to_consent: Bool;
        /// Condition under which special categories may be processed (GDPR Art. 9(2), Fides
        /// `SpecialCategoryLegalBasis`). `none` states that no condition is met.
        fact art9_condition: Art9Condition;
        /// Actors who may see records of it at all; `entitlement_unit` says which records. `[]` states that
        /// nobody may.
        fact entitled: List<Ref<target::Actors>>;
        /// How finely that right is cut: `group` lets every entitled actor see every record.
        fact entitlement_unit: EntitlementUnit;
        /// The single tenant it belongs to. `none` states that it belongs to no single tenant.
        fact tenant: Ref<target::Parties>;
        /// Number of tenants whose data it holds, or `many`.
        fact tenants: Either<Int, Many>;
        /// Countries that it may not leave: ISO 3166-1 alpha-2 codes, `EU` or `EEA`. `none` states that it may
        /// go anywhere.
        fact residency: List<Region>;
        /// How long it is kept, an ISO 8601 duration; copies should not be kept longer. `none` states that no
        /// limit is set.
        fact retention: Duration;
        /// How a person's request for erasure is carried out (GDPR Art. 17). `none` states that it cannot be.
        fact erasure: Erasure;
        /// Where it comes from.
        fact source: DatasetSource;
        /// The model that generated it, for synthetic data. `none` states that no model did.
        fact generated_by: Ref<target::Models>;
        /// Data sets that it was made from (Croissant, CycloneDX pedigree). `[]` or `none` states that it was made
        /// from none in this manifest.
        fact derived_from: List<Ref<target::Datasets>>;
        /// Its licence: an SPDX expression, a `LicenseRef`, a Hugging Face tag, or `NOASSERTION`. `none` states
        /// that there is no licence.
        fact license: Licence;
        /// Who owns it and what the owner permits.
        fact rights: Rights;
        /// What protects it against errors and poisoning.
        fact integrity: Integrity;
        /// Number of records.
        fact records: Count;
        /// The day on which it was last brought up to date.
        fact updated: Date;
    }

    /// What was done so that data no longer identifies people (DPV; GDPR Art. 4(5)).
    record Deidentification {
        /// How far the data is removed from people. Left out or `none`, nothing was done.
        claim state: DeidentificationState;
        /// The technique used.
        claim method: DeidentificationMethod;
        /// Whether a test for re-identification was done and passed. Left out, that is not claimed.
        claim verified: Bool;
    }

    /// Legal basis of each use of personal data (GDPR Art. 6, Fides `LegalBasisForProcessing`).
    record LegalBases {
        /// Basis for training a model on it. `none` states that there is none.
        fact training: LegalBasis;
        /// Basis for retrieving it into a model's context. `none` states that there is none.
        fact retrieval: LegalBasis;
        /// Basis for sending it to a model as a prompt. `none` states that there is none.
        fact inference: LegalBasis;
    }

    /// State of the data subjects' consent for each use.
    record Consents {
        /// Consent to training a model on it.
        fact training: Consent;
        /// Consent to retrieving it into a model's context.
        fact retrieval: Consent;
        /// Consent to sending it to a model as a prompt.
        fact inference: Consent;
    }

    /// Who owns a data set and what the owner permits.
    record Rights {
        /// The party that owns it. `none` states that it belongs to none of the declared parties.
        fact owner: Ref<target::Parties>;
        /// Whether models may be trained on it. `none` states that no right was obtained.
        fact training: Permission;
        /// Whether it may be used commercially. `none` states that no right was obtained.
        fact commercial: Permission;
        /// Whether reservations against text and data mining were heeded (Directive (EU) 2019/790 Art. 4(3)).
        fact tdm_optout: MiningOptOut;
    }

    /// What protects a data set against errors and poisoning.
    record Integrity {
        /// Whether its origin is on record (ISO/IEC 42001 A.7.5). `none` states that it is not.
        fact provenance: Provenance;
        /// Whether people chose or checked what is in it. Left out, that is not claimed.
        claim curated: Bool;
        /// Whether it was scanned for malicious or poisoned content. Left out, that is not claimed.
        claim scanned: Bool;
        /// Whether checksums show that it was not altered. Left out, that is not claimed.
        claim checksums: Bool;
    }

    /// What a data set is mainly used for.
    plain enum DatasetRole {
        Training = "training",
        Retrieval = "retrieval",
        Evaluation = "evaluation",
        /// What users send.
        Prompts = "prompts",
        /// Records of prompts and outputs.
        Logs = "logs",
        /// Users' ratings and corrections.
        Feedback = "feedback",
        /// Data looked up by software, outside the model.
        Reference = "reference",
    }

    /// How confidential something is.
    ordered enum Classification {
        /// Anybody may see it.
        Public = "public",
        /// The organisation's own people may see it.
        Internal = "internal",
        /// Those who need it may see it.
        Confidential = "confidential",
        /// Few named people may see it; disclosure does grave harm.
        Restricted = "restricted",
    }

    /// A professional or contractual secret.
    plain enum Duty {
        TaxSecrecy = "tax_secrecy",
        LegalPrivilege = "legal_privilege",
        MedicalConfidentiality = "medical_confidentiality",
        BankingSecrecy = "banking_secrecy",
        AuditSecrecy = "audit_secrecy",
        /// A promise of confidentiality to another party.
        Nda = "nda",
        TradeSecret = "trade_secret",
    }

    /// How far data is removed from the people it came from.
    plain enum DeidentificationState {
        /// People can be identified with additional information that is kept apart.
        Pseudonymised = "pseudonymised",
        /// People cannot be identified by any means reasonably likely to be used.
        Anonymised = "anonymised",
        /// Generated, and about nobody.
        Synthetic = "synthetic",
        /// Only totals over groups.
        Aggregated = "aggregated",
    }

    /// A technique of de-identification.
    plain enum DeidentificationMethod {
        /// Replacing identifiers by hashes; reversible by trying inputs.
        Hashing = "hashing",
        /// Replacing identifiers by tokens from a vault.
        Tokenisation = "tokenisation",
        /// Hiding parts of identifiers.
        Masking = "masking",
        /// Removing identifiers that were recognised.
        Redaction = "redaction",
        /// Replacing identifiers by codes with a separate key list.
        KeyCoding = "key_coding",
        /// Generalising until each person shares their traits with others.
        KAnonymity = "k_anonymity",
        Aggregation = "aggregation",
        DifferentialPrivacy = "differential_privacy",
        /// Generating new records instead of altering old ones.
        Generation = "generation",
    }

    /// A legal basis for processing personal data (GDPR Art. 6(1)).
    plain enum LegalBasis {
        Consent = "consent",
        Contract = "contract",
        LegalObligation = "legal_obligation",
        VitalInterests = "vital_interests",
        PublicInterest = "public_interest",
        LegitimateInterests = "legitimate_interests",
    }

    /// State of the data subjects' consent to a use.
    plain enum Consent {
        Granted = "granted",
        /// Some of them consented.
        Partial = "partial",
        Refused = "refused",
        Withdrawn = "withdrawn",
        NotAsked = "not_asked",
    }

    /// A condition for processing special categories of personal data (GDPR Art. 9(2)).
    plain enum Art9Condition {
        /// Art. 9(2)(a).
        ExplicitConsent = "explicit_consent",
        /// Art. 9(2)(b).
        EmploymentSocialSecurity = "employment_social_security",
        /// Art. 9(2)(c).
        VitalInterests = "vital_interests",
        /// Art. 9(2)(d).
        NonprofitBody = "nonprofit_body",
        /// Art. 9(2)(e): manifestly made public by the person.
        MadePublic = "made_public",
        /// Art. 9(2)(f).
        LegalClaims = "legal_claims",
        /// Art. 9(2)(g).
        SubstantialPublicInterest = "substantial_public_interest",
        /// Art. 9(2)(h).
        HealthOrSocialCare = "health_or_social_care",
        /// Art. 9(2)(i).
        PublicHealth = "public_health",
        /// Art. 9(2)(j): archiving, research and statistics.
        Research = "research",
    }

    /// How finely a right to see records is cut.
    plain enum EntitlementUnit {
        /// Every entitled actor may see every record.
        Group = "group",
        /// Records of one's own tenant.
        PerTenant = "per_tenant",
        /// Records of the clients assigned to one.
        PerClient = "per_client",
        /// Records of the matters or cases assigned to one.
        PerMatter = "per_matter",
        /// Records about oneself.
        OwnRecords = "own_records",
    }

    /// More than one, without a number.
    plain enum Many {
        Many = "many",
    }

    /// How requests for erasure reach a place where data is kept.
    plain enum Erasure {
        /// By themselves, from the source.
        Propagated = "propagated",
        /// Somebody deletes by hand.
        Manual = "manual",
    }

    /// Where a data set comes from.
    plain enum DatasetSource {
        Internal = "internal",
        CustomerProvided = "customer_provided",
        /// Obtained under a licence from its owner.
        Licensed = "licensed",
        /// Bought or obtained from a vendor.
        Vendor = "vendor",
        /// Published for anybody to use.
        PublicDataset = "public_dataset",
        /// Collected from websites.
        Scraped = "scraped",
        /// Written by users of the organisation's own services.
        UserGenerated = "user_generated",
        /// E-mail from outside.
        InboundMail = "inbound_mail",
        /// Generated by a program or a model.
        Synthetic = "synthetic",
    }

    /// Whether something may be done.
    plain enum Permission {
        Allowed = "allowed",
        Forbidden = "forbidden",
    }

    /// How reservations against text and data mining were treated.
    plain enum MiningOptOut {
        Respected = "respected",
        Ignored = "ignored",
        /// The data is not subject to such reservations.
        NotApplicable = "not_applicable",
    }

    /// How well an origin is on record.
    plain enum Provenance {
        Documented = "documented",
        Partial = "partial",
    }
}
