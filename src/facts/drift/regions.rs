//! In which country a cloud's region lies.

/// Regions of AWS, Azure and Google Cloud with the country they lie in, from the vendors' public lists. State 2026-11;
/// a region that is not here is not known.
const REGIONS: &[(&str, &str)] = &[
    ("us-east-1", "US"),
    ("us-east-2", "US"),
    ("us-west-1", "US"),
    ("us-west-2", "US"),
    ("ca-central-1", "CA"),
    ("sa-east-1", "BR"),
    ("eu-central-1", "DE"),
    ("eu-central-2", "CH"),
    ("eu-west-1", "IE"),
    ("eu-west-2", "GB"),
    ("eu-west-3", "FR"),
    ("eu-north-1", "SE"),
    ("eu-south-1", "IT"),
    ("eu-south-2", "ES"),
    ("ap-northeast-1", "JP"),
    ("ap-northeast-2", "KR"),
    ("ap-northeast-3", "JP"),
    ("ap-southeast-1", "SG"),
    ("ap-southeast-2", "AU"),
    ("ap-south-1", "IN"),
    ("me-south-1", "BH"),
    ("af-south-1", "ZA"),
    ("il-central-1", "IL"),
    ("us-central1", "US"),
    ("us-east1", "US"),
    ("us-east4", "US"),
    ("us-east5", "US"),
    ("us-south1", "US"),
    ("us-west1", "US"),
    ("us-west2", "US"),
    ("us-west3", "US"),
    ("us-west4", "US"),
    ("northamerica-northeast1", "CA"),
    ("southamerica-east1", "BR"),
    ("europe-west1", "BE"),
    ("europe-west2", "GB"),
    ("europe-west3", "DE"),
    ("europe-west4", "NL"),
    ("europe-west6", "CH"),
    ("europe-west8", "IT"),
    ("europe-west9", "FR"),
    ("europe-west10", "DE"),
    ("europe-west12", "IT"),
    ("europe-north1", "FI"),
    ("europe-central2", "PL"),
    ("europe-southwest1", "ES"),
    ("asia-northeast1", "JP"),
    ("asia-northeast3", "KR"),
    ("asia-southeast1", "SG"),
    ("asia-south1", "IN"),
    ("asia-east1", "TW"),
    ("australia-southeast1", "AU"),
    ("eastus", "US"),
    ("eastus2", "US"),
    ("centralus", "US"),
    ("northcentralus", "US"),
    ("southcentralus", "US"),
    ("westus", "US"),
    ("westus2", "US"),
    ("westus3", "US"),
    ("canadacentral", "CA"),
    ("canadaeast", "CA"),
    ("brazilsouth", "BR"),
    ("northeurope", "IE"),
    ("westeurope", "NL"),
    ("uksouth", "GB"),
    ("ukwest", "GB"),
    ("francecentral", "FR"),
    ("germanywestcentral", "DE"),
    ("switzerlandnorth", "CH"),
    ("swedencentral", "SE"),
    ("norwayeast", "NO"),
    ("polandcentral", "PL"),
    ("italynorth", "IT"),
    ("spaincentral", "ES"),
    ("japaneast", "JP"),
    ("koreacentral", "KR"),
    ("southeastasia", "SG"),
    ("australiaeast", "AU"),
    ("centralindia", "IN"),
    ("southindia", "IN"),
    ("uaenorth", "AE"),
    ("southafricanorth", "ZA"),
];

/// The country of a region or zone; a country is its own.
pub fn country(region: &str) -> Option<&str> {
    let region = region.trim();
    if region.len() == 2 && region.chars().all(|c| c.is_ascii_uppercase()) {
        return Some(region);
    }
    let lower = region.to_ascii_lowercase();
    let found = |name: &str| REGIONS.iter().find(|(known, _)| *known == name).map(|(_, country)| *country);
    // `eu-central-1a`, `europe-west4-b`: zones.
    found(&lower)
        .or_else(|| found(lower.trim_end_matches(|c: char| c.is_ascii_alphabetic())))
        .or_else(|| found(lower.rsplit_once('-')?.0))
}

#[cfg(test)]
mod tests {
    use super::country;

    #[test]
    fn regions_and_zones_lie_in_a_country() {
        let cases = [
            ("eu-central-1", "DE"),
            ("eu-central-1a", "DE"),
            ("europe-west4-b", "NL"),
            ("westeurope", "NL"),
            ("GB", "GB"),
            ("us-east-1", "US"),
        ];
        for (region, expected) in cases {
            assert_eq!(country(region), Some(expected), "{region}");
        }
        assert_eq!(country("on-premises"), None);
    }
}
