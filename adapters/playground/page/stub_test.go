package page_test

import (
	"context"
	"crypto/rand"
	"flag"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/page"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
)

// stub is a small bot that uses everything that the page can show.
type stub struct {
	mu  sync.Mutex
	got []bot.Invocation
}

func (s *stub) commands() []bot.Command {
	return []bot.Command{
		{Name: "voice.concern", Phrases: []string{"concern"}, Usage: "/concern WHAT WORRIES YOU", Help: "Say what worries you, with your name or without."},
		{Name: "voice.idea", Phrases: []string{"idea"}, Usage: "/idea YOUR IDEA", Help: "Say what could be better; somebody answers."},
		{Name: "digest.add", Phrases: []string{"digest add"}, Usage: "/digest add ADDRESS WHY IT HELPS", Help: "Put a page into the next digest."},
		{Name: "digest", Phrases: []string{"digest"}, Usage: "/digest", Help: "See what the digests are and choose yours."},
		{Name: "help", Phrases: []string{"evangelist help"}, Usage: "/evangelist help", Help: "See all that you can ask."},
		{Name: "digest.save", Title: "Save to digest", On: bot.OnMessage},
		{Name: "digest.hide", Title: "Don't include", On: bot.OnOwnMessage},
		{Name: "card.use"}, {Name: "card.drop"},
	}
}

func (s *stub) last() bot.Invocation {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) == 0 {
		return bot.Invocation{}
	}
	return s.got[len(s.got)-1]
}

func (s *stub) invoke(_ context.Context, in bot.Invocation) bot.Reply {
	s.mu.Lock()
	s.got = append(s.got, in)
	s.mu.Unlock()
	switch in.Command {
	case "concern", "voice.concern":
		if !in.Submitted() {
			return bot.Ask{Form: concern(in.Words)}
		}
		if len(in.Value("text")) < 5 {
			return bot.Invalid{Fields: map[string]string{"text": "Please say a little more, so that the reading team can act on it."}}
		}
		return bot.Done{Message: bot.Message{Summary: "Thank you", Blocks: []bot.Block{
			bot.Paragraph{Text: bot.T("Thank you. Your concern will be read after the next release, on Friday; you will have an answer within two weeks of it.")},
			bot.Heading{Level: 2, Text: bot.T("Your private code")},
			bot.Paragraph{Text: bot.Spans{bot.Mono("lamp river seven oak kettle window march stone")}},
			bot.Note{Text: bot.T("You need it only for a private reply. Unless you ask us not to, the answer also appears under You said, we did.")},
		}}}
	case "digest.save":
		return bot.Say{Message: bot.Notice("Saved. It stands in the draft of the Friday roundup, with thanks to whoever shared it.")}
	case "evangelist":
		return bot.Say{Message: bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()}}
	case "idea":
		return bot.Say{Public: true, Message: bot.Notice("An idea was told.")}
	case "digest":
		if strings.HasPrefix(in.Words, "add") {
			return bot.Say{Message: bot.Notice("Thank you. The page is in the next Friday roundup.")}
		}
		return bot.Say{Message: roundup()}
	}
	return bot.Say{Message: bot.Notice("Done: " + in.Command)}
}

func concern(words string) bot.Form {
	return bot.Form{
		Title: "Your concern", Command: "voice.concern", Submit: "Send", Nonce: "NONCE",
		Intro: []bot.Block{bot.Paragraph{Text: bot.Line("Nia Prosser, Adaeze Nwokolo and Kwabena Ofosuhene read this. ", bot.Strong("Your manager is not told."))}},
		Fields: []bot.Field{
			{Name: "text", Kind: bot.ParagraphField, Label: "What worries you?", Required: true, Value: []string{words}, Help: "A sentence is enough."},
			{Name: "name", Kind: bot.ChoiceField, Label: "Your name", Value: []string{"without"}, Options: []bot.Option{
				{Value: "without", Label: "Without my name", Help: "Nobody in this organisation can see from our records who wrote this."},
				{Value: "with", Label: "With my name", Help: "The reading team can answer you in person."},
			}},
			{Name: "leave", Kind: bot.PersonField, Label: "Leave one of the readers out", Help: "That person will not see it."},
			{Name: "urgent", Kind: bot.YesNoField, Label: "It cannot wait until Friday", Help: "It is then released within the hour, which makes it easier to guess when it was written."},
		},
	}
}

