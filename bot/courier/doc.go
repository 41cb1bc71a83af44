// Package courier sends what is due, one copy of each.
//
// Chat platforms take no idempotency key, so that a reply that was lost leaves
// two questions: is it there, and may it be sent again? The courier writes down
// that it is about to send before it does, and after doubt of any kind (a
// timeout, a crash) waits for a quiet period longer than a request can live and
// a history can lag, then looks for its own mark. Found: sent. Absent: again,
// with the same mark. Where nobody can look, nothing is repeated by itself; a
// lead decides. A platform that shows the bot its own messages ends the doubt
// sooner (Arrived).
//
//	queued ── claim ──> sending ── certain success ──> sent (─> editing ─> sent)
//	   ^                   │────── certain refusal ──> queued later · failed · unreachable
//	   └──── absent ── unknown <── everything else     unsure (nobody can look)
//
// A delivery becomes one or more parts; the next part waits for the one before.
// From its first attempt until it is over a delivery holds its lane (a place, a
// person or a group), so that order within a lane is kept while others go on.
// What is over by failing, being unreachable or unsure frees the lane: one
// message that a human must look at does not silence a place. A delivery that
// was put off by quiet hours or caps never held it.
//
// Every change of a delivery is a rule, a pure function that the Store runs in
// a transaction and that is fenced by the attempt: who lost a claim changes
// nothing.
package courier
