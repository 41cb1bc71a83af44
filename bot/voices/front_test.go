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

func TestConcernsOpenWithTheContacts(t *testing.T) {
	w := newWorld(t, 10)
	if say := summary(w.do("Colleague-1", "concern", "", "")); !strings.Contains(say, "not open here yet") || !strings.Contains(say, "/idea") {
		t.Error(say)
	}
	told, ok := w.do("Lead", "concern", "", "").(bot.Say)
	if !ok || !strings.Contains(page(told.Message), "[Enter the contacts]") {
		t.Errorf("%#v", told)
	}
	// A form that was kept open, or made up, opens nothing.
	reply := w.send("Colleague-1", bot.Form{Command: "voices.concern", Nonce: "ABCDEFGHIJKLMNOPQRSTUVWX34"}, "words", "Words.", "name", "anonymous")
	if say := summary(reply); !strings.Contains(say, "not open here yet") {
		t.Error(say)
	}
	if reply := w.do("Colleague-1", "evangelist", "contacts", ""); !strings.Contains(summary(reply), "comms leads") {
		t.Error(summary(reply))
	}
	form := w.form("Lead", "evangelist", "contacts", "")
	if reply, ok := w.send("Lead", form, "emergency", "112", "safeguarding", " ").(bot.Invalid); !ok || len(reply.Fields) != 3 {
		t.Errorf("%#v", reply)
	}
	golden(t, "form-contacts", formPage(form))
	w.contacts()
	golden(t, "form-contacts-again", formPage(w.form("Lead", "evangelist", "contacts", "")))
	w.form("Colleague-1", "concern", "", "")
}

func TestForms(t *testing.T) {
	w := newWorld(t, 10)
	golden(t, "form-idea-without-contacts", formPage(w.form("Colleague-1", "idea", "", "")))
	w.contacts()
	golden(t, "form-concern", formPage(w.form("Colleague-1", "concern", "", "")))
	golden(t, "form-idea-typed", formPage(w.form("Colleague-1", "idea", "  Lend out the *projector*  <!here>", "")))
	reading := bot.NewPlaceID("test", "reading")
	if err := w.places.Observe(context.Background(), []bot.Place{{ID: reading, Name: "reading-team", Kind: bot.PrivateChannel, Member: true}}); err != nil {
		t.Fatal(err)
	}
	w.act("Lead", "voices.place", "", "place", string(reading))
	golden(t, "form-concern-place", formPage(w.form("Colleague-1", "concern", "", "")))
	w.act("Lead", "voices.place", "", "place", "")
	boss := fact("Colleague-1")
	boss.Manager = "Head@example.org"
	w.record(boss)
	golden(t, "form-concern-known-manager", formPage(w.form("Colleague-1", "concern", "", "")))
	boss.Manager = "READER-B@example.org"
	w.record(boss)
	golden(t, "form-concern-boss", formPage(w.form("Colleague-1", "concern", "", "")))
	w.role("Reader-B")
	golden(t, "form-concern-one-reader", formPage(w.form("Colleague-2", "concern", "", "")))
	w.role("Reader-A")
	if say := summary(w.do("Colleague-1", "concern", "", "")); !strings.Contains(say, "Nobody is on the reading team") {
		t.Error(say)
	}
}

func TestFewColleagues(t *testing.T) {
	w := newWorld(t, 6) // nine persons with readers and lead
	w.contacts()
	form := w.form("Colleague-1", "concern", "", "")
	golden(t, "form-concern-few", formPage(form))
	if reply, ok := w.send("Colleague-1", form, "words", "Words.", "name", "anonymous").(bot.Invalid); !ok || !strings.Contains(reply.Fields["name"], "Fewer than ten") {
		t.Errorf("%#v", reply)
	}
	bots, guest := fact("Robot"), fact("Guest")
	bots.Bot, guest.External = true, true
	w.record(bots, guest)
	if strings.Contains(formPage(w.form("Colleague-1", "concern", "", "")), "] Without my name") {
		t.Error("a bot and a guest were counted as colleagues")
	}
	w.record(fact("Colleague-9"))
	if !strings.Contains(formPage(w.form("Colleague-1", "concern", "", "")), "] Without my name") {
		t.Error("ten colleagues are enough")
	}
}

