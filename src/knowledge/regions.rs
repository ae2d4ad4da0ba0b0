//! Which countries belong to the unions that data protection and AI law speak of, and which others are
//! held to protect personal data adequately.

use jiff::civil::{Date, date};

/// Member states of the European Union (Treaty on European Union, Art. 52; 27 members since
/// 2020-02-01).
pub const EU: [&str; 27] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL",
    "PT", "RO", "SK", "SI", "ES", "SE",
];

/// States of the European Economic Area that are not members of the Union (EEA Agreement). The GDPR
/// applies there since 2018-07-20 (EEA Joint Committee Decision 154/2018).
pub const EEA_ONLY: [&str; 3] = ["IS", "LI", "NO"];

/// Whether a country, `EU` or `EEA` lies in the Union, in whole or in part.
pub fn in_eu(region: &str) -> bool {
    matches!(region, "EU" | "EEA") || EU.contains(&region)
}

/// Whether a country, `EU` or `EEA` lies in the Economic Area.
pub fn in_eea(region: &str) -> bool {
    in_eu(region) || EEA_ONLY.contains(&region)
}

/// What an adequacy decision extends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every recipient in the country, whatever small exceptions the decision makes.
    All,
    /// Organisations that the country's law on private commercial activity applies to.
    CommercialOrganisations,
    /// Recipients that are certified under the Data Privacy Framework.
    CertifiedRecipients,
}

/// A finding that a country protects personal data adequately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adequacy {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// The act.
    pub decision: &'static str,
    /// The day from which it counts here: the day of the act, which a notice or a start may follow.
    pub from: Date,
    /// Its last day, where it has one.
    pub until: Option<Date>,
    pub extent: Extent,
}

/// What [`ADEQUACY`] rests on. A finding that rests on it is not verified in the text.
pub const ADEQUACY_SOURCE: &str = "unverified: numbers and days of the decisions from memory, the Official Journal was not \
                                   read; Brazil and the renewal for the United Kingdom from reports; state 2026-11-23";

const fn decided(country: &'static str, decision: &'static str, from: Date, extent: Extent) -> Adequacy {
    Adequacy { country, decision, from, until: None, extent }
}

/// Decisions of the European Commission under GDPR Art. 45(3), or Art. 25(6) of Directive 95/46/EC,
/// which remain in force by GDPR Art. 45(9). Each counts for the whole Economic Area. See
/// [`ADEQUACY_SOURCE`].
pub static ADEQUACY: [Adequacy; 17] = [
    decided("AD", "2010/625/EU", date(2010, 10, 19), Extent::All),
    decided("AR", "2003/490/EC", date(2003, 6, 30), Extent::All),
    decided("BR", "(EU) 2026/179", date(2026, 1, 26), Extent::All),
    decided("CA", "2002/2/EC", date(2001, 12, 20), Extent::CommercialOrganisations),
    decided("CH", "2000/518/EC", date(2000, 7, 26), Extent::All),
    decided("FO", "2010/146/EU", date(2010, 3, 5), Extent::All),
    Adequacy {
        until: Some(date(2025, 12, 27)),
        // Ended on 2025-06-27 until Implementing Decision (EU) 2025/1226 gave it half a year more.
        ..decided("GB", "(EU) 2021/1772", date(2021, 6, 28), Extent::All)
    },
    Adequacy {
        until: Some(date(2031, 12, 27)),
        ..decided("GB", "the renewal of (EU) 2021/1772", date(2025, 12, 19), Extent::All)
    },
    decided("GG", "2003/821/EC", date(2003, 11, 21), Extent::All),
    decided("IL", "2011/61/EU", date(2011, 1, 31), Extent::All),
    decided("IM", "2004/411/EC", date(2004, 4, 28), Extent::All),
    decided("JE", "2008/393/EC", date(2008, 5, 8), Extent::All),
    decided("JP", "(EU) 2019/419", date(2019, 1, 23), Extent::All),
    decided("KR", "(EU) 2022/254", date(2021, 12, 17), Extent::All),
    decided("NZ", "2013/65/EU", date(2012, 12, 19), Extent::All),
    decided("US", "(EU) 2023/1795", date(2023, 7, 10), Extent::CertifiedRecipients),
    decided("UY", "2012/484/EU", date(2012, 8, 21), Extent::All),
];

/// The Commission's decision on a country that holds on a day. Look at its extent: for the United
/// States it covers certified recipients only.
pub fn adequate(country: &str, day: Date) -> Option<&'static Adequacy> {
    ADEQUACY.iter().find(|known| known.country == country && known.from <= day && known.until.is_none_or(|until| day <= until))
}

/// What counts as adequate under the law of the United Kingdom: the Economic Area and Gibraltar, the
/// countries that the Commission had decided on when the transition ended (Data Protection Act 2018,
/// Schedule 21, paragraphs 4 and 5), South Korea since 2022-12-19 and certified recipients in the
/// United States since 2023-10-12. From memory, like [`ADEQUACY`].
pub fn adequate_for_uk(country: &str, day: Date) -> Option<Extent> {
    let transition_ended = date(2020, 12, 31);
    match country {
        "GB" | "GI" => Some(Extent::All),
        "KR" => (day >= date(2022, 12, 19)).then_some(Extent::All),
        "US" => (day >= date(2023, 10, 12)).then_some(Extent::CertifiedRecipients),
        _ if in_eea(country) => Some(Extent::All),
        _ => adequate(country, day).filter(|known| known.from <= transition_ended).map(|known| known.extent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_hold_from_their_day_to_their_last() {
        let extent = |country, day| adequate(country, day).map(|known| known.extent);
        assert_eq!(extent("CH", date(2026, 11, 23)), Some(Extent::All));
        assert_eq!(extent("CA", date(2026, 11, 23)), Some(Extent::CommercialOrganisations));
        assert_eq!(extent("US", date(2023, 7, 9)), None);
        assert_eq!(extent("US", date(2023, 7, 10)), Some(Extent::CertifiedRecipients));
        assert_eq!(extent("GB", date(2025, 12, 27)), Some(Extent::All));
        assert_eq!(extent("GB", date(2031, 12, 27)), Some(Extent::All));
        assert_eq!(extent("GB", date(2031, 12, 28)), None);
        assert_eq!(extent("IN", date(2026, 11, 23)), None);
    }

    #[test]
    fn nobody_in_the_area_needs_a_decision() {
        assert!(ADEQUACY.iter().all(|known| !in_eea(known.country)));
        assert!(ADEQUACY.iter().all(|known| known.until.is_none_or(|until| until > known.from)));
    }

    #[test]
    fn the_united_kingdom_has_its_own_list() {
        let day = date(2026, 11, 23);
        assert_eq!(adequate_for_uk("DE", day), Some(Extent::All));
        assert_eq!(adequate_for_uk("NO", day), Some(Extent::All));
        assert_eq!(adequate_for_uk("GI", day), Some(Extent::All));
        assert_eq!(adequate_for_uk("JP", day), Some(Extent::All));
        assert_eq!(adequate_for_uk("KR", date(2022, 12, 18)), None);
        assert_eq!(adequate_for_uk("US", day), Some(Extent::CertifiedRecipients));
        assert_eq!(adequate_for_uk("BR", day), None);
    }
}
