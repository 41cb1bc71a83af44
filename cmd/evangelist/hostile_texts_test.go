package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/digests"
	"evangelist/storage/storagetest"
)

// hostile are texts that mean something to some machine. None of them may mean
// anything here.
var hostile = []struct{ name, text string }{
	{"NUL and controls", "a\x00b\x1b[31mc\x07\x7f\u0085"},
	{"invalid UTF-8", "a\xff\xfe\xc3\x28b\xed\xa0\x80\xf8\x88"},
	{"right to left", "safe \u202egnp.exe\u202c \u2067x\u2069 \u200f"},
	{"zero width", "\u200b\u200cz\u200de\ufeffr\u2060o\u00ad"},
	{"combining flood", "Z" + strings.Repeat("\u0301\u0489", 60)},
	{"broadcasts", "<!channel> <!here|here> <@U012345> <#C01|x> @here @channel @everyone"},
	{"markup", `</p></a></main><script>alert(1)</script><img src=x onerror=alert(1)>"'><svg/onload=x>`},
	{"template", `{{.}} {{template "page" .}} ${7*7} #{x} <%= 1 %> {% x %}`},
	{"card", `{"type":"AdaptiveCard","body":[{"type":"TextBlock","text":"x"}]}","blocks":[{"type":"section"}]`},
	{"markdown", "```\n# H\n> q\n- [ ] *b* _i_ ~s~ [x](javascript:alert(1)) | a | b |\n---\n```"},
	{"formula", `=HYPERLINK("javascript:x","x")&+cmd|' /C calc'!A0`},
	{"statement", `'; DROP TABLE persons; -- \' $1 %s %!d(x) \u0000\ud800`},
	{"separators", "one\u2028two\u2029three\r\nfour\tfive\vsix"},
	{"entities", `&lt;b&gt; &#x3C;script&#x3E; &nbsp; <!-- <![CDATA[ ]]> -->`},
}

// plainWords keep the texts of a scenario apart, as words that share nothing.
var plainWords = []string{"harbour", "violet", "ladder", "morning", "kettle", "pigeon", "granite", "orchard", "timber", "saddle", "mirror", "candle", "thicket", "bramble"}

func hostileTexts() []string {
	out := make([]string, len(hostile))
	for i, h := range hostile {
		out[i] = inOrder(i) + h.text + " " + plainWords[i]
	}
	return out
}

func harmlessTexts() []string {
	out := make([]string, len(hostile))
	for i := range hostile {
		out[i] = inOrder(i) + "plain " + plainWords[i]
	}
	return out
}

// inOrder begins a text so that the texts sort the same way whatever they are.
func inOrder(i int) string { return "Q" + string(rune('a'+i)) + " " }

// stored is a text as it may stand anywhere: on one line, no longer than limit.
func stored(text string) string {
	return strings.Join(strings.Fields(bot.Clean(text, 0)), " ")
}

// TestHostileTexts puts each text wherever somebody can write. Nothing breaks,
// nothing valid is lost, every page has the same structure as with plain words,
// and both databases hold the same.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	harmless := map[string]string{}
	dumps := map[string]string{}
	t.Run("plain words", func(t *testing.T) {
		y := openYard(t, storagetest.SQLite(t))
		harmless = y.scribble(harmlessTexts())
		y.whole()
	})
	storagetest.EachURL(t, func(t *testing.T, url string) {
		y := openYard(t, url)
		pages := y.scribble(hostileTexts())
		y.whole()
		for _, name := range slices.Sorted(maps.Keys(pages)) {
			harmlessPage(t, name, pages[name])
			if diff := cmp.Diff(skeleton(harmless[name]), skeleton(pages[name])); diff != "" {
				t.Errorf("%s is built differently (- plain words, + these): %s", name, diff)
			}
		}
		for i, text := range hostileTexts() {
			y.kept(hostile[i].name, text, pages)
		}
		dumps[y.dialect] = y.dump()
	})
	if len(dumps) == 2 {
		if diff := cmp.Diff(rows(dumps["sqlite"]), rows(dumps["postgres"])); diff != "" {
			t.Errorf("the databases hold different things (- SQLite, + PostgreSQL): %s", diff)
		}
	}
}

// rows are those of a dump, with yes and no as both databases can write them.
func rows(dump string) []string {
	return strings.Split(strings.NewReplacer(`="true"`, `="1"`, `="false"`, `="0"`).Replace(dump), "\n")
}

