package page

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
)

// homePlace is the address of a person's own page, which is no place to talk.
const homePlace = "~home"

// personView is somebody as the page shows them.
type personView struct {
	Native, Name, Title, Department, Bio, Initials string
	Tint                                           int // 0 to 11
	Bot, Current                                   bool
}

type groupView struct {
	Name   string
	People []personView
}

type placeView struct {
	Native, Name, Topic, Kind string
	Current, Fresh, Member    bool
	Direct                    bool
}

type commandView struct {
	Word  string
	Lines []usageView
}

type usageView struct{ Usage, Help string }

type stepView struct {
	sample.Step
	Number, Of int
	Name       string // whom one is then
	Fills      bool   // Try belongs into the composer
}

type panelView struct {
	Name, Title string
	Blocks      []blockView
}

// composerView is where a visitor types.
type composerView struct {
	Key, Action, Text, Hint string
	Thread, Edit            string
	About                   string // the beginning of the message that is answered or changed
	Ready                   bool
}

// pageView is everything that the page shows.
type pageView struct {
	Organisation, Title, Pane, Notice string
	Me                                personView
	Groups                            []groupView
	Channels, Chats                   []placeView
	Pages                             []Link
	Here                              placeView
	Home                              bool
	HomeBlocks                        []blockView
	Days                              []dayView
	Composer                          composerView
	Commands                          []commandView
	Everywhere                        []shortcutView
	Dialog                            *dialogView
	Behind                            []panelView
	Tour                              []stepView
	Connected                         bool
}

func tint(hue int) int { return ((hue%360 + 360) % 360) / 30 }

func (s *Server) personView(a playground.Account) personView {
	initials := a.Initials
	if initials == "" && a.Name != "" {
		initials = strings.ToUpper(string([]rune(a.Name)[:1]))
	}
	return personView{
		Native: a.Native, Name: a.Name, Title: a.Title, Department: a.Department, Bio: a.Bio,
		Initials: initials, Tint: tint(a.Hue), Bot: a.Bot,
	}
}

// Who returns the account that a request acts as: whom the visitor chose to be.
// There is none only when nobody works in the workspace.
func (s *Server) Who(r *http.Request) (bot.AccountID, bool) {
	account, ok := s.whoIs(r)
	if !ok {
		return "", false
	}
	return s.ws.ID(account.Native), true
}

// whoIs returns the person that a request acts as.
func (s *Server) whoIs(r *http.Request) (playground.Account, bool) {
	if cookie, err := r.Cookie(personCookie); err == nil {
		if account, ok := s.person(cookie.Value); ok {
			return account, true
		}
	}
	if account, ok := s.person(s.Start); ok {
		return account, true
	}
	for _, account := range s.ws.People() {
		if _, ok := s.person(account.Native); ok {
			return account, true
		}
	}
	return playground.Account{}, false
}

// person returns somebody whom a visitor can be.
func (s *Server) person(native string) (playground.Account, bool) {
	account, ok := s.ws.Account(native)
	return account, ok && !account.Bot && !account.Inactive
}

