package issues

// part says of what a part of the one page for a board is made: the numbers first,
// then what was told, three lines in all.
type part struct {
	heading string
	section string // whose note stands there; empty: none
	numbers []string
	lists   []string
}

// boardParts are the parts of the page for a board, by the keys of the report.
var boardParts = []part{
	{"What was shared", "shared", []string{"editions-out", "links-shared", "items-used"}, nil},
	{"What was heard", "heard", []string{"voices-heard", "voices-closed", "voices-closed-in-30-days"}, nil},
	{"What changed", "", []string{"voices-answered"}, []string{"answered"}},
	{"What was tried", "tried", []string{"pilots-decided"}, []string{"decided", "began"}},
	{"What was learned", "learned", []string{"learnings-told"}, []string{"learnings"}},
	{"What we could not do", "could-not", nil, []string{"refused", "needs-refused", "needs-open"}},
}

// noted are the sections to which a lead may write a note, in their order.
var noted = []struct{ key, heading string }{
	{"shared", "Shared"}, {"heard", "Heard"}, {"connected", "Connected"}, {"tried", "Tried"}, {"learned", "Learned"}, {"could-not", "What we could not do"},
}

// highlights are the numbers of a summary in chat.
var highlights = []string{"editions-out", "links-shared", "voices-heard", "voices-closed", "departments-represented", "pilots-decided"}
