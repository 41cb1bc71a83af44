package mrkdwn_test

import (
	"strings"
	"testing"

	"evangelist/adapters/slack/mrkdwn"
	"evangelist/bot"
)

type names struct{}

func (names) User(id string) string {
	return map[string]string{"U1": "Ada Example", "U2": "Ben"}[id]
}
func (names) Channel(id string) string { return map[string]string{"C1": "general"}[id] }
func (names) Group(id string) string   { return map[string]string{"S1": "libraries"}[id] }

// shown writes links as address or address[label].
func shown(links []bot.SeenLink) string {
	var out []string
	for _, link := range links {
		text := link.URL
		if link.Label != "" {
			text += "[" + link.Label + "]"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestText(t *testing.T) {
	for _, c := range []struct{ in, words, links string }{
		{"", "", ""},
		{"plain words", "plain words", ""},
		{"  trimmed\r\nlines  ", "trimmed\nlines", ""},
		// links
		{"<https://example.org/a>", "https://example.org/a", "https://example.org/a"},
		{"see <https://example.org/a|the page>.", "see the page.", "https://example.org/a[the page]"},
		{"<http://example.org|example.org>", "example.org", "http://example.org"},
		{"<https://example.org/|https://example.org>", "https://example.org", "https://example.org/"},
		{"<HTTPS://Example.org/A>", "HTTPS://Example.org/A", "HTTPS://Example.org/A"},
		{"<https://example.org/?a=1&amp;b=2>", "https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"},
		{"<https://example.org/?a=&amp;amp;>", "https://example.org/?a=&amp;", "https://example.org/?a=&amp;"},
		{"<https://example.org/a|Q&amp;A &lt;1&gt;>", "Q&A <1>", "https://example.org/a[Q&A <1>]"},
		{"<https://example.org/a|two\nlines>", "two lines", "https://example.org/a[two lines]"},
		{"<https://example.org/a|>", "https://example.org/a", "https://example.org/a"},
		{"<https://example.org/a|b|c>", "b|c", "https://example.org/a[b|c]"},
		{"<https://a.example> and <https://b.example>", "https://a.example and https://b.example", "https://a.example https://b.example"},
		{"<https://a.example> again <https://a.example|A>", "https://a.example again A", "https://a.example[A]"},
		{"(<https://example.org/x>)", "(https://example.org/x)", "https://example.org/x"},
		{"https://example.org/unmarked", "https://example.org/unmarked", ""},
		{"`<https://example.org/in-code>`", "`https://example.org/in-code`", "https://example.org/in-code"},
		{"```curl <https://example.org/x>```", "```curl https://example.org/x```", "https://example.org/x"},
		{"`https://example.org/unmarked`", "`https://example.org/unmarked`", ""},
		// what is no link
		{"<mailto:a@example.org|a@example.org>", "a@example.org", ""},
		{"<mailto:a@example.org>", "a@example.org", ""},
		{"<tel:+4712345678|call>", "call", ""},
		{"<tel:+4712345678>", "+4712345678", ""},
		{"<ftp://example.org/x>", "ftp://example.org/x", ""},
		{"<javascript:alert(1)|click>", "click", ""},
		{"<https://>", "https://", ""},
		{"<https:///path>", "https:///path", ""},
		{"<https://example.org/a b|spoof>", "spoof", ""},
		{"<https://team.slack.com/files/U1/F1/plan.pdf|plan.pdf>", "plan.pdf", ""},
		{"<https://team.slack.com/files/U1/F1/plan.pdf>", "a file", ""},
		{"<https://files.slack.com/files-pri/T1-F1/x.png>", "a file", ""},
		{"<https://slack-files.com/T1-F1-abc>", "a file", ""},
		{"<https://user@FILES.slack.com:443/x>", "a file", ""},
		{"<https://org.enterprise.slack.com/files/U1/F1/x>", "a file", ""},
		{"<https://slack.com/help/x>", "https://slack.com/help/x", "https://slack.com/help/x"},
		{"<https://files.slack.com.example.org/x>", "https://files.slack.com.example.org/x", "https://files.slack.com.example.org/x"},
		// mentions
		{"<@U1> said", "Ada Example said", ""},
		{"<@U1|ada>", "Ada Example", ""},
		{"<@U9|zoe>", "zoe", ""},
		{"<@U9|@zoe>", "zoe", ""},
		{"<@U9>", "somebody", ""},
		{"<#C1|old-name>", "#general", ""},
		{"<#C9|plans>", "#plans", ""},
		{"<#C9|>", "a channel", ""},
		{"<#C9>", "a channel", ""},
		{"<!here> <!channel> <!everyone>", "@here @channel @everyone", ""},
		{"<!here|@here>", "@here", ""},
		{"<!subteam^S1|@libs>", "@libs", ""},
		{"<!subteam^S1>", "@libraries", ""},
		{"<!subteam^S9>", "a group", ""},
		{"<!date^1494589625^{date_short}|12 May 2017>", "12 May 2017", ""},
		{"<!date^1494589625^{date_short}^https://example.org/cal|12 May>", "12 May", "https://example.org/cal[12 May]"},
		{"<!date^1494589625^{date}>", "12 May 2017, 11:47 UTC", ""},
		{"<!date^soon^{date}>", "", ""},
		{"<!whatever|label>", "@label", ""},
		// escapes
		{"a &lt;b&gt; &amp; c", "a <b> & c", ""},
		{"&amp;lt;", "&lt;", ""},
		{"&quot; & &amp", "&quot; & &amp", ""},
		{"&lt;https://example.org&gt;", "<https://example.org>", ""},
		{"&lt;@U1&gt;", "<@U1>", ""},
		// broken markup
		{"a < b", "a < b", ""},
		{"a <", "a <", ""},
		{"<>", "<>", ""},
		{"<@>", "<@>", ""},
		{"#<void> and <not a link>", "#<void> and <not a link>", ""},
		{"<https://example.org <@U1>", "<https://example.org Ada Example", ""},
		{"<:x> <x:> <1a:x>", "<:x> <x:> <1a:x>", ""},
		// emphasis
		{"*bold* _it_ ~gone~", "bold it gone", ""},
		{"*_both_* and _*other*_", "both and other", ""},
		{"*<https://example.org/a|the page>*", "the page", "https://example.org/a[the page]"},
		{"(*bold*), *two words*.", "(bold), two words.", ""},
		{"2*3*4 and snake_case_name", "2*3*4 and snake_case_name", ""},
		{"* not bold * and _ nor this _", "* not bold * and _ nor this _", ""},
		{"*open\nclosed*", "*open\nclosed*", ""},
		{"`*code*` ```_x_```", "`*code*` ```_x_```", ""},
		{"__init__ and ** and ~~x~~", "__init__ and ** and ~~x~~", ""},
		// quotes and code
		{"&gt; quoted\nanswer", "quoted\nanswer", ""},
		{"&gt;&gt;&gt; long\nquote", "long\nquote", ""},
		{"```\n&gt; prompt\n```", "```\n> prompt\n```", ""},
		{"a &gt; b", "a > b", ""},
		{"an ` alone and ``` too *b*", "an ` alone and ``` too b", ""},
		{"`a\n*b*`", "`a\nb`", ""},
		// what is no text
		{"nul\x00 and \xff", "nul and \uFFFD", ""},
		{"\u202eright to left", "right to left", ""},
		{":+1: stays", ":+1: stays", ""},
	} {
		words, links := mrkdwn.Convert(mrkdwn.Message{Text: c.in}, names{})
		if words != c.words || shown(links) != c.links {
			t.Errorf("%q:\n got %q, %s\nwant %q, %s", c.in, words, shown(links), c.words, c.links)
		}
	}
}

func rich(elements string) string {
	return `[{"type":"rich_text","elements":[` + elements + `]}]`
}

func section(elements string) string {
	return rich(`{"type":"rich_text_section","elements":[` + elements + `]}`)
}

func TestBlocks(t *testing.T) {
	for _, c := range []struct{ in, words, links string }{
		{section(`{"type":"text","text":"a <b> & *c*"}`), "a <b> & *c*", ""},
		{section(`{"type":"link","url":"https://example.org/a?x=1&y=2"}`), "https://example.org/a?x=1&y=2", "https://example.org/a?x=1&y=2"},
		{section(`{"type":"text","text":"see "},{"type":"link","url":"https://example.org/a","text":"the page","style":{"bold":true}}`), "see the page", "https://example.org/a[the page]"},
		{section(`{"type":"link","url":"mailto:a@example.org","text":"a@example.org"}`), "a@example.org", ""},
		{section(`{"type":"link","url":"https://example.org\n\n@evil.example"}`), "https://example.org\n\n@evil.example", ""},
		{section(`{"type":"text","text":"bold","style":{"bold":true}},{"type":"text","text":" then "},{"type":"text","text":"co","style":{"code":true}},{"type":"text","text":"de","style":{"code":true,"bold":true}}`), "bold then `code`", ""},
		{section(`{"type":"text","text":"https://example.org/in-code","style":{"code":true}}`), "`https://example.org/in-code`", ""},
		{section(`{"type":"link","url":"https://example.org/x","style":{"code":true}}`), "`https://example.org/x`", "https://example.org/x"},
		{section(`{"type":"user","user_id":"U1"},{"type":"text","text":" "},{"type":"user","user_id":"U9"}`), "Ada Example somebody", ""},
		{section(`{"type":"channel","channel_id":"C1"},{"type":"text","text":" "},{"type":"channel","channel_id":"C9"}`), "#general a channel", ""},
		{section(`{"type":"usergroup","usergroup_id":"S1"},{"type":"text","text":" "},{"type":"broadcast","range":"here"}`), "@libraries @here", ""},
		{section(`{"type":"emoji","name":"thumbsup","unicode":"1f44d-1f3fd"},{"type":"emoji","name":"our-own"}`), "👍🏽:our-own:", ""},
		{section(`{"type":"emoji","name":"odd","unicode":"zz"},{"type":"emoji","name":"odd","unicode":"d800"}`), ":odd::odd:", ""},
		{section(`{"type":"date","timestamp":1494589625,"format":"{date}","fallback":"12 May"}`), "12 May", ""},
		{section(`{"type":"date","timestamp":1494589625,"format":"{date}","url":"https://example.org/cal","fallback":"12 May"}`), "12 May", "https://example.org/cal[12 May]"},
		{section(`{"type":"color","value":"#ff0000"}`), "#ff0000", ""},
		{section(`{"type":"invented","text":"new things"},{"type":"invented","url":"https://example.org/n"}`), "new thingshttps://example.org/n", "https://example.org/n"},
		{rich(`{"type":"rich_text_section","elements":[{"type":"text","text":"list:"}]},{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://a.example"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"b"}]}]},{"type":"rich_text_list","style":"ordered","indent":1,"offset":2,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"c"}]}]}`), "list:\n• https://a.example\n• b\n  3. c", "https://a.example"},
		{rich(`{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://deep.example"}]}]}]}`), "• \n1. https://deep.example", "https://deep.example"},
		{rich(`{"type":"rich_text_quote","elements":[{"type":"text","text":"quoted "},{"type":"link","url":"https://q.example","text":"Q"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"answer"}]}`), "quoted Q\nanswer", "https://q.example[Q]"},
		{rich(`{"type":"rich_text_preformatted","elements":[{"type":"text","text":"GET https://example.org/x"}]}`), "```GET https://example.org/x```", ""},
		{`[{"type":"section","text":{"type":"mrkdwn","text":"*Hi* <https://s.example|S>"},"fields":[{"type":"plain_text","text":"<x>"}]}]`, "Hi S\n<x>", "https://s.example[S]"},
		{`[{"type":"header","text":{"type":"plain_text","text":"Head"}},{"type":"divider"},{"type":"context","elements":[{"type":"mrkdwn","text":"<https://c.example>"},{"type":"image","alt_text":"x"}]}]`, "Head\nhttps://c.example", "https://c.example"},
		{`[{"type":"markdown","text":"words"}]`, "words", ""},
		{`[{"type":"table","rows":[[{"type":"raw_text","text":"a"},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://t.example"}]}]}]]}]`, "a\thttps://t.example", "https://t.example"},
		// the text counts where blocks say nothing
		{`[]`, "the text https://x.example", "https://x.example"},
		{`[{"type":"unknown"}]`, "the text https://x.example", "https://x.example"},
		{`not json`, "the text https://x.example", "https://x.example"},
		{`{"type":"rich_text"}`, "the text https://x.example", "https://x.example"},
		{`[1,"x",null,{"type":"rich_text","elements":7}]`, "the text https://x.example", "https://x.example"},
		{strings.Repeat("[", 5000), "the text https://x.example", "https://x.example"},
	} {
		words, links := mrkdwn.Convert(mrkdwn.Message{Text: "the text <https://x.example>", Blocks: []byte(c.in)}, names{})
		if words != c.words || shown(links) != c.links {
			t.Errorf("%.200s:\n got %q, %s\nwant %q, %s", c.in, words, shown(links), c.words, c.links)
		}
	}
}

func TestNobodyIsKnown(t *testing.T) {
	words, _ := mrkdwn.Convert(mrkdwn.Message{Text: "<@U1> <#C1> <!subteam^S1>"}, nil)
	if words != "somebody a channel a group" {
		t.Error(words)
	}
	if got := mrkdwn.Plain("*a* <https://example.org|page>", 3, nil); got != "a p" {
		t.Errorf("%q", got)
	}
}

func TestUnfurls(t *testing.T) {
	text := "<https://example.org/a?x=1&amp;y=2> <https://Example.org/b/|B>"
	for _, c := range []struct{ attachments, title, source, blurb string }{
		{`[{"from_url":"https://example.org/a?x=1&y=2","title":"Q&amp;A *now*","service_name":"Example","text":"Some <https://x.example|words>\nmore"}]`, "Q&A now", "Example", "Some words\nmore"},
		{`[{"from_url":"https://example.org/a?x=1&amp;y=2","title":"T"}]`, "T", "", ""},
		{`[{"title_link":"https://example.org/a?x=1&y=2","title":"T"}]`, "T", "", ""},
		{`[{"original_url":"https://example.org/a?x=1&y=2","text":"T"}]`, "", "", "T"},
		{`[{"from_url":"https://example.org/a?x=1&y=2","title":"first"},{"from_url":"https://example.org/a?x=1&y=2","title":"second"}]`, "first", "", ""},
		{`[{"from_url":"https://other.example/","title":"T"}]`, "", "", ""},
		{`[{"title":"an app's own words","text":"x"}]`, "", "", ""},
		{`[{"from_url":"https://example.org/a?x=1&y=2","title":"T","is_msg_unfurl":true}]`, "", "", ""},
		{`[{"from_url":"https://example.org/a?x=1&y=2","text":"said elsewhere","channel_id":"G1"}]`, "", "", ""},
		{`[{"from_url":7,"title":[]},1,null]`, "", "", ""},
		{`[{`, "", "", ""},
	} {
		_, links := mrkdwn.Convert(mrkdwn.Message{Text: text, Attachments: []byte(c.attachments)}, nil)
		if len(links) != 2 {
			t.Fatalf("%d links", len(links))
		}
		if got := links[0]; got.Title != c.title || got.Source != c.source || got.Blurb != c.blurb {
			t.Errorf("%s: got %+v", c.attachments, got)
		}
	}
	_, links := mrkdwn.Convert(mrkdwn.Message{Text: text, Attachments: []byte(`[{"from_url":"https://example.org/b","title":"slash and case"}]`)}, nil)
	if links[1].Title != "slash and case" {
		t.Errorf("%+v", links[1])
	}
}

func TestLinksBehindTheLimitOfWordsCount(t *testing.T) {
	words, links := mrkdwn.Convert(mrkdwn.Message{Text: strings.Repeat("wörd ", 200_000) + "<https://example.org/last>"}, nil)
	if len([]rune(words)) > mrkdwn.MaxText || shown(links) != "https://example.org/last" {
		t.Errorf("%d characters, %s", len([]rune(words)), shown(links))
	}
}

// Hostile texts of a megabyte take time in proportion to their length.
func TestLongTexts(t *testing.T) {
	const n = 1 << 20
	for _, piece := range []string{"<", "`", "```", "``` `", "*", "*a", "*a ", "_*~", "&", "&gt;", "\n&gt;", "<@U1", "<https://a|", "<https://a>", "<a:", "\n`", "~a_b*"} {
		words, links := mrkdwn.Convert(mrkdwn.Message{Text: strings.Repeat(piece, n/len(piece))}, names{})
		if len([]rune(words)) > mrkdwn.MaxText || len(links) > 1 {
			t.Errorf("%q: %d bytes, %d links", piece, len(words), len(links))
		}
	}
	nested := strings.Repeat(`{"type":"rich_text_list","elements":[`, 40) + `{"type":"rich_text_section","elements":[{"type":"text","text":"` + strings.Repeat("x", n) + `"}]}` + strings.Repeat("]}", 40)
	words, _ := mrkdwn.Convert(mrkdwn.Message{Blocks: []byte(rich(nested))}, nil)
	if !strings.Contains(words, "xxx") {
		t.Error("the words of a deep list are lost")
	}
}

func FuzzMrkdwn(f *testing.F) {
	f.Add("*a* <https://example.org/?x=1&amp;y|b> <@U1|x> `<#C1>` ```<!here>``` &gt;", section(`{"type":"link","url":"https://example.org/a","text":"t"}`), `[{"from_url":"https://example.org/a","title":"T"}]`)
	f.Add("<!date^1^{d}^https://x|y>\n&gt;&gt;&gt; ~_*x*_~", `[{"type":"section","text":{"type":"mrkdwn","text":"<https://s>"}}]`, "")
	f.Add("<https://team.slack.com/files/x|f>", `[{"type":"table","rows":[[{"type":"raw_text","text":"a"}]]}]`, `[{}]`)
	f.Fuzz(func(t *testing.T, text, blocks, attachments string) {
		words, links := mrkdwn.Convert(mrkdwn.Message{Text: text, Blocks: []byte(blocks), Attachments: []byte(attachments)}, names{})
		if words != bot.Clean(words, mrkdwn.MaxText) {
			t.Fatalf("unclean words %q", words)
		}
		seen := map[string]bool{}
		for _, link := range links {
			lower := strings.ToLower(link.URL)
			if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") || strings.ContainsAny(link.URL, " \n\x00") || seen[link.URL] {
				t.Fatalf("link %q", link.URL)
			}
			seen[link.URL] = true
			for _, field := range []string{link.Label, link.Title, link.Source, link.Blurb} {
				if field != bot.Clean(field, 0) {
					t.Fatalf("unclean %q", field)
				}
			}
		}
		again, sameLinks := mrkdwn.Convert(mrkdwn.Message{Text: text, Blocks: []byte(blocks), Attachments: []byte(attachments)}, names{})
		if again != words || shown(sameLinks) != shown(links) {
			t.Fatal("not a pure function")
		}
		// Escaped words can be no markup: they are shown as they are, but for emphasis and quotes.
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
		got, none := mrkdwn.Convert(mrkdwn.Message{Text: escaped}, names{})
		if len(none) > 0 || sinSigns(got) != sinSigns(bot.Clean(text, mrkdwn.MaxText)) && len([]rune(text)) < mrkdwn.MaxText/2 {
			t.Fatalf("%q became %q with %s", escaped, got, shown(none))
		}
	})
}

func sinSigns(text string) string {
	text = strings.NewReplacer("*", "", "_", "", "~", "", ">", "").Replace(text)
	return strings.Join(strings.Fields(text), "")
}
