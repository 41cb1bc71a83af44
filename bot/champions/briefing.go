package champions

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"evangelist/bot"
)

// Point is one line of a briefing, under a section such as "Tried and decided".
type Point struct {
	Section string `json:"section,omitempty"`
	Words   string `json:"words"`
	URL     string `json:"url,omitempty"` // of one of our own pages or a public one; empty: none
	// Of names what the point tells of, so that it is left out when that is taken
	// back before the briefing goes; empty: it is a lead's own words.
	Of string `json:"of,omitempty"`
}

// Source returns what a briefing may say of a period, the most telling first.
// Everything in it may be read by an executive.
type Source func(ctx context.Context, from, to time.Time) ([]Point, error)

// Stage is how far a briefing is; the values are stored.
type Stage string

// The stages. A briefing that was sent is never sent again.
const (
	NotYet  Stage = ""
	Drafted Stage = "drafted"
	Sent    Stage = "sent"
	Skipped Stage = "skipped" // a lead said: not this time
	Missed  Stage = "missed"  // the meeting came first
)

// Briefing is what a champion reads before a meeting.
type Briefing struct {
	Stage   Stage
	Drafts  int // how often it was drafted: a draft is taken back when the meeting moves away
	Points  []Point
	Edited  bool
	By      bot.PersonID // the lead who said yes; empty: nobody did
	Drafted time.Time
	At      time.Time // when it was sent
}

// keep leaves out what may not be told any more: whatever is not among still.
func (b *Briefing) keep(still map[string]bool) {
	b.Points = slices.DeleteFunc(slices.Clone(b.Points), func(p Point) bool { return p.Of != "" && !still[p.Of] })
}

func (b *Briefing) takeBack() { *b = Briefing{Drafts: b.Drafts} }

// The limits of a briefing: it is read on the way to a meeting.
const (
	maxPoints  = 16
	maxEdited  = 32 // as a lead may write it
	perSection = 4
	maxPoint   = 160 // runes
	maxText    = 2900
)

// trim keeps what fits a briefing.
func trim(points []Point) []Point {
	var out []Point
	in := map[string]int{}
	for _, p := range points {
		p.Section, p.Words = oneLine(p.Section, 60), oneLine(p.Words, maxPoint)
		if !bot.SafeAddress(p.URL) {
			p.URL = ""
		}
		if p.Words == "" || in[p.Section] >= perSection || len(out) >= maxPoints {
			continue
		}
		in[p.Section]++
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Point) int { return first(out, a.Section) - first(out, b.Section) })
	for len(out) > 0 && utf8.RuneCountInString(Text(out)) > maxText {
		out = out[:len(out)-1]
	}
	return out
}

func first(points []Point, section string) int {
	return slices.IndexFunc(points, func(p Point) bool { return p.Section == section })
}

func oneLine(text string, limit int) string {
	text = strings.Join(strings.Fields(bot.Clean(text, 0)), " ")
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return shortened(string([]rune(text)[:limit-2])) + "…"
}

// shortened ends words that were cut off with the last whole sentence, else with the
// last whole word, where that leaves half of them.
func shortened(cut string) string {
	for _, end := range []string{". ", "! ", "? ", " "} {
		if at := strings.LastIndex(cut, end); at >= len(cut)/2 {
			return cut[:at+len(end)]
		}
	}
	return cut
}

