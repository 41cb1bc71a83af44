package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
)

// Edition is an edition that went out, as far as it told entries.
type Edition struct {
	ID       string
	Name     string // how people call its digest
	At       time.Time
	Entries  []string          // ids of entries that stood in it
	Retold   []string          // ids of proposals that stood in it
	Links    map[string]string // the addresses of its links, by title
	Recalled bool              // taken back: it told nobody
}

// EditionSource returns editions that went out, the newest first, at most limit.
type EditionSource func(ctx context.Context, limit int) ([]Edition, error)

// DepartmentSource returns the departments, with how many colleagues each has.
type DepartmentSource func(ctx context.Context) ([]Department, error)

// Config is what the feature needs. Editions may be left out, the rest is
// compulsory; who only reads needs no Random.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Stores       Stores
	Clock        bot.Clock
	Random       io.Reader
	Sources      []Source
	Departments  DepartmentSource
	Editions     EditionSource // nil: no edition tells anything
}

// Feature is the library. Its methods may be called by many goroutines.
type Feature struct {
	Config

	mu     sync.Mutex
	noted  string    // the newest edition whose tellings are kept
	looked time.Time // when the sweep last looked through the whole library
}

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	if c.Editions == nil {
		c.Editions = func(context.Context, int) ([]Edition, error) { return nil, nil }
	}
	return &Feature{Config: c}
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "library.worked", Phrases: []string{"evangelist worked"}, Needs: bot.Colleague, Usage: "/evangelist worked WORDS",
			Help: "searches what worked: learnings, stories, links that were used, examples from elsewhere.", Run: f.worked},
		{Name: "library.show", Needs: bot.Colleague, Run: f.show},
		{Name: "library.example", Phrases: []string{"evangelist example"}, Needs: bot.Colleague, Usage: "/evangelist example ADDRESS",
			Help: "keeps a link as an example: who did it, in which job, what came of it.", Form: f.exampleForm, Run: f.example},
		{Name: "library.takeback", Needs: bot.Colleague, Run: f.takeBack},
		{Name: "library.told", Phrases: []string{"evangelist told"}, Needs: bot.Colleague, Usage: "/evangelist told WORDS",
			Help: "notes whom something that worked was told to, and when.", Form: f.toldForm, Run: f.told},
		{Name: "library.untold", Needs: bot.Colleague, Run: f.untold},
		{Name: "library.again", Phrases: []string{"evangelist retell"}, Needs: bot.Lead, Usage: "/evangelist retell",
			Help: "shows what is proposed to be told again.", Run: f.again},
		{Name: "library.edition", Needs: bot.Lead, Form: f.editionForm, Run: f.edition},
		{Name: "library.meeting", Needs: bot.Lead, Form: f.meetingForm, Run: f.meeting},
		{Name: "library.notthis", Needs: bot.Lead, Run: f.put(NotThisOne)},
		{Name: "library.notnow", Needs: bot.Lead, Run: f.put(NotNow)},
	}
}

// Views returns the cards.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{{Kind: retellView, Render: f.renderProposal}}
}

// Panels returns the feature's part of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{{Name: "library.lead", Order: 36, Show: f.leadOnHome}}
}

// Sweeps returns what time asks for: what editions told, and what is worth telling
// again.
func (f *Feature) Sweeps() []bot.Sweep { return []bot.Sweep{{Name: "library", Run: f.sweep}} }

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
