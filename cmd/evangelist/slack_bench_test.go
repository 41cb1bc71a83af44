package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"evangelist/adapters/slack"
	"evangelist/adapters/slack/slacktest"
	"evangelist/bot"
)

// slackFloor is a server that does nothing but read the body and check Slack's
// signature, with the library's own verifier.
func slackFloor() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		verifier, err := slackgo.NewSecretsVerifier(r.Header, benchSecret)
		if err == nil {
			_, err = verifier.Write(body)
		}
		if err != nil || verifier.Ensure() != nil {
			http.Error(w, "not signed", http.StatusUnauthorized)
		}
	})
}

// benchSlack is an App with a workspace of Slack at its door.
func benchSlack(b *testing.B) http.Handler {
	b.Helper()
	ctx := context.Background()
	app := benchApp(b)
	fake := slacktest.New(b, slacktest.Config{})
	adapter, err := slack.New(slack.Config{BotToken: fake.Config().BotToken, SigningSecret: benchSecret, HTTP: true, APIURL: fake.APIURL(),
		Clock: bot.SystemClock{}, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	adapter.Join(app.handlers())
	if _, err := adapter.Identify(ctx); err != nil {
		b.Fatal(err)
	}
	if err := app.places.Observe(ctx, []bot.Place{{ID: "slack|C1", Name: "c", Kind: bot.OpenChannel, Member: true, Watched: true}}); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(ctx)
	ran := make(chan error, 1)
	go func() { ran <- adapter.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		<-ran
	})
	handler := adapter.Handler()
	for refused := true; refused; { // until it runs
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/slack/events", nil))
		refused = answer.Code == http.StatusServiceUnavailable
	}
	return handler
}

type slackBody struct {
	kind string
	text []byte
}

func submissionBody(n int64) slackBody {
	state := `{"values":{"words":{"value":{"type":"plain_text_input","value":"The rota leaves nobody to unlock the side door in the morning."}},` +
		`"name":{"value":{"type":"radio_buttons","selected_option":{"text":{"type":"plain_text","text":"Without my name"},"value":"anonymous"}}},` +
		`"urgent":{"value":{"type":"checkboxes","selected_options":[]}},"quiet":{"value":{"type":"checkboxes","selected_options":[]}}}}`
	frame, err := json.Marshal(fmt.Sprintf(`{"c":"voices.concern","n":%q,"p":"C1"}`, benchNonce(n)))
	if err != nil {
		panic(err)
	}
	payload := fmt.Sprintf(`{"type":"view_submission","team":{"id":"T0HOUSE"},"user":{"id":"U%d","username":"u","team_id":"T0HOUSE"},"trigger_id":"t%d","view":{"id":"V%d","type":"modal","callback_id":"voices.concern","hash":"h","private_metadata":%s,"state":%s}}`, n, n, n, frame, state)
	return slackBody{"application/x-www-form-urlencoded", []byte("payload=" + url.QueryEscape(payload))}
}

func messageBody(n int64) slackBody {
	address := "https://www.example.org/page/" + strconv.FormatInt(n%5000, 10) + "?utm_source=chat"
	stamp := fmt.Sprintf("%d.%06d", 1732442400+n/1_000_000, n%1_000_000)
	return slackBody{"application/json", fmt.Appendf(nil, `{"token":"x","team_id":"T0HOUSE","api_app_id":"A1","type":"event_callback","event_id":"Ev%d","event_time":1732442400,`+
		`"event":{"type":"message","channel":"C1","channel_type":"channel","user":"U%d","team":"T0HOUSE","ts":%q,"event_ts":%q,"text":"This one helped us: <%s>",`+
		`"blocks":[{"type":"rich_text","block_id":"b","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"This one helped us: "},{"type":"link","url":%q}]}]}]}}`,
		n, n%1000, stamp, stamp, address, address)}
}

func sendSlack(client *http.Client, address string, body slackBody) error {
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body.text))
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body.text)
	request.Header.Set("Content-Type", body.kind)
	request.Header.Set("X-Slack-Request-Timestamp", stamp)
	request.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
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

// driveSlack sends b.N signed requests over 64 connections.
func driveSlack(b *testing.B, handler http.Handler, body func(n int64) slackBody) {
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
				if err := sendSlack(client, server.URL, body(n)); err != nil {
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

// A dialog with an anonymous concern, signed by Slack, durable before the answer
// with its code.
func BenchmarkSlackSubmission(b *testing.B)      { driveSlack(b, benchSlack(b), submissionBody) }
func BenchmarkSlackSubmissionFloor(b *testing.B) { driveSlack(b, slackFloor(), submissionBody) }

// A message with a link, signed by Slack, canonical and durable before the answer.
func BenchmarkSlackEvent(b *testing.B)      { driveSlack(b, benchSlack(b), messageBody) }
func BenchmarkSlackEventFloor(b *testing.B) { driveSlack(b, slackFloor(), messageBody) }

// openLoop sends a thousand requests a second whatever the answers do, and reports
// how long they take from the moment at which each was due.
func openLoop(b *testing.B, handler http.Handler, body func(n int64) slackBody) {
	b.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	defer client.CloseIdleConnections()
	const each = time.Millisecond
	count := max(b.N, 1000)
	took := make([]time.Duration, count)
	var failures atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	start := time.Now()
	for n := range count {
		due := start.Add(time.Duration(n) * each)
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		group.Go(func() {
			if sendSlack(client, server.URL, body(int64(n))) != nil {
				failures.Add(1)
			}
			took[n] = time.Since(due)
		})
	}
	group.Wait()
	b.StopTimer()
	if n := failures.Load(); n > 0 {
		b.Fatalf("%d requests failed", n)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[count/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[count*99/100].Microseconds())/1000, "ms-p99")
}

func BenchmarkSlackOpenLoop(b *testing.B)      { openLoop(b, benchSlack(b), submissionBody) }
func BenchmarkSlackOpenLoopFloor(b *testing.B) { openLoop(b, slackFloor(), submissionBody) }

// BenchmarkSlackMemory tells what is in use after a hundred thousand events.
func BenchmarkSlackMemory(b *testing.B) {
	handler := benchSlack(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const events = 100_000
	for range b.N {
		var next atomic.Int64
		var group sync.WaitGroup
		for range benchClients {
			group.Go(func() {
				for n := next.Add(1); n <= events; n = next.Add(1) {
					body := messageBody(n)
					request := httptest.NewRequest(http.MethodPost, "/slack/events", bytes.NewReader(body.text))
					stamp := strconv.FormatInt(time.Now().Unix(), 10)
					mac := hmac.New(sha256.New, []byte(benchSecret))
					mac.Write([]byte("v0:" + stamp + ":" + string(body.text)))
					request.Header.Set("Content-Type", body.kind)
					request.Header.Set("X-Slack-Request-Timestamp", stamp)
					request.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
					answer := httptest.NewRecorder()
					handler.ServeHTTP(answer, request)
					if answer.Code != http.StatusOK {
						b.Errorf("%d", answer.Code)
						return
					}
				}
			})
		}
		group.Wait()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapInuse)/1e6, "MB-heap")
	b.ReportMetric(float64(int64(after.HeapInuse)-int64(before.HeapInuse))/1e6, "MB-grown")
}
