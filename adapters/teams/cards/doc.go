// Package cards turns messages and forms of the bot into Adaptive Cards as
// Microsoft Teams shows them, and reads what comes back from them. It is pure:
// no network, no clock, no state.
//
// What people wrote is literal. It stands in TextRuns, which hold no markup, or
// where only markdown is possible (headings, facts, answers to choose from) it
// passes inert, which leaves nothing that markdown could act on. A mention
// exists only as an entity that Resolve adds. Moments are text in the zone of
// the organisation, for the date functions of Adaptive Cards are not carried out
// by every client. Templates are expanded where a card is made, never where it
// is shown, so ${…} is text.
package cards
