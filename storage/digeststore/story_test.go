package digeststore_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/storagetest"
)

// The first slice: a link is heard, ranked, drafted, approved and published,
// once, at its time.
func TestFromLinkToEdition(t *testing.T) {
	w := newWorld(t)
	w.begin()
	guide := w.post("ben", "This one page saved us forty calls a week: https://example.org/one-page-guide?utm_source=chat")
	w.react("cleo", guide, "tada")
	w.react("dev", guide, "+1")
	w.post("cleo", "Same here, see https://www.example.org/one-page-guide/")
	w.post("dev", "How we fill potholes faster https://roads.example.net/potholes/faster-filling")

	w.at("2026-11-19 09:00:00")
	w.run()
	card := "draft/"
	if got := w.deliveries(card); len(got) != 1 {
		t.Fatalf("the draft came to its curator %d times: %v", len(got), got)
	}
	draft := w.do("ada", "digest.draft")
	text := w.text(draft)
	for _, want := range []string{
		"1 One page guide <https://example.org/one-page-guide",
		"Why it is here: shared by 2 people, taken up in 2 departments, one person reacted.",
		"Shared by Ben (Libraries) and Cleo (Housing)",
		"2 Potholes: faster filling",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft lacks %q:\n%s", want, text)
		}
	}
	reply := w.press("ada", w.button(draft, "Approve"))
	if text := w.text(reply); !strings.Contains(text, "It goes out Friday 20 November, 09:00") {
		t.Fatalf("not approved: %s", text)
	}
	w.run()
	if got := w.deliveries("edition/"); len(got) != 0 {
		t.Fatalf("published before its time: %v", got)
	}
	w.at("2026-11-20 09:00:00")
	w.run()
	w.run()
	if got := w.deliveries("edition/"); len(got) != 1 {
		t.Fatalf("published %d times: %v", len(got), got)
	}
	issues, err := w.feature.Issues(w.ctx, "", "POTHOLES", time.Time{}, 0)
	w.must(err)
	if len(issues) != 1 || issues[0].Slug != "friday-roundup-2026-11-20" {
		t.Fatalf("the archive finds %v", issues)
	}
	message, _, err := w.router.View(w.ctx, bot.View{Kind: "edition", ID: issues[0].ID})
	w.must(err)
	if text := draw(message); !strings.Contains(text, "Two things colleagues found useful, from three departments. Edited by Ada.") {
		t.Errorf("the edition says:\n%s", text)
	}
	shares, err := w.stores.Archive.Message(w.ctx, guide)
	w.must(err)
	if len(shares) != 1 || shares[0].Sentence != "" {
		t.Errorf("the sentence is kept after the edition: %+v", shares)
	}
	m, err := w.stores.Archive.Window(w.ctx, time.Time{}, time.Time{})
	w.must(err)
	if len(m.Engagements) != 0 {
		t.Errorf("who reacted is kept after the edition: %+v", m.Engagements)
	}
}

// approve presses the button of the draft that Ada sees.
func (w *world) approve(who, label string) bot.Reply {
	w.t.Helper()
	return w.press(who, w.button(w.do(who, "digest.draft"), label))
}

func (w *world) issues() []string {
	w.t.Helper()
	issues, err := w.feature.Issues(w.ctx, "", "", time.Time{}, 0)
	w.must(err)
	var out []string
	for _, issue := range issues {
		var titles []string
		for _, item := range issue.Content.All() {
			titles = append(titles, item.Title)
		}
		out = append(out, strings.Join(titles, "; "))
	}
	return out
}

const guide = "https://guides.example/one-page-guide"

func TestWhatTheEarNeverKeeps(t *testing.T) {
	w := newWorld(t)
	private := func(s *bot.Sighting) { s.Message.Place, s.Private = closed, true }
	w.post("ben", "from a bot "+guide, func(s *bot.Sighting) { s.Bot = true })
	w.post("ben", "from elsewhere "+guide, func(s *bot.Sighting) { s.External = true })
	w.post("ben", "in a closed channel "+guide, private)
	w.post("ben", "of a closed export "+guide, private, func(s *bot.Sighting) { s.Imported = true })
	w.post("ben", "signed https://bucket.s3.amazonaws.com/report.pdf?X-Amz-Signature=0123456789abcdef&X-Amz-Credential=a")
	for _, bad := range []string{"\xff", "a\x00b", strings.Repeat("x", 301)} {
		w.post("ben", "with a name that cannot be kept "+guide, func(s *bot.Sighting) { s.Message.Native = bad })
		w.post(bad, "by somebody who cannot be kept "+guide)
	}
	w.post("ben", "at home http://192.168.1.7/router and mailto:ben@example.org")
	for _, confided := range []string{"/concern the bridge " + guide, " /Idea use " + guide, "Concern: about " + guide} {
		w.native++
		s := bot.Sighting{Kind: bot.Posted, Message: bot.MessageRef{Place: channel, Native: confided}, Author: account("ben"), At: w.clock.now, Text: confided}
		w.hear(s)
		s.Kind = bot.Edited
		w.hear(s)
	}
	content, err := w.feature.Preview(w.ctx, "", time.Time{}, time.Time{})
	w.must(err)
	if content.Candidates != 0 {
		t.Fatalf("kept %d links: %+v", content.Candidates, content.Items)
	}
	w.must(w.places.Watch(w.ctx, closed, true))
	w.post("ben", "in a closed channel that a lead lets be read "+guide, private)
	if content, _ = w.feature.Preview(w.ctx, "", time.Time{}, time.Time{}); content.Candidates != 1 || !content.Items[0].Private {
		t.Fatalf("a watched closed channel gives %+v", content.Items)
	}
}

