package wiring_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	worked "evangelist/adapters/web/library"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/bot/network"
	"evangelist/bot/pilots"
	"evangelist/cmd/evangelist/export"
	"evangelist/cmd/evangelist/wiring"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
	"evangelist/storage/librarystore"
	"evangelist/storage/networkstore"
	"evangelist/storage/pilotstore"
	"evangelist/storage/storagetest"
)

type fixedClock struct{ now time.Time }

func (c fixedClock) Now() time.Time { return c.now }

var noon = time.Date(2026, time.November, 29, 12, 0, 0, 0, time.UTC)

// house is a database with what other features keep, read by the library as the
// program reads it.
type house struct {
	*testing.T
	db      *storage.DB
	people  *kernelstore.People
	connect network.Stores
	try     pilots.Stores
	keep    library.Stores
	library *library.Feature
	router  *bot.Router
	shell   *shell.Shell
	folder  string
}

func account(name string) bot.AccountID { return bot.NewAccountID("play", name) }

func newHouse(t *testing.T, db *storage.DB) *house {
	t.Helper()
	clock := fixedClock{noon}
	organisation := bot.Organisation{Name: "Test Council", Zone: time.UTC, PublicURL: "https://evangelist.example"}
	h := &house{T: t, db: db, people: kernelstore.NewPeople(db, clock, rand.Reader), connect: networkstore.New(db, clock), try: pilotstore.New(db, clock),
		keep: librarystore.New(db, clock), folder: filepath.Join(t.TempDir(), "library")}
	h.library = wiring.ReadLibrary(db, h.people, clock, organisation)
	h.library.Random = rand.Reader
	h.router = bot.NewRouter(bot.RouterConfig{People: h.people, Clock: clock, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	h.ok(h.router.Add(h.library.Commands()...))
	var err error
	h.shell, err = shell.New(shell.Config{
		Do:     h.router.Do,
		People: h.people, Places: kernelstore.NewPlaces(db, clock), Organisation: organisation, Clock: clock, Random: rand.Reader, Secret: []byte("sixteen bytes and more"),
		Identify: func(*http.Request, bool) (bot.AccountID, bool, error) { return account("reader"), true, nil },
	})
	h.ok(err)
	worked.Attach(h.shell, h.library)
	var facts []bot.AccountFact
	for n := range 6 {
		facts = append(facts, bot.AccountFact{Account: account(fmt.Sprint("many", n)), Name: fmt.Sprint("Many ", n), Department: "Largehouse"})
	}
	facts = append(facts, bot.AccountFact{Account: account("few"), Name: "Fewperson", Department: "Tinyoffice"}, bot.AccountFact{Account: account("reader"), Name: "Readerperson"},
		bot.AccountFact{Account: account("author"), Name: "Authorperson", Department: "Largehouse"})
	_, err = h.people.Record(t.Context(), facts)
	h.ok(err)
	h.ok(h.people.Change(t.Context(), h.id("reader"), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }))
	return h
}

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) id(name string) bot.PersonID {
	h.Helper()
	actor, err := h.people.Actor(h.Context(), account(name))
	h.ok(err)
	return actor.Person
}

// learn keeps a learning of somebody.
func (h *house) learn(id, who, department, words string, consent network.Consent) {
	h.Helper()
	h.ok(h.connect.Learnings.Add(h.Context(), network.Learning{ID: id, Source: "test/" + id, Words: words, Person: h.id(who), Department: department, Consent: consent, Created: noon.AddDate(0, -4, 0)}))
}

// everywhere is all that anybody reads of the library: chat, pages and export, and
// what leads are offered.
func (h *house) everywhere() string {
	h.Helper()
	var out strings.Builder
	say := func(in bot.Invocation) {
		in.Actor, in.Workspace, in.Nonce = bot.Actor{Account: account("reader")}, "test", "n"
		switch reply := h.router.Do(h.Context(), in).(type) {
		case bot.Say:
			text, err := reply.Message.MarshalJSON()
			h.ok(err)
			out.Write(text)
		case bot.Ask:
			fmt.Fprintf(&out, "%+v", reply.Form)
		default:
			h.Fatalf("%#v", reply)
		}
	}
	say(bot.Invocation{Command: "evangelist", Words: "worked"})
	say(bot.Invocation{Command: "evangelist", Words: "told"})
	paths := []string{"/worked"}
	for _, id := range []string{"named", "unnamed", "few", "private", "story", "used", "example"} {
		say(bot.Invocation{Command: "library.show", Arg: id})
		say(bot.Invocation{Command: "library.told", Arg: id})
		paths = append(paths, "/worked/"+id)
	}
	for _, word := range []string{"Authorperson", "Fewperson", "Tinyoffice", "words"} {
		paths = append(paths, "/worked?q="+word)
	}
	for _, path := range paths {
		w := httptest.NewRecorder()
		h.shell.ServeHTTP(w, httptest.NewRequestWithContext(h.Context(), http.MethodGet, path, nil))
		body := w.Body.String()
		if main := strings.Index(body, "<main"); main >= 0 { // without the visitor's own name
			body = body[main:]
		}
		body = strings.ReplaceAll(body, `value="`+strings.TrimPrefix(path, "/worked?q=")+`"`, "")
		out.WriteString(strings.ReplaceAll(body, "“"+strings.TrimPrefix(path, "/worked?q=")+"”", ""))
	}
	entries, err := h.library.Entries(h.Context())
	h.ok(err)
	_, err = export.Write(h.Context(), h.folder, library.Markdown(entries, bot.Organisation{Zone: time.UTC}))
	h.ok(err)
	h.ok(filepath.Walk(h.folder, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		out.WriteString(name + "\n" + string(text))
		return err
	}))
	return out.String()
}

