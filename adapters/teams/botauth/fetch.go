package botauth

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"slices"

	"evangelist/adapters/teams/cloud"
)

// Limits on what is read from the key server.
const (
	maxDocument = 1 << 20
	maxKeys     = 1000
	minBits     = 2048
	maxBits     = 8192
)

// fetcher reads the published keys. It asks one host only and follows no
// redirect.
type fetcher struct {
	metadata *url.URL
	client   *http.Client
}

func newFetcher(metadata string, transport http.RoundTripper) (*fetcher, error) {
	at, err := url.Parse(metadata)
	if err != nil || at.Host == "" || at.User != nil || at.Scheme != "https" && (at.Scheme != "http" || !cloud.IsLoopback(at.Hostname())) {
		return nil, errors.New("the address of the OpenID metadata must begin with https:// and name a host (teams.openid_metadata_url)")
	}
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.Proxy = http.ProxyFromEnvironment
		transport = own
	}
	return &fetcher{metadata: at, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// keys reads the metadata, then the keys that it names.
func (f *fetcher) keys(ctx context.Context) (map[string]signingKey, error) {
	var metadata struct {
		Keys       string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := f.get(ctx, f.metadata.String(), &metadata); err != nil {
		return nil, fmt.Errorf("read the OpenID metadata: %w", err)
	}
	at, err := url.Parse(metadata.Keys)
	if err != nil || at.Host != f.metadata.Host || at.Scheme != f.metadata.Scheme || at.User != nil {
		return nil, errors.New("the OpenID metadata names keys on another host; they are not read")
	}
	if len(metadata.Algorithms) > 0 && !slices.Contains(metadata.Algorithms, "RS256") {
		return nil, errors.New("the OpenID metadata does not offer RS256, the only algorithm that is accepted")
	}
	var set struct {
		Keys []publishedKey `json:"keys"`
	}
	if err := f.get(ctx, at.String(), &set); err != nil {
		return nil, fmt.Errorf("read the signing keys: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, errors.New("there are too many signing keys")
	}
	keys := map[string]signingKey{}
	for _, published := range set.Keys {
		public := published.rsa()
		if _, twice := keys[published.ID]; public == nil || twice {
			continue
		}
		keys[published.ID] = signingKey{public: public, endorsements: published.Endorsements}
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no usable signing key")
	}
	return keys, nil
}

func (f *fetcher) get(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	response, err := f.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	if err != nil {
		return err
	}
	if len(body) > maxDocument {
		return errors.New("the answer is too long")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return errors.New("the answer is not the JSON that was expected")
	}
	return nil
}

// publishedKey is one key as it is published.
type publishedKey struct {
	Type         string   `json:"kty"`
	Use          string   `json:"use"`
	Algorithm    string   `json:"alg"`
	ID           string   `json:"kid"`
	Modulus      string   `json:"n"`
	Exponent     string   `json:"e"`
	Endorsements []string `json:"endorsements"`
}

// rsa returns the key, or nil when it is not one for RS256.
func (p publishedKey) rsa() *rsa.PublicKey {
	if p.Type != "RSA" || p.ID == "" || p.Use != "" && p.Use != "sig" || p.Algorithm != "" && p.Algorithm != "RS256" {
		return nil
	}
	n, err := base64.RawURLEncoding.DecodeString(p.Modulus)
	if err != nil {
		return nil
	}
	e, err := base64.RawURLEncoding.DecodeString(p.Exponent)
	if err != nil || len(e) == 0 || len(e) > 4 {
		return nil
	}
	modulus, exponent := new(big.Int).SetBytes(n), new(big.Int).SetBytes(e).Int64()
	if modulus.BitLen() < minBits || modulus.BitLen() > maxBits || modulus.Bit(0) == 0 || exponent < 3 || exponent%2 == 0 || exponent > 1<<31-1 {
		return nil
	}
	return &rsa.PublicKey{N: modulus, E: int(exponent)}
}
