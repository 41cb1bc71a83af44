package blockkit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"evangelist/adapters/adaptertest"
	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/blockkit/limits"
	"evangelist/bot"
)

// shelf is a platform that keeps what is posted, and refuses what Slack would.
type shelf struct {
	mu    sync.Mutex
	posts int
}

func (s *shelf) Name() string { return "slack" }

func (s *shelf) Limits() []bot.Limit {
	return []bot.Limit{{Scope: bot.PerPlace, Count: 1, Per: time.Second}}
}

func (s *shelf) Render(m bot.Message) ([]bot.Part, error) { return blockkit.Message(m, plainOptions()) }

func (s *shelf) Post(ctx context.Context, p bot.Posting) (bot.MessageRef, error) {
	if err := ctx.Err(); err != nil {
		return bot.MessageRef{}, err
	}
	if p.Place.Native() == "nowhere" {
		return bot.MessageRef{}, &bot.SendError{Reason: bot.Denied, Say: "There is no such place."}
	}
	payload, err := blockkit.Resolve(p.Part.Payload, account)
	if err != nil {
		return bot.MessageRef{}, err
	}
	if problems := limits.Check(limits.Message, payload); problems != nil {
		return bot.MessageRef{}, fmt.Errorf("refused: %v", problems)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts++
	return bot.MessageRef{Place: p.Place, Native: fmt.Sprint(s.posts)}, nil
}

func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Fixture {
		now := time.Unix(0, 0)
		return adaptertest.Fixture{
			Platform: &shelf{}, Place: bot.NewPlaceID("slack", "C1"), Other: bot.NewPlaceID("slack", "C2"),
			Forbidden: []bot.PlaceID{bot.NewPlaceID("slack", "nowhere")},
			Now:       func() time.Time { now = now.Add(time.Second); return now },
			Words:     func(part bot.Part) (string, error) { return blockkit.Words(part.Payload) },
			Inert: func(part bot.Part) error {
				return blockkit.Inert(part.Payload, func(address string) bool { return strings.HasPrefix(address, "https://example.org/") })
			},
			MaxBytes: 60_000,
		}
	})
}

func draw(t *testing.T, o blockkit.Options, blocks ...bot.Block) string {
	t.Helper()
	parts, err := blockkit.Message(bot.Message{Summary: "S", Blocks: blocks}, o)
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	return string(parts[0].Payload)
}

