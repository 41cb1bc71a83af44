package courier_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

// The explorer runs a scenario once and counts the points at which the outside
// world is touched: each commit and each call of the platform. Then it runs it
// again with every kind of fault at every point, and with every pair of faults,
// restarts on the same database after each crash, and runs until nothing is left
// to do. The oracle looks at the platform alone.

// fault is something that goes wrong at one point.
type fault string

const (
	killBefore fault = "killed before"
	killAfter  fault = "killed after"
	failBefore fault = "failed, nothing done"                  // a reset before acceptance, a commit that failed
	failAfter  fault = "done, reply lost"                      // a reset or 5xx after acceptance, a commit without answer
	lagging    fault = "done, reply lost, history lags"        // visible only after a minute
	late       fault = "timed out, then done within the limit" // stands 9 s later
	busy       fault = "busy with RetryAfter"
	denied     fault = "denied"
)

const lagBound = time.Minute

func faultsOf(point string) []fault {
	switch point {
	case "commit":
		return []fault{killBefore, killAfter, failBefore, failAfter}
	case "post":
		return []fault{killBefore, killAfter, failBefore, failAfter, lagging, late, busy, denied}
	case "edit":
		return []fault{killBefore, killAfter, failBefore, failAfter, busy}
	default:
		return []fault{killBefore, killAfter, failBefore, busy}
	}
}

// plan says which fault strikes at which point, counted from 0.
type plan map[int]fault

// killed is thrown by a point at which the program dies.
type killed struct{}

// lab runs plans on one database.
type lab struct {
	t        testing.TB
	clock    *fakeClock
	box      *courierstore.Box
	store    courier.Store
	kind     func(platform) bot.Platform
	without  string
	scenario scenario
	hears    func(n int) bool // nil: no echoes come; see echo_explorer_test.go
	runs     int
}

// scenario is what is sent and how often the view grows meanwhile.
type scenario struct {
	texts  []string // frozen messages to one place, in order; the last stands under the first
	view   bool
	long   bool // each second version has two parts
	raises int  // before this many of the first points the view's version grows
}

func newLab(t testing.TB, kind func(platform) bot.Platform, s scenario) *lab {
	db, clock := storagetest.Memory(t), &fakeClock{now: start}
	return &lab{t: t, clock: clock, box: courierstore.NewBox(db, clock), store: courierstore.New(db), kind: kind, scenario: s}
}

// run is one way through.
type run struct {
	*lab
	name     string
	place    bot.PlaceID
	world    *world
	plan     plan
	points   []string
	dead     bool
	echoing  bool
	echoed   map[string]bool // refs whose echo was taken
	sender   *courier.Courier
	platform bot.Platform
}

// try runs a plan to the end and returns the points that it passed and what the
// oracle found wrong.
func (l *lab) try(p plan) ([]string, error) {
	l.runs++
	r := &run{lab: l, name: fmt.Sprintf("r%d", l.runs), plan: p, echoed: map[string]bool{}, world: &world{clock: l.clock, long: l.scenario.long}}
	r.place = bot.NewPlaceID("chat", r.name)
	r.world.tamper = r.point
	r.platform = l.kind(platform{world: r.world, name: "chat"})
	r.raise()
	for i, text := range l.scenario.texts {
		body := bot.Notice(text)
		d := bot.Delivery{Key: fmt.Sprint(r.name, "/", i), To: bot.Address{Place: r.place}, Frozen: &body, Class: bot.Answer}
		if i > 0 && i == len(l.scenario.texts)-1 {
			d.Thread = r.name + "/0"
		}
		if err := l.box.Add(l.t.Context(), d); err != nil {
			l.t.Fatal(err)
		}
	}
	r.start()
	if err := r.rest(); err != nil {
		return r.points, err
	}
	r.raise() // once more, now that everything rests
	if err := r.rest(); err != nil {
		return r.points, err
	}
	return r.points, errors.Join(r.judge(), r.settled(), r.tidy())
}

// tidy ends what waits for a lead, or for what does, so that it is not in the
// way of the next run.
func (r *run) tidy() (err error) {
	for i := range r.scenario.texts {
		err = errors.Join(err, r.leave(fmt.Sprint(r.name, "/", i)))
	}
	if r.scenario.view {
		err = errors.Join(err, r.leave(r.name+"/card"))
	}
	return err
}

func (r *run) leave(key string) error {
	it, err := r.store.Queue.Get(r.t.Context(), key)
	if err != nil || it.State == courier.Sent {
		return err
	}
	_, err = r.store.Queue.Change(r.t.Context(), key, it.Attempt, func(it *courier.Item) error {
		it.State, it.Holds = courier.Dropped, false
		return nil
	})
	return err
}

func (r *run) raise() {
	if !r.scenario.view {
		return
	}
	r.world.mu.Lock()
	r.world.version++
	version := r.world.version
	r.world.mu.Unlock()
	err := r.box.Add(r.t.Context(), bot.Delivery{Key: r.name + "/card", To: bot.Address{Place: r.place},
		View: &bot.View{Kind: "card", ID: r.name, Version: version}, Class: bot.Asked})
	if err != nil {
		r.t.Fatal(err)
	}
}

