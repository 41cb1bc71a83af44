package primer

import (
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
)

// Times of a series.
const (
	interval   = 7 * 24 * time.Hour  // from a lesson that went out to the next one
	lessonLife = 35 * 24 * time.Hour // how long a lesson waits to be allowed; longer than the pause of those who want less
	mostPosts  = 2                   // how often a lesson is written at most
)

// lessonView is the card of one lesson for one reader. It is stored and never changes.
const lessonView = "primer.lesson"

// Enrolment is one person's way through the lessons. When a lesson was read is not
// kept.
type Enrolment struct {
	Person  bot.PersonID
	State   State
	Own     bool      // it was the person's own wish; else a lead enrolled them. Who is not kept
	Run     int       // counts beginnings
	Begun   time.Time // the first lesson of this run is due
	Steps   []Step
	Last    string    // the lesson that was written last in this run, empty: none
	Queued  time.Time // when it was written
	Sent    time.Time // when it went out, zero until that is known
	Lost    bool      // it never went out
	Version int64
	// Post is what became of the last lesson, as the Store finds it. It is never
	// saved.
	Post Post
}

// Step is one lesson on that way.
type Step struct {
	Lesson string `json:"lesson"`
	Posts  int    `json:"posts,omitempty"` // how often it was written in this run
	Again  bool   `json:"again,omitempty"` // to be written once more
	Read   bool   `json:"read,omitempty"`
}

// Post is what became of a message.
type Post struct {
	State PostState
	At    time.Time // when it went out
}

// PostState says whether a message is out.
type PostState string

// The states of a Post.
const (
	Waiting PostState = ""     // written, and not out yet
	Sent    PostState = "sent" // it went out, or it can't be known that it did not
	Lost    PostState = "lost" // it never will
)

// step returns the step of a lesson, a new one where there was none.
func (e *Enrolment) step(lesson string) *Step {
	if i := slices.IndexFunc(e.Steps, func(s Step) bool { return s.Lesson == lesson }); i >= 0 {
		return &e.Steps[i]
	}
	e.Steps = append(e.Steps, Step{Lesson: lesson})
	return &e.Steps[len(e.Steps)-1]
}

// of is the step of a lesson as it is.
func (e Enrolment) of(lesson string) Step {
	for _, s := range e.Steps {
		if s.Lesson == lesson {
			return s
		}
	}
	return Step{Lesson: lesson}
}

// read says which lessons were read.
func (e Enrolment) read() map[string]bool {
	all := map[string]bool{}
	for _, s := range e.Steps {
		all[s.Lesson] = s.Read
	}
	return all
}

// Complete reports whether all of the lessons were read.
func (e Enrolment) Complete(lessons []string) bool {
	return !slices.ContainsFunc(lessons, func(name string) bool { return !e.of(name).Read })
}

// key names the n-th message of a lesson in this run.
func (e Enrolment) key(lesson string, n int) string {
	return fmt.Sprintf("primer/%s/%d/%s/%d", e.Person, e.Run, lesson, n)
}

// PostKey is the key of the message that was written last, "" when there is none.
func (e Enrolment) PostKey() string {
	if e.Last == "" {
		return ""
	}
	return e.key(e.Last, e.of(e.Last).Posts)
}

// Outdated names the messages that are not to go out any more.
func (e Enrolment) Outdated() []string {
	if e.Last == "" || !e.Sent.IsZero() || e.Lost || e.State == Running && !e.of(e.Last).Read {
		return nil
	}
	return []string{e.PostKey()}
}

// cards brings the cards of a lesson up to date.
func (e Enrolment) cards(lesson string) []bot.Delivery {
	var out []bot.Delivery
	for n := 1; n <= e.of(lesson).Posts; n++ {
		out = append(out, bot.Delivery{
			Key: e.key(lesson, n), To: bot.Address{Person: e.Person}, Class: bot.Nudge, Expires: e.Queued.Add(lessonLife),
			View: &bot.View{Kind: lessonView, ID: string(e.Person) + "/" + lesson, Version: e.Version},
		})
	}
	return out
}

// unread brings the cards of all lessons up to date that still have buttons.
func (e Enrolment) unread() []bot.Delivery {
	var out []bot.Delivery
	for _, s := range e.Steps {
		if !s.Read {
			out = append(out, e.cards(s.Lesson)...)
		}
	}
	return out
}

// begin starts a run. What was read stays read, and a lesson that went out a moment
// ago still has its week.
func (e *Enrolment) begin(own bool, now time.Time) {
	e.heard()
	begun := now
	if e.Begun.After(begun) {
		begun = e.Begun // it was begun before, and no lesson has come since
	}
	for _, last := range []time.Time{e.Queued, e.Sent} {
		if e.Last != "" && last.Add(interval).After(begun) && !e.Lost {
			begun = last.Add(interval)
		}
	}
	e.State, e.Own, e.Begun, e.Last, e.Queued, e.Sent, e.Lost = Running, own, begun, "", time.Time{}, time.Time{}, false
	e.Run++
	e.Version++
	for i := range e.Steps {
		e.Steps[i].Posts, e.Steps[i].Again = 0, false
	}
}

