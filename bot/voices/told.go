package voices

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Told is what an edition says of what was heard.
type Told struct {
	Items []ToldItem
	// Waiting is how many voices without a name have an answer, or a question
	// that waits for a reply, which only their private codes open: their authors
	// learn from an edition alone that it is worth looking.
	Waiting int
}

// ToldItem is one line of "You said, we did".
type ToldItem struct {
	Reference string
	Kind      Kind
	Said      string // the reading team's neutral summary, never the author's words
	Did       string // the answer, or why it was declined
	Refused   bool
	Closed    time.Time
}

// Told returns what was closed at or after from and before to, the earliest
// first: nothing whose author asked otherwise, and nothing without a neutral
// summary. It is pure reading.
func (f *Feature) Told(ctx context.Context, from, to time.Time) (Told, error) {
	closed, err := f.c.Voices.List(ctx, Query{ClosedFrom: from, ClosedTo: to})
	if err != nil {
		return Told{}, err
	}
	open, err := f.c.Voices.List(ctx, Query{Open: true})
	if err != nil {
		return Told{}, err
	}
	return tell(closed, open), nil
}

// tell is the rule of Told.
func tell(closed, open []Voice) Told {
	var told Told
	for _, v := range closed {
		if v.State == Withdrawn {
			continue
		}
		if v.Anonymous() {
			told.Waiting++
		}
		if v.Unpublished || v.Summary == "" {
			continue
		}
		told.Items = append(told.Items, ToldItem{Reference: v.Reference, Kind: v.Kind, Said: v.Summary,
			Did: v.Outcome, Refused: v.State == Refused, Closed: v.Closed})
	}
	for _, v := range open {
		if v.Anonymous() && v.State == Asked {
			told.Waiting++
		}
	}
	slices.SortFunc(told.Items, func(a, b ToldItem) int {
		if c := a.Closed.Compare(b.Closed); c != 0 {
			return c
		}
		return cmp.Compare(a.Reference, b.Reference)
	})
	return told
}
