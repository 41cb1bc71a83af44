package digests

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
	"evangelist/digests/wording"
)

// readerCommands are what readers and those who are thanked can do.
func (f *Feature) readerCommands() []bot.Command {
	return []bot.Command{
		{Name: "digest.useful", Needs: bot.Colleague, Run: f.useful},
		{Name: "digest.used", Needs: bot.Colleague, Form: f.usedForm, Run: f.used},
		{Name: "digest.credit", Needs: bot.Colleague, Run: f.credit},
		{
			Name: "digest.credits", Phrases: []string{"digest credits"}, Usage: "/digest credits", Needs: bot.Colleague,
			Help: "shows and changes whether editions name you.", Run: f.credits,
		},
	}
}

// issued finds the item of a published edition that a button is about.
func (f *Feature) issued(ctx context.Context, arg string) (Edition, Item, error) {
	id, itemID, _ := splitArg(arg)
	edition, err := f.stores.Editions.Get(ctx, id)
	if err != nil {
		return Edition{}, Item{}, err
	}
	item, ok := edition.Shown().Item(itemID)
	if edition.State != Published || !ok {
		return Edition{}, Item{}, bot.ErrNotFound
	}
	return edition, item, nil
}

func (f *Feature) useful(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	edition, item, err := f.issued(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	vote := Vote{Edition: edition.ID, Link: item.Key, Account: in.Actor.Account, At: f.clock.Now()}
	if err := f.vote(ctx, edition, item, vote); err != nil {
		return nil, err
	}
	return bot.Say{Message: bot.Notice("Noted, thank you. Counts are shown from five people up; who they are is shown to nobody.")}, nil
}

// vote keeps a vote and brings the posted cards up to date when the shown
// count changes.
func (f *Feature) vote(ctx context.Context, edition Edition, item Item, vote Vote) error {
	fresh, err := f.stores.Votes.Vote(ctx, vote)
	if err != nil || !fresh {
		return err
	}
	tally, err := f.stores.Votes.Tally(ctx, edition.ID)
	if err != nil {
		return err
	}
	if tally[item.ID].words() == "" {
		return nil
	}
	digest, err := f.stores.Series.Get(ctx, edition.Digest)
	if err != nil {
		return err
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		e.Version++
		return f.editionCards(*e, digest), nil
	})
}

func (f *Feature) usedForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	_, item, err := f.issued(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	return &bot.Form{
		Title: "I used this", Command: "digest.used", Arg: in.Arg, Submit: "Tell",
		Intro: []bot.Block{bot.Paragraph{Text: bot.Line(bot.To(item.Title, item.URL))}},
		Fields: []bot.Field{{
			Name: "what", Kind: bot.LineField, Label: "What changed?", Required: true, Max: 200,
			Help: "One line, with your name, for the library of what worked. Whoever shared the link is thanked.",
		}},
	}, nil
}

