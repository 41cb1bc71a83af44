-- +goose Up
-- Frozen messages, each stored once, by the hash of their canonical text.
CREATE TABLE bodies (
  hash    TEXT PRIMARY KEY,
  message TEXT NOT NULL
);

-- What is to be sent once. The key stays for ever: it makes adding idempotent.
CREATE TABLE deliveries (
  key        TEXT PRIMARY KEY,
  seq        BIGINT NOT NULL,
  lane       TEXT NOT NULL,
  class      TEXT NOT NULL CHECK (class IN ('answer', 'asked', 'edition', 'nudge', 'alarm')),
  place      TEXT NOT NULL DEFAULT '',
  person     TEXT NOT NULL DEFAULT '',
  people     TEXT NOT NULL DEFAULT '',
  thread     TEXT NOT NULL DEFAULT '',
  body       TEXT NOT NULL DEFAULT '',
  view_kind  TEXT NOT NULL DEFAULT '',
  view_id    TEXT NOT NULL DEFAULT '',
  wanted     BIGINT NOT NULL DEFAULT 0,
  rendered   BIGINT NOT NULL DEFAULT 0,
  shown      BIGINT NOT NULL DEFAULT 0,
  editable   BOOLEAN NOT NULL DEFAULT TRUE,
  created_at BIGINT NOT NULL,
  not_before BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL DEFAULT 0,
  state      TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'unknown', 'sent', 'editing', 'failed', 'unreachable', 'unsure', 'dropped')),
  open       BOOLEAN NOT NULL DEFAULT TRUE,
  due        BIGINT NOT NULL,
  attempt    BIGINT NOT NULL DEFAULT 0,
  tries      BIGINT NOT NULL DEFAULT 0,
  refusals   BIGINT NOT NULL DEFAULT 0,
  doubt      BIGINT NOT NULL DEFAULT 0,
  platform   TEXT NOT NULL DEFAULT '',
  target     TEXT NOT NULL DEFAULT '',
  under      TEXT NOT NULL DEFAULT '',
  note       TEXT NOT NULL DEFAULT '',
  ended_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX deliveries_due ON deliveries(due, seq) WHERE open;
CREATE INDEX deliveries_lane ON deliveries(lane, due, seq) WHERE open;
CREATE INDEX deliveries_state ON deliveries(state, ended_at);
CREATE INDEX deliveries_body ON deliveries(body) WHERE body <> '';

-- The messages that a delivery became on its platform, in order.
CREATE TABLE delivery_parts (
  key      TEXT NOT NULL REFERENCES deliveries(key),
  n        BIGINT NOT NULL,
  id       TEXT NOT NULL,
  payload  BYTEA,
  words    TEXT NOT NULL DEFAULT '',
  hash     TEXT NOT NULL,
  posted   TEXT NOT NULL DEFAULT '',
  ref      TEXT NOT NULL DEFAULT '',
  state    TEXT NOT NULL CHECK (state IN ('waiting', 'asked', 'sent', 'surplus', 'gone')),
  since    BIGINT NOT NULL DEFAULT 0,
  asked    BIGINT NOT NULL DEFAULT 0,
  check_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (key, n)
);
CREATE INDEX delivery_parts_check ON delivery_parts(check_at) WHERE check_at > 0;

-- Which delivery holds a place until it is over: order within the place.
CREATE TABLE lanes (
  lane   TEXT PRIMARY KEY,
  holder TEXT NOT NULL
);

-- When the bot wrote first, for the weekly cap.
CREATE TABLE nudges (
  person_id TEXT NOT NULL,
  key       TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (person_id, key)
);

-- Whether a person ever used the bot: the Monday of the last week in which it
-- happened and nothing finer, so that no act can be dated by it.
CREATE TABLE contacts (
  person_id TEXT PRIMARY KEY,
  week      BIGINT NOT NULL
);
