// Package voices hears: a concern or an idea is said in ten seconds, with or
// without a name, is always answered, and the answer is told.
//
// What is said without a name goes a way of its own. Anonymise is the first line
// of that way and drops who asked; the act then lies in the table of waiting
// acts, without a moment, until the release moves all of them at once, shuffled.
// Only from the release on are there references, cards, dates and counts.
package voices