func TestHowThingsAreDrawn(t *testing.T) {
	para := func(parts ...any) bot.Block { return bot.Paragraph{Text: bot.Line(parts...)} }
	for name, c := range map[string]struct {
		block      bot.Block
		has, lacks []string
	}{
		"user text is a text element":              {para("<!channel> *x* :wave:"), []string{`{"type":"text","text":"<!channel> *x* :wave:"}`}, []string{"mrkdwn", "broadcast", "emoji"}},
		"a name notifies nobody":                   {para(bot.Name("ada", "Ada")), []string{`{"type":"text","text":"Ada"}`}, []string{"ping", "user"}},
		"a ping waits for its sender":              {para(bot.Ping("ada", "Ada")), []string{`{"type":"text","text":"Ada","ping":"ada"}`}, []string{"user_id"}},
		"neighbours of one style are one element":  {para("one ", bot.Name("p", "two"), " three"), []string{`"text":"one two three"`}, nil},
		"a path of ours becomes an address":        {para(bot.To("page", "/archive/1")), []string{`{"type":"link","url":"https://evangelist.example/archive/1","text":"page"}`}, nil},
		"an address for itself has no words":       {para(bot.To("https://example.org/", "https://example.org/")), []string{`{"type":"link","url":"https://example.org/"}`}, nil},
		"an ampersand in an address stays":         {para(bot.To("x", "https://example.org/?a=1&b=2")), []string{`https://example.org/?a=1&b=2`}, []string{`\u0026`}},
		"an address without a host is words":       {para(bot.To("x", "https://")), []string{`"text":"x (https://)"`}, []string{"link"}},
		"an address that is too long is words":     {para(bot.To("x", "https://example.org/"+strings.Repeat("p", 3000))), []string{`"(https://example.org/p`}, []string{`"link"`}},
		"a script leads nowhere":                   {bot.Link{Title: "x", URL: "javascript:alert(1)"}, []string{"x (javascript:alert(1))"}, []string{`"link"`}},
		"a moment is a date":                       {para(bot.Moment(at(4, 9), bot.DateTimeStyle)), []string{`{"type":"date","timestamp":1796374800,"format":"{date_long}, {time}","fallback":"Friday 4 December, 10:00 CET"}`}, nil},
		"a moment before 1970 is words":            {para(bot.Moment(time.Time{}, bot.DateStyle)), []string{`"text":"1 January 0001"`}, []string{"timestamp"}},
		"a title is a header":                      {bot.Heading{Level: 1, Text: bot.Line("The ", bot.Strong("title"))}, []string{`{"type":"header","text":{"type":"plain_text","text":"The title","emoji":false}}`}, nil},
		"a title with a link is rich text":         {bot.Heading{Level: 1, Text: bot.Line(bot.To("x", "https://example.org/"))}, []string{`"bold":true`, `"link"`}, []string{"header"}},
		"a title with a bracket is rich text":      {bot.Heading{Level: 1, Text: bot.T("<b>")}, []string{`"text":"<b>"`}, []string{"header"}},
		"a title with an entity is rich text":      {bot.Heading{Level: 1, Text: bot.T("Q&amp;A")}, []string{`"text":"Q&amp;A"`}, []string{"header"}},
		"a title of 151 characters is rich text":   {bot.Heading{Level: 1, Text: bot.T(strings.Repeat("x", 151))}, []string{"rich_text"}, []string{"header"}},
		"a section is bold":                        {bot.Heading{Level: 2, Text: bot.T("Section")}, []string{`{"type":"text","text":"Section","style":{"bold":true}}`}, []string{"header", "divider"}},
		"a code as a title can be copied":          {bot.Heading{Level: 1, Text: bot.Spans{bot.Mono("one two")}}, []string{`{"type":"header","text":{"type":"plain_text","text":"one two"`, `{"type":"rich_text_preformatted","elements":[{"type":"text","text":"one two"}]}`}, nil},
		"small print is a context":                 {bot.Note{Text: bot.T("Small & plain.")}, []string{`{"type":"context","elements":[{"type":"plain_text","text":"Small & plain.","emoji":false}]}`}, nil},
		"small print with marks of ours is mrkdwn": {bot.Note{Text: bot.Line("Type ", bot.Mono("/digest add <x>"), " & see ", bot.To("it", "/a?b&c"))}, []string{"{\"type\":\"mrkdwn\",\"text\":\"Type `/digest add &lt;x&gt;` &amp; see <https://evangelist.example/a?b&amp;c|it>\",\"verbatim\":true}"}, nil},
		"small print with other marks is rich":     {bot.Note{Text: bot.Line(bot.Strong("a"), " *b*")}, []string{"rich_text"}, []string{"context"}},
		"small print with an emoji code is rich":   {bot.Note{Text: bot.Line(bot.Strong("a"), " :b:")}, []string{"rich_text"}, []string{"context"}},
		"an emoji code across spans is rich":       {bot.Note{Text: bot.Line(bot.Strong("a"), " :b", bot.Name("p", "c:"))}, []string{"rich_text"}, []string{"context"}},
		"small print with a quote sign is rich":    {bot.Note{Text: bot.Line(bot.Strong("a"), "\n > b")}, []string{"rich_text"}, []string{"context"}},
		"marks that touch a letter are rich":       {bot.Note{Text: bot.Line("a", bot.Strong("b"))}, []string{"rich_text"}, []string{"context"}},
		"marks around a blank are rich":            {bot.Note{Text: bot.Line("a ", bot.Strong(" b "), " c")}, []string{"rich_text"}, []string{"context"}},
		"marks over two lines are rich":            {bot.Note{Text: bot.Line(bot.Emphasis("a\nb"))}, []string{"rich_text"}, []string{"context"}},
		"a label that ends a link is rich":         {bot.Note{Text: bot.Line(bot.To("a|b", "https://example.org/"))}, []string{"rich_text"}, []string{"context"}},
		"an address with a bar is rich":            {bot.Note{Text: bot.Line("see ", bot.To("it", "https://example.org/?a|b"))}, []string{"rich_text"}, []string{"context"}},
		"small print that pings is rich":           {bot.Note{Text: bot.Line(bot.Ping("ada", "Ada"))}, []string{"rich_text", "ping"}, []string{"context"}},
		"long small print is rich":                 {bot.Note{Text: bot.T(strings.Repeat("long ", 500))}, []string{"rich_text"}, []string{"context"}},
		"a moment in small print is a date":        {bot.Note{Text: bot.Line("Due ", bot.Moment(at(4, 9), bot.DateStyle))}, []string{"<!date^1796374800^{date_long_full}|4 December 2026>"}, nil},
		"a picture is told":                        {bot.Figure{Alt: "It rises", Caption: bot.T("Links"), SVG: "<svg/>"}, []string{`"text":"Links\n[It rises]"`}, []string{"svg"}},
		"a danger asks in its own colour":          {bot.Actions{Buttons: []bot.Button{{Command: "x", Arg: "a", Label: "Go", Tone: bot.Danger, Confirm: "Sure?"}}}, []string{`{"type":"button","action_id":"x#1","text":{"type":"plain_text","text":"Go","emoji":false},"value":"a","style":"danger","confirm":{"title":{"type":"plain_text","text":"Go","emoji":false},"text":{"type":"plain_text","text":"Sure?","emoji":false},"confirm":{"type":"plain_text","text":"Go","emoji":false},"deny":{"type":"plain_text","text":"Cancel","emoji":false},"style":"danger"}}`, `"block_id":"actions-1"`}, nil},
		"an ordered list":                          {bot.List{Ordered: true, Items: []bot.Spans{bot.T("a"), nil, bot.T("b")}}, []string{`"style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]},{"type":"rich_text_section","elements":[{"type":"text","text":" "}]}`}, nil},
		"an empty list":                            {bot.List{Items: []bot.Spans{nil, bot.T(" ")}}, []string{`"text":"S"`}, []string{"rich_text_list"}},
		"a table in one face":                      {bot.Table{Caption: "C", Head: []string{"A", "B"}, Rows: [][]bot.Spans{{bot.T("long one"), bot.T("x")}}}, []string{`"text":"A         B\n────────  ─\nlong one  x"`}, nil},
		"a table that is too wide":                 {bot.Table{Head: []string{"A", "B"}, Rows: [][]bot.Spans{{bot.T(strings.Repeat("w", 70)), bot.T("x")}}}, []string{"rich_text_list", `"text":"A:","style":{"bold":true}`}, []string{"preformatted"}},
		"a table with a link":                      {bot.Table{Head: []string{"A"}, Rows: [][]bot.Spans{{bot.Line(bot.To("x", "https://example.org/"))}}}, []string{"rich_text_list", `"link"`}, []string{"preformatted"}},
	} {
		got := draw(t, plainOptions(), c.block)
		for _, want := range c.has {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s in\n%s", name, want, got)
			}
		}
		for _, never := range c.lacks {
			if strings.Contains(got, never) {
				t.Errorf("%s: there is %s in\n%s", name, never, got)
			}
		}
	}
}

