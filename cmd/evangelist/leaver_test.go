package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/text"
	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/bot/roster"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage/storagetest"
)

// leaving is a yard in which Farida has everything at once that a colleague can
// have, and what was to be read in every chat before she left.
type leaving struct {
	*yard
	round  string                    // of the round tables
	before map[bot.MessageRef]string // what stood in the chats
	after  map[string][]string       // what is new or changed since, by place
	homes  map[string]string
}

// leavers are whose accounts end: Farida, and Lowenna, who was only invited.
var leavers = []string{"farida", "lowenna"}

// stayers are who sits at the round tables beside Farida and Sanjana.
var stayers = []string{"minh", "kwabena", "grzegorz", "dewi", "colm", "yusra", "leroy"}

// leaverStages say how far the round tables are when somebody leaves.
var leaverStages = map[string]func(*leaving){
	"no table": func(*leaving) {},
	"drafted":  func(l *leaving) { l.plan() },
	"approved": func(l *leaving) { l.plan(); l.must("nia", "tables.approve", l.round, nil) },
	"sent":     func(l *leaving) { l.plan(); l.must("nia", "tables.now", l.round, nil); l.clock.add(2 * time.Minute) },
	"laid":     func(l *leaving) { l.plan(); l.must("nia", "tables.now", l.round, nil); l.pass(2 * time.Minute) },
	"asked": func(l *leaving) {
		l.plan()
		l.must("nia", "tables.now", l.round, nil)
		l.pass(2 * time.Minute)
		l.pass(7 * 24 * time.Hour)
	},
}

// Whoever leaves leaves nothing behind that waits for them: each thing has its next
// step before whom it is for, in the same moment, and nobody else reads of it; later
// nothing is sent there, and whoever comes back finds nothing twice.
func TestSomebodyLeaves(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	folder := t.TempDir()
	before := openYardAt(t, leavingPlace(folder), tuesday, 1)
	(&leaving{yard: before}).everything()
	before.end()
	before.end = func() {}
	copied := func(t *testing.T) *leaving {
		into := t.TempDir()
		if err := os.CopyFS(into, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		return &leaving{yard: openYardAt(t, leavingPlace(into), before.clock.Now(), 2)}
	}
	for _, stage := range slices.Sorted(maps.Keys(leaverStages)) {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			copied(t).leaves(stage)
		})
	}
	t.Run("and comes back", func(t *testing.T) {
		t.Parallel()
		l := copied(t)
		leaverStages["laid"](l)
		l.leave(true)
		l.comesBack()
	})
}

func leavingPlace(folder string) playgroundPlace {
	return playgroundPlace{Database: "sqlite:" + filepath.Join(folder, "evangelist.db"), Workspace: filepath.Join(folder, "journal")}
}

// Whoever comes back finds what they had, as far as nobody else has it now, and
// nothing twice.
func (l *leaving) comesBack() {
	l.Helper()
	l.leave(false)
	for ref, words := range l.chats() {
		if _, known := l.before[ref]; !known {
			l.Errorf("%s is written to in the moment of the return: %s", ref.Place, words)
		}
	}
	for _, m := range l.matters("nia") {
		if strings.Contains(m, "nactive") || strings.Contains(m, "needs") {
			l.Errorf("for leads there waits still: %s", m)
		}
	}
	for _, m := range l.matters("dewi") {
		if strings.Contains(m, "take over") {
			l.Errorf("the deputy is asked still: %s", m)
		}
	}
	l.reads("direct-nia", "Asked for", "A tablet to lend out", "A decision is expected by")
	l.waits("nia", "Ends: waits for its decision")
	l.waits("farida", "Ends: waits for its decision")
	l.waits("farida", "Print the list of vans")
	l.waits("farida", "A letter to sign")
	if stand := l.one("SELECT stand FROM table_seats WHERE person_id = '" + l.personOf("farida") + "'"); stand != "seated" {
		l.Errorf("whoever is back is %s", stand)
	}
	// What others have by now, or what was withdrawn, is asked for anew or not at all.
	l.must("nia", "champions.name", "", values("person", l.personOf("farida"), "body", "The board of farida", "on", "2027-02-08"))
	l.must("farida", "mandates.mine", "", values("time", "hour", "signer", l.personOf("nia")))
	l.must("farida", "primer.begin", "", nil)
	for range 2 {
		l.pass(24 * time.Hour)
	}
	times := map[string]int{}
	for ref, words := range l.chats() {
		if place := ref.Place.Native(); place == "direct-farida" {
			if times[words]++; times[words] > 1 {
				l.Errorf("whoever is back reads twice: %s", words)
			}
		}
	}
	for id, n := range everPosted(l.T, l.place.Workspace) {
		if n > 1 {
			l.Errorf("%d times: %s", n, id)
		}
	}
	l.whole()
}

