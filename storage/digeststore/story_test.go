package digeststore_test

import (
	"strings"
	"testing"
	"time"

	"evangelist/bot"
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
