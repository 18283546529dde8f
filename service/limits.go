package service

import (
	"time"

	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/smtperror"
)

// Bounds of requests: octets of texts, entries of lists. The proto comments name
// them too.
const (
	maxName       = 1000 // U-labels and what surrounds a pasted name; 253 remain of it
	maxPath       = 1000 // a reverse-path with room above the 256 of RFC 5321 section 4.5.3.1.3
	maxFrom       = 4000 // a From field may list many
	maxMessage    = 1 << 20
	maxChunk      = 1 << 20
	maxText       = smtperror.MaxText
	maxSelectors  = domain.MaxSelectors
	maxSendingIPs = domain.MaxSendingIPs
	maxAreas      = 32
	maxBlocklists = 20
	maxAuthservID = 255
	maxAddress    = 64 // an IPv6 address in its longest form has 45
)

// MaxMessage is the largest message that CheckSender takes, in octets; CheckMessage
// takes larger ones.
const MaxMessage = maxMessage

// Bounds of the transport.
const (
	maxRequest = 4 << 20 // above what is taken, so that what is too large is told its limit
	// What a caller may send ahead of what is read, on a stream and on a connection:
	// windows that grow with the network would let one upload fill 16 MiB.
	streamWindow, connectionWindow = 1 << 20, 4 << 20

	maxReply   = 4 << 20 // above maxResponse: it only guards against ourselves
	maxHeaders = 8 << 10
	maxStreams = 256 // calls at once on one connection
	// workers are goroutines that take one call after another, and so keep a stack
	// that is large enough; a health watch holds one for as long as it lasts. Calls
	// beyond them get one of their own, whose stack has to grow.
	workers    = 64
	maxWatches = 1024 // health watchers and reflection streams at once, of all connections
)

// maxResponse bounds a response, in octets.
const maxResponse = 1 << 20

// maxAnswers bounds what the answers to one call may come to, in octets of memory:
// sixty-four of the largest. Those in flight when it is reached come on top.
const maxAnswers = 8 << 20

// Times of a call.
const (
	// leastTime is how much must be left for a call to be worth starting.
	leastTime = 50 * time.Millisecond
	// The margin is what is kept of a caller's time for the answer to travel: a
	// twentieth, within these bounds.
	leastMargin, mostMargin = 20 * time.Millisecond, 500 * time.Millisecond
	// Callers who are turned away are asked to come back after a time between
	// these.
	leastPushback, mostPushback = 100 * time.Millisecond, 300 * time.Millisecond
)
