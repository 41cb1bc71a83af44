package voices_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/bot/voices/voicestest"
)

// released raises an idea or a concern without a name, releases it, and has the
// reading team describe it. It returns the private code and the voice.
func (w *world) released(kind voices.Kind, words, summary string) (string, voices.Voice) {
	w.t.Helper()
	before := w.all()
	code, err := voicestest.CodeOn(w.done("Colleague-1", w.form("Colleague-1", string(kind), "", ""), "words", words, "name", "anonymous"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.release()
	for _, v := range w.all() {
		if !slices.ContainsFunc(before, func(b voices.Voice) bool { return b.ID == v.ID }) {
			if summary != "" {
				w.act("Reader-A", "voices.describe", v.ID, "summary", summary)
			}
			return code, w.voice(v.ID)
		}
	}
	w.t.Fatal("nothing was released")
	return "", voices.Voice{}
}

func (w *world) voice(id string) voices.Voice {
	w.t.Helper()
	v, err := w.voices.Get(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// standing is what the holder of a code reads.
func (w *world) standing(code string) string {
	w.t.Helper()
	return page(w.done("Colleague-9", w.form("Colleague-9", "voices.code", "", ""), "code", code, "want", "look"))
}

// says is what a button answers.
func (w *world) says(native, command, arg string) string {
	w.t.Helper()
	w.clock.Set(w.clock.Now().Add(4 * time.Second)) // so that nobody is too fast
	say, ok := w.do(native, command, "", arg).(bot.Say)
	if !ok {
		w.t.Fatalf("%s gave %#v", command, say)
	}
	return page(say.Message)
}

const notFound = "That is not here, or not for you."

// An author without a name reads what came of an idea with the code, and nothing
// finer than the day is kept of it, nor anybody.
func TestWhatCameOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.contacts()
	code, v := w.released(voices.Idea, "Put the bin days on the phone menu.", "Bin days could be heard by phone.")
	ctx := context.Background()
	w.clock.Set(w.clock.Now().Add(3*time.Hour + 7*time.Second))
	for range 2 {
		for key, words := range map[string]string{"pilot/1": "A pilot came of it, P-7F3K: Bin days.", "pilot/1/start": "Pilot P-7F3K has started. It runs until 9 December 2026."} {
			if err := w.feature.Enter(ctx, v.ID, key, words); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.feature.Enter(ctx, v.ID, "pilot/1", "Other words."); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "code-came", w.standing(code))
	golden(t, "card-came", page(w.card(v.ID)))
	after := w.voice(v.ID)
	if len(after.News) != 2 || after.Version != v.Version+2 {
		t.Errorf("%d lines, version %d after %d", len(after.News), after.Version, v.Version)
	}
	for _, q := range w.queued() {
		if reader := q.person == string(w.person("Reader-A")) || q.person == string(w.person("Reader-B")); !reader {
			t.Errorf("somebody else than a reader is written to: %+v", q)
		}
	}
	told, err := w.feature.Told(ctx, begin, begin.Add(14*24*time.Hour))
	if err != nil || told.Waiting != 1 {
		t.Errorf("an edition says that %d wait, %v", told.Waiting, err)
	}
	if told, err = w.feature.Told(ctx, begin.Add(7*24*time.Hour), begin.Add(14*24*time.Hour)); err != nil || told.Waiting != 0 {
		t.Errorf("a later edition says that %d wait, %v", told.Waiting, err)
	}
	w.bareNews()
	w.done("Colleague-9", w.form("Colleague-9", "voices.code", "", ""), "code", code, "want", "withdraw")
	w.release()
	if err := w.feature.Enter(ctx, v.ID, "pilot/1/verdict", "It is decided."); err != nil {
		t.Fatal(err)
	}
	if left := w.voice(v.ID); len(left.News) != 0 || left.State != voices.Withdrawn {
		t.Errorf("after it was taken back: %+v", left)
	}
	if err := w.feature.Enter(ctx, "nothing", "k", "w"); !errors.Is(err, bot.ErrNotFound) {
		t.Error(err)
	}
}

// bareNews looks at the rows as they are kept: a day, and nothing that leads to a
// person or a moment.
func (w *world) bareNews() {
	w.t.Helper()
	rows, err := w.looker.Query("SELECT * FROM voice_news")
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	if got := fmt.Sprint(columns); got != "[voice key day words]" {
		w.t.Errorf("what is kept: %s", got)
	}
	for rows.Next() {
		var voice, key, day, words string
		if err := rows.Scan(&voice, &key, &day, &words); err != nil {
			w.t.Fatal(err)
		}
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			w.t.Errorf("finer than a day: %q", day)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
}

// Who supports an idea, what others see of it, and how it ends.
func TestWeight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.contacts()
	id := w.named("Colleague-1")
	reference := w.voice(id).Reference
	if got := w.says("Colleague-2", "voices.weigh", reference); !strings.Contains(got, notFound) {
		t.Errorf("before there is a summary: %s", got)
	}
	w.act("Reader-A", "voices.describe", id, "summary", "Equipment could be lent out.")
	golden(t, "board", w.says("Colleague-2", "voices.board", ""))
	golden(t, "weighed", w.says("Colleague-2", "voices.weigh", reference))
	version := w.voice(id).Version
	for _, again := range []string{"Colleague-2", "Colleague-2", "Colleague-3", "Colleague-4", "Colleague-5"} {
		if got := w.says(again, "voices.weigh", reference); !strings.Contains(got, "supported by several colleagues") {
			t.Errorf("%s: %s", again, got)
		}
	}
	if v := w.voice(id); len(v.Weights) != 4 || v.Version != version {
		t.Errorf("%d support it, and what others see changed from %d to %d", len(v.Weights), version, v.Version)
	}
	if got := w.says("Colleague-1", "voices.weigh", reference); !strings.Contains(got, "your own") {
		t.Errorf("the author: %s", got)
	}
	if got := w.says("Newcomer", "voices.weigh", reference); !strings.Contains(got, "supported by at least 5 of 16 colleagues") {
		t.Errorf("a fifth, who was not known: %s", got)
	}
	w.record(bot.AccountFact{Account: account("Colleague-5"), Name: "Colleague-5", Inactive: new(true)})
	if got := w.says("Colleague-2", "voices.weigh", reference); !strings.Contains(got, "supported by several colleagues") {
		t.Errorf("a fifth, who left: %s", got)
	}
	w.record(bot.AccountFact{Account: account("Colleague-5"), Name: "Colleague-5", Inactive: new(false)})
	golden(t, "board-five", w.says("Colleague-2", "voices.board", ""))
	golden(t, "card-weighed", page(w.card(id)))
	golden(t, "unweighed", w.says("Colleague-2", "voices.unweigh", reference))
	w.says("Colleague-2", "voices.unweigh", reference)
	if v := w.voice(id); len(v.Weights) != 4 {
		t.Errorf("%d support it", len(v.Weights))
	}
	if got := w.says("Colleague-2", "voices.board", ""); !strings.Contains(got, "several colleagues") || !strings.Contains(got, "[Add my weight]") {
		t.Errorf("the board: %s", got)
	}
	w.record(bot.AccountFact{Account: account("Guest"), Name: "Guest", External: true})
	if got := w.says("Guest", "voices.weigh", reference); strings.Contains(got, "supported") {
		t.Errorf("somebody of another organisation: %s", got)
	}
	w.act("Colleague-1", "voices.withdraw", id, "sure", "yes")
	if v := w.voice(id); len(v.Weights) != 0 {
		t.Errorf("weights of what was taken back: %+v", v.Weights)
	}
	if got := w.says("Colleague-2", "voices.weigh", reference); !strings.Contains(got, notFound) {
		t.Errorf("after it was taken back: %s", got)
	}
	golden(t, "board-empty", w.says("Colleague-2", "voices.board", ""))
}

// What does not stand on the board, or stands there without a button.
func TestBoard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.contacts()
	quiet, declined := w.named("Colleague-1", "unpublished", "yes"), w.named("Colleague-2")
	_, concern := w.released(voices.Concern, "The lift is slow.", "A secret concern.")
	w.act("Reader-A", "voices.describe", quiet, "summary", "Something quiet.")
	w.act("Reader-A", "voices.refuse", declined, "answer", "No money.", "summary", "Something declined.")
	got := w.says("Colleague-3", "voices.board", "")
	for _, never := range []string{"A secret concern.", "Something quiet.", "Add my weight", "projector", "Colleague-"} {
		if strings.Contains(got, never) {
			t.Errorf("%q stands on the board: %s", never, got)
		}
	}
	if !strings.Contains(got, "Something declined.") || !strings.Contains(got, "No money.") {
		t.Errorf("the board: %s", got)
	}
	for reference, want := range map[string]string{concern.Reference: notFound, w.voice(quiet).Reference: notFound, "": notFound, w.voice(declined).Reference: "was declined"} {
		if got := w.says("Colleague-3", "voices.weigh", reference); !strings.Contains(got, want) {
			t.Errorf("%s: %s", reference, got)
		}
	}
	w.clock.Set(w.clock.Now().Add(91 * 24 * time.Hour))
	if got := w.says("Colleague-3", "voices.board", ""); strings.Contains(got, "declined") {
		t.Errorf("an old one: %s", got)
	}
	if form := w.form("Colleague-3", "idea", "board games in the lobby", ""); form.Command != "voices.idea" || form.Fields[0].Value[0] != "board games in the lobby" {
		t.Errorf("%+v", form)
	}
	for _, seen := range w.watched {
		if seen == "voices.board" {
			t.Error("a command that begins with /idea is measured")
		}
	}
}

// After Send similar ideas are shown to an author with a name, and to nobody else:
// a weight with a name beside words without one would lead to their author.
func TestAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.contacts()
	id := w.named("Colleague-1")
	w.act("Reader-A", "voices.describe", id, "summary", "The projectors and other equipment could be lent to schools.")
	form := w.form("Colleague-2", "idea", "", "")
	golden(t, "done-alike", page(w.done("Colleague-2", form, "words", "Our projector could be used by a school.", "name", "named")))
	if got := page(w.done("Colleague-2", w.form("Colleague-2", "idea", "", ""), "words", "Plant trees with the schools.", "name", "named")); strings.Contains(got, "something like it") {
		t.Errorf("one word is enough: %s", got)
	}
	if got := page(w.done("Colleague-3", w.form("Colleague-3", "idea", "", ""), "words", "Our projector could be used by a school.", "name", "anonymous")); strings.Contains(got, "Add my weight") {
		t.Errorf("without a name: %s", got)
	}
}

// What other features make of an idea stands on its card, for those who may press
// it, and an answer may begin with what came of it.
func TestNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.contacts()
	id := w.named("Colleague-1")
	w.next = func(_ context.Context, v voices.Voice, seenBy []bot.Person) (voices.Next, error) {
		if v.ID != id || !slices.ContainsFunc(seenBy, func(p bot.Person) bool { return p.Has(bot.Lead) }) {
			return voices.Next{}, nil
		}
		return voices.Next{Buttons: []bot.Button{{Command: "pilots.new", Arg: v.Reference, Label: "Make it a pilot"}}}, nil
	}
	own := id + "/" + string(w.person("Reader-A"))
	if got := page(w.card2(own)); strings.Contains(got, "Make it a pilot") {
		t.Errorf("a reader who does not lead: %s", got)
	}
	w.role("Reader-A", bot.Reader, bot.Lead)
	golden(t, "card-next", page(w.card2(own)))
	if got := page(w.card(id)); !strings.Contains(got, "Make it a pilot") {
		t.Errorf("in a place where somebody leads: %s", got)
	}
	if got := w.says("Reader-A", "voices.show", id); !strings.Contains(got, "Make it a pilot") {
		t.Errorf("on demand: %s", got)
	}
	w.next = func(context.Context, voices.Voice, []bot.Person) (voices.Next, error) {
		return voices.Next{Facts: []bot.Fact{{Label: "Pilot", Value: bot.T("P-7F3K: Lending, decided: stop")}}, Answer: "Pilot P-7F3K is decided: stop, because nobody came."}, nil
	}
	if got := page(w.card2(own)); strings.Contains(got, "Make it a pilot") || !strings.Contains(got, "Pilot: P-7F3K: Lending, decided: stop") {
		t.Errorf("when there is one: %s", got)
	}
	form := w.form("Reader-A", "voices.answer", "", id)
	golden(t, "form-answer-verdict", formPage(form))
	if w.voice(id).State != voices.Open {
		t.Error("opening the form closes the idea")
	}
	w.done("Reader-A", form, "answer", "We tried it, and nobody came.")
	if v := w.voice(id); v.State != voices.Answered || v.Outcome != "We tried it, and nobody came." {
		t.Errorf("%s: %s", v.State, v.Outcome)
	}
}

// card2 draws a card for one person.
func (w *world) card2(id string) bot.Message {
	w.t.Helper()
	card, _, err := w.router.View(context.Background(), bot.View{Kind: voices.ViewKind, ID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return card
}
