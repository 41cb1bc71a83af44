-- +goose Up
CREATE TABLE table_settings (
  id       TEXT PRIMARY KEY,
  rhythm   TEXT NOT NULL,
  since    BIGINT NOT NULL,
  format   TEXT NOT NULL CHECK (format IN ('call', 'coffee', 'thread')),
  smallest BIGINT NOT NULL,
  largest  BIGINT NOT NULL,
  goes     BOOLEAN NOT NULL,
  levels   TEXT NOT NULL
);

-- What somebody wants of round tables.
CREATE TABLE table_standings (
  person_id TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
  choice    TEXT NOT NULL CHECK (choice IN ('', 'in', 'out')),
  until_at  BIGINT NOT NULL,
  format    TEXT NOT NULL CHECK (format IN ('', 'call', 'coffee', 'thread')),
  unheard   BIGINT NOT NULL,
  offered   BOOLEAN NOT NULL
);

-- Who never shares a table. wished_by is one of the two, '' for the leads. Why is
-- not kept, and neither is when.
CREATE TABLE table_pairs (
  a         TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  b         TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  wished_by TEXT NOT NULL,
  PRIMARY KEY (a, b, wished_by)
);
CREATE INDEX table_pairs_b ON table_pairs(b);

-- waits is 1 while a round waits to go out, else NULL: at most one does.
CREATE TABLE table_rounds (
  id          TEXT PRIMARY KEY,
  due_at      BIGINT NOT NULL,
  goes        BOOLEAN NOT NULL,
  format      TEXT NOT NULL CHECK (format IN ('call', 'coffee', 'thread')),
  smallest    BIGINT NOT NULL,
  largest     BIGINT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('drafted', 'approved', 'out', 'followed-up', 'closed', 'called-off')),
  waits       BIGINT UNIQUE,
  tables      TEXT NOT NULL,
  agenda      TEXT NOT NULL,
  leads       TEXT NOT NULL,
  waited      BOOLEAN NOT NULL,
  version     BIGINT NOT NULL,
  approved_by TEXT NOT NULL,
  drafted_at  BIGINT NOT NULL,
  send_at     BIGINT NOT NULL,
  sent_at     BIGINT NOT NULL,
  followed_at BIGINT NOT NULL,
  ended_at    BIGINT NOT NULL
);
CREATE INDEX table_rounds_state ON table_rounds(state, drafted_at);

-- tbl counts from 1; 0 sits out. said is forgotten when the round ends.
CREATE TABLE table_seats (
  round_id  TEXT NOT NULL REFERENCES table_rounds(id) ON DELETE CASCADE,
  person_id TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  tbl       BIGINT NOT NULL,
  stand     TEXT NOT NULL CHECK (stand IN ('seated', 'away', 'gone')),
  room      BIGINT NOT NULL,
  own       BOOLEAN NOT NULL,
  wants     BOOLEAN NOT NULL,
  asked     BOOLEAN NOT NULL,
  said      TEXT NOT NULL CHECK (said IN ('', 'met', 'not-met')),
  PRIMARY KEY (round_id, person_id)
);
CREATE INDEX table_seats_person ON table_seats(person_id);
