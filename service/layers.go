package service

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// call is one call on its way through the layers.
type call struct {
	// method is the full method, such as "/mailassay.v1.VerificationService/CheckDomain".
	method string
	// request and response are nil for streams; response is nil before the handler
	// has run and after it failed.
	request, response any
	stream            bool
	// trailer sends fields to the caller at the end.
	trailer func(metadata.MD)
}

// check tells whether the call is one of the product's own methods.
func (c *call) check() bool { return strings.HasPrefix(c.method, "/mailassay.v1.") }

// layer is what is done around every call. It calls next at most once.
type layer struct {
	name string
	wrap func(ctx context.Context, c *call, next func(context.Context) error) error
}

// layers are the layers around every call, unary or stream, outermost first. The
// order is a contract: what is refused or panics is logged, and only what the gate
// lets in has a deadline to keep.
func (s *Server) layers() []layer {
	return []layer{
		{"log", s.log},
		{"recovery", s.recovery},
		{"gate", s.gate.pass},
		{"deadline", s.deadline},
	}
}

// run runs handler inside the layers.
func run(ctx context.Context, layers []layer, c *call, handler func(context.Context) error) error {
	if len(layers) == 0 {
		return handler(ctx)
	}
	return layers[0].wrap(ctx, c, func(ctx context.Context) error { return run(ctx, layers[1:], c, handler) })
}

// unary is the layers as an interceptor of unary calls.
func unary(layers []layer) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		c := &call{method: info.FullMethod, request: request, trailer: func(md metadata.MD) {
			_ = grpc.SetTrailer(ctx, md) // fails only outside of a call
		}}
		if c.check() {
			ample(0)
		}
		err := run(ctx, layers, c, func(ctx context.Context) (err error) {
			c.response, err = handler(ctx, request)
			return err
		})
		if err != nil {
			return nil, err
		}
		return c.response, nil
	}
}

// ample makes the goroutine's stack as large as most checks need it. Every call has
// a goroutine of its own, whose stack would otherwise double twice, each time
// copied frame by frame from the depth of an assay, for a tenth of the call's cost.
//
//go:noinline
func ample(i int) byte {
	var room [10 << 10]byte
	return room[i]
}

// stream is the layers as an interceptor of streams.
func (s *Server) stream(layers []layer) grpc.StreamServerInterceptor {
	return func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		c := &call{method: info.FullMethod, stream: true, trailer: ss.SetTrailer}
		return run(ss.Context(), layers, c, func(ctx context.Context) error {
			return handler(srv, leavingStream{ServerStream: ss, ctx: ctx, leaving: s.leaving})
		})
	}
}

// leavingStream is a stream that ends when the server drains, also when its
// handler waits for a message that may never come.
type leavingStream struct {
	grpc.ServerStream
	ctx     context.Context
	leaving <-chan struct{}
}

// Context is the context that the layers made.
func (l leavingStream) Context() context.Context { return l.ctx }

// RecvMsg waits for a message or the drain. The goroutine ends with the stream,
// which ends when the handler has returned this error.
func (l leavingStream) RecvMsg(m any) error {
	received := make(chan error, 1)
	go func() { received <- l.ServerStream.RecvMsg(m) }()
	select {
	case err := <-received:
		return err
	case <-l.leaving:
		return shuttingDown()
	}
}
