// Package pilots keeps the promise Try: the best ideas become small, cheap, short
// trials with a measure fixed beforehand and a decision at the end.
//
// The rules are methods on the nouns, without any I/O. Every act on a Pilot goes
// through one table: who may (Pilot.May) and in which states (Can). Who may not
// learns nothing, not even that there is such a pilot. Tick does what time asks
// for. The feature around them reads, calls a rule inside a Store's Change and
// answers.
//
// A pilot is judged, never a person: no page says who answered late or not at
// all, and what participants report stands only as one number from at least five
// of them.
package pilots
