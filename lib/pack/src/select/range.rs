//! Ranges of versions as npm reads them, and whether two of them have anything in common.

use std::cmp::Ordering;

use semver::{BuildMetadata, Prerelease, Version};

/// Alternatives, each a list of conditions.
#[derive(Clone, Debug)]
pub(super) struct Range(Vec<Vec<Condition>>);

#[derive(Clone, Debug)]
struct Condition {
    operator: Operator,
    version: Version,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Operator {
    Below,
    AtMost,
    Exactly,
    AtLeast,
    Above,
}

use Operator::{Above, AtLeast, AtMost, Below, Exactly};

impl Range {
    /// Reads a range; none when npm does not take the text for one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        text.split("||").map(alternative).collect::<Option<_>>().map(Self)
    }

    /// Whether npm thinks that one version can be in both. It does not ask whether there are versions between two conditions.
    pub(super) fn intersects(&self, other: &Self) -> bool {
        let agree = |a: &[Condition], b: &[Condition]| a.iter().all(|a| b.iter().all(|b| a.agrees(b)));
        let possible = |range: &&Vec<Condition>| agree(range, range);
        let others: Vec<&Vec<Condition>> = other.0.iter().filter(possible).collect();
        self.0
            .iter()
            .filter(possible)
            .any(|a| others.iter().any(|b| agree(a, b)))
    }
}

impl Condition {
    fn new(operator: Operator, version: Version) -> Self {
        Self { operator, version }
    }

    /// Whether both can hold at once.
    fn agrees(&self, other: &Self) -> bool {
        match (self.operator, other.operator) {
            (Exactly, _) => other.admits(&self.version),
            (_, Exactly) => self.admits(&other.version),
            _ if self.is_nothing() || other.is_nothing() => false,
            (AtLeast | Above, AtLeast | Above) | (AtMost | Below, AtMost | Below) => true,
            (AtLeast | Above, _) => self.leaves_room(other),
            (AtMost | Below, _) => other.leaves_room(self),
        }
    }

    /// Whether a lower bound lies below an upper one.
    fn leaves_room(&self, upper: &Self) -> bool {
        match self.version.cmp_precedence(&upper.version) {
            Ordering::Less => true,
            Ordering::Equal => self.operator == AtLeast && upper.operator == AtMost,
            Ordering::Greater => false,
        }
    }

    /// Whether the version is in the range that this condition is alone. A pre-release is only when the condition names one of
    /// the same version.
    fn admits(&self, version: &Version) -> bool {
        let order = version.cmp_precedence(&self.version);
        let holds = match self.operator {
            Below => order.is_lt(),
            AtMost => order.is_le(),
            Exactly => order.is_eq(),
            AtLeast => order.is_ge(),
            Above => order.is_gt(),
        };
        let base = |version: &Version| (version.major, version.minor, version.patch);
        let meant = !self.version.pre.is_empty() && base(version) == base(&self.version);
        holds && (version.pre.is_empty() || meant)
    }

    fn is_nothing(&self) -> bool {
        self.operator == Below && (self.version.major, self.version.minor, self.version.patch) == (0, 0, 0)
    }
}

/// Reads what stands between two `||`.
fn alternative(text: &str) -> Option<Vec<Condition>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [from, "-", to] = words.as_slice() {
        let (from, to) = (Partial::parse(from)?, Partial::parse(to)?);
        let lower = from.major.map(|_| Condition::new(AtLeast, from.lowest()));
        let upper = to.major.map(|_| match to.after() {
            Some(after) => Condition::new(Below, after),
            None => Condition::new(AtMost, to.lowest()),
        });
        return Some(lower.into_iter().chain(upper).collect());
    }
    let mut conditions = Vec::new();
    let mut operator = String::new();
    for word in words {
        operator.push_str(word);
        // An operator may stand apart from its version.
        if operator.chars().all(|c| OPERATORS.contains(c)) {
            continue;
        }
        conditions.extend(simple(&std::mem::take(&mut operator))?);
    }
    operator.is_empty().then_some(conditions)
}

/// Reads `^1.2`, `>=1`, `1.x` and the like.
fn simple(text: &str) -> Option<Vec<Condition>> {
    let version = text.trim_start_matches(|c| OPERATORS.contains(c));
    let operator = text.get(..text.len() - version.len())?;
    let partial = Partial::parse(version)?;
    let between = |upper| vec![Condition::new(AtLeast, partial.lowest()), Condition::new(Below, upper)];
    let one = |operator, version| Some(vec![Condition::new(operator, version)]);
    if partial.major.is_none() {
        return match operator {
            "<" | ">" => one(Below, Version::new(0, 0, 0)),
            "" | "=" | "<=" | ">=" | "^" | "~" | "~>" => Some(Vec::new()),
            _ => None,
        };
    }
    match (operator, partial.after()) {
        ("^", _) => Some(between(partial.after_caret())),
        ("~" | "~>", Some(after)) => Some(between(after)),
        ("~" | "~>", None) => Some(between(
            Partial {
                patch: None,
                ..partial.clone()
            }
            .after()?,
        )),
        ("" | "=", None) => one(Exactly, partial.lowest()),
        ("" | "=", Some(after)) => Some(between(after)),
        (">=", _) => one(AtLeast, partial.lowest()),
        (">", Some(after)) => one(
            AtLeast,
            Version {
                pre: Prerelease::EMPTY,
                ..after
            },
        ),
        (">", None) => one(Above, partial.lowest()),
        ("<", Some(_)) => one(Below, before_all(partial.lowest())),
        ("<", None) => one(Below, partial.lowest()),
        ("<=", Some(after)) => one(Below, after),
        ("<=", None) => one(AtMost, partial.lowest()),
        _ => None,
    }
}

