package page_test

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"evangelist/storage/storagetest"
)

var shots = flag.String("shots", "", "folder for pictures of the page")

// browser drives a real browser, where there is one.
type browser struct {
	t   *testing.T
	ctx context.Context
	visitor

	mu      sync.Mutex
	trouble []string // what the page complained about
}

func browse(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" && slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "browser") {
		t.Fatal("a browser is required but not installed")
	}
	if path == "" {
		t.Skip("no browser on this machine")
	}
	s := serve(t, present)
	server := httptest.NewServer(s.page.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(s.page.Close) // runs before server.Close, which waits for live connections
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-gpu", true),
		chromedp.UserDataDir(t.TempDir()),
	)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	b := &browser{t: t, visitor: visitor{t: t, base: server.URL, served: s}}
	ctx, end := chromedp.NewContext(ctx, chromedp.WithListener(func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.trouble = append(b.trouble, fmt.Sprintf("exception: %+v", e.ExceptionDetails))
		case *runtime.EventConsoleAPICalled:
			b.trouble = append(b.trouble, "console: "+string(e.Type))
		case *log.EventEntryAdded:
			b.trouble = append(b.trouble, "log: "+e.Entry.Text)
		}
	}))
	t.Cleanup(end)
	b.ctx = ctx
	b.size(1280, 800)
	do(b, chromedp.Navigate(server.URL+"/playground/?place=good-finds"))
	return b
}

// do runs one action and fails the test when it does not succeed.
func do[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.picture("failed")
		b.t.Fatal(err)
	}
	return got
}

func (b *browser) size(width, height int64) {
	b.t.Helper()
	do(b, chromedp.EmulateViewport(width, height))
}

// until waits for an expression of the page to be true.
func (b *browser) until(expression string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.picture("failed")
		b.t.Fatalf("%s: %v", expression, err)
	}
}

func (b *browser) run(script string) {
	b.t.Helper()
	do(b, chromedp.Evaluate[any]("(() => {"+script+"; return true; })()"))
}

func (b *browser) picture(name string) {
	if *shots == "" {
		return
	}
	image, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+".png"), image, 0o600)
	}
	if err != nil {
		b.t.Log(err)
	}
}

func (b *browser) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.trouble) > 0 {
		b.t.Errorf("the page complained: %s", strings.Join(b.trouble, "; "))
	}
}

// typeLine types into the composer and posts.
func (b *browser) typeLine(text string) {
	b.t.Helper()
	do(b, chromedp.SendKeys("#composer-text", text+"\r"))
}

func TestABrowserIsLive(t *testing.T) {
	b := browse(t)
	// What somebody else posts appears without a reload.
	b.run("window.same = true")
	if _, err := b.ws.As("nia").Post(t.Context(), "good-finds", "Seen at once"); err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector("#conversation").innerText.includes("Seen at once") && window.same`)
	b.until(`document.querySelector("#live").textContent === "Nia Prosser: Seen at once"`)
	// What one types is posted, the composer empties, and stays in view.
	b.typeLine("My own words")
	b.until(`document.querySelector("#conversation").innerText.includes("My own words") && document.querySelector("#composer-text").value === "" && window.same`)
	b.until(`(c => c.scrollHeight - c.scrollTop - c.clientHeight < 4)(document.querySelector("#conversation"))`)
	// A half-written line survives what happens meanwhile.
	do(b, chromedp.SendKeys("#composer-text", "Half a li"))
	if _, err := b.ws.As("nia").Post(t.Context(), "good-finds", "Meanwhile"); err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector("#conversation").innerText.includes("Meanwhile") && document.querySelector("#composer-text").value === "Half a li"`)
	// Another place marks what is new there.
	if _, err := b.ws.As("nia").Post(t.Context(), "climate", "Over here"); err != nil {
		t.Fatal(err)
	}
	b.until(`!!document.querySelector('[data-target="channel:climate"] .dot')`)
	do(b, chromedp.Click(`[data-target="channel:climate"]`))
	b.until(`document.querySelector("h1").innerText.includes("climate") && location.search === "?place=climate" && !document.querySelector('[data-target="channel:climate"] .dot')`)
	b.calm()
}

