package voicestore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/bot/voices/voicestest"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
	"evangelist/storage/voicestore"
)

// stores are the three of this package over one database.
type stores struct {
	db       *engine.DB
	clock    *voicestest.Clock
	voices   *voicestore.Voices
	waiting  *voicestore.Waiting
	settings *voicestore.Settings
	people   *kernelstore.People
}

func each(t *testing.T, fn func(t *testing.T, s stores)) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		clock := voicestest.NewClock(begin)
		fn(t, stores{db, clock, voicestore.NewVoices(db, clock), voicestore.NewWaiting(db, clock),
			voicestore.NewSettings(db, clock), kernelstore.NewPeople(db, clock, voicestest.NewChance(2))})
	})
}

func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }

func namedVoice(n int) voices.Voice {
	return voices.Voice{
		ID: id(n), Reference: fmt.Sprintf("I-%04d", n), Kind: voices.Idea, Author: account("amy"), Words: "words " + fmt.Sprint(n),
		State: voices.Open, Owner: "owner", Readers: []bot.PersonID{"owner", "other"}, Without: []bot.PersonID{"p1"}, Unpublished: true, Urgent: true,
		Arrived: begin, Due: begin.Add(voices.AnswerTime).Add(-time.Duration(n) * time.Hour), Version: 1,
	}
}

func secretAct(n int) voices.Act {
	return voices.Act{ID: id(n), Voice: id(n), Kind: voices.RaiseAct, Words: "secret " + fmt.Sprint(n),
		Raise: &voices.Raise{Kind: voices.Concern, CodeHash: "hash " + fmt.Sprint(n), Readers: []bot.PersonID{"a", "b"}, Place: "place", Without: []bot.PersonID{"p2"}, Unpublished: true}}
}

// plainRule releases every raise as it is.
func plainRule(b voices.Batch) (voices.Released, error) {
	out := voices.Released{At: begin}
	for n, act := range b.Acts {
		if act.Kind == voices.RaiseAct {
			out.New = append(out.New, voices.Voice{ID: act.ID, Reference: fmt.Sprintf("C-%s%d", act.ID[30:], n), Kind: act.Raise.Kind,
				CodeHash: act.Raise.CodeHash, Words: act.Words, Without: act.Raise.Without, Unpublished: act.Raise.Unpublished,
				Urgent: act.Raise.Urgent, State: voices.Open, Owner: "owner", Arrived: begin, Due: begin.Add(voices.AnswerTime), Version: 1})
			continue
		}
		v := b.Voices[act.Voice]
		v.Entries = append(v.Entries, voices.Entry{ID: act.ID, Kind: voices.Addition, Text: act.Words, At: begin})
		v.Version++
		out.Changed = append(out.Changed, v)
	}
	return out, nil
}

func card(v voices.Voice) bot.Delivery {
	return bot.Delivery{Key: "voice/" + v.ID + "/card", To: bot.Address{Person: "owner"}, Class: bot.Asked,
		View: &bot.View{Kind: voices.ViewKind, ID: v.ID, Version: v.Version}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// count returns how many rows a query has.
func (s stores) count(t *testing.T, q string, args ...any) int64 {
	t.Helper()
	var n int64
	must(t, s.db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM "+q, args...).Scan(&n)
	}))
	return n
}

func TestAddIsIdempotent(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		_, err := s.people.Record(ctx, []bot.AccountFact{{Account: account("amy"), Name: "Amy"}})
		must(t, err)
		want := namedVoice(1)
		for n := range 2 {
			called := false
			got, err := s.voices.Add(ctx, want.ID, func(taken func(string) bool) (voices.Voice, []bot.Delivery, error) {
				called = true
				if taken(want.Reference) {
					t.Error("the reference is free")
				}
				return want, []bot.Delivery{card(want)}, nil
			})
			must(t, err)
			if called != (n == 0) || got.Reference != want.Reference {
				t.Errorf("call %d: rule called %t, got %+v", n, called, got)
			}
		}
		got, err := s.voices.Get(ctx, want.ID)
		must(t, err)
		if got.AuthorName != "Amy" || got.AuthorPerson == "" {
			t.Errorf("the author was not joined: %+v", got)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(voices.Voice{}, "AuthorName", "AuthorPerson")); diff != "" {
			t.Error(diff)
		}
		if n := s.count(t, "deliveries"); n != 1 {
			t.Errorf("%d deliveries, want 1", n)
		}
		_, err = s.voices.Add(ctx, id(2), func(taken func(string) bool) (voices.Voice, []bot.Delivery, error) {
			if !taken(want.Reference) {
				t.Error("the reference is in use")
			}
			return voices.Voice{}, nil, bot.ErrNotFound
		})
		if !errors.Is(err, bot.ErrNotFound) || s.count(t, "voices") != 1 {
			t.Errorf("a refusing rule gave %v", err)
		}
	})
}

