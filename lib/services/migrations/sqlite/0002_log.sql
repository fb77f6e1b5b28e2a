-- The log under the Chronicle: a Merkle tree over entries (RFC 6962). Nothing in it is ever changed or removed.

CREATE TABLE log_entries (
    idx       BIGINT PRIMARY KEY NOT NULL,
    leaf_hash BLOB NOT NULL UNIQUE,
    entry     BLOB NOT NULL
);

-- The tree's complete nodes, the leaves (level 0) among them: the one at level l and index i covers the entries from i * 2^l on.
CREATE TABLE log_nodes (
    level  INTEGER NOT NULL,
    idx    BIGINT NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (level, idx)
);

-- Where in the log an event stands. Empty only for events from before there was a log, until the services start again.
ALTER TABLE chronicle_events ADD COLUMN log_index BIGINT;
CREATE UNIQUE INDEX chronicle_events_by_log_index ON chronicle_events (log_index);
