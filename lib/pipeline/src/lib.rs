//! The nine steps of a certified release, in order.
