//go:build race

package main

// raceDetector says that the race detector watches: tests that start whole
// programs, repeat a scenario dozens of times or only move data are left to the
// run without it, which takes everything.
const raceDetector = true
