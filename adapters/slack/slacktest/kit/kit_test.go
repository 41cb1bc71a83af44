package kit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/adapters/slack/slacktest/kit"
)

// Whatever is typed is read back from the block that it becomes.
func TestTypedIsReadBack(t *testing.T) {
	word := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9 &<>*_~éß漢\n.]{0,12}`),
		rapid.SampledFrom([]string{"https://example.org/a?b=1&c=2", "http://house.example/", "https://example.org/x.", "(https://example.org/y)"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "words"), " ")
		if strings.Contains(line, "<@") || strings.Contains(line, "<#") {
			t.Skip()
		}
		text, blocks := kit.Typed(line)
		if got := kit.Text(blocks); got != line {
			t.Errorf("%q is read as %q", line, got)
		}
		plain := strings.NewReplacer("<http", "http", "/>", "/", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
		if !strings.Contains(line, ">") && strings.ReplaceAll(plain, ">", "") != strings.ReplaceAll(line, ">", "") {
			t.Errorf("%q became the text %q", line, text)
		}
	})
}

func TestTypedFindsLinksAndMentions(t *testing.T) {
	for line, want := range map[string]struct {
		text  string
		links []string
	}{
		"plain":                           {text: "plain"},
		"a <b> & c":                       {text: "a &lt;b&gt; &amp; c"},
		"see https://example.org/1, yes.": {text: "see <https://example.org/1>, yes.", links: []string{"https://example.org/1"}},
		"<@U0ANNA> in <#C0GENERAL>":       {text: "<@U0ANNA> in <#C0GENERAL|>"},
		"ftp://example.org":               {text: "ftp://example.org"},
		"":                                {text: ""},
	} {
		text, blocks := kit.Typed(line)
		if text != want.text || !slices.Equal(kit.Links(blocks), want.links) {
			t.Errorf("%q: %q with %v", line, text, kit.Links(blocks))
		}
	}
}

const blocks = `[
{"type":"header","text":{"type":"plain_text","text":"Heading"}},
{"type":"divider"},
{"type":"context","elements":[{"type":"mrkdwn","text":"small"},{"type":"image","image_url":"x","alt_text":"a picture"}]},
{"type":"section","text":{"type":"mrkdwn","text":"words"},"fields":[{"type":"plain_text","text":"left"},{"type":"plain_text","text":"right"}],"accessory":{"type":"button","text":{"type":"plain_text","text":"Beside"}}},
{"type":"image","image_url":"x","alt_text":"a chart","title":{"type":"plain_text","text":"A title"}},
{"type":"table","rows":[[{"type":"raw_text","text":"a"},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"b"}]}]}]]},
{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1"},{"type":"text","text":" and "},{"type":"usergroup","usergroup_id":"S1"},{"type":"channel","channel_id":"C1"},{"type":"emoji","name":"pushpin"},{"type":"broadcast","range":"here"},{"type":"date","timestamp":1,"fallback":"today"},{"type":"link","url":"https://example.org","text":"label"}]},
{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]},{"type":"rich_text_section","elements":[{"type":"link","url":"https://example.org/2"}]}]},
{"type":"rich_text_quote","elements":[{"type":"text","text":"said"}]}]},
{"type":"actions","block_id":"actions-1","elements":[{"type":"button","action_id":"a#1","text":{"type":"plain_text","text":"Yes"}},{"type":"button","text":{"type":"plain_text","text":"No"}}]}]`

func TestText(t *testing.T) {
	want := strings.Join([]string{
		"Heading", "small", "a picture", "words", "left", "right", "Beside", "A title", "a chart", "a | b",
		"@U1 and @S1#C1:pushpin:@heretodaylabel", "• one", "• https://example.org/2", "said", "Yes", "No",
	}, "\n")
	if got := kit.Text(json.RawMessage(blocks)); got != want {
		t.Errorf("read as\n%s", got)
	}
	if got := kit.Links(json.RawMessage(blocks)); !slices.Equal(got, []string{"https://example.org", "https://example.org/2"}) {
		t.Errorf("links %v", got)
	}
	if got := kit.Labels(json.RawMessage(blocks)); !slices.Equal(got, []string{"Beside", "Yes", "No"}) {
		t.Errorf("buttons %v", got)
	}
	if got := kit.Size(json.RawMessage(`[{"text":{"text":"four"}},{"fields":[{"text":"éé"}],"alt_text":"not counted"}]`)); got != 6 {
		t.Errorf("size %d", got)
	}
	if kit.Text(json.RawMessage(`{"no":"array"}`)) != "" || kit.Size(json.RawMessage(`x`)) != 0 {
		t.Error("rubbish is read")
	}
}

func TestNumberKeepsWhatIsGiven(t *testing.T) {
	n := 0
	next := func() string { n++; return fmt.Sprint("made-", n) }
	once, err := kit.Number(json.RawMessage(blocks), next)
	if err != nil {
		t.Fatal(err)
	}
	made := n
	twice, err := kit.Number(once, next)
	if err != nil || string(once) != string(twice) || n != made || made == 0 {
		t.Errorf("%d, then %d ids were made: %v", made, n, err)
	}
	e, ok := kit.Find(once, "Yes")
	if !ok || e.BlockID != "actions-1" || e.ActionID != "a#1" {
		t.Errorf("%+v", e)
	}
	if e, _ := kit.Find(once, "No"); !strings.HasPrefix(e.ActionID, "made-") {
		t.Errorf("%+v", e)
	}
	if wrong := kit.Doubled(once); wrong != nil {
		t.Errorf("doubled: %v", wrong)
	}
	for _, bad := range []string{`{}`, `[1]`, `x`} {
		if _, err := kit.Number(json.RawMessage(bad), next); err == nil {
			t.Errorf("%s is taken for blocks", bad)
		}
	}
}

func TestDoubled(t *testing.T) {
	got := kit.Doubled(json.RawMessage(`[{"type":"divider","block_id":"a"},{"type":"actions","block_id":"a","elements":[{"type":"button","action_id":"x"},{"type":"button","action_id":"x"}]}]`))
	if len(got) != 2 || !strings.Contains(got[0], "block_id") || !strings.Contains(got[1], "action_id") {
		t.Errorf("%v", got)
	}
}

func TestCheckOtherInputs(t *testing.T) {
	input := func(element string) json.RawMessage {
		return json.RawMessage(`[{"type":"input","block_id":"b","label":{"type":"plain_text","text":"l"},"element":` + element + `}]`)
	}
	for _, c := range []struct {
		element string
		values  []string
		wrong   bool
	}{
		{`{"type":"email_text_input","action_id":"v"}`, []string{"nobody"}, true},
		{`{"type":"email_text_input","action_id":"v"}`, []string{"a@house.example"}, false},
		{`{"type":"url_text_input","action_id":"v"}`, []string{"house"}, true},
		{`{"type":"url_text_input","action_id":"v"}`, []string{"https://house.example"}, false},
		{`{"type":"number_input","action_id":"v","is_decimal_allowed":true,"min_value":"0.5"}`, []string{"0.25"}, true},
		{`{"type":"number_input","action_id":"v","is_decimal_allowed":true,"min_value":0.5}`, []string{"0.75"}, false},
		{`{"type":"multi_users_select","action_id":"v","max_selected_items":1}`, []string{"U1", "U2"}, true},
		{`{"type":"multi_users_select","action_id":"v"}`, nil, true},
		{`{"type":"plain_text_input","action_id":"v"}`, []string{"   "}, true},
		{`{"type":"plain_text_input","action_id":"v"}`, []string{strings.Repeat("x", 3001)}, true},
		{`{"type":"plain_text_input","action_id":"v"}`, []string{strings.Repeat("é", 3000)}, false},
	} {
		e, ok := kit.FindInput(input(c.element), "b")
		if !ok {
			t.Fatal(c.element)
		}
		value, err := kit.Chosen(e, c.values)
		if err != nil {
			t.Fatal(err)
		}
		values := kit.Values{}
		values.Put(e, value)
		if wrong := kit.Check(input(c.element), values); (wrong["b"] != "") != c.wrong {
			t.Errorf("%s with %v: %v", c.element, c.values, wrong)
		}
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add([]byte(blocks))
	f.Add([]byte(`[{"type":"input","element":{"type":"static_select","initial_option":3,"options":[1]}}]`))
	f.Add([]byte(`[{"type":"table","rows":[1,[2]]},{"type":"rich_text","elements":[1,{"elements":7}]}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		numbered, err := kit.Number(raw, func() string { return "id" })
		if err != nil {
			return
		}
		kit.Text(numbered)
		kit.Links(numbered)
		kit.Size(numbered)
		kit.Doubled(numbered)
		values := kit.Initial(numbered, nil)
		kit.Check(numbered, values)
		for _, e := range kit.Elements(numbered) {
			value, err := kit.Chosen(e, []string{"1"})
			if err == nil {
				values.Put(e, value)
			}
			kit.Action(e, value, "1.000000")
		}
		if _, err := json.Marshal(values); err != nil {
			t.Error(err)
		}
	})
}
