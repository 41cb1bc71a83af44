package main

import (
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/slack/slacktest"
	"evangelist/storage/storagetest"
)

// square is what is said in four channels, of which the bot reads three, and
// what of it must be kept.
type square struct {
	*office
	chance   *mathrand.Rand
	channels []string // the last one is not read
	said     []*remark
}

type remark struct {
	channel, ts, thread, who, link string
	reactions                      []string
	gone                           bool
}

func openSquare(o *office) *square {
	s := &square{office: o, chance: mathrand.New(mathrand.NewPCG(seeded(o.T), 3))}
	s.watch("good-finds", "digital-help", "libraries-and-learning")
	for _, channel := range []string{"good-finds", "digital-help", "libraries-and-learning", "all-council"} {
		s.channels = append(s.channels, channelOf(channel))
	}
	return s
}

// someone is one of the colleagues.
func (s *square) someone() string {
	return []string{"farida", "minh", "ishbel", "leroy", "dorothea", "sunil", "callum", "maureen"}[s.chance.IntN(8)]
}

// say posts a link; in answers that message.
func (s *square) say(in *remark) *remark {
	s.Helper()
	r := &remark{channel: s.channels[s.chance.IntN(len(s.channels))], who: s.someone(), link: fmt.Sprintf("https://n%d.example.org/page", len(s.said))}
	text := fmt.Sprintf("Look: %s for number %d", r.link, len(s.said))
	var m slacktest.Message
	var err error
	if in != nil {
		r.channel, r.thread = in.channel, in.ts
		m, err = s.as(r.who).Reply(s.ctx, in.channel, in.ts, text)
	} else {
		m, err = s.as(r.who).Post(s.ctx, r.channel, text)
	}
	if err != nil {
		s.Fatal(err)
	}
	r.ts = m.TS
	s.said = append(s.said, r)
	return r
}

// any is a remark that stands, one of those from and until.
func (s *square) any(from, until int) *remark {
	for range 1000 {
		if r := s.said[from+s.chance.IntN(until-from)]; !r.gone {
			return r
		}
	}
	s.Fatal("all is deleted")
	return nil
}

func (s *square) root(from, until int) *remark {
	for {
		if r := s.any(from, until); r.thread == "" {
			return r
		}
	}
}

// edit puts another link in the place of the one that was there.
func (s *square) edit(r *remark) {
	s.Helper()
	r.link = strings.Replace(r.link, "page", fmt.Sprint("edited-", s.chance.IntN(1000)), 1)
	if err := s.as(r.who).Edit(s.ctx, r.channel, r.ts, "Better: "+r.link); err != nil {
		s.Fatal(err)
	}
}

func (s *square) remove(r *remark) {
	s.Helper()
	r.gone = true
	if err := s.as(r.who).Delete(s.ctx, r.channel, r.ts); err != nil {
		s.Fatal(err)
	}
}

func (s *square) react(r *remark) {
	s.Helper()
	who := s.someone()
	if err := s.as(who).React(s.ctx, r.channel, r.ts, "thumbsup"); err != nil {
		s.Fatal(err)
	}
	if !slices.Contains(r.reactions, who) {
		r.reactions = append(r.reactions, who)
	}
}

// talk is two hours in which 300 messages are written; old is how many were
// known before.
func (s *square) talk(old int) {
	s.Helper()
	for n := range 300 {
		s.clock.add(2 * time.Hour / 300)
		switch {
		case n%5 == 1:
			s.say(s.root(0, old)) // in a thread that is older
		case n%5 == 3:
			s.say(s.root(old, len(s.said)))
		default:
			s.say(nil)
		}
		switch n % 10 {
		case 2:
			s.edit(s.any(0, old))
		case 4:
			s.edit(s.any(old, len(s.said)))
		case 5:
			s.remove(s.any(old, len(s.said)))
		case 6, 7:
			s.react(s.any(0, len(s.said)))
		}
		if n%30 == 29 {
			s.remove(s.any(0, old))
		}
	}
}