func (f *Feature) used(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	edition, item, err := f.issued(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	what := bot.Clean(wording.OneLine(in.Value("what")), 200)
	if what == "" {
		return bot.Invalid{Fields: map[string]string{"what": "Say in one line what changed, for example “We answer these calls in half the time”."}}, nil
	}
	now := f.clock.Now()
	if f.cfg.Used != nil {
		use := Used{By: in.Actor, What: what, Title: item.Title, URL: item.URL, Edition: edition.ID, At: now}
		for _, sharer := range item.Sharers {
			if sharer.Person != "" {
				use.Sharers = append(use.Sharers, sharer.Person)
			}
		}
		if err := f.cfg.Used(ctx, use); err != nil {
			return nil, err
		}
	}
	vote := Vote{Edition: edition.ID, Link: item.Key, Account: in.Actor.Account, Used: true, Note: what, At: now}
	if err := f.vote(ctx, edition, item, vote); err != nil {
		return nil, err
	}
	say := bot.T("Thank you. That tells others what is worth their time.")
	if thanks := item.Thanks(); len(thanks) > 0 && item.Sharers[0].Name != "" {
		say = bot.Line("Thank you. The credit goes to ", bot.Name(item.Sharers[0].Person, item.Sharers[0].Name), ", who shared it.")
	}
	return bot.Done{Message: bot.Message{Summary: say.Plain(nil), Blocks: []bot.Block{bot.Paragraph{Text: say}}}}, nil
}

// tellSharers tells those whose names would appear for the first time, once
// per person.
func (f *Feature) tellSharers(ctx context.Context, digest Digest, edition Edition, content Content) error {
	first := map[bot.PersonID]Item{}
	var persons []bot.PersonID
	for _, item := range content.Items {
		for _, sharer := range item.Sharers {
			if _, known := first[sharer.Person]; sharer.Person != "" && sharer.Name != "" && !known {
				first[sharer.Person] = item
				persons = append(persons, sharer.Person)
			}
		}
	}
	if len(persons) == 0 {
		return nil
	}
	told, err := f.stores.Credits.Told(ctx, persons)
	if err != nil {
		return err
	}
	var fresh []bot.PersonID
	var deliveries []bot.Delivery
	for _, person := range persons {
		if told[person] {
			continue
		}
		fresh = append(fresh, person)
		message := f.creditMessage(digest, edition, first[person])
		deliveries = append(deliveries, bot.Delivery{
			Key: "credit/" + string(person), To: bot.Address{Person: person}, Frozen: &message, Class: bot.Answer,
		})
	}
	if len(fresh) == 0 {
		return nil
	}
	return f.stores.Credits.Tell(ctx, fresh, deliveries)
}

func (f *Feature) creditMessage(digest Digest, edition Edition, item Item) bot.Message {
	summary := "Your link may stand in " + digest.Name + ", with a thank-you by name"
	silence := "If you say nothing, your name stands beside it, inside " + f.organisation() + " only."
	if f.cfg.Silence == Unnamed {
		silence = "If you say nothing, it is shown without your name."
	}
	return bot.Message{Summary: summary, Blocks: []bot.Block{
		bot.Paragraph{Text: bot.Line("You shared ", bot.To(item.Title, item.URL), ". It may stand in ", bot.Strong(digest.Name), " on ",
			bot.ShowTime(edition.Due, bot.DayStyle, digest.Location()), ", with thanks to you. ", silence)},
		bot.Actions{Buttons: creditButtons()},
		bot.Note{Text: bot.Line("I ask once. Your answer holds for later links too; change it with ", bot.Mono("/digest credits"), ".")},
	}}
}

func (f *Feature) organisation() string {
	if f.cfg.Organisation.Name == "" {
		return "this organisation"
	}
	return f.cfg.Organisation.Name
}

func creditButtons() []bot.Button {
	return []bot.Button{
		{Command: "digest.credit", Arg: string(Named), Label: "Fine"},
		{Command: "digest.credit", Arg: string(Unnamed), Label: "Without my name"},
		{Command: "digest.credit", Arg: string(LeftOut), Label: "Leave it out"},
	}
}

func (f *Feature) credit(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	choice := Choice(in.Arg)
	say := map[Choice]string{
		Named:   "Good. Editions thank you by name, inside " + f.organisation() + " only.",
		Unnamed: "Good. Your links are shown without your name, also in editions that are out, where they can be changed.",
		LeftOut: "Good. Your links stay out of all editions, also of those that are out, where they can be changed.",
	}[choice]
	if say == "" {
		return nil, bot.ErrNotFound
	}
	if err := f.stores.Credits.Choose(ctx, in.Actor.Account, choice, f.clock.Now()); err != nil {
		return nil, err
	}
	f.wake()
	return bot.Say{Message: bot.Message{Summary: say, Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T(say)}, bot.Note{Text: bot.Line("Change it at any time with ", bot.Mono("/digest credits"), ".")},
	}}}, nil
}

