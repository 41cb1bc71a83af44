package digests

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/digests/wording"
)

// seriesCommands begin digests and say when they are due.
func (f *Feature) seriesCommands() []bot.Command {
	return []bot.Command{
		{
			Name: "digest", Phrases: []string{"digest"}, Usage: "/digest", Needs: bot.Colleague,
			Help: "shows when the next edition is due, and what waits for you.", Run: f.overview,
		},
		{
			Name: "digest.new", Phrases: []string{"digest new"}, Usage: "/digest new", Needs: bot.Lead,
			Help: "begins a digest.", Form: f.newForm, Run: f.create,
		},
		{
			Name: "digest.schedule", Phrases: []string{"digest schedule"}, Usage: "/digest schedule", Needs: bot.Colleague,
			Help: "changes when and where a digest goes out, for its curator.", Form: f.scheduleForm, Run: f.reschedule,
		},
		{
			Name: "digest.rules", Phrases: []string{"digest rules"}, Usage: "/digest rules", Needs: bot.Colleague,
			Help: "changes who curates a digest and what happens if nobody decides.", Form: f.rulesForm, Run: f.setRules,
		},
		{Name: "digest.open", Needs: bot.Colleague, Run: f.openNext},
	}
}

func (f *Feature) overview(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if strings.TrimSpace(in.Words) != "" {
		return nil, bot.Refuse("unknown-word", "I do not know that word after /digest. Try /digest add ADDRESS, /digest preview, or /digest alone.")
	}
	blocks, err := f.panel(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if blocks == nil {
		return bot.Say{Message: bot.Notice("There is no digest here yet. Your comms lead can begin one with /digest new.")}, nil
	}
	return bot.Say{Message: bot.Message{Summary: "What colleagues share", Blocks: blocks}}, nil
}

// openNext opens the draft of a digest, beginning it when needed.
func (f *Feature) openNext(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	digest, err := f.chosenDigest(ctx, in)
	if err != nil {
		return nil, err
	}
	edition, err := f.draft(ctx, digest)
	if err != nil {
		return nil, err
	}
	return bot.Refresh{View: bot.View{Kind: DraftView, ID: edition.ID, Version: edition.Version}}, nil
}

// chosenDigest is the digest that Arg names, or the words, or the only one.
func (f *Feature) chosenDigest(ctx context.Context, in bot.Invocation) (Digest, error) {
	if in.Arg == "" {
		return f.curated(ctx, in.Actor, in.Words)
	}
	digest, err := f.stores.Series.Get(ctx, in.Arg)
	if err == nil && !MayCurate(in.Actor, digest) {
		err = bot.ErrNotFound
	}
	return digest, err
}

const (
	whenHelp  = `For example "every Friday 09:00", "every 2 weeks on Monday 14:00" or "last Thursday of the month 16:00".`
	placeHelp = "The edition is posted there. I must be a member of each channel."
)

func undecidedField(value Undecided) bot.Field {
	return bot.Field{
		Name: "undecided", Kind: bot.ChoiceField, Label: "If nobody approves it in time", Value: []string{string(value)},
		Options: []bot.Option{
			{Value: string(Wait), Label: "It waits", Help: "The deputy is asked. Nothing goes out unseen."},
			{Value: string(Go), Label: "It goes out as drafted", Help: "The deputy is asked first and has two hours."},
		},
	}
}

func (f *Feature) newForm(_ context.Context, in bot.Invocation) (*bot.Form, error) {
	var places []string
	if in.Place != "" {
		places = []string{string(in.Place)}
	}
	return &bot.Form{
		Title: "Begin a digest", Command: "digest.new", Submit: "Begin",
		Fields: []bot.Field{
			{Name: "name", Kind: bot.LineField, Label: "Name", Required: true, Placeholder: "Friday roundup", Max: 60, Value: one(in.Words)},
			{Name: "when", Kind: bot.LineField, Label: "When", Value: []string{"every Friday 09:00"}, Help: whenHelp, Max: 200},
			{Name: "places", Kind: bot.PlacesField, Label: "Where", Value: places, Help: placeHelp},
			{Name: "zone", Kind: bot.LineField, Label: "Time zone", Value: []string{f.cfg.Organisation.Zone.String()}, Help: `By continent and city, for example "Europe/London".`, Max: 60},
			undecidedField(Wait),
		},
	}, nil
}

// create begins a digest. The form's nonce is its identity: the same form sent
// twice begins one.
func (f *Feature) create(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	digest := Digest{IfUndecided: Undecided(in.Value("undecided")), Created: f.clock.Now()}
	wrong := map[string]string{}
	digest.Name = bot.Clean(wording.OneLine(in.Value("name")), 60)
	digest.Slug = NewSlug(digest.Name)
	if digest.Name == "" {
		wrong["name"] = "Give the digest a name, for example “Friday roundup”."
	}
	if digest.IfUndecided != Go {
		digest.IfUndecided = Wait
	}
	if err := f.readSchedule(ctx, in, &digest, wrong); err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	var err error
	if digest.Curator, err = f.person(ctx, in.Actor); err != nil {
		return nil, err
	}
	digest.ID = "d-" + ItemID(in.Nonce)
	if in.Nonce == "" {
		if digest.ID, err = bot.NewID(f.clock.Now(), f.cfg.Random); err != nil {
			return nil, err
		}
	}
	err = f.stores.Series.Add(ctx, digest, nil)
	if errors.Is(err, ErrDigestExists) {
		return bot.Invalid{Fields: map[string]string{"name": ErrDigestExists.Say}}, nil
	}
	if err != nil {
		return nil, err
	}
	return f.scheduled(ctx, digest, "begun")
}

// ErrDigestExists refuses a digest whose name leads to an address that is taken.
var ErrDigestExists = &bot.Error{Code: "digest-exists", Say: "There is a digest with that name already. Choose another name."}

// readSchedule reads when, zone and places from a form; what is wrong gets a
// sentence.
func (f *Feature) readSchedule(ctx context.Context, in bot.Invocation, d *Digest, wrong map[string]string) error {
	var phrase *schedule.PhraseError
	d.Zone = strings.TrimSpace(in.Value("zone"))
	if d.Zone == "" {
		d.Zone = f.cfg.Organisation.Zone.String()
	}
	zone, err := schedule.LoadZone(d.Zone)
	if errors.As(err, &phrase) {
		wrong["zone"], zone = phrase.Say, time.UTC
	}
	when := in.Value("when")
	if strings.TrimSpace(when) == "" {
		when = "every Friday 09:00"
	}
	spec, err := schedule.ParseAt(when, schedule.DateOf(f.clock.Now(), zone))
	if errors.As(err, &phrase) {
		wrong["when"] = phrase.Say
	}
	d.Spec = spec.String()
	d.Places = nil
	for _, id := range in.Values["places"] {
		if id == "" {
			continue
		}
		say, err := f.unfit(ctx, bot.PlaceID(id), in.Actor.Has(bot.Lead))
		if err != nil {
			return err
		}
		if say != "" {
			wrong["places"] = say
		}
		d.Places = append(d.Places, bot.PlaceID(id))
	}
	if len(d.Places) == 0 && wrong["places"] == "" {
		wrong["places"] = "Choose at least one channel where the edition is to be posted."
	}
	return nil
}

// scheduled keeps the digest's plan and says when the next edition is due.
func (f *Feature) scheduled(ctx context.Context, digest Digest, done string) (bot.Reply, error) {
	plan, err := digest.Plan()
	if err != nil {
		return nil, err
	}
	var slot schedule.Slot
	if f.cfg.Schedule != nil {
		slot, err = f.plan(ctx, digest.ID)
	} else {
		slot, _, err = digest.Slots(f.clock.Now())
	}
	var phrase *schedule.PhraseError
	if errors.As(err, &phrase) {
		return bot.Invalid{Fields: map[string]string{"when": phrase.Say}}, nil
	}
	if err != nil {
		return nil, err
	}
	f.wake()
	zone := digest.Location()
	say := bot.Line(bot.Strong(digest.Name), " is "+done+". It is due "+plan.Spec.Describe()+"; the next edition on ",
		bot.Strong(bot.ShowTime(slot.Due, bot.DateTimeStyle, zone)), ". The day before, its draft comes to the curator.")
	blocks := []bot.Block{bot.Paragraph{Text: say}}
	shared, err := f.readAlong(ctx, digest.Places)
	if err != nil {
		return nil, err
	}
	if shared != "" {
		blocks = append(blocks, bot.Note{Text: bot.T("People of another organisation read along in " + shared + ".")})
	}
	blocks = append(blocks, bot.Actions{Buttons: []bot.Button{{Command: "digest.open", Arg: digest.ID, Label: "Open the draft"}}})
	return bot.Done{Message: bot.Message{Summary: say.Plain(zone), Blocks: blocks}}, nil
}

func (f *Feature) scheduleForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	digest, err := f.chosenDigest(ctx, in)
	if err != nil {
		return nil, err
	}
	places := make([]string, len(digest.Places))
	for i, place := range digest.Places {
		places[i] = string(place)
	}
	state := "on"
	if digest.Paused {
		state = "paused"
	}
	return &bot.Form{
		Title: "Schedule", Command: "digest.schedule", Arg: digest.ID, Submit: "Save",
		Intro: []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong(digest.Name))}},
		Fields: []bot.Field{
			{Name: "when", Kind: bot.LineField, Label: "When", Required: true, Value: []string{digest.Spec}, Help: whenHelp, Max: 200},
			{Name: "places", Kind: bot.PlacesField, Label: "Where", Value: places, Help: placeHelp},
			{Name: "zone", Kind: bot.LineField, Label: "Time zone", Value: []string{digest.Zone}, Max: 60},
			{Name: "skip", Kind: bot.LineField, Label: "Days without an edition", Value: one(strings.Join(digest.SkipDates, ", ")),
				Help: "Dates such as 2026-12-25, with commas. What was shared then comes in the next edition.", Max: 2000},
			{Name: "state", Kind: bot.ChoiceField, Label: "The digest is", Value: []string{state}, Options: []bot.Option{
				{Value: "on", Label: "On"}, {Value: "paused", Label: "Paused", Help: "Links are still kept; nothing goes out."},
			}},
		},
	}, nil
}

