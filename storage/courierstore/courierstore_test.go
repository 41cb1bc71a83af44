package courierstore_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

var start = time.Date(2017, 5, 16, 10, 0, 0, 0, time.UTC)

type still struct{ now time.Time }

func (c *still) Now() time.Time { return c.now }

// bench is a Store on an empty database.
type bench struct {
	*testing.T
	courier.Store
	db    *storage.DB
	clock *still
	box   *courierstore.Box
}

func each(t *testing.T, fn func(b *bench)) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		clock := &still{start}
		fn(&bench{T: t, Store: courierstore.New(db), db: db, clock: clock, box: courierstore.NewBox(db, clock)})
	})
}

func (b *bench) add(deliveries ...bot.Delivery) {
	b.Helper()
	for range 2 {
		if err := b.box.Add(b.Context(), deliveries...); err != nil {
			b.Fatal(err)
		}
	}
}

func (b *bench) get(key string) courier.Item {
	b.Helper()
	it, err := b.Queue.Get(b.Context(), key)
	if err != nil {
		b.Fatal(err)
	}
	return it
}

// change runs the same rule twice under the same attempt: a rule that does not
// claim may be repeated, one that does is fenced.
func (b *bench) change(key string, rule func(*courier.Item)) bool {
	b.Helper()
	attempt := b.get(key).Attempt
	var answers []bool
	for range 2 {
		ok, err := b.Queue.Change(b.Context(), key, attempt, func(it *courier.Item) error { rule(it); return nil })
		if err != nil {
			b.Fatal(err)
		}
		answers = append(answers, ok)
	}
	if after := b.get(key).Attempt; answers[0] && answers[1] != (after == attempt) {
		b.Errorf("repeated under attempt %d: %v, although it is now %d", attempt, answers, after)
	}
	return answers[0]
}

func (b *bench) keys(now time.Time, without ...string) []string {
	b.Helper()
	heads, _, err := b.Queue.Due(b.Context(), now, without, 100)
	if err != nil {
		b.Fatal(err)
	}
	keys := []string{}
	for _, head := range heads {
		keys = append(keys, head.Key)
	}
	return keys
}