// scribble writes the texts everywhere and returns every page on which they stand.
func (y *yard) scribble(texts []string) map[string]string {
	y.Helper()
	y.chatter(texts)
	y.joinAll(texts)
	y.raiseAll(texts)
	edition := y.edit(texts)
	return y.pages(texts, edition)
}

func guest(i int) string { return fmt.Sprintf("guest-%d", i) }

func (y *yard) chatter(texts []string) {
	y.Helper()
	for i, text := range texts {
		if err := y.ws.AddPerson(playground.Account{Native: guest(i), Name: text, Title: text, Bio: text, Department: text}); err != nil {
			y.Fatal(err)
		}
		room, err := y.ws.AddRoom(playground.Room{Place: bot.Place{ID: y.ws.PlaceID(fmt.Sprintf("room-%d", i)), Name: text, Kind: bot.OpenChannel, Member: true}, Topic: text})
		if err != nil {
			y.Fatal(err)
		}
		y.send("farida", "/playground/post", url.Values{"at": {"good-finds"}, "text": {text}})
		y.post(guest(i), string(room), text)
		if _, err := y.as(guest(i)).Tell(y.ctx, text); err != nil {
			y.Fatalf("%s: %v", hostile[i].name, err)
		}
		address := fmt.Sprintf("https://www.%s.example/page", plainWords[i])
		y.post(guest(i), "good-finds", "Look at this: ["+strings.NewReplacer("[", "(", "]", ")", "\n", " ").Replace(text)+"]("+address+"/posted)")
		seen := bot.Sighting{
			Kind: bot.Posted, Message: bot.MessageRef{Place: y.ws.PlaceID("good-finds"), Native: fmt.Sprint("seen-", i)}, Author: y.ws.ID(guest(i)),
			Name: text, At: y.clock.Now(), Text: "This one helps.",
			Links: []bot.SeenLink{{URL: address, Label: text, Title: text, Source: text, Blurb: text}},
		}
		if err := y.app.Hear(y.ctx, []bot.Sighting{seen}); err != nil {
			y.Fatal(err)
		}
		y.pass(time.Minute)
	}
	if err := y.app.places.Observe(y.ctx, y.ws.Places()); err != nil {
		y.Fatal(err)
	}
	if _, err := y.app.people.Record(y.ctx, y.ws.Accounts()); err != nil {
		y.Fatal(err)
	}
}

// joinAll has everybody join, asks a question and gets the answers.
func (y *yard) joinAll(texts []string) {
	y.Helper()
	y.must("nia", "network.call", "", map[string][]string{"place": {string(y.ws.PlaceID("all-council"))}, "text": {texts[6]}})
	y.must("nia", "network.ask", "", map[string][]string{"text": {texts[6]}})
	for i, text := range texts {
		y.must(guest(i), "network.join", "", map[string][]string{"part": {"support"}, "department": {"another"}, "other": {text}})
	}
	y.must("nia", "network.ask.now", "", nil)
	y.pass(time.Minute)
	for i, text := range texts {
		kind := []string{"learned", "need"}[i%2]
		y.must(guest(i), "network.answer", "", map[string][]string{"words": {text}, "kind": {kind}, "consent": {"name"}})
		y.must(guest(i), "network.learnings", "", nil)
		y.slash(guest(i), "/evangelist learnings "+text)
	}
	y.must("nia", "voices.contacts", "", map[string][]string{"emergency": {texts[6]}, "safeguarding": {texts[5]}, "whistleblowing": {texts[7]}, "grievance": {texts[9]}})
	y.pass(time.Minute)
}

