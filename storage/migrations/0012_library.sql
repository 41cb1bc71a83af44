-- +goose Up
-- Whom something that worked was told to. Of the entry there is the id alone: its
-- words stay where they are kept.
CREATE TABLE library_tellings (
  entry_id   TEXT NOT NULL,
  key        TEXT NOT NULL,
  whom       TEXT NOT NULL,
  department TEXT NOT NULL,
  fresh      TEXT NOT NULL,
  told_at    BIGINT NOT NULL,
  PRIMARY KEY (entry_id, key)
);

-- Where the links of editions lead.
CREATE TABLE library_links (
  title TEXT PRIMARY KEY,
  url   TEXT NOT NULL
);

-- What was done elsewhere. One that was taken back keeps its source alone, so that
-- its form, sent again, does not bring it back.
CREATE TABLE library_examples (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL UNIQUE,
  url        TEXT NOT NULL,
  who        TEXT NOT NULL,
  job        TEXT NOT NULL,
  outcome    TEXT NOT NULL,
  person_id  TEXT NOT NULL,
  department TEXT NOT NULL,
  consent    TEXT NOT NULL CHECK (consent IN ('name', 'unnamed')),
  kept_at    BIGINT NOT NULL,
  gone       BOOLEAN NOT NULL
);
CREATE INDEX library_examples_person ON library_examples(person_id);

-- id is the month: one proposal a month.
CREATE TABLE library_proposals (
  id         TEXT PRIMARY KEY,
  entry_id   TEXT NOT NULL,
  reason     TEXT NOT NULL CHECK (reason IN ('rested', 'audience')),
  department TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'told', 'declined', 'later', 'lapsed')),
  angle      TEXT NOT NULL,
  leads      TEXT NOT NULL,
  opened_at  BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  version    BIGINT NOT NULL
);
