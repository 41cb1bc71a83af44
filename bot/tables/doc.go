// Package tables lays round tables: every few weeks small groups of colleagues
// across departments and levels meet in a call, over coffee or in a thread.
//
// Who sits where is decided by package seating. Here is the rest: a Round goes
// from a draft that comms leads see with its proof, over their approval, to the
// tables and to the question what came of it. Every act on a Round goes through
// one table: who may (Round.May) and in which states (Round.Can). Tick does what
// time asks for. The rules do no I/O; the feature around them reads, calls a rule
// inside a Store's Change and answers.
//
// Levels mix the tables and are shown to nobody. Who is to be kept apart is seen
// by comms leads alone, and why is not kept. Who has not answered is shown to
// nobody, and what was answered is forgotten with the end of the round.
package tables
