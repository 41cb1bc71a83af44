package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"evangelist/adapters/teams/botauth"
	"evangelist/adapters/teams/cloud"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/graph"
	"evangelist/bot"
)

// Teams is a tenant that is to be asked. AppID, TenantID, Credential and Clock are
// compulsory.
type Teams struct {
	AppID        string
	TenantID     string
	Credential   connector.Credential
	Cloud        string // "": the public one
	ServiceHosts []string
	MetadataURL  string // "": the cloud's
	TokenURL     string // "": the cloud's
	GraphURL     string // "": the cloud's
	Graph        bool   // Microsoft Graph is read
	// Bound is the account that the database belongs to; "" when it belongs to
	// none yet, and Unread when the database could not be read.
	Bound  bot.AccountID
	Unread bool
	Places []Place
	// Post is where a test message is posted and removed again; without an ID:
	// nowhere.
	Post  Place
	Clock bot.Clock
	// Transport is nil for one that honours proxies and certificates of the
	// environment.
	Transport http.RoundTripper
}

// tenantName is the instance key of the one tenant.
const tenantName = "teams"

type visit struct {
	Teams
	cloud    cloud.Cloud
	dates    *dates
	api      *connector.Client
	graph    *graph.Client
	findings []Finding
}

// ExamineTenant asks Teams and returns what it found. Without a token little else
// can be asked, and the findings end there.
func ExamineTenant(ctx context.Context, t Teams) []Finding {
	v := &visit{Teams: t, dates: &dates{clock: t.Clock, below: t.Transport}}
	if v.dates.below == nil {
		v.dates.below = http.DefaultTransport
	}
	tokens, err := v.connect()
	if err != nil {
		return []Finding{failed("teams", err, "mend the settings of teams")}
	}
	signedIn := v.signIn(ctx, tokens)
	if signedIn {
		v.skew()
		v.belongs()
	}
	v.keys(ctx)
	v.door()
	if signedIn {
		v.people(ctx)
		v.places(ctx)
		v.testPost(ctx)
	}
	return v.findings
}

func (v *visit) add(f Finding) { v.findings = append(v.findings, f) }

func (v *visit) tokens(scope string) (*connector.Tokens, error) {
	return connector.NewTokens(connector.TokenConfig{
		AppID: v.AppID, TenantID: v.TenantID, LoginURL: v.cloud.LoginURL, TokenURL: v.TokenURL, Scope: scope, Credential: v.Credential, Clock: v.Clock, Transport: v.dates,
	})
}

// connect makes clients for the connector and for Graph, and returns the tokens
// of the first.
func (v *visit) connect() (*connector.Tokens, error) {
	var err error
	if v.cloud, err = cloud.Named(v.Cloud); err != nil {
		return nil, err
	}
	hosts, err := cloud.NewHosts(append(append([]string{}, v.cloud.ServiceHosts...), v.ServiceHosts...)...)
	if err != nil {
		return nil, err
	}
	tokens, err := v.tokens(v.cloud.BotScope)
	if err != nil {
		return nil, err
	}
	if v.api, err = connector.New(connector.Config{AppID: v.AppID, TenantID: v.TenantID, Tokens: tokens, Hosts: hosts, Clock: v.Clock, Transport: v.dates}); err != nil || !v.Graph {
		return tokens, err
	}
	own, err := v.tokens(v.cloud.GraphScope)
	if err != nil {
		return nil, err
	}
	address := v.GraphURL
	if address == "" {
		address = v.cloud.GraphURL
	}
	v.graph, err = graph.New(graph.Config{BaseURL: address, AppID: v.AppID, Platform: tenantName, Tokens: own, Clock: v.Clock, Transport: v.dates})
	return tokens, err
}

func (v *visit) signIn(ctx context.Context, tokens *connector.Tokens) bool {
	ctx, cancel := within(ctx)
	defer cancel()
	if _, err := tokens.Token(ctx); err != nil {
		v.add(failed("teams sign-in", err, "check that this computer reaches Microsoft's sign-in service, through HTTPS_PROXY where there is a proxy and with SSL_CERT_FILE where it has a certificate of its own"))
		return false
	}
	v.add(Finding{Name: "teams sign-in", Say: fmt.Sprintf("the bot %s may act in the tenant %s, by %s", v.AppID, v.TenantID, v.Credential)})
	return true
}

