package voices

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Next is what leads on from a voice, as others see it.
type Next struct {
	Facts   []bot.Fact   // what came of it, for its card and the board
	Buttons []bot.Button // what may be made of it
	Answer  string       // words with which its answer may begin; empty: none
}

// NextSource says what leads on from a voice where these persons see it. It is pure
// reading.
type NextSource func(ctx context.Context, v Voice, seenBy []bot.Person) (Next, error)

func (f *Feature) next(ctx context.Context, v Voice, seenBy []bot.Person) (Next, error) {
	if f.c.Next == nil || v.Kind != Idea || v.State == Withdrawn {
		return Next{}, nil
	}
	return f.c.Next(ctx, v, seenBy)
}

// Enter writes into a voice one line of what came of it, dated to the day. Its
// author reads it there, with the private code as well; nothing is sent to the
// author. A second line with the same key changes nothing, nor does one for what
// was taken back. bot.ErrNotFound.
func (f *Feature) Enter(ctx context.Context, id, key, words string) error {
	line := News{Key: key, Day: schedule.DateOf(f.c.Clock.Now(), f.c.Organisation.Zone), Words: bot.Clean(words, maxWords)}
	v, err := f.c.Voices.Get(ctx, id)
	if err != nil || !v.takes(line) {
		return err
	}
	t, err := f.team(ctx)
	if err != nil {
		return err
	}
	return f.c.Voices.Change(ctx, id, func(v *Voice) ([]bot.Delivery, error) {
		if !v.takes(line) {
			return nil, nil
		}
		v.News = append(slices.Clone(v.News), line)
		v.Version++
		return t.cards(v), nil
	})
}

// takes reports whether a line of news would be new.
func (v Voice) takes(line News) bool {
	return v.State != Withdrawn && line.Words != "" && !slices.ContainsFunc(v.News, func(n News) bool { return n.Key == line.Key })
}

// newsBlocks show what came of a voice.
func newsBlocks(v Voice) []bot.Block {
	if len(v.News) == 0 {
		return nil
	}
	list := bot.List{}
	for _, n := range v.News {
		list.Items = append(list.Items, bot.Line(bot.Strong(showDay(n.Day)+": "), n.Words))
	}
	return []bot.Block{bot.Heading{Level: 2, Text: bot.T("What came of it")}, list}
}

func showDay(day schedule.Date) string { return fmt.Sprintf("%d %s %d", day.Day, day.Month, day.Year) }

// public reports whether everybody may read the neutral summary of an idea.
func public(v Voice) bool {
	return v.Kind == Idea && v.State != Withdrawn && v.Summary != "" && !v.Unpublished
}

// mayWeigh reports whether the actor may support an idea, with a name.
func mayWeigh(actor bot.Actor, v Voice) bool { return actor.Has(bot.Colleague) && public(v) }

// crowd is the active colleagues who are known: among them support is counted.
type crowd map[bot.PersonID]bool

// Support is how many of the crowd support a voice, without its author where that is
// known.
func (v Voice) Support(among crowd) int {
	persons := crowd{}
	for _, w := range v.Weights {
		if among[w.Person] && w.Person != v.AuthorPerson {
			persons[w.Person] = true
		}
	}
	return len(persons)
}

// fewSupport is below how many supporters no number is shown, and the step in which
// numbers grow: two numbers lie as far apart, whenever they are read. Who watches
// closely can see that somebody came, never who.
const fewSupport = 5

// shown is what others learn of a number of supporters among so many colleagues:
// none, several (1), or at least how many. That hardly anybody does not support an
// idea is not shown either.
func shown(n, known int) int {
	if n == 0 {
		return 0
	}
	most := min(n, known-fewSupport)
	if most < fewSupport {
		return 1
	}
	return most - most%fewSupport
}

// shown is what others learn of the support of a voice: none, several, or at least how
// many.
func (v Voice) shown(among crowd) int { return shown(v.Support(among), len(among)) }

// support says who supports an idea, of so many colleagues; "" when nobody does.
func support(v Voice, among crowd) string {
	switch least := v.shown(among); least {
	case 0:
		return ""
	case 1:
		return "several colleagues"
	default:
		return fmt.Sprintf("at least %d of %d colleagues", least, len(among))
	}
}

// colleagues are the active colleagues who are known.
func (f *Feature) colleagues(ctx context.Context) (crowd, error) {
	all, err := f.c.People.Persons(ctx)
	active := crowd{}
	for _, p := range all {
		if !p.Inactive && !p.Outside {
			active[p.ID] = true
		}
	}
	return active, err
}

// supportedBy reports whether a person supports the voice.
func (v Voice) supportedBy(who bot.PersonID) bool {
	return who != "" && slices.ContainsFunc(v.Weights, func(w Weight) bool { return w.Person == who })
}

// weigh adds somebody's weight or takes it away, and reports whether that changed
// what others see of it.
func (v *Voice) weigh(who Weight, adds bool, among crowd) bool {
	before := v.shown(among)
	switch {
	case !adds:
		v.Weights = slices.DeleteFunc(slices.Clone(v.Weights), func(w Weight) bool { return w.Account == who.Account || w.Person != "" && w.Person == who.Person })
	case !v.supportedBy(who.Person):
		v.Weights = append(slices.Clone(v.Weights), who)
	}
	return v.shown(among) != before
}

// The reasons for which no weight is kept.
var (
	errOwnIdea  = &bot.Error{Code: "voice-own", Say: "This idea is your own, so it has your weight already. Nothing was changed."}
	errDeclined = &bot.Error{Code: "voice-declined", Say: "This idea was declined, so your weight would change nothing and was not kept. Its author may appeal once; for something new type /idea."}
)

