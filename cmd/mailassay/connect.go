package main

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/service"
)

// cacheForOne is the cache of one check, in octets.
const cacheForOne = 8 << 20

// ask calls the service, in process or at the address given, within the time
// given. The two ways take the same messages and give the same errors.
func ask[Q, R any](ctx context.Context, a asking, req Q, inProcess func(*service.Service, context.Context, Q) (R, error),
	remote func(pb.VerificationServiceClient, context.Context, Q, ...grpc.CallOption) (R, error),
) (R, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	var none R
	if a.Server != "" {
		conn, err := grpc.NewClient(a.Server, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return none, fmt.Errorf("server %s: %w", a.Server, err)
		}
		defer conn.Close()
		return remote(pb.NewVerificationServiceClient(conn), ctx, req)
	}
	shared, upstream, err := a.open(cacheForOne)
	if err != nil {
		return none, err
	}
	defer upstream.Close()
	// Whether the resolver validates is asked first: a probe that fails leaves the
	// answers unauthenticated, and the check tells why nothing answers.
	probing, done := context.WithTimeout(ctx, time.Second)
	_ = upstream.Probe(probing)
	done()
	s, err := service.New(service.Config{
		Resolver: shared, Validation: upstream.Validation, Authority: a.authority(), AuthservID: hostname(),
	})
	if err != nil {
		return none, err
	}
	return inProcess(s, ctx, req)
}
