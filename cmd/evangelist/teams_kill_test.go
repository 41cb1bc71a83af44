package main

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/storagetest"
)

// storm kills the program and starts it again: at random moments, when Teams has
// just been asked, and when it took a post and the answer has not left.
func (r *raid) storm(running *process, kills int, enough func() bool) *process {
	r.Helper()
	for n := range kills {
		switch n % 3 {
		case 0:
			r.posting(teamstest.Fault{})
			r.moment(time.Duration(r.random.Int64N(int64(time.Second))))
		case 1:
			r.posting(teamstest.Fault{})
			r.moment(time.Duration(r.random.Int64N(int64(3 * time.Millisecond))))
		default:
			r.held[r.posting(teamstest.Held(make(chan struct{})).Accepted())] = true
		}
		running.kill(r.T)
		r.teams.Inject(r.always)
		if running = r.launch(); enough() {
			break
		}
	}
	return running
}

// posting waits until the program posts a part, to which the fault happens; the
// part's id is returned.
func (r *raid) posting(fault teamstest.Fault) string {
	r.Helper()
	asked := make(chan string, 1)
	var struck atomic.Bool // the fault happens to one part alone
	r.teams.Inject(func(c teamstest.Call) teamstest.Fault {
		if id := markOf(c); id != "" && c.Method == "send" && struck.CompareAndSwap(false, true) {
			asked <- id
			return fault
		}
		return r.always(c)
	})
	select {
	case id := <-asked:
		// What is taken before the answer is held is there a moment later.
		r.eventually("the part is taken", func() bool { return fault.Until == nil || r.stands(id) })
		return id
	case <-r.ctx.Done():
		r.Fatal("the program posts nothing")
		return ""
	}
}

// conversations are all that the bot writes to.
func (r *raid) conversations() []string {
	all := []string{r.team.General, r.reading}
	for _, channel := range r.channels {
		all = append(all, channel)
	}
	for _, u := range r.people {
		all = append(all, r.teams.Personal(u))
	}
	return all
}

// stands reports whether a message carries the part's id.
func (r *raid) stands(id string) bool {
	for _, where := range r.conversations() {
		for _, m := range r.teams.Messages(where) {
			if strings.Contains(string(m.Activity), "evangelist-part-"+id+".") {
				return true
			}
		}
	}
	return false
}

// rage runs the whole: programs under fire until so many parts were posted, then
// peace, then a lead who looks after what is in doubt.
func (r *raid) rage(kills, parts int) {
	r.Helper()
	stop := r.chatter()
	defer stop()
	running := r.launch()
	r.eventually("the first edition is posted", func() bool { return len(r.posts()) > 0 })
	from := r.quick.Now() // from here on no edition is empty
	running = r.storm(running, kills, func() bool { return false })
	r.eventually(fmt.Sprint(parts, " parts are posted"), seldom(func() bool { return len(r.posts()) >= parts }))
	until := r.quick.Now()
	r.eventually("all that was due is posted, or held", untilTired(r.ctx, func() bool {
		if !r.quick.Now().After(until.Add(8*time.Minute)) || r.late(from, until) > 0 {
			return false
		}
		_, missing := r.editions(from, until)
		return len(missing) == 0
	}))
	running.quit(r.T, 15*time.Second)
	r.Logf("%d parts posted, %d kills", len(r.posts()), kills)
	unsure := r.examine(from, until)
	r.start()
	r.decide(unsure)
	r.eventually("what a lead decided is done", seldom(func() bool { return r.unsent(from, until) == 0 && r.late(from, until) == 0 }))
	r.stop()
	if left := r.examine(from, until); len(left) > 0 {
		r.Errorf("after the decisions %d are in doubt still", len(left))
	}
}

// deliveries are what was due in a time, by key.
func (r *raid) deliveries(from, until time.Time) map[string]string {
	r.Helper()
	states := map[string]string{}
	for _, row := range r.rows(fmt.Sprintf(`SELECT key, state FROM deliveries WHERE created_at BETWEEN %d AND %d`, from.UnixMicro(), until.UnixMicro())) {
		key, state, _ := strings.Cut(row, "\t")
		states[key] = state
	}
	return states
}

// late counts what was due and on which something is done still.
func (r *raid) late(from, until time.Time) (n int) {
	for _, state := range r.deliveries(from, until) {
		if state == "queued" || state == "sending" || state == "unknown" {
			n++
		}
	}
	return n
}

func (r *raid) unsent(from, until time.Time) (n int) {
	for _, state := range r.deliveries(from, until) {
		if state != "sent" && state != "editing" {
			n++
		}
	}
	return n
}

