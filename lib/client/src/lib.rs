//! Asks each ChittyOS service, the object store and the npm registry over HTTP.
