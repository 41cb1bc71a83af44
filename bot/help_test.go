package bot_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"evangelist/bot"
)

// What is typed into the bot's own chat stays there: commands run as everywhere,
// whatever could be anonymous does not, and forms get a button.
func TestWordsThatStay(t *testing.T) {
	var ran []string
	run := func(name string) func(context.Context, bot.Invocation) (bot.Reply, error) {
		return func(_ context.Context, in bot.Invocation) (bot.Reply, error) {
			ran = append(ran, name)
			return bot.Say{Message: bot.Notice(name + ":" + in.Words)}, nil
		}
	}
	form := func(_ context.Context, in bot.Invocation) (*bot.Form, error) {
		if in.Words != "" {
			return nil, nil
		}
		return &bot.Form{Title: "A form", Command: "digest.find"}, nil
	}
	var log bytes.Buffer
	router, _ := newWordedRouter(t, &log, map[string]string{"concern": "worry"},
		bot.Command{Name: "digest", Phrases: []string{"digest"}, Needs: bot.Colleague, Help: "Shows.", Run: run("digest")},
		bot.Command{Name: "digest.find", Phrases: []string{"digest find"}, Needs: bot.Colleague, Pasted: true, Form: form, Run: run("digest.find")},
		bot.Command{Name: "voices.concern", Phrases: []string{"concern"}, Discreet: true, Needs: bot.Anybody, Form: form, Run: run("voices.concern")},
		bot.Command{Name: "voices.code", Phrases: []string{"concern code"}, Discreet: true, Needs: bot.Anybody, Run: run("voices.code")},
		bot.Command{Name: "digest.rules", Phrases: []string{"digest rules"}, Needs: bot.Colleague, Run: func(_ context.Context, in bot.Invocation) (bot.Reply, error) {
			return bot.Ask{Form: bot.Form{Title: "Rules", Command: "digest.set", Arg: "d-" + in.Words}}, nil
		}},
		bot.Command{Name: "secret.button", Needs: bot.Colleague, Run: run("secret.button")},
	)
	for typed, want := range map[string]string{
		"digest":                                    "digest:",
		"/Digest":                                   "digest:",
		"  digest   draft now ":                     "digest:draft now",
		"digest find https://a.example/ why":        "digest.find:https://a.example/ why",
		"https://a.example/x":                       "digest.find:https://a.example/x",
		"Good. See https://a.example/x for that":    "digest.find:https://a.example/x Good. See for that",
		"digest find":                               "button digest.find",
		"concern":                                   "button voices.concern",
		"/concern my boss shouts":                   "button voices.concern",
		"concern code one two three":                "button voices.code",
		"/concern\nmy boss shouts":                  "button voices.concern",
		"Concern: he shouts https://a.example/x":    "button voices.concern",
		"*concern* - he shouts":                     "button voices.concern",
		"“/concern” he shouts":                      "button voices.concern",
		"concern\u00a0he shouts https://a.example/": "button voices.concern",
		"/worry he shouts https://a.example/":       "button voices.concern",
		"worry code one two three":                  "button voices.code",
		"concern:https://a.example/ he shouts":      "button voices.concern",
		"/worry:he shouts https://a.example/":       "button voices.concern",
		"digest:https://a.example/x":                "digest.find:digest:https://a.example/x",
		"concerning this https://a.example/x":       "digest.find:https://a.example/x concerning this",
		"(https://a.example/x), it helps":           "digest.find:https://a.example/x it helps",
		"digest rules friday":                       "button digest.set d-friday",
		"Rules":                                     "button digest.set d-",
		"rules friday":                              "puzzled",
		"code":                                      "button voices.code",
		"...":                                       "puzzled",
		"hello":                                     "puzzled",
		"secret.button":                             "puzzled",
		"":                                          "puzzled",
	} {
		ran = nil
		reply := router.Do(t.Context(), bot.Invocation{Actor: bot.Actor{Account: "p|ada"}, Words: typed, Stays: true})
		got := said(t, reply)
		button, isButton := "", false
		for _, block := range reply.(bot.Say).Message.Blocks {
			if actions, ok := block.(bot.Actions); ok {
				button, isButton = strings.TrimSpace(actions.Buttons[0].Command+" "+actions.Buttons[0].Arg), true
			}
		}
		switch {
		case isButton:
			got = "button " + button
		case strings.HasPrefix(got, "I did not understand"):
			got = "puzzled"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
		if isButton && len(ran) > 0 {
			t.Errorf("%q ran %v", typed, ran)
		}
		for _, word := range []string{"shouts", "three"} {
			text, err := reply.(bot.Say).Message.MarshalJSON()
			if err != nil || strings.Contains(string(text), word) {
				t.Errorf("%q is repeated: %s, %v", typed, text, err)
			}
		}
	}
	if strings.Contains(log.String(), "shouts") {
		t.Error("the words are logged")
	}
}

// The installation's own names of slash words stand wherever help names ours.
func TestHelpSpeaksTheInstallationsWords(t *testing.T) {
	var log bytes.Buffer
	router, _ := newWordedRouter(t, &log, map[string]string{"concern": "worry", "evangelist": "guide"},
		bot.Command{Name: "voices.concern", Phrases: []string{"concern"}, Usage: "/concern", Needs: bot.Anybody, Help: "Says it.", Run: echo("x", bot.Anybody).Run},
		bot.Command{Name: "voices.code", Phrases: []string{"concern code"}, Needs: bot.Anybody, Help: "Opens it.", Run: echo("x", bot.Anybody).Run},
		bot.Command{Name: "digest.add", Phrases: []string{"digest add"}, Usage: "/digest add ADDRESS", Needs: bot.Anybody, Help: "Adds it.", Run: echo("x", bot.Anybody).Run},
		bot.Command{Name: "digest.save", Usage: "Save, in a menu", Needs: bot.Anybody, Help: "Saves it.", Run: echo("x", bot.Anybody).Run},
	)
	var lines []string
	for _, item := range router.Help(lead).Blocks[1].(bot.List).Items {
		lines = append(lines, item.Plain(nil))
	}
	want := "/worry Says it.|/worry code Opens it.|/digest add ADDRESS Adds it.|Save, in a menu Saves it."
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("help says %q, want %q", got, want)
	}
	if text := said(t, router.Do(t.Context(), bot.Invocation{Command: "none"})); !strings.Contains(text, "/guide help") {
		t.Errorf("an unknown command: %s", text)
	}
	// Slash commands themselves arrive under our names: adapters map them.
	if text := said(t, router.Do(t.Context(), bot.Invocation{Command: "concern", Words: "code"})); text != "x::" {
		t.Errorf("our own word: %s", text)
	}
}
