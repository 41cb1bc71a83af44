package digests

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"evangelist/bot"
)

func TestApproving(t *testing.T) {
	draft := Edition{ID: "e", State: Draft, Due: friday, Version: 4}
	for _, c := range []struct {
		name    string
		edition Edition
		seen    int64
		content Content
		now     time.Time
		early   bool
		at      time.Time
		err     error
	}{
		{"before its slot", draft, 4, example(), friday.Add(-time.Hour), false, friday, nil},
		{"early", draft, 4, example(), friday.Add(-time.Hour), true, friday.Add(-59 * time.Minute), nil},
		{"just before its slot there is time to undo", draft, 4, example(), friday.Add(-time.Second), false, friday.Add(59 * time.Second), nil},
		{"after its slot", draft, 4, example(), friday.Add(time.Hour), false, friday.Add(61 * time.Minute), nil},
		{"changed meanwhile", draft, 3, example(), friday, false, time.Time{}, errStale},
		{"nothing in it", draft, 4, Content{}, friday, false, time.Time{}, errEmpty},
		{"approved", Edition{State: Approved}, 0, example(), friday, false, time.Time{}, errApproved},
		{"published", Edition{State: Published}, 0, example(), friday, false, time.Time{}, errOut},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := c.edition
			if err := e.Approve(c.seen, "ada", c.content, c.now, time.Minute, c.early); !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if c.err == nil && (!e.PublishAt.Equal(c.at) || !e.To.Equal(c.now) || e.State != Approved || e.Version != 5 || e.Revision.Number != 1) {
				t.Errorf("approved as %+v", e)
			}
		})
	}
}

func TestLifeOfAnEdition(t *testing.T) {
	e := Edition{State: Draft, Due: friday, Version: 1}
	e.Decisions.Pin("one")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(e.Approve(1, "ada", example(), friday, time.Minute, false))
	if e.Publish(friday.Add(59 * time.Second)) {
		t.Error("published before its time")
	}
	if err := e.Decide(func(d *Decisions) { d.Drop("one") }); !errors.Is(err, errApproved) {
		t.Errorf("changed after approval: %v", err)
	}
	if err := e.Undo(friday.Add(time.Minute)); !errors.Is(err, errOut) {
		t.Errorf("undone at the moment of publication: %v", err)
	}
	must(e.Undo(friday.Add(59 * time.Second)))
	if !e.To.IsZero() || e.State != Draft || !slices.Equal(e.Decisions.Pinned, []string{"one"}) {
		t.Errorf("undone to %+v", e)
	}
	must(e.Approve(e.Version, "ada", example(), friday, time.Minute, false))
	if e.Revision.Number != 2 {
		t.Errorf("the second approval is revision %d", e.Revision.Number)
	}
	if !e.Publish(friday.Add(time.Minute)) || e.Publish(friday.Add(time.Hour)) {
		t.Error("not published exactly once")
	}
	must(e.Recall(friday.Add(time.Hour)))
	must(e.Recall(friday.Add(time.Hour)))
	if len(e.Shown().All()) != 0 {
		t.Error("a recalled edition shows items")
	}
	if err := e.Undo(friday); !errors.Is(err, errOut) {
		t.Errorf("undone after it was out: %v", err)
	}
	if err := (&Edition{State: Draft}).Recall(friday); !errors.Is(err, errNotOut) {
		t.Errorf("a draft recalled: %v", err)
	}
}

