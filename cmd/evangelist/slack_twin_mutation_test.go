package main

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"testing"
	"time"

	"evangelist/adapters/slack"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// slackMeddle is how a mutation betrays an author. A zero one changes nothing.
type slackMeddle struct {
	// handlers are the bot as the adapter sees it.
	handlers func(w *slackTwin, h bot.Handlers) bot.Handlers
	// asked is told of every command and interaction of an author's over HTTP,
	// before the adapter is.
	asked func(w *slackTwin, r slackRequest)
}

// meddled is a second adapter for the same workspace: it takes what comes in, and
// sees the bot as the mutation has it.
func (w *slackTwin) meddled(s *settings) surface {
	w.Helper()
	c := s.config.Slack
	adapter, err := slack.New(slack.Config{
		BotToken: c.BotToken, AppToken: c.AppToken, SigningSecret: c.SigningSecret, HTTP: c.HTTP(), APIURL: c.APIURL,
		Organisation: w.app.organisation.Name, BaseURL: w.app.organisation.PublicURL, Zone: w.app.organisation.Zone,
		Wait: w.app.limiter.Wait, Clock: s.Clock, Random: s.Random, Log: s.log,
	})
	if err != nil {
		w.Fatal(err)
	}
	adapter.Join(w.with.handlers(w, w.app.handlers()))
	return surface{platform: adapter.Workspace, identify: adapter.Identify, run: adapter.Run, handler: adapter.Handler()}
}

