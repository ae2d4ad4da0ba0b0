//! Near misses: which known word somebody meant.

/// The nearest of `known` to `word`, where it is near enough to be meant.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    distances(word, known).min().map(|(_, candidate)| candidate)
}

/// Those of `known` that are near enough to be meant, the nearest first, each once.
pub fn near<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    let mut found: Vec<(usize, &str)> = distances(word, known).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

fn distances<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> impl Iterator<Item = (usize, &'k str)> {
    let far = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .filter(move |candidate| *candidate != word)
        .map(move |candidate| {
            if word.eq_ignore_ascii_case(candidate) { (0, candidate) } else { (strsim::osa_distance(word, candidate), candidate) }
        })
        .filter(move |(distance, candidate)| *distance <= far || swapped(word, candidate))
}

/// Whether a near word is beyond doubt: the same words written otherwise, or one slip of the hand away from nothing else.
pub fn is_sure<'k>(word: &str, near: &str, known: impl IntoIterator<Item = &'k str>) -> bool {
    if swapped(word, near) || word.eq_ignore_ascii_case(near) || same_spelling(near, word) {
        return true;
    }
    let slip = |candidate: &str| strsim::osa_distance(word, candidate) <= 1;
    word.chars().count() >= 4 && slip(near) && known.into_iter().filter(|candidate| slip(candidate)).count() == 1
}

/// `review_by` for `by_review`, `gpuCount` for `gpu_count`: the same words written otherwise.
fn swapped(word: &str, candidate: &str) -> bool {
    let words = |text: &str| {
        let mut words = vec![String::new()];
        for c in text.chars() {
            if matches!(c, '_' | '-' | ' ') {
                words.push(String::new());
            } else if c.is_uppercase() {
                words.push(c.to_lowercase().collect());
            } else if let Some(last) = words.last_mut() {
                last.push(c);
            }
        }
        words.retain(|w| !w.is_empty());
        words.sort();
        words
    };
    words(word) == words(candidate)
}

/// Whether two words differ only in British and American spelling: `summarisation`, `summarization`.
pub fn same_spelling(known: &str, word: &str) -> bool {
    let ise = |at: usize| {
        let known = known.as_bytes();
        at > 0 && known[at - 1] == b'i' && known.get(at + 1).is_some_and(|c| matches!(c, b'e' | b'a' | b'i'))
    };
    known.len() == word.len()
        && known
            .bytes()
            .zip(word.bytes())
            .enumerate()
            .all(|(at, (a, b))| a == b || (matches!((a, b), (b's', b'z') | (b'z', b's')) && ise(at)))
}

/// A whole number with its thousands set apart: `-1,234`.
pub fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut grouped = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["license", "languages", "gpu_count", "by_review"];
        assert_eq!(nearest("licence", known), Some("license"));
        assert_eq!(nearest("gpuCount", known), Some("gpu_count"));
        assert_eq!(nearest("review_by", known), Some("by_review"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("license", known), None, "a word is no near miss of itself");
    }

    #[test]
    fn only_what_is_beyond_doubt_is_sure() {
        let known = ["license", "languages", "gpu_count", "by_review", "from", "form"];
        for (word, near) in
            [("licence", "license"), ("gpuCount", "gpu_count"), ("GPU_COUNT", "gpu_count"), ("langauges", "languages")]
        {
            assert!(is_sure(word, near, known), "{word}");
        }
        for (word, near) in [("lisense", "license"), ("fro", "from"), ("frm", "from"), ("frorm", "from")] {
            assert_eq!(is_sure(word, near, known), word == "lisense", "{word}");
        }
    }

    #[test]
    fn both_spellings_are_one_word() {
        assert!(same_spelling("summarisation", "summarization"));
        assert!(same_spelling("monetised", "monetized"));
        assert!(!same_spelling("use", "uze"));
    }
}
