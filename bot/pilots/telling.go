package pilots

import (
	"context"
	"errors"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// storyOf returns the story that a button names by its own id or by its pilot's,
// and that the actor may do the act to.
func (f *Feature) storyOf(ctx context.Context, in bot.Invocation, act StoryAct) (Story, error) {
	id, _ := splitID(in.Arg)
	story, err := f.Stores.Stories.Of(ctx, id)
	if err != nil {
		if story, err = f.Stores.Stories.Get(ctx, id); err != nil {
			return Story{}, err
		}
	}
	if !story.May(in.Actor, act) {
		return Story{}, bot.ErrNotFound
	}
	return story, nil
}

func (f *Feature) namesIn(ctx context.Context, stories ...Story) (map[bot.PersonID]string, error) {
	var ids []bot.PersonID
	for _, story := range stories {
		for _, n := range story.Named {
			ids = append(ids, n.Person)
		}
	}
	return f.names(ctx, ids...)
}

func (f *Feature) story(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	story, err := f.storyOf(ctx, in, SeeStory)
	if err != nil {
		return nil, err
	}
	names, err := f.namesIn(ctx, story)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: storyMessage(story, names, in.Actor)}, nil
}

// changeStory carries out a rule and shows the story as it is then.
func (f *Feature) changeStory(ctx context.Context, in bot.Invocation, rule func(*Story) ([]bot.Delivery, error)) (bot.Reply, error) {
	story, err := f.storyOf(ctx, in, SeeStory)
	if err != nil {
		return nil, err
	}
	err = f.Stores.Stories.Change(ctx, story.ID, func(s *Story) ([]bot.Delivery, error) {
		out, err := rule(s)
		story = *s
		return out, err
	})
	if err != nil {
		return nil, err
	}
	names, err := f.namesIn(ctx, story)
	if err != nil {
		return nil, err
	}
	return finish(in, storyMessage(story, names, in.Actor)), nil
}

func (f *Feature) storyForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	story, err := f.storyOf(ctx, in, EditStory)
	if err != nil {
		return nil, err
	}
	if story.Told() {
		return nil, ErrStoryTold
	}
	return &bot.Form{Title: "The story", Arg: story.ID, Submit: "Save", Fields: []bot.Field{
		{Name: "words", Kind: bot.ParagraphField, Label: "What came of it", Required: true, Max: maxStory, Value: filled(story.Words),
			Help: "Name nobody here: thanks stand under it, with the names of those who allow it."},
		{Name: "title", Kind: bot.LineField, Label: "Title", Max: maxTitle, Value: filled(story.Title)},
	}}, nil
}

func (f *Feature) editStory(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	story, err := f.storyOf(ctx, in, EditStory)
	if err != nil {
		return nil, err
	}
	a := read(in)
	words, title := a.text("words", maxStory, "The story has no words. Write a few, or close the form to keep those that are there."), a.line("title", maxTitle, "")
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	if title == "" {
		title = story.Title
	}
	return f.changeStory(ctx, in, func(s *Story) ([]bot.Delivery, error) { return s.Rewrite(in.Actor, title, words) })
}

func (f *Feature) offerStory(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.changeStory(ctx, in, func(s *Story) ([]bot.Delivery, error) { return s.Offer(in.Actor, f.Clock.Now()) })
}

func (f *Feature) withholdStory(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.changeStory(ctx, in, func(s *Story) ([]bot.Delivery, error) { return s.Withhold(in.Actor) })
}

// allow keeps what somebody who is named allows.
func (f *Feature) allow(consent Consent) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		story, err := f.storyOf(ctx, in, Consented)
		if err != nil {
			return nil, err
		}
		err = f.Stores.Stories.Change(ctx, story.ID, func(s *Story) ([]bot.Delivery, error) {
			out, err := s.Allow(in.Actor, consent)
			story = *s
			return out, err
		})
		if err != nil {
			return nil, err
		}
		return bot.Refresh{View: bot.View{Kind: storyView, ID: viewID(story.ID, in.Actor.Person), Version: story.Version}}, nil
	}
}

