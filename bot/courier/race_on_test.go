//go:build race

package courier_test

// raced leaves pairs of faults out: one goroutine explores, ten times slower.
const raced = true
