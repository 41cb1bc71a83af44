-- +goose Up
-- Who speaks for the programme, or was asked to. Why somebody would rather not is
-- not kept.
CREATE TABLE champions (
  person_id  TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
  body       TEXT NOT NULL,
  days       BIGINT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('asked', 'active', 'resting', 'declined', 'lapsed', 'left')),
  term       BIGINT NOT NULL,
  source     TEXT NOT NULL,
  named_by   TEXT NOT NULL,
  leads      TEXT NOT NULL,
  named_at   BIGINT NOT NULL,
  joined_at  BIGINT NOT NULL,
  rest_until BIGINT NOT NULL,
  ended_at   BIGINT NOT NULL,
  gone       BOOLEAN NOT NULL,
  questions  BIGINT NOT NULL,
  asked_at   BIGINT NOT NULL,
  said       TEXT NOT NULL CHECK (said IN ('', 'on', 'rest', 'leave')),
  version    BIGINT NOT NULL
);

-- Days are 2006-01-02 in the organisation's zone. points is what a briefing says.
CREATE TABLE champion_meetings (
  person_id   TEXT NOT NULL REFERENCES champions(person_id) ON DELETE CASCADE,
  n           BIGINT NOT NULL,
  day         TEXT NOT NULL,
  body        TEXT NOT NULL,
  came        TEXT NOT NULL,
  is_over     BOOLEAN NOT NULL,
  called      BOOLEAN NOT NULL,
  stage       TEXT NOT NULL CHECK (stage IN ('', 'drafted', 'sent', 'skipped', 'missed')),
  drafts      BIGINT NOT NULL,
  points      TEXT NOT NULL,
  edited      BOOLEAN NOT NULL,
  approved_by TEXT NOT NULL,
  drafted_at  BIGINT NOT NULL,
  sent_at     BIGINT NOT NULL,
  PRIMARY KEY (person_id, n)
);

CREATE TABLE champion_promises (
  person_id  TEXT NOT NULL REFERENCES champions(person_id) ON DELETE CASCADE,
  id         TEXT NOT NULL,
  n          BIGINT NOT NULL,
  side       TEXT NOT NULL CHECK (side IN ('theirs', 'ours')),
  words      TEXT NOT NULL,
  due        TEXT NOT NULL,
  made_at    BIGINT NOT NULL,
  outcome    TEXT NOT NULL CHECK (outcome IN ('open', 'kept', 'dropped')),
  reason     TEXT NOT NULL,
  settled_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, id)
);

-- One row: whether there were enough champions when somebody looked last.
CREATE TABLE champion_watch (
  id     TEXT PRIMARY KEY,
  active BIGINT NOT NULL,
  since  BIGINT NOT NULL,
  falls  BIGINT NOT NULL
);
