package cards_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

// input is an input as a client sees it.
type input struct {
	Type, ID, Label, Title, ErrorMessage, Style string
	Value                                       any
	IsRequired, IsMultiline, IsMultiSelect      bool
	MaxLength                                   int
	Choices                                     []struct{ Title, Value string }
	Query                                       *struct{ Dataset string } `json:"choices.data"`
}

// dialogCard is a form as a client sees it.
type dialogCard struct {
	Body    []json.RawMessage
	Actions []struct {
		Type, Title string
		Data        map[string]any
	}
}

func read(t fataler, content []byte) (card dialogCard, inputs map[string]input) {
	t.Helper()
	if err := json.Unmarshal(content, &card); err != nil {
		t.Fatalf("read a card: %v", err)
	}
	inputs = map[string]input{}
	for _, raw := range card.Body {
		var in input
		if err := json.Unmarshal(raw, &in); err != nil {
			t.Fatalf("read an element: %v", err)
		}
		if strings.HasPrefix(in.Type, "Input.") {
			_, name, _ := strings.Cut(in.ID, ".")
			inputs[name] = in
		}
	}
	return card, inputs
}

// submitted is what a client sends when nothing was changed.
func submitted(t fataler, content []byte) []byte {
	t.Helper()
	card, inputs := read(t, content)
	sent := map[string]any{}
	maps.Copy(sent, card.Actions[0].Data)
	for _, in := range inputs {
		sent[in.ID] = in.Value
		if in.Value == nil {
			sent[in.ID] = ""
		}
	}
	out, err := json.Marshal(sent)
	if err != nil {
		t.Fatalf("write a submission: %v", err)
	}
	return out
}

func TestAFormComesBackAsItWasFilledIn(t *testing.T) {
	form := everyField()
	sent := submitted(t, dialog(t, form, filling()).Card.Content)
	values := cards.Values(sent)
	for _, field := range form.Fields {
		want := field.Value
		if field.Kind == bot.PersonField {
			want = []string{"49c4641c-ab91-4248-aebb-6a7de286397b"}
		}
		if diff := cmp.Diff(want, values[field.Name]); diff != "" {
			t.Errorf("%s: %s", field.Name, diff)
		}
	}
	kinds := cards.Kinds(sent)
	for _, field := range form.Fields {
		if kinds[field.Name] != field.Kind {
			t.Errorf("%s comes back as %q", field.Name, kinds[field.Name])
		}
	}
	if len(values) != len(form.Fields) {
		t.Errorf("%d answers to %d questions", len(values), len(form.Fields))
	}
	press, ours := cards.Read(sent)
	want := cards.Press{Command: form.Command, Arg: form.Arg, Nonce: form.Nonce, State: filling().State, Form: true}
	if !ours || press != want {
		t.Errorf("the form says %+v", press)
	}
}

func TestAnEmptyFormHasEmptyAnswers(t *testing.T) {
	form := everyField()
	for i := range form.Fields {
		form.Fields[i].Value = nil
	}
	values := cards.Values(submitted(t, dialog(t, form, filling()).Card.Content))
	for _, field := range form.Fields {
		if got, there := values[field.Name]; !there || len(got) != 0 {
			t.Errorf("%s: %q, %v; want an empty answer", field.Name, got, there)
		}
	}
}

func TestInputsSayWhatTheyAre(t *testing.T) {
	_, inputs := read(t, dialog(t, everyField(), filling()).Card.Content)
	for name, want := range map[string]string{
		"line": "Input.Text", "paragraph": "Input.Text", "choice": "Input.ChoiceSet", "choices": "Input.ChoiceSet", "person": "Input.ChoiceSet",
		"place": "Input.ChoiceSet", "places": "Input.ChoiceSet", "date": "Input.Date", "time": "Input.Time", "number": "Input.Number", "yesno": "Input.Toggle",
	} {
		if inputs[name].Type != want {
			t.Errorf("%s is a %s", name, inputs[name].Type)
		}
		if inputs[name].Label+inputs[name].Title == "" {
			t.Errorf("%s has no label", name)
		}
	}
	for name, ok := range map[string]bool{
		"line has a limit":                       inputs["line"].MaxLength == 80,
		"a paragraph has room":                   inputs["paragraph"].MaxLength == 3000 && inputs["paragraph"].IsMultiline,
		"few choices are shown":                  inputs["choice"].Style == "expanded" && !inputs["choice"].IsMultiSelect,
		"several may be picked":                  inputs["choices"].IsMultiSelect && inputs["places"].IsMultiSelect,
		"what follows stands beside the answer":  inputs["choice"].Choices[0].Title == "First, with a comma – It comes first.",
		"a compulsory one says so":               inputs["choice"].IsRequired && inputs["choice"].ErrorMessage != "",
		"the others do not":                      !inputs["line"].IsRequired && inputs["line"].ErrorMessage == "",
		"people are found in the directory":      inputs["person"].Query != nil && inputs["person"].Query.Dataset == "graph.microsoft.com/users",
		"and the one who is chosen has the name": inputs["person"].Choices[0].Title == "Farida Noorzai",
	} {
		if !ok {
			t.Errorf("not so: %s", name)
		}
	}
}