// examine looks for doubles of any part, for parts that are not there, and for
// editions that were due; what is held for a lead is returned, each with the
// part that is in question.
func (r *raid) examine(from, until time.Time) map[string]string {
	r.Helper()
	posts, direct := r.posts(), 0
	for id, calls := range posts {
		if strings.HasPrefix(calls[0].Conversation, "a:") {
			direct++
		}
		if len(calls) != 1 {
			r.Errorf("the part %s was posted %d times in %s", id, len(calls), calls[0].Conversation)
		}
	}
	unsure := map[string]string{}
	for _, row := range r.rows(`SELECT p.id, p.state, d.state, d.target, d.key FROM delivery_parts p JOIN deliveries d ON d.key = p.key`) {
		f := strings.Split(row, "\t")
		if f[1] == "sent" && len(posts[f[0]]) == 0 {
			r.Errorf("a part of %s counts as sent and was never posted (it stands there: %t)", f[4], r.stands(f[0]))
		}
		if f[2] == "unsure" && f[1] != "sent" && unsure[f[4]] == "" {
			unsure[f[4]] = f[0]
		}
		if f[2] == "unsure" && r.graph && strings.HasSuffix(f[3], "@thread.tacv2") {
			r.Errorf("%s is unsure in %s, which can be read", f[4], f[3])
		}
	}
	for key, state := range r.deliveries(from, until) {
		// A card that is being brought up to date again stands there.
		if state != "sent" && state != "editing" && unsure[key] == "" {
			r.Errorf("it was due, is not there, and nobody is asked: %s is %s", key, state)
		}
	}
	due, missing := r.editions(from, until)
	for _, what := range missing {
		r.Error(what)
	}
	for _, person := range r.asked {
		n := r.count(r.teams.Personal(r.people[person]), "What did you learn?")
		if n > 1 || n == 0 && len(unsure) == 0 {
			r.Errorf("%s was asked %d times", person, n)
		}
	}
	r.Logf("%d editions were due in %d channels each; %d of %d parts went to persons; %d are held for a lead", due, len(r.places), direct, len(posts), len(unsure))
	if due < 10 || direct < 10 {
		r.Error("too little was due: the test proves nothing")
	}
	return unsure
}

// editions follows the hourly slots of each digest, in each channel: how many
// were due, and which of them are neither out nor held for a lead.
func (r *raid) editions(from, until time.Time) (due int, missing []string) {
	r.Helper()
	states, editions := map[string]string{}, map[string]string{}
	for _, row := range r.rows(`SELECT key, state FROM deliveries`) {
		key, state, _ := strings.Cut(row, "\t")
		states[key] = state
	}
	for _, row := range r.rows(`SELECT d.name, e.due, e.id FROM editions e JOIN digests d ON d.id = e.digest`) {
		f := strings.Split(row, "\t")
		editions[f[0]+f[1]] = f[2]
	}
	for n := range r.series {
		slot := from.Truncate(time.Hour).Add(time.Duration(n*60/r.series) * time.Minute)
		for ; slot.Before(until.Add(-5 * time.Minute)); slot = slot.Add(time.Hour) {
			// A digest does not begin with a slot that is only minutes away.
			if !slot.After(from) || slot.Before(r.prepared.Add(10*time.Minute)) {
				continue
			}
			due++
			name := fmt.Sprintf("%s%02d", siegeName, n)
			id := editions[name+strconv.FormatInt(slot.UnixMicro(), 10)]
			for _, place := range r.places {
				if state := states["edition/"+id+"/"+place]; state != "sent" && (r.graph || state != "unsure") {
					missing = append(missing, fmt.Sprintf("%s of %s is %q in %s (edition %q)", name, slot.Format("15:04"), state, place, id))
				}
			}
		}
	}
	return due, missing
}

// decide has a lead look at all that is held, and say what is true.
func (r *raid) decide(unsure map[string]string) {
	r.Helper()
	waiting, err := r.app.courier.Waiting(r.ctx)
	if err != nil {
		r.Fatal(err)
	}
	shown := map[string]bool{}
	for _, trouble := range waiting {
		shown[trouble.Key] = true
	}
	posts, there := r.posts(), 0
	for key, id := range unsure {
		decision := courier.Again
		if len(posts[id]) > 0 {
			decision = courier.There
			there++
		}
		if !shown[key] {
			r.Errorf("%s is not shown to a lead", key)
		}
		// The courier takes decisions once it knows whose database it is.
		r.eventually("the decision about "+key+" is taken", func() bool {
			err := r.app.courier.Decide(r.ctx, key, decision)
			if errors.Is(err, bot.ErrNotFound) {
				r.Fatalf("decide about %s: %v", key, err)
			}
			return err == nil
		})
	}
	r.Logf("a lead saw %d there and had %d posted again", there, len(unsure)-there)
}

func TestKilledAgainAndAgainOnTeams(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	for name, graph := range map[string]bool{"graph on sqlite": true, "roster on postgres": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storagetest.SQLite
			if !graph {
				url = storagetest.PostgreSQL
			}
			openRaid(t, url(t), graph, 120, 60).rage(10, 300)
		})
	}
}

// The proof that the test above can fail: when Microsoft Graph shows nothing,
// parts are posted twice.
func TestWithoutTheHistoryThereAreDoublesOnTeams(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	r := openRaid(t, storagetest.SQLite(t), true, 120, 60)
	r.always = func(c teamstest.Call) teamstest.Fault {
		if c.Method == "graph.messages" {
			return teamstest.Fault{Status: http.StatusOK, Body: `{"value":[]}`}
		}
		return teamstest.Fault{}
	}
	r.teams.Inject(r.always)
	stop := r.chatter()
	defer stop()
	doubled := func() bool {
		for _, calls := range r.posts() {
			if len(calls) > 1 {
				return true
			}
		}
		return false
	}
	running := r.storm(r.launch(), 40, doubled)
	r.eventually("a part is posted twice", doubled)
	running.kill(t)
}
