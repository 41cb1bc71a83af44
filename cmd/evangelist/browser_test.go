package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"evangelist/storage/storagetest"
)

// browser drives a real Chromium through the pages of a council.
type browser struct {
	*council
	ctx   context.Context
	base  string
	shots string // where pictures go, "" when nobody wants them
}

// openBrowser starts Chromium on a council's pages, or skips.
// EVANGELIST_TEST_SHOTS names a folder for screenshots.
func openBrowser(t *testing.T, c *council) *browser {
	t.Helper()
	ctx := openChromium(c.ctx, t)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	return &browser{council: c, ctx: ctx, base: server.URL, shots: os.Getenv("EVANGELIST_TEST_SHOTS")}
}

// openChromium starts Chromium, or skips; it fails where EVANGELIST_TEST_REQUIRE
// contains "browser".
func openChromium(ctx context.Context, t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "browser") {
			t.Fatal("Chromium is required but not installed")
		}
		t.Skip("Chromium is not installed: what a person sees is not tested here")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(ctx, append(options, more...)...)
	t.Cleanup(stop)
	page, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	return page
}

// see opens a page of ours.
func (b *browser) see(path string) {
	b.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Navigate(b.base+path)); err != nil {
		b.Fatalf("open %s: %v", path, err)
	}
}

// js runs a function of the page that is there; it fails the test when the
// function throws or is not true in time. Functions poll, so that the page may
// still be arriving.
func (b *browser) js(what, body string) {
	b.Helper()
	script := fmt.Sprintf(`new Promise((done, fail) => {
		const button = (root, label) => [...root.querySelectorAll('button')].filter(b => b.textContent.trim() === label).pop();
		const article = words => [...document.querySelectorAll('#conversation article')].filter(a => a.innerText.includes(words)).pop();
		const field = name => document.querySelector('[name="f.' + name + '"]');
		const tick = left => { let ok = false, why = ''; try { ok = (() => { %s })(); } catch (e) { why = e.message; }
			if (ok) return done('yes');
			if (left === 0) return done('not seen; ' + why + ' ' + [...document.querySelectorAll('[role=dialog], body')].reverse().map(e => e.innerText).join(' ').slice(0, 4000));
			setTimeout(() => tick(left - 1), 50); };
		tick(300); })`, body)
	result, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	for range 5 { // the page was left while the function waited: wait on the next one
		if err == nil || !strings.Contains(err.Error(), "navigated") && !strings.Contains(err.Error(), "context") {
			break
		}
		result, err = chromedp.Run(b.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	}
	if err != nil {
		b.Fatalf("%s: %v", what, err)
	}
	if result != "yes" {
		b.shot("failed")
		b.Fatalf("%s: %v", what, result)
	}
}

// shot takes a picture for people to look at.
func (b *browser) shot(name string) {
	b.Helper()
	if b.shots == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(b.shots, name+".png"), picture, 0o600)
	}
	if err != nil {
		b.Errorf("picture %s: %v", name, err)
	}
}

// quoted is a text as JavaScript has it.
func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// be becomes somebody, by the person switcher.
func (b *browser) be(person, name, place string) {
	b.Helper()
	b.see("/playground/?place=" + place)
	b.js("be "+name, `const who = document.querySelector('.who-words strong'); if (!who) return false;
		if (who.textContent === `+quoted(name)+`) return true;
		if (!window.switching) { window.switching = true; document.querySelector('#who').open = true; document.querySelector('button[name=person][value=`+person+`]').click(); }
		return false;`)
	b.see("/playground/?place=" + place)
}

// say types into the composer and posts.
func (b *browser) say(text string) {
	b.Helper()
	b.js("type "+text, `const box = document.querySelector('#composer-text'); if (!box) return false;
		box.value = `+quoted(text)+`; box.dispatchEvent(new Event('input', {bubbles: true}));
		document.querySelector('#composer button.primary').click(); return true;`)
}

