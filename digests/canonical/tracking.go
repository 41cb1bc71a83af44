package canonical

import "strings"

// isTracking reports whether a parameter only says where a reader came from,
// so that leaving it out opens the same content.
func isTracking(host string, q param) bool {
	if trackingNames[q.name] {
		return true
	}
	for _, prefix := range trackingPrefixes {
		if strings.HasPrefix(q.name, prefix) {
			return true
		}
	}
	if q.name == "sid" && isSessionID(q.value()) {
		return true
	}
	return listed(siteTracking, host, q.name)
}

// isNoise reports whether a parameter chooses a moment, a place on the page or
// a rendering, but not the thing itself. It stays in an Address.
func isNoise(host string, q param) bool {
	switch value := strings.ToLower(q.value()); q.name {
	case "amp":
		return value == "" || value == "1" || value == "true"
	case "outputtype":
		return value == "amp"
	}
	return listed(siteNoise, host, q.name)
}

// listed looks for a name, or "prefix*", in what a table says about a host.
func listed(table map[string][]string, host, name string) bool {
	return lookUp(table, ruleHost(host), func(names []string) bool {
		for _, entry := range names {
			prefix, open := strings.CutSuffix(entry, "*")
			if entry == name || open && strings.HasPrefix(name, prefix) {
				return true
			}
		}
		return false
	})
}

// ruleHost makes the national hosts of a few large sites share their rules.
func ruleHost(host string) string {
	for _, name := range nationalSites {
		if !strings.Contains(host, name+".") {
			continue
		}
		if after, ok := strings.CutPrefix(registrable(host), name+"."); ok && len(after) <= len("com.xx") {
			below, _, _ := strings.Cut(host, name+"."+after)
			return below + name + ".com"
		}
	}
	return host
}

// isSessionID recognises the 32 hex digits of a forum's session.
func isSessionID(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := range len(s) {
		if unhex(s[i]) < 0 {
			return false
		}
	}
	return true
}
