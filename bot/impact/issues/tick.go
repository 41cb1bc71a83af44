package issues

import (
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
)

// Facts are what Tick needs to know besides the issue.
type Facts struct {
	Version int64          // of the issue that was read
	Leads   []bot.PersonID // active comms leads, in a fixed order
}

// NextAt is when time asks for something; zero: nothing.
func (i *Issue) NextAt() time.Time {
	switch {
	case i.State == Planned:
		return i.Due
	case i.State == Approved || i.State == Early:
		return i.PublishAt
	case i.State.waits() && i.Stage == 0:
		return i.Since.Add(remindAfter)
	case i.State.waits() && i.Stage == 1:
		return i.Since.Add(othersAfter)
	}
	return time.Time{}
}

// Tick does the next thing that time or the register asks for, one at a time, and
// reports whether there was one: it is called until there is none. ErrMoved when
// the issue is not the one that the facts belong to.
func (i *Issue) Tick(now time.Time, f Facts) (out []bot.Delivery, moved bool, err error) {
	if i.Version != f.Version {
		return nil, false, ErrMoved
	}
	if out, moved := i.handOver(f); moved {
		return out, true, nil
	}
	due := i.NextAt()
	if due.IsZero() || due.After(now) {
		return nil, false, nil
	}
	switch {
	case i.State == Planned:
		i.enter(Draft, now)
		i.ask(i.Lead)
		return i.changed(), true, nil
	case i.State == Approved && len(i.Champions) > 0:
		i.enter(Early, now)
		i.PublishAt = now.Add(EarlyTime)
		i.Copies = append(slices.Clone(i.Copies), Copied{Revision: i.Revision.Number, To: i.Champions})
		return i.changed(), true, nil
	case i.State == Approved || i.State == Early:
		i.enter(Published, now)
		i.Published = now
		return i.changed(), true, nil
	case i.Stage == 0:
		i.Stage = 1
		i.Version++
		return i.tell(i.Lead, i.turn("remind"), remindMessage(i)), true, nil
	default:
		return i.askOthers(f), true, nil
	}
}

// turn names something that happens once in one waiting of the issue.
func (i *Issue) turn(what string) string {
	return what + "/" + strconv.FormatInt(i.Since.UnixMicro(), 36)
}

// handOver gives an issue whose lead has left, or leads no more, to another one:
// the deputy, else the first of the leads. Where there is none it waits.
func (i *Issue) handOver(f Facts) ([]bot.Delivery, bool) {
	if !i.State.open() || slices.Contains(f.Leads, i.Lead) || len(f.Leads) == 0 {
		return nil, false
	}
	was := i.Lead
	i.Lead = f.Leads[0]
	if i.Deputy != "" && slices.Contains(f.Leads, i.Deputy) {
		i.Lead = i.Deputy
	}
	if i.State == Planned {
		i.Version++
		return nil, true
	}
	i.ask(i.Lead)
	return append(i.changed(), i.tell(i.Lead, "handed/"+string(was), handedMessage(i))...), true
}

// askOthers asks the deputy, or all other leads where there is none.
func (i *Issue) askOthers(f Facts) []bot.Delivery {
	i.Stage = 2
	others := slices.DeleteFunc(slices.Clone(f.Leads), func(id bot.PersonID) bool { return id == i.Lead })
	if i.Deputy != "" && slices.Contains(others, i.Deputy) {
		others = []bot.PersonID{i.Deputy}
	}
	for _, id := range others {
		i.ask(id)
	}
	out := i.changed()
	for _, id := range others {
		out = append(out, i.tell(id, i.turn("others"), othersMessage(i))...)
	}
	return out
}

// ask notes that a lead has the card from now on.
func (i *Issue) ask(lead bot.PersonID) {
	if lead != "" && !slices.Contains(i.Asked, lead) {
		i.Asked = append(slices.Clone(i.Asked), lead)
	}
}

// The kinds of the feature's views; they go by an issue's id.
const (
	deskView  = "report-desk"
	earlyView = "report-early"
	outView   = "report-out"
)

// changed raises the version and brings every card up to date, those that are due
// for the first time among them.
func (i *Issue) changed() []bot.Delivery {
	i.Version++
	var out []bot.Delivery
	view := func(key string, to bot.Address, kind string, class bot.Class) *bot.Delivery {
		out = append(out, bot.Delivery{Key: "report/" + i.ID + "/" + key, To: to, View: &bot.View{Kind: kind, ID: i.ID, Version: i.Version}, Class: class})
		return &out[len(out)-1]
	}
	for _, lead := range i.Asked {
		view("desk/"+string(lead), bot.Address{Person: lead}, deskView, bot.Asked)
	}
	for _, given := range i.Copies {
		for _, champion := range given.To {
			d := view("early/"+strconv.FormatInt(given.Revision, 10)+"/"+string(champion), bot.Address{Person: champion}, earlyView, bot.Asked) // they agreed to it, and quiet hours would eat into the two days
			d.Expires = i.PublishAt
		}
	}
	if i.State == Published && i.Place != "" {
		view("out", bot.Address{Place: i.Place}, outView, bot.Edition)
	}
	return out
}

// tell writes to one person, once for each key.
func (i *Issue) tell(to bot.PersonID, key string, message bot.Message) []bot.Delivery {
	if to == "" {
		return nil
	}
	return []bot.Delivery{{Key: "report/" + i.ID + "/" + key + "/" + string(to), To: bot.Address{Person: to}, Frozen: &message, Class: bot.Asked}}
}