func (f *Feature) togetherCommands() []bot.Command {
	return []bot.Command{
		f.boardCommand(),
		{Name: "voices.weigh", Needs: bot.Colleague, Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) { return f.weigh(ctx, in, true) }},
		{Name: "voices.unweigh", Needs: bot.Colleague, Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) { return f.weigh(ctx, in, false) }},
	}
}

// publicIdea returns the idea with a reference that the actor may support.
func (f *Feature) publicIdea(ctx context.Context, actor bot.Actor, reference string) (Voice, error) {
	found, err := f.c.Voices.List(ctx, Query{Reference: reference})
	if err != nil {
		return Voice{}, err
	}
	if reference == "" || len(found) == 0 || !mayWeigh(actor, found[0]) {
		return Voice{}, bot.ErrNotFound
	}
	return found[0], nil
}

// weigh keeps or forgets somebody's weight. It goes with a name: whoever adds it
// is told what becomes of the idea.
func (f *Feature) weigh(ctx context.Context, in bot.Invocation, adds bool) (bot.Reply, error) {
	v, err := f.publicIdea(ctx, in.Actor, in.Arg)
	if err != nil {
		return nil, err
	}
	if in.Actor.Person == "" && adds {
		if _, err := f.c.People.Record(ctx, []bot.AccountFact{{Account: in.Actor.Account, Name: in.Actor.Name}}); err != nil {
			return nil, err
		}
		if in.Actor, err = f.c.People.Actor(ctx, in.Actor.Account); err != nil {
			return nil, err
		}
	}
	t, err := f.team(ctx)
	if err != nil {
		return nil, err
	}
	among, err := f.colleagues(ctx)
	if err != nil {
		return nil, err
	}
	err = f.c.Voices.Change(ctx, v.ID, func(stored *Voice) ([]bot.Delivery, error) {
		switch {
		case !mayWeigh(in.Actor, *stored):
			return nil, bot.ErrNotFound
		case adds && stored.AuthorPerson != "" && stored.AuthorPerson == in.Actor.Person:
			return nil, errOwnIdea
		case adds && stored.State == Refused:
			return nil, errDeclined
		}
		var cards []bot.Delivery
		if stored.weigh(Weight{Account: in.Actor.Account, Person: in.Actor.Person}, adds, among) {
			stored.Version++
			cards = t.cards(stored)
		}
		v = *stored
		return cards, nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: weighedMessage(v, adds, among)}, nil
}

func weighedMessage(v Voice, added bool, among crowd) bot.Message {
	head, after := "Your weight is with idea "+v.Reference, "You are told when it becomes a pilot and what is decided. Nobody is shown your name for it."
	button := bot.Button{Command: "voices.unweigh", Arg: v.Reference, Label: "Take my weight back"}
	if !added {
		head, after = "Your weight is not with idea "+v.Reference, "You are told nothing more about it."
		button = bot.Button{Command: "voices.weigh", Arg: v.Reference, Label: "Add my weight"}
	}
	line := bot.Line(bot.Strong(head), ". ", after)
	if who := support(v, among); who != "" {
		line = bot.Line(line, " It is supported by "+who+".")
	}
	return bot.Message{Summary: head, Blocks: []bot.Block{
		bot.Quote{Text: bot.T(v.Summary), By: bot.T("in the reading team's words")}, bot.Paragraph{Text: line}, bot.Actions{Buttons: []bot.Button{button}},
	}}
}

// alike returns the public ideas that are most like a text, the likest first.
func (f *Feature) alike(ctx context.Context, v Voice) ([]Voice, error) {
	all, err := f.c.Voices.List(ctx, Query{Kind: Idea})
	if err != nil {
		return nil, err
	}
	words := keywords(v.Words)
	shared := map[string]int{}
	all = slices.DeleteFunc(all, func(other Voice) bool {
		for word := range keywords(other.Summary) {
			if words[word] {
				shared[other.ID]++
			}
		}
		own := other.AuthorPerson != "" && other.AuthorPerson == v.AuthorPerson
		return other.ID == v.ID || own || !public(other) || other.State == Refused || shared[other.ID] < fewestShared
	})
	slices.SortStableFunc(all, func(a, b Voice) int { return shared[b.ID] - shared[a.ID] })
	return all[:min(len(all), mostAlike)], nil
}

const (
	fewestShared = 2 // words that two ideas share before they count as alike
	mostAlike    = 3
)

// plainWords say nothing about what a text is about.
const plainWords = " about after also been before could each every from have into just like made make more much need only other over should some such than that their them then there these they this those through very want were what when where which while will with without would your "

// keywords are the words of a text that say what it is about, without a plural s.
func keywords(text string) map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if utf8.RuneCountInString(word) > 3 && !strings.Contains(plainWords, " "+word+" ") {
			words[strings.TrimSuffix(word, "s")] = true
		}
	}
	return words
}

// alikeBlocks offers ideas that somebody's own is like.
func (f *Feature) alikeBlocks(ctx context.Context, v Voice) ([]bot.Block, error) {
	if v.Kind != Idea {
		return nil, nil
	}
	alike, err := f.alike(ctx, v)
	if err != nil || len(alike) == 0 {
		return nil, err
	}
	blocks := []bot.Block{bot.Heading{Level: 2, Text: bot.T("Colleagues have said something like it")}}
	for _, other := range alike {
		blocks = append(blocks, bot.Paragraph{Text: bot.Line(bot.Strong("Idea "+other.Reference), ": "+other.Summary)},
			bot.Actions{Buttons: []bot.Button{{Command: "voices.weigh", Arg: other.Reference, Label: "Add my weight"}}})
	}
	return append(blocks, bot.Note{Text: bot.T("Add your weight to one of them and take yours back, or keep yours: both are fine.")}), nil
}
