//! Organisations that take part, what was agreed with them, and the people who use the system.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{Bool, Count, Country, Date, Duration, Id, List, Percent, Ref, target};

use super::data::Permission;

vocabulary! {
    /// Another organisation that takes part: a supplier, a customer, a tenant. CycloneDX service provider.
    record Party {
        /// Identifier by which agreements, components, hosting and data sets refer to the party.
        fact id: Id;
        /// What the party is to the organisation.
        fact kind: PartyKind;
        /// Where it is established, an ISO 3166-1 alpha-2 code; decides whether data sent to it is transferred abroad.
        fact country: Country;
        /// Whether it is certified under the EU-US Data Privacy Framework.
        fact dpf_certified: Bool;
    }

    /// A contract, or terms of use, with one party.
    record Agreement {
        /// Identifier of the agreement.
        fact id: Id;
        /// The party it is made with.
        fact with: Ref<target::Parties>;
        /// What kind of agreement it is.
        fact kind: AgreementKind;
        /// Data sets and models that it extends to. Left out, its extent is undeclared, and what rests on this
        /// agreement alone stays undecided; `none` or `[]` states that it covers nothing in this manifest.
        fact covers: List<Ref<target::DatasetOrModel>>;
        /// The day on which it ends. `none` states that it is open-ended.
        fact expires: Date;
        /// Whether it renews itself. Left out, renewal is not claimed.
        claim auto_renews: Bool;
        /// What it says on the points that matter here.
        fact terms: Terms;
    }

    /// What an agreement says on the points that matter to an LLM deployment.
    record Terms {
        /// Whether the party may train on what it is sent.
        fact training_on_inputs: TrainingOnInputs;
        /// How long the party keeps what it is sent, an ISO 8601 duration. `none` states that it keeps nothing.
        fact retention: Duration;
        /// The instrument for transfers of personal data to third countries (Fides `LegalBasisForTransfers`).
        /// `none` states that there is none.
        fact transfer: Transfer;
        /// Whether the agreement says who is responsible for which part of security.
        fact security_responsibility: SecurityResponsibility;
        /// Availability promised, in per cent. `none` states that none is promised.
        fact availability: Percent;
        /// Notice before prices change, an ISO 8601 duration. `none` states that there is no notice.
        fact price_notice: Duration;
        /// Notice before the party may end the service, an ISO 8601 duration. `none` states that there is no notice.
        fact exit_notice: Duration;
        /// Who owns what the model writes.
        fact output_owner: Owner;
        /// Who owns a model fine-tuned under this agreement.
        fact finetune_owner: Owner;
        /// Whether output may be used to build models that compete with the party's own. `none` states that
        /// the agreement does not say.
        fact competing_models: Permission;
        /// Whether the party's data may be handled with AI at all.
        fact ai_use: AiUse;
        /// Whether the client has consented to AI being used on matters under professional secrecy.
        fact client_consent_ai: ClientConsent;
        /// Whether the use restrictions of the model's licence are passed on to the party. `none` states that
        /// they are not.
        fact model_use_policy: Included;
        /// Whether the party indemnifies the organisation against claims over intellectual property.
        fact ip_indemnity: Bool;
    }

    /// A group of people who use the system, see its output or read its records.
    record Actor {
        /// Identifier by which flows, data sets and logging refer to the group.
        fact id: Id;
        /// Who they are to the organisation.
        fact kind: ActorKind;
        /// Number of people in the group.
        fact count: Count;
        /// The tenant they belong to. `none` states that they belong to no single tenant.
        fact tenant: Ref<target::Parties>;
        /// Whether they sign in, individually, before they reach the system.
        fact authenticated: Bool;
        /// Whether they are trained to judge the output in its field.
        fact qualified: Bool;
        /// Whether they are a restricted and audited group that reads in emergencies only. Left out, that is not
        /// claimed.
        claim break_glass: Bool;
    }

    /// What a party is to the organisation.
    plain enum PartyKind {
        /// Provides a model, as a service or as weights.
        ModelVendor = "model_vendor",
        /// Provides software as a service.
        SaasVendor = "saas_vendor",
        /// Provides machines, storage and networks.
        CloudInfrastructure = "cloud_infrastructure",
        DataSupplier = "data_supplier",
        /// Labels or rates data.
        Annotation = "annotation",
        Contractor = "contractor",
        Customer = "customer",
        /// A customer with its own, separate part of a shared system.
        Tenant = "tenant",
        /// A company of the same group.
        GroupCompany = "group_company",
    }

    /// A kind of agreement.
    plain enum AgreementKind {
        /// Data processing agreement (GDPR Art. 28).
        Dpa = "dpa",
        /// Business associate agreement (HIPAA).
        Baa = "baa",
        /// Non-disclosure agreement.
        Nda = "nda",
        /// Service level agreement.
        Sla = "sla",
        /// Licence to a model or to software.
        License = "license",
        DataLicense = "data_license",
        /// A vendor's terms for business customers.
        EnterpriseTerms = "enterprise_terms",
        /// A vendor's terms for everybody.
        ConsumerTerms = "consumer_terms",
        /// The organisation's own terms towards its customers.
        CustomerTerms = "customer_terms",
        /// The mandate between a professional and a client.
        EngagementLetter = "engagement_letter",
        /// Assignment of rights in works and inventions.
        IpAssignment = "ip_assignment",
    }

    /// Whether a party may train on what it is sent.
    plain enum TrainingOnInputs {
        /// The agreement forbids it.
        Forbidden = "forbidden",
        /// It would be allowed, and the organisation has opted out.
        OptedOut = "opted_out",
        Allowed = "allowed",
    }

    /// An instrument for transfers of personal data to third countries (GDPR Art. 45 to 49).
    plain enum Transfer {
        /// A decision that the country's protection is adequate.
        Adequacy = "adequacy",
        /// The EU-US Data Privacy Framework.
        Dpf = "dpf",
        /// Standard contractual clauses.
        Sccs = "sccs",
        /// Binding corporate rules.
        Bcrs = "bcrs",
        /// A derogation for specific situations (GDPR Art. 49).
        Derogation = "derogation",
    }

    /// Whether responsibility for security is settled.
    plain enum SecurityResponsibility {
        Defined = "defined",
        Undefined = "undefined",
    }

    /// Who owns an output or a model.
    plain enum Owner {
        /// The organisation of this manifest.
        Us = "us",
        Customer = "customer",
        Vendor = "vendor",
        Shared = "shared",
        /// The agreement does not say.
        Unstated = "unstated",
    }

    /// Whether data may be handled with AI.
    plain enum AiUse {
        Allowed = "allowed",
        /// The agreement does not mention it.
        Silent = "silent",
        Forbidden = "forbidden",
    }

    /// A client's consent to the use of AI.
    plain enum ClientConsent {
        Granted = "granted",
        Refused = "refused",
        /// The agreement does not mention it.
        Silent = "silent",
        NotRequired = "not_required",
    }

    /// Something that an agreement includes.
    plain enum Included {
        Included = "included",
    }

    /// Who a group of people is to the organisation.
    plain enum ActorKind {
        Employees = "employees",
        Contractors = "contractors",
        Customers = "customers",
        Public = "public",
        Patients = "patients",
        Citizens = "citizens",
        Applicants = "applicants",
        Students = "students",
        Children = "children",
        Partners = "partners",
    }
}
