package voices_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"evangelist/bot"
	"evangelist/bot/voices"
)

// member changes the reading team as a lead does.
func (w *world) member(lead, native, change string) {
	w.t.Helper()
	w.act(lead, "voices.readers", "", "person", string(w.person(native)), "join", change)
}

// wanted is the version that is wanted of a person's own card; 0: there is none.
func (w *world) wanted(id, native string) (version int64) {
	w.t.Helper()
	row := w.looker.QueryRow("SELECT coalesce(max(wanted), 0) FROM deliveries WHERE key = ?", "voice/"+id+"/card/"+string(w.person(native)))
	if err := row.Scan(&version); err != nil {
		w.t.Fatal(err)
	}
	return version
}

// drawn is a person's own card as it is drawn now, and the version that is
// wanted of it; "" when the person has none.
func (w *world) drawn(id, native string) (card string, wanted int64) {
	w.t.Helper()
	if wanted = w.wanted(id, native); wanted == 0 {
		return "", 0
	}
	message, version, err := w.router.View(context.Background(), bot.View{Kind: voices.ViewKind, ID: id + "/" + string(w.person(native))})
	if err != nil || version != wanted {
		w.t.Errorf("the card of %s shows version %d, wanted %d, %v", native, version, wanted, err)
	}
	return page(message), wanted
}

// Whoever joins later reads nothing of what was said before, in any way, until
// one of those whom the form named passes it on.
func TestTheCircleIsClosed(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	w.role("Colleague-3", bot.Lead)
	w.secretly("Colleague-1", "Secret words.")
	named := w.named("Colleague-1")
	w.member("Colleague-3", "Lead", "join") // between raise and release
	w.release()
	for _, v := range w.all() {
		if v.Words == "" || slices.Contains(v.Readers, w.person("Lead")) || len(v.Readers) != 2 {
			t.Errorf("%+v", v)
		}
		if card, _ := w.drawn(v.ID, "Lead"); card != "" {
			t.Errorf("a card went to who joined later: %s", card)
		}
		for _, command := range []string{"voices.show", "voices.take", "voices.pass", "voices.answer", "voices.describe"} {
			if say := summary(w.do("Lead", command, "", v.ID)); say != bot.ErrNotFound.Say {
				t.Errorf("%s: %s", command, say)
			}
		}
	}
	if say := summary(w.do("Lead", "evangelist", "reading", "")); !strings.Contains(say, "Nothing waits") {
		t.Error(say)
	}
	if home := page(bot.Message{Blocks: w.home("Lead")}); strings.Contains(home, "wait for an answer") {
		t.Error(home)
	}
	w.act("Reader-A", "voices.pass", named, "reader", string(w.person("Lead")))
	if card, _ := w.drawn(named, "Lead"); !strings.Contains(card, "projector") {
		t.Errorf("it was passed on, and yet: %s", card)
	}
	if list := page(w.do("Lead", "evangelist", "reading", "").(bot.Say).Message); !strings.Contains(list, w.ref(named)) || strings.Contains(list, "Secret") {
		t.Error(list)
	}
}

// What counts is whom the form named when it was shown.
func TestTheFormKeepsWhomItNamed(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	reading := bot.NewPlaceID("test", "reading")
	w.observe(bot.Place{ID: reading, Name: "reading-team", Kind: bot.PrivateChannel, Member: true})
	form := w.form("Colleague-1", "concern", "", "")
	w.member("Lead", "Colleague-3", "join")
	w.member("Lead", "Reader-B", "leave")
	w.act("Lead", "voices.place", "", "place", string(reading))
	w.done("Colleague-1", form, "words", "Words.", "name", "anonymous")
	w.release()
	if v := w.only(); !slices.Equal(v.Readers, []bot.PersonID{w.person("Reader-A")}) || v.Place != "" {
		t.Errorf("%+v", v)
	}
	// A place that the form named and that is none any more gets no card either.
	late := w.form("Colleague-2", "idea", "", "")
	w.done("Colleague-2", late, "words", "Idea.", "name", "anonymous")
	w.act("Lead", "voices.place", "", "place", "")
	w.release()
	for _, v := range w.all() {
		if v.Place != "" || slices.ContainsFunc(v.Cards, func(c voices.Card) bool { return c.Place != "" }) {
			t.Errorf("%+v", v)
		}
	}
	w.member("Lead", "Reader-A", "leave")
	form.Nonce = "ABCDEFGHIJKLMNOPQRSTUVWX34"
	reply := w.send("Colleague-1", form, "words", "Words.", "name", "anonymous")
	if say := summary(reply); !strings.Contains(say, "Nobody whom this form names") {
		t.Error(say)
	}
}

