package playground

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"evangelist/adapters/playground/sample"
	"evangelist/bot"
)

// botNative is the account that the connected bot posts as.
const botNative = "evangelist"

// Config is what a Workspace needs.
type Config struct {
	// Name is the instance key, "playground" when empty; it contains no "|".
	Name string
	// Path of the journal. Several processes may open the same one. Empty: the
	// workspace lives in memory and ends with the process.
	Path string
	// Sample furnishes a new workspace; nil leaves it empty but for the bot.
	Sample *sample.Organisation
	Clock  bot.Clock    // compulsory
	Random io.Reader    // compulsory; for ids of forms and requests
	Log    *slog.Logger // nil: nothing is logged
	// Limits on sending that are declared, and not enforced; nil: generous ones.
	Limits []bot.Limit
	// Record keeps every call of the bot for Calls; else only the latest 200.
	Record bool
}

// Workspace is a pretend chat workspace and the bot.Platform for it. Its
// methods are safe for concurrent use. Durable state is shared by all that open
// the same path; private replies and open forms belong to this value alone.
type Workspace struct {
	name   string
	path   string
	clock  bot.Clock
	random io.Reader
	log    *slog.Logger
	limits []bot.Limit
	record bool

	mu      sync.Mutex
	journal *journal
	state   *state
	changed chan struct{} // closed, and replaced, at each change
	desks   map[string]*desk
	issued  int // numbers what is in memory alone
	calls   []Call
	faults  faults
	bot     *connection
	cursor  int // events that the bot has acknowledged, as far as this process knows

	stop   context.CancelFunc
	follow sync.WaitGroup
}

// followEvery is how often a shared journal is looked at for what other
// processes appended.
const followEvery = 50 * time.Millisecond

// Open opens a workspace and furnishes it when it is new. Close it.
func Open(c Config) (*Workspace, error) {
	if c.Clock == nil || c.Random == nil {
		return nil, errors.New("a workspace needs a clock and a source of randomness")
	}
	w := &Workspace{
		name: c.Name, path: c.Path, clock: c.Clock, random: c.Random, log: c.Log, limits: c.Limits, record: c.Record,
		changed: make(chan struct{}), desks: map[string]*desk{},
	}
	if w.name == "" {
		w.name = "playground"
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.limits == nil {
		w.limits = []bot.Limit{{Scope: bot.PerPlace, Count: 100, Per: time.Second}, {Scope: bot.PerPlatform, Count: 1000, Per: time.Second}}
	}
	w.state = newState(w.name)
	if c.Path != "" {
		journal, err := openJournal(c.Path)
		if err != nil {
			return nil, err
		}
		w.journal = journal
	}
	if err := w.furnish(c.Sample); err != nil {
		return nil, errors.Join(err, w.journal.close())
	}
	w.watch()
	return w, nil
}

// watch follows a shared journal until Close.
func (w *Workspace) watch() {
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	if w.journal == nil {
		return
	}
	w.follow.Go(func() {
		tick := time.NewTicker(followEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			w.mu.Lock()
			if w.journal.grown() {
				if err := w.catchUp(); err != nil {
					w.log.Error("the workspace file cannot be followed", "error", err)
					w.mu.Unlock()
					return
				}
			}
			w.mu.Unlock()
		}
	})
}

// Close disconnects the bot and lets go of the journal. Nothing works after it.
func (w *Workspace) Close() error {
	w.mu.Lock()
	connected := w.bot
	w.mu.Unlock()
	if connected != nil {
		connected.close()
	}
	w.stop()
	w.follow.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.journal.close()
}

// catchUp reads what others appended. The caller holds mu.
func (w *Workspace) catchUp() error {
	before := len(w.state.events)
	err := w.journal.tail(w.state.apply)
	if len(w.state.events) > before {
		w.announce()
	}
	return err
}

// announce tells everybody who waits that something changed. The caller holds mu.
func (w *Workspace) announce() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// errNothing is returned by a build function when there is nothing to do.
var errNothing = errors.New("nothing to do")

// add appends one event: build sees the newest state, of all processes, and
// returns what happened, or errNothing. With sync it is on disk at return.
func (w *Workspace) add(sync bool, build func(*state) (event, error)) (event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var done event
	err := w.journal.locked(func() error {
		if err := w.catchUp(); err != nil {
			return err
		}
		e, err := build(w.state)
		if err != nil {
			return err
		}
		e.At = w.clock.Now()
		if e.Kind == posted && e.Message == "" {
			e.Message = w.state.newMessageID(e.Place)
		}
		line, err := e.line()
		if err != nil {
			return err
		}
		if err := w.journal.append(line, 1, sync); err != nil {
			return err
		}
		done = e
		return w.state.apply(e)
	})
	if err == nil {
		w.announce()
	}
	if errors.Is(err, errNothing) {
		err = nil
	}
	return done, err
}

// newMessageID returns an id that no message of the place has. It grows with
// the journal, so that ids sort by time.
func (s *state) newMessageID(place string) string {
	n := len(s.events)
	for {
		n++
		id := fmt.Sprintf("m%07d", n)
		if _, taken := s.rooms[place].byID[id]; !taken {
			return id
		}
	}
}

// newID returns a random id for what is in memory alone.
func (w *Workspace) newID() (string, error) {
	return bot.NewNonce(w.random)
}
