package httpd

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Armoured gives every answer the headers that keep browsers from doing anything
// with it, also those that no page of ours writes: redirects to a tidy path,
// health, metrics. Pages set their own in their place.
func Armoured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// Readiness is one thing that must work before requests are welcome.
type Readiness struct {
	Name  string
	Check func(ctx context.Context) error
}

// Operations serves /healthz, /readyz and /metrics. Nothing here names a person.
func Operations(mux *http.ServeMux, checks []Readiness, registry *prometheus.Registry) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		status, state := http.StatusOK, map[string]string{}
		for _, c := range checks {
			state[c.Name] = "ok"
			if err := c.Check(ctx); err != nil {
				// The cause may hold an address or a name; the log has it.
				state[c.Name], status = "failing", http.StatusServiceUnavailable
			}
		}
		writeJSON(w, status, state)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		return // the client has gone
	}
}
