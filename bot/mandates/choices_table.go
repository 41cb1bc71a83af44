package mandates

// amounts are how much time can be wished, the smallest first. A Value is stored
// and never changes.
var amounts = []choice{
	{Value: "half-hour", Label: "Half an hour a week", Phrase: "half an hour a week", Help: "Enough to read, to share, and to answer one question."},
	{Value: "hour", Label: "An hour a week", Phrase: "an hour a week", Help: "Also enough for a round table now and then."},
	{Value: "two-hours", Label: "Two hours a week", Phrase: "two hours a week", Help: "Also enough to help colleagues who ask."},
	{Value: "half-day", Label: "Half a day a week", Phrase: "half a day a week", Help: "While a pilot runs. Say below what it is for."},
}

// freedoms are what can be asked for besides time. A Value is stored and never
// changes.
var freedoms = []choice{
	{Value: "talk", Label: "Talk about it in team meetings", Phrase: "speak about the programme in team meetings, for a few minutes"},
	{Value: "write", Label: "Write to other departments directly", Phrase: "write to colleagues in other departments directly"},
	{Value: "meet", Label: "Come to round tables in working time", Phrase: "come to round tables in working time"},
	{Value: "try", Label: "Try small things", Phrase: "try small things that can be undone, within our guideline, without asking each time"},
	{Value: "learn", Label: "Read and learn in working time", Phrase: "read and learn in working time what the programme is about"},
	{Value: "tell", Label: "Tell what did not work", Phrase: "tell openly what was tried and did not work, without getting into trouble for it"},
}

// choice is one answer with its words in a letter.
type choice struct{ Value, Label, Phrase, Help string }