// shows waits until words stand in the conversation.
func (b *browser) shows(words string) {
	b.Helper()
	b.js("read "+words, `return !!article(`+quoted(words)+`);`)
}

// press presses a button on the latest message that has the words.
func (b *browser) press(words, label string) {
	b.Helper()
	b.js("press "+label+" on "+words, `const a = article(`+quoted(words)+`); const x = a && button(a, `+quoted(label)+`); if (!x) return false; x.click(); return true;`)
}

// pressItem presses a button in the row under the item with that address.
func (b *browser) pressItem(address, label string) {
	b.Helper()
	b.js("press "+label+" of "+address, `const a = article('Friday roundup'); if (!a) return false;
		const link = [...a.querySelectorAll('.b-link')].find(l => l.querySelector('a') && l.querySelector('a').href === `+quoted(address)+`);
		let row = link; while (row && !row.classList.contains('b-actions')) row = row.nextElementSibling;
		const x = row && button(row, `+quoted(label)+`); if (!x) return false; x.click(); return true;`)
}

// fill fills in the open form and sends it.
func (b *browser) fill(fields map[string]string) {
	b.Helper()
	b.js("wait for the form", `return !!document.querySelector('dialog form.form');`)
	for name, value := range fields {
		b.js("fill in "+name, `const all = [...document.querySelectorAll('dialog [name="f.`+name+`"]')]; if (!all.length) return false;
			const pick = all.find(x => (x.type === 'radio' || x.type === 'checkbox') && x.value === `+quoted(value)+`);
			if (pick) { pick.checked = true; return true; }
			all[0].value = `+quoted(value)+`; return true;`)
	}
	b.js("send the form", `const x = document.querySelector('dialog form.form button.primary'); if (!x) return false; x.click(); return true;`)
}

// lastPage waits for a form's last page and returns its words.
func (b *browser) lastPage(selector string) string {
	b.Helper()
	b.js("wait for the last page", `return !!document.querySelector('dialog .done');`)
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`(document.querySelector('dialog .done `+selector+`') || document.body).innerText`))
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(text)
}

func (b *browser) closeDialog() {
	b.Helper()
	b.js("close the dialog", `const d = document.querySelector('dialog'); if (!d) return true; const x = button(d, 'Close'); if (x && !window.closing) { window.closing = true; x.click(); } return !document.querySelector('dialog');`)
	b.js("forget", `window.closing = false; return true;`)
}

// TestInTheBrowser is the product as people meet it: everything by clicking
// and typing, in a real browser.
func TestInTheBrowser(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := openBrowser(t, openCouncil(t, storagetest.SQLite(t)))
	defer b.ticking()()
	b.sharing()
	b.curating()
	b.worrying()
	b.joining()
}

func (b *browser) sharing() {
	b.be("farida", "Farida Noorzai", "good-finds")
	b.shot("1-playground")
	b.say("This saved us a morning: " + usefulPage + "?utm_source=chat")
	b.shows("This saved us a morning")
	b.be("callum", "Callum Strathie", "digital-help")
	b.say("For everybody who writes forms " + usefulPage + "?utm_campaign=x&fbclid=1")
	b.shows("For everybody who writes forms")
	b.be("maureen", "Maureen Tatlock", "good-finds")
	b.js("react", `const a = article('This saved us a morning'); const x = a && a.querySelector('.emojis button'); if (!x) return false; x.click(); return true;`)
	b.js("see the reaction", `const a = article('This saved us a morning'); return !!a.querySelector('.reaction[aria-pressed=true]');`)
	b.say("We read it aloud in the library: " + usefulPage + "/#main")
	b.shows("We read it aloud")
	b.be("leroy", "Leroy Pinnock", "digital-help")
	b.js("react", `const a = article('For everybody who writes forms'); const x = a && a.querySelector('.emojis button'); if (!x) return false; x.click(); return true;`)
	b.heard()
	b.later(time.Minute)
}

