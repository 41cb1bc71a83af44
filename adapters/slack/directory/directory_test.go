package directory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/slack/directory"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

var us = inbound.Us{Platform: "slack", Team: "T1", User: "UBOT", Bot: "BBOT"}

// workspace is what is asked, page by page. fail is asked before each call.
type workspace struct {
	people   []string // as Slack writes them
	pageSize int
	groups   []webapi.UserGroup
	labels   map[string]string
	profiles map[string]map[string]string
	channels []webapi.Channel
	fail     func(method, arg string) error
	asked    []string
}

func (w *workspace) ask(method, arg string) error {
	w.asked = append(w.asked, method+" "+arg)
	if w.fail != nil {
		return w.fail(method, arg)
	}
	return nil
}

func page[T any](all []T, size int, cursor string) ([]T, string) {
	from := 0
	_, _ = fmt.Sscanf(cursor, "from-%d", &from)
	to := min(from+max(size, 1), len(all))
	if to == len(all) {
		return all[from:to], ""
	}
	return all[from:to], fmt.Sprintf("from-%d", to)
}

func (w *workspace) Users(_ context.Context, cursor string) (webapi.Users, error) {
	if err := w.ask("users", cursor); err != nil {
		return webapi.Users{}, err
	}
	list, next := page(w.people, w.pageSize, cursor)
	users := webapi.Users{List: []json.RawMessage{}, Cursor: next}
	for _, text := range list {
		users.List = append(users.List, json.RawMessage(text))
	}
	return users, nil
}

func (w *workspace) UserGroups(context.Context) ([]webapi.UserGroup, error) {
	return w.groups, w.ask("groups", "")
}

func (w *workspace) ProfileFields(context.Context) (map[string]string, error) {
	return w.labels, w.ask("fields", "")
}

func (w *workspace) Profile(_ context.Context, user string) (map[string]string, error) {
	return w.profiles[user], w.ask("profile", user)
}

func (w *workspace) Conversations(_ context.Context, cursor string) (webapi.Channels, error) {
	if err := w.ask("channels", cursor); err != nil {
		return webapi.Channels{}, err
	}
	list, next := page(w.channels, w.pageSize, cursor)
	return webapi.Channels{List: list, Cursor: next}, nil
}

// read is a Directory with what it told.
type read struct {
	*directory.Directory
	times  map[bot.AccountID]int // how often a name was recorded
	facts  map[bot.AccountID]bot.AccountFact
	places map[bot.PlaceID]bot.Place
	groups map[string]string
	waits  []time.Duration
	log    bytes.Buffer
}

func open(w *workspace, change ...func(*directory.Config)) *read {
	r := &read{times: map[bot.AccountID]int{}, facts: map[bot.AccountID]bot.AccountFact{}, places: map[bot.PlaceID]bot.Place{}}
	config := directory.Config{
		API: w, Platform: "slack", Us: func() inbound.Us { return us }, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
		Record: func(_ context.Context, facts []bot.AccountFact) error {
			for _, f := range facts {
				r.times[f.Account]++
				was := r.facts[f.Account]
				for have, now := range map[*string]string{&was.Name: f.Name, &was.Email: f.Email, &was.Department: f.Department, &was.Level: f.Level, &was.Title: f.Title} {
					if now != "" {
						*have = now
					}
				}
				if f.Inactive != nil {
					was.Inactive = f.Inactive
				}
				was.Account, was.External, was.Bot = f.Account, f.External, f.Bot
				r.facts[f.Account] = was
			}
			return nil
		},
		Observe: func(_ context.Context, places []bot.Place) error {
			for _, place := range places {
				r.places[place.ID] = place
			}
			return nil
		},
		Groups: func(names map[string]string) { r.groups = names },
		Wait:   func(ctx context.Context, d time.Duration) error { r.waits = append(r.waits, d); return ctx.Err() },
	}
	for _, f := range change {
		f(&config)
	}
	r.Directory = directory.New(config)
	return r
}

func no() *bool  { return new(bool) }
func yes() *bool { b := true; return &b }

