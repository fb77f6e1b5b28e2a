//! The words of a certified release and their bytes.
