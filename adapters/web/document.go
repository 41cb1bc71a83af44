package web

import (
	"fmt"
	"html/template"
	"io"
	"time"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

// Document writes a message as an HTML file that stands alone: its style is
// inside, and it loads nothing. Moments are shown in zone (UTC when nil).
func Document(w io.Writer, title string, message bot.Message, zone *time.Location) error {
	style, err := shell.File("style.css")
	if err != nil {
		return fmt.Errorf("write a document: %w", err)
	}
	return templates.ExecuteTemplate(w, "document", map[string]any{
		"Title": title,
		"Style": template.CSS(style), // ours, without a user's word in it
		"Body":  render.New(zone).Message(message, render.Options{Bare: true}),
	})
}
