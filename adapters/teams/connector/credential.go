package connector

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"evangelist/adapters/teams/cloud"
	"evangelist/bot"

	"github.com/golang-jwt/jwt/v5"
)

// Credential is how the bot proves to the sign-in service who it is. The set is
// sealed: Secret, CertificateFile, FederatedFile.
type Credential interface {
	// prove adds the proof to a request for a token.
	prove(form url.Values, appID, audience string, now time.Time) error
}

// Secret is a client secret.
func Secret(text string) Credential { return secret(text) }

type secret string

func (s secret) prove(form url.Values, _, _ string, _ time.Time) error {
	form.Set("client_secret", string(s))
	return nil
}

// String hides the secret.
func (s secret) String() string { return "a client secret" }

// GoString hides the secret.
func (s secret) GoString() string { return s.String() }

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionLife is how long an assertion is good for.
const assertionLife = 10 * time.Minute

// CertificateFile is a PEM file with a certificate and its RSA key. It is read
// once now, to see that it is whole, and again for each token, so that a renewed
// certificate is used without a restart.
func CertificateFile(path string, random io.Reader) (Credential, error) {
	c := certificate{path: path, random: random}
	if _, _, err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

type certificate struct {
	path   string
	random io.Reader
}

func (c certificate) prove(form url.Values, appID, audience string, now time.Time) error {
	leaf, key, err := c.load()
	if err != nil {
		return err
	}
	id, err := bot.NewRandomID(c.random)
	if err != nil {
		return err
	}
	print := sha256.Sum256(leaf)
	token := jwt.NewWithClaims(jwt.SigningMethodPS256, jwt.MapClaims{
		"aud": audience, "iss": appID, "sub": appID, "jti": id,
		"nbf": now.Unix(), "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	token.Header["x5t#S256"] = base64.RawURLEncoding.EncodeToString(print[:])
	signed, err := token.SignedString(key)
	if err != nil {
		return fmt.Errorf("sign with the certificate's key: %w", err)
	}
	form.Set("client_assertion_type", assertionType)
	form.Set("client_assertion", signed)
	return nil
}

// load reads the first certificate and the key of the file.
func (c certificate) load() (leaf []byte, key *rsa.PrivateKey, err error) {
	text, err := os.ReadFile(c.path)
	if err != nil {
		return nil, nil, fmt.Errorf("read the certificate: %w", err)
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "CERTIFICATE" && leaf == nil:
			leaf = block.Bytes
		case strings.HasSuffix(block.Type, "PRIVATE KEY") && key == nil:
			if key, err = privateKey(block.Bytes); err != nil {
				return nil, nil, fmt.Errorf("read the certificate's key in %s: %w", c.path, err)
			}
		}
	}
	if leaf == nil || key == nil {
		return nil, nil, fmt.Errorf("%s must hold a certificate and its private key, both as PEM", c.path)
	}
	parsed, err := x509.ParseCertificate(leaf)
	if err != nil {
		return nil, nil, fmt.Errorf("read the certificate in %s: %w", c.path, err)
	}
	if public, ok := parsed.PublicKey.(*rsa.PublicKey); !ok || !public.Equal(&key.PublicKey) {
		return nil, nil, fmt.Errorf("in %s the key is not that of the certificate", c.path)
	}
	return leaf, key, nil
}

func privateKey(der []byte) (*rsa.PrivateKey, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	any, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("it is neither PKCS #1 nor PKCS #8 without a password")
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("it is not an RSA key")
	}
	return key, nil
}

// FederatedFile is a file with a token of another issuer that the app's
// registration trusts. It is read anew for each token, for it changes.
func FederatedFile(path string) Credential { return federated(path) }

type federated string

// maxFederated is how large a token file may be.
const maxFederated = 64 << 10

func (f federated) prove(form url.Values, _, _ string, _ time.Time) error {
	file, err := os.Open(string(f))
	if err != nil {
		return fmt.Errorf("read the federated token: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFederated))
	if err != nil {
		return fmt.Errorf("read the federated token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if strings.Count(token, ".") != 2 {
		return fmt.Errorf("the file %s holds no token", string(f))
	}
	form.Set("client_assertion_type", assertionType)
	form.Set("client_assertion", token)
	return nil
}

// safeEndpoint reports whether a secret may be sent to an address.
func safeEndpoint(address string) bool {
	at, err := url.Parse(address)
	return err == nil && at.Host != "" && at.User == nil && (at.Scheme == "https" || at.Scheme == "http" && cloud.IsLoopback(at.Hostname()))
}
