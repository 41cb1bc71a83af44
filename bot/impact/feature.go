package impact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
)

// Config is what the feature needs; all of it.
type Config struct {
	Organisation bot.Organisation
	Stores       Stores
	Clock        bot.Clock
	Random       io.Reader
}

// Feature is Prove. Its methods may be called by many goroutines.
type Feature struct {
	Config
	mu    sync.Mutex
	month time.Time // the first day of the last month that was recorded
	again time.Time // not to look again before
	went  courses
}

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	return &Feature{Config: c}
}

// Page is the path of the report's page.
const Page = "/report"

// Commands returns what leads can ask, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "impact.report", Phrases: []string{"evangelist report"}, Needs: bot.Lead, Usage: "/evangelist report FIRST-DAY LAST-DAY",
			Help: "shows what came of it all; without days for the last month.", Run: f.report},
		{Name: "impact.no", Phrases: []string{"evangelist no"}, Needs: bot.Lead, Usage: `/evangelist no "REQUEST" because REASON`,
			Help: "notes what we could not do, and who went without, for the report.", Form: f.noForm, Run: f.no},
		{Name: "impact.settings", Phrases: []string{"evangelist report settings"}, Needs: bot.Lead, Usage: "/evangelist report settings",
			Help: "states what a used answer saves, and whether the register of people is complete.", Form: f.settingsForm, Run: f.set},
	}
}

// Sweeps returns the recording of each month of which anything is known, so that
// its numbers stand before somebody asks for them.
func (f *Feature) Sweeps() []bot.Sweep {
	return []bot.Sweep{{Name: "impact.month", Run: f.recordMonth}}
}

// settle is how long after its end a month is recorded: what arrives late is in it.
const settle = 6 * time.Hour

// pause is how long to wait before looking again at a month of which nothing is
// known: an import may still bring it.
const pause = time.Hour

func (f *Feature) recordMonth(ctx context.Context) (time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.Clock.Now()
	span, err := lastMonth(now, f.Organisation.Zone)
	if err != nil {
		return time.Time{}, err
	}
	if due := span.Until.Add(settle); now.Before(due) {
		return due, nil
	}
	next := span.Until.AddDate(0, 1, 0).Add(settle)
	if f.month.Equal(span.From) {
		return next, nil
	}
	if now.Before(f.again) {
		return f.again, nil
	}
	gathered, err := f.Stores.Facts.Gather(ctx, span.From, span.Until)
	if err != nil {
		return time.Time{}, err
	}
	if len(gathered.Colleagues) == 0 || !gathered.happened(span) {
		f.again = now.Add(pause)
		return f.again, nil
	}
	wish := Wish{From: span.First(), To: span.Last()}
	if _, err := f.Compose(ctx, wish, true); err != nil {
		return time.Time{}, fmt.Errorf("record the month: %w", err)
	}
	f.month = span.From
	return next, nil
}

// report answers a lead with a card and the address of the page.
func (f *Feature) report(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	words := strings.Fields(in.Words)
	var wish Wish
	switch len(words) {
	case 0:
	case 2:
		wish.From, wish.To = words[0], words[1]
	default:
		return nil, bot.Refuse(CodePeriod, "Write the first and the last day, such as /evangelist report 2026-10-05 2026-10-11, or neither for the last month.")
	}
	report, err := f.Compose(ctx, wish, true)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: report.Card(f.Organisation)}, nil
}

// Card is the report in short, with the way to the page.
func (r Report) Card(organisation bot.Organisation) bot.Message {
	m := bot.Message{Summary: r.Title(), Blocks: []bot.Block{bot.Heading{Level: 1, Text: bot.T(r.Title())}}}
	list := bot.List{}
	for _, key := range []string{editionsOut.Key, linksShared.Key, voicesHeard.Key, voicesClosed.Key, departmentsWith.Key, pilotsDecided.Key} {
		if n, ok := r.number(key); ok {
			list.Items = append(list.Items, n.line())
		}
	}
	m.Blocks = append(m.Blocks, list)
	no := "Nothing was noted that we could not do."
	if refused := r.list("refused"); len(refused.Entries) > 0 {
		no = "What we could not do stands on the page, with who went without."
	}
	m.Blocks = append(m.Blocks, paragraph(no), paragraph(bot.To("Open the report", organisation.Page(r.Address()))), note("It fits one sheet of paper. ", bot.Mono("/evangelist no"), " adds what we could not do."))
	return m
}

// Address is the path of this report's page.
func (r Report) Address() string {
	query := url.Values{"from": {r.Span.First()}, "to": {r.Span.Last()}}
	if r.Department != "" {
		query.Set("department", r.Department)
	}
	if r.Event != "" {
		query.Set("event", r.Event)
	}
	return Page + "?" + query.Encode()
}

func (r Report) number(key string) (Number, bool) {
	for _, s := range r.Sections {
		for _, n := range s.Numbers {
			if n.Key == key {
				return n, true
			}
		}
	}
	return Number{}, false
}

func (r Report) list(key string) List {
	for _, s := range r.Sections {
		for _, l := range s.Lists {
			if l.Key == key {
				return l
			}
		}
	}
	return List{}
}

// once names an invocation, so that what it causes has a natural key.
func (f *Feature) once(in bot.Invocation) (string, error) {
	nonce := in.Nonce
	if nonce == "" {
		var err error
		if nonce, err = bot.NewNonce(f.Random); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(nonce))
	return hex.EncodeToString(sum[:16]), nil
}