func (f *Feature) reschedule(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	digest, err := f.chosenDigest(ctx, in)
	if err != nil {
		return nil, err
	}
	wrong := map[string]string{}
	if err := f.readSchedule(ctx, in, &digest, wrong); err != nil {
		return nil, err
	}
	digest.SkipDates = strings.FieldsFunc(in.Value("skip"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\n' })
	if _, err := schedule.NewSkipDates(digest.SkipDates); err != nil {
		wrong["skip"] = err.Error()
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	digest.Paused = in.Value("state") == "paused"
	err = f.stores.Series.Change(ctx, digest.ID, func(d *Digest) ([]bot.Delivery, error) {
		d.Spec, d.Zone, d.Places, d.SkipDates, d.Paused = digest.Spec, digest.Zone, digest.Places, digest.SkipDates, digest.Paused
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	if err := f.moveDraft(ctx, digest); err != nil {
		return nil, err
	}
	return f.scheduled(ctx, digest, map[bool]string{true: "paused", false: "changed"}[digest.Paused])
}

// moveDraft brings a draft that is not due yet to the next slot of a changed
// schedule.
func (f *Feature) moveDraft(ctx context.Context, digest Digest) error {
	edition, known, err := f.next(ctx, digest)
	now := f.clock.Now()
	if err != nil || !known || edition.State != Draft || !edition.Due.After(now) {
		return err
	}
	slot, _, err := digest.Slots(now)
	if err != nil {
		return err
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		if e.State != Draft || e.Slot == slot.Name {
			return nil, nil
		}
		return nil, e.Defer(slot, editionSlug(digest, slot))
	})
}

func (f *Feature) rulesForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	digest, err := f.chosenDigest(ctx, in)
	if err != nil {
		return nil, err
	}
	eyes := ""
	if digest.SecondEyes {
		eyes = "yes"
	}
	return &bot.Form{
		Title: "Rules of the digest", Command: "digest.rules", Arg: digest.ID, Submit: "Save",
		Intro: []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong(digest.Name))}},
		Fields: []bot.Field{
			{Name: "curator", Kind: bot.PersonField, Label: "Curator", Required: true, Value: one(string(digest.Curator)), Help: "Gets the draft and publishes."},
			{Name: "deputy", Kind: bot.PersonField, Label: "Deputy", Value: one(string(digest.Deputy)), Help: "Is asked when the curator has not decided in time."},
			undecidedField(digest.IfUndecided),
			{Name: "eyes", Kind: bot.YesNoField, Label: "A second pair of eyes", Value: one(eyes), Help: "One proposes, another approves."},
			{Name: "items", Kind: bot.NumberField, Label: "Items at most", Value: []string{strconv.Itoa(digest.Items())}, Help: "Seven fit the time that readers have."},
		},
	}, nil
}

