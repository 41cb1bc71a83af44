package teams_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

// office is a courier on an empty database, with the pretend tenant.
type office struct {
	t testing.TB
	*house
	graph   bool
	real    courier.Store
	store   courier.Store
	box     *courierstore.Box
	sender  *courier.Courier
	version int64
	again   map[string]bool // had a lead post it again
	vouched map[string]bool // a lead says that it is there

	mu    sync.Mutex
	down  bool // the process has died: it writes nothing down any more
	quiet bool // a start, which nothing befalls
	seen  int  // calls
	shut  bool // something befell the opening of a chat
	plan  func(n int, c teamstest.Call) (teamstest.Fault, bool)
}

// register knows everybody by their account.
type register struct{ courier.Register }

func (r *register) Reader(_ context.Context, id bot.PersonID) (courier.Reader, error) {
	return courier.Reader{Person: bot.Person{ID: id}, Accounts: []bot.Account{{ID: bot.NewAccountID(teams.Name, string(id)), Person: id}}}, nil
}

// mortal is a queue whose process may have died.
type mortal struct {
	courier.Queue
	dead func() bool
}

var errDead = errors.New("the process is gone")

func (q mortal) Change(ctx context.Context, key string, attempt int64, rule func(*courier.Item) error) (bool, error) {
	if q.dead() {
		return false, errDead
	}
	return q.Queue.Change(ctx, key, attempt, rule)
}

func openOffice(t testing.TB, graph bool) *office {
	t.Helper()
	o := &office{t: t, graph: graph, version: 1, again: map[string]bool{}, vouched: map[string]bool{}}
	o.house = openHouse(t, func(c *teams.Config) { c.Graph = graph })
	db := storagetest.Memory(t)
	o.real, o.box = courierstore.New(db), courierstore.NewBox(db, o.clock)
	o.store = o.real
	o.store.Register = &register{o.real.Register}
	o.store.Queue = mortal{o.real.Queue, o.dead}
	o.restart()
	o.Inject(o.befall)
	return o
}

func (o *office) dead() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.down
}

// befall asks the plan about the calls that come of sending.
func (o *office) befall(c teamstest.Call) teamstest.Fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.quiet || o.plan == nil || !slices.Contains([]string{"send", "create", "update", "delete", "token", "graph.messages", "graph.replies"}, c.Method) {
		return teamstest.Fault{}
	}
	o.seen++
	fault, dies := o.plan(o.seen-1, c)
	o.down = o.down || dies
	if c.Method != "send" && (dies || fault != teamstest.Fault{}) {
		o.shut = o.shut || c.Method == "create" || c.Method == "token"
	}
	return fault
}

