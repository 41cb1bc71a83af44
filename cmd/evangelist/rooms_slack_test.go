package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/slacktest/kit"
)

// slackStage is the council on a pretend Slack, which refuses what the real one
// would.
type slackStage struct {
	*office
	from string // the ts before which everything is passed over
}

func (s *slackStage) setUp() { s.office.setUp() }
func (s *slackStage) await(ctx context.Context, holds func() bool) error {
	return s.slack.WaitFor(ctx, holds)
}
func (s *slackStage) theApp() *App    { return s.app }
func (s *slackStage) theClock() *hand { return s.clock }
func (s *slackStage) said() string    { return s.told() + s.log.String() }
func (s *slackStage) mark()           { s.from = fmt.Sprintf("%d.999999", s.clock.Now().Unix()) }

// broken lists what Slack refused.
func (s *slackStage) broken() []string {
	var all []string
	for _, call := range s.slack.Calls() {
		if strings.HasPrefix(call.Code, "invalid") {
			all = append(all, fmt.Sprintf("%s: %s %.2000v", call.Method, call.Code, call.Args))
		}
	}
	for _, user := range s.slack.Users() {
		for _, problem := range s.slack.As(user.ID).Problems() {
			all = append(all, user.Name+" is told "+problem)
		}
	}
	return all
}

func (s *slackStage) blocks(person, title string, blocks json.RawMessage, spot slacktest.Spot) showing {
	words, err := blockkit.Words(fmt.Appendf(nil, `{"blocks":%s}`, either(string(blocks), "[]")))
	if err != nil {
		s.Fatal(err)
	}
	return showing{person: person, text: oneLine(title + " " + words), buttons: kit.Labels(blocks), at: spot}
}