func TestWithoutABaseAPathIsWords(t *testing.T) {
	got := draw(t, blockkit.Options{}, bot.Paragraph{Text: bot.Line(bot.To("page", "/archive/1"))})
	if !strings.Contains(got, `"text":"page (/archive/1)"`) || strings.Contains(got, `"link"`) {
		t.Error(got)
	}
}

// What is said in the summary is inert, short, and never nothing.
func TestSummary(t *testing.T) {
	for summary, want := range map[string]string{
		"<!channel> & more":      "&lt;!channel&gt; &amp; more",
		"":                       "words",
		"\x00 ":                  "words",
		strings.Repeat("x", 400): strings.Repeat("x", 299) + "…",
	} {
		parts, err := blockkit.Message(bot.Message{Summary: summary, Blocks: []bot.Block{bot.Paragraph{Text: bot.T("words")}}}, plainOptions())
		if err != nil {
			t.Fatal(err)
		}
		var p struct{ Text string }
		if err := json.Unmarshal(parts[0].Payload, &p); err != nil || p.Text != want {
			t.Errorf("%q is told as %q, %v", summary, p.Text, err)
		}
	}
	parts, err := blockkit.Message(bot.Message{}, plainOptions())
	if err != nil || len(parts) != 1 || len(limits.Check(limits.Message, parts[0].Payload)) > 0 {
		t.Errorf("a message that says nothing: %s, %v", parts[0].Payload, err)
	}
}

