package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/pace"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// API is what is asked of Slack; *webapi.Client fits.
type API interface {
	Users(ctx context.Context, cursor string) (webapi.Users, error)
	UserGroups(ctx context.Context) ([]webapi.UserGroup, error)
	ProfileFields(ctx context.Context) (map[string]string, error)
	Profile(ctx context.Context, user string) (map[string]string, error)
	Conversations(ctx context.Context, cursor string) (webapi.Channels, error)
}

// Config is what a Directory needs. API, Platform, Us, Log and Record are
// compulsory.
type Config struct {
	API      API
	Labels   Labels
	Platform string
	Us       func() inbound.Us
	Log      *slog.Logger
	// Record and Observe take what was read, in batches; both are idempotent.
	Record  func(ctx context.Context, facts []bot.AccountFact) error
	Observe func(ctx context.Context, places []bot.Place) error // nil: channels are not read
	// Groups takes the names of the user groups by id; nil: they are not read.
	Groups func(names map[string]string)
	// Places lists the places that are known. With it a channel that the bot was
	// taken out of without an event is noted; nil: it is not.
	Places func(ctx context.Context) ([]bot.Place, error)
	// Wait waits when Slack asks for it; nil waits really.
	Wait func(ctx context.Context, d time.Duration) error
}

// Directory reads people, user groups and channels. It is safe for concurrent
// use.
type Directory struct {
	Config
	reader pace.Reader

	mu     sync.Mutex
	fields fields
	known  bool // fields were read
}

// New returns a Directory; it asks nothing yet.
func New(config Config) *Directory {
	return &Directory{Config: config, reader: pace.Reader{Wait: config.Wait}}
}

// Fact translates one person as Slack writes them in an event; ok is false when
// it is none. Departments and levels are known once the directory was read.
func (d *Directory) Fact(raw json.RawMessage) (f bot.AccountFact, ok bool) {
	d.mu.Lock()
	in := d.fields
	d.mu.Unlock()
	f, _, ok = fact(raw, d.Us(), in)
	return f, ok
}

// Read reads everything: who is there, the names of the user groups, the bot's
// channels, and then, one by one, the departments, levels and titles of
// colleagues, as far as Slack did not tell them at once. When Slack asks to wait
// it waits and goes on where it was. What it cannot be told for want of a
// permission is left out and logged; any other failure ends it, and the next
// Read begins anew.
func (d *Directory) Read(ctx context.Context) error {
	in, err := d.readFields(ctx)
	if err != nil {
		return err
	}
	later, people, err := d.readPeople(ctx, in)
	if err != nil {
		return err
	}
	if err := d.readGroups(ctx); err != nil {
		return err
	}
	channels, err := d.readChannels(ctx)
	if err != nil {
		return err
	}
	if err := d.readProfiles(ctx, in, later); err != nil {
		return err
	}
	d.Log.Info("the directory of Slack was read", "accounts", people, "channels", channels)
	return nil
}

// allowed turns a refusal for want of a permission or a plan into a note in the
// log.
func (d *Directory) allowed(err error, what string) error {
	var refused *bot.SendError
	if errors.As(err, &refused) && refused.Reason == bot.Denied {
		d.Log.Warn("part of Slack's directory cannot be read", "part", what, "code", webapi.Code(err), "why", refused.Say)
		return nil
	}
	return err
}

// readFields finds out, once, which fields of profiles hold what.
func (d *Directory) readFields(ctx context.Context) (fields, error) {
	d.mu.Lock()
	in, known := d.fields, d.known
	d.mu.Unlock()
	if known || d.Labels == (Labels{Unread, Unread, Unread}) {
		return in, nil
	}
	var byLabel map[string]string
	err := d.reader.Ask(ctx, func() (err error) {
		byLabel, err = d.API.ProfileFields(ctx)
		return err
	})
	if err != nil {
		return fields{}, d.allowed(err, "the fields of profiles")
	}
	in = d.Labels.find(byLabel)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fields, d.known = in, true
	return in, nil
}

// readPeople records everybody, page by page, and returns the colleagues whose
// own fields are to be asked for one by one.
func (d *Directory) readPeople(ctx context.Context, in fields) (later []bot.AccountFact, n int, err error) {
	seen := map[bot.AccountID]bool{}
	us := d.Us()
	err = d.pages(ctx, "people", func(cursor string) (string, error) {
		page, err := d.API.Users(ctx, cursor)
		if err != nil {
			return "", err
		}
		var facts []bot.AccountFact
		for _, raw := range page.List {
			f, listed, ok := fact(raw, us, in)
			if !ok || seen[f.Account] {
				continue
			}
			seen[f.Account] = true
			facts = append(facts, f)
			if in.any() && !listed && !f.Bot && !f.External && !*f.Inactive {
				later = append(later, bot.AccountFact{Account: f.Account, Name: f.Name})
			}
		}
		return page.Cursor, d.record(ctx, facts)
	})
	return later, len(seen), err
}