func TestFacts(t *testing.T) {
	cases := map[string]struct {
		raw  string
		want bot.AccountFact
	}{
		"a colleague": {`{"id":"U1","team_id":"T1","name":"ada","real_name":"Other","profile":{"real_name":"Ada  Example","display_name":"ada","email":"Ada@Example.org","title":"Librarian","fields":{"Xf1":{"value":"Libraries","alt":""},"Xf2":{"value":"3"},"Xf9":{"value":"x"}}}}`,
			bot.AccountFact{Account: "slack|U1", Name: "Ada Example", Email: "Ada@Example.org", Title: "Librarian", Department: "Libraries", Level: "3", Inactive: no()}},
		"a title of the workspace's own": {`{"id":"U1","team_id":"T1","real_name":"Ada","profile":{"title":"What I do","fields":{"Xf3":{"value":"Head of it"}}}}`,
			bot.AccountFact{Account: "slack|U1", Name: "Ada", Title: "Head of it", Inactive: no()}},
		"deactivated": {`{"id":"U2","team_id":"T1","name":"ben","deleted":true,"profile":{"real_name":"","email":""}}`,
			bot.AccountFact{Account: "slack|U2", Name: "ben", Inactive: yes()}},
		"a bot": {`{"id":"U3","team_id":"T1","real_name":"Robot","is_bot":true,"profile":{"email":"robot@example.org"}}`,
			bot.AccountFact{Account: "slack|U3", Name: "Robot", Bot: true, Inactive: no()}},
		"Slackbot":            {`{"id":"USLACKBOT","team_id":"T1","real_name":"Slackbot"}`, bot.AccountFact{Account: "slack|USLACKBOT", Name: "Slackbot", Bot: true, Inactive: no()}},
		"a workflow":          {`{"id":"U4","team_id":"T1","real_name":"Flow","is_workflow_bot":true}`, bot.AccountFact{Account: "slack|U4", Name: "Flow", Bot: true, Inactive: no()}},
		"a guest":             {`{"id":"U5","team_id":"T1","real_name":"Gus","is_restricted":true}`, bot.AccountFact{Account: "slack|U5", Name: "Gus", External: true, Inactive: no()}},
		"a guest in one room": {`{"id":"U6","team_id":"T1","real_name":"Gil","is_ultra_restricted":true}`, bot.AccountFact{Account: "slack|U6", Name: "Gil", External: true, Inactive: no()}},
		"of another team":     {`{"id":"U7","team_id":"T9","real_name":"Zoe"}`, bot.AccountFact{Account: "slack|T9.U7", Name: "Zoe", External: true, Inactive: no()}},
		"a stranger":          {`{"id":"U8","team_id":"T9","real_name":"Yan","is_stranger":true}`, bot.AccountFact{Account: "slack|T9.U8", Name: "Yan", External: true, Inactive: no()}},
		"without a name":      {`{"id":"U9"}`, bot.AccountFact{Account: "slack|U9", Name: "U9", Inactive: no()}},
		"odd":                 {`{"id":"UA","profile":"odd","team_id":"T1","name":"x\u202ey\u0000"}`, bot.AccountFact{Account: "slack|UA", Name: "xy", Inactive: no()}},
		"no address":          {`{"id":"UB","name":"b","profile":{"email":"not an address\r\nBcc: x"}}`, bot.AccountFact{Account: "slack|UB", Name: "b", Inactive: no()}},
	}
	w := &workspace{labels: map[string]string{"department ": "Xf1", "LEVEL": "Xf2", "Job title": "Xf3"}}
	r := open(w)
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		got, ok := r.Fact(json.RawMessage(c.raw))
		if !ok || !cmp.Equal(got, c.want) {
			t.Errorf("%s: %s", name, cmp.Diff(c.want, got))
		}
	}
	for _, raw := range []string{``, `null`, `[]`, `{}`, `{"id":""}`, `{"id":7}`, `"U1"`} {
		if got, ok := r.Fact(json.RawMessage(raw)); ok {
			t.Errorf("%q is %+v", raw, got)
		}
	}
}

