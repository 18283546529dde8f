package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap/zapcore"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

type uploading = grpc.ClientStreamingClient[mailassayv1.CheckMessageRequest, mailassayv1.CheckMessageResponse]

// envelope is a first request, of a client whom good.example authorises.
func envelope() *mailassayv1.CheckMessageRequest {
	return &mailassayv1.CheckMessageRequest{Part: &mailassayv1.CheckMessageRequest_Envelope_{Envelope: &mailassayv1.CheckMessageRequest_Envelope{
		ClientIp: "192.0.2.7", Helo: "client.good.example", MailFrom: "joe@good.example", AuthservId: "mx.receiver.example",
	}}}
}

func chunk(b []byte) *mailassayv1.CheckMessageRequest {
	return &mailassayv1.CheckMessageRequest{Part: &mailassayv1.CheckMessageRequest_Chunk{Chunk: b}}
}

// upload begins a call and sends requests as far as they are taken.
func upload(t *testing.T, ctx context.Context, r *rig, requests ...*mailassayv1.CheckMessageRequest) uploading {
	t.Helper()
	stream, err := r.CheckMessage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range requests {
		if err := stream.Send(m); errors.Is(err, io.EOF) {
			break // the answer is there
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return stream
}

// early waits for an answer that comes before the end of the requests.
func early(stream uploading) (*mailassayv1.CheckMessageResponse, error) {
	var m mailassayv1.CheckMessageResponse
	err := stream.RecvMsg(&m)
	return &m, err
}

// live is the heap in use after a collection.
func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestLargeMessagesAreVerifiedAsTheyCome: 20 MiB pass, and are at no time in memory.
func TestLargeMessagesAreVerifiedAsTheyCome(t *testing.T) {
	const from, size, most = "From: Joe <joe@good.example>\r\n", 20 << 20, 12 << 20
	text, key := worldText(t)
	r := start(t, overDNS(dnstest.New(t, text)))
	part := bytes.Repeat([]byte("0123456789abcdef0123456789abcd\r\n"), 4096)
	body := sha256.New()
	for range size / len(part) {
		body.Write(part)
	}
	stream := upload(t, within(t), r, envelope(), chunk([]byte(signature(key, from, [sha256.Size]byte(body.Sum(nil)))+from[:3])), chunk([]byte(from[3:]+"\r\n")))
	before, peak := live(), uint64(0)
	for i := range size / len(part) {
		if err := stream.Send(chunk(part)); err != nil {
			t.Fatal(err)
		}
		if i%16 == 15 {
			peak = max(peak, live())
		}
	}
	m, err := stream.CloseAndRecv()
	if err != nil {
		t.Fatal(err)
	}
	report := m.GetReport()
	if d := report.GetDkim(); len(d) != 1 || d[0].GetResult() != "pass" || !d[0].GetAligned() {
		t.Errorf("DKIM %v", d)
	}
	if report.GetDmarc().GetResult() != "pass" || report.GetSpf().GetResult() == "temperror" || report.GetStats().GetQueriesSent() == 0 {
		t.Errorf("DMARC %v, SPF %v, stats %v", report.GetDmarc(), report.GetSpf(), report.GetStats())
	}
	if !strings.Contains(report.GetAuthenticationResults(), "mx.receiver.example") {
		t.Errorf("%q", report.GetAuthenticationResults())
	}
	if peak > before+most {
		t.Errorf("the heap grows by %d octets", peak-before)
	}
	t.Logf("the heap grows by %d KiB at most", (int64(peak)-int64(before))>>10)
}

// TestChunksMayBeCutAnywhere: the report is CheckSender's, whatever the chunks.
func TestChunksMayBeCutAnywhere(t *testing.T) {
	text, key := worldText(t)
	r := start(t, overDNS(dnstest.New(t, text)))
	message := signedMessage(key)
	e := envelope().GetEnvelope()
	want, err := r.CheckSender(within(t), &mailassayv1.CheckSenderRequest{
		ClientIp: e.GetClientIp(), Helo: e.GetHelo(), MailFrom: e.GetMailFrom(), AuthservId: e.GetAuthservId(), Message: message,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 7, len(message)} {
		stream := upload(t, within(t), r, envelope(), chunk(nil))
		for rest := message; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if err := stream.Send(chunk(rest[:min(size, len(rest))])); err != nil {
				t.Fatal(err)
			}
		}
		m, err := stream.CloseAndRecv()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.GetReport(); got.GetAuthenticationResults() != want.GetAuthenticationResults() || got.GetVerdict().String() != want.GetVerdict().String() {
			t.Errorf("chunks of %d: %q, want %q", size, got.GetAuthenticationResults(), want.GetAuthenticationResults())
		}
	}
}

func TestRequestsInAWrongOrderAreRefused(t *testing.T) {
	cfg := overDNS(dnstest.New(t, ""))
	cfg.Service.MaxMessage = 2 << 20
	r := start(t, cfg)
	octets := chunk([]byte("From: joe@good.example\r\n\r\n"))
	bad := envelope()
	bad.GetEnvelope().ClientIp, bad.GetEnvelope().Blocklists = "", []string{"a..b"}
	for name, c := range map[string]struct {
		requests    []*mailassayv1.CheckMessageRequest
		field, says string
	}{
		"nothing":            {nil, "envelope REQUIRED", "is required"},
		"empty request":      {[]*mailassayv1.CheckMessageRequest{{}}, "envelope REQUIRED", "first request"},
		"chunk first":        {[]*mailassayv1.CheckMessageRequest{octets, envelope()}, "envelope REQUIRED", "before the first chunk"},
		"bad envelope":       {[]*mailassayv1.CheckMessageRequest{bad, octets}, "envelope.client_ip REQUIRED", "is required"},
		"envelope alone":     {[]*mailassayv1.CheckMessageRequest{envelope()}, "chunk REQUIRED", "no octet"},
		"empty chunks":       {[]*mailassayv1.CheckMessageRequest{envelope(), chunk(nil), chunk(nil)}, "chunk REQUIRED", "no octet"},
		"envelope twice":     {[]*mailassayv1.CheckMessageRequest{envelope(), envelope(), octets}, "envelope TOO_MANY", "twice"},
		"envelope again":     {[]*mailassayv1.CheckMessageRequest{envelope(), octets, envelope()}, "envelope TOO_MANY", "twice"},
		"empty request amid": {[]*mailassayv1.CheckMessageRequest{envelope(), octets, {}, octets}, "chunk REQUIRED", "every request"},
		"large chunk":        {[]*mailassayv1.CheckMessageRequest{envelope(), octets, chunk(make([]byte, 1<<20+1))}, "chunk TOO_LONG", "1048577 octets, the limit is 1048576"},
		"large message": {[]*mailassayv1.CheckMessageRequest{envelope(), octets, chunk(make([]byte, 1<<20)), chunk(make([]byte, 1<<20)), octets},
			"chunk TOO_LONG", "2097152 octets, which is the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := upload(t, within(t), r, c.requests...).CloseAndRecv()
			if status.Code(err) != codes.InvalidArgument || reasonOf(t, err) != reasonInvalid {
				t.Fatal(err)
			}
			v := detail[*errdetails.BadRequest](t, err).GetFieldViolations()[0]
			if got := v.GetField() + " " + v.GetReason(); got != c.field || !strings.Contains(v.GetDescription(), c.says) {
				t.Errorf("%s: %q, want %s: %q", got, v.GetDescription(), c.field, c.says)
			}
		})
	}
}

// TestStalledUploadGetsAPartialAnswer: a caller who sends no more is told what is
// known before his deadline, and what depends on the message is temporary.
func TestStalledUploadGetsAPartialAnswer(t *testing.T) {
	text, key := worldText(t)
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, overDNS(dnstest.New(t, text)))
		message := signedMessage(key)
		for _, c := range []struct {
			left time.Duration
			sent int // octets of the message
		}{{2 * time.Second, len(message) - 2}, {0, len(message) - 2}, {2 * time.Second, 0}, {2 * time.Second, 20}} {
			left := c.left
			ctx, limit := t.Context(), 10*time.Second // of a caller without a deadline
			if left > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, left)
				defer cancel()
				limit = left - left/20
			}
			begun := time.Now()
			stranger := envelope() // only the signature can speak for him
			stranger.GetEnvelope().ClientIp = "192.0.2.77"
			m, err := early(upload(t, ctx, r, stranger, chunk(message[:c.sent])))
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begun); took > limit {
				t.Errorf("an answer after %v", took)
			}
			report := m.GetReport()
			if report.GetVerdict().GetAction() != mailassayv1.Verdict_ACTION_DEFER || report.GetDmarc().GetResult() == "fail" {
				t.Errorf("%d octets came: %v, DMARC %v", c.sent, report.GetVerdict(), report.GetDmarc())
			}
			if report.GetSpf().GetResult() != "permerror" || report.GetReverseDns().GetResult() != "permerror" {
				t.Errorf("what needs no message is not known: SPF %v, reverse DNS %v", report.GetSpf(), report.GetReverseDns())
			}
		}
	})
}

