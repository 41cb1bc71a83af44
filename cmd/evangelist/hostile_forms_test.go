package main

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// megabyte is longer than anything that anybody may say.
var megabyte = strings.Repeat("many words, ", 1<<20/12+1)

// nonsense are values that no form offers.
func nonsense() map[string][]string {
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprint("value ", i)
	}
	return map[string][]string{
		"a megabyte":     {megabyte},
		"ten thousand":   many,
		"no option":      {"nobody offered this"},
		"a path":         {"../../../../etc/passwd"},
		"forged account": {"playground|nia"},
		"NUL":            {"\x00", "a\x00"},
		"no text":        {"\xff\xfe\xfd"},
		"a huge number":  {"99999999999999999999999999"},
		"a negative one": {"-1"},
		"an odd date":    {"2026-02-31"},
		"an odd phrase":  {"CRON_TZ=0 * * * * *"},
		"spaces":         {" \t\n\u200b\u3000"},
		"nothing":        {},
		"an address":     {"javascript:alert(1)"},
		"a private one":  {"http://169.254.169.254/latest/meta-data"},
		"statement":      {"'; DROP TABLE persons; --"},
	}
}

// TestHostileForms sends every form with values that it never offered, with fields
// that it does not have, and with nonces that were made up: each gets a sentence,
// and nothing breaks.
func TestHostileForms(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	y.inhabit()
	objects := y.objects()
	forms := map[string]bot.Form{}
	for _, command := range y.app.router.Commands() {
		for _, arg := range append([]string{""}, forged(objects)...) {
			for _, person := range []string{"nia", "farida"} {
				y.clock.add(3 * time.Second)
				if ask, is := y.do(person, command.Name, arg, nil).(bot.Ask); is && forms[command.Name].Title == "" {
					ask.Form.Submit = person
					forms[command.Name] = ask.Form
				}
			}
		}
	}
	if len(forms) < 18 {
		t.Errorf("only %d forms were found: %v", len(forms), slices.Sorted(maps.Keys(forms)))
	}
	odd := nonsense()
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		form := forms[name]
		for _, what := range slices.Sorted(maps.Keys(odd)) {
			values := map[string][]string{"unknown": odd[what], "": odd[what], what: odd[what], "\x00": {"x"}}
			for _, field := range form.Fields {
				values[field.Name] = odd[what]
			}
			y.answers(form, name+" with "+what, form.Nonce, values)
			for _, field := range form.Fields { // and one odd field among good ones
				one := filledIn()
				maps.Copy(one, map[string][]string{"who": {y.personOf("leroy")}, "curator": {y.personOf("nia")}, "place": {string(y.ws.PlaceID("all-council"))}, "part": {"lead"}, "change": {"appoint-reader"}, "rhythm": {"every Thursday 14:00"}})
				one[field.Name] = odd[what]
				y.answers(form, name+" with "+what+" in "+field.Name, "", one)
			}
		}
		for _, nonce := range []string{"-", megabyte, "\x00", "../../x", strings.Repeat("A", 26), strings.Repeat("a", 26), "ÄÖÜ", forms["voices.idea"].Nonce} {
			y.answers(form, name+" with a nonce", nonce, filledIn())
		}
	}
	y.settle()
	y.whole()
}

// answers sends a form and checks that a sentence comes back which a person can
// read. A nonce of "" is a good one.
func (y *yard) answers(form bot.Form, what, nonce string, values map[string][]string) {
	y.Helper()
	y.clock.add(3 * time.Second)
	in := bot.Invocation{Actor: bot.Actor{Account: y.ws.ID(form.Submit)}, Workspace: y.ws.Name(), Command: form.Command, Arg: form.Arg, Values: values, Nonce: nonce}
	if nonce == "" {
		var err error
		if in.Nonce, err = bot.NewNonce(y.app.random); err != nil {
			y.Fatal(err)
		}
	}
	readable(y.T, what, y.app.Do(y.ctx, in))
}