func TestManyChoicesFold(t *testing.T) {
	field := bot.Field{Name: "f", Kind: bot.ChoiceField, Label: "Which"}
	for i := range 20 {
		field.Options = append(field.Options, bot.Option{Value: fmt.Sprint(i), Label: fmt.Sprintf("Number %d", i), Help: fmt.Sprintf("Leads to %d.", i)})
	}
	for n, style := range map[int]string{6: "expanded", 7: "compact", 12: "compact", 20: "filtered"} {
		some := field
		some.Options = field.Options[:n]
		task := dialog(t, bot.Form{Title: "F", Command: "c", Fields: []bot.Field{some}}, cards.Filling{})
		_, inputs := read(t, task.Card.Content)
		words, err := cards.Words(task.Card.Content)
		if err != nil || inputs["f"].Style != style {
			t.Errorf("%d choices are %s, %v", n, inputs["f"].Style, err)
		}
		for i := range n {
			if !strings.Contains(words, fmt.Sprintf("Leads to %d.", i)) {
				t.Errorf("of %d choices, what follows from %d is not said", n, i)
			}
		}
	}
}

func TestAFormThatComesBackKeepsEverything(t *testing.T) {
	form := everyField()
	typed := cards.Values(submitted(t, dialog(t, form, filling()).Card.Content))
	typed["line"] = []string{"what I typed"}
	fill := filling()
	fill.Typed = typed
	fill.Wrong = map[string]string{"line": "There is such a name already.", "gone": "Something else is wrong."}
	task := dialog(t, form, fill)
	if diff := cmp.Diff(typed, cards.Values(submitted(t, task.Card.Content))); diff != "" {
		t.Error(diff)
	}
	words, err := cards.Words(task.Card.Content)
	if err != nil {
		t.Fatal(err)
	}
	banner, label, sentence := strings.Index(words, "Nothing that you typed is lost"), strings.Index(words, "A line"), strings.Index(words, "There is such a name already.")
	if next := strings.Index(words, "A paragraph"); banner < 0 || banner > label || sentence < label || sentence > next {
		t.Errorf("what is wrong is not said where it is: %q", words)
	}
	if !strings.Contains(words, "Something else is wrong.") {
		t.Errorf("a sentence without a field is lost: %q", words)
	}
}

func TestAPlaceThatIsGoneStaysChosen(t *testing.T) {
	fill := filling()
	fill.Places = nil
	values := cards.Values(submitted(t, dialog(t, everyField(), fill).Card.Content))
	if diff := cmp.Diff([]string{"teams|19:abc@thread.tacv2", "teams|19:def@thread.tacv2"}, values["places"]); diff != "" {
		t.Error(diff)
	}
}

func TestThePageShowsTheCodeLargeAndToCopy(t *testing.T) {
	content := string(page(t, codePage()).Card.Content)
	code := "amber violin cedar tunnel maple orbit linen harbour"
	if !strings.Contains(content, `"text":"`+code+`","size":"ExtraLarge","fontType":"Monospace"`) {
		t.Errorf("the code is not large: %s", content)
	}
	if !strings.Contains(content, `"value":"`+code+`"`) {
		t.Errorf("the code cannot be copied: %s", content)
	}
	if err := cards.Check([]byte(content)); err != nil {
		t.Error(err)
	}
	if words, err := cards.Words([]byte(content)); err != nil || lost(said(codePage().Blocks...), words) != "" {
		t.Errorf("%q is lost (%v)", lost(said(codePage().Blocks...), words), err)
	}
}

// A button on the page takes nothing along, least of all the code.
func TestButtonsInADialogSubmitThemselvesAlone(t *testing.T) {
	message := codePage()
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "voices.withdraw", Arg: "v1", Label: "Take it back", Confirm: "Sure?"}}})
	content := string(page(t, message).Card.Content)
	if strings.Contains(content, "Action.Execute") || !strings.Contains(content, `"data":{"evangelist":{"c":"voices.withdraw","a":"v1"}},"associatedInputs":"none"`) {
		t.Errorf("the button is %s", content)
	}
	if got := cards.Values([]byte(`{"copy":"the code","evangelist":{"c":"x"}}`)); len(got) != 0 {
		t.Errorf("the field to copy from is an answer: %v", got)
	}
}

