package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/cmd/evangelist/config"
)

func TestSlackMistakesAreSentences(t *testing.T) {
	for text, want := range map[string]string{
		"slack: {transport: pigeon}":                                       "slack.transport",
		"slack: {api_url: \"http://slack.com/api/\"}":                      "slack.api_url",
		"slack: {api_url: \"https://u:hunter2@slack.com/api/\"}":           "slack.api_url",
		"slack: {api_url: \"https://slack.com/api/?a=hunter2\"}":           "slack.api_url",
		"slack: {api_url: \"ftp://127.0.0.1/\"}":                           "slack.api_url",
		"slack: {api_url: \"http://127.0.0.1.example.org/api/\"}":          "slack.api_url",
		"slack: {api_url: \"slack.com/api\"}":                              "slack.api_url",
		"slack: {commands: {concern: Worry}}":                              "slack.commands.concern",
		"slack: {commands: {idea: \"/idea\"}}":                             "slack.commands.idea",
		"slack: {commands: {idea: concern}}":                               "concern and idea would both be called /concern",
		"slack: {commands: {idea: \"x y\"}}":                               "slack.commands.idea",
		"slack: {commands: {digest: \"" + strings.Repeat("d", 32) + "\"}}": "slack.commands.digest",
		"slack: {commands: {worry: concern}}":                              "worry",
		"slack: {commands: concern}":                                       "mapping",
		"slack: {profile: {departement: x}}":                               "departement",
	} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(path, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		"slack: {api_url: \"https://slack.com/api/\"}", "slack: {api_url: \"http://127.0.0.1:9/api/\"}", "slack: {api_url: \"http://[::1]:9/api/\"}",
		"slack: {api_url: \"http://localhost:9/\"}", "slack: {commands: {concern: idea, idea: concern}}", "slack: {commands: {concern: \"\"}}",
	} {
		c, err := config.Parse("c.yaml", []byte(text))
		if err == nil {
			err = c.Check()
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSlackFromTheEnvironment(t *testing.T) {
	c, err := config.Load("", []string{
		"EVANGELIST_SLACK_TRANSPORT=http", "EVANGELIST_SLACK_SIGNING_SECRET=s", "EVANGELIST_SLACK_COMMANDS_CONCERN=worry",
		"EVANGELIST_SLACK_COMMANDS_IDEA=idea", "EVANGELIST_SLACK_PROFILE_DEPARTMENT=Department",
	})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Slack.HTTP() || !c.Slack.Configured() || !c.Slack.Profile.Read() || c.Slack.Profile.Department != "Department" {
		t.Errorf("%+v", c.Slack)
	}
	if diff := cmp.Diff(map[string]string{"concern": "worry"}, c.Slack.Commands.Renamed()); diff != "" {
		t.Error(diff)
	}
	if none := config.Default(); none.Slack.Configured() || none.Slack.Profile.Read() || len(none.Slack.Commands.Renamed()) != 0 || none.SlackTroubles() != nil {
		t.Errorf("%+v", none.Slack)
	}
}

func TestSlackTroubles(t *testing.T) {
	const (
		botToken = "xoxb-1-2-hunter2"
		appToken = "xapp-1-A1-2-hunter2"
		secret   = "0123456789abcdef0123456789abcdef"
	)
	good := map[string]string{"slack.bot_token": botToken, "slack.app_token": appToken}
	web := map[string]string{"slack.transport": "http", "slack.bot_token": botToken, "slack.signing_secret": secret,
		"http.public_url": "https://evangelist.example.org", "http.public_listen": "127.0.0.1:8090"}
	for name, c := range map[string]struct {
		start map[string]string
		with  map[string]string
		want  []string // key, with "?" behind what is only worth a look
	}{
		"socket":                     {good, nil, nil},
		"http":                       {web, nil, nil},
		"no bot token":               {good, map[string]string{"slack.bot_token": ""}, []string{"slack.bot_token"}},
		"a person's token":           {good, map[string]string{"slack.bot_token": "xoxp-hunter2"}, []string{"slack.bot_token"}},
		"a token that ends":          {good, map[string]string{"slack.bot_token": "xoxe.xoxb-hunter2"}, []string{"slack.bot_token"}},
		"tokens mixed up":            {good, map[string]string{"slack.bot_token": appToken, "slack.app_token": botToken}, []string{"slack.bot_token", "slack.app_token"}},
		"tokens of something else":   {good, map[string]string{"slack.bot_token": "hunter2", "slack.app_token": "hunter2"}, []string{"slack.bot_token", "slack.app_token"}},
		"tokens with a space":        {good, map[string]string{"slack.bot_token": botToken + " x", "slack.app_token": "xapp- hunter2"}, []string{"slack.bot_token", "slack.app_token"}},
		"socket without app token":   {good, map[string]string{"slack.app_token": ""}, []string{"slack.app_token"}},
		"socket with a second door":  {good, map[string]string{"http.public_listen": "127.0.0.1:9"}, []string{"http.public_listen?"}},
		"http without secret":        {web, map[string]string{"slack.signing_secret": ""}, []string{"slack.signing_secret"}},
		"http with a token":          {web, map[string]string{"slack.signing_secret": botToken}, []string{"slack.signing_secret"}},
		"http with a cut secret":     {web, map[string]string{"slack.signing_secret": secret[1:]}, []string{"slack.signing_secret?"}},
		"http with a broken secret":  {web, map[string]string{"slack.signing_secret": secret[:9] + "\nhunter2"}, []string{"slack.signing_secret"}},
		"http without address":       {web, map[string]string{"http.public_url": ""}, []string{"http.public_url?"}},
		"http without https":         {web, map[string]string{"http.public_url": "http://x.example.org"}, []string{"http.public_url?"}},
		"http without a way in":      {web, map[string]string{"http.public_listen": ""}, []string{"http.listen?"}},
		"http on all addresses":      {web, map[string]string{"http.public_listen": "", "http.listen": ":8080"}, nil},
		"only the secret, by socket": {nil, map[string]string{"slack.signing_secret": secret}, []string{"slack.bot_token", "slack.app_token"}},
	} {
		settings := maps.Clone(c.start)
		if settings == nil {
			settings = map[string]string{}
		}
		maps.Copy(settings, c.with)
		var environ []string
		for key, value := range settings {
			environ = append(environ, "EVANGELIST_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))+"="+value)
		}
		loaded, err := config.Load("", environ)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		serious := false
		for _, trouble := range loaded.SlackTroubles() {
			if trouble.Say == "" || trouble.Do == "" || strings.Contains(trouble.Say+trouble.Do, "hunter2") {
				t.Errorf("%s: %+v", name, trouble)
			}
			if trouble.Only {
				trouble.Key += "?"
			} else {
				serious = true
			}
			got = append(got, trouble.Key)
		}
		if err := loaded.SlackReady(); (err != nil) != serious || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: ready: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// What was pasted into the wrong place is told apart.
func TestSlackTroublesTellTokensApart(t *testing.T) {
	for token, want := range map[string]string{
		"xapp-1-hunter2": "app-level token", "xoxe.xoxb-1-hunter2": "twelve hours", "xoxp-1-hunter2": "person's token", "hunter2": "no bot token", "": "not set",
		"xoxb-\"hunter2\"": "quotes",
	} {
		c := config.Default()
		c.Slack.BotToken, c.Slack.AppToken = token, "xapp-1-x"
		troubles := c.SlackTroubles()
		if len(troubles) == 0 || !strings.Contains(troubles[0].Say, want) {
			t.Errorf("%q: %+v", token, troubles)
		}
	}
}