func roundup() bot.Message {
	return bot.Message{Summary: "Friday roundup", Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T("Friday roundup")},
		bot.Note{Text: bot.T("17 – 23 November. Seven things colleagues found useful, from five departments.")},
		bot.Link{Number: 1, Title: "Check for flooding", URL: "https://check-for-flooding.service.gov.uk/", Meta: "GOV.UK · 2 min", Lines: []bot.Spans{
			bot.Line(bot.Emphasis("Makes your job easier because"), " one page replaced forty calls a week."), bot.Line("Shared by ", bot.Name("g", "Grzegorz Wilkosz"), " (Highways)"),
		}},
		bot.Actions{Buttons: []bot.Button{{Command: "card.use", Arg: "1", Label: "Useful"}, {Command: "card.use", Arg: "2", Label: "I used this"}}},
		bot.Link{Number: 2, Title: "Style guide", URL: "https://www.gov.uk/guidance/style-guide", Meta: "GOV.UK · 8 min", Lines: []bot.Spans{bot.T("Makes your job easier because the words are already agreed.")}},
		bot.Actions{Buttons: []bot.Button{{Command: "card.use", Arg: "3", Label: "Useful"}, {Command: "card.drop", Arg: "4", Label: "Leave it out", Tone: bot.Danger, Confirm: "Leave this item out for good?"}}},
	}}
}

func behind(context.Context, bot.AccountID) ([]page.Panel, error) {
	return []page.Panel{
		{Name: "draft", Title: "The edition being drafted", Blocks: []bot.Block{
			bot.Link{Number: 1, Title: "Check for flooding", URL: "https://check-for-flooding.service.gov.uk/", Meta: "Thanks to Grzegorz Wilkosz and two more"},
			bot.Link{Number: 2, Title: "Style guide", URL: "https://www.gov.uk/guidance/style-guide", Meta: "Thanks to Farida Noorzai"},
			bot.Actions{Buttons: []bot.Button{{Command: "card.use", Arg: "edition", Label: "Approve", Tone: bot.Primary}, {Command: "card.use", Arg: "why", Label: "Why is this here?"}}},
		}},
		{Name: "queue", Title: "The courier", Blocks: []bot.Block{bot.Facts{Facts: []bot.Fact{{Label: "Waiting to be sent", Value: bot.T("3")}, {Label: "Being sent", Value: bot.T("0")}, {Label: "Sent today", Value: bot.T("12")}}}}},
		{Name: "register", Title: "The register of concerns and ideas", Blocks: []bot.Block{
			bot.Facts{Facts: []bot.Fact{{Label: "Waiting for release", Value: bot.T("2")}, {Label: "Released, not yet answered", Value: bot.T("4")}}},
			bot.Note{Text: bot.T("Nothing is shown that could tell who wrote what.")},
		}},
	}, nil
}

// served is a page with a stub bot behind it.
type served struct {
	ws     *playground.Workspace
	page   *page.Server
	bot    *stub
	sample *sample.Organisation
}

// offered is the page that the tour gives a visitor to post.
func (s served) offered(t *testing.T) sample.Unfurl {
	t.Helper()
	for _, step := range s.sample.Tour {
		if len(step.Links) > 0 {
			return step.Links[0]
		}
	}
	t.Fatal("the tour offers no page to post")
	return sample.Unfurl{}
}

type fixedClock struct{ now time.Time }

func (c fixedClock) Now() time.Time { return c.now }

func serve(t *testing.T, clock bot.Clock) served {
	t.Helper()
	from, err := sample.Load(clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	ws, err := playground.Open(playground.Config{Sample: from, Clock: clock, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	})
	s := served{ws: ws, bot: &stub{}, sample: from}
	t.Cleanup(ws.Connect(bot.Handlers{
		Invoke: s.bot.invoke, Commands: s.bot.commands,
		Home: func(context.Context, bot.AccountID) (bot.Message, error) {
			return bot.Message{Summary: "Home", Blocks: []bot.Block{
				bot.Heading{Level: 2, Text: bot.T("Waiting for you")}, bot.Paragraph{Text: bot.T("Nothing waits. The next roundup comes on Friday at 09:00.")},
				bot.Actions{Buttons: []bot.Button{{Command: "card.use", Arg: "home", Label: "See the last one"}}},
			}}, nil
		},
	}))
	zone, err := time.LoadLocation(from.Zone)
	if err != nil {
		t.Fatal(err)
	}
	s.page, err = page.New(page.Config{
		Workspace: ws, Clock: clock, Organisation: from.Name, Zone: zone, Tour: from.Tour, Start: "farida", Behind: behind,
		Pages: []page.Link{{Name: "archive", Title: "Archive of editions", Path: "/archive"}, {Name: "desk", Title: "Desk for leads", Path: "/desk"}, {Name: "code", Title: "Use a private code", Path: "/code"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.page.Close)
	return s
}

var listen = flag.String("listen", "", "serve the page with a stub bot on this address, until interrupted, to look at it")

// TestLook serves the page for a browser; it runs only when asked to.
func TestLook(t *testing.T) {
	if *listen == "" {
		t.Skip("run with -listen 127.0.0.1:8090 -timeout 0 to look at the page")
	}
	s := serve(t, bot.SystemClock{})
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	defer stop()
	server := &http.Server{Handler: s.page.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		s.page.Close()
		_ = server.Close()
	}()
	t.Log("serving on http://" + listener.Addr().String())
	_ = server.Serve(listener)
}