// start begins a new life of the program on the same database.
func (r *run) start() {
	r.dead, r.echoing = false, false
	store := r.store
	store.Queue = meddled{Queue: r.store.Queue, tamper: r.point}
	config := courier.Config{Store: store, Platforms: []bot.Platform{r.platform}, Render: r.world.render,
		Clock: r.clock, Random: zeros{}, Log: slog.New(slog.DiscardHandler)}
	r.sender = courier.New(config.Without(r.without))
	if err := r.sender.Bind(r.t.Context(), "chat", "chat|bot"); err != nil {
		r.t.Fatal(err)
	}
}

// point is passed by every commit and every call of the platform.
func (r *run) point(name string, do func()) error {
	if r.dead {
		panic(killed{})
	}
	n := len(r.points)
	r.points = append(r.points, name)
	if n > 0 && n <= r.scenario.raises {
		r.raise()
	}
	r.echo(n)
	if act := do; name == "post" {
		do = func() { act(); r.echo(n) } // before the answer to the request
	}
	strikes := r.plan[n]
	if !slices.Contains(faultsOf(name), strikes) {
		strikes = "" // an echo came between, so that this is another point
	}
	switch strikes {
	case killBefore:
		r.dead = true
		panic(killed{})
	case killAfter:
		do()
		r.dead = true
		panic(killed{})
	case failBefore:
		return errReset
	case failAfter:
		do()
		return errReset
	case lagging:
		r.world.lag = lagBound
		do()
		r.world.lag = 0
		return errReset
	case late:
		r.clock.add(9 * time.Second)
		do()
		r.clock.add(time.Second)
		return context.DeadlineExceeded
	case busy:
		return &bot.SendError{Reason: bot.Busy, RetryAfter: 30 * time.Second, Say: "Busy."}
	case denied:
		return &bot.SendError{Reason: bot.Denied, Say: "Invite me."}
	}
	do()
	return nil
}

// step is one Step, which a kill may end.
func (r *run) step() (worked bool, next time.Time, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			if _, ours := trouble.(killed); !ours {
				panic(trouble)
			}
			r.start()
			worked, err = true, nil
		}
	}()
	return r.sender.Step(r.t.Context())
}

// quiesce runs until nothing is left to do; what was denied is mended by a lead.
func (r *run) quiesce() error {
	for range 400 {
		worked, next, err := r.step()
		switch {
		case err != nil && !errors.Is(err, errReset):
			return fmt.Errorf("step: %w", err)
		case err != nil || worked:
			continue
		case !next.IsZero():
			if !next.After(r.clock.Now()) {
				return fmt.Errorf("idle although something is due")
			}
			r.clock.set(next)
			continue
		}
		troubles, err := r.sender.Troubles(r.t.Context())
		if err != nil {
			return err
		}
		mended := false
		for _, trouble := range troubles {
			if strings.HasPrefix(trouble.Key, r.name+"/") {
				mended = true
				if err := r.decide(trouble.Key); err != nil {
					return err
				}
			}
		}
		if !mended {
			return nil
		}
	}
	return errors.New("it never comes to rest")
}

func (r *run) decide(key string) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			if _, ours := trouble.(killed); !ours {
				panic(trouble)
			}
			r.start()
		}
	}()
	if err = r.sender.Decide(r.t.Context(), key, courier.Again); errors.Is(err, errReset) {
		err = nil
	}
	return err
}

// judge is the oracle.
func (r *run) judge() error {
	_, finds := r.platform.(bot.Finder)
	waiting, err := r.sender.Waiting(r.t.Context())
	if err != nil {
		return err
	}
	unsure := map[string]int{}
	for _, trouble := range waiting {
		unsure[trouble.Key] = trouble.Part
	}
	var first string
	before := -1
	for i, text := range r.scenario.texts {
		key := fmt.Sprint(r.name, "/", i)
		under := ""
		if i > 0 && i == len(r.scenario.texts)-1 {
			under = first
			if unsure[r.name+"/0"] > 0 {
				continue // it waits for what a lead decides
			}
		}
		for n, piece := range strings.Split(text, "|") {
			at, ref, err := r.one(piece, under)
			part := unsure[key]
			switch {
			case part > 0 && !finds && n+1 > part && ref == "":
				continue
			case part > 0 && !finds && n+1 == part && (ref != "" && err == nil || ref == "" && at < 0):
				continue // in doubt, listed, at most one
			case err != nil:
				return err
			case ref == "":
				return fmt.Errorf("%q is not there, and nobody is told", piece)
			case at < before:
				return fmt.Errorf("%q stands before what was to come first", piece)
			}
			before = at
			if i == 0 && n == 0 {
				first = ref
			}
		}
	}
	if r.scenario.view && unsure[r.name+"/card"] == 0 {
		want := fmt.Sprintf("version %d", r.world.version)
		if _, edits := r.platform.(bot.Editor); !edits {
			want = "version "
		}
		return r.card(want)
	}
	return nil
}

