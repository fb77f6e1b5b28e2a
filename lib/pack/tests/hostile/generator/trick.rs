//! What is done to a good tarball.

use super::random::Random;

/// One thing done to something.
pub(crate) struct Trick<T: 'static> {
    pub(crate) name: &'static str,
    /// Whether a tarball to which this alone was done has to be refused.
    pub(crate) refused: bool,
    pub(crate) play: fn(&mut Random, &mut T),
}

/// A trick that no reader may fall for.
pub(crate) const fn refused<T>(name: &'static str, play: fn(&mut Random, &mut T)) -> Trick<T> {
    let refused = true;
    Trick { name, refused, play }
}

/// Something that may be accepted, if every reader sees the same in it.
pub(crate) const fn any<T>(name: &'static str, play: fn(&mut Random, &mut T)) -> Trick<T> {
    let refused = false;
    Trick { name, refused, play }
}