func (b *bench) want(what string, got, want any) {
	b.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (b *bench) exec(q string, args ...any) {
	b.Helper()
	if err := exec(b.Context(), b.db, q, args...); err != nil {
		b.Fatal(err)
	}
}

func to(key string, place bot.PlaceID) bot.Delivery {
	body := bot.Notice("Text of " + key)
	return bot.Delivery{Key: key, To: bot.Address{Place: place}, Frozen: &body, Class: bot.Answer}
}

func card(key string, version int64) bot.Delivery {
	return bot.Delivery{Key: key, To: bot.Address{Place: "p|1"}, View: &bot.View{Kind: "k", ID: key, Version: version}, Class: bot.Asked}
}

func TestWhatIsAddedComesBack(t *testing.T) {
	each(t, func(b *bench) {
		body := bot.Message{Summary: "All of it", Blocks: bot.EveryBlock()}
		b.add(bot.Delivery{Key: "n", To: bot.Address{Group: []bot.PersonID{"y", "x"}}, Thread: "t", Frozen: &body, Class: bot.Nudge,
			NotBefore: start.Add(time.Hour), Expires: start.Add(2 * time.Hour)})
		got := b.get("n")
		b.want("item", got, courier.Item{Key: "n", Lane: got.Lane, Class: bot.Nudge, To: bot.Address{Group: []bot.PersonID{"x", "y"}},
			Thread: "t", Frozen: &body, Created: start, NotBefore: start.Add(time.Hour), Expires: start.Add(2 * time.Hour),
			State: courier.Queued, Due: start.Add(time.Hour), Editable: true, Parts: []courier.Part{},
			History: map[bot.PersonID]courier.History{"x": {}, "y": {}}})
		if _, err := b.Queue.Get(b.Context(), "absent"); !errors.Is(err, bot.ErrNotFound) {
			b.Errorf("absent: %v", err)
		}
	})
}

func TestDueIsTheHeadOfEachFreeLane(t *testing.T) {
	each(t, func(b *bench) {
		b.add(to("a1", "p|a"), to("a2", "p|a"), to("b1", "q|b"), to("later", "p|c"))
		b.change("later", func(it *courier.Item) { it.Due = start.Add(time.Minute) })
		b.want("heads", b.keys(start), []string{"a1", "b1"})
		b.want("without q", b.keys(start, "q"), []string{"a1"})
		b.want("without both", b.keys(start, "q", "p"), []string{})
		_, next, err := b.Queue.Due(b.Context(), start, nil, 1)
		if err != nil || !next.Equal(start.Add(time.Minute)) {
			b.Errorf("next %v, %v", next, err)
		}
		// The holder comes first even when it is due later than others, and
		// keeps them waiting while it is not due.
		if !b.change("a2", func(it *courier.Item) { it.Attempt++; it.Holds = true; it.Due = start.Add(time.Second) }) {
			b.Error("a free lane was refused")
		}
		b.want("held lane", b.keys(start), []string{"b1"})
		b.want("the holder's time", b.keys(start.Add(time.Second)), []string{"b1", "a2"})
		if b.change("a1", func(it *courier.Item) { it.Holds = true; it.Note = "no" }) || b.get("a1").Note != "" {
			b.Error("a held lane was taken, or half of a change was kept")
		}
		b.change("a2", func(it *courier.Item) { it.Holds = false; it.State = courier.Sent })
		b.want("freed", b.keys(start.Add(time.Second)), []string{"a1", "b1"})
	})
}

func TestRepliesWaitForWhatTheyStandUnder(t *testing.T) {
	each(t, func(b *bench) {
		reply := to("reply", "p|a")
		reply.Thread = "first"
		b.add(to("first", "p|a"), reply, to("other", "p|a"))
		for state, want := range map[courier.State][]string{
			courier.Unsure: {"other"}, courier.Failed: {"other"},
			courier.Sent: {"reply"}, courier.Dropped: {"reply"}, courier.Unreachable: {"reply"}, courier.Queued: {"first"},
		} {
			b.change("first", func(it *courier.Item) { it.State = state })
			b.want("under "+string(state), b.keys(start), want)
		}
	})
}

func TestChangeKeepsEverythingAndIsFenced(t *testing.T) {
	each(t, func(b *bench) {
		b.add(card("c", 3))
		whole := func(it *courier.Item) {
			it.State, it.Due, it.Attempt, it.Holds, it.Tries, it.Refusals = courier.Sending, start.Add(time.Minute), 7, true, 2, 3
			it.Doubt, it.Platform, it.Place, it.Under = start.Add(-time.Hour), "p", "p|1", "m1"
			it.Rendered, it.Shown, it.Editable, it.Note, it.Ended = 3, 2, false, "note", start.Add(time.Second)
			it.Parts = []courier.Part{
				{N: 1, ID: "i1", Payload: []byte{0, 1, 255}, Words: "w", Hash: "h", Live: "l", Ref: "r", State: courier.Posted,
					Since: start, AskedAt: start.Add(time.Second), CheckAt: start.Add(time.Hour)},
				{N: 2, ID: "i2", Hash: "h2", State: courier.Waiting},
			}
		}
		b.change("c", whole)
		want := courier.Item{Key: "c", Lane: "place:p|1", Class: bot.Asked, To: bot.Address{Place: "p|1"}, View: &bot.View{Kind: "k", ID: "c", Version: 3}, Created: start}
		whole(&want)
		b.want("item", b.get("c"), want)
		b.change("c", func(it *courier.Item) { it.Parts[1].State, it.Parts[1].Payload = courier.Gone, []byte{} })
		b.want("part", b.get("c").Parts[1].State, courier.Gone)

		ok, err := b.Queue.Change(b.Context(), "c", 6, func(*courier.Item) error { b.Error("a lost claim was heard"); return nil })
		if ok || err != nil {
			b.Errorf("old attempt: %v, %v", ok, err)
		}
		stop := errors.New("stop")
		ok, err = b.Queue.Change(b.Context(), "c", 7, func(it *courier.Item) error { it.Note = "half"; return stop })
		if ok || !errors.Is(err, stop) || b.get("c").Note != "note" {
			b.Errorf("a refused rule: %v, %v, note %q", ok, err, b.get("c").Note)
		}
		ok, err = b.Queue.Change(b.Context(), "absent", 0, func(*courier.Item) error { return nil })
		if ok || err != nil {
			b.Errorf("absent: %v, %v", ok, err)
		}
	})
}

func TestANewerVersionReopensWhateverTheFinishRead(t *testing.T) {
	each(t, func(b *bench) {
		b.add(card("c", 1))
		finish := func(it *courier.Item) { it.State, it.Shown, it.Due = courier.Sent, 1, b.clock.now }
		// The version grows between the reading and the end of sending.
		b.change("c", func(it *courier.Item) { it.State = courier.Sending })
		b.add(card("c", 2))
		b.change("c", finish)
		b.want("grew meanwhile", b.keys(start), []string{"c"})
		b.change("c", func(it *courier.Item) { it.Shown = 2 })
		b.want("shown", b.keys(start), []string{})
		b.add(card("c", 3))
		b.want("grew after", b.keys(start), []string{"c"})
		b.change("c", func(it *courier.Item) { it.Editable = false })
		b.want("not editable", b.keys(start), []string{})
	})
}

func TestNudgesAreCountedForEveryAddressee(t *testing.T) {
	each(t, func(b *bench) {
		nudge := func(key string, group ...bot.PersonID) bot.Delivery {
			d := to(key, "")
			d.To, d.Class = bot.Address{Group: group}, bot.Nudge
			return d
		}
		b.add(nudge("n1", "x", "y"), nudge("n2", "y", "z"), nudge("n3", "y"))
		for i, key := range []string{"n1", "n2"} {
			b.change(key, func(it *courier.Item) { it.Nudged = start.Add(time.Duration(i) * time.Hour) })
		}
		for range 2 {
			if err := b.Register.Used(b.Context(), "y", start.Add(time.Hour)); err != nil {
				b.Fatal(err)
			}
		}
		want := map[bot.PersonID]courier.History{"y": {Used: true, Since: []time.Time{start, start.Add(time.Hour)}}}
		b.want("history", b.get("n3").History, want)
		b.want("own", b.get("n2").Nudged, start.Add(time.Hour))
		b.want("others of n2", b.get("n2").History, map[bot.PersonID]courier.History{"y": {Used: true, Since: []time.Time{start}}, "z": {}})
		b.change("n1", func(it *courier.Item) { it.Nudged = time.Time{} })
		b.want("taken back", len(b.get("n3").History["y"].Since), 1)
		b.want("week only", b.number("SELECT week FROM contacts WHERE person_id = 'y'"), time.Date(2017, 5, 15, 0, 0, 0, 0, time.UTC).UnixMicro())
	})
}

func TestListAndCounts(t *testing.T) {
	each(t, func(b *bench) {
		b.add(to("1", "p|a"), to("2", "p|b"), card("3", 1))
		b.change("1", func(it *courier.Item) { it.State = courier.Failed })
		b.change("2", func(it *courier.Item) { it.State = courier.Unsure })
		list := func(limit int, states ...courier.State) []string {
			items, err := b.Queue.List(b.Context(), states, limit)
			if err != nil {
				b.Fatal(err)
			}
			keys := []string{}
			for _, it := range items {
				keys = append(keys, it.Key)
			}
			return keys
		}
		b.want("both", list(0, courier.Failed, courier.Unsure), []string{"1", "2"})
		b.want("one", list(1, courier.Failed, courier.Unsure), []string{"1"})
		b.want("none", list(0, courier.Sent), []string{})
		counts, err := b.Queue.Counts(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.want("counts", counts, []courier.Count{{State: courier.Failed, Class: bot.Answer, N: 1},
			{State: courier.Queued, Class: bot.Asked, N: 1, Oldest: start}, {State: courier.Unsure, Class: bot.Answer, N: 1}})
	})
}

func TestRegister(t *testing.T) {
	each(t, func(b *bench) {
		ctx := b.Context()
		b.exec(`INSERT INTO persons (id, name, contact) VALUES ('x', 'X', '{"less":true,"zone":"Europe/Oslo"}')`)
		b.exec(`INSERT INTO accounts (id, person_id, platform, name, inactive) VALUES ('q|2', 'x', 'q', 'two', TRUE), ('p|1', 'x', 'p', 'one', FALSE)`)
		b.exec(`INSERT INTO places (id, platform, name, kind, member) VALUES ('p|c', 'p', 'general', 'channel', TRUE)`)
		reader, err := b.Register.Reader(ctx, "x")
		if err != nil {
			b.Fatal(err)
		}
		b.want("reader", reader, courier.Reader{Person: bot.Person{ID: "x", Name: "X", Contact: bot.Contact{Less: true, Zone: "Europe/Oslo"}},
			Accounts: []bot.Account{{ID: "p|1", Person: "x", Name: "one"}, {ID: "q|2", Person: "x", Name: "two", Inactive: true}}})
		if _, err := b.Register.Reader(ctx, "nobody"); !errors.Is(err, bot.ErrNotFound) {
			b.Errorf("nobody: %v", err)
		}
		place, err := b.Register.Place(ctx, "p|c")
		if err != nil {
			b.Fatal(err)
		}
		b.want("place", place, bot.Place{ID: "p|c", Name: "general", Kind: bot.OpenChannel, Member: true})
		if _, err := b.Register.Place(ctx, "p|x"); !errors.Is(err, bot.ErrNotFound) {
			b.Errorf("no place: %v", err)
		}
		for i, c := range []struct {
			value   string
			replace bool
			want    string
		}{{"one", false, "one"}, {"two", false, "one"}, {"two", true, "two"}, {"two", true, "two"}} {
			got, err := b.Register.Settle(ctx, "s", c.value, c.replace)
			if err != nil || got != c.want {
				b.Errorf("settle %d: %q, %v", i, got, err)
			}
		}
		got, err := b.Register.Setting(ctx, "s")
		if err != nil || got != "two" {
			b.Errorf("setting %q, %v", got, err)
		}
	})
}

func TestUpkeep(t *testing.T) {
	each(t, func(b *bench) {
		ctx := b.Context()
		b.add(to("sent", "p|a"), to("queued", "p|b"), to("asked", "p|c"), card("card", 2), to("unsure", "p|d"))
		part := courier.Part{N: 1, ID: "i", Hash: "h", State: courier.Posted, Live: "h", Ref: "r", CheckAt: start.Add(time.Hour)}
		b.change("sent", func(it *courier.Item) {
			it.State, it.Ended, it.Parts = courier.Sent, start, []courier.Part{part}
		})
		b.change("card", func(it *courier.Item) {
			it.State, it.Ended, it.Shown, it.Parts = courier.Sent, start, 2, []courier.Part{part}
		})
		b.change("unsure", func(it *courier.Item) { it.State, it.Ended = courier.Unsure, start })
		part.State, part.Since = courier.Asked, start.Add(-time.Hour)
		b.change("asked", func(it *courier.Item) {
			it.State, it.Attempt, it.Parts = courier.Sending, 3, []courier.Part{part, {N: 2, State: courier.Waiting}}
		})

		keys, err := b.Upkeep.Checks(ctx, start.Add(time.Hour), 10)
		slices.Sort(keys)
		if err != nil {
			b.Fatal(err)
		}
		b.want("checks", keys, []string{"asked", "card", "sent"})
		if keys, err = b.Upkeep.Checks(ctx, start, 10); err != nil || len(keys) > 0 {
			b.Errorf("early checks %v, %v", keys, err)
		}

		since := start.Add(-time.Minute)
		for i, want := range []int{3, 3} { // again: harmless
			n, err := b.Upkeep.Doubt(ctx, start, since, start.Add(-time.Second))
			if err != nil || n != want {
				b.Errorf("doubt %d: %d, %v", i, n, err)
			}
		}
		asked := b.get("asked")
		b.want("asked", []any{asked.State, asked.Doubt, asked.Parts[0].Since, asked.Parts[1].Since},
			[]any{courier.Unknown, since, start.Add(-time.Hour), since})
		b.want("queued", b.get("queued").State, courier.Unknown)
		b.want("card", []any{b.get("card").State, b.get("card").Parts[0].Live}, []any{courier.Editing, ""})
		b.want("sent", b.get("sent").State, courier.Sent)
		b.want("due", b.keys(start), []string{"queued", "asked", "card"})

		bodies := func() int64 { return b.number("SELECT count(*) FROM bodies") }
		for i, want := range []int{1, 0} {
			n, err := b.Upkeep.Purge(ctx, start, start.Add(time.Second))
			if err != nil || n != want {
				b.Errorf("purge %d: %d, %v", i, n, err)
			}
		}
		b.want("bodies of what is not sent", bodies(), int64(3))
	})
}

func TestTheHolderOfAPart(t *testing.T) {
	each(t, func(b *bench) {
		b.add(to("one", "p|a"), to("two", "p|b"))
		for _, key := range []string{"one", "two"} {
			b.change(key, func(it *courier.Item) {
				it.Parts = []courier.Part{{N: 1, ID: key + "-1", State: courier.Posted}, {N: 2, ID: key + "-2", State: courier.Asked}}
			})
		}
		for id, want := range map[string]string{"one-1": "one", "one-2": "one", "two-2": "two"} {
			key, err := b.Upkeep.Holder(b.Context(), id)
			if err != nil || key != want {
				b.Errorf("%s is of %q, %v, want %q", id, key, err, want)
			}
		}
		if key, err := b.Upkeep.Holder(b.Context(), "three-1"); !errors.Is(err, bot.ErrNotFound) {
			b.Errorf("nobody's part: %q, %v", key, err)
		}
	})
}

func TestCancel(t *testing.T) {
	each(t, func(b *bench) {
		b.add(to("1", "p|a"))
		for i, want := range []int{1, 0} {
			n, err := b.box.Cancel(b.Context(), "1", "absent")
			if err != nil || n != want {
				b.Errorf("cancel %d: %d, %v", i, n, err)
			}
		}
		b.want("heads", b.keys(start), []string{})
	})
}

// A backlog of one lane does not hide other lanes.
func TestALongLaneHidesNobody(t *testing.T) {
	each(t, func(b *bench) {
		for i := range 40 {
			b.add(to("long"+strconv.Itoa(i), "p|long"))
		}
		b.add(to("short", "p|short"))
		heads, _, err := b.Queue.Due(b.Context(), start, nil, 5)
		if err != nil || len(heads) != 2 || heads[0].Key != "long0" {
			b.Errorf("heads %v, %v", heads, err)
		}
	})
}

func (b *bench) number(q string) int64 {
	b.Helper()
	n, err := number(b.Context(), b.db, q)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func exec(ctx context.Context, db *storage.DB, q string, args ...any) error {
	return courierstore.Exec(ctx, db, q, args...)
}

func number(ctx context.Context, db *storage.DB, q string) (int64, error) {
	return courierstore.Number(ctx, db, q)
}
