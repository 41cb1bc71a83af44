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

// The promise of anonymity over the whole program: whoever looks at everything
// that is kept, logged, counted and sent cannot tell which of several colleagues
// wrote what, nor when before the release, nor in which order.
func TestTwinsOfTheWholeProgram(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	storagetest.EachURL(t, func(t *testing.T, url string) {
		template := ""
		if strings.HasPrefix(url, "sqlite:") {
			template = furnished(t)
		}
		for name, by := range map[string]ways{"chat": chatWays, "browser": httpWays, "signed in": signedWays} {
			t.Run(name, func(t *testing.T) {
				for _, found := range verdict(t, template, meddle{}, by, "") {
					t.Error(found)
				}
			})
		}
	})
}

// verdict plays the scenario three times and lists whatever gives an author away:
// marks, what an anonymous act changed besides what waits, and what is different
// with other authors, or in another order. When the first play shows something
// that begins with enough already, the others are spared; "" never does.
func verdict(t *testing.T, template string, with meddle, by ways, enough string) []string {
	t.Helper()
	straight, found := playTwin(t, template, with, by, straightPlay)
	for _, name := range slices.Sorted(maps.Keys(straight)) {
		found = append(found, straight[name].marks...)
		if before := strings.HasPrefix(name, "before"); before != straight[name].holds {
			found = append(found, fmt.Sprintf("remains: %s what was said can be read from the disk: %t", name, !before))
		}
	}
	if len(straight) < 4 {
		t.Fatalf("the scenario was looked at %d times", len(straight))
	}
	if enough != "" && slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, enough) }) {
		return found
	}
	exchanged, _ := playTwin(t, template, with, by, exchangedPlay)
	reordered, _ := playTwin(t, template, with, by, reorderedPlay)
	for _, name := range slices.Sorted(maps.Keys(straight)) {
		now := straight[name]
		for _, file := range voicestest.Differ(now.files, exchanged[name].files) {
			found = append(found, "other authors, other bytes "+name+": "+file)
		}
		for _, text := range slices.Sorted(maps.Keys(now.texts)) {
			if diff := cmp.Diff(now.texts[text], exchanged[name].texts[text]); diff != "" {
				found = append(found, "other authors: "+text+" "+name+": "+diff)
			}
			if diff := cmp.Diff(now.texts[text], reordered[name].texts[text]); diff != "" {
				found = append(found, "other order: "+text+" "+name+": "+diff)
			}
		}
	}
	return found
}
