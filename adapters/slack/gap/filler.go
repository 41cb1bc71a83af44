package gap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"evangelist/adapters/slack/pace"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

const (
	lookBack = 8 * 24 * time.Hour // before the last reading: what is younger may have been edited, answered or deleted since
	margin   = 10 * time.Minute   // for clocks that differ and answers that come late
	settled  = 2 * time.Minute    // after which a message is in the history for certain
	perPage  = 500
	// longest is how far back deletions are looked for at most: free workspaces
	// show nothing that is older than 90 days.
	longest = 80 * 24 * time.Hour
	// mostKnown is how many messages are remembered as handed on unchanged; more
	// are handed on again each time, which changes nothing.
	mostKnown = 50_000
)

// API is what is asked of Slack; *webapi.Client fits.
type API interface {
	History(ctx context.Context, channel string, span webapi.Span) (webapi.Messages, error)
	Replies(ctx context.Context, channel, thread string, span webapi.Span) (webapi.Messages, error)
}

// Config is what a Filler needs. API, Platform, Clock, Log, Translate and of the
// Handlers Hear and Places are compulsory; without Kept nothing is found to be
// deleted, without Recall and Note a restart leaves a gap.
type Config struct {
	API      API
	Platform string
	Clock    bot.Clock
	Log      *slog.Logger
	Handlers bot.Handlers
	// Translate says what a message of a history is to the bot.
	Translate func(channel string, raw json.RawMessage) []bot.Sighting
	// Wait waits when Slack asks for it; nil waits really.
	Wait func(ctx context.Context, d time.Duration) error
	// Every is how often Keep writes the positions at most; 0 means 5 s.
	Every time.Duration
}

// Filler fills the gaps of one workspace. It is safe for concurrent use.
type Filler struct {
	Config
	reader  pace.Reader
	seed    maphash.Seed
	filling sync.Mutex

	mu        sync.Mutex
	loaded    bool
	dirty     bool
	positions map[string]position
	noticed   map[string]bool             // channels without a position in which something was seen this minute
	news      bool                        // there is a new one among them
	known     map[string]map[int64]uint64 // by channel: what was handed on, as a hash of the message
}

// position is how far a channel was read.
type position struct {
	From  string `json:"from"`  // ts: since when it is watched
	Until string `json:"until"` // ts: nothing before was missed, as far back as was looked
}

// New returns a Filler; it reads nothing yet.
func New(config Config) *Filler {
	if config.Every <= 0 {
		config.Every = 5 * time.Second
	}
	return &Filler{Config: config, reader: pace.Reader{Wait: config.Wait}, seed: maphash.MakeSeed(),
		positions: map[string]position{}, noticed: map[string]bool{}, known: map[string]map[int64]uint64{}}
}

// Seen notes that a message was heard, so that a channel which is watched since a
// moment ago is noticed soon. It reads and writes nothing.
func (f *Filler) Seen(message bot.MessageRef) {
	channel := message.Place.Native()
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.positions[channel]; !ok && !f.noticed[channel] {
		f.noticed[channel], f.news = true, true
	}
}

// Fill reads every watched channel. When Slack asks to wait it waits and goes on.
// A channel that could not be read to its end is left where it was, and the
// others are read all the same; what the bot may not read is logged and is no
// error. Two calls at the same time follow each other.
func (f *Filler) Fill(ctx context.Context) error {
	f.filling.Lock()
	defer f.filling.Unlock()
	channels, err := f.adopt(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, channel := range channels {
		err := f.fill(ctx, channel)
		var token *webapi.TokenError
		var refused *bot.SendError
		switch {
		case errors.As(err, &token) || ctx.Err() != nil:
			return errors.Join(append(failed, err)...)
		case errors.As(err, &refused) && refused.Reason != bot.Busy:
			f.Log.Warn("the history of a channel cannot be read, so what was missed there stays missed", "code", webapi.Code(err), "why", refused.Say)
		case err != nil:
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// Keep writes down how far the channels were read, every few seconds when that
// changed and once more when ctx ends, and notices channels that are newly
// watched. It returns when ctx ends.
func (f *Filler) Keep(ctx context.Context) {
	ticker := time.NewTicker(f.Every)
	defer ticker.Stop()
	for round := 0; ; round++ {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			f.write(last)
			return
		case <-ticker.C:
		}
		if f.look(round%noticeEvery == 0) {
			if _, err := f.adopt(ctx); err != nil && ctx.Err() == nil {
				f.Log.Warn("which channels are watched could not be read; it will be tried again", "error", err)
			}
		}
		f.write(ctx)
	}
}

// look reports whether to look at what is watched now.
func (f *Filler) look(due bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if due {
		clear(f.noticed)
	}
	due = due || f.news
	f.news = false
	return due
}

// noticeEvery is how many rounds of Keep pass between looks for channels that
// are newly watched: a minute.
const noticeEvery = 12

// adopt brings the positions in line with what is watched, and returns the
// channels to read.
func (f *Filler) adopt(ctx context.Context) ([]string, error) {
	if f.Handlers.Places == nil {
		return nil, nil
	}
	if err := f.load(ctx); err != nil {
		return nil, err
	}
	now := webapi.Stamp(f.Clock.Now())
	places, err := f.Handlers.Places(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the watched channels: %w", err)
	}
	var channels []string
	watched := map[string]bool{}
	for _, place := range places {
		channel := place.Kind == bot.OpenChannel || place.Kind == bot.PrivateChannel
		if place.ID.Platform() == f.Platform && channel && place.Watched && place.Member && !place.Archived {
			channels = append(channels, place.ID.Native())
			watched[place.ID.Native()] = true
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, channel := range channels {
		if _, ok := f.positions[channel]; ok {
			continue
		}
		f.positions[channel], f.dirty = position{From: now, Until: now}, true
	}
	for channel := range f.positions {
		if !watched[channel] {
			delete(f.positions, channel)
			delete(f.known, channel)
			f.dirty = true
		}
	}
	return channels, nil
}

// load reads the positions that were kept, once.
func (f *Filler) load(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded || f.Handlers.Recall == nil {
		return nil
	}
	text, err := f.Handlers.Recall(ctx, f.note())
	if err != nil {
		return fmt.Errorf("recall how far the channels were read: %w", err)
	}
	kept := map[string]position{}
	if text != "" && json.Unmarshal([]byte(text), &kept) != nil {
		f.Log.Warn("how far the channels were read was written down in a way that cannot be read; it begins anew")
	}
	for channel, p := range kept {
		if p.From != "" && p.Until != "" {
			f.positions[channel] = p
		}
	}
	f.loaded = true
	return nil
}

func (f *Filler) note() string { return f.Platform + "/history" }

// write keeps the positions when they changed.
func (f *Filler) write(ctx context.Context) {
	f.mu.Lock()
	text, err := json.Marshal(f.positions)
	needed := f.dirty && f.Handlers.Note != nil
	f.dirty = f.dirty && !needed
	f.mu.Unlock()
	if !needed {
		return
	}
	if err == nil {
		err = f.Handlers.Note(ctx, f.note(), string(text))
	}
	if err == nil {
		return
	}
	f.mu.Lock()
	f.dirty = true
	f.mu.Unlock()
	if ctx.Err() == nil {
		f.Log.Warn("how far the channels were read could not be kept; it will be tried again", "error", err)
	}
}
