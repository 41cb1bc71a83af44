package render

import (
	"encoding/xml"
	"errors"
	"html"
	"html/template"
	"io"
	"strings"
)

// maxSVG is how long a drawn picture may be.
const maxSVG = 256 << 10

// SVG copies a drawn picture element by element: only what svgElements and
// svgAttributes name is kept, texts are escaped anew, and nothing in it can
// refer to anything outside. What is not well-formed gives nothing, so that the
// caller shows alt as text.
func SVG(text, alt string) template.HTML {
	if len(text) == 0 || len(text) > maxSVG {
		return ""
	}
	p := picture{decoder: xml.NewDecoder(strings.NewReader(text)), alt: alt}
	p.decoder.Entity = nil
	if err := p.copy(); err != nil || !p.rooted {
		return ""
	}
	return template.HTML(p.out.String())
}

type picture struct {
	decoder *xml.Decoder
	out     strings.Builder
	alt     string
	open    []string
	rooted  bool
}

var errPicture = errors.New("not a picture that we draw")

func (p *picture) copy() error {
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			if len(p.open) > 0 {
				return errPicture
			}
			return nil
		}
		if err != nil {
			return err
		}
		if err := p.token(token); err != nil {
			return err
		}
	}
}

func (p *picture) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		p.out.WriteString("</" + p.open[len(p.open)-1] + ">")
		p.open = p.open[:len(p.open)-1]
	case xml.CharData:
		if len(p.open) > 0 {
			p.out.WriteString(html.EscapeString(string(t)))
		}
	}
	return nil // comments, instructions and directives are left out
}

func (p *picture) start(t xml.StartElement) error {
	name := t.Name.Local
	switch {
	case len(p.open) == 0 && (name != "svg" || p.rooted):
		return errPicture
	case !svgElements[name] || len(p.open) > 0 && name == "svg" || p.insideText():
		return p.decoder.Skip()
	}
	p.out.WriteString("<" + name)
	if len(p.open) == 0 {
		p.rooted = true
		p.out.WriteString(` role="img" aria-label="` + html.EscapeString(p.alt) + `"`)
	}
	seen := map[string]bool{}
	for _, attribute := range t.Attr {
		key := attribute.Name.Local
		if attribute.Name.Space != "" || seen[key] || !svgAttributes[key] || !harmless(attribute.Value) {
			continue
		}
		seen[key] = true
		p.out.WriteString(" " + key + `="` + html.EscapeString(attribute.Value) + `"`)
	}
	p.out.WriteString(">")
	p.open = append(p.open, name)
	return nil
}

// insideText reports whether the parser of a browser may read HTML here.
func (p *picture) insideText() bool {
	if len(p.open) == 0 {
		return false
	}
	at := p.open[len(p.open)-1]
	return at == "title" || at == "desc"
}

// harmless reports a value that refers to nothing.
func harmless(value string) bool {
	lower := strings.ToLower(value)
	return !strings.Contains(lower, "url") && !strings.Contains(lower, ":") && !strings.ContainsAny(value, "\\<&;")
}
