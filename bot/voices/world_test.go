package voices_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/bot/voices"
	"evangelist/bot/voices/voicestest"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
	"evangelist/storage/voicestore"
)

// begin is a Monday.
var begin = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// world is the feature behind a router, on a database of its own.
type world struct {
	t       *testing.T
	looker  *sql.DB
	router  *bot.Router
	feature *voices.Feature
	clock   *voicestest.Clock
	people  *kernelstore.People
	places  *kernelstore.Places
	voices  voices.Voices
	next    voices.NextSource // what other features make of an idea; nil: nothing
	log     *bytes.Buffer
	watched []string // commands of which a measurement was taken
}

func newWorld(t *testing.T, colleagues int) *world {
	t.Helper()
	url := storagetest.SQLite(t)
	db := storagetest.Open(t, url)
	w := &world{t: t, clock: voicestest.NewClock(begin), log: &bytes.Buffer{}}
	var err error
	if w.looker, err = sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+"?mode=ro"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.looker.Close() })
	chance := voicestest.NewChance(3)
	w.people, w.places = kernelstore.NewPeople(db, w.clock, chance), kernelstore.NewPlaces(db, w.clock)
	w.voices = voicestore.NewVoices(db, w.clock)
	w.feature = voices.New(voices.Config{
		Voices: w.voices, Waiting: voicestore.NewWaiting(db, w.clock), Settings: voicestore.NewSettings(db, w.clock),
		People: w.people, Places: w.places, Clock: w.clock, Random: chance,
		Organisation:  bot.Organisation{Name: "Test", Zone: time.UTC, Word: "evangelist"},
		Keys:          voices.NewKeys([]byte("a secret of the installation")),
		ManualRelease: true,
		Next: func(ctx context.Context, v voices.Voice, seenBy []bot.Person) (voices.Next, error) {
			if w.next == nil {
				return voices.Next{}, nil
			}
			return w.next(ctx, v, seenBy)
		},
	})
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: w.clock, Random: chance,
		Log:   slog.New(slog.NewTextHandler(w.log, nil)),
		Watch: func(call bot.Call) { w.watched = append(w.watched, call.Command) }})
	if err := w.router.Add(w.feature.Commands()...); err != nil {
		t.Fatal(err)
	}
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	var facts []bot.AccountFact
	for _, native := range []string{"Reader-A", "Reader-B", "Lead"} {
		facts = append(facts, fact(native))
	}
	for n := range colleagues {
		facts = append(facts, fact(fmt.Sprintf("Colleague-%d", n)))
	}
	w.record(facts...)
	w.role("Reader-A", bot.Reader)
	w.role("Reader-B", bot.Reader)
	w.role("Lead", bot.Lead)
	return w
}

func fact(native string) bot.AccountFact {
	return bot.AccountFact{Account: account(native), Name: native, Email: strings.ToLower(native) + "@example.org"}
}

func account(native string) bot.AccountID { return bot.NewAccountID("test", native) }

func (w *world) record(facts ...bot.AccountFact) {
	w.t.Helper()
	if _, err := w.people.Record(context.Background(), facts); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) person(native string) bot.PersonID {
	w.t.Helper()
	actor, err := w.people.Actor(context.Background(), account(native))
	if err != nil {
		w.t.Fatal(err)
	}
	return actor.Person
}

