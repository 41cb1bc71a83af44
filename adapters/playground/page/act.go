package page

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
)

// personCookie says who a visitor is at the moment; the product's own web beside
// the playground may ask Who.
const personCookie = "playground_person"

// visit is one request that changes something.
type visit struct {
	ctx  context.Context
	w    http.ResponseWriter
	form url.Values
	me   string // native id
	p    *playground.Person
	at   string // the place that the visitor looks at
	// draft is kept when it fails, so that nothing typed is lost.
	draft string
	query url.Values // added to the address to which it leads
}

func (v *visit) get(name string) string { return v.form.Get(name) }

func (s *Server) ref(v *visit) bot.MessageRef {
	if v.get("message") == "" {
		return bot.MessageRef{}
	}
	return bot.MessageRef{Place: s.ws.PlaceID(v.get("place")), Native: v.get("message")}
}

// actLimit is how long one request may take that changes something.
const actLimit = 10 * time.Second

// act carries out one request and leads back to the page; a failure becomes a
// sentence there.
func (s *Server) act(w http.ResponseWriter, r *http.Request, do func(*visit) error) {
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(w, "That was more than is taken at once, so nothing was done. Please shorten it and send it again.", http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(w, "What arrived is no form, so nothing was done. Please go back and send it again.", http.StatusBadRequest)
		return
	}
	me, ok := s.whoIs(r)
	if !ok {
		http.Error(w, "Nobody works in this workspace yet.", http.StatusServiceUnavailable)
		return
	}
	// What a visitor did is done, also when they do not wait for the page.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actLimit)
	defer cancel()
	v := &visit{ctx: ctx, w: w, form: r.PostForm, me: me.Native, p: s.ws.As(me.Native), at: r.PostForm.Get("at"), query: url.Values{}}
	if err := do(v); err != nil {
		s.mu.Lock()
		kept := s.seat(v.me)
		kept.notice, kept.draft = s.sentence(ctx, err), v.draft
		s.mu.Unlock()
	}
	if v.at != "" {
		v.query.Set("place", v.at)
	}
	http.Redirect(w, r, "/playground/?"+v.query.Encode(), http.StatusSeeOther)
}

// sentence is what a person is told of a failure.
func (s *Server) sentence(ctx context.Context, err error) string {
	var known *bot.Error
	if errors.As(err, &known) {
		return known.Say
	}
	if !errors.Is(ctx.Err(), context.Canceled) { // else the visitor left, and nobody reads this
		s.Log.Error("something failed in the playground", "error", err)
	}
	return "Something broke on our side, so nothing was done. Please try again."
}

func (s *Server) beSomebody(v *visit) error {
	account, ok := s.person(v.get("person"))
	if !ok {
		return bot.ErrNotFound
	}
	s.become(v, account.Native)
	return nil
}

func (s *Server) become(v *visit, native string) {
	http.SetCookie(v.w, &http.Cookie{Name: personCookie, Value: native, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 3600})
	v.me = native
	if strings.HasPrefix(v.at, "direct-") {
		v.at = "direct-" + native
	}
}

// tour goes to where a step of the tour happens, as the person it is about.
func (s *Server) tour(v *visit) error {
	for _, step := range s.Tour {
		if step.ID != v.get("step") {
			continue
		}
		if account, ok := s.person(step.As); ok {
			s.become(v, account.Native)
		}
		kind, name, _ := strings.Cut(step.Target, ":")
		v.query.Set("pane", "talk")
		switch {
		case kind == "channel":
			v.at = name
		case kind == "composer" || kind == "command":
			if v.at == homePlace { // where nobody types
				v.at = ""
			}
		case kind == "panel":
			v.query.Set("pane", "behind")
		case kind == "page" || kind == "person-switcher":
			v.query.Set("pane", "places")
		}
		return nil
	}
	return bot.ErrNotFound
}

func (s *Server) post(v *visit) error {
	v.draft = v.get("text")
	if thread := v.get("thread"); thread != "" {
		v.query.Set("thread", thread)
	}
	if strings.TrimSpace(v.draft) == "" {
		return bot.Refuse("empty", "There was nothing to post. Type a few words first.")
	}
	if strings.HasPrefix(v.draft, "/") && !s.isCommand(v.draft) {
		word, _, _ := strings.Cut(v.draft, " ")
		return bot.Refuse("command", word+" is no command here, so nothing was posted. Type / to see those that are.")
	}
	_, err := v.p.Type(v.ctx, v.at, v.get("thread"), v.draft)
	if errors.Is(err, playground.ErrAway) && !strings.HasPrefix(v.draft, "/") {
		v.draft = "" // it was posted; only the answer is missing
	}
	return err
}