// skew compares the clocks: tokens are refused when they are five minutes apart.
func (v *visit) skew() {
	off, ok := v.dates.skew()
	if !ok {
		return
	}
	f := Finding{Name: "teams clock", Say: "the same time as here"}
	if off.Abs() >= noticed {
		f.State, f.Say, f.Do = Look, fmt.Sprintf("this computer's clock is %s %s", off.Abs().Round(time.Second), strings.ReplaceAll(ahead(off), "Slack", "Microsoft")), "have the clock set by a time server; schedules follow it"
		if off.Abs() >= tolerate {
			f.State, f.Do = Wrong, "have the clock set by a time server; what Teams sends is refused when the clocks are five minutes apart"
		}
	}
	v.add(f)
}

func (v *visit) belongs() {
	f := Finding{Name: "teams database"}
	account := bot.NewAccountID(tenantName, strings.ToLower(v.TenantID+"."+v.AppID))
	switch {
	case v.Unread:
		return // the database has a finding of its own
	case v.Bound == "":
		f.Say = "belongs to no tenant yet; the first start of evangelist serve binds it to this bot"
	case v.Bound == account:
		f.Say = "belongs to this bot account"
	default:
		f.State, f.Say = Wrong, fmt.Sprintf("belongs to %s, and the configuration is of %s, so nothing is sent", v.Bound, account)
		f.Do = "use the database of this installation, or the app_id and tenant_id of the other account"
	}
	v.add(f)
}

// keys looks whether what Teams sends could be checked.
func (v *visit) keys(ctx context.Context) {
	ctx, cancel := within(ctx)
	defer cancel()
	check, err := botauth.New(botauth.Config{
		AppID: v.AppID, Tenants: []string{v.TenantID}, Cloud: v.cloud, MetadataURL: v.MetadataURL, ServiceHosts: v.ServiceHosts, Clock: v.Clock, Transport: v.dates,
	})
	if err == nil {
		err = check.Warm(ctx)
	}
	if err != nil {
		v.add(Finding{Name: "teams keys", State: Wrong, Say: "the keys by which requests from Teams are checked cannot be read, so every request is refused: " + err.Error(),
			Do: "check that this computer reaches the key server of the bot service, through the proxy where there is one"})
		return
	}
	v.add(Finding{Name: "teams keys", Say: "requests from Teams can be checked"})
}

// door says what only Microsoft's side can tell.
func (v *visit) door() {
	f := Finding{Name: "teams requests", State: Look, Say: "whether Teams reaches this program can only be seen there"}
	f.Do = "look whether the messaging endpoint of the bot's registration is https://, your public host and /api/messages; then write anything to the bot while evangelist serve runs"
	v.add(f)
}

// errEnough ends a reading of the directory after its first part.
var errEnough = errors.New("enough was read")

// people looks whether the directory can be read.
func (v *visit) people(ctx context.Context) {
	const name = "teams directory"
	if v.graph == nil {
		v.add(Finding{Name: name, State: Look, Say: "Microsoft Graph is not read: people are known from the teams and chats that the bot is in, without departments, and what is in doubt is asked of a comms lead",
			Do: "nothing, if that is what you want; else grant User.Read.All to the app and set teams.graph"})
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	some := 0
	_, err := v.graph.People(ctx, func(_ context.Context, facts []bot.AccountFact) error {
		some = len(facts)
		return errEnough
	})
	switch {
	case err != nil && !errors.Is(err, errEnough):
		v.add(failed(name, err, "grant the application permission User.Read.All to the app, with an administrator's consent; or set teams.graph to false"))
	case some == 0:
		v.add(Finding{Name: name, State: Look, Say: "it can be read, and nobody is in it"})
	default:
		v.add(Finding{Name: name, Say: "it can be read"})
	}
}

// places asks about each conversation that the bot needs.
func (v *visit) places(ctx context.Context) {
	ours := 0
	for _, place := range v.Places {
		if place.ID.Platform() == tenantName {
			ours++
			v.add(v.place(ctx, place))
		}
	}
	if ours == 0 && !v.Unread {
		v.add(Finding{Name: "teams channels", Say: "no digest goes to a channel yet, and none is read; add the app to a team, then write digest new to the bot"})
	}
}

// at is the conversation of a place.
func (v *visit) at(place Place) connector.Conversation {
	service := place.Service
	if service == "" {
		service = v.cloud.ServiceURL
	}
	return connector.Conversation{ServiceURL: service, ID: place.ID.Native()}
}

func (v *visit) place(ctx context.Context, place Place) Finding {
	ctx, cancel := within(ctx)
	defer cancel()
	name := "teams conversation " + place.Name
	if place.Name == "" {
		name = "teams conversation " + place.ID.Native()
	}
	if place.Service == "" && v.cloud.ServiceURL == "" {
		return Finding{Name: name, State: Look, Say: place.For + ": it is not known yet where Teams is served in this cloud", Do: "write anything to the bot on Teams once, while evangelist serve runs"}
	}
	f := Finding{Name: name, Say: place.For + ": a member"}
	_, err := v.api.Members(ctx, v.at(place), "")
	var refused *bot.SendError
	switch {
	case errors.As(err, &refused) && refused.Reason != bot.Busy:
		f.State, f.Say = Look, place.For+": the bot is not in it, or it is gone. Teams says: "+strings.TrimSuffix(refused.Say, ".")
		if place.Posts {
			f.State = Wrong
		}
		f.Do = "have an owner add the app to the team, or somebody to the chat; or choose another place"
	case err != nil:
		return failed(name, err, "")
	case place.External && place.Posts && !place.Confirmed:
		f.State, f.Say, f.Do = Wrong, place.For+": shared with another organisation, so nothing is posted there", "choose another channel, end the sharing, or confirm it with evangelist shared"
	case place.External:
		f.State, f.Say = Look, place.For+": shared with another organisation"
	case place.Posts:
		f = v.searchable(ctx, f, place)
	}
	return f
}

// searchable says whether a message can be looked for when it is in doubt.
func (v *visit) searchable(ctx context.Context, f Finding, place Place) Finding {
	if v.graph == nil || place.Group == "" {
		f.Say += "; a comms lead is asked when it is not known whether a message arrived"
		return f
	}
	_, err := v.graph.Messages(ctx, graph.Channel{Group: place.Group, ID: place.ID.Native()}, v.Clock.Now().Add(-time.Minute), "")
	if err != nil {
		f.State, f.Say = Look, f.Say+"; the bot may not look for its own messages there, so a comms lead is asked when it is not known whether one arrived"
		f.Do = "nothing, if that is what you want; else install a reading package in that team, with its owner's consent"
		return f
	}
	f.Say += "; the bot may look for its own messages there"
	return f
}

// testPost posts a message, looks for it where it may, and removes it again.
func (v *visit) testPost(ctx context.Context) {
	if v.Post.ID == "" {
		return
	}
	const name = "teams test message"
	if v.Post.External && !v.Post.Confirmed {
		v.add(Finding{Name: name, State: Wrong, Say: "the channel is shared with another organisation, so nothing was posted", Do: "choose another channel, or confirm it with evangelist shared"})
		return
	}
	mark := fmt.Sprintf("evangelist-doctor-%d.", v.Clock.Now().UnixNano())
	card, err := json.Marshal(map[string]any{"type": "AdaptiveCard", "version": "1.5", "body": []any{
		map[string]any{"type": "TextBlock", "id": mark, "text": " ", "isVisible": false}, map[string]any{"type": "TextBlock", "text": testWords, "wrap": true},
	}})
	if err != nil {
		v.add(failed(name, err, ""))
		return
	}
	to, since := v.at(v.Post), v.Clock.Now().Add(-10*time.Minute)
	posting, cancel := within(ctx)
	id, err := v.api.Send(posting, to, connector.Card(card, testWords))
	cancel()
	if err != nil || id == "" {
		f := failed(name, errors.Join(err, missing(id)), "")
		var refused *bot.SendError
		if !errors.As(err, &refused) {
			f.Do = "look there whether a test message stands, and delete it"
		}
		v.add(f)
		return
	}
	v.find(ctx, mark, since)
	// Also when somebody stops the doctor now, the message goes.
	removing, cancel := within(context.WithoutCancel(ctx))
	defer cancel()
	if err := v.api.Delete(removing, to, id); err != nil {
		v.add(failed(name, err, "delete the test message by hand"))
		return
	}
	v.add(Finding{Name: name, Say: "posted and removed again"})
}

func missing(id string) error {
	if id == "" {
		return errors.New("no id came back")
	}
	return nil
}

// find looks for the test message as the courier would.
func (v *visit) find(ctx context.Context, mark string, since time.Time) {
	if v.graph == nil || v.Post.Group == "" {
		return
	}
	ctx, cancel := within(ctx)
	defer cancel()
	found, err := v.graph.Find(ctx, graph.Channel{Group: v.Post.Group, ID: v.Post.ID.Native()}, mark, since)
	switch {
	case err != nil:
		v.add(Finding{Name: "teams look-up", State: Look, Say: "the bot may not look for its own messages there; a comms lead is asked when one is in doubt"})
	case len(found) == 0:
		v.add(Finding{Name: "teams look-up", State: Look, Say: "the message was posted and Microsoft Graph does not show it yet; the courier waits two minutes before it trusts that"})
	default:
		v.add(Finding{Name: "teams look-up", Say: "the bot finds its own messages again"})
	}
}
