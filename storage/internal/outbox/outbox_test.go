package outbox

import (
	"context"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/internal/engine"
)

var start = time.Date(2017, 5, 15, 9, 0, 0, 0, time.UTC)

func open(t *testing.T) *engine.DB {
	t.Helper()
	db, err := engine.Open(t.Context(), "sqlite::memory:", engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func write(t *testing.T, db *engine.DB, fn func(context.Context, *engine.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, db *engine.DB, now time.Time, deliveries ...bot.Delivery) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *engine.Tx) error { return Add(ctx, tx, now, deliveries) })
}

func count(t *testing.T, db *engine.DB, q string, args ...any) (n int64) {
	t.Helper()
	err := db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
		return tx.QueryRow(ctx, q, args...).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAddIsIdempotentByKeyAndSharesBodies(t *testing.T) {
	db := open(t)
	hello, other := bot.Notice("Hello"), bot.Notice("Something else")
	one := bot.Delivery{Key: "a", To: bot.Address{Place: "p|1"}, Frozen: &hello, Class: bot.Asked}
	two := bot.Delivery{Key: "b", To: bot.Address{Group: []bot.PersonID{"y", "x"}}, Frozen: &hello, Class: bot.Nudge}
	add(t, db, start, one, two)
	one.Frozen = &other
	add(t, db, start.Add(time.Hour), one, two)
	if n := count(t, db, "SELECT count(*) FROM deliveries"); n != 2 {
		t.Errorf("%d deliveries, want 2", n)
	}
	if n := count(t, db, "SELECT count(DISTINCT body) FROM deliveries"); n != 1 {
		t.Errorf("%d bodies in use, want the first one alone", n)
	}
	if due := count(t, db, "SELECT due FROM deliveries WHERE key = 'a'"); due != start.UnixMicro() {
		t.Errorf("due %d changed", due)
	}
	if end := count(t, db, "SELECT expires_at FROM deliveries WHERE key = 'b'"); end != start.Add(NudgeLife).UnixMicro() {
		t.Errorf("a nudge without end expires at %d", end)
	}
	if n := count(t, db, "SELECT count(*) FROM deliveries a JOIN deliveries b ON a.key < b.key AND a.seq < b.seq"); n != 1 {
		t.Error("the order of one call is not kept")
	}
}

func TestAddRaisesTheWantedVersionOnly(t *testing.T) {
	db := open(t)
	card := func(version int64) bot.Delivery {
		return bot.Delivery{Key: "card", To: bot.Address{Place: "p|1"}, View: &bot.View{Kind: "k", ID: "1", Version: version}, Class: bot.Asked}
	}
	add(t, db, start, card(3))
	add(t, db, start, card(5))
	add(t, db, start, card(4))
	if v := count(t, db, "SELECT wanted FROM deliveries"); v != 5 {
		t.Errorf("wanted %d, want 5", v)
	}
	write(t, db, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE deliveries SET state = 'sent', open = FALSE, shown = 5")
		return err
	})
	later := start.Add(time.Hour)
	add(t, db, later, card(5))
	if n := count(t, db, "SELECT count(*) FROM deliveries WHERE open"); n != 0 {
		t.Error("the version that is shown woke the card")
	}
	add(t, db, later, card(6))
	if n := count(t, db, "SELECT count(*) FROM deliveries WHERE open AND due = $1", later.UnixMicro()); n != 1 {
		t.Error("a newer version did not wake the card")
	}
}

func TestCancelDropsWhatDidNotBegin(t *testing.T) {
	db := open(t)
	hello := bot.Notice("Hello")
	for _, key := range []string{"idle", "busy"} {
		add(t, db, start, bot.Delivery{Key: key, To: bot.Address{Place: "p|1"}, Frozen: &hello, Class: bot.Edition})
	}
	write(t, db, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE deliveries SET state = 'sending' WHERE key = 'busy'")
		return err
	})
	for i, want := range []int{1, 0} {
		write(t, db, func(ctx context.Context, tx *engine.Tx) error {
			n, err := Cancel(ctx, tx, start, []string{"idle", "busy", "absent"})
			if n != want {
				t.Errorf("call %d cancelled %d, want %d", i+1, n, want)
			}
			return err
		})
	}
	if n := count(t, db, "SELECT count(*) FROM deliveries WHERE state = 'sending' AND attempt = 0"); n != 1 {
		t.Error("what is being sent was touched")
	}
}