func TestLabels(t *testing.T) {
	raw := json.RawMessage(`{"id":"U1","name":"a","profile":{"fields":{"A":{"value":"a"},"B":{"value":"b"},"C":{"value":"c"}}}}`)
	w := &workspace{labels: map[string]string{"Abteilung": "A", "Stufe": "B", "Funktion": "C", "Department": "B"}}
	r := open(w, func(c *directory.Config) {
		c.Labels = directory.Labels{Department: "abteilung", Level: "Stufe", Title: "Funktion"}
	})
	if before, _ := r.Fact(raw); before.Department != "" {
		t.Errorf("before anything was read it is %+v", before)
	}
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.Fact(raw); got.Department != "a" || got.Level != "b" || got.Title != "c" {
		t.Errorf("it is %+v", got)
	}
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(slices.DeleteFunc(slices.Clone(w.asked), func(s string) bool { return s != "fields " })); n != 1 {
		t.Errorf("the fields were read %d times", n)
	}
}

func TestPlaces(t *testing.T) {
	for want, c := range map[bot.Place]webapi.Channel{
		{ID: "slack|C1", Name: "finds", Kind: bot.OpenChannel, Member: true}:                     {ID: "C1", Name: "finds", Member: true},
		{ID: "slack|C2", Name: "desk", Kind: bot.PrivateChannel, Archived: true, External: true}: {ID: "C2", Name: "desk", Private: true, Archived: true, Shared: true},
		{ID: "slack|D1", Kind: bot.DirectChat, Member: true}:                                     {ID: "D1", Private: true, Direct: true, Member: true},
		{ID: "slack|G1", Name: "mpdm-a--b-1", Kind: bot.GroupChat, Member: true}:                 {ID: "G1", Name: "mpdm-a--b-1", Private: true, Group: true, Member: true},
	} {
		if got := directory.Place(c, us); got != want {
			t.Errorf("%+v is %+v", c, got)
		}
	}
}

func person(i int) string {
	return fmt.Sprintf(`{"id":"U%05d","team_id":"T1","name":"p%d","profile":{"real_name":"Person %d","email":"p%d@example.org"}}`, i, i, i, i)
}

func limited(wait time.Duration) error {
	return &bot.SendError{Reason: bot.Busy, RetryAfter: wait, Err: &webapi.APIError{Code: "ratelimited"}}
}

// Five thousand people arrive once each, in spite of pauses, lost answers and a
// list that has to be begun again.
func TestFiveThousand(t *testing.T) {
	w := &workspace{pageSize: 200, labels: map[string]string{}}
	for i := range 5000 {
		w.people = append(w.people, person(i))
		if i%700 == 0 {
			w.people = append(w.people, person(i/2)) // Slack repeats somebody
		}
	}
	calls, stale := 0, false
	w.fail = func(method, arg string) error {
		if calls++; method != "users" {
			return nil
		}
		switch {
		case calls%5 == 0:
			return limited(11 * time.Second)
		case calls%7 == 0:
			return errors.New("nobody knows")
		case calls > 20 && arg != "" && !stale:
			stale = true
			return fmt.Errorf("page: %w", &webapi.APIError{Code: "invalid_cursor"})
		}
		return nil
	}
	r := open(w)
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !stale || !slices.Contains(r.waits, 11*time.Second) || !slices.Contains(r.waits, 2*time.Second) {
		t.Fatalf("not all was tried: %v", r.waits)
	}
	if len(r.times) != 5000 {
		t.Errorf("%d arrived", len(r.times))
	}
	for account, n := range r.times {
		if n != 1 {
			t.Errorf("%s arrived %d times", account, n)
		}
	}
}

