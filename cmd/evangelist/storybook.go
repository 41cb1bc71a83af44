package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"evangelist/adapters/playground"
	"evangelist/adapters/web"
	"evangelist/bot"
)

type storybookCommand struct {
	Listen string `help:"Address to serve on." default:"127.0.0.1:8081" placeholder:"ADDR"`
}

// Run shows every message and form, as a playground in memory gives them.
func (c *storybookCommand) Run(ctx context.Context, s *settings) (err error) {
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
	listener, err := listen(ctx, c.Listen)
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
	return serve(ctx, listener, armoured(mux), s.log)
}

// specimens are what each command answers to a colleague, a reader and a lead,
// and then every message that the bot posted by itself.
func (p *playgroundRun) specimens(ctx context.Context) ([]web.Specimen, error) {
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
			if key := story.Name + words3(story); ok && !asked[key] {
				asked[key] = true
				story.Name += ", asked by " + person
				out = append(out, story)
			}
		}
	}
	posted, err := p.posted(ctx)
	return append(out, posted...), err
}

// words3 tells two specimens of one command apart.
func words3(s web.Specimen) string {
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
	for worked := true; worked; {
		var err error
		if worked, _, err = p.app.courier.Step(ctx); err != nil {
			return nil, err
		}
	}
	var out []web.Specimen
	seen := map[string]bool{}
	for _, person := range p.workspace.People() {
		for _, room := range p.workspace.Rooms(person.Native) {
			for _, m := range p.workspace.Messages(string(room.ID)) {
				if story, ok := postedSpecimen(room, m); ok && !seen[m.Ref.Native] {
					seen[m.Ref.Native] = true
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