func TestPartsAreCutWhereAReaderPauses(t *testing.T) {
	var blocks []bot.Block
	for i := range 60 {
		blocks = append(blocks, bot.Link{Number: i + 1, Title: fmt.Sprintf("Item %d", i+1), URL: "https://example.org/", Lines: []bot.Spans{bot.T(strings.Repeat("why it helps ", 20))}},
			bot.Actions{Buttons: []bot.Button{{Command: "useful", Arg: fmt.Sprint(i), Label: "Useful"}}})
		if i%5 == 4 {
			blocks = append(blocks, bot.Heading{Level: 2, Text: bot.T(fmt.Sprintf("Section %d", i))})
		}
	}
	parts, err := blockkit.Message(bot.Message{Summary: "Long", Blocks: blocks}, plainOptions())
	if err != nil || len(parts) < 3 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	seen := map[string]bool{}
	for i, part := range parts {
		var p struct {
			Text   string
			Blocks []struct {
				Type     string
				BlockID  string `json:"block_id"`
				Elements []struct {
					ActionID string `json:"action_id"`
				}
			}
		}
		if err := json.Unmarshal(part.Payload, &p); err != nil {
			t.Fatal(err)
		}
		first, last := p.Blocks[0], p.Blocks[len(p.Blocks)-1]
		if first.Type == "actions" || first.Type == "divider" {
			t.Errorf("part %d begins with %s", i+1, first.Type)
		}
		if last.Type == "divider" || i < len(parts)-1 && last.Type != "actions" {
			t.Errorf("part %d ends with %s", i+1, last.Type)
		}
		if want := fmt.Sprintf("Long (%d of %d)", i+1, len(parts)); i > 0 && p.Text != want {
			t.Errorf("part %d is told as %q", i+1, p.Text)
		}
		for _, block := range p.Blocks {
			for _, element := range block.Elements {
				if block.Type == "actions" && seen[element.ActionID] {
					t.Errorf("%s stands twice in the message", element.ActionID)
				}
				seen[element.ActionID] = true
			}
		}
	}
}

func TestAPartHolds45Blocks(t *testing.T) {
	for n, want := range map[int]int{45: 1, 46: 2, 90: 2, 91: 3} {
		blocks := slices.Repeat([]bot.Block{bot.Rule{}}, n)
		if parts, err := blockkit.Message(bot.Message{Summary: "S", Blocks: blocks}, plainOptions()); err != nil || len(parts) != want {
			t.Errorf("%d blocks make %d parts, %v", n, len(parts), err)
		}
	}
}

