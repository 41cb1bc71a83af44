package digests

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/digests/wording"
)

// deskCommands are what a curator does to a draft.
func (f *Feature) deskCommands() []bot.Command {
	commands := []bot.Command{
		{
			Name: "digest.draft", Phrases: []string{"digest draft"}, Usage: "/digest draft", Needs: bot.Colleague,
			Help: "shows the draft of the next edition, for its curator.", Run: f.showDraft,
		},
		{Name: "digest.words", Needs: bot.Colleague, Form: f.wordsForm, Run: f.saveWords},
	}
	for _, c := range []struct {
		name   string
		change change
	}{
		{"digest.drop", func(d *Decisions, item, _ string, _ []string) { d.Drop(item) }},
		{"digest.restore", func(d *Decisions, item, _ string, _ []string) { d.Restore(item) }},
		{"digest.pin", func(d *Decisions, item, _ string, _ []string) { d.Pin(item) }},
		{"digest.unpin", func(d *Decisions, item, _ string, _ []string) { d.Unpin(item) }},
		{"digest.up", func(d *Decisions, item, _ string, shown []string) { d.Move(shown, item, -1) }},
		{"digest.down", func(d *Decisions, item, _ string, shown []string) { d.Move(shown, item, +1) }},
		{"digest.merge", func(d *Decisions, item, into string, _ []string) { d.Merge(item, into) }},
		{"digest.section", func(d *Decisions, section, entry string, _ []string) { d.Toggle(section + "/" + entry) }},
	} {
		commands = append(commands, bot.Command{Name: c.name, Needs: bot.Colleague, Run: f.decide(c.change)})
	}
	return commands
}

// change is what a button does to the decisions: item and rest come from its
// argument, shown are the items of the draft in order.
type change func(d *Decisions, item, rest string, shown []string)

// splitArg takes the argument of a draft's button apart: edition, item, rest.
func splitArg(arg string) (edition, item, rest string) {
	edition, item, _ = strings.Cut(arg, "/")
	item, rest, _ = strings.Cut(item, "/")
	return edition, item, rest
}

// edition finds the edition that an invocation is about, and whether the actor
// may curate it: the one that Arg names, else the draft of the digest that the
// words name, else of the only one that the actor curates.
func (f *Feature) edition(ctx context.Context, in bot.Invocation) (Edition, Digest, error) {
	if id, _, _ := splitArg(in.Arg); id != "" {
		edition, err := f.stores.Editions.Get(ctx, id)
		if err != nil {
			return Edition{}, Digest{}, err
		}
		digest, err := f.stores.Series.Get(ctx, edition.Digest)
		if err == nil && !MayCurate(in.Actor, digest) {
			err = bot.ErrNotFound
		}
		return edition, digest, err
	}
	digest, err := f.curated(ctx, in.Actor, in.Words)
	if err != nil {
		return Edition{}, Digest{}, err
	}
	edition, err := f.draft(ctx, digest)
	return edition, digest, err
}

// curated finds the one digest that the actor means and may curate.
func (f *Feature) curated(ctx context.Context, actor bot.Actor, name string) (Digest, error) {
	all, err := f.stores.Series.List(ctx)
	if err != nil {
		return Digest{}, err
	}
	name = strings.TrimSpace(name)
	var mine []Digest
	var names []string
	for _, digest := range all {
		if !MayCurate(actor, digest) {
			continue
		}
		if name != "" && (strings.EqualFold(name, digest.Name) || strings.EqualFold(name, digest.Slug) || name == digest.ID) {
			return digest, nil
		}
		mine = append(mine, digest)
		names = append(names, digest.Name)
	}
	switch {
	case len(mine) == 0:
		return Digest{}, bot.Refuse("no-digest", "You curate no digest, so there is nothing to show. A comms lead begins one with /digest new.")
	case name != "":
		return Digest{}, bot.Refuse("no-digest", "There is no digest of that name. Choose one of these: "+strings.Join(names, ", ")+".")
	case len(mine) > 1:
		return Digest{}, bot.Refuse("which-digest", "There are several digests. Write the name behind the command: "+strings.Join(names, ", ")+".")
	}
	return mine[0], nil
}

func (f *Feature) showDraft(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	edition, _, err := f.edition(ctx, in)
	if err != nil {
		return nil, err
	}
	if in.Arg != "" { // pressed on a notice, which stays
		message, err := f.draftMessage(ctx, edition)
		return bot.Say{Message: message}, err
	}
	// A view, so that it can be brought up to date where it stands.
	return bot.Refresh{View: bot.View{Kind: DraftView, ID: edition.ID, Version: edition.Version}}, nil
}

