//! The inside of a brace group that counts: `1..3`, `01..10..3`, `a..e..2`.

use super::units;

/// A first value, a last one and a step.
pub(super) struct Sequence {
    first: f64,
    last: f64,
    step: f64,
    /// The digits to fill up to, where one of the numbers begins with a zero.
    width: Option<usize>,
    letters: bool,
}

impl Sequence {
    /// Reads the inside of a group, if it has this form.
    pub(super) fn parse(body: &[char]) -> Option<Self> {
        let text = units::join(body);
        let words: Vec<&str> = text.split("..").collect();
        let (first, last, step) = match words.as_slice() {
            [first, last] => (*first, *last, "1"),
            [first, last, step] => (*first, *last, *step),
            _ => return None,
        };
        let letters = is_letter(first) && is_letter(last);
        if !is_integer(step) || !(letters || is_integer(first) && is_integer(last)) {
            return None;
        }
        let padded = words.iter().any(|word| is_padded(word));
        Some(Self {
            first: number(first),
            last: number(last),
            step: number(step).abs().max(1.0),
            width: (padded && !letters).then_some(first.len().max(last.len())),
            letters,
        })
    }

    /// The values, at most so many, and at most so many units of them.
    pub(super) fn values(&self, most: usize, longest: usize) -> Vec<Vec<char>> {
        let down = self.last < self.first;
        let step = if down { -self.step } else { self.step };
        let mut values = Vec::new();
        let (mut at, mut length) = (self.first, 0);
        while values.len() < most && if down { at >= self.last } else { at <= self.last } {
            let value = self.show(at);
            length += value.len();
            if length > longest {
                break;
            }
            values.push(value);
            at += step;
        }
        values
    }

    fn show(&self, at: f64) -> Vec<char> {
        if self.letters {
            // A backslash, which lies between the capital and the small letters, is left out.
            let letter = (b'A'..=b'z').find(|&letter| f64::from(letter) == at && letter != b'\\');
            return letter.map(char::from).into_iter().collect();
        }
        let digits = decimal(at.abs());
        let sign = if at < 0.0 { "-" } else { "" };
        let width = self.width.unwrap_or(0).saturating_sub(sign.len());
        units::split(&format!("{sign}{digits:0>width$}"))
    }
}

/// A number as JavaScript writes it.
fn decimal(number: f64) -> String {
    if number.is_infinite() {
        "Infinity".to_owned()
    } else if number >= 1e21 {
        format!("{number:e}").replace('e', "e+")
    } else {
        format!("{number}")
    }
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_integer(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_padded(word: &str) -> bool {
    let mut digits = word.strip_prefix('-').unwrap_or(word).bytes();
    digits.next() == Some(b'0') && digits.next().is_some()
}

/// An integer's value, or a letter's code.
fn number(word: &str) -> f64 {
    word.parse()
        .unwrap_or_else(|_| word.bytes().next().map_or(0.0, f64::from))
}