// The same on PostgreSQL.
func TestSomebodyLeavesOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	l := &leaving{yard: openYard(t, storagetest.PostgreSQL(t))}
	l.everything()
	l.leaves("sent")
}

// leaves has Farida leave at some stage, and looks around.
func (l *leaving) leaves(stage string) {
	l.Helper()
	leaverStages[stage](l)
	l.leave(true)
	l.stepsAreThere(stage)
	l.nobodyElseReads()
	if stage == "no table" {
		l.creditsStay()
		l.nowhereElse()
	} else {
		l.nothingIsSent(stage)
	}
	l.whole()
}

// Whoever has an account on Slack and one on Teams has left when both are off, as
// Slack tells of the one and the directory of Teams of the other.
func TestSomebodyLeavesSlackAndTeams(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	b := openBoth(t, storagetest.SQLite(t))
	minh, err := b.app.people.ByEmail(b.ctx, b.people["minh"].Email)
	if err != nil {
		t.Fatal(err)
	}
	on := func() int { return len(b.accounts("minh")) } // those that are not off
	champion := func() champions.Champion {
		c, err := b.app.features.Champions.Stores.Champions.Get(b.ctx, string(minh.ID))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	f := &forger{tenant: b.tenant}
	f.do("nia", "champions.name", "", values("person", string(minh.ID), "body", "Cabinet"))
	f.do("minh", "champions.accept", string(minh.ID), nil)
	b.later(time.Minute)
	if err := b.slack.slack.Deactivate(userOf("minh"), true); err != nil {
		t.Fatal(err)
	}
	b.eventually("the account on Slack is off", func() bool { return on() == 1 })
	for _, sweep := range b.app.features.Champions.Sweeps() {
		if _, err := sweep.Run(b.ctx); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := b.app.people.Person(b.ctx, minh.ID); err != nil || p.Inactive || champion().State != champions.Active {
		t.Fatalf("with one account of two off: %+v, %+v, %v", p, champion(), err)
	}
	gone := b.people["minh"]
	gone.Disabled = true
	b.teams.SetUser(gone)
	b.stop()
	b.with = []func(*settings){func(s *settings) { // the same Slack
		fake := b.slack.slack.Config()
		s.config.Slack = config.Slack{BotToken: fake.BotToken, AppToken: fake.AppToken, SigningSecret: fake.SigningSecret, APIURL: b.slack.slack.APIURL(), Transport: "socket"}
	}}
	b.start()
	b.eventually("both are off", func() bool { return on() == 0 })
	b.app.Wake()
	b.eventually("the champion has left", func() bool { return champion().State == champions.Left && champion().Gone })
}

// values are the fields of a form, each behind its name.
func values(pairs ...string) map[string][]string {
	all := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = []string{pairs[i+1]}
	}
	return all
}

func (l *leaving) one(query string) string { l.Helper(); return l.list(query)[0] }

// everything gives Farida all of it over a week, and stops a day later.
func (l *leaving) everything() {
	l.Helper()
	farida := l.personOf("farida")
	l.must("farida", "network.join", "", values("part", "lead"))
	for _, person := range append(stayers, "sanjana") {
		l.must(person, "network.join", "", values("part", "support"))
	}
	l.must("nia", "network.team", "", values("who", farida, "change", "appoint-lead"))
	l.must("nia", "voices.readers", "", values("person", farida, "join", "join"))
	l.must("nia", "roster.representative", "", values("department", roster.OfficeID("Housing"), "which", "representative", "person", farida))
	l.must("nia", "roster.representative", "", values("department", roster.OfficeID("Housing"), "which", "deputy", "person", l.personOf("dewi")))
	for person, on := range map[string]string{"farida": "2026-12-08", "honor": "2027-01-12", "abiodun": "2027-01-13"} {
		l.must("nia", "champions.name", "", values("person", l.personOf(person), "body", "The board of "+person, "on", on))
		l.must(person, "champions.accept", l.personOf(person), nil)
	}
	l.must("farida", "tables.apart", "", values("person", l.personOf("minh"), "apart", "apart"))
	l.must("nia", "primer.enrol", "", values("who", farida, "change", "enrol"))
	l.must("nia", "report.schedule", "", values("when", "first Tuesday of the month 09:00", "lead", farida))
	l.must("nia", "network.ask.now", "", nil)
	l.pass(time.Minute)
	for person, need := range map[string]string{"farida": "A room with a door", "sanjana": "A headset that works"} {
		l.must(person, "network.answer", "", values("words", need, "kind", "need"))
	}
	for _, person := range stayers {
		l.must(person, "network.answer", "", values("words", "Ask first", "kind", "learned"))
	}
	l.pass(time.Minute)
	l.must("farida", "network.request.take", l.one("SELECT id FROM network_requests WHERE title LIKE 'A headset%'"), values("due", "2026-12-20"))
	l.pass(7 * 24 * time.Hour)
	l.must("nia", "network.ask.now", "", nil)
	l.settle()
	for _, person := range append(stayers, "sanjana") { // so that there is room for what comes next
		l.must(person, "network.decline", l.one("SELECT round_id || '/' || person_id FROM network_asks WHERE state = 'waiting' AND person_id = '"+l.personOf(person)+"'"), nil)
	}
	l.trials()
	l.writings()
	l.pass(24 * time.Hour)
}

// trials are Farida's pilots: one that runs, one that waits for its decision, and
// one of Tamsin's on whose team she is.
func (l *leaving) trials() {
	l.Helper()
	l.must("nia", "pilots.goal", "goal", values("title", "Fewer calls", "audience", "Residents", "benefit", "Time"))
	for title, sponsor := range map[string]string{"Runs": "farida", "Ends": "farida", "Other": "tamsin"} {
		l.must("nia", "pilots.new", "", values("title", title, "scope", "Two wards", "audience", "Residents", "benefit", "Time", "goal", l.one("SELECT id FROM goals")))
		id := l.pilotOf(title)
		l.must("nia", "pilots.bounds", id, values("cost", "nothing", "ends", "2027-04-20", "sponsor", l.personOf(sponsor)))
		l.must("nia", "pilots.measure", id, values("measure", "Calls", "aim", "at most", "target", "40"))
		l.must("nia", "pilots.preflight", id, values("guideline", "yes", "clause", "4.2", "personal", "no"))
		l.must("nia", "pilots.start", id, nil)
	}
	l.must("nia", "pilots.member", l.pilotOf("Other"), values("who", l.personOf("farida"), "change", "in"))
	l.must("farida", "pilots.finish", l.pilotOf("Ends"), nil)
}

func (l *leaving) pilotOf(title string) string {
	l.Helper()
	return l.one("SELECT id FROM pilots WHERE title = '" + title + "'")
}

// writings are what Farida wrote, asked for, keeps, and has been given to do.
func (l *leaving) writings() {
	l.Helper()
	farida, nia := l.personOf("farida"), l.personOf("nia")
	l.must("farida", "mandates.mine", "", values("time", "hour", "signer", nia))
	l.must("yusra", "mandates.mine", "", values("time", "hour", "signer", farida))
	l.must("farida", "mandates.resource", "", values("what", "A tablet to lend out"))
	l.must("farida", "voices.idea", "", values("words", "Let the van stop at the depot", "name", "named"))
	l.must("minh", "voices.concern", "", values("words", "Nobody has time to try", "name", "named"))
	l.must("farida", "voices.take", l.one("SELECT id FROM voices WHERE words = 'Nobody has time to try'"), nil)
	l.must("farida", "library.example", "", values("address", "https://example.org/bins", "who", "Another council", "job", "Calls about bins", "came", "A third fewer", "name", "name"))
	l.must("dewi", "roster.decided", "", values("words", "Print the list of vans", "owner", farida, "due", "2026-12-01"))
	l.must("dewi", "roster.decided", "", values("words", "Paint the sign", "owner", farida, "due", "2027-01-20"))
	l.must("nia", "digest.rules", "friday-roundup", values("curator", farida, "deputy", l.personOf("sunil")))
	l.must("nia", "digest.new", "", values("name", "Monday notes", "when", "every Monday 09:00", "places", string(l.ws.PlaceID("all-council"))))
	l.must("nia", "digest.rules", l.one("SELECT id FROM digests WHERE name = 'Monday notes'"), values("curator", nia, "deputy", farida))
	l.must("nia", "roster.invite", "", values("person", l.personOf("lowenna"), "part", "lead", "reason", "Because of the maps"))
	l.must("farida", "roster.invite", "", values("person", l.personOf("shanice"), "part", "lead", "reason", "Because of the coffee"))
}

func (l *leaving) plan() {
	l.Helper()
	l.must("nia", "tables.plan", "", nil)
	l.round = l.one("SELECT id FROM table_rounds")
	l.settle()
}

// chats are all messages that anybody can read, by where they stand.
func (l *leaving) chats() map[bot.MessageRef]string {
	all := map[bot.MessageRef]string{}
	for _, person := range l.ws.People() {
		for _, room := range l.ws.Rooms(person.Native) {
			for _, m := range l.ws.Messages(string(room.ID)) {
				words := m.Text
				if m.Body != nil {
					words = text.Render(*m.Body, time.UTC)
				}
				all[m.Ref] = strings.Join(strings.Fields(words), " ")
			}
		}
	}
	return all
}

// look notes the messages that are new or changed since Farida left.
func (l *leaving) look() {
	all := map[string][]string{}
	for ref, words := range l.chats() {
		if l.before[ref] != words {
			place := ref.Place.Native()
			all[place] = append(all[place], words)
		}
	}
	l.after = all
}

// home is somebody's page.
func (l *leaving) home(person string) string {
	l.Helper()
	message, err := l.app.router.Home(l.ctx, l.ws.ID(person))
	if err != nil {
		l.Fatal(err)
	}
	return text.Render(message, time.UTC)
}

// leave is the directory saying that the accounts are off, or on again; then
// whatever is due happens, and no time goes by.
func (l *leaving) leave(off bool) {
	l.Helper()
	l.before, l.homes = l.chats(), map[string]string{}
	for _, person := range l.ws.People() {
		if !person.Bot && !person.External {
			l.homes[person.Native] = l.home(person.Native)
		}
	}
	for _, person := range leavers {
		if err := l.ws.Deactivate(person, off); err != nil {
			l.Fatal(err)
		}
	}
	if _, err := l.app.people.Record(l.ctx, l.ws.Accounts()); err != nil {
		l.Fatal(err)
	}
	l.settle()
	l.look()
}

// reads reports whether a message that is new or changed has all words.
func (l *leaving) reads(place string, words ...string) {
	l.Helper()
	all := l.after[place]
	if !slices.ContainsFunc(all, func(m string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(m, word) })
	}) {
		l.Errorf("%s does not read %q, but\n\t%s", place, words, strings.Join(short(all), "\n\t"))
	}
}

