package botauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/teams/cloud"
	"evangelist/bot"

	"github.com/golang-jwt/jwt/v5"
)

// leeway is how far clocks may differ; it is what the service itself allows.
const leeway = 5 * time.Minute

// DefaultMaxBody is how large a request may be when Config.MaxBody is 0.
const DefaultMaxBody = 1 << 20

// Config says which requests are accepted.
type Config struct {
	AppID   string   // the bot's application id: the only audience
	Tenants []string // organisations whose activities are taken, at least one
	Cloud   cloud.Cloud
	// MetadataURL replaces the cloud's OpenID metadata; https, or http on a
	// loopback host. The keys must be on the same host.
	MetadataURL string
	// ServiceHosts are allowed besides the cloud's; see cloud.NewHosts.
	ServiceHosts []string
	Channels     []string // channel ids that are served; none: msteams
	MaxBody      int64    // bytes; 0: DefaultMaxBody
	// UnsignedFromLoopback takes requests without any proof as long as both the
	// peer and the service address are on this machine. It is for trying the bot
	// with a local test client, and only possible without AppID.
	UnsignedFromLoopback bool
	Clock                bot.Clock         // nil: the system's
	Transport            http.RoundTripper // nil: the proxy of the environment is honoured
}

// Checker checks requests. It is safe for concurrent use; its zero value
// refuses everything.
type Checker struct {
	appID    string
	issuer   string
	tenants  []string
	channels []string
	hosts    cloud.Hosts
	maxBody  int64
	unsigned bool
	parser   *jwt.Parser
	times    *jwt.Validator
	keys     *keyring
	proven   proven
}

// New returns a Checker, or an error that says what is missing. It fetches
// nothing: the keys are read with the first request, or by Warm.
func New(c Config) (*Checker, error) {
	if c.Cloud.Name == "" {
		c.Cloud, _ = cloud.Named("")
	}
	if c.Clock == nil {
		c.Clock = bot.SystemClock{}
	}
	k := &Checker{appID: strings.ToLower(c.AppID), issuer: c.Cloud.Issuer, channels: c.Channels, maxBody: c.MaxBody, unsigned: c.UnsignedFromLoopback}
	if len(k.channels) == 0 {
		k.channels = []string{"msteams"}
	}
	if k.maxBody <= 0 {
		k.maxBody = DefaultMaxBody
	}
	for _, tenant := range c.Tenants {
		if tenant = strings.ToLower(strings.TrimSpace(tenant)); tenant != "" {
			k.tenants = append(k.tenants, tenant)
		}
	}
	if c.UnsignedFromLoopback {
		if c.AppID != "" {
			return nil, errors.New("taking unsigned requests from this machine is for a bot without an application id only: leave out one of the two")
		}
		return k, nil
	}
	switch {
	case c.AppID == "":
		return nil, errors.New("the bot's application id is missing, so nobody could prove to write to it: set teams.app_id")
	case len(k.tenants) == 0:
		return nil, errors.New("the tenant is missing, so every organisation could write to the bot: set teams.tenant_id")
	}
	hosts, err := cloud.NewHosts(append(c.Cloud.ServiceHosts, c.ServiceHosts...)...)
	if err != nil {
		return nil, err
	}
	if len(c.Cloud.ServiceHosts)+len(c.ServiceHosts) == 0 {
		return nil, fmt.Errorf("no service host is known for the cloud %s: list it in teams.service_hosts", c.Cloud.Name)
	}
	fetch, err := newFetcher(either(c.MetadataURL, c.Cloud.MetadataURL), c.Transport)
	if err != nil {
		return nil, err
	}
	k.hosts, k.keys = hosts, &keyring{fetch: fetch.keys, clock: c.Clock}
	k.parser = jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	k.times = jwt.NewValidator(jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(c.Clock.Now))
	return k, nil
}

func either(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// Claims is what is proven of a request. Take these values and not the ones
// that stand in the body.
type Claims struct {
	ServiceURL string // as the activity spells it; may be called and stored
	ChannelID  string
	TenantID   string // lower case; empty only when Unsigned
	Unsigned   bool   // taken without proof, from this machine
}

// Warm reads the published keys now, so that the first request need not wait.
func (k *Checker) Warm(ctx context.Context) error {
	if k.keys == nil {
		return nil
	}
	return k.keys.warm(ctx)
}

// Read returns the body of a request, or a Refusal when it is too large.
// Nothing is parsed.
func (k *Checker) Read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limit := k.maxBody
	if limit <= 0 {
		limit = DefaultMaxBody
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &Refusal{Status: http.StatusRequestEntityTooLarge, Reason: TooLarge}
	case err != nil:
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return body, nil
}

// Proof is what the header of a request proves, before its body is read.
type Proof struct {
	said    *claims
	key     signingKey
	request *http.Request // of an unsigned one
}

// Prove returns what the header of a request proves, or a *Refusal; the body is
// not touched. It asks no host but that of the OpenID metadata, and that one
// seldom.
func (k *Checker) Prove(ctx context.Context, r *http.Request) (Proof, error) {
	if k.unsigned {
		return Proof{request: r}, nil
	}
	if k.keys == nil {
		return Proof{}, unauthorized(NoToken)
	}
	token, refusal := bearer(r.Header)
	if refusal != nil {
		return Proof{}, refusal
	}
	said, key, err := k.verify(ctx, token)
	return Proof{said: said, key: key}, err
}

// Admit returns what is proven of a request with this body, or a *Refusal.
func (k *Checker) Admit(proof Proof, body []byte) (Claims, error) {
	switch {
	case k.maxBody > 0 && int64(len(body)) > k.maxBody:
		return Claims{}, &Refusal{Status: http.StatusRequestEntityTooLarge, Reason: TooLarge}
	case k.unsigned && proof.request != nil:
		return k.local(proof.request, body)
	case proof.said == nil:
		return Claims{}, unauthorized(NoToken)
	}
	return k.admit(proof.said, proof.key, body)
}

// Check is Prove and Admit in one, for a body that was read.
func (k *Checker) Check(ctx context.Context, r *http.Request, body []byte) (Claims, error) {
	if k.maxBody > 0 && int64(len(body)) > k.maxBody {
		return Claims{}, &Refusal{Status: http.StatusRequestEntityTooLarge, Reason: TooLarge}
	}
	proof, err := k.Prove(ctx, r)
	if err != nil {
		return Claims{}, err
	}
	return k.Admit(proof, body)
}

// admit compares the activity with what the token says.
func (k *Checker) admit(said *claims, key signingKey, body []byte) (Claims, error) {
	act, err := readActivity(body)
	if err != nil {
		return Claims{}, &Refusal{Status: http.StatusForbidden, Reason: BadActivity, Err: err}
	}
	switch {
	case !slices.Contains(k.channels, act.channel):
		return Claims{}, forbidden(Channel)
	case !slices.Contains(key.endorsements, act.channel):
		return Claims{}, forbidden(Endorsement)
	case said.ServiceURL == "" || !cloud.SameService(said.ServiceURL, act.service):
		return Claims{}, forbidden(ServiceURL)
	}
	if _, err := k.hosts.Check(act.service); err != nil {
		return Claims{}, &Refusal{Status: http.StatusForbidden, Reason: ServiceHost, Err: err}
	}
	tenant, ok := act.tenant()
	if !ok || !slices.Contains(k.tenants, tenant) {
		return Claims{}, forbidden(Tenant)
	}
	return Claims{ServiceURL: act.service, ChannelID: act.channel, TenantID: tenant}, nil
}
