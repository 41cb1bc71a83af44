package sample

import (
	"strings"
	"testing"
	"time"

	"evangelist/storage/storagetest"
)

// TestFaultsAreNamed damages the data in one place at a time and expects a
// sentence that says where and what.
func TestFaultsAreNamed(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	now := time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown author", "author: grzegorz\n", "author: nobody\n", `names person "nobody"`},
		{"lost parent", "thread: flood-night\n", "thread: gone\n", `message flood-night-1 replies to "gone"`},
		{"nested reply", "thread: letters-start\n", "thread: flood-night-1\n", "name the message that opened the thread"},
		{"reply elsewhere", "thread: letters-start\n", "thread: flood-night\n", "is in good-finds but replies to flood-night in front-line"},
		{"reply too early", "time: \"08:06\"", "time: \"07:06\"", "message flood-night-1 happens before what it follows"},
		{"unknown channel", "channel: climate\n", "channel: weather\n", `names channel "weather"`},
		{"unknown page", "unfurl: [flood-check]", "unfurl: [flod-check]", `unfurls page "flod-check"`},
		{"too many pages", "unfurl: [flood-check]", "unfurl: [flood-check, wcag]", "unfurls 2 pages but has 1 addresses"},
		{"unknown emoji", "emoji: coffee,", "emoji: tea,", `reaction "tea"`},
		{"reaction by a stranger", "people: [kwabena, ishbel]", "people: [kwabena, stranger]", `names person "stranger"`},
		{"reaction twice", "people: [kwabena, ishbel]", "people: [kwabena, kwabena]", "by kwabena twice"},
		{"mention of a stranger", "@pauline would", "@stranger would", `message letters-result-2 names person "stranger"`},
		{"not an address", "https://carbonliteracy.com/", "https://%zz", `has the address "https://%zz"`},
		{"future day", "    day: -15\n", "    day: 0\n", "day 0 is not in the past"},
		{"bad time", "\"07:52\"", "\"7.52\"", `message flood-night: time "7.52" is not of the form 09:42`},
		{"bad zone", "Europe/London", "Europe/Wetherbourne", `zone "Europe/Wetherbourne" is not known`},
		{"bad level", "level: head,", "level: boss,", `names level "boss"`},
		{"bad department", "department: parks,", "department: park,", `names department "park"`},
		{"same face", "name: Duty Rota, hue: 190", "name: Dot Flynn, hue: 32", "bot duty-rota looks like person dorothea"},
		{"hue off the wheel", "hue: 356", "hue: 360", "has hue 360"},
		{"empty department", "headcount: 42", "headcount: 0", "department legal has headcount 0"},
		{"repeated id", "- id: knit-help\n", "- id: flood-night\n", "message flood-night stands there twice"},
		{"bot unlisted", "bot: true", "bot: false", `names person "duty-rota"`},
		{"anonymous to the minute", "day: -13\n    department", "day: -13\n    time: \"09:41\"\n    department", "voice I-4MQX is anonymous and must not have a time of day"},
		{"answered and due", "theme: help with online forms", "theme: help\n    due: 3", "has an answer and still a due day"},
		{"open without due", "    due: 6\n", "", "voice I-2HKD has neither an answer nor a due day"},
		{"kind of voice", "kind: idea", "kind: rumour", `is of kind "rumour"`},
		{"offer", "offer: support", "offer: watch", `offers "watch"`},
		{"curator unknown", "curator: nia", "curator: nya", `digest friday-roundup names person "nya"`},
		{"learning from nowhere", "from: photo-first", "from: nowhere", `comes from message "nowhere"`},
		{"tour target", "\"panel:draft\"", "\"button:draft\"", `points at "button:draft"`},
		{"tour channel", "\"channel:good-finds\"", "\"channel:bad-finds\"", `names channel "bad-finds"`},
		{"unknown key", "place: Wetherbourne", "town: Wetherbourne", "does not read as an organisation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(string(embedded), c.old) {
				t.Fatalf("the data does not hold %q any more", c.old)
			}
			_, err := load([]byte(strings.Replace(string(embedded), c.old, c.new, 1)), now)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a sentence with %q", err, c.want)
			}
		})
	}
}

func TestSeveralFaultsAreNamedAtOnce(t *testing.T) {
	damaged := strings.NewReplacer("curator: nia", "curator: nya", "from: photo-first", "from: nowhere").Replace(string(embedded))
	_, err := load([]byte(damaged), time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC))
	if err == nil || !strings.Contains(err.Error(), "nya") || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v, want both faults", err)
	}
}