func (f *Feature) setRules(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	digest, err := f.chosenDigest(ctx, in)
	if err != nil {
		return nil, err
	}
	wrong := map[string]string{}
	curator, deputy := bot.PersonID(in.Value("curator")), bot.PersonID(in.Value("deputy"))
	for field, person := range map[string]bot.PersonID{"curator": curator, "deputy": deputy} {
		if person == "" && field == "deputy" {
			continue
		}
		switch known, err := f.people.Person(ctx, person); {
		case errors.Is(err, bot.ErrNotFound) || person == "":
			wrong[field] = "Choose a colleague whom I know."
		case err != nil:
			return nil, err
		case known.Inactive:
			wrong[field] = "That account is inactive. Choose somebody else."
		}
	}
	second := in.Value("eyes") == "yes"
	if second && (deputy == "" || deputy == curator) {
		wrong["deputy"] = "A second pair of eyes needs a deputy who is not the curator."
	}
	items, err := strconv.Atoi(strings.TrimSpace(in.Value("items")))
	if in.Value("items") == "" {
		items, err = MaxItems, nil
	}
	if err != nil || items < 1 || items > 20 {
		wrong["items"] = "Choose a number from 1 to 20."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	undecided := Wait
	if in.Value("undecided") == string(Go) {
		undecided = Go
	}
	err = f.stores.Series.Change(ctx, digest.ID, func(d *Digest) ([]bot.Delivery, error) {
		d.Curator, d.Deputy, d.IfUndecided, d.SecondEyes, d.MaxItems = curator, deputy, undecided, second, items
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Done{Message: bot.Notice("Saved. The rules hold from the next draft on.")}, nil
}