// matters are what waits for somebody, a line for each with the button's command.
func (l *leaving) matters(person string) []string {
	l.Helper()
	actor, err := l.app.people.Actor(l.ctx, l.ws.ID(person))
	if err != nil {
		l.Fatal(err)
	}
	all, err := l.app.features.Matters(l.ctx, actor)
	if err != nil {
		l.Fatal(err)
	}
	var lines []string
	for _, m := range all {
		line := m.What.Plain(time.UTC)
		if m.Do != nil {
			line += " [" + m.Do.Command + "]"
		}
		lines = append(lines, line)
	}
	return lines
}

func (l *leaving) waits(person string, words ...string) {
	l.Helper()
	all := l.matters(person)
	if !slices.ContainsFunc(all, func(m string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(m, word) })
	}) {
		l.Errorf("for %s waits nothing with %q, but\n\t%s", person, words, strings.Join(short(all), "\n\t"))
	}
}

// stepsAreThere checks of each thing that Farida had who has its next step.
func (l *leaving) stepsAreThere(stage string) {
	l.Helper()
	nia := "direct-nia"
	// The department: leads see who is gone, and the deputy is not asked before one of
	// them says so.
	l.reads(nia, "Housing needs a representative", "Farida Noorzai: account inactive", "Dewi Cadwallader", "not asked yet")
	if all := l.matters("dewi"); slices.ContainsFunc(all, func(m string) bool { return strings.Contains(m, "roster.takeover") }) {
		l.Errorf("the deputy is asked before a lead said so: %v", all)
	}
	l.waits("nia", "Account inactive: Farida Noorzai (representative of Housing)", "[roster.news]")
	// What was decided, due or not, has somebody else to do it.
	l.waits("nia", "Print the list of vans", "account inactive", "[roster.redate]")
	l.waits("nia", "Paint the sign", "account inactive", "[roster.redate]")
	// The champion, and what was to be sent before the meeting.
	l.reads(nia, "A champion less: account inactive", "Farida Noorzai", "The board of farida", "name somebody else")
	if stage != "asked" { // then the meeting is over
		l.reads(nia, "Briefing for Farida Noorzai", "is no champion any more, so nothing goes out")
	}
	// The pilots.
	l.reads(nia, "needs a sponsor", "Runs", "account", "inactive")
	l.reads(nia, "needs a sponsor", "Ends", "decision")
	l.waits("nia", "Runs: needs a sponsor")
	l.waits("nia", "Ends: needs a sponsor")
	// What was asked for, by herself and by others.
	l.reads(nia, "A request needs somebody again", "A headset that works")
	l.waits("nia", "A headset that works", "[network.request]")
	l.reads(nia, "Asked for: account inactive", "A tablet to lend out", "Hand it to a colleague")
	l.waits("nia", "A tablet to lend out (account inactive)", "[mandates.hand]")
	// The letters: hers is withdrawn, the one that she was to sign needs another name.
	l.reads(nia, "A letter to sign", "withdrawn")
	l.waits("yusra", "Your own letter needs a word from you")
	// The digests.
	l.reads(nia, "Friday roundup", "needs a curator", "account", "inactive", "Sunil Wadhera")
	l.waits("nia", "Friday roundup", "curator", "account inactive", "[digest.rules]")
	l.waits("nia", "Monday notes", "deputy", "account inactive", "[digest.rules]")
	// The report, what is to be read and answered, and the invitations.
	l.reads(nia, "Report", "November 2026")
	l.waits("nia", "November 2026 waits for its approval")
	l.reads("reading-team", "Nobody has time to try")
	if owner := l.one("SELECT owner FROM voices WHERE words = 'Nobody has time to try'"); owner == l.personOf("farida") || owner == "" {
		l.Errorf("the concern lies with %q", owner)
	}
	if state := l.one("SELECT state FROM roster_guests WHERE person_id = '" + l.personOf("lowenna") + "'"); state != string(roster.Withdrawn) {
		l.Errorf("the invitation is %s", state)
	}
	// What was asked of them is taken back; the rest of what is queued is dropped when
	// its turn comes.
	for _, person := range leavers {
		for _, open := range l.list("SELECT '' UNION ALL SELECT key FROM deliveries WHERE open AND state = 'queued' AND person = '" + l.personOf(person) + "'")[1:] {
			if kind, _, _ := strings.Cut(open, "/"); slices.Contains([]string{"question", "champions", "champion", "primer", "mandate"}, kind) || strings.HasPrefix(open, "roster/invite") {
				l.Errorf("%s is still on its way to %s", open, person)
			}
		}
	}
	l.tablesGoOn(stage)
}

