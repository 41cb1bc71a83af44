// Package voicestest holds what proves the anonymity of voices, for the tests of
// the store, of the feature and of the whole program alike: a scenario that is
// played through any front door, the logical content of a database, and a search
// for marks in all bytes at rest.
//
// Twins: the scenario is played twice with the same clock and chance, the
// authors exchanged; every byte at rest must be the same. Then with the order of
// what is sent within a release changed; every logical content must be the same.
package voicestest
