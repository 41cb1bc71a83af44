// Package engine runs the SQL of the Stores on SQLite or PostgreSQL.
//
// One SQL text serves both, with $1 placeholders. A Store calls Write for a
// change and Read for a look; both hand it a Tx that lives as long as the
// function. What differs between the two databases (locks, retries, group
// commit, backups, error codes) stays in this package.
//
// # Rules for the functions that are handed to Write and Read
//
// They touch nothing but the Tx: no network, no channels, no other lock. They may
// run more than once, so that they set the variables of their caller from
// scratch each time. They use the ctx that they are handed; Write or Read inside
// is refused. One failed statement ends the transaction, on both databases:
// to insert only what is missing use ON CONFLICT, do not try and catch.
//
// # What is the same on both
//
// ON CONFLICT DO UPDATE and DO NOTHING, RETURNING, UPDATE … FROM, recursive
// WITH, window functions, FILTER, IS NOT DISTINCT FROM, NULLS LAST, partial and
// expression indexes, CAST(x AS …), string_agg. Avoid x::type, LIKE on mixed
// case, lower() beyond ASCII, JSON operators, = ANY($1): fold case in Go, expand
// lists with In. Text sorts by byte on SQLite and by the database's own rules
// on PostgreSQL: where order matters write ORDER BY name COLLATE "C", which both
// accept. Strings must be UTF-8 without NUL, moments pass as Micros.
package engine