func TestJoiningIsAnnouncedOnce(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.hear(bot.Sighting{Kind: bot.Joined, Message: bot.MessageRef{Place: channel}, Author: account("ada"), At: w.clock.now})
	}
	w.hear(bot.Sighting{Kind: bot.Joined, Message: bot.MessageRef{Place: closed}, Imported: true})
	if got := w.deliveries("joined/"); len(got) != 1 {
		t.Fatalf("announced %v", got)
	}
}

func TestLeavingOutIsForGood(t *testing.T) {
	w := newWorld(t)
	digest := w.begin()
	byEmoji := w.post("ben", "Left out by its author "+guide)
	w.react("cleo", byEmoji, "see_no_evil") // not hers to leave out
	if c := w.preview(digest.ID); c.Candidates != 1 {
		t.Fatal("somebody else took it out")
	}
	w.react("ben", byEmoji, "see_no_evil")
	w.hear(bot.Sighting{Kind: bot.Unreacted, Message: byEmoji, Author: account("ben"), Emoji: "see_no_evil", At: w.clock.now})
	w.hear(bot.Sighting{Kind: bot.Edited, Message: byEmoji, Author: account("ben"), Text: "again " + guide, At: w.clock.now.Add(time.Hour)})
	byCommand := w.post("ben", "Another page https://example.org/another-page-here")
	about := func(m bot.MessageRef) func(*bot.Invocation) { return func(in *bot.Invocation) { in.About = &m } }
	if say := w.text(w.do("cleo", "digest.leave", about(byCommand))); !strings.Contains(say, "Only whoever wrote a message") {
		t.Errorf("Cleo may leave out Ben's message: %s", say)
	}
	w.do("ben", "digest.leave", about(byCommand))
	if c := w.preview(digest.ID); c.Candidates != 0 {
		t.Fatalf("still there: %+v", c.Items)
	}
	if say := w.text(w.do("ben", "digest.leave")); !strings.Contains(say, "Use this on your own message") {
		t.Errorf("without a message: %s", say)
	}
}

func (w *world) preview(name string) digests.Content {
	w.t.Helper()
	c, err := w.feature.Preview(w.ctx, name, time.Time{}, time.Time{})
	w.must(err)
	return c
}

func TestNominating(t *testing.T) {
	w := newWorld(t)
	digest := w.begin()
	first := w.post("ben", "The first one of this week "+guide)
	second := w.post("cleo", "The second one of this week https://example.org/second-page")
	w.react("dev", first, "pushpin::skin-tone-2")
	reply := w.do("eve", "digest.save", func(in *bot.Invocation) { in.About = &first })
	if say := w.text(reply); !strings.Contains(say, "Nominated.") {
		t.Fatalf("saving says %s", say)
	}
	w.react("cleo", second, "pushpin") // her own
	c := w.preview(digest.ID)
	if why := strings.Join(c.Items[0].Why, ", "); c.Items[0].URL != guide || why != "shared by one person, taken up in 2 departments, nominated by 2" {
		t.Errorf("first is %s: %s", c.Items[0].URL, why)
	}
	if c.Items[1].Score != 0 {
		t.Errorf("Cleo pushed her own link to %v", c.Items[1].Score)
	}
	unknown := bot.MessageRef{Place: channel, Native: "unknown"}
	reply = w.do("eve", "digest.save", func(in *bot.Invocation) {
		in.About, in.Words = &unknown, "see https://example.org/quiet-install it is good"
	})
	if say := w.text(reply); !strings.Contains(say, "is put forward for Friday roundup on Friday 20 November") {
		t.Errorf("where nothing is read: %s", say)
	}
}

