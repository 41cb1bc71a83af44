package qr

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

// read decodes a code by itself: format, mask, zigzag, blocks, correction words
// (which must leave no remainder), text.
func read(t *testing.T, c *code) string {
	t.Helper()
	bits := 0
	for i := range 6 {
		bits |= one(c.dark[i][8]) << i
	}
	bits |= one(c.dark[7][8])<<6 | one(c.dark[8][8])<<7 | one(c.dark[8][7])<<8
	for i := 9; i < 15; i++ {
		bits |= one(c.dark[8][14-i]) << i
	}
	mask := (bits ^ 0x5412) >> 10 & 7
	blank := newCode(c.version)
	var words []byte
	var word byte
	n := 0
	for right := c.size - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for vertical := range c.size {
			for j := range 2 {
				x, y := right-j, vertical
				if (right+1)&2 == 0 {
					y = c.size - 1 - vertical
				}
				if blank.fixed[y][x] {
					continue
				}
				word = word<<1 | byte(one(c.dark[y][x] != masked(mask, x, y)))
				if n++; n%8 == 0 {
					words = append(words, word)
				}
			}
		}
	}
	words = words[:codewords(c.version)]
	count, extra := blocks[c.version], correction[c.version]
	short := len(words)/count - extra
	longs := len(words) % count
	parts := make([][]byte, count)
	at := 0
	for i := range short + 1 {
		for b := range count {
			if i < short || b >= count-longs {
				parts[b] = append(parts[b], words[at])
				at++
			}
		}
	}
	data := bytes.Join(parts, nil)
	for range extra {
		for b := range count {
			parts[b] = append(parts[b], words[at])
			at++
		}
	}
	for b, part := range parts {
		for _, r := range remainder(part, generator(extra)) {
			if r != 0 {
				t.Fatalf("block %d does not check", b)
			}
		}
	}
	if data[0]>>4 != 4 {
		t.Fatalf("mode %d, want bytes", data[0]>>4)
	}
	length, from := int(data[0]&15)<<4|int(data[1]>>4), 1
	if c.version >= 10 {
		length, from = length<<8|int(data[1]&15)<<4|int(data[2]>>4), 2
	}
	out := make([]byte, length)
	for i := range out {
		out[i] = data[from+i]<<4 | data[from+i+1]>>4
	}
	return string(out)
}

func one(dark bool) int {
	if dark {
		return 1
	}
	return 0
}

func TestEveryLengthReadsBack(t *testing.T) {
	for n := 1; n <= 213; n++ {
		text := strings.Repeat("https://example.org/archive/", 8)[:n]
		c, err := encode([]byte(text))
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if got := read(t, c); got != text {
			t.Fatalf("%d bytes: read %q", n, got)
		}
	}
	if _, err := encode(bytes.Repeat([]byte("x"), 214)); !errors.Is(err, ErrLong) {
		t.Fatalf("214 bytes: %v", err)
	}
}

// The picture is compared with one that another reader has read.
func TestPicture(t *testing.T) {
	got, err := SVG("https://evangelist.example.org/archive/friday-roundup-2026-11-27", "an address")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/address.svg")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.TrimSpace(string(want)) {
		t.Error("the picture differs from testdata/address.svg")
	}
}