func (f *Feature) tellingForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	story, err := f.storyOf(ctx, in, EditStory)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Whom it was told to", Arg: story.ID, Submit: "Note it", Fields: []bot.Field{
		{Name: "whom", Kind: bot.LineField, Label: "Whom it was told to", Required: true, Max: maxLine, Placeholder: "The board, at its November meeting"},
		{Name: "on", Kind: bot.DateField, Label: "On which day", Value: filledDate(schedule.DateOf(f.Clock.Now(), f.Organisation.Zone))},
	}}, nil
}

func (f *Feature) telling(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.storyOf(ctx, in, EditStory); err != nil {
		return nil, err
	}
	a := read(in)
	whom, on := a.line("whom", maxLine, "Write whom you told it to."), a.date("on", "")
	zone, now := f.Organisation.Zone, f.Clock.Now()
	today := schedule.DateOf(now, zone)
	if today.Before(on) {
		a.wrong["on"] = "That day has not come yet. Choose today or a day before."
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	when := now
	if !on.IsZero() && on != today {
		when = at(on, 12, zone)
	}
	return f.changeStory(ctx, in, func(s *Story) ([]bot.Delivery, error) {
		return nil, s.Note(in.Actor, Telling{Key: "form/" + once, Whom: whom, At: when})
	})
}

// renderStory draws what asks one of those named for their consent.
func (f *Feature) renderStory(ctx context.Context, id string) (bot.Message, int64, error) {
	name, person := splitID(id)
	story, err := f.Stores.Stories.Get(ctx, name)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return consentMessage(story, bot.PersonID(person)), story.Version, nil
}

// stories answers "evangelist stories".
func (f *Feature) stories(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	all, err := f.Stores.Stories.List(ctx)
	if err != nil {
		return nil, err
	}
	var seen []Story
	for _, story := range all {
		if story.May(in.Actor, SeeStory) {
			seen = append(seen, story)
		}
	}
	seen = seen[:min(len(seen), maxListed)]
	names, err := f.namesIn(ctx, seen...)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: storiesMessage(seen, names)}, nil
}

// Told returns the stories that were offered before to and that no edition has
// told yet, the earliest first.
func (f *Feature) Told(ctx context.Context, to time.Time) ([]ToldStory, error) {
	all, err := f.Stores.Stories.List(ctx, Offered)
	if err != nil {
		return nil, err
	}
	names, err := f.namesIn(ctx, all...)
	if err != nil {
		return nil, err
	}
	var out []ToldStory
	for i := len(all) - 1; i >= 0; i-- {
		if told, ok := all[i].Tell(names); ok && !all[i].Told() && all[i].Offered.Before(to) {
			out = append(out, told)
		}
	}
	return out, nil
}

// MarkTold notes which edition told stories, so that no other offers them again;
// name is how people call it. A story that an edition told keeps that one; unknown
// ids are passed over. Idempotent.
func (f *Feature) MarkTold(ctx context.Context, ids []string, edition, name string) error {
	for _, id := range ids {
		err := f.Stores.Stories.Change(ctx, id, func(s *Story) ([]bot.Delivery, error) {
			if s.Told() {
				return nil, nil
			}
			s.tell(Telling{Key: editionKey + edition, Whom: name, At: f.Clock.Now()})
			return s.changed(), nil
		})
		if err != nil && !isGone(err) {
			return err
		}
	}
	return nil
}

// Happened is a pilot that started or was decided.
type Happened struct {
	ID        string
	Reference string
	Title     string
	Audience  string
	Ends      schedule.Date
	Choice    Choice // "" when it started
}

