package impact

import "evangelist/bot/counts"

// omitsLeft is what no number about colleagues counts.
const omitsLeft = "whoever left since"

// What the numbers of the report mean. A measure never changes: one that shall
// mean something else gets another key.
var (
	linksShared = counts.Measure{
		Key: "links-shared", Behind: counts.Things, Unit: "links",
		Counts: "which colleagues shared where I read, or put forward; each once for each colleague",
		Omits:  "private channels, what was taken out, and " + omitsLeft,
	}
	foundUseful = counts.Measure{
		Key: "items-found-useful", Behind: counts.People, Unit: "colleagues",
		Counts: "who pressed “Useful” or “I used this”",
		Omits:  "who read in silence, and " + omitsLeft,
	}
	itemsUsed = counts.Measure{
		Key: "items-used", Behind: counts.Things, Unit: "uses", Within: &foundUseful,
		Counts: "of items, told with “I used this”; each once for each colleague",
		Omits:  "uses that nobody told, and " + omitsLeft,
	}

	voicesHeard = counts.Measure{
		Key: "voices-heard", Behind: counts.Unsigned, Unit: "concerns and ideas",
		Counts: "which reached the reading team, with a name or without",
		Omits:  "what waits for its release",
	}
	concernsHeard = counts.Measure{
		Key: "concerns-heard", Behind: counts.Unsigned, Unit: "concerns", Within: &voicesHeard,
		Counts: "which reached the reading team, with a name or without", Omits: "what waits for its release",
	}
	ideasHeard = counts.Measure{
		Key: "ideas-heard", Behind: counts.Unsigned, Unit: "ideas", Within: &voicesHeard,
		Counts: "which reached the reading team, with a name or without", Omits: "what waits for its release",
	}
	voicesClosed = counts.Measure{
		Key: "voices-closed", Behind: counts.Unsigned, Unit: "concerns and ideas",
		Counts: "which were answered or declined, whenever they came",
		Omits:  "what was taken back, or opened again by an appeal",
	}
	voicesAnswered = counts.Measure{
		Key: "voices-answered", Behind: counts.Unsigned, Unit: "concerns and ideas", Within: &voicesClosed,
		Counts: "which were answered", Omits: "what was taken back, or opened again by an appeal",
	}
	voicesDeclined = counts.Measure{
		Key: "voices-declined", Behind: counts.Unsigned, Unit: "concerns and ideas", Within: &voicesClosed,
		Counts: "which were declined, each with a reason that its author can read", Omits: "what was taken back, or opened again by an appeal",
	}
	closedInMonth = counts.Measure{
		Key: "voices-closed-in-30-days", Behind: counts.Unsigned, Unit: "concerns and ideas", Within: &voicesClosed,
		Counts: "which were answered or declined within 30 days of reaching the team", Omits: "what took longer, or is open",
	}
	closedInFortnight = counts.Measure{
		Key: "voices-closed-in-14-days", Behind: counts.Unsigned, Unit: "concerns and ideas", Within: &closedInMonth,
		Counts: "which were answered or declined within 14 days of reaching the team", Omits: "what took longer, or is open",
	}
	closedInWeek = counts.Measure{
		Key: "voices-closed-in-7-days", Behind: counts.Unsigned, Unit: "concerns and ideas", Within: &closedInFortnight,
		Counts: "which were answered or declined within 7 days of reaching the team", Omits: "what took longer, or is open",
	}

	withUs = counts.Measure{
		Key: "with-us", Behind: counts.People, Unit: "colleagues",
		Counts: "who lead or support in their department, and joined by the last day",
		Omits:  "who follows, who stepped down, and " + omitsLeft,
	}
	learningsTold = counts.Measure{
		Key: "learnings-told", Behind: counts.Things, Unit: "learnings",
		Counts: "which colleagues told and let others read", Omits: "what its author keeps private, and " + omitsLeft,
	}
	needsSaid = counts.Measure{
		Key: "needs-said", Behind: counts.Things, Unit: "needs",
		Counts: "which those who lead or support told us", Omits: omitsLeft,
	}
	resourcesDecided = counts.Measure{
		Key: "resources-decided", Behind: counts.Things, Unit: "resources",
		Counts: "which were asked for and decided in these days", Omits: "what was taken back, and " + omitsLeft,
	}
	resourcesGranted = counts.Measure{
		Key: "resources-granted", Behind: counts.Things, Unit: "resources", Within: &resourcesDecided,
		Counts: "which were asked for and granted in these days", Omits: "what was granted in part, and " + omitsLeft,
	}
	resourcesInFortnight = counts.Measure{
		Key: "resources-decided-in-14-days", Behind: counts.Things, Unit: "resources", Within: &resourcesDecided,
		Counts: "which were decided within 14 days of being asked for", Omits: "what took longer or waits, and " + omitsLeft,
	}
)

// Measures of things behind which nobody stands.
var (
	editionsOut = counts.Measure{
		Key: "editions-out", Behind: counts.Alone, Unit: "editions that were due",
		Counts: "which went out", Omits: "editions that were taken back",
	}
	editionsPrompt = counts.Measure{
		Key: "editions-prompt", Behind: counts.Alone, Unit: "editions that went out",
		Counts: "which waited at most two days as a draft for approval", Omits: "editions that were taken back",
	}
	editionsOnTime = counts.Measure{
		Key: "editions-on-time", Behind: counts.Alone, Unit: "editions that went out",
		Counts: "which waited at most a day beyond their time", Omits: "editions that were taken back",
	}
	departmentsSharing = counts.Measure{
		Key: "departments-sharing", Behind: counts.Alone, Unit: "departments whose number of links can be shown",
		Counts: "from which links came", Omits: "departments of fewer than twenty colleagues, and those whose number is not shown",
	}
	departmentsWith = counts.Measure{
		Key: "departments-represented", Behind: counts.Alone, Unit: "departments",
		Counts: "in which somebody leads or supports who had joined by the last day", Omits: "colleagues without a recorded department",
	}
	pilotsDecided = counts.Measure{
		Key: "pilots-decided", Behind: counts.Alone, Unit: "pilots that ran in these days",
		Counts: "about which was decided in these days", Omits: "drafts, and pilots that were dropped before they began",
	}
	pilotsMet = counts.Measure{
		Key: "pilots-met", Behind: counts.Alone, Unit: "pilots that were decided",
		Counts: "which met the target that was fixed before they began", Omits: "pilots of which nobody took a reading",
	}
)
