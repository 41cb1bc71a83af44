package voices

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
)

// remindBefore is how long before the due date its owner is reminded.
const remindBefore = 3 * 24 * time.Hour

// Sweeps returns what becomes due by itself: urgent voices, reminders, and what
// follows from a change of the reading team.
func (f *Feature) Sweeps() []bot.Sweep {
	return []bot.Sweep{
		{Name: "voices.urgent", Run: f.releaseUrgent},
		{Name: "voices.due", Run: f.remind},
		{Name: "voices.team", Run: func(ctx context.Context) (time.Time, error) { return time.Time{}, f.recall(ctx) }},
	}
}

// UrgentEvery is how often what is urgent and without a name is released: at fixed
// marks, so that nothing is kept of when it was said but in which of these spans.
const UrgentEvery = 5 * time.Minute

// releaseUrgent releases at the first mark after it saw that something waits.
// The sweep is woken by each request, also by the one that says something
// urgent: what it does at once would be dated to the second, by the chat's own
// clock, too. For the same reason a mark that was missed is left out; the daily
// release takes along what is urgent in any case.
func (f *Feature) releaseUrgent(ctx context.Context) (time.Time, error) {
	f.urging.Lock()
	defer f.urging.Unlock()
	waits, err := f.c.Waiting.Waits(ctx, UrgentOnly)
	if err != nil {
		return f.nextMark, err
	}
	if !waits {
		f.nextMark = time.Time{}
		return time.Time{}, nil
	}
	now := f.c.Clock.Now()
	mark := now.Truncate(UrgentEvery)
	if missed := !mark.Before(f.nextMark) && now.Sub(mark) >= lookEvery; f.nextMark.IsZero() || missed {
		f.nextMark = mark.Add(UrgentEvery)
	}
	if mark.Before(f.nextMark) {
		return f.nextMark, nil
	}
	f.nextMark = time.Time{}
	return time.Time{}, f.release(ctx, UrgentOnly, mark)
}

// lookEvery is how often the open voices are looked through for reminders at
// most, however often a sweep is woken: no reminder is due sooner than days
// after what causes it.
const lookEvery = time.Minute

// remind looks again when a known reminder is due, or the last look is a while
// ago.
func (f *Feature) remind(ctx context.Context) (time.Time, error) {
	f.sweeping.Lock()
	defer f.sweeping.Unlock()
	now := f.c.Clock.Now()
	due := !f.nextReminder.IsZero() && !now.Before(f.nextReminder)
	if since := now.Sub(f.lastLook); !due && since >= 0 && since < lookEvery {
		return f.nextReminder, nil
	}
	next, err := f.remindAll(ctx)
	if err == nil {
		f.lastLook, f.nextReminder = now, next
	}
	return next, err
}

// remindAll tells the owner before the due date, and the leads after it. A lead
// whom the author left out is not told; nobody is named as late.
func (f *Feature) remindAll(ctx context.Context) (time.Time, error) {
	open, err := f.c.Voices.List(ctx, Query{Open: true})
	if err != nil {
		return time.Time{}, err
	}
	now := f.c.Clock.Now()
	var next time.Time
	var failed error
	for _, v := range open {
		if want, _ := reminders(v, now); want > v.Reminded {
			if err := f.remindOne(ctx, v.ID, now); err != nil && !notHere(err) {
				failed = errors.Join(failed, err) // the others are reminded all the same
			}
		}
		if _, at := reminders(v, now); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, failed
}

// reminders returns how many reminders should have gone out by now, and when the
// next one comes (zero: none).
func reminders(v Voice, now time.Time) (int, time.Time) {
	switch first := v.Due.Add(-remindBefore); {
	case v.State.Closed():
		return 0, time.Time{}
	case now.Before(first):
		return 0, first
	case now.Before(v.Due):
		return 1, v.Due
	default:
		return 2, time.Time{}
	}
}

func (f *Feature) remindOne(ctx context.Context, id string, now time.Time) error {
	leads, err := f.withRole(ctx, bot.Lead)
	if err != nil {
		return err
	}
	return f.c.Voices.Change(ctx, id, func(v *Voice) ([]bot.Delivery, error) {
		want, _ := reminders(*v, now)
		if want <= v.Reminded {
			return nil, nil
		}
		v.Reminded = want
		key := "voice/" + v.ID + "/due/" + strconv.FormatInt(v.Due.Unix(), 36) + "/"
		head := title(v.Kind) + " " + v.Reference
		if want == 1 {
			message := bot.Message{Summary: head + " wants an answer by " + f.day(v.Due), Blocks: []bot.Block{
				bot.Paragraph{Text: bot.Line(bot.Strong(head), " wants an answer by "+f.day(v.Due)+". You have it at the moment; if somebody else knows more, pass it on.")},
				bot.Actions{Buttons: []bot.Button{{Command: "voices.show", Arg: v.ID, Label: "Open", Tone: bot.Primary}}},
			}}
			return []bot.Delivery{{Key: key + string(v.Owner), To: bot.Address{Person: v.Owner}, Frozen: &message, Class: bot.Asked}}, nil
		}
		message := bot.Notice(head + " was promised an answer by " + f.day(v.Due) + " and has none yet. Please ask the reading team what it needs.")
		var all []bot.Delivery
		for _, lead := range leads {
			if !slices.Contains(v.Without, lead.ID) {
				all = append(all, bot.Delivery{Key: key + "lead/" + string(lead.ID), To: bot.Address{Person: lead.ID}, Frozen: &message, Class: bot.Alarm})
			}
		}
		return all, nil
	})
}

// nobodyReads tells the leads, once a day, that something has no reader.
func (f *Feature) nobodyReads(ctx context.Context) ([]bot.Delivery, error) {
	leads, err := f.withRole(ctx, bot.Lead)
	if err != nil {
		return nil, err
	}
	message := bot.Notice("Something that was said in confidence reaches nobody: none of those who were named to its author is on the reading team any more. Please ask one of them back: /evangelist readers")
	day := f.c.Clock.Now().In(f.c.Organisation.Zone).Format(time.DateOnly)
	var all []bot.Delivery
	for _, lead := range leads {
		all = append(all, bot.Delivery{Key: "voices/nobody-reads/" + day + "/" + string(lead.ID),
			To: bot.Address{Person: lead.ID}, Frozen: &message, Class: bot.Alarm})
	}
	return all, nil
}