func TestGetAndChangeWhatIsMissing(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		if _, err := s.voices.Get(ctx, id(9)); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("Get: %v", err)
		}
		err := s.voices.Change(ctx, id(9), func(*voices.Voice) ([]bot.Delivery, error) { t.Error("rule called"); return nil, nil })
		if !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("Change: %v", err)
		}
		if _, err := s.waiting.ByCode(ctx, "hash"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("ByCode: %v", err)
		}
	})
}

func add(t *testing.T, s stores, v voices.Voice) {
	t.Helper()
	_, err := s.voices.Add(context.Background(), v.ID, func(func(string) bool) (voices.Voice, []bot.Delivery, error) { return v, nil, nil })
	must(t, err)
}

func TestChangeSavesVoiceEntriesAndDeliveries(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		add(t, s, namedVoice(1))
		change := func(v *voices.Voice) ([]bot.Delivery, error) {
			v.State, v.Owner, v.Outcome, v.Summary, v.Theme = voices.Answered, "other", "Done.", "Summary", "Theme"
			v.Appealed, v.Place, v.Closed, v.Reminded = true, "place", begin.Add(time.Hour), 2
			v.Readers, v.Cards = []bot.PersonID{"other", "third"}, []voices.Card{{Place: "place"}, {Person: "third", Blank: true}}
			v.Version = 2
			v.Entries = []voices.Entry{
				{ID: "b", Kind: voices.Question, By: "other", Text: "When?", At: begin},
				{ID: "c", Kind: voices.Response, Text: "Then.", At: begin},
				{ID: "a", Kind: voices.Answering, By: "other", Text: "Done.", At: begin.Add(time.Hour)},
			}
			return []bot.Delivery{card(*v)}, nil
		}
		want := namedVoice(1)
		_, _ = change(&want)
		for range 2 {
			must(t, s.voices.Change(ctx, id(1), change))
			got, err := s.voices.Get(ctx, id(1))
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		if n := s.count(t, "deliveries"); n != 1 {
			t.Errorf("%d deliveries, want 1", n)
		}
		must(t, s.voices.Change(ctx, id(1), func(v *voices.Voice) ([]bot.Delivery, error) {
			v.Entries = v.Entries[:1]
			return nil, nil
		}))
		if n := s.count(t, "voice_entries"); n != 1 {
			t.Errorf("%d entries are left, want 1", n)
		}
		stop := errors.New("stop")
		err := s.voices.Change(ctx, id(1), func(v *voices.Voice) ([]bot.Delivery, error) { v.Words = "changed"; return nil, stop })
		if got, _ := s.voices.Get(ctx, id(1)); !errors.Is(err, stop) || got.Words != "words 1" {
			t.Errorf("a refusing rule changed it: %v, %+v", err, got)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		_, err := s.people.Record(ctx, []bot.AccountFact{{Account: account("amy"), Name: "Amy"}, {Account: account("bo"), Name: "Bo"}})
		must(t, err)
		amy, err := s.people.Actor(ctx, account("amy"))
		must(t, err)
		for n := 1; n <= 3; n++ {
			add(t, s, namedVoice(n))
		}
		other := namedVoice(4)
		other.Author, other.State, other.Outcome, other.Closed = account("bo"), voices.Answered, "Done.", begin.Add(time.Hour)
		other.Entries = []voices.Entry{{ID: "e", Kind: voices.Answering, By: "owner", Text: "Done.", At: begin}}
		add(t, s, other)
		for _, one := range []struct {
			name string
			q    voices.Query
			want []string
		}{
			{"all, the earliest due first", voices.Query{}, []string{"I-0004", "I-0003", "I-0002", "I-0001"}},
			{"open", voices.Query{Open: true}, []string{"I-0003", "I-0002", "I-0001"}},
			{"of a person", voices.Query{Author: amy.Person, Open: true}, []string{"I-0003", "I-0002", "I-0001"}},
			{"by reference", voices.Query{Reference: "I-0002"}, []string{"I-0002"}},
			{"closed from", voices.Query{ClosedFrom: begin.Add(time.Hour)}, []string{"I-0004"}},
			{"closed from later", voices.Query{ClosedFrom: begin.Add(time.Hour + 1000)}, nil},
			{"closed to", voices.Query{ClosedTo: begin.Add(time.Hour)}, nil},
			{"closed between", voices.Query{ClosedFrom: begin, ClosedTo: begin.Add(2 * time.Hour)}, []string{"I-0004"}},
		} {
			list, err := s.voices.List(ctx, one.q)
			must(t, err)
			var got []string
			for _, v := range list {
				got = append(got, v.Reference)
				if v.Reference == "I-0004" && len(v.Entries) != 1 || v.Reference != "I-0004" && len(v.Entries) != 0 {
					t.Errorf("%s: %s has %d entries", one.name, v.Reference, len(v.Entries))
				}
			}
			if diff := cmp.Diff(one.want, got); diff != "" {
				t.Errorf("%s: %s", one.name, diff)
			}
		}
	})
}