// After a pause it goes on where it was.
func TestItGoesOnAtItsCursor(t *testing.T) {
	w := &workspace{pageSize: 1, people: []string{person(1), person(2), person(3)}}
	once := false
	w.fail = func(method, arg string) error {
		if arg == "from-1" && !once {
			once = true
			return limited(time.Second)
		}
		return nil
	}
	r := open(w)
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	var cursors []string
	for _, asked := range w.asked {
		if cursor, ok := strings.CutPrefix(asked, "users "); ok {
			cursors = append(cursors, cursor)
		}
	}
	if !slices.Equal(cursors, []string{"", "from-1", "from-1", "from-2"}) {
		t.Errorf("asked for %q", cursors)
	}
}

func TestProfilesAreAskedForOneByOne(t *testing.T) {
	w := &workspace{pageSize: 2, labels: map[string]string{"Department": "X1", "Level": "X2"}, profiles: map[string]map[string]string{
		"U00001": {"X1": "Housing", "X2": "2"}, "U00002": {}, "U00004": {"X1": "Parks"},
	}, people: []string{
		person(1), person(2),
		`{"id":"U00003","team_id":"T1","name":"told","profile":{"real_name":"Told","fields":{"X1":{"value":"Roads"}}}}`,
		person(4), `{"id":"U00005","team_id":"T1","deleted":true,"name":"gone"}`, `{"id":"U00006","is_bot":true}`, `{"id":"U00007","is_restricted":true}`, person(8),
	}}
	refused := 0
	w.fail = func(method, arg string) error {
		switch {
		case method == "profile" && arg == "U00008":
			return &bot.SendError{Reason: bot.Unreachable, Err: &webapi.APIError{Code: "user_not_found"}}
		case method == "profile" && arg == "U00004" && refused == 0:
			refused++
			return limited(3 * time.Second)
		}
		return nil
	}
	r := open(w)
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for account, want := range map[bot.AccountID]string{"slack|U00001": "Housing", "slack|U00002": "", "slack|U00003": "Roads", "slack|U00004": "Parks"} {
		if got := r.facts[account]; got.Department != want || got.Name == "" {
			t.Errorf("%s: %+v", account, got)
		}
	}
	if r.facts["slack|U00001"].Level != "2" {
		t.Errorf("the level is %+v", r.facts["slack|U00001"])
	}
	var profiles []string
	for _, asked := range w.asked {
		if user, ok := strings.CutPrefix(asked, "profile "); ok {
			profiles = append(profiles, user)
		}
	}
	if !slices.Equal(profiles, []string{"U00001", "U00002", "U00004", "U00004", "U00008"}) {
		t.Errorf("profiles were asked for: %v", profiles)
	}
}

// Whoever is missing in a list is not taken to have left; Slack tells who did.
func TestAbsenceSaysNothing(t *testing.T) {
	w := &workspace{pageSize: 10, people: []string{person(1), person(2)}}
	r := open(w)
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.people = w.people[:1]
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if *r.facts["slack|U00002"].Inactive {
		t.Error("somebody was taken to have left")
	}
}

func TestChannels(t *testing.T) {
	w := &workspace{pageSize: 1, channels: []webapi.Channel{{ID: "C1", Name: "finds", Member: true}, {ID: "C2", Name: "desk", Member: true, Private: true, Shared: true}, {ID: "C1", Name: "finds", Member: true}}}
	known := []bot.Place{
		{ID: "slack|C1", Kind: bot.OpenChannel, Member: true}, {ID: "slack|C3", Name: "left", Kind: bot.OpenChannel, Member: true, Watched: true},
		{ID: "slack|C4", Kind: bot.OpenChannel}, {ID: "slack|D1", Kind: bot.DirectChat, Member: true}, {ID: "teams|C3", Kind: bot.OpenChannel, Member: true},
	}
	r := open(w, func(c *directory.Config) {
		c.Places = func(context.Context) ([]bot.Place, error) { return known, nil }
	})
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[bot.PlaceID]bot.Place{
		"slack|C1": {ID: "slack|C1", Name: "finds", Kind: bot.OpenChannel, Member: true}, "slack|C2": {ID: "slack|C2", Name: "desk", Kind: bot.PrivateChannel, Member: true, External: true},
		"slack|C3": {ID: "slack|C3", Name: "left", Kind: bot.OpenChannel, Watched: true},
	}
	if !maps.Equal(r.places, want) {
		t.Errorf("observed: %s", cmp.Diff(want, r.places))
	}
	// A list that breaks off proves nothing.
	clear(r.places)
	w.fail = func(method, arg string) error {
		if method == "channels" && arg != "" {
			return errors.New("nobody knows")
		}
		return nil
	}
	if err := r.Read(t.Context()); err == nil || !r.places["slack|C3"].Watched == false && r.places["slack|C3"].ID != "" {
		t.Errorf("after half a list: %v, %v", err, r.places)
	}
}