// tablesGoOn checks the round: who is left has a table and the conversation.
func (l *leaving) tablesGoOn(stage string) {
	l.Helper()
	if stage == "drafted" || stage == "approved" {
		l.reads("direct-nia", "draft of round tables changed", "Farida Noorzai")
	}
}

// tablesMeet checks that the conversations of all tables are there, and show who is
// left.
func (l *leaving) tablesMeet() {
	l.Helper()
	chats := l.chats()
	for _, person := range append(stayers, "sanjana") {
		met := ""
		for _, room := range l.ws.Rooms(person) {
			for _, m := range l.ws.Messages(string(room.ID)) {
				if words := chats[m.Ref]; strings.HasPrefix(words, "Your round table") {
					met += words
				}
			}
		}
		if met == "" || strings.Contains(met, "Farida") {
			l.Errorf("%s meets: %q", person, met)
		}
	}
}

// nobodyElseReads checks that nothing which came with the leaving tells others of
// it: not in chats, on home pages, by commands or on the web.
func (l *leaving) nobodyElseReads() {
	l.Helper()
	for place, all := range l.after {
		for _, words := range all {
			switch {
			case place == "direct-nia" || place == "direct-farida" || place == "direct-lowenna":
			case strings.Contains(words, "nactive") || strings.Contains(words, "has left"):
				l.Errorf("%s reads of it: %s", place, words)
			case place == "reading-team", // the author of an idea with a name
				place == "direct-sunil" && strings.HasPrefix(words, "Friday roundup: draft"), // who shared a link
				place == "direct-yusra" && strings.HasPrefix(words, "Your letter needs another name"):
			case strings.Contains(words, "Farida"):
				l.Errorf("%s reads a name: %s", place, words)
			}
		}
	}
	for person, was := range l.homes {
		is := l.home(person)
		if person == "nia" || slices.Contains(leavers, person) {
			continue
		}
		if strings.Contains(is, "nactive") || strings.Count(is, "Farida") > strings.Count(was, "Farida") {
			l.Errorf("the page of %s tells of it: %s", person, is)
		}
	}
}