func TestAddRefusesWhatIsMalformed(t *testing.T) {
	db := open(t)
	hello := bot.Notice("Hello")
	good := bot.Delivery{Key: "k", To: bot.Address{Place: "p|1"}, Frozen: &hello, Class: bot.Asked}
	for name, spoil := range map[string]func(*bot.Delivery){
		"no key":       func(d *bot.Delivery) { d.Key = "" },
		"long key":     func(d *bot.Delivery) { d.Key = string(make([]byte, 201)) },
		"no address":   func(d *bot.Delivery) { d.To = bot.Address{} },
		"two":          func(d *bot.Delivery) { d.To.Person = "x" },
		"no body":      func(d *bot.Delivery) { d.Frozen = nil },
		"both bodies":  func(d *bot.Delivery) { d.View = &bot.View{Kind: "k", ID: "1"} },
		"nameless":     func(d *bot.Delivery) { d.Frozen, d.View = nil, &bot.View{Kind: "k"} },
		"class":        func(d *bot.Delivery) { d.Class = "shout" },
		"under itself": func(d *bot.Delivery) { d.Thread = "k" },
	} {
		bad := good
		spoil(&bad)
		err := db.Write(t.Context(), func(ctx context.Context, tx *engine.Tx) error { return Add(ctx, tx, start, []bot.Delivery{bad}) })
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if n := count(t, db, "SELECT count(*) FROM deliveries"); n != 0 {
		t.Errorf("%d deliveries were kept", n)
	}
}

func TestForgetLeavesTheKeyAlone(t *testing.T) {
	db := open(t)
	hello := bot.Notice("Hello")
	add(t, db, start,
		bot.Delivery{Key: "own", To: bot.Address{Person: "x"}, Frozen: &hello, Class: bot.Nudge},
		bot.Delivery{Key: "group", To: bot.Address{Group: []bot.PersonID{"x", "y"}}, Frozen: &hello, Class: bot.Asked},
		bot.Delivery{Key: "other", To: bot.Address{Person: "xx"}, Frozen: &hello, Class: bot.Asked})
	write(t, db, func(ctx context.Context, tx *engine.Tx) error {
		for _, q := range []string{
			"INSERT INTO nudges (person_id, key, at) VALUES ('x', 'own', 1), ('xx', 'other', 1)",
			"INSERT INTO contacts (person_id, week) VALUES ('x', 1), ('xx', 1)",
			"INSERT INTO lanes (lane, holder) VALUES ('person:x', 'own'), ('person:xx', 'other')",
			"INSERT INTO delivery_parts (key, n, id, payload, words, hash, ref, state) VALUES ('own', 1, 'i', 'p', 'w', 'h', 'r', 'sent')",
			"UPDATE deliveries SET target = 'chat|dm-x' WHERE key = 'own'",
		} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	for range 2 {
		write(t, db, func(ctx context.Context, tx *engine.Tx) error { return Forget(ctx, tx, start, "x") })
	}
	for q, want := range map[string]int64{
		"SELECT count(*) FROM deliveries": 3,
		"SELECT count(*) FROM deliveries WHERE state = 'dropped' AND NOT open AND person = '' AND people = '' AND target = '' AND lane = 'erased'": 2,
		"SELECT count(*) FROM deliveries WHERE key = 'other' AND state = 'queued' AND person = 'xx'":                                               1,
		"SELECT count(*) FROM nudges":   1,
		"SELECT count(*) FROM contacts": 1,
		"SELECT count(*) FROM lanes":    1,
		"SELECT count(*) FROM delivery_parts WHERE payload IS NULL AND words = '' AND ref = ''": 1,
	} {
		if n := count(t, db, q); n != want {
			t.Errorf("%s: %d, want %d", q, n, want)
		}
	}
}