// due is what must be kept.
func (s *square) due() (lines []string) {
	at := map[string]*remark{}
	for _, r := range s.said {
		at[r.channel+r.ts] = r
	}
	for _, r := range s.said {
		if r.gone || r.channel == s.channels[3] {
			continue
		}
		ref := "slack|" + r.channel + "|" + r.ts
		lines = append(lines, fmt.Sprintf("%s %s by slack|%s", ref, r.link, userOf(r.who)))
		for _, who := range r.reactions {
			lines = append(lines, fmt.Sprintf("%s reaction slack|%s thumbsup", ref, userOf(who)))
		}
		if root := at[r.channel+r.thread]; root != nil && !root.gone {
			lines = append(lines, fmt.Sprintf("slack|%s|%s reply slack|%s %s", r.channel, r.thread, userOf(r.who), ref))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// kept is what is kept.
func (s *square) kept() (lines []string) {
	s.Helper()
	for _, row := range s.rows(`SELECT s.message, l.address, s.account FROM shares s JOIN links l ON l.key = s.link`) {
		f := strings.Split(row, "\t")
		lines = append(lines, fmt.Sprintf("%s %s by %s", f[0], f[1], f[2]))
	}
	for _, row := range s.rows(`SELECT message, kind, account, detail FROM engagements WHERE NOT undone`) {
		lines = append(lines, strings.ReplaceAll(row, "\t", " "))
	}
	slices.Sort(lines)
	return lines
}

// caughtUp waits until what is due is kept, each once, and nothing else.
func (s *square) caughtUp(within time.Duration) {
	s.Helper()
	deadline := time.Now().Add(within)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		diff := cmp.Diff(s.due(), s.kept())
		if diff == "" {
			return
		}
		if time.Now().After(deadline) {
			s.Fatalf("what was missed is not what is kept: %s", diff)
		}
		<-tick.C
	}
}

// Two hours pass in which nothing reaches the bot; then it is back, and Slack
// refuses to be asked so often. Everything that was said meanwhile is there, once;
// what was edited and deleted is followed.
func TestWhatWasMissedIsReadAgain(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	stopped := func(s *square, meanwhile func()) {
		s.stop()
		meanwhile()
		s.start()
	}
	cut := func(s *square, meanwhile func()) {
		mend := s.slack.Fail(slacktest.Fault{Method: "apps.connections.open", Times: -1, Status: 503})
		s.slack.DropConnections(false)
		s.eventually("the sockets are gone", func() bool { return s.slack.Connections() == 0 })
		meanwhile()
		s.settled()
		if n := s.slack.Connections(); n > 0 {
			s.Fatalf("%d sockets are open", n)
		}
		mend()
		s.eventually("there is a socket again", func() bool { return s.slack.Connections() > 0 })
	}
	away := func(s *square, meanwhile func()) {
		s.slack.Away(true)
		meanwhile()
		s.settled()
		s.slack.Away(false)
		s.slack.LimitEvents()
	}
	for name, c := range map[string]struct {
		url  func(testing.TB) string
		http bool
		gap  func(s *square, meanwhile func())
	}{
		"the program is stopped, socket on sqlite": {storagetest.SQLite, false, stopped},
		"the program is stopped, http on postgres": {storagetest.PostgreSQL, true, stopped},
		"the socket is cut":                        {storagetest.SQLite, false, cut},
		"events are held back":                     {storagetest.SQLite, true, away},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openSquare(openOffice(t, c.url(t), c.http))
			for range 60 { // what the bot heard before, and what is older than the gap
				s.clock.add(time.Hour)
				s.say(nil)
			}
			s.settled()
			s.caughtUp(10 * time.Second)
			s.clock.add(10 * time.Hour)
			s.slack.ForgetCalls()
			for _, f := range []slacktest.Fault{slacktest.TooMany("conversations.history", "1"), slacktest.TooMany("conversations.replies", "1")} {
				for skip := 1; skip < 8; skip += 3 {
					f.Skip = skip
					s.slack.Fail(f)
				}
			}
			c.gap(s, func() { s.talk(60) })
			s.caughtUp(40 * time.Second)
			s.frugal()
		})
	}
}

// frugal looks at how often Slack was asked.
func (s *square) frugal() {
	s.Helper()
	threads, gone := map[string]bool{}, 0
	for _, r := range s.said {
		if r.thread != "" {
			threads[r.channel+r.thread] = true
		}
		if r.gone {
			gone++
		}
	}
	asked, refused := map[string]int{}, map[string]int{}
	last := map[string]time.Time{}
	for _, call := range s.slack.Calls("conversations.history", "conversations.replies") {
		asked[call.Method]++
		if call.Status == 429 {
			refused[call.Method]++
			last[call.Method] = call.At
		}
	}
	s.Logf("asked %v, refused %v; %d threads, %d deleted", asked, refused, len(threads), gone)
	if refused["conversations.history"]+refused["conversations.replies"] == 0 {
		s.Error("Slack refused nothing: the test proves less than it should")
	}
	// The bot looks twice at most: when it starts, and when it is connected.
	if most := 2*3 + refused["conversations.history"]; asked["conversations.history"] > most {
		s.Errorf("the history was asked for %d times, at most %d are needed", asked["conversations.history"], most)
	}
	if most := 2*(len(threads)+gone) + refused["conversations.replies"]; asked["conversations.replies"] > most {
		s.Errorf("threads were asked for %d times, at most %d are needed", asked["conversations.replies"], most)
	}
}
