package render

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"evangelist/bot"
)

// everyField is a form with one field of each kind.
func everyField() bot.Form {
	options := []bot.Option{{Value: "a", Label: "One", Help: "What it means"}, {Value: "b", Label: "Other"}}
	form := bot.Form{Title: "Everything", Command: "try", Arg: "7", Submit: "Go", Nonce: "N", Intro: []bot.Block{bot.Note{Text: bot.T("Read this.")}}}
	for _, kind := range []bot.FieldKind{
		bot.LineField, bot.ParagraphField, bot.ChoiceField, bot.ChoicesField, bot.PersonField, bot.PlaceField, bot.PlacesField,
		bot.DateField, bot.TimeField, bot.NumberField, bot.YesNoField,
	} {
		field := bot.Field{Name: string(kind), Kind: kind, Label: "The " + string(kind), Help: "About it", Options: options, Required: kind == bot.LineField, Placeholder: "like this"}
		if kind != bot.ChoiceField && kind != bot.ChoicesField {
			field.Options = nil
		}
		form.Fields = append(form.Fields, field)
	}
	return form
}

func offered() Filled {
	return Filled{
		Form: everyField(), Token: "sealed", Back: "/desk",
		People: []bot.Person{{ID: "p1", Name: "Ada", Department: "Libraries"}, {ID: "p2", Email: "ben@example.org"}, {ID: "p3", Name: "Cy", Inactive: true}},
		Places: []bot.Place{{ID: "c|1", Name: "news"}, {ID: "c|2", Name: "tips"}},
	}
}

func TestFormOfEveryField(t *testing.T) {
	draw := New(nil)
	filled := offered()
	golden(t, "form-every", draw.Form(filled))
	filled.Typed = map[string][]string{
		"line": {`"><script>`}, "paragraph": {"\nfirst\n</textarea>"}, "choice": {"b"}, "choices": {"a", "b"}, "person": {"p1"}, "place": {"c|2"},
		"places": {"c|1"}, "date": {"2026-12-04"}, "time": {"09:00"}, "number": {"x"}, "yesno": {"yes"},
	}
	filled.Wrong = map[string]string{"number": "Please give a whole number.", "elsewhere": "Something else <i>."}
	golden(t, "form-wrong", draw.Form(filled))
	for field, values := range filled.Typed { // nothing typed is lost
		_, again, _ := Values(filled, map[string][]string{"f." + field: values})
		if len(again[field]) != len(values) {
			t.Errorf("%s: %q became %q", field, values, again[field])
		}
	}
}

func TestValues(t *testing.T) {
	sent := map[string][]string{
		"f.line": {"words"}, "f.paragraph": {"a\r\nb"}, "f.choice": {"a", "b"}, "f.choices": {"a", "b"}, "f.person": {"p1"}, "f.place": {"c|1"},
		"f.places": {"c|1", "c|2"}, "f.date": {" 2026-12-04"}, "f.time": {"09:00:00"}, "f.number": {" 12 "}, "f.yesno": {"on"}, "f.unasked": {"x"}, "arg": {"y"},
	}
	_, values, wrong := Values(offered(), sent)
	want := map[string][]string{
		"line": {"words"}, "paragraph": {"a\nb"}, "choice": {"a"}, "choices": {"a", "b"}, "person": {"p1"}, "place": {"c|1"},
		"places": {"c|1", "c|2"}, "date": {"2026-12-04"}, "time": {"09:00"}, "number": {"12"}, "yesno": {"yes"},
	}
	if len(wrong) != 0 || !reflect.DeepEqual(values, want) {
		t.Errorf("values %q, wrong %q", values, wrong)
	}
}

func TestWrongValues(t *testing.T) {
	for field, value := range map[string]string{
		"line": strings.Repeat("ä", 301), "paragraph": strings.Repeat("x", 3001), "choice": "c", "choices": "c", "person": "p3", "place": "c|3",
		"places": "c|3", "date": "4.12.2026", "time": "9 o'clock", "number": "1.5",
	} {
		sent := map[string][]string{"f.line": {"words"}}
		sent["f."+field] = []string{value}
		typed, _, wrong := Values(offered(), sent)
		if keys := slices.Collect(maps.Keys(wrong)); !slices.Equal(keys, []string{field}) {
			t.Errorf("%s = %.20q: wrong are %q", field, value, keys)
		}
		if typed[field][0] != value {
			t.Errorf("%s: typed %.20q, kept %.20q", field, value, typed[field])
		}
	}
	if _, values, wrong := Values(offered(), nil); wrong["line"] == "" || len(wrong) != 1 || values == nil {
		t.Errorf("an empty form: %q", wrong)
	}
	if _, _, wrong := Values(offered(), map[string][]string{"f.line": {"  \n"}}); wrong["line"] == "" {
		t.Error("blanks alone fill a needed field")
	}
	if _, _, wrong := Values(offered(), map[string][]string{"f.line": {strings.Repeat("😀", 300)}}); len(wrong) != 0 {
		t.Errorf("300 characters are too many: %q", wrong)
	}
}

// Somebody who is chosen already stays, also when they have left.
func TestWhatStandsThereMayStay(t *testing.T) {
	filled := offered()
	for i := range filled.Form.Fields {
		if filled.Form.Fields[i].Kind == bot.PersonField {
			filled.Form.Fields[i].Value = []string{"p3"}
		}
	}
	if _, _, wrong := Values(filled, map[string][]string{"f.line": {"x"}, "f.person": {"p3"}}); len(wrong) != 0 {
		t.Errorf("%q", wrong)
	}
}

func sealer(t *testing.T, secret string) *Sealer {
	t.Helper()
	s, err := NewSealer([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedFormComesBack(t *testing.T) {
	s := sealer(t, "0123456789abcdef")
	form := everyField()
	form.Intro = bot.EveryBlock()
	token, err := s.Seal(form)
	if err != nil {
		t.Fatal(err)
	}
	got, err := sealer(t, "0123456789abcdef").Open(token)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, form) {
		t.Errorf("got  %+v\nwant %+v", got, form)
	}
}

func TestForgedFormIsRefused(t *testing.T) {
	s := sealer(t, "0123456789abcdef")
	token, err := s.Seal(everyField())
	if err != nil {
		t.Fatal(err)
	}
	body, tag, _ := strings.Cut(token, ".")
	foreign, err := sealer(t, "another secret 12").Seal(everyField())
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", ".", body, body + ".", "." + tag, body + "A." + tag, body[:len(body)-4] + "." + tag, token + "A", foreign, token + "." + tag} {
		if _, err := s.Open(bad); !errors.Is(err, ErrSeal) {
			t.Errorf("%.30q…: %v", bad, err)
		}
	}
	if _, err := NewSealer([]byte("short")); err == nil {
		t.Error("a short secret is taken")
	}
}