func TestWhatIsWrongInAForm(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	form := w.form("Colleague-1", "concern", "", "")
	a, b := string(w.person("Reader-A")), string(w.person("Reader-B"))
	for _, one := range []struct{ field, pairs string }{
		{"words", "words=|name=named"}, {"words", "words= \n |name=anonymous"}, {"name", "words=x"}, {"name", "words=x|name=secret"},
		{"without", "words=x|name=named|without=" + a + "|without=" + b},
	} {
		var pairs []string
		for _, pair := range strings.Split(one.pairs, "|") {
			name, value, _ := strings.Cut(pair, "=")
			pairs = append(pairs, name, value)
		}
		reply, ok := w.send("Colleague-1", form, pairs...).(bot.Invalid)
		if !ok || !strings.HasSuffix(reply.Fields[one.field], ".") && !strings.HasSuffix(reply.Fields[one.field], "above.") {
			t.Errorf("%s: %#v", one.pairs, reply)
		}
	}
	if len(w.all()) != 0 {
		t.Error("something was kept")
	}
	// A form without a number of its own is refused in a sentence.
	form.Nonce = "1763832.222"
	if say := summary(w.send("Colleague-1", form, "words", "x", "name", "anonymous")); !strings.Contains(say, "open it anew") {
		t.Error(say)
	}
}

func TestLastPages(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	raise := func(name string, pairs ...string) {
		golden(t, name, page(w.done("Colleague-1", w.form("Colleague-1", "concern", "", ""), pairs...)))
	}
	raise("done-anonymous", "words", "Words.", "name", "anonymous")
	raise("done-anonymous-urgent", "words", "Words.", "name", "anonymous", "urgent", "yes")
	raise("done-anonymous-unpublished", "words", "Words.", "name", "anonymous", "unpublished", "yes")
	raise("done-named", "words", "Words.", "name", "named")
	raise("done-named-without", "words", "Words.", "name", "named", "without", string(w.person("Reader-A")))
}

func TestTheSameFormTwice(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	secret, open := w.form("Colleague-1", "concern", "", ""), w.form("Colleague-2", "idea", "", "")
	first := page(w.done("Colleague-1", secret, "words", "Words.", "name", "anonymous"))
	named := page(w.done("Colleague-2", open, "words", "Words.", "name", "named"))
	for range 2 {
		if again := page(w.done("Colleague-1", secret, "words", "Words.", "name", "anonymous")); codeIn(again) != codeIn(first) {
			t.Errorf("another code: %s", again)
		}
		if again := page(w.done("Colleague-2", open, "words", "Words.", "name", "named")); again != named {
			t.Errorf("another reference: %s", again)
		}
		for form, name := range map[*bot.Form]string{&secret: "named", &open: "anonymous"} {
			if say := summary(w.send("Colleague-1", *form, "words", "Words.", "name", name)); !strings.Contains(say, "first choice stands") {
				t.Errorf("sent the other way: %s", say)
			}
		}
		w.release()
	}
	if all := w.all(); len(all) != 2 {
		t.Errorf("%d voices, want 2", len(all))
	}
}

func codeIn(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if code, is := strings.CutPrefix(line, "# "); is {
			return code
		}
	}
	return ""
}