// decide makes a command's Run from a change of the decisions.
func (f *Feature) decide(do change) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		edition, digest, err := f.edition(ctx, in)
		if err != nil {
			return nil, err
		}
		_, item, rest := splitArg(in.Arg)
		if item == "" {
			return nil, bot.ErrNotFound
		}
		proof, err := f.compose(ctx, digest, edition, time.Time{}, time.Time{})
		if err != nil {
			return nil, err
		}
		var shown []string
		for _, have := range proof.Content.Items {
			shown = append(shown, have.ID)
		}
		return f.changeDraft(ctx, digest, edition.ID, func(d *Decisions) { do(d, item, rest, shown) })
	}
}

// changeDraft applies a decision and shows the newest draft.
func (f *Feature) changeDraft(ctx context.Context, digest Digest, id string, change func(*Decisions)) (bot.Reply, error) {
	var version int64
	err := f.stores.Editions.Change(ctx, id, func(e *Edition) ([]bot.Delivery, error) {
		if err := e.Decide(change); err != nil {
			return nil, err
		}
		version = e.Version
		return f.draftCards(*e, digest), nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Refresh{View: bot.View{Kind: DraftView, ID: id, Version: version}}, nil
}

// draftCards brings the cards of a draft up to date that were sent already.
func (f *Feature) draftCards(e Edition, d Digest) []bot.Delivery {
	var cards []bot.Delivery
	if editor := d.editor(); !e.Opened.IsZero() && editor != "" {
		cards = append(cards, draftCard(e, editor))
	}
	if deputy := d.deputised(); deputy != "" && deputy != d.editor() && (!e.GoesAt.IsZero() || e.ProposedBy != "") {
		cards = append(cards, draftCard(e, deputy))
	}
	return cards
}

// undecided asks curator and deputy to decide about an edition whose slot came;
// where neither is there, the comms leads.
func (f *Feature) undecided(e Edition, d Digest, t schedule.Tick, leads []bot.PersonID) []bot.Delivery {
	when := "It waits until one of you approves it."
	if d.IfUndecided == Go {
		when = "Unless one of you changes it, it goes out " + bot.ShowTime(e.GoesAt, bot.DateTimeStyle, d.Location()) + " as it is."
	}
	say := fmt.Sprintf("“%s” was due %s and nobody has approved it yet. %s", d.Name, bot.ShowTime(t.Due, bot.DateTimeStyle, d.Location()), when)
	message := bot.Message{Summary: say, Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T(say)},
		bot.Actions{Buttons: []bot.Button{{Command: "digest.draft", Arg: e.ID, Label: "Open the draft", Tone: bot.Primary}}},
	}}
	var out []bot.Delivery
	asked := []bot.PersonID{d.editor(), d.deputised()}
	if asked[0] == "" && asked[1] == "" {
		asked = leads
	}
	for _, person := range slices.Compact(asked) {
		if person != "" {
			out = append(out, bot.Delivery{
				Key: clip("undecided/"+t.Key()+"/"+string(person), 200), To: bot.Address{Person: person}, Frozen: &message, Class: bot.Asked,
			})
		}
	}
	return append(out, f.draftCards(e, d)...)
}

// absent tells leads, and nobody else, that a curator's account is inactive, and
// gives a draft that is open to the deputy. The same again changes nothing.
func (f *Feature) absent(ctx context.Context, digest Digest, edition Edition) error {
	said := ""
	if digest.CuratorGone {
		said = string(digest.Curator) + "/" + string(digest.editor()) + "/" + edition.ID
	}
	f.mu.Lock()
	known := f.said[digest.ID] == said
	f.said[digest.ID] = said
	f.mu.Unlock()
	if known || said == "" {
		return nil
	}
	err := f.tellAbsent(ctx, digest, edition)
	if err != nil {
		f.mu.Lock()
		delete(f.said, digest.ID)
		f.mu.Unlock()
	}
	return err
}

func (f *Feature) tellAbsent(ctx context.Context, digest Digest, edition Edition) error {
	all, err := f.people.Persons(ctx)
	if err != nil {
		return err
	}
	say := "The account of its curator is inactive. Until you choose somebody else, its drafts wait for a comms lead."
	if at := slices.IndexFunc(all, func(p bot.Person) bool { return p.ID == digest.editor() }); at >= 0 {
		say = "The account of its curator is inactive. Until you choose somebody else, its deputy, " + all[at].Name + ", has the drafts."
	}
	summary := "“" + digest.Name + "” needs a curator"
	message := bot.Message{Summary: summary, Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T(summary)}, bot.Paragraph{Text: bot.T(say)},
		bot.Actions{Buttons: []bot.Button{{Command: "digest.rules", Arg: digest.ID, Label: "Choose a curator", Tone: bot.Primary}}},
		bot.Note{Text: bot.T("Why you: you lead. Only comms leads are told.")},
	}}
	err = f.stores.Series.Change(ctx, digest.ID, func(*Digest) ([]bot.Delivery, error) {
		var out []bot.Delivery
		for _, lead := range leadsOf(all) {
			out = append(out, bot.Delivery{Key: clip("digest/curator/"+digest.ID+"/"+string(digest.Curator)+"/"+string(lead), 200),
				To: bot.Address{Person: lead}, Frozen: &message, Class: bot.Asked})
		}
		return out, nil
	})
	if err != nil || edition.State != Draft || edition.Opened.IsZero() {
		return err
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) { return f.draftCards(*e, digest), nil })
}

