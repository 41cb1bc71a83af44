-- +goose Up
-- asked_at: when the deputy was asked to take over; round counts such questions and
-- the cards for leads. hole_at: since when nobody leads or supports, 0 while somebody
-- does.
CREATE TABLE roster_offices (
  id         TEXT PRIMARY KEY,
  department TEXT NOT NULL UNIQUE,
  state      TEXT NOT NULL CHECK (state IN ('rest', 'vacant', 'asking', 'leads')),
  asked_at   BIGINT NOT NULL,
  round      BIGINT NOT NULL,
  leads      TEXT NOT NULL,
  hole_at    BIGINT NOT NULL,
  version    BIGINT NOT NULL
);

-- At most one representative and one deputy in each department.
CREATE TABLE roster_places (
  office_id    TEXT NOT NULL REFERENCES roster_offices(id) ON DELETE CASCADE,
  post         TEXT NOT NULL CHECK (post IN ('representative', 'deputy')),
  person_id    TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
  appointed_by TEXT NOT NULL,
  since        BIGINT NOT NULL,
  told         BOOLEAN NOT NULL,
  PRIMARY KEY (office_id, post)
);
CREATE INDEX roster_places_person ON roster_places(person_id);

-- Who was asked something, and the newest invitation. Its reason is forgotten when
-- it is over.
CREATE TABLE roster_guests (
  person_id  TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
  last_at    BIGINT NOT NULL,
  said_no_at BIGINT NOT NULL,
  refused    BOOLEAN NOT NULL,
  n          BIGINT NOT NULL,
  form_key   TEXT NOT NULL,
  department TEXT NOT NULL,
  part       TEXT NOT NULL CHECK (part IN ('', 'lead', 'support')),
  reason     TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('', 'open', 'later', 'accepted', 'no', 'lapsed', 'withdrawn')),
  opened_at  BIGINT NOT NULL,
  again      BOOLEAN NOT NULL,
  joined     BOOLEAN NOT NULL,
  version    BIGINT NOT NULL
);

-- What was last seen of the register of people.
CREATE TABLE roster_seen (
  person_id  TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
  department TEXT NOT NULL,
  inactive   BOOLEAN NOT NULL,
  gone_at    BIGINT NOT NULL,
  new_at     BIGINT NOT NULL,
  moved_at   BIGINT NOT NULL,
  moved_from TEXT NOT NULL,
  held       TEXT NOT NULL,
  kept_until BIGINT NOT NULL
);

CREATE TABLE roster_desk (
  id      TEXT PRIMARY KEY,
  since   BIGINT NOT NULL,
  place   TEXT NOT NULL,
  rhythm  TEXT NOT NULL,
  week    TEXT NOT NULL,
  leads   TEXT NOT NULL,
  version BIGINT NOT NULL
);

-- agenda is the slot on whose agenda a point stood, '' before.
CREATE TABLE roster_points (
  id       TEXT PRIMARY KEY,
  words    TEXT NOT NULL,
  added_by TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  agenda   TEXT NOT NULL
);
CREATE INDEX roster_points_agenda ON roster_points(agenda, added_at);

CREATE TABLE roster_decisions (
  id       TEXT PRIMARY KEY,
  words    TEXT NOT NULL,
  owner    TEXT NOT NULL,
  due      TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  noted_at BIGINT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
  ended_at BIGINT NOT NULL
);
CREATE INDEX roster_decisions_state ON roster_decisions(state, noted_at);