// A reading place that another organisation joins is none any more, confirmed or
// not.
func TestAReadingPlaceThatIsShared(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	reading := bot.Place{ID: bot.NewPlaceID("test", "reading"), Name: "reading-team", Kind: bot.PrivateChannel, Member: true}
	w.observe(reading)
	w.act("Lead", "voices.place", "", "place", string(reading.ID))
	before := w.named("Colleague-1")
	form := w.form("Colleague-2", "concern", "", "")
	if text := formPage(form); !strings.Contains(text, "reading-team") {
		t.Errorf("the form does not name the place:\n%s", text)
	}
	reading.External = true
	w.observe(reading)
	if err := w.places.Confirm(context.Background(), reading.ID, true); err != nil {
		t.Fatal(err)
	}
	if reply, ok := w.send("Lead", w.form("Lead", "evangelist", "reading place", ""), "place", string(reading.ID)).(bot.Invalid); !ok || !strings.Contains(reply.Fields["place"], "another organisation") {
		t.Errorf("chosen again: %#v", reply)
	}
	w.done("Colleague-2", form, "words", "Secret words.", "name", "anonymous")
	w.release()
	if text := formPage(w.form("Colleague-3", "concern", "", "")); strings.Contains(text, "reading-team") {
		t.Errorf("the form names a place that is none:\n%s", text)
	}
	named := w.named("Colleague-3")
	w.sweep(2)
	w.do("Reader-A", "voices.take", "", before)
	w.sweep(2)
	cards := 0
	for _, q := range w.queued() {
		if q.place == string(reading.ID) {
			if cards++; !strings.Contains(q.key, before) {
				t.Errorf("a card went to the shared place: %+v", q)
			}
		}
	}
	if cards != 1 {
		t.Errorf("%d cards in the shared place, want the old one", cards)
	}
	message, version, err := w.router.View(context.Background(), bot.View{Kind: voices.ViewKind, ID: before})
	if text := page(message); err != nil || version < 2 || strings.Contains(text, "projector") || !strings.Contains(text, "another organisation") {
		t.Errorf("the old card shows (version %d, %v):\n%s", version, err, text)
	}
	for _, v := range w.all() {
		if v.Place != "" {
			t.Errorf("stands in %s: %+v", v.Place, v)
		}
	}
	for _, id := range []string{before, named} {
		for _, reader := range []string{"Reader-A", "Reader-B"} {
			if card, _ := w.drawn(id, reader); !strings.Contains(card, "projector") {
				t.Errorf("%s has no card of %s: %s", reader, id, card)
			}
		}
	}
}

// A lead cannot come to read by appointing themselves, and every change of the
// team is known to all of it.
func TestReadingTeam(t *testing.T) {
	w := newWorld(t, 10)
	golden(t, "form-readers", formPage(w.form("Lead", "evangelist", "readers", "")))
	reply, ok := w.send("Lead", w.form("Lead", "evangelist", "readers", ""), "person", string(w.person("Lead")), "join", "join").(bot.Invalid)
	if !ok || !strings.Contains(reply.Fields["person"], "another comms lead") {
		t.Errorf("%#v", reply)
	}
	if n := len(w.queued()); n != 0 {
		t.Errorf("%d deliveries of a refused change", n)
	}
	guest := fact("Guest")
	guest.External = true
	w.record(guest)
	for who, says := range map[string]string{"nobody": "do not know", string(w.person("Guest")): "Only colleagues"} {
		if reply, ok := w.send("Lead", w.form("Lead", "evangelist", "readers", ""), "person", who, "join", "join").(bot.Invalid); !ok || !strings.Contains(reply.Fields["person"], says) {
			t.Errorf("%#v", reply)
		}
	}
	for n, change := range []struct{ who, what string }{{"Colleague-2", "join"}, {"Colleague-2", "join"}, {"Reader-A", "leave"}} {
		before := w.queued()
		w.member("Lead", change.who, change.what)
		var news []string
		for _, q := range w.queued() {
			if slices.Contains(before, q) {
				continue
			}
			news = append(news, q.person)
			if q.class != string(bot.Alarm) {
				t.Errorf("%+v", q)
			}
			golden(t, "team-"+change.what, told(t, q.body))
		}
		want := []string{string(w.person("Reader-A")), string(w.person("Reader-B")), string(w.person("Lead")), string(w.person("Colleague-2"))}
		if n == 1 {
			want = nil // so it was already
		}
		slices.Sort(news)
		slices.Sort(want)
		if !slices.Equal(news, want) {
			t.Errorf("%s %ss: told %v, want %v", change.who, change.what, news, want)
		}
	}
}

