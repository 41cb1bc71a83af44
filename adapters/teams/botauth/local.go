package botauth

import (
	"net"
	"net/http"
	"slices"

	"evangelist/adapters/teams/cloud"
)

// forwarded reports the headers that a proxy adds: behind one, every peer looks
// local.
func forwarded(header http.Header) bool {
	return slices.ContainsFunc([]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}, func(name string) bool {
		return header.Get(name) != ""
	})
}

// local takes an unsigned request when everything about it is on this machine:
// the peer, the name under which it called, the service that it names. A page
// in a browser can send such requests as well, so what a browser adds to them
// is refused.
func (k *Checker) local(r *http.Request, body []byte) (Claims, error) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	browser := r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
	if err != nil || !cloud.IsLoopback(peer) || !cloud.IsLoopback(host) || browser || forwarded(r.Header) {
		return Claims{}, forbidden(NotLocal)
	}
	act, err := readActivity(body)
	if err != nil {
		return Claims{}, &Refusal{Status: http.StatusForbidden, Reason: BadActivity, Err: err}
	}
	if !slices.Contains(k.channels, act.channel) {
		return Claims{}, forbidden(Channel)
	}
	hosts, err := cloud.NewHosts("localhost", "127.0.0.1", "::1")
	if err != nil {
		return Claims{}, forbidden(ServiceHost)
	}
	if _, err := hosts.Check(act.service); err != nil {
		return Claims{}, &Refusal{Status: http.StatusForbidden, Reason: ServiceHost, Err: err}
	}
	tenant, ok := act.tenant()
	if !ok && len(k.tenants) > 0 || len(k.tenants) > 0 && !slices.Contains(k.tenants, tenant) {
		return Claims{}, forbidden(Tenant)
	}
	return Claims{ServiceURL: act.service, ChannelID: act.channel, TenantID: tenant, Unsigned: true}, nil
}
