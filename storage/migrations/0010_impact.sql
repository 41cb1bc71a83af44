-- +goose Up
-- Tables of counts that were published, each under its measure and period. They
-- hold no number that was withheld. Rows are only added.
CREATE TABLE published_counts (
  key    TEXT PRIMARY KEY,
  record TEXT NOT NULL
);

-- What we could not do, and who went without. Nobody's name stands here, and no
-- row is deleted by the program.
CREATE TABLE impact_refusals (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL UNIQUE,
  words      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  department TEXT NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX impact_refusals_at ON impact_refusals(at);

CREATE TABLE impact_settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
