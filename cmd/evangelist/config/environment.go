package config

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const prefix = "EVANGELIST_"

// Key is one setting: its path in the file and its name in the environment.
type Key struct {
	Path string // http.public_url
	Env  string // EVANGELIST_HTTP_PUBLIC_URL
	at   []int
}

// Keys lists every key of the configuration, in the order of the file.
func Keys() []Key { return keysOf(reflect.TypeFor[Config](), nil, nil) }

func keysOf(t reflect.Type, path []string, at []int) []Key {
	var keys []Key
	for i := range t.NumField() {
		field := t.Field(i)
		name := append(slices.Clone(path), field.Tag.Get("yaml"))
		index := append(slices.Clone(at), i)
		if field.Type.Kind() == reflect.Struct {
			keys = append(keys, keysOf(field.Type, name, index)...)
			continue
		}
		keys = append(keys, Key{
			Path: strings.Join(name, "."),
			Env:  prefix + strings.ToUpper(strings.Join(name, "_")),
			at:   index,
		})
	}
	return keys
}

// reserved are names in the environment that are not configuration.
func reserved(name string) bool {
	return strings.HasPrefix(name, prefix+"TEST_") || name == prefix+"SOAK" || name == prefix+"CRASH"
}

func applyEnvironment(c *Config, environ []string) error {
	byEnv := map[string]Key{}
	for _, key := range Keys() {
		byEnv[key.Env] = key
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || reserved(name) {
			continue
		}
		key, ok := byEnv[name]
		if !ok {
			if key, ok = byEnv[strings.TrimSuffix(name, "_FILE")]; !ok {
				return fmt.Errorf("the environment variable %s is no setting; the settings stand in config.example.yaml, each path in capitals behind %s", name, prefix)
			}
			text, err := os.ReadFile(value)
			if err != nil {
				return fmt.Errorf("the file that %s names cannot be read: %w", name, err)
			}
			value = strings.TrimRight(string(text), "\r\n")
		}
		if err := set(reflect.ValueOf(c).Elem().FieldByIndex(key.at), value); err != nil {
			return fmt.Errorf("the environment variable %s: %w", name, err)
		}
	}
	return nil
}

func set(field reflect.Value, text string) error {
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		on, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		field.SetBool(on)
	case reflect.Slice:
		var items []string
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
		field.Set(reflect.ValueOf(items))
	default:
		return fmt.Errorf("a key of kind %s cannot be set from the environment", field.Kind())
	}
	return nil
}
