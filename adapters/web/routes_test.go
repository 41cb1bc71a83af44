package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"evangelist/bot"
)

// visitors are the columns of the matrix.
var visitors = []struct {
	name string
	as   bot.AccountID
}{
	{"nobody", ""}, {"colleague", colleague}, {"curator", curator}, {"reader", reader}, {"lead", lead}, {"stranger", stranger}, {"leaver", leaver},
}

// matrix says what each visitor gets: nobody, colleague, curator, reader, lead,
// somebody of another organisation, somebody who left. A route that is not here
// fails the test.
var matrix = map[string]struct {
	path string
	want [7]int
}{
	"GET /{$}":                     {"/", [7]int{200, 200, 200, 200, 200, 200, 200}},
	"GET /archive":                 {"/archive", [7]int{303, 200, 200, 200, 200, 403, 303}},
	"GET /archive/{slug}":          {"/archive/friday-45", [7]int{303, 200, 200, 200, 200, 403, 303}},
	"GET /code":                    {"/code", [7]int{200, 200, 200, 200, 200, 200, 200}},
	"POST /code":                   {"/code", [7]int{400, 400, 400, 400, 400, 400, 400}}, // without a form
	"GET /concern":                 {"/concern", [7]int{303, 200, 200, 200, 200, 403, 303}},
	"GET /idea":                    {"/idea", [7]int{303, 200, 200, 200, 200, 403, 303}},
	"GET /desk":                    {"/desk", [7]int{303, 404, 200, 200, 200, 403, 303}},
	"GET /add":                     {"/add", [7]int{303, 200, 200, 200, 200, 403, 303}},
	"POST /desk/open":              {"/desk/open", [7]int{401, 303, 303, 303, 303, 403, 401}}, // the router answers
	"GET /desk/draft/{id}":         {"/desk/draft/e9", [7]int{303, 404, 200, 404, 200, 403, 303}},
	"GET /desk/draft/{id}/preview": {"/desk/draft/e9/preview", [7]int{303, 404, 200, 404, 200, 403, 303}},
	"POST /do":                     {"/do", [7]int{401, 200, 200, 200, 200, 403, 401}}, // no such command: a sentence
	"GET /sign-in":                 {"/sign-in", [7]int{200, 200, 200, 200, 200, 200, 200}},
	"POST /sign-in":                {"/sign-in", [7]int{409, 409, 409, 409, 409, 409, 409}}, // without a link
	"POST /sign-out":               {"/sign-out", [7]int{303, 303, 303, 303, 303, 303, 303}},
	"GET /web/{file}":              {"/web/style.css", [7]int{200, 200, 200, 200, 200, 200, 200}},
	"GET /favicon.ico":             {"/favicon.ico", [7]int{200, 200, 200, 200, 200, 200, 200}},
	"GET /robots.txt":              {"/robots.txt", [7]int{200, 200, 200, 200, 200, 200, 200}},
}

func TestEveryRouteForEveryVisitor(t *testing.T) {
	for column, visitor := range visitors {
		t.Run(visitor.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.as = visitor.as
			listed := map[string]bool{}
			for _, route := range w.site.Routes() {
				name := route.Method + " " + route.Pattern
				listed[name] = true
				row, known := matrix[name]
				if !known {
					t.Errorf("%s is in no row of the matrix: decide who may see it", name)
					continue
				}
				if got := w.visitor().request(route.Method, row.path, nil); got.StatusCode != row.want[column] {
					t.Errorf("%s: %d, want %d", name, got.StatusCode, row.want[column])
				}
			}
			for name := range matrix {
				if !listed[name] {
					t.Errorf("%s is in the matrix and not a route", name)
				}
			}
		})
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.as = lead
	for _, route := range w.site.Routes() {
		if route.Method != http.MethodPost {
			continue
		}
		for name, header := range map[string]http.Header{
			"another origin":       {"Origin": {"https://evil.example"}},
			"a site beside ours":   {"Origin": {"http://bot.example.org"}, "Sec-Fetch-Site": {"same-site"}},
			"another site":         {"Origin": {"null"}, "Sec-Fetch-Site": {"cross-site"}},
			"another port of ours": {"Origin": {"http://bot.example.org:8081"}},
		} {
			v := w.visitor()
			v.header = header
			got := v.post(matrix["POST "+route.Pattern].path, url.Values{"command": {"test.run"}})
			got.want(t, http.StatusForbidden, "Another website sent this request, so nothing was done.")
			if len(w.asked) > 0 {
				t.Errorf("%s from %s reached the router", route.Pattern, name)
			}
		}
	}
}

// Over plain HTTP the page that asks for no referrer sends a blank origin; only
// its own, discreet route takes it.
func TestBlankOriginIsForDiscreetRoutesAlone(t *testing.T) {
	w := newWorld(t, nil)
	w.as = lead
	v := w.visitor()
	page := v.get("/code")
	v.header.Set("Origin", "null")
	sent := v.post("/code", url.Values{"form": {page.sealed(t)}, "f.words": {"amber birch"}}).want(t, http.StatusSeeOther)
	if sent.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer may be kept: %v", sent.Header)
	}
	v.post("/do", url.Values{"command": {"test.run"}}).want(t, http.StatusForbidden)
	if len(w.asked) != 1 || w.asked[0].Command != "voices.code" {
		t.Errorf("the router was asked %+v", w.asked)
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	w := newWorld(t, func(c *configuration) { c.Organisation.PublicURL = "https://bot.example.org" })
	w.as = lead
	targets := []string{"/nowhere", "/do"}
	for _, row := range matrix {
		targets = append(targets, row.path)
	}
	for _, target := range targets {
		h := w.visitor().get(target).Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", target, name, h.Get(name))
			}
		}
		policy := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s", target, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy is %s", target, policy)
		}
		if got := h.Get("Referrer-Policy"); got != "same-origin" && !(target == "/code" && got == "no-referrer") {
			t.Errorf("%s: Referrer-Policy is %q", target, got)
		}
	}
}

