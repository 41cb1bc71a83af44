package slacktest_test

import (
	"flag"
	"time"
)

// update writes the golden files anew.
var update = flag.Bool("update", false, "write the golden files anew")

func s2026() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }
