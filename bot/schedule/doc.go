// Package schedule turns phrases such as "every Friday 09:00" into slots, and
// runs the program's chores once per slot.
//
// A Spec is a rule in the civil calendar. A Slot is one local date and time
// that the rule names, together with the instant at which it is due; each slot
// happens exactly once, also when daylight saving hides its time or shows it
// twice. A Scheduler keeps one row per schedule in a Store, opens a tick for
// each slot that has come, and has the tick's Chore run under a lease.
//
// A tick may run twice: after a crash, or when a worker was stalled longer than
// its lease. It is harmless when the chore saves its effect under the natural
// key of the tick (kind, subject, slot), see Tick.Key: the second run finds the
// effect there and changes nothing. Only one of the two can close the tick.
package schedule
