-- +goose Up
-- Who goes through the lessons. Steps says by lesson what was written and what was
-- read, never when; who enrolled somebody is not kept. queued_at and sent_at are of
-- the last lesson alone.
CREATE TABLE primer_enrolments (
  person_id   TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
  state       TEXT NOT NULL CHECK (state IN ('running', 'over', 'finished', 'stopped', 'out', 'gone')),
  own         BOOLEAN NOT NULL,
  run         BIGINT NOT NULL,
  begun_at    BIGINT NOT NULL,
  steps       TEXT NOT NULL,
  last_lesson TEXT NOT NULL,
  queued_at   BIGINT NOT NULL,
  sent_at     BIGINT NOT NULL,
  lost        BOOLEAN NOT NULL,
  version     BIGINT NOT NULL
);
CREATE INDEX primer_enrolments_state ON primer_enrolments(state);

-- The organisation's own words, by their folded spelling.
CREATE TABLE primer_terms (
  id   TEXT PRIMARY KEY,
  word TEXT NOT NULL,
  says TEXT NOT NULL
);

-- Ticks of the checklist, and the organisation's own items, which have a title.
-- done_on is a day, '' while the item is open.
CREATE TABLE primer_items (
  id      TEXT PRIMARY KEY,
  title   TEXT NOT NULL,
  done_by TEXT REFERENCES persons(id) ON DELETE SET NULL,
  done_on TEXT NOT NULL
);
CREATE INDEX primer_items_done_by ON primer_items(done_by);
