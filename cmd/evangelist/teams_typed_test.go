package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams/teamstest"
	"evangelist/bot/voices/voicestest"
	"evangelist/storage/storagetest"
)

// typing is the test of words for the reading team that are typed where they do
// not belong. Each has a word of its own that must be found nowhere.
type typing struct {
	*tenant
	secrets []string
	known   map[string]int // private messages that were seen, by person and place
}

// secret is words with a link, as nobody else writes them.
func (y *typing) secret() string {
	n := len(y.secrets)
	y.secrets = append(y.secrets, fmt.Sprintf("zzsecret%d", n), fmt.Sprintf("zzlink%d", n))
	return fmt.Sprintf("zzsecret%d is what my manager did, see https://zzlink%d.example/rota?x=1 for it", n, n)
}

// alone waits for the next message that the bot shows to one person alone, and
// returns it.
func (y *typing) alone(person, where string) view {
	y.Helper()
	var found teamstest.Message
	n := 0
	y.eventually(person+" is told alone", func() bool {
		n = 0
		for _, m := range y.teams.Seen(y.people[person], where) {
			if m.From == "" && (m.To == y.people[person].ID || where == y.teams.Personal(y.people[person])) {
				n++
				found = m
			}
		}
		return n > y.known[person+where]
	})
	y.known[person+where] = n
	return view{message: found.ID, text: cardsOf(y, found)}
}

// everything is all that the program keeps, tells and logs.
func (y *typing) everything() map[string]string {
	y.Helper()
	driver, address, dialect := "pgx", y.url, "postgres"
	all := map[string]string{"the log": y.log.String()}
	if path, is := strings.CutPrefix(y.url, "sqlite:"); is {
		driver, address, dialect = "sqlite", "file:"+path+"?mode=ro", "sqlite"
		files, err := voicestest.Files(filepath.Dir(path))
		if err != nil {
			y.Fatal(err)
		}
		for name, content := range files {
			all["the file "+name] = string(content)
		}
	}
	looker, err := sql.Open(driver, address)
	if err != nil {
		y.Fatal(err)
	}
	defer func() { _ = looker.Close() }()
	if all["the rows"], err = voicestest.Dump(y.ctx, looker, dialect); err != nil {
		y.Fatal(err)
	}
	metrics := httptest.NewRecorder()
	y.run.pages.ServeHTTP(metrics, httptest.NewRequestWithContext(y.ctx, http.MethodGet, "http://localhost/metrics", nil))
	all["the metrics"] = metrics.Body.String()
	for i, call := range y.teams.Calls() {
		all[fmt.Sprint("call ", i, " ", call.Method)] = fmt.Sprintf("%s %s %s", call.Conversation, call.Query, call.Body)
	}
	for i, d := range y.teams.Deliveries() {
		all[fmt.Sprint("the answer to activity ", i)] = string(d.Body)
	}
	return all
}

// unkept checks that no secret is anywhere, and that what is kept by right is
// found in the same way.
func (y *typing) unkept() {
	y.Helper()
	const kept = "zzkept saves everybody an hour"
	if _, err := y.as("farida").Write(y.ctx, y.channels["good-finds"], kept+": "+usefulPage); err != nil {
		y.Fatal(err)
	}
	y.later(time.Minute)
	all := y.everything()
	if !strings.Contains(all["the rows"], "zzkept") {
		y.Errorf("what is kept by right is not found, so nothing would be:\n%s", all["the rows"])
	}
	for name, text := range all {
		for _, secret := range y.secrets {
			if at := strings.Index(text, secret); at >= 0 {
				y.Errorf("%s is in %s: %q", secret, name, text[max(0, at-200):min(len(text), at+200)])
			}
		}
	}
	if strings.Contains(all["the log"], `"level":"ERROR"`) || strings.Contains(all["the log"], `"level":"WARN"`) {
		y.Errorf("something went wrong: %s", all["the log"])
	}
}

// eachTyping runs a test on both databases.
func eachTyping(t *testing.T, test func(y *typing)) {
	storagetest.LeaveToPlainRun(t)
	storagetest.EachURL(t, func(t *testing.T, url string) {
		y := &typing{tenant: openTenant(t, url, true), known: map[string]int{}}
		y.setUp()
		test(y)
		y.unkept()
	})
}

// typedStarts are how words for the reading team begin when they are typed to the
// bot, and the form that belongs to them.
var typedStarts = map[string]string{
	"/concern ": "What worries you?", "concern ": "What worries you?", "Concern: ": "What worries you?", "concern:": "What worries you?",
	"/concern\n": "What worries you?", "/CONCERN, ": "What worries you?", "concern:https://zzlink.example/": "What worries you?",
	"/idea ": "What could be better?", "idea ": "What could be better?", "Idea: ": "What could be better?", "/idea:": "What could be better?",
}

