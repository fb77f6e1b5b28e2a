//! The ChittyOS services, embedded and in production.