// says expects words everywhere, and those after a "!" nowhere.
func (h *house) says(what string, wanted ...string) {
	h.Helper()
	text := h.everywhere()
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned == strings.Contains(text, not) {
			at := max(0, strings.Index(text, not)-200)
			h.Errorf("%s: %q in …%s", what, want, text[at:min(len(text), at+600)])
		}
	}
}

// What its author keeps private or takes back is nowhere: not in chat, not on a
// page, not in an export that has it already; nor is a name without consent or a
// department that is too small to hide in.
func TestConsentEverywhere(t *testing.T) {
	storagetest.EachURL(t, func(t *testing.T, url string) {
		db := storagetest.Open(t, url)
		h := newHouse(t, db)
		h.learn("named", "author", "Largehouse", "Namedwords", network.WithName)
		h.learn("unnamed", "author", "Largehouse", "Unnamedwords", network.WithoutName)
		h.learn("few", "few", "Tinyoffice", "Fewwords", network.WithoutName)
		h.learn("private", "few", "Tinyoffice", "Privatewords", network.Private)
		h.says("at first", "Namedwords", "Authorperson", "Unnamedwords", "Fewwords", "Largehouse", "!Privatewords", "!Fewperson", "!\"Tinyoffice\"", "!Tinyoffice</", "!, Tinyoffice")
		for _, person := range []string{"author", "few"} {
			h.says("ids of authors", "!"+string(h.id(person)))
		}
		h.story(t)
		used := network.New(network.Config{Stores: h.connect, People: h.people, Clock: fixedClock{noon}, Random: rand.Reader})
		h.ok(used.Used(t.Context(), h.id("few"), "Usedwords", "A useful page"))
		h.ok(h.keep.Links.Keep(t.Context(), map[string]string{"A useful page": "https://useful.example/page"}))
		h.says("a used link", "Usedwords", "kind: used", "https://useful.example/page", "!Fewperson", "!, Tinyoffice")
		h.ok(h.keep.Examples.Add(t.Context(), library.Example{ID: "example", Source: "x", URL: "https://elsewhere.example", Outcome: "Examplewords", Person: h.id("few"), Department: "Tinyoffice", Consent: library.WithoutName, Kept: noon}))
		h.says("an example", "Examplewords", "!Fewperson", "!, Tinyoffice")

		for _, id := range []string{"named", "unnamed"} {
			h.ok(h.keep.Tellings.Note(t.Context(), []library.Noted{{Entry: id, Telling: library.Telling{Key: "noted/1", Whom: "Toldtogroup " + id, At: noon}}}))
		}
		h.says("told", "Toldtogroup named", "Toldtogroup unnamed")
		h.ok(h.connect.Learnings.Change(t.Context(), "named", func(l *network.Learning) ([]bot.Delivery, error) { l.Withdraw(); return nil, nil }))
		h.says("taken back", "!Namedwords", "!Authorperson", "!Toldtogroup named", "Unnamedwords")
		h.ok(h.connect.Learnings.Change(t.Context(), "unnamed", func(l *network.Learning) ([]bot.Delivery, error) { l.Withdraw(); return nil, nil }))
		h.ok(h.keep.Examples.Change(t.Context(), "example", func(x *library.Example) error {
			return x.TakeBack(bot.Actor{Account: account("few"), Person: h.id("few")})
		}))
		h.says("all taken back", "!Unnamedwords", "!Examplewords", "!elsewhere.example", "!Toldtogroup", "Fewwords")
	})
}

// story keeps the story of a pilot and follows the consent of those whom it thanks,
// and of its sponsor.
func (h *house) story(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	p := pilots.Pilot{ID: "pilot", Source: "pilot", Reference: "P-1", Title: "x", State: pilots.Draft, Sponsor: h.id("author"), Version: 1}
	_, err := h.try.Pilots.Add(ctx, p, nil)
	h.ok(err)
	h.ok(h.try.Pilots.Change(ctx, "pilot", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		p.Story = &pilots.Story{ID: "story", Pilot: "pilot", Reference: "P-1", Title: "Storytitle", Words: "Storywords", Outcome: pilots.TargetMet, Sponsor: h.id("author"), State: pilots.Drafted, Made: noon,
			Named: []pilots.Named{{Person: h.id("few")}, {Person: h.id("many1"), Consent: pilots.WithName}}, Version: 1}
		return nil, nil
	}))
	h.says("a draft", "!Storywords", "!Storytitle")
	sponsor, few := bot.Actor{Account: account("author"), Person: h.id("author")}, bot.Actor{Account: account("few"), Person: h.id("few")}
	change := func(rule func(s *pilots.Story) ([]bot.Delivery, error)) {
		t.Helper()
		h.ok(h.try.Stories.Change(ctx, "story", rule))
	}
	change(func(s *pilots.Story) ([]bot.Delivery, error) { return s.Offer(sponsor, noon) })
	h.says("offered", "Storywords", "Storytitle", "Many 1 and one colleague more", "!Fewperson")
	change(func(s *pilots.Story) ([]bot.Delivery, error) { return s.Allow(few, pilots.WithName) })
	h.says("allowed", "Fewperson")
	change(func(s *pilots.Story) ([]bot.Delivery, error) {
		return nil, s.Note(sponsor, pilots.Telling{Key: "form/1", Whom: "Storyboard", At: noon})
	})
	h.says("told", "Storyboard")
	change(func(s *pilots.Story) ([]bot.Delivery, error) { return s.Allow(few, pilots.WithoutName) })
	h.says("not allowed any more", "!Fewperson", "Storywords")
	change(func(s *pilots.Story) ([]bot.Delivery, error) { return s.Withhold(sponsor) })
	h.says("withheld", "!Storywords", "!Storytitle", "!Storyboard", "!Many 1")
}