// A dialog is one card: what is too much for it is left out at the end, and said so.
func TestAPageThatIsTooLongKeepsItsBeginningAndItsButtons(t *testing.T) {
	message := bot.Message{Summary: "A report", Blocks: []bot.Block{bot.Heading{Level: 1, Text: bot.T("A report")}}}
	for range 80 {
		message.Blocks = append(message.Blocks, bot.Paragraph{Text: bot.T(strings.Repeat("word & ", 120))})
	}
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "report.approve", Arg: "r1", Label: "Approve"}}})
	content := page(t, message).Card.Content
	if err := cards.Check(content); err != nil || len(content) > cards.MaxBytes || len(content) < cards.MaxBytes/2 {
		t.Errorf("the page has %d bytes, %v", len(content), err)
	}
	words, err := cards.Words(content)
	if err != nil || !strings.HasPrefix(words, "A report") || strings.Count(words, "The rest does not fit into this window") != 1 || !strings.Contains(string(content), `"title":"Approve"`) {
		t.Errorf("the page is %.200s … %s, %v", words, words[max(0, len(words)-200):], err)
	}
}

func TestADialogMentionsNobody(t *testing.T) {
	form := bot.Form{Title: "F", Command: "c", Intro: []bot.Block{bot.Paragraph{Text: bot.Line(bot.Ping("p1", "Nia"), " reads it")}}}
	if content := string(dialog(t, form, cards.Filling{}).Card.Content); strings.Contains(content, "ping") || !strings.Contains(content, "Nia reads it") {
		t.Errorf("the form is %s", content)
	}
}

func anyForm(t *rapid.T) bot.Form {
	kinds := []bot.FieldKind{bot.LineField, bot.ParagraphField, bot.ChoiceField, bot.ChoicesField, bot.PersonField, bot.PlaceField, bot.PlacesField, bot.DateField, bot.TimeField, bot.NumberField, bot.YesNoField}
	form := bot.Form{Title: anyText(t, "title", 3), Command: "c.d", Arg: anyText(t, "arg", 2), Nonce: "N", Submit: anyText(t, "submit", 2)}
	if rapid.Bool().Draw(t, "intro") {
		form.Intro = []bot.Block{anyBlock(t)}
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "fields") {
		field := bot.Field{
			Name: fmt.Sprintf("f%d", i), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Label: "Label " + anyText(t, "label", 3), Help: anyText(t, "help", 9),
			Placeholder: anyText(t, "placeholder", 3), Required: rapid.Bool().Draw(t, "required"), Max: rapid.SampledFrom([]int{0, 10, 4000}).Draw(t, "max"),
		}
		for n := range rapid.IntRange(0, 15).Draw(t, "options") {
			field.Options = append(field.Options, bot.Option{Value: fmt.Sprintf("%d%s", n, rapid.SampledFrom([]string{"", ",", "%2C", "%"}).Draw(t, "value")), Label: anyText(t, "option", 4), Help: anyText(t, "help", 4)})
		}
		switch field.Kind {
		case bot.LineField, bot.ParagraphField:
			field.Value = []string{"v" + anyText(t, "value", 30)}
		case bot.ChoicesField:
			for _, option := range field.Options {
				field.Value = append(field.Value, option.Value)
			}
		case bot.PersonField, bot.PlaceField, bot.PlacesField:
			field.Value = []string{"id," + anyText(t, "value", 2)}
		}
		form.Fields = append(form.Fields, field)
	}
	return form
}

func TestAnyForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form := anyForm(t)
		fill := cards.Filling{State: anyText(t, "state", 9)}
		if rapid.Bool().Draw(t, "wrong") {
			fill.Wrong = map[string]string{"f0": anyText(t, "wrong", 5), "g": anyText(t, "more", 5)}
		}
		task, err := renderer().Dialog(form, fill)
		if err != nil {
			t.Fatalf("dialog: %v", err)
		}
		if err := cards.Check(task.Card.Content); err != nil {
			t.Fatalf("%v", err)
		}
		var card any
		if err := json.Unmarshal(task.Card.Content, &card); err != nil {
			t.Fatalf("the form is no JSON: %v", err)
		}
		if text := lives(card); text != "" {
			t.Fatalf("%q lives", text)
		}
		words, err := cards.Words(task.Card.Content)
		if err != nil {
			t.Fatalf("words: %v", err)
		}
		texts := said(form.Intro...)
		for _, field := range form.Fields {
			texts = append(texts, field.Label, field.Help, fill.Wrong[field.Name])
			if field.Kind == bot.ChoiceField || field.Kind == bot.ChoicesField {
				for _, option := range field.Options {
					texts = append(texts, option.Label, option.Help)
				}
			}
		}
		if word := lost(texts, words); word != "" {
			t.Fatalf("%q is lost in %q", word, words)
		}
		values := cards.Values(submitted(t, task.Card.Content))
		for _, field := range form.Fields {
			if field.Kind != bot.ChoiceField && !slices.Equal(values[field.Name], field.Value) && len(values[field.Name])+len(field.Value) > 0 {
				t.Fatalf("%s (%s): %q became %q", field.Name, field.Kind, field.Value, values[field.Name])
			}
		}
		if press, ok := cards.Read(submitted(t, task.Card.Content)); !ok || press.State != fill.State || press.Arg != form.Arg {
			t.Fatalf("the form says %+v", press)
		}
	})
}
