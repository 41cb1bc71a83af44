package cloud_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"evangelist/adapters/teams/cloud"
)

func TestEveryCloudIsWhole(t *testing.T) {
	for _, name := range append(cloud.Names(), "", "PUBLIC", " gcc ") {
		c, err := cloud.Named(name)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		for _, address := range []string{c.Issuer, c.MetadataURL, c.LoginURL, c.BotScope, c.GraphURL, c.GraphScope} {
			if at, err := url.Parse(address); err != nil || at.Scheme != "https" || at.Host == "" || strings.HasSuffix(address, "/") {
				t.Errorf("%s: %q is not an address", c.Name, address)
			}
		}
		hosts, err := cloud.NewHosts(c.ServiceHosts...)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if c.ServiceURL != "" {
			if _, err := hosts.Check(c.ServiceURL); err != nil {
				t.Errorf("%s: its own service address: %v", c.Name, err)
			}
		}
	}
	if _, err := cloud.Named("cirrus"); err == nil || !strings.Contains(err.Error(), "public") {
		t.Errorf("an unknown cloud: %v", err)
	}
	one, _ := cloud.Named("public")
	one.ServiceHosts[0] = "evil.example"
	if two, _ := cloud.Named("public"); two.ServiceHosts[0] == "evil.example" {
		t.Error("the table can be changed from outside")
	}
}

func TestHosts(t *testing.T) {
	hosts, err := cloud.NewHosts("smba.trafficmanager.net", "*.below.example", "Gateway.Example:8443", "127.0.0.1:4100", "localhost", "[::1]:9", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		"https://smba.trafficmanager.net/emea/x/", "https://SMBA.trafficmanager.net", "https://smba.trafficmanager.net:443/", "https://a.below.example/", "https://a.b.below.example",
		"https://gateway.example:8443/x", "http://127.0.0.1:4100/x", "https://127.0.0.1:4100", "http://localhost:1/", "http://localhost/", "http://[::1]:9/", "https://192.0.2.1/",
	} {
		if _, err := hosts.Check(address); err != nil {
			t.Errorf("%s is refused: %v", address, err)
		}
	}
	for _, address := range []string{
		"", "smba.trafficmanager.net", "//smba.trafficmanager.net/", "http://smba.trafficmanager.net/", "https://smba.trafficmanager.net:444/", "https://smba.trafficmanager.net.evil.example/",
		"https://x.smba.trafficmanager.net/", "https://below.example/", "https://xbelow.example/", "https://gateway.example/", "http://gateway.example:8443/", "http://127.0.0.1:4101/", "http://127.0.0.2:4100/",
		"https://user@smba.trafficmanager.net/", "https://smba.trafficmanager.net/?q", "https://smba.trafficmanager.net/?", "https://smba.trafficmanager.net/#f", "https://smba.trafficmanager.net/a/../b", "https://smba.trafficmanager.net/a%2f..%2fb",
		"https://smba.trafficmanager.net\\@evil.example/", "https://smba.trafficmanager.net/a\\b", "https://smba.trafficmanager.net/a;b", "ftp://localhost/", "javascript:alert(1)", "https:smba.trafficmanager.net", "http://192.0.2.1/", "https://smba.trafficmanager.net./", "http://localhost.evil.example/", "https://[::1]:10/", "https://%73mba.evil.example/", "\x00",
	} {
		if at, err := hosts.Check(address); err == nil || !errors.Is(err, cloud.ErrHost) {
			t.Errorf("%q is allowed: %v, %v", address, at, err)
		}
	}
	if _, err := (cloud.Hosts{}).Check("https://smba.trafficmanager.net/"); err == nil {
		t.Error("an empty list allows something")
	}
}

func TestEntriesThatAreNone(t *testing.T) {
	for _, entry := range []string{"", " ", "*", "*.com", "https://smba.trafficmanager.net", "smba.trafficmanager.net/emea", "a b", "x:0", "x:99999", "x:port", "user@host", "*.*.example", "a:b:c"} {
		if _, err := cloud.NewHosts(entry); err == nil {
			t.Errorf("%q is an entry", entry)
		}
	}
}

func TestSameService(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"https://a/x", "https://a/x", true}, {"https://a/x/", "https://a/x", true}, {"https://A/X", "https://a/x/", true},
		{"https://a/x//", "https://a/x", false}, {"https://a/x", "https://a/y", false}, {"https://a", "https://a.b", false}, {"", "https://a", false},
	} {
		if cloud.SameService(tc.a, tc.b) != tc.same || cloud.SameService(tc.b, tc.a) != tc.same {
			t.Errorf("%q and %q", tc.a, tc.b)
		}
	}
}

// Whatever is allowed is a listed host, also for another reader of addresses.
func FuzzHosts(f *testing.F) {
	hosts, err := cloud.NewHosts("smba.trafficmanager.net", "127.0.0.1:4100")
	if err != nil {
		f.Fatal(err)
	}
	for _, address := range []string{"https://smba.trafficmanager.net/emea/", "http://127.0.0.1:4100", "https://smba.trafficmanager.net@evil.example", "https://smba.trafficmanager.net\t/"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		at, err := hosts.Check(address)
		if err != nil {
			return
		}
		again, err := url.Parse(at.String())
		if err != nil || again.Host != at.Host || at.User != nil {
			t.Fatalf("%q becomes %q", address, at)
		}
		lower := strings.ToLower(address)
		if !strings.HasPrefix(lower, "https://smba.trafficmanager.net") && !strings.HasPrefix(lower, "http://127.0.0.1:4100") && !strings.HasPrefix(lower, "https://127.0.0.1:4100") {
			t.Errorf("%q is allowed", address)
		}
	})
}
