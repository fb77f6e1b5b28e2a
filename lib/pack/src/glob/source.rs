//! A segment as the regular expression that npm makes of it.
//!
//! Going through the expression's text, and not straight to a matcher, keeps what follows from it: an escaped `|` becomes an
//! alternative of the whole segment, a class that begins with an escaped `^` becomes a negated one, and some combinations are no
//! regular expression at all.

use super::PatternError;
use super::Version;
use super::class;
use super::effort::Effort;
use super::tree::{Id, Part, ROOT, Tree};
use super::units::is_space;

/// The regular expression of a segment, between `^` and `$`.
pub(super) struct Source {
    pub(super) text: Vec<char>,
    /// Whether it matches more than its own text.
    pub(super) magic: bool,
    /// Whether it must be read, and matched, by code points.
    pub(super) points: bool,
}

/// Translates a segment as the older or the newer version of npm's matcher does; only the newer one takes groups in groups apart.
pub(super) fn of_segment(segment: &[char], version: Version, effort: &mut Effort) -> Result<Source, PatternError> {
    let mut tree = Tree::parse(segment, version, effort)?;
    if version == Version::Current {
        tree.flatten(ROOT)?;
    }
    tree.complete_negations()?;
    let text = tree.source(ROOT)?;
    let root = &tree.nodes[ROOT];
    Ok(Source {
        text,
        magic: root.magic,
        points: root.properties,
    })
}

/// A character of an expression, without any meaning of its own.
pub(super) fn escape(unit: char) -> Vec<char> {
    let special = "-[]{}()*+?.,\\^$|#".contains(unit) || is_space(unit);
    if special { vec!['\\', unit] } else { vec![unit] }
}

/// The text of an expression that has no magic.
pub(super) fn unescape(source: &[char]) -> Vec<char> {
    let mut plain = Vec::with_capacity(source.len());
    let mut units = source.iter();
    while let Some(&unit) = units.next() {
        plain.push(if unit == '\\' {
            units.next().copied().unwrap_or(unit)
        } else {
            unit
        });
    }
    plain
}

impl Tree<'_> {
    fn source(&mut self, node: Id) -> Result<Vec<char>, PatternError> {
        let source = match self.kind(node) {
            None => self.sequence(node)?,
            Some(kind) => self.group(node, kind)?,
        };
        self.effort.spend(source.len())?;
        Ok(source)
    }

    fn sequence(&mut self, node: Id) -> Result<Vec<char>, PatternError> {
        let parts = self.parts(node).to_vec();
        let only_text = parts.iter().all(|part| matches!(part, Part::Text(_)));
        let whole = only_text && self.is_start(node) && self.is_end(node);
        let mut source = Vec::new();
        for part in &parts {
            let (text, magic, properties) = match part {
                Part::Text(text) => plain(text, whole, self.effort)?,
                Part::Node(child) => {
                    let text = self.source(*child)?;
                    (text, self.nodes[*child].magic, self.nodes[*child].properties)
                }
            };
            source.extend(text);
            self.nodes[node].magic |= magic;
            self.nodes[node].properties |= properties;
        }
        if self.is_start(node) && refuses_dots(&parts, &source) {
            source.splice(0..0, NO_DOTS.chars());
        }
        let in_negation = self.nodes[node]
            .parent
            .is_some_and(|parent| self.kind(parent) == Some('!'));
        if in_negation && self.is_end(node) {
            source.extend(r"(?:$|\/)".chars());
        }
        Ok(source)
    }

    fn group(&mut self, node: Id, kind: char) -> Result<Vec<char>, PatternError> {
        let mut bodies = Vec::new();
        let parts = self.parts(node).to_vec();
        for part in &parts {
            let Part::Node(child) = part else { continue };
            bodies.push(self.source(*child)?);
            self.nodes[node].properties |= self.nodes[*child].properties;
        }
        let whole = self.is_start(node) && self.is_end(node);
        if whole {
            bodies.retain(|body| !body.is_empty());
        }
        let body = bodies.join(&'|');
        if whole && body.is_empty() && kind != '!' {
            // A segment must not be nothing: such a group counts as text, though its text goes into the expression as it is.
            let text = self.text(node);
            self.make_text(node, text.clone());
            self.nodes[node].properties = false;
            return Ok(text);
        }
        let (open, close) = match kind {
            '!' if self.nodes[node].hollow => return Ok("[^/]+?".chars().collect()),
            '!' => ("(?:(?!(?:", "))[^/]*?)"),
            '?' => ("(?:", ")?"),
            '+' => ("(?:", ")+"),
            '*' => ("(?:", ")*"),
            _ => ("(?:", ")"),
        };
        Ok(open.chars().chain(body).chain(close.chars()).collect())
    }
}

/// Whether a name that the expression would match may be `.` or `..`, which only a pattern of just these dots may name.
fn refuses_dots(parts: &[Part], source: &[char]) -> bool {
    let Some(Part::Text(first)) = parts.first() else {
        return false;
    };
    if parts.len() == 1 && matches!(first.as_slice(), ['.'] | ['.', '.']) {
        return false;
    }
    matches!(
        source,
        ['[' | '.', ..] | ['\\', '.', '[' | '.', ..] | ['\\', '.', '\\', '.', '[' | '.', ..]
    )
}

/// The expression of text outside of groups, whether it has magic, and whether it speaks of Unicode properties.
fn plain(glob: &[char], whole: bool, effort: &mut Effort) -> Result<(Vec<char>, bool, bool), PatternError> {
    effort.spend(glob.len())?;
    let (mut source, mut magic, mut properties) = (Vec::new(), false, false);
    let only_stars = glob.iter().all(|&unit| unit == '*');
    let mut at = 0;
    while let Some(&unit) = glob.get(at) {
        at += 1;
        let class = if unit == '[' {
            class::parse(glob, at - 1, effort)?
        } else {
            None
        };
        match (unit, class) {
            // Several stars are one.
            ('*', _) if glob.get(at) == Some(&'*') => {}
            ('*', _) => {
                source.extend(if whole && only_stars { "[^/]+?" } else { "[^/]*?" }.chars());
                magic = true;
            }
            ('?', _) => {
                source.extend("[^/]".chars());
                magic = true;
            }
            ('\\', _) if at < glob.len() => {
                let escaped = glob[at];
                if "().*{}+?[]^$\\!".contains(escaped) {
                    source.push('\\');
                }
                source.push(escaped);
                at += 1;
            }
            (_, Some(class)) => {
                source.extend(class.source);
                magic |= class.magic;
                properties |= class.properties;
                at += class.length - 1;
            }
            _ => source.extend(escape(unit)),
        }
    }
    Ok((source, magic, properties))
}

/// The beginning of an expression that neither `.` nor `..` matches.
const NO_DOTS: &str = r"(?!(?:^|/)\.\.?(?:$|/))";
