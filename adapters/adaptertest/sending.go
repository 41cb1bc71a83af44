package adaptertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

func testPost(t *testing.T, f Fixture) {
	one := post(t, f, f.Place, "p1", "The first")
	two := post(t, f, f.Place, "p2", "The second")
	if one.Place != f.Place || one.Native == "" || one == two {
		t.Errorf("references are %+v and %+v", one, two)
	}
	answer, err := f.Platform.Post(t.Context(), bot.Posting{Place: f.Place, Thread: one.Native, Part: render(t, f, "In the thread"), ID: "p3"})
	if err != nil || answer.Native == "" || answer == one || answer == two {
		t.Errorf("an answer in the thread is %+v, %v", answer, err)
	}
	if f.Seen != nil {
		if text, there := f.Seen(one); !there || !strings.Contains(text, "The first") {
			t.Errorf("at the first reference stands %q, %v", text, there)
		}
	}
}

func testRefusals(t *testing.T, f Fixture) {
	if len(f.Forbidden) == 0 {
		t.Error("the fixture names no place where posting is refused")
	}
	for _, place := range f.Forbidden {
		_, err := f.Platform.Post(t.Context(), bot.Posting{Place: place, Part: render(t, f, "Not here"), ID: "r"})
		var refused *bot.SendError
		if !errors.As(err, &refused) {
			t.Errorf("posting to %s: %v, want a certain refusal", place, err)
			continue
		}
		if refused.Reason != bot.Denied && refused.Reason != bot.Unreachable {
			t.Errorf("posting to %s is refused as %q: trying again would not help", place, refused.Reason)
		}
		if len(refused.Say) < 10 || !strings.Contains(refused.Say, " ") {
			t.Errorf("the refusal says %q, want a sentence for a human", refused.Say)
		}
	}
}

func testEnded(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Platform.Post(ctx, bot.Posting{Place: f.Place, Part: render(t, f, "Too late"), ID: "late"}); err == nil {
		t.Error("a post whose context had ended reports success")
	}
}

func testEdit(t *testing.T, f Fixture) {
	editor, ok := f.Platform.(bot.Editor)
	if !ok {
		t.Skip("the platform cannot edit")
	}
	ref := post(t, f, f.Place, "e1", "Before")
	for range 2 {
		if err := editor.Edit(t.Context(), ref, render(t, f, "After")); err != nil {
			t.Fatalf("edit: %v", err)
		}
		if text, there := f.Seen(ref); !there || !strings.Contains(text, "After") || strings.Contains(text, "Before") {
			t.Errorf("the message shows %q, %v", text, there)
		}
	}
	if finder, ok := f.Platform.(bot.Finder); ok {
		found, err := finder.Find(t.Context(), f.Place, "", "e1", time.Time{})
		if err != nil || len(found) != 1 || found[0] != ref {
			t.Errorf("after an edit Find returns %v, %v", found, err)
		}
	}
}

func testRetract(t *testing.T, f Fixture) {
	retractor, ok := f.Platform.(bot.Retractor)
	if !ok {
		t.Skip("the platform cannot retract")
	}
	ref, stays := post(t, f, f.Place, "t1", "Goes"), post(t, f, f.Place, "t2", "Stays")
	for range 2 {
		if err := retractor.Retract(t.Context(), ref); err != nil {
			t.Fatalf("retract: %v", err)
		}
		if text, there := f.Seen(ref); there {
			t.Errorf("the message still shows %q", text)
		}
	}
	if _, there := f.Seen(stays); !there {
		t.Error("another message went with it")
	}
	if finder, ok := f.Platform.(bot.Finder); ok {
		found, err := finder.Find(t.Context(), f.Place, "", "t1", time.Time{})
		if err != nil || len(found) != 0 {
			t.Errorf("after retracting Find returns %v, %v", found, err)
		}
	}
	if editor, ok := f.Platform.(bot.Editor); ok {
		if err := editor.Edit(t.Context(), ref, render(t, f, "Back")); err == nil {
			t.Error("a message that is gone was edited")
		}
	}
}

