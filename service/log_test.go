package service

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// book is a log in memory.
type book struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *book) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// logger writes JSON lines into the book.
func (b *book) logger(level zapcore.Level) *zap.Logger {
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(b), level))
}

// lines are the lines so far; each must be a JSON object.
func (b *book) lines(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range strings.Lines(b.text()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, m)
	}
	return out
}

func TestOneLineForEachCall(t *testing.T) {
	ctx := within(t)
	var log book
	cfg := overDNS(dnstest.New(t, "example.com. IN MX 0 ."))
	cfg.Log = log.logger(zapcore.InfoLevel)
	panics := false
	cfg.Service.Now = func() time.Time {
		if panics {
			panic("boom")
		}
		return time.Unix(1e9, 0)
	}
	r := start(t, cfg)
	awaitServing(t, ctx, r)
	if _, err := healthv1.NewHealthClient(r.conn).Check(ctx, &healthv1.HealthCheckRequest{}); err != nil {
		t.Fatal(err)
	}
	if got := log.lines(t); len(got) != 0 {
		t.Fatalf("health checks fill the log: %v", got)
	}

	hostile := "exa\nmple\x1b[31m.com\u202e\u009b\u2028" + strings.Repeat("long", 100)
	_, _ = r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "Example.com"})
	_, _ = r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: hostile})
	_, _ = r.ExplainSMTPError(ctx, &mailassayv1.ExplainSMTPErrorRequest{Text: "550 secret\nnobody", SendingIp: "192.0.2.1"})
	panics = true
	_, _ = r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "example.com"})

	got := log.lines(t)
	want := []map[string]any{
		{"msg": "call", "level": "info", "method": "CheckDomain", "code": "OK", "subject": "Example.com"},
		{"msg": "call", "level": "info", "method": "CheckDomain", "code": "InvalidArgument"},
		{"msg": "call", "level": "info", "method": "ExplainSMTPError", "code": "OK", "subject": "192.0.2.1"},
		{"msg": "panic", "level": "error", "value": "boom"},
		{"msg": "call", "level": "error", "method": "CheckDomain", "code": "Internal", "subject": "example.com"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		for key, value := range want[i] {
			if got[i][key] != value {
				t.Errorf("line %d: %s is %v, want %v", i, key, got[i][key], value)
			}
		}
	}
	if q, ok := got[0]["queries"].(float64); !ok || q < 1 {
		t.Errorf("queries %v", got[0]["queries"])
	}
	if peer, ok := got[0]["peer"].(string); !ok || !strings.HasPrefix(peer, "127.0.0.1:") {
		t.Errorf("peer %v", got[0]["peer"])
	}
	if subject, _ := got[1]["subject"].(string); len(subject) == 0 || len(subject) > 256 || strings.IndexFunc(subject, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		t.Errorf("subject %q", subject)
	}
	if i := strings.IndexFunc(log.text(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("the log holds %q", log.text()[i:i+4])
	}
	if strings.Contains(log.text(), "secret") {
		t.Error("the text of a bounce is in the log")
	}
}
