package voices

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"evangelist/bot"
)

// The circle of a voice is who may read it: those whom the form named to its
// author, without those whom the author left out. It is closed. Whoever joins
// the reading team later reads only what one of the circle passes on.

// Card is where a card of a voice went: to a place or to a person.
type Card struct {
	Place  bot.PlaceID  `json:"place,omitempty"`
	Person bot.PersonID `json:"person,omitempty"`
	// Blank says that the card shows no words any more, because the person left
	// the reading team, or others came to read in the place.
	Blank bool `json:"blank,omitempty"`
}

// inCircle reports whether the voice is open to a person who is a reader.
func (v Voice) inCircle(who bot.PersonID) bool {
	return slices.Contains(v.Readers, who) && !slices.Contains(v.Without, who)
}

// admit opens the voice to one more reader.
func (v *Voice) admit(who bot.PersonID) {
	if !slices.Contains(v.Readers, who) {
		v.Readers = slices.Sorted(slices.Values(append(slices.Clone(v.Readers), who)))
	}
}

// of returns those of today's readers who may read the voice.
func (t team) of(v Voice) []bot.PersonID {
	return slices.DeleteFunc(slices.Clone(t.readers), func(who bot.PersonID) bool { return !v.inCircle(who) })
}

// shared lists the places in which people of another organisation read. No card
// goes there, whatever a lead confirms for other messages.
func (f *Feature) shared(ctx context.Context) (map[bot.PlaceID]bool, error) {
	places, err := f.c.Places.Places(ctx)
	if err != nil {
		return nil, err
	}
	outside := map[bot.PlaceID]bool{}
	for _, place := range places {
		if place.External {
			outside[place.ID] = true
		}
	}
	return outside, nil
}

// cards are the deliveries of a voice's card in its newest version: wherever it
// went before, and to those of today's readers who may read it. It notes in the
// voice where the card goes, so that it has to be called before v is saved.
func (t team) cards(v *Voice) []bot.Delivery {
	if t.outside[v.Place] {
		v.Place = "" // recall blanks the card there
	}
	if v.Place != "" {
		v.carded(Card{Place: v.Place})
	} else {
		for _, reader := range t.of(*v) {
			v.carded(Card{Person: reader})
		}
	}
	var all []bot.Delivery
	for _, card := range v.Cards {
		if !card.Blank || v.State == Withdrawn {
			all = append(all, v.delivery(card))
		}
	}
	return all
}

// carded notes a card, or that it is not blank any more.
func (v *Voice) carded(card Card) {
	at := slices.IndexFunc(v.Cards, func(c Card) bool { return c.Place == card.Place && c.Person == card.Person })
	v.Cards = slices.Clone(v.Cards) // what was loaded stays as it is: a rule may run twice
	if at < 0 {
		v.Cards = append(v.Cards, card)
		return
	}
	v.Cards[at] = card
}

func (v Voice) delivery(card Card) bot.Delivery {
	return bot.Delivery{Key: "voice/" + v.ID + "/card/" + string(card.Place) + string(card.Person),
		To: bot.Address{Place: card.Place, Person: card.Person}, Class: bot.Asked,
		View: &bot.View{Kind: ViewKind, ID: v.ID + forWhom(card.Person), Version: v.Version}}
}

// forWhom is the end of the id of a view that is drawn for one person.
func forWhom(who bot.PersonID) string {
	if who == "" {
		return ""
	}
	return "/" + string(who)
}

// ViewKind is the kind of a voice's card. The id of a view is that of the voice,
// followed for a person's own card by "/" and the person.
const ViewKind = "voice"

// view is the card on which an actor has just pressed a button.
func (v Voice) view(who bot.PersonID) bot.View {
	if v.Place != "" {
		who = ""
	}
	return bot.View{Kind: ViewKind, ID: v.ID + forWhom(who), Version: v.Version}
}