func TestErrorsInPlainWords(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	v.get("/nowhere").want(t, 404, "That is not here, or not for you.", "<h1>Not here</h1>")
	v.get("/archive/nowhere").want(t, 404, "That is not here, or not for you.")
	v.get("/archive?before=yesterday").want(t, 404)
	if got := v.get("/do").want(t, 405, "can&#39;t be used in that way").Header.Get("Allow"); got != "POST" {
		t.Errorf("Allow: %q", got)
	}
	if got := v.post("/archive", nil).want(t, 405).Header.Get("Allow"); got != "GET" {
		t.Errorf("Allow: %q", got)
	}
	v.post("/do", url.Values{"command": {strings.Repeat("x", 600<<10)}}).want(t, 413, "Please shorten it")
	v.header.Set("Content-Type", "application/json")
	v.post("/do", nil).want(t, 415, "Please use the forms of these pages.")
	if w.log.Len() > 0 {
		t.Errorf("a refusal was logged: %s", w.log)
	}
}

func TestFailureGivesAReferenceAndOneLine(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	w.editions.fail = errors.New("the disk is full")
	page := w.visitor().get("/archive").want(t, 500, "the reference ").without(t, "disk")
	_, after, _ := strings.Cut(page.body, "the reference ")
	if reference := after[:4]; strings.Count(w.log.String(), "\n") != 1 || !strings.Contains(w.log.String(), "reference="+reference) || !strings.Contains(w.log.String(), "the disk is full") {
		t.Errorf("reference %s, log %s", reference, w.log)
	}
}

// blown is a register that panics with words that somebody typed.
type blown struct{ bot.People }

func (blown) Actor(context.Context, bot.AccountID) (bot.Actor, error) { panic("secret words") }

func TestPanicTellsNothing(t *testing.T) {
	w := newWorld(t, func(c *configuration) { c.People = blown{} })
	w.as = colleague
	w.visitor().get("/archive").want(t, 500, "the reference ").without(t, "secret words")
	if log := w.log.String(); strings.Contains(log, "secret words") || !strings.Contains(log, "panic (string) in GET /archive at") || !strings.Contains(log, "routes_test.go") {
		t.Errorf("log %s", log)
	}
}

// Each page has one main heading, unique ids, a label for each control, no
// script or style of its own, and nothing that comes from elsewhere.
func TestPagesAreWellMade(t *testing.T) {
	w := newWorld(t, nil)
	w.as = lead
	var pages []response
	for _, target := range []string{
		"/", "/archive", "/archive?q=nothing-has-this", "/archive/friday-45", "/code", "/concern", "/idea", "/add", "/desk", "/desk/draft/e9", "/desk/draft/e9/preview", "/sign-in", "/nowhere", "/do",
	} {
		pages = append(pages, w.visitor().get(target))
	}
	w.reply = func(bot.Invocation) (bot.Reply, error) {
		return bot.Done{Message: bot.Message{Summary: "All of it", Blocks: bot.EveryBlock()}}, nil
	}
	pages = append(pages, w.visitor().post("/do", url.Values{"command": {"test.run"}}),
		w.visitor().post("/do", url.Values{"command": {"test.run"}, "confirm": {"Sure?"}}),
		w.visitor().get("/sign-in?t="+w.link(colleague)))
	for n, page := range pages {
		for _, problem := range problems(t, page.body) {
			t.Errorf("page %d: %s\n%s", n, problem, page.body)
		}
	}
}

func problems(t *testing.T, page string) []string {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	headings, ids, labelled := 0, map[string]bool{}, map[string]bool{}
	var controls []string
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				out = append(out, "an inline "+a.Key)
			}
			if (a.Key == "src" || n.Data == "link" && a.Key == "href") && !strings.HasPrefix(a.Val, "/") {
				out = append(out, "something is loaded from "+a.Val)
			}
		}
		if id := at["id"]; id != "" && ids[id] {
			out = append(out, "the id "+id+" twice")
		} else if id != "" {
			ids[id] = true
		}
		switch n.Data {
		case "h1":
			headings++
		case "script":
			if at["src"] == "" {
				out = append(out, "an inline script")
			}
		case "style", "iframe", "object", "embed", "base":
			out = append(out, "a "+n.Data)
		case "label":
			labelled[at["for"]] = true
		case "input", "select", "textarea":
			if at["type"] != "hidden" {
				controls = append(controls, at["id"])
			}
		case "img":
			if _, has := at["alt"]; !has {
				out = append(out, "a picture without alt")
			}
		}
	}
	if headings != 1 {
		out = append(out, "not one main heading")
	}
	for _, id := range controls {
		if !labelled[id] {
			out = append(out, "no label for "+id)
		}
	}
	slices.Sort(out)
	return out
}
