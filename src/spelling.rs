//! Near misses: which known word somebody meant.

use std::collections::{BTreeSet, HashMap};

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
    let (long, letters) = (word.chars().count(), letters(word));
    let far = furthest(long);
    known.into_iter().filter(move |candidate| *candidate != word).filter_map(move |candidate| {
        // Words that are too long or too short are not near, and other letters are no exchange of words: most are neither,
        // and are passed over without a table of distances.
        let close = candidate.chars().count().abs_diff(long) <= far;
        let distance = close.then(|| distance(word, candidate)).filter(|distance| *distance <= far);
        let exchanged =
            || (self::letters(candidate) == letters && swapped(word, candidate)).then(|| self::distance(word, candidate));
        distance.or_else(exchanged).map(|distance| (distance, candidate))
    })
}

/// Slips of the hand between two words; none where only the case differs.
fn distance(word: &str, candidate: &str) -> usize {
    if word.eq_ignore_ascii_case(candidate) { 0 } else { strsim::osa_distance(word, candidate) }
}

/// Slips of the hand that a word of so many characters may have and still be meant.
fn furthest(long: usize) -> usize {
    (long / 3).clamp(1, 3)
}

/// A number that words have in common that are [`swapped`]: the sum of the squares of their letters.
fn letters(text: &str) -> u64 {
    let plain = text.chars().filter(|c| !is_separator(*c)).flat_map(lower);
    plain.map(|c| u64::from(u32::from(c)).pow(2)).fold(0, u64::wrapping_add)
}

fn is_separator(c: char) -> bool {
    matches!(c, '_' | '-' | ' ')
}

fn lower(c: char) -> impl Iterator<Item = char> {
    let upper = c.is_uppercase();
    c.to_lowercase().filter(move |_| upper).chain((!upper).then_some(c))
}

/// Words in which the nearest to many others are looked for: each question costs about what is near, not what is there. The
/// answers are those of [`nearest`].
#[derive(Debug)]
pub struct Index<'k> {
    /// Sorted, each once, with its characters.
    words: Vec<(&'k str, Vec<char>)>,
    /// Places of words by themselves in lower case.
    folded: HashMap<String, Vec<usize>>,
    /// Places of words by what they are made of.
    parts: HashMap<Vec<String>, Vec<usize>>,
}

impl<'k> Index<'k> {
    pub fn new(known: impl IntoIterator<Item = &'k str>) -> Self {
        let words: BTreeSet<&str> = known.into_iter().collect();
        let words: Vec<(&str, Vec<char>)> = words.into_iter().map(|word| (word, word.chars().collect())).collect();
        let mut folded: HashMap<String, Vec<usize>> = HashMap::new();
        let mut made: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (at, (word, _)) in words.iter().enumerate() {
            folded.entry(word.to_ascii_lowercase()).or_default().push(at);
            made.entry(parts(word)).or_default().push(at);
        }
        Self { words, folded, parts: made }
    }

    /// The nearest word, where it is near enough to be meant.
    pub fn nearest(&self, word: &str) -> Option<&'k str> {
        let found = |places: Option<&Vec<usize>>| {
            let candidates = places.into_iter().flatten().map(|at| self.words[*at].0).filter(|candidate| *candidate != word);
            candidates.map(|candidate| (distance(word, candidate), candidate)).min()
        };
        let folded = found(self.folded.get(&word.to_ascii_lowercase()));
        if let Some((_, candidate)) = folded {
            return Some(candidate);
        }
        let exchanged = found(self.parts.get(&parts(word)));
        let letters: Vec<char> = word.chars().collect();
        let slips = (1..=furthest(letters.len())).find_map(|most| Some((most, self.within(word, &letters, most)?)));
        exchanged.into_iter().chain(slips).min().map(|(_, candidate)| candidate)
    }

    /// The first word that is at most so many slips away. Words that begin alike share the rows of the table of distances,
    /// and where a beginning is too far away already, all words with it are.
    fn within(&self, word: &str, letters: &[char], most: usize) -> Option<&'k str> {
        let mut table: Vec<Vec<usize>> = vec![(0..=letters.len()).collect()];
        let (mut at, mut before): (usize, &[char]) = (0, &[]);
        while let Some((candidate, chars)) = self.words.get(at) {
            let common = before.iter().zip(chars).take_while(|(a, b)| a == b).count();
            table.truncate(common + 1);
            let mut dead = None;
            while dead.is_none() && table.len() <= chars.len() {
                let next = row(&table, &chars[..table.len()], letters, most);
                dead = next.iter().all(|cell| *cell > most).then_some(table.len());
                table.push(next);
            }
            before = chars;
            if let Some(end) = dead {
                let begins = &chars[..end];
                at += self.words[at..].partition_point(|(_, other)| other.starts_with(begins));
                continue;
            }
            if table[chars.len()][letters.len()] <= most && *candidate != word {
                return Some(candidate);
            }
            at += 1;
        }
        None
    }
}

/// The next row of a table of distances (optimal string alignment), for one more character of a candidate. Only what may
/// still be within `most` is worked out; everything else is too far.
fn row(table: &[Vec<usize>], chars: &[char], letters: &[char], most: usize) -> Vec<usize> {
    let depth = table.len();
    let above = &table[depth - 1];
    let mut row = vec![most + 1; letters.len() + 1];
    row[0] = depth.min(most + 1);
    for column in depth.saturating_sub(most).max(1)..=(depth + most).min(letters.len()) {
        let same = letters[column - 1] == chars[depth - 1];
        let mut cell = (above[column - 1] + usize::from(!same)).min(above[column] + 1).min(row[column - 1] + 1);
        if depth > 1 && column > 1 && letters[column - 1] == chars[depth - 2] && letters[column - 2] == chars[depth - 1] {
            cell = cell.min(table[depth - 2][column - 2] + 1);
        }
        row[column] = cell;
    }
    row
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
    parts(word) == parts(candidate)
}

/// The words of a name, sorted and in lower case.
fn parts(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars() {
        if is_separator(c) {
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

    /// By the plain definition: everything is compared with everything.
    fn plainly<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
        let far = (word.chars().count() / 3).clamp(1, 3);
        let all = known.iter().copied().filter(|candidate| *candidate != word);
        let all = all.map(|candidate| (distance(word, candidate), candidate));
        all.filter(|(distance, candidate)| *distance <= far || swapped(word, candidate)).min().map(|(_, candidate)| candidate)
    }

    proptest::proptest! {
        #[test]
        fn an_index_answers_as_the_definition_does(
            known in proptest::collection::vec("[ab]{0,12}|[a-c_-]{1,9}|[aäÄB ]{1,5}|(ab|Cd|e_|-f){1,5}", 0..40),
            words in proptest::collection::vec("[ab]{0,12}|[a-c_-]{1,9}|[aäÄB ]{1,5}|(ab|Cd|e_|-f){1,5}", 1..20),
        ) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let index = Index::new(known.iter().copied());
            for word in words.iter().map(String::as_str).chain(known.iter().copied()) {
                let expected = plainly(word, &known);
                proptest::prop_assert_eq!(index.nearest(word), expected, "{:?} in {:?}", word, known);
                proptest::prop_assert_eq!(nearest(word, known.iter().copied()), expected, "{:?} in {:?}", word, known);
            }
        }
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
