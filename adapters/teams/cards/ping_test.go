package cards_test

import (
	"encoding/json"
	"strings"
	"testing"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

func resolved(t *testing.T, find func(bot.PersonID) (cards.Mention, bool), blocks ...bot.Block) string {
	t.Helper()
	parts, err := renderer().Render(bot.Message{Summary: "S", Blocks: blocks})
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	post, err := cards.Resolve(parts[0].Payload, find)
	if err != nil {
		t.Fatal(err)
	}
	if err := cards.Check(post.Card); err != nil {
		t.Errorf("%v in %s", err, post.Card)
	}
	if post.Summary != "S" || strings.Contains(string(post.Card), `"ping"`) {
		t.Errorf("what is sent is %q, %s", post.Summary, post.Card)
	}
	return string(post.Card)
}

// known finds people by their id, with the name that the directory has.
func known(names map[string]string) func(bot.PersonID) (cards.Mention, bool) {
	return func(id bot.PersonID) (cards.Mention, bool) {
		name, ok := names[string(id)]
		return cards.Mention{ID: "29:" + string(id), Name: name}, ok
	}
}

func entities(t *testing.T, card string) map[string]string {
	t.Helper()
	var c struct {
		MSTeams struct {
			Entities []struct {
				Type, Text string
				Mentioned  struct{ ID, Name string }
			}
		}
	}
	if err := json.Unmarshal([]byte(card), &c); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range c.MSTeams.Entities {
		if e.Type != "mention" || e.Text != "<at>"+e.Mentioned.Name+"</at>" {
			t.Errorf("the entity is %+v", e)
		}
		out[e.Mentioned.ID] = e.Text
	}
	return out
}

func TestAPingBecomesAMention(t *testing.T) {
	card := resolved(t, known(map[string]string{"p1": "Nia Prosser"}),
		bot.Paragraph{Text: bot.Line("Good morning ", bot.Ping("p1", "Nia"), ", the draft is ready.")})
	if !strings.Contains(card, `"text":"Good morning <at>Nia Prosser</at>, the draft is ready."`) || !strings.Contains(card, `"type":"TextBlock"`) {
		t.Errorf("the line is %s", card)
	}
	if got := entities(t, card); len(got) != 1 || got["29:p1"] != "<at>Nia Prosser</at>" {
		t.Errorf("the entities are %v", got)
	}
}

func TestAnUnknownPersonStaysAName(t *testing.T) {
	for name, find := range map[string]func(bot.PersonID) (cards.Mention, bool){
		"nobody is looked for": nil, "nobody is found": known(nil),
		"without an id":   func(bot.PersonID) (cards.Mention, bool) { return cards.Mention{Name: "Nia"}, true },
		"without letters": func(bot.PersonID) (cards.Mention, bool) { return cards.Mention{ID: "29:x", Name: "<*>"}, true },
	} {
		card := resolved(t, find, bot.Paragraph{Text: bot.Line("Good morning ", bot.Ping("p1", "<*>Nia"))})
		if name != "without letters" && (strings.Contains(card, "<at>") || len(entities(t, card)) > 0) {
			t.Errorf("%s: %s", name, card)
		}
		if !strings.Contains(card, "Nia") {
			t.Errorf("%s: the name is gone: %s", name, card)
		}
	}
}

// What else stands in the line stays literal: the mention goes under it.
func TestOthersWordsBesideAMentionStayLiteral(t *testing.T) {
	card := resolved(t, known(map[string]string{"p1": "Nia"}),
		bot.Paragraph{Text: bot.Line(bot.Ping("p1", "Nia"), " see *this* [x](https://example.net) <at>Sunil</at>")})
	if !strings.Contains(card, `"text":"<at>Nia</at>"`) || !strings.Contains(card, "see *this* [x]") {
		t.Errorf("the line is %s", card)
	}
	if got := entities(t, card); len(got) != 1 {
		t.Errorf("the entities are %v", got)
	}
}

func TestNamesakesAreToldApart(t *testing.T) {
	card := resolved(t, known(map[string]string{"p1": "Sam", "p2": "Sam"}),
		bot.Paragraph{Text: bot.Line(bot.Ping("p1", "Sam"), " and ", bot.Ping("p2", "Sam"), " and ", bot.Ping("p1", "Sam"))})
	got := entities(t, card)
	if len(got) != 2 || got["29:p1"] == got["29:p2"] {
		t.Errorf("the entities are %q", got)
	}
}

// A name that somebody gave themselves cannot hold markup.
func TestANameIsOnlyAName(t *testing.T) {
	card := resolved(t, known(map[string]string{"p1": "</at>*Sam* [x](https://example.net) {{DATE(2017-02-14T06:08:00Z)}}"}),
		bot.Paragraph{Text: bot.Line("Hello ", bot.Ping("p1", "Sam"))})
	if got := entities(t, card); len(got) != 1 || strings.Count(card, "</at>") != 2 {
		t.Errorf("the entities are %q in %s", got, card)
	}
}

func TestMentionsAreFoundEverywhere(t *testing.T) {
	who := bot.Line(bot.Ping("p1", "Nia"))
	card := resolved(t, known(map[string]string{"p1": "Nia"}), bot.Heading{Level: 1, Text: who}, bot.List{Items: []bot.Spans{who}}, bot.Quote{Text: who, By: who},
		bot.Facts{Facts: []bot.Fact{{Label: "Owner", Value: who}}}, bot.Table{Head: []string{"A"}, Rows: [][]bot.Spans{{who}}}, bot.Link{Title: "T", URL: "https://example.org/", Lines: []bot.Spans{who}}, bot.Note{Text: who})
	if n := strings.Count(card, "<at>Nia</at>"); n != 9 {
		t.Errorf("%d mentions with their entity, want 9: %s", n, card)
	}
}

func TestResolveRefusesWhatIsNoCard(t *testing.T) {
	for _, payload := range []string{"", "null, ", "[]", `{"summary":1}`, `{"card":["ping":]}`, `{"card":"\"ping\":"}`} {
		if _, err := cards.Resolve([]byte(payload), nil); err == nil && payload != `{"card":"\"ping\":"}` {
			t.Errorf("%q is resolved", payload)
		}
	}
}
