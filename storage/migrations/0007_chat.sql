-- +goose Up
-- Whose part it is that was seen in its place.
CREATE INDEX delivery_parts_id ON delivery_parts(id);

-- A lead confirmed that a place shared with another organisation may be a
-- destination.
ALTER TABLE places ADD COLUMN confirmed BOOLEAN NOT NULL DEFAULT FALSE;
