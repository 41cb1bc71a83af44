package voices

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Told is what an edition says of what was heard.
type Told struct {
	Items []ToldItem
	// Waiting is how many voices without a name have an answer, news of what came of
	// them, or a question that waits for a reply, which only their private codes
	// open: their authors learn from an edition alone that it is worth looking.
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
	heard, err := f.c.Voices.List(ctx, Query{NewsFrom: schedule.DateOf(from, f.c.Organisation.Zone)})
	if err != nil {
		return Told{}, err
	}
	told := tell(closed, open)
	told.Waiting += f.unheard(closed, heard, to)
	return told, nil
}

// unheard is how many voices without a name have news of before to that their
// authors learn of by looking alone, besides those that were closed.
func (f *Feature) unheard(closed, heard []Voice, to time.Time) int {
	until := schedule.DateOf(to.Add(-1), f.c.Organisation.Zone)
	n := 0
	for _, v := range heard {
		fresh := slices.ContainsFunc(v.News, func(n News) bool { return !until.Before(n.Day) })
		counted := v.State == Asked || slices.ContainsFunc(closed, func(c Voice) bool { return c.ID == v.ID })
		if v.Anonymous() && fresh && !counted {
			n++
		}
	}
	return n
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

// boardCommand shows everybody the ideas of all. Whatever follows the phrase is
// the beginning of a sentence: "/idea board games in the lobby".
func (f *Feature) boardCommand() bot.Command {
	return bot.Command{
		Name: "voices.board", Phrases: []string{"idea board"}, Usage: "/idea board", Needs: bot.Colleague, Discreet: true,
		Help: "What colleagues suggest, how it stands, and what came of it; add your weight.",
		Form: func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
			if in.Words == "" {
				return nil, nil
			}
			return f.raiseForm(ctx, Idea, in.Actor, "board "+in.Words)
		},
		Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
			message, err := f.board(ctx, in.Actor)
			return bot.Say{Message: message}, err
		},
	}
}

// onBoard is how many ideas the board lists.
const onBoard = 15

// stays is how long an idea that is closed stays on the board.
const stays = 90 * 24 * time.Hour

// board lists the public ideas: those that are open first, then those with most
// support, as far as others may know it.
func (f *Feature) board(ctx context.Context, actor bot.Actor) (bot.Message, error) {
	all, err := f.c.Voices.List(ctx, Query{Kind: Idea})
	if err != nil {
		return bot.Message{}, err
	}
	among, err := f.colleagues(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	since := f.c.Clock.Now().Add(-stays)
	all = slices.DeleteFunc(all, func(v Voice) bool { return !public(v) || v.State.Closed() && v.Closed.Before(since) })
	slices.SortFunc(all, func(a, b Voice) int {
		if a.State.Closed() != b.State.Closed() {
			if a.State.Closed() {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.shown(among), a.shown(among)), cmp.Compare(a.Reference, b.Reference))
	})
	share := bot.Actions{Buttons: []bot.Button{{Command: "voices.idea", Label: "Share an idea", Tone: bot.Primary}}}
	message := bot.Message{Summary: "Ideas of colleagues", Blocks: []bot.Block{bot.Heading{Level: 1, Text: bot.T("Ideas of colleagues")}}}
	if len(all) == 0 {
		message.Blocks = append(message.Blocks, bot.Paragraph{Text: bot.T("No idea stands here at the moment. One appears when the reading team has written a neutral summary of it.")}, share)
		return message, nil
	}
	for _, v := range all[:min(len(all), onBoard)] {
		next, err := f.next(ctx, v, []bot.Person{{ID: actor.Person, Name: actor.Name, Roles: actor.Roles}})
		if err != nil {
			return bot.Message{}, err
		}
		message.Blocks = append(message.Blocks, boardBlocks(v, next, actor, among)...)
	}
	if more := len(all) - onBoard; more > 0 {
		message.Blocks = append(message.Blocks, bot.Note{Text: bot.T("There are more; open ones and those with most support stand first.")})
	}
	message.Blocks = append(message.Blocks, share, bot.Note{Text: bot.T("These are neutral summaries; nobody's own words stand here. " +
		"Whoever adds weight is told when the idea becomes a pilot and what is decided. Nobody is shown who did: it says several, or at least how many, in steps of five.")})
	return message, nil
}

// begun is a text, or as many of its words as most runes hold and a sign that there is
// more.
func begun(text string, most int) string {
	runes := []rune(bot.Clean(text, 0))
	if len(runes) <= most {
		return string(runes)
	}
	head := string(runes[:most-1])
	if end := strings.LastIndexAny(head, " \n"); end > 0 && !unicode.IsSpace(runes[most-1]) {
		head = head[:end]
	}
	return strings.TrimRight(head, " \n,;:.") + "…"
}

// boardBlocks is one idea as the board shows it to an actor.
func boardBlocks(v Voice, next Next, actor bot.Actor, among crowd) []bot.Block {
	blocks := []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong("Idea "+v.Reference), ", "+stateWord(v)+": "+v.Summary)}}
	if v.State.Closed() {
		blocks = append(blocks, bot.Note{Text: bot.T("The answer: " + begun(v.Outcome, 200))})
	}
	facts := slices.Clone(next.Facts)
	if who := support(v, among); who != "" {
		facts = append([]bot.Fact{{Label: "Support", Value: bot.T(who)}}, facts...)
	}
	if len(facts) > 0 {
		blocks = append(blocks, bot.Facts{Facts: facts})
	}
	var buttons []bot.Button
	switch own := v.AuthorPerson != "" && v.AuthorPerson == actor.Person; {
	case v.supportedBy(actor.Person):
		buttons = append(buttons, bot.Button{Command: "voices.unweigh", Arg: v.Reference, Label: "Take my weight back"})
	case !own && v.State != Refused:
		buttons = append(buttons, bot.Button{Command: "voices.weigh", Arg: v.Reference, Label: "Add my weight"})
	}
	if buttons = append(buttons, next.Buttons...); len(buttons) > 0 {
		blocks = append(blocks, bot.Actions{Buttons: buttons})
	}
	return blocks
}
