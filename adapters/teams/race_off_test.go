//go:build !race

package teams_test

const raced = false
