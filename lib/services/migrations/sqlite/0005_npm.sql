-- Whom npm's registry trusts instead of a token, and what waits on its stage.

CREATE TABLE npm_trusted_publishers (
    name        TEXT PRIMARY KEY,
    id          TEXT NOT NULL,
    repository  TEXT NOT NULL,
    workflow    TEXT NOT NULL,
    environment TEXT,
    permissions TEXT NOT NULL
);

CREATE TABLE npm_staged (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    version    TEXT NOT NULL,
    tags       TEXT NOT NULL,
    manifest   TEXT NOT NULL,
    shasum     TEXT NOT NULL,
    integrity  TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    staged_by  TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    access     TEXT NOT NULL,
    staged_at  BIGINT NOT NULL,
    UNIQUE (name, version)
);
