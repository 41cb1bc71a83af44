package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/storagetest"
)

func TestTheAddressOfAnEdition(t *testing.T) {
	for _, c := range []struct{ public, address, slug string }{
		{"https://news.example.org", "https://news.example.org/archive/friday-2026-11-27", "friday-2026-11-27"},
		{"https://news.example.org", "HTTPS://News.Example.org:443/archive/friday?print=1#top", "friday"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080/archive/friday", "friday"},
		{"https://example.org/news", "https://example.org/news/archive/friday", "friday"},
		{"https://news.example.org", "http://news.example.org/archive/friday", ""},
		{"https://news.example.org", "https://news.example.org:8443/archive/friday", ""},
		{"https://news.example.org", "https://other.example.org/archive/friday", ""},
		{"https://news.example.org", "https://news.example.org.evil.example/archive/friday", ""},
		{"https://news.example.org", "https://news.example.org@evil.example/archive/friday", ""},
		{"https://news.example.org", "https://ada@news.example.org/archive/friday", ""},
		{"https://news.example.org", "//news.example.org/archive/friday", ""},
		{"https://news.example.org", "/archive/friday", ""},
		{"https://news.example.org", "https://news.example.org/archive", ""},
		{"https://news.example.org", "https://news.example.org/archive/", ""},
		{"https://news.example.org", "https://news.example.org/archive/friday/", ""},
		{"https://news.example.org", "https://news.example.org/archive/a%2Fb", ""},
		{"https://news.example.org", "https://news.example.org/desk/draft/friday", ""},
		{"https://news.example.org", "https://news.example.org/sign-in/archive/friday", ""},
		{"https://example.org/news", "https://example.org/archive/friday", ""},
		{"", "https://news.example.org/archive/friday", ""},
		{"https://news.example.org", "https://news.example.org/archive/%zz", ""},
		{"https://news.example.org", "https://news.example.org/archive/" + strings.Repeat("a", 2000), ""},
	} {
		slug, ok := archived(c.public, c.address)
		if !ok {
			slug = ""
		}
		if slug != c.slug || ok != (c.slug != "") {
			t.Errorf("%s on %s: %q, %v, want %q", c.address, c.public, slug, ok, c.slug)
		}
	}
}

// A link to a published edition shows it; nothing else of our web shows anything.
func TestOnlyPublishedEditionsAreShown(t *testing.T) {
	c := openCouncil(t, "sqlite::memory:")
	show := c.app.handlers().Show
	stores := digeststore.New(c.app.db, c.clock)
	all, err := stores.Series.List(c.ctx)
	if err != nil || len(all) == 0 {
		t.Fatalf("digests: %v, %v", all, err)
	}
	content := digests.Content{Digest: "Friday roundup", Zone: "Europe/London", From: tuesday.AddDate(0, 0, -7), To: tuesday}
	for _, name := range []string{"First", "Second", "Third", "Fourth"} {
		content.Items = append(content.Items, digests.Item{ID: strings.ToLower(name), Title: name + " page", URL: "https://" + strings.ToLower(name) + ".example/", Source: "somewhere"})
	}
	for n, state := range []digests.State{digests.Draft, digests.Approved, digests.Published, digests.Recalled} {
		edition := digests.Edition{ID: "e-" + string(state), Digest: all[0].ID, Slot: string(state), Slug: "slug-" + string(state), State: state,
			Due: tuesday, From: content.From, To: content.To, Version: 1}
		if _, err := stores.Editions.Add(c.ctx, edition); err != nil {
			t.Fatal(err)
		}
		err := stores.Editions.Change(c.ctx, edition.ID, func(e *digests.Edition) ([]bot.Delivery, error) {
			e.State, e.Revision = state, digests.Revision{Number: int64(n + 1), Content: content}
			if state == digests.Published || state == digests.Recalled {
				e.PublishedAt = tuesday
			}
			if state == digests.Recalled {
				e.RecalledAt = tuesday.Add(time.Hour)
			}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	message, err := show(c.ctx, "http://127.0.0.1:1/archive/slug-published?utm_source=chat")
	if err != nil {
		t.Fatal(err)
	}
	text := plain(message)
	for _, want := range []string{"Friday roundup, 17 – 24 November", "First page", "Second page", "Third page", "and one more"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
	if link, ok := message.Blocks[0].(bot.Link); !ok || link.URL != "http://127.0.0.1:1/archive/slug-published" || strings.Contains(text, "Fourth") {
		t.Errorf("shows %+v", message.Blocks)
	}
	for _, path := range []string{"/archive/slug-draft", "/archive/slug-approved", "/archive/slug-recalled", "/archive/e-published", "/archive/none",
		"/archive", "/desk", "/code", "/sign-in", "/web", "/"} {
		if message, err := show(c.ctx, "http://127.0.0.1:1"+path); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%s shows %+v, %v", path, message, err)
		}
	}
}

// What adapters note for themselves is kept beside, not among, other settings.
func TestAdaptersKeepNotes(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	c := openCouncil(t, "sqlite::memory:")
	h := c.app.handlers()
	if text, err := h.Recall(c.ctx, "position"); err != nil || text != "" {
		t.Errorf("unset: %q, %v", text, err)
	}
	for range 2 {
		if err := h.Note(c.ctx, "position", "17"); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := h.Recall(c.ctx, "position"); err != nil || text != "17" {
		t.Errorf("got %q, %v", text, err)
	}
	if text, err := c.app.installation.Setting(c.ctx, "position"); err != nil || text != "" {
		t.Errorf("a setting of the bot itself was written: %q, %v", text, err)
	}
}

// A person's accounts, and the person of each.
func TestAdaptersAskForAccounts(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	c := openCouncil(t, "sqlite::memory:")
	h := c.app.handlers()
	gone := true
	facts := []bot.AccountFact{
		{Account: "chat|ada", Name: "Ada", Email: "ada@example.org"}, {Account: "other|ada", Name: "Ada", Email: "ada@example.org"},
		{Account: "chat|old", Name: "Ada", Email: "ada@example.org", Inactive: &gone},
	}
	for range 2 {
		if err := h.Record(c.ctx, facts); err != nil {
			t.Fatal(err)
		}
	}
	person, err := h.Person(c.ctx, "chat|ada")
	if err != nil || person == "" {
		t.Fatalf("person %q, %v", person, err)
	}
	accounts, err := h.Accounts(c.ctx, person)
	if err != nil || len(accounts) != 2 || accounts[0] != "chat|ada" || accounts[1] != "other|ada" {
		t.Errorf("accounts %v, %v", accounts, err)
	}
	if person, err := h.Person(c.ctx, "chat|stranger"); err != nil || person != "" {
		t.Errorf("a stranger is %q, %v", person, err)
	}
	if accounts, err := h.Accounts(c.ctx, "nobody"); err != nil || len(accounts) != 0 {
		t.Errorf("nobody has %v, %v", accounts, err)
	}
}

// What people write into the bot's own chat, through the front door.
func TestWordsInTheBotsOwnChat(t *testing.T) {
	file := filepath.Join(t.TempDir(), "e.db")
	c := openCouncil(t, "sqlite:"+file)
	tell := func(person, text string) playground.Answer {
		t.Helper()
		answer, err := c.as(person).Tell(c.ctx, text)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Shown == nil || answer.Ref.Place != c.as(person).Direct() || answer.Form != nil {
			t.Fatalf("%q is answered with %+v", text, answer)
		}
		return answer
	}
	open := func(person string, on playground.Answer) *playground.OpenForm {
		t.Helper()
		answer, err := c.as(person).Press(c.ctx, on.Ref, "Open the form")
		if err != nil || answer.Form == nil {
			t.Fatalf("the button opens %+v, %v", answer.Reply, err)
		}
		c.as(person).CloseForm()
		return answer.Form
	}
	const secret = "overheard beside the photocopier"
	for _, text := range []string{"/concern " + secret, "Concern: " + secret + " https://photocopier.example/", "idea " + secret, "concern code " + secret} {
		text = " " + text
		answer := tell("farida", text)
		say := plain(*answer.Shown)
		if strings.Contains(say, "photocopier") || !strings.Contains(say, "I did nothing with what you wrote") || !strings.Contains(say, "Delete it if you can") {
			t.Errorf("%q: %s", text, say)
		}
		for field, typed := range open("farida", answer).Typed {
			if strings.Contains(strings.Join(typed, " "), "photocopier") {
				t.Errorf("%q: the form holds it in %s", text, field)
			}
		}
	}
	if say := plain(*tell("farida", "concern").Shown); !strings.Contains(say, "does not stay in this chat") || strings.Contains(say, "what you wrote") {
		t.Errorf("a bare concern: %s", say)
	}
	if form := open("nia", tell("nia", "/digest new")); form.Form.Command != "digest.new" {
		t.Errorf("opened %+v", form.Form)
	}
	if say := plain(*tell("farida", "Worth a look: https://put-forward.example/page").Shown); !strings.Contains(say, "is put forward") {
		t.Errorf("a colleague's link: %s", say)
	}
	if say := plain(*tell("nia", "https://found-elsewhere.example/page For the roundup").Shown); strings.Contains(say, "is put forward") {
		t.Errorf("a curator's find: %s", say)
	}
	stores := digeststore.New(c.app.db, c.clock)
	finds, err := stores.Finds.List(c.ctx, digests.Waiting, digests.Chosen)
	if err != nil || len(finds) == 0 || !strings.Contains(finds[len(finds)-1].Link.Address, "found-elsewhere.example") {
		t.Errorf("finds %+v, %v", finds, err)
	}
	if say := plain(*tell("farida", "good morning").Shown); !strings.Contains(say, "I did not understand that") || !strings.Contains(say, "/digest add") {
		t.Errorf("what is no request: %s", say)
	}
	if say := plain(*tell("farida", "help").Shown); strings.Contains(say, "did not understand") || !strings.Contains(say, "/digest add") {
		t.Errorf("help: %s", say)
	}
	c.stop()
	if strings.Contains(c.log.String(), "photocopier") {
		t.Error("the words are in the log")
	}
	for _, name := range []string{file, file + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte("photocopier")) {
			t.Errorf("the words are kept in %s", name)
		}
	}
}
