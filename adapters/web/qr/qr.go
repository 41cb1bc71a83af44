// Package qr draws addresses as QR codes (byte mode, error correction M, sizes 1
// to 10: up to 213 bytes), for pages that are printed.
package qr

import (
	"errors"
	"html"
	"html/template"
	"strconv"
	"strings"
)

// ErrLong refuses a text that does not fit.
var ErrLong = errors.New("the text is too long for a QR code of ours")

// SVG draws text as a picture with a quiet zone around it; label says what it is
// to whoever cannot see it.
func SVG(text, label string) (template.HTML, error) {
	c, err := encode([]byte(text))
	if err != nil {
		return "", err
	}
	var path strings.Builder
	for y := range c.size {
		for x := range c.size {
			if c.dark[y][x] {
				path.WriteString("M" + strconv.Itoa(x+4) + " " + strconv.Itoa(y+4) + "h1v1h-1z")
			}
		}
	}
	side := strconv.Itoa(c.size + 8)
	return template.HTML(`<svg class="qr" viewBox="0 0 ` + side + ` ` + side + `" role="img" aria-label="` + html.EscapeString(label) +
		`" shape-rendering="crispEdges"><rect width="` + side + `" height="` + side + `" fill="#fff"></rect><path fill="#000" d="` + path.String() + `"></path></svg>`), nil
}

// code is a square of modules; fixed marks those that carry no data.
type code struct {
	version, size int
	dark, fixed   [][]bool
}

func encode(text []byte) (*code, error) {
	for version := 1; version <= maxVersion; version++ {
		words := dataWords(version, text)
		if words == nil {
			continue
		}
		return best(version, interleave(version, words)), nil
	}
	return nil, ErrLong
}

// codewords is how many bytes, with those for correction, a size holds.
func codewords(version int) int {
	bits := (16*version+128)*version + 64
	if version >= 2 {
		n := version/7 + 2
		bits -= (25*n-10)*n - 55
	}
	if version >= 7 {
		bits -= 36
	}
	return bits / 8
}

// dataWords packs the text: mode, length, bytes, end, padding. It is nil when
// the size is too small.
func dataWords(version int, text []byte) []byte {
	room := codewords(version) - correction[version]*blocks[version]
	lengthBits := 8
	if version >= 10 {
		lengthBits = 16
	}
	if 4+lengthBits+8*len(text) > 8*room {
		return nil
	}
	var bits []bool
	put := func(value, n int) {
		for i := n - 1; i >= 0; i-- {
			bits = append(bits, value>>i&1 == 1)
		}
	}
	put(4, 4)
	put(len(text), lengthBits)
	for _, b := range text {
		put(int(b), 8)
	}
	put(0, min(4, 8*room-len(bits)))
	put(0, (8-len(bits)%8)%8)
	for pad := 0xEC; len(bits) < 8*room; pad ^= 0xEC ^ 0x11 {
		put(pad, 8)
	}
	words := make([]byte, room)
	for i, bit := range bits {
		if bit {
			words[i/8] |= 1 << (7 - i%8)
		}
	}
	return words
}

// interleave splits the words into blocks, adds correction to each and weaves
// them together.
func interleave(version int, words []byte) []byte {
	count, extra := blocks[version], correction[version]
	total := codewords(version)
	short := total/count - extra // data words of a short block
	longs := total % count       // how many blocks have one more
	divisor := generator(extra)
	var data, checks [][]byte
	for i, at := 0, 0; i < count; i++ {
		n := short
		if i >= count-longs {
			n++
		}
		data = append(data, words[at:at+n])
		checks = append(checks, remainder(words[at:at+n], divisor))
		at += n
	}
	out := make([]byte, 0, total)
	for i := range short + 1 {
		for _, block := range data {
			if i < len(block) {
				out = append(out, block[i])
			}
		}
	}
	for i := range extra {
		for _, block := range checks {
			out = append(out, block[i])
		}
	}
	return out
}

// multiply is the product in GF(256) modulo 0x11D.
func multiply(a, b byte) byte {
	product := 0
	for i := 7; i >= 0; i-- {
		product = product<<1 ^ product>>7*0x11D
		product ^= int(b>>i&1) * int(a)
	}
	return byte(product)
}

// generator is the divisor of degree n without its leading one.
func generator(n int) []byte {
	out := make([]byte, n)
	out[n-1] = 1
	root := byte(1)
	for range n {
		for j := range out {
			out[j] = multiply(out[j], root)
			if j+1 < n {
				out[j] ^= out[j+1]
			}
		}
		root = multiply(root, 2)
	}
	return out
}

func remainder(data, divisor []byte) []byte {
	out := make([]byte, len(divisor))
	for _, b := range data {
		factor := b ^ out[0]
		copy(out, out[1:])
		out[len(out)-1] = 0
		for i, d := range divisor {
			out[i] ^= multiply(d, factor)
		}
	}
	return out
}
