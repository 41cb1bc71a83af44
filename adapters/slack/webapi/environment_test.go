package webapi_test

import (
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"evangelist/adapters/slack/webapi"
)

// A process reads the proxy and the certificates of its environment once, so each
// case is a process of its own: this test, told where to post.
const elsewhere = "WEBAPI_TEST_POST_TO"

func TestEnvironment(t *testing.T) {
	if address := os.Getenv(elsewhere); address != "" {
		c, err := webapi.New(webapi.Config{BotToken: botToken, APIURL: address})
		if err != nil {
			t.Fatal(err)
		}
		ts, err := c.Post(t.Context(), "C1", "", words, "p")
		fmt.Printf("posted %q, %s: %v\n", ts, verdictOf(err), err)
		return
	}
	slack := quietTLS(t, says(`{"ok":true,"channel":"C1","ts":"1.000001"}`))
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: slack.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 10)
	proxy := listen(t, func(conn net.Conn) {
		request := make([]byte, 2048)
		n, _ := conn.Read(request)
		line, _, _ := strings.Cut(string(request[:n]), "\r\n")
		asked <- line
		_, _ = conn.Write([]byte("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"))
	})
	for name, c := range map[string]struct {
		env  []string
		to   string
		want string
	}{
		"the organisation's certificate": {[]string{"SSL_CERT_FILE=" + trusted}, slack.URL, `posted "1.000001", done`},
		"without it":                     {nil, slack.URL, `posted "", busy`},
		"the proxy":                      {[]string{"HTTPS_PROXY=http://u:very-secret@" + proxy}, "https://slack.invalid/api", `posted "", busy`},
		"a proxy that is none":           {[]string{"HTTPS_PROXY=http://u:very-secret@%zz"}, "https://slack.invalid/api", `posted "", busy`},
	} {
		child := exec.Command(os.Args[0], "-test.run=^TestEnvironment$", "-test.count=1")
		child.Env = append(os.Environ(), append(c.env, elsewhere+"="+c.to)...)
		out, err := child.CombinedOutput()
		if err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v, %s", name, err, out)
		}
		if strings.Contains(string(out), "very-secret") {
			t.Errorf("%s: the password of the proxy can be read in %s", name, out)
		}
	}
	if len(asked) != 1 || <-asked != "CONNECT slack.invalid:443 HTTP/1.1" {
		t.Error("the proxy was not asked")
	}
}
