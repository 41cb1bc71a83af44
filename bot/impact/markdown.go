package impact

import "strings"

// Markdown writes the whole report as Markdown. What people wrote stands there
// literally.
func (r Report) Markdown() string {
	var b strings.Builder
	line := func(text string) { b.WriteString(text + "\n") }
	line("# " + plain(r.Title()) + "\n\n" + plain(r.Organisation))
	for _, s := range r.Sections {
		line("\n## " + plain(s.Heading))
		if len(s.Numbers) > 0 {
			line("")
		}
		for _, n := range s.Numbers {
			if len(n.Parts()) == 0 {
				line("- **" + plain(n.Title) + ":** " + plain(n.Sentence()))
			}
		}
		for _, n := range s.Numbers {
			if len(n.Parts()) == 0 {
				continue
			}
			line("\n**" + plain(n.Title) + "** – " + plain(n.Caption) + "\n\n| Where | How many |\n| --- | --- |")
			for _, row := range n.Rows {
				line("| " + plain(row.Slice) + " | " + plain(row.Count) + " |")
			}
			if n.Beside != "" {
				line("\n" + plain(n.Beside))
			}
		}
		for _, l := range s.Lists {
			line("\n### " + plain(l.Heading) + "\n")
			if len(l.Entries) == 0 {
				line("*" + plain(l.Empty) + "*")
			}
			for _, e := range l.Entries {
				line("- " + e.markdown())
			}
		}
		if len(s.Notes) > 0 {
			line("\n" + plain(strings.Join(s.Notes, " ")))
		}
	}
	return b.String()
}

func (e Entry) markdown() string {
	var text string
	if e.Title != "" {
		text = "**" + plain(e.Title) + "**"
	}
	if e.Title != "" && e.Words != "" {
		text += ": "
	}
	text += plain(e.Words)
	if e.By != "" {
		text += " — *" + plain(e.By) + "*"
	}
	return text
}

// plain keeps text from being read as Markdown or HTML, and on one line.
func plain(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if strings.ContainsRune("\\`*_{}[]<>#|~!$&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
