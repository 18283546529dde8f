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
	// request is nil before the first one of a stream has come, response before the
	// handler has run and after it failed. Of a stream they are the first request
	// and the last response.
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
		var nearer *wired
		ctx = context.WithValue(ctx, wireKey{}, &nearer)
		err := run(ctx, layers, c, func(ctx context.Context) (err error) {
			c.response, err = handler(ctx, request)
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case nearer != nil && c.response == any(nearer.of): // and none that an interceptor has put in its place
			return nearer, nil
		}
		return c.response, nil
	}
}

// stream is the layers as an interceptor of streams.
func (s *Server) stream(layers []layer) grpc.StreamServerInterceptor {
	return func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		c := &call{method: info.FullMethod, stream: true, trailer: ss.SetTrailer}
		leaving := s.leaving
		if c.check() {
			leaving = nil // calls under way finish, and their deadline is near
		}
		return run(ss.Context(), layers, c, func(ctx context.Context) error {
			return handler(srv, boundStream{ServerStream: ss, ctx: ctx, call: c, leaving: leaving})
		})
	}
}

// boundStream is a stream that ends with the context that the layers made, and
// when the server drains, also when its handler waits for a message that may never
// come.
type boundStream struct {
	grpc.ServerStream
	ctx     context.Context
	call    *call
	leaving <-chan struct{} // nil for a stream that the drain waits for
}

// Context is the context that the layers made.
func (b boundStream) Context() context.Context { return b.ctx }

// RecvMsg waits for a message, the context's end or the drain. The goroutine ends
// with the stream, which ends when the handler has returned.
func (b boundStream) RecvMsg(m any) error {
	received := make(chan error, 1)
	go func() { received <- b.ServerStream.RecvMsg(m) }()
	select {
	case err := <-received:
		if err == nil && b.call.request == nil {
			b.call.request = m
		}
		return err
	case <-b.ctx.Done():
		return b.ctx.Err()
	case <-b.leaving:
		return shuttingDown()
	}
}

// SendMsg sends a message.
func (b boundStream) SendMsg(m any) error {
	b.call.response = m
	return b.ServerStream.SendMsg(m)
}
