// Package office is how comms leads set up the house: who leads and who reads,
// which places are read for links, and in which places that another organisation
// reads along the bot may post.
//
// It keeps nothing of its own: roles stand in the register of people, the rest at
// the places. Its commands are called network.… for the buttons of older messages.
package office
