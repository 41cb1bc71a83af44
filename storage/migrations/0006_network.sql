-- +goose Up
-- Who wants which part. Leaving deletes the row.
CREATE TABLE evangelists (
  person_id TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
  part      TEXT NOT NULL CHECK (part IN ('lead', 'support', 'follow')),
  since     BIGINT NOT NULL
);

-- The call "who is interested?" and where its cards are.
CREATE TABLE network_calls (
  id      TEXT PRIMARY KEY,
  words   TEXT NOT NULL,
  version BIGINT NOT NULL,
  cards   TEXT NOT NULL
);

CREATE TABLE network_questions (
  id     TEXT PRIMARY KEY,
  words  TEXT NOT NULL,
  rhythm TEXT NOT NULL
);

CREATE TABLE network_rounds (
  id        TEXT PRIMARY KEY,
  question  TEXT NOT NULL,
  slot      TEXT NOT NULL,
  words     TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  UNIQUE (question, slot)
);
CREATE INDEX network_rounds_opened ON network_rounds(question, opened_at);

-- Kept only while the round lasts.
CREATE TABLE network_asks (
  round_id  TEXT NOT NULL REFERENCES network_rounds(id),
  person_id TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  part      TEXT NOT NULL CHECK (part IN ('lead', 'support')),
  state     TEXT NOT NULL CHECK (state IN ('waiting', 'declined', 'answered')),
  reminders BIGINT NOT NULL,
  next_at   BIGINT NOT NULL,
  PRIMARY KEY (round_id, person_id)
);
CREATE INDEX network_asks_next ON network_asks(next_at);
CREATE INDEX network_asks_person ON network_asks(person_id);

CREATE TABLE learnings (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL UNIQUE,
  words      TEXT NOT NULL,
  about      TEXT NOT NULL,
  person_id  TEXT NOT NULL,
  department TEXT NOT NULL,
  consent    TEXT NOT NULL CHECK (consent IN ('name', 'unnamed', 'private')),
  created_at BIGINT NOT NULL,
  told_in    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX learnings_created ON learnings(created_at);
CREATE INDEX learnings_person ON learnings(person_id);

CREATE TABLE network_requests (
  id        TEXT PRIMARY KEY,
  source    TEXT NOT NULL UNIQUE,
  title     TEXT NOT NULL,
  words     TEXT NOT NULL,
  person_id TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('open', 'met', 'refused')),
  reason    TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL
);
CREATE INDEX network_requests_state ON network_requests(state, opened_at);
