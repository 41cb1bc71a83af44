package doctor_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"evangelist/cmd/evangelist/config"
	"evangelist/cmd/evangelist/doctor"
)

func TestMachine(t *testing.T) {
	now := time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC)
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	slack := config.Default()
	slack.Slack.BotToken = "xoxb-1-hunter2"
	web := slack
	web.Slack.AppToken = "xapp-1-hunter2"
	web.HTTP.PublicURL = "https://evangelist.example.org"
	for name, c := range map[string]struct {
		now    time.Time
		config config.Config
		want   []string
		wrong  int
	}{
		"nothing configured": {now, config.Default(), []string{"ok    clock: 2026-11-27T09:30:00Z", "ok    time zone: Europe/London, now Friday 09:30",
			"ok    public address: http.public_url is not set", "ok    platforms: none configured"}, 0},
		"a clock of long ago": {now.AddDate(-40, 0, 0), config.Default(), []string{"WRONG clock", "What to do: set the machine's clock"}, 1},
		"half of Slack":       {now, slack, []string{"ok    platforms: slack", "WRONG slack.app_token: it is not set", "What to do: make an app-level token"}, 1},
		"all of Slack":        {now, web, []string{"ok    slack settings: complete for Socket Mode", "ok    public address: https://evangelist.example.org"}, 0},
	} {
		var out bytes.Buffer
		wrong, err := doctor.Write(&out, doctor.Machine(c.now, c.config, zone))
		if err != nil || wrong != c.wrong || strings.Contains(out.String(), "hunter2") {
			t.Errorf("%s: %d wrong, %v:\n%s", name, wrong, err, &out)
		}
		for _, line := range c.want {
			if !strings.Contains(out.String(), line) {
				t.Errorf("%s: it does not say %q:\n%s", name, line, &out)
			}
		}
	}
}
