//! "Did you mean": the nearest of the names that would have been right.

/// Letters of a name to which another is still sought: a longer one is no slip of a finger.
const LONGEST: usize = 60;
/// Names that a wrong one is compared to at most.
const MOST: usize = 500;
/// Names that a message lists at most.
const LISTED: usize = 20;

/// Returns `did you mean `x`?` for the candidate nearest to `wrong`, if one is near enough.
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wrong, candidates).map(|best| format!("did you mean `{best}`?"))
}

/// Returns the candidate nearest to `wrong`, if one is near enough. Of very many candidates the first few hundred of about its
/// length are compared.
pub(super) fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // no name has fewer letters than a quarter of its bytes
    if wrong.len() > 4 * LONGEST {
        return None;
    }
    let letters = wrong.chars().count();
    // the distance is at least the difference in length: what is hopeless is not measured
    let within = |name: &&str| {
        let other = if name.len() > 4 * LONGEST { name.len() } else { name.chars().count() };
        other.max(letters) <= LONGEST && other.abs_diff(letters) <= letters.max(other) / 3 + 1
    };
    let near = |name: &&str| strsim::damerau_levenshtein(wrong, name);
    let fitting = candidates.into_iter().filter(|name| *name != wrong).filter(within).take(MOST);
    let (distance, best) = fitting.map(|name| (near(&name), name)).min_by_key(|(distance, _)| *distance)?;
    let allowed = (letters.max(best.chars().count()) / 3).max(1);
    (distance <= allowed).then_some(best)
}

/// Returns the names as people list them: `a`, `b` or `c`; of very many the first.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut quoted: Vec<String> = names.by_ref().take(LISTED).map(|name| format!("`{name}`")).collect();
    if let rest @ 1.. = names.count() {
        quoted.push(format!("{rest} more"));
    }
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}
