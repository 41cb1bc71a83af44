-- +goose Up
-- A letter for somebody's manager. wish_time is how much is wished; how much is
-- spent is kept nowhere. open_for is the person while the letter is not signed yet,
-- else NULL: each has one such letter at most.
CREATE TABLE mandates (
  id        TEXT PRIMARY KEY,
  source    TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  open_for  TEXT UNIQUE,
  signer_id TEXT REFERENCES persons(id) ON DELETE SET NULL,
  state     TEXT NOT NULL CHECK (state IN ('asked', 'returned', 'signed', 'withdrawn', 'expired')),
  wish_time TEXT NOT NULL,
  freedoms  TEXT NOT NULL,
  words     TEXT NOT NULL,
  wishes    BIGINT NOT NULL,
  question  TEXT NOT NULL,
  orphan    BOOLEAN NOT NULL,
  offered   BOOLEAN NOT NULL,
  declined  BOOLEAN NOT NULL,
  told      BIGINT NOT NULL,
  asked_at  BIGINT NOT NULL,
  signed_at BIGINT NOT NULL,
  until_at  BIGINT NOT NULL,
  version   BIGINT NOT NULL
);
CREATE INDEX mandates_person ON mandates(person_id);
CREATE INDEX mandates_signer ON mandates(signer_id);
CREATE INDEX mandates_state ON mandates(state);

-- Something that was asked for. decided_on is a day, '' while it waits; who decided
-- is not kept.
CREATE TABLE mandate_resources (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL UNIQUE,
  person_id  TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  what       TEXT NOT NULL,
  purpose    TEXT NOT NULL,
  needed_by  TEXT NOT NULL,
  cost       TEXT NOT NULL,
  outcome    TEXT NOT NULL CHECK (outcome IN ('waiting', 'granted', 'partly', 'not-granted', 'taken-back')),
  reason     TEXT NOT NULL,
  orphan     BOOLEAN NOT NULL,
  leads      TEXT NOT NULL,
  late       BIGINT NOT NULL,
  asked_at   BIGINT NOT NULL,
  decided_on TEXT NOT NULL,
  days       BIGINT NOT NULL,
  version    BIGINT NOT NULL
);
CREATE INDEX mandate_resources_person ON mandate_resources(person_id);
CREATE INDEX mandate_resources_outcome ON mandate_resources(outcome, asked_at);
CREATE INDEX mandate_resources_decided ON mandate_resources(decided_on);
