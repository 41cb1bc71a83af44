package roster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// The kinds of views and chores. They are stored and never change.
const (
	placeView    = "roster.place"
	takeoverView = "roster.takeover"
	officeView   = "roster.office"
	inviteView   = "roster.invite"
	newsView     = "roster.news"

	weekChore = "roster.week"
)

// AgendaChore is the kind of the schedule of the representatives' agenda; it has
// no subject.
const AgendaChore = "roster.agenda"

// Page is the path of the matrix on the web.
const Page = "/coverage"

// MemberSource lists everybody with a part, inactive ones included.
type MemberSource func(ctx context.Context) ([]Member, error)

// JoinFunc puts somebody on the list with a part, unless they lead or support
// already. Again changes nothing.
type JoinFunc func(ctx context.Context, person bot.PersonID, part Part) error

// LeaveFunc takes somebody off the list. Again changes nothing.
type LeaveFunc func(ctx context.Context, person bot.PersonID) error

// Item is one line of an agenda.
type Item struct {
	About   string // the heading under which it stands, such as "Pilots to decide"
	Words   string
	Address string // where it can be read; may be empty
}

// AgendaSource returns what is open, for representatives to read.
type AgendaSource func(ctx context.Context) ([]Item, error)

// Planner keeps schedules; *schedule.Scheduler is one.
type Planner interface {
	// Keep brings a schedule in line with what wish says when it is asked.
	Keep(ctx context.Context, kind, subject string, wish func(context.Context) (schedule.Plan, bool, error)) (schedule.Slot, error)
}

// Config is what the feature needs. Agenda and Wake may be left out, the rest is
// compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Places       bot.Places
	Stores       Stores
	Planner      Planner
	Clock        bot.Clock
	Random       io.Reader
	Members      MemberSource
	Join         JoinFunc
	Leave        LeaveFunc
	Agenda       []AgendaSource
	Wake         func() // makes the sweeps run soon; nil: when they are due
}

// Feature is who stands for which department. Its methods may be called by many
// goroutines.
type Feature struct {
	Config
	rest    bot.Rest
	mu      sync.Mutex
	version int64 // of the Desk with which seen was read
	seen    map[bot.PersonID]Seen
	parts   map[bot.PersonID]Part // as the sweep saw them last
}

// New returns the feature. Register Chores with the scheduler that is the Planner.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	f := &Feature{Config: c}
	f.Wake = f.rest.Waking(c.Wake)
	return f
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "roster.agenda", Phrases: []string{"evangelist agenda"}, Needs: bot.Colleague, Usage: "/evangelist agenda POINT",
			Help: "puts a point on the representatives' next agenda; without words it shows that agenda.", Run: f.agenda},
		{Name: "roster.decided", Phrases: []string{"evangelist decided"}, Needs: bot.Colleague, Usage: "/evangelist decided WHAT",
			Help: "notes what the representatives decided, with an owner and a date if there are any.", Form: f.decidedForm, Run: f.decided},
		{Name: "roster.decisions", Phrases: []string{"evangelist decisions"}, Needs: bot.Colleague, Usage: "/evangelist decisions",
			Help: "shows what the representatives decided and is still open.", Run: f.decisions},
		{Name: "roster.done", Needs: bot.Colleague, Run: f.end(Done)},
		{Name: "roster.drop", Needs: bot.Colleague, Run: f.end(Dropped)},
		{Name: "roster.redate", Needs: bot.Colleague, Form: f.redateForm, Run: f.redate},
		{Name: "roster.stepdown", Phrases: []string{"evangelist step down"}, Needs: bot.Colleague, Usage: "/evangelist step down",
			Help: "gives your place as representative or deputy back.", Run: f.stepDown},
		{Name: "roster.decline", Needs: bot.Colleague, Run: f.decline},
		{Name: "roster.takeover", Needs: bot.Colleague, Run: f.takeOver},
		{Name: "roster.notme", Needs: bot.Colleague, Run: f.notMe},
		{Name: "roster.accept", Needs: bot.Colleague, Run: f.accept},
		{Name: "roster.later", Needs: bot.Colleague, Run: f.answer((*Guest).Later)},
		{Name: "roster.refuse", Needs: bot.Colleague, Run: f.answer((*Guest).No)},
		{Name: "roster.coverage", Phrases: []string{"evangelist coverage"}, Needs: bot.Lead, Usage: "/evangelist coverage",
			Help: "shows departments and levels: who is there, and where nobody is.", Run: f.coverage},
		{Name: "roster.invite", Phrases: []string{"evangelist invite"}, Needs: bot.Lead, Usage: "/evangelist invite",
			Help: "asks one colleague to lead or support where nobody is, with your reason.", Form: f.inviteForm, Run: f.invite},
		{Name: "roster.withdraw", Needs: bot.Lead, Run: f.answer((*Guest).Withdraw)},
		{Name: "roster.representative", Phrases: []string{"evangelist representative"}, Needs: bot.Lead, Usage: "/evangelist representative",
			Help: "appoints or releases a department's representative or deputy.", Form: f.appointForm, Run: f.appoint},
		{Name: "roster.place", Phrases: []string{"evangelist representatives"}, Needs: bot.Lead, Usage: "/evangelist representatives",
			Help: "chooses the place that representatives share, and when its agenda is posted.", Form: f.placeForm, Run: f.setPlace},
		{Name: "roster.news", Needs: bot.Lead, Run: f.showNews},
		{Name: "roster.keep", Needs: bot.Lead, Run: f.keep},
		{Name: "roster.release", Needs: bot.Lead, Run: f.release},
	}
}

// Views returns the cards.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: placeView, Render: f.renderPlace},
		{Kind: takeoverView, Render: f.renderTakeover},
		{Kind: officeView, Render: f.renderOffice},
		{Kind: inviteView, Render: f.renderInvite},
		{Kind: newsView, Render: f.renderNews},
	}
}

// Panels returns the feature's parts of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{
		{Name: "roster.mine", Order: 34, Show: f.mineOnHome},
		{Name: "roster.lead", Order: 35, Show: f.leadOnHome},
	}
}

// Sweeps returns what time and the register ask for. The same sweep keeps the
// schedules.
func (f *Feature) Sweeps() []bot.Sweep { return []bot.Sweep{{Name: "roster", Run: f.sweep}} }

// Chores returns the posting of the agenda and of the leads' weekly card.
func (f *Feature) Chores() []schedule.Chore {
	policy := schedule.Policy{Grace: 24 * time.Hour}
	return []schedule.Chore{{Kind: AgendaChore, Policy: policy, Run: f.postAgenda}, {Kind: weekChore, Policy: policy, Run: f.tellWeek}}
}

// once names an invocation, so that what it causes has a natural key: the same one
// again has the same name.
func (f *Feature) once(in bot.Invocation) (string, error) {
	nonce := in.Nonce
	if nonce == "" {
		var err error
		if nonce, err = bot.NewNonce(f.Random); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{nonce, in.Command, in.Arg}, "\n")))
	return hex.EncodeToString(sum[:8]), nil
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}
