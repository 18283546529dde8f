// Command mailassay serves the verification service, and asks it from the
// command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// version is set when a release is linked.
var version = "devel"

// cli is the command line. Every flag can be set as MAILASSAY_ and its name in
// upper case.
type cli struct {
	Serve   serveCommand   `cmd:"" help:"Serve gRPC."`
	Domain  domainCommand  `cmd:"" help:"Check a domain's mail DNS, and print which record to change to what."`
	Sender  senderCommand  `cmd:"" help:"Check whether a client may send as it claims to."`
	Explain explainCommand `cmd:"" help:"Explain an SMTP reply or a bounce, and test its cause against live DNS."`
	Codes   codesCommand   `cmd:"" help:"Print the catalogue of findings."`
	Demo    demoCommand    `cmd:"" help:"Show what the service does, on zones of its own, without a network."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// Exit codes of domain, sender and explain; 0 is all well.
const (
	exitFail    = 1 // the domain fails, the sender is refused
	exitUsage   = 2 // bad flags or input, or no service
	exitUnknown = 3 // DNS gave no answer to go by
)

// exitCode is an error that only sets the exit code: the report said the rest.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

const description = `mailassay tells whether a mail domain, a sender or a bounce can be trusted, and what exactly fixes it.

It never calls "could not be looked up" "missing", and it names the record to paste.`

func main() {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("mailassay"),
		kong.Description(description),
		kong.DefaultEnvars("MAILASSAY"),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.Exit(func(code int) { os.Exit(min(1, code) * exitUsage) }),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mailassay:", err)
		os.Exit(exitUsage)
	}
	run, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)

	// The first signal ends the work in good order, the second at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	run.BindTo(ctx, (*context.Context)(nil))
	err = run.Run()
	var code exitCode
	switch {
	case err == nil:
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		fmt.Fprintln(os.Stderr, "mailassay:", err)
		os.Exit(exitUsage)
	}
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("mailassay", version)
	return nil
}

// asking are the flags of every command that asks one thing and prints the answer.
type asking struct {
	resolving
	Server  string        `help:"Ask the service at this address (host:port, without TLS) and not in process." placeholder:"ADDR"`
	Timeout time.Duration `help:"Time for the whole check." default:"15s"`
	JSON    bool          `help:"Print the answer as JSON, as the service gives it."`
	Color   string        `help:"Use colour: ${enum}." enum:"auto,always,never" default:"auto"`
	All     bool          `help:"Print findings that are mere information too."`
	Trace   bool          `help:"Show every question that was asked, with what came of it."`
}

// resolving are the flags that say whom to ask.
type resolving struct {
	Resolver        []string       `help:"Recursive resolver to ask: an address with or without port, or udp://, tcp:// or tls://name@address. Repeatable. Default: those of /etc/resolv.conf." placeholder:"ADDR"`
	RootHint        []netip.Addr   `help:"Address of a root name server, where the authoritative view begins. Repeatable. Default: IANA's." placeholder:"IP"`
	AllowNameserver []netip.Prefix `help:"Special-purpose address range whose name servers the authoritative view may ask. Repeatable. Default: none." placeholder:"CIDR"`
	ResolverRate    int            `help:"Questions a second to one resolver, with a burst of as many. 0: 2000, and no bound for resolvers on this machine; negative: no bound." default:"0"`
	NameserverRate  int            `help:"Questions a second of the authoritative view to one address, with a burst of as many." default:"500"`
	TrustAD         bool           `name:"trust-ad" help:"Believe the AD flag of validating resolvers beyond this machine that are asked in clear."`
}
