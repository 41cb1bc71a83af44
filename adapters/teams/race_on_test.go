//go:build race

package teams_test

// raced has the courier meet fewer faults: one goroutine sends, ten times slower.
const raced = true
