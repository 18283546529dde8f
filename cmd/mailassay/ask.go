package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/service"
)

type domainCommand struct {
	asking
	Domain   string   `arg:"" help:"The domain, as U-labels or A-labels."`
	Selector []string `short:"s" help:"DKIM selector whose key must be there. Repeatable. Default: well-known ones are tried."`
	IP       []string `short:"i" name:"ip" help:"Address that the domain's mail leaves from. Repeatable."`
	Area     []string `short:"a" help:"Look at these areas only: mx, spf, dkim, dmarc, reverse-dns, mta-sts, tls-rpt, dane, bimi, dnssec, delegation, services. Repeatable."`
	View     string   `help:"Whose answers to go by: ${enum}." enum:"cached,fresh,authoritative" default:"cached"`
}

// Run checks a domain and prints the report.
func (c *domainCommand) Run(ctx context.Context) error {
	req := &pb.CheckDomainRequest{Domain: c.Domain, DkimSelectors: c.Selector, SendingIps: c.IP, Trace: c.Trace}
	for _, a := range c.Area {
		n, ok := pb.Area_value["AREA_"+strings.ToUpper(strings.ReplaceAll(a, "-", "_"))]
		if !ok || n == 0 {
			return fmt.Errorf("there is no area %q; see --help", a)
		}
		req.Areas = append(req.Areas, pb.Area(n))
	}
	req.View = pb.View(pb.View_value["VIEW_"+strings.ToUpper(c.View)])
	r, err := ask(ctx, c.asking, req, (*service.Service).CheckDomain, pb.VerificationServiceClient.CheckDomain)
	if err != nil {
		return plain(err)
	}
	if err := c.print(r, func(p printer) {
		p.domain(r, c.least())
		p.questions(r.GetStats())
	}); err != nil {
		return err
	}
	switch r.GetStatus() {
	case pb.Status_STATUS_FAIL:
		return exitCode(exitFail)
	case pb.Status_STATUS_UNKNOWN:
		return exitCode(exitUnknown)
	}
	return nil
}

type senderCommand struct {
	asking
	IP         string   `arg:"" name:"ip" help:"Address of the client."`
	Helo       string   `help:"Name that the client gave in HELO or EHLO."`
	MailFrom   string   `help:"Reverse-path: an address or a domain. Default: the null reverse-path."`
	From       string   `help:"From field, an address or a domain, where no message is given."`
	Message    string   `help:"File with the message, - for standard input. Lines that end in LF alone are given CRLF." placeholder:"FILE"`
	AuthservID string   `name:"authserv-id" help:"Name of the receiver for the header fields."`
	Blocklist  []string `help:"Zone of a DNS blocklist to ask. Repeatable."`
}

// Run checks a sender and prints the verdict.
func (c *senderCommand) Run(ctx context.Context) error {
	req := &pb.CheckSenderRequest{
		ClientIp: c.IP, Helo: c.Helo, MailFrom: c.MailFrom, HeaderFrom: c.From, AuthservId: c.AuthservID, Blocklists: c.Blocklist, Trace: c.Trace,
	}
	r, err := c.ask(ctx, req)
	if err != nil {
		return plain(err)
	}
	if err := c.print(r, func(p printer) {
		p.sender(c.IP, r, c.least())
		if c.Trace {
			p.trace("SPF", r.GetSpf())
			p.trace("SPF HELO", r.GetSpfHelo())
		}
		p.questions(r.GetStats())
	}); err != nil {
		return err
	}
	switch r.GetVerdict().GetAction() {
	case pb.Verdict_ACTION_REJECT, pb.Verdict_ACTION_QUARANTINE:
		return exitCode(exitFail)
	case pb.Verdict_ACTION_DEFER:
		return exitCode(exitUnknown)
	}
	return nil
}

// ask checks the sender with the message, if there is one: in one request where it
// fits, otherwise in chunks.
func (c *senderCommand) ask(ctx context.Context, req *pb.CheckSenderRequest) (*pb.CheckSenderResponse, error) {
	if c.Message != "" {
		in, err := open(c.Message)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		lines := networkLines(in)
		if req.Message, err = io.ReadAll(io.LimitReader(lines, service.MaxMessage+1)); err != nil {
			return nil, err
		}
		if len(req.Message) > service.MaxMessage {
			large := letter{envelope: &pb.CheckMessageRequest_Envelope{
				ClientIp: c.IP, Helo: c.Helo, MailFrom: c.MailFrom, AuthservId: c.AuthservID, Blocklists: c.Blocklist, Trace: c.Trace,
			}, message: io.MultiReader(bytes.NewReader(req.Message), lines)}
			r, err := ask(ctx, c.asking, large, checkLetter, sendLetter)
			return r.GetReport(), err
		}
	}
	return ask(ctx, c.asking, req, (*service.Service).CheckSender, pb.VerificationServiceClient.CheckSender)
}

type explainCommand struct {
	asking
	Text      []string `arg:"" optional:"" help:"The reply or bounce. Without it, or as -, standard input is read."`
	IP        string   `short:"i" name:"ip" help:"Address that the mail was sent from."`
	Sender    string   `help:"Domain of the sender's address."`
	Recipient string   `help:"Domain of the recipient's address."`
	Helo      string   `help:"Name that the sending server gave in HELO or EHLO."`
	NoLive    bool     `help:"Do not ask DNS."`
}

// Run explains a refusal.
func (c *explainCommand) Run(ctx context.Context) error {
	text := strings.Join(c.Text, " ")
	if text == "" || text == "-" {
		b, err := readFile("-")
		if err != nil {
			return err
		}
		text = strings.ToValidUTF8(string(b), "�")
	}
	req := &pb.ExplainSMTPErrorRequest{
		Text: text, SendingIp: c.IP, SenderDomain: c.Sender, RecipientDomain: c.Recipient, Helo: c.Helo, SkipLiveChecks: c.NoLive, Trace: c.Trace,
	}
	r, err := ask(ctx, c.asking, req, (*service.Service).ExplainSMTPError, pb.VerificationServiceClient.ExplainSMTPError)
	if err != nil {
		return plain(err)
	}
	return c.print(r, func(p printer) {
		p.explain(r, c.least())
		p.questions(r.GetStats())
	})
}

// maxInput is what is read of a file: somewhat above the service's own bounds,
// which then name themselves.
const maxInput = 2 << 20

func readFile(name string) ([]byte, error) {
	in, err := open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, maxInput))
}

func open(name string) (*os.File, error) {
	if name == "-" {
		return os.Stdin, nil
	}
	return os.Open(name)
}

// least is the mildest severity to print.
func (a asking) least() pb.Severity {
	if a.All {
		return pb.Severity_SEVERITY_INFO
	}
	return pb.Severity_SEVERITY_NOTICE
}

// print writes the answer as JSON, or as a report.
func (a asking) print(m proto.Message, report func(printer)) error {
	if !a.JSON {
		report(newPrinter(os.Stdout, a.Color))
		return nil
	}
	b, err := protojson.MarshalOptions{Multiline: true}.Marshal(m)
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(b))
	return err
}

// plain is a status as a person wants to read it: the fields that are wrong, or the
// message.
func plain(err error) error {
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	var lines []string
	for _, d := range s.Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok {
			for _, v := range bad.GetFieldViolations() {
				lines = append(lines, clean(v.GetField()+": "+v.GetDescription()))
			}
		}
	}
	if len(lines) == 0 {
		return errors.New(clean(s.Message()))
	}
	return errors.New(strings.Join(lines, "\nmailassay: "))
}
