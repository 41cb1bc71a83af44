package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/manifest"
	"evangelist/adapters/slack/webapi"
	"evangelist/adapters/teams"
	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/cmd/evangelist/doctor"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/digeststore"
	"evangelist/storage/kernelstore"
	"evangelist/storage/voicestore"
)

type doctorCommand struct {
	Online bool   `help:"Also ask the chat platforms that are configured."`
	Post   string `help:"With --online: post a test message in this channel and remove it again." placeholder:"CHANNEL"`
}

// Run checks what can be checked and says what to do about each finding. It
// writes nothing into the database. The exit code is 1 when something is wrong.
func (c *doctorCommand) Run(ctx context.Context, s *settings) error {
	slack, teams := s.config.Slack.BotToken != "", s.config.Teams.Configured()
	switch {
	case c.Online && !slack && !teams:
		return usageError{errors.New("no chat platform is configured that could be asked (neither slack.bot_token nor teams.app_id is set); fill one in, or leave --online out")}
	case c.Post != "" && !c.Online:
		return usageError{errors.New("--post needs --online: the test message goes out over the network")}
	}
	findings := doctor.Machine(s.Clock.Now(), s.config, organisationOf(s).Zone)
	inside, about := examineDatabase(ctx, s)
	findings = append(findings, inside...)
	if c.Online && slack {
		findings = append(findings, c.askSlack(ctx, s, about)...)
	}
	if c.Online && teams && s.config.TeamsReady() == nil {
		findings = append(findings, c.askTeams(ctx, s, about)...)
	}
	if c.Online {
		findings = append(findings, c.nowhere(s, about)...)
	}
	wrong, err := doctor.Write(s.Stdout, findings)
	if err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d findings need somebody", wrong, len(findings))
	}
	return nil
}

// inDatabase is what the database says of the platforms.
type inDatabase struct {
	read   bool
	bound  map[string]bot.AccountID // by platform
	places []doctor.Place           // that are needed
	known  []doctor.Place
}

// place is the known place of a platform with this id, or the only one with this
// name.
func (d inDatabase) place(platform, text string) (found doctor.Place, ok bool) {
	text = strings.TrimPrefix(text, "#")
	several := false
	for _, place := range d.known {
		switch {
		case place.ID.Native() == text && place.ID.Platform() == platform:
			return place, true
		case place.Name == text:
			several, ok = several || ok, true
			if place.ID.Platform() == platform {
				found = place
			}
		}
	}
	if several || found.ID == "" {
		return doctor.Place{}, false
	}
	return found, true
}

func examineDatabase(ctx context.Context, s *settings) ([]doctor.Finding, inDatabase) {
	db, err := storage.Inspect(ctx, s.config.Database, s.log)
	if err != nil {
		return []doctor.Finding{{Name: "database", State: doctor.Wrong, Say: err.Error(), Do: "start evangelist serve once to create it, or restore a backup"}}, inDatabase{}
	}
	defer func() { _ = db.Close() }() // it was only read
	findings := []doctor.Finding{found("database", db.QuickCheck(ctx), "whole", "")}
	have, want, err := db.SchemaVersion(ctx)
	if err == nil && have < want {
		return append(findings, found("schema", nil, fmt.Sprintf("version %d; the next start brings it to %d, after a backup", have, want), "")), inDatabase{}
	}
	findings = append(findings, found("schema", err, fmt.Sprintf("version %d", have), ""))
	persons, err := kernelstore.NewPeople(db, s.Clock, s.Random).Persons(ctx)
	leads := 0
	for _, person := range persons {
		if person.Has(bot.Lead) && !person.Inactive {
			leads++
		}
	}
	do := ""
	if err == nil && leads == 0 {
		err, do = errors.New("nobody is a comms lead"), "write the first lead's e-mail under leads in the configuration, and start evangelist serve"
	}
	findings = append(findings, found("leads", err, fmt.Sprintf("%d of %d people", leads, len(persons)), do))
	about, err := platformsInDatabase(ctx, s, db)
	if err != nil {
		findings = append(findings, found("destinations", err, "", ""))
	}
	return findings, about
}

