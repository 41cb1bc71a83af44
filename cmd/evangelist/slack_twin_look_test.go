package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"evangelist/bot/voices/voicestest"
)

// look is all that is there for somebody who looks: at rest, in the log, in the
// metrics, on its way to Slack, in Slack.
func (w *slackTwin) look() rest {
	w.Helper()
	files, err := voicestest.Files(w.folder)
	if err != nil {
		w.Fatal(err)
	}
	now := rest{files: voicestest.AtRest(files), texts: w.seen()}
	search := maps.Clone(files)
	for _, content := range files {
		now.holds = now.holds || strings.Contains(string(content), `{"words":`)
	}
	for name, text := range now.texts {
		search[name] = []byte(text)
	}
	search["the calls"] = []byte(now.texts["the calls"][w.before:])
	delete(search, "the workspace") // where people and messages have their names
	now.marks = w.marks.find(search)
	if w.driver == "pgx" {
		size, err := w.column("SELECT pg_relation_size('waiting')::text")
		if err != nil {
			w.Fatal(err)
		}
		now.holds = size[0] != "0"
		return now
	}
	for _, table := range []string{"voices", "voice_entries", "waiting", "deliveries"} {
		key := "id"
		if table == "deliveries" {
			key = "key"
		}
		order, err := w.column("SELECT " + key + " FROM " + table + " ORDER BY rowid")
		if err != nil {
			w.Fatal(err)
		}
		now.texts["the layout of "+table] = strings.Join(order, "\n")
	}
	return now
}

func (w *slackTwin) seen() map[string]string {
	w.Helper()
	return map[string]string{"the rows": w.dump(), "the log": w.logged(), "the metrics": w.metrics(), "the calls": w.past + w.told(), "the workspace": w.workspace()}
}

// metrics are those of the program; how many sockets are open just now depends on
// the network.
func (w *slackTwin) metrics() string {
	kept := ""
	for line := range strings.Lines(w.twinWorld.metrics()) {
		if !strings.HasPrefix(line, "evangelist_slack_sockets ") {
			kept += line
		}
	}
	return kept
}

// told is what was asked of Slack since the start. Of what answers an author's own
// form, or draws the page that it was opened from, only that it was done is kept.
// When a socket is opened depends on the network.
func (w *slackTwin) told() string {
	var out strings.Builder
	for _, call := range w.slack.Calls() {
		switch {
		case call.Method == "apps.connections.open":
		case call.Method == "views.publish" && slices.Contains(slackAuthors, call.Args["user_id"]):
			out.WriteString(ownPage)
		case strings.HasPrefix(call.Method, "views.") && (w.own[call.Args["trigger_id"]] || w.own[call.Args["view_id"]]):
			out.WriteString(ownForm)
		default:
			args, err := json.Marshal(call.Args)
			fmt.Fprintf(&out, "%s %s %s %s %s %v %s %v\n", call.Method, call.Channel, call.TS, call.At.UTC(), call.Token, call.Status, args, err)
		}
	}
	return out.String()
}

// What is kept of calls that are an author's own.
const (
	ownForm = "an author's form was answered\n"
	ownPage = "an author's page was drawn\n"
)

// workspace is everything that stands in Slack, but for what authors have on
// their own screens besides messages.
func (w *slackTwin) workspace() string {
	w.Helper()
	var out strings.Builder
	write := func(what string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			w.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %s\n", what, text)
	}
	users, channels := w.slack.Users(), w.slack.Channels()
	for _, channel := range channels {
		write("channel", channel)
		for _, message := range w.slack.Messages(channel.ID) {
			write("message", message)
		}
	}
	for _, user := range users {
		write("user", user)
		person := w.slack.As(user.ID)
		for _, channel := range channels {
			for _, message := range person.Ephemerals(channel.ID) {
				write("seen by one", message)
			}
		}
		if slices.Contains(slackAuthors, user.ID) {
			continue
		}
		home, _ := person.Home()
		write("views", append(person.Modals(), home))
	}
	return out.String()
}
