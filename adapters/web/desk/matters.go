package desk

import (
	"context"
	"html/template"
	"time"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

// matter is one line of what waits.
type matter struct {
	What template.HTML
	Kind string
	When string // since when, and until when
	Do   *button
	Page string
}

// group is what waits under one heading.
type group struct {
	Kind    string
	Matters []matter
}

// atOnce is how many of one kind are shown before the rest is folded away.
const atOnce = 4

// First are those of a group that are shown at once: all, or a few less than that
// when there are many, so that nothing is folded for one line.
func (g group) First() []matter {
	if len(g.Matters) <= atOnce+1 {
		return g.Matters
	}
	return g.Matters[:atOnce]
}

// Rest are the others.
func (g group) Rest() []matter { return g.Matters[len(g.First()):] }

// course is how one number went.
type course struct {
	Title string
	Body  template.HTML
}

// wait lists what waits: what is late first, the rest under its headings.
func (d *Desk) wait(ctx context.Context, v shell.Visit, page *waiting) error {
	if d.Matters == nil {
		return nil
	}
	all, err := d.Matters(ctx, v.Actor)
	if err != nil {
		return err
	}
	now, at := d.shell.Clock().Now(), map[string]int{}
	for _, m := range all {
		line := d.matter(m)
		if m.Late(now) {
			page.Late = append(page.Late, line)
			continue
		}
		i, known := at[m.Kind]
		if !known {
			i = len(page.Groups)
			at[m.Kind] = i
			page.Groups = append(page.Groups, group{Kind: m.Kind})
		}
		page.Groups[i].Matters = append(page.Groups[i].Matters, line)
	}
	return nil
}

func (d *Desk) matter(m bot.Matter) matter {
	line := matter{What: d.shell.Draw().Line(m.What), Kind: m.Kind, Page: m.Page}
	zone := d.shell.Organisation().Zone
	day := func(at time.Time) string { return bot.ShowTime(at, bot.DateStyle, zone) }
	switch {
	case !m.Since.IsZero() && !m.Due.IsZero():
		line.When = "since " + day(m.Since) + ", until " + day(m.Due)
	case !m.Due.IsZero():
		line.When = "until " + day(m.Due)
	case !m.Since.IsZero():
		line.When = "since " + day(m.Since)
	}
	if m.Do != nil {
		line.Do = &button{Command: m.Do.Command, Arg: m.Do.Arg, Label: m.Do.Label, Tone: string(m.Do.Tone), Confirm: m.Do.Confirm, About: m.What.Plain(zone), Back: "/desk"}
	}
	return line
}

// went shows how published numbers went.
func (d *Desk) went(ctx context.Context, v shell.Visit, page *waiting) error {
	if d.Courses == nil {
		return nil
	}
	all, err := d.Courses(ctx, v.Actor)
	if err != nil {
		return err
	}
	for _, c := range all {
		page.Courses = append(page.Courses, course{Title: c.Title, Body: d.shell.Draw().Blocks(c.Blocks(), render.Options{Bare: true})})
	}
	return nil
}
