package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/storagetest"

	"pgregory.net/rapid"
)

// A year of the whole program: people of a house type what they may type, press
// what stands before them and fill in what opens, at random, with every feature
// on; some turn the bot down, go on leave or leave for good. Now and then an answer
// of the platform is lost, or the program is gone in the middle of its work and
// comes back with nothing but what it kept. The test looks at
// what stands in the chats at the end of each part of a day, not at any rule of
// the program: nobody is written to first more often than promised, at night, on
// a free day, on leave or after Never; each time it says why, and offers less;
// nothing stands there twice, and nothing breaks.
func TestAYearKeepsThePromises(t *testing.T) {
	days, flags := 365, map[string]string{"rapid.checks": "1", "rapid.seed": "7", "rapid.shrinktime": "0s", "rapid.nofailfile": "true"}
	switch {
	case storagetest.Raced:
		days = 45
	case os.Getenv("EVANGELIST_SOAK") != "": // other years each time
		flags["rapid.checks"], flags["rapid.seed"] = "8", "0"
	}
	for name, value := range flags {
		known := flag.Lookup(name)
		before := known.Value.String()
		if err := known.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = known.Value.Set(before) })
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		y := newYear(t, rt, fmt.Sprint("year", n))
		for range days {
			y.day()
			if len(y.wrong) > 10 {
				break
			}
		}
		y.sum()
		if len(y.wrong) > 0 {
			rt.Fatal("see above")
		}
	})
}

// year is a yard whose people act at random.
type year struct {
	*yard
	rt      *rapid.T
	people  []string // who act; the last ones never do
	silent  []string
	free    map[string]bool
	seen    map[bot.MessageRef]bool
	nudges  map[bot.PersonID][]nudge
	acts    map[string]int // by command, of those that did something
	persons map[string]bot.PersonID
	wrong   map[string]bool      // what was reported, each kind once
	asked   map[string]time.Time // by room and person, when somebody was last asked
	parts   map[string]int       // how often each part was posted
	starts  byte
	doubt   bool // an answer was lost
	crashes int
}

// nudge is one time that the bot wrote first, as the chat shows it.
type nudge struct {
	at  time.Time
	key string
}

func newYear(t *testing.T, rt *rapid.T, name string) *year {
	y := &year{yard: openYard(t, "sqlite:"+filepath.Join(t.TempDir(), name+".db")), rt: rt, free: map[string]bool{}, seen: map[bot.MessageRef]bool{},
		nudges: map[bot.PersonID][]nudge{}, acts: map[string]int{}, persons: map[string]bot.PersonID{}, wrong: map[string]bool{}, parts: map[string]int{}, asked: map[string]time.Time{}, starts: 1}
	for _, person := range y.ws.People() {
		if person.Bot || person.External {
			continue
		}
		y.people = append(y.people, person.Native)
		actor, err := y.app.people.Actor(y.ctx, y.ws.ID(person.Native))
		if err != nil {
			t.Fatal(err)
		}
		y.persons[person.Native] = actor.Person
	}
	slices.Sort(y.people)
	var lines []string
	for _, day := range []string{"2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03"} {
		y.free[day] = true
		lines = append(lines, day)
	}
	y.must("nia", "contact.holidays", "", map[string][]string{"days": {strings.Join(lines, "\n")}})
	y.ws.Inject(y.fault)
	return y
}

// fault loses an answer now and then.
func (y *year) fault(call playground.Call) playground.Fault {
	if posting := call.ID != "" && call.Payload != nil; posting {
		y.parts[call.ID]++
		if len(y.parts)%17 == 0 {
			y.doubt = true
			return playground.LoseReply
		}
	}
	return playground.NoFault
}

// crash has the program do a part of what is due, and come back with nothing but
// what it kept.
func (y *year) crash() {
	y.Helper()
	y.crashes++
	y.app.background.Wait()
	y.heard()
	for range rapid.IntRange(0, 12).Draw(y.rt, "steps") {
		var err error
		switch n := rapid.IntRange(0, len(y.app.sweeps)+5).Draw(y.rt, "step"); {
		case n < len(y.app.sweeps):
			_, err = y.app.sweeps[n].Run(y.ctx)
		case n%2 == 0:
			_, err = y.app.scheduler.Step(y.ctx)
		default:
			_, _, err = y.app.courier.Step(y.ctx)
		}
		if err != nil {
			y.Fatal(err)
		}
	}
	y.end()
	y.starts++
	y.start(y.starts)
	y.ws.Inject(y.fault)
}

