package champions

import (
	"errors"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// A lead may write as many points as the refusal says, and not one more.
func TestAsManyPointsAsItSays(t *testing.T) {
	t.Parallel()
	lead := bot.Actor{Account: "a", Person: "lea", Roles: []bot.Role{bot.Lead}}
	now := Now{At: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC), Zone: time.UTC, Leads: []bot.PersonID{"lea"}}
	for n, want := range map[int]error{1: nil, 32: nil, 33: ErrLongBrief, 90: ErrLongBrief} {
		c := Champion{ID: "x", Person: "x", State: Active, Joined: now.At, Meetings: []Meeting{{N: 1, On: schedule.Date{Year: 2026, Month: 12, Day: 9}, Briefing: Briefing{Stage: Drafted, Drafts: 1}}}}
		points := Read("Tried\n"+strings.Repeat("- One.\n", n), nil)
		if n == 90 { // few, and each of them long
			points = Read("Tried\n"+strings.Repeat("- "+strings.Repeat("long ", 60)+"\n", 10), nil)
		}
		if _, err := c.EditIt(lead, now, "1", points); !errors.Is(err, want) || want == nil && len(c.Meetings[0].Briefing.Points) != n {
			t.Errorf("%d points: %v, %d kept", n, err, len(c.Meetings[0].Briefing.Points))
		}
	}
}