// render draws the card of a voice: for everybody in its place, or for a person
// as long as that person is on the reading team.
func (f *Feature) render(ctx context.Context, id string) (bot.Message, int64, error) {
	id, who, personal := strings.Cut(id, "/")
	v, err := f.c.Voices.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	seenBy := []bot.Person{}
	if personal {
		p, err := f.c.People.Person(ctx, bot.PersonID(who))
		switch gone := notHere(err); {
		case err != nil && !gone:
			return bot.Message{}, 0, err
		case gone || !reads(p) || !v.inCircle(p.ID):
			return bot.Notice("You are no longer on the reading team."), v.Version, nil
		}
		seenBy = append(seenBy, p)
	} else if slices.ContainsFunc(v.Cards, func(c Card) bool { return c.Place != "" && c.Blank }) {
		return bot.Notice("This card has left the channel, because people of another organisation can read here now. The reading team has it."), v.Version, nil
	}
	if !personal {
		all, err := f.c.People.Persons(ctx, v.Readers...)
		if err != nil {
			return bot.Message{}, 0, err
		}
		for _, p := range all {
			if reads(p) && v.inCircle(p.ID) {
				seenBy = append(seenBy, p)
			}
		}
	}
	message, err := f.drawn(ctx, v, seenBy)
	return message, v.Version, err
}

// reads reports whether a person is on the reading team.
func reads(p bot.Person) bool {
	return !p.Inactive && !p.Outside && slices.Contains(p.Roles, bot.Reader)
}

// recall makes good what follows from a change of the reading team, however it
// came about: the cards of those who left are drawn anew without words, those of
// who came back with them, open voices of those who left go to another one of
// their circle, and where nobody of it is left, the leads are told. A place in
// which another organisation has come to read loses its cards to the readers.
func (f *Feature) recall(ctx context.Context) error {
	f.recalling.Lock()
	defer f.recalling.Unlock()
	t, err := f.team(ctx)
	if err != nil {
		return err
	}
	slices.Sort(t.readers)
	if f.recalled && slices.Equal(f.readers, t.readers) && maps.Equal(f.outside, t.outside) {
		return nil
	}
	all, err := f.c.Voices.List(ctx, Query{})
	if err != nil {
		return err
	}
	for _, v := range all {
		if before := v.Version; !t.follow(&v) && v.Version == before {
			continue
		}
		if err := f.recallOne(ctx, v.ID, t); err != nil && !notHere(err) {
			return err
		}
	}
	f.readers, f.outside, f.recalled = t.readers, t.outside, true
	return nil
}

func (f *Feature) recallOne(ctx context.Context, id string, t team) error {
	alarms, err := f.nobodyReads(ctx)
	if err != nil {
		return err
	}
	return f.c.Voices.Change(ctx, id, func(v *Voice) ([]bot.Delivery, error) {
		before := v.Version
		var out []bot.Delivery
		if t.follow(v) {
			out = append(out, alarms...)
		}
		if v.Version != before {
			for _, card := range v.Cards {
				out = append(out, v.delivery(card))
			}
		}
		return out, nil
	})
}

// follow adapts a voice to today's reading team, in a new version if anything of
// it changes, and reports whether it is open and nobody is left who may read it.
func (t team) follow(v *Voice) (stranded bool) {
	changed := false
	if t.outside[v.Place] {
		v.Place, changed = "", true
		for _, reader := range t.of(*v) {
			if !v.State.Closed() {
				v.carded(Card{Person: reader})
			}
		}
	}
	for _, card := range v.Cards {
		blank := card.Person != "" && !slices.Contains(t.readers, card.Person) || card.Place != v.Place && card.Place != ""
		if blank != card.Blank {
			card.Blank, changed = blank, true
			v.carded(card)
		}
	}
	if !v.State.Closed() && !slices.Contains(t.readers, v.Owner) {
		next := chooseOwner(t.of(*v), nil, t.load, "")
		if next == "" {
			stranded = true
		} else {
			v.Owner, changed = next, true
			t.load[next]++
		}
	}
	if changed {
		v.Version++
	}
	return stranded
}

// tagLength is how many characters stand for a reader in the form. The argument
// of a form has 200, enough for 33 of them.
const tagLength = 6

func tag(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base32.StdEncoding.EncodeToString(sum[:])[:tagLength]
}

// shown writes down whom a form names, for its way to the author and back: the
// team may change before it is sent.
func (a audience) shown() string {
	var tags strings.Builder
	if a.placeID != "" {
		tags.WriteString(tag(string(a.placeID)))
	}
	for _, reader := range a.readers {
		tags.WriteString(tag(string(reader.ID)))
	}
	return tags.String()
}

