package shell

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"evangelist/bot"
)

//go:embed static
var static embed.FS

// File returns one of our static files, for documents that must stand alone.
func File(name string) (string, error) {
	text, err := fs.ReadFile(static, "static/"+name)
	return string(text), err
}

// asset is the address of a static file. It carries a mark of the content, so
// that a browser may keep it for ever.
func asset(name string) string {
	text, err := fs.ReadFile(static, "static/"+name)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return "/web/" + name + "?v=" + hex.EncodeToString(sum[:6])
}

func (s *Shell) ownRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Pattern: "/do", Audience: Colleagues, Serve: s.do},
		{Method: http.MethodGet, Pattern: "/web/{file}", Audience: Everybody, Discreet: true, Serve: s.file},
		{Method: http.MethodGet, Pattern: "/favicon.ico", Audience: Everybody, Discreet: true, Serve: s.favicon},
		{Method: http.MethodGet, Pattern: "/robots.txt", Audience: Everybody, Discreet: true, Serve: robots},
	}
}

func (s *Shell) file(w http.ResponseWriter, r *http.Request, _ Visit) error {
	name := r.PathValue("file")
	text, err := fs.ReadFile(static, path.Join("static", path.Base(name)))
	if err != nil {
		return bot.ErrNotFound
	}
	serveFile(w, name, text, r.URL.Query().Has("v"))
	return nil
}

func (s *Shell) favicon(w http.ResponseWriter, r *http.Request, _ Visit) error {
	text, err := fs.ReadFile(static, "static/icon.svg")
	if err != nil {
		return err
	}
	serveFile(w, "icon.svg", text, false)
	return nil
}

func serveFile(w http.ResponseWriter, name string, text []byte, forever bool) {
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	kind, known := kinds[strings.ToLower(path.Ext(name))]
	if !known {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=3600")
	if forever {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Write(text)
}

func robots(w http.ResponseWriter, _ *http.Request, _ Visit) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("User-agent: *\nDisallow: /\n"))
	return nil
}

// Style is a route with a page's own style: a file among files, the same for
// everybody.
func Style(path string, files fs.FS, name string) Route {
	return Route{Method: http.MethodGet, Pattern: path, Audience: Everybody, Discreet: true, Serve: func(w http.ResponseWriter, _ *http.Request, _ Visit) error {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		serveFile(w, name, text, false)
		return nil
	}}
}
