package voices_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/voices"
)

// queued is what was queued to be sent: key, address and body of each delivery.
type queued struct{ key, place, person, class, body string }

func (w *world) queued() []queued {
	w.t.Helper()
	rows, err := w.looker.Query(`SELECT d.key, d.place, d.person, d.class, coalesce(b.message, '')
		FROM deliveries d LEFT JOIN bodies b ON b.hash = d.body ORDER BY d.key`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var all []queued
	for rows.Next() {
		var q queued
		if err := rows.Scan(&q.key, &q.place, &q.person, &q.class, &q.body); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, q)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// named raises an idea with a name and returns its id.
func (w *world) named(native string, more ...string) string {
	w.t.Helper()
	before := w.all()
	w.done(native, w.form(native, "idea", "", ""), append([]string{"words", "Lend out the projector.", "name", "named"}, more...)...)
	for _, v := range w.all() {
		if !slices.ContainsFunc(before, func(b voices.Voice) bool { return b.ID == v.ID }) {
			return v.ID
		}
	}
	w.t.Fatal("nothing was raised")
	return ""
}

// What the author of a voice with a name is told, and can do.
func TestANamedWay(t *testing.T) {
	w := newWorld(t, 10)
	id := w.named("Colleague-1")
	golden(t, "card-named", page(w.card(id)))
	golden(t, "home-reader", page(bot.Message{Blocks: w.home("Reader-A")}))
	golden(t, "home", page(bot.Message{Blocks: w.home("Colleague-1")}))
	golden(t, "form-ask", formPage(w.form("Reader-A", "voices.ask", "", id)))
	w.act("Reader-A", "voices.ask", id, "answer", "To whom?")
	golden(t, "form-reply", formPage(w.form("Colleague-1", "voices.reply", "", id)))
	w.act("Colleague-1", "voices.reply", id, "words", "To schools.")
	golden(t, "form-describe", formPage(w.form("Reader-A", "voices.describe", "", id)))
	w.act("Reader-A", "voices.describe", id, "summary", "Equipment could be lent out.", "theme", "Sharing")
	golden(t, "form-pass", formPage(w.form("Reader-A", "voices.pass", "", id)))
	w.act("Reader-A", "voices.pass", id, "reader", string(w.person("Reader-B")))
	golden(t, "form-refuse", formPage(w.form("Reader-B", "voices.refuse", "", id)))
	w.act("Reader-B", "voices.refuse", id, "answer", "It is too old.", "summary", "Equipment could be lent out.")
	golden(t, "form-appeal", formPage(w.form("Colleague-1", "voices.appeal", "", id)))
	w.act("Colleague-1", "voices.appeal", id, "words", "It works.")
	golden(t, "form-answer", formPage(w.form("Reader-A", "voices.answer", "", id)))
	w.act("Reader-A", "voices.answer", id, "answer", "From June on.", "summary", "Equipment could be lent out.")
	golden(t, "home-answered", page(bot.Message{Blocks: w.home("Colleague-1")}))
	var news strings.Builder
	author := string(w.person("Colleague-1"))
	for _, q := range w.queued() {
		if q.person == author {
			if q.class != string(bot.Answer) {
				t.Errorf("%s is of class %s", q.key, q.class)
			}
			news.WriteString(told(t, q.body) + "\n")
		}
	}
	golden(t, "news", news.String())
	golden(t, "form-withdraw", formPage(w.form("Colleague-1", "voices.withdraw", "", id)))
	if reply, ok := w.send("Colleague-1", w.form("Colleague-1", "voices.withdraw", "", id)).(bot.Invalid); !ok {
		t.Errorf("%#v", reply)
	}
	w.act("Colleague-1", "voices.withdraw", id, "sure", "yes")
	if v := w.only(); v.State != voices.Withdrawn {
		t.Errorf("%s", v.State)
	}
	if home := page(bot.Message{Blocks: w.home("Colleague-1")}); strings.Contains(home, "projector") || strings.Contains(home, "What you sent") {
		t.Error(home)
	}
}

// What is closed leaves the author's page after a while.
func TestMine(t *testing.T) {
	w := newWorld(t, 10)
	id := w.named("Colleague-1")
	w.act("Reader-A", "voices.answer", id, "answer", "Yes.")
	if say := summary(w.do("Colleague-1", "concern", "mine", "")); say != "What you sent" {
		t.Error(say)
	}
	if say := summary(w.do("Colleague-1", "concern", "mine dumps behind the depot", "")); !strings.Contains(say, "not open") {
		t.Error(say)
	}
	w.contacts()
	if form := w.form("Colleague-1", "idea", "mine dumps behind the depot", ""); form.Command != "voices.idea" || form.Fields[0].Value[0] != "mine dumps behind the depot" {
		t.Errorf("%+v", form)
	}
	w.clock.Set(w.clock.Now().Add(31 * 24 * time.Hour))
	for _, who := range []string{"Colleague-1", "Colleague-2", "Never-seen"} {
		if say := summary(w.do(who, "idea", "mine", "")); !strings.Contains(say, "private code") {
			t.Errorf("%s: %s", who, say)
		}
	}
}

func told(t *testing.T, body string) string {
	t.Helper()
	var message bot.Message
	if err := message.UnmarshalJSON([]byte(body)); err != nil {
		t.Fatal(err)
	}
	return page(message)
}

func (w *world) home(native string) []bot.Block {
	w.t.Helper()
	home, err := w.router.Home(context.Background(), account(native))
	if err != nil {
		w.t.Fatal(err)
	}
	return home.Blocks
}

// To the author of a voice without a name nothing is sent, whatever happens.
func TestNothingIsSentToAnAuthorWithoutAName(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	w.secretly("Colleague-1", "Words.")
	w.release()
	id := w.only().ID
	w.act("Reader-A", "voices.ask", id, "answer", "Which?")
	w.act("Reader-A", "voices.refuse", id, "answer", "No.")
	for _, q := range w.queued() {
		if q.person != string(w.person("Reader-A")) && q.person != string(w.person("Reader-B")) || !strings.Contains(q.key, "/card/") {
			t.Errorf("%+v", q)
		}
	}
}

// A form of the reading team that is sent twice does one thing and tells once.
func TestATeamFormTwice(t *testing.T) {
	w := newWorld(t, 10)
	id := w.named("Colleague-1")
	form := w.form("Reader-A", "voices.answer", "", id)
	for range 2 {
		w.done("Reader-A", form, "answer", "Yes.", "summary", "S.")
	}
	v := w.only()
	if len(v.Entries) != 1 || v.Version != 2 {
		t.Errorf("%+v", v)
	}
	if n := len(w.queued()); n != 3 {
		t.Errorf("%d deliveries, want two cards and an answer", n)
	}
	if reply := w.do("Reader-A", "voices.answer", "", id); !strings.Contains(summary(reply), "it is answered") {
		t.Error(summary(reply))
	}
	for range 2 {
		w.do("Reader-A", "voices.take", "", id)
	}
}

// Whoever was left out never sees it, in the shared place neither.
func TestLeftOut(t *testing.T) {
	w := newWorld(t, 10)
	reading := bot.NewPlaceID("test", "reading")
	w.observe(bot.Place{ID: reading, Name: "reading-team", Kind: bot.PrivateChannel, Member: true})
	w.act("Lead", "voices.place", "", "place", string(reading))
	shared := w.named("Colleague-1")
	secret := w.named("Colleague-2", "without", string(w.person("Reader-A")))
	for _, q := range w.queued() {
		if strings.Contains(q.key, shared) && q.place != string(reading) || strings.Contains(q.key, secret) && q.person != string(w.person("Reader-B")) {
			t.Errorf("%+v", q)
		}
	}
	for _, command := range []string{"voices.take", "voices.show", "voices.ask", "voices.answer", "voices.refuse", "voices.describe", "voices.pass"} {
		for _, who := range []string{"Reader-A", "Colleague-3", "Colleague-2", "Lead", ""} {
			for _, submitted := range []bool{false, true} {
				in := bot.Invocation{Actor: bot.Actor{Account: account(who)}, Command: command, Arg: secret, Nonce: "ABCDEFGHIJKLMNOPQRSTUVWX34"}
				if who == "" {
					in.Actor = bot.Actor{}
				}
				if submitted {
					in.Values = values("answer", "x", "reader", string(w.person("Reader-B")))
				}
				reply := w.router.Do(context.Background(), in)
				missing := in
				missing.Arg = "00000000-0000-4000-8000-000000000000"
				if same := w.router.Do(context.Background(), missing); fmt.Sprintf("%#v", same) != fmt.Sprintf("%#v", reply) {
					t.Errorf("%s by %s (submitted %t) tells that it exists: %#v", command, who, submitted, reply)
				}
			}
		}
	}
	list := page(w.do("Reader-A", "evangelist", "reading", "").(bot.Say).Message)
	if golden(t, "list", list); strings.Contains(list, w.ref(secret)) || !strings.Contains(list, w.ref(shared)) {
		t.Error(list)
	}
	if v, _ := w.voices.Get(context.Background(), secret); v.Version != 1 || v.Owner != w.person("Reader-B") {
		t.Errorf("%+v", v)
	}
}

func (w *world) ref(id string) string {
	v, err := w.voices.Get(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Reference
}

func (w *world) observe(places ...bot.Place) {
	w.t.Helper()
	if err := w.places.Observe(context.Background(), places); err != nil {
		w.t.Fatal(err)
	}
}

func TestPassingOn(t *testing.T) {
	w := newWorld(t, 10)
	id := w.named("Colleague-1", "without", string(w.person("Reader-A")))
	if say := summary(w.do("Reader-B", "voices.pass", "", id)); !strings.Contains(say, "nobody else") {
		t.Error(say)
	}
	made := bot.Form{Command: "voices.pass", Arg: id, Nonce: "ABCDEFGHIJKLMNOPQRSTUVWX34"}
	if say := summary(w.send("Reader-B", made, "reader", string(w.person("Reader-A")))); !strings.Contains(say, "cannot take it over") {
		t.Error(say)
	}
	if reply, ok := w.send("Reader-B", made, "reader", string(w.person("Colleague-1"))).(bot.Invalid); !ok {
		t.Errorf("%#v", reply)
	}
	if v := w.only(); v.Owner != w.person("Reader-B") {
		t.Errorf("%+v", v)
	}
}

func TestPlaces(t *testing.T) {
	w := newWorld(t, 10)
	id := func(name string) bot.PlaceID { return bot.NewPlaceID("test", name) }
	w.observe(
		bot.Place{ID: id("open"), Name: "open", Kind: bot.OpenChannel, Member: true},
		bot.Place{ID: id("shared"), Name: "shared", Kind: bot.PrivateChannel, Member: true, External: true},
		bot.Place{ID: id("away"), Name: "away", Kind: bot.PrivateChannel},
		bot.Place{ID: id("good"), Name: "good", Kind: bot.PrivateChannel, Member: true},
	)
	form := w.form("Lead", "evangelist", "reading place", "")
	golden(t, "form-place", formPage(form))
	for name, says := range map[string]string{"open": "Everybody", "shared": "another organisation", "away": "cannot write", "unknown": "do not know"} {
		if reply, ok := w.send("Lead", form, "place", string(id(name))).(bot.Invalid); !ok || !strings.Contains(reply.Fields["place"], says) {
			t.Errorf("%s: %#v", name, reply)
		}
	}
	if say := w.done("Lead", form, "place", string(id("good"))).Summary; !strings.Contains(say, "good") {
		t.Error(say)
	}
	if say := summary(w.do("Reader-A", "evangelist", "reading place", "")); !strings.Contains(say, "comms leads") {
		t.Error(say)
	}
}

func TestTold(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	w.secretly("Colleague-1", "Verbatim one.")
	w.secretly("Colleague-2", "Verbatim two.", "unpublished", "yes")
	w.secretly("Colleague-3", "Verbatim three.")
	w.release()
	named := w.named("Colleague-4")
	unsaid := w.named("Colleague-5")
	from := w.clock.Now()
	for n, v := range w.all() {
		w.clock.Set(w.clock.Now().Add(time.Minute))
		switch {
		case v.Words == "Verbatim one.":
			w.act("Reader-A", "voices.refuse", v.ID, "answer", "It costs too much.", "summary", "Somebody asked for more.")
		case v.Words == "Verbatim two.":
			w.act("Reader-A", "voices.answer", v.ID, "answer", "Done quietly.", "summary", "A quiet matter.")
		case v.Words == "Verbatim three.":
			w.act("Reader-A", "voices.ask", v.ID, "answer", fmt.Sprint("Question ", n))
		case v.ID == named:
			w.act("Reader-A", "voices.answer", v.ID, "answer", "From June on.", "summary", "Equipment could be lent out.")
		case v.ID == unsaid:
			w.act("Reader-A", "voices.answer", v.ID, "answer", "Yes.", "summary", "")
		}
	}
	told, err := w.feature.Told(context.Background(), from, w.clock.Now().Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v", told)
	if len(told.Items) != 2 || told.Waiting != 3 || strings.Contains(text, "Verbatim") || strings.Contains(text, "quiet") || strings.Contains(text, "projector") {
		t.Errorf("%s", text)
	}
	refused := slices.IndexFunc(told.Items, func(i voices.ToldItem) bool { return i.Refused })
	if refused < 0 || told.Items[refused].Did != "It costs too much." || !told.Items[0].Closed.Before(told.Items[1].Closed) {
		t.Errorf("%+v", told.Items)
	}
	if later, err := w.feature.Told(context.Background(), w.clock.Now().Add(time.Second), w.clock.Now().Add(time.Hour)); err != nil || len(later.Items) != 0 || later.Waiting != 1 {
		t.Errorf("%+v, %v", later, err)
	}
}

func TestReminders(t *testing.T) {
	w := newWorld(t, 10)
	w.role("Lead", bot.Lead)
	w.named("Colleague-1")
	sweep := func() time.Time {
		t.Helper()
		next, err := w.feature.Sweeps()[1].Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	count := func(part string) (n int, body string) {
		for _, q := range w.queued() {
			if strings.Contains(q.key, part) {
				n, body = n+1, q.body
			}
		}
		return n, body
	}
	due := w.only().Due
	if next := sweep(); !next.Equal(due.Add(-3 * 24 * time.Hour)) {
		t.Errorf("next at %s", next)
	}
	w.clock.Set(due.Add(-3 * 24 * time.Hour))
	for range 2 {
		if next := sweep(); !next.Equal(due) {
			t.Errorf("next at %s", next)
		}
	}
	n, body := count("/due/")
	if n != 1 {
		t.Errorf("%d reminders, want 1", n)
	}
	golden(t, "reminder", told(t, body))
	w.clock.Set(due)
	for range 2 {
		if next := sweep(); !next.IsZero() {
			t.Errorf("next at %s", next)
		}
	}
	n, body = count("/lead/")
	if n != 1 {
		t.Errorf("%d alarms, want 1", n)
	}
	golden(t, "overdue", told(t, body))
	if owner := w.only().Owner; strings.Contains(body, string(owner)) {
		t.Error("somebody is named as late")
	}
}

func TestNobodyReadsWhatWaits(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	code := w.secretly("Colleague-1", "Words.", "without", string(w.person("Reader-A")))
	w.act("", "voices.code", "", "code", code, "want", "add", "words", "More.")
	w.role("Reader-B")
	w.release()
	if n := len(w.all()); n != 0 {
		t.Fatalf("%d voices", n)
	}
	alarms := w.queued()
	if len(alarms) != 1 || alarms[0].person != string(w.person("Lead")) || alarms[0].class != string(bot.Alarm) {
		t.Fatalf("%+v", alarms)
	}
	golden(t, "nobody-reads", told(t, alarms[0].body))
	w.role("Reader-B", bot.Reader)
	w.release()
	if v := w.only(); v.Words != "Words." || len(v.Entries) != 1 || v.Owner != w.person("Reader-B") {
		t.Errorf("%+v", v)
	}
}

// What an author wrote before the release may find the voice changed by it.
func TestWordsThatComeTooLate(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	code := w.secretly("Colleague-1", "Words.")
	w.release()
	id := w.only().ID
	w.act("Reader-A", "voices.ask", id, "answer", "Which?")
	w.act("", "voices.code", "", "code", code, "want", "reply", "words", "That one.")
	w.clock.Set(w.clock.Now().Add(time.Hour))
	w.act("Reader-A", "voices.answer", id, "answer", "Solved.")
	w.release()
	v := w.only()
	if v.State != voices.Answered || v.Outcome != "Solved." || v.Entries[len(v.Entries)-1].Text != "That one." {
		t.Errorf("%+v", v)
	}
}

func TestAccidentInAChannel(t *testing.T) {
	w := newWorld(t, 10)
	ear := w.feature.Ears()[0]
	seen := func(kind bot.SightingKind, text string) bot.Sighting {
		return bot.Sighting{Kind: kind, Text: text, Author: account("Colleague-1"), Message: bot.MessageRef{Place: "test|general", Native: "1"}}
	}
	bots, imported := seen(bot.Posted, "/concern x"), seen(bot.Posted, "/concern x")
	bots.Bot, imported.Imported = true, true
	hints, err := ear.Hear(context.Background(), []bot.Sighting{
		seen(bot.Posted, " /concern my boss"), seen(bot.Posted, "/Idea\nlend"), seen(bot.Posted, "look at /concern"), seen(bot.Posted, "/concerned"),
		seen(bot.Posted, "Concern:my boss"), seen(bot.Posted, "/concern: my boss"), seen(bot.Posted, "concerns: none"), seen(bot.Posted, "/"), seen(bot.Posted, "Idea: lend"),
		seen(bot.Edited, "/concern x"), seen(bot.Posted, ""), bots, imported,
	})
	if err != nil || len(hints) != 4 {
		t.Fatalf("%d hints, %v", len(hints), err)
	}
	golden(t, "accident", page(hints[0].Message))
	if hints[0].To != account("Colleague-1") || hints[0].Place != "test|general" || strings.Contains(page(hints[0].Message), "boss") {
		t.Errorf("%+v", hints[0])
	}
	if len(w.all()) != 0 || len(w.queued()) != 0 {
		t.Error("something was kept")
	}
}

// Whatever people write stays words: no mention, no markup, nothing cut off in
// the middle of a character.
func TestHostileWords(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	for _, words := range []string{"<!channel> @here <@U123>", "**bold** [x](javascript:1)", "a\x00b\x1bc\u202ed", "👩‍👩‍👧 Ünïcödé", "'; DROP TABLE voices; --",
		strings.Repeat("ä", 5000), "${secret} {{template}}"} {
		code := w.secretly("Colleague-1", words)
		w.release()
		all := w.all()
		kept := bot.Clean(words, 3000)
		at := slices.IndexFunc(all, func(v voices.Voice) bool { return v.Words == kept })
		if at < 0 {
			t.Errorf("%.20q was not kept as %.20q", words, kept)
			continue
		}
		for _, block := range w.card(all[at].ID).Blocks {
			quote, is := block.(bot.Quote)
			if is && (len(quote.Text) != 1 || quote.Text[0].Kind != bot.Plain || quote.Text[0].Text != kept) {
				t.Errorf("%.20q became %+v", words, quote.Text)
			}
		}
		w.act("", "voices.code", "", "code", code, "want", "look")
	}
}

func TestManualReleaseIsAChoice(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	w.secretly("Colleague-1", "Words.")
	if say := summary(w.do("Colleague-1", "evangelist", "release", "")); !strings.Contains(say, "comms leads") {
		t.Error(say)
	}
	w.do("Lead", "evangelist", "release", "")
	if w.only().Words != "Words." {
		t.Error("not released")
	}
	for _, command := range voices.New(voices.Config{}).Commands() {
		if command.Name == "voices.release" {
			t.Error("without ManualRelease there is no such command")
		}
	}
}