// aroundSlack is an adapter that hands on something else than what was asked, or
// does something beside, whenever somebody speaks without a name.
func aroundSlack(change func(w *slackTwin, h bot.Handlers, in *bot.Invocation) error) slackMeddle {
	return slackMeddle{handlers: func(w *slackTwin, h bot.Handlers) bot.Handlers {
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

// notingSlack is an adapter that leaves itself a note of what value says.
func notingSlack(value func(w *slackTwin, in bot.Invocation) string) slackMeddle {
	return aroundSlack(func(w *slackTwin, h bot.Handlers, in *bot.Invocation) error {
		return h.Note(w.ctx, "slack/mutation", value(w, *in))
	})
}

// loggingSlack is a program that logs what value says of every request.
func loggingSlack(value func(r slackRequest) string) slackMeddle {
	return slackMeddle{asked: func(w *slackTwin, r slackRequest) { w.app.log.Debug("a request from Slack", "asked", value(r)) }}
}

// nonceOf makes a form's nonce of a text.
func nonceOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}

// directInSlack writes to somebody in the bot's own chat.
func directInSlack(w *slackTwin, to bot.AccountID) error {
	platform := w.app.platforms[slack.Name]
	place, err := platform.(bot.Opener).Open(w.ctx, []bot.AccountID{to})
	if err != nil {
		return err
	}
	parts, err := platform.Render(bot.Notice("Thank you."))
	if err != nil {
		return err
	}
	_, err = platform.Post(w.ctx, bot.Posting{Place: place, Part: parts[0], ID: "mutation"})
	return err
}

// slackMutations are ways in which an adapter betrays an author, each with how it
// is found at least.
var slackMutations = map[string]struct {
	with   slackMeddle
	socket bool
	finds  string
}{
	"the account is in the nonce": {with: aroundSlack(func(_ *slackTwin, _ bot.Handlers, in *bot.Invocation) error {
		in.Nonce = nonceOf(in.Nonce + string(in.Actor.Account))
		return nil
	}), finds: "other authors: the rows"},
	"the account is in the nonce, over a socket": {with: aroundSlack(func(_ *slackTwin, _ bot.Handlers, in *bot.Invocation) error {
		in.Nonce = nonceOf(in.Nonce + string(in.Actor.Account))
		return nil
	}), socket: true, finds: "other authors: the rows"},
	"the trigger is the nonce": {with: aroundSlack(func(w *slackTwin, _ bot.Handlers, in *bot.Invocation) error {
		in.Nonce = nonceOf(w.last.trigger)
		return nil
	}), finds: "other order: the rows"},
	"whose words they are stands behind them": {with: aroundSlack(func(_ *slackTwin, _ bot.Handlers, in *bot.Invocation) error {
		if words := in.Value("words"); words != "" {
			in.Values["words"] = []string{words + " (" + in.Actor.Account.Native() + ")"}
		}
		return nil
	}), finds: "other authors: the rows"},
	"the account is noted": {with: notingSlack(func(_ *slackTwin, in bot.Invocation) string { return string(in.Actor.Account) }), finds: "other authors: the rows"},
	"a note says that somebody spoke": {with: notingSlack(func(w *slackTwin, _ bot.Invocation) string { return fmt.Sprint(w.clock.Now().Unix()) }),
		finds: "loud: sending text 0 changed the rows"},
	"a note has the moment": {with: notingSlack(func(w *slackTwin, _ bot.Invocation) string { return w.clock.Now().Format(time.RFC3339) }), finds: "mark: the moment"},
	"a note has the order": {with: aroundSlack(func(w *slackTwin, h bot.Handlers, in *bot.Invocation) error {
		earlier, err := h.Recall(w.ctx, "slack/mutation")
		if err != nil {
			return err
		}
		return h.Note(w.ctx, "slack/mutation", earlier+" / "+in.Value("words"))
	}), finds: "other order: the rows"},
	"the address for answers is noted": {with: slackMeddle{asked: func(w *slackTwin, r slackRequest) {
		if err := w.app.handlers().Note(w.ctx, "slack/mutation", r.answer); err != nil {
			w.Error(err)
		}
	}}, finds: "mark: the response address"},
	"an address for answers is kept while a form is open": {with: slackMeddle{handlers: func(_ *slackTwin, h bot.Handlers) bot.Handlers {
		all := h.Commands()
		for i := range all {
			all[i].Discreet = false
		}
		h.Commands = func() []bot.Command { return all }
		return h
	}}, finds: "carried: the form leads to a kept response address"},
	"the user is logged":        {with: loggingSlack(func(r slackRequest) string { return r.user }), finds: "other authors: the log"},
	"the user name is logged":   {with: loggingSlack(func(r slackRequest) string { return r.name }), finds: "mark: the user name"},
	"the team is logged":        {with: loggingSlack(func(r slackRequest) string { return r.team }), finds: "mark: the team"},
	"the channel is logged":     {with: loggingSlack(func(r slackRequest) string { return r.channel }), finds: "mark: the channel"},
	"the trigger is logged":     {with: loggingSlack(func(r slackRequest) string { return r.trigger }), finds: "mark: the trigger"},
	"the view is logged":        {with: loggingSlack(func(r slackRequest) string { return r.view }), finds: "mark: the view is"},
	"the view's hash is logged": {with: loggingSlack(func(r slackRequest) string { return r.hash }), finds: "mark: the view's hash"},
	"a request is logged":       {with: loggingSlack(func(slackRequest) string { return "" }), finds: "loud: opening the form of text 0 changed the log"},
	"a discreet command is counted": {with: aroundSlack(func(w *slackTwin, _ bot.Handlers, in *bot.Invocation) error {
		w.app.meters.command(bot.Call{Command: in.Command})
		return nil
	}), finds: "loud: sending text 0 changed the metrics"},
	"the author gets a direct message": {with: aroundSlack(func(w *slackTwin, _ bot.Handlers, in *bot.Invocation) error {
		return directInSlack(w, in.Actor.Account)
	}), finds: "other authors: the calls"},
	"an author who was not known is recorded": {with: aroundSlack(func(w *slackTwin, h bot.Handlers, in *bot.Invocation) error {
		return h.Record(w.ctx, []bot.AccountFact{{Account: in.Actor.Account, Name: in.Actor.Name}})
	}), finds: "mark: the newcomer"},
	"where it was asked is kept": {with: aroundSlack(func(w *slackTwin, h bot.Handlers, in *bot.Invocation) error {
		return h.Observe(w.ctx, []bot.Place{{ID: in.Place, Name: "room", Kind: bot.PrivateChannel}})
	}), finds: "mark: the channel"},
}

// Each way in which an adapter betrays an author must be found, or the twins prove
// nothing.
func TestEachLeakOfTheAdapterForSlackIsFound(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	template := furnishedSlack(t)
	t.Run("nothing is betrayed", func(t *testing.T) {
		none := aroundSlack(func(*slackTwin, bot.Handlers, *bot.Invocation) error { return nil })
		none.asked = func(*slackTwin, slackRequest) {}
		for _, found := range slackVerdict(t, template, none, true, "") {
			t.Error(found)
		}
	})
	for name, one := range slackMutations {
		t.Run(name, func(t *testing.T) {
			if found := slackVerdict(t, template, one.with, !one.socket, one.finds); !slices.ContainsFunc(found, begins(one.finds)) {
				t.Errorf("it was not found by %q, but by %d other signs", one.finds, len(found))
			}
		})
	}
}