// show draws the page.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	me, ok := s.whoIs(r)
	if !ok {
		http.Error(w, "Nobody works in this workspace yet. Start the playground with its sample organisation.", http.StatusServiceUnavailable)
		return
	}
	view := s.view(r, me)
	var out bytes.Buffer
	if err := s.templates.ExecuteTemplate(&out, "page.html", view); err != nil {
		s.Log.Error("the playground page cannot be drawn", "error", err)
		http.Error(w, "The page could not be drawn. Please load it again.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = out.WriteTo(w) // the browser went away: nothing to do
}

func (s *Server) view(r *http.Request, me playground.Account) pageView {
	query := r.URL.Query()
	view := pageView{
		Organisation: s.Organisation, Pages: s.Pages, Me: s.personView(me), Groups: s.groups(me.Native),
		Commands: s.commandViews(), Connected: s.ws.Connected(), Pane: query.Get("pane"),
	}
	if !slices.Contains([]string{"places", "behind"}, view.Pane) {
		view.Pane = "talk"
	}
	rooms := s.ws.Rooms(me.Native)
	view.Home = query.Get("place") == homePlace
	here := s.here(rooms, query.Get("place"))
	view.Notice, view.Composer.Text = s.visitSeat(r, me.Native, rooms, here, view.Home)
	view.Channels, view.Chats = s.placeViews(me.Native, rooms, here, view.Home)
	p := s.ws.As(me.Native)
	for _, c := range p.Shortcuts(bot.MessageRef{}) {
		view.Everywhere = append(view.Everywhere, shortcutView{Name: c.Name, Title: c.Title})
	}
	switch {
	case view.Home:
		view.Title = "Your page"
		view.HomeBlocks = s.homeBlocks(r, p)
	case here != nil:
		view.Here = s.placeView(*here)
		view.Title = view.Here.Name
		p.Redraw(r.Context())
		view.Days = s.days(p, me, *here)
		s.compose(&view.Composer, me, *here, query.Get("thread"), query.Get("edit"))
	}
	view.Dialog = s.dialog(me.Native, p, s.at(here, view.Home))
	view.Behind = s.panels(r, p, s.at(here, view.Home))
	view.Tour = s.steps()
	return view
}

// at is how the address of the page names where one is.
func (s *Server) at(here *playground.Room, home bool) string {
	switch {
	case home:
		return homePlace
	case here == nil:
		return ""
	}
	return here.ID.Native()
}

// here is the place that was asked for, or the first one.
func (s *Server) here(rooms []playground.Room, asked string) *playground.Room {
	for i := range rooms {
		if rooms[i].ID.Native() == asked {
			return &rooms[i]
		}
	}
	if len(rooms) == 0 {
		return nil
	}
	return &rooms[0]
}

// visitSeat takes the notice and the draft that wait for the person, unless
// the page only refreshes itself, and remembers what was shown.
func (s *Server) visitSeat(r *http.Request, native string, rooms []playground.Room, here *playground.Room, home bool) (notice, draft string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.seat(native)
	if here != nil && !home {
		kept.seen[here.ID.Native()] = here.Count
	}
	for _, room := range rooms {
		if _, known := kept.seen[room.ID.Native()]; !known {
			kept.seen[room.ID.Native()] = 0
		}
	}
	if r.Header.Get("X-Refresh") == "" {
		notice, draft = kept.notice, kept.draft
		kept.notice, kept.draft = "", ""
	}
	return notice, draft
}

func (s *Server) groups(me string) []groupView {
	var out []groupView
	at := map[string]int{}
	for _, account := range s.ws.People() {
		if _, ok := s.person(account.Native); !ok {
			continue
		}
		name := account.Department
		if name == "" {
			name = "Elsewhere"
		}
		i, known := at[name]
		if !known {
			i = len(out)
			at[name] = i
			out = append(out, groupView{Name: name})
		}
		person := s.personView(account)
		person.Current = account.Native == me
		out[i].People = append(out[i].People, person)
	}
	return out
}

func (s *Server) placeView(room playground.Room) placeView {
	return placeView{
		Native: room.ID.Native(), Name: room.Name, Topic: room.Topic, Kind: string(room.Kind), Member: room.Member,
		Direct: room.Kind == bot.DirectChat,
	}
}

func (s *Server) placeViews(me string, rooms []playground.Room, here *playground.Room, home bool) (channels, chats []placeView) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seat(me).seen
	for _, room := range rooms {
		view := s.placeView(room)
		view.Current = !home && here != nil && room.ID == here.ID
		view.Fresh = room.Count > seen[view.Native]
		if room.Kind == bot.OpenChannel || room.Kind == bot.PrivateChannel {
			channels = append(channels, view)
		} else {
			chats = append(chats, view)
		}
	}
	return channels, chats
}