func TestPutWritesToWaitingAlone(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		for range 2 {
			must(t, s.waiting.Put(ctx, secretAct(1)))
			must(t, s.waiting.Put(ctx, voices.Act{ID: id(2), Voice: id(1), Kind: voices.AddAct, Words: "more"}))
		}
		for table, want := range map[string]int64{"waiting": 2, "voices": 0, "voice_entries": 0, "deliveries": 0, "bodies": 0, "persons": 0, "accounts": 0, "voice_settings": 0} {
			if n := s.count(t, table); n != want {
				t.Errorf("%s has %d rows, want %d", table, n, want)
			}
		}
		held, err := s.waiting.ByCode(ctx, "hash 1")
		must(t, err)
		want := voices.Held{VoiceID: id(1), Kind: voices.Concern, Pending: []voices.Act{secretAct(1), {ID: id(2), Voice: id(1), Kind: voices.AddAct, Words: "more"}}}
		if diff := cmp.Diff(want, held); diff != "" {
			t.Error(diff)
		}
	})
}

func TestReleaseMovesEverythingOnce(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		must(t, s.waiting.Release(ctx, voices.Everything, func(voices.Batch) (voices.Released, error) {
			t.Error("nothing waits")
			return voices.Released{}, nil
		}))
		must(t, s.waiting.Put(ctx, secretAct(1)))
		must(t, s.waiting.Put(ctx, secretAct(3)))
		must(t, s.waiting.Release(ctx, voices.Everything, plainRule))
		must(t, s.waiting.Put(ctx, voices.Act{ID: id(2), Voice: id(1), Kind: voices.AddAct, Words: "more"}))
		must(t, s.waiting.Release(ctx, voices.Everything, plainRule))
		// Whoever sends the same forms again, after the release, changes nothing.
		must(t, s.waiting.Put(ctx, secretAct(1)))
		must(t, s.waiting.Put(ctx, voices.Act{ID: id(2), Voice: id(1), Kind: voices.AddAct, Words: "more"}))
		if n := s.count(t, "waiting"); n != 0 {
			t.Errorf("%d acts wait, want none", n)
		}
		held, err := s.waiting.ByCode(ctx, "hash 1")
		must(t, err)
		if held.Voice == nil || held.Voice.Words != "secret 1" || len(held.Voice.Entries) != 1 || held.Voice.Author != "" ||
			!held.Voice.Unpublished || len(held.Voice.Without) != 1 || len(held.Pending) != 0 {
			t.Errorf("the code opens %+v", held)
		}
		if n := s.count(t, "voices"); n != 2 {
			t.Errorf("%d voices, want 2", n)
		}
	})
}