// nowhereElse asks by every command, and on every page that a link leads to.
func (l *leaving) nowhereElse() {
	l.Helper()
	all := &ranking{yard: l.yard, shown: map[string]string{}}
	for _, person := range []string{"leroy", "dewi", "tamsin"} {
		for _, command := range l.app.router.Commands() {
			if len(command.Phrases) > 0 || command.Global {
				l.clock.add(3 * time.Second)
				all.keep("command "+command.Name+" by "+person, told(l.do(person, command.Name, "", nil)))
			}
		}
		all.crawl(person)
	}
	for what, words := range all.shown {
		if strings.Contains(words, "nactive") || strings.Contains(words, "has left") {
			l.Errorf("%s tells of it: %s", what, words)
		}
	}
	if len(all.shown) < 100 {
		l.Errorf("only %d outputs were looked at", len(all.shown))
	}
}

// creditsStay checks that whoever is gone is thanked still, as they allowed.
func (l *leaving) creditsStay() {
	l.Helper()
	l.says("the library", l.slash("leroy", "/evangelist worked bins"), "Another council: Calls about bins", "kept by Farida Noorzai")
	l.says("the team", l.slash("nia", "/evangelist pilot "+l.one("SELECT reference FROM pilots WHERE title = 'Other'")), "Tamsin Arkell", "Farida Noorzai")
}