// day is a day: morning, afternoon, evening, with acts between.
func (y *year) day() {
	hours := []int{9, 14}
	if rapid.IntRange(0, 3).Draw(y.rt, "late") == 3 {
		hours = append(hours, 23)
	}
	for _, hour := range hours {
		now := y.clock.Now().In(y.app.organisation.Zone)
		at := time.Date(now.Year(), now.Month(), now.Day(), hour, rapid.IntRange(0, 59).Draw(y.rt, "minute"), 0, 0, now.Location())
		if hour == 9 && now.Hour() >= 9 {
			at = at.AddDate(0, 0, 1)
		}
		if at.After(now) {
			y.settled(at.Sub(now))
			if y.doubt {
				y.doubt = false
				y.settled(3 * time.Minute) // what was in doubt is looked for
			}
		}
		most := 2
		if weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday; hour == 23 || weekend {
			most = 1
		}
		for range rapid.IntRange(0, most).Draw(y.rt, "acts") {
			y.act()
			y.clock.add(time.Minute)
		}
	}
}

// settled lets time go by, and looks at what the bot wrote meanwhile, to people
// who had wished what they wish since the last act.
func (y *year) settled(d time.Duration) {
	y.Helper()
	wishes := map[bot.PersonID]bot.Person{}
	all, err := y.app.people.Persons(y.ctx)
	if err != nil {
		y.Fatal(err)
	}
	for _, person := range all {
		wishes[person.ID] = person
	}
	y.clock.add(d)
	if rapid.IntRange(0, 59).Draw(y.rt, "crash") == 31 {
		y.crash()
	}
	y.settle()
	y.look(wishes)
}

// sent is one posted part with the delivery that it belongs to.
type sent struct{ key, class, person, people, view string }

// deliveries are all parts, by their id.
func (y *year) deliveries() map[string]sent {
	y.Helper()
	rows, err := y.looker.QueryContext(y.ctx, `SELECT p.id, d.key, d.class, d.person, d.people, d.view_kind FROM delivery_parts p JOIN deliveries d ON d.key = p.key`)
	if err != nil {
		y.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]sent{}
	for rows.Next() {
		var id string
		var s sent
		if err := rows.Scan(&id, &s.key, &s.class, &s.person, &s.people, &s.view); err != nil {
			y.Fatal(err)
		}
		out[id] = s
	}
	if err := rows.Err(); err != nil {
		y.Fatal(err)
	}
	return out
}

// look checks what is new in the chats of one person or of a few.
func (y *year) look(wishes map[bot.PersonID]bot.Person) {
	y.Helper()
	var known map[string]sent
	for _, person := range y.ws.People() {
		for _, room := range y.ws.Rooms(person.Native) {
			if room.Kind != bot.DirectChat && room.Kind != bot.GroupChat {
				continue
			}
			for _, m := range y.ws.Messages(string(room.ID)) {
				if !m.Ours || m.PartID == "" || y.seen[m.Ref] {
					continue
				}
				y.seen[m.Ref] = true
				if known == nil {
					known = y.deliveries()
				}
				s, ok := known[m.PartID]
				if !ok {
					y.Fatalf("a message of ours belongs to no delivery: %s", m.Text)
				}
				y.judge(s, m, wishes)
			}
		}
	}
}