func TestABrowserFillsAFormIn(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := browse(t)
	do(b, chromedp.SendKeys("#composer-text", "/con"))
	b.until(`[...document.querySelectorAll("#slash li")].filter(o => !o.hidden).length === 1`)
	b.picture("slash")
	do(b, chromedp.SendKeys("#composer-text", "cern It drains\r"))
	b.until(`document.querySelector("dialog:modal") && document.activeElement.name === "f.text"`)
	if got := do(b, chromedp.Value("#f-text")); got != "It drains" {
		t.Errorf("the form shows %q", got)
	}
	do(b, chromedp.SetValue("#f-text", "Hm"))
	do(b, chromedp.Click(".form .button.primary"))
	b.until(`document.querySelector(".field-error") && document.activeElement.getAttribute("aria-invalid") === "true" && document.querySelector("dialog:modal")`)
	// Something happens behind the form; what is typed stays.
	do(b, chromedp.SetValue("#f-text", "It drains the phone"))
	if _, err := b.ws.As("nia").Post(t.Context(), "good-finds", "Meanwhile"); err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector("#conversation").innerText.includes("Meanwhile") && document.querySelector("#f-text").value === "It drains the phone"`)
	do(b, chromedp.Click(".form .button.primary"))
	b.until(`document.querySelector("dialog:modal [data-copy]")?.innerText.startsWith("lamp river")`)
	do(b, chromedp.KeyEvent("\u001b"))
	b.until(`!document.querySelector("dialog")`)
	if _, open := b.ws.As("farida").Form(); open {
		t.Error("Escape closed the dialog but not the form")
	}
	b.calm()
}

func TestABrowserWalksTheTour(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := browse(t)
	b.until(`document.querySelectorAll(".step.now").length === 1 && document.querySelector(".lit")`)
	for i, step := range b.sample.Tour {
		if i > 0 {
			do(b, chromedp.Click(`[data-act="next"]`))
		}
		account, _ := b.ws.Account(step.As)
		b.until(`document.querySelector(".step.now h2").innerText.includes(` + "`" + step.Title + "`" + `) && document.querySelector("#who").innerText.includes("` + account.Name + `")`)
		b.until(`document.querySelectorAll(".lit").length === 1`)
		if step.Target == "composer" {
			b.until("document.querySelector('#composer-text').value === `" + step.Try + "`")
		}
	}
	do(b, chromedp.Click(`[data-act="next"]`))
	b.until(`document.querySelector("#tour").hidden`)
	do(b, chromedp.Navigate(b.base+"/playground/"))
	b.until(`document.querySelector("#tour").hidden && !document.querySelector(".tour-again").hidden`)
	b.calm()
}

func TestABrowserKeepsWhatOneTypesToOneself(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := browse(t)
	do(b, chromedp.SendKeys("#composer-text", "/concern about somebody"))
	b.run(`document.querySelector("#who").open = true; document.querySelector('[name="person"][value="nia"]').click()`)
	b.until(`document.querySelector("#who").innerText.includes("Nia Prosser") && document.querySelector("#composer-text").value === ""`)
	b.typeLine("/concern A worry")
	b.until(`document.querySelector("dialog:modal") && document.querySelector("#composer-text").value === ""`)
	b.calm()
}

func TestABrowserOfAnySizeShowsEverything(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := browse(t)
	b.typeLine("/evangelist help")
	b.until(`document.querySelector("#conversation").innerText.includes("Small print.")`)
	b.run(`document.querySelector("#conversation .msg .menu").open = true`)
	for _, size := range [][2]int64{{1600, 1000}, {1280, 800}, {900, 700}, {640, 400}, {390, 844}, {320, 640}} {
		b.size(size[0], size[1])
		for _, pane := range []string{"places", "talk", "behind"} {
			b.run(`const pane = document.querySelector('[data-pane-link="` + pane + `"]'); if (pane.offsetParent) pane.click()`)
			wide := do(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("body *")].filter(e => e.offsetParent && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".b-table, .chips, .vh, .menu-panel")).map(e => e.tagName + "." + e.className)`))
			if len(wide) > 0 {
				t.Errorf("at %d × %d, %s: too wide: %v", size[0], size[1], pane, wide[:min(4, len(wide))])
			}
		}
	}
	b.calm()
}

// contrast measures each visible text against what is painted behind it.
const contrast = `(() => {
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); if (c.startsWith("color(srgb")) return [m[0]*255, m[1]*255, m[2]*255, m[3] ?? 1]; return [m[0], m[1], m[2], m[3] ?? 1]; };
  const over = (top, below) => { const a = top[3]; return [0, 1, 2].map((i) => top[i]*a + below[i]*(1-a)).concat(1); };
  const light = (c) => { const f = (v) => { v /= 255; return v <= .04045 ? v/12.92 : ((v+.055)/1.055)**2.4; }; return .2126*f(c[0]) + .7152*f(c[1]) + .0722*f(c[2]); };
  const behind = (e) => { const stack = []; for (; e; e = e.parentElement) { stack.push(parse(getComputedStyle(e).backgroundColor)); if (stack.at(-1)[3] === 1) break; } return stack.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]); };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || !e.checkVisibility() || e.closest(".vh, .skip, [aria-disabled]")) continue;
    const back = behind(e), fore = over(parse(getComputedStyle(e).color), back);
    const [a, b] = [light(fore), light(back)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(e.className + " " + node.data.trim().slice(0, 30) + " " + ratio.toFixed(2));
  }
  return bad;
})()`

func TestTextStandsOutByDayAndNight(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := browse(t)
	b.typeLine("/evangelist help")
	b.until(`document.querySelector("#conversation").innerText.includes("Small print.")`)
	b.typeLine("/nonsense")
	b.until(`!!document.querySelector(".notice")`)
	b.run(`document.querySelector("#who").open = true`)
	for _, scheme := range []string{"light", "dark"} {
		do(b, func(ctx context.Context, tab *chromedp.Target) (cdp.Empty, error) {
			return cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
			})
		})
		if bad := do(b, chromedp.Evaluate[[]string](contrast)); len(bad) > 0 {
			t.Errorf("%s: less than 4.5 to 1: %s", scheme, strings.Join(bad[:min(8, len(bad))], "; "))
		}
		b.picture(scheme)
	}
	b.calm()
}