// Join enrols somebody. Who is enrolled, has been through, or wanted no more stays
// as they are, and no lead learns which of these it was.
func (e *Enrolment) Join(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	do, err := e.allow(actor, Enrol)
	if do {
		e.begin(false, now)
	}
	return nil, err
}

// Remove ends somebody's series on a lead's word.
func (e *Enrolment) Remove(actor bot.Actor) ([]bot.Delivery, error) {
	do, err := e.allow(actor, TakeOut)
	if !do {
		return nil, err
	}
	return e.end(Out), nil
}

// Start begins the series for oneself, also once more.
func (e *Enrolment) Start(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	do, err := e.allow(actor, Begin)
	if !do {
		return nil, err
	}
	e.begin(e.Own || e.State == None || e.State == Out || e.State == Gone, now)
	return nil, nil
}

// end closes the series; unread cards lose their buttons of the series.
func (e *Enrolment) end(state State) []bot.Delivery {
	e.State = state
	e.Version++
	return e.unread()
}

// Halt stops the series on the reader's word. A second time changes nothing.
func (e *Enrolment) Halt(actor bot.Actor) ([]bot.Delivery, error) {
	do, err := e.allow(actor, Stop)
	if !do {
		return nil, err
	}
	return e.end(Stopped), nil
}

// Note marks a lesson as read. With the last of the lessons the series is finished.
// A second time changes nothing.
func (e *Enrolment) Note(actor bot.Actor, lesson string, lessons []string) ([]bot.Delivery, error) {
	do, err := e.allow(actor, MarkRead)
	switch {
	case err == nil && !slices.Contains(lessons, lesson):
		return nil, bot.ErrNotFound
	case !do || e.of(lesson).Read:
		return nil, err
	}
	e.step(lesson).Read = true
	e.Version++
	if e.Complete(lessons) {
		e.State = Finished
	}
	return e.cards(lesson), nil
}

// The reasons for which a lesson is not sent once more.
var (
	errNewer = &bot.Error{Code: "primer-newer", Say: "A later lesson is the newest, so nothing was changed. This one stays where it is: /evangelist primer"}
	errTwice = &bot.Error{Code: "primer-twice", Say: "This lesson came twice already, so it does not come again. It stays where it is: /evangelist primer"}
)

// PutOff has the newest lesson come once more in a week. A second time changes
// nothing.
func (e *Enrolment) PutOff(actor bot.Actor, lesson string) ([]bot.Delivery, error) {
	do, err := e.allow(actor, Later)
	s := e.of(lesson)
	switch {
	case !do || s.Again || s.Read:
		return nil, err
	case s.Posts == 0:
		return nil, bot.ErrNotFound
	case lesson != e.Last:
		return nil, errNewer
	case s.Posts >= mostPosts:
		return nil, errTwice
	}
	e.step(lesson).Again = true
	e.Version++
	return e.cards(lesson), nil
}

// Facts are what Tick needs to know besides the Enrolment.
type Facts struct {
	Gone    bool      // the account is switched off
	Never   bool      // nothing unasked is to be written
	Muted   time.Time // nothing unasked before this moment
	Lessons []string  // in the order of the series
}

// Due is when time asks for something; zero: nothing, or not known before the last
// lesson is out.
func (e Enrolment) Due(muted time.Time) time.Time {
	var due time.Time
	switch {
	case e.State != Running:
		return time.Time{}
	case e.Last == "":
		due = e.Begun
	case e.Lost:
		due = e.Queued.Add(interval)
	case !e.Sent.IsZero():
		due = e.Sent.Add(interval)
	default:
		return time.Time{}
	}
	if muted.After(due) {
		return muted
	}
	return due
}

// Tick does what time asks for, and reports whether anything changed. At most one
// lesson is written, and only a week after the last one went out.
func (e *Enrolment) Tick(now time.Time, f Facts) (out []bot.Delivery, moved bool) {
	switch {
	case e.State != Running:
		return nil, false
	case f.Gone:
		return e.end(Gone), true
	case f.Never:
		return e.end(Stopped), true
	}
	moved = e.heard()
	due := e.Due(f.Muted)
	if due.IsZero() || due.After(now) {
		return nil, moved
	}
	lesson, ok := e.next(f.Lessons)
	if !ok {
		return e.end(Over), true
	}
	s := e.step(lesson)
	s.Posts, s.Again = s.Posts+1, false
	e.Last, e.Queued, e.Sent, e.Lost, e.Post = lesson, now, time.Time{}, false, Post{}
	e.Version++
	return e.cards(lesson), true
}

// heard notes what became of the last lesson. One that never went out is written
// once more.
func (e *Enrolment) heard() bool {
	if e.Last == "" || !e.Sent.IsZero() || e.Lost || e.Post.State == Waiting {
		return false
	}
	if e.Post.State == Sent {
		e.Sent = e.Post.At
		return true
	}
	e.Lost = true
	e.step(e.Last).Again = true
	return true
}

// next is the lesson that is to be written: the first one that was not read and was
// not written, or is to come once more.
func (e Enrolment) next(lessons []string) (string, bool) {
	for _, name := range lessons {
		if s := e.of(name); !s.Read && (s.Posts == 0 || s.Again && s.Posts < mostPosts) {
			return name, true
		}
	}
	return "", false
}
