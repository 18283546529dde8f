package service

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// answer calls the method that takes a request.
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

// invoke is answer through a client, the answer dropped.
func invoke(ctx context.Context, r *rig, request proto.Message) error {
	var err error
	switch m := request.(type) {
	case *mailassayv1.CheckDomainRequest:
		_, err = r.CheckDomain(ctx, m)
	case *mailassayv1.CheckSenderRequest:
		_, err = r.CheckSender(ctx, m)
	case *mailassayv1.ExplainSMTPErrorRequest:
		_, err = r.ExplainSMTPError(ctx, m)
	default:
		err = fmt.Errorf("no method takes %T", request)
	}
	return err
}
