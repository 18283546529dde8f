package service

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/net/netutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/service/dnsbl"
)

// ServerConfig is what a Server needs: Service.Resolver is required, the zero
// value of all else is sane.
type ServerConfig struct {
	Service Config
	// Log gets one line for each call, and the stack of each panic. It must encode
	// as JSON, since a console encoder lets text forge lines. Nil: no log.
	Log *zap.Logger
	// InFlight is how many checks run at once; a further one is told to go
	// elsewhere. 256 when 0.
	InFlight int
	// Timeout is the time of a call that brings no deadline, 10 s when 0; MaxTimeout
	// is the most that a call gets, 30 s when 0.
	Timeout, MaxTimeout time.Duration
	// DrainDelay is how long calls are still taken after health says NOT_SERVING, for
	// load balancers to notice.
	DrainDelay time.Duration
	// DrainTimeout bounds the wait for calls under way at the end, 25 s when 0.
	DrainTimeout time.Duration
	// MaxConnections is how many connections are held at once, 10,000 when 0.
	MaxConnections int
	// Options are further options of the gRPC server, such as credentials. Interceptors
	// among them must be chained. One that changes a response of CheckSender must put
	// another in its place, for what was returned is in wire form by then; and of a
	// response that is given again it sees no more than the header fields and the stats.
	Options []grpc.ServerOption
}

// Server is a Service behind gRPC, with health and reflection.
type Server struct {
	cfg     ServerConfig
	service *Service
	health  *health
	gate    *gate
	panics  atomic.Uint64
	leaving chan struct{} // closed when streams must end
}

// NewServer makes a server that does not listen yet.
func NewServer(cfg ServerConfig) (*Server, error) {
	if cfg.InFlight < 0 || cfg.MaxConnections < 0 {
		return nil, errors.New("a server that takes fewer calls or connections than none")
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	cfg.InFlight = cmp.Or(cfg.InFlight, 256)
	cfg.Timeout = cmp.Or(cfg.Timeout, 10*time.Second)
	cfg.MaxTimeout = cmp.Or(cfg.MaxTimeout, 30*time.Second)
	cfg.DrainTimeout = cmp.Or(cfg.DrainTimeout, 25*time.Second)
	cfg.MaxConnections = cmp.Or(cfg.MaxConnections, 10_000)
	s := &Server{cfg: cfg, health: newHealth(), gate: newGate(cfg.InFlight), leaving: make(chan struct{})}
	if cfg.Service.Panicked == nil {
		cfg.Service.Panicked = s.panicked
	}
	service, err := New(cfg.Service)
	if err != nil {
		return nil, err
	}
	s.service = service
	return s, nil
}

// transport is the gRPC server. It has goroutines from the beginning, until it stops.
func (s *Server) transport() (*grpc.Server, error) {
	layers := s.layers()
	server := grpc.NewServer(append([]grpc.ServerOption{
		grpc.ChainUnaryInterceptor(unary(layers)),
		grpc.ChainStreamInterceptor(s.stream(layers)),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.NumStreamWorkers(workers),
		grpc.ForceServerCodecV2(newWireCodec()),
		grpc.MaxRecvMsgSize(maxRequest),
		grpc.StaticStreamWindowSize(streamWindow),
		grpc.StaticConnWindowSize(connectionWindow),
		grpc.MaxSendMsgSize(maxReply),
		grpc.MaxHeaderListSize(maxHeaders),
		grpc.ConnectionTimeout(10 * time.Second),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 30 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: 15 * time.Minute,
			// Connections of a certain age make clients look for instances that have
			// come since.
			MaxConnectionAge: 5 * time.Minute, MaxConnectionAgeGrace: 30 * time.Second,
			Time: time.Minute, Timeout: 20 * time.Second,
		}),
	}, s.cfg.Options...)...)
	mailassayv1.RegisterVerificationServiceServer(server, s.service)
	s.health.register(server)
	return server, register(server)
}

// Serve takes calls from l until ctx ends, then drains: health says NOT_SERVING,
// watchers are told to leave, calls under way finish within DrainTimeout and are
// cut off after it. It returns nil after a drain and otherwise the error of the
// listener, or of Options that do not go together. A Server serves once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server, err := s.transport()
	if err != nil {
		server.Stop()
		return errors.Join(err, l.Close())
	}
	var running sync.WaitGroup
	defer running.Wait()
	probing, stop := context.WithCancel(ctx)
	defer stop()
	running.Go(func() { s.health.probe(probing, s.service.fresh) })
	running.Go(func() { s.health.follow(probing, s.service.cfg.Validation) })
	running.Go(func() { s.service.watchLists(probing, s.listChanged) })
	ended := make(chan error, 1)
	running.Go(func() { ended <- server.Serve(netutil.LimitListener(l, s.cfg.MaxConnections)) })
	select {
	case err := <-ended:
		server.Stop()
		return err
	case <-ctx.Done():
		s.drain(server)
		if err := <-ended; !errors.Is(err, grpc.ErrServerStopped) { // it is when the end came before the start
			return err
		}
		return nil
	}
}

// listChanged logs that a blocklist came to be usable or unusable.
func (s *Server) listChanged(l dnsbl.List) {
	zone := zap.String("zone", l.Zone)
	if l.Fault == "" {
		s.cfg.Log.Info("blocklist is usable", zone)
		return
	}
	s.cfg.Log.Warn("blocklist is unusable and not asked", zone, zap.String("reason", loggable.text(l.Fault)))
}

// drain ends the server in an order that lets no call fail that could succeed.
func (s *Server) drain(server *grpc.Server) {
	s.health.drain()
	if s.cfg.DrainDelay > 0 {
		<-time.After(s.cfg.DrainDelay)
	}
	// GracefulStop waits for every stream, also for those that last as long as
	// their client wants.
	close(s.leaving)
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.GracefulStop()
	}()
	select {
	case <-done:
	case <-time.After(s.cfg.DrainTimeout):
		server.Stop()
		<-done
	}
}

// ServerStats are a server's counters.
type ServerStats struct {
	// InFlight is the number of checks at this moment.
	InFlight int
	// Refused counts calls turned away because too many were in flight.
	Refused uint64
	// Panics counts panics, of calls and of the resolver.
	Panics uint64
}

// Stats reads the counters.
func (s *Server) Stats() ServerStats {
	return ServerStats{InFlight: s.gate.inFlight(), Refused: s.gate.refused.Load(), Panics: s.panics.Load()}
}
