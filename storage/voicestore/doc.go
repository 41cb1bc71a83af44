// Package voicestore keeps voices: what waits for the release, what has reached
// the reading team, and the settings of its work.
//
// Nothing here receives an Invocation or an Actor. What is said without a name
// is written to the table waiting alone, and leaves it with the release, after
// which the table is scrubbed off the disk.
package voicestore
