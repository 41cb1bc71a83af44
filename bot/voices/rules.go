package voices

import (
	"slices"
	"time"

	"evangelist/bot"
)

// Action is what can be done to a voice.
type Action string

// The actions: of the reading team, then of the author.
const (
	Take     Action = "take"
	Pass     Action = "pass"
	Ask      Action = "ask"
	Describe Action = "describe" // neutral summary and theme
	Answer   Action = "answer"
	Refuse   Action = "refuse"

	Add      Action = "add"
	Reply    Action = "reply"
	Appeal   Action = "appeal"
	Withdraw Action = "withdraw"
)

// ofAuthor reports whether the action is the author's.
func (a Action) ofAuthor() bool {
	return a == Add || a == Reply || a == Appeal || a == Withdraw
}

// Can reports whether an action is open in this state of the voice.
func (v Voice) Can(action Action) bool {
	_, ok := moves[v.State][action]
	return ok && (action != Appeal || !v.Appealed)
}

// Step is one action with what it needs.
type Step struct {
	Action  Action
	Entry   string       // id of the entry to be added
	By      bot.PersonID // the reader; empty: the author
	To      bot.PersonID // Pass: the next owner; Appeal: who looks at it afresh
	Text    string
	Summary string // Answer, Refuse, Describe: for publication
	Theme   string // Describe
	At      time.Time
}

// may reports whether the actor may do the action as one of the readers, or as
// the author of a voice with a name. Whoever may not learns nothing: the
// refusal is the same as for a voice that does not exist. Authors without a
// name show a code instead and never come this way.
func may(actor bot.Actor, v Voice, action Action) bool {
	if action.ofAuthor() {
		return actor.Has(bot.Colleague) && !v.Anonymous() && v.AuthorPerson != "" && v.AuthorPerson == actor.Person
	}
	return mayRead(actor, v)
}

// mayRead reports whether the actor is one of this voice's readers.
func mayRead(actor bot.Actor, v Voice) bool {
	return actor.Has(bot.Reader) && actor.Person != "" && v.inCircle(actor.Person)
}

// Do carries out a step or says in a sentence why it cannot be done; then v is
// unchanged. Doing a step whose entry is there already changes nothing.
func (v *Voice) Do(step Step) error {
	if step.Entry != "" && v.Has(step.Entry) {
		return nil
	}
	next, ok := moves[v.State][step.Action]
	if !ok || !v.Can(step.Action) {
		return cannot(*v, step.Action)
	}
	if (step.Action == Add || step.Action == Ask) && len(v.Entries) >= maxEntries {
		return errLong
	}
	if err := complete(*v, step); err != nil {
		return err
	}
	if step.Action == Reply && v.Appealed {
		next = Appealed
	}
	if v.State == next && (step.Action == Take && v.Owner == step.By || step.Action == Pass && v.Owner == step.To) {
		return nil
	}
	v.State = next
	v.apply(step)
	v.Version++
	return nil
}

// maxEntries is how much may be said in one voice before nothing but its end can
// be added: an answer, a refusal, a reply to what was asked, the one appeal, a
// withdrawal. What waits for a release when it is reached is kept all the same.
const maxEntries = 200

var errLong = &bot.Error{Code: "voice-long", Say: "Too much has been said in this one to add more, so nothing was kept. Please send a new one and quote its reference."}

// complete checks that a step has what it needs.
func complete(v Voice, step Step) error {
	switch {
	case step.Action == Refuse && step.Text == "":
		return bot.Refuse("voice-reason", "Declining needs a reason: the author reads it and may appeal once.")
	case needsText(step.Action) && step.Text == "":
		return bot.Refuse("voice-text", "There are no words in it. Please write at least one sentence.")
	case step.Action == Pass && (step.To == "" || slices.Contains(v.Without, step.To)):
		return bot.Refuse("voice-pass", "That person cannot take it over. Choose another one of the reading team.")
	}
	return nil
}

func needsText(action Action) bool {
	switch action {
	case Ask, Answer, Refuse, Add, Reply, Appeal:
		return true
	}
	return false
}

