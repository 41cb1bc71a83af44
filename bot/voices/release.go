package voices

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"evangelist/bot"
)

// team is what a release or an arrival needs to know of the reading team.
type team struct {
	readers []bot.PersonID
	load    map[bot.PersonID]int // open voices of each
	place   bot.PlaceID
	outside map[bot.PlaceID]bool // where people of another organisation read
}

// arrive gives a voice what it has from its arrival on: reference, owner and due
// date. Who may read it, and in which place, it brings along from its form.
func (t team) arrive(v Voice, at time.Time, taken func(string) bool, random io.Reader) (Voice, error) {
	reference, err := newReference(v.Kind, taken, random)
	if err != nil {
		return v, err
	}
	v.Reference, v.State, v.Version = reference, Open, 1
	v.Arrived, v.Due = at, at.Add(AnswerTime)
	v.Owner = chooseOwner(t.of(v), nil, t.load, "")
	if v.Owner == "" {
		return v, errNobodyReads
	}
	t.load[v.Owner]++
	if len(v.Without) > 0 || v.Place != t.place {
		v.Place = "" // the form did not name today's place
	}
	return v, nil
}

var errNobodyReads = &bot.Error{Code: "voice-readers", Say: "Nobody is on the reading team who may read this, so nothing was sent. Ask your comms lead, or leave fewer people out."}

func newReference(kind Kind, taken func(string) bool, random io.Reader) (string, error) {
	prefix := "C-"
	if kind == Idea {
		prefix = "I-"
	}
	for range 1000 {
		letters, err := bot.NewReference(random)
		if err != nil {
			return "", err
		}
		if !taken(prefix + letters) {
			return prefix + letters, nil
		}
	}
	return "", errors.New("no reference is free")
}

// release makes voices and entries of what waited. It is a pure function of its
// arguments: in which order the acts came is neither in the batch nor in the
// outcome.
func release(b Batch, t team, at time.Time, random io.Reader) (Released, error) {
	acts, err := shuffled(b.Acts, random)
	if err != nil {
		return Released{}, err
	}
	m := mover{team: t, at: at, fresh: map[string]Voice{}, known: map[string]Voice{}, stays: map[string]bool{}, taken: map[string]bool{}}
	for _, act := range acts {
		if act.Kind == RaiseAct {
			err = m.raise(act, b, random)
		} else {
			m.apply(act, b)
		}
		if err != nil {
			return Released{}, err
		}
	}
	for _, id := range m.order {
		v := m.fresh[id]
		m.out.Deliveries = append(m.out.Deliveries, t.cards(&v)...)
		m.out.New = append(m.out.New, v)
	}
	for _, id := range slices.Sorted(maps.Keys(m.known)) {
		v := m.known[id]
		m.out.Deliveries = append(m.out.Deliveries, t.cards(&v)...)
		m.out.Changed = append(m.out.Changed, v)
	}
	return m.out, nil
}

// mover is one release on its way.
type mover struct {
	team  team
	at    time.Time
	order []string // of fresh
	fresh map[string]Voice
	known map[string]Voice
	stays map[string]bool // voices that nobody may read yet
	taken map[string]bool // references given in this release
	out   Released
}

func (m *mover) raise(act Act, b Batch, random io.Reader) error {
	v, err := m.team.arrive(raised(act), m.at, func(r string) bool { return m.taken[r] || b.Taken(r) }, random)
	if errors.Is(err, errNobodyReads) {
		m.stays[act.ID] = true
		m.out.Stay = append(m.out.Stay, act.ID)
		return nil
	}
	if err != nil {
		return err
	}
	m.taken[v.Reference] = true
	m.order = append(m.order, v.ID)
	m.fresh[v.ID] = v
	return nil
}

func (m *mover) apply(act Act, b Batch) {
	if m.stays[act.Voice] {
		m.out.Stay = append(m.out.Stay, act.ID)
		return
	}
	if v, is := m.fresh[act.Voice]; is {
		applyAct(&v, act, m.team, m.at)
		m.fresh[act.Voice] = v
		return
	}
	v, is := m.known[act.Voice]
	if !is {
		if v, is = b.Voices[act.Voice]; !is {
			return // deleted in the meantime
		}
		v.Entries = slices.Clone(v.Entries) // the batch stays as it is: a rule may run twice
	}
	applyAct(&v, act, m.team, m.at)
	m.known[act.Voice] = v
}

func raised(act Act) Voice {
	return Voice{ID: act.ID, Kind: act.Raise.Kind, CodeHash: act.Raise.CodeHash, Words: act.Words,
		Urgent: act.Raise.Urgent, Readers: act.Raise.Readers, Without: act.Raise.Without, Place: act.Raise.Place,
		Unpublished: act.Raise.Unpublished}
}

// applyAct applies one act of an author. The voice may have moved on since the
// author wrote: then words are kept as an addition, and what has no effect any
// more is dropped.
func applyAct(v *Voice, act Act, t team, at time.Time) {
	if v.State == Withdrawn || v.Has(act.ID) {
		return
	}
	step := Step{Action: Action(act.Kind), Entry: act.ID, Text: act.Words, At: at}
	if step.Action == Appeal {
		step.To = chooseOwner(t.of(*v), nil, t.load, v.Owner)
	}
	if v.Can(step.Action) && v.Do(step) == nil {
		return
	}
	if act.Words != "" {
		v.enter(step, Addition)
		v.Version++
	}
}

// shuffled returns the acts in the order in which they are applied: by kind, a
// withdrawal last, and by chance within a kind. It begins from the order of the
// ids, so that equal batches and equal chance give equal outcomes.
func shuffled(acts []Act, random io.Reader) ([]Act, error) {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b Act) int { return cmp.Compare(a.ID, b.ID) })
	var seed [32]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return nil, fmt.Errorf("shuffle what waits: %w", err)
	}
	rand.New(rand.NewChaCha8(seed)).Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	slices.SortStableFunc(acts, func(a, b Act) int { return cmp.Compare(rank(a.Kind), rank(b.Kind)) })
	return acts, nil
}

func rank(kind ActKind) int {
	return slices.Index([]ActKind{RaiseAct, AddAct, ReplyAct, AppealAct, WithdrawAct}, kind)
}