func (s *Server) isCommand(line string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return !s.ws.Connected() || slices.ContainsFunc(s.commandViews(), func(c commandView) bool { return strings.EqualFold(c.Word, word) })
}

func (s *Server) edit(v *visit) error {
	v.draft = v.get("text")
	err := v.p.Edit(v.ctx, s.ref(v), v.draft)
	if err != nil {
		v.query.Set("edit", v.get("message"))
	}
	return err
}

func (s *Server) remove(v *visit) error { return v.p.Delete(v.ctx, s.ref(v)) }

func (s *Server) react(v *visit) error {
	if v.get("off") != "" {
		return v.p.Unreact(v.ctx, s.ref(v), v.get("emoji"))
	}
	return v.p.React(v.ctx, s.ref(v), v.get("emoji"))
}

func (s *Server) shortcut(v *visit) error {
	_, err := v.p.Shortcut(v.ctx, s.ref(v), v.get("name"))
	return err
}

func (s *Server) putAway(v *visit) error {
	v.p.PutAway(s.ref(v))
	return nil
}

func (s *Server) member(v *visit) error {
	if v.get("off") != "" {
		return v.p.RemoveBot(v.ctx, v.at)
	}
	return v.p.AddBot(v.ctx, v.at)
}

// pressing is a button that is being pressed, and where it stands.
type pressing struct {
	At, Where, Place, Message, Command, Arg string

	button bot.Button
}

// press presses a button. It is looked up where it stands, so that only what is
// shown can be pressed. A button that asks first is put before the visitor.
func (s *Server) press(v *visit) error {
	s.mu.Lock()
	s.seat(v.me).confirm = nil
	s.mu.Unlock()
	if v.get("cancel") != "" {
		return nil
	}
	what := pressing{At: v.at, Where: v.get("where"), Place: v.get("place"), Message: v.get("message"), Command: v.get("command"), Arg: v.get("arg")}
	message, err := s.standing(v, what)
	if err != nil {
		return err
	}
	button, ok := findButton(message, what.Command, what.Arg)
	if !ok {
		return bot.Refuse("gone", "That button is not there any more, so nothing was done. Look at what stands there now.")
	}
	if button.Confirm != "" && v.get("confirmed") == "" {
		what.button = button
		s.mu.Lock()
		s.seat(v.me).confirm = &what
		s.mu.Unlock()
		return nil
	}
	ref := bot.MessageRef{}
	if what.Where == "message" {
		ref = s.ref(v)
	}
	if what.Where == "done" {
		v.p.CloseForm()
	}
	answer, err := v.p.PressButton(v.ctx, ref, button)
	if answer.Ref != (bot.MessageRef{}) && answer.Ref.Place == v.p.Direct() {
		v.at = v.p.Direct().Native() // pressed outside of any place: the answer is there
		v.query.Set("pane", "talk")
	}
	return err
}

// standing returns the message that a button stands on.
func (s *Server) standing(v *visit, what pressing) (bot.Message, error) {
	switch what.Where {
	case "home":
		return v.p.Home(v.ctx)
	case "done":
		form, ok := v.p.Form()
		switch {
		case !ok:
			return bot.Message{}, bot.ErrNotFound
		case form.Done != nil:
			return *form.Done, nil
		}
		return bot.Message{Blocks: form.Form.Intro}, nil
	case "behind":
		if s.Behind == nil {
			return bot.Message{}, bot.ErrNotFound
		}
		panels, err := s.Behind(v.ctx, v.p.ID())
		if err != nil {
			return bot.Message{}, err
		}
		for _, panel := range panels {
			if panel.Name == what.Message {
				return bot.Message{Blocks: panel.Blocks}, nil
			}
		}
		return bot.Message{}, bot.ErrNotFound
	}
	return v.p.Shown(s.ref(v))
}

func findButton(message bot.Message, command, arg string) (bot.Button, bool) {
	for _, block := range message.Blocks {
		actions, ok := block.(bot.Actions)
		if !ok {
			continue
		}
		for _, button := range actions.Buttons {
			if button.Command == command && button.Arg == arg {
				return button, true
			}
		}
	}
	return bot.Button{}, false
}

// form sends or closes the form in front of the visitor.
func (s *Server) form(v *visit) error {
	form, ok := v.p.Form()
	if !ok || form.ID != v.get("id") {
		return bot.Refuse("closed", "That form was closed in the meantime, so nothing was sent. Open it again.")
	}
	if v.get("close") != "" {
		v.p.CloseForm()
		return nil
	}
	for _, field := range form.Form.Fields {
		values := v.form["f."+field.Name]
		for i, value := range values {
			values[i] = strings.ReplaceAll(value, "\r\n", "\n")
		}
		form.Pick(field.Name, values...)
	}
	_, err := form.Submit(v.ctx)
	return err
}