// TestAbortedUploadLeavesNothing: neither a place at the gate nor a goroutine, which
// the bubble would wait for.
func TestAbortedUploadLeavesNothing(t *testing.T) {
	for name, requests := range map[string][]*mailassayv1.CheckMessageRequest{
		"before the envelope": nil,
		"after the envelope":  {envelope()},
		"in the header":       {envelope(), chunk([]byte("From: joe@good.ex"))},
		"in the body":         {envelope(), chunk([]byte("From: joe@good.example\r\n\r\nBody"))},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log book
				cfg := overDNS(silent)
				cfg.Log = log.logger(zapcore.InfoLevel)
				r := startInBubble(t, cfg)
				ctx, abort := context.WithCancel(t.Context())
				stream := upload(t, ctx, r, requests...)
				synctest.Wait()
				if n := r.Stats().InFlight; n != 1 {
					t.Errorf("%d in flight", n)
				}
				abort()
				if _, err := early(stream); status.Code(err) != codes.Canceled {
					t.Error(err)
				}
				synctest.Wait()
				if n := r.Stats().InFlight; n != 0 {
					t.Errorf("%d in flight after the end", n)
				}
				if lines := log.lines(t); len(lines) != 1 || lines[0]["code"] != "Canceled" {
					t.Errorf("log %v", lines)
				}
			})
		})
	}
}

