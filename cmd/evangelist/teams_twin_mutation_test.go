package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"evangelist/adapters/teams"
	"evangelist/adapters/teams/connector"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// teamsMeddle is how a mutation betrays an author. A zero one changes nothing.
type teamsMeddle struct {
	// handlers are the bot as the adapter sees it.
	handlers func(w *teamsTwin, h bot.Handlers) bot.Handlers
	// asked is told of every activity of an author's before the adapter is.
	asked func(w *teamsTwin, r teamsRequest)
	// released is told of the first release.
	released func(w *teamsTwin)
}

// meddled is a second adapter for the same tenant: it takes what comes in, and sees
// the bot as the mutation has it.
func (w *teamsTwin) meddled(s *settings) surface {
	w.Helper()
	c := s.config.Teams
	adapter, err := teams.New(teams.Config{
		AppID: c.AppID, TenantID: c.TenantID, Credential: connector.Secret(c.ClientSecret), Cloud: c.Cloud, ServiceHosts: c.ServiceHosts,
		MetadataURL: c.OpenIDMetadataURL, TokenURL: c.TokenURL, Graph: c.Graph, GraphURL: c.GraphURL,
		Organisation: w.app.organisation.Name, BaseURL: w.app.organisation.PublicURL, Zone: w.app.organisation.Zone,
		Wait: w.app.limiter.Wait, Clock: s.Clock, Random: s.Random, Log: s.log,
	})
	if err != nil {
		w.Fatal(err)
	}
	adapter.Join(w.with.handlers(w, w.app.handlers()))
	return surface{platform: adapter.Tenant, identify: adapter.Identify, run: adapter.Run, handler: adapter}
}

// aroundTeams is an adapter that hands on something else than what was asked, or
// does something beside, whenever somebody speaks without a name.
func aroundTeams(change func(w *teamsTwin, h bot.Handlers, in *bot.Invocation) error) teamsMeddle {
	return teamsMeddle{handlers: func(w *teamsTwin, h bot.Handlers) bot.Handlers {
		invoke := h.Invoke
		h.Invoke = func(ctx context.Context, in bot.Invocation) bot.Reply {
			if unnamed(in) {
				if err := change(w, h, &in); err != nil {
					w.Errorf("the mutation itself failed: %v", err)
				}
			}
			return invoke(ctx, in)
		}
		return h
	}}
}

// notingTeams is an adapter that leaves itself a note of what value says.
func notingTeams(value func(w *teamsTwin, in bot.Invocation) string) teamsMeddle {
	return aroundTeams(func(w *teamsTwin, h bot.Handlers, in *bot.Invocation) error {
		return h.Note(w.ctx, "teams/mutation", value(w, *in))
	})
}

// loggingTeams is a program that logs what value says of every activity of an
// author's.
func loggingTeams(value func(r teamsRequest) string) teamsMeddle {
	return teamsMeddle{asked: func(w *teamsTwin, r teamsRequest) { w.app.log.Debug("a request from Teams", "asked", value(r)) }}
}

// postOnTeams posts something at once, with an id of its own.
func postOnTeams(w *teamsTwin, place bot.PlaceID, words, id string) error {
	platform := w.app.platforms[teams.Name]
	parts, err := platform.Render(bot.Notice(words))
	if err != nil {
		return err
	}
	_, err = platform.Post(w.ctx, bot.Posting{Place: place, Part: parts[0], ID: id})
	return err
}

// accountInNonce has the author's account in what ids are made of.
func accountInNonce(_ *teamsTwin, _ bot.Handlers, in *bot.Invocation) error {
	in.Nonce = nonceOf(in.Nonce + string(in.Actor.Account))
	return nil
}

// remembering is a bot that remembers the order in which it heard things, and
// posts them in this order when they are released.
func remembering() teamsMeddle {
	with := aroundTeams(func(w *teamsTwin, _ bot.Handlers, in *bot.Invocation) error {
		if in.Command != "voices.code" {
			w.heardWords = append(w.heardWords, in.Value("words"))
		}
		return nil
	})
	with.released = func(w *teamsTwin) {
		for _, words := range w.heardWords {
			w.tick()
			if err := postOnTeams(w, bot.PlaceID(placeOf(w.tenant.reading)), words, "mutation"); err != nil {
				w.Error(err)
			}
		}
	}
	return with
}

type teamsMutation struct {
	with  teamsMeddle
	finds string
}

// teamsMutations are ways in which an adapter betrays an author, each with how it
// is found at least.
func teamsMutations() map[string]teamsMutation {
	all := map[string]teamsMutation{
		"the account is in the nonce":               {aroundTeams(accountInNonce), "other authors: the rows"},
		"the account is in the data of a card":      {aroundTeams(accountInNonce), "other authors: the calls after the first release"},
		"what is said stands in order of arrival":   {remembering(), "other order: the calls after the first release"},
		"what is shown stands in order of arrival":  {remembering(), "other order: the tenant after the first release"},
		"whose words they are stands behind them":   {aroundTeams(signedWords), "other authors: the rows"},
		"a card names whose words they are":         {aroundTeams(signedWords), "other authors: the tenant after the first release"},
		"the author gets a message":                 {aroundTeams(thanked), "other authors: the calls"},
		"the author is in the id of a message":      {aroundTeams(tagged), "other authors: the calls"},
		"an author who was not known is recorded":   {aroundTeams(recorded), "mark: the newcomer"},
		"where it was asked is kept":                {aroundTeams(observed), "mark: the channel"},
		"a dialog carries whose it is":              {teamsMeddle{handlers: labelled}, "carried: the form holds"},
		"a discreet command is counted":             {aroundTeams(counted), "loud: sending text 0 changed the metrics"},
		"the account is noted":                      {notingTeams(func(_ *teamsTwin, in bot.Invocation) string { return string(in.Actor.Account) }), "other authors: the rows"},
		"a note says that somebody spoke":           {notingTeams(func(w *teamsTwin, _ bot.Invocation) string { return fmt.Sprint(w.clock.Now().Unix()) }), "loud: sending text 0 changed the rows"},
		"a note has the moment":                     {notingTeams(func(w *teamsTwin, _ bot.Invocation) string { return w.clock.Now().Format(time.RFC3339) }), "mark: the moment"},
		"the user is logged":                        {loggingTeams(func(r teamsRequest) string { return r.user }), "other authors: the log"},
		"how the service names the user is logged":  {loggingTeams(func(r teamsRequest) string { return r.address }), "mark: the address"},
		"the team is logged":                        {loggingTeams(func(r teamsRequest) string { return r.team }), "mark: the team"},
		"the conversation is logged":                {loggingTeams(func(r teamsRequest) string { return r.conversation }), "mark: the channel"},
		"the activity is logged":                    {loggingTeams(func(r teamsRequest) string { return r.id }), "mark: the activity"},
		"a request is logged":                       {loggingTeams(func(teamsRequest) string { return "" }), "loud: opening the form of text 0 changed the log"},
		"the conversation is noted as it is served": {teamsMeddle{asked: noted}, "mark: the channel"},
	}
	all["the activity is the nonce"] = teamsMutation{aroundTeams(func(w *teamsTwin, _ bot.Handlers, in *bot.Invocation) error {
		in.Nonce = nonceOf(w.last.id)
		return nil
	}), "other order: the rows"}
	all["a note has the order"] = teamsMutation{aroundTeams(func(w *teamsTwin, h bot.Handlers, in *bot.Invocation) error {
		earlier, err := h.Recall(w.ctx, "teams/mutation")
		if err != nil {
			return err
		}
		return h.Note(w.ctx, "teams/mutation", earlier+" / "+in.Value("words"))
	}), "other order: the rows"}
	return all
}

func signedWords(_ *teamsTwin, _ bot.Handlers, in *bot.Invocation) error {
	if words := in.Value("words"); words != "" {
		in.Values["words"] = []string{words + " (" + in.Actor.Account.Native() + ")"}
	}
	return nil
}

func thanked(w *teamsTwin, _ bot.Handlers, in *bot.Invocation) error {
	place, err := w.app.platforms[teams.Name].(bot.Opener).Open(w.ctx, []bot.AccountID{in.Actor.Account})
	if err != nil {
		return err
	}
	return postOnTeams(w, place, "Thank you.", "mutation")
}

func tagged(w *teamsTwin, _ bot.Handlers, in *bot.Invocation) error {
	return postOnTeams(w, bot.PlaceID(placeOf(w.tenant.reading)), "Something waits.", in.Actor.Account.Native())
}

func recorded(w *teamsTwin, h bot.Handlers, in *bot.Invocation) error {
	return h.Record(w.ctx, []bot.AccountFact{{Account: in.Actor.Account, Name: in.Actor.Name}})
}

func observed(w *teamsTwin, h bot.Handlers, in *bot.Invocation) error {
	return h.Observe(w.ctx, []bot.Place{{ID: in.Place, Name: "room", Kind: bot.PrivateChannel}})
}

func counted(w *teamsTwin, _ bot.Handlers, in *bot.Invocation) error {
	w.app.meters.command(bot.Call{Command: in.Command})
	return nil
}

// labelled has a form carry whose it is.
func labelled(_ *teamsTwin, h bot.Handlers) bot.Handlers {
	invoke := h.Invoke
	h.Invoke = func(ctx context.Context, in bot.Invocation) bot.Reply {
		reply := invoke(ctx, in)
		if ask, is := reply.(bot.Ask); is && ask.Form.Command == "voices.code" {
			ask.Form.Arg = string(in.Actor.Account)
			return ask
		}
		return reply
	}
	return h
}

func noted(w *teamsTwin, r teamsRequest) {
	if err := w.app.handlers().Note(w.ctx, "teams/place/"+r.conversation, `{"t":"x"}`); err != nil {
		w.Error(err)
	}
}

// Each way in which an adapter betrays an author must be found, or the twins prove
// nothing.
func TestTwinsOnTeamsFindEachLeak(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	at := newDoorstep(t)
	template := furnishedTeams(t, at, true)
	t.Run("nothing is betrayed", func(t *testing.T) {
		none := aroundTeams(func(*teamsTwin, bot.Handlers, *bot.Invocation) error { return nil })
		none.asked, none.released = func(*teamsTwin, teamsRequest) {}, func(*teamsTwin) {}
		for _, found := range teamsVerdict(t, at, template, none, true, "anything") {
			t.Error(found)
		}
	})
	for name, one := range teamsMutations() {
		t.Run(name, func(t *testing.T) {
			if found := teamsVerdict(t, at, template, one.with, true, one.finds); !slices.ContainsFunc(found, begins(one.finds)) {
				t.Errorf("it was not found by %q, but by %d other signs", one.finds, len(found))
			}
		})
	}
}