// errOurs marks a failure on our side: asking Slack again would not mend it.
type errOurs struct{ error }

func (e errOurs) Unwrap() error { return e.error }

func (d *Directory) record(ctx context.Context, facts []bot.AccountFact) error {
	if len(facts) == 0 {
		return nil
	}
	if err := d.Record(ctx, facts); err != nil {
		return errOurs{fmt.Errorf("record the people: %w", err)}
	}
	return nil
}

// pages reads page after page. A list whose place Slack forgot is read anew,
// once; what was taken is not taken again.
func (d *Directory) pages(ctx context.Context, what string, page func(cursor string) (next string, err error)) error {
	cursor, restarted := "", false
	seen := map[string]bool{}
	for {
		var next string
		var ours errOurs
		err := d.reader.Ask(ctx, func() (err error) {
			if next, err = page(cursor); errors.As(err, &ours) {
				return nil
			}
			return err
		})
		switch {
		case ours.error != nil:
			return ours.error
		case webapi.Code(err) == "invalid_cursor" && cursor != "" && !restarted:
			cursor, restarted = "", true
			clear(seen)
			continue
		case err != nil:
			return err
		case next == "":
			return nil
		case seen[next]:
			return fmt.Errorf("read the %s: Slack's pages do not come to an end", what)
		}
		seen[next] = true
		cursor = next
	}
}

func (d *Directory) readGroups(ctx context.Context) error {
	if d.Groups == nil {
		return nil
	}
	var groups []webapi.UserGroup
	err := d.reader.Ask(ctx, func() (err error) {
		groups, err = d.API.UserGroups(ctx)
		return err
	})
	if err != nil {
		return d.allowed(err, "user groups")
	}
	names := make(map[string]string, len(groups))
	for _, group := range groups {
		if names[group.ID] = line(group.Handle, 100); names[group.ID] == "" {
			names[group.ID] = line(group.Name, 100)
		}
	}
	d.Groups(names)
	return nil
}

// readChannels observes the channels that the bot is in, and those that it is in
// no more.
func (d *Directory) readChannels(ctx context.Context) (int, error) {
	if d.Observe == nil {
		return 0, nil
	}
	before, err := d.members(ctx)
	if err != nil {
		return 0, err
	}
	in := map[bot.PlaceID]bool{}
	us := d.Us()
	err = d.pages(ctx, "channels", func(cursor string) (string, error) {
		page, err := d.API.Conversations(ctx, cursor)
		if err != nil {
			return "", err
		}
		var places []bot.Place
		for _, c := range page.List {
			if place := Place(c, us); c.ID != "" && !in[place.ID] {
				in[place.ID] = true
				places = append(places, place)
			}
		}
		return page.Cursor, d.observe(ctx, places)
	})
	if err != nil {
		return 0, d.allowed(err, "channels")
	}
	// Slack lists exactly the channels that the bot is in, so that this is no guess.
	var left []bot.Place
	for _, place := range before {
		if !in[place.ID] {
			place.Member = false
			left = append(left, place)
		}
	}
	return len(in), d.observe(ctx, left)
}

func (d *Directory) observe(ctx context.Context, places []bot.Place) error {
	if len(places) == 0 {
		return nil
	}
	if err := d.Observe(ctx, places); err != nil {
		return errOurs{fmt.Errorf("observe the channels: %w", err)}
	}
	return nil
}

// members returns the channels of which the bot is known to be a member.
func (d *Directory) members(ctx context.Context) ([]bot.Place, error) {
	if d.Places == nil {
		return nil, nil
	}
	known, err := d.Places(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the places: %w", err)
	}
	var in []bot.Place
	for _, place := range known {
		channel := place.Kind == bot.OpenChannel || place.Kind == bot.PrivateChannel
		if place.ID.Platform() == d.Platform && channel && place.Member {
			in = append(in, place)
		}
	}
	return in, nil
}

// profileBatch is how many profiles are recorded together.
const profileBatch = 50

// readProfiles asks for the workspace's own fields of colleagues, one by one,
// which Slack allows a hundred times a minute.
func (d *Directory) readProfiles(ctx context.Context, in fields, of []bot.AccountFact) error {
	var facts []bot.AccountFact
	for _, f := range of {
		var values map[string]string
		err := d.reader.Ask(ctx, func() (err error) {
			values, err = d.API.Profile(ctx, f.Account.Native())
			return err
		})
		var refused *bot.SendError
		if errors.As(err, &refused) && refused.Reason == bot.Unreachable {
			continue // left in the meantime
		}
		if err != nil {
			return errors.Join(d.allowed(err, "profiles"), d.record(ctx, facts))
		}
		in.into(&f, values)
		if f.Department != "" || f.Level != "" || f.Title != "" {
			facts = append(facts, f)
		}
		if len(facts) >= profileBatch {
			if err := d.record(ctx, facts); err != nil {
				return err
			}
			facts = nil
		}
	}
	return d.record(ctx, facts)
}