// TestUploadsGoThroughTheLayers: they have their place at the gate, their line in
// the log, and a drain lets them finish.
func TestUploadsGoThroughTheLayers(t *testing.T) {
	var log book
	ctx := within(t)
	text, key := worldText(t)
	cfg := overDNS(dnstest.New(t, text))
	cfg.InFlight = 1
	cfg.Log = log.logger(zapcore.InfoLevel)
	r := start(t, cfg)
	awaitServing(t, ctx, r)
	asked := make(chan struct{})
	r.service.cfg.Now = func() time.Time { close(asked); return time.Unix(1e9, 0) }
	message := signedMessage(key)
	first := upload(t, ctx, r, envelope(), chunk(message[:20]))
	<-asked // the check of the first has begun
	if _, err := early(upload(t, ctx, r, envelope())); status.Code(err) != codes.Unavailable || reasonOf(t, err) != reasonFull {
		t.Errorf("second upload: %v", err)
	}
	r.drain()
	if err := first.Send(chunk(message[20:])); err != nil {
		t.Fatal(err)
	}
	if m, err := first.CloseAndRecv(); err != nil || len(m.GetReport().GetDkim()) != 2 {
		t.Errorf("first upload: %v, %v", m, err)
	}
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	lines := slices.DeleteFunc(log.lines(t), func(l map[string]any) bool { return l["method"] != "CheckMessage" }) // the drain may end a watch
	if len(lines) != 2 {
		t.Fatalf("log %v", lines)
	}
	if l := lines[1]; l["method"] != "CheckMessage" || l["code"] != "OK" || l["subject"] != "192.0.2.7" || l["queries"] == nil {
		t.Errorf("log %v", l)
	}
}

func TestReadersErrorIsTheCallers(t *testing.T) {
	s, _ := inProcess(t, "")
	broken := errors.New("disk on fire")
	_, err := s.CheckStream(within(t), envelope().GetEnvelope(), io.MultiReader(strings.NewReader("From: joe@good.example\r\n\r\nBody"), errorReader{broken}))
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }
