package bot

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Panicked describes a panic to those who mend the program; trouble is what
// recover returned, in what was running. The value may hold what somebody typed,
// so only its type is told, with the line of code that panicked. To be called by
// the deferred function that recovered.
func Panicked(trouble any, in string) error {
	return fmt.Errorf("panic (%T) in %s at %s", trouble, in, panicSite(string(debug.Stack())))
}

// panicSite returns the first line of code below the panic that is not the
// runtime's own.
func panicSite(stack string) string {
	lines := strings.Split(stack, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "panic(") {
			continue
		}
		for at := i + 2; at+1 < len(lines); at += 2 {
			if !strings.HasPrefix(lines[at], "runtime.") {
				site, _, _ := strings.Cut(strings.TrimSpace(lines[at+1]), " ")
				return site
			}
		}
	}
	return "unknown place"
}
