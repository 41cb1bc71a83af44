package cloud

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// ErrHost is why an address is refused; the errors of Hosts.Check wrap it.
var ErrHost = errors.New("this address is not allowed")

// Hosts is an allow-list of hosts. The zero value allows none. It is immutable.
type Hosts struct{ entries []entry }

type entry struct {
	name     string // lower case, without brackets
	port     string // empty: 443, or any port on a loopback host
	below    bool   // the hosts below name, not name itself
	loopback bool
}

// NewHosts makes an allow-list of entries such as "smba.trafficmanager.net",
// "*.example.net" (hosts below it), "gateway.example.net:8443" and
// "127.0.0.1:4100". A loopback host is allowed without TLS, because it was
// named; without a port on any port.
func NewHosts(entries ...string) (Hosts, error) {
	var hosts Hosts
	for _, text := range entries {
		e, err := parseEntry(text)
		if err != nil {
			return Hosts{}, err
		}
		hosts.entries = append(hosts.entries, e)
	}
	return hosts, nil
}

func parseEntry(text string) (entry, error) {
	refuse := func(why string) (entry, error) {
		return entry{}, fmt.Errorf("%q cannot be a host to allow: %s; write it like smba.trafficmanager.net", text, why)
	}
	name := strings.ToLower(strings.TrimSpace(text))
	e := entry{name: name}
	if e.name, e.below = strings.CutPrefix(e.name, "*."); e.below && strings.Count(e.name, ".") < 1 {
		return refuse("that would allow a whole top-level domain")
	}
	if host, port, err := net.SplitHostPort(e.name); err == nil {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return refuse("the port is not a number from 1 to 65535")
		}
		e.name, e.port = host, port
	}
	e.name = strings.Trim(e.name, "[]")
	if e.name == "" || strings.ContainsAny(e.name, "/*@?#%\\ \t") || strings.Contains(e.name, ":") && net.ParseIP(e.name) == nil {
		return refuse("it is not a host name")
	}
	e.loopback = IsLoopback(e.name) && !e.below
	return e, nil
}

// Check returns the address taken apart when it may be called: https, a listed
// host and port, no user, query, fragment or dots that lead upwards. On a listed
// loopback host http will do. The error wraps ErrHost and names the host at most.
func (h Hosts) Check(address string) (*url.URL, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be read", ErrHost)
	}
	switch {
	case at.Host == "" || at.Opaque != "":
		return nil, fmt.Errorf("%w: it names no host", ErrHost)
	case at.User != nil || at.RawQuery != "" || at.ForceQuery || at.Fragment != "":
		return nil, fmt.Errorf("%w: it holds more than a host and a path", ErrHost)
	case strings.Contains(at.Path, "..") || strings.ContainsAny(at.Path, "\\;\x00"):
		return nil, fmt.Errorf("%w: its path leads elsewhere", ErrHost)
	case !h.listed(at):
		return nil, fmt.Errorf("%w: %s://%s is not on the list of service hosts", ErrHost, at.Scheme, at.Host)
	}
	return at, nil
}

func (h Hosts) listed(at *url.URL) bool {
	name, port := strings.ToLower(at.Hostname()), at.Port()
	for _, e := range h.entries {
		if !e.names(name) {
			continue
		}
		if e.loopback {
			if (at.Scheme == "https" || at.Scheme == "http") && (e.port == "" || e.port == port) {
				return true
			}
			continue
		}
		if at.Scheme == "https" && either(port, "443") == either(e.port, "443") {
			return true
		}
	}
	return false
}

func (e entry) names(host string) bool {
	if e.below {
		return strings.HasSuffix(host, "."+e.name)
	}
	return host == e.name
}

func either(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// IsLoopback reports whether a host name or IP address means this machine.
func IsLoopback(host string) bool {
	host = strings.Trim(strings.ToLower(host), "[]")
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// SameService reports whether two service addresses are the same one: case and
// one slash at the end do not count.
func SameService(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/"))
}
