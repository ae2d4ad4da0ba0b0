//! How many accelerators a machine has that Azure or AWS rents out. The makers' lists of sizes; the number in a name
//! counts processors.

/// The accelerators of a type of machine, where the list has it.
pub(super) fn accelerators(instance: &str) -> Option<f64> {
    let name = instance.trim().to_ascii_lowercase();
    COUNTS.iter().find(|(known, _)| name == *known).map(|(_, count)| *count)
}

const COUNTS: [(&str, f64); 42] = [
    ("standard_nc6s_v3", 1.0),
    ("standard_nc12s_v3", 2.0),
    ("standard_nc24s_v3", 4.0),
    ("standard_nc24rs_v3", 4.0),
    ("standard_nd40rs_v2", 8.0),
    ("standard_nc4as_t4_v3", 1.0),
    ("standard_nc8as_t4_v3", 1.0),
    ("standard_nc16as_t4_v3", 1.0),
    ("standard_nc64as_t4_v3", 4.0),
    ("standard_nv36ads_a10_v5", 1.0),
    ("standard_nv36adms_a10_v5", 1.0),
    ("standard_nv72ads_a10_v5", 2.0),
    ("standard_nc24ads_a100_v4", 1.0),
    ("standard_nc48ads_a100_v4", 2.0),
    ("standard_nc96ads_a100_v4", 4.0),
    ("standard_nd96asr_v4", 8.0),
    ("standard_nd96amsr_a100_v4", 8.0),
    ("standard_nc40ads_h100_v5", 1.0),
    ("standard_nc80adis_h100_v5", 2.0),
    ("standard_nd96isr_h100_v5", 8.0),
    ("standard_nd96isr_h200_v5", 8.0),
    ("standard_nd96isr_mi300x_v5", 8.0),
    ("g4dn.xlarge", 1.0),
    ("g4dn.12xlarge", 4.0),
    ("g5.xlarge", 1.0),
    ("g5.2xlarge", 1.0),
    ("g5.4xlarge", 1.0),
    ("g5.8xlarge", 1.0),
    ("g5.12xlarge", 4.0),
    ("g5.24xlarge", 4.0),
    ("g5.48xlarge", 8.0),
    ("g6.xlarge", 1.0),
    ("g6.12xlarge", 4.0),
    ("g6.48xlarge", 8.0),
    ("g6e.xlarge", 1.0),
    ("g6e.12xlarge", 4.0),
    ("g6e.48xlarge", 8.0),
    ("p4d.24xlarge", 8.0),
    ("p4de.24xlarge", 8.0),
    ("p5.48xlarge", 8.0),
    ("p5e.48xlarge", 8.0),
    ("p5en.48xlarge", 8.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_lists() {
        assert_eq!(accelerators("Standard_NC80adis_H100_v5"), Some(2.0));
        assert_eq!(accelerators("Standard_ND96isr_H100_v5"), Some(8.0));
        assert_eq!(accelerators("Standard_D8s_v5"), None);
    }
}
