package shell

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"evangelist/adapters/web/render"
	"evangelist/bot"
)

// Answer shows a reply of the router.
func (s *Shell) Answer(w http.ResponseWriter, r *http.Request, v Visit, reply bot.Reply, asked Asked) error {
	switch reply := reply.(type) {
	case bot.Say:
		return s.say(w, r, v, reply.Message, asked)
	case bot.Ask:
		return s.FormPage(w, r, v, reply.Form, asked, http.StatusOK, nil, "")
	case bot.Invalid:
		return s.invalid(w, r, v, reply, asked)
	case bot.Done:
		return s.done(w, r, v, reply.Message, asked)
	case bot.Refresh:
		if asked.Back != "" || s.cfg.View == nil {
			http.Redirect(w, r, s.backOr(asked.Back), http.StatusSeeOther)
			return nil
		}
		message, _, err := s.cfg.View(r.Context(), reply.View)
		if err != nil {
			return err
		}
		return s.say(w, r, v, message, asked)
	default:
		http.Redirect(w, r, s.backOr(asked.Back), http.StatusSeeOther)
		return nil
	}
}

func (s *Shell) backOr(back string) string {
	if back == "" {
		return s.cfg.Start
	}
	return back
}

// say shows a message: a single sentence at the top of the page where the
// visitor was, everything else on a page of its own.
func (s *Shell) say(w http.ResponseWriter, r *http.Request, v Visit, m bot.Message, asked Asked) error {
	sentence := plain(m)
	code := sentenceStatus(sentence)
	if asked.form != nil && (code == http.StatusTooManyRequests || code == http.StatusInternalServerError) {
		return s.FormPage(w, r, v, *asked.form, asked, code, nil, sentence)
	}
	if render.IsNotice(m) && code == http.StatusOK && asked.form == nil && s.again(w, r, asked.Back, sentence) {
		return nil
	}
	s.messagePage(w, r, v, m, asked, code, "Answer", sent(m, asked))
	return nil
}

// sentenceStatus is the status of a refusal of the kernel, which answers in
// sentences: machines that look on shall see it too.
func sentenceStatus(sentence string) int {
	switch sentence {
	case bot.ErrNotFound.Say:
		return http.StatusNotFound
	case bot.ErrTooFast.Say:
		return http.StatusTooManyRequests
	}
	if strings.HasPrefix(sentence, "Something broke on our side") {
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

func plain(m bot.Message) string {
	if len(m.Blocks) == 1 {
		if p, is := m.Blocks[0].(bot.Paragraph); is {
			return p.Text.Plain(nil)
		}
	}
	return m.Summary
}

func (s *Shell) done(w http.ResponseWriter, r *http.Request, v Visit, m bot.Message, asked Asked) error {
	title := "Thank you"
	if asked.form != nil && asked.form.Title != "" {
		title = asked.form.Title
	}
	s.messagePage(w, r, v, m, asked, http.StatusOK, title, nil)
	return nil
}

func (s *Shell) messagePage(w http.ResponseWriter, r *http.Request, v Visit, m bot.Message, asked Asked, code int, fallback string, sent []string) {
	title, own := render.Headline(m)
	if title == "" {
		title = fallback
	}
	heading := title
	if own {
		heading = ""
	}
	s.Show(w, r, v, Page{
		Status: code, Title: title, At: asked.At, NoStore: true,
		Body: s.run("message", map[string]any{
			"Heading": heading, "Back": s.backOr(asked.Back), "Sent": sent, "Message": s.draw.Message(m, render.Options{Back: asked.Back}),
		}),
	})
}

// sent is what was written into a form that got one sentence for an answer,
// which may be a refusal: nobody has to write it twice.
func sent(m bot.Message, asked Asked) []string {
	if asked.form == nil || !render.IsNotice(m) {
		return nil
	}
	var out []string
	for _, field := range asked.form.Fields {
		if values := asked.typed[field.Name]; field.Kind == bot.ParagraphField && len(values) > 0 && strings.TrimSpace(values[0]) != "" {
			out = append(out, values[0])
		}
	}
	return out
}

// again shows the page where the visitor was, with a sentence above it, in
// answer to what was sent from there. It reports whether there is such a page.
func (s *Shell) again(w http.ResponseWriter, r *http.Request, back, sentence string) bool {
	if back == "" {
		return false
	}
	at, err := url.Parse(back)
	if err != nil {
		return false
	}
	ctx := context.WithValue(r.Context(), flashKey{}, sentence)
	ctx = context.WithValue(ctx, stayKey{}, back)
	look := r.Clone(ctx)
	look.Method, look.URL, look.RequestURI = http.MethodGet, &url.URL{Path: at.Path, RawQuery: at.RawQuery}, back
	look.Body, look.PostForm, look.Form = http.NoBody, nil, nil
	if _, pattern := s.mux.Handler(look); pattern == "" || strings.HasPrefix(at.Path, "/web/") {
		return false
	}
	s.mux.ServeHTTP(w, look)
	return true
}

func (s *Shell) invalid(w http.ResponseWriter, r *http.Request, v Visit, reply bot.Invalid, asked Asked) error {
	if asked.form == nil {
		var sentences []string
		for _, name := range slices.Sorted(maps.Keys(reply.Fields)) {
			sentences = append(sentences, reply.Fields[name])
		}
		return s.say(w, r, v, bot.Notice(strings.Join(sentences, " ")), asked)
	}
	return s.FormPage(w, r, v, *asked.form, asked, http.StatusUnprocessableEntity, reply.Fields, "")
}
