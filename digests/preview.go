package digests

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// remembered is how many published editions are looked back at, so that what
// was shown lately steps back.
const remembered = 13

// Proof composes an open draft as it stands now.
func (f *Feature) Proof(ctx context.Context, edition Edition) (Proof, error) {
	digest, err := f.stores.Series.Get(ctx, edition.Digest)
	if err != nil {
		return Proof{}, err
	}
	return f.compose(ctx, digest, edition, time.Time{}, time.Time{})
}

// compose reads what a draft is made from and composes it. Zero bounds mean
// the edition's own: from the end of the edition before it until now.
func (f *Feature) compose(ctx context.Context, digest Digest, edition Edition, from, to time.Time) (Proof, error) {
	in := Composition{
		Digest: digest, From: from, To: to, Reference: to, Decisions: edition.Decisions, Default: f.cfg.Silence,
	}
	before, err := f.stores.Editions.List(ctx, EditionFilter{Digest: digest.ID, States: []State{Approved, Published}, Limit: remembered})
	if err != nil {
		return Proof{}, err
	}
	if to.IsZero() {
		in.To, in.Reference = f.clock.Now(), edition.Due
	}
	if from.IsZero() {
		// Windows join: an edition begins where the one before it ended, also
		// when that one went out before its time.
		var ended time.Time
		for _, earlier := range before {
			if earlier.To.After(ended) && earlier.ID != edition.ID {
				ended = earlier.To
			}
		}
		if in.From = ended; ended.IsZero() {
			in.From = edition.Starts
		}
	}
	if in.Material, err = f.stores.Archive.Window(ctx, in.From, in.To); err != nil {
		return Proof{}, err
	}
	in.Material.Shown = shown(before, in.From)
	if in.Finds, err = f.chosenFinds(ctx, digest, in.Material.Shown); err != nil {
		return Proof{}, err
	}
	for _, source := range f.cfg.Sections {
		sections, err := source(ctx, in.From, in.To)
		if err != nil {
			return Proof{}, err
		}
		in.Sections = append(in.Sections, sections...)
	}
	if digest.Curator != "" {
		if in.Editor, err = f.people.Person(ctx, digest.Curator); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return Proof{}, err
		}
	}
	return Compose(in), nil
}

// shown lists what editions of the last thirteen weeks before a window had.
func shown(editions []Edition, from time.Time) map[string]time.Time {
	out := map[string]time.Time{}
	for _, edition := range editions {
		if edition.To.After(from) || edition.To.Before(from.AddDate(0, 0, -91)) {
			continue
		}
		for _, item := range edition.Revision.Content.All() {
			if out[item.Key].Before(edition.To) {
				out[item.Key] = edition.To
			}
		}
	}
	return out
}

func (f *Feature) chosenFinds(ctx context.Context, digest Digest, shown map[string]time.Time) ([]Find, error) {
	finds, err := f.stores.Finds.List(ctx, Chosen)
	if err != nil {
		return nil, err
	}
	var out []Find
	for _, find := range finds {
		if _, out_ := shown[find.Link.Key]; find.Digest == digest.ID && !out_ {
			out = append(out, find)
		}
	}
	return out, nil
}

// Preview composes what an edition of a digest (its id, slug or name) would
// hold for from <= moment < to. Without bounds it is the next edition as it
// stands; without a digest in the database it covers all that the archive
// holds, or the part of it within the bounds. It writes nothing.
func (f *Feature) Preview(ctx context.Context, name string, from, to time.Time) (Content, error) {
	digest, err := f.named(ctx, name)
	if err != nil {
		return Content{}, err
	}
	if digest.ID == "" {
		oldest, newest, err := f.stores.Archive.Span(ctx)
		if err != nil {
			return Content{}, err
		}
		if from.IsZero() {
			from = oldest
		}
		if to.IsZero() {
			to = newest.Add(time.Microsecond)
		}
		if oldest.IsZero() && from.IsZero() {
			from, to = f.clock.Now(), f.clock.Now()
		}
	}
	edition := Edition{}
	if from.IsZero() && to.IsZero() {
		if edition, _, err = f.next(ctx, digest); err != nil {
			return Content{}, err
		}
	}
	if from.IsZero() != to.IsZero() && digest.ID != "" {
		return Content{}, bot.Refuse("window", "Give both days, from and to, or neither.")
	}
	proof, err := f.compose(ctx, digest, edition, from, to)
	return proof.Content, err
}

