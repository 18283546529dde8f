package service

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// answer calls the method that takes a request, of a Service or of a client.
func answer(ctx context.Context, c mailassayv1.VerificationServiceServer, request proto.Message) (proto.Message, error) {
	switch m := request.(type) {
	case *mailassayv1.CheckDomainRequest:
		return c.CheckDomain(ctx, m)
	case *mailassayv1.CheckSenderRequest:
		return c.CheckSender(ctx, m)
	case *mailassayv1.ExplainSMTPErrorRequest:
		return c.ExplainSMTPError(ctx, m)
	}
	return nil, fmt.Errorf("no method takes %T", request)
}

// client is a client in the shape of a Service.
type client struct {
	mailassayv1.UnimplementedVerificationServiceServer
	rig *rig
}

func (c client) CheckDomain(ctx context.Context, m *mailassayv1.CheckDomainRequest) (*mailassayv1.CheckDomainResponse, error) {
	return c.rig.CheckDomain(ctx, m)
}

func (c client) CheckSender(ctx context.Context, m *mailassayv1.CheckSenderRequest) (*mailassayv1.CheckSenderResponse, error) {
	return c.rig.CheckSender(ctx, m)
}

func (c client) ExplainSMTPError(ctx context.Context, m *mailassayv1.ExplainSMTPErrorRequest) (*mailassayv1.ExplainSMTPErrorResponse, error) {
	return c.rig.ExplainSMTPError(ctx, m)
}