// raiseAll says each text with and without a name, and answers in the same words.
func (y *yard) raiseAll(texts []string) {
	y.Helper()
	var codes []string
	for i, text := range texts {
		y.must(guest(i), "voices.concern", "", map[string][]string{"words": {text}, "name": {"named"}})
		said := y.fill(y.slash("leroy", "/idea"), map[string][]string{"words": {text}, "name": {"anonymous"}})
		codes = append(codes, codeIn(y.council, said))
		y.pass(time.Minute)
	}
	y.must("nia", "voices.release", "", nil)
	y.settle()
	all, err := y.app.features.VoiceStore.List(y.ctx, voices.Query{Open: true})
	if err != nil {
		y.Fatal(err)
	}
	for _, v := range all {
		y.pass(5 * time.Second)
		y.must("adaeze", "voices.ask", v.ID, map[string][]string{"answer": {v.Words}})
		if !v.Anonymous() {
			y.must("adaeze", "voices.describe", v.ID, map[string][]string{"summary": {v.Words}, "theme": {v.Words}})
			y.must("adaeze", "voices.answer", v.ID, map[string][]string{"answer": {v.Words}, "summary": {v.Words}})
		}
	}
	for i, code := range codes {
		y.pass(5 * time.Second)
		y.must("leroy", "voices.code", "", map[string][]string{"code": {code}, "want": {"reply"}, "words": {texts[i]}})
		y.do("leroy", "voices.code", "", map[string][]string{"code": {texts[i]}, "want": {texts[i]}, "words": {texts[i]}})
	}
	y.must("nia", "voices.release", "", nil)
	y.settle()
	for i, code := range codes {
		look := y.must("leroy", "voices.code", "", map[string][]string{"code": {code}, "want": {"look"}})
		if !strings.Contains(stored(look.(bot.Done).Message.Blocks[len(look.(bot.Done).Message.Blocks)-1].(bot.Quote).Text.Plain(nil)), stored(texts[i])) {
			y.Errorf("%s: the holder of the code reads %s", hostile[i].name, shows(look))
		}
		y.pass(5 * time.Second)
	}
}

// edit makes digests with the texts for names, edits every item and publishes.
func (y *yard) edit(texts []string) digests.Edition {
	y.Helper()
	for i, text := range texts {
		y.must("nia", "digest.new", "", map[string][]string{"name": {text}, "when": {"every Friday 09:00"}, "undecided": {"wait"}, "places": {string(y.ws.PlaceID(fmt.Sprintf("room-%d", i)))}})
		y.must("nia", "digest.find", "", map[string][]string{"url": {fmt.Sprintf("https://www.%s.example/found", plainWords[i])}, "why": {text}})
		y.must(guest(i), "digest.add", "", map[string][]string{"url": {fmt.Sprintf("https://www.%s.example/added", plainWords[i])}, "why": {text}})
		y.pass(10 * time.Second)
	}
	all, err := y.app.features.Digests.Digests(y.ctx)
	if err != nil {
		y.Fatal(err)
	}
	at := slices.IndexFunc(all, func(d digests.Digest) bool { return d.Name == "Friday roundup" })
	y.must("nia", "digest.open", all[at].ID, nil)
	edition, err := y.app.features.Digests.Next(y.ctx, all[at].ID)
	if err != nil {
		y.Fatal(err)
	}
	y.must("nia", "digest.draft", edition.ID, nil)
	proof, err := y.app.features.Digests.Proof(y.ctx, edition)
	if err != nil {
		y.Fatal(err)
	}
	for i, item := range proof.Content.Items {
		text := texts[6+i%(len(texts)-6)]
		y.must("nia", "digest.words", edition.ID+"/"+item.ID, map[string][]string{"because": {text}, "title": {text}, "note": {text}})
	}
	approved := y.must("nia", "digest.approve", edition.ID, nil)
	y.must("nia", "digest.publish", edition.ID, nil)
	y.pass(30 * time.Second)
	y.pass(2 * time.Minute)
	if y.count("all-council", "Shared by") != 1 {
		y.Fatalf("the edition is not out: %s\n%s", shows(approved), y.log)
	}
	for i, item := range proof.Content.Items {
		y.must("leroy", "digest.used", edition.ID+"/"+item.ID, map[string][]string{"what": {texts[i]}})
	}
	y.pass(time.Minute)
	return edition
}

