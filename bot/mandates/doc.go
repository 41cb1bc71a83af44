// Package mandates backs those who lead or support: with a letter for their manager,
// and with what they ask for.
//
// A Mandate is such a letter: asked for, perhaps returned with a question, signed by
// a lead or champion, and over after a year. It is read by whom it is about and by
// whoever signs it. The bot never writes to managers and shows them nothing; whether
// the letter is handed over is its owner's own affair.
//
// A Resource is something asked for, decided by comms leads with a reason. Of a
// decision the days that it took are kept, and not who took it.
//
// Every act on either goes through a table: who may (May) and in which states (Can).
// Tick does what time and the register ask for. How much time somebody spends is
// asked of nobody and kept nowhere: a letter says how much is wished.
package mandates
