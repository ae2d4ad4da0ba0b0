//! The patterns of conditions, compiled when they are first asked for.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use globset::{GlobBuilder, GlobMatcher};
use regex::Regex;

/// Patterns compiled once per run, whichever thread asks first; a pattern is a literal, so there are few.
#[derive(Debug, Default)]
pub struct Patterns {
    regexes: Compiled<Regex>,
    globs: Compiled<GlobMatcher>,
}

/// What patterns of one kind were compiled to; `None` for one that is broken.
#[derive(Debug)]
struct Compiled<T>(RwLock<HashMap<String, Option<Arc<T>>>>);

impl<T> Default for Compiled<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T> Compiled<T> {
    fn get(&self, pattern: &str, compile: impl FnOnce() -> Option<T>) -> Option<Arc<T>> {
        // A thread that panicked left at most one pattern out.
        if let Some(found) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
            return found.clone();
        }
        let compiled = compile().map(Arc::new);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(pattern.to_owned(), compiled.clone());
        compiled
    }
}

impl Patterns {
    /// The regular expression of a pattern; `None` where it is broken.
    pub fn regex(&self, pattern: &str) -> Option<Arc<Regex>> {
        // Unicode tables make a small pattern ten times dearer to compile. They are used only where the
        // pattern asks for more than ASCII, which it shows by not compiling without.
        // How large it may be was settled when its rule was checked.
        let build = |unicode: bool| regex::RegexBuilder::new(pattern).unicode(unicode).size_limit(usize::MAX).build();
        self.regexes.get(pattern, || build(!pattern.is_ascii()).or_else(|_| build(true)).ok())
    }

    /// The glob of a pattern; `None` where it is broken.
    pub fn glob(&self, pattern: &str) -> Option<Arc<GlobMatcher>> {
        let build = || GlobBuilder::new(pattern).literal_separator(true).build().ok();
        self.globs.get(pattern, || build().map(|glob| glob.compile_matcher()))
    }
}
