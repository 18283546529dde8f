package service

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// errorDomain is the domain of ErrorInfo.
const errorDomain = "mailassay"

// Reasons in ErrorInfo. They are part of the contract.
const (
	reasonInvalid  = "INVALID_REQUEST"
	reasonFull     = "INSTANCE_FULL"
	reasonDraining = "SHUTTING_DOWN"
	reasonLate     = "DEADLINE_TOO_CLOSE"
	reasonInternal = "INTERNAL"
	reasonUnknown  = "UNKNOWN_SERVICE"
)

// invalid says which fields are wrong, all at once; more is how many are not
// listed for want of room.
func invalid(fields []*errdetails.BadRequest_FieldViolation, more int) error {
	var text strings.Builder
	shown := fields[:min(3, len(fields))]
	for i, f := range shown {
		if i > 0 {
			text.WriteString("; ")
		}
		text.WriteString(f.GetField() + " " + f.GetDescription())
	}
	if rest := len(fields) - len(shown) + more; rest > 0 {
		fmt.Fprintf(&text, "; and %d more", rest)
	}
	return failure(codes.InvalidArgument, reasonInvalid, text.String(), &errdetails.BadRequest{FieldViolations: fields})
}

// full turns a call away that may be tried again after a time, here or elsewhere.
func full(after time.Duration) error {
	return failure(codes.Unavailable, reasonFull, "too many calls in flight, try again later or elsewhere",
		&errdetails.RetryInfo{RetryDelay: durationpb.New(after)})
}

// shuttingDown ends a stream so that its client resumes elsewhere.
func shuttingDown() error {
	return failure(codes.Unavailable, reasonDraining, "shutting down, resume elsewhere")
}

// late refuses a call whose time is too short to learn anything.
func late(left time.Duration) error {
	return failure(codes.DeadlineExceeded, reasonLate, fmt.Sprintf("%d ms are left, a check needs %d ms",
		max(0, left.Milliseconds()), leastTime.Milliseconds()))
}

// internal says nothing of what went wrong: the log does.
func internal() error { return failure(codes.Internal, reasonInternal, "internal error") }

// unknownService answers a health check for a service that is not here.
func unknownService() error { return failure(codes.NotFound, reasonUnknown, "unknown service") }

// failure makes a status with its details.
func failure(code codes.Code, reason, text string, details ...protoadapt.MessageV1) error {
	s := status.New(code, text)
	details = append(details, &errdetails.ErrorInfo{Reason: reason, Domain: errorDomain})
	if detailed, err := s.WithDetails(details...); err == nil {
		s = detailed
	}
	return s.Err()
}

// codeOf is the code that a caller sees for err.
func codeOf(err error) codes.Code {
	if s, ok := status.FromError(err); ok {
		return s.Code()
	}
	return status.FromContextError(err).Code()
}