// What costs much around few words is counted too: names that ping, cells of a
// long table, links to paths of ours.
func TestNothingIsForgottenInTheCount(t *testing.T) {
	var pings, links bot.Spans
	table, column := bot.Table{Caption: "Caption", Head: []string{"Number", "Word"}}, bot.Table{Head: []string{"Words"}}
	for i := range 400 {
		pings = append(pings, bot.Ping("0190f3a1-0000-7000-8000-000000000000", fmt.Sprintf("N%d ", i)))
		links = append(links, bot.Line(bot.To(fmt.Sprintf("L%d", i), "/a"), " ")...)
		table.Rows = append(table.Rows, []bot.Spans{bot.T(fmt.Sprint(i)), bot.T(strings.Repeat("w", i%60))})
		column.Rows = append(column.Rows, []bot.Spans{bot.T(strings.Repeat("w ", 35))})
	}
	o := plainOptions()
	o.BaseURL = "https://" + strings.Repeat("evangelist.", 12) + "example"
	for name, block := range map[string]bot.Block{"pings": bot.Paragraph{Text: pings}, "links": bot.Paragraph{Text: links}, "a table": table, "a column": column} {
		parts, err := blockkit.Message(bot.Message{Summary: "S", Blocks: []bot.Block{block}}, o)
		if err != nil {
			t.Fatal(err)
		}
		shown := ""
		for _, part := range parts {
			shown += wordsIn(t, part.Payload) + "\n"
			payload, err := blockkit.Resolve(part.Payload, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range limits.Check(limits.Message, payload) {
				t.Errorf("%s: %s", name, problem)
			}
			if n := len(part.Payload); n > 15_500+100 {
				t.Errorf("%s: a part has %d characters of JSON", name, n)
			}
		}
		if word := lost(said(block), shown); word != "" {
			t.Errorf("%s: %q is lost", name, word)
		}
	}
}

// A paragraph that is too long for one element stays one paragraph.
func TestALongParagraphStaysTogether(t *testing.T) {
	got := draw(t, plainOptions(), bot.Paragraph{Text: bot.T(strings.Repeat("Some words of a long text. ", 300))})
	var p struct {
		Blocks []struct {
			Elements []struct{ Elements []struct{ Text string } }
		}
	}
	if err := json.Unmarshal([]byte(got), &p); err != nil || len(p.Blocks) != 1 {
		t.Fatalf("%d blocks, %v", len(p.Blocks), err)
	}
	leaves := p.Blocks[0].Elements[0].Elements
	for _, leaf := range leaves {
		if utf8.RuneCountInString(leaf.Text) > 3000 {
			t.Errorf("an element has %d characters", utf8.RuneCountInString(leaf.Text))
		}
	}
	if len(leaves) != 3 {
		t.Errorf("%d elements", len(leaves))
	}
}

func TestCommandOf(t *testing.T) {
	for id, want := range map[string]string{"digest.useful#12": "digest.useful", "a#b#1": "a#b", "": "", "x": "", "#1": "", "x#": "", "x#y": "", "x#-1": "", "x#1 ": ""} {
		if got, ok := blockkit.CommandOf(id); got != want || ok != (want != "") {
			t.Errorf("%q names %q, %v", id, got, ok)
		}
	}
}

func TestResolve(t *testing.T) {
	looksLikeIt := []string{`"ping":"ada"`, `","ping":"ada`, `\",\"ping\":\"ada\"`, `{"type":"text","text":"x","ping":"ada"}`, `ping`, `\`}
	var blocks []bot.Block
	for _, text := range looksLikeIt {
		blocks = append(blocks, bot.Paragraph{Text: bot.T(text)}, bot.Note{Text: bot.T(text)}, bot.Heading{Level: 1, Text: bot.T(text)},
			bot.Actions{Buttons: []bot.Button{{Command: "x", Arg: text, Label: text, Confirm: text}}}, bot.Link{Title: text, URL: "https://example.org/?" + `"ping":"ada"`, Meta: text})
	}
	still, err := blockkit.Message(bot.Message{Summary: looksLikeIt[0], Blocks: blocks}, plainOptions())
	if err != nil {
		t.Fatal(err)
	}
	asked := false
	resolved, err := blockkit.Resolve(still[0].Payload, func(bot.PersonID) string { asked = true; return "U1" })
	if err != nil || asked || &resolved[0] != &still[0].Payload[0] {
		t.Errorf("text that looks like a ping was touched: %v, %v", asked, err)
	}

	parts, err := blockkit.Message(bot.Message{Summary: "S", Blocks: append(blocks, bot.List{Items: []bot.Spans{
		bot.Line(bot.Ping("ada", "Ada"), ", ", bot.Ping("nobody", "Nobody"), " and ", bot.Ping("bad", "Bad"), ": ", `"ping":"ada"`)}})}, plainOptions())
	if err != nil {
		t.Fatal(err)
	}
	payload := parts[len(parts)-1].Payload
	once, err := blockkit.Resolve(payload, account)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := blockkit.Resolve(once, account)
	if err != nil || !bytes.Equal(once, twice) {
		t.Errorf("resolving again changes something: %v", err)
	}
	for want, n := range map[string]int{`{"type":"user","user_id":"U0ADA"}`: 1, `"user_id"`: 1, `"ping":"`: 0, `{"text":"Bad","type":"text"}`: 1, `{"text":"Nobody","type":"text"}`: 1} {
		if got := strings.Count(string(once), want); got != n {
			t.Errorf("%s stands %d times, not %d, in %s", want, got, n, once)
		}
	}
	nobody, err := blockkit.Resolve(payload, nil)
	if err != nil || strings.Contains(string(nobody), "user_id") || strings.Contains(string(nobody), `"ping":"`) {
		t.Errorf("without accounts: %v, %s", err, nobody)
	}
	if err := blockkit.Inert(once, nil); err == nil {
		t.Error("a mention passes as inert")
	}
	before, _ := blockkit.Words(payload)
	if after, _ := blockkit.Words(nobody); before != after {
		t.Error("resolving changed the words")
	}
	other := `{"text":"x","blocks":[{"elements":[{"ping":"ada","type":"button"}],"type":"actions"}]}`
	if got, err := blockkit.Resolve([]byte(other), account); err != nil || string(got) != other {
		t.Errorf("what is no text was resolved: %s, %v", got, err)
	}
	for _, broken := range []string{`{"ping":"x"`, `"ping":"x"`, `{"blocks":{"ping":"x"}}`, `{"blocks":[{"ping":"x"]}`} {
		if _, err := blockkit.Resolve([]byte(broken), account); err == nil {
			t.Errorf("%s was resolved", broken)
		}
	}
}

func TestInertFindsWhatIsLive(t *testing.T) {
	rich := func(leaf string) string {
		return `{"text":"x","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + leaf + `]}]}]}`
	}
	mrkdwn := func(text string) string {
		raw, _ := json.Marshal(text)
		return `{"text":"x","blocks":[{"type":"context","elements":[{"type":"mrkdwn","verbatim":true,"text":` + string(raw) + `}]}]}`
	}
	for _, live := range []string{
		rich(`{"type":"user","user_id":"U1"}`), rich(`{"type":"usergroup","usergroup_id":"S1"}`), rich(`{"type":"broadcast","range":"here"}`),
		rich(`{"type":"channel","channel_id":"C1"}`), rich(`{"type":"emoji","name":"wave"}`), rich(`{"type":"link","url":"https://example.net/"}`), rich(`{"type":"link","url":"javascript:x"}`),
		rich(`{"type":"link","url":"/x"}`), rich(`{"type":"date","timestamp":1,"format":"x","url":"https://example.net/"}`),
		mrkdwn("<!channel>"), mrkdwn("<@U1>"), mrkdwn("<#C1|x>"), mrkdwn("<https://example.net/|x>"), mrkdwn("<https://example.org/>"), mrkdwn("a < b"), mrkdwn("a *b"), mrkdwn("a _b"), mrkdwn("a `b"), mrkdwn("~a~"), mrkdwn(":wave:"), mrkdwn("a\n&gt; b"),
		`{"text":"x","blocks":[{"type":"context","elements":[{"type":"mrkdwn","text":"x"}]}]}`,
		`{"text":"x","blocks":[{"type":"header","text":{"type":"plain_text","text":"x","emoji":true}}]}`,
		`{"text":"<!channel>","blocks":[]}`, `{"text":"x","blocks":[{"type":"markdown","text":"x"}]}`, `[]`, `{`,
	} {
		if err := blockkit.Inert([]byte(live), ours); err == nil {
			t.Errorf("%s passes as inert", live)
		}
	}
	for _, still := range []string{rich(`{"type":"link","url":"https://example.org/x"}`), rich(`{"type":"text","text":"<!channel>"}`), mrkdwn("*a* _b_ `*c _:d:<!channel>` <https://example.org/|x> <!date^1^{time}|x> &amp; &lt;"), `{"blocks":[]}`} {
		if err := blockkit.Inert([]byte(still), ours); err != nil {
			t.Errorf("%s: %v", still, err)
		}
	}
}

