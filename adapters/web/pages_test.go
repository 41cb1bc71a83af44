package web_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/digests"
)

func card(context.Context, string) (bot.Message, int64, error) {
	return bot.Notice("The newest state"), 1, nil
}

func TestStartShowsTheDoorsThatAreForTheVisitor(t *testing.T) {
	w := newWorld(t, nil)
	w.router.AddPanels(bot.Panel{Name: "p", Show: func(context.Context, bot.Actor) ([]bot.Block, error) {
		return []bot.Block{bot.Heading{Level: 2, Text: bot.T("Your part")}, bot.Actions{Buttons: []bot.Button{{Command: "test.run", Label: "Go"}}}}, nil
	}})
	w.visitor().get("/").want(t, 200, `href="/archive"`, `href="/code"`, `href="/sign-in"`).without(t, `href="/desk"`, "Your part", `href="/concern"`)
	w.as = colleague
	w.visitor().get("/").want(t, 200, "The colleague", "Your part", `name="back" value="/"`).without(t, `href="/desk"`, `href="/sign-in"`, "Sign out")
	w.as = lead
	w.visitor().get("/").want(t, 200, `href="/desk"`)
	w.as = stranger
	w.visitor().get("/").want(t, 200).without(t, "Your part", `href="/concern"`)
}

func TestStartWithoutHome(t *testing.T) {
	w := newWorld(t, func(c *configuration) { c.Home = nil })
	w.as = colleague
	w.visitor().get("/").want(t, 200, `href="/concern"`, `href="/idea"`)
}

func TestStartMayStandElsewhere(t *testing.T) {
	w := newWorld(t, func(c *configuration) { c.Start = "/web" })
	w.visitor().get("/").want(t, 404, `href="/web"`)
	w.visitor().get("/web").want(t, 200, "<h1>Ideas that travel, worries that are heard</h1>")
	w.visitor().get("/web/style.css").want(t, 200, "--accent")
}