func TestPuttingALinkForward(t *testing.T) {
	w := newWorld(t)
	digest := w.begin()
	typed := "<https://guides.example/one-page-guide|guides.example> one page answers what forty calls asked"
	for range 2 {
		w.do("ben", "digest", words("add "+typed))
	}
	if form := w.text(w.do("ben", "digest", words("add"))); form != "form Put a link forward" {
		t.Errorf("without words: %s", form)
	}
	reply := w.do("ben", "digest.add", form(map[string]string{"url": "https://files.example.org/x?X-Amz-Signature=00&X-Amz-Credential=1", "why": "x"}))
	if invalid, ok := reply.(bot.Invalid); !ok || invalid.Fields["url"] == "" {
		t.Errorf("a secret address gives %+v", reply)
	}
	if say := w.text(w.do("ben", "digest", words("add rubbish"))); strings.Contains(say, "Thank you") {
		t.Errorf("rubbish is thanked for: %s", say)
	}
	c := w.preview(digest.ID)
	if len(c.Items) != 1 || c.Items[0].Shares != 1 || c.Items[0].Quote != "one page answers what forty calls asked" || !strings.Contains(strings.Join(c.Items[0].Why, " "), "nominated by one") {
		t.Errorf("put forward twice: %+v", c.Items)
	}
	// The curator's own finds stand apart.
	if say := w.text(w.do("ada", "digest", words("find https://elsewhere.example/a-good-page worth a look"))); !strings.Contains(say, "stands under “Found elsewhere” in the next edition of Friday roundup") {
		t.Errorf("finding says %s", say)
	}
	c = w.preview(digest.ID)
	if len(c.Items) != 1 || len(c.Finds) != 1 || c.Finds[0].Note != "worth a look" {
		t.Fatalf("the draft has %+v and %+v", c.Items, c.Finds)
	}
	inbox := w.do("ada", "digest.inbox")
	inbox = w.press("ada", w.button(inbox, "Not now"))
	if c = w.preview(digest.ID); len(c.Finds) != 0 {
		t.Error("not now, and still in the draft")
	}
	w.press("ada", w.button(inbox, "Put into Friday roundup"))
	w.approve("ada", "Publish now")
	w.clock.now = w.clock.now.Add(2 * time.Minute)
	w.run()
	find, err := w.stores.Finds.Get(w.ctx, w.issuesContent()[0].Finds[0].ID)
	w.must(err)
	if find.State != digests.Spent {
		t.Errorf("the find is %s after it went out", find.State)
	}
	if say := w.text(w.do("ben", "digest.inbox")); !strings.Contains(say, "The inbox is for curators") {
		t.Errorf("Ben sees the inbox: %s", say)
	}
}

func (w *world) issuesContent() []digests.Content {
	w.t.Helper()
	issues, err := w.feature.Issues(w.ctx, "", "", time.Time{}, 0)
	w.must(err)
	var out []digests.Content
	for _, issue := range issues {
		out = append(out, issue.Content)
	}
	return out
}

func TestCurating(t *testing.T) {
	w := newWorld(t)
	w.begin()
	for n, who := range []string{"ben", "cleo", "dev", "eve", "fay", "gus", "ada", "ben", "cleo"} {
		w.post(who, "This is the helpful page of the day https://site"+string(rune('a'+n))+".example/helpful-page-"+string(rune('a'+n)))
	}
	order := func(reply bot.Reply) string {
		var out []string
		for _, line := range strings.Split(w.text(reply), "\n") {
			if len(line) > 2 && line[0] >= '1' && line[0] <= '9' && line[1] == ' ' {
				out = append(out, line[strings.Index(line, "page ")+5:][:1])
			}
		}
		return strings.Join(out, "")
	}
	draft := w.do("ada", "digest.draft")
	if got := order(draft); got != "ihgfedc" {
		t.Fatalf("the draft begins as %s:\n%s", got, w.text(draft))
	}
	draft = w.press("ada", w.button(draft, "Leave it out")) // the first: i
	if got := order(draft); got != "hgfedcb" {
		t.Errorf("after leaving i out: %s", got)
	}
	draft = w.press("ada", w.button(draft, "Down")) // h below g
	if got := order(draft); got != "ghfedcb" {
		t.Errorf("after moving h down: %s", got)
	}
	draft = w.press("ada", w.button(draft, "Bring it back"))
	if got := order(draft); !strings.HasPrefix(got, "gh") || !strings.Contains(got, "i") {
		t.Errorf("after bringing i back: %s", got)
	}
	draft = w.press("ada", w.button(draft, "Put it in"))
	edit := w.button(draft, "Edit")
	if text := w.text(w.press("ada", edit)); text != "form Edit an item" {
		t.Fatalf("editing opens %s", text)
	}
	draft = w.press("ada", edit, form(map[string]string{"because": "Because one page replaced forty calls", "title": "The helpful page", "note": "For everybody."}))
	for _, want := range []string{"1 The helpful page <", "Makes your job easier because one page replaced forty calls.", "For everybody.", "[Unpin]"} {
		if !strings.Contains(w.text(draft), want) {
			t.Errorf("after editing, %q is missing:\n%s", want, w.text(draft))
		}
	}
	for _, who := range []string{"ben", "cleo"} { // not theirs
		if say := w.text(w.press(who, edit)); !strings.Contains(say, "That is not here, or not for you") {
			t.Errorf("%s may edit: %s", who, say)
		}
	}
	for _, bad := range []string{"", "x", "x/y", edit.Arg + "x", strings.Split(edit.Arg, "/")[0]} {
		for _, command := range []string{"digest.drop", "digest.words", "digest.useful", "digest.used", "digest.choose", "digest.credit"} {
			w.do("ada", command, arg(bad)) // a sentence, never a failure
		}
	}
}

