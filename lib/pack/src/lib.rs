//! A folder becomes the npm tarball, byte for byte; tarballs are read safely.
