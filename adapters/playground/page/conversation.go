package page

import (
	"slices"
	"strings"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
)

// dayView is what was said on one day.
type dayView struct {
	Title string
	Items []messageView
}

type messageView struct {
	Ref                       bot.MessageRef
	At, ID, Place             string // at: the place that one looks at
	Author                    personView
	Time, Stamp               string
	Mine, Ours, Private, Gone bool
	Edited                    bool
	Runs                      []playground.Run
	Blocks                    []blockView
	Unfurls                   []bot.SeenLink
	Reactions                 []reactionView
	Menu                      []shortcutView
	Emojis                    []playground.Emoji
	Replies                   []messageView
	Thread                    string // the message that an answer would go to
	Badge                     bool   // say that only this person can see it
	moment                    time.Time
}

type reactionView struct {
	Emoji, Char, Names string
	Count              int
	Mine               bool
}

type shortcutView struct{ Name, Title string }

// drawing is what is needed to draw the messages of one place for one person.
type drawing struct {
	s        *Server
	p        *playground.Person
	me       playground.Account
	room     playground.Room
	accounts map[bot.AccountID]playground.Account
	emojis   []playground.Emoji
	commands []bot.Command
}

// days draws a place: messages with their answers below them, and among them
// what only this person can see.
func (s *Server) days(p *playground.Person, me playground.Account, room playground.Room) []dayView {
	d := drawing{s: s, p: p, me: me, room: room, accounts: map[bot.AccountID]playground.Account{}, emojis: s.ws.Emojis(), commands: s.ws.Commands()}
	for _, account := range s.ws.People() {
		d.accounts[s.ws.ID(account.Native)] = account
	}
	items := d.threads(s.ws.Log(string(room.ID)))
	for _, reply := range p.Private() {
		if reply.Ref.Place == room.ID {
			items = append(items, d.private(reply))
		}
	}
	slices.SortStableFunc(items, func(a, b messageView) int { return a.moment.Compare(b.moment) })
	var out []dayView
	for _, item := range items {
		title := s.dayTitle(item.moment)
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, dayView{Title: title})
		}
		out[len(out)-1].Items = append(out[len(out)-1].Items, item)
	}
	return out
}

func (d *drawing) threads(messages []playground.Message) []messageView {
	var out []messageView
	at := map[string]int{}
	for _, m := range messages {
		first, answers := at[m.Thread]
		switch {
		case m.Thread == "" || !answers:
			at[m.Ref.Native] = len(out)
			out = append(out, d.message(m))
		case !m.Gone:
			out[first].Replies = append(out[first].Replies, d.message(m))
		}
	}
	return slices.DeleteFunc(out, func(m messageView) bool { return m.Gone && len(m.Replies) == 0 })
}

func (d *drawing) message(m playground.Message) messageView {
	view := messageView{
		Ref: m.Ref, At: d.room.ID.Native(), ID: m.Ref.Native, Place: m.Ref.Place.Native(), Author: d.s.personView(d.accounts[m.Author]),
		Mine: m.Author == d.p.ID(), Ours: m.Ours, Gone: m.Gone, Edited: !m.EditedAt.IsZero() && !m.Ours, Thread: m.Ref.Native, Emojis: d.emojis,
		moment: m.At,
	}
	if m.Thread != "" {
		view.Thread = m.Thread
	}
	view.stamp(d.s.Zone)
	if m.Gone {
		return view
	}
	if m.Body != nil {
		view.Blocks = d.s.blocks(*m.Body, origin{at: view.At, where: "message", place: view.Place, message: view.ID})
	} else {
		view.Runs = readable(d.s.ws.Runs(m.Text))
	}
	for _, link := range m.Links {
		if link.Title != "" {
			view.Unfurls = append(view.Unfurls, link)
		}
	}
	for _, reaction := range m.Reactions {
		view.Reactions = append(view.Reactions, d.reaction(reaction))
	}
	for _, c := range d.commands {
		if c.Title != "" && !m.Ours && (c.On == bot.OnMessage || c.On == bot.OnOwnMessage && view.Mine) {
			view.Menu = append(view.Menu, shortcutView{Name: c.Name, Title: c.Title})
		}
	}
	return view
}