func TestUndoAndApproveAgain(t *testing.T) {
	w := newWorld(t)
	w.begin()
	w.post("ben", "The page that everybody should know "+guide)
	stale := w.button(w.do("ada", "digest.draft"), "Approve") // as it stood on the card then
	w.post("cleo", "A second page has come since then https://example.org/second-page")
	reply := w.press("ada", stale)
	if text := w.text(reply); !strings.Contains(text, "The draft has changed since you looked, so it was not approved.") || !strings.Contains(text, "Second page") {
		t.Fatalf("approving an old draft gives %s", text)
	}
	draft := w.press("ada", w.button(reply, "Edit"), form(map[string]string{"because": "it helps"}))
	reply = w.press("ada", w.button(draft, "Publish now"))
	if text := w.text(reply); !strings.Contains(text, "Posts in 60 seconds.") {
		t.Fatalf("publishing now says %s", text)
	}
	w.clock.now = w.clock.now.Add(58 * time.Second)
	w.run()
	reply = w.press("ada", w.button(reply, "Undo"))
	if text := w.text(reply); !strings.Contains(text, "Makes your job easier because it helps.") {
		t.Fatalf("the undone draft has lost decisions:\n%s", text)
	}
	w.clock.now = w.clock.now.Add(time.Hour)
	w.run()
	if got := w.deliveries("edition/"); len(got) != 0 {
		t.Fatalf("published although undone: %v", got)
	}
	w.approve("ada", "Publish now")
	w.clock.now = w.clock.now.Add(61 * time.Second)
	if say := w.text(w.do("ada", "digest", words("undo"))); !strings.Contains(say, "has gone out") {
		t.Errorf("undoing too late says %s", say)
	}
	w.run()
	if got := w.deliveries("edition/"); len(got) != 1 {
		t.Fatalf("published %v", got)
	}
	// The next edition begins where this one ended.
	third := "https://example.org/third-page"
	w.post("dev", "And the third page is here as well "+third)
	next := w.preview("")
	if len(next.Items) != 1 || next.Items[0].URL != third {
		t.Errorf("the next edition has %+v", next.Items)
	}
	if edition, err := w.feature.Next(w.ctx, "friday-roundup"); err != nil || edition.Slot != "2026-11-27T09:00" {
		t.Errorf("the next slot is %s, %v", edition.Slot, err)
	}
}

func TestTwoApproversAtOnce(t *testing.T) {
	w := newWorld(t)
	digest := w.begin()
	eve := w.person("eve")
	w.must(w.stores.Series.Change(w.ctx, digest.ID, func(d *digests.Digest) ([]bot.Delivery, error) { d.Deputy = eve; return nil, nil }))
	w.post("ben", "The page that everybody should know "+guide)
	draft := w.do("ada", "digest.draft")
	button := w.button(draft, "Approve")
	w.press("ada", button)
	if say := w.text(w.press("eve", button)); !strings.Contains(say, "approved already") {
		t.Errorf("the second approver hears %s", say)
	}
}

func TestASecondPairOfEyes(t *testing.T) {
	w := newWorld(t)
	digest := w.begin()
	reply := w.do("ada", "digest.rules", arg(digest.ID), form(map[string]string{"curator": string(w.person("ada")), "deputy": string(w.person("eve")), "eyes": "yes", "items": "7"}))
	if text := w.text(reply); !strings.Contains(text, "Saved.") {
		t.Fatalf("the rules: %s", text)
	}
	w.post("ben", "The page that everybody should know "+guide)
	w.approve("ada", "Propose")
	if say := w.text(w.approve("ada", "Approve")); !strings.Contains(say, "Somebody else has to approve it") {
		t.Errorf("Ada approves what she proposed: %s", say)
	}
	if got := w.deliveries("draft/"); len(got) != 1 {
		t.Errorf("the deputy's card: %v", got)
	}
	if text := w.text(w.approve("eve", "Approve")); !strings.Contains(text, "It goes out Friday 20 November, 09:00") {
		t.Errorf("Eve's approval: %s", text)
	}
}

func TestNobodyDecides(t *testing.T) {
	for _, c := range []struct {
		undecided string
		published int
	}{{"wait", 0}, {"go", 1}} {
		t.Run(c.undecided, func(t *testing.T) {
			w := newWorld(t)
			digest := w.begin(map[string]string{"undecided": c.undecided})
			eve := w.person("eve")
			w.must(w.stores.Series.Change(w.ctx, digest.ID, func(d *digests.Digest) ([]bot.Delivery, error) { d.Deputy = eve; return nil, nil }))
			w.post("ben", "The page that everybody should know "+guide)
			w.at("2026-11-20 09:00:00")
			w.run()
			w.run()
			if got := w.deliveries("undecided/"); len(got) != 2 {
				t.Fatalf("asked to decide: %v", got)
			}
			if got := w.deliveries("edition/"); len(got) != 0 {
				t.Fatalf("published at once: %v", got)
			}
			w.at("2026-11-20 11:01:01")
			w.run()
			w.at("2026-11-20 11:03:00")
			w.run()
			if got := w.deliveries("edition/"); len(got) != c.published {
				t.Fatalf("two hours later: %v", got)
			}
			if c.published == 1 {
				return
			}
			// It waits, also over the next slot, and takes in what came since.
			w.post("cleo", "Another page that came a little later https://example.org/second-page")
			w.at("2026-11-27 09:00:00")
			w.run()
			if got := w.deliveries("undecided/"); len(got) != 4 {
				t.Errorf("asked again: %v", got)
			}
			w.approve("ada", "Approve")
			w.clock.now = w.clock.now.Add(61 * time.Second)
			w.run()
			if got := w.issues(); len(got) != 1 || got[0] != "Second page — example.org; One page guide" {
				t.Errorf("published %q", got)
			}
		})
	}
}

