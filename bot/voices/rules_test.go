package voices

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
)

// golden compares a text with a file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("EVANGELIST_GOLDEN") == "write" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; look at it, then run with EVANGELIST_GOLDEN=write if it is right:\n%s", path, diff)
	}
}

var (
	states  = []State{Open, Taken, Asked, Answered, Refused, Withdrawn, Appealed}
	actions = []Action{Take, Pass, Ask, Describe, Answer, Refuse, Add, Reply, Appeal, Withdraw}
	start   = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
)

// fresh is a voice as it arrives.
func fresh() Voice {
	return Voice{ID: "v", Reference: "C-7F3K", Kind: Concern, CodeHash: "hash", Words: "Words.", State: Open, Owner: "reader1",
		Readers: []bot.PersonID{"reader1", "reader2"}, Without: []bot.PersonID{"excluded"}, Arrived: start, Due: start.Add(AnswerTime), Version: 1}
}

// full is a step that has all that any action needs.
func full(action Action, n int) Step {
	step := Step{Action: action, Entry: fmt.Sprintf("e%d", n), To: "reader2", Text: "Text.", Summary: "Summary.", Theme: "Theme",
		At: start.Add(time.Duration(n) * time.Hour)}
	if !action.ofAuthor() {
		step.By = "reader1"
	}
	return step
}

// key is what of a voice decides which actions are open.
func key(v Voice) string { return fmt.Sprint(v.State, v.Appealed) }

// reach explores every state that actions lead to and calls look with each
// voice, action and outcome.
func reach(t *testing.T, look func(before, after Voice, step Step, err error)) map[string]Voice {
	t.Helper()
	known := map[string]Voice{key(fresh()): fresh()}
	n := 0
	for queue := []Voice{fresh()}; len(queue) > 0; queue = queue[1:] {
		before := queue[0]
		for _, action := range actions {
			n++
			step := full(action, n)
			after := clone(before)
			err := after.Do(step)
			look(before, after, step, err)
			if _, seen := known[key(after)]; !seen {
				known[key(after)] = after
				queue = append(queue, after)
			}
		}
	}
	return known
}

func clone(v Voice) Voice {
	v.Entries = slices.Clone(v.Entries)
	return v
}

// The laws that hold for every state and every action.
func TestLaws(t *testing.T) {
	known := reach(t, func(before, after Voice, step Step, err error) {
		name := fmt.Sprintf("%s (appealed %t), %s", before.State, before.Appealed, step.Action)
		if err != nil {
			if !reflect.DeepEqual(before, after) {
				t.Errorf("%s: refused, and yet something changed", name)
			}
			var refusal *bot.Error
			if !errors.As(err, &refusal) || !strings.HasSuffix(refusal.Say, ".") {
				t.Errorf("%s: no sentence for the person: %v", name, err)
			}
			return
		}
		idle := step.Action == Take && before.Owner == step.By && before.State == after.State ||
			step.Action == Pass && before.Owner == step.To && before.State == after.State
		if want := before.Version + 1; after.Version != want && !idle {
			t.Errorf("%s: version %d, want %d", name, after.Version, want)
		}
		if after.Owner == "" || after.Due.IsZero() || after.Due.Before(before.Due) {
			t.Errorf("%s: owner %q, due %s after %s", name, after.Owner, after.Due, before.Due)
		}
		if closed := after.State.Closed(); closed != (after.Outcome != "") || closed == after.Closed.IsZero() {
			t.Errorf("%s: %s with outcome %q, closed %s", name, after.State, after.Outcome, after.Closed)
		}
		if step.Action.ofAuthor() && after.Owner == "" {
			t.Errorf("%s: the author became the owner", name)
		}
		again := clone(after)
		if step.Action != Withdraw && after.Has(step.Entry) {
			if err := again.Do(step); err != nil || !reflect.DeepEqual(after, again) {
				t.Errorf("%s: doing it twice is not doing it once: %v", name, err)
			}
		}
	})
	var got []string
	for state := range known {
		got = append(got, state)
	}
	slices.Sort(got)
	want := []string{"answered false", "answered true", "appealed true", "asked false", "asked true", "open false",
		"refused false", "refused true", "taken false", "withdrawn false", "withdrawn true"}
	for i := range want {
		want[i] = strings.Replace(want[i], " ", "", 1)
	}
	for i := range got {
		got[i] = strings.Replace(got[i], " ", "", 1)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states that can be reached: %s", diff)
	}
	for name, v := range known {
		if v.State.Closed() {
			continue
		}
		answered := clone(v)
		if err := answered.Do(full(Answer, 99)); err != nil || answered.State != Answered {
			t.Errorf("%s cannot be answered: %v", name, err)
		}
	}
}

