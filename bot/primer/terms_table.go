package primer

// terms are our own words, in the order of the alphabet. A text may hold {word}
// and its forms, as in lessons.
var terms = []Term{
	{Word: "Champion", Says: "Somebody senior who makes room for the programme, keeps promises, and is asked once a quarter whether it is still right.", Also: []string{"sponsor"}},
	{Word: "Concern", Says: "A worry, with a name or without. The reading team answers it.", Also: []string{"worry", "voice"}},
	{Word: "Curator", Says: "Whoever edits a roundup and decides when it is ready.", Also: []string{"editor"}},
	{Word: "Decision", Says: "What becomes of a pilot at its end: continue, scale, stop, or once take more time.", Also: []string{"verdict"}},
	{Word: "Denominator", Says: "Out of how many. Forty readers of 4,000 colleagues: 4,000 is the denominator.", Also: []string{"out of", "share", "per cent"}},
	{Word: "Draft", Says: "A roundup before it is approved. Those who edit it see it, and nobody else.", Also: []string{"edition"}},
	{Word: "Evangelist", Says: "Somebody who leads or supports in a department. Here the word is {word}.", Also: []string{"advocate", "ambassador"}},
	{Word: "Goal", Says: "What pilots serve. It says for whom, and what they gain.", Also: []string{"objective", "purpose"}},
	{Word: "Headcount", Says: "How many people work here, or in a department. Where we do not know it, we say so.", Also: []string{"staff number"}},
	{Word: "Idea", Says: "A proposal, usually with a name. It can become a pilot.", Also: []string{"suggestion", "voice"}},
	{Word: "Learning", Says: "Something that worked, told by whoever did it, and shared as they allow.", Also: []string{"what worked", "lesson learned"}},
	{Word: "Letter", Says: "A page about time and freedoms that {a word} brings to a manager. A lead or champion signs it.", Also: []string{"mandate"}},
	{Word: "Measure", Says: "What is counted in a pilot. It is fixed and dated before the start.", Also: []string{"target", "metric"}},
	{Word: "Pilot", Says: "A small trial with an end, and a measure fixed beforehand.", Also: []string{"trial", "experiment"}},
	{Word: "Pledge", Says: "A promise, signed by name: nobody gets into trouble for trying.", Also: []string{"promise"}},
	{Word: "Private code", Says: "Eight words, shown once: the only way back to something said without a name.", Also: []string{"receipt", "code"}},
	{Word: "Question for you", Says: "One short question on a rhythm: what did you share, learn, need?", Also: []string{"ping", "check-in"}},
	{Word: "Reading", Says: "One look at a pilot's number while it runs.", Also: []string{"result"}},
	{Word: "Reading team", Says: "The few people who read and answer concerns and ideas. The form names them.", Also: []string{"triage", "readers"}},
	{Word: "Release", Says: "The fixed moment at which what was said without a name reaches the reading team, shuffled.", Also: []string{"batch"}},
	{Word: "Representative", Says: "Whoever speaks for a department, with a deputy, once a month.", Also: []string{"deputy", "rep"}},
	{Word: "Resource", Says: "Something that {a word} asks for: a tool, a room, a budget, an introduction. It is granted or not, with a reason.", Also: []string{"request", "budget"}},
	{Word: "Round table", Says: "Three to six people of different departments who meet for half an hour.", Also: []string{"table", "seating"}},
	{Word: "Roundup", Says: "A few links that colleagues found useful, once a week, chosen by a curator.", Also: []string{"digest", "edition", "newsletter"}},
	{Word: "Story", Says: "What came of something, of a miss as honestly as of a victory, told with consent.", Also: []string{"case study"}},
	{Word: "You said, we did", Says: "What was heard and what came of it, in neutral words.", Also: []string{"heard and answered", "answers"}},
}