// meanwhile has something happen just before an edition is changed.
type meanwhile struct {
	digests.Editions
	happens func()
}

func (m *meanwhile) Change(ctx context.Context, id string, change func(*digests.Edition) ([]bot.Delivery, error)) error {
	if happens := m.happens; happens != nil {
		m.happens = nil
		happens()
	}
	return m.Editions.Change(ctx, id, change)
}

// A draft that changes in the moment in which it goes out undecided is composed once
// more: that is no fault, and what was decided last holds.
func TestADraftChangesWhileItGoesUndecided(t *testing.T) {
	var m *meanwhile
	w := newWorld(t, func(c *digests.Config) {
		m = &meanwhile{Editions: c.Stores.Editions}
		c.Stores.Editions = m
	})
	digest := w.begin(map[string]string{"undecided": "go"})
	eve := w.person("eve")
	w.must(w.stores.Series.Change(w.ctx, digest.ID, func(d *digests.Digest) ([]bot.Delivery, error) { d.Deputy = eve; return nil, nil }))
	w.post("ben", "The page that everybody should know "+guide)
	w.at("2026-11-20 09:00:00")
	w.run()
	w.at("2026-11-20 11:01:01")
	m.happens = func() {
		edition, err := w.feature.Next(w.ctx, "friday-roundup")
		w.must(err)
		w.must(m.Editions.Change(w.ctx, edition.ID, func(e *digests.Edition) ([]bot.Delivery, error) {
			return nil, e.Decide(func(d *digests.Decisions) { d.Unwanted = append(d.Unwanted, "used/nothing") })
		}))
	}
	w.run()
	if m.happens != nil {
		t.Fatal("nothing happened in between")
	}
	w.at("2026-11-20 11:03:00")
	w.run()
	if out := w.deliveries("edition/"); len(out) != 1 {
		t.Fatalf("it went out as %v", out)
	}
	edition, err := w.stores.Editions.List(w.ctx, digests.EditionFilter{States: []digests.State{digests.Published}, Limit: 1})
	w.must(err)
	if len(edition) != 1 || len(edition[0].Decisions.Unwanted) != 1 {
		t.Errorf("what went out: %+v", edition)
	}
}

func TestThinWeekIsDeferredWithALine(t *testing.T) {
	w := newWorld(t)
	w.begin()
	w.at("2026-11-20 09:00:00")
	w.run()
	w.run()
	if got := w.deliveries("thin/"); len(got) != 1 {
		t.Fatalf("the curator heard %v", got)
	}
	edition, err := w.feature.Next(w.ctx, "friday-roundup")
	w.must(err)
	if edition.Slot != "2026-11-27T09:00" || edition.Slug != "friday-roundup-2026-11-27" {
		t.Errorf("deferred to %s, %s", edition.Slot, edition.Slug)
	}
	w.at("2026-11-24 12:00:00")
	w.post("ben", "The page that everybody should know "+guide)
	w.at("2026-11-26 09:00:00")
	w.run()
	w.approve("ada", "Approve")
	w.at("2026-11-27 09:00:00")
	w.run()
	if got := w.deliveries("edition/"); len(got) != 1 {
		t.Errorf("published %v", got)
	}
}

func TestAfterDowntime(t *testing.T) {
	start := func(t *testing.T) *world {
		w := newWorld(t)
		w.begin()
		w.post("ben", "The page that everybody should know "+guide)
		w.approve("ada", "Approve")
		return w
	}
	t.Run("within the grace", func(t *testing.T) {
		w := start(t)
		w.at("2026-11-20 14:00:00")
		w.run()
		if got := w.deliveries("edition/"); len(got) != 1 {
			t.Errorf("published %v", got)
		}
	})
	t.Run("long after", func(t *testing.T) {
		w := start(t)
		w.at("2026-11-23 09:00:00")
		w.run()
		w.run()
		if got := w.deliveries("edition/"); len(got) != 0 {
			t.Errorf("a Friday's edition on Monday: %v", got)
		}
		if got := w.deliveries("lapsed/"); len(got) != 1 {
			t.Errorf("the curator heard %v", got)
		}
		w.approve("ada", "Approve")
		w.clock.now = w.clock.now.Add(2 * time.Minute)
		w.run()
		if got := w.deliveries("edition/"); len(got) != 1 {
			t.Errorf("published %v", got)
		}
	})
	t.Run("a draft missed", func(t *testing.T) {
		w := newWorld(t)
		w.begin()
		w.post("ben", "The page that everybody should know "+guide)
		w.at("2026-12-02 09:00:00")
		w.run()
		w.run()
		if got := w.deliveries("missed/"); len(got) != 1 {
			t.Errorf("the curator heard %v", got)
		}
		if c := w.preview(""); len(c.Items) != 1 {
			t.Errorf("the draft has %+v", c.Items)
		}
	})
}