// Words that are typed to the bot are neither kept nor repeated, wherever they
// are typed; whoever typed them, and nobody else, is told where they stay, and
// gets the button for the form.
func TestTypedWordsAreNeverKeptOnTeams(t *testing.T) {
	t.Parallel()
	eachTyping(t, func(y *typing) {
		all := y.channels["all-council"]
		for start, question := range typedStarts {
			y.typedTo("leroy", y.teams.Personal(y.people["leroy"]), question, teamstest.Utterance{Text: start + y.secret()})
			y.typedTo("leroy", all, question, teamstest.Utterance{Text: start + y.secret(), Targeted: true})
			y.typedTo("farida", all, question, teamstest.Utterance{Text: start + y.secret(), Mention: true})
			y.typedTo("farida", y.channels["good-finds"], question, teamstest.Utterance{Text: start + y.secret(), Mention: true})
		}
		y.typedTo("adaeze", y.reading, "What worries you?", teamstest.Utterance{Text: "concern " + y.secret(), Mention: true})
		y.secrets = append(y.secrets, "zzlink.example")
		y.editedMention()
	})
}

// typedTo types words and uses the button of the answer.
func (y *typing) typedTo(person, where, question string, what teamstest.Utterance) {
	y.Helper()
	y.teams.Add(y.teams.Personal(y.people[person]))
	y.settled()
	if d, err := y.as(person).Say(y.ctx, where, what); err != nil || d.Status != http.StatusAccepted {
		y.Fatalf("%q: %v, %d", what.Text, err, d.Status)
	}
	v := y.alone(person, where)
	if !hasAll(v.text, "I did nothing with what you wrote and keep nothing of it.", "stays where you wrote it, in the chat's history", "Delete it if you can") {
		y.Errorf("%q is answered: %s", what.Text, v.text)
	}
	if form := y.press(person, v.message, "Open the form"); !strings.Contains(form.text, question) || strings.Contains(string(form.dialog.Card), "zzsecret") {
		y.Errorf("%q: the button opens %s", what.Text, form.text)
	}
}

// editedMention edits words to the bot in a watched channel, which are then seen as
// any other message is.
func (y *typing) editedMention() {
	y.Helper()
	where := y.channels["good-finds"]
	d, err := y.as("leroy").Say(y.ctx, where, teamstest.Utterance{Text: "concern " + y.secret(), Mention: true})
	if err != nil {
		y.Fatal(err)
	}
	y.alone("leroy", where)
	edited, err := y.as("leroy").Edit(y.ctx, d.Message, "<at>"+teamstest.DefaultBotName+"</at> concern "+y.secret())
	if err != nil || !edited.Reached || edited.Status != http.StatusAccepted {
		y.Errorf("the edit: %v, %d", err, edited.Status)
	}
}

// strayStarts are how words for the reading team begin when they land in a channel.
var strayStarts = []string{"/concern ", " /concern ", "concern: ", "Concern:", "/CONCERN: ", "/concern\n", "/idea ", "/Idea, "}

// Words that land in a channel that the bot reads are not kept, with or without
// links, and their author alone is told.
func TestTypedByAccidentInAWatchedChannelOnTeams(t *testing.T) {
	t.Parallel()
	eachTyping(t, func(y *typing) {
		where := y.channels["good-finds"]
		first, err := y.as("minh").Write(y.ctx, where, "What do you think of this?")
		if err != nil {
			y.Fatal(err)
		}
		for _, start := range strayStarts {
			words := start + y.secret()
			linked := fmt.Sprintf(`<p>%s <a href="https://zzlink%d.example/a">zzsecret%d</a></p>`, start, len(y.secrets)/2-1, len(y.secrets)/2-1)
			for _, what := range []teamstest.Utterance{{Text: words}, {Text: start + "zzsecret0 without a link"}, {Text: words, HTML: linked}, {Text: words, Root: first.Message}} {
				y.strayed(where, what)
			}
		}
		y.editedAfter(where)
	})
}

// strayed posts words where everybody reads them.
func (y *typing) strayed(where string, what teamstest.Utterance) {
	y.Helper()
	y.settled()
	d, err := y.as("leroy").Say(y.ctx, where, what)
	if err != nil || !d.Reached || d.Status != http.StatusAccepted {
		y.Fatalf("%q: %v, %d", what.Text, err, d.Status)
	}
	hint := y.alone("leroy", where)
	if !hasAll(hint.text, "stands in this channel for everybody", "did not reach the reading team", "Delete the message") || strings.Contains(hint.text, "zz") {
		y.Errorf("%q gets the hint %s", what.Text, hint.text)
	}
	if seen := y.shown("minh", hint.message); seen != "" {
		y.Errorf("somebody else sees the hint: %s", seen)
	}
	if _, err := y.as("minh").React(y.ctx, d.Message, "like"); err != nil {
		y.Fatal(err)
	}
}

// editedAfter has a link that was kept leave when its message becomes words for the
// reading team.
func (y *typing) editedAfter(where string) {
	y.Helper()
	d, err := y.as("leroy").Write(y.ctx, where, "zzbefore helps: https://zzbefore.example/page")
	if err != nil {
		y.Fatal(err)
	}
	rows := func() string { return y.everything()["the rows"] }
	if !strings.Contains(rows(), "zzbefore.example") {
		y.Error("the link was not kept before the edit")
	}
	y.later(time.Minute)
	if _, err := y.as("leroy").Edit(y.ctx, d.Message, "/concern "+y.secret()); err != nil {
		y.Fatal(err)
	}
	if text := rows(); strings.Contains(text, d.Message+`" link="`) || strings.Contains(text, "zzbefore helps") {
		y.Errorf("something of the message stays:\n%s", text)
	}
}
