package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// JSON writes the manifest for programs and for Slack's own editor.
func (m Manifest) JSON() ([]byte, error) { return encode(m, "  ") }

// YAML writes the manifest for people: behind each scope stands what needs it.
func (m Manifest) YAML() ([]byte, error) {
	raw, err := encode(m, "")
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	tree, err := read(decoder)
	if err != nil {
		return nil, fmt.Errorf("write the manifest as YAML: %w", err)
	}
	var out bytes.Buffer
	out.WriteString("# The app manifest: at https://api.slack.com/apps choose Create New App, From a\n" +
		"# manifest, and paste this. A scope may be taken out; what it is for stands behind it.\n")
	tree.write(&out, 0, false)
	return out.Bytes(), nil
}

func encode(value any, indent string) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return out.Bytes(), nil
}

// node is a value of the manifest in its order.
type node struct {
	key    string // of an entry of an object
	text   string // a string as it is
	scalar string // as YAML; "" for objects and lists
	list   bool
	below  []node
}

func read(decoder *json.Decoder) (node, error) {
	token, err := decoder.Token()
	if err != nil {
		return node{}, err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		text, _ := token.(string)
		return node{text: text, scalar: scalar(token)}, nil
	}
	n := node{list: delim == '['}
	for decoder.More() {
		key := ""
		if !n.list {
			token, err := decoder.Token()
			if err != nil {
				return node{}, err
			}
			key, _ = token.(string)
		}
		child, err := read(decoder)
		if err != nil {
			return node{}, err
		}
		child.key = key
		n.below = append(n.below, child)
	}
	_, err = decoder.Token()
	return n, err
}

var plainShape = regexp.MustCompile(`^[a-z][a-z0-9_]*([.:-][a-z0-9_]+)+$|^[a-z]+_[a-z0-9_]+$|^[a-z]{6,}$`)

// scalar writes a value so that no reader of YAML takes it for something else:
// JSON's strings are YAML's strings, and only what looks like a name and like no
// word of YAML stands without quotes.
func scalar(token json.Token) string {
	text, ok := token.(string)
	if !ok {
		return fmt.Sprint(token)
	}
	if plainShape.MatchString(text) {
		return text
	}
	raw, err := encode(text, "")
	if err != nil {
		return `""`
	}
	return strings.TrimSpace(string(raw))
}

func (n node) write(out *bytes.Buffer, depth int, behindDash bool) {
	for i, child := range n.below {
		if !behindDash || i > 0 {
			out.WriteString(strings.Repeat("  ", depth))
		}
		switch {
		case n.list && child.scalar != "":
			out.WriteString("- " + child.scalar + remark(child.text) + "\n")
		case n.list:
			out.WriteString("- ")
			child.write(out, depth+1, true)
		case child.scalar != "":
			out.WriteString(child.key + ": " + child.scalar + "\n")
		default:
			out.WriteString(child.key + ":\n")
			child.write(out, depth+1, false)
		}
	}
}

// remark says behind a scope what it is for.
func remark(name string) string {
	if at := slices.IndexFunc(scopes, func(s Scope) bool { return s.Name == name }); at >= 0 {
		return " # " + scopes[at].For
	}
	return ""
}