// one finds the only live copy of a piece: its rank among all, its ref; an error
// when there are several or it stands under something else.
func (r *run) one(piece, under string) (rank int, ref string, err error) {
	rank = -1
	for i, m := range r.world.live(r.place, "") {
		if m.payload != piece {
			continue
		}
		if ref != "" {
			return rank, ref, fmt.Errorf("%q stands there twice", piece)
		}
		if m.thread != under {
			return i, m.ref, fmt.Errorf("%q stands under %q, not %q", piece, m.thread, under)
		}
		rank, ref = i, m.ref
	}
	return rank, ref, nil
}

func (r *run) card(want string) error {
	cards, more := 0, fmt.Sprintf("more %d", r.world.version)
	for _, m := range r.world.live(r.place, "") {
		if strings.HasPrefix(m.payload, "more ") {
			if m.payload != more || r.world.version%2 != 0 {
				return fmt.Errorf("%q still stands", m.payload)
			}
			more = "one at most"
		}
		if strings.HasPrefix(m.payload, "version ") {
			cards++
			if !strings.HasPrefix(m.payload, want) {
				return fmt.Errorf("the card shows %q, not %q", m.payload, want)
			}
		}
	}
	if r.scenario.long && r.world.version%2 == 0 && more != "one at most" {
		return errors.New("the second part is missing")
	}
	if cards != 1 {
		return fmt.Errorf("%d cards stand there", cards)
	}
	return nil
}

// stride is how many points an exploration goes on by: every one is looked at,
// but for a sample under the race detector.
func stride() int {
	if storagetest.Raced {
		return 6
	}
	return 1
}

// explore tries every fault at every point, then every pair, until something is
// wrong; it returns how many ways it went.
func (l *lab) explore(pairs bool) error {
	points, err := l.try(nil)
	if err != nil {
		return fmt.Errorf("without any fault: %w", err)
	}
	for k := 0; k < len(points); k += stride() {
		for _, one := range faultsOf(points[k]) {
			after, err := l.try(plan{k: one})
			if err != nil {
				return fmt.Errorf("%s %s (point %d): %w", one, points[k], k, err)
			}
			if !pairs {
				continue
			}
			for m := k + 1; m < len(after); m++ {
				for _, two := range l.second(after[m]) {
					if _, err := l.try(plan{k: one, m: two}); err != nil {
						return fmt.Errorf("%s %s (point %d), then %s %s (point %d): %w", one, points[k], k, two, after[m], m, err)
					}
				}
			}
		}
	}
	return nil
}

// second are the faults that a pair may end with: all of them for messages; for
// cards, whose ways are many, the kills and the lost reply.
func (l *lab) second(point string) []fault {
	if !l.scenario.view {
		return faultsOf(point)
	}
	return []fault{killBefore, killAfter, failAfter}
}

var (
	asFull   = func(p platform) bot.Platform { return full{p} }
	asBlind  = func(p platform) bot.Platform { return blind{p} }
	asEditor = func(p platform) bot.Platform { return editor{p} }
)

func TestEveryCrashLeavesOneCopy(t *testing.T) {
	for name, s := range map[string]scenario{
		"parts and thread":  {texts: []string{"first|second", "reply"}},
		"card":              {view: true},
		"growing card":      {view: true, raises: 4},
		"card that grows":   {view: true, long: true, raises: 2},
		"card that shrinks": {view: true, long: true, raises: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, asFull, s)
			if err := l.explore(!storagetest.Raced); err != nil {
				t.Error(err)
			}
			t.Logf("%d ways", l.runs)
		})
	}
}

func TestWithoutFinderNothingIsRepeated(t *testing.T) {
	for name, kind := range map[string]func(platform) bot.Platform{"blind": asBlind, "editor": asEditor} {
		for what, s := range map[string]scenario{"messages": {texts: []string{"first|second", "reply"}}, "card": {view: true, raises: 4}} {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				l := newLab(t, kind, s)
				if err := l.explore(!storagetest.Raced); err != nil {
					t.Error(err)
				}
				t.Logf("%d ways", l.runs)
			})
		}
	}
}

// A test that cannot fail proves nothing: with any one safeguard taken away the
// explorer must find two copies.
func TestTheExplorerSeesWhatIsMissing(t *testing.T) {
	if storagetest.Raced {
		t.Skip("with points left out it may pass by the mistake")
	}
	for _, safeguard := range []string{courier.NoIntent, courier.NoProbe, courier.NoQuiet} {
		t.Run(safeguard, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, asFull, scenario{texts: []string{"first|second", "reply"}})
			l.without = safeguard
			err := l.explore(false)
			if err == nil || !strings.Contains(err.Error(), "twice") {
				t.Errorf("found %v, want two copies", err)
			}
		})
	}
}
