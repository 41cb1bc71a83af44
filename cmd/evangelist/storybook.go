package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/cmd/evangelist/httpd"
)

type storybookCommand struct {
	Listen string `help:"Address to serve on." default:"127.0.0.1:8081" placeholder:"ADDR"`
}

// Run shows every message and form, as a playground in memory gives them.
func (c *storybookCommand) Run(ctx context.Context, s *settings) (err error) {
	quick := *s
	quick.Clock = &walkingClock{now: workday(s.Clock.Now())}
	s = &quick
	p, err := openPlayground(ctx, s, playgroundPlace{Database: "sqlite::memory:"}, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	specimens, err := p.specimens(ctx)
	if err != nil {
		return err
	}
	handler, err := web.Storybook(specimens, p.app.organisation)
	if err != nil {
		return err
	}
	listener, err := httpd.Listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	fmt.Fprintf(s.Stdout, "The storybook, with %d messages and forms, is open at %s\nStop with Ctrl-C.\n", len(specimens), address)
	if s.Ready != nil {
		s.Ready(address)
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	return httpd.Serve(ctx, listener, httpd.Armoured(mux), s.log)
}

// workday is now, or a Tuesday morning soon where it is night or a weekend: then
// nobody is written to first, and the storybook would lack those messages.
func workday(now time.Time) time.Time {
	day := now.UTC()
	if hour := day.Hour(); day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && hour >= 9 && hour < 16 {
		return now
	}
	for day = day.AddDate(0, 0, 1); day.Weekday() != time.Tuesday; {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 10, 0, 0, 0, time.UTC)
}

// walkingClock goes on by a second or two whenever it is looked at, so that no
// limit of haste and no waiting time stands in the way of the storybook.
type walkingClock struct {
	mu  sync.Mutex
	now time.Time
}

// Now implements bot.Clock.
func (c *walkingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(1500 * time.Millisecond)
	return c.now
}

// specimens are what each command answers to a colleague, a reader and a lead,
// and then every message that the bot posted by itself.
func (p *playgroundRun) specimens(ctx context.Context) ([]web.Specimen, error) {
	disconnect := p.app.join(p.workspace)
	err := p.workspace.Heard(ctx)
	disconnect()
	if err != nil {
		return nil, err
	}
	p.live(ctx) // in the morning, while nobody's quiet hours hold it back
	posted, err := p.posted(ctx)
	if err != nil {
		return nil, err
	}
	var out []web.Specimen
	asked := map[string]bool{}
	for _, person := range []string{"leroy", "adaeze", "nia"} {
		for _, command := range p.app.router.Commands() {
			if len(command.Phrases) == 0 && !command.Global {
				continue
			}
			reply := p.app.router.Do(ctx, bot.Invocation{
				Actor: bot.Actor{Account: p.workspace.ID(person)}, Workspace: p.workspace.Name(), Command: command.Name,
				Place: p.workspace.PlaceID("all-council"),
			})
			story, ok := specimen(command, reply)
			if key := story.Name + fingerprint(story); ok && !asked[key] {
				asked[key] = true
				story.Name += ", asked by " + person
				out = append(out, story)
			}
		}
	}
	return append(out, posted...), nil
}

// live does what makes the bot write by itself: an edition goes out, and a
// question to whoever leads.
func (p *playgroundRun) live(ctx context.Context) {
	for _, act := range []struct{ person, command string }{{"nia", "digest.publish"}, {"nia", "network.ask.now"}} {
		p.app.router.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: p.workspace.ID(act.person)}, Workspace: p.workspace.Name(), Command: act.command})
	}
	p.tryOut(ctx)
	p.meetUp(ctx)
}

// fingerprint tells two specimens of one command apart.
func fingerprint(s web.Specimen) string {
	switch {
	case s.Message != nil:
		raw, err := s.Message.Hash()
		if err != nil {
			return ""
		}
		return raw
	case s.Form != nil:
		return s.Form.Title
	}
	return ""
}

func specimen(command bot.Command, reply bot.Reply) (web.Specimen, bool) {
	room, _, _ := strings.Cut(command.Name, ".")
	s := web.Specimen{Surface: "Commands: " + room, Name: command.Name}
	switch reply := reply.(type) {
	case bot.Say:
		s.Message = &reply.Message
	case bot.Done:
		s.Message = &reply.Message
	case bot.Ask:
		s.Form = &reply.Form
	default:
		return s, false
	}
	return s, true
}

// posted lets the courier bring out what furnishing caused, and collects it.
func (p *playgroundRun) posted(ctx context.Context) ([]web.Specimen, error) {
	if err := p.app.courier.Bind(ctx, p.workspace.Name(), p.workspace.Me()); err != nil {
		return nil, err
	}
	for range 40 { // rounds: what is sent may make something else due
		for _, sweep := range p.app.sweeps {
			if _, err := sweep.Run(ctx); err != nil {
				return nil, err
			}
		}
		for worked := true; worked; {
			var err error
			if worked, _, err = p.app.courier.Step(ctx); err != nil {
				return nil, err
			}
		}
	}
	var out []web.Specimen
	seen := map[bot.MessageRef]bool{}
	for _, person := range p.workspace.People() {
		for _, room := range p.workspace.Rooms(person.Native) {
			for _, m := range p.workspace.Messages(string(room.ID)) {
				if story, ok := postedSpecimen(room, m); ok && !seen[m.Ref] {
					seen[m.Ref] = true
					out = append(out, story)
				}
			}
		}
	}
	return out, nil
}

func postedSpecimen(room playground.Room, m playground.Message) (web.Specimen, bool) {
	if !m.Ours || m.Body == nil {
		return web.Specimen{}, false
	}
	return web.Specimen{Surface: "Posted by itself", Name: m.Body.Summary + " (" + room.Name + ")", Message: m.Body}, true
}
