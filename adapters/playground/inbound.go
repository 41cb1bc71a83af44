package playground

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
)

// connection is the bot being there.
type connection struct {
	handlers bot.Handlers
	stop     context.CancelFunc
	done     chan struct{}
}

func (c *connection) close() {
	c.stop()
	<-c.done
}

// ErrAway is returned to a person who asks something while no bot is connected.
var ErrAway = &bot.Error{Code: "away", Say: "The bot is not running at the moment, so nothing was done. Please try again shortly."}

// How the bot is told what was seen.
const (
	batchSize    = 200
	firstRetry   = 50 * time.Millisecond
	longestRetry = 2 * time.Second
)

// Connect makes h the bot of this workspace, in place of an earlier one, and
// begins to tell it what it has not acknowledged, also from before it was
// connected; of h it uses Invoke, Hear, Home, View, Commands and Person. Without
// Person a person field of a form gives the account's id. Of several processes that connect to one journal each sighting
// goes to one. The returned function disconnects and waits until nothing is
// being told any more; calling it again does nothing.
func (w *Workspace) Connect(h bot.Handlers) (disconnect func()) {
	ctx, stop := context.WithCancel(context.Background())
	c := &connection{handlers: h, stop: stop, done: make(chan struct{})}
	w.mu.Lock()
	earlier := w.bot
	w.bot = c
	w.announce()
	w.mu.Unlock()
	if earlier != nil {
		earlier.close()
	}
	go func() {
		defer close(c.done)
		if h.Hear != nil {
			w.tell(ctx, h)
		}
	}()
	return func() {
		w.mu.Lock()
		if w.bot == c {
			w.bot = nil
			w.announce()
		}
		w.mu.Unlock()
		c.close()
	}
}

// connected returns the bot that is there, or ErrAway.
func (w *Workspace) connected() (bot.Handlers, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.bot == nil {
		return bot.Handlers{}, ErrAway
	}
	return w.bot.handlers, nil
}

// Connected reports whether a bot is there.
func (w *Workspace) Connected() bool {
	_, err := w.connected()
	return err == nil
}

// Heard waits until the bot has acknowledged everything seen so far.
func (w *Workspace) Heard(ctx context.Context) error {
	w.mu.Lock()
	until := len(w.state.events)
	w.mu.Unlock()
	return w.WaitFor(ctx, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.cursor >= until
	})
}

// tell hands sightings to the bot until ctx ends.
func (w *Workspace) tell(ctx context.Context, h bot.Handlers) {
	retry := firstRetry
	for ctx.Err() == nil {
		changed := w.Changed()
		more, err := w.tellBatch(ctx, h)
		switch {
		case err == nil && more:
			retry = firstRetry
			continue
		case err == nil:
			retry = firstRetry
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		case errors.Is(err, errHeld):
			retry = firstRetry
		default:
			w.log.Warn("the bot did not take what was seen; it is told again", "error", err)
		}
		pause := time.NewTimer(retry)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
		retry = min(2*retry, longestRetry)
	}
}

// tellBatch tells the next events and moves the cursor behind them; more says
// that further ones wait.
func (w *Workspace) tellBatch(ctx context.Context, h bot.Handlers) (more bool, err error) {
	mark, err := w.openMark()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, mark.close()) }()
	w.mu.Lock()
	from := min(mark.at, len(w.state.events))
	to := min(from+batchSize, len(w.state.events))
	more = to < len(w.state.events)
	var batch []bot.Sighting
	for _, e := range w.state.events[from:to] {
		if seen, ok := w.state.sighting(e); ok {
			batch = append(batch, seen)
		}
	}
	w.mu.Unlock()
	if len(batch) > 0 {
		if err := h.Hear(ctx, batch); err != nil {
			return false, err
		}
	}
	if to > from {
		if err := mark.set(to); err != nil {
			return false, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cursor != to {
		w.cursor = to
		w.announce()
	}
	return more, nil
}

// markSuffix ends the name of the file that holds the mark.
const markSuffix = ".heard"

// mark is how far the bot has acknowledged: a small file beside the journal,
// locked while it is told something; or the memory of a workspace without one.
type mark struct {
	file *os.File
	at   int
}

func (w *Workspace) openMark() (*mark, error) {
	if w.path == "" {
		w.mu.Lock()
		defer w.mu.Unlock()
		return &mark{at: w.cursor}, nil
	}
	file, err := os.OpenFile(w.path+markSuffix, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the mark of what the bot heard: %w", err)
	}
	if err := lockFile(file, false); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	var text [20]byte
	n, _ := file.ReadAt(text[:], 0)
	// What cannot be read means the beginning: the bot is told again.
	at, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil || at < 0 {
		at = 0
	}
	return &mark{file: file, at: at}, nil
}

func (m *mark) set(at int) error {
	m.at = at
	if m.file == nil {
		return nil
	}
	if _, err := m.file.WriteAt(fmt.Appendf(nil, "%-19d\n", at), 0); err != nil {
		return fmt.Errorf("write the mark of what the bot heard: %w", err)
	}
	return nil
}

func (m *mark) close() error {
	if m.file == nil {
		return nil
	}
	return errors.Join(unlockFile(m.file), m.file.Close())
}

// sighting is the event as the bot is told of it; false: it is not.
func (s *state) sighting(e event) (bot.Sighting, bool) {
	r, ok := s.rooms[e.Place]
	if !ok || !e.Heard || r.Kind == bot.DirectChat {
		return bot.Sighting{}, false
	}
	seen := bot.Sighting{
		Message: bot.MessageRef{Place: s.placeID(e.Place), Native: e.Message},
		Author:  s.accountID(e.By), At: e.At, Private: r.Kind != bot.OpenChannel,
	}
	author, known := s.accounts[e.By]
	if known {
		seen.Name, seen.Bot, seen.External = author.Name, author.Bot, author.External
	}
	message := r.byID[e.Message]
	if message != nil {
		seen.Thread = message.Thread
	}
	switch e.Kind {
	case posted, edited:
		seen.Kind = bot.Posted
		if e.Kind == edited {
			seen.Kind, seen.At = bot.Edited, message.At
		}
		seen.Text, seen.Links = e.Text, e.Links
		if e.Body == nil {
			seen.Text = s.plain(e.Text)
		}
	case deleted:
		seen.Kind, seen.Author, seen.Name = bot.Deleted, "", ""
	case reacted, unreacted:
		seen.Kind, seen.Emoji = bot.Reacted, e.Emoji
		if e.Kind == unreacted {
			seen.Kind = bot.Unreacted
		}
	case botJoined:
		seen.Kind = bot.Joined
	case botLeft:
		seen.Kind = bot.Left
	default:
		return bot.Sighting{}, false
	}
	return seen, true
}
