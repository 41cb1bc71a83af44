-- +goose Up
-- What pilots serve.
CREATE TABLE goals (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL UNIQUE,
  level      TEXT NOT NULL CHECK (level IN ('purpose', 'objective', 'goal')),
  title      TEXT NOT NULL,
  audience   TEXT NOT NULL,
  benefit    TEXT NOT NULL,
  owner      TEXT NOT NULL,
  until_day  TEXT NOT NULL,
  closed     BOOLEAN NOT NULL DEFAULT FALSE,
  created_at BIGINT NOT NULL
);

-- Small trials. Days are 2006-01-02 in the organisation's zone, '' when not chosen.
-- idea is the id of a voice that has reached the reading team; it says nothing
-- about who wrote it.
CREATE TABLE pilots (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL UNIQUE,
  reference  TEXT NOT NULL UNIQUE,
  title      TEXT NOT NULL,
  scope      TEXT NOT NULL,
  audience   TEXT NOT NULL,
  benefit    TEXT NOT NULL,
  goal       TEXT NOT NULL,
  idea       TEXT NOT NULL,
  idea_ref   TEXT NOT NULL,
  sponsor    TEXT NOT NULL,
  cost       TEXT NOT NULL,
  starts     TEXT NOT NULL,
  ends       TEXT NOT NULL,
  measure    TEXT NOT NULL,
  aim        TEXT NOT NULL CHECK (aim IN ('', 'at least', 'at most')),
  target     BIGINT NOT NULL,
  preflight  TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('draft', 'ready', 'running', 'deciding', 'decided', 'dropped')),
  extended   BOOLEAN NOT NULL DEFAULT FALSE,
  choice     TEXT NOT NULL CHECK (choice IN ('', 'continue', 'scale', 'stop')),
  reason     TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  week       BIGINT NOT NULL,
  week_at    BIGINT NOT NULL,
  asked_at   BIGINT NOT NULL,
  asks       BIGINT NOT NULL,
  told       BOOLEAN NOT NULL DEFAULT FALSE,
  gone       TEXT NOT NULL,
  cards      TEXT NOT NULL,
  version    BIGINT NOT NULL
);
CREATE INDEX pilots_state ON pilots(state, created_at);
CREATE INDEX pilots_idea ON pilots(idea);

CREATE TABLE pilot_people (
  pilot_id  TEXT NOT NULL REFERENCES pilots(id) ON DELETE CASCADE,
  person_id TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  n         BIGINT NOT NULL,
  PRIMARY KEY (pilot_id, person_id)
);
CREATE INDEX pilot_people_person ON pilot_people(person_id);

-- The measure as it was fixed, and each change of it. Rows are only added.
CREATE TABLE pilot_measures (
  pilot_id TEXT NOT NULL REFERENCES pilots(id) ON DELETE CASCADE,
  n        BIGINT NOT NULL,
  words    TEXT NOT NULL,
  aim      TEXT NOT NULL CHECK (aim IN ('at least', 'at most')),
  target   BIGINT NOT NULL,
  hash     TEXT NOT NULL,
  fixed_by TEXT NOT NULL,
  fixed_at BIGINT NOT NULL,
  why      TEXT NOT NULL,
  PRIMARY KEY (pilot_id, n)
);

CREATE TABLE pilot_checkins (
  pilot_id TEXT NOT NULL REFERENCES pilots(id) ON DELETE CASCADE,
  week     BIGINT NOT NULL,
  words    TEXT NOT NULL,
  said_by  TEXT NOT NULL,
  said_at  BIGINT NOT NULL,
  PRIMARY KEY (pilot_id, week)
);

CREATE TABLE pilot_readings (
  pilot_id TEXT NOT NULL REFERENCES pilots(id) ON DELETE CASCADE,
  id       TEXT NOT NULL,
  value    BIGINT NOT NULL,
  day      TEXT NOT NULL,
  note     TEXT NOT NULL,
  read_by  TEXT NOT NULL,
  read_at  BIGINT NOT NULL,
  answers  BIGINT NOT NULL,
  PRIMARY KEY (pilot_id, id)
);

CREATE TABLE pilot_surveys (
  pilot_id  TEXT NOT NULL REFERENCES pilots(id) ON DELETE CASCADE,
  id        TEXT NOT NULL,
  words     TEXT NOT NULL,
  place     TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closes_at BIGINT NOT NULL,
  open      BOOLEAN NOT NULL,
  few       BOOLEAN NOT NULL,
  PRIMARY KEY (pilot_id, id)
);

-- What participants said, kept only while the survey is open.
CREATE TABLE pilot_answers (
  pilot_id  TEXT NOT NULL REFERENCES pilots(id) ON DELETE CASCADE,
  survey_id TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  value     BIGINT NOT NULL,
  PRIMARY KEY (pilot_id, survey_id, person_id)
);
CREATE INDEX pilot_answers_person ON pilot_answers(person_id);

-- What came of a pilot. named holds who is thanked and what each allows.
CREATE TABLE stories (
  id         TEXT PRIMARY KEY,
  pilot_id   TEXT NOT NULL UNIQUE REFERENCES pilots(id) ON DELETE CASCADE,
  reference  TEXT NOT NULL,
  title      TEXT NOT NULL,
  words      TEXT NOT NULL,
  outcome    TEXT NOT NULL CHECK (outcome IN ('met', 'missed', 'unknown')),
  sponsor    TEXT NOT NULL,
  named      TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('draft', 'offered', 'withheld')),
  made_at    BIGINT NOT NULL,
  offered_at BIGINT NOT NULL,
  version    BIGINT NOT NULL
);
CREATE INDEX stories_state ON stories(state, made_at);

CREATE TABLE story_tellings (
  story_id TEXT NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
  key      TEXT NOT NULL,
  whom     TEXT NOT NULL,
  told_at  BIGINT NOT NULL,
  PRIMARY KEY (story_id, key)
);