// Text writes points as lines to edit: a section on a line of its own, its points
// below it, each after a hyphen.
func Text(points []Point) string {
	var out strings.Builder
	section := ""
	for _, p := range points {
		if p.Section != section {
			section = p.Section
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(section + "\n")
		}
		out.WriteString("- " + p.Words + "\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// Read reads what Text wrote and somebody edited. A point whose words stand as they
// were keeps its address, and still goes when what it tells of is taken back.
func Read(text string, was []Point) []Point {
	var out []Point
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		words, point := strings.CutPrefix(line, "-")
		switch {
		case line == "":
		case !point:
			section = oneLine(line, 60)
		case strings.TrimSpace(words) != "" && len(out) <= maxEdited: // one more, so that it is seen
			p := Point{Section: section, Words: oneLine(words, 2*maxPoint)}
			at := slices.IndexFunc(was, func(old Point) bool { return old.Words == p.Words })
			if at >= 0 {
				p.URL, p.Of = was[at].URL, was[at].Of
			}
			out = append(out, p)
		}
	}
	return out
}

// The reasons for which a briefing is not touched.
var (
	ErrSent      = &bot.Error{Code: "briefing-sent", Say: "This briefing has gone out already, so nothing was changed. There is one before each meeting and no more."}
	ErrNoDraft   = &bot.Error{Code: "briefing-none", Say: "There is no draft of this briefing, so nothing was done. It comes two working days before the briefing goes."}
	ErrNoPoints  = &bot.Error{Code: "briefing-empty", Say: "Leave at least one line that begins with a hyphen. To send nothing, press Not this time."}
	ErrHeld      = &bot.Error{Code: "briefing-held", Say: "This meeting has been, so nothing was sent."}
	ErrNotThere  = &bot.Error{Code: "champion-gone", Say: "This account is not active any more, so nothing is sent to it."}
	ErrLongBrief = &bot.Error{Code: "briefing-long", Say: "That is more than a briefing takes: at most 32 lines and 2,900 characters. Nothing was changed."}
)

// draft finds the briefing that a lead may touch.
func (c *Champion) draft(actor bot.Actor, act Act, number string) (*Meeting, error) {
	if err := c.allow(actor, act); err != nil {
		return nil, err
	}
	c.Meetings = slices.Clone(c.Meetings)
	m := c.meeting(number)
	if m == nil {
		return nil, bot.ErrNotFound
	}
	switch m.Briefing.Stage {
	case Sent:
		return nil, ErrSent
	case Missed:
		return nil, ErrHeld
	case NotYet:
		return nil, ErrNoDraft
	}
	return m, nil
}

// SendIt lets the briefing go as it stands, on its day; where that has passed, at
// once. It brings one back that was not to go. Again changes nothing.
func (c *Champion) SendIt(actor bot.Actor, n Now, number string) ([]bot.Delivery, error) {
	m, err := c.draft(actor, Send, number)
	switch {
	case err != nil:
		return nil, err
	case n.Gone:
		return nil, ErrNotThere
	case m.On.Before(dateOf(n)):
		return nil, ErrHeld
	case m.Briefing.Stage == Drafted && m.Briefing.By != "":
		return nil, nil
	}
	m.Briefing.Stage, m.Briefing.By = Drafted, actor.Person
	return append(c.touched(n), c.draftCards(m, n)...), nil
}

// EditIt replaces what the briefing says. The same again changes nothing.
func (c *Champion) EditIt(actor bot.Actor, n Now, number string, points []Point) ([]bot.Delivery, error) {
	m, err := c.draft(actor, Edit, number)
	switch {
	case err != nil:
		return nil, err
	case len(points) == 0:
		return nil, ErrNoPoints
	case len(points) > maxEdited, utf8.RuneCountInString(Text(points)) > maxText:
		return nil, ErrLongBrief
	case slices.Equal(points, m.Briefing.Points):
		return nil, nil
	}
	m.Briefing.Points, m.Briefing.Edited = points, true
	return append(c.touched(n), c.draftCards(m, n)...), nil
}

// SkipIt is "Not this time". Again changes nothing.
func (c *Champion) SkipIt(actor bot.Actor, n Now, number string) ([]bot.Delivery, error) {
	m, err := c.draft(actor, Skip, number)
	if err != nil || m.Briefing.Stage == Skipped {
		return nil, err
	}
	m.Briefing.Stage, m.Briefing.By = Skipped, actor.Person
	return append(c.touched(n), c.draftCards(m, n)...), nil
}
