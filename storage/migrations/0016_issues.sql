-- +goose Up
-- The report as a series: one row, "report".
CREATE TABLE report_series (
  id     TEXT PRIMARY KEY,
  spec   TEXT NOT NULL,
  zone   TEXT NOT NULL,
  place  TEXT NOT NULL,
  lead   TEXT NOT NULL,
  deputy TEXT NOT NULL,
  since  BIGINT NOT NULL
);

-- The id is made of the days and the event, which are the natural key. content is
-- the frozen report; no row is deleted.
CREATE TABLE report_issues (
  id           TEXT PRIMARY KEY,
  slot         TEXT NOT NULL,
  event        TEXT NOT NULL,
  first_day    TEXT NOT NULL,
  last_day     TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('planned', 'draft', 'approved', 'early', 'held', 'published', 'skipped')),
  version      BIGINT NOT NULL,
  place        TEXT NOT NULL,
  lead         TEXT NOT NULL,
  deputy       TEXT NOT NULL,
  asked        TEXT NOT NULL,
  words        TEXT NOT NULL,
  revision     BIGINT NOT NULL,
  content      TEXT NOT NULL,
  hash         TEXT NOT NULL,
  champions    TEXT NOT NULL,
  copies       TEXT NOT NULL,
  objections   TEXT NOT NULL,
  steps        TEXT NOT NULL,
  stage        BIGINT NOT NULL,
  reason       TEXT NOT NULL,
  decided_by   TEXT NOT NULL,
  due_at       BIGINT NOT NULL,
  since_at     BIGINT NOT NULL,
  publish_at   BIGINT NOT NULL,
  published_at BIGINT NOT NULL
);
CREATE INDEX report_issues_state ON report_issues(state, first_day);
