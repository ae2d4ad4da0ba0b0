//! Which countries belong to the unions that data protection and AI law speak of.

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
