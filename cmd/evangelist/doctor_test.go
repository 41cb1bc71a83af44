package main

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"evangelist/adapters/slack/manifest"
	"evangelist/adapters/slack/slacktest"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/cmd/evangelist/config"
	"evangelist/digests"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/digeststore"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

// The doctor reads from the database what the courier and the features wrote
// there: whose it is, where digests go, what is watched.
func TestTheDoctorKnowsWhatIsNeeded(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	ctx := t.Context()
	url := storagetest.SQLite(t)
	log := slog.New(slog.DiscardHandler)
	db, err := storage.Open(ctx, url, log)
	if err != nil {
		t.Fatal(err)
	}
	mail := courier.New(courier.Config{Store: courierstore.New(db), Clock: bot.SystemClock{}, Random: rand.Reader, Log: log})
	places := kernelstore.NewPlaces(db, bot.SystemClock{})
	for _, step := range []error{
		mail.Bind(ctx, slackInstance, "slack|-.T0HOUSE.U0EVANGEL"),
		places.Observe(ctx, []bot.Place{{ID: "slack|C1", Name: "roundup", Kind: bot.OpenChannel, Member: true}, {ID: "slack|C2", Name: "news", Kind: bot.OpenChannel}}),
		places.Watch(ctx, "slack|C2", true), places.Watch(ctx, "slack|C1", true),
		digeststore.New(db, bot.SystemClock{}).Series.Add(ctx, digests.Digest{ID: "d", Slug: "friday", Name: "Friday roundup", Spec: "every Friday at 10:00", Zone: "UTC",
			Places: []bot.PlaceID{"slack|C1", "slack|C9"}, IfUndecided: digests.Wait}, nil),
		db.Close(),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	var asked manifest.Options
	fake := slacktest.Config{BotToken: "xoxb-1-hunter2", AppToken: "xapp-1-hunter2"}
	for _, scope := range manifest.Scopes(asked) {
		fake.Scopes = append(fake.Scopes, scope.Name)
	}
	workspace := slacktest.New(t, fake)
	workspace.AddChannel(slacktest.Channel{ID: "C1", Name: "roundup", Kind: slacktest.Public, Members: []string{workspace.Config().BotUser}})
	workspace.AddChannel(slacktest.Channel{ID: "C2", Name: "news", Kind: slacktest.Public})
	var out, errs bytes.Buffer
	code := Run(ctx, []string{"--database", url, "doctor", "--online", "--post", "#roundup"}, Surroundings{
		Stdout: &out, Stderr: &errs, Environ: []string{"EVANGELIST_SLACK_BOT_TOKEN=" + fake.BotToken, "EVANGELIST_SLACK_APP_TOKEN=" + fake.AppToken, "EVANGELIST_SLACK_API_URL=" + workspace.APIURL()},
	})
	for _, want := range []string{
		"ok    slack database: belongs to this bot account", "ok    slack scopes: ",
		"ok    slack channel #roundup: “Friday roundup” goes there, links are collected there: a member",
		"LOOK  slack channel #news: links are collected there: not a member", "WRONG slack channel C9: “Friday roundup” goes there: Slack knows no such channel",
		"ok    slack test message: posted and removed again", "checked by Slack",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if code != exitFailed || strings.Contains(out.String()+errs.String(), "hunter2") || len(workspace.Messages("C1")) > 0 || t.Failed() {
		t.Errorf("exit code %d:\n%s%s", code, &out, &errs)
	}
}

// Slack is shown every message and form, about nobody of this organisation.
func TestSamplesForSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	s := &settings{Surroundings: Surroundings{Clock: bot.SystemClock{}, Random: rand.Reader}, config: config.Default(), log: slog.New(slog.DiscardHandler)}
	samples, err := slackSamples(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	forms := 0
	for _, sample := range samples {
		if sample.Surface == "view" {
			forms++
		}
		if sample.Name == "" || bytes.Contains(sample.Raw, []byte(`"ping"`)) {
			t.Errorf("%+v", sample)
		}
	}
	if forms < 10 || len(samples) < 40 {
		t.Errorf("%d samples, %d of them forms", len(samples), forms)
	}
}
