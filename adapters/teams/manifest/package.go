package manifest

import (
	"archive/zip"
	_ "embed"
	"fmt"
	"io"
	"time"

	"evangelist/bot"
)

const (
	colorIcon   = "color.png"
	outlineIcon = "outline.png"
)

//go:embed icons/color.png
var color []byte

//go:embed icons/outline.png
var outline []byte

// Package writes the app package of a variant: a ZIP that an administrator
// uploads. Equal input gives equal bytes. Nothing is written when the
// configuration or the commands make no valid package; the error then says what
// to change.
func Package(w io.Writer, config Config, commands []bot.Command, variant Variant) error {
	text, err := Manifest(config, commands, variant)
	if err != nil {
		return err
	}
	out := zip.NewWriter(w)
	for _, file := range []struct {
		name string
		data []byte
	}{{"manifest.json", text}, {colorIcon, color}, {outlineIcon, outline}} {
		// Stored, with a fixed date: the bytes depend on neither compressor nor clock.
		entry, err := out.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Store, Modified: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return fmt.Errorf("write %s: %w", file.name, err)
		}
		if _, err := entry.Write(file.data); err != nil {
			return fmt.Errorf("write %s: %w", file.name, err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write the package: %w", err)
	}
	return nil
}