func TestArchiveListsInPages(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`)
	seen := map[string]bool{}
	address, pages := "/archive", 0
	for address != "" {
		page := v.get(address).want(t, 200)
		pages++
		for _, found := range regexp.MustCompile(`/archive/friday-\d\d`).FindAllString(page.body, -1) {
			if seen[found] {
				t.Errorf("%s twice", found)
			}
			seen[found] = true
		}
		address = ""
		if found := next.FindStringSubmatch(page.body); found != nil {
			address = strings.ReplaceAll(found[1], "&amp;", "&")
		}
	}
	if pages != 3 || len(seen) != 45 {
		t.Errorf("%d pages with %d editions", pages, len(seen))
	}
}

func TestArchiveSearch(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	v.get("/archive?q=%3C07%3E").want(t, 200, "friday-07", `value="&lt;07&gt;"`, "Title of &lt;07&gt;").without(t, "friday-08")
	v.get("/archive?q=%22%3E%3Cscript%3E").want(t, 200, "No edition has these words").without(t, "<script>")
	w.editions.issues = nil
	v.get("/archive").want(t, 200, "The first one appears as soon as its curator publishes it.", "/digest add")
}

func TestEditionHasOnePermanentAddress(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	page := v.get("/archive/friday-45").want(t, 200, "<h1>Friday roundup</h1>", "Title of &lt;45&gt;", "Makes your job easier because it is short.", "Shared by", "Ada",
		"Heard and answered", "http://bot.example.org/archive/friday-45", `class="qr"`, `href="/archive/friday-44" rel="prev"`,
		`value="digest.useful"`, `value="digest.used"`, `name="back" value="/archive/friday-45"`)
	page.without(t, "3.25", "score", "useful to")
	if got := v.get("/archive/e-45"); got.StatusCode != http.StatusMovedPermanently || got.Header.Get("Location") != "/archive/friday-45" {
		t.Errorf("by its id: %s %s", got.Status, got.Header.Get("Location"))
	}
}

func TestDeskShowsWhatWaits(t *testing.T) {
	panel := bot.Panel{Name: "p", Show: func(_ context.Context, actor bot.Actor) ([]bot.Block, error) {
		if !actor.Has(bot.Reader) {
			return nil, nil
		}
		return []bot.Block{bot.Paragraph{Text: bot.T("Three concerns wait.")}}, nil
	}}
	w := newWorld(t, func(c *configuration) { c.Panels = []bot.Panel{panel} })
	w.as = curator
	w.visitor().get("/desk").want(t, 200, "Friday roundup", "3 things to look at", `href="/desk/draft/e9"`, "It waits until somebody approves it.").without(t, "Three concerns", "its time has come")
	w.as = reader
	w.visitor().get("/desk").want(t, 200, "Three concerns wait.").without(t, "/desk/draft/")
	w.as = lead
	w.clock.forward(time.Hour)
	w.visitor().get("/desk").want(t, 200, "its time has come").without(t, "Three concerns")
	w.editions.next.ID = ""
	w.visitor().get("/desk").want(t, 200, `action="/desk/open"`, `name="arg" value="d1"`)
}

func TestDraftIsOpenedOnFirstUse(t *testing.T) {
	w := newWorld(t, nil)
	w.as = curator
	w.editions.next.ID = ""
	w.reply = func(in bot.Invocation) (bot.Reply, error) {
		if in.Command == "digest.open" && in.Arg == "d1" && in.Actor.Account == curator {
			w.editions.next.ID = "e10"
		}
		return bot.Say{Message: bot.Notice("Here is the draft.")}, nil
	}
	w.visitor().post("/desk/open", url.Values{"arg": {"d1"}}).to(t, "/desk/draft/e10")
	w.visitor().post("/do", url.Values{"command": {"digest.open"}, "arg": {"d1"}}).to(t, "/desk/draft/e10") // from the home page
	w.reply = func(bot.Invocation) (bot.Reply, error) { return nil, bot.ErrNotFound }
	w.visitor().post("/desk/open", url.Values{"arg": {"other"}}).want(t, 404)
}

func TestDraftIsADesk(t *testing.T) {
	w := newWorld(t, nil)
	w.as = curator
	page := w.visitor().get("/desk/draft/e9").want(t, 200, "First &lt;thing&gt;", "Why is this here?", "shared by two people", "score 3.2", "4 colleagues took it up",
		"pinned", "shared in private only", "Next thing", "Dropped thing", "Heard and answered", "Bring back learned/x", "chosen from 9 links",
		"was shared only where not everybody can read", `href="/desk/draft/e9/preview"`)
	print, err := w.editions.proof.Content.Print()
	if err != nil {
		t.Fatal(err)
	}
	for command, arg := range map[string]string{
		"digest.drop": "e9/aaa", "digest.pin": "e9/ccc", "digest.unpin": "e9/bbb", "digest.up": "e9/bbb", "digest.down": "e9/aaa", "digest.restore": "e9/eee",
		"digest.merge": "e9/aaa/bbb", "digest.section": "e9/heard/I-7F3K", "digest.approve": "e9/" + print, "digest.publish": "e9/" + print,
	} {
		if !strings.Contains(page.body, `name="command" value="`+command+`"><input type="hidden" name="arg" value="`+arg+`"`) {
			t.Errorf("no button for %s %s", command, arg)
		}
	}
	for _, no := range []string{`value="digest.up"><input type="hidden" name="arg" value="e9/aaa"`, `value="digest.down"><input type="hidden" name="arg" value="e9/ccc"`} {
		page.without(t, no)
	}
	if got := strings.Count(page.body, "Makes your job easier because …"); got != 3 {
		t.Errorf("%d forms for the words, want 3", got)
	}
}

func TestWordsAreSavedFromTheDesk(t *testing.T) {
	w := newWorld(t, nil)
	if err := w.router.Add(bot.Command{Name: "digest.words", Needs: bot.Colleague, Run: func(_ context.Context, in bot.Invocation) (bot.Reply, error) {
		w.asked = append(w.asked, in)
		return bot.Refresh{View: bot.View{Kind: "draft", ID: "e9"}}, nil
	}}); err != nil {
		t.Fatal(err)
	}
	w.as = curator
	v := w.visitor()
	page := v.get("/desk/draft/e9")
	v.post("/do", url.Values{
		"form": {page.sealed(t)}, "back": {"/desk/draft/e9#i-aaa"}, "f.because": {"it saves a day"}, "f.title": {"New"}, "f.note": {""},
	}).to(t, "/desk/draft/e9#i-aaa")
	if in := w.asked[0]; in.Arg != "e9/aaa" || in.Value("because") != "it saves a day" || in.Value("title") != "New" {
		t.Errorf("%+v", in)
	}
}

func TestBookmarkFillsTheFormAndKeepsNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	v.get("/add?url=https%3A%2F%2Fexample.org%2F%3Fa%3Db%22").want(t, 200).without(t, `a=b"`)
	v.get("/add?url=https%3A%2F%2Fexample.org%2F%3Fa%3Db").want(t, 200, "\nhttps://example.org/?a=b</textarea>").without(t, "encodeURIComponent")
	v.get("/add?url=javascript%3Aalert(1)").want(t, 200).without(t, "alert")
	v.get("/add").want(t, 200, "<code>javascript:location.href=&#39;http://bot.example.org/add?url=&#39;&#43;encodeURIComponent(location.href)</code>")
	if len(w.asked) > 0 {
		t.Errorf("opening the form did something: %+v", w.asked)
	}
}

