package tables

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"evangelist/bot"
)

// MemberSource lists who leads or supports: they take part unless they say
// otherwise.
type MemberSource func(ctx context.Context) ([]bot.PersonID, error)

// AgendaSource returns open questions, one line each, the first ones first. Every
// colleague may read them.
type AgendaSource func(ctx context.Context) ([]string, error)

// GatherSource returns, as a function without I/O, with which of the persons one
// conversation can be opened.
type GatherSource func(ctx context.Context, persons []bot.PersonID) (func([]bot.PersonID) bool, error)

// Told is what somebody says came of a table.
type Told struct {
	Key     string // natural key
	Person  bot.PersonID
	Words   string
	About   string
	Consent string // "name", "unnamed" or "private"
}

// LearningSink keeps what came of a table. A second one with the same Key changes
// nothing.
type LearningSink func(ctx context.Context, told Told) error

// Config is what the feature needs. Agenda, Gather and Wake may be left out, the
// rest is compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Stores       Stores
	Clock        bot.Clock
	Random       io.Reader
	Members      MemberSource
	Learn        LearningSink
	Agenda       AgendaSource // nil: the agenda is ours
	Gather       GatherSource // nil: everybody is written to alone
	Wake         func()       // makes the sweeps run soon; nil: when they are due
}

// Feature is the round tables. Its methods may be called by many goroutines.
type Feature struct{ Config }

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	if c.Organisation.Word == "" {
		c.Organisation.Word = "evangelist"
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	return &Feature{Config: c}
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "tables.mine", Phrases: []string{"evangelist table"}, Needs: bot.Colleague, Usage: "/evangelist table",
			Help: "shows your next round table.", Run: f.mine},
		{Name: "tables.wish", Phrases: []string{"evangelist table wish"}, Needs: bot.Colleague, Usage: "/evangelist table wish",
			Help: "says whether you take part in round tables, how you like to meet, and when you take a break.", Form: f.wishForm, Run: f.wish},
		{Name: "tables.apart", Phrases: []string{"evangelist table apart"}, Needs: bot.Colleague, Usage: "/evangelist table apart",
			Help: "names somebody with whom you do not want to share a table; nobody asks why.", Form: f.apartForm, Run: f.apart},
		{Name: "tables.set", Phrases: []string{"evangelist tables"}, Needs: bot.Colleague, Usage: "/evangelist tables",
			Help: "sets how often round tables are laid (comms leads), or shows yours.", Form: f.settingsForm, Run: f.set},
		{Name: "tables.plan", Phrases: []string{"evangelist tables plan"}, Needs: bot.Lead, Usage: "/evangelist tables plan",
			Help: "makes a draft of the next round at once, or shows the one that waits.", Run: f.plan},
		{Name: "tables.pairs", Phrases: []string{"evangelist tables pairs"}, Needs: bot.Lead, Usage: "/evangelist tables pairs",
			Help: "shows who is to be kept apart.", Run: f.pairs},
		{Name: "tables.pair", Needs: bot.Lead, Form: f.pairForm, Run: f.pair},
		{Name: "tables.move", Needs: bot.Lead, Form: f.moveForm, Run: f.move},
		{Name: "tables.again", Needs: bot.Lead, Run: f.again},
		{Name: "tables.approve", Needs: bot.Lead, Run: f.approve(false)},
		{Name: "tables.now", Needs: bot.Lead, Run: f.approve(true)},
		{Name: "tables.reopen", Needs: bot.Lead, Run: f.reopen},
		{Name: "tables.off", Needs: bot.Lead, Run: f.callOff},
		{Name: "tables.leave", Needs: bot.Colleague, Run: f.leave},
		{Name: "tables.return", Needs: bot.Colleague, Run: f.comeBack},
		{Name: "tables.swap", Needs: bot.Colleague, Run: f.swap},
		{Name: "tables.snooze", Needs: bot.Colleague, Form: f.snoozeForm, Run: f.snooze},
		{Name: "tables.stay", Needs: bot.Colleague, Run: f.stay},
		{Name: "tables.format", Needs: bot.Colleague, Form: f.formatForm, Run: f.format},
		{Name: "tables.answer", Needs: bot.Colleague, Form: f.answerForm, Run: f.answer},
		{Name: "tables.notmet", Needs: bot.Colleague, Run: f.notMet},
	}
}

// Views returns the cards.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: draftView, Render: f.renderDraft},
		{Kind: tableView, Render: f.renderTable},
		{Kind: seatView, Render: f.renderSeat},
		{Kind: followView, Render: f.renderFollow},
	}
}

// Panels returns the feature's parts of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{
		{Name: "tables.mine", Order: 32, Show: f.mineOnHome},
		{Name: "tables.lead", Order: 33, Show: f.leadOnHome},
	}
}

// Sweeps returns what time asks for: drafts, the tables, the questions after them.
func (f *Feature) Sweeps() []bot.Sweep { return []bot.Sweep{{Name: "tables", Run: f.sweep}} }

// once names an invocation, so that what it causes has a natural key: the same one
// again has the same name.
func (f *Feature) once(in bot.Invocation) (string, error) {
	nonce := in.Nonce
	if nonce == "" {
		var err error
		if nonce, err = bot.NewNonce(f.Random); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{nonce, in.Command, in.Arg}, "\n")))
	return hex.EncodeToString(sum[:8]), nil
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}

// do carries out a rule on a round and wakes the sweeps.
func (f *Feature) do(ctx context.Context, id string, rule func(*Round) ([]bot.Delivery, error)) (Round, error) {
	var after Round
	err := f.Stores.Rounds.Change(ctx, id, func(r *Round) ([]bot.Delivery, error) {
		out, err := rule(r)
		after = *r
		return out, err
	})
	if err == nil {
		f.Wake()
	}
	return after, err
}
