-- +goose Up
-- What was said without a name, until the release. There is no column for a
-- person, a moment or an order: ids derive one-way from a number that nobody
-- keeps, and slot, by which SQLite lays rows out, is taken from the id.
CREATE TABLE waiting (
  slot      INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  voice     TEXT NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('raise', 'add', 'reply', 'appeal', 'withdraw')),
  code_hash TEXT UNIQUE,
  urgent    BOOLEAN NOT NULL,
  act       TEXT NOT NULL
);
CREATE INDEX waiting_voice ON waiting(voice);

-- What has reached the reading team. A voice has an author or a code, never both.
CREATE TABLE voices (
  id          TEXT PRIMARY KEY,
  reference   TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL CHECK (kind IN ('concern', 'idea')),
  author      TEXT,
  code_hash   TEXT UNIQUE,
  words       TEXT NOT NULL,
  urgent      BOOLEAN NOT NULL,
  readers     TEXT NOT NULL DEFAULT '[]',
  without     TEXT NOT NULL DEFAULT '[]',
  unpublished BOOLEAN NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open', 'taken', 'asked', 'answered', 'refused', 'withdrawn', 'appealed')),
  owner       TEXT NOT NULL CHECK (owner <> ''),
  theme       TEXT NOT NULL DEFAULT '',
  summary     TEXT NOT NULL DEFAULT '',
  outcome     TEXT NOT NULL DEFAULT '',
  appealed    BOOLEAN NOT NULL DEFAULT FALSE,
  place       TEXT NOT NULL DEFAULT '',
  cards       TEXT NOT NULL DEFAULT '[]',
  arrived     BIGINT NOT NULL,
  due         BIGINT NOT NULL,
  closed      BIGINT NOT NULL DEFAULT 0,
  reminded    BIGINT NOT NULL DEFAULT 0,
  version     BIGINT NOT NULL,
  CHECK ((author IS NULL) <> (code_hash IS NULL)),
  CHECK ((closed > 0) = (state IN ('answered', 'refused', 'withdrawn'))),
  CHECK (closed = 0 OR outcome <> '')
);
CREATE INDEX voices_due ON voices(due) WHERE closed = 0;
CREATE INDEX voices_closed ON voices(closed) WHERE closed > 0;
CREATE INDEX voices_author ON voices(author) WHERE author IS NOT NULL;

-- What was said after the voice itself; reader is empty for its author.
CREATE TABLE voice_entries (
  id     TEXT PRIMARY KEY,
  voice  TEXT NOT NULL REFERENCES voices(id),
  kind   TEXT NOT NULL CHECK (kind IN ('question', 'answer', 'refusal', 'reply', 'addition', 'appeal', 'withdrawal')),
  reader TEXT NOT NULL DEFAULT '',
  words  TEXT NOT NULL,
  at     BIGINT NOT NULL
);
CREATE INDEX voice_entries_voice ON voice_entries(voice);

CREATE TABLE voice_settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