// Happenings returns the pilots that started or were decided at or after from and
// before to, the earliest first.
func (f *Feature) Happenings(ctx context.Context, from, to time.Time) ([]Happened, error) {
	all, err := f.Stores.Pilots.List(ctx, Filter{States: []State{Running, Deciding, Decided}})
	if err != nil {
		return nil, err
	}
	within := func(at time.Time) bool { return !at.Before(from) && at.Before(to) }
	var out []Happened
	for i := len(all) - 1; i >= 0; i-- {
		p := all[i]
		one := Happened{ID: p.ID, Reference: p.Reference, Title: p.Title, Audience: p.Audience, Ends: p.Ends}
		switch {
		case p.State == Decided && within(p.Verdict.At):
			one.Choice = p.Verdict.Choice
			out = append(out, one)
		case within(p.Started):
			out = append(out, one)
		}
	}
	return out, nil
}

func isGone(err error) bool { return errors.Is(err, bot.ErrNotFound) }

// ideaLine is what an idea's author reads of one step of its pilot.
type ideaLine struct{ key, words string }

// course lists the steps that a pilot has gone. A key never changes, and what was
// read once under it stands.
func (p Pilot) course() []ideaLine {
	key := "pilot/" + p.ID
	lines := []ideaLine{{key, "A pilot came of it, " + p.Reference + ": " + p.Title + ". It is being prepared. Once it runs you can read how it goes with /evangelist pilot " + p.Reference}}
	if !p.Started.IsZero() {
		lines = append(lines, ideaLine{key + "/start", "Pilot " + p.Reference + ", " + p.Title + ", has started. It runs until " + showDate(p.Ends) + "."})
	}
	switch {
	case p.State == Dropped:
		lines = append(lines, ideaLine{key + "/dropped", "Pilot " + p.Reference + ", " + p.Title + ", does not start after all: it was dropped while it was being prepared."})
	case p.State == Decided:
		lines = append(lines, ideaLine{key + "/verdict", p.verdictWords()})
	case p.Extended:
		lines = append(lines, ideaLine{key + "/extended", "Pilot " + p.Reference + ", " + p.Title + ", goes on longer, until " + showDate(p.Ends) + "."})
	}
	return lines
}

func (p Pilot) verdictWords() string {
	return "Pilot " + p.Reference + ", " + p.Title + ", is decided: " + p.Verdict.Choice.does() + ", because " + sentenceOf(p.Verdict.Reason)
}

// enterAll writes into ideas what their pilots have done and they do not have yet.
// It goes by what is kept, not by what has just happened, so that no crash loses a
// line. What fails is tried again by the next sweep.
func (f *Feature) enterAll(ctx context.Context) (time.Time, error) {
	if f.Enter == nil || !f.stale.Swap(false) {
		return time.Time{}, nil
	}
	f.entering.Lock()
	defer f.entering.Unlock()
	all, err := f.Stores.Pilots.List(ctx, Filter{})
	for _, p := range all {
		if p.Idea == "" {
			continue
		}
		for _, line := range p.course() {
			if f.entered[line.key] {
				continue
			}
			if failed := f.Enter(ctx, p.Idea, line.key, line.words); failed != nil && !isGone(failed) {
				err = errors.Join(err, failed)
				continue
			}
			f.entered[line.key] = true
		}
	}
	if err != nil {
		f.stale.Store(true)
	}
	return time.Time{}, err
}

// Came is the pilot that came of an idea.
type Came struct {
	Reference string
	Title     string
	Stands    string // "running until 9 December 2026"
	Started   bool   // everybody may read of it
	Verdict   string // what was decided, in a sentence; empty: nothing yet
}

// CameOf returns the newest pilot that came of an idea and was not dropped; false
// when there is none.
func (f *Feature) CameOf(ctx context.Context, idea string) (Came, bool, error) {
	all, err := f.Stores.Pilots.List(ctx, Filter{Idea: idea})
	if err != nil {
		return Came{}, false, err
	}
	for _, p := range all {
		if p.State == Dropped {
			continue
		}
		came := Came{Reference: p.Reference, Title: p.Title, Stands: p.stands(), Started: !p.Started.IsZero()}
		if p.State == Decided {
			came.Verdict = p.verdictWords()
		}
		return came, true, nil
	}
	return Came{}, false, nil
}
