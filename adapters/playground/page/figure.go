package page

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
)

// figures keeps the pictures that were drawn lately, so that each is a file of
// its own: inside an <img> no picture can run or fetch anything.
type figures struct {
	mu     sync.Mutex
	byName map[string]string
}

const keptFigures = 300

// path returns where the browser finds a picture.
func (f *figures) path(svg string) string {
	sum := sha256.Sum256([]byte(svg))
	name := hex.EncodeToString(sum[:12])
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.byName) >= keptFigures {
		clear(f.byName)
	}
	f.byName[name] = svg
	return "/playground/figure/" + name + ".svg"
}

func (s *Server) figure(w http.ResponseWriter, r *http.Request) {
	s.figures.mu.Lock()
	svg, ok := s.figures.byName[strings.TrimSuffix(r.PathValue("name"), ".svg")]
	s.figures.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write([]byte(svg)) // the browser went away: nothing to do
}
