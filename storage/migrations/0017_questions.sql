-- +goose Up
-- How often somebody wants to be asked; '' is each time.
ALTER TABLE evangelists ADD COLUMN pace TEXT NOT NULL DEFAULT '';

-- When somebody was asked last. It outlives a leave by some weeks, so that coming
-- back is no way to be asked twice. message is the key of the delivery.
CREATE TABLE network_turns (
  person_id TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
  prompt    TEXT NOT NULL,
  message   TEXT NOT NULL,
  opened_at BIGINT NOT NULL
);

-- Questions of the set that a lead changed or added; those that the program brings
-- stand in the program.
CREATE TABLE network_prompts (
  id       TEXT PRIMARY KEY,
  kind     TEXT NOT NULL CHECK (kind IN ('share', 'learn', 'need')),
  words    TEXT NOT NULL,
  paused   BOOLEAN NOT NULL,
  added_at BIGINT NOT NULL
);

-- words is a lead's own question: it goes out once, before the set goes on.
ALTER TABLE network_questions ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE network_questions ADD COLUMN used BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE network_rounds ADD COLUMN prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE network_rounds ADD COLUMN kind TEXT NOT NULL DEFAULT '';

-- Before from_at the question does not go out; 0 is when the round was opened.
ALTER TABLE network_asks ADD COLUMN from_at BIGINT NOT NULL DEFAULT 0;

-- A request that is taken stays 'open' and has an owner, so that the program of the
-- release before can close it. due is a local date; since_at is when it came into its
-- present hands, 0: when it was opened; turn counts the owners; warned is how far the
-- reminders of this date are; cards lists who has its card.
ALTER TABLE network_requests ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE network_requests ADD COLUMN due TEXT NOT NULL DEFAULT '';
ALTER TABLE network_requests ADD COLUMN since_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE network_requests ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE network_requests ADD COLUMN warned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE network_requests ADD COLUMN cards TEXT NOT NULL DEFAULT '[]';
ALTER TABLE network_requests ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