func either(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func (s *slackStage) message(person string, m slacktest.Message) showing {
	return s.blocks(person, "", m.Blocks, slacktest.OnMessage(m.Channel, m.TS))
}

// modal is the dialog in front of somebody, with what is wrong in it.
func (s *slackStage) modal(person string) (showing, string, bool) {
	view, open := s.as(person).Modal()
	if !open {
		return showing{}, "", false
	}
	shows := s.blocks(person, view.Title, view.Blocks, slacktest.OnModal())
	for _, problem := range view.Errors {
		shows.text += " " + problem
	}
	shows.form = view.SubmitLabel != ""
	return shows, view.ID + view.Hash + fmt.Sprint(view.Errors), true
}

// before is what was in front of somebody when an act began.
type before struct {
	modal   string
	private int
	card    string
}

func (s *slackStage) look(person, channel string, card *slacktest.Message) before {
	_, modal, _ := s.modal(person)
	b := before{modal: modal, private: len(s.as(person).Ephemerals(channel))}
	if card != nil {
		b.card = string(card.Blocks)
	}
	return b
}

// since lists what is new in front of somebody, the newest first.
func (s *slackStage) since(person, channel string, b before, card *slacktest.Message) []showing {
	var all []showing
	if shows, id, open := s.modal(person); open && id != b.modal {
		all = append(all, shows)
	}
	private := s.as(person).Ephemerals(channel)
	for _, m := range slices.Backward(private[min(b.private, len(private)):]) {
		all = append(all, s.message(person, m))
	}
	if card != nil {
		if m, ok := s.find(person, card.Channel, card.TS); ok && string(m.Blocks) != b.card {
			all = append(all, s.message(person, m))
		}
	}
	return all
}

// find finds a message, also one that a person alone sees.
func (s *slackStage) find(person, channel, ts string) (slacktest.Message, bool) {
	for _, m := range s.as(person).Ephemerals(channel) {
		if m.TS == ts {
			return m, true
		}
	}
	return s.slack.Message(channel, ts)
}

func (s *slackStage) tell(person, line string, want ...string) showing {
	s.Helper()
	s.later(3 * time.Second)
	if _, open := s.as(person).Modal(); open {
		if _, err := s.as(person).CloseAll(s.ctx); err != nil {
			s.Fatal(err)
		}
	}
	channel := channelOf("all-council")
	b := s.look(person, channel, nil)
	answer, err := s.as(person).Slash(s.ctx, channel, line)
	s.taken(person, line, answer, err)
	return awaited(s.T, s, person+" types "+line, want, func() []showing { return s.since(person, channel, b, nil) })
}

// stands is where a message stands.
func (s *slackStage) stands(on showing) (card *slacktest.Message, spot slacktest.Spot) {
	spot = on.at.(slacktest.Spot)
	for _, channel := range s.slack.Channels() {
		for _, m := range append(s.slack.Messages(channel.ID), s.as(on.person).Ephemerals(channel.ID)...) {
			if slacktest.OnMessage(m.Channel, m.TS) == spot {
				return &m, spot
			}
		}
	}
	return nil, spot
}

func (s *slackStage) press(on showing, label string, want ...string) showing {
	s.Helper()
	s.later(3 * time.Second)
	card, spot := s.stands(on)
	channel := channelOf("all-council")
	if card != nil {
		channel = card.Channel
	}
	b := s.look(on.person, channel, card)
	answer, err := s.as(on.person).Press(s.ctx, spot, label)
	s.taken(on.person, "presses "+label+" on "+on.text, answer, err)
	return awaited(s.T, s, on.person+" presses "+label, want, func() []showing { return s.since(on.person, channel, b, card) })
}

func (s *slackStage) fill(on showing, answers map[string]string, want ...string) showing {
	s.Helper()
	s.later(3 * time.Second)
	if !on.form {
		s.Fatalf("%s has no form, but %s", on.person, on.text)
	}
	for field, answer := range answers {
		if err := s.as(on.person).Fill(field, s.value(answer)); err != nil {
			s.Fatalf("%s fills %s: %v in %s", on.person, field, err, on.text)
		}
	}
	channel := channelOf("all-council")
	b := s.look(on.person, channel, nil)
	answer, err := s.as(on.person).Submit(s.ctx)
	if err != nil || answer.Problem != "" {
		s.Fatalf("%s sends a form: %v %s\n%s", on.person, err, answer.Problem, s.said())
	}
	return awaited(s.T, s, on.person+" sends a form", want, func() []showing {
		all := s.since(on.person, channel, b, nil)
		if len(want) == 0 && len(all) == 0 {
			all = append(all, showing{person: on.person}) // the dialog closes, and that is all
		}
		return all
	})
}

func (s *slackStage) value(answer string) string {
	switch {
	case answer == "#reading-team":
		return "CREADINGTEAM"
	case strings.HasPrefix(answer, "#"):
		return channelOf(answer[1:])
	case strings.HasPrefix(answer, "@"):
		return userOf(answer[1:])
	}
	return answer
}

func (s *slackStage) now(on showing) showing {
	s.Helper()
	card, _ := s.stands(on)
	if card == nil {
		s.Fatalf("what %s saw is gone", on.person)
	}
	return s.message(on.person, *card)
}

// fresh lists what the bot wrote in a channel since the mark, the newest first.
func (s *slackStage) fresh(person, channel string) []showing {
	var all []showing
	for _, m := range slices.Backward(s.slack.BotMessages(channel)) {
		if m.TS > s.from {
			all = append(all, s.message(person, m))
		}
	}
	return all
}

func (s *slackStage) direct(person string, want ...string) showing {
	s.Helper()
	return awaited(s.T, s, "to "+person, want, func() []showing { return s.sent(person) })
}

func (s *slackStage) posted(person, channel string, want ...string) showing {
	s.Helper()
	return awaited(s.T, s, "in "+channel, want, func() []showing { return s.fresh(person, s.value("#"+channel)) })
}

func (s *slackStage) table(person string, want ...string) showing {
	s.Helper()
	return awaited(s.T, s, "the table of "+person, want, func() []showing {
		all := s.fresh(person, s.slack.Direct(userOf(person)))
		for _, channel := range s.slack.Channels() {
			if channel.Kind == slacktest.MPIM && slices.Contains(channel.Members, userOf(person)) {
				all = append(all, s.fresh(person, channel.ID)...)
			}
		}
		return all
	})
}

func (s *slackStage) sent(person string) []showing {
	return s.fresh(person, s.slack.Direct(userOf(person)))
}