func (w *world) role(native string, roles ...bot.Role) {
	w.t.Helper()
	err := w.people.Change(context.Background(), w.person(native), func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = roles
		return nil, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// do is what somebody types after a slash command, or presses.
func (w *world) do(native, command, words, arg string) bot.Reply {
	return w.router.Do(context.Background(), bot.Invocation{Actor: bot.Actor{Account: account(native)}, Command: command, Words: words, Arg: arg})
}

// form opens a form.
func (w *world) form(native, command, words, arg string) bot.Form {
	w.t.Helper()
	asked, ok := w.do(native, command, words, arg).(bot.Ask)
	if !ok {
		w.t.Fatalf("%s opened no form but %#v", command, w.do(native, command, words, arg))
	}
	if len(asked.Form.Fields) > 5 || len([]rune(asked.Form.Title)) > 24 {
		w.t.Errorf("the form %q has %d fields", asked.Form.Title, len(asked.Form.Fields))
	}
	for n, field := range asked.Form.Fields {
		if field.Required != (n == 0) && field.Required {
			w.t.Errorf("the form %q demands %q", asked.Form.Title, field.Name)
		}
	}
	return asked.Form
}

// values are the answers to a form: "field", "answer", …
func values(pairs ...string) map[string][]string {
	all := map[string][]string{}
	for n := 0; n < len(pairs); n += 2 {
		all[pairs[n]] = append(all[pairs[n]], pairs[n+1])
	}
	return all
}

// send submits a form.
func (w *world) send(native string, form bot.Form, pairs ...string) bot.Reply {
	return w.router.Do(context.Background(), bot.Invocation{Actor: bot.Actor{Account: account(native)}, Command: form.Command,
		Arg: form.Arg, Nonce: form.Nonce, Values: values(pairs...)})
}

// done submits a form and expects its last page.
func (w *world) done(native string, form bot.Form, pairs ...string) bot.Message {
	w.t.Helper()
	reply := w.send(native, form, pairs...)
	done, ok := reply.(bot.Done)
	if !ok {
		w.t.Fatalf("%s gave %#v", form.Command, reply)
	}
	return done.Message
}

func (w *world) contacts() {
	w.t.Helper()
	w.done("Lead", w.form("Lead", "evangelist", "contacts", ""), "emergency", "112", "safeguarding", "Ward office, extension 12",
		"whistleblowing", "The ombudsperson", "grievance", "The staff council")
}

// secretly raises a concern without a name and returns its private code.
func (w *world) secretly(native, words string, more ...string) string {
	w.t.Helper()
	page := w.done(native, w.form(native, "concern", "", ""), append([]string{"words", words, "name", "anonymous"}, more...)...)
	code, err := voicestest.CodeOn(page)
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

func (w *world) release() {
	w.t.Helper()
	w.clock.Set(w.clock.Now().Truncate(24 * time.Hour).Add(34 * time.Hour)) // the next day at 10:00
	if err := w.feature.Chores()[0].Run(context.Background(), schedule.Tick{Kind: voices.ReleaseChore}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) all() []voices.Voice {
	w.t.Helper()
	all, err := w.voices.List(context.Background(), voices.Query{})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// only returns the one voice that there is.
func (w *world) only() voices.Voice {
	w.t.Helper()
	all := w.all()
	if len(all) != 1 {
		w.t.Fatalf("%d voices, want 1", len(all))
	}
	return all[0]
}

// act does what a reader or a named author does with a form.
func (w *world) act(native, command, arg string, pairs ...string) bot.Message {
	w.t.Helper()
	return w.done(native, w.form(native, command, "", arg), pairs...)
}

func (w *world) card(id string) bot.Message {
	w.t.Helper()
	card, version, err := w.router.View(context.Background(), bot.View{Kind: voices.ViewKind, ID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	if v, err := w.voices.Get(context.Background(), id); err != nil || v.Version != version {
		w.t.Errorf("the card shows version %d of %d, %v", version, v.Version, err)
	}
	return card
}

func summary(reply bot.Reply) string {
	switch reply := reply.(type) {
	case bot.Say:
		return reply.Message.Summary
	case bot.Done:
		return reply.Message.Summary
	case bot.Invalid:
		return fmt.Sprint(reply.Fields)
	default:
		return fmt.Sprintf("%#v", reply)
	}
}

// updating reports whether the golden files are to be written anew.
func updating() bool { return os.Getenv("EVANGELIST_GOLDEN") == "write" }

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if updating() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; look at it, then run with EVANGELIST_GOLDEN=write if it is right:\n%s", path, diff)
	}
}

// page writes a message with everything that a surface would show.
func page(message bot.Message) string {
	var out strings.Builder
	fmt.Fprintf(&out, "(%s)\n", message.Summary)
	blocks(&out, message.Blocks)
	return out.String()
}

func blocks(out *strings.Builder, list []bot.Block) {
	for _, block := range list {
		switch b := block.(type) {
		case bot.Heading:
			fmt.Fprintf(out, "%s %s\n", strings.Repeat("#", b.Level), b.Text.Plain(nil))
		case bot.Paragraph:
			fmt.Fprintf(out, "%s\n", b.Text.Plain(nil))
		case bot.List:
			for _, item := range b.Items {
				fmt.Fprintf(out, "- %s\n", item.Plain(nil))
			}
		case bot.Note:
			fmt.Fprintf(out, "note: %s\n", b.Text.Plain(nil))
		case bot.Quote:
			fmt.Fprintf(out, "> %s\n> — %s\n", b.Text.Plain(nil), b.By.Plain(nil))
		case bot.Facts:
			for _, fact := range b.Facts {
				fmt.Fprintf(out, "%s: %s\n", fact.Label, fact.Value.Plain(nil))
			}
		case bot.Actions:
			var labels []string
			for _, button := range b.Buttons {
				labels = append(labels, "["+button.Label+"]")
			}
			fmt.Fprintf(out, "%s\n", strings.Join(labels, " "))
		default:
			fmt.Fprintf(out, "%#v\n", block)
		}
	}
}

func formPage(form bot.Form) string {
	var out strings.Builder
	fmt.Fprintf(&out, "== %s ==\n", form.Title)
	blocks(&out, form.Intro)
	for _, field := range form.Fields {
		fmt.Fprintf(&out, "\n%s (%s)", field.Label, field.Kind)
		if field.Required {
			out.WriteString(" compulsory")
		}
		fmt.Fprintf(&out, "\n")
		for _, option := range field.Options {
			sign := " "
			if slices.Contains(field.Value, option.Value) {
				sign = "x"
			}
			fmt.Fprintf(&out, "  [%s] %s", sign, option.Label)
			if option.Help != "" {
				fmt.Fprintf(&out, ": %s", option.Help)
			}
			out.WriteString("\n")
		}
		if len(field.Options) == 0 && len(field.Value) > 0 {
			fmt.Fprintf(&out, "  = %s\n", strings.Join(field.Value, ", "))
		}
		if field.Help != "" {
			fmt.Fprintf(&out, "  %s\n", field.Help)
		}
	}
	fmt.Fprintf(&out, "\n[%s]\n", form.Submit)
	return out.String()
}