// The whole table of states and actions, as a page to read.
func TestMachine(t *testing.T) {
	var page strings.Builder
	fmt.Fprintf(&page, "%-20s", "")
	for _, action := range actions {
		fmt.Fprintf(&page, "%-10s", action)
	}
	page.WriteString("\n")
	for _, state := range states {
		for _, appealed := range []bool{false, true} {
			v := fresh()
			v.State, v.Appealed, v.Owner = state, appealed, "reader9"
			if state.Closed() {
				v.Outcome, v.Closed = "Outcome.", start
			}
			label := string(state)
			if appealed {
				label += " (appealed)"
			}
			fmt.Fprintf(&page, "%-20s", label)
			for _, action := range actions {
				after, cell := clone(v), "-"
				if err := after.Do(full(action, 7)); err == nil {
					cell = string(after.State)
				}
				if can := v.Can(action); can != (cell != "-") {
					t.Errorf("%s, %s: Can says %t, Do %s", label, action, can, cell)
				}
				fmt.Fprintf(&page, "%-10s", cell)
			}
			page.WriteString("\n")
		}
	}
	lines := strings.Split(page.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	golden(t, "machine.txt", strings.Join(lines, "\n"))
}

func TestStepsThatLackSomething(t *testing.T) {
	for _, one := range []struct {
		name string
		step Step
		code string
	}{
		{"a refusal without a reason", Step{Action: Refuse, By: "reader1"}, "voice-reason"},
		{"an answer without words", Step{Action: Answer, By: "reader1"}, "voice-text"},
		{"a question without words", Step{Action: Ask, By: "reader1"}, "voice-text"},
		{"an addition without words", Step{Action: Add}, "voice-text"},
		{"passing on to nobody", Step{Action: Pass, By: "reader1"}, "voice-pass"},
		{"passing on to somebody who was left out", Step{Action: Pass, By: "reader1", To: "excluded"}, "voice-pass"},
	} {
		v := fresh()
		if err := v.Do(one.step); !errors.Is(err, &bot.Error{Code: one.code}) || !reflect.DeepEqual(v, fresh()) {
			t.Errorf("%s: %v", one.name, err)
		}
	}
}

func TestDueDates(t *testing.T) {
	v := fresh()
	v.Reminded = 1
	steps := func(list ...Step) {
		for _, step := range list {
			if err := v.Do(step); err != nil {
				t.Fatal(err)
			}
		}
	}
	late := v.Due.Add(-24 * time.Hour)
	steps(Step{Action: Ask, Entry: "1", By: "reader1", Text: "When?", At: start}, Step{Action: Reply, Entry: "2", Text: "Then.", At: late})
	if want := late.Add(ReplyTime); !v.Due.Equal(want) || v.Reminded != 0 || v.State != Taken {
		t.Errorf("after a late reply due %s, want %s; reminded %d", v.Due, want, v.Reminded)
	}
	appeal := late.Add(10 * 24 * time.Hour)
	steps(Step{Action: Refuse, Entry: "3", By: "reader1", Text: "No.", At: late}, Step{Action: Appeal, Entry: "4", To: "reader2", Text: "But.", At: appeal})
	if want := appeal.Add(AnswerTime); !v.Due.Equal(want) || v.Owner != "reader2" {
		t.Errorf("after an appeal due %s with %s, want %s with reader2", v.Due, v.Owner, want)
	}
	steps(Step{Action: Ask, Entry: "5", By: "reader2", Text: "Where?", At: appeal}, Step{Action: Reply, Entry: "6", Text: "Here.", At: appeal})
	if v.State != Appealed {
		t.Errorf("a reply within an appeal leads to %s", v.State)
	}
}

func TestWithdrawalDeletesEveryWord(t *testing.T) {
	v := fresh()
	for _, step := range []Step{
		{Action: Add, Entry: "1", Text: "secret addition", At: start},
		{Action: Describe, By: "reader1", Summary: "secret summary", Theme: "secret theme", At: start},
		{Action: Answer, Entry: "2", By: "reader1", Text: "secret answer", At: start},
		{Action: Withdraw, Entry: "3", At: start.Add(time.Hour)},
	} {
		if err := v.Do(step); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf("%+v", v)
	if strings.Contains(text, "secret") || strings.Contains(text, "Words.") || len(v.Entries) != 1 {
		t.Errorf("something is left: %s", text)
	}
	if told := tell([]Voice{v}, nil); len(told.Items) != 0 || told.Waiting != 0 {
		t.Errorf("what was taken back is told: %+v", told)
	}
}

// Who may do what: every role, every action, with and without a name.
func TestMay(t *testing.T) {
	person := func(id string, roles ...bot.Role) bot.Actor {
		return bot.Actor{Account: bot.AccountID("a|" + id), Person: bot.PersonID(id), Roles: roles}
	}
	stranger := person("reader9", bot.Reader)
	stranger.External = true
	unrecorded := bot.Actor{Account: "a|x", Roles: []bot.Role{bot.Reader}}
	named := fresh()
	named.Author, named.AuthorPerson, named.CodeHash = "a|author", "author", ""
	named.Readers = append(slices.Clone(named.Readers), "author")
	unjoined := named
	unjoined.AuthorPerson = ""
	for _, one := range []struct {
		name         string
		actor        bot.Actor
		v            Voice
		team, author bool
	}{
		{"a reader", person("reader1", bot.Reader), fresh(), true, false},
		{"a reader, voice with a name", person("reader1", bot.Reader), named, true, false},
		{"a reader who joined later", person("later", bot.Reader), fresh(), false, false},
		{"a lead who joined later", person("later", bot.Reader, bot.Lead), named, false, false},
		{"a reader who was left out", person("excluded", bot.Reader), fresh(), false, false},
		{"a reader who was left out and leads", person("excluded", bot.Reader, bot.Lead), named, false, false},
		{"a lead who is no reader", person("lead", bot.Lead), fresh(), false, false},
		{"a colleague", person("c"), fresh(), false, false},
		{"the author, with a name", person("author"), named, false, true},
		{"the author, with a name, who reads", person("author", bot.Reader), named, true, true},
		{"another colleague, voice with a name", person("c"), named, false, false},
		{"nobody", bot.Actor{}, fresh(), false, false},
		{"nobody, voice whose author is not known", bot.Actor{}, unjoined, false, false},
		{"an account without a person, voice whose author is not known", bot.Actor{Account: "a|x"}, unjoined, false, false},
		{"a reader of another organisation", stranger, fresh(), false, false},
		{"an account without a person", unrecorded, fresh(), false, false},
	} {
		for _, action := range actions {
			want := one.team
			if action.ofAuthor() {
				want = one.author
			}
			if got := may(one.actor, one.v, action); got != want {
				t.Errorf("%s, %s: %t, want %t", one.name, action, got, want)
			}
		}
	}
}

func TestChooseOwner(t *testing.T) {
	load := map[bot.PersonID]int{"a": 2, "b": 1, "c": 1}
	for _, one := range []struct {
		readers, without []bot.PersonID
		avoid, want      bot.PersonID
	}{
		{[]bot.PersonID{"a", "b", "c"}, nil, "", "b"},
		{[]bot.PersonID{"c", "b", "a"}, nil, "", "b"},
		{[]bot.PersonID{"a", "b", "c"}, []bot.PersonID{"b"}, "", "c"},
		{[]bot.PersonID{"a", "b", "c"}, nil, "b", "c"},
		{[]bot.PersonID{"b", "a"}, []bot.PersonID{"a"}, "b", "b"},
		{[]bot.PersonID{"a"}, []bot.PersonID{"a"}, "", ""},
		{nil, nil, "", ""},
	} {
		if got := chooseOwner(one.readers, one.without, load, one.avoid); got != one.want {
			t.Errorf("%+v: %q", one, got)
		}
	}
}

// However much was said, a voice can be brought to its end.
func TestSoMuchMayBeSaid(t *testing.T) {
	v := fresh()
	for n := range maxEntries {
		if err := v.Do(Step{Action: Add, Entry: fmt.Sprint(n), Text: "More.", At: start}); err != nil {
			t.Fatal(n, err)
		}
	}
	for _, action := range []Action{Add, Ask} {
		before := clone(v)
		if err := v.Do(full(action, 500)); !errors.Is(err, errLong) || !reflect.DeepEqual(before, v) {
			t.Errorf("%s: %v", action, err)
		}
	}
	if err := open(Held{Voice: &v}, Add); !errors.Is(err, errLong) {
		t.Errorf("with a code: %v", err)
	}
	for _, action := range []Action{Answer, Refuse, Withdraw, Take, Pass} {
		after := clone(v)
		if err := after.Do(full(action, 500)); err != nil {
			t.Errorf("%s: %v", action, err)
		}
	}
	// What was kept before the limit was reached is never lost.
	applyAct(&v, Act{ID: "late", Kind: AddAct, Words: "Late."}, aTeam("reader1"), start)
	if !v.Has("late") {
		t.Error("words that waited are lost")
	}
}

// Numbers of supporters lie five apart, and leave five who do not support an idea.
func TestNumbersOfSupportLieApart(t *testing.T) {
	for known := range 60 {
		seen := map[int]bool{}
		last := 0
		for n := range known + 1 {
			is := shown(n, known)
			if is < last || is > n || n > 0 && is == 0 {
				t.Fatalf("%d of %d are shown as %d, after %d", n, known, is, last)
			}
			if last = is; is > 1 {
				seen[is] = true
				if known-is < 5 {
					t.Errorf("%d of %d leaves %d", is, known, known-is)
				}
			}
		}
		for a := range seen {
			for b := range seen {
				if a != b && max(a, b)-min(a, b) < 5 || a < 5 {
					t.Errorf("%d and %d of %d can both be read", a, b, known)
				}
			}
		}
	}
}

// Words that do not fit end at a word, and show that there is more.
func TestTheStartOfAText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "ten runes.": "ten runes.", "ten rüne s, and more": "ten rüne…", "ten, and more": "ten, and…", "onelongwordalone": "onelongwo…",
	} {
		if got := begun(text, 10); got != want || utf8.RuneCountInString(got) > 10 {
			t.Errorf("%q begins %q, want %q", text, got, want)
		}
	}
}
