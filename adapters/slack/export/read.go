package export

import (
	"context"
	"slices"
	"time"

	"evangelist/bot"
)

// Options say how an archive is read.
type Options struct {
	// Platform is the instance key under which accounts and places are
	// recorded, "slack" when empty.
	Platform string
	// Progress, where given, is called now and then, from one goroutine at a
	// time, with how many of total bytes have been worked through; done never
	// falls and ends at total.
	Progress func(done, total int64)
}

// Sink takes what an archive holds: first all people, then all places, then the
// sightings in the order of channels, days and messages. A batch has at least
// one and at most 1,000 entries and belongs to the sink. The calls come one
// after the other. An error ends the import and is returned; batches before it
// stay, and importing again completes them, because every batch is idempotent.
type Sink interface {
	People(ctx context.Context, facts []bot.AccountFact) error
	Places(ctx context.Context, places []bot.Place) error
	Sightings(ctx context.Context, batch []bot.Sighting) error
}

// Summary counts what was handed over and what was left out.
type Summary struct {
	Users           int // people and bots in the list of members
	Channels        int // public channels
	PrivateChannels int // skipped, never opened
	DirectChats     int // direct and group messages: skipped, never opened
	UnknownFolders  int // folders of no listed channel: skipped, never opened
	OtherFiles      int // files that hold neither messages nor members: skipped
	Days            int // files of messages that were read
	Messages        int // written by people or bots
	BotMessages     int // of these, by bots
	Notices         int // joins, topics, reminders and the like: skipped
	Duplicates      int // messages that stood twice in a day: skipped
	Links           int // links in messages, each once per message
	Edits           int // changes that the export lists apart from their message
	Deletions       int
	Reactions       int
	Threads         int       // messages with at least one reply
	First, Last     time.Time // when the first and the last message were written; zero without messages
}

const maxBatch = 1000

// Read reads the archive at path and hands it to sink. It checks the whole
// archive before the first call of sink: when something is broken or beyond the
// limits (200,000 files; 256 MiB a file and 8 GiB in all when unpacked; packed
// at most 200 to 1), the error is a *bot.Error whose sentence names file, place
// and what to do, and sink has not been called. Otherwise errors are those of
// ctx, of sink or of reading. Memory does not grow with the archive.
func Read(ctx context.Context, path string, o Options, sink Sink) (Summary, error) {
	if o.Platform == "" {
		o.Platform = "slack"
	}
	a, err := open(path)
	if err != nil {
		return Summary{}, err
	}
	defer a.close.Close()
	dir, err := a.directory(o.Platform)
	if err != nil {
		return Summary{}, err
	}
	p := progress{report: o.Progress, total: 2 * dir.size}
	p.add(0)
	if err := a.validate(ctx, dir, &p); err != nil {
		return Summary{}, err
	}
	return a.deliver(ctx, dir, &p, sink)
}

func (a *archive) validate(ctx context.Context, dir *directory, p *progress) error {
	check := func(ctx context.Context, r *dayReader, emit func(chunk) error) error { return r.check(ctx, emit) }
	return a.pipeline(ctx, dir, check, func(_ day, c chunk) error {
		p.add(c.bytes)
		return nil
	})
}

func (a *archive) deliver(ctx context.Context, dir *directory, p *progress, sink Sink) (Summary, error) {
	sum := dir.summary
	for facts := range slices.Chunk(dir.facts, maxBatch) {
		if err := sink.People(ctx, slices.Clone(facts)); err != nil {
			return sum, err
		}
	}
	for places := range slices.Chunk(dir.places, maxBatch) {
		if err := sink.Places(ctx, slices.Clone(places)); err != nil {
			return sum, err
		}
	}
	out := outlet{sink: sink}
	threads := map[string]bool{}
	var channel bot.PlaceID
	read := func(ctx context.Context, r *dayReader, emit func(chunk) error) error { return r.read(ctx, emit) }
	err := a.pipeline(ctx, dir, read, func(d day, c chunk) error {
		if d.place != channel {
			channel = d.place
			clear(threads)
		}
		for _, thread := range c.threads {
			if !threads[thread] {
				threads[thread] = true
				sum.Threads++
			}
		}
		sum.add(c.sum)
		p.add(c.bytes)
		return out.put(ctx, c)
	})
	if err != nil {
		return sum, err
	}
	return sum, out.flush(ctx)
}

// add adds the counts of a piece.
func (s *Summary) add(piece Summary) {
	s.Days += piece.Days
	s.Messages += piece.Messages
	s.BotMessages += piece.BotMessages
	s.Notices += piece.Notices
	s.Duplicates += piece.Duplicates
	s.Links += piece.Links
	s.Edits += piece.Edits
	s.Deletions += piece.Deletions
	s.Reactions += piece.Reactions
	if s.First.IsZero() || !piece.First.IsZero() && piece.First.Before(s.First) {
		s.First = piece.First
	}
	if piece.Last.After(s.Last) {
		s.Last = piece.Last
	}
}

// outlet gathers sightings into batches.
type outlet struct {
	sink    Sink
	pending []bot.Sighting
	weight  int
}

func (o *outlet) put(ctx context.Context, c chunk) error {
	for rest := c.sightings; len(rest) > 0; {
		n := min(len(rest), maxBatch-len(o.pending))
		o.pending = append(o.pending, rest[:n]...)
		rest = rest[n:]
		if len(o.pending) == maxBatch {
			if err := o.flush(ctx); err != nil {
				return err
			}
		}
	}
	if o.weight += c.weight; o.weight > maxWeight {
		return o.flush(ctx)
	}
	return nil
}

func (o *outlet) flush(ctx context.Context) error {
	batch := o.pending
	o.pending, o.weight = nil, 0
	if len(batch) == 0 {
		return nil
	}
	return o.sink.Sightings(ctx, batch)
}

type progress struct {
	report      func(done, total int64)
	done, total int64
}

func (p *progress) add(n int64) {
	p.done += n
	if p.report != nil {
		p.report(p.done, p.total)
	}
}
