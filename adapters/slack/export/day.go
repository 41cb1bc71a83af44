package export

import (
	"context"
	"time"

	"evangelist/adapters/slack/mrkdwn/jsonscan"
	"evangelist/bot"
)

const (
	maxEntry  = 16 << 20 // bytes of one entry of a list, as JSON
	maxWeight = 4 << 20  // bytes of words after which a piece or batch is handed on early
	tell      = 1 << 20  // bytes between two reports of progress
)

// chunk is a piece of a day, in order.
type chunk struct {
	sightings []bot.Sighting
	threads   []string // threads that were replied to
	sum       Summary
	weight    int   // bytes of words, roughly
	bytes     int64 // of the file, since the last piece
}

// dayReader reads days, one after the other, and keeps its memory for the next.
type dayReader struct {
	archive *archive
	dir     *directory
	day     day
	stream  *jsonscan.Stream
}

// each walks through the entries of the day. Errors are sentences with a place.
func (r *dayReader) each(ctx context.Context, do func(e entry) error) error {
	from, err := r.archive.files[r.day.name].Open()
	if err != nil {
		return r.archive.located(r.day.name, "message", r.stream, nil, err)
	}
	defer from.Close()
	r.stream.Reset(from)
	for v, err := range r.stream.All() {
		var e entry
		if err == nil {
			e, err = parse(v)
		}
		if err != nil {
			return r.archive.located(r.day.name, "message", r.stream, v, err)
		}
		if err := do(e); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// check reads the day and reports nothing but its bytes.
func (r *dayReader) check(ctx context.Context, emit func(chunk) error) error {
	var told int64
	err := r.each(ctx, func(entry) error {
		if offset := r.stream.Offset(); offset-told >= tell {
			if err := emit(chunk{bytes: offset - told}); err != nil {
				return err
			}
			told = offset
		}
		return nil
	})
	if err != nil {
		return err
	}
	return emit(chunk{bytes: r.size() - told})
}

func (r *dayReader) size() int64 {
	return int64(r.archive.files[r.day.name].UncompressedSize64)
}

// read translates the day into sightings.
func (r *dayReader) read(ctx context.Context, emit func(chunk) error) error {
	var told int64
	t := translator{dir: r.dir, place: r.day.place, seen: map[string]bool{}}
	err := r.each(ctx, func(e entry) error {
		t.translate(e)
		offset := r.stream.Offset()
		if len(t.out.sightings) < maxBatch && t.out.weight < maxWeight && offset-told < tell {
			return nil
		}
		t.out.bytes = offset - told
		told = offset
		return emit(t.take())
	})
	if err != nil {
		return err
	}
	t.out.bytes = r.size() - told
	t.out.sum.Days = 1
	return emit(t.take())
}

// translator turns entries of one day into sightings.
type translator struct {
	dir   *directory
	place bot.PlaceID
	seen  map[string]bool // messages of this day
	out   chunk
}

func (t *translator) take() chunk {
	out := t.out
	t.out = chunk{}
	return out
}

func (t *translator) add(s bot.Sighting) {
	s.Message.Place = t.place
	s.Imported = true
	t.out.sightings = append(t.out.sightings, s)
	t.out.weight += len(s.Text) + 64
	for _, link := range s.Links {
		t.out.weight += len(link.URL) + len(link.Label) + len(link.Blurb)
	}
}

func (s *Summary) wrote(at time.Time) {
	if s.First.IsZero() || at.Before(s.First) {
		s.First = at
	}
	if at.After(s.Last) {
		s.Last = at
	}
}
