package playground

import (
	"context"
	"errors"
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
	// View is what Message shows, when it is something that changes; see Redraw.
	View *bot.View
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
func (w *Workspace) whisperBack(native, place string, message bot.Message, view *bot.View) PrivateReply {
	w.mu.Lock()
	defer w.mu.Unlock()
	if place == "" {
		place = "direct-" + native
	}
	reply := PrivateReply{Ref: w.privateRef(w.state.placeID(place)), At: w.clock.Now(), Message: message, View: view}
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

// Redraw brings private replies that show a view up to date; what is gone keeps
// its words and loses its buttons. What cannot be drawn now stays as it is.
func (p *Person) Redraw(ctx context.Context) {
	h, err := p.w.connected()
	if err != nil || h.View == nil {
		return
	}
	type card struct{ kind, id string }
	drawn := map[card]*bot.Message{}
	for _, reply := range p.Private() {
		if reply.View == nil {
			continue
		}
		key := card{reply.View.Kind, reply.View.ID}
		fresh, known := drawn[key]
		if !known {
			message, _, err := h.View(ctx, *reply.View)
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				continue
			}
			if err == nil {
				fresh = &message
			}
			drawn[key] = fresh
		}
		p.redrawn(reply.Ref, *reply.View, fresh)
	}
}

// redrawn puts fresh in place of a private reply that still shows the view; nil:
// the view is gone.
func (p *Person) redrawn(ref bot.MessageRef, view bot.View, fresh *bot.Message) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	d := p.w.desk(p.native)
	for i := range d.private {
		have := &d.private[i]
		switch {
		case have.Ref != ref || have.View == nil || *have.View != view:
		case fresh != nil:
			have.Message = *fresh
		default:
			have.View = nil
			have.Message.Blocks = slices.DeleteFunc(slices.Clone(have.Message.Blocks), func(b bot.Block) bool {
				_, buttons := b.(bot.Actions)
				return buttons
			})
		}
	}
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
