package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"evangelist/bot/voices/voicestest"
	"evangelist/storage/storagetest"
)

// The promise of anonymity over the whole program on Teams, with and without
// Microsoft Graph: whoever looks at everything that is kept, logged, counted,
// shown and sent cannot tell which of several colleagues wrote what, nor when
// before the release, nor in which order.
func TestTwinsOfTheWholeProgramOnTeams(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	at := newDoorstep(t)
	t.Run("graph", func(t *testing.T) {
		storagetest.EachURL(t, func(t *testing.T, url string) {
			template := ""
			if strings.HasPrefix(url, "sqlite:") {
				template = furnishedTeams(t, at, true)
			}
			for _, found := range teamsVerdict(t, at, template, teamsMeddle{}, true, "") {
				t.Error(found)
			}
		})
	})
	t.Run("roster", func(t *testing.T) {
		for _, found := range teamsVerdict(t, at, furnishedTeams(t, at, false), teamsMeddle{}, false, "") {
			t.Error(found)
		}
	})
}

// teamsVerdict plays the scenario three times and lists whatever gives an author
// away, as verdict does. It plays as far as the first release, and no further play
// once it has found something that begins with enough; with "" it plays all.
func teamsVerdict(t *testing.T, at *doorstep, template string, with teamsMeddle, graph bool, enough string) []string {
	t.Helper()
	short := enough != ""
	play := func(p twinPlay) (map[string]rest, []string) {
		return playTeamsTwin(t, at, template, with, graph, p, short)
	}
	straight, found := play(straightPlay)
	for _, name := range slices.Sorted(maps.Keys(straight)) {
		found = append(found, straight[name].marks...)
		if before := strings.HasPrefix(name, "before"); before != straight[name].holds {
			found = append(found, fmt.Sprintf("remains: %s what was said can be read from the disk: %t", name, !before))
		}
	}
	if len(straight) < 2 || !short && len(straight) < 4 {
		t.Fatalf("the scenario was looked at %d times", len(straight))
	}
	if short && slices.ContainsFunc(found, begins(enough)) {
		return found
	}
	exchanged, _ := play(exchangedPlay)
	for _, name := range slices.Sorted(maps.Keys(straight)) {
		for _, file := range voicestest.Differ(straight[name].files, exchanged[name].files) {
			found = append(found, "other authors, other bytes "+name+": "+file)
		}
		found = append(found, differing("other authors", name, straight[name].texts, exchanged[name].texts)...)
	}
	if short && slices.ContainsFunc(found, begins(enough)) {
		return found
	}
	reordered, _ := play(reorderedPlay)
	for _, name := range slices.Sorted(maps.Keys(straight)) {
		found = append(found, differing("other order", name, straight[name].texts, reordered[name].texts)...)
	}
	return found
}
