package render

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"evangelist/bot"
)

// hostile are texts that somebody could have typed.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onfocus='alert(1)' autofocus='`,
	`</title><svg onload=alert(1)>`, `</textarea><script>alert(1)</script>`, `<!--`, `-->`, `]]>`, `{{.}}`, `{{template "x"}}`,
	`javascript:alert(1)`, `&lt;script&gt;`, "a\x00b", `<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>`,
	"</style><script>", "`${alert(1)}`", `\u003cscript\u003e`, `<a href="javascript:alert(1)">x</a>`, "\u202etxt.exe", `<plaintext>`, `<base href=//evil.example>`,
}

var addresses = []string{
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>",
	"data:image/svg+xml,<svg onload=alert(1)>", "vbscript:x", "file:///etc/passwd", "//evil.example", "/\\evil.example", "\\\\evil.example",
	"https://example.org/\" onclick=\"alert(1)", "blob:x", "https:evil.example", "", "about:blank", "//javascript:alert(1)",
}

// everywhere is one of each block with text in every place that holds words.
func everywhere(text string) []bot.Block {
	spans := func() bot.Spans {
		return bot.Spans{
			{Kind: bot.Plain, Text: text}, {Kind: bot.Bold, Text: text}, {Kind: bot.Italic, Text: text}, {Kind: bot.Code, Text: text},
			{Kind: bot.Anchor, Text: text, URL: "https://example.org/"}, {Kind: bot.Who, Text: text, Person: bot.PersonID(text)}, {Kind: "unheard", Text: text},
		}
	}
	return []bot.Block{
		bot.Heading{Level: 1, Text: spans()}, bot.Heading{Level: 1, Text: bot.Spans{{Kind: bot.Code, Text: text}}},
		bot.Paragraph{Text: spans()}, bot.List{Items: []bot.Spans{spans()}}, bot.List{Ordered: true, Items: []bot.Spans{spans()}},
		bot.Facts{Facts: []bot.Fact{{Label: text, Value: spans()}}}, bot.Quote{Text: spans(), By: spans()},
		bot.Link{Number: 1, Title: text, URL: "https://example.org/", Meta: text, Lines: []bot.Spans{spans()}},
		bot.Link{Title: text, URL: "https://example.org/?q=" + strings.ReplaceAll(text, " ", "")},
		bot.Table{Caption: text, Head: []string{text}, Rows: [][]bot.Spans{{spans()}}},
		bot.Figure{Alt: text, Caption: spans(), SVG: `<svg viewBox="0 0 1 1"><path d="M0 0h1"/></svg>`}, bot.Note{Text: spans()}, bot.Rule{},
		bot.Actions{Buttons: []bot.Button{{Command: text, Arg: text, Label: text, Confirm: text}}},
	}
}

// skeleton is the page without words: elements, and the names of attributes.
func skeleton(t *testing.T, page string) []string {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(page), body)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if n.Type == html.ElementNode {
			var names []string
			for _, a := range n.Attr {
				names = append(names, a.Key)
			}
			slices.Sort(names)
			out = append(out, strings.Repeat(" ", depth)+n.Data+" "+strings.Join(names, " "))
		} else if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
			out = append(out, strings.Repeat(" ", depth)+"(comment)")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	for _, n := range nodes {
		walk(n, 0)
	}
	return out
}

func TestHostileWordsAreInert(t *testing.T) {
	draw := New(nil)
	for n := range everywhere("harmless") {
		want := skeleton(t, string(draw.Blocks(everywhere("harmless")[n:n+1], Options{Back: "/archive"})))
		for _, text := range hostile {
			block := everywhere(text)[n : n+1]
			if link, is := block[0].(bot.Link); is && !bot.SafeAddress(link.URL) {
				continue // TestHostileAddresses
			}
			page := string(draw.Blocks(block, Options{Back: "/archive"}))
			if got := skeleton(t, page); !slices.Equal(got, want) {
				t.Errorf("%T changes its shape with %q:\n%s\nwant\n%s\nof %s", block[0], text, strings.Join(got, "\n"), strings.Join(want, "\n"), page)
			}
		}
	}
}

