// Package library is what worked, in one place: learnings, stories, links that were
// used, and examples from elsewhere. It reads what other features keep, through
// sources that hand over only what its author allows, keeps examples and whom
// something was told to, and proposes to leads what is worth telling again.
//
// What is private or was taken back never enters: nothing of an entry is kept here
// but its id, so that what a source no longer gives is gone from chat, from the
// pages and from the next export.
package library
