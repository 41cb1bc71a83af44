package impact

import (
	"fmt"
	"slices"
	"strings"

	"evangelist/bot/counts"
)

// writer puts the sections of a report together.
type writer struct {
	tally      *tally
	tables     map[string]tabled
	department string
	settings   Settings
	refusals   []Refusal
	word       string
	failed     error
}

func (w *writer) sections() []Section {
	return []Section{w.shared(), w.heard(), w.connected(), w.tried(), w.learned(), w.withheld(), w.method()}
}

func (w *writer) shared() Section {
	s := Section{Key: "shared", Heading: "Shared", Numbers: []Number{
		w.alone(editionsOut, "Editions", w.tally.editionsOut(), "no edition was due in these days"),
		w.number(linksShared, "Links"),
		w.sharing(),
		w.number(foundUseful, "Found useful"),
		w.number(itemsUsed, "Used"),
		w.alone(editionsPrompt, "Waiting for approval", w.tally.editionsPrompt(), "no edition went out in these days"),
		w.alone(editionsOnTime, "Waiting to go out", w.tally.editionsOnTime(), "no edition went out in these days"),
	}}
	if used := s.Numbers[4]; w.settings.Minutes > 0 && len(used.Rows) > 0 && used.Rows[0].Shown() {
		s.Numbers[4].Beside = fmt.Sprintf("By the estimate of the comms leads each use saves about %s. Method: %s", count(w.settings.Minutes, "minute"), sentenceOf(w.settings.Method))
	}
	return s
}

// sharing says from how many departments links came. It knows no more than the
// rows that are shown already.
func (w *writer) sharing() Number {
	const none = "not shown, because no department's number of links can be shown"
	n := Number{Key: departmentsSharing.Key, Title: "Departments heard", Missing: none}
	table, known := w.tables[linksShared.Key]
	if !known {
		n.Missing = noColleagues
		return n
	}
	if table.missing != "" {
		n.Missing = table.missing
		return n
	}
	var r ratio
	names := departmentsOf(w.tally.Colleagues)
	for _, row := range table.published.Rows()[1:] {
		if share, ok := row.Share(); ok && slices.Contains(names, row.Slice) {
			r.of++
			if share > 0 {
				r.n++
			}
		}
	}
	return w.alone(departmentsSharing, n.Title, r, none)
}

func (w *writer) heard() Section {
	s := Section{Key: "heard", Heading: "Heard", Numbers: []Number{
		w.number(voicesHeard, "Concerns and ideas"),
		w.number(concernsHeard, "Concerns"),
		w.number(ideasHeard, "Ideas"),
		w.number(voicesClosed, "Answered or declined"),
		w.number(voicesAnswered, "Answered"),
		w.number(voicesDeclined, "Declined"),
		w.number(closedInWeek, "Waited up to 7 days"),
		w.number(closedInFortnight, "Waited up to 14 days"),
		w.number(closedInMonth, "Waited up to 30 days"),
	}}
	answered, declined := w.told()
	s.Lists = []List{
		{Key: "answered", Heading: "You said, we did", Entries: answered, Empty: "Nothing that was answered in these days may be told here."},
		{Key: "declined", Heading: "Declined, and why", Entries: declined, Empty: "Nothing that was declined in these days may be told here."},
	}
	if w.department != "" {
		s.Notes = append(s.Notes, "Concerns and ideas may come without a name, so nobody knows from which department they are. These numbers are for the whole organisation.")
	}
	return s
}

// told lists what authors let others read, in the reading team's neutral words.
func (w *writer) told() (answered, declined []Entry) {
	for _, v := range w.tally.Voices {
		if !w.tally.settled(v) || v.Unpublished || v.Summary == "" {
			continue
		}
		entry := Entry{Title: strings.TrimSuffix(v.Summary, "."), Words: v.Outcome} // a colon follows
		if v.Declined {
			declined = append(declined, entry)
		} else {
			answered = append(answered, entry)
		}
	}
	return answered, declined
}

func (w *writer) connected() Section {
	s := Section{Key: "connected", Heading: "Connected", Numbers: []Number{
		w.number(withUs, "Who lead or support"),
		w.alone(departmentsWith, "Departments with somebody", w.tally.represented(), "the register of people knows no departments"),
		w.number(needsSaid, "Needs"),
	}}
	if len(w.tally.Resources) > 0 { // in most months there are none, and the page is short
		s.Numbers = append(s.Numbers,
			w.number(resourcesDecided, "Resources decided"),
			w.number(resourcesGranted, "Resources granted"),
			w.number(resourcesInFortnight, "Resources decided within 14 days"))
	}
	return s
}

func (w *writer) tried() Section {
	s := Section{Key: "tried", Heading: "Tried", Numbers: []Number{
		w.alone(pilotsDecided, "Pilots decided", w.tally.pilotsDecided(), "no pilot ran in these days"),
		w.alone(pilotsMet, "Targets met", w.tally.pilotsMet(), "no pilot with a reading was decided in these days"),
	}}
	began := List{Key: "began", Heading: "Began", Empty: "No pilot began in these days."}
	decided := List{Key: "decided", Heading: "Decided, and why", Empty: "Nothing was decided about a pilot in these days."}
	for _, p := range w.tally.Pilots {
		if w.tally.within(p.Started) {
			began.Entries = append(began.Entries, Entry{Words: p.Title})
		}
		if w.tally.decided(p) {
			decided.Entries = append(decided.Entries, p.entry())
		}
	}
	s.Lists = []List{began, decided}
	if w.department != "" {
		s.Notes = append(s.Notes, "Pilots belong to the whole organisation, so all of them stand here.")
	}
	return s
}