// The whole way of a concern without a name, and its card and its code in each
// state.
func TestACodesWay(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	code := w.secretly("Colleague-1", "The lift stops between two floors.")
	look := func(name string) {
		t.Helper()
		golden(t, name, page(w.act("", "voices.code", "", "code", code, "want", "look")))
	}
	use := func(want, words string) string {
		t.Helper()
		return page(w.act("", "voices.code", "", "code", strings.ToUpper(code), "want", want, "words", words))
	}
	look("code-waiting")
	if all := w.all(); len(all) != 0 {
		t.Fatalf("a voice exists before the release: %+v", all)
	}
	w.release()
	id := w.only().ID
	golden(t, "card-open", page(w.card(id)))
	look("code-open")
	if reply, ok := w.do("Reader-B", "voices.take", "", id).(bot.Refresh); !ok || reply.View.ID != id+"/"+string(w.person("Reader-B")) {
		t.Errorf("%#v", reply)
	}
	golden(t, "card-taken", page(w.card(id)))
	golden(t, "done-ask", page(w.act("Reader-B", "voices.ask", id, "answer", "Which lift?")))
	golden(t, "card-asked", page(w.card(id)))
	look("code-asked")
	golden(t, "code-replied", use("reply", "The one at the back."))
	use("add", "Since last week.")
	look("code-pending")
	w.release()
	look("code-taken")
	golden(t, "card-replied", page(w.card(id)))
	golden(t, "done-refuse", page(w.act("Reader-B", "voices.refuse", id, "answer", "It is not ours.", "summary", "A lift stops.")))
	golden(t, "card-refused", page(w.card(id)))
	look("code-refused")
	golden(t, "code-appealed", use("appeal", "It is ours since May."))
	if reply := w.send("", w.form("", "voices.code", "", ""), "code", code, "want", "appeal", "words", "Again."); !strings.Contains(summary(reply), "on its way already") {
		t.Error(summary(reply))
	}
	w.release()
	golden(t, "card-appealed", page(w.card(id)))
	if v := w.only(); v.Owner != w.person("Reader-A") {
		t.Error("an appeal is looked at by somebody else where there is one")
	}
	golden(t, "done-answer", page(w.act("Reader-A", "voices.answer", id, "answer", "It is repaired.", "summary", "A lift stopped.")))
	golden(t, "card-answered", page(w.card(id)))
	look("code-answered")
	for _, one := range []struct{ want, says string }{{"appeal", "one appeal"}, {"add", "closed"}, {"reply", "No question"}} {
		if reply := w.send("", w.form("", "voices.code", "", ""), "code", code, "want", one.want, "words", "x"); !strings.Contains(summary(reply), one.says) {
			t.Errorf("%s: %s", one.want, summary(reply))
		}
	}
	golden(t, "code-withdrawn-soon", use("withdraw", ""))
	w.release()
	golden(t, "card-withdrawn", page(w.card(id)))
	look("code-withdrawn")
	if v := w.only(); strings.Contains(v.Words+v.Summary+v.Outcome, "ift") || len(v.Entries) != 1 {
		t.Errorf("something is left: %+v", v)
	}
}

func TestWrongCodes(t *testing.T) {
	w := newWorld(t, 10)
	form := w.form("", "voices.code", "", "")
	golden(t, "form-code", formPage(form))
	good := "gust wore spot several miracle rode pastry useful"
	for _, one := range []struct{ code, says string }{
		{"", "eight words"}, {"gust wore", "eight words; here are 2"}, {strings.Replace(good, "spot", "spt", 1), "Word 3"}, {good, "No concern or idea has this code"},
	} {
		reply, ok := w.send("", form, "code", one.code, "want", "look").(bot.Invalid)
		if !ok || !strings.Contains(reply.Fields["code"], one.says) {
			t.Errorf("%q: %#v", one.code, reply)
		}
	}
}

func TestACodeHolderCannotFillTheRelease(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	code := w.secretly("Colleague-1", "Words.")
	add := func() bot.Reply {
		w.clock.Set(w.clock.Now().Add(10 * time.Second)) // slower than the limit on everybody
		return w.send("", w.form("", "voices.code", "", ""), "code", code, "want", "add", "words", "More.")
	}
	for n := 1; n < voices.MaxWaiting; n++ {
		if _, ok := add().(bot.Done); !ok {
			t.Fatalf("addition %d was refused", n)
		}
	}
	if reply, ok := add().(bot.Invalid); !ok || !strings.Contains(reply.Fields["words"], "not kept") {
		t.Errorf("%#v", reply)
	}
	w.release()
	if v := w.only(); len(v.Entries) != voices.MaxWaiting-1 {
		t.Errorf("%d entries", len(v.Entries))
	}
	for range voices.MaxWaiting {
		add()
	}
	w.act("", "voices.code", "", "code", code, "want", "withdraw")
	w.release()
	if v := w.only(); v.State != voices.Withdrawn || len(v.Entries) != 1 {
		t.Errorf("%+v", v)
	}
}

func TestWrongCodesAreThrottledForAllTogether(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	right, wrong := w.secretly("Colleague-1", "Words."), "gust wore spot several miracle rode pastry useful"
	look := func(who, code string) string {
		return summary(w.send(who, w.form(who, "evangelist", "code", ""), "code", code))
	}
	for n := range 70 { // neither opening the form nor a right code counts
		if say := look(fmt.Sprint("Anybody-", n/5), right); !strings.Contains(say, "waits for the next release") {
			t.Fatalf("look-up %d with the right code: %s", n, say)
		}
	}
	slowed := 0
	for n := range 70 {
		if look(fmt.Sprint("Somebody-", n/5), wrong) == bot.ErrTooFast.Say {
			slowed++
		}
	}
	if slowed != 10 {
		t.Errorf("%d of seventy wrong codes in a minute were slowed down, want 10", slowed)
	}
	if say := look("Colleague-1", right); !strings.Contains(say, "waits for the next release") {
		t.Errorf("others' tries keep the right code out: %s", say)
	}
	w.clock.Set(w.clock.Now().Add(2 * time.Minute))
	if say := look("Colleague-1", wrong); !strings.Contains(say, "No concern") {
		t.Error(say)
	}
}

