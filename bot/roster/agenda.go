package roster

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// DefaultRhythm is when the agenda is posted until a lead chooses otherwise.
const DefaultRhythm = "first Monday of the month 10:00"

func (f *Feature) placeForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	desk, err := f.Stores.Register.Desk(ctx)
	if err != nil {
		return nil, err
	}
	place := bot.Field{Name: "place", Kind: bot.PlaceField, Label: "Which place?", Required: true, Help: "A channel of the representatives and deputies. Who is in it reads the agenda."}
	rhythm := DefaultRhythm
	if desk.Place != "" {
		place.Value, rhythm = []string{string(desk.Place)}, desk.Rhythm
	}
	return &bot.Form{Title: "Representatives' place", Submit: "Save", Intro: []bot.Block{
		paragraph("I post a short agenda there: decisions that are still open, points that representatives added, and what is open elsewhere."),
	}, Fields: []bot.Field{place, {Name: "rhythm", Kind: bot.LineField, Label: "When", Value: []string{rhythm}, Placeholder: DefaultRhythm, Help: "Empty: no agenda is posted."}}}, nil
}

// setPlace saves the place and the rhythm.
func (f *Feature) setPlace(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	place, err := f.Places.Place(ctx, bot.PlaceID(in.Value("place")))
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return nil, err
	}
	wrong := map[string]string{}
	if say := refusesAgenda(place, err == nil); say != "" {
		wrong["place"] = say
	}
	now, spec := f.Clock.Now(), schedule.Spec{}
	if phrase := strings.TrimSpace(in.Value("rhythm")); phrase != "" {
		var said *schedule.PhraseError
		if spec, err = schedule.ParseAt(phrase, schedule.DateOf(now, f.Organisation.Zone)); errors.As(err, &said) {
			wrong["rhythm"] = said.Say
		} else if err != nil {
			return nil, err
		}
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	rhythm := ""
	if !spec.IsZero() {
		rhythm = spec.String()
	}
	err = f.Stores.Register.Change(ctx, nil, func(d *Desk, _ []Seen) ([]bot.Delivery, error) {
		d.Place, d.Rhythm = place.ID, rhythm
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	if err := f.plan(ctx); err != nil {
		return nil, err
	}
	slot, ok := spec.Next(now, f.Organisation.Zone, nil)
	if !ok {
		return finish(in, bot.Notice("Representatives share "+place.Name+". No agenda is posted by itself; /evangelist agenda shows what would stand on it.")), nil
	}
	message := bot.Message{Summary: "Representatives share " + place.Name + ".", Blocks: []bot.Block{
		paragraph("Representatives share "+place.Name+". The agenda stands there "+spec.Describe()+", for the first time on ", bot.Moment(slot.Due, bot.DateTimeStyle), "."),
	}}
	return finish(in, message), nil
}

// refusesAgenda says why the agenda cannot stand in a place, "" when it can.
func refusesAgenda(place bot.Place, known bool) string {
	switch {
	case !known:
		return "I do not know that place. Add me to it first, then choose it again."
	case place.Kind != bot.OpenChannel && place.Kind != bot.PrivateChannel:
		return "An agenda is for several people. Choose a channel."
	case place.Archived:
		return "That channel is archived. Choose one that is in use."
	case place.External:
		return "That channel is shared with another organisation, and the agenda is for colleagues. Choose another one."
	case !place.Member:
		return "I am not a member of that channel. Add me to it first, then choose it again."
	}
	return ""
}

// among reports whether somebody has a place.
func (p picture) among(person bot.PersonID) bool {
	_, post := p.place(person)
	return post != ""
}

// meets reads everything for somebody who takes part in the representatives' place;
// for all others there is no such thing.
func (f *Feature) meets(ctx context.Context, actor bot.Actor) (picture, error) {
	p, err := f.look(ctx)
	if err == nil && !mayMeet(actor, p.among(actor.Person)) {
		err = bot.ErrNotFound
	}
	return p, err
}

// agenda adds a point, or shows the agenda as it stands.
func (f *Feature) agenda(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.meets(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	words := unquoted(in.Words)
	if words == "" {
		message, _, err := f.compose(ctx, p)
		return bot.Say{Message: message}, err
	}
	if n := len([]rune(words)); n > MaxWords {
		return nil, bot.Refuse("long", fmt.Sprintf("That has %d characters. Please keep a point to %d; nothing was added.", n, MaxWords))
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	if err := f.Stores.Points.Add(ctx, Point{ID: once, Words: words, By: in.Actor.Person, At: p.now}); err != nil {
		return nil, err
	}
	return bot.Say{Message: bot.Notice("Your point stands on the next agenda. /evangelist agenda shows it.")}, nil
}

// unquoted takes the quotes away that somebody typed around their words.
func unquoted(words string) string {
	return strings.Trim(bot.Clean(words, 0), "\"“”„ ")
}

// compose makes the agenda as it is now, and lists the points on it.
func (f *Feature) compose(ctx context.Context, p picture) (bot.Message, []string, error) {
	open, err := f.Stores.Decisions.List(ctx, ToDo)
	if err != nil {
		return bot.Message{}, nil, err
	}
	points, err := f.Stores.Points.List(ctx)
	if err != nil {
		return bot.Message{}, nil, err
	}
	var items []Item
	for _, source := range f.Agenda {
		some, err := source(ctx)
		if err != nil {
			return bot.Message{}, nil, fmt.Errorf("compose the agenda: %w", err)
		}
		items = append(items, some...)
	}
	ids := make([]string, len(points))
	for i, point := range points {
		ids[i] = point.ID
	}
	inOrder(open)
	return agendaMessage(p, open, points, items, f.decisionLine), ids, nil
}

func agendaMessage(p picture, open []Decision, points []Point, items []Item, line func(picture, Decision) bot.Spans) bot.Message {
	message := titled("Agenda of the representatives")
	if len(open) > 0 {
		list := bot.List{Ordered: true}
		for _, d := range open {
			list.Items = append(list.Items, line(p, d))
		}
		message.Blocks = append(message.Blocks, section("Decided, and still open"), list)
	}
	if len(points) > 0 {
		var list bot.List
		for _, point := range points {
			list.Items = append(list.Items, bot.Line(point.Words+" (", bot.Name(point.By, p.name(point.By)), ")"))
		}
		message.Blocks = append(message.Blocks, section("Points of representatives"), list)
	}
	last := ""
	for i, item := range items {
		if i == 0 || item.About != last {
			message.Blocks = append(message.Blocks, section(item.About), bot.List{})
			last = item.About
		}
		list := message.Blocks[len(message.Blocks)-1].(bot.List)
		words := bot.T(item.Words)
		if item.Address != "" {
			words = bot.Line(bot.To(item.Words, item.Address))
		}
		list.Items = append(list.Items, words)
		message.Blocks[len(message.Blocks)-1] = list
	}
	if len(message.Blocks) == 1 {
		message.Blocks = append(message.Blocks, paragraph("Nothing is open. A point of your own: ", bot.Mono("/evangelist agenda POINT")))
	}
	message.Blocks = append(message.Blocks, row(bot.Button{Command: "roster.decided", Label: "Note a decision"}, bot.Button{Command: "roster.decisions", Label: "Decisions"}),
		note("For the next agenda: ", bot.Mono("/evangelist agenda POINT")))
	return message
}

// postAgenda is the chore: one agenda per slot.
func (f *Feature) postAgenda(ctx context.Context, tick schedule.Tick) error {
	p, err := f.look(ctx)
	if err != nil || p.desk.Place == "" {
		return err
	}
	message, ids, err := f.compose(ctx, p)
	if err != nil {
		return err
	}
	return f.Stores.Points.Post(ctx, tick.Slot, ids, []bot.Delivery{{
		Key: "roster/agenda/" + tick.Slot, To: bot.Address{Place: p.desk.Place}, Class: bot.Asked, Frozen: &message,
	}})
}
