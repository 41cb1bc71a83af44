//go:build race

package storagetest

// Raced says that the race detector watches. A test that repeats one scenario
// hundreds of times on one goroutine then takes a sample of them, and one that
// only moves data or starts whole programs is left out: it would take ten times
// as long and show the detector nothing new. The run without it takes everything.
const Raced = true