func TestWords(t *testing.T) {
	words, err := blockkit.Words([]byte(draw(t, plainOptions(), bot.EveryBlock()...)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A heading", "Plain, bold, italic, code and a link.", "First\nSecond", "Due: Friday", "Remove it?", "Small print."} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not among the words: %s", want, words)
		}
	}
	for _, broken := range []string{"", "7", "[", "[]"} {
		if _, err := blockkit.Words([]byte(broken)); err == nil {
			t.Errorf("%q has words", broken)
		}
	}
}

func TestTooMuchMetadataIsRefused(t *testing.T) {
	long := strings.Repeat("x", 3001)
	if _, err := blockkit.Modal(concern(), long, plainOptions()); err == nil {
		t.Error("a form takes it")
	}
	if _, err := blockkit.Page(bot.Notice("x"), long, plainOptions()); err == nil {
		t.Error("a page takes it")
	}
	form := bot.Form{Title: "T", Command: "c", Fields: make([]bot.Field, 30)}
	if _, err := blockkit.Modal(form, "", plainOptions()); err == nil {
		t.Error("a view holds 30 fields")
	}
}

func TestPagesThatAreTooLongSaySo(t *testing.T) {
	var blocks []bot.Block
	for i := range 150 {
		blocks = append(blocks, bot.Paragraph{Text: bot.T(fmt.Sprintf("Paragraph %d", i))})
	}
	for n, want := range map[int]struct {
		blocks int
		more   bool
	}{100: {100, false}, 101: {100, true}, 150: {100, true}, 1: {1, false}} {
		home, err := blockkit.Home(bot.Message{Blocks: blocks[:n]}, plainOptions())
		if err != nil {
			t.Fatal(err)
		}
		var view struct{ Blocks []any }
		if err := json.Unmarshal(home, &view); err != nil {
			t.Fatal(err)
		}
		if len(view.Blocks) != want.blocks || strings.Contains(string(home), "it ends at this point") != want.more {
			t.Errorf("of %d paragraphs %d blocks are shown", n, len(view.Blocks))
		}
	}
}

