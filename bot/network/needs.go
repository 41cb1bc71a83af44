package network

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
)

const (
	maxReason      = 500
	maxRequests    = 12 // open ones shown at once
	maxClosedShown = 5
)

// requests answers "evangelist requests": what is needed, by title, and what came
// of the latest.
func (f *Feature) requests(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
	wanted, err := f.Stores.Requests.List(ctx, 0, Wanted)
	if err != nil {
		return nil, err
	}
	closed, err := f.Stores.Requests.List(ctx, maxClosedShown, Met, Refused)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: requestsMessage(wanted, closed)}, nil
}

func requestsMessage(wanted, closed []Request) bot.Message {
	message := titled("What is needed")
	if len(wanted) == 0 {
		message.Blocks = append(message.Blocks, paragraph("No request is open. When somebody answers a question with \"I need\", it stands here."))
	}
	for _, request := range wanted[:min(len(wanted), maxRequests)] {
		message.Blocks = append(message.Blocks,
			bot.Quote{Text: bot.T(request.Title), By: bot.Line("open since ", bot.Moment(request.Opened, bot.DateStyle))},
			bot.Actions{Buttons: []bot.Button{{Command: "network.request.close", Arg: request.ID, Label: "Say what came of it"}}})
	}
	if more := len(wanted) - maxRequests; more > 0 {
		message.Blocks = append(message.Blocks, note(count(more, "older one")+" follow when these are closed."))
	}
	if len(closed) > 0 {
		list := bot.List{}
		for _, request := range closed {
			list.Items = append(list.Items, bot.Line(bot.Strong(request.State.label()), ": "+request.Title+" – "+request.Reason))
		}
		message.Blocks = append(message.Blocks, bot.Heading{Level: 2, Text: bot.T("Closed lately")}, list)
	}
	return message
}

func (s RequestState) label() string {
	switch s {
	case Met:
		return "It is there"
	case Refused:
		return "Not possible"
	default:
		return "Open"
	}
}

func (f *Feature) closeForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	request, err := f.Stores.Requests.Get(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	if request.State != Wanted {
		return nil, bot.Refuse("request-closed", "Somebody has closed this request already, and whoever asked has read why.")
	}
	return &bot.Form{Title: "What came of it?", Arg: request.ID, Submit: "Close",
		Intro: []bot.Block{bot.Quote{Text: bot.T(request.Words)}}, Fields: []bot.Field{
			{Name: "reason", Kind: bot.ParagraphField, Label: "One or two sentences", Required: true, Max: maxReason, Help: "Whoever asked reads them."},
			{Name: "outcome", Kind: bot.ChoiceField, Label: "Outcome", Value: []string{string(Met)}, Options: []bot.Option{
				{Value: string(Met), Label: Met.label(), Help: "The words say where to find it or when it comes."},
				{Value: string(Refused), Label: Refused.label(), Help: "The words say why. It stands in the report."},
			}},
		}}, nil
}

func (f *Feature) closeRequest(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	reason := bot.Clean(in.Value("reason"), 0)
	if n := len([]rune(reason)); n > maxReason {
		return bot.Invalid{Fields: map[string]string{"reason": fmt.Sprintf("That has %d characters. Please keep it to %d.", n, maxReason)}}, nil
	}
	outcome := RequestState(in.Value("outcome"))
	now := f.Clock.Now()
	err := f.Stores.Requests.Change(ctx, in.Arg, func(r *Request) ([]bot.Delivery, error) {
		return r.Close(outcome, reason, now)
	})
	var said *bot.Error
	if errors.As(err, &said) {
		switch said.Code {
		case "request-outcome":
			return bot.Invalid{Fields: map[string]string{"outcome": said.Say}}, nil
		case "request-reason":
			return bot.Invalid{Fields: map[string]string{"reason": said.Say}}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("The request is closed, and whoever asked reads your words now.")), nil
}

// closedMessage tells the author of a request what came of it.
func closedMessage(r Request) bot.Message {
	heading := "What you needed is there"
	if r.State == Refused {
		heading = "What you needed is not possible"
	}
	return titled(heading,
		bot.Quote{Text: bot.T(r.Title), By: bot.Line("asked by you on ", bot.Moment(r.Opened, bot.DateStyle))},
		paragraph(r.Reason),
		note("Why you: you asked for this when you answered a question."))
}