func found(name string, err error, say, do string) doctor.Finding {
	if err != nil {
		return doctor.Finding{Name: name, State: doctor.Wrong, Say: err.Error(), Do: do}
	}
	return doctor.Finding{Name: name, Say: say}
}

// platformsInDatabase reads whose database it is and which places are needed.
func platformsInDatabase(ctx context.Context, s *settings, db *storage.DB) (inDatabase, error) {
	register := courierstore.New(db).Register
	about := inDatabase{read: true, bound: map[string]bot.AccountID{}}
	for _, platform := range []string{slackInstance, teams.Name} {
		bound, err := register.Setting(ctx, boundSetting+platform)
		if err != nil {
			return inDatabase{}, fmt.Errorf("read which bot account the database belongs to: %w", err)
		}
		about.bound[platform] = bot.AccountID(bound)
	}
	known, err := kernelstore.NewPlaces(db, s.Clock).Places(ctx)
	if err != nil {
		return about, fmt.Errorf("read the places: %w", err)
	}
	needed := map[bot.PlaceID]doctor.Place{}
	for _, place := range known {
		one, err := knownPlace(ctx, register, place)
		if err != nil {
			return about, fmt.Errorf("read where a conversation is served: %w", err)
		}
		needed[place.ID] = one
		about.known = append(about.known, one)
	}
	need := func(id bot.PlaceID, posts bool, why string) {
		place := needed[id]
		place.ID, place.Posts = id, place.Posts || posts
		if place.For != "" {
			why = place.For + ", " + why
		}
		place.For = why
		needed[id] = place
	}
	series, err := digeststore.New(db, s.Clock).Series.List(ctx)
	if err != nil {
		return about, fmt.Errorf("read the digests: %w", err)
	}
	for _, digest := range series {
		for _, id := range digest.Places {
			need(id, true, "“"+digest.Name+"” goes there")
		}
	}
	voices, err := voicestore.NewSettings(db, s.Clock).Get(ctx)
	if err != nil {
		return about, fmt.Errorf("read where the reading team is: %w", err)
	}
	if voices.Place != "" {
		need(voices.Place, true, "the reading team's cards")
	}
	for _, place := range known {
		if place.Watched {
			need(place.ID, false, "links are collected there")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(needed)) {
		if needed[id].For != "" {
			about.places = append(about.places, needed[id])
		}
	}
	return about, nil
}

func knownPlace(ctx context.Context, register courier.Register, place bot.Place) (one doctor.Place, err error) {
	one = doctor.Place{ID: place.ID, Name: place.Name, Confirmed: place.Confirmed, External: place.External}
	if place.ID.Platform() == teams.Name {
		recall := func(ctx context.Context, name string) (string, error) { return register.Setting(ctx, noteSetting+name) }
		one.Service, one.Group, err = teams.Whereabouts(ctx, recall, place.ID.Native())
	}
	return one, err
}

// boundSetting is where the courier keeps the account that a database belongs to.
const boundSetting = "courier.bound."

// channelID is how Slack writes the id of a channel.
var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{4,}$`)

func (c *doctorCommand) askSlack(ctx context.Context, s *settings, about inDatabase) []doctor.Finding {
	slack, post := s.config.Slack, ""
	if place, ok := about.place(slackInstance, c.Post); ok {
		post = place.ID.Native()
	} else if channelID.MatchString(c.Post) {
		post = c.Post
	}
	asked := doctor.Slack{
		BotToken: slack.BotToken, AppToken: slack.AppToken, APIURL: slack.APIURL, HTTP: slack.HTTP(), App: slackApp(s),
		Bound: about.bound[slackInstance], Unread: !about.read, Places: about.places, Post: post, Clock: s.Clock,
	}
	for _, label := range []string{slack.Profile.Department, slack.Profile.Title, slack.Profile.Level} {
		if label != "" {
			asked.Labels = append(asked.Labels, label)
		}
	}
	samples, err := slackSamples(ctx, s)
	if err != nil {
		return append(doctor.Examine(ctx, asked), doctor.Finding{Name: "slack message forms", State: doctor.Wrong, Say: err.Error()})
	}
	asked.Samples = samples
	return doctor.Examine(ctx, asked)
}

// nowhere says that the place for the test message is not known.
func (c *doctorCommand) nowhere(s *settings, about inDatabase) []doctor.Finding {
	_, slack := about.place(slackInstance, c.Post)
	_, tenant := about.place(teams.Name, c.Post)
	if c.Post == "" || slack || tenant || s.config.Slack.BotToken != "" && channelID.MatchString(c.Post) {
		return nil
	}
	do := "add the bot there while it runs, and write the name as the bot knows it, on Teams with its team: Team / Channel"
	if s.config.Slack.BotToken != "" {
		do = "invite the bot there while it runs, or give the channel's id: it stands at the end of Copy link in the channel's menu"
	}
	return []doctor.Finding{{Name: "test message", State: doctor.Wrong, Say: fmt.Sprintf("the bot knows no channel %.40q, or several of that name, so nothing was posted", c.Post), Do: do}}
}

func (c *doctorCommand) askTeams(ctx context.Context, s *settings, about inDatabase) []doctor.Finding {
	t := s.config.Teams
	credential, err := teamsCredential(s)
	if err != nil {
		return []doctor.Finding{{Name: "teams sign-in", State: doctor.Wrong, Say: err.Error()}}
	}
	asked := doctor.Teams{
		AppID: t.AppID, TenantID: t.TenantID, Credential: credential, Cloud: t.Cloud, ServiceHosts: t.ServiceHosts, MetadataURL: t.OpenIDMetadataURL,
		TokenURL: t.TokenURL, GraphURL: t.GraphURL, Graph: t.Graph, Bound: about.bound[teams.Name], Unread: !about.read, Places: about.places, Clock: s.Clock,
	}
	asked.Post, _ = about.place(teams.Name, c.Post)
	return doctor.ExamineTenant(ctx, asked)
}

// slackSamples are the messages and forms of the storybook as Slack would get
// them. They are about a pretend organisation; nothing of this one is in them.
func slackSamples(ctx context.Context, s *settings) ([]doctor.Sample, error) {
	quick := *s
	quick.Clock, quick.log = &walkingClock{now: s.Clock.Now()}, slog.New(slog.DiscardHandler)
	p, err := openPlayground(ctx, &quick, playgroundPlace{Database: "sqlite::memory:"}, "")
	if err != nil {
		return nil, fmt.Errorf("make messages to be checked: %w", err)
	}
	specimens, err := p.specimens(ctx)
	if err = errors.Join(err, p.close()); err != nil {
		return nil, fmt.Errorf("make messages to be checked: %w", err)
	}
	every := bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()}
	specimens = append(specimens, web.Specimen{Name: "every block", Message: &every})
	var samples []doctor.Sample
	seen := map[string]bool{}
	for _, specimen := range specimens {
		drawn, err := slackSample(specimen)
		if err != nil {
			return nil, fmt.Errorf("draw %s: %w", specimen.Name, err)
		}
		for _, sample := range drawn {
			if text := string(sample.Raw); !seen[text] {
				seen[text] = true
				samples = append(samples, sample)
			}
		}
	}
	return samples, nil
}

func slackSample(specimen web.Specimen) ([]doctor.Sample, error) {
	options := blockkit.Options{BaseURL: "https://evangelist.example.org"}
	if specimen.Form != nil {
		view, err := blockkit.Modal(*specimen.Form, "", options)
		return []doctor.Sample{{Name: specimen.Name, Surface: webapi.ViewSurface, Raw: view}}, err
	}
	parts, err := blockkit.Message(*specimen.Message, options)
	if err != nil {
		return nil, err
	}
	var samples []doctor.Sample
	for _, part := range parts {
		payload, err := blockkit.Resolve(part.Payload, func(bot.PersonID) string { return "" })
		if err != nil {
			return nil, err
		}
		samples = append(samples, doctor.Sample{Name: specimen.Name, Surface: webapi.MessageSurface, Raw: payload})
	}
	return samples, nil
}

// slackApp are the options of this installation's Slack app.
func slackApp(s *settings) manifest.Options {
	return manifest.Options{
		Organisation: s.config.Organisation.Name, Word: s.config.Organisation.Word, PublicURL: s.config.HTTP.PublicURL,
		HTTP: s.config.Slack.HTTP(), Profile: s.config.Slack.Profile.Read(), Names: s.config.Slack.Commands.Renamed(),
	}
}
