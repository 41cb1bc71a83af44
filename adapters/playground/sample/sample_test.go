package sample

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// visits are moments at which somebody might open the playground.
var visits = map[string]string{
	"a weekday":                 "2026-11-18T10:00:00Z",
	"just after midnight":       "2026-11-18T00:00:30Z",
	"a Saturday":                "2026-11-21T15:00:00Z",
	"a Sunday":                  "2026-11-22T02:42:00Z",
	"a Monday":                  "2026-11-23T08:00:00Z",
	"a Friday at nine":          "2026-11-20T09:00:00Z",
	"clocks go forward":         "2026-03-29T01:30:00Z",
	"week after forward":        "2026-04-03T09:00:00Z",
	"clocks go back":            "2026-10-25T00:30:00Z",
	"week after back":           "2026-10-30T09:00:00Z",
	"summer, still yesterday":   "2026-06-30T22:59:00Z",
	"summer, tomorrow in UTC":   "2026-06-30T23:01:00Z",
	"new year":                  "2027-01-01T00:00:00Z",
	"second week of a year":     "2027-01-08T12:00:00Z",
	"leap day":                  "2028-02-29T12:00:00Z",
	"after a leap day":          "2028-03-01T12:00:00Z",
	"visitor east of everybody": "2026-11-19T09:00:00+14:00",
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func opened(t *testing.T) *Organisation {
	t.Helper()
	o, err := Load(moment(t, visits["a weekday"]))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// moments lists everything that has a time, with a name to show.
func moments(o *Organisation) map[string]time.Time {
	all := map[string]time.Time{}
	for _, m := range o.Messages {
		all["message "+m.ID] = m.At
		for _, r := range m.Reactions {
			all["reaction "+r.Emoji.Name+" to "+m.ID] = r.At
		}
		if m.EditedTo != "" {
			all["edit of "+m.ID] = m.EditedAt
		}
		if !m.DeletedAt.IsZero() {
			all["deletion of "+m.ID] = m.DeletedAt
		}
	}
	for _, v := range o.Voices {
		all["voice "+v.ID] = v.At
		if v.Answer != nil {
			all["answer to "+v.ID] = v.Answer.At
		}
	}
	for _, e := range o.Evangelists {
		all["evangelist "+e.Person] = e.At
	}
	for _, l := range o.Learnings {
		all["learning "+l.ID] = l.At
	}
	return all
}

func TestThePastIsPastQuietAtWeekendsAndInOfficeHours(t *testing.T) {
	for name, text := range visits {
		t.Run(name, func(t *testing.T) {
			now := moment(t, text)
			o, err := Load(now)
			if err != nil {
				t.Fatal(err)
			}
			zone, err := time.LoadLocation(o.Zone)
			if err != nil {
				t.Fatal(err)
			}
			y, m, d := now.In(zone).Date()
			today := time.Date(y, m, d, 0, 0, 0, 0, zone)
			oldest := today.AddDate(0, 0, -23)
			for owner, at := range moments(o) {
				local := at.In(zone)
				if at.Location() != time.UTC {
					t.Errorf("%s is not in UTC", owner)
				}
				if !at.Before(today) || at.Before(oldest) {
					t.Errorf("%s is at %s, outside the three weeks before %s", owner, local, today)
				}
				if day := local.Weekday(); day == time.Saturday || day == time.Sunday {
					t.Errorf("%s is on a %s", owner, day)
				}
				if hour := local.Hour(); hour < 7 || hour > 18 {
					t.Errorf("%s is at %s", owner, local.Format("15:04"))
				}
			}
		})
	}
}

func TestLocalTimeHoldsAcrossTheChangeOfClocks(t *testing.T) {
	for _, visit := range []struct{ now, want string }{
		{"2026-04-10T12:00:00Z", "2026-03-20T07:52:00Z"}, // posted in winter, opened in summer
		{"2026-04-21T12:00:00Z", "2026-03-31T06:52:00Z"}, // both in summer
		{"2026-11-06T12:00:00Z", "2026-10-16T06:52:00Z"}, // posted in summer, opened in winter
		{"2027-01-08T12:00:00Z", "2026-12-18T07:52:00Z"}, // across the year
	} {
		o, err := Load(moment(t, visit.now))
		if err != nil {
			t.Fatal(err)
		}
		m, exists := o.Message("flood-night")
		if got := m.At.Format(time.RFC3339); !exists || got != visit.want {
			t.Errorf("at %s the first message is from %s, want %s", visit.now, got, visit.want)
		}
	}
}

func TestTheSameDayGivesTheSameOrganisation(t *testing.T) {
	morning, err := Load(moment(t, "2026-11-18T06:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	evening, err := Load(moment(t, "2026-11-18T23:30:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(morning, evening); diff != "" {
		t.Error(diff)
	}
	morning.Departments[0].Name, morning.Digest.Sources[0] = "changed", "changed"
	again, err := Load(moment(t, "2026-11-18T06:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(evening, again); diff != "" {
		t.Errorf("a caller changed what the next one gets:\n%s", diff)
	}
}

// tally counts what the sample holds, by name.
func tally(o *Organisation) map[string]int {
	count := map[string]int{}
	for _, m := range o.Messages {
		if len(m.URLs()) > 0 {
			count["linked"]++
		}
		if m.ThreadOf != "" {
			count["replies"]++
		}
		if m.Bot {
			count["bots"]++
		}
		if m.EditedTo != "" {
			count["edited"]++
		}
		if !m.DeletedAt.IsZero() {
			count["deleted"]++
		}
		if strings.Contains(m.Text, "X-Amz-Signature=") {
			count["signed"]++
		}
		if len(m.URLs()) > len(m.Links) {
			count["bare"]++
		}
		for _, l := range m.Links {
			if l.Title == "" {
				count["untitled"]++
			}
		}
		for _, r := range m.Reactions {
			count[r.Emoji.Char] += len(r.People)
			if r.Emoji.Char == "🙈" && slices.Contains(r.People, m.Author) {
				count["opted out"]++
			}
		}
	}
	for _, v := range o.Voices {
		if v.Answer == nil {
			count["open"]++
		}
	}
	return count
}

func TestItHoldsWhatItPromises(t *testing.T) {
	o := opened(t)
	exactly := map[string][2]int{
		"people": {len(o.People), 30}, "levels": {len(o.Levels), 5}, "channels": {len(o.Channels), 6},
		"voices": {len(o.Voices), 3}, "evangelists": {len(o.Evangelists), 4},
		"learnings": {len(o.Learnings), 2}, "tour": {len(o.Tour), 12},
	}
	count := tally(o)
	for what, want := range map[string]int{"bots": 1, "edited": 1, "deleted": 1, "signed": 1, "opted out": 1, "🙈": 1, "untitled": 1, "open": 1} {
		exactly[what] = [2]int{count[what], want}
	}
	for what, n := range exactly {
		if n[0] != n[1] {
			t.Errorf("%d of %s, want %d", n[0], what, n[1])
		}
	}
	for what, n := range map[string][3]int{
		"messages": {len(o.Messages), 110, 160}, "links": {count["linked"], 40, 55}, "replies": {count["replies"], 50, 110},
		"departments": {len(o.Departments), 11, 15}, "bare links": {count["bare"], 2, 10}, "nominations": {count["📌"], 1, 6},
	} {
		if n[0] < n[1] || n[0] > n[2] {
			t.Errorf("%d %s, want %d to %d", n[0], what, n[1], n[2])
		}
	}
	if o.FirstLead != "nia" || o.Digest.Curator != "nia" || o.Digest.Schedule != "every Friday 09:00" {
		t.Errorf("the roundup is %+v, led by %s", o.Digest, o.FirstLead)
	}
}

func TestEveryLevelAndDepartmentHasSomebodyAndSomeHaveNoEvangelist(t *testing.T) {
	o := opened(t)
	levels, departments, said := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, p := range o.People {
		levels[p.Level]++
		departments[p.Department]++
	}
	for _, e := range o.Evangelists {
		p, _ := o.Person(e.Person)
		said[p.Department] = true
	}
	for _, l := range o.Levels {
		if levels[l] == 0 {
			t.Errorf("nobody is %s", l)
		}
	}
	for _, d := range o.Departments {
		if departments[d.ID] == 0 || departments[d.ID] > d.Headcount {
			t.Errorf("%s shows %d of %d people", d.ID, departments[d.ID], d.Headcount)
		}
	}
	if len(said) != 4 || len(o.Departments)-len(said) < 5 {
		t.Errorf("evangelists in %d of %d departments", len(said), len(o.Departments))
	}
	join := o.Tour[slices.IndexFunc(o.Tour, func(s Step) bool { return s.ID == "join" })]
	if p, _ := o.Person(join.As); said[p.Department] {
		t.Errorf("the tour joins as %s, whose department has somebody already", join.As)
	}
}

// pronouns must not stand in the line about a person.
var pronouns = regexp.MustCompile(`(?i)\b(he|she|they|him|her|them|his|hers|their|theirs|I|me|my)\b`)

func TestPeopleAreToldApartReachableNowhereAndDescribedWithoutPronouns(t *testing.T) {
	o := opened(t)
	faces, addresses, names := map[Avatar]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range o.People {
		if len(p.Avatar.Initials) != 2 || faces[p.Avatar] || addresses[p.Email] || names[p.Name] {
			t.Errorf("%s is not unmistakable: %+v", p.ID, p)
		}
		faces[p.Avatar], addresses[p.Email], names[p.Name] = true, true, true
		if _, err := mail.ParseAddress(p.Email); err != nil || !strings.HasSuffix(p.Email, "@wetherbourne.example") {
			t.Errorf("%s has the address %q", p.ID, p.Email)
		}
		if found := pronouns.FindString(p.Bio); found != "" || p.Bio == "" || strings.Contains(p.Bio, "\n") {
			t.Errorf("%s is described as %q (%q)", p.ID, p.Bio, found)
		}
		if p.Title == "" {
			t.Errorf("%s has no title", p.ID)
		}
	}
	for _, b := range o.Bots {
		if faces[b.Avatar] {
			t.Errorf("bot %s looks like a person", b.ID)
		}
	}
}

func TestEveryLinkIsAWebAddressAndEveryUnfurlStandsInItsText(t *testing.T) {
	for _, m := range opened(t).Messages {
		urls := m.URLs()
		for _, raw := range append(urls, (Message{Text: m.EditedTo}).URLs()...) {
			u, err := url.Parse(raw)
			if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Port() != "" {
				t.Errorf("%s: %q: %v", m.ID, raw, err)
				continue
			}
			if strings.HasSuffix(u.Hostname(), ".example") && !u.Query().Has("X-Amz-Signature") {
				t.Errorf("%s: %q leads nowhere", m.ID, raw)
			}
		}
		for _, l := range m.Links {
			if !slices.Contains(urls, l.URL) || l.Source == "" || (l.Title == "") != (l.Blurb == "") {
				t.Errorf("%s: unfurl %+v", m.ID, l)
			}
		}
	}
}

func TestTheTourOffersALinkThatTheDraftDoesNotHoldYetAndThePlatformKnows(t *testing.T) {
	o := opened(t)
	posted := map[string]bool{}
	for _, m := range o.Messages {
		for _, raw := range m.URLs() {
			posted[target(raw)] = true
		}
	}
	offered := 0
	for _, s := range o.Tour {
		for _, raw := range (Message{Text: s.Try}).URLs() {
			offered++
			if shown, known := o.Unfurl(raw); !known || shown.Title == "" || posted[target(raw)] {
				t.Errorf("step %s offers %q, posted before: %t, shown as %+v", s.ID, raw, posted[target(raw)], shown)
			}
		}
	}
	if offered != 1 {
		t.Errorf("the tour offers %d links, want 1", offered)
	}
	if shown, known := o.Unfurl("https://www.scie.org.uk/"); known {
		t.Errorf("a bare link is shown as %+v", shown)
	}
}

func TestNoPageIsListedInVain(t *testing.T) {
	var f file
	if err := yaml.Unmarshal(embedded, &f); err != nil {
		t.Fatal(err)
	}
	shared := map[string]bool{}
	for _, m := range f.Messages {
		for _, key := range m.Unfurl {
			shared[key] = true
		}
	}
	for _, s := range f.Tour {
		for _, key := range s.Unfurl {
			shared[key] = true
		}
	}
	for key := range f.Pages {
		if !shared[key] {
			t.Errorf("nobody shares page %q", key)
		}
	}
}

// target undoes what sharing does to an address, as far as this sample needs it.
func target(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	if strings.HasSuffix(u.Hostname(), "safelinks.protection.outlook.com") {
		return target(u.Query().Get("url"))
	}
	host := strings.TrimPrefix(strings.Replace(u.Hostname(), ".m.", ".", 1), "www.")
	return host + strings.TrimSuffix(u.Path, "/")
}

func TestOnePageIsSharedThreeTimesWithinADayUnderThreeAddresses(t *testing.T) {
	o := opened(t)
	type share struct{ urls, channels, departments, days map[string]bool }
	shares := map[string]share{}
	for _, m := range o.Messages {
		for _, raw := range m.URLs() {
			s, exists := shares[target(raw)]
			if !exists {
				s = share{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
				shares[target(raw)] = s
			}
			p, _ := o.Person(m.Author)
			s.urls[raw], s.channels[m.Channel], s.departments[p.Department], s.days[m.At.Format(time.DateOnly)] = true, true, true, true
		}
	}
	three := shares["gov.uk/service-manual/design/writing-for-user-interfaces"]
	if len(three.urls) != 3 || len(three.channels) != 3 || len(three.departments) != 3 || len(three.days) != 1 {
		t.Errorf("the page that three colleagues shared: %+v", three)
	}
	again := 0
	for _, s := range shares {
		if len(s.urls) > 1 && len(s.departments) > 1 {
			again++
		}
	}
	if again < 5 {
		t.Errorf("%d pages are shared under several addresses from several departments, want 5 or more", again)
	}
}

func TestWhatTheBotSaysIsPlain(t *testing.T) {
	o := opened(t)
	var said []string
	for _, s := range o.Tour {
		said = append(said, s.Title, s.Body, s.Try)
		if n := strings.Count(s.Body, ". ") + 1; n > 3 || len(s.Body) > 260 {
			t.Errorf("step %s is too long for a tour: %q", s.ID, s.Body)
		}
	}
	for _, v := range o.Voices {
		said = append(said, v.Text, v.Summary)
		if v.Answer != nil {
			said = append(said, v.Answer.Text, v.Answer.YouSaid, v.Answer.WeDid)
		}
	}
	for _, l := range o.Learnings {
		said = append(said, l.Title, l.Text)
	}
	for _, q := range o.Questions {
		said = append(said, q.Text)
	}
	for _, m := range o.Messages {
		for _, l := range m.Links {
			said = append(said, l.Title, l.Blurb)
		}
	}
	for _, text := range said {
		if strings.Contains(text, "!") || strings.Contains(text, "Oops") || strings.Contains(text, "simply") {
			t.Errorf("not our voice: %q", text)
		}
	}
}

func TestAnAnonymousVoiceKnowsOnlyItsDay(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	anonymous := 0
	for _, v := range opened(t).Voices {
		if v.Author != "" {
			continue
		}
		anonymous++
		if at := v.At.In(zone).Format("15:04"); at != "12:00" {
			t.Errorf("%s is from %s", v.ID, at)
		}
	}
	if anonymous != 2 {
		t.Errorf("%d anonymous voices, want 2", anonymous)
	}
}

func TestMessagesAreInOrderAndRepliesFollow(t *testing.T) {
	seen := map[string]bool{}
	var last time.Time
	for _, m := range opened(t).Messages {
		if m.At.Before(last) {
			t.Errorf("%s is out of order", m.ID)
		}
		if m.ThreadOf != "" && !seen[m.ThreadOf] {
			t.Errorf("%s comes before %s", m.ID, m.ThreadOf)
		}
		last, seen[m.ID] = m.At, true
		for _, r := range m.Reactions {
			if !r.At.After(m.At) || r.Emoji.Char == "" {
				t.Errorf("%s has the reaction %+v", m.ID, r)
			}
		}
	}
}

func TestMentionsAndAddressesInText(t *testing.T) {
	m := Message{Text: "@pauline (and @wai-lin), see https://www.gov.uk/style. Not a.b@c.example, nor https://x.example/@y?z=1)"}
	if diff := cmp.Diff([]string{"pauline", "wai-lin"}, m.Mentions()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"https://www.gov.uk/style", "https://x.example/@y?z=1"}, m.URLs()); diff != "" {
		t.Error(diff)
	}
}