// judge holds one message to the promises.
func (y *year) judge(s sent, m playground.Message, wishes map[bot.PersonID]bot.Person) {
	y.Helper()
	var to []bot.PersonID
	if s.person != "" {
		to = []bot.PersonID{bot.PersonID(s.person)}
	} else if err := json.Unmarshal([]byte(s.people), &to); err != nil || len(to) == 0 {
		y.Fatalf("%s goes to %q, %q", s.key, s.person, s.people)
	}
	for _, id := range to {
		person := wishes[id]
		if s.class != string(bot.Nudge) {
			// Who shared a link is asked once about the credit, before it stands anywhere.
			if !strings.HasPrefix(s.key, "credit/") && slices.ContainsFunc(y.silent, func(native string) bool { return y.persons[native] == id }) {
				y.report(s, "%s writes to somebody who never used the bot, and does not count it (%s): %s", s.key, s.class, m.Text)
			}
			continue
		}
		local := m.At.In(zoneOfPerson(person, y.app.organisation.Zone))
		switch contact := person.Contact; {
		case person.Inactive:
			y.report(s, "%s writes to somebody who left: %s", s.key, m.Text)
		case contact.Never:
			y.report(s, "%s writes to somebody after Never: %s", s.key, m.Text)
		case contact.MutedUntil.After(m.At):
			y.report(s, "%s writes to somebody on leave: %s", s.key, m.Text)
		case local.Weekday() == time.Saturday, local.Weekday() == time.Sunday, y.free[local.Format(time.DateOnly)]:
			y.report(s, "%s writes on %s: %s", s.key, local.Format("Monday 2 January 15:04"), m.Text)
		case local.Format("15:04") < orUsual(contact.QuietUntil, "08:30"), local.Format("15:04") >= orUsual(contact.QuietFrom, "18:00"):
			y.report(s, "%s writes at %s to somebody with %+v: %s", s.key, local.Format("15:04"), contact, m.Text)
		}
		span, most := 7*24*time.Hour, 2
		if person.Contact.Less {
			span, most = 28*24*time.Hour, 1
		}
		if slices.ContainsFunc(y.silent, func(native string) bool { return y.persons[native] == id }) {
			span, most = 90*24*time.Hour, 1
		}
		y.nudges[id] = append(y.nudges[id], nudge{m.At, s.key})
		recent := slices.DeleteFunc(slices.Clone(y.nudges[id]), func(n nudge) bool { return m.At.Sub(n.at) >= span })
		if len(recent) > most {
			y.report(s, "%s is written to %d times in %s: %+v", id, len(recent), span, recent)
		}
		y.offers(s, m)
		y.quarterly(s, m, id)
	}
}

// quarterly checks that nobody is asked to take something on, or whether they still
// do, twice in a quarter.
func (y *year) quarterly(s sent, m playground.Message, id bot.PersonID) {
	y.Helper()
	room, _, _ := strings.Cut(s.view, ".")
	if !slices.Contains([]string{"roster.invite", "roster.takeover", "champions.question"}, s.view) {
		return
	}
	last, asked := y.asked[room+string(id)]
	if y.asked[room+string(id)] = m.At; asked && m.At.Sub(last) < 91*24*time.Hour {
		y.report(s, "%s is asked twice in a quarter, on %s and %s: %s", id, last.Format(time.DateOnly), m.At.Format(time.DateOnly), m.Text)
	}
}

// offers checks that a message which the bot wrote first says why, and can be
// turned down.
func (y *year) offers(s sent, m playground.Message) {
	y.Helper()
	if m.Body == nil {
		y.report(s, "%s has no body", s.key)
		return
	}
	if _, less := playground.FindButton(*m.Body, "Less"); !less {
		y.report(s, "%s offers no Less", s.key)
	}
	if _, never := playground.FindButton(*m.Body, "Never"); !never {
		y.report(s, "%s offers no Never", s.key)
	}
	if !strings.Contains(plain(*m.Body), "Why you") {
		y.report(s, "%s does not say why: %s", s.key, plain(*m.Body))
	}
}

// report notes what is wrong, once for each kind of message and each promise.
func (y *year) report(s sent, format string, args ...any) {
	y.Helper()
	kind, _, _ := strings.Cut(s.key, "/")
	if kind += " " + s.view + format; !y.wrong[kind] {
		y.wrong[kind] = true
		y.Errorf("%s: "+format, append([]any{y.clock.Now().Format(time.DateTime)}, args...)...)
	}
}

func orUsual(text, usual string) string {
	if text == "" {
		return usual
	}
	return text
}

