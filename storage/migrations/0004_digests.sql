-- +goose Up
-- Links and who shared them. A message goes by one text: its place, a bar, and
-- its id on the platform.
CREATE TABLE links (
  key     TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  host    TEXT NOT NULL,
  site    TEXT NOT NULL,
  title   TEXT NOT NULL DEFAULT '',
  label   TEXT NOT NULL DEFAULT '',
  source  TEXT NOT NULL DEFAULT '',
  blurb   TEXT NOT NULL DEFAULT ''
);

CREATE TABLE shares (
  message  TEXT NOT NULL,
  link     TEXT NOT NULL,
  place    TEXT NOT NULL,
  account  TEXT NOT NULL,
  at       BIGINT NOT NULL,
  sentence TEXT NOT NULL DEFAULT '',
  private  BOOLEAN NOT NULL DEFAULT FALSE,
  external BOOLEAN NOT NULL DEFAULT FALSE,
  added    BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (message, link)
);
CREATE INDEX shares_at ON shares(at);
CREATE INDEX shares_account ON shares(account);

-- What holds for a message whatever arrives later: it was deleted, left out by
-- an account, or edited at a moment.
CREATE TABLE share_marks (
  message TEXT NOT NULL,
  kind    TEXT NOT NULL CHECK (kind IN ('deleted', 'left', 'edited')),
  account TEXT NOT NULL DEFAULT '',
  at      BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (message, kind, account)
);

-- Reactions, nominations and replies, for messages that hold a kept link.
CREATE TABLE engagements (
  message TEXT NOT NULL,
  kind    TEXT NOT NULL CHECK (kind IN ('reaction', 'nomination', 'reply')),
  account TEXT NOT NULL,
  detail  TEXT NOT NULL,
  at      BIGINT NOT NULL,
  undone  BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (message, kind, account, detail)
);
CREATE INDEX engagements_reply ON engagements(detail) WHERE kind = 'reply';

CREATE TABLE digests (
  id        TEXT PRIMARY KEY,
  slug      TEXT NOT NULL UNIQUE,
  name      TEXT NOT NULL,
  spec      TEXT NOT NULL,
  zone      TEXT NOT NULL,
  curator   TEXT NOT NULL DEFAULT '',
  deputy    TEXT NOT NULL DEFAULT '',
  undecided TEXT NOT NULL CHECK (undecided IN ('wait', 'go')),
  body      TEXT NOT NULL,
  created   BIGINT NOT NULL
);

CREATE TABLE editions (
  id         TEXT PRIMARY KEY,
  digest     TEXT NOT NULL REFERENCES digests(id),
  slot       TEXT NOT NULL,
  slug       TEXT NOT NULL UNIQUE,
  due        BIGINT NOT NULL,
  starts     BIGINT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'published', 'recalled')),
  from_at    BIGINT NOT NULL DEFAULT 0,
  to_at      BIGINT NOT NULL DEFAULT 0,
  publish_at BIGINT NOT NULL DEFAULT 0,
  goes_at    BIGINT NOT NULL DEFAULT 0,
  version    BIGINT NOT NULL DEFAULT 0,
  decisions  TEXT NOT NULL DEFAULT '{}',
  withdrawn  TEXT NOT NULL DEFAULT '[]',
  revision   BIGINT NOT NULL DEFAULT 0,
  opened_at    BIGINT NOT NULL DEFAULT 0,
  proposed_at  BIGINT NOT NULL DEFAULT 0,
  approved_at  BIGINT NOT NULL DEFAULT 0,
  published_at BIGINT NOT NULL DEFAULT 0,
  recalled_at  BIGINT NOT NULL DEFAULT 0,
  settled      BOOLEAN NOT NULL DEFAULT FALSE,
  corrected    BOOLEAN NOT NULL DEFAULT FALSE,
  proposed_by  TEXT NOT NULL DEFAULT '',
  approved_by  TEXT NOT NULL DEFAULT '',
  words        TEXT NOT NULL DEFAULT '',
  UNIQUE (digest, slot)
);
CREATE INDEX editions_due ON editions(digest, due);
CREATE INDEX editions_published ON editions(published_at) WHERE published_at > 0;

CREATE TABLE edition_revisions (
  edition TEXT NOT NULL REFERENCES editions(id),
  number  BIGINT NOT NULL,
  hash    TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (edition, number)
);

-- The shares that an approved edition stands on. gone says what was taken back,
-- told what the edition knows of that.
CREATE TABLE edition_shares (
  edition TEXT NOT NULL REFERENCES editions(id),
  message TEXT NOT NULL,
  link    TEXT NOT NULL,
  place   TEXT NOT NULL,
  native  TEXT NOT NULL,
  account TEXT NOT NULL,
  gone    TEXT NOT NULL DEFAULT '' CHECK (gone IN ('', 'name', 'share')),
  told    TEXT NOT NULL DEFAULT '' CHECK (told IN ('', 'name', 'share')),
  PRIMARY KEY (edition, message, link)
);
CREATE INDEX edition_shares_message ON edition_shares(message);
CREATE INDEX edition_shares_account ON edition_shares(account);
CREATE INDEX edition_shares_gone ON edition_shares(edition) WHERE gone <> told;

CREATE TABLE edition_votes (
  edition TEXT NOT NULL,
  link    TEXT NOT NULL,
  account TEXT NOT NULL,
  used    BOOLEAN NOT NULL,
  note    TEXT NOT NULL DEFAULT '',
  at      BIGINT NOT NULL,
  PRIMARY KEY (edition, link, account, used)
);
CREATE INDEX edition_votes_link ON edition_votes(link) WHERE used;

CREATE TABLE finds (
  id      TEXT PRIMARY KEY,
  state   TEXT NOT NULL CHECK (state IN ('waiting', 'chosen', 'used', 'refused')),
  digest  TEXT NOT NULL DEFAULT '',
  edition TEXT NOT NULL DEFAULT '',
  account TEXT NOT NULL DEFAULT '',
  at      BIGINT NOT NULL,
  body    TEXT NOT NULL
);
CREATE INDEX finds_state ON finds(state, at);

-- What people want done with their names, and who was told about it.
CREATE TABLE credits (
  account TEXT PRIMARY KEY,
  choice  TEXT NOT NULL CHECK (choice IN ('named', 'unnamed', 'left out')),
  at      BIGINT NOT NULL
);
CREATE TABLE credits_told (
  person TEXT PRIMARY KEY
);
