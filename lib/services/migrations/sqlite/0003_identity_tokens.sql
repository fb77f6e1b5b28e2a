-- Identity tokens that were used, so that none is used twice. The name is the SHA-256 of the issuer and of the issuer's name for the token.

CREATE TABLE identity_tokens (
    name         TEXT PRIMARY KEY NOT NULL,
    forget_after BIGINT NOT NULL
);
CREATE INDEX identity_tokens_by_end ON identity_tokens (forget_after);
