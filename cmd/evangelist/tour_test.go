package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/storagetest"
)

// visitAt opens the playground at a moment of the organisation's week.
func visitAt(t *testing.T, now time.Time) *council {
	t.Helper()
	c := &council{T: t, ctx: t.Context(), clock: &hand{now: now}, log: &lockedBuffer{}, place: playgroundPlace{Database: storagetest.SQLite(t), Workspace: t.TempDir() + "/workspace"}}
	c.start()
	t.Cleanup(func() { c.stop() })
	return c
}

const sharedByThree = "https://www.gov.uk/service-manual/design/writing-for-user-interfaces"

// Whenever somebody opens the playground, the first draft has something to
// choose from, and the page that three colleagues shared.
func TestTheSampleFillsTheFirstDraftOnEveryDay(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	for day := range 7 {
		for _, hour := range []int{8, 11, 20} {
			at := time.Date(2026, 11, 23+day, hour, 0, 0, 0, time.UTC)
			t.Run(at.Format("Monday 15:04"), func(t *testing.T) {
				c := visitAt(t, at)
				all, err := c.app.features.Digests.Digests(c.ctx)
				if err != nil || len(all) != 1 {
					t.Fatalf("%d digests, %v", len(all), err)
				}
				next, err := c.app.features.Digests.Next(c.ctx, all[0].ID)
				if err != nil {
					t.Fatal(err)
				}
				proof, err := c.app.features.Digests.Proof(c.ctx, next)
				if err != nil {
					t.Fatal(err)
				}
				if proof.Content.Candidates < 12 {
					t.Errorf("chosen from %d links only", proof.Content.Candidates)
				}
				sharers := 0
				for _, item := range proof.Content.Items {
					if item.URL == sharedByThree {
						sharers = len(item.Sharers)
					}
				}
				if sharers != 3 {
					t.Errorf("%d thanked for the page that three shared, in %+v", sharers, proof.Content.Items)
				}
			})
		}
	}
}

// tourStep is a step of the tour, by its id; its person, target and example are
// those that a visitor has.
func (c *council) tourStep(id string) sample.Step {
	c.Helper()
	o, err := sample.Load(c.clock.Now())
	if err != nil {
		c.Fatal(err)
	}
	for _, step := range o.Tour {
		if step.ID == id {
			return step
		}
	}
	c.Fatalf("the tour has no step %s", id)
	return sample.Step{}
}

// typed is what a step offers for the composer, typed by its person.
func (c *council) typed(id string) playground.Answer {
	c.Helper()
	step := c.tourStep(id)
	return c.slash(step.As, strings.TrimPrefix(step.Target, "command:")+" "+step.Try)
}

// The tour can be walked at the least likely hour, and each step does what it
// says.
func TestTheTourIsTrue(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	c := visitAt(t, time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC)) // a Saturday evening
	defer c.ticking()()
	post := c.tourStep("post")
	c.post(post.As, "good-finds", post.Try)
	c.later(time.Minute)
	other := c.slash("nia", "/digest draft")
	draft := c.slash("nia", "/digest draft")
	arg := c.itemArg(draft.Shown, sharedByThree)
	c.press("nia", draft, "digest.pin", arg)
	c.fill(c.press("nia", c.now("nia", draft), "digest.words", arg), map[string][]string{"because": {"makes your job easier because the first sentence works"}})
	c.press("nia", c.now("nia", draft), "digest.publish", "")
	c.later(2 * time.Minute)
	c.until("all-council", "Friday roundup", sharedByThree)
	c.as("nia").Redraw(c.ctx)
	for _, card := range []playground.Answer{other, draft} {
		if text := words(c.now("nia", card)); !strings.Contains(text, "went out on") || strings.Contains(text, "digest.undo") || strings.Contains(text, "digest.pin") {
			t.Errorf("a card of the draft still shows: %s", text)
		}
	}

	concern := c.tourStep("concern")
	done := c.fill(c.slash(concern.As, "/concern"), map[string][]string{"words": {concern.Try}, "name": {"anonymous"}})
	code := codeIn(c, done)
	c.typed("release")
	card := c.until("reading-team", concern.Try)
	answer := c.tourStep("answer")
	c.fill(c.press(answer.As, playground.Answer{Shown: card.Body, Ref: card.Ref}, "voices.answer", ""), map[string][]string{"answer": {answer.Try}})
	if read := c.fill(c.slash("barry", "/concern code"), map[string][]string{"code": {code}}); !strings.Contains(words(read), answer.Try) {
		t.Errorf("the code does not show the answer: %s", words(read))
	}

	c.fill(c.typed("join"), map[string][]string{"part": {"lead"}})
	c.typed("ask")
	const learned = "The school knows which path floods first."
	c.fill(c.typed("reply"), map[string][]string{"words": {learned}, "kind": {"learned"}, "consent": {"name"}})
	c.later(time.Minute)
	if preview := words(c.slash(c.tourStep("learned").As, "/digest preview")); !strings.Contains(preview, learned) || !strings.Contains(preview, "Learned") {
		t.Errorf("the next edition lacks what Colm learned: %s", preview)
	}
}

