package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot/voices/voicestest"
	"evangelist/storage/storagetest"
)

// The promise of anonymity over the whole program in Slack, by either transport:
// whoever looks at everything that is kept, logged, counted and sent cannot tell
// which of several colleagues wrote what, nor when before the release, nor in
// which order.
func TestTwinsOfTheWholeProgramInSlack(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	storagetest.EachURL(t, func(t *testing.T, url string) {
		template := ""
		if strings.HasPrefix(url, "sqlite:") {
			template = furnishedSlack(t)
		}
		for name, http := range map[string]bool{"socket": false, "http": true} {
			t.Run(name, func(t *testing.T) {
				for _, found := range slackVerdict(t, template, slackMeddle{}, http, "") {
					t.Error(found)
				}
			})
		}
	})
}

// slackVerdict plays the scenario three times and lists whatever gives an author
// away, as verdict does. It plays as far as the first release, and no further play
// once it has found something that begins with enough; with "" it plays all.
func slackVerdict(t *testing.T, template string, with slackMeddle, http bool, enough string) []string {
	t.Helper()
	short := enough != ""
	straight, found := playSlackTwin(t, template, with, http, straightPlay, short)
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
	exchanged, _ := playSlackTwin(t, template, with, http, exchangedPlay, short)
	for _, name := range slices.Sorted(maps.Keys(straight)) {
		for _, file := range voicestest.Differ(straight[name].files, exchanged[name].files) {
			found = append(found, "other authors, other bytes "+name+": "+file)
		}
		found = append(found, differing("other authors", name, straight[name].texts, exchanged[name].texts)...)
	}
	if short && slices.ContainsFunc(found, begins(enough)) {
		return found
	}
	reordered, _ := playSlackTwin(t, template, with, http, reorderedPlay, short)
	for _, name := range slices.Sorted(maps.Keys(straight)) {
		found = append(found, differing("other order", name, straight[name].texts, reordered[name].texts)...)
	}
	return found
}

func begins(with string) func(string) bool {
	return func(text string) bool { return strings.HasPrefix(text, with) }
}

// differing lists the texts that are not the same in two plays.
func differing(plays, moment string, a, b map[string]string) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if diff := cmp.Diff(a[name], b[name]); diff != "" {
			found = append(found, plays+": "+name+" "+moment+": "+diff)
		}
	}
	return found
}
