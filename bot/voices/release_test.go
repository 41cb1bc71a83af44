package voices

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
)

// batch draws what a release may find: raises, acts on them, acts on voices in
// any state, acts on a voice that is gone.
func drawBatch(t *rapid.T) Batch {
	b := Batch{Voices: map[string]Voice{}, Taken: func(r string) bool { return strings.HasSuffix(r, "2") }}
	readers := []bot.PersonID{"reader1", "reader2", "reader3"}
	var subjects []string
	for n := range rapid.IntRange(0, 4).Draw(t, "raises") {
		id := fmt.Sprintf("raise-%d", n)
		subjects = append(subjects, id)
		b.Acts = append(b.Acts, Act{ID: id, Voice: id, Kind: RaiseAct, Words: "words of " + id, Raise: &Raise{
			Readers: readers, Place: "place",
			Kind: rapid.SampledFrom([]Kind{Concern, Idea}).Draw(t, "kind"), CodeHash: "hash of " + id,
			Without: rapid.SliceOfDistinct(rapid.SampledFrom(readers), func(p bot.PersonID) bot.PersonID { return p }).Draw(t, "without"),
		}})
	}
	for n := range rapid.IntRange(0, 3).Draw(t, "known") {
		v := fresh()
		v.ID, v.Reference = fmt.Sprintf("known-%d", n), fmt.Sprintf("C-%d", n)
		for _, action := range rapid.SliceOfN(rapid.SampledFrom(actions), 0, 5).Draw(t, "past") {
			_ = v.Do(full(action, len(v.Entries)+10))
		}
		b.Voices[v.ID] = v
		subjects = append(subjects, v.ID)
	}
	subjects = append(subjects, "gone")
	for n := range rapid.IntRange(0, 6).Draw(t, "acts") {
		kind := rapid.SampledFrom([]ActKind{AddAct, ReplyAct, AppealAct, WithdrawAct}).Draw(t, "act")
		act := Act{ID: fmt.Sprintf("act-%d", n), Voice: rapid.SampledFrom(subjects).Draw(t, "subject"), Kind: kind}
		if kind != WithdrawAct {
			act.Words = "words of " + act.ID
		}
		b.Acts = append(b.Acts, act)
	}
	return b
}

func aTeam(readers ...bot.PersonID) team {
	return team{readers: readers, load: map[bot.PersonID]int{}, place: "place"}
}

// The order in which acts came changes nothing, none is lost, and each new voice
// has all that it must have.
func TestReleaseLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBatch(t)
		at := start.Add(100 * time.Hour)
		before := fmt.Sprintf("%+v", b.Voices)
		out, err := release(b, aTeam("reader1", "reader2"), at, chance(7))
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%+v", b.Voices) != before {
			t.Fatal("the batch was changed: a rule may run twice")
		}
		other := b
		other.Acts = rapid.Permutation(b.Acts).Draw(t, "order")
		again, err := release(other, aTeam("reader1", "reader2"), at, chance(7))
		if err != nil || !reflect.DeepEqual(out, again) {
			t.Fatalf("another order, another outcome (%v):\n%+v\n%+v", err, out, again)
		}
		checkRelease(t, b, out, at)
	})
}

func checkRelease(t *rapid.T, b Batch, out Released, at time.Time) {
	references := map[string]bool{}
	for _, v := range out.New {
		if b.Taken(v.Reference) || references[v.Reference] || v.Owner == "" || slices.Contains(v.Without, v.Owner) ||
			!v.Arrived.Equal(at) || !v.Due.Equal(at.Add(AnswerTime)) || v.Author != "" || v.CodeHash == "" {
			t.Fatalf("not as it must arrive: %+v", v)
		}
		if (v.Place == "place") != (len(v.Without) == 0) {
			t.Fatalf("its card is in %q although %v are left out", v.Place, v.Without)
		}
		references[v.Reference] = true
	}
	all := slices.Concat(out.New, out.Changed)
	find := func(id string) (Voice, bool) {
		at := slices.IndexFunc(all, func(v Voice) bool { return v.ID == id })
		if at < 0 {
			return Voice{}, false
		}
		return all[at], true
	}
	for _, act := range b.Acts {
		if slices.Contains(out.Stay, act.ID) || act.Voice == "gone" {
			continue
		}
		v, is := find(act.Voice)
		if !is {
			t.Fatalf("%s is lost", act.ID)
		}
		if v.State == Withdrawn {
			if text := fmt.Sprintf("%+v", v); strings.Contains(text, "words of") {
				t.Fatalf("taken back, and yet there: %s", text)
			}
			continue
		}
		if act.Kind == WithdrawAct {
			t.Fatalf("%s was not taken back", v.ID)
		}
		if act.Kind != RaiseAct && !v.Has(act.ID) {
			t.Fatalf("%s is lost", act.ID)
		}
	}
	for _, d := range out.Deliveries {
		if d.View == nil || d.Class != bot.Asked {
			t.Fatalf("a release sends cards alone: %+v", d)
		}
	}
}

// chance is a source of bytes that is the same for the same seed.
func chance(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// Without an order of their own, acts come out in every order.
func TestShuffle(t *testing.T) {
	acts := []Act{{ID: "a", Kind: RaiseAct}, {ID: "b", Kind: RaiseAct}, {ID: "c", Kind: RaiseAct}, {ID: "d", Kind: WithdrawAct}}
	seen := map[string]int{}
	for seed := range byte(240) {
		out, err := shuffled(acts, chance(seed))
		if err != nil {
			t.Fatal(err)
		}
		order := ""
		for _, act := range out {
			order += act.ID
		}
		seen[order]++
	}
	if len(seen) != 6 {
		t.Errorf("%d orders, want 6: %v", len(seen), seen)
	}
	for order, n := range seen {
		if n < 20 || order[3] != 'd' {
			t.Errorf("%s came %d times of 240", order, n)
		}
	}
	if _, err := shuffled(acts, bytes.NewReader(nil)); err == nil {
		t.Error("without chance there is no shuffle, and so no release")
	}
}

func TestNoFreeReference(t *testing.T) {
	_, err := newReference(Idea, func(string) bool { return true }, chance(1))
	if err == nil || errors.Is(err, errNobodyReads) {
		t.Errorf("%v", err)
	}
	one, err := newReference(Idea, func(string) bool { return false }, chance(1))
	if err != nil || !strings.HasPrefix(one, "I-") || len(one) != 6 {
		t.Errorf("%q, %v", one, err)
	}
}
