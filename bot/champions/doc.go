// Package champions looks after executives who speak for the programme where
// decisions are made.
//
// A lead names a Champion, who is asked and may say no without a reason. From then
// on lead and champion share one page: the next meeting, promises on both sides,
// and the briefings so far. The champion reads one briefing before each meeting and
// one question a quarter, and nothing else. Every act goes through one table: who
// may (Champion.May) and in which states (Champion.Can). Tick does what time asks
// for. The rules do no I/O; the feature around them reads, calls a rule inside a
// Store's Change and answers.
//
// The page is read by comms leads and by that champion alone. Who has not answered
// is shown to nobody else, and why somebody would rather not is asked of nobody.
package champions
