package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"evangelist/adapters/teams/cloud"
)

// Teams holds the identity of the tenant's own bot, and what it may read.
type Teams struct {
	AppID              string   `yaml:"app_id"`
	TenantID           string   `yaml:"tenant_id"`
	ClientSecret       string   `yaml:"client_secret"`
	CertificateFile    string   `yaml:"certificate_file"`
	FederatedTokenFile string   `yaml:"federated_token_file"`
	Cloud              string   `yaml:"cloud"`
	Graph              bool     `yaml:"graph"` // read the directory from Microsoft Graph
	ServiceHosts       []string `yaml:"service_hosts"`
	OpenIDMetadataURL  string   `yaml:"openid_metadata_url"`
	TokenURL           string   `yaml:"token_url"`
	GraphURL           string   `yaml:"graph_url"`
}

// Configured reports whether anything says that there is a tenant.
func (t Teams) Configured() bool {
	return t.AppID != "" || t.TenantID != "" || t.ClientSecret != "" || t.CertificateFile != "" || t.FederatedTokenFile != ""
}

func (t Teams) check(say func(format string, args ...any)) {
	if _, err := cloud.Named(t.Cloud); err != nil {
		say("teams.cloud %.40q is none of %s", t.Cloud, strings.Join(cloud.Names(), ", "))
	}
	if _, err := cloud.NewHosts(t.ServiceHosts...); err != nil {
		say("teams.service_hosts holds something that is no host: write each like smba.trafficmanager.net, without https:// and path")
	}
	for _, key := range []struct{ name, value string }{
		{"openid_metadata_url", t.OpenIDMetadataURL}, {"token_url", t.TokenURL}, {"graph_url", t.GraphURL},
	} {
		if key.value != "" && !teamsAddress(key.value) {
			// What it says is not repeated: it may hold a password.
			say("teams.%s is not an https address: leave the key out, or write a whole one; http is only for this computer itself", key.name)
		}
	}
}

// teamsAddress reports whether secrets may be sent to an address.
func teamsAddress(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

var guidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)

// TeamsReady reports why the bot cannot run in Teams with these settings, one
// sentence for each key; nil when it can, or when Teams is not configured. No
// secret stands in what it says.
func (c Config) TeamsReady() error {
	t := c.Teams
	if !t.Configured() {
		return nil
	}
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	ids := []struct{ name, value, where string }{
		{"app_id", t.AppID, "copy the Application (client) ID of the bot's app registration"},
		{"tenant_id", t.TenantID, "copy the Directory (tenant) ID of the bot's app registration"},
	}
	for _, id := range ids {
		switch {
		case id.value == "":
			say("teams.%s: it is not set; %s", id.name, id.where)
		case !guidShape.MatchString(id.value):
			say("teams.%s: it is not an id such as 01234567-89ab-cdef-0123-456789abcdef; %s", id.name, id.where)
		}
	}
	ways := 0
	for _, way := range []string{t.ClientSecret, t.CertificateFile, t.FederatedTokenFile} {
		if way != "" {
			ways++
		}
	}
	if ways != 1 {
		say("teams: the bot proves who it is in one way, and %d are set; set one of client_secret, certificate_file and federated_token_file", ways)
	}
	if guidShape.MatchString(t.ClientSecret) {
		say("teams.client_secret: it looks like the id of the secret; copy its value, which is shown only once, when it is made")
	}
	if home, err := cloud.Named(t.Cloud); err == nil && len(home.ServiceHosts)+len(t.ServiceHosts) == 0 {
		say("teams.service_hosts: no host of the service is known for the cloud %s; list it", home.Name)
	}
	return errors.Join(wrong...)
}
