package main

import (
	"embed"
	"html/template"
	"io"
	"time"

	"evangelist/adapters/web/render"
	"evangelist/bot"
)

//go:embed templates/document.html
var documentFiles embed.FS

// document writes a message as a page that needs nothing beside it.
func document(out io.Writer, title string, message bot.Message, zone *time.Location) error {
	page, err := template.ParseFS(documentFiles, "templates/document.html")
	if err != nil {
		return err
	}
	return page.Execute(out, struct {
		Title string
		Body  template.HTML
	}{title, render.New(zone).Message(message, render.Options{Level: 1})})
}