// named finds the digest that a command line names; with an empty name the only
// one there is, or a nameless one when there is none.
func (f *Feature) named(ctx context.Context, name string) (Digest, error) {
	all, err := f.stores.Series.List(ctx)
	if err != nil {
		return Digest{}, err
	}
	var names []string
	for _, digest := range all {
		if name == digest.ID || name == digest.Slug || (name != "" && strings.EqualFold(name, digest.Name)) {
			return digest, nil
		}
		names = append(names, digest.Name)
	}
	switch {
	case name != "" && len(all) == 0:
		return Digest{}, bot.Refuse("no-digest", "There is no digest of that name; there is none at all yet. Leave the name out to see everything that the archive holds.")
	case name != "":
		return Digest{}, bot.Refuse("no-digest", "There is no digest of that name. Choose one of these: "+strings.Join(names, ", ")+".")
	case len(all) == 0:
		return Digest{Name: "Digest", Zone: f.cfg.Organisation.Zone.String()}, nil
	case len(all) > 1:
		return Digest{}, bot.Refuse("which-digest", "There are several digests. Say which one: "+strings.Join(names, ", ")+".")
	}
	return all[0], nil
}

// next returns the edition that is being drafted, or the one that would be
// drafted next: known says whether it is stored.
func (f *Feature) next(ctx context.Context, digest Digest) (edition Edition, known bool, err error) {
	editions, err := f.stores.Editions.List(ctx, EditionFilter{Digest: digest.ID, Limit: 2})
	if err != nil {
		return Edition{}, false, err
	}
	now := f.clock.Now()
	after := now
	for _, edition := range editions {
		if !edition.out() {
			return edition, true, nil
		}
		if edition.Due.After(after) { // it went out before its time
			after = edition.Due
		}
	}
	slot, _, err := digest.Slots(after)
	if err != nil {
		var phrase *schedule.PhraseError
		if errors.As(err, &phrase) {
			err = bot.Refuse("schedule", phrase.Say)
		}
		return Edition{}, false, err
	}
	return Edition{
		Digest: digest.ID, Slot: slot.Name, Due: slot.Due, Starts: digest.firstStart(), State: Draft, Slug: editionSlug(digest, slot),
	}, false, nil
}

// editionSlug is an edition's permanent address: "friday-roundup-2026-11-27".
func editionSlug(digest Digest, slot schedule.Slot) string {
	day, hour, _ := strings.Cut(slot.Name, "T")
	if hour == "" || !strings.Contains(digest.Spec, "*") {
		return digest.Slug + "-" + day
	}
	return digest.Slug + "-" + day + "-" + strings.ReplaceAll(hour, ":", "")
}

// draft returns the edition that is being drafted, and begins it when none is.
func (f *Feature) draft(ctx context.Context, digest Digest) (Edition, error) {
	edition, known, err := f.next(ctx, digest)
	if err != nil || known {
		return edition, err
	}
	edition.ID = editionID(digest.ID, edition.Slot)
	return f.stores.Editions.Add(ctx, edition)
}

// editionID is made from the natural key, so that an edition which is drafted
// anew after a restore has the same deliveries: the courier then finds what was
// posted instead of posting it again.
func editionID(digest, slot string) string {
	sum := sha256.Sum256([]byte(digest + "\n" + slot))
	return "e-" + hex.EncodeToString(sum[:12])
}