func TestTitlesOfPages(t *testing.T) {
	for summary, want := range map[string]string{
		"Thank you. Keep your private code.":    "Thank you",
		"What I can do for you":                 "What I can do for you",
		"Saved.":                                "Saved",
		"This is a rather long sentence of it.": "Message",
		"":                                      "Message",
		"\n":                                    "Message",
	} {
		page, err := blockkit.Page(bot.Message{Summary: summary, Blocks: []bot.Block{bot.Rule{}}}, "", plainOptions())
		if err != nil || !strings.Contains(string(page), `"title":{"type":"plain_text","text":"`+want+`"`) {
			t.Errorf("%q: %s, %v", summary, page, err)
		}
	}
}

// A menu of more than a hundred options stands in groups; one that has more than
// there is room for says so.
func TestManyOptions(t *testing.T) {
	draw := func(n int) (groups []int, said string) {
		field := bot.Field{Name: "f", Kind: bot.ChoiceField, Label: "L", Value: []string{"v150"}}
		for i := range n {
			field.Options = append(field.Options, bot.Option{Value: fmt.Sprintf("v%d", i), Label: fmt.Sprintf("Option %d", i)})
		}
		view, err := blockkit.Modal(bot.Form{Title: "T", Command: "c", Fields: []bot.Field{field}}, "", plainOptions())
		if err != nil {
			t.Fatal(err)
		}
		mustPass(t, limits.Modal, view)
		var v struct {
			Blocks []struct {
				Element struct {
					Groups  []struct{ Options []any } `json:"option_groups"`
					Options []any                     `json:"options"`
				}
			}
		}
		if err := json.Unmarshal(view, &v); err != nil {
			t.Fatal(err)
		}
		for _, group := range v.Blocks[0].Element.Groups {
			groups = append(groups, len(group.Options))
		}
		return append(groups, len(v.Blocks[0].Element.Options)), wordsIn(t, view)
	}
	if got, _ := draw(100); !slices.Equal(got, []int{100}) {
		t.Errorf("100 options: %v", got)
	}
	if got, _ := draw(250); !slices.Equal(got, []int{100, 100, 50, 0}) {
		t.Errorf("250 options: %v", got)
	}
	if got, said := draw(5000); len(got) < 4 || !strings.Contains(said, "of 5000 have room in this menu") {
		t.Errorf("5000 options: %v, %.200s", got, said)
	}
}

var errNone = errors.New("none")

