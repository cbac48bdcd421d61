//! "Did you mean": the nearest of the names that would have been right.

/// Returns `did you mean `x`?` for the candidate nearest to `wrong`, if one is near enough.
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let letters = wrong.chars().count();
    // the distance is at least the difference in length: what is hopeless is not measured
    let within = |name: &&str| name.chars().count().abs_diff(letters) <= letters.max(name.chars().count()) / 3 + 1;
    let near = |name: &&str| strsim::damerau_levenshtein(wrong, name);
    let best = candidates.into_iter().filter(|name| *name != wrong).filter(within).min_by_key(near)?;
    let allowed = (letters.max(best.chars().count()) / 3).max(1);
    (near(&best) <= allowed).then(|| format!("did you mean `{best}`?"))
}

/// Returns the names as people list them: `a`, `b` or `c`.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}
