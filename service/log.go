package service

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// log writes one line for each call when it ends. Those of health and reflection
// are for debugging, unless they fail.
func (s *Server) log(ctx context.Context, c *call, next func(context.Context) error) error {
	start := time.Now()
	err := next(ctx)
	code := codeOf(err)
	entry := s.cfg.Log.Check(level(c, code), "call")
	if entry == nil {
		return err
	}
	fields := make([]zapcore.Field, 0, 8)
	fields = append(fields,
		zap.String("method", c.method[strings.LastIndexByte(c.method, '/')+1:]),
		zap.String("code", code.String()),
		zap.String("peer", remote(ctx)),
		zap.Duration("elapsed", time.Since(start)))
	if subject := subjectOf(c.request); subject != "" {
		fields = append(fields, zap.String("subject", loggable.text(subject)))
	}
	if stats := statsOf(c.response); stats != nil {
		fields = append(fields, zap.Uint32("queries", stats.GetQueriesSent()), zap.Uint32("cached", stats.GetCacheHits()))
	}
	entry.Write(fields...)
	return err
}

// level is that of a call's line.
func level(c *call, code codes.Code) zapcore.Level {
	switch code {
	case codes.OK, codes.Canceled, codes.InvalidArgument:
		if !c.check() {
			return zapcore.DebugLevel
		}
		return zapcore.InfoLevel
	case codes.Internal, codes.Unknown, codes.DataLoss:
		return zapcore.ErrorLevel
	}
	return zapcore.WarnLevel
}

func remote(ctx context.Context) string {
	if p, ok := peer.FromContext(ctx); ok && p.Addr != nil {
		return p.Addr.String()
	}
	return ""
}

// subjectOf is what a request is about, as the caller wrote it.
func subjectOf(request any) string {
	switch r := request.(type) {
	case *mailassayv1.CheckDomainRequest:
		return r.GetDomain()
	case *mailassayv1.CheckSenderRequest:
		return r.GetClientIp()
	case *mailassayv1.CheckMessageRequest:
		return r.GetEnvelope().GetClientIp()
	case *mailassayv1.ExplainSMTPErrorRequest:
		return strings.TrimSpace(r.GetSendingIp() + " " + r.GetSenderDomain())
	}
	return ""
}

// statsOf is what a call cost; nil when that is not known.
func statsOf(response any) *mailassayv1.Stats {
	switch r := response.(type) {
	case *mailassayv1.CheckMessageResponse:
		return r.GetReport().GetStats()
	case interface{ GetStats() *mailassayv1.Stats }:
		return r.GetStats()
	}
	return nil
}

// loggable bounds a text that a log may hold.
var loggable = bounds{octets: 256}
