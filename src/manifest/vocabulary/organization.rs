//! The manifest's own header, and the organisation that answers for the system.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{Bool, Count, Country, Currency, Date, Int, List, Number, Region, Text};

vocabulary! {
    /// About the manifest itself.
    record Header {
        /// Version of the vocabulary that the manifest is written in; at present 1.
        fact version: Int;
        /// The day on which the stated facts were true. It dates the facts only: what counts as today is
        /// `--as-of` or the clock.
        fact as_of: Date;
        /// The person or role who last checked the manifest against reality.
        fact reviewed_by: Text;
    }

    /// The organisation that answers for the system.
    record Organization {
        /// Its name, as in a Fides organization.
        fact name: Text;
        /// What kind of body it is.
        fact kind: OrganizationKind;
        /// The sector it works in; decides which professional duties and licence restrictions can apply.
        fact sector: Sector;
        /// Principal place of business, an ISO 3166-1 alpha-2 code.
        fact country: Country;
        /// Where users and data subjects are: ISO 3166-1 alpha-2 codes, `EU` or `EEA`.
        fact regions: List<Region>;
        /// Laws and standards that the organisation holds to apply. A stated list wins; otherwise it is derived
        /// from `country` and `regions`.
        fact regimes: List<Regime>;
        /// Number of people who work there.
        fact headcount: Int;
        /// Revenue of the last financial year; some licences end at a revenue threshold.
        fact annual_revenue: AnnualRevenue;
        /// Users active in a month across all products of the group; some licences end at such a threshold.
        fact monthly_active_users: Count;
        /// Whether it acts commercially; `false` only for bodies that genuinely do not.
        fact commercial: Bool;
    }

    /// A yearly sum of money. Currencies are not converted.
    record AnnualRevenue {
        /// The sum, as a plain number.
        fact amount: Number;
        /// Its currency, an ISO 4217 code.
        fact currency: Currency;
    }

    /// What kind of body an organisation is.
    plain enum OrganizationKind {
        /// A young company, usually funded by investors.
        Startup = "startup",
        /// A small or medium-sized enterprise.
        Sme = "sme",
        /// A large company.
        Enterprise = "enterprise",
        /// An authority or another body under public law.
        PublicBody = "public_body",
        /// A charity, association or foundation.
        Nonprofit = "nonprofit",
        /// A university or research institute.
        Research = "research",
    }

    /// The sector an organisation works in.
    plain enum Sector {
        Accounting = "accounting",
        Banking = "banking",
        Insurance = "insurance",
        Legal = "legal",
        Healthcare = "healthcare",
        /// Human resources: recruiting, staffing, personnel management.
        Hr = "hr",
        Education = "education",
        PublicAdministration = "public_administration",
        Research = "research",
        Media = "media",
        Journalism = "journalism",
        Games = "games",
        Telecom = "telecom",
        Software = "software",
        Retail = "retail",
        Manufacturing = "manufacturing",
        Energy = "energy",
        Transport = "transport",
        Defence = "defence",
        Other = "other",
    }

    /// A law or standard that governs data or AI.
    plain enum Regime {
        /// General Data Protection Regulation (EU) 2016/679.
        Gdpr = "gdpr",
        /// The United Kingdom's version of the GDPR.
        UkGdpr = "uk_gdpr",
        /// United States: Health Insurance Portability and Accountability Act.
        Hipaa = "hipaa",
        /// United States: Gramm-Leach-Bliley Act, for financial institutions.
        Glba = "glba",
        /// United States: section 7216 of the Internal Revenue Code, for tax return preparers.
        Irc7216 = "irc_7216",
        /// California Consumer Privacy Act.
        Ccpa = "ccpa",
        /// United States: Family Educational Rights and Privacy Act.
        Ferpa = "ferpa",
        /// United States: Children's Online Privacy Protection Act.
        Coppa = "coppa",
        /// Payment Card Industry Data Security Standard.
        PciDss = "pci_dss",
        /// Artificial Intelligence Act, Regulation (EU) 2024/1689.
        EuAiAct = "eu_ai_act",
        /// Another regime specific to the sector.
        SectorOther = "sector_other",
    }
}
