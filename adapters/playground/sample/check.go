package sample

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// targetPattern is where a step of the tour may point.
var targetPattern = regexp.MustCompile(`^(composer|person-switcher|channel:[a-z-]+|command:/[a-z]+|panel:[a-z]+|page:[a-z]+)$`)

// checker looks for references that lead nowhere and moments out of order.
type checker struct {
	o      *Organisation
	today  time.Time
	faults []error

	people, bots, departments, channels map[string]bool
	messages                            map[string]Message
}

// check returns every fault in o, in the order in which the parts stand. Nothing
// in the past may be later than the start of today.
func check(o *Organisation, today time.Time) []error {
	c := &checker{o: o, today: today, messages: map[string]Message{}}
	c.people = ids(c, "person", o.People, func(p Person) string { return p.ID })
	c.bots = ids(c, "bot", o.Bots, func(b BotAccount) string { return b.ID })
	c.departments = ids(c, "department", o.Departments, func(d Department) string { return d.ID })
	c.channels = ids(c, "channel", o.Channels, func(ch Channel) string { return ch.ID })
	ids(c, "message", o.Messages, func(m Message) string { return m.ID })
	ids(c, "voice", o.Voices, func(v Voice) string { return v.ID })
	ids(c, "learning", o.Learnings, func(l Learning) string { return l.ID })
	ids(c, "question", o.Questions, func(q Question) string { return q.ID })
	ids(c, "tour step", o.Tour, func(s Step) string { return s.ID })
	for _, m := range o.Messages {
		c.messages[m.ID] = m
	}
	c.accounts()
	for _, m := range o.Messages {
		c.message(m)
	}
	c.digest()
	for _, v := range o.Voices {
		c.voice(v)
	}
	c.network()
	for _, s := range o.Tour {
		c.step(s)
	}
	return c.faults
}

