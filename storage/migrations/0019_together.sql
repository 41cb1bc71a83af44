-- +goose Up
-- What came of a voice, as its author reads it, with the private code as well. It
-- comes from nobody and is dated to the day: there is no column for a person or a
-- moment.
CREATE TABLE voice_news (
  voice TEXT NOT NULL REFERENCES voices(id),
  key   TEXT NOT NULL,
  day   TEXT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (voice, key)
);
CREATE INDEX voice_news_day ON voice_news(day);

-- Who supports an idea, with a name. When somebody began to is not kept.
CREATE TABLE voice_weights (
  voice   TEXT NOT NULL REFERENCES voices(id),
  account TEXT NOT NULL,
  PRIMARY KEY (voice, account)
);
