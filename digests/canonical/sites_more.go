package canonical

import (
	"slices"
	"strings"
)

// story: on a writers' platform a story is the number at the end of its slug.
func story(p page, path []string) page {
	last := path[len(path)-1]
	id := last[strings.LastIndexByte(last, '-')+1:]
	if len(id) < 10 || len(id) > 12 || !isHex(id) {
		return p
	}
	return p.is("medium.com", "p", id)
}

// document: an online document is its id, in whichever mode it opens.
func document(p page, path []string) page {
	if len(path) > 2 && path[1] == "u" && isDigits(path[2]) {
		path = append([]string{path[0]}, path[3:]...)
	}
	if len(path) < 3 || path[1] != "d" || path[2] == "e" || path[0] == "forms" {
		return p
	}
	if mode := at(path, 3); mode != "" && !documentModes[mode] {
		return p
	}
	return p.is(p.host, path[:3]...)
}

// drive: a stored file is its id, and "open" leads to it.
func drive(p page, path []string) page {
	if id := p.get("id"); id != "" && (p.path == "/open" || p.path == "/uc") && isID(id, 10, 80) {
		return p.is(p.host, "file", "d", id)
	}
	if at(path, 0) == "file" && at(path, 1) == "d" && len(path) >= 3 {
		return p.is(p.host, "file", "d", path[2])
	}
	return p
}

// mailGroup: a conversation is group and number, in the old routes behind "#!"
// and the new paths alike.
func mailGroup(p page, path []string) page {
	if route, ok := strings.CutPrefix(p.fragment, "!"); ok {
		path = strings.Split(route, "/")
	}
	if at(path, 0) == "d" && len(path) > 1 {
		path = path[1:]
	}
	group, topic := at(path, 1), ""
	switch at(path, 0) {
	case "topic", "msg":
		topic = at(path, 2)
	case "searchin":
		group, topic = at(path, 3), at(path, 4)
		if group == "" {
			return p
		}
	case "g":
		if at(path, 2) == "c" {
			topic = at(path, 3)
		} else if len(path) > 2 {
			return p
		}
	case "forum":
	default:
		return p
	}
	switch {
	case group == "":
		return p
	case topic == "":
		return p.is(p.host, "g", group)
	}
	return p.is(p.host, "g", group, "c", topic)
}

// network: a post is the number of its activity.
func network(p page, path []string) page {
	last := unescape(path[len(path)-1])
	for _, mark := range [...]string{"activity:", "activity-"} {
		_, after, ok := strings.Cut(last, mark)
		if !ok || at(path, 0) != "posts" && at(path, 0) != "feed" {
			continue
		}
		end := 0
		for end < len(after) && after[end] >= '0' && after[end] <= '9' {
			end++
		}
		if end >= 10 {
			return p.is(p.host, "feed", "update", "urn:li:activity:"+after[:end])
		}
	}
	return p
}

// music: a piece is kind and id; the language before it is not identity.
func music(p page, path []string) page {
	if strings.HasPrefix(path[0], "intl-") || path[0] == "embed" {
		path = path[1:]
	}
	if len(path) == 2 {
		return p.is(p.host, path...)
	}
	return p
}

// film: the player shows the film of the same number.
func film(p page, path []string) page {
	if p.host == "player.vimeo.com" && at(path, 0) == "video" && isDigits(at(path, 1)) {
		q := p.only("h")
		p = p.is("vimeo.com", path[1])
		p.query = q
	}
	return p
}

// picture: a reel and a post share their ids.
func picture(p page, path []string) page {
	for i, segment := range path {
		if (segment == "p" || segment == "reel" || segment == "reels" || segment == "tv") && i < 2 && isID(at(path, i+1), 5, 40) {
			return p.is(p.host, "p", path[i+1])
		}
	}
	return p
}

// registered: a registered object's number ignores case.
func registered(p page, _ []string) page {
	p.path = strings.ToLower(p.path)
	return p
}

// news: one broadcaster serves the same pages under two domains.
func news(p page, path []string) page {
	if path[0] == "news" || path[0] == "sport" {
		p.host = "bbc.co.uk"
	}
	return p
}

// manual: "q" on a page of the manual marks words in it; on the search page it
// is what the page is about.
func manual(p page, path []string) page {
	if at(path, 0) != "search" {
		p.query = slices.DeleteFunc(slices.Clone(p.query), func(q param) bool { return q.name == "q" })
	}
	return p
}

func isHex(s string) bool {
	for i := range len(s) {
		if unhex(s[i]) < 0 {
			return false
		}
	}
	return s != ""
}