// commandViews are the slash commands with what can be typed after them.
func (s *Server) commandViews() []commandView {
	var out []commandView
	at := map[string]int{}
	for _, command := range s.ws.Commands() {
		for _, phrase := range command.Phrases {
			word, _, _ := strings.Cut(phrase, " ")
			i, known := at[word]
			if !known {
				i = len(out)
				at[word] = i
				out = append(out, commandView{Word: "/" + word})
			}
			if command.Help == "" {
				continue
			}
			usage := command.Usage
			if usage == "" || len(command.Phrases) > 1 {
				usage = "/" + phrase
			}
			out[i].Lines = append(out[i].Lines, usageView{Usage: usage, Help: command.Help})
		}
	}
	return out
}

func (s *Server) homeBlocks(r *http.Request, p *playground.Person) []blockView {
	home, err := p.Home(r.Context())
	if err != nil {
		home = bot.Notice(s.sentence(r.Context(), err))
	}
	if len(home.Blocks) == 0 {
		home = bot.Notice("Here will be what waits for you: your links, your concerns and ideas, and what comes next. Begin by posting a link in a channel.")
	}
	return s.blocks(home, origin{at: homePlace, where: "home"})
}

func (s *Server) panels(r *http.Request, p *playground.Person, at string) []panelView {
	var out []panelView
	if s.Behind != nil {
		panels, err := s.Behind(r.Context(), p.ID())
		if err != nil && r.Context().Err() == nil {
			s.Log.Error("what happens behind the scenes cannot be shown", "error", err)
		}
		if err != nil {
			panels = []Panel{{Name: "trouble", Title: "Behind the scenes", Blocks: bot.Notice("This cannot be shown just now. It will be tried again.").Blocks}}
		}
		for _, panel := range panels {
			out = append(out, panelView{Name: panel.Name, Title: panel.Title, Blocks: s.blocks(bot.Message{Summary: "Nothing here yet.", Blocks: panel.Blocks}, origin{at: at, where: "behind", message: panel.Name})})
		}
	}
	return append(out, panelView{Name: "wire", Title: "On the wire", Blocks: s.blocks(s.wire(), origin{at: at})})
}

// wire shows the latest calls of the bot to the workspace, by kind and place.
func (s *Server) wire() bot.Message {
	calls := slices.DeleteFunc(s.ws.Calls(), func(c playground.Call) bool { return c.Method == "answer" })
	if len(calls) == 0 {
		return bot.Notice("Nothing yet. Each message that the bot posts, changes or removes is listed here.")
	}
	names := map[bot.PlaceID]string{}
	for _, place := range s.ws.Places() {
		names[place.ID] = "#" + place.Name
		if place.Kind == bot.DirectChat || place.Kind == bot.GroupChat {
			names[place.ID] = "a private chat"
		}
	}
	list := bot.List{}
	for i := len(calls) - 1; i >= max(0, len(calls)-8); i-- {
		call := calls[i]
		line := bot.Line(bot.Strong(call.Method))
		if name := names[call.Place]; name != "" {
			line = append(line, bot.T(" in "+name)...)
		}
		list.Items = append(list.Items, line)
	}
	return bot.Message{Summary: "On the wire", Blocks: []bot.Block{list, bot.Note{Text: bot.T("The latest calls of the bot, newest first. Answers to whoever asked are not among them.")}}}
}

func (s *Server) steps() []stepView {
	out := make([]stepView, 0, len(s.Tour))
	for i, step := range s.Tour {
		view := stepView{Step: step, Number: i + 1, Of: len(s.Tour)}
		view.Fills = step.Target == "composer" || strings.HasPrefix(step.Target, "command:")
		if account, ok := s.person(step.As); ok {
			view.Name = account.Name
		}
		out = append(out, view)
	}
	return out
}
