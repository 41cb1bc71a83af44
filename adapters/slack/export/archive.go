package export

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The limits of an archive. They bound time, not memory, which no archive can
// fill.
const (
	maxFiles = 200_000
	maxFile  = 256 << 20 // bytes of one file when unpacked
	maxTotal = 8 << 30   // bytes of all files when unpacked
	maxRatio = 200       // unpacked to packed, of what is larger than freeSize
	freeSize = 10 << 20
)

type archive struct {
	all   []*zip.File
	close io.Closer
	size  int64                // of the ZIP itself
	root  string               // the folder that holds channels.json, "" or with a slash at the end
	files map[string]*zip.File // by name below root
	names []string             // of files, in the order of the archive
	total uint64               // unpacked bytes of the files admitted so far
}

func open(name string) (*archive, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("%s is not there; check the name of the ZIP file that Slack gave you.", name)
	case err != nil:
		return nil, because(err, "%s cannot be read; check that this user may open it.", name)
	case info.IsDir():
		return nil, refuse("%s is a folder; pass the ZIP file that Slack gave you, not what was unpacked from it.", name)
	}
	reader, err := zip.OpenReader(name)
	switch {
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, refuse("%s is no ZIP file or was cut off, so nothing was imported; download the export again and pass it as it is.", name)
	case errors.Is(err, zip.ErrInsecurePath): // checked below
	case errors.Is(err, fs.ErrPermission):
		return nil, because(err, "%s cannot be read, so nothing was imported; check that this user may open it.", name)
	case err != nil:
		return nil, because(err, "%s cannot be opened as a ZIP file, so nothing was imported; download the export again and pass it as it is.", name)
	}
	a := &archive{all: reader.File, close: reader, size: info.Size(), files: map[string]*zip.File{}}
	if err := a.index(name); err != nil {
		a.close.Close()
		return nil, err
	}
	return a, nil
}

// index finds the folder that holds the export, and the files below it.
func (a *archive) index(name string) error {
	if n := len(a.all); n > maxFiles {
		return refuse("%s holds %d files, more than the %d that are read, so nothing was imported; export a shorter time at once.", name, n, maxFiles)
	}
	var lists []string
	for _, file := range a.all {
		entry, err := safeName(file.Name)
		if err != nil {
			return err
		}
		if path.Base(entry) == "channels.json" && !isJunk(entry) {
			lists = append(lists, entry)
		}
	}
	root, err := rootOf(name, lists)
	if err != nil {
		return err
	}
	a.root = root
	for _, file := range a.all {
		entry, _ := safeName(file.Name)
		below, ok := strings.CutPrefix(entry, a.root)
		if !ok || below == "" || strings.HasSuffix(file.Name, "/") || isJunk(entry) {
			continue
		}
		if a.files[below] != nil {
			return refuse("%s stands twice in the archive, so nothing was imported; use the ZIP as Slack made it.", quote(entry))
		}
		a.files[below] = file
		a.names = append(a.names, below)
	}
	return nil
}

// safeName returns the name of an entry with slashes, composed as Unicode asks
// (systems that pack again decompose letters), or an error when it leads out
// of the archive.
func safeName(raw string) (string, error) {
	name := strings.ReplaceAll(raw, `\`, "/")
	trimmed := strings.TrimPrefix(strings.TrimSuffix(name, "/"), "./")
	drive := len(name) > 1 && name[1] == ':' && (len(name) == 2 || name[2] == '/')
	if strings.HasPrefix(name, "/") || drive || strings.ContainsRune(name, 0) || trimmed == ".." || strings.HasPrefix(trimmed, "../") || strings.HasSuffix(trimmed, "/..") || strings.Contains(trimmed, "/../") {
		return "", refuse("%s in the archive points to a place outside of it, so nothing was imported; use the ZIP as Slack made it.", quote(raw))
	}
	return norm.NFC.String(trimmed), nil
}

// isJunk reports what systems add when they pack a folder.
func isJunk(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, "._") || base == ".DS_Store" || base == "Thumbs.db" || base == "desktop.ini"
}

// rootOf returns the folder of the outermost channels.json.
func rootOf(name string, lists []string) (string, error) {
	best, same := "", 0
	for _, list := range lists {
		depth := strings.Count(list, "/")
		switch {
		case best == "" || depth < strings.Count(best, "/"):
			best, same = list, 1
		case depth == strings.Count(best, "/"):
			same++
		}
	}
	switch {
	case best == "":
		return "", refuse("%s holds no channels.json, so it is no Slack export with public channels and nothing was imported; pass the ZIP that Slack's administration page gave you.", name)
	case same > 1:
		return "", refuse("%s holds several exports (%d files channels.json side by side), so nothing was imported; pack each workspace into a ZIP of its own.", name, same)
	}
	return strings.TrimSuffix(best, "channels.json"), nil
}

// admit checks that a file may be unpacked, from what the archive says of it.
// What it says is held to by the reader: what unpacks to more is damaged.
func (a *archive) admit(name string) (*zip.File, error) {
	file := a.files[name]
	packed, size := file.CompressedSize64, file.UncompressedSize64
	a.total += size
	switch {
	case file.Flags&1 != 0:
		return nil, unread(name, "the file is encrypted")
	case file.Method != zip.Store && file.Method != zip.Deflate:
		return nil, unread(name, "the file is packed in a way that is not known here")
	case size > maxFile:
		return nil, unread(name, fmt.Sprintf("the file has %d MiB when unpacked, more than the %d that are read", size>>20, maxFile>>20))
	case size > freeSize && (packed == 0 || size/packed > maxRatio):
		return nil, unread(name, fmt.Sprintf("the file grows more than %d times when it is unpacked, as no export does", maxRatio))
	case a.total > maxTotal:
		return nil, unread(name, fmt.Sprintf("with this file the archive has more than the %d GiB unpacked that are read", maxTotal>>30))
	case a.total > freeSize && a.total/maxRatio > uint64(a.size):
		return nil, unread(name, fmt.Sprintf("with this file the archive grows more than %d times when it is unpacked, as no export does", maxRatio))
	}
	return file, nil
}

var dayFile = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\.json$`)