// jargon is what only those who wrote a program understand.
var jargon = regexp.MustCompile(`(?i)our side|a lot in a short|sql|panic|nil|goroutine|strconv|parsing|invalid syntax|unexpected|%!|errors?:|utf-?8|json|context|0x|EOF|stack|refers to|constraint`)

// readable checks that a reply is a sentence or a page of ours.
func readable(t *testing.T, what string, reply bot.Reply) {
	t.Helper()
	said := ""
	switch r := reply.(type) {
	case bot.Invalid:
		if len(r.Fields) == 0 {
			t.Errorf("%s: refused without a word", what)
		}
		said = strings.Join(slices.Collect(maps.Values(r.Fields)), " ")
	case bot.Say:
		said = r.Message.Summary
	case bot.Done:
		said = r.Message.Summary
	case bot.Ask, bot.Refresh, bot.Nothing:
		return
	}
	if strings.TrimSpace(said) == "" || jargon.MatchString(said) || len(said) > 1200 {
		t.Errorf("%s: %T says %.300q", what, reply, said)
	}
}

// TestHostileWords types each odd value behind every command, and asks for what
// nobody offers.
func TestHostileWords(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	y := openYard(t, storagetest.SQLite(t))
	odd := nonsense()
	for i, text := range hostileTexts() {
		odd[hostile[i].name] = []string{text}
	}
	for _, what := range slices.Sorted(maps.Keys(odd)) {
		if len(odd[what]) == 0 || what == "ten thousand" {
			continue
		}
		text := odd[what][0]
		for _, command := range y.app.router.Commands() {
			for _, phrase := range command.Phrases {
				y.clock.add(3 * time.Second)
				answer, err := y.as("nia").Slash(y.ctx, "all-council", "/"+phrase+" "+text)
				if err != nil {
					t.Fatalf("/%s with %s: %v", phrase, what, err)
				}
				readable(t, "/"+phrase+" with "+what, answer.Reply)
				y.as("nia").CloseForm()
			}
		}
		for _, command := range []string{text, "", "digest.nothing", "digest", "\x00"} {
			y.clock.add(3 * time.Second)
			readable(t, "command "+what, y.do("nia", command, text, nil))
		}
		for name, send := range map[string]url.Values{
			"post": {"at": {"good-finds"}, "text": {text}}, "press": {"at": {text}, "where": {text}, "place": {text}, "message": {text}, "command": {text}, "arg": {text}},
			"person": {"person": {text}}, "react": {"place": {"good-finds"}, "message": {text}, "emoji": {text}}, "shortcut": {"place": {text}, "message": {text}, "name": {text}},
			"edit": {"place": {"good-finds"}, "message": {text}, "text": {text}}, "delete": {"place": {text}, "message": {text}}, "form": {"id": {text}}, "tour": {"step": {text}},
			"away": {"place": {text}, "message": {text}}, "bot": {"at": {text}},
		} {
			code := y.send("nia", "/playground/"+name, send).Code
			if want := map[bool]int{false: 303, true: 413}[len(text) > 256<<10]; code != want {
				t.Errorf("%s with %s: %d, not %d", name, what, code, want)
			}
		}
		y.clock.add(time.Minute)
		for _, path := range []string{"/do", "/code", "/sign-in", "/desk/open"} {
			answer := y.send("nia", path, url.Values{"form": {text}, "command": {text}, "arg": {text}, "confirm": {text}, "label": {text}, "tone": {text}, "back": {text}, "next": {text}, "token": {text}, "digest": {text}})
			if answer.Code >= 500 || answer.Code == 200 && path == "/code" {
				t.Errorf("%s with %s: %d %s", path, what, answer.Code, answer.Body)
			}
			harmlessPage(t, path+" with "+what, answer.Body.String())
			if location := answer.Header().Get("Location"); location != "" && (!strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//")) {
				t.Errorf("%s with %s leads to %q", path, what, location)
			}
		}
	}
	y.settle()
	y.whole()
}
