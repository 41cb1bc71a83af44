// Package canonical decides when two addresses are the same thing.
//
// It is the one place where a link that somebody shared becomes an identity:
// capture, import, nomination, ranking and search all call Parse and compare
// Key. It reads text only; nothing here opens a connection.
//
// Parse repeats one pass (clean, unwrap, parse, tidy) until the text no longer
// changes. What it returns as Address is therefore a fixed point, and the
// result of parsing an Address again is the same URL by construction.
package canonical

import (
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

const (
	// maxAddress bounds the address that is kept, in characters (it is ASCII).
	maxAddress = 2000
	// maxRaw bounds what is read at all, in bytes. It is wider than maxAddress
	// because tracking and wrappers may triple the length of a short address.
	maxRaw = 16000
	// maxPasses bounds how often wrappers and encodings are peeled off.
	maxPasses = 16
)

// URL is a link as an item's identity. The zero value is no link.
type URL struct {
	// Key is the identity: two links are the same item exactly when their Keys
	// are equal (==). It is stable text without scheme, www., mobile host or
	// in-page anchor, made to be compared and stored, not to be opened.
	Key string
	// Address is what to show and to open: ASCII, at most 2,000 characters,
	// http or https as it was shared, without tracking and redirect wrappers.
	// An in-page anchor stays, so that a click lands at the place meant.
	Address string
	// Host names the source for a reader: lower case, without www., in the
	// reader's letters where those cannot be mistaken for others, else ASCII.
	Host string
	// Site is the registrable domain that stands behind the link (for the
	// limit per site), or the IP address. Aliases of one site share it.
	Site string
}

// Parse turns what somebody pasted into a link's identity. An address without
// a scheme counts as https. Parse is idempotent: Parse(u.Address) returns u.
// The error, if any, is a *Refusal; Parse never panics and does no I/O.
func Parse(raw string) (URL, error) {
	if len(raw) > maxRaw {
		return URL{}, refuse(codeTooLong)
	}
	text := raw
	for range maxPasses {
		p, refusal := split(clean(text))
		if refusal != nil {
			return URL{}, refusal
		}
		next, wrapped := unwrap(p)
		if !wrapped {
			p = tidy(p)
			next = p.String()
		}
		if next == text {
			return finish(p, next)
		}
		text = next
	}
	return URL{}, refuse(codeMalformed)
}

// finish judges a page that no longer changes and names it.
func finish(p page, address string) (URL, error) {
	if isPrivateHost(p.host) {
		return URL{}, refuse(codePrivateHost)
	}
	if reason := secretIn(p); reason != "" {
		return URL{}, refuseSecret(reason)
	}
	if len(address) > maxAddress {
		return URL{}, refuse(codeTooLong)
	}
	same := identity(p)
	return URL{
		Key:     same.key(),
		Address: address,
		Host:    readable(foldHost(p.host, p.path)),
		Site:    registrable(same.host),
	}, nil
}

// registrable returns the domain under which host was registered; for an IP
// address or a host that is a public suffix itself, the host.
func registrable(host string) string {
	if isIP(host) {
		return host
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return site
}

// readable shows an internationalised host in its own letters when they cannot
// pass for another name: Latin throughout, or one script down to the top level.
func readable(host string) string {
	if !isEncodedName(host) {
		return host
	}
	shown, err := idna.Display.ToUnicode(host)
	if err != nil || !plainLetters(shown) {
		return host
	}
	return shown
}
