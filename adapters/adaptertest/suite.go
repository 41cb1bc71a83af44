// Package adaptertest is the one conformance suite that every bot.Platform
// passes: it renders every block, loses no word, posts and finds, and says for
// certain what was refused.
package adaptertest

import (
	"testing"
	"time"

	"evangelist/bot"
)

// Fixture is a platform in a state that the suite can use: connected to a real
// or pretend service that is empty but for what is named here.
type Fixture struct {
	Platform bot.Platform
	// Place and Other are two places where the bot may post.
	Place, Other bot.PlaceID
	// Forbidden lists places to which posting is refused for certain, such as a
	// channel that the bot is not in, or one that does not exist.
	Forbidden []bot.PlaceID
	// People are at least two accounts to whom the bot may talk; needed when
	// the platform is an Opener or a Whisperer.
	People []bot.AccountID
	// Alone says that the service lets a bot open conversations with one person
	// only; with several it is refused for certain.
	Alone bool
	// Now is the platform's clock; each call is later than all before it.
	Now func() time.Time
	// Words returns what a reader sees of a payload: read from the payload
	// itself and not from Part.Text, labels of buttons included, entities and
	// escapes undone.
	Words func(part bot.Part) (string, error)
	// Inert returns an error when a payload holds something live that a text
	// alone could have made: a mention, a command, markup. nil: not looked at.
	Inert func(part bot.Part) error
	// MaxBytes is how large a payload may be; 0: nothing is promised.
	MaxBytes int
	// Seen returns the words that stand at a message now, and false when it is
	// gone. Needed when the platform is an Editor or a Retractor.
	Seen func(ref bot.MessageRef) (string, bool)
	// Private returns what an account alone sees in Place. Needed when the
	// platform is a Whisperer.
	Private func(account bot.AccountID) []string
}

// Run holds a platform to the comments of package bot. open is called for each
// test and cleans up after itself with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for name, test := range map[string]func(*testing.T, Fixture){
		"name and limits":             testDeclared,
		"every block is rendered":     testEveryBlock,
		"rendering is pure":           testPure,
		"length loses no word":        testLength,
		"any message loses no word":   testAnyMessage,
		"hostile text stays text":     testHostile,
		"post returns a reference":    testPost,
		"refusals are certain":        testRefusals,
		"an ended context is obeyed":  testEnded,
		"edit is idempotent":          testEdit,
		"retract is idempotent":       testRetract,
		"find proves absence":         testFind,
		"find looks in a thread":      testFindInThread,
		"whisper reaches one":         testWhisper,
		"a conversation opens once":   testOpen,
		"what is opened takes a post": testOpenedTakesPost,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func testDeclared(t *testing.T, f Fixture) {
	name := f.Platform.Name()
	if name == "" || name != f.Platform.Name() {
		t.Errorf("Name is %q, want a constant", name)
	}
	for _, r := range name {
		if r == '|' {
			t.Errorf("Name %q contains the separator of ids", name)
		}
	}
	limits := f.Platform.Limits()
	if len(limits) == 0 {
		t.Error("no limit is declared; every service has one")
	}
	for _, limit := range limits {
		if limit.Count < 1 || limit.Per <= 0 {
			t.Errorf("the limit %+v allows nothing", limit)
		}
		if limit.Scope != bot.PerPlace && limit.Scope != bot.PerPlatform {
			t.Errorf("the limit %+v counts something unknown", limit)
		}
	}
	if f.Place.Platform() != name || f.Other.Platform() != name {
		t.Errorf("the fixture's places %q and %q are not of platform %q", f.Place, f.Other, name)
	}
}
