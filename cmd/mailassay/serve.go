package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service"
)

type serveCommand struct {
	resolving
	Listen       string         `help:"Address and port to listen on." default:"127.0.0.1:50051" placeholder:"ADDR"`
	AuthservID   string         `name:"authserv-id" help:"Name of the receiver in Authentication-Results. Default: this host's name." placeholder:"NAME"`
	Blocklist    []string       `help:"Zone of a DNS blocklist to ask when a request names none. Repeatable." placeholder:"ZONE"`
	Trusted      []string       `name:"trusted-sealer" help:"Domain whose ARC seals may excuse a DMARC failure. Repeatable." placeholder:"DOMAIN"`
	MaxMessageMB int64          `name:"max-message-mb" help:"Largest message of CheckMessage in MiB." default:"25"`
	Ordinary     []netip.Prefix `help:"Special-purpose address range to treat as public, as in a closed network. Repeatable." placeholder:"CIDR"`
	CacheMB      int            `name:"cache-mb" help:"Size of the answer cache in MiB." default:"64"`
	InFlight     int            `help:"Checks at once; further callers are told to go elsewhere." default:"256"`
	DrainDelay   time.Duration  `help:"Time to go on taking calls after health says NOT_SERVING." default:"0s"`
	DrainTimeout time.Duration  `help:"Time for calls under way to finish at the end." default:"25s"`
	Metrics      string         `help:"Address and port to serve Prometheus metrics on, at /metrics over HTTP. Default: none." placeholder:"ADDR"`
	LogLevel     string         `help:"Least severity to log: ${enum}." enum:"debug,info,warn,error" default:"info"`
	Demo         bool           `help:"Serve the demo's zones, from a name server of its own; --resolver is ignored."`
}

// Run serves until a signal.
func (c *serveCommand) Run(ctx context.Context) error {
	log, err := logger(c.LogLevel)
	if err != nil {
		return err
	}
	defer log.Sync() //nolint:errcheck // standard error may be no file
	spare(c.CacheMB << 20)
	if c.Demo {
		dns, err := serveDemoZones()
		if err != nil {
			return err
		}
		defer dns.Close()
		c.Resolver = []string{dns.Addr().String()}
	}
	shared, upstream, err := c.open(c.CacheMB << 20)
	if err != nil {
		return err
	}
	defer upstream.Close()
	authority := c.authority()
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer func() {
		cancel()
		beside.Wait()
	}()
	beside.Go(func() { findValidation(ctx, upstream, log) })
	server, err := service.NewServer(c.config(log, service.Config{Resolver: shared, Validation: upstream.Validation, Authority: authority}))
	if err != nil {
		return err
	}
	if c.Metrics != "" {
		m, err := net.Listen("tcp", c.Metrics)
		if err != nil {
			return err
		}
		beside.Go(func() {
			if err := serveMetrics(ctx, m, counters{upstream: upstream, shared: shared, pace: authority.Pace, server: server}); err != nil {
				log.Error("metrics", zap.Error(err))
			}
		})
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	log.Info("serving", zap.String("version", version), zap.Stringer("listen", l.Addr()), zap.Strings("resolvers", c.Resolver))
	if err := server.Serve(ctx, l); err != nil {
		return err
	}
	log.Info("drained")
	return nil
}

// config is that of a server over DNS as s has it.
func (c *serveCommand) config(log *zap.Logger, s service.Config) service.ServerConfig {
	s.AuthservID, s.Blocklists, s.Ordinary = cmp.Or(c.AuthservID, hostname()), c.Blocklist, c.Ordinary
	s.TrustedSealers, s.MaxMessage = c.Trusted, c.MaxMessageMB<<20
	return service.ServerConfig{Service: s, Log: log, InFlight: c.InFlight, DrainDelay: c.DrainDelay, DrainTimeout: c.DrainTimeout}
}

// spare lets the heap grow to five times what is in use before the garbage collector
// runs, for with twice, the runtime's own measure, it takes a tenth and more of the time
// that checks take. That ends where a full cache of so many octets, and the rest beside it,
// would make the process larger than it needs to be. GOGC and GOMEMLIMIT are heeded.
func spare(cache int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(256<<20 + 4*int64(cache))
	}
}

// logger writes JSON lines to standard error: its encoder escapes what a console
// encoder would write raw.
func logger(level string) (*zap.Logger, error) {
	l, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, err
	}
	cfg := zap.NewProductionConfig()
	cfg.Level = zap.NewAtomicLevelAt(l)
	cfg.Sampling = nil
	cfg.DisableCaller = true
	cfg.EncoderConfig.TimeKey, cfg.EncoderConfig.EncodeTime = "time", zapcore.RFC3339NanoTimeEncoder
	return cfg.Build()
}

// hostname names the receiver when nobody else does.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	if _, err := resolver.Canonical(name); err != nil {
		return ""
	}
	return name
}

// authority says where the authoritative view begins and what it may ask.
func (r resolving) authority() resolver.AuthorityConfig {
	c := resolver.AuthorityConfig{Roots: r.RootHint, Allow: r.AllowNameserver}
	if r.NameserverRate > 0 {
		c.Pace = resolver.NewPace(r.NameserverRate)
	}
	return c
}

// servers are the resolvers to ask: those given, or the system's.
func (r resolving) servers() ([]resolver.Server, error) {
	if len(r.Resolver) == 0 {
		return resolver.SystemServers()
	}
	list := make([]resolver.Server, 0, len(r.Resolver))
	for _, text := range r.Resolver {
		s, err := resolver.ParseServer(text)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// patience is the time of one question with all its tries. The topics of a check run
// side by side, so it is also what a domain costs whose servers are all silent.
const patience = 2800 * time.Millisecond

// open stacks a cache of so many octets on the upstream.
func (r resolving) open(octets int) (*resolver.Shared, *resolver.Upstream, error) {
	servers, err := r.servers()
	if err != nil {
		return nil, nil, fmt.Errorf("no resolver to ask: %w", err)
	}
	upstream, err := resolver.NewUpstream(resolver.UpstreamConfig{Servers: servers, TrustClear: r.TrustAD, Timeout: patience, Rate: r.ResolverRate})
	if err != nil {
		return nil, nil, err
	}
	return resolver.Share(upstream, resolver.Sharing{Cache: resolver.CacheConfig{Bytes: octets}}), upstream, nil
}

// findValidation asks the upstream whether it validates until that is known or ctx
// ends. Until then no answer counts as authenticated.
func findValidation(ctx context.Context, u *resolver.Upstream, log *zap.Logger) {
	const pause = 5 * time.Second
	for {
		asking, cancel := context.WithTimeout(ctx, pause)
		err := u.Probe(asking)
		cancel()
		if v := u.Validation(); v != resolver.ValidationUnknown || ctx.Err() != nil {
			log.Info("upstream DNSSEC validation", zap.Stringer("validation", v))
			return
		}
		log.Warn("upstream DNSSEC validation is not known yet", zap.Error(err))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}
