package digeststore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// A week holds 300 links, whatever the archive holds besides.
const weekly = 300

// fill makes an archive of n links that ends with the week before wednesday.
func fill(b *testing.B, s digests.Stores, n int) {
	b.Helper()
	week := 7 * 24 * time.Hour
	var heard digests.Heard
	flush := func() {
		if err := s.Archive.Hear(context.Background(), heard); err != nil {
			b.Fatal(err)
		}
		heard = digests.Heard{}
	}
	for i := range n {
		back := time.Duration(i/weekly)*week + time.Duration(i%weekly+1)*week/(weekly+2)
		m := bot.MessageRef{Place: channel, Native: fmt.Sprint("m", i)}
		l := digests.Link{Key: fmt.Sprintf("site%d.example/%d", i%900, i), Address: fmt.Sprintf("https://site%d.example/%d", i%900, i), Host: fmt.Sprintf("site%d.example", i%900), Site: fmt.Sprintf("site%d.example", i%900)}
		at := wednesday.Add(-back)
		heard.Posts = append(heard.Posts, digests.Post{Message: m, Account: account(fmt.Sprint("u", i%200)), At: at, Links: []digests.PostLink{{Link: l, Sentence: "This is what helped us most of all this week"}}})
		for r := range i % 4 {
			heard.Acts = append(heard.Acts, digests.Act{Kind: digests.Reacted, Message: m, Account: account(fmt.Sprint("u", (i+r+1)%200)), Detail: "tada", At: at})
		}
		if len(heard.Posts) == 1000 {
			flush()
		}
	}
	flush()
}

func benchmarkDraft(b *testing.B, n int) {
	db := storagetest.Open(b, storagetest.SQLite(b))
	s := digeststore.New(db, &clock{now: wednesday})
	fill(b, s, n)
	f := digests.New(digests.Config{Stores: s, Clock: &clock{now: wednesday}})
	for b.Loop() {
		c, err := f.Preview(b.Context(), "", wednesday.AddDate(0, 0, -7), wednesday)
		if err != nil || c.Candidates != weekly || len(c.Items) != 7 {
			b.Fatalf("%d candidates, %d items, %v", c.Candidates, len(c.Items), err)
		}
	}
}

// The draft of a week must take the same time whatever the archive holds.
func BenchmarkDraft10k(b *testing.B)  { benchmarkDraft(b, 10_000) }
func BenchmarkDraft100k(b *testing.B) { benchmarkDraft(b, 100_000) }
func BenchmarkDraft1M(b *testing.B)   { benchmarkDraft(b, 1_000_000) }

// BenchmarkHearBatch keeps batches of 500 messages of which one in ten has a
// link, through the ear; BenchmarkHearFloor inserts the rows alone.
func BenchmarkHearBatch(b *testing.B) {
	db := storagetest.Open(b, storagetest.SQLite(b))
	f := digests.New(digests.Config{Stores: digeststore.New(db, &clock{now: wednesday}), Clock: &clock{now: wednesday}})
	ear := f.Ears()[0]
	n := 0
	for b.Loop() {
		batch := make([]bot.Sighting, 0, 500)
		for i := range 500 {
			n++
			s := bot.Sighting{Kind: bot.Posted, Message: bot.MessageRef{Place: channel, Native: fmt.Sprint(n)}, Author: account(fmt.Sprint("u", n%200)), At: wednesday, Text: "Nothing of note was said here today", Imported: true}
			if i%10 == 0 {
				s.Text = fmt.Sprintf("This page helped us a lot this week https://site%d.example/%d", n%900, n)
				s.Links = []bot.SeenLink{{URL: fmt.Sprintf("https://site%d.example/%d", n%900, n)}}
			}
			batch = append(batch, s)
		}
		if _, err := ear.Hear(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkHearFloor is the floor of BenchmarkHearBatch: the same fifty links and
// shares for each 500 messages in one transaction, with nothing read or parsed.
func BenchmarkHearFloor(b *testing.B) {
	db := storagetest.Open(b, storagetest.SQLite(b))
	n := 0
	for b.Loop() {
		err := db.Write(b.Context(), func(ctx context.Context, tx *engine.Tx) error {
			for range 50 {
				n += 10
				key, m := fmt.Sprintf("site%d.example/%d", n%900, n), fmt.Sprint(string(channel), "|", n)
				if _, err := tx.Exec(ctx, `INSERT INTO links (key, address, host, site) VALUES ($1, $2, $3, $3)`, key, "https://"+key, key[:12]); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `INSERT INTO shares (message, link, place, account, at, sentence) VALUES ($1, $2, $3, $4, $5, $6)`,
					m, key, string(channel), "chat|u1", wednesday.UnixMicro(), "This page helped us a lot this week"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
}
