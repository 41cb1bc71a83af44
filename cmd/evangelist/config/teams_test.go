package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evangelist/cmd/evangelist/config"
)

func TestTeamsMistakesAreSentences(t *testing.T) {
	for text, want := range map[string]string{
		"teams: {cloud: private}": "teams.cloud",
		"teams: {service_hosts: [\"https://user:hunter2@example.org\"]}": "teams.service_hosts",
		"teams: {token_url: \"http://example.org/token\"}":               "teams.token_url",
		"teams: {graph_url: \"https://u:hunter2@graph.example.org\"}":    "teams.graph_url",
		"teams: {openid_metadata_url: \"ftp://127.0.0.1/\"}":             "teams.openid_metadata_url",
		"teams: {graph: perhaps}":                                        "bool",
		"teams: {client_id: x}":                                          "client_id",
	} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(path, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
	c, err := config.Parse("c.yaml", []byte("teams: {token_url: \"http://127.0.0.1:9/t\", graph: true, service_hosts: [smba.example.org], federated_token_file: /x}"))
	if err == nil {
		err = c.Check()
	}
	if err != nil || !c.Teams.Graph || !c.Teams.Configured() {
		t.Errorf("%+v, %v", c.Teams, err)
	}
}

func TestTeamsReady(t *testing.T) {
	const id = "0c7a1f52-5a4e-4bb0-9a0d-3c1f8f6f2b11"
	good := config.Teams{AppID: id, TenantID: id, ClientSecret: "hunter2", Cloud: "public"}
	for name, c := range map[string]struct {
		change func(*config.Teams)
		want   string // "": it is ready
	}{
		"complete":           {func(*config.Teams) {}, ""},
		"not configured":     {func(t *config.Teams) { *t = config.Teams{Cloud: "public"} }, ""},
		"by certificate":     {func(t *config.Teams) { t.ClientSecret, t.CertificateFile = "", "x.pem" }, ""},
		"by another issuer":  {func(t *config.Teams) { t.ClientSecret, t.FederatedTokenFile = "", "x" }, ""},
		"without a secret":   {func(t *config.Teams) { t.ClientSecret = "" }, "set one of"},
		"with two":           {func(t *config.Teams) { t.CertificateFile = "x.pem" }, "2 are set"},
		"the secret's id":    {func(t *config.Teams) { t.ClientSecret = id }, "teams.client_secret"},
		"without an app":     {func(t *config.Teams) { t.AppID = "" }, "teams.app_id"},
		"without a tenant":   {func(t *config.Teams) { t.TenantID = "" }, "teams.tenant_id"},
		"a tenant's domain":  {func(t *config.Teams) { t.TenantID = "example.org" }, "teams.tenant_id"},
		"a cloud of its own": {func(t *config.Teams) { t.Cloud = "china" }, "teams.service_hosts"},
		"its host is listed": {func(t *config.Teams) { t.Cloud, t.ServiceHosts = "china", []string{"smba.example.org"} }, ""},
	} {
		whole := config.Default()
		whole.Teams = good
		c.change(&whole.Teams)
		err := whole.TeamsReady()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
