package courier

import (
	"time"

	"evangelist/bot"
)

// act is the one thing to do next with a delivery.
type act int

const (
	nothing act = iota
	look        // is the part there already?
	hold        // it may be there and nobody can look: a human decides
	post        // send the part
	edit        // bring the posted parts up to date
	finish      // all is done
)

// ability is what the platform of a delivery can do.
type ability struct {
	find, edit, retract bool
}

func abilityOf(platform bot.Platform) ability {
	_, find := platform.(bot.Finder)
	_, edit := platform.(bot.Editor)
	_, retract := platform.(bot.Retractor)
	return ability{find: find, edit: edit, retract: retract}
}

// next says what to do with a delivery whose parts are known, and with which
// part. It is pure.
func next(it *Item, can ability) (act, int) {
	if !it.State.Busy() && it.State != Sent {
		return nothing, 0
	}
	for i, part := range it.Parts {
		switch {
		case part.State != Asked && part.State != Waiting:
			continue
		case part.State == Waiting && part.Since.IsZero():
			return post, i
		case can.find:
			return look, i
		default:
			return hold, i
		}
	}
	if it.View != nil && it.Editable && can.edit && (it.View.Version > it.Shown || !it.current()) {
		return edit, 0
	}
	if it.State == Sent {
		return nothing, 0
	}
	return finish, 0
}

// claim marks a part as about to be sent, before it is.
func claim(it *Item, i int, now time.Time, lease time.Duration) {
	it.Attempt++
	it.State, it.Holds, it.Due, it.Note = Sending, true, now.Add(lease), ""
	part := &it.Parts[i]
	part.State, part.AskedAt = Asked, now
	if part.Since.IsZero() {
		part.Since = now
	}
	if it.Class == bot.Nudge && it.Nudged.IsZero() {
		it.Nudged = now
	}
}

// arrived notes that a part is there and goes on to the next one, or ends.
func arrived(it *Item, i int, ref string, can ability, now, check time.Time) {
	there(&it.Parts[i], ref, can, check)
	it.Tries, it.Refusals = 0, 0
	proceed(it, can, now)
}

// there marks a part as posted.
func there(part *Part, ref string, can ability, check time.Time) {
	part.State, part.Ref, part.Live, part.CheckAt = Posted, ref, part.Hash, time.Time{}
	if can.find && ref != "" {
		part.CheckAt = check
	}
}

// proceed goes on after a part is settled.
func proceed(it *Item, can ability, now time.Time) {
	for _, part := range it.Parts {
		if part.State == Waiting || part.State == Asked {
			it.later(Queued, now, "")
			return
		}
	}
	if it.View != nil {
		if it.current() {
			it.Shown = max(it.Shown, it.Rendered)
		}
		it.Editable = it.Editable && can.edit && len(it.Parts) > 0 && it.Parts[0].Ref != ""
	}
	it.over(Sent, now, "")
}

// refused notes a certain refusal of a part: nothing was posted.
func refused(it *Item, i int, why *bot.SendError, now time.Time) {
	part := &it.Parts[i]
	part.State = Waiting
	if part.Since.Equal(part.AskedAt) {
		part.Since = time.Time{} // this was the only attempt, and it left nothing
	}
	switch why.Reason {
	case bot.Unreachable:
		it.over(Unreachable, now, why.Say)
	case bot.Denied:
		it.over(Failed, now, why.Say)
	default:
		it.later(Queued, now.Add(max(why.RetryAfter, backoff(time.Second, 5*time.Minute, it.Refusals, it.Key))), why.Say)
		it.Refusals++
	}
}

// lost notes that nobody knows whether a part is there.
func lost(it *Item, can ability, now time.Time, quiet time.Duration) {
	it.Tries++
	it.later(Unknown, now.Add(quiet), "")
	if !can.find {
		held(it, now)
	}
}

// held gives a doubt to a human.
func held(it *Item, now time.Time) {
	it.over(Unsure, now, "Nobody knows whether this message arrived, and it cannot be looked up here. Please look yourself, then choose: it is there, or post it again.")
}
