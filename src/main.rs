//! The command line and the GitHub Action.
fn main() {}
