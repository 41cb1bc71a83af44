//go:build race

package storagetest

// Raced says that the race detector watches. A test that repeats one scenario
// hundreds of times on one goroutine then takes a sample of them; LeaveToPlainRun
// leaves a whole test out.
const Raced = true
