package cards_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/teams/cards"
)

func TestValuesOfAllShapes(t *testing.T) {
	for name, c := range map[string]struct {
		sent string
		want map[string][]string
	}{
		"numbers as numbers":      {`{"number.n":12}`, map[string][]string{"n": {"12"}}},
		"numbers as text":         {`{"number.n":"12"}`, map[string][]string{"n": {"12"}}},
		"nothing":                 {`{"line.a":null,"choices.b":"","yesno.c":"no"}`, map[string][]string{"a": nil, "b": nil, "c": nil}},
		"several with commas":     {`{"choices.a":"x,y%2Cz,%252C"}`, map[string][]string{"a": {"x", "y,z", "%2C"}}},
		"commas in a line":        {`{"line.a":"x,y%2Cz"}`, map[string][]string{"a": {"x,y%2Cz"}}},
		"not ours":                {`{"evangelist":{"c":"x"},"msteams":{},"copy":"x","weird.a":"b",".b":"c","line.":"d"}`, map[string][]string{}},
		"things instead of texts": {`{"line.a":{"x":1},"line.b":["c"]}`, map[string][]string{}},
		"no object":               {`["line.a"]`, map[string][]string{}},
		"no JSON":                 {`{"line.a"`, map[string][]string{}},
		"a name with a dot":       {`{"line.a.b":"c"}`, map[string][]string{"a.b": {"c"}}},
	} {
		if diff := cmp.Diff(c.want, cards.Values([]byte(c.sent))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if n := len(cards.Values([]byte(`{"choices.a":"` + strings.Repeat("x,", 9000) + `"}`))["a"]); n != 1000 {
		t.Errorf("%d answers to one question", n)
	}
}

func TestReadKnowsOurs(t *testing.T) {
	for sent, want := range map[string]cards.Press{
		`{"evangelist":{"c":"digest.pin","a":"e1/i2"}}`:                              {Command: "digest.pin", Arg: "e1/i2"},
		`{"evangelist":{"c":"x","f":true,"n":"N","s":"S"},"line.a":"b"}`:             {Command: "x", Nonce: "N", State: "S", Form: true},
		`{"msteams":{"type":"task/fetch"},"evangelist":{"c":"voices.add","a":"v1"}}`: {Command: "voices.add", Arg: "v1"},
	} {
		if got, ok := cards.Read([]byte(sent)); !ok || got != want {
			t.Errorf("%s is %+v, %v", sent, got, ok)
		}
	}
	for _, sent := range []string{``, `null`, `{}`, `[]`, `{"evangelist":"x"}`, `{"evangelist":{"c":1}}`, `{"evangelist":{"a":"x"}}`, `{"c":"x"}`} {
		if got, ok := cards.Read([]byte(sent)); ok {
			t.Errorf("%s is taken for ours: %+v", sent, got)
		}
	}
}

func FuzzSubmission(f *testing.F) {
	f.Add([]byte(`{"evangelist":{"c":"x","a":"y"},"choices.a":"b,c","number.n":1e999}`))
	f.Add([]byte(`{"person.p":"\ud800","yesno.q":true}`))
	f.Add(submitted(f, dialog(f, everyField(), filling()).Card.Content))
	f.Fuzz(func(t *testing.T, sent []byte) {
		cards.Read(sent)
		for name, answers := range cards.Values(sent) {
			if name == "" || len(answers) > 1000 {
				t.Errorf("%q has %d answers", name, len(answers))
			}
		}
	})
}

func FuzzPayload(f *testing.F) {
	parts, _ := renderer().Render(edition())
	f.Add(parts[0].Payload)
	for _, card := range specimens(f) {
		f.Add(card)
	}
	f.Add([]byte(`{"summary":"s","card":{"type":"AdaptiveCard","body":[{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"x","ping":"p"},1,null]},1],"msteams":1}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		_, _ = cards.Words(payload)
		_ = cards.Check(payload)
		_ = cards.Inert(payload)
		_, _ = cards.Resolve(payload, everybody)
	})
}
