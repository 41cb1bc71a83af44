package cards_test

import (
	"strings"
	"testing"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

// Each change to a good card is one fault, and each is found.
func TestCheckFinds(t *testing.T) {
	good := string(onlyCard(t, bot.Message{Summary: "S", Blocks: append(bot.EveryBlock(), bot.Paragraph{Text: bot.T("Words of somebody")})}))
	form := string(dialog(t, everyField(), filling()).Card.Content)
	mention := resolved(t, known(map[string]string{"p1": "Nia"}), bot.Paragraph{Text: bot.Line("Hello ", bot.Ping("p1", "Nia"))})
	for name, c := range map[string]struct{ card, old, new string }{
		"an unknown member":            {good, `"wrap":true`, `"wrapped":true`},
		"another version":              {good, `"version":"1.5"`, `"version":"1.6"`},
		"no body":                      {good, `"body":[`, `"actions":[`},
		"an empty line":                {good, `"inlines":[{"type":"TextRun","text":"Words of somebody"}]`, `"inlines":[]`},
		"an unknown element":           {good, `"type":"FactSet"`, `"type":"Image"`},
		"a column by itself":           {good, `{"type":"TextBlock"`, `{"type":"Column"`},
		"an action as an element":      {good, `{"type":"TextBlock"`, `{"type":"Action.Submit"`},
		"an element as an action":      {good, `"type":"Action.ShowCard"`, `"type":"TextBlock"`},
		"a wrong size":                 {good, `"size":"Large"`, `"size":"Huge"`},
		"a flag that is a text":        {good, `"wrap":true`, `"wrap":"true"`},
		"a text that is a number":      {good, `"text":"Words of somebody"`, `"text":7`},
		"a text that is a list":        {good, `"text":"Words of somebody"`, `"text":["x"]`},
		"markdown in a heading":        {good, `"text":"A heading"`, `"text":"A *heading*"`},
		"markdown in a fact":           {good, `"value":"Friday"`, `"value":"[Friday](https://example.net)"`},
		"a date function":              {good, "Words of somebody", "{{DATE(2017-02-14T06:08:00Z)}}"},
		"an undeclared mention":        {good, "Words of somebody", "<at>Nia</at>"},
		"one in a heading":             {good, `"text":"A heading"`, `"text":"<at>Nia</at>"`},
		"a ping that was not resolved": {good, `"text":"Words of somebody"`, `"text":"Words","ping":"p1"`},
		"a script":                     {good, `"url":"https://example.org/"`, `"url":"javascript:alert(1)"`},
		"a path":                       {good, `"url":"https://example.org/"`, `"url":"/x"`},
		"a button of somebody else":    {good, `"data":{"evangelist":{"c":"show","a":"1"}}`, `"data":{"x":1}`},
		"a button that does more":      {good, `"data":{"evangelist":{"c":"show","a":"1"}}`, `"data":{"evangelist":{"c":"show"},"msteams":{"type":"imBack","value":"x"}}`},
		"a button without a title":     {good, `"title":"Open"`, `"title":""`},
		"a button without a command":   {good, `"verb":"show",`, ``},
		"a narrow width":               {good, `"width":"stretch"`, `"width":"0px"`},
		"no width":                     {good, `"columns":[{"width":`, `"columns":[{"size":`},
		"a column of nothing":          {good, `"columns":[{"width":10}`, `"columns":[{"width":0}`},
		"an input without a label":     {form, `"label":"A line"`, `"placeholder":"A line"`},
		"an id twice":                  {form, `"id":"paragraph.paragraph"`, `"id":"line.line"`},
		"markdown in a choice":         {form, `"title":"Second"`, `"title":"**Second**"`},
		"another directory":            {form, `graph.microsoft.com/users`, `example.net/users`},
		"a limit of nothing":           {form, `"maxLength":80`, `"maxLength":-1`},
		"a mention that is nowhere":    {mention, `Hello <at>Nia</at>`, `Hello`},
		"a mention without an entity":  {mention, `"text":"Hello <at>Nia</at>"`, `"text":"Hello <at>Sunil</at>"`},
		"a mention with markup":        {mention, `"name":"Nia"`, `"name":"*Nia*"`},
		"seven buttons":                {good, `"actions":[{"type":"Action.Execute"`, `"actions":[` + strings.Repeat(`{"type":"Action.Submit","title":"x","data":{"evangelist":{"c":"x"}}},`, 6) + `{"type":"Action.Execute"`},
		"a card within cards":          {good, `"body":[`, `"body":[` + strings.Repeat(`{"type":"Container","items":[`, 15) + strings.Repeat(`]}`, 15) + `,`},
		"no JSON":                      {good, `{`, ``},
	} {
		if !strings.Contains(c.card, c.old) {
			t.Errorf("%s: the good card has no %s", name, c.old)
			continue
		}
		bad := strings.Replace(c.card, c.old, c.new, 1)
		err := cards.Check([]byte(bad))
		if err == nil {
			t.Errorf("%s passes", name)
		} else if strings.Contains(err.Error(), "somebody") || strings.Contains(err.Error(), "Nia") {
			t.Errorf("%s: the error tells what stands in the card: %v", name, err)
		}
		if err := cards.Check([]byte(c.card)); err != nil {
			t.Fatalf("the good card: %v", err)
		}
	}
}

func TestADangerousButtonAsksFirst(t *testing.T) {
	card := string(onlyCard(t, bot.Message{Summary: "S", Blocks: []bot.Block{bot.Actions{Buttons: []bot.Button{
		{Command: "drop", Arg: "1", Label: "Remove", Tone: bot.Danger, Confirm: "Remove it for good?"},
	}}}}))
	want := `"actions":[{"type":"Action.ShowCard","title":"Remove…","style":"destructive","card":{"type":"AdaptiveCard","body":[{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"Remove it for good?"}]}],"actions":[{"type":"Action.Execute","title":"Remove","verb":"drop"`
	if !strings.Contains(card, want) || strings.Count(card, "Action.Execute") != 1 {
		t.Errorf("the button is %s", card)
	}
}

func TestAButtonThatOpensAFormAsksForADialog(t *testing.T) {
	card := string(onlyCard(t, bot.Message{Summary: "S", Blocks: []bot.Block{bot.Actions{Buttons: []bot.Button{
		{Command: "voices.add", Arg: "v1", Label: "Add something"}, {Command: "show", Label: "Open"},
	}}}}))
	for _, want := range []string{
		`{"type":"Action.Submit","title":"Add something","data":{"evangelist":{"c":"voices.add","a":"v1"},"msteams":{"type":"task/fetch"}}}`,
		`{"type":"Action.Execute","title":"Open","verb":"show","data":{"evangelist":{"c":"show"}},"fallback":{"type":"Action.Submit","title":"Open","data":{"evangelist":{"c":"show"}}}}`,
	} {
		if !strings.Contains(card, want) {
			t.Errorf("%s is not in %s", want, card)
		}
	}
}

func TestWhereLinksLead(t *testing.T) {
	link := func(r cards.Renderer, span bot.Span) string {
		parts, err := r.Render(bot.Message{Summary: "S", Blocks: []bot.Block{bot.Paragraph{Text: bot.Spans{span}}}})
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(parts[0].Payload), `"inlines":`)
		body, _, _ = strings.Cut(body, `}],"msteams"`)
		return body
	}
	for name, c := range map[string]struct {
		r    cards.Renderer
		span bot.Span
		want string
	}{
		"an address":       {renderer(), bot.To("a page", "https://example.org/?a=1&b=2"), `[{"type":"TextRun","text":"a page","color":"Accent","selectAction":{"type":"Action.OpenUrl","url":"https://example.org/?a=1&b=2"}}]`},
		"letters":          {renderer(), bot.To("a page", "https://example.org/ü|x"), `[{"type":"TextRun","text":"a page","color":"Accent","selectAction":{"type":"Action.OpenUrl","url":"https://example.org/%C3%BC%7Cx"}}]`},
		"our own web":      {renderer(), bot.To("the sheet", "/learnings/7"), `[{"type":"TextRun","text":"the sheet","color":"Accent","selectAction":{"type":"Action.OpenUrl","url":"https://evangelist.example/learnings/7"}}]`},
		"no web of ours":   {cards.Renderer{}, bot.To("the sheet", "/learnings/7"), `[{"type":"TextRun","text":"the sheet (/learnings/7)"}]`},
		"a mail address":   {renderer(), bot.To("write", "mailto:a@example.org"), `[{"type":"TextRun","text":"write (a@example.org)","color":"Accent","selectAction":{"type":"Action.OpenUrl","url":"mailto:a@example.org"}}]`},
		"only an address":  {renderer(), bot.To("", "https://example.org/"), `[{"type":"TextRun","text":"https://example.org/","color":"Accent","selectAction":{"type":"Action.OpenUrl","url":"https://example.org/"}}]`},
		"an unsafe scheme": {renderer(), bot.Span{Kind: bot.Anchor, Text: "x", URL: "javascript:alert(1)"}, `[{"type":"TextRun","text":"x (javascript:alert(1))"}]`},
	} {
		if got := link(c.r, c.span); got != c.want+"" && !strings.HasPrefix(got, strings.TrimSuffix(c.want, "}]")) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