// Whoever leaves the reading team keeps no words, however they left; what they
// had goes to another one of the circle.
func TestCardsOfFormerReaders(t *testing.T) {
	for name, leave := range map[string]func(w *world){
		"by a lead": func(w *world) { w.member("Lead", "Reader-A", "leave") },
		"in another way": func(w *world) {
			w.sweep(2)
			gone, yes := fact("Reader-A"), true
			gone.Inactive = &yes
			w.record(gone)
			w.sweep(2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 10)
			id := w.named("Colleague-1")
			w.do("Reader-A", "voices.take", "", id)
			before, had := w.drawn(id, "Reader-A")
			if !strings.Contains(before, "projector") {
				t.Fatal(before)
			}
			leave(w)
			card, wanted := w.drawn(id, "Reader-A")
			if card != "(You are no longer on the reading team.)\nYou are no longer on the reading team.\n" || wanted <= had {
				t.Errorf("version %d after %d: %s", wanted, had, card)
			}
			if v := w.only(); v.Owner != w.person("Reader-B") {
				t.Errorf("it is still with who left: %+v", v)
			}
			w.act("Reader-B", "voices.ask", id, "answer", "Why?")
			if now := w.wanted(id, "Reader-A"); now != wanted {
				t.Error("a card without words was drawn again for nothing")
			}
			w.act("Colleague-1", "voices.withdraw", id, "sure", "yes")
			if _, now := w.drawn(id, "Reader-A"); now != w.only().Version {
				t.Errorf("taken back, and the card is wanted in version %d of %d", now, w.only().Version)
			}
		})
	}
}

// sweep runs a sweep by its number.
func (w *world) sweep(n int) {
	w.t.Helper()
	if _, err := w.feature.Sweeps()[n].Run(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// A reader who comes back reads again what had named them.
func TestComingBack(t *testing.T) {
	w := newWorld(t, 10)
	id := w.named("Colleague-1")
	w.member("Lead", "Reader-A", "leave")
	w.member("Lead", "Reader-A", "join")
	if card, _ := w.drawn(id, "Reader-A"); !strings.Contains(card, "projector") {
		t.Error(card)
	}
}

// A withdrawal reaches every card that ever went out: where the cards stood
// before, too.
func TestWithdrawalReachesEveryCard(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	code := w.secretly("Colleague-1", "Secret words.")
	w.release()
	id := w.only().ID
	w.role("Reader-A") // nobody has swept yet
	w.act("", "voices.code", "", "code", code, "want", "withdraw")
	w.release()
	for _, who := range []string{"Reader-A", "Reader-B"} {
		if card, wanted := w.drawn(id, who); wanted != w.only().Version || strings.Contains(card, "Secret") {
			t.Errorf("%s has version %d of %d: %s", who, wanted, w.only().Version, card)
		}
	}
}

// When the last one of a circle leaves, the leads are told.
func TestTheLastOfACircleLeaves(t *testing.T) {
	w := newWorld(t, 10)
	id := w.named("Colleague-1", "without", string(w.person("Reader-B")))
	w.member("Lead", "Reader-A", "leave")
	var alarms []string
	for _, q := range w.queued() {
		if strings.HasPrefix(q.key, "voices/nobody-reads/") {
			alarms = append(alarms, q.person)
		}
	}
	if !slices.Equal(alarms, []string{string(w.person("Lead"))}) {
		t.Errorf("told: %v", alarms)
	}
	if say := summary(w.do("Reader-B", "voices.show", "", id)); say != bot.ErrNotFound.Say {
		t.Error(say)
	}
}
