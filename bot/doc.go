// Package bot is the kernel: the nouns and the few verbs that every surface
// and every feature share. It knows no platform, no database and no feature.
//
// Every input becomes an Invocation; what is merely seen in chat becomes a
// Sighting. Every output is a Reply to whoever asked, a Delivery (durable, one
// copy, sent by the courier) or a View (a card that always shows the newest
// state).
package bot
