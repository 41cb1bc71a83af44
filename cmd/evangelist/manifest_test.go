package main

import (
	"crypto/rand"
	"log/slog"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/slack/manifest"
	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
)

// Each slash word that a feature declares can be named otherwise, and no other;
// each command that a menu offers is in the manifest.
func TestTheManifestHoldsWhatIsDeclared(t *testing.T) {
	s := &settings{Surroundings: Surroundings{Clock: bot.SystemClock{}, Random: rand.Reader}, config: config.Default(), log: slog.New(slog.DiscardHandler)}
	commands, err := declaredCommands(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for field := range reflect.TypeFor[config.SlackCommands]().Fields() {
		keys = append(keys, field.Tag.Get("yaml"))
	}
	words := manifest.Words(commands)
	slices.Sort(keys)
	slices.Sort(words)
	if diff := cmp.Diff(words, keys); diff != "" {
		t.Errorf("the words of the declared commands, and the keys of slack.commands:\n%s", diff)
	}
	m, err := manifest.New(commands, slackApp(s))
	if err != nil {
		t.Fatal(err)
	}
	offered := map[string]bool{}
	for _, shortcut := range m.Features.Shortcuts {
		offered[shortcut.CallbackID] = true
	}
	for _, command := range commands {
		if want := command.Title != "" && (command.Global || command.On != bot.OnNothing); offered[command.Name] != want {
			t.Errorf("%s is offered: %v", command.Name, offered[command.Name])
		}
	}
	if len(offered) == 0 || len(m.Features.SlashCommands) != len(words) {
		t.Errorf("%+v", m.Features)
	}
}
