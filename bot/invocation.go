package bot

import (
	"context"
	"time"
)

// Invocation is one request to the bot, from whatever surface.
type Invocation struct {
	Actor     Actor
	Workspace string  // the platform's instance key, or "web"
	Place     PlaceID // where it was asked, empty when nowhere (home, web)
	// Command is the name of a Command, or a slash word ("digest") with Words
	// holding what was typed after it; the router resolves the longest match.
	Command string
	Words   string
	Arg     string // the id that a button or form carries
	// Values are the answers of a submitted form; nil when no form was sent.
	Values map[string][]string
	// Stays says that Words were typed where they stay readable: in the bot's own
	// chat, or beside a mention of it. They are the whole text then.
	Stays bool
	About *MessageRef // the message that a shortcut or reaction was used on
	Nonce string      // the form's nonce, or the platform's own id of this request
	At    time.Time
}

// Value returns the first answer to a field, "" when there is none.
func (i Invocation) Value(field string) string {
	if values := i.Values[field]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Submitted reports whether a form was sent.
func (i Invocation) Submitted() bool { return i.Values != nil }

// Reply answers whoever asked. The set is sealed. Replies are never stored.
type Reply interface{ reply() }

// Say shows a message, to the asker alone unless Public.
type Say struct {
	Message Message
	Public  bool
}

// Ask opens a form.
type Ask struct{ Form Form }

// Invalid sends a form back: a sentence for each field that is wrong. What was
// typed stays.
type Invalid struct{ Fields map[string]string }

// Done is a form's last page. Private codes appear here and nowhere else.
type Done struct{ Message Message }

// Refresh shows the newest state of a view in place of the card that was used.
type Refresh struct{ View View }

// Nothing needs no answer beyond an acknowledgement.
type Nothing struct{}

func (Say) reply()     {}
func (Ask) reply()     {}
func (Invalid) reply() {}
func (Done) reply()    {}
func (Refresh) reply() {}
func (Nothing) reply() {}

// Target says on what a Command can be used besides being typed.
type Target string

// The targets. OnMessage makes a message shortcut or message action.
const (
	OnNothing    Target = ""
	OnMessage    Target = "message"
	OnOwnMessage Target = "own message"
)

// Command is one thing that can be asked of the bot. Help, manifests, the
// playground's menus and the web's forms are generated from it.
type Command struct {
	Name string // stable, lower case with dots: "digest.add"; buttons carry it
	// Phrases are what people type, without the slash: "digest add". The first
	// word is a slash command. Empty: reached by buttons and shortcuts only.
	Phrases []string
	Usage   string // "/digest add ADDRESS why it helps"
	Help    string // one sentence; empty: not listed
	Title   string // a shortcut's label, at most 24 characters
	On      Target
	Emoji   string // a reaction with this short code on a message invokes the command
	Global  bool   // offered as a shortcut outside messages as well
	Needs   Role
	// Pasted takes a link that was pasted into the bot's own chat: the address
	// first in Words, and behind it the words beside it. One command does.
	Pasted bool
	// Discreet commands can be anonymous: no per-call metric, trace, audit or log.
	Discreet bool
	// Form returns the form to fill in, or nil when none is needed (the words
	// suffice). It is called only while no form was submitted. It never writes.
	Form func(ctx context.Context, in Invocation) (*Form, error)
	// Run carries the command out within two seconds.
	Run func(ctx context.Context, in Invocation) (Reply, error)
}

// Panel is a feature's part of a person's home page.
type Panel struct {
	Name  string
	Order int
	// Show returns nil when there is nothing for this actor.
	Show func(ctx context.Context, actor Actor) ([]Block, error)
}

// Sweep is work that becomes due by a moment in a row rather than by a
// schedule: publishing what was approved, opening the next draft. Run does all
// that is due now and returns when something will be due next (zero: nothing
// known). It is idempotent and may run on several replicas at once; it is called
// at the start, at the moment that it returned, after each wake, and at least
// once a minute.
type Sweep struct {
	Name string
	Run  func(ctx context.Context) (next time.Time, err error)
}