func (v *Voice) apply(step Step) {
	switch step.Action {
	case Take:
		v.Owner = step.By
	case Pass:
		v.Owner = step.To
		v.admit(step.To)
	case Describe:
		v.Summary, v.Theme = step.Summary, step.Theme
	case Ask:
		v.Owner = step.By
		v.enter(step, Question)
	case Answer:
		v.close(step, Answering)
	case Refuse:
		v.close(step, Refusal)
	case Add:
		v.enter(step, Addition)
	case Reply:
		v.enter(step, Response)
		v.owe(step.At.Add(ReplyTime))
	case Appeal:
		v.Appealed, v.Outcome, v.Closed = true, "", time.Time{}
		if step.To != "" {
			v.Owner = step.To
		}
		v.enter(step, Objection)
		v.owe(step.At.Add(AnswerTime))
	case Withdraw:
		v.withdraw(step)
	}
}

// owe moves the due date, only ever to a later one.
func (v *Voice) owe(due time.Time) {
	if due.After(v.Due) {
		v.Due, v.Reminded = due, 0
	}
}

func (v *Voice) close(step Step, kind EntryKind) {
	v.Owner, v.Outcome, v.Closed = step.By, step.Text, step.At
	if step.Summary != "" {
		v.Summary = step.Summary
	}
	v.enter(step, kind)
}

// withdraw deletes every word of the author and what was written about them.
func (v *Voice) withdraw(step Step) {
	v.Words, v.Summary, v.Theme, v.Outcome = "", "", "", "The author took it back."
	v.Entries, v.News, v.Weights = nil, nil, nil
	v.Closed = step.At
	v.enter(Step{Entry: step.Entry, At: step.At}, Withdrawal)
}

func (v *Voice) enter(step Step, kind EntryKind) {
	v.Entries = append(v.Entries, Entry{ID: step.Entry, Kind: kind, By: step.By, Text: step.Text, At: step.At})
	sortEntries(v.Entries)
}

// sortEntries orders by moment, then by id: of several acts of one release
// nobody can tell which was first.
func sortEntries(entries []Entry) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		switch {
		case a.ID < b.ID:
			return -1
		case a.ID > b.ID:
			return 1
		}
		return 0
	})
}

// cannot says why an action is not open.
func cannot(v Voice, action Action) error {
	say := "That cannot be done any more: it is " + stateWord(v) + "."
	switch {
	case v.State == Withdrawn:
		say = "The author took it back, so nothing more can be done with it."
	case action == Appeal && v.Appealed:
		say = "There is one appeal, and it was made already. To go on, turn to one of the contacts on the form."
	case action == Appeal:
		say = "An appeal is for what was declined. This one is " + stateWord(v) + "."
	case action == Reply:
		say = "No question waits for you. To add something, choose “Add something”."
	case action == Add:
		say = "This one is closed. Please send a new one and quote the reference " + v.Reference + "."
	}
	return bot.Refuse("voice-state", say)
}

// stateWord is the state as the screen says it.
func stateWord(v Voice) string {
	switch v.State {
	case Open:
		return "with the reading team"
	case Taken:
		return "being worked on"
	case Asked:
		return "waiting for the author's reply"
	case Answered:
		return "answered"
	case Refused:
		return "declined"
	case Withdrawn:
		return "taken back"
	default:
		return "appealed against and looked at afresh"
	}
}

// chooseOwner returns the reader with the fewest open voices among those who may
// see it (then by id), so that there is always an owner; avoid is chosen only
// when nobody else is left. It returns "" when there are no such readers.
func chooseOwner(readers []bot.PersonID, without []bot.PersonID, load map[bot.PersonID]int, avoid bot.PersonID) bot.PersonID {
	var best bot.PersonID
	for _, reader := range readers {
		if slices.Contains(without, reader) {
			continue
		}
		if best == "" || best == avoid || reader != avoid && lighter(reader, best, load) {
			best = reader
		}
	}
	return best
}

func lighter(a, b bot.PersonID, load map[bot.PersonID]int) bool {
	if load[a] != load[b] {
		return load[a] < load[b]
	}
	return a < b
}
