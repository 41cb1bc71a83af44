package library

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"evangelist/bot"
)

// File is a file of the exported library. Name is its path within the folder, with
// slashes, made of letters, digits, dashes and dots alone.
type File struct {
	Name string
	Text string
}

// folders are where the kinds are exported to.
func (k Kind) folder() string {
	switch k {
	case Story:
		return "stories"
	case Used:
		return "used"
	case Elsewhere:
		return "examples"
	}
	return "learnings"
}

// Index is the file that a reader of the exported library begins with.
const Index = "README.md"

// Markdown is the library as a tree of files: an index, and a file for each entry.
// The same entries give the same bytes, in whatever order they come, and the name
// of a file depends on its entry alone.
func Markdown(entries []Entry, organisation bot.Organisation) []File {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Or(b.When.Compare(a.When), cmp.Compare(a.ID, b.ID)) })
	zone := organisation.Zone
	if zone == nil {
		zone = time.UTC
	}
	var files []File
	for _, e := range entries {
		files = append(files, File{Name: e.file(zone), Text: e.markdown(zone)})
	}
	files = append(files, File{Name: Index, Text: index(entries, organisation.Name, zone)})
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return files
}

// Exported reports whether a name is one that Markdown may give to a file, for who
// is to remove what an earlier export made.
func Exported(name string) bool {
	if name == Index {
		return true
	}
	parts := strings.Split(name, "/")
	if len(parts) != 3 || !slices.ContainsFunc(Kinds(), func(k Kind) bool { return k.folder() == parts[0] }) {
		return false
	}
	_, err := time.Parse("2006", parts[1])
	stem, ok := strings.CutSuffix(parts[2], ".md")
	return err == nil && ok && strings.HasPrefix(stem, parts[1]+"-") && slug(stem, len(stem)) == stem
}

// file is the entry's name in the tree. The mark at its end is made of the id: two
// entries of one title have files of their own, and neither moves when the other is
// taken back.
func (e Entry) file(zone *time.Location) string {
	at := e.When.In(zone)
	sum := sha256.Sum256([]byte(e.ID))
	name := at.Format("2006-01") + "-" + cmp.Or(slug(e.Heading(), maxSlug), string(e.Kind)) + "-" + hex.EncodeToString(sum[:4]) + ".md"
	return path.Join(e.Kind.folder(), at.Format("2006"), name)
}

const maxSlug = 50

// slug is text as a part of a file's name: small plain letters, digits and dashes.
func slug(text string, limit int) string {
	words := strings.FieldsFunc(Fold(text), func(r rune) bool { return r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out := strings.Join(words, "-")
	return strings.Trim(out[:min(len(out), limit)], "-")
}

// markdown is the entry's file: what it is, its words, and whom it was told to.
func (e Entry) markdown(zone *time.Location) string {
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format, args...) }
	say("---\nkind: %s\ndate: %s\ntitle: %s\n", e.Kind, e.When.In(zone).Format(time.DateOnly), quoted(e.Heading()))
	for _, fact := range []struct{ name, value string }{{"credit", e.Credit}, {"department", e.Department}, {"url", webAddress(e.URL)}} {
		if fact.value != "" {
			say("%s: %s\n", fact.name, quoted(fact.value))
		}
	}
	if len(e.Told) > 0 {
		say("told:\n")
	}
	for _, t := range e.Told {
		say("  - on: %s\n    to: %s\n", t.At.In(zone).Format(time.DateOnly), quoted(t.Whom))
		if t.Department != "" {
			say("    department: %s\n", quoted(t.Department))
		}
		if t.Fresh != "" {
			say("    with: %s\n", quoted(t.Fresh))
		}
	}
	say("---\n\n# %s\n", inline(e.name()))
	if words := paragraphs(e.Words); words != "" {
		say("\n%s\n", words)
	}
	if by := inline(e.By()); by != "" {
		say("\n*%s*\n", by)
	}
	if address := webAddress(e.URL); address != "" {
		say("\n<%s>\n", address)
	}
	if len(e.Told) > 0 {
		say("\n## Told to\n\n")
	}
	for _, t := range e.Told {
		to := t.Whom
		if t.Department != "" {
			to += " (" + t.Department + ")"
		}
		say("- %s: %s", t.At.In(zone).Format("2 January 2006"), inline(to))
		if t.Fresh != "" {
			say(". New about it: %s", inline(t.Fresh))
		}
		say("\n")
	}
	say("\n[All entries](../../%s)\n", Index)
	return out.String()
}

// index lists every entry, by kind.
func index(entries []Entry, organisation string, zone *time.Location) string {
	var out strings.Builder
	title := "What worked"
	if organisation != "" {
		title += " at " + organisation
	}
	fmt.Fprintf(&out, "# %s\n\n%s, the newest of each kind first. Names stand only where those who are named allow it.\n", inline(title), count(len(entries), "entry", "entries"))
	for _, kind := range Kinds() {
		var lines []string
		for _, e := range entries {
			if e.Kind != kind {
				continue
			}
			line := "- " + e.When.In(zone).Format(time.DateOnly) + " [" + inline(e.Heading()) + "](" + e.file(zone) + ")"
			if by := inline(e.By()); by != "" {
				line += ", " + by
			}
			lines = append(lines, line+"\n")
		}
		if len(lines) > 0 {
			fmt.Fprintf(&out, "\n## %s\n\n%s", kind.plural(), strings.Join(lines, ""))
		}
	}
	return out.String()
}

func (k Kind) plural() string {
	switch k {
	case Story:
		return "Stories"
	case Used:
		return "Links that were used"
	case Elsewhere:
		return "Examples from elsewhere"
	}
	return "Learnings"
}

// webAddress is an address as it may stand between angle brackets, "" when it is
// none of the web.
func webAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	shown := u.String()
	if plain(shown) != shown || strings.ContainsAny(shown, "<>\\\"` \n") {
		return ""
	}
	return shown
}