func TestApprovedAndPublishedDrafts(t *testing.T) {
	w := newWorld(t, nil)
	w.as = curator
	v := w.visitor()
	e := &w.editions.next
	e.State, e.ApprovedAt, e.PublishAt, e.Revision = digests.Approved, w.clock.Now(), e.Due, digests.Revision{Content: w.editions.proof.Content}
	page := v.get("/desk/draft/e9").want(t, 200, ": approved</h1>", `value="digest.undo"`, `value="digest.publish"`, "First &lt;thing&gt;", "Until it goes out you can undo it")
	page.without(t, `value="digest.drop"`, `value="digest.useful"`)
	e.PublishAt = w.clock.Now().Add(time.Minute)
	v.get("/desk/draft/e9").want(t, 200, "It goes out in a moment", `value="digest.undo"`).without(t, `value="digest.publish"`)
	v.get("/desk/draft/e9/preview").want(t, 200, "A preview: only its curators see it.", "<h1>Friday roundup</h1>")
	v.get("/desk/draft/e-45").to(t, "/archive/friday-45") // it is out
	v.get("/desk/draft/nowhere").want(t, 404)
}

func TestEmptyDraft(t *testing.T) {
	w := newWorld(t, nil)
	w.as = curator
	w.editions.proof = digests.Proof{Content: digests.Content{Digest: "Friday roundup", Zone: "UTC", From: w.clock.Now(), To: w.clock.Now()}}
	w.visitor().get("/desk/draft/e9").want(t, 200, "Nothing is in it yet.", "/digest add", "Nothing waits for this edition yet.").without(t, `value="digest.approve"`)
}

func TestDocumentStandsAlone(t *testing.T) {
	var out bytes.Buffer
	content := newEditions(time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)).proof.Content
	if err := web.Document(&out, "A <title>", content.Message("", nil), time.UTC); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, want := range []string{"<title>A &lt;title&gt;</title>", "--accent: #0f6b5c", "First &lt;thing&gt;", "<h1>Friday roundup</h1>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, no := range []string{"<script", "<form", "<link", "src=", "ZgotmplZ"} {
		if strings.Contains(page, no) {
			t.Errorf("%q is in it", no)
		}
	}
}

func TestStorybookShowsEverySpecimen(t *testing.T) {
	message := bot.Notice("The concern's card")
	form := bot.Form{Title: "A form", Command: "x", Arg: "1", Fields: []bot.Field{{Name: "w", Kind: bot.LineField, Label: "Words"}}}
	book, err := web.Storybook([]web.Specimen{
		{Surface: "Voices", Name: "Card", Message: &message}, {Surface: "Voices", Name: "Form", Form: &form, Wrong: map[string]string{"w": "Too long."}},
		{Surface: "Digests", Name: "Again", Form: &form},
	}, bot.Organisation{Name: "Council", Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	book.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
	page := response{Response: recorder.Result(), body: recorder.Body.String()}.want(t, 200, "Blocks", "A section", "Voices", "The concern&#39;s card", "Digests", "Too long.")
	for _, problem := range problems(t, page.body) {
		t.Error(problem)
	}
}
