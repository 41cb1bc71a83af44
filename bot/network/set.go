package network

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// Kind is what a question asks for.
type Kind string

// The kinds. Any is a question of a lead that asks for whatever there is.
const (
	Any   Kind = ""
	Share Kind = "share"
	Learn Kind = "learn"
	Need  Kind = "need"
)

// ParseKind reads a form's answer: "share", "learn" or "need".
func ParseKind(text string) (Kind, bool) {
	kind := Kind(text)
	return kind, slices.Contains(kinds[:], kind)
}

// MaxOfKind is how many questions of one kind a set has, paused ones included.
const MaxOfKind = 6

// maxQuestion is how many runes a question has.
const maxQuestion = 200

// Prompt is one question of the set.
type Prompt struct {
	ID     string
	Kind   Kind
	Text   string
	Paused bool
	Added  time.Time // zero for those that we bring
}

// Set is the questions that rounds take in turn, in order.
type Set []Prompt

// SetOf is what we bring, with what leads changed and added.
func SetOf(kept []Prompt) Set {
	set := Provided()
	var added Set
	for _, p := range kept {
		if at := set.index(p.ID); at >= 0 {
			set[at] = p
		} else {
			added = append(added, p)
		}
	}
	slices.SortFunc(added, func(a, b Prompt) int { return cmp.Or(a.Added.Compare(b.Added), strings.Compare(a.ID, b.ID)) })
	return append(set, added...)
}

func (s Set) index(id string) int {
	return slices.IndexFunc(s, func(p Prompt) bool { return p.ID == id })
}

// Of lists the questions of a kind.
func (s Set) Of(kind Kind) Set {
	return slices.DeleteFunc(slices.Clone(s), func(p Prompt) bool { return p.Kind != kind })
}

// Active lists the questions that are asked.
func (s Set) Active() Set {
	return slices.DeleteFunc(slices.Clone(s), func(p Prompt) bool { return p.Paused })
}

// The reasons for which a set is not changed.
var (
	ErrLastQuestions = &bot.Error{Code: "last-questions", Say: "Two questions must stay, so that nobody is asked the same one twice running. Nothing was changed. To ask nothing at all, take the rhythm away: /evangelist ask"}
	ErrManyQuestions = &bot.Error{Code: "many-questions", Say: "There are six questions of this kind, and that is the most. Change one of them instead."}
	ErrSameQuestion  = &bot.Error{Code: "same-question", Say: "This question is in the set already."}
)

// Put adds a question or, when its ID is in the set, changes it. The same again
// changes nothing.
func (s *Set) Put(p Prompt) error {
	after := slices.Clone(*s)
	at := after.index(p.ID)
	if at < 0 {
		after = append(after, p)
	} else {
		p.Added = after[at].Added
		after[at] = p
	}
	same := func(other Prompt) bool { return other.ID != p.ID && strings.EqualFold(other.Text, p.Text) }
	switch {
	case slices.ContainsFunc(after, same):
		return ErrSameQuestion
	case len(after.Of(p.Kind)) > MaxOfKind && len(after.Of(p.Kind)) > len(s.Of(p.Kind)):
		return ErrManyQuestions
	case len(after.Active()) < 2 && len(after.Active()) < len(s.Active()):
		return ErrLastQuestions
	}
	*s = after
	return nil
}

// Pause takes a question out of the rounds, or back in. ErrNotFound.
func (s *Set) Pause(id string, paused bool) error {
	at := s.index(id)
	if at < 0 {
		return bot.ErrNotFound
	}
	p := (*s)[at]
	p.Paused = paused
	return s.Put(p)
}

// Next is the question of a new round: the kinds take turns, and of each kind the
// question that was not asked for the longest time. Past are the earlier rounds,
// the newest first; avoid is the id of a question that it shall not be. False when
// nothing is left.
func (s Set) Next(past []Round, avoid string) (Prompt, bool) {
	last := len(kinds) - 1
	for _, round := range past {
		if at := slices.Index(kinds[:], round.Kind); at >= 0 {
			last = at
			break
		}
	}
	order := []Kind{kinds[(last+1)%3], kinds[(last+2)%3], kinds[last]}
	for _, kind := range order {
		of := slices.DeleteFunc(s.Of(kind).Active(), func(p Prompt) bool { return p.ID == avoid })
		if len(of) > 0 {
			return slices.MaxFunc(of, func(a, b Prompt) int {
				return cmp.Or(cmp.Compare(rested(a, past), rested(b, past)), cmp.Compare(s.index(b.ID), s.index(a.ID)))
			}), true
		}
	}
	return Prompt{}, false
}

// rested counts the rounds since a question was asked.
func rested(p Prompt, past []Round) int {
	for n, round := range past {
		if round.Prompt == p.ID {
			return n
		}
	}
	return len(past)
}

// said is the question of a lead that goes out once.
func said(q Question) Prompt {
	sum := sha256.Sum256([]byte(strings.ToLower(q.Text)))
	return Prompt{ID: "said-" + hex.EncodeToString(sum[:8]), Kind: q.Kind, Text: q.Text}
}
