package service

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// CheckMessage checks an SMTP client and a message that comes in chunks.
func (s *Service) CheckMessage(stream grpc.ClientStreamingServer[mailassayv1.CheckMessageRequest, mailassayv1.CheckMessageResponse]) error {
	first, err := stream.Recv()
	switch {
	case errors.Is(err, io.EOF):
		return refused("envelope", &fault{fieldRequired, "is required"})
	case err != nil:
		return err
	case first.GetEnvelope() == nil:
		return refused("envelope", &fault{fieldRequired, "is required in the first request, before the first chunk"})
	}
	out, err := s.CheckStream(stream.Context(), first.GetEnvelope(), &chunks{recv: stream.Recv})
	if err != nil {
		return err
	}
	return stream.SendAndClose(out)
}

// CheckStream is CheckMessage without gRPC around it. It holds the message's header
// and a few buffers in memory, whatever the message's size, and reads to the end
// unless ctx ends before: the report then says what is known without the message.
// An error of the reader is its own.
func (s *Service) CheckStream(ctx context.Context, envelope *mailassayv1.CheckMessageRequest_Envelope, message io.Reader) (*mailassayv1.CheckMessageResponse, error) {
	start := time.Now()
	request, err := s.envelopeRequest(envelope)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	in := &metered{source: message, limit: s.cfg.MaxMessage, stop: stop}
	request.Source = bufio.NewReader(in)
	// What the envelope leads to is asked before the message begins, which may never
	// be.
	report := s.checkSender(ctx, request, senderKey{}, envelope.GetTrace(), start)
	if err := in.trouble(); err != nil {
		return nil, err
	}
	if in.read == 0 && errors.Is(in.err, io.EOF) {
		return nil, refused("chunk", &fault{fieldRequired, "is required: no octet of the message came"})
	}
	return &mailassayv1.CheckMessageResponse{Report: report}, nil
}

// metered is a message of bounded size. The first error stays, and one that is
// not the end stops the check.
type metered struct {
	source      io.Reader
	read, limit int64
	err         error
	stop        func()
}

// Read reads on.
func (m *metered) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.source.Read(p)
	if m.read += int64(n); m.read > m.limit {
		n, err = 0, refused("chunk", &fault{fieldTooLong, fmt.Sprintf("brings the message above %d octets, which is the limit", m.limit)})
	}
	if m.err = err; err != nil && !errors.Is(err, io.EOF) {
		m.stop()
	}
	return n, err
}

// trouble is why there is no report: the reader's error, unless that only says that
// time is up.
func (m *metered) trouble() error {
	if m.err == nil || errors.Is(m.err, io.EOF) || codeOf(m.err) == codes.DeadlineExceeded {
		return nil
	}
	return m.err
}

// chunks are the requests after the first as a reader.
type chunks struct {
	recv func() (*mailassayv1.CheckMessageRequest, error)
	rest []byte
}

// Read reads on, and receives when there is nothing left.
func (c *chunks) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		m, err := c.recv()
		if err != nil {
			return 0, err
		}
		if c.rest, err = chunkOf(m); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// chunkOf reads a request after the first.
func chunkOf(m *mailassayv1.CheckMessageRequest) ([]byte, error) {
	switch part := m.GetPart().(type) {
	case *mailassayv1.CheckMessageRequest_Chunk:
		if n := len(part.Chunk); n > maxChunk {
			return nil, refused("chunk", &fault{fieldTooLong, fmt.Sprintf("has %d octets, the limit is %d", n, maxChunk)})
		}
		return part.Chunk, nil
	case *mailassayv1.CheckMessageRequest_Envelope_:
		return nil, refused("envelope", &fault{fieldTooMany, "is given twice"})
	}
	return nil, refused("chunk", &fault{fieldRequired, "is required in every request after the first"})
}
