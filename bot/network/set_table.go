package network

// Provided are the questions that we bring, three of each kind. Their ids are
// stored with what leads change, and stay.
func Provided() Set {
	return Set{
		{ID: "share-1", Kind: Share, Text: "Which link, page or trick did you pass on lately, and to whom was it useful?"},
		{ID: "share-2", Kind: Share, Text: "What did you show a colleague in the last days that made their work easier?"},
		{ID: "share-3", Kind: Share, Text: "What works well in your team that other departments may not know?"},
		{ID: "learn-1", Kind: Learn, Text: "What did you learn lately that you wish you had known earlier?"},
		{ID: "learn-2", Kind: Learn, Text: "What did you try that worked, or did not, and what would you do next time?"},
		{ID: "learn-3", Kind: Learn, Text: "What surprised you when you used something new?"},
		{ID: "need-1", Kind: Need, Text: "What would you need to get further with an idea?"},
		{ID: "need-2", Kind: Need, Text: "What holds you or your team up at the moment that somebody here could change?"},
		{ID: "need-3", Kind: Need, Text: "Which help, tool or permission is missing in your department?"},
	}
}

// kinds is the order in which rounds take turns.
var kinds = [...]Kind{Share, Learn, Need}
