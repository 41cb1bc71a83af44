-- +goose Up
CREATE TABLE installation (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE persons (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  email      TEXT UNIQUE,
  department TEXT NOT NULL DEFAULT '',
  level      TEXT NOT NULL DEFAULT '',
  title      TEXT NOT NULL DEFAULT '',
  manager    TEXT NOT NULL DEFAULT '',
  roles      TEXT NOT NULL DEFAULT '[]',
  inactive   BOOLEAN NOT NULL DEFAULT FALSE,
  contact    TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE accounts (
  id        TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES persons(id),
  platform  TEXT NOT NULL,
  name      TEXT NOT NULL DEFAULT '',
  inactive  BOOLEAN NOT NULL DEFAULT FALSE,
  external  BOOLEAN NOT NULL DEFAULT FALSE,
  bot       BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX accounts_person ON accounts(person_id);

CREATE TABLE places (
  id       TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  name     TEXT NOT NULL,
  kind     TEXT NOT NULL CHECK (kind IN ('channel', 'private', 'direct', 'group')),
  member   BOOLEAN NOT NULL DEFAULT FALSE,
  watched  BOOLEAN NOT NULL DEFAULT FALSE,
  external BOOLEAN NOT NULL DEFAULT FALSE,
  archived BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE schedules (
  kind       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  spec       TEXT NOT NULL,
  zone       TEXT NOT NULL,
  skip_dates TEXT NOT NULL DEFAULT '[]',
  next_due   BIGINT NOT NULL,
  next_slot  TEXT NOT NULL,
  paused     BOOLEAN NOT NULL DEFAULT FALSE,
  revision   BIGINT NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX schedules_due ON schedules(next_due);

CREATE TABLE ticks (
  kind       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  slot       TEXT NOT NULL,
  due        BIGINT NOT NULL,
  attempt    BIGINT NOT NULL,
  tries      BIGINT NOT NULL,
  missed     BIGINT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('open', 'done', 'expired', 'failed', 'dropped')),
  ready_at   BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  note       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (kind, subject, slot)
);
CREATE INDEX ticks_ready ON ticks(ready_at) WHERE state = 'open';
