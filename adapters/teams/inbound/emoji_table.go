package inbound

// shortCodes are reactions by their name, or by their character.
var shortCodes = map[string]string{
	"like":      "thumbsup",
	"yes":       "thumbsup",
	"heart":     "heart",
	"laugh":     "laughing",
	"surprised": "open_mouth",
	"sad":       "cry",
	"angry":     "angry",
	"1f44d":     "thumbsup",
	"2764":      "heart",
	"1f606":     "laughing",
	"1f62e":     "open_mouth",
	"1f622":     "cry",
	"1f620":     "angry",
	"1f648":     "see_no_evil",
	"1f4cc":     "pushpin",
	"1f440":     "eyes",
	"1f389":     "tada",
}