// Next returns the edition of a digest (by id or slug) that is being drafted or
// waits to go out; its ID is empty while nothing was decided about it.
func (f *Feature) Next(ctx context.Context, digest string) (Edition, error) {
	d, err := f.stores.Series.Get(ctx, digest)
	if err != nil {
		return Edition{}, err
	}
	edition, _, err := f.next(ctx, d)
	return edition, err
}

// Digests lists all digests by name.
func (f *Feature) Digests(ctx context.Context) ([]Digest, error) { return f.stores.Series.List(ctx) }

// Issue is a published edition as the archive shows it.
type Issue struct {
	ID, Slug, Digest string // Digest: its id
	PublishedAt      time.Time
	RecalledAt       time.Time // zero: it stands; else Content holds no items
	Content          Content
	Tally            map[string]Tally // by item ID; show counts from five people up only
}

// Issues lists published editions, the newest first: those of one digest, or
// of all; those whose words all occur in them, or all; published before a
// moment, for the next page; at most limit (0: 50).
func (f *Feature) Issues(ctx context.Context, digest, text string, before time.Time, limit int) ([]Issue, error) {
	editions, err := f.stores.Editions.List(ctx, EditionFilter{
		Digest: digest, States: []State{Published, Recalled}, Text: text, Before: before, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	issues := make([]Issue, 0, len(editions))
	for _, edition := range editions {
		issues = append(issues, edition.issue())
	}
	return issues, nil
}

// Issue returns a published edition by its id or its slug, also one that was
// taken back. ErrNotFound.
func (f *Feature) Issue(ctx context.Context, id string) (Issue, error) {
	edition, err := f.stores.Editions.Get(ctx, id)
	if err != nil {
		return Issue{}, err
	}
	if !edition.out() {
		return Issue{}, bot.ErrNotFound
	}
	issue := edition.issue()
	if issue.Tally, err = f.stores.Votes.Tally(ctx, edition.ID); err != nil {
		return Issue{}, err
	}
	return issue, nil
}

// Teaser is what a link to the issue's page shows of it: title, dates, the first
// three items. Nobody is named.
func (i Issue) Teaser(address string) bot.Message {
	c, items := i.Content, i.Content.All()
	link := bot.Link{Title: c.Digest + ", " + c.Dates(), URL: address, Meta: c.Summary()}
	for _, item := range items[:min(len(items), teased)] {
		line := bot.Line(bot.To(item.Title, item.URL))
		if item.Source != "" {
			line = append(line, bot.T(" · "+item.Source)...)
		}
		link.Lines = append(link.Lines, line)
	}
	if more := len(items) - teased; more > 0 {
		link.Lines = append(link.Lines, bot.T("and "+number(more)+" more"))
	}
	return bot.Message{Summary: link.Title + ": " + link.Meta, Blocks: []bot.Block{link}}
}

// teased is how many items a teaser has.
const teased = 3

// Kept lists the messages of a place, written since the moment, of which a link
// is kept, oldest first.
func (f *Feature) Kept(ctx context.Context, place bot.PlaceID, since time.Time) ([]bot.MessageRef, error) {
	return f.stores.Presence.Kept(ctx, place, since)
}

func (e Edition) issue() Issue {
	return Issue{ID: e.ID, Slug: e.Slug, Digest: e.Digest, PublishedAt: e.PublishedAt, RecalledAt: e.RecalledAt, Content: e.Shown()}
}

// preview is the command: the edition as readers would see it, without buttons.
func (f *Feature) preview(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	edition, digest, err := f.edition(ctx, in)
	if err != nil {
		return nil, err
	}
	if edition.State != Draft {
		return bot.Say{Message: edition.Shown().Message("", nil)}, nil
	}
	proof, err := f.compose(ctx, digest, edition, time.Time{}, time.Time{})
	if err != nil {
		return nil, err
	}
	message := proof.Content.Message("", nil)
	message.Blocks = append(message.Blocks, bot.Note{Text: bot.T(fmt.Sprintf("A preview; only you see it. It would be chosen from %s now.", plural(proof.Content.Candidates, "link", "links")))})
	return bot.Say{Message: message}, nil
}
