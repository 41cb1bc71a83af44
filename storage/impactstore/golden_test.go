package impactstore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/text"
	"evangelist/adapters/web/report"
	"evangelist/bot/impact"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// formats writes a report in every format. Of the document the style is left out.
func formats(t *testing.T, made impact.Report) map[string]string {
	t.Helper()
	var page, machine bytes.Buffer
	if err := report.Document(&page, made, london); err != nil {
		t.Fatal(err)
	}
	enc := json.NewEncoder(&machine)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(made); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"txt": text.Render(made.Message(), london), "md": made.Markdown(), "json": machine.String(),
		"html": regexp.MustCompile(`(?s)<style>.*</style>`).ReplaceAllString(page.String(), "<style></style>"),
	}
}

// With EVANGELIST_GOLDEN=write the files are written instead of compared.
func TestGoldenReports(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := newWorld(t, db)
		w.furnish()
		for name, wish := range map[string]impact.Wish{
			"october": {}, "housing": {From: "2026-10-01", To: "2026-10-31", Department: "housing", Event: "flood week"}, "parks": {Department: "Parks"},
		} {
			for ext, got := range formats(t, w.compose(wish, true)) {
				file := filepath.Join("testdata", name+"."+ext)
				if os.Getenv("EVANGELIST_GOLDEN") == "write" {
					w.ok(os.WriteFile(file, []byte(got), 0o644))
				}
				want, err := os.ReadFile(file)
				w.ok(err)
				if string(want) != got {
					t.Errorf("%s differs:\n%s", file, got)
				}
			}
		}
		empty := newWorld(t, storagetest.Memory(t))
		if got := text.Render(empty.compose(impact.Wish{}, true).Message(), london); !strings.Contains(got, "unknown, because the register of people is empty") {
			t.Errorf("of an empty register it says\n%s", got)
		}
	})
}

// Nobody's name stands in a report, in no format, but of those who consented.
func TestNobodyIsNamedWithoutConsent(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	w.furnish()
	consented := []string{marked + " Housing01", marked + " Housing04"} // a learning, a story
	for _, wish := range []impact.Wish{{}, {Department: "Housing"}, {Department: "Parks"}, {From: "2026-01-01", To: "2026-11-01"}, {From: "2026-10-05", To: "2026-10-05"}} {
		for ext, got := range formats(t, w.compose(wish, true)) {
			for _, name := range regexp.MustCompile(marked+` \w*`).FindAllString(got, -1) {
				if !slices.Contains(consented, name) {
					t.Errorf("%+v as %s names %q", wish, ext, name)
				}
			}
			for _, never := range []string{"Housing00", "Housing05", "Housing08", "play|", "hidden words", "I-0002", "said it"} {
				if strings.Contains(got, never) {
					t.Errorf("%+v as %s says %q", wish, ext, never)
				}
			}
		}
	}
	if got := w.compose(impact.Wish{}, true).Markdown(); !strings.Contains(got, consented[0]) || !strings.Contains(got, consented[1]) {
		t.Errorf("those who consented are not credited:\n%s", got)
	}
}

// The report of a full month is one sheet of paper.
func TestAReportPrintsOnOnePage(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "browser") {
			t.Fatal(err)
		}
		t.Skip("no chromium to print with")
	}
	w := newWorld(t, storagetest.Memory(t))
	w.furnish()
	w.fill(func(add row) {
		for n := range 12 { // more learnings than a sheet holds
			add("learnings", "id, source, words, about, person_id, department, consent, created_at", fmt.Sprint("more", n), fmt.Sprint("more", n),
				"Read a letter aloud before it goes out, and cut where you run out of breath.", "", "Housing01", "Housing", "unnamed", day(time.October, 9))
		}
	})
	folder := t.TempDir()
	page, err := os.Create(filepath.Join(folder, "report.html"))
	w.ok(err)
	w.ok(report.Document(page, w.compose(impact.Wish{}, true), london))
	w.ok(page.Close())
	paper := filepath.Join(folder, "report.pdf")
	command := exec.CommandContext(t.Context(), browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(folder, "fresh"), "--no-pdf-header-footer", "--print-to-pdf="+paper, "file://"+page.Name())
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pdf, err := os.ReadFile(paper)
	w.ok(err)
	if keep := os.Getenv("EVANGELIST_KEEP"); keep != "" {
		for _, name := range []string{"report.pdf", "report.html"} {
			raw, err := os.ReadFile(filepath.Join(folder, name))
			w.ok(err)
			w.ok(os.WriteFile(filepath.Join(keep, name), raw, 0o644))
		}
	}
	if n := len(regexp.MustCompile(`/Type /Page[^s]`).FindAll(pdf, -1)); n != 1 {
		t.Errorf("the report prints on %d pages", n)
	}
}
