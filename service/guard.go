package service

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc/metadata"
)

// recovery turns a panic into INTERNAL: hostile text is parsed here, and one call
// must not end those of everybody.
func (s *Server) recovery(ctx context.Context, c *call, next func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.panicked(p, debug.Stack())
			err = internal()
		}
	}()
	return next(ctx)
}

// panicked counts and logs a panic.
func (s *Server) panicked(value any, stack []byte) {
	s.panics.Add(1)
	s.cfg.Log.Error("panic", zap.String("value", loggable.text(fmt.Sprint(value))), zap.ByteString("stack", stack))
}

// gate lets a number of checks in at once and turns the next away at once: under
// overload a quick refusal serves everybody better than a queue. Streams of
// health and reflection have places of their own, so that neither kind can
// starve the other; unary health checks always pass.
type gate struct {
	checks, streams chan struct{}
	refused         atomic.Uint64
}

func newGate(checks int) *gate {
	return &gate{checks: make(chan struct{}, checks), streams: make(chan struct{}, maxWatches)}
}

func (g *gate) inFlight() int { return len(g.checks) }

func (g *gate) pass(ctx context.Context, c *call, next func(context.Context) error) error {
	places := g.checks
	if !c.check() {
		if !c.stream {
			return next(ctx)
		}
		places = g.streams
	}
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
		return next(ctx)
	default:
	}
	g.refused.Add(1)
	// Callers who were refused together must not come back together.
	after := leastPushback + rand.N(mostPushback-leastPushback)
	// gRFC A6: clients with a retry policy wait that long.
	c.trailer(metadata.Pairs("grpc-retry-pushback-ms", strconv.FormatInt(after.Milliseconds(), 10)))
	return full(after.Truncate(time.Millisecond))
}

// deadline gives every check an end, and one early enough for a partial answer to
// reach the caller before the caller gives up.
func (s *Server) deadline(ctx context.Context, c *call, next func(context.Context) error) error {
	if !c.check() {
		return next(ctx)
	}
	left := s.cfg.Timeout
	if end, ok := ctx.Deadline(); ok {
		left = time.Until(end)
		if left < leastTime {
			return late(left)
		}
		left -= min(max(left/20, leastMargin), mostMargin)
	}
	ctx, cancel := context.WithTimeout(ctx, min(left, s.cfg.MaxTimeout))
	defer cancel()
	return next(ctx)
}
