package voices

import (
	"crypto/hkdf"
	"crypto/sha256"
	_ "embed"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"evangelist/bot"
)

// Keys derives, one-way, the id of a voice and its private code from the nonce
// of the form that raised it. Both follow from the nonce and the installation's
// secret alone, so that a form sent twice, after a restart or to another
// replica, gives the same voice and the same code, though nobody keeps the
// nonce. Who has the database has neither nonce nor code; who has seen a nonce
// on its way cannot find the voice without the secret.
type Keys struct{ secret []byte }

// NewKeys returns Keys for a secret of at least 16 bytes, kept outside the
// tables of voices, the same on all replicas and after a restore. With a
// shorter one nothing can be raised.
func NewKeys(secret []byte) Keys { return Keys{secret: slices.Clone(secret)} }

// shortest is how many bytes a secret has at least.
const shortest = 16

// The labels keep what is derived for one purpose useless for another.
const (
	voiceLabel = "evangelist voice id 1"
	entryLabel = "evangelist voice entry 1"
	codeLabel  = "evangelist private code 1"
)

// errNonce refuses a form whose nonce is not ours.
var errNonce = &bot.Error{Code: "voice-form", Say: "That form can no longer be used, so nothing was kept. Please open it anew and paste your words."}

func (k Keys) derive(nonce, label string, n int) ([]byte, error) {
	if len(k.secret) < shortest {
		return nil, fmt.Errorf("the secret for private codes has %d bytes, fewer than %d", len(k.secret), shortest)
	}
	if nonce == "" {
		return nil, errNonce
	}
	return hkdf.Key(sha256.New, []byte(nonce), k.secret, label, n)
}

// checkNonce refuses a nonce that is not 128 random bits: only what nobody can
// guess, and no platform has made up, may be the root of a private code.
func checkNonce(nonce string) error {
	root, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(nonce)
	if err != nil || len(root) != 16 {
		return errNonce
	}
	return nil
}

// VoiceID returns the id of the voice that a form raises: 122 bits in the shape
// of a random UUID.
func (k Keys) VoiceID(nonce string) (string, error) { return k.id(nonce, voiceLabel) }

// EntryID returns the id of what a form adds to a voice.
func (k Keys) EntryID(nonce string) (string, error) { return k.id(nonce, entryLabel) }

func (k Keys) id(nonce, label string) (string, error) {
	b, err := k.derive(nonce, label, 16)
	if err != nil {
		return "", err
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	text := hex.EncodeToString(b)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:], nil
}

// Code is a private code: eight words of the list, 104 bits. Its String is
// shown once and never kept.
type Code [codeWords]uint16

const (
	codeWords = 8
	wordBits  = 13
)

// Code returns the private code of the voice that a form raises.
func (k Keys) Code(nonce string) (Code, error) {
	var code Code
	b, err := k.derive(nonce, codeLabel, codeWords*wordBits/8)
	if err != nil {
		return code, err
	}
	for i := range codeWords * wordBits {
		bit := b[i/8] >> (7 - i%8) & 1
		code[i/wordBits] = code[i/wordBits]<<1 | uint16(bit)
	}
	return code, nil
}

//go:embed data/words.txt
var wordText string

// wordList returns the 8,192 words, sorted; it is cut once, at the first call.
var wordList = sync.OnceValue(func() []string { return strings.Fields(wordText) })

// String returns the eight words with spaces between them.
func (c Code) String() string {
	list := wordList()
	words := make([]string, codeWords)
	for i, at := range c {
		words[i] = list[at]
	}
	return strings.Join(words, " ")
}

// Hash returns what is stored of a code: SHA-256 in hexadecimal.
func (c Code) Hash() string {
	sum := sha256.Sum256([]byte("evangelist private code " + c.String()))
	return hex.EncodeToString(sum[:])
}

// ParseCode reads a code as people type it: any case, any spaces, hyphens of
// any kind, full stops or numbers between the words. The error is a *bot.Error that
// says what is wrong without repeating what was typed.
func ParseCode(text string) (Code, error) {
	var code Code
	words := codeParts(text)
	if len(words) != codeWords {
		return code, bot.Refuse("voice-code", fmt.Sprintf("A private code has eight words; here are %d.", len(words)))
	}
	list := wordList()
	for i, word := range words {
		at, found := slices.BinarySearch(list, word)
		if !found {
			return code, bot.Refuse("voice-code", fmt.Sprintf("Word %d is not one that a private code can have. Please compare it with your note.", i+1))
		}
		code[i] = uint16(at)
	}
	return code, nil
}

// codeParts cuts text into lower-case words; whatever is not a letter divides.
// Letters of other widths and styles are not folded: no list word has them.
func codeParts(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
}

// looksLikeCode reports whether words after a command are meant as a code
// rather than as the beginning of a sentence.
func looksLikeCode(text string) bool {
	words := codeParts(text)
	if len(words) < codeWords-2 || len(words) > codeWords+1 {
		return false
	}
	list, known := wordList(), 0
	for _, word := range words {
		if _, found := slices.BinarySearch(list, word); found {
			known++
		}
	}
	return known >= len(words)-1
}