func TestWithdrawing(t *testing.T) {
	content := Content{Items: []Item{
		{ID: "a", Quote: "said", QuoteBy: "p1", Shares: 2, Sharers: []Sharer{
			{Key: "p1", Person: "p1", Name: "One", Shares: []SharedIn{{Message: in("1"), Account: "x", Link: "k"}}},
			{Key: "p2", Person: "p2", Name: "Two", Shares: []SharedIn{{Message: in("2"), Account: "y", Link: "k"}}},
		}},
		{ID: "b", Shares: 1, Sharers: []Sharer{{Key: "p1", Person: "p1", Name: "One", Shares: []SharedIn{{Message: in("1"), Account: "x", Link: "other"}}}}},
	}}
	whole, err := content.Hash()
	if err != nil {
		t.Fatal(err)
	}
	first := Withdrawal{Link: "k", Message: in("1"), Account: "x"}
	shown := content.without([]Withdrawal{first})
	if item := shown.Items[0]; item.Quote != "" || item.Shares != 1 || len(item.Sharers) != 1 || item.Sharers[0].Name != "Two" || len(shown.Items) != 2 {
		t.Errorf("one share less: %+v", shown.Items)
	}
	second := Withdrawal{Link: "k", Message: in("2"), Account: "y"}
	if shown = content.without([]Withdrawal{first, second}); len(shown.Items) != 1 || shown.Items[0].ID != "b" {
		t.Errorf("no share left: %+v", shown.Items)
	}
	name := Withdrawal{Link: "k", Message: in("1"), Account: "x", NameOnly: true}
	if shown = content.without([]Withdrawal{name}); shown.Items[0].Sharers[0].Name != "" || shown.Items[0].Quote == "" || shown.Items[1].Sharers[0].Name != "One" {
		t.Errorf("a name less: %+v", shown.Items)
	}
	if again, _ := content.Hash(); again != whole {
		t.Error("withdrawing changed what was approved")
	}
	e := Edition{State: Published}
	if !e.Withdraw([]Withdrawal{first, name}) || e.Withdraw([]Withdrawal{first, name}) || e.Version != 1 {
		t.Errorf("withdrawn twice: %+v", e)
	}
}

// Whatever the curator does, every shown item is a candidate, none is dropped,
// none comes twice, and decisions survive storage.
func TestDecisionsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := material().Draw(t, "week")
		ranked := Candidates(m, time.Time{}, friday)
		var d Decisions
		for range rapid.IntRange(0, 12).Draw(t, "acts") {
			id := ranked[rapid.IntRange(0, len(ranked)-1).Draw(t, "item")].ID()
			other := ranked[rapid.IntRange(0, len(ranked)-1).Draw(t, "other")].ID()
			proof := Compose(Composition{Digest: roundup(), To: friday, Reference: friday, Material: m, Decisions: d})
			var shown []string
			for _, item := range proof.Content.Items {
				shown = append(shown, item.ID)
			}
			switch rapid.IntRange(0, 7).Draw(t, "act") {
			case 0:
				d.Drop(id)
			case 1:
				d.Restore(id)
			case 2:
				d.Pin(id)
			case 3:
				d.Unpin(id)
			case 4:
				d.Move(shown, id, -1)
			case 5:
				d.Move(shown, id, +1)
			case 6:
				d.Merge(id, other)
			case 7:
				d.Write(id, Words{Title: "A title"})
			}
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Decisions
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		in := Composition{Digest: roundup(), To: friday, Reference: friday, Material: m, Decisions: d}
		proof := Compose(in)
		in.Decisions = back
		if diff := cmp.Diff(proof, Compose(in)); diff != "" {
			t.Fatalf("stored decisions compose another draft: %s", diff)
		}
		seen := map[string]bool{}
		for _, item := range proof.Content.Items {
			if seen[item.ID] || slices.Contains(d.Dropped, item.ID) || d.Merged[item.ID] != "" && d.Merged[item.ID] != item.ID {
				t.Fatalf("item %s is there twice, dropped or merged away", item.ID)
			}
			seen[item.ID] = true
			if len(item.Sharers) == 0 || item.Shares == 0 {
				t.Fatalf("item %s thanks nobody", item.ID)
			}
		}
		for _, id := range d.Pinned {
			if !seen[id] && d.Merged[id] == "" {
				t.Fatalf("pinned %s is not there", id)
			}
		}
		if proof.Content.Candidates != len(ranked) {
			t.Fatalf("%d candidates, ranked %d", proof.Content.Candidates, len(ranked))
		}
	})
}