func TestWithdrawnAfterApproval(t *testing.T) {
	w := newWorld(t)
	w.begin()
	w.post("ben", "The page that everybody should know "+guide)
	second := w.post("cleo", "A page that is soon regretted by me https://example.org/regretted-page")
	third := w.post("dev", "The same regretted page once more https://example.org/regretted-page")
	w.post("eve", "A page of somebody who wants no name https://third.example/nameless-page")
	w.approve("ada", "Publish now")
	w.hear(bot.Sighting{Kind: bot.Deleted, Message: second})
	w.clock.now = w.clock.now.Add(2 * time.Minute)
	w.run()
	shown := func() string {
		w.run()
		message, version, err := w.router.View(w.ctx, bot.View{Kind: "edition", ID: w.edition()})
		w.must(err)
		if version == 0 {
			t.Error("no version")
		}
		return draw(message)
	}
	if text := shown(); !strings.Contains(text, "Shared by Dev (Highways)") || strings.Contains(text, "Cleo") {
		t.Errorf("after a deletion:\n%s", text)
	}
	w.react("dev", third, "see_no_evil")
	w.do("eve", "digest.credit", arg("unnamed"))
	if text := shown(); strings.Contains(text, "Regretted") || strings.Contains(text, "Eve") || !strings.Contains(text, "Shared by a colleague") || !strings.Contains(text, "Two things") {
		t.Errorf("after an opt-out and a name taken back:\n%s", text)
	}
	w.do("eve", "digest.credit", arg("left out"))
	if text := shown(); strings.Contains(text, "Nameless") {
		t.Errorf("after leaving it out:\n%s", text)
	}
	if got := w.deliveries("withdrawn/"); len(got) != 3 {
		t.Errorf("the approver was told %v", got)
	}
	if got := w.deliveries("edition/"); len(got) != 1 {
		t.Errorf("posted %v", got)
	}
}

func (w *world) edition() string {
	w.t.Helper()
	issues, err := w.feature.Issues(w.ctx, "", "", time.Time{}, 0)
	w.must(err)
	return issues[0].ID
}

func TestNamesAreAskedFor(t *testing.T) {
	w := newWorld(t)
	w.begin()
	w.do("cleo", "digest.credit", arg("unnamed"))
	w.do("dev", "digest.credit", arg("named")) // has answered: is not asked
	w.post("dev", "The page of somebody who was asked before https://fourth.example/devs-page")
	w.post("ben", "The page that everybody should know "+guide)
	w.post("cleo", "The page of somebody without a name https://example.org/cleos-page")
	w.post("stranger", "The page of somebody whom nobody knows https://third.example/strange-page")
	w.at("2026-11-19 09:00:00")
	w.run()
	w.approve("ada", "Approve")
	w.run()
	if got := w.deliveries("credit/"); len(got) != 1 || got[0] != "credit/"+string(w.person("ben")) {
		t.Fatalf("asked %v", got)
	}
	c := w.preview("")
	for _, item := range c.Items {
		if strings.Contains(item.Thanks().Plain(nil), "Cleo") {
			t.Errorf("named: %s", item.Thanks().Plain(nil))
		}
	}
	if text := w.text(w.do("cleo", "digest", words("credits"))); !strings.Contains(text, "without your name") {
		t.Errorf("her choice: %s", text)
	}
	if text := w.text(w.do("ben", "digest", words("credits"))); !strings.Contains(text, "thank you by name") {
		t.Errorf("his choice: %s", text)
	}
}

func TestUsefulAndUsed(t *testing.T) {
	w := newWorld(t)
	w.begin()
	w.post("ben", "The page that everybody should know "+guide)
	w.approve("ada", "Publish now")
	w.clock.now = w.clock.now.Add(2 * time.Minute)
	w.run()
	view := bot.View{Kind: "edition", ID: w.edition()}
	message, _, err := w.router.View(w.ctx, view)
	w.must(err)
	card := bot.Say{Message: message}
	useful := w.button(card, "Useful")
	for _, who := range []string{"ada", "cleo", "dev", "eve", "eve"} {
		w.press(who, useful)
	}
	if message, _, _ = w.router.View(w.ctx, view); strings.Contains(draw(message), "Useful to") {
		t.Errorf("four people are shown:\n%s", draw(message))
	}
	w.press("fay", useful)
	if message, _, _ = w.router.View(w.ctx, view); !strings.Contains(draw(message), "Useful to 5") {
		t.Errorf("five people are not shown:\n%s", draw(message))
	}
	used := w.button(card, "I used this")
	if text := w.text(w.press("gus", used)); text != "form I used this" {
		t.Fatalf("using opens %s", text)
	}
	if _, ok := w.press("gus", used, form(map[string]string{"what": " "})).(bot.Invalid); !ok {
		t.Error("nothing changed is taken for something")
	}
	reply := w.press("gus", used, form(map[string]string{"what": "We answer these calls in half the time."}))
	if text := w.text(reply); !strings.Contains(text, "The credit goes to Ben") {
		t.Errorf("thanks: %s", text)
	}
	if len(w.used) != 1 || w.used[0].What != "We answer these calls in half the time." || len(w.used[0].Sharers) != 1 || w.used[0].By.Name != "Gus" {
		t.Errorf("handed on: %+v", w.used)
	}
	// Shared again later, the link carries that it was used.
	w.at("2026-11-23 09:00:00")
	w.post("dev", "I also like this page very much "+guide)
	if c := w.preview(""); len(c.Items) != 1 || !strings.Contains(strings.Join(c.Items[0].Why, ", "), "used by one") {
		t.Errorf("shared again: %+v", c.Items)
	}
}

