package bot_test

import (
	"strings"
	"testing"

	"evangelist/bot"
)

func TestPanicked(t *testing.T) {
	var nobody *bot.Person
	var none map[string]int
	for name, fall := range map[string]func(){
		"said":           func() { panic("secret words") },
		"nil":            func() { nobody.Name = "A" },
		"map":            func() { none["a"] = 1 },
		"out of range":   func() { _ = strings.Split("a", ",")[len(name())] },
		"inside another": func() { func() { panic(bot.ErrNotFound) }() },
	} {
		err := recovered(fall)
		if err == nil || !strings.Contains(err.Error(), " in a test at ") || !strings.Contains(err.Error(), "error_test.go:") {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the value is told: %v", name, err)
		}
	}
	if err := recovered(func() {}); err != nil {
		t.Errorf("without a panic: %v", err)
	}
}

func name() string { return "a" }

func recovered(fn func()) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = bot.Panicked(trouble, "a test")
		}
	}()
	fn()
	return nil
}
