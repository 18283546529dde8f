package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/service"
)

// letter is a message too large for one request.
type letter struct {
	envelope *pb.CheckMessageRequest_Envelope
	message  io.Reader
}

// checkLetter checks a letter in process.
func checkLetter(s *service.Service, ctx context.Context, l letter) (*pb.CheckMessageResponse, error) {
	return s.CheckStream(ctx, l.envelope, l.message)
}

// sendLetter sends a letter in chunks. A service that has its answer before the end
// takes no more.
func sendLetter(c pb.VerificationServiceClient, ctx context.Context, l letter, options ...grpc.CallOption) (*pb.CheckMessageResponse, error) {
	stream, err := c.CheckMessage(ctx, options...)
	if err != nil {
		return nil, err
	}
	part := &pb.CheckMessageRequest{Part: &pb.CheckMessageRequest_Envelope_{Envelope: l.envelope}}
	for {
		if err := stream.Send(part); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		buf := make([]byte, 64<<10) // gRPC may look at the one before for a while
		n, err := l.message.Read(buf)
		if errors.Is(err, io.EOF) && n == 0 {
			break
		} else if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("message: %w", err)
		}
		part = &pb.CheckMessageRequest{Part: &pb.CheckMessageRequest_Chunk{Chunk: buf[:n]}}
	}
	return stream.CloseAndRecv()
}