func TestBeginningADigest(t *testing.T) {
	w := newWorld(t)
	if say := w.text(w.do("ben", "digest.new")); !strings.Contains(say, "That is for comms leads") {
		t.Errorf("Ben begins a digest: %s", say)
	}
	bad := w.do("ada", "digest.new", form(map[string]string{"name": " ", "when": "every blue moon", "zone": "Atlantis", "places": "chat|nowhere"}))
	invalid, ok := bad.(bot.Invalid)
	if !ok || len(invalid.Fields) != 4 {
		t.Fatalf("wrong everywhere: %+v", bad)
	}
	w.must(w.places.Observe(w.ctx, []bot.Place{{ID: "chat|C2", Name: "shared", Kind: bot.OpenChannel, Member: true, External: true}, {ID: "chat|C3", Name: "other", Kind: bot.OpenChannel}}))
	for place, want := range map[string]string{"chat|C2": "another organisation", "chat|C3": "not a member", "": "at least one channel"} {
		reply := w.do("ada", "digest.new", form(map[string]string{"name": "A", "places": place}))
		if say := w.text(reply); !strings.Contains(say, want) {
			t.Errorf("place %q: %s", place, say)
		}
	}
	w.must(w.places.Confirm(w.ctx, "chat|C2", true))
	reply := w.do("ada", "digest.new", form(map[string]string{"name": "For partners", "places": "chat|C2"}), func(in *bot.Invocation) { in.Nonce = "partners" })
	if text := w.text(reply); !strings.Contains(text, "People of another organisation read along in “shared”.") {
		t.Errorf("a confirmed place: %s", text)
	}
	partners, err := w.feature.Digests(w.ctx)
	w.must(err)
	w.must(w.places.Confirm(w.ctx, "chat|C2", false))
	reply = w.do("ada", "digest.schedule", arg(partners[0].ID), form(map[string]string{"when": "every Friday 09:00", "places": "chat|C2"}))
	if text := w.text(reply); !strings.Contains(text, "another organisation, whose people would read along") {
		t.Errorf("a confirmation that was taken back: %s", text)
	}
	digest := w.begin()
	w.begin() // the same form sent twice
	if list, _ := w.feature.Digests(w.ctx); len(list) != 2 || list[1].Curator != w.person("ada") {
		t.Fatalf("digests: %+v", list)
	}
	again := w.do("ada", "digest.new", form(map[string]string{"name": "friday  ROUNDUP!", "places": string(channel)}), func(in *bot.Invocation) { in.Nonce = "another" })
	if say := w.text(again); !strings.Contains(say, "There is a digest with that name already") {
		t.Errorf("a second of that name: %s", say)
	}
	w.do("ada", "digest.draft")
	reply = w.do("ada", "digest.schedule", arg(digest.ID), form(map[string]string{"when": "last Thursday of the month at 16:00", "places": string(channel), "zone": "Europe/London", "skip": "2026-11-26", "state": "on"}))
	if text := w.text(reply); !strings.Contains(text, "the next edition on Thursday 31 December, 16:00") {
		t.Errorf("rescheduled: %s", text)
	}
	if edition, err := w.feature.Next(w.ctx, digest.Slug); err != nil || edition.Slot != "2026-12-31T16:00" {
		t.Errorf("the draft is for %s, %v", edition.Slot, err)
	}
	reply = w.do("ada", "digest.schedule", arg(digest.ID), form(map[string]string{"when": "every Friday 09:00", "places": string(channel), "skip": "Christmas"}))
	if _, ok := reply.(bot.Invalid); !ok {
		t.Errorf("Christmas is a date: %s", w.text(reply))
	}
	if say := w.text(w.do("ben", "digest")); !strings.Contains(say, "Friday roundup, next on") || strings.Contains(say, "Schedule") {
		t.Errorf("Ben's panel:\n%s", say)
	}
	if say := w.text(w.do("ada", "digest")); !strings.Contains(say, "[Open the draft]") {
		t.Errorf("Ada's panel:\n%s", say)
	}
}

