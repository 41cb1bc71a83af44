package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/web/render"
	"evangelist/bot"
)

// playgroundStage is the council's own workspace.
type playgroundStage struct {
	*council
	from  time.Time // what is older is passed over
	draws *render.Renderer
}

func newPlaygroundStage(c *council) *playgroundStage {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		c.Fatal(err)
	}
	return &playgroundStage{council: c, draws: render.New(zone)}
}

func (s *playgroundStage) setUp() {} // the sample has done it
func (s *playgroundStage) await(ctx context.Context, holds func() bool) error {
	return s.ws.WaitFor(ctx, holds)
}
func (s *playgroundStage) theApp() *App    { return s.app }
func (s *playgroundStage) theClock() *hand { return s.clock }
func (s *playgroundStage) said() string    { return s.log.String() }
func (s *playgroundStage) mark()           { s.from = s.clock.Now() }

// broken lists nothing: pages have no limits, and what they show is tested by
// itself.
func (s *playgroundStage) broken() []string { return nil }

// pgSpot is where something stands: a message, or a form's page.
type pgSpot struct {
	ref  bot.MessageRef
	page *bot.Message
	form *playground.OpenForm
}

// message is a message as its page shows it.
func (s *playgroundStage) message(person string, m bot.Message, ref bot.MessageRef) showing {
	show := showing{person: person, text: oneLine(tagless(string(s.draws.Message(m, render.Options{})))), at: pgSpot{ref: ref, page: &m}}
	for _, block := range m.Blocks {
		if actions, is := block.(bot.Actions); is {
			for _, button := range actions.Buttons {
				show.buttons = append(show.buttons, button.Label)
			}
		}
	}
	return show
}

// answer is what came of an act.
func (s *playgroundStage) answer(person string, a playground.Answer) []showing {
	var all []showing
	if a.Form != nil && a.Form.Done == nil {
		all = append(all, s.form(person, a.Form))
	}
	if a.Shown != nil {
		all = append(all, s.message(person, *a.Shown, a.Ref))
	}
	return all
}

// form is an open form as its page shows it.
func (s *playgroundStage) form(person string, f *playground.OpenForm) showing {
	words := []string{f.Form.Title, tagless(string(s.draws.Blocks(f.Form.Intro, render.Options{})))}
	for _, field := range f.Form.Fields {
		words = append(append(words, field.Label, field.Help, field.Placeholder, f.Errors[field.Name]), f.Typed[field.Name]...)
		for _, option := range field.Options {
			words = append(words, option.Label, option.Help)
		}
	}
	return showing{person: person, text: oneLine(strings.Join(words, " ")), form: true, at: pgSpot{form: f}}
}

func (s *playgroundStage) tell(person, line string, want ...string) showing {
	s.Helper()
	s.later(3 * time.Second) // nobody types faster
	a := s.slash(person, line)
	return awaited(s.T, s, person+" types "+line, want, func() []showing { return s.answer(person, a) })
}

func (s *playgroundStage) press(on showing, label string, want ...string) showing {
	s.Helper()
	s.later(3 * time.Second)
	spot := on.at.(pgSpot)
	m := spot.page
	if spot.ref != (bot.MessageRef{}) {
		m = s.now(on).at.(pgSpot).page
	}
	button, ok := playground.FindButton(*m, label)
	if !ok {
		s.Fatalf("%s finds no button %q on: %s", on.person, label, plain(*m))
	}
	a, err := s.as(on.person).PressButton(s.ctx, spot.ref, button)
	if err != nil {
		s.Fatalf("%s presses %s: %v", on.person, label, err)
	}
	return awaited(s.T, s, on.person+" presses "+label, want, func() []showing { return s.answer(on.person, a) })
}

func (s *playgroundStage) fill(on showing, answers map[string]string, want ...string) showing {
	s.Helper()
	s.later(3 * time.Second)
	form := on.at.(pgSpot).form
	if form == nil {
		s.Fatalf("%s has no form, but %s", on.person, on.text)
	}
	for field, answer := range answers {
		form.Pick(field, s.value(form.Form, field, answer))
	}
	a, err := form.Submit(s.ctx)
	if err != nil {
		s.Fatalf("%s sends a form: %v", on.person, err)
	}
	return awaited(s.T, s, on.person+" sends a form", want, func() []showing { return s.answer(on.person, a) })
}

// value is an answer as the form takes it.
func (s *playgroundStage) value(form bot.Form, field, answer string) string {
	s.Helper()
	at := slices.IndexFunc(form.Fields, func(f bot.Field) bool { return f.Name == field })
	if at < 0 {
		s.Fatalf("the form has no field %s: %+v", field, form)
	}
	for _, option := range form.Fields[at].Options {
		if option.Label == answer {
			return option.Value
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(answer, "@"), "#")
}

func (s *playgroundStage) now(on showing) showing {
	s.Helper()
	spot := on.at.(pgSpot)
	m, err := s.as(on.person).Shown(spot.ref)
	if err != nil {
		s.Fatalf("what %s saw is gone: %v", on.person, err)
	}
	return s.message(on.person, m, spot.ref)
}

// fresh lists what the bot wrote in a place since the mark, the newest first.
func (s *playgroundStage) fresh(person, place string) []showing {
	var all []showing
	for _, m := range s.ws.Messages(place) {
		if m.Ours && m.Body != nil && !m.At.Before(s.from) {
			all = append(all, s.message(person, *m.Body, m.Ref))
		}
	}
	slices.Reverse(all)
	return all
}

func (s *playgroundStage) direct(person string, want ...string) showing {
	s.Helper()
	return awaited(s.T, s, "to "+person, want, func() []showing { return s.sent(person) })
}

func (s *playgroundStage) posted(person, channel string, want ...string) showing {
	s.Helper()
	return awaited(s.T, s, "in "+channel, want, func() []showing { return s.fresh(person, channel) })
}

func (s *playgroundStage) table(person string, want ...string) showing {
	s.Helper()
	return awaited(s.T, s, "the table of "+person, want, func() []showing {
		all := s.fresh(person, string(s.as(person).Direct()))
		for _, place := range s.ws.Places() {
			if place.Kind != bot.GroupChat {
				continue
			}
			for _, one := range s.fresh(person, string(place.ID)) {
				if _, err := s.as(person).Shown(one.at.(pgSpot).ref); err == nil { // who is not in it sees nothing
					all = append(all, one)
				}
			}
		}
		return all
	})
}

func (s *playgroundStage) sent(person string) []showing {
	return s.fresh(person, string(s.as(person).Direct()))
}
