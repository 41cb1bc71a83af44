package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"evangelist/adapters/slack/manifest"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// Slack is a workspace that is to be asked.
type Slack struct {
	BotToken string
	AppToken string // Socket Mode only
	APIURL   string // "": Slack's
	HTTP     bool   // requests come over HTTP instead of Socket Mode
	App      manifest.Options
	Labels   []string // of profile fields that are read
	// Bound is the account that the database belongs to; "" when it belongs to
	// none yet, and Unread when the database could not be read.
	Bound  bot.AccountID
	Unread bool
	Places []Place
	// Post is where a test message is posted and removed again: a channel's id or
	// name; "": nowhere.
	Post string
	// Samples are messages and forms whose form Slack is asked to check.
	Samples []Sample
	Clock   bot.Clock
	Client  *http.Client // nil: one that honours proxies and certificates of the environment
}

// Place is a channel that the bot needs.
type Place struct {
	ID   bot.PlaceID
	Name string
	// Posts says that something is posted there; else it is only read.
	Posts bool
	// Confirmed says that a lead confirmed it although outsiders are in it.
	Confirmed bool
	External  bool   // as far as the database knows
	For       string // such as "Friday roundup"
	Service   string // Teams: the address that serves it; "": the cloud's
	Group     string // Teams: its team in Microsoft Graph, "" when it is not known
}

// Sample is a message or a form as Slack would get it.
type Sample struct {
	Name    string
	Surface webapi.Surface
	Raw     []byte
}

// patience is how long one question may take.
const patience = 15 * time.Second

type examination struct {
	Slack
	api      *webapi.Client
	dates    *dates
	self     webapi.Identity
	findings []Finding
}

// Examine asks Slack and returns what it found. Without a valid bot token little
// else can be asked, and the findings end there.
func Examine(ctx context.Context, s Slack) []Finding {
	e := &examination{Slack: s, dates: &dates{clock: s.Clock}}
	if err := e.connect(); err != nil {
		return []Finding{failed("slack", err, "mend slack.api_url")}
	}
	if e.signIn(ctx) {
		e.skew()
		e.belongs()
		e.scopes()
	}
	e.transport(ctx)
	if e.self.BotUser != "" {
		e.fields(ctx)
		e.places(ctx)
		e.testPost(ctx)
	}
	e.samples(ctx)
	return e.findings
}

func (e *examination) add(f Finding) { e.findings = append(e.findings, f) }

// connect makes a client whose answers tell the time at Slack.
func (e *examination) connect() error {
	c := webapi.Config{BotToken: e.BotToken, AppToken: e.AppToken, APIURL: e.APIURL, Client: e.Client}
	plain, err := webapi.New(c)
	if err != nil {
		return err
	}
	listening := *plain.HTTP()
	if e.dates.below = listening.Transport; e.dates.below == nil {
		e.dates.below = http.DefaultTransport
	}
	listening.Transport = e.dates
	c.Client = &listening
	e.api, err = webapi.New(c)
	return err
}

func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience)
}

func (e *examination) signIn(ctx context.Context) bool {
	ctx, cancel := within(ctx)
	defer cancel()
	self, err := e.api.Who(ctx)
	if err != nil {
		e.add(failed("slack sign-in", err, "check that this computer reaches Slack, through HTTPS_PROXY where there is a proxy and with SSL_CERT_FILE where it has a certificate of its own"))
		return false
	}
	e.self = self
	say := fmt.Sprintf("workspace %q (%s), as user %s", self.TeamName, self.Team, self.BotUser)
	if self.Enterprise != "" {
		say += ", in the Enterprise organisation " + self.Enterprise
	}
	e.add(Finding{Name: "slack sign-in", Say: say})
	return true
}

// How far the clock may be off: Slack's signatures and our own check allow five
// minutes.
const (
	noticed  = 30 * time.Second
	tolerate = 4 * time.Minute
)

func (e *examination) skew() {
	off, ok := e.dates.skew()
	if !ok {
		return
	}
	f := Finding{Name: "slack clock", Say: "the same time as here"}
	if off.Abs() >= noticed {
		f.State, f.Say = Look, fmt.Sprintf("this computer's clock is %s %s", off.Abs().Round(time.Second), ahead(off))
		f.Do = "have the clock set by a time server; schedules follow it"
		if off.Abs() >= tolerate {
			f.State = Wrong
			f.Do = "have the clock set by a time server; what Slack signs is refused when the clocks are five minutes apart"
		}
	}
	e.add(f)
}

func ahead(off time.Duration) string {
	if off > 0 {
		return "ahead of Slack's"
	}
	return "behind Slack's"
}

