-- What ChittyConnect gave to whom. The credentials themselves stand in api_keys, by their hashes.

CREATE TABLE credential_provisions (
    seq                INTEGER PRIMARY KEY AUTOINCREMENT,
    token_id           TEXT NOT NULL UNIQUE,
    type               TEXT NOT NULL,
    service            TEXT NOT NULL,
    purpose            TEXT NOT NULL,
    requesting_service TEXT NOT NULL,
    created_at         BIGINT NOT NULL,
    expires_at         BIGINT NOT NULL
);
CREATE INDEX credential_provisions_by_service ON credential_provisions (service, created_at);