// entry tells what came of a decided pilot: its story where others may read it,
// else the bare decision.
func (p Pilot) entry() Entry {
	verdict := map[string]string{"continue": "It goes on", "scale": "It grows", "stop": "It ends"}[p.Choice]
	if verdict == "" {
		verdict = "It was decided"
	}
	if !p.Story.Offered {
		return Entry{Title: p.Title, Words: verdict + ", because " + sentenceOf(p.Reason)}
	}
	return Entry{Title: p.Story.Title, Words: p.Story.Words, By: p.Story.thanks()}
}

func (s Story) thanks() string {
	var names []string
	for _, c := range s.Credits {
		if c.Named && c.Name != "" {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "with thanks to " + joined(names)
}

func (w *writer) learned() Section {
	list := List{Key: "learnings", Heading: "What worked", Empty: "Nobody has told a learning in these days that others may read."}
	for _, l := range w.tally.Learnings {
		name, department := w.credit(l)
		if w.department != "" && department != w.department {
			continue
		}
		entry := Entry{Words: l.Words, By: name}
		if department != "" && name != "" {
			entry.By += ", " + department
		} else if department != "" {
			entry.By = department
		}
		if l.About != "" {
			entry.Title = l.About
		}
		list.Entries = append(list.Entries, entry)
	}
	s := Section{Key: "learned", Heading: "Learned", Numbers: []Number{w.number(learningsTold, "Learnings")}, Lists: []List{list}}
	if w.department != "" {
		s.Notes = append(s.Notes, "Only learnings stand here whose department may be told.")
	}
	return s
}

// hiddenBelow is how many colleagues a department must have before it stands
// beside words whose author is not named.
const hiddenBelow = 5

// credit returns who may be named beside a learning, and the department that may
// stand there.
func (w *writer) credit(l Learning) (name, department string) {
	if l.Named && l.Name != "" {
		return l.Name, l.Department
	}
	if l.Department != "" && w.tally.heads[l.Department] >= hiddenBelow {
		return "", l.Department
	}
	return "", ""
}

// withheld is what we could not do. It is never left out.
func (w *writer) withheld() Section {
	no := List{Key: "refused", Heading: "Could not be done", Empty: "Nothing was noted. A comms lead notes it with /evangelist no."}
	for _, r := range w.refusals {
		if w.department != "" && r.Department != "" && r.Department != w.department {
			continue
		}
		entry := Entry{Title: strings.TrimSuffix(r.Words, "."), Words: "Because " + sentenceOf(lowered(r.Reason))}
		if r.Department != "" {
			entry.By = "went without: " + r.Department
		}
		no.Entries = append(no.Entries, entry)
	}
	refused := List{Key: "needs-refused", Heading: "Needs that were refused", Empty: "None was refused in these days."}
	open := List{Key: "needs-open", Heading: "Needs that are still open", Empty: "None is open."}
	for _, n := range w.tally.Needs {
		switch {
		case n.Refused && w.tally.within(n.Closed):
			refused.Entries = append(refused.Entries, Entry{Title: n.Title, Words: n.Reason})
		case n.Closed.IsZero() && n.Opened.Before(w.tally.to):
			open.Entries = append(open.Entries, Entry{Words: n.Title})
		}
	}
	s := Section{Key: "could-not", Heading: "What we could not do", Lists: []List{no, refused, open}}
	if w.department != "" {
		s.Notes = append(s.Notes, "Needs stand here without their department, so that nobody is recognised.")
	}
	return s
}

func (w *writer) method() Section {
	s := Section{Key: "method", Heading: "How these numbers are made", Notes: []string{
		"Colleagues are those whom the register of people knew as active when the numbers were first published. Numbers that were published stand.",
		"A number is shown when at least five people stand behind it and at least five do not, for the whole organisation and for departments of twenty and more. All others are counted together. A number that would give away another one is not shown either.",
		"Nobody is ranked. Names stand here only with the consent of those named.",
	}}
	if w.settings.Partial {
		s.Notes = append(s.Notes, "Not everybody who works here is in the register of people, so no headcount is known, and numbers of colleagues are unknown.")
	}
	if n := w.tally.heads[""]; n > 0 && len(departmentsOf(w.tally.Colleagues)) > 0 {
		s.Notes = append(s.Notes, "Colleagues without a recorded department are counted with other departments.")
	}
	return s
}

// noColleagues is said where no number about people can be.
const noColleagues = "unknown, because the register of people is empty"

// number is a measure with the rows that were asked for: the whole organisation,
// and every department or the one.
func (w *writer) number(measure counts.Measure, title string) Number {
	n := Number{Key: measure.Key, Title: title}
	table, known := w.tables[measure.Key]
	switch {
	case !known:
		n.Missing = noColleagues
		return n
	case table.missing != "":
		n.Missing = table.missing
		return n
	}
	n.Caption = table.published.Caption()
	rows := table.published.Rows()
	if w.department == "" || len(rows) == 1 {
		n.Rows = rows
		return n
	}
	n.Rows = rows[:1:1]
	own := slices.IndexFunc(rows[1:], func(r counts.Row) bool { return r.Slice == w.department })
	if own < 0 {
		own = len(rows) - 2 // other departments, which come last
		n.Beside = w.department + " is counted with other departments."
	}
	n.Rows = append(n.Rows, rows[own+1])
	return n
}

func (w *writer) alone(measure counts.Measure, title string, r ratio, none string) Number {
	n, err := alone(measure, title, w.tally.period, r, none)
	if err != nil && w.failed == nil {
		w.failed = fmt.Errorf("publish %s: %w", measure.Key, err)
	}
	return n
}
