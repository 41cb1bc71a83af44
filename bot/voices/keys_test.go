package voices

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot"
)

const nonce = "ABCDEFGHIJKLMNOPQRSTUVWX34"

func TestWordList(t *testing.T) {
	list := wordList()
	if len(list) != 1<<wordBits || !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
		t.Fatalf("%d words, sorted %t", len(list), slices.IsSorted(list))
	}
	for _, word := range list {
		if len(word) < 4 || len(word) > 9 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q is no plain word", word)
		}
	}
}

// What is derived never changes: codes that people hold must go on working.
func TestDerivationIsFixed(t *testing.T) {
	keys := NewKeys([]byte("a secret of the installation"))
	id, err := keys.VoiceID(nonce)
	if err != nil {
		t.Fatal(err)
	}
	entry, _ := keys.EntryID(nonce)
	code, _ := keys.Code(nonce)
	golden(t, "derivation.txt", "voice "+id+"\nentry "+entry+"\ncode  "+code.String()+"\nhash  "+code.Hash()+"\n")
}

func TestDerivationNeedsEverything(t *testing.T) {
	base := NewKeys([]byte("a secret of the installation"))
	id, _ := base.VoiceID(nonce)
	entry, _ := base.EntryID(nonce)
	code, _ := base.Code(nonce)
	other, _ := NewKeys([]byte("another secret of another one")).VoiceID(nonce)
	next, _ := base.VoiceID("BBCDEFGHIJKLMNOPQRSTUVWX34")
	if id == entry || id == other || id == next || strings.Contains(code.Hash(), strings.ReplaceAll(id, "-", "")) {
		t.Errorf("%s %s %s %s", id, entry, other, next)
	}
	for _, secret := range [][]byte{nil, []byte("fifteen bytes..")} {
		if _, err := NewKeys(secret).VoiceID(nonce); err == nil {
			t.Errorf("a secret of %d bytes was taken", len(secret))
		}
	}
	for _, wrong := range []string{"", "SAMPLEv1", "1763832.222", strings.ToLower(nonce), nonce[:25], nonce + "A", nonce[:25] + "1"} {
		if _, err := Anonymise(bot.Invocation{Nonce: wrong}, base); err == nil {
			t.Errorf("the nonce %q was taken", wrong)
		}
	}
}

func TestParseCodeReadsWhatPeopleType(t *testing.T) {
	code, err := NewKeys([]byte("a secret of the installation")).Code(nonce)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(code.String())
	for _, typed := range []string{
		code.String(), strings.ToUpper(code.String()), strings.Join(words, "-"), strings.Join(words, "\u2011"), strings.Join(words, " \u2013 "),
		strings.Join(words, "\u00a0"), strings.Join(words, "\u3000"), strings.Join(words, "\n"), "  " + strings.Join(words, ",   ") + ". ",
		"1. " + strings.Join(words, " 2) "), "“" + code.String() + "”", strings.Join(words, "\u200b"), strings.Join(words, "_"), strings.Join(words, "+"),
	} {
		if got, err := ParseCode(typed); err != nil || got != code {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for _, typed := range []string{"", strings.Join(words[:7], " "), code.String() + " " + words[0], strings.Join(words, ""),
		strings.Replace(code.String(), words[3], "qqqq", 1), strings.Replace(code.String(), words[0], words[0][:2], 1)} {
		if got, err := ParseCode(typed); err == nil {
			t.Errorf("%q was read as %s", typed, got)
		} else if typed != "" && strings.Contains(err.Error(), words[1]) {
			t.Errorf("the error repeats what was typed: %v", err)
		}
	}
}

func TestEveryCodeCanBeReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var code Code
		for i := range code {
			code[i] = rapid.Uint16Range(0, 1<<wordBits-1).Draw(t, "word")
		}
		if got, err := ParseCode(code.String()); err != nil || got != code {
			t.Fatalf("%s: %v", code, err)
		}
		if !looksLikeCode(code.String()) {
			t.Fatalf("%s does not look like a code", code)
		}
	})
}

func TestParseCodeNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, _ = ParseCode(rapid.String().Draw(t, "typed"))
	})
}

func TestWhatLooksLikeACode(t *testing.T) {
	for _, sentence := range []string{"", "review takes too long", "is not read by anybody in our team I think", "of conduct"} {
		if looksLikeCode(sentence) {
			t.Errorf("%q is a sentence", sentence)
		}
	}
	code, _ := NewKeys([]byte("a secret of the installation")).Code(nonce)
	if !looksLikeCode(strings.Replace(code.String(), "a", "q", 1)) {
		t.Error("a code with one slip is still meant as a code")
	}
}

// Anonymise lets nothing through but the form: whatever else an Invocation
// holds, the result is the same.
func TestAnonymiseDropsEverythingElse(t *testing.T) {
	keys := NewKeys([]byte("a secret of the installation"))
	values := map[string][]string{wordsField: {"Words."}, nameField: {anonymous}, urgentField: {"yes"}, withoutField: {"p1", ""}, quietField: {"yes"},
		"account": {"smuggled"}}
	bare, err := Anonymise(bot.Invocation{Nonce: nonce, Values: values}, keys)
	if err != nil {
		t.Fatal(err)
	}
	rich, err := Anonymise(bot.Invocation{Nonce: nonce, Values: values, Arg: "arg", Words: "typed", Workspace: "w", Place: "w|p", Command: "c",
		Actor: bot.Actor{Account: "w|a", Person: "p", Name: "n", Roles: []bot.Role{bot.Lead}}, About: &bot.MessageRef{Native: "m"}, At: start}, keys)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(bare, rich) {
		t.Errorf("%+v is not %+v", rich, bare)
	}
	want := Form{Words: "Words.", Urgent: true, Without: []bot.PersonID{"p1"}, Unpublished: true}
	if !reflect.DeepEqual(bare.Form, want) {
		t.Errorf("%+v", bare.Form)
	}
}

// What waits has no field that could hold a person, a place or a moment of the
// author's; the readers who are left out are the author's own words, and the
// readers and the place that the form named are the same for everybody between
// two changes of the team.
func TestAnActHasNoRoomForAnAuthor(t *testing.T) {
	allowed := map[string]string{
		"Act.ID": "string", "Act.Voice": "string", "Act.Kind": "voices.ActKind", "Act.Words": "string", "Act.Raise": "*voices.Raise",
		"Raise.Kind": "voices.Kind", "Raise.CodeHash": "string", "Raise.Urgent": "bool", "Raise.Without": "[]bot.PersonID",
		"Raise.Readers": "[]bot.PersonID", "Raise.Place": "bot.PlaceID", "Raise.Unpublished": "bool",
	}
	for _, kind := range []reflect.Type{reflect.TypeFor[Act](), reflect.TypeFor[Raise]()} {
		for i := range kind.NumField() {
			field := kind.Field(i)
			if allowed[kind.Name()+"."+field.Name] != field.Type.String() {
				t.Errorf("%s.%s %s: argue for it here and in the table waiting", kind.Name(), field.Name, field.Type)
			}
		}
	}
}

// The store of voices names neither an Invocation nor an Actor nor an account
// but where it joins the author of a voice with a name.
func TestTheStoreNeverSeesAnInvocation(t *testing.T) {
	files, err := filepath.Glob("../../storage/voicestore/*.go")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), file, text, 0); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"bot.Invocation", "bot.Actor", "bot.AccountID", "bot.MessageRef", "slog", "metrics"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s speaks of %s", file, word)
			}
		}
	}
}
