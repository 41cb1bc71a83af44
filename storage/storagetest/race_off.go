//go:build !race

package storagetest

// Raced says that the race detector watches; see the other file.
const Raced = false
