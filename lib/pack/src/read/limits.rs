//! How much a stranger's tarball may ask of us.

/// The most that is read; everything above is refused, never cut off.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the gzipped tarball: 256 MiB by default.
    pub compressed: usize,
    /// Bytes of the tar inside, headers and padding included: 1 GiB by default.
    pub unpacked: usize,
    /// Unpacked bytes for each compressed byte: 1000 by default, above which npm does not
    /// install either.
    pub ratio: usize,
    /// Files and directories: 200,000 by default.
    pub entries: usize,
    /// Bytes of one file: 512 MiB by default.
    pub file: usize,
    /// Bytes of one path, the root included: 1024 by default.
    pub path: usize,
    /// Segments of one path, the root included: 128 by default.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            compressed: 256 << 20,
            unpacked: 1 << 30,
            ratio: 1000,
            entries: 200_000,
            file: 512 << 20,
            path: 1024,
            depth: 128,
        }
    }
}
