//! Evidence in, proof or refusal out.
