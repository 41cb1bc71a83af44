package primer

// lessons are the primer, in the order of the series. A text may hold {word},
// {a word} and {A word}: the organisation's own word for an evangelist. Each has
// fewer than 250 words and no exclamation mark; a test counts. A Name is stored
// and never changes.
var lessons = []Lesson{
	{
		Name:  "roundup",
		Title: "What a weekly roundup is for",
		Gist:  "Seven useful things, once a week, chosen by a person.",
		Body: []Passage{
			{Text: "Most of what would help you was found by a colleague already. It stood in a channel that you do not read, or was said in a meeting that you were not at. The roundup mends that one thing: once a week, a handful of links that colleagues found useful, on one page."},
			{Text: "It works because of three small rules:", Points: []string{
				"It is short. No more than seven things, and the first three fit on a phone.",
				"It is close to work. An item says what it makes easier, and for whom.",
				"It gives thanks. Whoever shared something is named, unless they would rather not be.",
			}},
			{Text: "A person edits it: drops, adds, and decides when it is ready. The bot only collects and counts. It reads the channels that a comms lead has named and no others. A quiet week gives a shorter roundup, never a padded one."},
			{Text: "You do not have to write anything long to take part. One link with one sentence about why it helped is the whole job. Somebody three departments away may save an afternoon by it."},
		},
		Question: "What helped one of us last week that another team could use?",
		Try:      []string{"/digest add", "/digest"},
	},
	{
		Name:  "worry",
		Title: "How a worry is handled",
		Gist:  "Who reads it, what anonymous means here, and what it does not.",
		Body: []Passage{
			{Text: "A worry that nobody hears does not go away. It becomes a rumour. A concern goes to the reading team: a few people whose names stand on the form before you send it."},
			{Points: []string{
				"With your name: you get the answer yourself, and the team can ask you back.",
				"Without your name: nothing that we keep says who wrote it, or at what hour. Your only way back is a private code of eight words. It is shown once.",
			}},
			{Text: "Anonymous has limits, and here they are. Your own words can give you away. The chat service itself knows that you used the command. In a very small team people guess. And nobody can write to you: you have to look, with the code."},
			{Text: "Every worry gets an answer: what is done about it, or why it cannot be done. Your manager is not told who wrote. Unless you ask us not to, the answer also appears under You said, we did, in neutral words."},
			{Text: "This is not the place for an emergency, for whistleblowing or for a formal complaint. The form names the people who are there for that."},
			{Text: "For managers there is one small, hard rule: do not try to find out who it was."},
		},
		Question: "What would make it easier for somebody here to say that something is wrong?",
		Try:      []string{"/concern", "/concern code"},
	},
	{
		Name:  "pilot",
		Title: "What a pilot is, and what it is not",
		Gist:  "A small trial with an end, and a number fixed beforehand.",
		Body: []Passage{
			{Text: "A pilot is a small trial with an end. Some people try one new way of doing something, for some weeks, and one number tells whether it worked."},
			{Text: "Before it starts, four things are written down and dated: who tries it, what it may cost at most, what is counted, and which result is good enough. Nobody can change them quietly afterwards. That is not mistrust. It spares the people who try a quarrel about it later."},
			{Text: "A pilot is not:", Points: []string{
				"A launch under another name. If the decision is made already, say so.",
				"A test of people. The new way is tried, not those who try it.",
				"A promise. To stop is as good an end as to go on.",
			}},
			{Text: "At the end somebody decides: go on, make it bigger, stop, or once take a little more time. Then a short story is written, whatever came of it. A miss that is told honestly saves the next team the same weeks."},
			{Text: "Ideas for pilots come from anybody. The best ones are smaller than one first thinks."},
		},
		Question: "Which one small thing would we try for six weeks, and what would we count?",
		Try:      []string{"/idea", "/evangelist pilots", "/evangelist stories"},
	},
	{
		Name:  "numbers",
		Title: "Honest numbers, and why small ones are left out",
		Gist:  "Out of how many, in which days, and never fewer than five.",
		Body: []Passage{
			{Text: "A number can be right and still mislead. Forty readers sounds like many. Forty of 4,000 is one in a hundred. So a number never stands alone here. Beside it stands what was counted, in which days, and out of how many."},
			{Text: "Small numbers are left out for another reason. When two people of a team answered and both are unhappy, everybody knows who they are. So a count stands only where at least five people are behind it. Departments of fewer than twenty are not shown by themselves. And where a missing number could be worked out from the others, one more is left out."},
			{Text: "This has a price. A small department sees itself less often in the report. We think it is worth it: people say what they think where nobody is pointed at."},
			{Text: "Three things you will not find here:", Points: []string{
				"who reads most, or least",
				"a ranking of people or of departments",
				"how many hours somebody spent",
			}},
			{Text: "When you quote one of our numbers, take its whole sentence with you."},
		},
		Question: "Which number do we quote often, and out of how many is it?",
		Try:      []string{"/evangelist what denominator", "/evangelist stories"},
	},
	{
		Name:  "roles",
		Title: "What is asked of whom",
		Gist:  "Of those who lead, speak for a department, make room, or manage.",
		Body: []Passage{
			{Text: "There are four parts, and each is small."},
			{Points: []string{
				"{A word} leads or supports in a department: passes on what is useful, asks what is needed, and answers one short question now and then. Half an hour a week is plenty.",
				"A representative speaks for a department once a month, together with a deputy. They bring what is open and carry home what was decided.",
				"A champion is somebody senior who makes room: reads a page before each meeting, keeps promises, and is asked once a quarter whether it is still right.",
				"A manager lets it happen. If somebody in the team has such a part, agree on the time and say so aloud. There is a letter for that, and whoever has the part brings it to you.",
			}},
			{Text: "Everybody came by choice and can leave with one word. Nobody counts hours, keeps a list of who was quiet, or reports to a manager. What counts is what came of it, all together."},
			{Text: "Whoever holds two parts says which one is speaking. And a department in which nobody has a part has done nothing wrong. A comms lead can ask there, once a quarter and no more."},
		},
		Question: "Who among us does this already without the name, and what would help them?",
		Try:      []string{"/evangelist join", "/evangelist who", "/evangelist mandate"},
	},
	{
		Name:  "minutes",
		Title: "What leaders can do in ten minutes a week",
		Gist:  "Four small things that people notice more than an announcement.",
		Body: []Passage{
			{Text: "People watch what leaders do in small moments, more than what they announce in large ones. Ten minutes a week are enough, in any order:"},
			{Points: []string{
				"Two minutes: read the roundup, and tell one person who is named in it what you did with it.",
				"Three minutes: in a meeting that you have anyway, ask one question from this primer, and wait for the second answer. The first one is polite.",
				"Two minutes: tell of one thing that did not work for you.",
				"Three minutes: look at what waits for you, and decide one thing. A no with a reason is worth more than a yes that never comes.",
			}},
			{Text: "Some things help less than it seems: a long mail, a slogan, a target for how many take part. Asking in front of others who has not joined does harm."},
			{Text: "One thing matters more than all of these. Nobody gets into trouble for trying. Say so, and keep to it the first time that it costs you something. Everybody will remember that time, and for longer than anything you said."},
		},
		Question: "What did somebody here try lately, and what did we say to them afterwards?",
		Try:      []string{"/evangelist home", "/evangelist learnings"},
	},
	{
		Name:  "social",
		Title: "Social media and chat in a careful organisation",
		Gist:  "What can go wrong, and who answers when it does.",
		Body: []Passage{
			{Text: "Care is reasonable: what an organisation says stays said. Silence has a price as well. Questions are answered by somebody, only not by us."},
			{Text: "What can go wrong, and who answers:", Points: []string{
				"A post says something wrong. Whoever looks after the account corrects it openly, the same day.",
				"A photo shows somebody who did not agree. It comes down first; questions come after.",
				"Personal details land in a channel. Delete them, and tell whoever looks after data protection at once.",
				"A post draws anger. Nobody answers alone, or at night. Comms answers once, with facts.",
				"A rumour grows. Write down the claim, the checked answer, its source and the date.",
			}},
			{Text: "Chat inside the house is work too. Others can read it, it is kept, and it can be asked for. Write there as in a letter with your name under it. What is private belongs elsewhere."},
			{Text: "You need nobody's permission to ask. Where the guideline leaves you unsure, ask before you post."},
			{Text: "Mistakes will be made. How the first one is treated decides whether there will be a second post."},
		},
		Question: "What are we asked outside so often that we should answer it in public?",
		Try:      []string{"/idea", "/concern"},
	},
	{
		Name:  "ninety",
		Title: "The first ninety days",
		Gist:  "Listen, show, decide; and what to do when it dips.",
		Body: []Passage{
			{Text: "Ninety days prove nothing. But in them people decide whether this is worth their time."},
			{Points: []string{
				"Days 1 to 30: listen. Name the reading team, sign the pledge, ask who is interested. Send a roundup every week, a short one too. Answer the first worries in full.",
				"Days 31 to 60: show. Tell what was heard and what was done. Begin one pilot that is small enough to finish. Lay the first round tables.",
				"Days 61 to 90: decide. Read the first report, with its gaps. Stop one thing that nobody uses. Tell of something that failed.",
			}},
			{Text: "Expect a dip. After some weeks the curious have looked, and the others have not come yet. Do not push then. Ask three people why, and mend what they name."},
			{Text: "Expect doubt as well. It often comes from somebody who has seen three launches before this one. Ask what was left half done each time, and begin there."},
			{Text: "At the end write one page: what we heard, what changed, what we could not do. If little stands on it, say so. That page is the best invitation there is."},
		},
		Question: "On day ninety, what would have to be true for us to go on gladly?",
		Try:      []string{"/evangelist checklist", "/evangelist call"},
	},
}
