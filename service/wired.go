package service

import (
	"context"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers what wireCodec rests on
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// wired is a message of which a part is in wire form: what is kept is encoded once,
// not for every caller, and what was sized to see whether it fits is not sized again.
// The encodings of two parts in a row are that of the whole
// (Protocol Buffers encoding, "Last One Wins").
type wired struct {
	of   proto.Message // as its handler returns it
	part mem.Buffer
	rest proto.Message
}

// wireCodec is the codec of protobuf that takes wired messages as well.
type wireCodec struct{ encoding.CodecV2 }

func newWireCodec() wireCodec { return wireCodec{encoding.GetCodecV2("proto")} }

// Marshal encodes a message.
func (c wireCodec) Marshal(v any) (mem.BufferSlice, error) {
	w, ok := v.(*wired)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	rest, err := c.CodecV2.Marshal(w.rest)
	if err != nil {
		return nil, err
	}
	return append(mem.BufferSlice{w.part}, rest...), nil
}

// wireKey is the key of the place in a call's context where a handler may leave its
// response in a form that is nearer to the wire.
type wireKey struct{}

// wire is that place; nil outside of a server.
func wire(ctx context.Context) **wired {
	place, _ := ctx.Value(wireKey{}).(**wired)
	return place
}

// leave leaves m, which was sized a moment ago, in wire form, without rest, which
// is still to be filled in.
func leave(ctx context.Context, m proto.Message, size int, rest proto.Message) {
	place := wire(ctx)
	if place == nil {
		return
	}
	pool := mem.DefaultBufferPool()
	b := pool.Get(size)
	out, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend((*b)[:0], m)
	if err != nil {
		pool.Put(b)
		return
	}
	*b = out
	*place = &wired{m, mem.NewBuffer(b, pool), rest}
}
