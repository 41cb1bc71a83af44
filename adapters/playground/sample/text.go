package sample

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Patterns of the two things that plain text may carry.
var (
	addressPattern = regexp.MustCompile(`https?://\S+`)
	mentionPattern = regexp.MustCompile(`(?:^|[\s(])@([a-z][a-z0-9-]*)`)
)

// URLs returns the addresses in Text in order of appearance, exactly as written
// but without the punctuation of the sentence around them.
func (m Message) URLs() []string { return addresses(m.Text) }

// Mentions returns the person ids mentioned in Text, in order of appearance.
func (m Message) Mentions() []string { return mentions(m.Text) }

func addresses(text string) []string {
	found := addressPattern.FindAllString(text, -1)
	for i, address := range found {
		found[i] = strings.TrimRight(address, ".,;:!?)'\"")
	}
	return found
}

func mentions(text string) []string {
	var ids []string
	for _, match := range mentionPattern.FindAllStringSubmatch(text, -1) {
		ids = append(ids, match[1])
	}
	return ids
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return string([]rune{unicode.ToUpper(first), unicode.ToUpper(last)})
}

// Person returns the person with that id, and whether there is one.
func (o *Organisation) Person(id string) (Person, bool) {
	return find(o.People, func(p Person) bool { return p.ID == id })
}

// Department returns the department with that id, and whether there is one.
func (o *Organisation) Department(id string) (Department, bool) {
	return find(o.Departments, func(d Department) bool { return d.ID == id })
}

// Channel returns the channel with that id, and whether there is one.
func (o *Organisation) Channel(id string) (Channel, bool) {
	return find(o.Channels, func(c Channel) bool { return c.ID == id })
}

// Message returns the message with that id, and whether there is one.
func (o *Organisation) Message(id string) (Message, bool) {
	return find(o.Messages, func(m Message) bool { return m.ID == id })
}

// Bot returns the automatic sender with that id, and whether there is one.
func (o *Organisation) Bot(id string) (BotAccount, bool) {
	return find(o.Bots, func(b BotAccount) bool { return b.ID == id })
}

// Unfurl returns what the platform shows under that address, exactly as written,
// and whether it shows anything. It knows the addresses of messages and tour.
func (o *Organisation) Unfurl(address string) (Unfurl, bool) {
	is := func(u Unfurl) bool { return u.URL == address }
	for _, m := range o.Messages {
		if u, shown := find(m.Links, is); shown {
			return u, true
		}
	}
	for _, s := range o.Tour {
		if u, shown := find(s.Links, is); shown {
			return u, true
		}
	}
	return Unfurl{}, false
}

func find[T any](all []T, is func(T) bool) (T, bool) {
	for _, one := range all {
		if is(one) {
			return one, true
		}
	}
	var none T
	return none, false
}