func TestMovingSwapsNeighbours(t *testing.T) {
	var d Decisions
	d.Move([]string{"a", "b", "c"}, "c", -1)
	if !slices.Equal(d.Order, []string{"a", "c", "b"}) || !slices.Equal(d.Pinned, []string{"c"}) {
		t.Errorf("moved to %v, pinned %v", d.Order, d.Pinned)
	}
	for _, c := range []struct {
		item string
		by   int
	}{{"a", -1}, {"c", 1}, {"z", 1}} {
		var still Decisions
		still.Move([]string{"a", "b", "c"}, c.item, c.by)
		if still.Order != nil {
			t.Errorf("moving %s by %d gives %v", c.item, c.by, still.Order)
		}
	}
}

func TestMergedShareKeepsItsOwnLink(t *testing.T) {
	m := Material{Shares: []Share{
		{Link: link(1), Message: in("1"), Who: person(1), At: friday},
		{Link: link(2), Message: in("2"), Who: person(2), At: friday},
	}}
	var d Decisions
	d.Merge(ItemID(link(2).Key), ItemID(link(1).Key))
	d.Merge(ItemID(link(1).Key), ItemID(link(2).Key)) // back again would lose both
	p := Compose(Composition{Digest: roundup(), To: friday, Reference: friday, Material: m, Decisions: d, Default: Named})
	if len(p.Content.Items) != 1 || p.Content.Items[0].Shares != 2 || p.Content.Items[0].Key != link(1).Key {
		t.Fatalf("merged to %+v", p.Content.Items)
	}
	if got := p.Content.Items[0].Sharers[1].Shares[0].Link; got != link(2).Key {
		t.Errorf("the merged share stands for %s: a withdrawal would not find it", got)
	}
}

func TestBecause(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "it helps": "it helps.", "Because it helps!": "it helps!", "Makes your job easier because … it helps": "it helps.", " because\n it  helps ": "it helps.",
	} {
		if got := because(given); got != want {
			t.Errorf("%q gives %q, want %q", given, got, want)
		}
	}
}

func TestSlugs(t *testing.T) {
	for name, want := range map[string]string{
		"Friday roundup": "friday-roundup", "  Grüße & Küsse!  ": "gruesse-kuesse", "周报": "digest", "": "digest",
		"A very long name that does not end where an address should end": "a-very-long-name-that-does-not-end-where",
	} {
		if got := NewSlug(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func TestSlotsOfADigest(t *testing.T) {
	d := roundup()
	d.SkipDates = []string{"2026-12-25"}
	next, before, err := d.Slots(time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC))
	if err != nil || next.Name != "2027-01-01T09:00" || before.Name != "2026-12-18T09:00" {
		t.Errorf("over a skipped Christmas: from %s to %s, %v", before.Name, next.Name, err)
	}
	d.Spec = "rubbish"
	if _, _, err := d.Slots(friday); err == nil {
		t.Error("rubbish is a schedule")
	}
}

func TestMayCurate(t *testing.T) {
	d := Digest{Curator: "ada", Deputy: "eve"}
	for _, c := range []struct {
		actor bot.Actor
		want  bool
	}{
		{bot.Actor{}, false},
		{bot.Actor{Account: "x", Person: "ada"}, true},
		{bot.Actor{Account: "x", Person: "eve"}, true},
		{bot.Actor{Account: "x", Person: "ben"}, false},
		{bot.Actor{Account: "x", Person: "ben", Roles: []bot.Role{bot.Lead}}, true},
		{bot.Actor{Account: "x", Person: "ada", External: true}, false},
		{bot.Actor{Account: "x"}, false},
	} {
		if got := MayCurate(c.actor, d); got != c.want {
			t.Errorf("%+v: %v", c.actor, got)
		}
	}
	if MayCurate(bot.Actor{Account: "x"}, Digest{}) {
		t.Error("an account without a person curates a digest without a curator")
	}
}
