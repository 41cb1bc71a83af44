package peoplecsv

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decode makes UTF-8 of what spreadsheets write. Line ends become "\n".
func decode(raw []byte, note func(string)) (string, error) {
	text, err := toUTF8(raw, note)
	if err != nil {
		return "", err
	}
	if strings.ContainsRune(text, 0) {
		return "", refuse("The list of people holds zero bytes, so it is no text and nothing was changed; save it as CSV in UTF-8.")
	}
	if !strings.Contains(text, "\n") { // old Macintosh line ends
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return text, nil
}

func toUTF8(raw []byte, note func(string)) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return "", refuse("This is a spreadsheet or a ZIP file and not a CSV, so nothing was changed; save the list of people as CSV in UTF-8.")
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return fromUTF16(raw[2:], binary.LittleEndian, note)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return fromUTF16(raw[2:], binary.BigEndian, note)
	case len(raw) > 3 && raw[0] != 0 && raw[1] == 0 && raw[2] != 0 && raw[3] == 0:
		return fromUTF16(raw, binary.LittleEndian, note)
	case len(raw) > 3 && raw[0] == 0 && raw[1] != 0 && raw[2] == 0 && raw[3] != 0:
		return fromUTF16(raw, binary.BigEndian, note)
	}
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	for _, undefined := range []byte{0, 0x81, 0x8d, 0x8f, 0x90, 0x9d} {
		if bytes.IndexByte(raw, undefined) >= 0 {
			return "", unknownEncoding()
		}
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return "", unknownEncoding()
	}
	note("The file is not UTF-8; it was read as Windows-1252. Check the letters beyond A to Z in a few names.")
	return string(text), nil
}

func unknownEncoding() error {
	return refuse("The list of people is neither UTF-8 nor UTF-16 nor Windows-1252, so its names would be spoiled and nothing was changed; save it as CSV in UTF-8.")
}

func fromUTF16(raw []byte, order binary.ByteOrder, note func(string)) (string, error) {
	if len(raw)%2 != 0 {
		return "", unknownEncoding()
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	note("The file was read as UTF-16.")
	return string(utf16.Decode(units)), nil
}
