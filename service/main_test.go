package service

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a server on loopback and a client of it.
type rig struct {
	*Server
	mailassayv1.VerificationServiceClient
	conn *grpc.ClientConn
	// drain begins to end the server, ended gives what Serve returned.
	drain func()
	ended <-chan error
}

// start runs a server until the test ends.
func start(t testing.TB, cfg ServerConfig) *rig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s.startOn(t, l, l.Addr().String())
}

// startInBubble runs a server and its client where time stands still while there
// is work to do (package synctest).
func startInBubble(t testing.TB, cfg ServerConfig) *rig {
	t.Helper()
	s, err := NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l := bufconn.Listen(1 << 20)
	return s.startOn(t, l, "passthrough:///bubble", grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		return l.DialContext(ctx)
	}))
}

func (s *Server) startOn(t testing.TB, l net.Listener, target string, options ...grpc.DialOption) *rig {
	t.Helper()
	ctx, drain := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var serving sync.WaitGroup
	serving.Go(func() { ended <- s.Serve(ctx, l) })
	conn, err := grpc.NewClient(target, append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		drain()
		serving.Wait()
	})
	return &rig{Server: s, VerificationServiceClient: mailassayv1.NewVerificationServiceClient(conn), conn: conn, drain: drain, ended: ended}
}

// overDNS is a configuration over a resolver.
func overDNS(r resolver.Resolver) ServerConfig { return ServerConfig{Service: Config{Resolver: r}} }

// within is a context that ends long after every healthy test.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// silent is DNS that never answers.
var silent = resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	<-ctx.Done()
	return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: ctx.Err()}
})