func (b *browser) curating() {
	b.be("nia", "Nia Prosser", "all-council")
	b.say("/digest preview")
	b.shows("A preview; only you see it.")
	b.shot("2-preview")
	b.say("/digest draft")
	b.js("see the draft", `return !!button(document, 'Pin');`)
	b.shot("3-draft")
	b.pressItem(usefulPage, "Pin")
	b.js("see it pinned", `return !!button(document, 'Unpin');`)
	b.pressItem(usefulPage, "Edit")
	b.fill(map[string]string{"because": "one page replaced forty calls a week"})
	b.shows("one page replaced forty calls a week")
	b.press("Friday roundup", "Approve")
	b.press("Friday roundup", "Undo")
	b.press("Friday roundup", "Approve")
	b.js("see it approved", `return !!button(document, 'Undo');`)
	b.say("/digest publish")
	b.shows(" seconds")
	b.shot("4-approved")
	b.later(2 * time.Minute)
	b.until("all-council", "Friday roundup", usefulPage)
	b.see("/playground/?place=all-council")
	b.js("read the edition", `const posts = [...document.querySelectorAll('#conversation article:not(.private)')].filter(a => a.innerText.includes('Friday roundup') && a.innerText.includes('one page replaced forty calls'));
		return posts.length === 1 && ['Farida Noorzai', 'Callum Strathie', 'Maureen Tatlock'].every(n => posts[0].innerText.includes(n));`)
	b.shot("5-published")
	b.see("/archive")
	b.js("open the edition in the archive", `const a = [...document.querySelectorAll('a')].filter(a => a.href.includes('/archive/') ); if (a.length !== 1) return false; a[0].click(); return true;`)
	b.js("read it there", `const t = document.body.innerText; return t.includes('one page replaced forty calls a week') && t.includes('Farida Noorzai');`)
	b.shot("6-archive")
}

func (b *browser) worrying() {
	const worry = "The rota for the front desk leaves nobody to unlock the side door."
	b.be("leroy", "Leroy Pinnock", "front-line")
	b.say("/concern")
	b.shot("7-concern")
	b.fill(map[string]string{"words": worry, "name": "anonymous"})
	code := b.lastPage("code")
	if words := strings.Fields(strings.ReplaceAll(code, "-", " ")); len(words) != 8 {
		b.Fatalf("the private code is %q", code)
	}
	b.shot("8-code")
	b.closeDialog()
	b.be("nia", "Nia Prosser", "reading-team")
	b.say("/evangelist release")
	b.shows(worry)
	b.be("adaeze", "Adaeze Nwokolo", "reading-team")
	b.press(worry, "Answer")
	b.fill(map[string]string{"answer": "The caretaker now has a key and comes at eight.", "summary": "Who opens the side door."})
	b.js("see that the answer was taken", `return !document.querySelector('dialog form.form');`)
	b.shot("9-answered")
	b.see("/code")
	b.shot("10-code-page")
	b.js("enter the code", `const f = document.querySelector('form [name*=code]'); if (!f) return false; f.value = `+quoted(code)+`; f.form.querySelector('button').click(); return true;`)
	b.js("read the answer", `return document.body.innerText.includes('The caretaker now has a key');`)
	b.shot("11-answer")
}

func (b *browser) joining() {
	b.be("minh", "Minh Lathom-Vu", "digital-help")
	b.say("/evangelist join")
	b.fill(map[string]string{"part": "lead"})
	b.be("nia", "Nia Prosser", "all-council")
	b.say("/evangelist ask now")
	b.until(string(b.as("minh").Direct()), "network.answer")
	b.be("minh", "Minh Lathom-Vu", "direct-minh")
	b.shot("12-question")
	b.press("question", "Answer")
	b.fill(map[string]string{"words": "A checklist on one page halves the questions.", "kind": "learned", "consent": "name"})
	b.js("see that it was taken", `return !document.querySelector('dialog form.form');`)
	b.later(time.Minute)
	b.be("nia", "Nia Prosser", "all-council")
	b.say("/digest preview")
	b.shows("A checklist on one page halves the questions.")
	b.shot("13-next-draft")
}
