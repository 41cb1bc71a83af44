package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage"
	"evangelist/storage/storagetest"
)

// Every benchmark of a surface stands beside its floor: an HTTP server that
// does nothing but read the body and check its signature. docs/benchmarks.md
// says how to read the ratio.

const benchSecret = "not a secret"

// signed wraps a handler in the check that every platform's requests pass.
func signed(next func(body []byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		given, err := hex.DecodeString(r.Header.Get("X-Signature"))
		if err != nil || !hmac.Equal(given, sign(body)) {
			http.Error(w, "not signed", http.StatusUnauthorized)
			return
		}
		if err := next(body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

func sign(body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write(body)
	return mac.Sum(nil)
}

const benchClients = 64

// drive sends b.N signed bodies over 64 connections and fails on any answer but 200.
func drive(b *testing.B, handler http.Handler, body func(n int64) []byte) {
	b.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchClients}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var failed atomic.Pointer[error]
	b.ResetTimer()
	var group sync.WaitGroup
	for range benchClients {
		group.Go(func() {
			for n := next.Add(1); n <= int64(b.N) && failed.Load() == nil; n = next.Add(1) {
				if err := send(client, server.URL, body(n)); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	group.Wait()
	b.StopTimer()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

func send(client *http.Client, url string, body []byte) error {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("X-Signature", hex.EncodeToString(sign(body)))
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	return err
}

// benchApp is an App on a SQLite file with a reading team and enough colleagues.
func benchApp(b *testing.B) *App {
	b.Helper()
	ctx := context.Background()
	db, err := storage.Open(ctx, storagetest.SQLite(b), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	app, err := NewApp(ctx, Parts{DB: db, Organisation: bot.Organisation{Name: "Bench", Zone: time.UTC, Word: "evangelist"},
		Leads: []string{"lead@example.org"}, Clock: bot.SystemClock{}, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), Manual: true})
	if err != nil {
		b.Fatal(err)
	}
	var facts []bot.AccountFact
	for n := range 1000 {
		facts = append(facts, bot.AccountFact{Account: benchAccount(int64(n)), Name: fmt.Sprint("Colleague ", n), Department: fmt.Sprint("D", n%12)})
	}
	facts = append(facts, bot.AccountFact{Account: bot.NewAccountID("bench", "lead"), Email: "lead@example.org", Name: "Lead"})
	if _, err := app.people.Record(ctx, facts); err != nil {
		b.Fatal(err)
	}
	if err := app.places.Observe(ctx, []bot.Place{{ID: "bench|c", Name: "c", Kind: bot.OpenChannel, Member: true, Watched: true}}); err != nil {
		b.Fatal(err)
	}
	reply := app.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: bot.NewAccountID("bench", "lead")}, Command: "voices.contacts",
		Values: map[string][]string{"emergency": {"1"}, "safeguarding": {"2"}, "whistleblowing": {"3"}, "grievance": {"4"}}})
	if _, ok := reply.(bot.Done); !ok {
		b.Fatalf("contacts: %+v", reply)
	}
	return app
}

func benchAccount(n int64) bot.AccountID {
	return bot.NewAccountID("bench", strconv.FormatInt(n%1000, 10))
}

// benchNonce is a form's nonce of its own for each n.
func benchNonce(n int64) string {
	sum := sha256.Sum256(strconv.AppendInt(nil, n, 10))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}

func concernBody(n int64) []byte {
	body, err := json.Marshal(bot.Invocation{
		Actor: bot.Actor{Account: benchAccount(n)}, Workspace: "bench", Command: "voices.concern", Nonce: benchNonce(n),
		Values: map[string][]string{"words": {"The rota leaves nobody to unlock the side door in the morning."}, "name": {"anonymous"}},
	})
	if err != nil {
		panic(err)
	}
	return body
}

func BenchmarkFormFloor(b *testing.B) {
	drive(b, signed(func(body []byte) error {
		var in bot.Invocation
		return json.Unmarshal(body, &in)
	}), concernBody)
}

// BenchmarkForm: a signed anonymous concern, durable before the answer.
func BenchmarkForm(b *testing.B) {
	app := benchApp(b)
	drive(b, signed(func(body []byte) error {
		var in bot.Invocation
		if err := json.Unmarshal(body, &in); err != nil {
			return err
		}
		switch reply := app.Do(context.Background(), in).(type) {
		case bot.Done:
		case bot.Say:
			return fmt.Errorf("not kept: %s", reply.Message.Summary)
		default:
			return fmt.Errorf("not kept: %T %+v", reply, reply)
		}
		return nil
	}), concernBody)
}

func eventBody(n int64) []byte {
	body, err := json.Marshal([]bot.Sighting{{
		Kind: bot.Posted, Message: bot.MessageRef{Place: "bench|c", Native: strconv.FormatInt(n, 10)}, Author: benchAccount(n),
		At:    time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond),
		Text:  "This one helped us: https://www.example.org/page/" + strconv.FormatInt(n%5000, 10) + "?utm_source=chat",
		Links: []bot.SeenLink{{URL: "https://www.example.org/page/" + strconv.FormatInt(n%5000, 10) + "?utm_source=chat"}},
	}})
	if err != nil {
		panic(err)
	}
	return body
}

func BenchmarkEventFloor(b *testing.B) {
	drive(b, signed(func(body []byte) error {
		var batch []bot.Sighting
		return json.Unmarshal(body, &batch)
	}), eventBody)
}

// BenchmarkEvent: a signed message with a link, canonical and durable before
// the answer.
func BenchmarkEvent(b *testing.B) {
	app := benchApp(b)
	drive(b, signed(func(body []byte) error {
		var batch []bot.Sighting
		if err := json.Unmarshal(body, &batch); err != nil {
			return err
		}
		return app.Hear(context.Background(), batch)
	}), eventBody)
}