// ids collects the ids of one kind and reports the empty and the repeated.
func ids[T any](c *checker, kind string, all []T, id func(T) string) map[string]bool {
	known := make(map[string]bool, len(all))
	for _, one := range all {
		switch key := id(one); {
		case key == "":
			c.fault("a %s has no id", kind)
		case known[key]:
			c.fault("%s %s stands there twice", kind, key)
		default:
			known[key] = true
		}
	}
	return known
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

// known reports a reference to something that is not listed.
func (c *checker) known(owner, kind string, list map[string]bool, id string) {
	if !list[id] {
		c.fault("%s names %s %q, which is not listed", owner, kind, id)
	}
}

func (c *checker) accounts() {
	c.known("first_lead", "person", c.people, c.o.FirstLead)
	for _, id := range c.o.ReadingTeam {
		c.known("reading_team", "person", c.people, id)
	}
	faces := map[Avatar]string{}
	face := func(id string, a Avatar) {
		if a.Hue < 0 || a.Hue > 359 {
			c.fault("%s has hue %d; give 0 to 359", id, a.Hue)
		}
		if other, taken := faces[a]; taken {
			c.fault("%s looks like %s; give another hue", id, other)
		}
		faces[a] = id
	}
	for _, d := range c.o.Departments {
		if d.Headcount < 1 {
			c.fault("department %s has headcount %d; give at least 1", d.ID, d.Headcount)
		}
	}
	for _, p := range c.o.People {
		owner := "person " + p.ID
		c.known(owner, "department", c.departments, p.Department)
		if !slices.Contains(c.o.Levels, p.Level) {
			c.fault("%s names level %q, which is not listed", owner, p.Level)
		}
		face(owner, p.Avatar)
	}
	for _, b := range c.o.Bots {
		if c.people[b.ID] {
			c.fault("bot %s has the id of a person", b.ID)
		}
		face("bot "+b.ID, b.Avatar)
	}
}

func (c *checker) message(m Message) {
	owner := "message " + m.ID
	c.known(owner, "channel", c.channels, m.Channel)
	if m.Bot {
		c.known(owner, "bot", c.bots, m.Author)
	} else {
		c.known(owner, "person", c.people, m.Author)
	}
	if strings.TrimSpace(m.Text) == "" {
		c.fault("%s has no text", owner)
	}
	for _, text := range []string{m.Text, m.EditedTo} {
		c.text(owner, text)
	}
	if m.ThreadOf != "" {
		c.reply(owner, m)
	}
	for _, r := range m.Reactions {
		c.reaction(owner, r)
	}
	c.past(owner, m.At)
	if !m.EditedAt.IsZero() {
		c.after(owner+", edited", m.At, m.EditedAt)
	}
	if !m.DeletedAt.IsZero() {
		c.after(owner+", deleted", m.At, m.DeletedAt)
	}
}

func (c *checker) text(owner, text string) {
	for _, id := range mentions(text) {
		c.known(owner, "person", c.people, id)
	}
	for _, address := range addresses(text) {
		if u, err := url.Parse(address); err != nil || u.Hostname() == "" {
			c.fault("%s has the address %q, which is not a web address", owner, address)
		}
	}
}

func (c *checker) reply(owner string, m Message) {
	parent, exists := c.messages[m.ThreadOf]
	switch {
	case !exists:
		c.fault("%s replies to %q, which is not listed", owner, m.ThreadOf)
	case parent.ThreadOf != "":
		c.fault("%s replies to the reply %s; name the message that opened the thread", owner, parent.ID)
	case parent.Channel != m.Channel:
		c.fault("%s is in %s but replies to %s in %s", owner, m.Channel, parent.ID, parent.Channel)
	default:
		c.after(owner, parent.At, m.At)
	}
}

func (c *checker) reaction(owner string, r Reaction) {
	if len(r.People) == 0 {
		c.fault("%s has a reaction %s by nobody", owner, r.Emoji.Name)
	}
	seen := map[string]bool{}
	for _, id := range r.People {
		c.known(owner+", reaction "+r.Emoji.Name, "person", c.people, id)
		if seen[id] {
			c.fault("%s has the reaction %s by %s twice", owner, r.Emoji.Name, id)
		}
		seen[id] = true
	}
	c.past(owner+", reaction "+r.Emoji.Name, r.At)
}

// past reports a moment that is not before the present day.
func (c *checker) past(owner string, t time.Time) {
	if !t.Before(c.today) {
		c.fault("%s happens today or later; move it back", owner)
	}
}

// after reports a consequence that does not follow its cause, or is not past.
func (c *checker) after(owner string, cause, t time.Time) {
	if !t.After(cause) {
		c.fault("%s happens before what it follows; move it on", owner)
	}
	c.past(owner, t)
}

func (c *checker) digest() {
	d := c.o.Digest
	owner := "digest " + d.ID
	c.known(owner, "channel", c.channels, d.Place)
	c.known(owner, "person", c.people, d.Curator)
	c.known(owner, "person", c.people, d.Deputy)
	for _, id := range d.Sources {
		c.known(owner, "channel", c.channels, id)
	}
}

func (c *checker) voice(v Voice) {
	owner := "voice " + v.ID
	if v.Kind != Concern && v.Kind != Idea {
		c.fault("%s is of kind %q; give concern or idea", owner, v.Kind)
	}
	if v.Author != "" {
		c.known(owner, "person", c.people, v.Author)
	}
	c.known(owner, "department", c.departments, v.Department)
	c.past(owner, v.At)
	switch {
	case v.Answer == nil && v.Due.IsZero():
		c.fault("%s has neither an answer nor a due day", owner)
	case v.Answer != nil && !v.Due.IsZero():
		c.fault("%s has an answer and still a due day", owner)
	case v.Answer != nil:
		c.known(owner+", answer", "person", c.people, v.Answer.By)
		c.after(owner+", answer", v.At, v.Answer.At)
	}
}

func (c *checker) network() {
	asked := map[string]bool{}
	for _, e := range c.o.Evangelists {
		owner := "evangelist " + e.Person
		c.known(owner, "person", c.people, e.Person)
		if asked[e.Person] {
			c.fault("%s stands there twice", owner)
		}
		asked[e.Person] = true
		if e.Offer != Lead && e.Offer != Support {
			c.fault("%s offers %q; give lead or support", owner, e.Offer)
		}
		c.past(owner, e.At)
	}
	for _, l := range c.o.Learnings {
		owner := "learning " + l.ID
		c.known(owner, "person", c.people, l.Author)
		from, exists := c.messages[l.From]
		if !exists {
			c.fault("%s comes from message %q, which is not listed", owner, l.From)
			continue
		}
		c.after(owner, from.At, l.At)
	}
}

func (c *checker) step(s Step) {
	owner := "tour step " + s.ID
	c.known(owner, "person", c.people, s.As)
	if !targetPattern.MatchString(s.Target) {
		c.fault("%s points at %q; give composer, person-switcher, channel:ID, command:/NAME, panel:NAME or page:NAME", owner, s.Target)
	}
	if id, isChannel := strings.CutPrefix(s.Target, "channel:"); isChannel && !(id == ReadingPlace && slices.Contains(c.o.ReadingTeam, s.As)) {
		c.known(owner, "channel", c.channels, id)
	}
	if s.Title == "" || s.Body == "" {
		c.fault("%s has no title or no body", owner)
	}
}
