//go:build race

package resolver_test

// raced tells that the race detector is at work, which has memory and time of its
// own.
const raced = true