// What a step points at stands on the page of the person that it is about.
func TestEveryStepOfTheTourPointsAtSomething(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	c := visitAt(t, tuesday)
	o, err := sample.Load(tuesday)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"good-finds", "~home"} {
		for _, step := range o.Tour {
			form := strings.NewReader(fmt.Sprintf("at=%s&step=%s", at, step.ID))
			request := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:1/playground/tour", form)
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.Header.Set("Sec-Fetch-Site", "same-origin")
			went := httptest.NewRecorder()
			c.handler.ServeHTTP(went, request)
			if went.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", step.ID, went.Code, went.Body)
			}
			request = httptest.NewRequest(http.MethodGet, "http://127.0.0.1:1"+went.Header().Get("Location"), nil)
			for _, cookie := range went.Result().Cookies() {
				request.AddCookie(cookie)
			}
			shown := httptest.NewRecorder()
			c.handler.ServeHTTP(shown, request)
			if !strings.Contains(shown.Body.String(), `data-target="`+step.Target+`"`) {
				t.Errorf("from %s, step %s points at %s, which is not there", at, step.ID, step.Target)
			}
		}
	}
}

// Behind the scenes only those who may open the draft are offered it, and it is
// said how far it is.
func TestBehindTheScenesOffersWhatOneMay(t *testing.T) {
	c := visitAt(t, tuesday)
	shown := func(person string) string {
		t.Helper()
		panels, err := c.app.behind(c.ctx, c.ws.ID(person))
		if err != nil {
			t.Fatal(err)
		}
		return plain(bot.Message{Summary: "Draft", Blocks: panels[0].Blocks})
	}
	if text := shown("nia"); !strings.Contains(text, "digest.open") || !strings.Contains(text, "digest.preview") || !strings.Contains(text, "a draft, due ") {
		t.Errorf("the curator sees %s", text)
	}
	if text := shown("farida"); strings.Contains(text, `"digest.`) || !strings.Contains(text, "Nia Prosser, its curator") {
		t.Errorf("a colleague sees %s", text)
	}
	c.press("nia", c.slash("nia", "/digest draft"), "digest.approve", "")
	if text := shown("farida"); !strings.Contains(text, "approved. It posts ") || !strings.Contains(text, sharedByThree) {
		t.Errorf("once it is approved, a colleague sees %s", text)
	}
}

func TestLinksAreCountedInWords(t *testing.T) {
	for n, want := range map[int]string{0: "Chosen from no link so far.", 1: "Chosen from one link.", 14: "Chosen from 14 links."} {
		line := stands(digests.Digest{Name: "Roundup"}, digests.Edition{Due: tuesday}, digests.Content{Candidates: n})
		if text := plain(bot.Message{Summary: "x", Blocks: []bot.Block{bot.Note{Text: line}}}); !strings.Contains(text, want) {
			t.Errorf("%d: %s", n, text)
		}
	}
}