// leadsOf lists the active comms leads.
func leadsOf(all []bot.Person) []bot.PersonID {
	var leads []bot.PersonID
	for _, p := range all {
		if slices.Contains(p.Roles, bot.Lead) && !p.Inactive && !p.Outside {
			leads = append(leads, p.ID)
		}
	}
	return leads
}

func (f *Feature) leads(ctx context.Context) ([]bot.PersonID, error) {
	all, err := f.people.Persons(ctx)
	return leadsOf(all), err
}

// Matters lists for leads the digests whose curator or deputy is gone, and for a
// curator those without a deputy who is there.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return nil, nil
	}
	all, err := f.stores.Series.List(ctx)
	if err != nil {
		return nil, err
	}
	var out []bot.Matter
	for _, d := range all {
		var needs string
		switch lead := actor.Has(bot.Lead); {
		case d.CuratorGone && lead:
			needs = " needs a curator (account inactive)"
		case d.DeputyGone && lead:
			needs = " needs another deputy (account inactive)"
		case d.DeputyGone && d.Curator == actor.Person:
			needs = " needs another deputy"
		default:
			continue
		}
		out = append(out, bot.Matter{Kind: "Digests", What: bot.T("“" + d.Name + "”" + needs), Do: &bot.Button{Command: "digest.rules", Arg: d.ID, Label: "Choose somebody"}})
	}
	return out, nil
}

func draftCard(e Edition, to bot.PersonID) bot.Delivery {
	return bot.Delivery{
		Key: "draft/" + e.ID + "/" + e.Slot + "/" + string(to), To: bot.Address{Person: to},
		View:  &bot.View{Kind: DraftView, ID: e.ID, Version: e.Version},
		Class: bot.Asked,
	}
}

func (f *Feature) wordsForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	_, _, proof, err := f.openProof(ctx, in)
	if err != nil {
		return nil, err
	}
	_, id, _ := splitArg(in.Arg)
	item, ok := proof.Content.Item(id)
	if !ok {
		return nil, bot.ErrNotFound
	}
	return &bot.Form{
		Title: "Edit an item", Command: "digest.words", Arg: in.Arg, Submit: "Save",
		Intro: []bot.Block{bot.Paragraph{Text: bot.Line(bot.To(item.Title, item.URL))}},
		Fields: []bot.Field{
			{Name: "because", Kind: bot.LineField, Label: "Makes your job easier because …", Value: one(item.Because),
				Help: "The sentence that readers see first under the title. Empty: what was said in chat."},
			{Name: "title", Kind: bot.LineField, Label: "Title", Value: one(item.Title), Max: 150},
			{Name: "note", Kind: bot.ParagraphField, Label: "Note", Value: one(item.Note), Max: 600,
				Help: "Anything else worth a line. Empty: nothing."},
		},
	}, nil
}

func one(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (f *Feature) saveWords(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	edition, digest, err := f.edition(ctx, in)
	if err != nil {
		return nil, err
	}
	_, id, _ := splitArg(in.Arg)
	plain := edition
	plain.Decisions.Words = nil
	proof, err := f.compose(ctx, digest, plain, time.Time{}, time.Time{})
	if err != nil {
		return nil, err
	}
	item, ok := proof.Content.Item(id)
	if !ok {
		return nil, bot.ErrNotFound
	}
	words := Words{
		Title: bot.Clean(wording.OneLine(in.Value("title")), 150), Note: bot.Clean(in.Value("note"), 600),
		Because: bot.Clean(because(in.Value("because")), 300),
	}
	if words.Title == item.Title {
		words.Title = "" // what it is called anyway
	}
	if words.Because == item.Because {
		words.Because = ""
	}
	return f.changeDraft(ctx, digest, edition.ID, func(d *Decisions) {
		d.Write(id, words)
		if item.Find == "" {
			d.Pin(id) // whoever writes about an item wants it in
		}
	})
}
