package canonical

import (
	"strings"
)

// secretIn says what kind of key the address of p carries, or "". It errs on
// the side of refusing: a page that is not kept can be shared another way, a
// key that was printed cannot be taken back.
func secretIn(p page) secretReason {
	if reason := secretPlace(p); reason != "" {
		return reason
	}
	for _, q := range p.query {
		if reason := secretParam(q); reason != "" {
			return reason
		}
	}
	if oauthCallback(p) {
		return signIn
	}
	route, query, _ := strings.Cut(p.fragment, "?")
	if strings.Contains(route, "=") {
		query = route
	}
	for _, q := range splitQuery(query) {
		if reason := secretParam(q); reason != "" {
			return reason
		}
	}
	if hasKeyShape(unescape(p.rest())) {
		return keyInside
	}
	return secretPath(p)
}

// secretPlace looks the page up among the services whose addresses are keys.
func secretPlace(p page) secretReason {
	var reason secretReason
	lookUp(secretPlaces, p.host, func(places []secretAt) bool {
		for _, place := range places {
			if place.covers(p) {
				reason = place.reason
				return true
			}
		}
		return false
	})
	return reason
}

// covers reports whether the page is one of the place's. A "*" in the pattern
// stands for one segment, or the part of one.
func (s secretAt) covers(p page) bool {
	if s.param != "" && p.get(s.param) == "" {
		return false
	}
	if s.fragment != "" && !strings.HasPrefix(p.fragment, s.fragment) {
		return false
	}
	if s.anchored && p.fragment == "" {
		return false
	}
	return matchPath(strings.ToLower(p.path), s.path)
}

// matchPath reports whether path begins with pattern.
func matchPath(path, pattern string) bool {
	head, tail, open := strings.Cut(pattern, "*")
	rest, ok := strings.CutPrefix(path, head)
	if !ok || !open {
		return ok
	}
	end := strings.IndexByte(rest, '/')
	if end < 0 {
		end = len(rest)
	}
	for i := 1; i <= end; i++ {
		if matchPath(rest[i:], tail) {
			return true
		}
	}
	return false
}

// secretParam judges one parameter by its name and value.
func secretParam(q param) secretReason {
	value := q.value()
	if value == "" {
		return ""
	}
	name := squeezed.Replace(q.name)
	if reason, ok := secretNames[name]; ok {
		return reason
	}
	if !harmlessNames[name] {
		for _, ending := range secretEndings {
			if strings.HasSuffix(name, ending.name) {
				return ending.reason
			}
		}
	}
	switch {
	case name == "ticket" && strings.HasPrefix(value, "ST-"), name == "code" && looksRandom(value) && len(value) >= 40:
		return signIn
	case name == "auth" && len(value) >= 8, name == "key" && looksRandom(value):
		return keyInside
	}
	// An address inside the address is judged too, one level deep.
	if _, inner, ok := strings.Cut(value, "?"); ok && strings.Contains(value, "://") {
		for _, piece := range strings.Split(inner, "&") {
			left, right, _ := strings.Cut(piece, "=")
			if reason, ok := secretNames[squeezed.Replace(strings.ToLower(left))]; ok && right != "" {
				return reason
			}
		}
	}
	return ""
}

// squeezed writes access_token, access-token and accessToken in one way.
var squeezed = strings.NewReplacer("_", "", "-", "", ".", "", "[", "", "]", "", " ", "")

// oauthCallback recognises the page to which a sign-in returns.
func oauthCallback(p page) bool {
	return p.get("code") != "" && p.get("state") != "" && (p.get("session_state") != "" || p.get("scope") != "" ||
		strings.Contains(p.path, "callback") || strings.Contains(p.path, "oauth"))
}

// secretPath finds a one-time key behind words like "reset-password".
func secretPath(p page) secretReason {
	segments := strings.Split(strings.Trim(strings.ToLower(p.path), "/"), "/")
	for i, segment := range segments {
		words := squeezed.Replace(segment)
		if words == "reset" && i > 0 && segments[i-1] == "password" || words == "password" && i > 0 && segments[i-1] == "reset" {
			words = "passwordreset"
		}
		if !signInWords[words] {
			continue
		}
		for _, rest := range segments[i+1:] {
			if looksRandom(rest) {
				return signIn
			}
		}
		for _, q := range p.query {
			if looksRandom(q.value()) {
				return signIn
			}
		}
	}
	return ""
}

// looksRandom reports whether s reads like a key: a UUID, or a long run of
// letters and digits without a gap.
func looksRandom(s string) bool {
	if isUUID(s) {
		return true
	}
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '.' || r == '_' || r == '~' }) {
		if len(piece) < 16 {
			continue
		}
		digits, letters := 0, 0
		for i := range len(piece) {
			switch c := piece[i]; {
			case c >= '0' && c <= '9':
				digits++
			case c|0x20 >= 'a' && c|0x20 <= 'z':
				letters++
			}
		}
		if digits >= 2 && letters >= 2 && digits+letters == len(piece) {
			return true
		}
	}
	return false
}

func isUUID(s string) bool {
	groups := strings.Split(s, "-")
	if len(groups) != 5 {
		return false
	}
	for i, length := range [...]int{8, 4, 4, 4, 12} {
		if len(groups[i]) != length || !isHex(groups[i]) {
			return false
		}
	}
	return true
}

// hasKeyShape finds keys that show what they are, wherever they stand: signed
// web tokens and the keys of well-known services.
func hasKeyShape(s string) bool {
	for _, shape := range keyShapes {
		for from := 0; ; {
			i := strings.Index(s[from:], shape.prefix)
			if i < 0 {
				break
			}
			start := from + i
			from = start + len(shape.prefix)
			if start > 0 && isKeyByte(s[start-1]) {
				continue
			}
			end := from
			for end < len(s) && isKeyByte(s[end]) {
				end++
			}
			if end-from >= shape.length && shape.fits(s[from:end], s[end:]) {
				return true
			}
		}
	}
	return false
}

// fits tells a key from words that happen to begin like one.
func (k keyShape) fits(body, after string) bool {
	switch k.look {
	case webToken:
		rest, ok := strings.CutPrefix(after, "."+k.prefix)
		return ok && len(rest) >= 6 && isKeyByte(rest[0])
	case numbered:
		return body[0] >= '0' && body[0] <= '9'
	case capitals:
		return strings.ToUpper(body) == body
	case random:
		return looksRandom(body)
	}
	return true
}

func isKeyByte(c byte) bool { return isUnreserved(c) && c != '.' && c != '~' }