func TestCodeAsTheFirstWordOfAConcern(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	form := w.form("Colleague-1", "concern", "code review takes too long", "")
	if form.Command != "voices.concern" || form.Fields[0].Value[0] != "code review takes too long" {
		t.Errorf("%+v", form)
	}
	good := "gust wore spot several miracle rode pastry useful"
	form = w.form("Colleague-1", "concern", "code "+good, "")
	if form.Command != "voices.code" || form.Fields[0].Value[0] != good {
		t.Errorf("%+v", form)
	}
}

func TestDiscreet(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	w.watched = nil
	code := w.secretly("Stranger-to-the-register", "Words.")
	w.act("", "voices.code", "", "code", code, "want", "add", "words", "More.")
	w.form("Colleague-1", "idea", "words", "")
	if len(w.watched) != 0 || w.log.Len() != 0 {
		t.Errorf("measured %q, logged %q", w.watched, w.log)
	}
	if actor, err := w.people.Actor(context.Background(), account("Stranger-to-the-register")); err != nil || actor.Person != "" {
		t.Errorf("the author was recorded: %+v, %v", actor, err)
	}
	for _, command := range w.feature.Commands() {
		opens := []string{"voices.concern", "voices.idea", "voices.code", "voices.mine", "voices.mine.ideas", "voices.board"}
		if slices.Contains(opens, command.Name) != command.Discreet {
			t.Errorf("%s is discreet: %t", command.Name, command.Discreet)
		}
	}
}

// What is urgent and without a name arrives at a mark, and nothing finer is kept
// of when it was said: not even when the request woke the sweep.
func TestUrgent(t *testing.T) {
	for _, moment := range []time.Duration{0, 61*time.Second + 517*time.Microsecond, 5*time.Minute - 1} {
		w := newWorld(t, 10)
		w.contacts()
		w.clock.Set(begin.Add(time.Hour + moment))
		w.secretly("Colleague-1", "It burns.", "urgent", "yes")
		w.secretly("Colleague-2", "It smells.")
		mark := begin.Add(time.Hour + voices.UrgentEvery)
		for range 2 {
			if next, err := w.feature.Sweeps()[0].Run(context.Background()); err != nil || !next.Equal(mark) || len(w.all()) != 0 {
				t.Fatalf("next at %s, %v, %d voices", next, err, len(w.all()))
			}
		}
		w.clock.Set(mark.Add(2 * time.Minute)) // the mark was missed
		mark = mark.Add(voices.UrgentEvery)
		if next, err := w.feature.Sweeps()[0].Run(context.Background()); err != nil || !next.Equal(mark) || len(w.all()) != 0 {
			t.Fatalf("after the mark: next at %s, %v, %d voices", next, err, len(w.all()))
		}
		w.clock.Set(mark.Add(3*time.Second + 291*time.Microsecond))
		for range 2 {
			w.sweep(0)
			if v := w.only(); v.Words != "It burns." || !v.Urgent || !v.Arrived.Equal(mark) || !v.Due.Equal(mark.Add(voices.AnswerTime)) {
				t.Errorf("%+v", v)
			}
		}
		for _, column := range []string{"created_at", "due", "seq / 1024"} {
			var least, most int64
			if err := w.looker.QueryRow("SELECT min("+column+"), max("+column+") FROM deliveries").Scan(&least, &most); err != nil || least != mark.UnixMicro() || most != least {
				t.Errorf("%s of its cards between %d and %d, want %d: %v", column, least, most, mark.UnixMicro(), err)
			}
		}
		w.release()
		if n := len(w.all()); n != 2 {
			t.Errorf("%d voices, want 2", n)
		}
	}
}

func TestWithdrawnBeforeAnybodyReadIt(t *testing.T) {
	w := newWorld(t, 10)
	w.contacts()
	code := w.secretly("Colleague-1", "Rather not.")
	golden(t, "code-withdrawn-unread", page(w.act("", "voices.code", "", "code", code, "want", "withdraw")))
	w.release()
	if v := w.only(); v.State != voices.Withdrawn || v.Words != "" {
		t.Errorf("%+v", v)
	}
}
