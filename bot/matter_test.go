package bot

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestMattersComeByTheirDay(t *testing.T) {
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	all := []Matter{
		{Kind: "b", What: T("late"), Due: now.Add(-time.Hour)},
		{Kind: "a", What: T("today"), Due: now},
		{Kind: "c", What: T("tomorrow"), Due: now.Add(24 * time.Hour)},
		{Kind: "a", What: T("first of a"), Since: now.Add(-time.Hour)},
		{Kind: "a", What: T("second of a"), Since: now},
		{Kind: "b", What: T("of b"), Since: now.Add(-2 * time.Hour)},
	}
	var want []string
	for _, m := range all {
		want = append(want, m.What.Plain(time.UTC))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		SortMatters(all)
		var got []string
		for _, m := range all {
			got = append(got, m.What.Plain(time.UTC))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s, not %s", fmt.Sprint(got), fmt.Sprint(want))
		}
	}
	if !all[0].Late(now) || all[1].Late(now) || all[3].Late(now) {
		t.Error("what is late is not what is past its day")
	}
}
