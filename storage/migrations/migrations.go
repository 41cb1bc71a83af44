// Package migrations holds the schema: numbered SQL files that are applied in
// order, once each, and never change after a release.
//
// Each file is one text that SQLite and PostgreSQL both accept: ids and JSON are
// TEXT, moments and counts BIGINT (moments in microseconds UTC), closed sets TEXT
// with a CHECK. A file has a "-- +goose Up" section and no other, and only adds:
// the program of the release before must keep working on the new schema.
package migrations

import "embed"

// FS holds every migration, at its root, named NNNN_topic.sql.
//
//go:embed *.sql
var FS embed.FS

// Oldest is the lowest schema version whose program can still read and write a
// database at the newest version. Raise it, to the number of the new file, only
// when a migration takes something away that older programs rely on; those then
// refuse to start on the database instead of damaging it.
const Oldest = 1

// Fleeting names the tables whose rows must leave nothing behind once they are
// deleted: neither content nor the order in which they came. The engine can scrub
// them, and keeps the database from sampling them for its statistics.
func Fleeting() []string { return []string{"waiting"} }
