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
	element   = regexp.MustCompile(`^<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>`)
	attribute = regexp.MustCompile(`(?s)([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	bare      = regexp.MustCompile(`https?://[^\s<>"]+`)
	spaces    = regexp.MustCompile(`[ \t\r\x{a0}]+`)
	lines     = regexp.MustCompile(` ?\n[ \n]*`)
)

// read reads the HTML of a message. Nothing in it fails: what is no element is
// text.
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
		if source = source[open:]; source == "" {
			break
		}
		m := element.FindStringSubmatch(source)
		if m == nil {
			if strings.HasPrefix(source, "<!--") {
				if end := strings.Index(source, "-->"); end >= 0 {
					source = source[end+3:]
					continue
				}
			}
			p.words("<")
			source = source[1:]
			continue
		}
		source = source[len(m[0]):]
		name := strings.ToLower(m[2])
		if m[1] == "" && (name == "script" || name == "style") {
			end := strings.Index(strings.ToLower(source), "</"+name)
			if end < 0 {
				break
			}
			source = source[end:]
			continue
		}
		p.tag(name, m[1] != "", attributes(m[3]))
	}
	p.close()
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
