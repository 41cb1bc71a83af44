package export_test

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"evangelist/adapters/slack/export"
	"evangelist/bot"
)

// counter counts and watches the memory.
type counter struct {
	sightings, links, calls int
	peak                    uint64
}

func (c *counter) People(context.Context, []bot.AccountFact) error { return nil }
func (c *counter) Places(context.Context, []bot.Place) error       { return nil }
func (c *counter) Sightings(_ context.Context, batch []bot.Sighting) error {
	c.sightings += len(batch)
	for _, one := range batch {
		c.links += len(one.Links)
	}
	if c.calls++; c.calls%20 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapSys-m.HeapReleased+m.StackSys)
	}
	return nil
}

// generate writes an archive as Slack makes them: one link in ten messages,
// rich text in every message when blocks is set.
func generate(b *testing.B, messages int, blocks bool) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "generated.zip")
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	w := zip.NewWriter(out)
	put := func(name string, write func(w *bufio.Writer)) {
		part, err := w.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		buffered := bufio.NewWriter(part)
		write(buffered)
		if err := buffered.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	put("channels.json", func(w *bufio.Writer) {
		fmt.Fprint(w, `[{"id":"C0","name":"c0"},{"id":"C1","name":"c1"},{"id":"C2","name":"c2"},{"id":"C3","name":"c3"}]`)
	})
	put("users.json", func(w *bufio.Writer) {
		fmt.Fprint(w, `[{"id":"U0","name":"u0"}`)
		for i := 1; i < 2000; i++ {
			fmt.Fprintf(w, `,{"id":"U%d","name":"u%d","team_id":"T1","profile":{"real_name":"Person %d","email":"p%d@example.org"}}`, i, i, i, i)
		}
		fmt.Fprint(w, "]")
	})
	const perDay = 500
	chance := rand.New(rand.NewPCG(7, 7))
	for n := 0; n < messages; n += perDay {
		day := n / perDay
		put(fmt.Sprintf("c%d/%d-%02d-%02d.json", day%4, 2000+day/4/336, day/4/28%12+1, day/4%28+1), func(w *bufio.Writer) {
			for i := range perDay {
				fmt.Fprint(w, strings.Replace(",\n", ",", "[", 1-min(i, 1)))
				message(w, chance, n+i, blocks)
			}
			fmt.Fprint(w, "]")
		})
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func message(w io.Writer, chance *rand.Rand, n int, blocks bool) {
	words := strings.Fields("the meeting moved room because library heating council form easier nobody asked twice housing team wrote guide that saves calls every week please read before Friday")
	var text strings.Builder
	for range 8 + chance.IntN(12) {
		text.WriteString(words[chance.IntN(len(words))] + " ")
	}
	link := ""
	if n%10 == 0 {
		link = fmt.Sprintf("https://example.org/page/%d?from=chat", n)
	}
	marked := text.String()
	if link != "" {
		marked += "<" + link + ">"
	}
	fmt.Fprintf(w, `{"client_msg_id":"%08x-0000-4000-8000-%012x","type":"message","user":"U%d","text":"%s","ts":"%d.%06d","team":"T1"`, n, n, chance.IntN(2000), marked, 1_500_000_000+n*30, n%1_000_000)
	if blocks {
		fmt.Fprintf(w, `,"blocks":[{"type":"rich_text","block_id":"%x","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"%s"}`, n, text.String())
		if link != "" {
			fmt.Fprintf(w, `,{"type":"link","url":"%s"}`, link)
		}
		fmt.Fprint(w, `]}]}]`)
	}
	fmt.Fprint(w, "}")
}

// BenchmarkRead reads a million messages. Beside it stands the floor: every
// byte unpacked once and decoded by the standard library into three fields.
func BenchmarkRead(b *testing.B) {
	const messages = 1_000_000
	for _, blocks := range []bool{false, true} {
		name := "text"
		if blocks {
			name = "blocks"
		}
		path := generate(b, messages, blocks)
		b.Run(name+"/read", func(b *testing.B) {
			debug.FreeOSMemory()
			c := &counter{}
			for b.Loop() {
				c.sightings, c.links = 0, 0
				if _, err := export.Read(b.Context(), path, export.Options{}, c); err != nil {
					b.Fatal(err)
				}
				if c.sightings != messages || c.links != messages/10 {
					b.Fatalf("%d sightings, %d links", c.sightings, c.links)
				}
			}
			b.ReportMetric(float64(b.N)*messages/b.Elapsed().Seconds(), "messages/s")
			b.ReportMetric(float64(c.peak)/(1<<20), "MiB-peak")
			if c.peak > 200<<20 {
				b.Errorf("%d MiB of memory", c.peak>>20)
			}
		})
		b.Run(name+"/floor", func(b *testing.B) {
			for b.Loop() {
				if n := floor(b, path); n != messages {
					b.Fatalf("%d messages", n)
				}
			}
			b.ReportMetric(float64(b.N)*messages/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

func floor(b *testing.B, path string) (messages int) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		b.Fatal(err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		if !strings.Contains(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			b.Fatal(err)
		}
		var day []struct {
			User string `json:"user"`
			Text string `json:"text"`
			TS   string `json:"ts"`
		}
		if err := json.Unmarshal(data, &day); err != nil {
			b.Fatal(err)
		}
		messages += len(day)
	}
	return messages
}