func zoneOfPerson(p bot.Person, home *time.Location) *time.Location {
	if zone, err := time.LoadLocation(p.Contact.Zone); p.Contact.Zone != "" && err == nil {
		return zone
	}
	return home
}

// pick draws one of some.
func pick[T any](y *year, label string, some []T) T {
	return some[rapid.IntRange(0, len(some)-1).Draw(y.rt, label)]
}

// act has somebody do something.
func (y *year) act() {
	y.Helper()
	if y.silent == nil { // from the first act on
		y.silent = y.people[len(y.people)-4:]
		y.people = y.people[:len(y.people)-4]
	}
	person := pick(y, "who", y.people)
	switch rapid.IntRange(0, 19).Draw(y.rt, "what") {
	case 0:
		y.comeOrGo(person)
	case 1, 2, 3, 4:
		y.press(person)
	case 5, 6, 7, 8:
		y.type_("nia")
	case 9, 10:
		y.press("nia")
	default:
		y.type_(person)
	}
}

// comeOrGo switches an account off or on again: somebody leaves or comes back.
func (y *year) comeOrGo(person string) {
	account, ok := y.ws.Account(person)
	if !ok || person == "nia" {
		return
	}
	if err := y.ws.Deactivate(person, !account.Inactive); err != nil {
		y.Fatal(err)
	}
	if _, err := y.app.people.Record(y.ctx, y.ws.Accounts()); err != nil {
		y.Fatal(err)
	}
}

// type_ has somebody type one of the commands that they may type.
func (y *year) type_(person string) {
	y.Helper()
	actor, err := y.app.people.Actor(y.ctx, y.ws.ID(person))
	if err != nil {
		y.Fatal(err)
	}
	var lines []string
	for _, command := range y.app.router.Commands() {
		if actor.Has(command.Needs) && command.Name != "network.team" && command.Name != "digest.recall" {
			for _, phrase := range command.Phrases {
				lines = append(lines, "/"+phrase)
			}
		}
	}
	line := pick(y, "line", lines)
	answer, err := y.ws.As(person).Slash(y.ctx, "all-council", line)
	y.follow(person, line, answer, err, 3)
}

// press has somebody press a button that stands before them.
func (y *year) press(person string) {
	y.Helper()
	type found struct {
		ref    bot.MessageRef
		button bot.Button
	}
	var all []found
	for _, room := range y.ws.Rooms(person) {
		messages := y.ws.Messages(string(room.ID))
		for _, m := range messages[max(len(messages)-12, 0):] {
			if m.Ours && m.Body != nil {
				for _, button := range buttonsOf(*m.Body) {
					all = append(all, found{m.Ref, button})
				}
			}
		}
	}
	if len(all) == 0 {
		return
	}
	one := pick(y, "button", all)
	answer, err := y.ws.As(person).PressButton(y.ctx, one.ref, one.button)
	y.follow(person, one.button.Command+" "+one.button.Label, answer, err, 3)
}

func buttonsOf(m bot.Message) []bot.Button {
	var all []bot.Button
	for _, block := range m.Blocks {
		if actions, ok := block.(bot.Actions); ok {
			all = append(all, actions.Buttons...)
		}
	}
	return all
}

// follow goes on where an answer leads: a form is filled in and sent, a button on
// what is shown is pressed.
func (y *year) follow(person, what string, answer playground.Answer, err error, depth int) {
	y.Helper()
	if err != nil {
		return // an account that is switched off, a card that is gone
	}
	said := shows(answer.Reply)
	if strings.Contains(said, "on our side") {
		y.report(sent{key: what}, "%s, %s: %s", person, what, said)
	}
	y.acts[strings.Fields(what)[0]]++
	if depth == 0 {
		return
	}
	y.clock.add(3 * time.Second)
	switch {
	case answer.Form != nil && answer.Form.Done == nil:
		form := y.fill(answer.Form)
		next, err := form.Submit(y.ctx)
		y.follow(person, form.Form.Command+" sent", next, err, depth-1)
	case answer.Shown != nil:
		if buttons := buttonsOf(*answer.Shown); len(buttons) > 0 && rapid.Bool().Draw(y.rt, "on") {
			button := pick(y, "next", buttons)
			next, err := y.ws.As(person).PressButton(y.ctx, answer.Ref, button)
			y.follow(person, button.Command+" "+button.Label, next, err, depth-1)
		}
	}
}