func TestGroups(t *testing.T) {
	w := &workspace{groups: []webapi.UserGroup{{ID: "S1", Handle: "leads", Name: "The leads"}, {ID: "S2", Name: "Parks"}}}
	r := open(w)
	if err := r.Read(t.Context()); err != nil || !maps.Equal(r.groups, map[string]string{"S1": "leads", "S2": "Parks"}) {
		t.Errorf("the groups are %v, %v", r.groups, err)
	}
}

// What may not be read is left out and said; the rest is read.
func TestWithoutPermission(t *testing.T) {
	for _, method := range []string{"fields", "groups", "channels", "profile"} {
		w := &workspace{pageSize: 5, people: []string{person(1)}, labels: map[string]string{"Department": "X1"}, channels: []webapi.Channel{{ID: "C1"}}, fail: func(m, _ string) error {
			if m == method {
				return &bot.SendError{Reason: bot.Denied, Say: "Add the permission.", Err: &webapi.APIError{Code: "missing_scope"}}
			}
			return nil
		}}
		r := open(w)
		if err := r.Read(t.Context()); err != nil || len(r.facts) != 1 || (len(r.places) != 1) != (method == "channels") {
			t.Errorf("without %s: %v, %v, %v", method, err, r.facts, r.places)
		}
		if !strings.Contains(r.log.String(), "Add the permission.") {
			t.Errorf("without %s the log says %q", method, r.log.String())
		}
	}
	w := &workspace{people: []string{person(1)}, fail: func(m, _ string) error {
		if m == "users" {
			return &bot.SendError{Reason: bot.Denied, Err: &webapi.APIError{Code: "missing_scope"}}
		}
		return nil
	}}
	if err := open(w).Read(t.Context()); err == nil {
		t.Error("without the people it reports success")
	}
}

func TestFailures(t *testing.T) {
	ours := errors.New("the disk is full")
	w := &workspace{pageSize: 1, people: []string{person(1), person(2)}}
	r := open(w, func(c *directory.Config) { c.Record = func(context.Context, []bot.AccountFact) error { return ours } })
	if err := r.Read(t.Context()); !errors.Is(err, ours) || len(w.asked) != 2 {
		t.Errorf("a failure on our side: %v after %v", err, w.asked)
	}
	token := &bot.SendError{Reason: bot.Busy, RetryAfter: time.Minute, Err: &webapi.TokenError{Err: errors.New("x")}}
	w = &workspace{fail: func(string, string) error { return token }}
	r = open(w)
	if err := r.Read(t.Context()); !errors.Is(err, token) || len(r.waits) != 0 {
		t.Errorf("a dead token: %v, waited %v", err, r.waits)
	}
	w = &workspace{pageSize: 1, people: []string{person(1), person(2)}}
	ctx, cancel := context.WithCancel(t.Context())
	w.fail = func(string, string) error { cancel(); return limited(time.Hour) }
	if err := open(w).Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

func FuzzFact(f *testing.F) {
	f.Add([]byte(person(1)))
	f.Add([]byte(`{"id":"U1","profile":{"fields":[]}}`))
	r := open(&workspace{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, ok := r.Fact(raw); ok && (got.Account == "" || got.Name == "" || got.Inactive == nil || got.Name != bot.Clean(got.Name, 100) || got.Account.Platform() != "slack") {
			t.Errorf("it is %+v", got)
		}
	})
}
