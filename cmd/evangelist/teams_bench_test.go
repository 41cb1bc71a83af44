package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"evangelist/adapters/teams"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

// benchTenant is an App with a tenant of Teams at its door, and the token with
// which the service comes.
type benchTenant struct {
	handler http.Handler
	teams   *teamstest.Teams
	token   string
}

const benchChannel = "19:bench@thread.tacv2"

func benchTeams(b *testing.B) benchTenant {
	b.Helper()
	ctx := context.Background()
	app := benchApp(b)
	fake := teamstest.New(b, teamstest.Config{Clock: bot.SystemClock{}})
	adapter, err := teams.New(teams.Config{
		AppID: fake.AppID(), TenantID: fake.TenantID(), Credential: connector.Secret(fake.Secret()), ServiceHosts: []string{fake.Host()},
		MetadataURL: fake.MetadataURL(), TokenURL: fake.TokenURL(), Clock: bot.SystemClock{}, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	adapter.Join(app.handlers())
	if _, err := adapter.Identify(ctx); err != nil {
		b.Fatal(err)
	}
	place := bot.Place{ID: bot.NewPlaceID("teams", benchChannel), Name: "c", Kind: bot.OpenChannel, Member: true, Watched: true}
	if err := app.places.Observe(ctx, []bot.Place{place}); err != nil {
		b.Fatal(err)
	}
	return benchTenant{handler: adapter, teams: fake, token: "Bearer " + fake.Sign(fake.ServiceURL(), nil)}
}

// floor is a server that does nothing but read the body and check the signature
// of the token with a key that it knows.
func (d benchTenant) floor() http.Handler {
	_, private := d.teams.SigningKey()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || !json.Valid(body) {
			http.Error(w, "no body", http.StatusBadRequest)
			return
		}
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		dot := strings.LastIndexByte(token, '.')
		signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
		sum := sha256.Sum256([]byte(token[:max(dot, 0)]))
		if err != nil || rsa.VerifyPKCS1v15(&private.PublicKey, crypto.SHA256, sum[:], signature) != nil {
			http.Error(w, "not signed", http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
}

// activity is a message with a link in a channel that is watched.
func (d benchTenant) activity(n int64) []byte {
	id := strconv.FormatInt(1_795_000_000_000+n, 10)
	address := "https://www.example.org/page/" + strconv.FormatInt(n%5000, 10) + "?utm_source=chat"
	return fmt.Appendf(nil, `{"type":"message","id":%q,"timestamp":"2026-11-24T10:00:00Z","channelId":"msteams","serviceUrl":%q,`+
		`"from":{"id":"29:u%d","name":"Colleague","aadObjectId":"00000000-0000-4000-8000-%012d"},"recipient":{"id":"28:%s"},`+
		`"conversation":{"id":"%s;messageid=%s","conversationType":"channel","isGroup":true,"tenantId":%q},`+
		`"channelData":{"tenant":{"id":%q},"channel":{"id":%q},"team":{"id":"19:team@thread.tacv2"}},"textFormat":"plain","text":"This one helped us: %s",`+
		`"attachments":[{"contentType":"text/html","content":"<p>This one helped us: <a href=\"%s\">a page</a></p>"}]}`,
		id, d.teams.ServiceURL(), n%1000, n%1000, d.teams.AppID(), benchChannel, id, d.teams.TenantID(), d.teams.TenantID(), benchChannel, address, address)
}

func (d benchTenant) send(client *http.Client, address string, n int64) error {
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(d.activity(n)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", d.token)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusAccepted {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	return err
}

// driveTeams sends b.N activities over 16 connections, and then over 64.
func driveTeams(b *testing.B, open func(d benchTenant) http.Handler) {
	for _, clients := range []int{16, 64} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			d := benchTeams(b)
			server := httptest.NewServer(open(d))
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
			defer client.CloseIdleConnections()
			if err := d.send(client, server.URL, 0); err != nil {
				b.Fatal(err)
			}
			var next atomic.Int64
			var failed atomic.Pointer[error]
			b.ResetTimer()
			var group sync.WaitGroup
			for range clients {
				group.Go(func() {
					for n := next.Add(1); n <= int64(b.N) && failed.Load() == nil; n = next.Add(1) {
						if err := d.send(client, server.URL, n); err != nil {
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
		})
	}
}

// An activity with a link and a signed token, canonical and durable before it is
// acknowledged.
func BenchmarkTeamsActivity(b *testing.B) {
	driveTeams(b, func(d benchTenant) http.Handler { return d.handler })
}
func BenchmarkTeamsActivityFloor(b *testing.B) {
	driveTeams(b, func(d benchTenant) http.Handler { return d.floor() })
}

// BenchmarkTeamsMemory tells what is in use after a hundred thousand activities.
func BenchmarkTeamsMemory(b *testing.B) {
	d := benchTeams(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const activities = 100_000
	for range b.N {
		var next atomic.Int64
		var group sync.WaitGroup
		for range benchClients {
			group.Go(func() {
				for n := next.Add(1); n <= activities; n = next.Add(1) {
					request := httptest.NewRequest(http.MethodPost, "/api/messages", bytes.NewReader(d.activity(n)))
					request.Header.Set("Content-Type", "application/json")
					request.Header.Set("Authorization", d.token)
					answer := httptest.NewRecorder()
					d.handler.ServeHTTP(answer, request)
					if answer.Code != http.StatusAccepted {
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