// fill writes something sensible, or not, into the fields of a form.
func (y *year) fill(form *playground.OpenForm) *playground.OpenForm {
	for _, field := range form.Form.Fields {
		if !field.Required && rapid.IntRange(0, 2).Draw(y.rt, "skip") == 0 {
			continue
		}
		switch field.Kind {
		case bot.ChoiceField, bot.ChoicesField:
			if len(field.Options) > 0 {
				form.Pick(field.Name, pick(y, "option", field.Options).Value)
			}
		case bot.PersonField:
			some := y.people
			if !strings.HasPrefix(form.Form.Command, "digest.") { // who edits a digest is sent its drafts, used to the bot or not
				some = slices.Concat(some, y.silent)
			}
			form.Pick(field.Name, pick(y, "person", some))
		case bot.PlaceField, bot.PlacesField:
			form.Pick(field.Name, pick(y, "place", []string{"all-council", "front-line"}))
		case bot.DateField:
			form.Pick(field.Name, y.clock.Now().AddDate(0, 0, rapid.IntRange(-3, 60).Draw(y.rt, "date")).Format(time.DateOnly))
		case bot.TimeField:
			form.Pick(field.Name, pick(y, "time", []string{"07:45", "09:00", "12:30", "17:00", "19:30"}))
		case bot.NumberField:
			form.Pick(field.Name, fmt.Sprint(rapid.IntRange(0, 60).Draw(y.rt, "number")))
		case bot.YesNoField:
			form.Pick(field.Name, pick(y, "yes", []string{"yes", ""}))
		default:
			if len(field.Value) == 0 || rapid.Bool().Draw(y.rt, "again") {
				form.Pick(field.Name, pick(y, "words", typedInto(field)))
			}
		}
	}
	return form
}

// typedInto is what people write, by what a field seems to ask for.
func typedInto(field bot.Field) []string {
	ask := strings.ToLower(field.Label + field.Help + field.Placeholder)
	switch {
	case strings.Contains(ask, "every"), strings.Contains(ask, "rhythm"):
		return []string{"every Thursday 14:00", "every second Tuesday 10:00", "first Monday of the month 10:00", "now and then"}
	case strings.Contains(ask, "zone"):
		return []string{"Europe/London", "Europe/Lisbon", "Nowhere"}
	case strings.Contains(ask, "http"), strings.Contains(ask, "address"):
		return []string{"https://example.org/a", "https://example.net/b?utm_source=x", "not an address"}
	}
	return []string{"One page replaced forty calls a week.", "A second pair of hands on Fridays", "Because the form was <b>long</b> & *dull*", "ß É 漢"}
}

// sum says what the year was like, and that it was no quiet one.
func (y *year) sum() {
	y.Helper()
	y.whole()
	for id, n := range everPosted(y.T, y.place.Workspace) {
		if n > 1 {
			y.Errorf("%d times: %s", n, id)
		}
	}
	nudges, most := 0, 0
	for _, all := range y.nudges {
		nudges += len(all)
		most = max(most, len(all))
	}
	rooms := map[string]int{}
	for command, n := range y.acts {
		room, _, _ := strings.Cut(strings.TrimPrefix(command, "/"), ".")
		rooms[room] += n
	}
	stats, err := y.app.courier.Stats(y.ctx)
	if err != nil {
		y.Fatal(err)
	}
	y.Logf("the bot wrote first %d times, to nobody more than %d times; %d crashes; acts: %v; deliveries: %v", nudges, most, y.crashes, rooms, stats.Counts)
	if nudges < 20 {
		y.Errorf("it wrote first %d times in all: the year shows nothing", nudges)
	}
	for _, count := range stats.Counts {
		if count.State == courier.Failed || count.State == courier.Unsure {
			y.Errorf("%d deliveries are %s", count.N, count.State)
		}
	}
}
