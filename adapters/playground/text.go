package playground

import (
	"regexp"
	"strings"

	"evangelist/bot"
)

// What the composer understands: [words](address), bare addresses, @account.
var (
	linkPattern    = regexp.MustCompile(`\[([^\[\]\n]{1,300})\]\((https?://[^\s()<>"]+)\)|https?://[^\s<>"]+`)
	mentionPattern = regexp.MustCompile(`(^|[\s(])@([a-z][a-z0-9-]*)`)
)

// Run is a piece of what a person wrote, for showing.
type Run struct {
	Text    string
	URL     string // not empty: Text leads there
	Mention string // not empty: Text names this account
}

// parseText returns what a person wrote in runs, and the links in it.
func parseText(text string) ([]Run, []bot.SeenLink) {
	var runs []Run
	var links []bot.SeenLink
	from := 0
	for _, at := range linkPattern.FindAllStringSubmatchIndex(text, -1) {
		link := bot.SeenLink{URL: text[at[0]:at[1]]}
		end := at[1]
		if at[2] >= 0 {
			link = bot.SeenLink{URL: text[at[4]:at[5]], Label: text[at[2]:at[3]]}
		} else {
			link.URL = trimAddress(link.URL)
			end = at[0] + len(link.URL)
		}
		if !bot.SafeAddress(link.URL) {
			continue
		}
		if at[0] > from {
			runs = append(runs, Run{Text: text[from:at[0]]})
		}
		label := link.Label
		if label == "" {
			label = link.URL
		}
		runs = append(runs, Run{Text: label, URL: link.URL})
		links = append(links, link)
		from = end
	}
	if from < len(text) {
		runs = append(runs, Run{Text: text[from:]})
	}
	return runs, links
}

// trimAddress takes the punctuation of the sentence off an address; a closing
// bracket stays when the address has an opening one.
func trimAddress(address string) string {
	for {
		short := strings.TrimRight(address, ".,;:!?'\"*_")
		if strings.HasSuffix(short, ")") && strings.Count(short, ")") > strings.Count(short, "(") {
			short = short[:len(short)-1]
		}
		if short == address {
			return address
		}
		address = short
	}
}

// runs returns what a person wrote with mentions resolved to names.
func (s *state) runs(text string) []Run {
	parsed, _ := parseText(text)
	var out []Run
	for _, run := range parsed {
		if run.URL != "" {
			out = append(out, run)
			continue
		}
		from := 0
		for _, at := range mentionPattern.FindAllStringSubmatchIndex(run.Text, -1) {
			account, known := s.accounts[run.Text[at[4]:at[5]]]
			if !known {
				continue
			}
			if at[3] > from {
				out = append(out, Run{Text: run.Text[from:at[3]]})
			}
			out = append(out, Run{Text: "@" + account.Name, Mention: account.Native})
			from = at[5]
		}
		if from < len(run.Text) {
			out = append(out, Run{Text: run.Text[from:]})
		}
	}
	return out
}

// plain returns what a person wrote as a sighting tells it: labels instead of
// link markup, names instead of mentions.
func (s *state) plain(text string) string {
	var out strings.Builder
	for _, run := range s.runs(text) {
		out.WriteString(run.Text)
	}
	return out.String()
}

// links returns the links in a text with what the workspace knows of them.
func (s *state) links(text string) []bot.SeenLink {
	_, links := parseText(text)
	for i, link := range links {
		known, ok := s.unfurls[link.URL]
		if !ok {
			known, ok = s.unfurls[strings.TrimSuffix(link.URL, "/")]
		}
		if !ok {
			known, ok = s.unfurls[link.URL+"/"]
		}
		if ok {
			links[i].Title, links[i].Source, links[i].Blurb = known.Title, known.Source, known.Blurb
		}
	}
	return links
}