func TestReleaseOfUrgentOnesAndOfWhatStays(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		urgent := secretAct(2)
		urgent.Raise.Urgent = true
		must(t, s.waiting.Put(ctx, secretAct(1)))
		must(t, s.waiting.Put(ctx, urgent))
		must(t, s.waiting.Put(ctx, voices.Act{ID: id(3), Voice: id(2), Kind: voices.AddAct, Words: "more"}))
		for range 2 {
			must(t, s.waiting.Release(ctx, voices.UrgentOnly, plainRule))
			if v, w := s.count(t, "voices"), s.count(t, "waiting"); v != 1 || w != 2 {
				t.Errorf("%d voices and %d waiting, want 1 and 2", v, w)
			}
		}
		must(t, s.waiting.Release(ctx, voices.Everything, func(b voices.Batch) (voices.Released, error) {
			return voices.Released{At: begin, Stay: []string{id(1), id(3)}}, nil
		}))
		held, err := s.waiting.ByCode(ctx, "hash 1")
		must(t, err)
		if diff := cmp.Diff([]voices.Act{secretAct(1)}, held.Pending); diff != "" {
			t.Error(diff)
		}
		stop := errors.New("stop")
		err = s.waiting.Release(ctx, voices.Everything, func(voices.Batch) (voices.Released, error) { return voices.Released{}, stop })
		if n := s.count(t, "waiting"); !errors.Is(err, stop) || n != 2 {
			t.Errorf("a failing release gave %v and left %d waiting, want 2", err, n)
		}
	})
}

func TestOneFormGoesOneWay(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		never := func(func(string) bool) (voices.Voice, []bot.Delivery, error) {
			t.Error("rule called")
			return voices.Voice{}, nil, nil
		}
		must(t, s.waiting.Put(ctx, secretAct(1)))
		if _, err := s.voices.Add(ctx, id(1), never); !errors.Is(err, voices.ErrSent) {
			t.Errorf("with a name while it waits: %v", err)
		}
		must(t, s.waiting.Release(ctx, voices.Everything, plainRule))
		if _, err := s.voices.Add(ctx, id(1), never); !errors.Is(err, voices.ErrSent) {
			t.Errorf("with a name after the release: %v", err)
		}
		add(t, s, namedVoice(2))
		if err := s.waiting.Put(ctx, secretAct(2)); !errors.Is(err, voices.ErrSent) {
			t.Errorf("without a name after with: %v", err)
		}
	})
}

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		got, err := s.settings.Get(ctx)
		must(t, err)
		if got != (voices.Settings{}) {
			t.Errorf("an empty database has %+v", got)
		}
		want := voices.Settings{Place: "place", Contacts: voices.Contacts{Emergency: "1", Grievance: "2", Safeguarding: "3", Whistleblowing: "4"}}
		for range 2 {
			must(t, s.settings.Change(ctx, func(k *voices.Settings) error { *k = want; return nil }))
			if got, err = s.settings.Get(ctx); err != nil || got != want {
				t.Errorf("got %+v, %v", got, err)
			}
		}
		stop := errors.New("stop")
		if err := s.settings.Change(ctx, func(k *voices.Settings) error { k.Place = "x"; return stop }); !errors.Is(err, stop) {
			t.Error(err)
		}
		if got, _ = s.settings.Get(ctx); got != want {
			t.Errorf("a refusing rule changed it: %+v", got)
		}
	})
}