// pages are all pages on which the texts stand, and what is found with them.
func (y *yard) pages(texts []string, edition digests.Edition) map[string]string {
	y.Helper()
	pages := map[string]string{}
	keep := func(name, person, path string) {
		answer := y.get(person, path)
		if answer.Code >= 500 || answer.Code == 404 {
			y.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
		pages[name] = answer.Body.String()
		y.clock.add(2 * time.Second)
	}
	for i := range texts {
		keep(fmt.Sprint("room ", i), "nia", fmt.Sprintf("/playground/?place=room-%d", i))
		keep(fmt.Sprint("direct ", i), guest(i), fmt.Sprintf("/playground/?place=direct-guest-%d", i))
		keep(fmt.Sprint("search ", i), "nia", "/archive?q="+url.QueryEscape(texts[i]))
		keep(fmt.Sprint("add ", i), "nia", "/add?url="+url.QueryEscape("https://x.example/")+"&title="+url.QueryEscape(texts[i])+"&why="+url.QueryEscape(texts[i]))
		keep(fmt.Sprint("odd place ", i), "nia", "/playground/?place="+url.QueryEscape(texts[i])+"&thread="+url.QueryEscape(texts[i])+"&edit="+url.QueryEscape(texts[i])+"&pane="+url.QueryEscape(texts[i]))
		keep(fmt.Sprint("next ", i), "", "/sign-in?next="+url.QueryEscape(texts[i]))
	}
	for _, place := range []string{"good-finds", "all-council", "~home"} {
		keep(place, "nia", "/playground/?place="+place)
	}
	keep("reading", "adaeze", "/playground/?place=reading-team")
	keep("reader's home", "adaeze", "/playground/?place=~home")
	keep("guest's home", guest(6), "/playground/?place=~home")
	for _, path := range []string{"/web", "/archive", "/desk", "/code", "/concern", "/idea", "/desk/draft/" + edition.ID} {
		keep(path, "nia", path)
	}
	issues, err := y.app.features.Digests.Issues(y.ctx, "", "", time.Time{}, 0)
	if err != nil || len(issues) != 1 {
		y.Fatalf("the archive has %d editions: %v", len(issues), err)
	}
	keep("edition", "leroy", "/archive/"+issues[0].Slug)
	for _, command := range []string{"/evangelist", "/evangelist who", "/evangelist learnings", "/evangelist requests", "/evangelist reading", "/evangelist team", "/evangelist watch", "/evangelist readers", "/evangelist contacts", "/evangelist ask", "/evangelist call", "/evangelist mine", "/digest", "/digest inbox", "/digest recall"} {
		y.slash("nia", command)
		keep(command, "nia", "/playground/?place=all-council")
		y.as("nia").CloseForm()
	}
	return pages
}

// kept checks that nothing valid of a text was lost, where it stands whole.
func (y *yard) kept(name, text string, pages map[string]string) {
	y.Helper()
	want := stored(text)
	found := map[string]string{"chat": words1(pages["good-finds"]), "names": words1(pages["good-finds"]), "the reading team": words1(pages["reading"])}
	if !strings.Contains(name, "combining") { // names are cut to their length
		found["digests"] = words1(pages["/digest"])
	}
	for where, page := range found {
		if !strings.Contains(page, want) {
			y.Errorf("%s: %q is not whole in %s", name, want, where)
		}
	}
}

// words1 are the words of a page, on one line.
func words1(page string) string {
	var out strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(page))
	for tokens.Next() != html.ErrorToken {
		if token := tokens.Token(); token.Type == html.TextToken {
			out.WriteString(token.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// skeleton is how a page is built: its tags with the names of their attributes
// and their classes, without what depends on words.
func skeleton(page string) []string {
	var out []string
	tokens := html.NewTokenizer(strings.NewReader(page))
	for tokens.Next() != html.ErrorToken {
		token := tokens.Token()
		switch token.Type {
		case html.StartTagToken, html.SelfClosingTagToken:
			line := "<" + token.Data
			for _, a := range token.Attr {
				line += " " + a.Key
				if a.Key == "class" || a.Key == "type" || a.Key == "name" {
					line += "=" + a.Val
				}
			}
			out = append(out, line)
		case html.EndTagToken:
			out = append(out, "</"+token.Data)
		case html.CommentToken, html.DoctypeToken:
			out = append(out, "<!")
		}
	}
	return out
}

// harmlessPage checks that a page runs nothing that is not ours and leads nowhere
// but by ordinary addresses.
func harmlessPage(t *testing.T, name, page string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(page))
	for tokens.Next() != html.ErrorToken {
		token := tokens.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		source := ""
		for _, a := range token.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
				t.Errorf("%s: <%s %s=%q>", name, token.Data, a.Key, a.Val)
			case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction":
				source = value
				if !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "#") && !strings.HasPrefix(value, "?") && !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "http://") {
					t.Errorf("%s: <%s %s=%q>", name, token.Data, a.Key, a.Val)
				}
			}
		}
		switch token.Data {
		case "script", "link", "img":
			if !strings.HasPrefix(source, "/") || strings.HasPrefix(source, "//") {
				t.Errorf("%s: <%s> from %q", name, token.Data, source)
			}
		case "style", "iframe", "object", "embed", "base", "meta-refresh":
			t.Errorf("%s: <%s>", name, token.Data)
		}
	}
	for _, r := range page {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			t.Errorf("%s: the page has the character %U", name, r)
			return
		}
	}
}
