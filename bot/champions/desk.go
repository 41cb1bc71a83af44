package champions

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
)

// Path is where the pages stand on the web: the list, and below it each champion's
// page by ID.
const Path = "/champions"

// kind is the heading under which the desk shows what is open.
const kind = "Champions"

// Active lists who speaks for the programme now, in the order of ids: not who
// rests, and not whose account is inactive.
func (f *Feature) Active(ctx context.Context) ([]bot.PersonID, error) {
	all, err := f.Stores.Champions.List(ctx)
	if err != nil {
		return nil, err
	}
	var ids []bot.PersonID
	for _, c := range all {
		if c.State == Active {
			ids = append(ids, c.Person)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	people, err := f.People.Persons(ctx, ids...)
	if err != nil {
		return nil, err
	}
	gone := map[bot.PersonID]bool{}
	for _, p := range people {
		gone[p.ID] = p.Inactive || p.Outside
	}
	return slices.DeleteFunc(ids, func(id bot.PersonID) bool { return gone[id] }), nil
}

// Matters lists for leads what is open; for everybody else nothing.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	return f.Waiting(ctx)
}

// Waiting lists what is open for leads and since when: briefings that are drafted,
// champions without a next meeting, promises of the programme whose day has come,
// and that there are fewer than two.
func (f *Feature) Waiting(ctx context.Context) ([]bot.Matter, error) {
	all, err := f.known(ctx)
	if err != nil {
		return nil, err
	}
	var open []bot.Matter
	for _, k := range all {
		open = append(open, k.waits(f.Clock.Now(), f.Organisation.Zone)...)
	}
	few, err := f.few(ctx, all)
	if few != nil {
		open = append(open, *few)
	}
	bot.SortMatters(open)
	return open, err
}

// waits is what is open about one champion.
func (k cast) waits(now time.Time, zone *time.Location) []bot.Matter {
	var open []bot.Matter
	add := func(m bot.Matter, do bot.Button) {
		m.Kind, m.Page, do.Arg = kind, Path+"/"+k.ID, k.ID
		m.Do = &do
		open = append(open, m)
	}
	name := bot.Name(k.Person, k.name)
	for _, p := range k.of(Ours, true) {
		if due := at(p.Due, 0, zone); !p.Due.IsZero() && !due.After(now) && (k.State.Speaks() || k.State == Left) {
			add(bot.Matter{What: bot.Line("Promised to ", name, ": "+p.Words), Since: p.Made, Due: at(p.Due.AddDays(1), 0, zone)},
				bot.Button{Command: "champions.settle", Label: "Settle a promise"})
		}
	}
	if k.State != Active {
		return open
	}
	meet := bot.Button{Command: "champions.meeting", Label: "Set the meeting"}
	switch m := k.next(); {
	case m == nil:
		add(bot.Matter{What: bot.Line("No next meeting is set for ", name, "."), Since: k.meetingless(now, zone)}, meet)
	case m.Called:
		add(bot.Matter{What: bot.Line("What came of "+meetingOf(m)+" on "+shortDate(m.On)+", where ", name, " speaks, and when is the next one?"), Since: m.afterAt(zone)}, meet)
	case m.Briefing.Stage == Drafted && m.Briefing.By == "":
		add(bot.Matter{What: bot.Line("The briefing for ", name, " before "+meetingOf(m)+" on "+shortDate(m.On)+" goes as it is drafted."), Since: m.Briefing.Drafted, Due: k.sendAt(m, zone)},
			bot.Button{Command: "champions.draft", Label: "Open the draft"})
	}
	return open
}

// meetingless is since when there is no next meeting.
func (k cast) meetingless(now time.Time, zone *time.Location) time.Time {
	since := k.Joined
	if last := len(k.Meetings) - 1; last >= 0 {
		if held := k.Meetings[last].afterAt(zone); held.After(since) && !held.After(now) {
			since = held
		}
	}
	return since
}

// few is the warning below two, nil when there are enough or nobody was ever named.
func (f *Feature) few(ctx context.Context, all []cast) (*bot.Matter, error) {
	active, since := 0, time.Time{}
	for _, k := range all {
		if k.State == Active {
			active++
		}
		since = earliest(since, k.Named)
	}
	if active >= enough || len(all) == 0 {
		return nil, nil
	}
	w, err := f.Stores.Watch.Get(ctx)
	if !w.Since.IsZero() {
		since = w.Since
	}
	name := another("Name a champion")
	return &bot.Matter{What: bot.T(fewWords(active)), Kind: kind, Since: since, Page: Path, Do: &name}, err
}

// remembers is how long the list shows somebody who does not speak for the
// programme, or does so no more. That they said no is nobody's business for ever.
const remembers = 91 * 24 * time.Hour

// known is everybody who was named, in alphabetical order, without those for whom it
// ended more than a quarter ago.
func (f *Feature) known(ctx context.Context) ([]cast, error) {
	all, err := f.Stores.Champions.List(ctx)
	if err != nil {
		return nil, err
	}
	var out []cast
	for _, c := range all {
		if over := c.State == Declined || c.State == Lapsed || c.State == Left; over && f.Clock.Now().Sub(c.Ended) > remembers {
			continue
		}
		k, err := f.dressed(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	slices.SortStableFunc(out, func(a, b cast) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Sheet is the list of champions for leads; for everybody else bot.ErrNotFound.
func (f *Feature) Sheet(ctx context.Context, actor bot.Actor) (bot.Message, error) {
	if !actor.Has(bot.Lead) {
		return bot.Message{}, bot.ErrNotFound
	}
	all, err := f.known(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	few, err := f.few(ctx, all)
	if err != nil {
		return bot.Message{}, err
	}
	return sheet(all, few, f.Organisation), nil
}

func sheet(all []cast, few *bot.Matter, org bot.Organisation) bot.Message {
	name := row(bot.Button{Command: "champions.name", Label: "Name a champion", Tone: bot.Primary})
	if len(all) == 0 {
		return titled("Champions", paragraph("Nobody yet. A champion is an executive who speaks for the programme where decisions are made; here will stand who, where, and what both sides promised."), name)
	}
	var blocks []bot.Block
	if few != nil {
		blocks = append(blocks, paragraph(few.What, " With two, not everything hangs on one voice."))
	}
	table := bot.Table{Caption: "Champions, in alphabetical order", Head: []string{"Who", "Speaks in", "State", "Next meeting", "Open promises"}}
	for _, k := range all {
		next := "–"
		if m := k.next(); m != nil && k.State.Speaks() && !m.Called {
			next = shortDate(m.On)
		}
		promises := "ours " + strconv.Itoa(len(k.of(Ours, true))) + ", theirs " + strconv.Itoa(len(k.of(Theirs, true)))
		table.Rows = append(table.Rows, []bot.Spans{bot.Line(bot.To(k.name, org.Page(Path+"/"+k.ID))), bot.T(or(k.Body, "–")), k.standing(), bot.T(next), bot.T(promises)})
	}
	return titled("Champions", append(blocks, table, name, note("Only comms leads see this list. Each champion sees the page of their own."))...)
}

// PageOf is a champion's page, whole, for leads and that champion; for everybody
// else, and where there is none, bot.ErrNotFound.
func (f *Feature) PageOf(ctx context.Context, actor bot.Actor, id string) (bot.Message, error) {
	k, err := f.cast(ctx, id)
	if err != nil {
		return bot.Message{}, err
	}
	if err := k.allow(actor, See); err != nil {
		return bot.Message{}, err
	}
	return k.page(actor.Person != k.Person, true), nil
}

// leadOnHome shows leads who speaks for the programme, once somebody was named.
func (f *Feature) leadOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	buttons := []bot.Button{another("Name a champion")}
	all, err := f.Stores.Champions.List(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return []bot.Block{section("Champions"), paragraph("Nobody speaks for the programme where decisions are made yet."), row(buttons...)}, nil
	}
	open, err := f.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	active, err := f.Active(ctx)
	if err != nil {
		return nil, err
	}
	line := strconv.Itoa(len(active)) + " of " + strconv.Itoa(len(all)) + " whom leads named speak for the programme now."
	blocks := []bot.Block{section("Champions"), paragraph(line)}
	var list bot.List
	for _, m := range open {
		list.Items = append(list.Items, bot.Line(m.What, " Since ", bot.Moment(m.Since, bot.DateStyle), "."))
	}
	if len(list.Items) > 0 {
		blocks = append(blocks, list)
	}
	return append(blocks, row(append(buttons, bot.Button{Command: "champions.list", Label: "Show champions"})...)), nil
}