func (e *examination) belongs() {
	f := Finding{Name: "slack database"}
	account := bot.NewAccountID(instance, e.self.Account())
	switch {
	case e.Unread:
		return // the database has a finding of its own
	case e.Bound == "":
		f.Say = "belongs to no workspace yet; the first start of evangelist serve binds it to " + string(account)
	case e.Bound == account:
		f.Say = "belongs to this bot account"
	default:
		f.State, f.Say = Wrong, fmt.Sprintf("belongs to %s, and the token is of %s, so nothing is sent", e.Bound, account)
		f.Do = "use the database of this installation, or the token of the other account"
	}
	e.add(f)
}

// instance is the instance key of the one Slack workspace.
const instance = "slack"

func (e *examination) scopes() {
	if e.self.Scopes == nil {
		e.add(Finding{Name: "slack scopes", State: Look, Say: "Slack did not say what the app may do", Do: "compare OAuth & Permissions with evangelist manifest slack"})
		return
	}
	wanted := manifest.Scopes(e.App)
	var missing []manifest.Scope
	optional, lacksAll := 0, true
	for _, scope := range wanted {
		granted := slices.Contains(e.self.Scopes, scope.Name)
		if scope.Optional() {
			optional++
			lacksAll = lacksAll && !granted
		}
		if !granted {
			missing = append(missing, scope)
		}
	}
	f := Finding{Name: "slack scopes", Say: fmt.Sprintf("%d of %d", len(wanted)-len(missing), len(wanted))}
	if optional > 0 && lacksAll {
		f.Say += "; this is a quiet install: the app reads no channel and no reaction, and links come in by shortcut, by command or in its own chat"
		missing = slices.DeleteFunc(missing, manifest.Scope.Optional)
	}
	e.add(f)
	const again = "add it under OAuth & Permissions, or put in the manifest anew, and install the app again"
	for _, scope := range missing {
		f := Finding{Name: "slack scope " + scope.Name, State: Look, Say: "not granted. " + scope.Without, Do: again + "; or leave it as it is, if that is what you want"}
		if scope.Must {
			f.State, f.Do = Wrong, again
		}
		e.add(f)
	}
	e.unneeded()
}

// unneeded names what the app may do and never does.
func (e *examination) unneeded() {
	all := e.App
	all.Quiet, all.Profile = false, true
	if all.PublicURL == "" {
		all.PublicURL = "https://evangelist.example.org"
	}
	var unneeded []string
	for _, granted := range e.self.Scopes {
		if !slices.ContainsFunc(manifest.Scopes(all), func(s manifest.Scope) bool { return s.Name == granted }) {
			unneeded = append(unneeded, granted)
		}
	}
	if len(unneeded) > 0 {
		e.add(Finding{Name: "slack scopes", State: Look, Say: "granted and never used: " + strings.Join(unneeded, ", "), Do: "take them out, so that the token can do no more than it must"})
	}
}

func (e *examination) transport(ctx context.Context) {
	if e.HTTP {
		e.add(Finding{Name: "slack requests", State: Look, Say: "whether Slack reaches this program can only be seen at Slack",
			Do: "while evangelist serve runs, look whether Event Subscriptions in the app's settings says Verified"})
		return
	}
	ctx, cancel := within(ctx)
	defer cancel()
	// The address is a ticket, and nobody uses it: it ends by itself.
	if _, err := e.api.Connect(ctx); err != nil {
		e.add(failed("slack connection", err, "make a new app-level token with connections:write, and switch Socket Mode on in the app's settings"))
		return
	}
	e.add(Finding{Name: "slack connection", Say: "Socket Mode may be used"})
}

// fields looks whether the labels of the configuration are there.
func (e *examination) fields(ctx context.Context) {
	if len(e.Labels) == 0 {
		return
	}
	ctx, cancel := within(ctx)
	defer cancel()
	fields, err := e.api.ProfileFields(ctx)
	if err != nil {
		e.add(failed("slack profile", err, ""))
		return
	}
	var unknown []string
	for _, label := range e.Labels {
		if _, ok := fields[label]; !ok {
			unknown = append(unknown, fmt.Sprintf("%q", label))
		}
	}
	f := Finding{Name: "slack profile", Say: "the fields of slack.profile are there"}
	if len(unknown) > 0 {
		f.State, f.Say = Wrong, "no profile field is labelled "+strings.Join(unknown, " or ")+", so that stays empty"
		f.Do = "write the label under slack.profile as it stands in people's profiles"
	}
	e.add(f)
}

// dates compares the time that answers carry with the time here.
type dates struct {
	below http.RoundTripper
	clock bot.Clock

	mu    sync.Mutex
	off   time.Duration
	known bool
}

// RoundTrip implements http.RoundTripper.
func (d *dates) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := d.clock.Now()
	resp, err := d.below.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now := d.clock.Now()
		d.mu.Lock()
		defer d.mu.Unlock()
		// The moment in the middle; a date has whole seconds, half of one is lost.
		d.off, d.known = sent.Add(now.Sub(sent)/2).Sub(at.Add(500*time.Millisecond)), true
	}
	return resp, nil
}

// skew returns how far the clock here is ahead.
func (d *dates) skew() (time.Duration, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off, d.known
}
