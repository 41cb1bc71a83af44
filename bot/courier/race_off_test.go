//go:build !race

package courier_test

const raced = false
