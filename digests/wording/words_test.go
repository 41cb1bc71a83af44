package wording

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSentence(t *testing.T) {
	const page = "https://example.org/guide"
	for _, c := range []struct{ name, text, label, want string }{
		{"at the end", "This one page saved us forty calls a week: " + page, "", "This one page saved us forty calls a week"},
		{"only its sentence", "Good morning everybody. This page saved us forty calls " + page + " last week. See you on Friday.", "", "This page saved us forty calls … last week"},
		{"its line", "First line here\nThe second line has the guide " + page + "\nThird", "", "The second line has the guide"},
		{"as a label", "Have a look at the new parking guide before Monday please", "new parking guide", "Have a look at the new parking guide before Monday please"},
		{"abbreviations do not end it", "For forms, e.g. the blue badge one, use this page " + page, "", "For forms, e.g. the blue badge one, use this page"},
		{"whom it addresses is left out", "@Ben @Cleo you both asked for the waste calendar yesterday " + page, "", "you both asked for the waste calendar yesterday"},
		{"pictures are left out", "Thanks :tada: . We now answer every mail within a day " + page + " :+1:", "", "We now answer every mail within a day"},
		{"other addresses are left out", "Our new forms are here " + page + " and here https://example.org/b for everybody to use", "", "Our new forms are here … and here … for everybody to use"},
		{"empty brackets go", "You can see the whole list (" + page + ") in the first example", "", "You can see the whole list in the first example"},
		{"too little", "see " + page, "", ""},
		{"a question quotes badly", "Does anybody know who maintains this page here " + page + "?", "", ""},
		{"nothing but the link", page, "", ""},
		{"not there", "Some words about something else entirely here", "", ""},
		{"other letters", "Für die Bücherei haben wir jetzt eine Übersicht " + page, "", "Für die Bücherei haben wir jetzt eine Übersicht"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Sentence(c.text, page, c.label); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestSentenceIsShortAndWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "before") + " https://example.org/x " + rapid.String().Draw(t, "after")
		got := Sentence(text, "https://example.org/x", rapid.StringN(0, 20, -1).Draw(t, "label"))
		if n := utf8.RuneCountInString(got); n > maxSentence {
			t.Fatalf("%d runes", n)
		}
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r") {
			t.Fatalf("not one clean line: %q", got)
		}
	})
}

func TestTitle(t *testing.T) {
	for _, c := range []struct{ address, host, want string }{
		{"https://docs.racket-lang.org/typed-racket-guide/index.html", "docs.racket-lang.org", "Typed racket guide"},
		{"https://example.org/", "example.org", "example.org"},
		{"https://example.org/2024/03/a-better-way-to-report-potholes.html", "example.org", "A better way to report potholes"},
		{"https://example.org/news/8714229", "example.org", "News — example.org"},
		{"https://example.org/guides/Parking", "example.org", "Guides: parking — example.org"},
		{"https://example.org/docs/1.0/environment-variables/", "example.org", "Environment variables — example.org"},
		{"https://example.org/p/aZ8k2Q9xW3", "example.org", "example.org"},
		{"https://example.org/B%C3%BCrgerb%C3%BCro-%C3%96ffnungszeiten-2026", "example.org", "Bürgerbüro Öffnungszeiten 2026"},
		{"https://example.org/docs/chk-docs/chk.html", "example.org", "Chk docs — example.org"},
		{"https://github.com/racket/racket", "github.com", "racket/racket"},
		{"https://github.com/example/tool/issues/1690", "github.com", "Issue 1690 of example/tool"},
		{"https://github.com/racket/scribble/pull/92/files", "github.com", "Pull request 92 of racket/scribble"},
		{"https://github.com/racket/rackunit/blob/master/lib/log.rkt", "github.com", "log.rkt in racket/rackunit"},
		{"https://github.com/racket/racket/wiki/Release-Checklist", "github.com", "Release Checklist — wiki of racket/racket"},
		{"https://gist.github.com/someone/b20effb9d9", "gist.github.com", "A snippet by someone"},
		{"https://stackoverflow.com/questions/1149848/how-to-list-files", "stackoverflow.com", "How to list files"},
		{"https://youtu.be/Nf_Y4MbUCLY?t=35s", "youtu.be", "A video on YouTube"},
		{"https://arxiv.org/abs/1706.03762", "arxiv.org", "Paper 1706.03762 on arXiv"},
		{"https://en.wikipedia.org/wiki/Desire_path", "en.wikipedia.org", "Desire path — Wikipedia"},
		{"https://docs.google.com/document/d/abc/edit", "docs.google.com", "A shared document"},
		{"not an address at all", "example.org", "example.org"},
		{"https://example.org/%zz%ff", "example.org", "example.org"},
	} {
		if got := Title(c.address, c.host); got != c.want {
			t.Errorf("%s\n got  %q\n want %q", c.address, got, c.want)
		}
	}
}

func TestTitleOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom([]string{"example.org", "github.com", "en.wikipedia.org", "docs.google.com", "twitter.com", "arxiv.org", "stackoverflow.com"}).Draw(t, "host")
		title := Title("https://"+host+"/"+strings.Join(rapid.SliceOfN(rapid.String(), 0, 6).Draw(t, "path"), "/"), host)
		if title == "" || !utf8.ValidString(title) || utf8.RuneCountInString(title) > 120+3+len(host) {
			t.Fatalf("a title of %q", title)
		}
	})
}

func TestLabel(t *testing.T) {
	for label, want := range map[string]string{
		"How we fill potholes": "How we fill potholes", "here": "", "click here": "", "This link.": "",
		"example.org/page": "", "https://example.org": "", "12345678": "", "  Two\n lines of it ": "Two lines of it",
	} {
		if got := Label(label); got != want {
			t.Errorf("%q gives %q, not %q", label, got, want)
		}
	}
}