// longestAddress is how much of a bare address is shown.
const longestAddress = 64

// readable shortens bare addresses for the eye; they lead where they did.
func readable(runs []playground.Run) []playground.Run {
	for i, run := range runs {
		if run.URL == "" || run.Text != run.URL {
			continue
		}
		short := strings.TrimPrefix(strings.TrimPrefix(run.URL, "https://"), "http://")
		short = strings.TrimSuffix(strings.TrimPrefix(short, "www."), "/")
		if letters := []rune(short); len(letters) > longestAddress {
			short = string(letters[:longestAddress-1]) + "…"
		}
		runs[i].Text = short
	}
	return runs
}

func (d *drawing) private(reply playground.PrivateReply) messageView {
	bot, _ := d.s.ws.Account(string(d.s.ws.Me()))
	view := messageView{
		Ref: reply.Ref, At: d.room.ID.Native(), ID: reply.Ref.Native, Place: reply.Ref.Place.Native(),
		Author: d.s.personView(bot), Ours: true, Private: true, moment: reply.At,
		Badge: !d.s.placeView(d.room).Direct,
	}
	view.stamp(d.s.Zone)
	view.Blocks = d.s.blocks(reply.Message, origin{at: view.At, where: "message", place: view.Place, message: view.ID})
	return view
}

func (m *messageView) stamp(zone *time.Location) {
	m.Time = m.moment.In(zone).Format("15:04")
	m.Stamp = m.moment.UTC().Format(time.RFC3339)
}

func (d *drawing) reaction(r playground.Reaction) reactionView {
	view := reactionView{Emoji: r.Emoji, Char: r.Char, Count: len(r.By), Mine: slices.Contains(r.By, d.p.ID())}
	if view.Char == "" {
		view.Char = ":" + r.Emoji + ":"
	}
	var names []string
	for _, by := range r.By {
		names = append(names, d.accounts[by].Name)
	}
	view.Names = strings.Join(names, ", ")
	return view
}

// dayTitle names a day as people do.
func (s *Server) dayTitle(at time.Time) string {
	now := s.Clock.Now().In(s.Zone)
	day := at.In(s.Zone)
	switch {
	case day.Format(time.DateOnly) == now.Format(time.DateOnly):
		return "Today"
	case day.Format(time.DateOnly) == now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "Yesterday"
	case day.Year() != now.Year():
		return day.Format("Monday 2 January 2006")
	}
	return day.Format("Monday 2 January")
}

// compose prepares the place to type: for a new message, an answer, a change.
func (s *Server) compose(c *composerView, me playground.Account, room playground.Room, thread, edit string) {
	c.Ready, c.Action = true, "post"
	c.Hint = "Write to #" + room.Name + ", or type /"
	if room.Kind == bot.DirectChat {
		c.Hint = "Write to the bot, or type /"
	}
	c.Key = me.Native + "/" + room.ID.Native()
	if m, err := s.ws.Message(bot.MessageRef{Place: room.ID, Native: thread}); thread != "" && err == nil {
		c.Thread, c.Hint, c.Key = thread, "Write an answer", c.Key+"/thread/"+thread
		c.About = m.Name + ": " + beginning(m.Text)
	}
	if m, err := s.ws.Message(bot.MessageRef{Place: room.ID, Native: edit}); edit != "" && err == nil && m.Author == s.ws.ID(me.Native) {
		c.Edit, c.Thread, c.Action, c.Hint, c.Key = edit, "", "edit", "Change your message", c.Key+"/edit/"+edit
		c.About = beginning(m.Text)
		if c.Text == "" {
			c.Text = m.Text
		}
	}
}

// beginning is the first words of a message.
func beginning(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if runes := []rune(line); len(runes) > 80 {
		return strings.TrimSpace(string(runes[:79])) + "…"
	}
	return line
}
