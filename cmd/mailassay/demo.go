package main

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service"
)

//go:embed demo.zone
var demoZones string

// serveDemoZones starts a name server for the demo's zones on loopback.
func serveDemoZones() (*dnstest.Server, error) {
	zone, err := dnstest.Parse(demoZones)
	if err != nil {
		return nil, fmt.Errorf("demo zones: %w", err)
	}
	return dnstest.Start(zone, dnstest.Config{})
}

type demoCommand struct {
	Color string `help:"Use colour: ${enum}." enum:"auto,always,never" default:"auto"`
}

// Run shows each method on the demo's zones: real name server, real resolver,
// real service, real client, all on loopback.
func (c *demoCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	d, err := startDemo(ctx)
	if err != nil {
		return err
	}
	p := newPrinter(os.Stdout, c.Color)
	p.line(p.style(bold, "mailassay demo") + ": zones and service on loopback, no network")
	p.line(p.style(dim, fmt.Sprintf("  name server %s, service %s", d.dns, d.addr)))
	for _, show := range []func(context.Context, printer) error{d.healthy, d.broken, d.forged, d.refusals} {
		if err := show(ctx, p); err != nil {
			d.stop()
			return err
		}
	}
	if err := d.stop(); err != nil {
		return err
	}
	p.heading("Go on yourself")
	p.line("  mailassay serve --demo                  keeps the service up on the same zones")
	for _, call := range []struct{ data, method string }{
		{`{"domain": "broken.example"}`, "CheckDomain"},
		{`{"client_ip": "203.0.113.66", "mail_from": "ceo@healthy.example"}`, "CheckSender"},
		{`{"text": "554 Reverse DNS doesn't exist", "sending_ip": "203.0.113.25"}`, "ExplainSMTPError"},
	} {
		p.line(fmt.Sprintf("  grpcurl -plaintext -d '%s' 127.0.0.1:50051 mailassay.v1.VerificationService/%s", call.data, call.method))
	}
	p.line("  mailassay domain example.com            checks a real domain, through the system's resolvers")
	return nil
}

// demonstration is a running demo.
type demonstration struct {
	dns, addr string
	client    pb.VerificationServiceClient
	stop      func() error
}

// startDemo starts name server, service and client. The caller calls stop once.
func startDemo(ctx context.Context) (*demonstration, error) {
	dns, err := serveDemoZones()
	if err != nil {
		return nil, err
	}
	upstream, err := resolver.NewUpstream(resolver.UpstreamConfig{Servers: []resolver.Server{{Addr: dns.Addr()}}})
	if err != nil {
		return nil, err
	}
	server, err := service.NewServer(service.ServerConfig{Service: service.Config{
		Resolver: resolver.Share(upstream, resolver.Sharing{}), AuthservID: "mx.receiver.example",
	}})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	serving, drain := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(serving, l) }()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		drain()
		return nil, err
	}
	return &demonstration{
		dns: dns.Addr().String(), addr: l.Addr().String(), client: pb.NewVerificationServiceClient(conn),
		stop: func() error {
			conn.Close()
			drain()
			err := <-ended
			upstream.Close()
			dns.Close()
			return err
		},
	}, nil
}

func (p printer) heading(s string) {
	p.line("")
	p.line(p.style(bold+";4", s))
	p.line("")
}

func (d *demonstration) healthy(ctx context.Context, p printer) error {
	p.heading("CheckDomain: a domain that has everything right")
	r, err := d.client.CheckDomain(ctx, &pb.CheckDomainRequest{
		Domain: "healthy.example", DkimSelectors: []string{"s1", "s2"}, SendingIps: []string{"192.0.2.25"},
	})
	if err == nil {
		p.domain(r, pb.Severity_SEVERITY_NOTICE)
	}
	return err
}

func (d *demonstration) broken(ctx context.Context, p printer) error {
	p.heading("CheckDomain: a broken one, with its repairs")
	r, err := d.client.CheckDomain(ctx, &pb.CheckDomainRequest{
		Domain: "broken.example", DkimSelectors: []string{"s1"}, SendingIps: []string{"203.0.113.25"},
	})
	if err == nil {
		p.domain(r, pb.Severity_SEVERITY_WARNING)
	}
	return err
}

func (d *demonstration) forged(ctx context.Context, p printer) error {
	p.heading("CheckSender: a stranger sends as ceo@healthy.example")
	const stranger = "203.0.113.66"
	r, err := d.client.CheckSender(ctx, &pb.CheckSenderRequest{
		ClientIp: stranger, Helo: "mx1.healthy.example", MailFrom: "ceo@healthy.example", HeaderFrom: "ceo@healthy.example",
	})
	if err == nil {
		p.sender(stranger, r, pb.Severity_SEVERITY_WARNING)
	}
	return err
}

// refusals are the three that the service began with, each where its cause is
// there and where it is not.
func (d *demonstration) refusals(ctx context.Context, p printer) error {
	for _, req := range []*pb.ExplainSMTPErrorRequest{
		{Text: "421 Reverse DNS for IP failed", SendingIp: "203.0.113.99"},
		{Text: "554 Reverse DNS doesn't exist", SendingIp: "203.0.113.25"},
		{Text: "554 Reverse DNS doesn't exist", SendingIp: "192.0.2.25"},
		{Text: "550 Suspect Invalid Mailer Domain - No A or MX Record", SenderDomain: "nomail.example"},
	} {
		about := req.GetSendingIp() + req.GetSenderDomain()
		p.heading("ExplainSMTPError: " + req.GetText() + " (" + about + ")")
		r, err := d.client.ExplainSMTPError(ctx, req)
		if err != nil {
			return err
		}
		p.explain(r, pb.Severity_SEVERITY_WARNING)
	}
	return nil
}