func (f *Feature) credits(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	choice, err := f.stores.Credits.Choice(ctx, in.Actor.Account)
	if err != nil {
		return nil, err
	}
	if choice == Unasked {
		choice = f.cfg.Silence
	}
	say := map[Choice]string{
		Named:   "Editions thank you by name for links that you share.",
		Unnamed: "Links that you share are shown without your name.",
		LeftOut: "Links that you share stay out of all editions.",
	}[choice]
	return bot.Say{Message: bot.Message{Summary: say, Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T(say)}, bot.Actions{Buttons: creditButtons()},
	}}}, nil
}

// panel is the feature's part of a home page.
func (f *Feature) panel(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Colleague) {
		return nil, nil
	}
	digests, err := f.stores.Series.List(ctx)
	if err != nil {
		return nil, err
	}
	blocks := []bot.Block{bot.Heading{Level: 2, Text: bot.T("What colleagues share")}}
	if len(digests) == 0 {
		if !actor.Has(bot.Lead) {
			return nil, nil
		}
		return append(blocks, bot.Paragraph{Text: bot.T("There is no digest yet. A digest turns what colleagues share in chat into a regular edition that you approve.")},
			bot.Actions{Buttons: []bot.Button{{Command: "digest.new", Label: "Begin a digest", Tone: bot.Primary}}}), nil
	}
	for _, digest := range digests {
		more, err := f.digestBlocks(ctx, actor, digest)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, more...)
	}
	return append(blocks, bot.Actions{Buttons: []bot.Button{
		{Command: "digest.add", Label: "Put a link forward"}, {Command: "digest.credits", Label: "My name in editions"},
	}}), nil
}

func (f *Feature) digestBlocks(ctx context.Context, actor bot.Actor, digest Digest) ([]bot.Block, error) {
	edition, _, err := f.next(ctx, digest)
	var known *bot.Error
	if errors.As(err, &known) {
		return []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong(digest.Name), ": "+known.Say)}}, nil
	}
	if err != nil {
		return nil, err
	}
	when := bot.ShowTime(edition.Due, bot.DateTimeStyle, digest.Location())
	state := ", next on " + when + "."
	switch {
	case digest.Paused:
		state = " is paused."
	case edition.State == Approved:
		state = " is approved and goes out " + bot.ShowTime(edition.PublishAt, bot.DateTimeStyle, digest.Location()) + "."
	case !edition.Due.After(f.clock.Now()):
		state = " was due " + when + " and waits for its curator."
	}
	if !MayCurate(actor, digest) {
		return []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong(digest.Name), state)}}, nil
	}
	line := bot.Line(bot.Strong(digest.Name), state)
	if edition.State == Draft {
		proof, err := f.compose(ctx, digest, edition, edition.From, edition.To)
		if err != nil {
			return nil, err
		}
		line = append(line, bot.T(fmt.Sprintf(" %s in the draft, chosen from %s.", upperFirst(plural(len(proof.Content.All()), "thing", "things")), plural(proof.Content.Candidates, "link", "links")))...)
	}
	return []bot.Block{bot.Paragraph{Text: line}, bot.Actions{Buttons: f.deskButtons(digest, edition)}}, nil
}

// deskButtons carry the edition, or the digest while its next edition is not
// begun.
func (f *Feature) deskButtons(digest Digest, edition Edition) []bot.Button {
	open := bot.Button{Command: "digest.open", Arg: digest.ID, Label: "Open the draft", Tone: bot.Primary}
	if edition.State == Approved {
		open = bot.Button{Command: "digest.undo", Arg: edition.ID, Label: "Undo"}
	}
	return []bot.Button{
		open,
		{Command: "digest.inbox", Label: "Found elsewhere"},
		{Command: "digest.schedule", Arg: digest.ID, Label: "Schedule"},
	}
}