func TestValues(t *testing.T) {
	state := `{"values":{
		"words":{"value":{"type":"plain_text_input","value":" a\n\"b\" "}},
		"empty":{"value":{"type":"plain_text_input","value":null}},
		"absent":{"value":{"type":"plain_text_input"}},
		"radio":{"value":{"type":"radio_buttons","selected_option":{"text":{"type":"plain_text","text":"T"},"value":"v"}}},
		"radio0":{"value":{"type":"radio_buttons","selected_option":null}},
		"menu":{"value":{"type":"static_select","selected_option":{"value":"m"}}},
		"checks":{"value":{"type":"checkboxes","selected_options":[{"value":"a"},{"value":"b"}]}},
		"checks0":{"value":{"type":"checkboxes","selected_options":[]}},
		"yes":{"value":{"type":"checkboxes","selected_options":[{"value":"yes"}]}},
		"menus":{"value":{"type":"multi_static_select","selected_options":[{"value":"x"}]}},
		"who":{"value":{"type":"users_select","selected_user":"U1"}},
		"who0":{"value":{"type":"users_select","selected_user":null}},
		"where":{"value":{"type":"conversations_select","selected_conversation":"C1"}},
		"places":{"value":{"type":"multi_conversations_select","selected_conversations":["C1","C2"]}},
		"day":{"value":{"type":"datepicker","selected_date":"2026-12-04"}},
		"hour":{"value":{"type":"timepicker","selected_time":"09:00","timezone":"Europe/London"}},
		"number":{"value":{"type":"number_input","value":"7"}},
		"file":{"value":{"type":"file_input","files":[]}}
	}}`
	got, err := blockkit.Values(json.RawMessage(state))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, answer := range got {
		lines = append(lines, fmt.Sprintf("%s %s %q", answer.Field, answer.Kind, answer.Values))
	}
	want := []string{
		`absent text []`, `checks option ["a" "b"]`, `checks0 option []`, `day date ["2026-12-04"]`, `empty text []`, `hour time ["09:00"]`, `menu option ["m"]`, `menus option ["x"]`,
		`number number ["7"]`, `places place ["C1" "C2"]`, `radio option ["v"]`, `radio0 option []`, `where place ["C1"]`, `who person ["U1"]`, `who0 person []`, `words text [" a\n\"b\" "]`, `yes option ["yes"]`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("answers are\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	for _, nothing := range []string{"", "null", "{}", `{"values":null}`, `{"values":{}}`} {
		if got, err := blockkit.Values(json.RawMessage(nothing)); err != nil || got != nil {
			t.Errorf("%q: %v, %v", nothing, got, err)
		}
	}
	many := map[string]any{}
	for i := range 101 {
		many[fmt.Sprint(i)] = map[string]any{}
	}
	tooMany, _ := json.Marshal(map[string]any{"values": many})
	for _, broken := range []string{"{", "7", `[]`, `{"values":[]}`, `{"values":{"f":7}}`, `{"values":{"f":{"value":"secret"}}}`, `{"values":{"f":{"value":{"type":"plain_text_input","value":{"x":"secret"}}}}}`,
		`{"values":{"f":{"value":{"type":"users_select","selected_user":7}}}}`, `{"values":{"f":{"a":{"type":"datepicker"},"b":{"type":"datepicker"}}}}`, string(tooMany), `{"values":{"f":secret`} {
		got, err := blockkit.Values(json.RawMessage(broken))
		if err == nil {
			err = errNone
		}
		if got != nil || errors.Is(err, errNone) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.60s: %v, %v", broken, got, err)
		}
	}
}

func FuzzValues(f *testing.F) {
	f.Add([]byte(`{"values":{"f":{"value":{"type":"plain_text_input","value":"x"}},"g":{"value":{"type":"checkboxes","selected_options":[{"value":"yes"}]}}}}`))
	f.Add([]byte(`{"values":{"f":{"value":{"type":"multi_conversations_select","selected_conversations":[null,"C1"]}}}}`))
	f.Add([]byte(`{"values":{"f":{"value":null},"g":null}}`))
	f.Fuzz(func(t *testing.T, state []byte) {
		answers, err := blockkit.Values(state)
		if err != nil && answers != nil {
			t.Fatal("answers beside an error")
		}
		if !slices.IsSortedFunc(answers, func(a, b blockkit.Answer) int { return strings.Compare(a.Field, b.Field) }) {
			t.Fatal("answers are not sorted")
		}
		for _, answer := range answers {
			if answer.Kind == "" || slices.Contains(answer.Values, "") {
				t.Fatalf("an answer is %+v", answer)
			}
		}
	})
}

func FuzzPayloads(f *testing.F) {
	parts, err := blockkit.Message(bot.Message{Summary: "S", Blocks: append(bot.EveryBlock(), bot.Paragraph{Text: bot.Line(bot.Ping("ada", "Ada"))})}, plainOptions())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(parts[0].Payload)
	f.Add([]byte(`{"blocks":[{"type":"text","ping":"ada"},{"type":"text","ping":7}]}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		_, _ = blockkit.Words(payload)
		_ = blockkit.Inert(payload, nil)
		if resolved, err := blockkit.Resolve(payload, account); err == nil {
			if again, err := blockkit.Resolve(resolved, account); err != nil || !bytes.Equal(resolved, again) {
				t.Fatalf("resolving again changes something: %v\n%s\n%s", err, resolved, again)
			}
		}
	})
}

func BenchmarkEdition(b *testing.B) {
	edition := edition().Message("e1", nil)
	b.Run("message", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := blockkit.Message(edition, plainOptions()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json.Marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(edition); err != nil {
				b.Fatal(err)
			}
		}
	})
}