/// A version of which the end may be missing.
#[derive(Clone, Debug)]
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    pre: Prerelease,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(['v', '=']);
        if text.ends_with(['-', '+']) {
            return None;
        }
        let (text, build) = text.split_once('+').unwrap_or((text, ""));
        let (numbers, pre) = text.split_once('-').unwrap_or((text, ""));
        let mut parts = numbers.split('.');
        let mut next = || match parts.next() {
            None | Some("x" | "X" | "*") => Some(None),
            Some(digits) if digits.len() > 1 && digits.starts_with('0') => None,
            Some(digits) => digits.parse().ok().map(Some),
        };
        let (major, minor, patch) = (next()?, next()?, next()?);
        BuildMetadata::new(build).ok()?;
        let ordered = major.is_some() || minor.is_none();
        let complete = ordered && (minor.is_some() || patch.is_none()) && parts.next().is_none();
        complete.then_some(Self {
            major,
            minor,
            patch,
            pre: Prerelease::new(pre).ok()?,
        })
    }

    /// The first version that is meant.
    fn lowest(&self) -> Version {
        let mut version = Version::new(
            self.major.unwrap_or_default(),
            self.minor.unwrap_or_default(),
            self.patch.unwrap_or_default(),
        );
        if self.patch.is_some() {
            version.pre = self.pre.clone();
        }
        version
    }

    /// The first version that is no longer meant; none when exactly one is.
    fn after(&self) -> Option<Version> {
        let major = self.major.unwrap_or_default();
        Some(before_all(match (self.minor, self.patch) {
            (None, _) => Version::new(major.saturating_add(1), 0, 0),
            (Some(minor), None) => Version::new(major, minor.saturating_add(1), 0),
            (Some(_), Some(_)) => return None,
        }))
    }

    /// The first version that may be incompatible.
    fn after_caret(&self) -> Version {
        let major = self.major.unwrap_or_default();
        before_all(match (major, self.minor, self.patch) {
            (0, Some(0), Some(patch)) => Version::new(0, 0, patch.saturating_add(1)),
            (0, Some(minor), _) => Version::new(0, minor.saturating_add(1), 0),
            _ => Version::new(major.saturating_add(1), 0, 0),
        })
    }
}

/// The version before all pre-releases of this one.
fn before_all(mut version: Version) -> Version {
    version.pre = Prerelease::new("0").unwrap_or_default();
    version
}

const OPERATORS: &str = "<>=^~";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_meet_where_npm_lets_them_meet() {
        for (a, b, meet) in [
            ("^1.0.0", "1.2.3", true),
            ("^1.0.0", "2.x", false),
            ("<2.0.0", ">=2.0.0", false),
            ("<=2.0.0", ">=2.0.0", true),
            ("1 - 2", "2.9.9", true),
            ("1.2 - 2.3.4", ">2.3.4", false),
            ("~1.2", "^1.3.0", false),
            ("^0.2.3", "0.3.0", false),
            ("^0.0.3", "0.0.4", false),
            ("*", "5.0.0", true),
            ("", ">=1 <2", true),
            (">= 1.0.0 < 2", "1.5.0 || 3", true),
            ("1.x || >=2.5.0", "2.0.0", false),
            ("^1.0.0", "1.2.0-beta.1", false),
            ("^1.2.0-alpha", "1.2.0-beta.1", false),
            (">=1.2.0-alpha", "1.2.0-beta.1", true),
            (">1 <2", "1.5.0", false),
            (">2 <1", "*", false),
            ("v1.2.3", "=1.2.3", true),
            ("1.2.3+build", "1.2.3", true),
        ] {
            let (a_range, b_range) = (Range::parse(a).unwrap(), Range::parse(b).unwrap());
            assert_eq!(a_range.intersects(&b_range), meet, "{a} {b}");
            assert_eq!(b_range.intersects(&a_range), meet, "{b} {a}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "latest",
            "npm:a@1",
            "1.2.3.4",
            "01.2.3",
            ">",
            "1.2.3-",
            "file:../x",
            "=>1",
            "1.2.3 - ",
        ] {
            assert!(Range::parse(text).is_none(), "{text}");
        }
    }
}
