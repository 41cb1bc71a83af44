package page

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

const elsewhere = "The playground does not answer under this address, so nothing is shown. Open the address that it printed when it started, or http://localhost with its port."

// LocalOnly passes on requests that are addressed to this computer itself:
// localhost, 127.0.0.0/8 and [::1], on any port. Others get 421 and a sentence.
// Without it any website could make its own name lead here and then read, as
// its own, whatever a visitor of the playground may see.
//
// extra are more addresses that are ours: "name", "name:port" or a whole URL.
// Without a port any port will do; a URL without one means that of its scheme.
// An address that stands for every interface ("0.0.0.0:8080", ":8080", "[::]")
// adds all numeric addresses with that port, which no website can take for its
// own name. What is none of these adds nothing.
func LocalOnly(next http.Handler, extra ...string) http.Handler {
	var allowed []host
	for _, text := range extra {
		if more, ok := ours(text); ok {
			allowed = append(allowed, more)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, ok := parseHost(r.Host)
		if ok && asked.name != "" && asked.local(allowed) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, elsewhere, http.StatusMisdirectedRequest)
	})
}

// host is a name or number and a port, "" for any.
type host struct {
	name, port string
	number     netip.Addr // not valid when it is a name
}

func parseHost(text string) (host, bool) {
	h := host{name: text}
	if name, port, err := net.SplitHostPort(text); err == nil {
		h.name, h.port = name, port
	} else if bare, is := strings.CutPrefix(text, "["); is {
		h.name, is = strings.CutSuffix(bare, "]")
		if !is {
			return host{}, false
		}
	}
	h.name = strings.ToLower(strings.TrimSuffix(h.name, "."))
	if number, err := netip.ParseAddr(h.name); err == nil {
		h.number = number.Unmap()
	}
	return h, true
}

// ours reads an address that somebody configured.
func ours(text string) (host, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return host{}, false
	}
	if !strings.Contains(text, "://") {
		return parseHost(text)
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" {
		return host{}, false
	}
	h, ok := parseHost(address.Host)
	if h.port == "" {
		h.port = map[string]string{"http": "80", "https": "443"}[address.Scheme]
	}
	return h, ok
}

func (h host) local(extra []host) bool {
	if h.name == "localhost" || h.number.IsLoopback() {
		return true
	}
	for _, e := range extra {
		everywhere := e.name == "" || e.number.IsValid() && e.number.IsUnspecified()
		same := e.name == h.name || e.number.IsValid() && e.number == h.number || everywhere && h.number.IsValid()
		// A browser leaves out the port that its scheme means.
		if same && (e.port == "" || e.port == h.port || h.port == "" && (e.port == "80" || e.port == "443")) {
			return true
		}
	}
	return false
}