// promised leaves of today's audience those whom the form had named when it was
// shown. It can only become smaller, whatever comes back with a form; one that
// was made without showing it names today's.
func (a audience) promised(shown string) audience {
	if shown == "" {
		return a
	}
	named := map[string]bool{}
	for part := range slices.Chunk([]byte(shown), tagLength) {
		named[string(part)] = true
	}
	a.readers = slices.DeleteFunc(slices.Clone(a.readers), func(p bot.Person) bool { return !named[tag(string(p.ID))] })
	if !named[tag(string(a.placeID))] {
		a.placeID = ""
	}
	return a
}

// circle is who may read what is sent, by id: their order says nothing. The set
// itself tells no more of the moment than between which changes of the team it
// was sent.
func (a audience) circle(without []bot.PersonID) []bot.PersonID {
	var all []bot.PersonID
	for _, reader := range a.readers {
		if !slices.Contains(without, reader.ID) {
			all = append(all, reader.ID)
		}
	}
	slices.Sort(all)
	return all
}

var (
	errOutside = &bot.Error{Code: "voice-outside", Say: "Only colleagues of this organisation can be on the reading team, and I know no account of this organisation for this one. Choose somebody else."}
	errOneself = &bot.Error{Code: "voice-oneself", Say: "Nobody puts themselves on the reading team. Ask another comms lead to do it; then all readers and leads are told."}
)

// setReader changes the reading team, and tells readers and leads who did it.
func (f *Feature) setReader(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	leaves, name := in.Value(joinField) == "leave", ""
	told, err := f.withRole(ctx, bot.Reader, bot.Lead)
	if err != nil {
		return nil, err
	}
	err = f.c.People.Change(ctx, bot.PersonID(in.Value(personField)), func(p *bot.Person) ([]bot.Delivery, error) {
		name = p.Name
		switch is := slices.Contains(p.Roles, bot.Reader); {
		case is != leaves:
			return nil, nil // so it is already
		case leaves:
			p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r bot.Role) bool { return r == bot.Reader })
		case p.Outside:
			return nil, errOutside
		case p.ID == in.Actor.Person:
			return nil, errOneself
		default:
			p.Roles = append(slices.Clone(p.Roles), bot.Reader)
		}
		return f.teamNews(in.Actor, *p, leaves, told), nil
	})
	var refused *bot.Error
	switch {
	case notHere(err):
		return bot.Invalid{Fields: map[string]string{personField: "I do not know this person yet. Choose somebody who has written to the bot or was imported."}}, nil
	case errors.As(err, &refused):
		return bot.Invalid{Fields: map[string]string{personField: refused.Say}}, nil
	case err != nil:
		return nil, err
	}
	if err := f.recall(ctx); err != nil {
		return nil, err // the team is changed; the sweep tries the cards again
	}
	if leaves {
		return bot.Done{Message: bot.Notice(name + " is no longer on the reading team.")}, nil
	}
	return bot.Done{Message: bot.Notice(name + " is on the reading team.")}, nil
}

// teamNews tells a change of the reading team to its members, the leads and the
// person concerned.
func (f *Feature) teamNews(by bot.Actor, p bot.Person, leaves bool, told []bot.Person) []bot.Delivery {
	what, after := "joined", " Of what was sent before they can read only what named them to its author, or what one of the readers passes on."
	if leaves {
		what, after = "left", " They can no longer read what was sent; the words are gone from the cards they had."
	}
	message := bot.Message{Summary: p.Name + " " + what + " the reading team", Blocks: []bot.Block{bot.Paragraph{Text: bot.Line(
		bot.Name(p.ID, p.Name), " "+what+" the reading team. The change was made by ", bot.Name(by.Person, by.Name), ".", after)}}}
	key := "voices/team/" + string(p.ID) + "/" + what + "/" + strconv.FormatInt(f.c.Clock.Now().UnixMicro(), 36) + "/"
	if !slices.ContainsFunc(told, func(other bot.Person) bool { return other.ID == p.ID }) {
		told = append(slices.Clone(told), p)
	}
	var all []bot.Delivery
	for _, one := range told {
		all = append(all, bot.Delivery{Key: key + string(one.ID), To: bot.Address{Person: one.ID}, Frozen: &message, Class: bot.Alarm})
	}
	return all
}
