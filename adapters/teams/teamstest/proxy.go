package teamstest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Proxy stands between a local test client, which sends activities without any
// proof, and the bot: it signs what the client sends with the tenant's key, so
// that the bot's checks stay on. It listens on loopback only.
type Proxy struct {
	s        *Teams
	bot      string
	server   *http.Server
	listener net.Listener
	client   *http.Client
	delay    time.Duration
}

// Proxy opens a signing proxy to the bot's /api/messages, which passes answers on
// after the delay: as on a real way, for a client that draws nothing of an answer
// that is quicker than itself. Close ends it. The bot must allow the client's
// service host, and its tenant id.
func (s *Teams) Proxy(bot string, delay time.Duration) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a signing proxy: %w", err)
	}
	p := &Proxy{s: s, bot: bot, listener: listener, delay: delay, client: &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// URL is what the client is told to be the bot's address.
func (p *Proxy) URL() string { return "http://" + p.listener.Addr().String() + "/api/messages" }

// Close ends the proxy.
func (p *Proxy) Close() error {
	p.client.CloseIdleConnections()
	return p.server.Close()
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	if err != nil {
		return
	}
	if r.URL.Path != "/api/messages" || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	response, err := p.forward(r.Context(), body, r.Header.Get("Content-Type"))
	if err != nil {
		http.Error(w, "the bot was not reached", http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	time.Sleep(p.delay)
	w.Header().Set("Content-Type", response.Header.Get("Content-Type"))
	w.WriteHeader(response.StatusCode)
	_, _ = io.Copy(w, io.LimitReader(response.Body, maxAnswer))
}

func (p *Proxy) forward(ctx context.Context, body []byte, kind string) (*http.Response, error) {
	var activity struct {
		ServiceURL string `json:"serviceUrl"`
	}
	_ = json.Unmarshal(body, &activity) // the client's first request is empty: the bot refuses it
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.bot, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Authorization", "Bearer "+p.s.Sign(activity.ServiceURL, nil))
	return p.client.Do(request)
}
