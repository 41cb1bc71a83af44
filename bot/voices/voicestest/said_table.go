package voicestest

// said is what is written in the scenario, in its own order.
var said = []struct{ kind, words string }{
	{"concern", "The lift at the back entrance stops between two floors."},
	{"concern", "Our rota changes on the evening before."},
	{"idea", "Lend out the projector at weekends."},
	{"concern", "Nobody tells agency staff about the fire drill."},
}