// nothingIsSent steps a quarter forward: whatever was on its way to who left has
// ended without being sent, and nothing new was.
func (l *leaving) nothingIsSent(stage string) {
	l.Helper()
	l.must("nia", "roster.release", l.personOf("farida"), nil)
	for range 6 {
		l.pass(24 * time.Hour)
	}
	l.pass(time.Hour)
	l.look()
	l.reads("direct-dewi", "Do you take over in Housing?", "Why you")
	if stage == "sent" || stage == "laid" {
		l.tablesMeet()
	}
	weeks := 4 // a step
	if stage == "drafted" {
		weeks = 1
	}
	for range 12 / weeks {
		l.pass(time.Duration(weeks) * 7 * 24 * time.Hour)
	}
	for ref, words := range l.chats() {
		_, known := l.before[ref]
		if place := ref.Place.Native(); !known && (place == "direct-farida" || place == "direct-lowenna") {
			l.Errorf("%s was written to: %s", place, words)
		}
	}
	for _, person := range leavers {
		for _, open := range l.list("SELECT '' UNION ALL SELECT key FROM deliveries WHERE open AND person = '" + l.personOf(person) + "'")[1:] {
			l.Errorf("%s is still on its way to %s", open, person)
		}
	}
}

// short cuts lines to what a failure has room for.
func short(all []string) []string {
	var out []string
	for _, one := range all {
		out = append(out, one[:min(len(one), 300)])
	}
	return out
}
