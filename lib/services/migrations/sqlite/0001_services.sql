-- The tables of the services. Times are seconds since 1970-01-01T00:00:00Z; JSON is text; hashes are `sha256:` and 64 hex digits.

CREATE TABLE api_keys (
    key_hash   TEXT PRIMARY KEY NOT NULL,
    chitty_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    status     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE service_tokens (
    token_hash TEXT PRIMARY KEY NOT NULL,
    service_id TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    status     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE certificates (
    cert_id             TEXT PRIMARY KEY NOT NULL,
    chitty_id           TEXT NOT NULL UNIQUE,
    package_name        TEXT NOT NULL,
    version             TEXT NOT NULL,
    pem                 TEXT NOT NULL,
    chain               TEXT NOT NULL,
    issuer              TEXT NOT NULL,
    fingerprint         TEXT NOT NULL UNIQUE,
    serial_number       TEXT NOT NULL,
    issued_at           BIGINT NOT NULL,
    expires_at          BIGINT NOT NULL,
    owner               TEXT NOT NULL,
    requester           TEXT NOT NULL,
    governance_approval TEXT NOT NULL,
    revoked_at          BIGINT,
    revocation_reason   TEXT
);
CREATE INDEX certificates_by_package ON certificates (package_name, issued_at);

-- Each entry's hash covers the one before, so that a removed or changed entry shows.
CREATE TABLE audit_logs (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    timestamp  BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    action     TEXT NOT NULL,
    resource   TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    request_id TEXT NOT NULL,
    prev_hash  TEXT NOT NULL UNIQUE,
    entry_hash TEXT NOT NULL UNIQUE
);

CREATE TABLE chronicle_events (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    timestamp    BIGINT NOT NULL,
    service      TEXT NOT NULL,
    action       TEXT NOT NULL,
    package      TEXT NOT NULL,
    version      TEXT NOT NULL,
    tarball_hash TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    payload      TEXT NOT NULL,
    metadata     TEXT NOT NULL,
    UNIQUE (action, package, version, tarball_hash)
);
CREATE INDEX chronicle_events_by_package ON chronicle_events (package, seq);

CREATE TABLE registrations (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    reg_id        TEXT NOT NULL UNIQUE,
    package_name  TEXT NOT NULL,
    version       TEXT NOT NULL,
    status        TEXT NOT NULL,
    status_reason TEXT NOT NULL,
    tarball_hash  TEXT NOT NULL,
    integrity     TEXT NOT NULL,
    release       TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    UNIQUE (package_name, version)
);

CREATE TABLE npm_versions (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL,
    version      TEXT NOT NULL,
    manifest     TEXT NOT NULL,
    shasum       TEXT NOT NULL,
    integrity    TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    published_by TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    UNIQUE (name, version)
);

CREATE TABLE npm_tags (
    name    TEXT NOT NULL,
    tag     TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (name, tag)
);
