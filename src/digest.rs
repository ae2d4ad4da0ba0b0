//! SHA-256 of what was read, so that two people can tell whether they look at the same bytes.

use sha2::{Digest, Sha256};

/// The digest of some bytes in hexadecimal, as `sha256sum` prints it.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The digest of several files as one: of the lines that `sha256sum` prints for them.
pub fn sha256_of_all<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update(format!("{}  {name}\n", sha256(bytes)));
    }
    hex(&hash.finalize())
}

/// Bytes in hexadecimal: two small letters or digits each.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(u32::from(four), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard() {
        // FIPS 180-4, the example of one block.
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn several_files_have_the_digest_of_their_list() {
        let list = format!("{}  a\n{}  b\n", sha256(b"1"), sha256(b"2"));
        assert_eq!(sha256_of_all([("a", b"1".as_slice()), ("b", b"2")]), sha256(list.as_bytes()));
    }
}