func TestTakingAnEditionBack(t *testing.T) {
	w := newWorld(t)
	w.begin()
	if say := w.text(w.do("ada", "digest", words("recall"))); !strings.Contains(say, "nothing to take back") {
		t.Errorf("before the first edition: %s", say)
	}
	w.post("ben", "The page that everybody should know "+guide)
	w.approve("ada", "Publish now")
	w.clock.now = w.clock.now.Add(2 * time.Minute)
	w.run()
	id := w.edition()
	button := w.button(w.do("ada", "digest", words("recall")), "Take it back")
	if say := w.text(w.press("ben", button)); !strings.Contains(say, "not for you") {
		t.Errorf("Ben takes it back: %s", say)
	}
	for range 2 {
		w.press("ada", button)
	}
	message, version, err := w.router.View(w.ctx, bot.View{Kind: "edition", ID: id})
	w.must(err)
	if text := draw(message); strings.Contains(text, "One page guide") || !strings.Contains(text, "was taken back by its editors on Wednesday 18 November.") || version != 3 {
		t.Errorf("version %d:\n%s", version, text)
	}
	issue, err := w.feature.Issue(w.ctx, "friday-roundup-2026-11-20")
	w.must(err)
	if issue.RecalledAt.IsZero() || len(issue.Content.All()) != 0 {
		t.Errorf("the archive keeps %+v", issue)
	}
	if found, _ := w.feature.Issues(w.ctx, "", "guide", time.Time{}, 0); len(found) != 0 {
		t.Error("what was taken back is still found by its words")
	}
	if c := w.preview(""); len(c.Items) != 1 || strings.Contains(strings.Join(c.Items[0].Why, " "), "was in an edition") {
		t.Errorf("the next draft has %+v", c.Items)
	}
}

// What one digest has published another, slower one may still need; and nobody
// has to begin a digest twice because a schedule was lost.
func TestTwoDigests(t *testing.T) {
	w := newWorld(t)
	weekly := w.begin()
	reply := w.do("ada", "digest.new", form(map[string]string{"name": "The month", "when": "last Monday of the month 10:00", "places": string(channel)}), func(in *bot.Invocation) { in.Nonce = "second" })
	if _, ok := reply.(bot.Done); !ok {
		t.Fatal(w.text(reply))
	}
	message := w.post("ben", "The page that everybody should know "+guide)
	w.react("cleo", message, "tada")
	if say := w.text(w.do("ada", "digest.draft")); !strings.Contains(say, "Friday roundup, The month") {
		t.Errorf("which digest: %s", say)
	}
	draft := w.do("ada", "digest", words("draft friday roundup"))
	w.press("ada", w.button(draft, "Publish now"))
	w.clock.now = w.clock.now.Add(2 * time.Minute)
	w.must(w.schedule.Remove(w.ctx, digests.ChoreKind, weekly.ID))
	w.run()
	if c := w.preview("The month"); len(c.Items) != 1 || c.Items[0].Quote == "" || c.Items[0].Score == 0 {
		t.Errorf("the month has %+v", c.Items)
	}
	w.press("ada", w.button(w.do("ada", "digest", words("draft the month")), "Publish now"))
	w.clock.now = w.clock.now.Add(2 * time.Minute)
	w.run()
	m, err := w.stores.Archive.Window(w.ctx, time.Time{}, time.Time{})
	w.must(err)
	if m.Shares[0].Sentence != "" || len(m.Engagements) != 0 {
		t.Errorf("kept after both are out: %+v", m)
	}
	w.at("2026-11-20 12:00:00")
	w.post("dev", "Something else that is new today https://new.example/page-of-the-day")
	w.at("2026-11-27 09:00:00")
	w.run()
	if got := w.deliveries("undecided/digest/" + weekly.ID); len(got) != 1 {
		t.Errorf("the lost schedule runs again: %v", got)
	}
}

func TestASecondPairOfEyesThatNeverCorrects(t *testing.T) {
	w := newWorld(t)
	digest := w.begin()
	eve := w.person("eve")
	w.must(w.stores.Series.Change(w.ctx, digest.ID, func(d *digests.Digest) ([]bot.Delivery, error) {
		d.Deputy, d.SecondEyes = eve, true
		return nil, nil
	}))
	for n := range 14 {
		w.post("ben", "The page that everybody should know this time https://site"+string(rune('a'+n))+".example/page")
		w.approve("ada", "Propose")
		if n == 0 {
			w.press("eve", w.button(w.do("eve", "digest.draft"), "Edit"), form(map[string]string{"because": "it helps"}))
		}
		w.approve("eve", "Approve")
		edition, err := w.feature.Next(w.ctx, digest.ID)
		w.must(err)
		w.clock.now = edition.Due
		w.run()
		if asked := len(w.deliveries("eyes/")); (n < 12) != (asked == 0) || asked > 1 {
			t.Fatalf("after edition %d: asked %d times, %d out", n+1, asked, len(w.issues()))
		}
		w.clock.now = w.clock.now.Add(24 * time.Hour)
	}
}

// Two replicas that sweep the same database at once publish once.
func TestTwoReplicasPublishOnce(t *testing.T) {
	storagetest.EachURL(t, func(t *testing.T, url string) {
		w := newWorldOn(t, storagetest.Open(t, url))
		w.begin()
		w.post("ben", "The page that everybody should know "+guide)
		w.approve("ada", "Publish now")
		w.clock.now = w.clock.now.Add(2 * time.Minute)
		var replicas sync.WaitGroup
		for range 4 {
			replicas.Go(func() {
				if _, err := w.feature.Sweeps()[0].Run(w.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		replicas.Wait()
		if got := w.deliveries("edition/"); len(got) != 1 {
			t.Errorf("published %v", got)
		}
		edition, err := w.stores.Editions.Get(w.ctx, w.edition())
		w.must(err)
		if edition.Revision.Number != 1 || !edition.PublishedAt.Equal(w.clock.now) {
			t.Errorf("published as %+v", edition)
		}
	})
}