// restart begins a new process on the same database.
func (o *office) restart() {
	o.t.Helper()
	set := func(quiet bool) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.quiet, o.down = quiet, false
	}
	set(true)
	o.join(o.t, func(c *teams.Config) { c.Graph = o.graph })
	o.sender = courier.New(courier.Config{Store: o.store, Platforms: []bot.Platform{o.Tenant}, Render: o.draw, Clock: o.clock,
		Random: strings.NewReader(strings.Repeat("k", 1000)), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err := o.sender.Bind(o.t.Context(), teams.Name, bot.NewAccountID(teams.Name, "the-bot")); err != nil {
		o.t.Fatal(err)
	}
	set(false)
}

func (o *office) draw(context.Context, bot.View) (bot.Message, int64, error) {
	return bot.Notice(fmt.Sprintf("Card, version %d", o.version)), o.version, nil
}

// step works once; a process that died is started again.
func (o *office) step() (worked bool, next time.Time) {
	o.t.Helper()
	worked, next, err := o.sender.Step(o.t.Context())
	switch {
	case err != nil && o.dead():
		o.restart()
		return true, time.Time{}
	case err != nil:
		o.t.Fatal(err)
	}
	return worked, next
}

// run works until nothing is left to do, moving the clock.
func (o *office) run() {
	o.t.Helper()
	for range 4000 {
		worked, next := o.step()
		switch {
		case worked:
		case next.IsZero():
			return
		default:
			o.clock.pass(max(0, next.Sub(o.clock.Now())))
		}
	}
	o.t.Fatal("it never comes to rest")
}

// mail is what is sent: several to one channel, one of them long, one with an
// answer under it, some to another channel and to a person, and a card.
func (o *office) mail() []string {
	o.t.Helper()
	finds, desk, ada := bot.Address{Place: place(o.finds)}, bot.Address{Place: place(o.help)}, bot.Address{Person: bot.PersonID(o.ada.ID)}
	text := func(key string, to bot.Address, body bot.Message) bot.Delivery {
		return bot.Delivery{Key: key, To: to, Frozen: &body, Class: bot.Answer}
	}
	long := bot.Message{Summary: "Long"}
	for i := range 40 {
		long.Blocks = append(long.Blocks, bot.Paragraph{Text: bot.T(fmt.Sprintf("Paragraph %d %s", i, strings.Repeat("and so on ", 100)))})
	}
	under := text("finds-2-answer", finds, bot.Notice("Answer under two"))
	under.Thread = "finds-2"
	all := []bot.Delivery{
		text("finds-1", finds, bot.Notice("Finds one")), text("desk-1", desk, bot.Notice("Desk one")), text("ada-1", ada, bot.Notice("For Ada")),
		text("finds-2", finds, bot.Notice("Finds two")), under, text("finds-3", finds, long), text("desk-2", desk, bot.Notice("Desk two")),
		{Key: "card", To: desk, Class: bot.Asked, View: &bot.View{Kind: "card", ID: "c", Version: 1}},
		text("ada-2", ada, bot.Notice("For Ada again")), text("finds-4", finds, bot.Notice("Finds four")),
	}
	if err := o.box.Add(o.t.Context(), all...); err != nil {
		o.t.Fatal(err)
	}
	var keys []string
	for _, d := range all {
		keys = append(keys, d.Key)
	}
	return keys
}

// bump changes what the card shows.
func (o *office) bump() {
	o.t.Helper()
	o.version++
	err := o.box.Add(o.t.Context(), bot.Delivery{Key: "card", To: bot.Address{Place: place(o.help)}, Class: bot.Asked, View: &bot.View{Kind: "card", ID: "c", Version: o.version}})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) item(key string) courier.Item {
	o.t.Helper()
	it, err := o.store.Queue.Get(o.t.Context(), key)
	if err != nil {
		o.t.Fatal(err)
	}
	return it
}

// copies are the messages that were posted for a part, by what they were posted
// as: an edit may take the mark away.
func (o *office) copies(where string, part courier.Part) (all []teamstest.Message) {
	mark := "evangelist-part-" + part.ID + "."
	posted := 0
	for _, c := range o.Calls("send") {
		if strings.Contains(string(c.Body), mark) {
			posted++
		}
	}
	for _, m := range o.Messages(where) {
		if !m.Deleted && (strings.Contains(string(m.Activity), mark) || part.Ref != "" && m.ID == part.Ref) {
			all = append(all, m)
		}
	}
	if len(all) > 0 && posted == 0 {
		o.t.Errorf("a part stands there that was never sent")
	}
	return all
}

// troubles are what a lead is shown, by key.
func (o *office) troubles() map[string]courier.Trouble {
	o.t.Helper()
	waiting, err := o.sender.Waiting(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	failed, err := o.sender.Troubles(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	all := map[string]courier.Trouble{}
	for _, t := range append(waiting, failed...) {
		if len(t.Say) < 20 {
			o.t.Errorf("%s is %s without a sentence: %q", t.Key, t.State, t.Say)
		}
		all[t.Key] = t
	}
	return all
}

// account holds at rest: every part stands there once, or it is shown to a lead
// and stands there at most once.
func (o *office) account(keys []string) {
	o.t.Helper()
	shown := o.troubles()
	for _, key := range keys {
		it := o.item(key)
		_, told := shown[key]
		if key == "finds-2-answer" && it.State == courier.Queued {
			_, told = shown["finds-2"] // it waits for what it answers
		}
		if it.State != courier.Sent && !told {
			o.t.Errorf("%s is %s, and nobody is told", key, it.State)
		}
		for _, part := range it.Parts {
			n := len(o.copies(it.Place.Native(), part))
			if n > 1 || n == 0 && part.State == courier.Posted {
				o.t.Errorf("part %d of %s, %s, stands there %d times", part.N, key, part.State, n)
			}
		}
		// Where the bot may read, it finds out by itself.
		if o.graph && it.State == courier.Unsure && it.To.Place != "" {
			o.t.Errorf("%s is unsure in a channel that can be read: %s", key, it.Note)
		}
	}
}

// lead looks after everything that needs a human, and decides by what stands
// there.
func (o *office) lead(keys []string) {
	o.t.Helper()
	for range 10 {
		o.run()
		o.account(keys)
		decided := 0
		for key, trouble := range o.troubles() {
			if !trouble.Decides || trouble.State == courier.Unknown {
				continue
			}
			it, decision := o.item(key), courier.Again
			if n := trouble.Part; n > 0 && len(o.copies(it.Place.Native(), it.Parts[n-1])) > 0 {
				decision = courier.There
			}
			if decision == courier.Again {
				o.again[key] = true
			} else {
				o.vouched[key] = true
			}
			decided++
			if err := o.sender.Decide(o.t.Context(), key, decision); err != nil {
				o.t.Fatalf("decide about %s: %v", key, err)
			}
		}
		if decided == 0 {
			return
		}
	}
	o.t.Error("a lead is asked without end")
}

// delivered is the oracle: everything is there, once, and in its order.
func (o *office) delivered(keys []string) {
	o.t.Helper()
	order := map[string][]string{}
	for _, key := range keys {
		it := o.item(key)
		if it.State == courier.Unreachable {
			continue
		}
		if it.State != courier.Sent {
			o.t.Errorf("%s is %s: %s", key, it.State, it.Note)
		}
		var own []string
		for _, part := range it.Parts {
			found := o.copies(it.Place.Native(), part)
			if len(found) != 1 {
				o.t.Errorf("part %d of %s stands there %d times", part.N, key, len(found))
				continue
			}
			o.placed(key, it, found[0])
			own = append(own, found[0].ID)
			// What waited for a lead was overtaken meanwhile.
			waited := o.again[key] || o.vouched[key] && len(it.Parts) > 1 || key == "finds-2-answer" && o.vouched["finds-2"]
			if where := it.Place.Native() + " " + found[0].Root; !waited {
				order[where] = append(order[where], found[0].ID)
			}
		}
		if !slices.IsSorted(own) {
			o.t.Errorf("the parts of %s stand there as %v", key, own)
		}
	}
	for where, ids := range order {
		// A delivery comes to its turn when its conversation is open.
		if o.shut && strings.HasPrefix(where, "a:") {
			continue
		}
		if !slices.IsSorted(ids) {
			o.t.Errorf("in %s the order is %v", where, ids)
		}
	}
}

// placed looks at where a part stands, and whether a card shows what is true.
func (o *office) placed(key string, it courier.Item, m teamstest.Message) {
	o.t.Helper()
	parent := o.item("finds-2")
	switch {
	case key == "finds-2-answer" && (o.again["finds-2"] || o.vouched["finds-2"]): // it may have gone out meanwhile
	case key == "finds-2-answer" && m.Root != parent.Parts[0].Ref, key != "finds-2-answer" && m.Root != "":
		o.t.Errorf("%s stands under %q", key, m.Root)
	case key == "card" && !o.vouched[key] && !strings.Contains(shown(m), fmt.Sprintf("version %d", o.version)):
		o.t.Errorf("the card shows %q", shown(m))
	}
}

// scenario sends all the mail, has a lead look after it, and changes the card.
func (o *office) scenario() {
	o.t.Helper()
	keys := o.mail()
	o.lead(keys)
	o.bump()
	o.lead(keys)
	o.delivered(keys)
}