func testFind(t *testing.T, f Fixture) {
	finder, ok := f.Platform.(bot.Finder)
	if !ok {
		t.Skip("the platform cannot find")
	}
	find := func(place bot.PlaceID, id string, since time.Time) []bot.MessageRef {
		t.Helper()
		found, err := finder.Find(t.Context(), place, "", id, since)
		if err != nil {
			t.Fatalf("find %s: %v", id, err)
		}
		return found
	}
	begin := f.Now()
	if found := find(f.Place, "f1", begin); len(found) != 0 {
		t.Errorf("found %v before anything was posted", found)
	}
	one := post(t, f, f.Place, "f1", "Copy")
	post(t, f, f.Place, "f2", "Another")
	post(t, f, f.Other, "f1", "Elsewhere")
	if found := find(f.Place, "f1", begin); len(found) != 1 || found[0] != one {
		t.Errorf("found %v, want %v", found, one)
	}
	two := post(t, f, f.Place, "f1", "Copy")
	if found := find(f.Place, "f1", begin); len(found) != 2 || found[0] != one || found[1] != two {
		t.Errorf("found %v, want both copies, the oldest first", found)
	}
	if found := find(f.Place, "f3", begin); len(found) != 0 {
		t.Errorf("found %v for an id that was never posted", found)
	}
	if found := find(f.Place, "f1", f.Now().Add(time.Minute)); len(found) != 0 {
		t.Errorf("found %v from before the moment", found)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := finder.Find(ctx, f.Place, "", "f9", begin); err == nil {
		t.Errorf("a search that could not be made proves absence: %v", found)
	}
}

func testFindInThread(t *testing.T, f Fixture) {
	finder, ok := f.Platform.(bot.Finder)
	if !ok {
		t.Skip("the platform cannot find")
	}
	begin := f.Now()
	first, other := post(t, f, f.Place, "h1", "The first"), post(t, f, f.Place, "h2", "Another first")
	answer := func(under bot.MessageRef, id string) bot.MessageRef {
		t.Helper()
		ref, err := f.Platform.Post(t.Context(), bot.Posting{Place: f.Place, Thread: under.Native, Part: render(t, f, "An answer"), ID: id})
		if err != nil {
			t.Fatalf("post in a thread: %v", err)
		}
		return ref
	}
	one := answer(first, "h3")
	answer(first, "h4")
	two := answer(first, "h3")
	answer(other, "h3")
	for _, c := range []struct {
		thread, id string
		since      time.Time
		want       []bot.MessageRef
	}{
		{first.Native, "h3", begin, []bot.MessageRef{one, two}},
		{first.Native, "h5", begin, nil},
		{first.Native, "h3", f.Now().Add(time.Minute), nil},
		{"", "h1", begin, []bot.MessageRef{first}},
	} {
		found, err := finder.Find(t.Context(), f.Place, c.thread, c.id, c.since)
		if err != nil || !slices.Equal(found, c.want) {
			t.Errorf("in the thread %q, %s since %s: found %v, %v, want %v", c.thread, c.id, c.since, found, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := finder.Find(ctx, f.Place, first.Native, "h9", begin); err == nil {
		t.Errorf("a search that could not be made proves absence in a thread: %v", found)
	}
}

func testWhisper(t *testing.T, f Fixture) {
	whisperer, ok := f.Platform.(bot.Whisperer)
	if !ok {
		t.Skip("the platform cannot whisper")
	}
	err := whisperer.Whisper(t.Context(), bot.Whisper{Place: f.Place, To: f.People[0], Message: bot.Notice("For you alone")})
	if err != nil {
		t.Fatalf("whisper: %v", err)
	}
	if seen := f.Private(f.People[0]); len(seen) != 1 || !strings.Contains(seen[0], "For you alone") {
		t.Errorf("the person sees %q", seen)
	}
	if seen := f.Private(f.People[1]); len(seen) != 0 {
		t.Errorf("somebody else sees %q", seen)
	}
}

func testOpen(t *testing.T, f Fixture) {
	opener, ok := f.Platform.(bot.Opener)
	if !ok {
		t.Skip("the platform cannot open conversations")
	}
	open := func(accounts ...bot.AccountID) bot.PlaceID {
		t.Helper()
		place, err := opener.Open(t.Context(), accounts)
		if err != nil || place == "" {
			t.Fatalf("open with %v: %q, %v", accounts, place, err)
		}
		return place
	}
	a, b := f.People[0], f.People[1]
	if one, two := open(a), open(a); one != two {
		t.Errorf("the same conversation is %s, then %s", one, two)
	}
	if one, other := open(a), open(b); one == other {
		t.Errorf("two people share the private conversation %s", one)
	}
	if f.Alone {
		var refused *bot.SendError
		if place, err := opener.Open(t.Context(), []bot.AccountID{a, b}); !errors.As(err, &refused) || refused.Reason != bot.Denied || len(refused.Say) < 10 {
			t.Errorf("a conversation with several is %q, %v, want a certain refusal in a sentence", place, err)
		}
	} else {
		group := open(a, b)
		if group == open(a) || group == open(b) {
			t.Errorf("a group is a private conversation: %s", group)
		}
		if again := open(b, a); again != group {
			t.Errorf("the same people in another order: %s, not %s", again, group)
		}
	}
	nobody := bot.NewAccountID(f.Platform.Name(), "nobody-by-this-id")
	if place, err := opener.Open(t.Context(), []bot.AccountID{nobody}); err == nil {
		t.Errorf("a conversation with nobody is %s", place)
	}
}

func testOpenedTakesPost(t *testing.T, f Fixture) {
	opener, ok := f.Platform.(bot.Opener)
	if !ok {
		t.Skip("the platform cannot open conversations")
	}
	for _, accounts := range [][]bot.AccountID{{f.People[0]}, {f.People[0], f.People[1]}} {
		if f.Alone && len(accounts) > 1 {
			continue
		}
		place, err := opener.Open(t.Context(), accounts)
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		if ref := post(t, f, place, "o1", "Good morning"); ref.Place != place {
			t.Errorf("posted to %s, want %s", ref.Place, place)
		}
	}
}
