package courier_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
)

func (b *bench) grow(key, text string) {
	b.Helper()
	b.world.version++
	b.world.text = text
	b.add(b.card(key))
}

func TestACardFollowsItsView(t *testing.T) {
	b := newBench(t, asFull)
	b.grow("c", "draft")
	b.run()
	posts := b.world.posts
	for range 5 {
		b.grow("c", "draft") // five versions while nobody looked: one edit
	}
	edits := 0
	b.world.tamper = func(point string, do func()) error {
		if point == "edit" {
			edits++
		}
		do()
		return nil
	}
	b.run()
	if got := b.payloads("chat|c"); !slices.Equal(got, []string{"draft 6"}) || edits != 1 || b.world.posts != posts {
		t.Errorf("shows %v after %d edits and %d posts", got, edits, b.world.posts)
	}
	b.add(b.card("c"))
	b.run()
	if edits != 1 {
		t.Error("a version that is shown was put again")
	}
}

func TestACardGrowsAndShrinksByParts(t *testing.T) {
	b := newBench(t, asFull)
	for i, c := range []struct {
		text string
		want []string
	}{
		{"one", []string{"one 1"}},
		{"one|two|three", []string{"one", "two", "three 2"}},
		{"one", []string{"one 3"}},
		{"one|again", []string{"one", "again 4"}},
	} {
		b.grow("c", c.text)
		b.run()
		if got := b.payloads("chat|c"); !slices.Equal(got, c.want) {
			t.Fatalf("step %d shows %v, want %v", i, got, c.want)
		}
	}
}

func TestACardWithoutEditorStays(t *testing.T) {
	b := newBench(t, asBlind)
	b.grow("c", "draft")
	b.run()
	b.grow("c", "draft")
	b.run()
	if got := b.payloads("chat|c"); !slices.Equal(got, []string{"draft 1"}) {
		t.Errorf("shows %v", got)
	}
	if next := b.settle(); !next.IsZero() {
		t.Errorf("there is still something to do at %v", next)
	}
}

func TestEditsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
		note string
	}{
		"busy":   {busyFor(time.Minute), "draft 2", ""},
		"reset":  {errReset, "draft 2", ""},
		"denied": {deniedError, "draft 1", deniedError.Say},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, asFull)
			b.grow("c", "draft")
			b.run()
			b.grow("c", "draft")
			b.fail("edit", c.err)
			if next := b.settle(); name == "reset" && next.Sub(b.clock.Now()) < 2*time.Minute {
				t.Errorf("again at %v: the lost edit may still arrive", next)
			}
			b.run()
			if got := b.payloads("chat|c"); !slices.Equal(got, []string{c.want}) {
				t.Errorf("shows %v, want %v", got, c.want)
			}
			if it := b.state("c", courier.Sent); it.Note != c.note {
				t.Errorf("says %q, want %q", it.Note, c.note)
			}
		})
	}
}

func TestALateEditNeverComesAfterANewerOne(t *testing.T) {
	b := newBench(t, asFull)
	b.grow("c", "draft")
	b.run()
	b.grow("c", "draft")
	second := b.start(b.config)
	b.world.tamper = func(point string, do func()) error {
		if point == "edit" {
			// While the first courier's edit is on its way a second one finds
			// the version grown, and must wait.
			b.world.tamper = nil
			b.grow("c", "draft")
			if worked, next, err := second.Step(t.Context()); worked || err != nil || next.Sub(b.clock.Now()) < 2*time.Minute {
				t.Errorf("the second courier: %v, %v, %v", worked, next, err)
			}
		}
		do()
		return nil
	}
	b.run()
	if got := b.payloads("chat|c"); !slices.Equal(got, []string{"draft 3"}) {
		t.Errorf("shows %v", got)
	}
}

func TestWhatACardShowsMayBeGone(t *testing.T) {
	b := newBench(t, asFull)
	draw := b.config.Render
	missing := false
	b.config.Render = func(ctx context.Context, v bot.View) (bot.Message, int64, error) {
		if missing {
			return bot.Message{}, 0, bot.ErrNotFound
		}
		return draw(ctx, v)
	}
	b.courier = b.start(b.config)
	b.grow("kept", "draft")
	b.run()
	missing = true
	b.grow("kept", "draft")
	b.grow("never", "draft")
	b.run()
	if got := b.payloads("chat|c"); !slices.Equal(got, []string{"draft 1"}) {
		t.Errorf("shows %v", got)
	}
	b.state("kept", courier.Sent)
	b.state("never", courier.Dropped)
}

func TestWhatCannotBeDrawnIsToldInTheEnd(t *testing.T) {
	b := newBench(t, asFull)
	b.config.Render = func(context.Context, bot.View) (bot.Message, int64, error) { panic("somebody's words") }
	b.courier = b.start(b.config)
	b.grow("c", "draft")
	b.run()
	if it := b.state("c", courier.Failed); it.Note == "" {
		t.Error("nobody is told")
	}
}

func TestACardThatIsANudgeKeepsItsChoice(t *testing.T) {
	b := newBench(t, asFull)
	b.person("ann", bot.Contact{})
	nudge := func() {
		b.world.version++
		d := b.card("c")
		d.To, d.Class = bot.Address{Person: "ann"}, bot.Nudge
		b.add(d)
	}
	nudge()
	b.run()
	nudge()
	b.run()
	if got := b.payloads("chat|dm-ann"); !slices.Equal(got, []string{"version 2[contact.less][contact.never]"}) {
		t.Errorf("shows %v", got)
	}
}

func TestACardThatTurnsBackAfterALostEdit(t *testing.T) {
	b := newBench(t, asFull)
	shown := "open"
	b.config.Render = func(_ context.Context, v bot.View) (bot.Message, int64, error) {
		return bot.Notice(shown), b.world.version, nil
	}
	b.courier = b.start(b.config)
	b.grow("c", "")
	b.run()
	shown = "closed"
	b.grow("c", "")
	b.world.tamper = func(point string, do func()) error {
		b.world.tamper = nil
		do()
		return errReset
	}
	b.settle()
	shown = "open"
	b.grow("c", "")
	b.run()
	if got := b.payloads("chat|c"); !slices.Equal(got, []string{"open"}) {
		t.Errorf("shows %v", got)
	}
}

// A feature that counts its versions wrongly must not make the courier spin.
func TestADrawingThatKnowsLessThanIsWantedComesToRest(t *testing.T) {
	b := newBench(t, asFull)
	b.config.Render = func(context.Context, bot.View) (bot.Message, int64, error) { return bot.Notice("text"), 0, nil }
	b.courier = b.start(b.config)
	b.grow("c", "")
	b.run()
	b.grow("c", "")
	b.run()
	b.state("c", courier.Sent)
}
