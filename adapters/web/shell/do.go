package shell

import (
	"context"
	"html/template"
	"net/http"
	"slices"

	"evangelist/adapters/web/render"
	"evangelist/bot"
)

// do is where every button and every form arrives.
func (s *Shell) do(w http.ResponseWriter, r *http.Request, v Visit) error {
	back := LocalPath(r.PostForm.Get("back"))
	if r.PostForm.Has("form") {
		return s.Submitted(w, r, v, Asked{Back: back})
	}
	if question := r.PostForm.Get("confirm"); question != "" {
		return s.confirm(w, r, v, question, back)
	}
	if serve, is := s.doors[r.PostForm.Get("command")]; is {
		return serve(w, r, v)
	}
	in := bot.Invocation{Command: r.PostForm.Get("command"), Arg: r.PostForm.Get("arg")}
	return s.Answer(w, r, v, s.Do(r, v, in), Asked{Back: back})
}

// Submitted carries a form that was sent to the router and shows the reply.
// With commands given, it takes forms of these alone.
func (s *Shell) Submitted(w http.ResponseWriter, r *http.Request, v Visit, asked Asked, commands ...string) error {
	form, err := s.sealer.Open(r.PostForm.Get("form"))
	if err != nil || len(commands) > 0 && !slices.Contains(commands, form.Command) {
		return errForm
	}
	filled, err := s.filled(r.Context(), v, form, asked)
	if err != nil {
		return err
	}
	typed, values, wrong := render.Values(filled, r.PostForm)
	asked.form, asked.typed = &form, typed
	if len(wrong) > 0 {
		return s.Answer(w, r, v, bot.Invalid{Fields: wrong}, asked)
	}
	in := bot.Invocation{Command: form.Command, Arg: form.Arg, Values: values, Nonce: form.Nonce}
	return s.Answer(w, r, v, s.Do(r, v, in), asked)
}

// Asked is what a reply answers.
type Asked struct {
	Back   string // the local path to return to, "" when none
	Action string // where forms are sent, default /do
	At     string // which of the doors the page belongs to
	form   *bot.Form
	typed  map[string][]string
}

// keepWords shows a form again that was sent without being signed in (any more),
// so that nothing that was typed is lost. It reports whether there was one.
func (s *Shell) keepWords(w http.ResponseWriter, r *http.Request, v Visit) bool {
	form, err := s.sealer.Open(r.PostForm.Get("form"))
	if err != nil {
		return false
	}
	asked := Asked{Back: LocalPath(r.PostForm.Get("back")), form: &form}
	asked.typed, _, _ = render.Values(render.Filled{Form: form}, r.PostForm)
	const say = "You are not signed in any more, so nothing was sent. Your words are still here: sign in again in another window, then send them once more."
	return s.FormPage(w, r, v, form, asked, http.StatusUnauthorized, nil, say) == nil
}

// FormPage shows a form on a page of its own.
func (s *Shell) FormPage(w http.ResponseWriter, r *http.Request, v Visit, form bot.Form, asked Asked, code int, wrong map[string]string, say string) error {
	body, err := s.Form(r.Context(), v, form, asked, wrong, say)
	if err != nil {
		return err
	}
	s.Show(w, r, v, Page{
		Status: code, Title: form.Title, At: asked.At, NoStore: true,
		Body: s.run("form-page", map[string]any{"Title": form.Title, "Form": body}),
	})
	return nil
}

// Form draws a form for the visitor, to stand on a page.
func (s *Shell) Form(ctx context.Context, v Visit, form bot.Form, asked Asked, wrong map[string]string, say string) (template.HTML, error) {
	filled, err := s.filled(ctx, v, form, asked)
	if err != nil {
		return "", err
	}
	filled.Wrong, filled.Say = wrong, say
	return s.draw.Form(filled), nil
}

// Inline draws a form to stand among other things, which returns to back.
func (s *Shell) Inline(ctx context.Context, v Visit, form bot.Form, back string) (template.HTML, error) {
	filled, err := s.filled(ctx, v, form, Asked{Back: back})
	if err != nil {
		return "", err
	}
	filled.Inline, filled.Prefix = true, form.Arg+"-"
	return s.draw.Form(filled), nil
}

// filled completes a form with what its fields offer to this visitor.
func (s *Shell) filled(ctx context.Context, v Visit, form bot.Form, asked Asked) (render.Filled, error) {
	if form.Nonce == "" {
		nonce, err := bot.NewNonce(s.cfg.Random)
		if err != nil {
			return render.Filled{}, err
		}
		form.Nonce = nonce
	}
	token, err := s.sealer.Seal(form)
	if err != nil {
		return render.Filled{}, err
	}
	filled := render.Filled{Form: form, Token: token, Action: asked.Action, Back: asked.Back, Typed: asked.typed}
	for _, field := range form.Fields {
		if !v.SignedIn() {
			break // nobody is shown who is here
		}
		switch field.Kind {
		case bot.PersonField:
			if filled.People == nil {
				if filled.People, err = s.cfg.People.Persons(ctx); err != nil {
					return render.Filled{}, err
				}
			}
		case bot.PlaceField, bot.PlacesField:
			if filled.Places == nil {
				if filled.Places, err = s.places(ctx, v, field.Value); err != nil {
					return render.Filled{}, err
				}
			}
		}
	}
	return filled, nil
}

// places lists what may be chosen: open channels, for leads private ones too,
// and what is chosen already.
func (s *Shell) places(ctx context.Context, v Visit, chosen []string) ([]bot.Place, error) {
	all, err := s.cfg.Places.Places(ctx)
	return slices.DeleteFunc(slices.Clone(all), func(p bot.Place) bool {
		if slices.Contains(chosen, string(p.ID)) {
			return false
		}
		open := p.Kind == bot.OpenChannel || p.Kind == bot.PrivateChannel && v.Actor.Has(bot.Lead)
		return p.Archived || !open
	}), err
}

// confirm asks the question of a button on a page of its own, for browsers
// without JavaScript.
func (s *Shell) confirm(w http.ResponseWriter, r *http.Request, v Visit, question, back string) error {
	s.Show(w, r, v, Page{Title: question, NoStore: true, Body: s.run("confirm", map[string]any{
		"Question": question, "Command": r.PostForm.Get("command"), "Arg": r.PostForm.Get("arg"),
		"Label": r.PostForm.Get("label"), "Danger": r.PostForm.Get("tone") == string(bot.Danger), "Back": back, "Start": s.backOr(back),
	})})
	return nil
}
