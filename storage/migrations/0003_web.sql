-- +goose Up
CREATE TABLE web_links (
  hash    TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX web_links_account ON web_links(account);

CREATE TABLE web_sessions (
  hash    TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  expires BIGINT NOT NULL,
  ends    BIGINT NOT NULL
);
CREATE INDEX web_sessions_account ON web_sessions(account);
