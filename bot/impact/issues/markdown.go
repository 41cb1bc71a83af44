package issues

import (
	"strings"

	"evangelist/bot"
)

// Markdown writes the long version. What people wrote stands there literally.
func (c Content) Markdown() string {
	var b strings.Builder
	line := func(text string) { b.WriteString(text + "\n") }
	line("# " + plain(c.Title) + "\n\n" + plain(c.Organisation))
	if c.Introduction != "" {
		line("\n" + paragraphs(c.Introduction))
	}
	for _, s := range c.Sections {
		line("\n## " + plain(s.Heading))
		if s.Note != "" {
			line("\n" + paragraphs(s.Note))
		}
		if len(s.Numbers) > 0 {
			line("")
		}
		for _, n := range s.Numbers {
			if len(n.Parts.Blocks) == 0 {
				line("- **" + plain(n.Title) + ":** " + plain(n.Sentence))
			}
		}
		for _, n := range s.Numbers {
			for _, block := range n.Parts.Blocks {
				if table, ok := block.(bot.Table); ok {
					line("\n" + markdownTable(table))
				}
			}
			if n.Beside != "" && len(n.Parts.Blocks) > 0 {
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

func markdownTable(t bot.Table) string {
	lines := []string{plain(t.Caption), "", "| " + strings.Join(t.Head, " | ") + " |", "|" + strings.Repeat(" --- |", len(t.Head))}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plain(cell.Plain(nil))
		}
		lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
	}
	return strings.Join(lines, "\n")
}

func (e Entry) markdown() string {
	var parts []string
	if e.Title != "" {
		parts = append(parts, "**"+plain(e.Title)+"**")
	}
	if e.Words != "" {
		parts = append(parts, plain(e.Words))
	}
	text := strings.Join(parts, ": ")
	if e.By != "" {
		text += " — *" + plain(e.By) + "*"
	}
	return text
}

// paragraphs keeps the lines that somebody wrote apart.
func paragraphs(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if line = plain(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n\n")
}

// plain keeps text from being read as Markdown or HTML, and on one line. A figure
// or a dash at the beginning makes no list.
func plain(text string) string {
	var b strings.Builder
	text = strings.Join(strings.Fields(text), " ")
	for i, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>#|~!$&", r) || i == 0 && strings.ContainsRune("-+=", r) ||
			strings.ContainsRune(".)", r) && i > 0 && strings.Trim(text[:i], "0123456789") == "" {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