func TestHostileAddresses(t *testing.T) {
	draw := New(nil)
	for _, address := range addresses {
		page := string(draw.Blocks([]bot.Block{
			bot.Paragraph{Text: bot.Spans{{Kind: bot.Anchor, Text: "x", URL: address}}}, bot.Link{Title: "x", URL: address},
		}, Options{}))
		if strings.Contains(page, "href") {
			t.Errorf("%q became a link: %s", address, page)
		}
		if !strings.Contains(page, "x") {
			t.Errorf("%q: the words are gone: %s", address, page)
		}
	}
}

func TestHostilePictures(t *testing.T) {
	for _, svg := range []string{
		`<svg onload="alert(1)"><script>alert(1)</script><path d="M0 0"/></svg>`,
		`<svg><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject></svg>`,
		`<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
		`<svg><use href="data:image/svg+xml,x"/><image href="https://evil.example/pixel"/></svg>`,
		`<svg><style>*{background:url(https://evil.example)}</style><rect style="fill:url(//evil)" fill="url(https://evil.example)"/></svg>`,
		`<svg><animate attributeName="href" values="javascript:alert(1)"/><set attributeName="onload" to="alert(1)"/></svg>`,
		`<svg><title><style><img src=x onerror=alert(1)></style></title></svg>`,
		`<svg><title><![CDATA[</title><script>alert(1)</script>]]></title><desc>&lt;/desc&gt;&lt;script&gt;alert(1)&lt;/script&gt;</desc></svg>`,
		`<svg><!-- --><img src=x onerror=alert(1)>--></svg>`, `<svg><text>&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;</text></svg>`,
		`<svg><desc><g><path d="M0 0"/></g></desc></svg>`, `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "y">]><svg><text>&x;</text></svg>`,
		`<html><svg></svg></html>`, `<svg></svg><script>alert(1)</script>`, `<svg><svg onload="alert(1)"/></svg>`, `<svg`, ``, `not a picture`,
		`<svg class="x" onclick="1" ONLOAD="1" fill="expression(alert(1))" d="javascript:alert(1)"/>`, `<SVG/>`, `<svg:svg xmlns:svg="x"><svg:script/></svg:svg>`,
	} {
		page := string(New(nil).Blocks([]bot.Block{bot.Figure{Alt: `a "picture"`, SVG: svg}}, Options{}))
		for _, line := range skeleton(t, page) {
			fields := strings.Fields(line)
			switch name := fields[0]; {
			case name == "figure" || name == "p" && !svgElements[name] || name == "svg":
			case !svgElements[name]:
				t.Errorf("%q lets %q through: %s", svg, name, page)
			}
			for _, attribute := range fields[1:] {
				if !slices.ContainsFunc([]string{"class", "role", "aria-label"}, func(ok string) bool { return ok == attribute }) && !known(attribute) {
					t.Errorf("%q lets the attribute %q through: %s", svg, attribute, page)
				}
			}
		}
		if lower := strings.ToLower(page); strings.Contains(lower, "evil") || strings.Contains(lower, "javascript:") {
			t.Errorf("%q: %s", svg, page)
		}
	}
}

func known(attribute string) bool {
	for name := range svgAttributes {
		if strings.EqualFold(name, attribute) {
			return true
		}
	}
	return false
}

// Inside a title a browser reads HTML, so that only words may stand there.
func TestTitleOfPictureHoldsWordsAlone(t *testing.T) {
	got := string(SVG(`<svg><desc>a<g>b</g>c</desc><title><text>d</text></title></svg>`, ""))
	if want := `<svg role="img" aria-label=""><desc>ac</desc><title></title></svg>`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The picture that we draw ourselves must survive.
func TestOwnPictureStays(t *testing.T) {
	got := string(SVG(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><title>Rise</title><g class="bars" transform="translate(1 2)"><path d="M2 18L38 2" stroke="currentColor"/><text x="1" y="2" text-anchor="end">7 &amp; 8</text></g></svg>`, "A line"))
	const want = `<svg role="img" aria-label="A line" viewBox="0 0 40 20"><title>Rise</title><g class="bars" transform="translate(1 2)"><path d="M2 18L38 2" stroke="currentColor"></path><text x="1" y="2" text-anchor="end">7 &amp; 8</text></g></svg>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