// Both the schema and the types of the store have no room for an author.
func TestNoColumnForAnAuthor(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		err := s.db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO voices (id, reference, kind, author, code_hash, words, urgent, unpublished, state, owner, arrived, due, version)
				VALUES ('x', 'C-1', 'concern', 'account', 'hash', '', FALSE, FALSE, 'open', 'owner', 1, 1, 1)`)
			return err
		})
		if err == nil {
			t.Error("a voice took both an author and a code")
		}
	})
}

// Many at once: every act is kept once and released once.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		const many = 24
		errs := make(chan error, 3*many)
		for n := range many {
			for range 2 {
				go func() { errs <- s.waiting.Put(ctx, secretAct(n+1)) }()
			}
			go func() {
				if n%8 == 0 {
					errs <- s.waiting.Release(ctx, voices.Everything, plainRule)
					return
				}
				_, err := s.waiting.ByCode(ctx, fmt.Sprint("hash ", n+1))
				if errors.Is(err, bot.ErrNotFound) {
					err = nil
				}
				errs <- err
			}()
		}
		for range 3 * many {
			must(t, <-errs)
		}
		must(t, s.waiting.Release(ctx, voices.Everything, plainRule))
		if v, left := s.count(t, "voices"), s.count(t, "waiting"); v != many || left != 0 {
			t.Errorf("%d voices and %d acts left, want %d and none", v, left, many)
		}
	})
}

// The holder of one code cannot fill the table, but can always take it back.
func TestSoMuchMayWaitForOneVoice(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		must(t, s.waiting.Put(ctx, secretAct(1)))
		add := func(n int) error {
			return s.waiting.Put(ctx, voices.Act{ID: id(n), Voice: id(1), Kind: voices.AddAct, Words: "more"})
		}
		for n := 2; n <= voices.MaxWaiting; n++ {
			must(t, add(n))
		}
		if err := add(100); !errors.Is(err, voices.ErrFull) {
			t.Errorf("one more: %v", err)
		}
		must(t, add(2)) // the same form again changes nothing
		must(t, s.waiting.Put(ctx, secretAct(200)))
		must(t, s.waiting.Put(ctx, voices.Act{ID: id(101), Voice: id(1), Kind: voices.WithdrawAct}))
		if n := s.count(t, "waiting"); n != voices.MaxWaiting+2 {
			t.Errorf("%d acts wait", n)
		}
	})
}

// A voice that cannot be saved goes on waiting; all others are released.
func TestOneVoiceDoesNotStopARelease(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		add(t, s, namedVoice(50))
		for n := 1; n <= 4; n++ {
			must(t, s.waiting.Put(ctx, secretAct(n)))
		}
		must(t, s.waiting.Put(ctx, voices.Act{ID: id(60), Voice: id(50), Kind: voices.AddAct, Words: "more"}))
		err := s.waiting.Release(ctx, voices.Everything, func(b voices.Batch) (voices.Released, error) {
			out, err := plainRule(b)
			for n := range out.New {
				if out.New[n].ID == id(2) {
					out.New[n].State = "no such state"
				}
				out.Deliveries = append(out.Deliveries, card(out.New[n]))
			}
			for n := range out.Changed {
				out.Changed[n].State = "no such state"
			}
			return out, err
		})
		if err == nil {
			t.Error("nobody is told that something was left behind")
		}
		if v, w, d := s.count(t, "voices"), s.count(t, "waiting"), s.count(t, "deliveries"); v != 4 || w != 2 || d != 3 {
			t.Errorf("%d voices, %d waiting, %d deliveries, want 4, 2 and 3", v, w, d)
		}
		must(t, s.waiting.Release(ctx, voices.Everything, plainRule))
		if v, w := s.count(t, "voices"), s.count(t, "waiting"); v != 5 || w != 0 {
			t.Errorf("%d voices and %d waiting, want 5 and none", v, w)
		}
	})
}

// However many entries there are, they are saved and deleted.
func TestThousandsOfEntries(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		const many = 33_000 // more than one statement of SQLite takes
		v := namedVoice(1)
		add(t, s, v)
		must(t, s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
			_, err := tx.Exec(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
				INSERT INTO voice_entries (id, voice, kind, words, at) SELECT 'entry ' || i, $2, 'addition', 'words', 1 FROM n`, many, v.ID)
			return err
		}))
		must(t, s.voices.Change(ctx, v.ID, func(v *voices.Voice) ([]bot.Delivery, error) {
			v.Entries = append(v.Entries, voices.Entry{ID: "last", Kind: voices.Addition, Text: "last", At: begin})
			return nil, nil
		}))
		if n := s.count(t, "voice_entries"); n != many+1 {
			t.Errorf("%d entries", n)
		}
		must(t, s.voices.Change(ctx, v.ID, func(v *voices.Voice) ([]bot.Delivery, error) {
			v.Entries = v.Entries[:1]
			return nil, nil
		}))
		if n := s.count(t, "voice_entries"); n != 1 {
			t.Errorf("%d entries are left, want 1", n)
		}
	})
}
