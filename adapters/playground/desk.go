package playground

import (
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
)

// PrivateReply is something that one person alone can see, in memory only.
type PrivateReply struct {
	Ref     bot.MessageRef // where it is shown; Native is good for Press alone
	At      time.Time
	Message bot.Message
}

// desk is what one person has in front of them and nobody else can see.
type desk struct {
	private []PrivateReply
	form    *openForm
}

// keptPrivate is how many private replies a person keeps.
const keptPrivate = 30

func (d *desk) put(reply PrivateReply) {
	if len(d.private) >= keptPrivate {
		d.private = append(d.private[:0:0], d.private[len(d.private)-keptPrivate+1:]...)
	}
	d.private = append(d.private, reply)
}

// desk returns somebody's desk. The caller holds mu.
func (w *Workspace) desk(native string) *desk {
	d, ok := w.desks[native]
	if !ok {
		d = &desk{}
		w.desks[native] = d
	}
	return d
}

// privateRef numbers a private reply. The caller holds mu.
func (w *Workspace) privateRef(place bot.PlaceID) bot.MessageRef {
	w.issued++
	return bot.MessageRef{Place: place, Native: fmt.Sprintf("private-%d", w.issued)}
}

// whisperBack shows a reply to the asker alone, in a place or, when that is
// empty, in the person's own chat with the bot.
func (w *Workspace) whisperBack(native, place string, message bot.Message) PrivateReply {
	w.mu.Lock()
	defer w.mu.Unlock()
	if place == "" {
		place = "direct-" + native
	}
	reply := PrivateReply{Ref: w.privateRef(w.state.placeID(place)), At: w.clock.Now(), Message: message}
	w.desk(native).put(reply)
	w.announce()
	return reply
}

// Private returns what this person alone can see, oldest first.
func (p *Person) Private() []PrivateReply {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return slices.Clone(p.w.desk(p.native).private)
}

// PutAway removes a private reply; one that is gone already is no error.
func (p *Person) PutAway(ref bot.MessageRef) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	d := p.w.desk(p.native)
	d.private = slices.DeleteFunc(d.private, func(r PrivateReply) bool { return r.Ref == ref })
	p.w.announce()
}

// privateReply returns one of this person's private replies.
func (p *Person) privateReply(ref bot.MessageRef) (PrivateReply, bool) {
	for _, reply := range p.Private() {
		if reply.Ref == ref {
			return reply, true
		}
	}
	return PrivateReply{}, false
}
