package inbound

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"evangelist/bot"
)

// maxText is how much of a message is read, in bytes of HTML.
const maxText = 200_000

// page is what a message says: words alone, and the links in them.
type page struct {
	text  strings.Builder
	links []bot.SeenLink
	// whole has addresses written out in place of the labels of links.
	whole bool
	// called are the names of the bot, which are left out where it is mentioned.
	called []string

	anchor  string // the address of the link that is open
	label   strings.Builder
	mention strings.Builder
	inside  []string // of mentions: the names of the elements that are open
}

var (
	begins    = regexp.MustCompile(`^<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})`)
	unseen    = regexp.MustCompile(`(?i)</(?:script|style)`)
	attribute = regexp.MustCompile(`(?s)([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	bare      = regexp.MustCompile(`https?://[^\s<>"]+`)
	spaces    = regexp.MustCompile(`[ \t\r\x{a0}]+`)
	lines     = regexp.MustCompile(` ?\n[ \n]*`)
)

// read reads the HTML of a message. Nothing in it fails: what is no element is
// text. It reads every letter a few times at most.
func (p *page) read(source string) {
	if len(source) > maxText {
		source = strings.ToValidUTF8(source[:maxText], "")
	}
	for source != "" {
		open := strings.IndexByte(source, '<')
		if open < 0 {
			open = len(source)
		}
		p.words(html.UnescapeString(source[:open]))
		source = p.element(source[open:])
	}
	p.close()
}

// element reads what begins with "<" and returns what follows it.
func (p *page) element(source string) string {
	if source == "" {
		return ""
	}
	if comment, is := strings.CutPrefix(source, "<!--"); is {
		_, rest, _ := strings.Cut(comment, "-->")
		return rest
	}
	start := begins.FindStringSubmatch(source)
	if start == nil {
		p.words("<")
		return source[1:]
	}
	end := closing(source, len(start[0]))
	if end < 0 { // it never ends: what is left is text
		p.words(html.UnescapeString(source))
		return ""
	}
	name, rest := strings.ToLower(start[2]), source[end+1:]
	if start[1] == "" && (name == "script" || name == "style") {
		at := unseen.FindStringIndex(rest)
		if at == nil {
			return ""
		}
		return rest[at[0]:]
	}
	p.tag(name, start[1] != "", attributes(source[len(start[0]):end]))
	return rest
}

// closing is where a tag ends, from a place within it; quotes hide the sign.
func closing(source string, from int) int {
	quote := byte(0)
	for i := from; i < len(source); i++ {
		switch c := source[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

func attributes(text string) map[string]string {
	all := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(text, 50) {
		all[strings.ToLower(m[1])] = html.UnescapeString(m[2] + m[3])
	}
	return all
}

func (p *page) tag(name string, ends bool, has map[string]string) {
	switch name {
	case "a":
		p.close()
		if !ends {
			p.anchor = has["href"]
		}
	case "at", "span":
		p.mentioned(name, ends, has)
	case "img", "emoji":
		if !ends {
			p.words(has["alt"])
		}
	case "br", "p", "div", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "pre", "tr", "table":
		p.words("\n")
	case "td", "th":
		p.words(" ")
	}
}

// mentioned follows the elements that hold a name; the bot's own is left out.
func (p *page) mentioned(name string, ends bool, has map[string]string) {
	switch {
	case !ends && (name == "at" || strings.HasSuffix(has["itemtype"], "/Mention") || len(p.inside) > 0):
		p.inside = append(p.inside, name)
	case ends && len(p.inside) > 0 && slices.Contains(p.inside, name):
		p.inside = p.inside[:len(p.inside)-1]
		if len(p.inside) == 0 {
			p.said()
		}
	}
}

// said ends a mention.
func (p *page) said() {
	who := p.mention.String()
	p.mention.Reset()
	for _, called := range p.called {
		if strings.EqualFold(strings.TrimSpace(who), strings.TrimSpace(called)) {
			p.words(" ")
			return
		}
	}
	p.words(who)
}

// words adds text as it is read.
func (p *page) words(text string) {
	switch {
	case text == "":
	case len(p.inside) > 0:
		p.mention.WriteString(text)
	case p.anchor != "":
		p.label.WriteString(text)
	default:
		for _, found := range bare.FindAllString(text, 200) {
			p.link(strings.TrimRight(found, ".,;:!?)]}'\"’”»"), "")
		}
		p.text.WriteString(text)
	}
}

// close ends a link, and a mention that somebody left open.
func (p *page) close() {
	if len(p.inside) > 0 {
		p.inside = nil
		p.said()
	}
	address, label := p.anchor, strings.TrimSpace(p.label.String())
	p.anchor = ""
	p.label.Reset()
	if address == "" {
		return
	}
	web := strings.HasPrefix(strings.ToLower(address), "http://") || strings.HasPrefix(strings.ToLower(address), "https://")
	if web {
		shown := label
		if shown == address {
			shown = ""
		}
		p.link(address, shown)
	}
	if label == "" || p.whole && web {
		label = address
	}
	p.text.WriteString(label)
}

func (p *page) link(address, label string) {
	if len(p.links) < 200 && bot.SafeAddress(address) {
		p.links = append(p.links, bot.SeenLink{URL: address, Label: bot.Clean(label, 300)})
	}
}

// plain is the text with its white space in order.
func (p *page) plain() string {
	return strings.TrimSpace(lines.ReplaceAllString(spaces.ReplaceAllString(bot.Clean(p.text.String(), maxText), " "), "\n"))
}

// said reads the words of a message: its HTML or, where it has none, its text.
func (a Activity) said(whole bool) *page {
	p := &page{whole: whole}
	for _, called := range a.called {
		p.called = append(p.called, nameIn(called))
	}
	switch {
	case a.html != "":
		p.read(a.html)
	default:
		text := a.text
		for _, called := range a.called {
			text = strings.ReplaceAll(text, called, " ")
		}
		p.words(strings.NewReplacer("<at>", "", "</at>", "", "&nbsp;", " ").Replace(text))
		p.close()
	}
	return p
}

// nameIn is the name in a mention's tag.
func nameIn(tag string) string {
	p := &page{}
	p.read(strings.NewReplacer("<at>", "", "</at>", "").Replace(tag))
	return p.plain()
}
