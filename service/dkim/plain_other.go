//go:build !amd64

package dkim

func plain(p []byte) int { return plainWords(p) }
