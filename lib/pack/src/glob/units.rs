//! Text as JavaScript sees it: a sequence of UTF-16 units.
//!
//! Patterns are taken apart unit by unit, so that `?` is half an emoji, as it is for npm. Each unit is held in a `char`, which keeps the
//! parsers readable: a unit of the basic plane is its own character, and half of a surrogate pair, which no `char` may be, is moved up
//! by [`SHIFT`] to the private plane 16. Real characters of that plane cannot be mistaken for it, because they arrive as pairs too.

/// The units of a text.
pub(super) fn split(text: &str) -> Vec<char> {
    text.encode_utf16().map(|unit| held(u32::from(unit))).collect()
}

/// The text of these units; half a pair alone becomes U+FFFD.
pub(super) fn join(units: &[char]) -> String {
    decode(units)
        .map(|point| point.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// The numeric value of one unit.
pub(super) fn value(unit: char) -> u32 {
    let held = u32::from(unit);
    held.checked_sub(SHIFT).unwrap_or(held)
}

/// The numeric values of these units.
pub(super) fn values(units: &[char]) -> Vec<u32> {
    units.iter().map(|&unit| value(unit)).collect()
}

/// The code points of these units; half a pair alone stands for itself.
pub(super) fn points(units: &[char]) -> Vec<u32> {
    decode(units)
        .map(|point| point.map_or_else(|half| half.unpaired_surrogate().into(), u32::from))
        .collect()
}

/// Whether JavaScript's `\s` means this unit.
pub(super) fn is_space(unit: char) -> bool {
    matches!(unit, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
        || ends_line(unit)
}

/// Whether JavaScript's `.` does not mean this unit.
pub(super) fn ends_line(unit: char) -> bool {
    matches!(unit, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// The pieces between slashes, any number of which count as one: a leading or trailing slash leaves an empty piece.
pub(super) fn pieces(units: &[char]) -> Vec<&[char]> {
    let all: Vec<&[char]> = units.split(|&unit| unit == '/').collect();
    let last = all.len() - 1;
    let kept = all
        .into_iter()
        .enumerate()
        .filter(|(at, piece)| *at == 0 || *at == last || !piece.is_empty());
    kept.map(|(_, piece)| piece).collect()
}

fn held(unit: u32) -> char {
    char::from_u32(unit)
        .or_else(|| char::from_u32(unit + SHIFT))
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn decode(units: &[char]) -> impl Iterator<Item = Result<char, std::char::DecodeUtf16Error>> {
    char::decode_utf16(units.iter().map(|&unit| u16::try_from(value(unit)).unwrap_or(u16::MAX)))
}

/// What is added to half a surrogate pair.
const SHIFT: u32 = 0x10_0000;
