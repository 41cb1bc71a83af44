package gap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// look is one reading of one channel.
type look struct {
	*Filler
	channel string
	place   bot.PlaceID
	at      position
	start   time.Time
	oldest  string           // ts: how far back it reads
	missing map[string]bool  // kept messages that were not found yet
	threads []thread         // with an answer since oldest
	before  map[int64]uint64 // handed on last time
	now     map[int64]uint64 // handed on this time
}

// thread is a first message that was answered.
type thread struct{ first, latest string }

// seen is what matters of a message here.
type seen struct {
	TS      string      `json:"ts"`
	Subtype string      `json:"subtype"`
	Thread  string      `json:"thread_ts"`
	Replies json.Number `json:"reply_count"`
	Latest  string      `json:"latest_reply"`
	raw     json.RawMessage
}

// fill reads a channel to its end and moves its position.
func (f *Filler) fill(ctx context.Context, channel string) error {
	f.mu.Lock()
	at, ok := f.positions[channel]
	before := f.known[channel]
	f.mu.Unlock()
	if !ok {
		return nil // no longer watched
	}
	l := &look{Filler: f, channel: channel, place: bot.NewPlaceID(f.Platform, channel), at: at, start: f.Clock.Now(),
		missing: map[string]bool{}, before: before, now: map[int64]uint64{}}
	l.oldest = back(earliest(at.Until, webapi.Stamp(l.start)), lookBack)
	if err := l.whole(ctx); err != nil {
		return fmt.Errorf("read what was missed in a channel: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.positions[channel] == at {
		f.positions[channel] = position{From: at.From, Until: webapi.Stamp(l.start)}
		f.known[channel], f.dirty = l.now, true
	}
	return nil
}

// whole reads the channel, its threads, and what is missing of what was kept.
func (l *look) whole(ctx context.Context) error {
	if err := l.kept(ctx); err != nil {
		return err
	}
	err := l.pages(ctx, "", func(cursor string) (webapi.Messages, error) {
		return l.API.History(ctx, l.channel, webapi.Span{Oldest: l.oldest, Cursor: cursor, Limit: perPage})
	})
	if err != nil {
		return err
	}
	slices.SortFunc(l.threads, func(a, b thread) int { return webapi.Earlier(a.first, b.first) })
	for _, t := range l.threads {
		if !l.wanted(t) {
			continue
		}
		if err := l.thread(ctx, t.first); err != nil {
			return err
		}
	}
	return l.deleted(ctx)
}

// thread reads the answers to a message.
func (l *look) thread(ctx context.Context, first string) error {
	err := l.pages(ctx, first, func(cursor string) (webapi.Messages, error) {
		return l.API.Replies(ctx, l.channel, first, webapi.Span{Oldest: l.oldest, Cursor: cursor, Limit: perPage})
	})
	if gone(err) {
		return nil
	}
	return err
}

// gone reports that a thread or message is not there.
func gone(err error) bool {
	code := webapi.Code(err)
	return code == "thread_not_found" || code == "message_not_found"
}

// kept asks, before anything is read, for the messages of which something is
// kept, as far as they must be in the history by now.
func (l *look) kept(ctx context.Context) error {
	if l.Handlers.Kept == nil {
		return nil
	}
	since, until := time.UnixMicro(micros(l.oldest)).UTC(), webapi.Stamp(l.start.Add(-settled))
	if limit := l.start.Add(-longest); since.Before(limit) {
		since = limit
	}
	refs, err := l.Handlers.Kept(ctx, l.place, since)
	if err != nil {
		return fmt.Errorf("list the messages that are kept: %w", err)
	}
	for _, ref := range refs {
		if ref.Place == l.place && webapi.Earlier(ref.Native, webapi.Stamp(since)) >= 0 && webapi.Earlier(ref.Native, until) < 0 {
			l.missing[ref.Native] = true
		}
	}
	return nil
}

// wanted reports whether a thread has to be read: it was answered since the
// channel was last read, or may hold a kept message that was not found.
func (l *look) wanted(t thread) bool {
	if t.latest == "" || webapi.Earlier(t.latest, back(l.at.Until, margin)) >= 0 {
		return true
	}
	for ts := range l.missing {
		if webapi.Earlier(t.first, ts) < 0 && webapi.Earlier(ts, t.latest) <= 0 {
			return true
		}
	}
	return false
}

// pages reads page after page and hands each on. of is the thread's first
// message, which was handed on with the channel; empty: the channel itself.
func (l *look) pages(ctx context.Context, of string, read func(cursor string) (webapi.Messages, error)) error {
	cursor, restarted := "", false
	passed := map[string]bool{}
	for {
		var page webapi.Messages
		err := l.reader.Ask(ctx, func() (err error) {
			page, err = read(cursor)
			return err
		})
		if webapi.Code(err) == "invalid_cursor" && cursor != "" && !restarted {
			cursor, restarted = "", true
			clear(passed)
			continue
		}
		if err == nil {
			err = l.take(ctx, of, page.List)
		}
		switch {
		case err != nil:
			return err
		case page.Cursor == "":
			return nil
		case passed[page.Cursor]:
			return errors.New("the pages of a history do not come to an end")
		}
		passed[page.Cursor] = true
		cursor = page.Cursor
	}
}

// take hands on what is new in a page, the oldest first.
func (l *look) take(ctx context.Context, of string, list []json.RawMessage) error {
	var page []seen
	for _, raw := range list {
		m := seen{raw: raw}
		if json.Unmarshal(raw, &m) != nil && m.TS == "" || m.TS == "" {
			continue
		}
		page = append(page, m)
	}
	slices.SortFunc(page, func(a, b seen) int { return webapi.Earlier(a.TS, b.TS) })
	var batch []bot.Sighting
	fresh := map[int64]uint64{}
	for _, m := range page {
		if m.Subtype != "tombstone" {
			delete(l.missing, m.TS)
		}
		if of == "" && (m.Latest != "" || m.Replies != "" && m.Replies != "0") {
			l.threads = append(l.threads, thread{first: m.TS, latest: m.Latest})
		}
		if m.TS == of || webapi.Earlier(m.TS, l.at.From) < 0 {
			continue
		}
		key, print := micros(m.TS), maphash.Bytes(l.seed, m.raw)
		fresh[key] = print
		if was, ok := l.before[key]; !ok || was != print {
			batch = append(batch, l.Translate(l.channel, m.raw)...)
		}
	}
	if len(batch) > 0 {
		if err := l.Handlers.Hear(ctx, batch); err != nil {
			return fmt.Errorf("hand on what was missed: %w", err)
		}
	}
	l.remember(fresh)
	return nil
}

// remember notes what was handed on, within bounds.
func (l *look) remember(fresh map[int64]uint64) {
	l.mu.Lock()
	n := 0
	for channel, known := range l.known {
		if channel != l.channel {
			n += len(known)
		}
	}
	l.mu.Unlock()
	for key, print := range fresh {
		if n+len(l.now) >= mostKnown {
			return
		}
		l.now[key] = print
	}
}

// deleted hands on that kept messages are no more: those that neither the channel
// nor the threads that were read show, and that Slack does not show when asked
// for by name either. What it does show is an answer in a thread that began
// before the look back, which is read in its turn.
func (l *look) deleted(ctx context.Context) error {
	missing := make([]string, 0, len(l.missing))
	for ts := range l.missing {
		missing = append(missing, ts)
	}
	slices.SortFunc(missing, webapi.Earlier)
	var batch []bot.Sighting
	for _, ts := range missing {
		if !l.missing[ts] {
			continue // found in a thread meanwhile
		}
		first, err := l.find(ctx, ts)
		if err == nil && first != "" && first != ts {
			err = l.thread(ctx, first)
		}
		if err != nil {
			return err
		}
		if first == "" || l.missing[ts] {
			batch = append(batch, bot.Sighting{Kind: bot.Deleted, Message: bot.MessageRef{Place: l.place, Native: ts}, At: l.start})
		}
	}
	if len(batch) == 0 {
		return nil
	}
	if err := l.Handlers.Hear(ctx, batch); err != nil {
		return fmt.Errorf("hand on what was deleted: %w", err)
	}
	return nil
}

// find asks for one message by its ts and returns the first message of its
// thread, which may be itself; "" when it is not there.
func (l *look) find(ctx context.Context, ts string) (first string, err error) {
	err = l.pages(ctx, "", func(cursor string) (webapi.Messages, error) {
		page, err := l.API.Replies(ctx, l.channel, ts, webapi.Span{Oldest: ts, Latest: ts, Cursor: cursor})
		page.List = slices.DeleteFunc(page.List, func(raw json.RawMessage) bool {
			var m seen
			if json.Unmarshal(raw, &m) != nil || m.TS != ts || m.Subtype == "tombstone" {
				return true
			}
			if first = m.Thread; first == "" {
				first = ts
			}
			return false
		})
		return page, err
	})
	if gone(err) {
		return "", nil
	}
	return first, err
}

// back is a ts some time earlier.
func back(ts string, by time.Duration) string {
	return webapi.Stamp(time.UnixMicro(micros(ts)).Add(-by))
}

func earliest(a, b string) string {
	if webapi.Earlier(a, b) < 0 {
		return a
	}
	return b
}

// micros is a ts in microseconds.
func micros(ts string) int64 {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, _ := strconv.ParseInt(whole, 10, 64)
	fraction, _ := strconv.ParseInt((part + "000000")[:6], 10, 64)
	return seconds*1e6 + fraction
}
