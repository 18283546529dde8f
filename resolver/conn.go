package resolver

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// dialTime bounds connecting, the TLS handshake included.
	dialTime = 3 * time.Second
	// writeTime ends a connection whose server does not read.
	writeTime = 2 * time.Second
	// idleTime is how long a connection without questions is kept: RFC 7766
	// section 6.2.3 asks for seconds.
	idleTime = 10 * time.Second
	// deafTime bounds, and minDeaf from below, how long a question waits on a kept
	// connection that brings nothing at all: a host between may have forgotten the
	// connection, and a question on it is lost however long one waits.
	deafTime = time.Second
	minDeaf  = 250 * time.Millisecond
	// pipeline is how many questions a connection carries before another is opened:
	// unbound works on 32 of one connection at a time.
	pipeline = 32
	// fullPipeline is how many it carries when no other can be opened.
	fullPipeline = 1024
	// maxStrays is how many messages more than questions a connection may bring that
	// nobody waits for.
	maxStrays = 16
)

// errLost: a connection ended before the reply came.
var errLost = errors.New("the connection ended before the reply")

// errDeaf: a kept connection brings nothing.
var errDeaf = errors.New("the connection brings nothing")

// errFlood: a server sends without being asked.
var errFlood = errors.New("the connection brings what nobody asked for")

// errBusy: all connections are full.
var errBusy = errors.New("too many questions on too many connections")

// conn is a kept connection (RFC 7766 section 6.2): many questions are on it at
// once and are answered in any order. It takes questions before it is connected.
type conn struct {
	server Server
	wake   chan struct{} // out is not empty
	dead   chan struct{} // closed at the end; why is set then
	why    error
	abort  context.CancelFunc // ends connecting
	load   atomic.Int32       // questions given to the connection

	mu      sync.Mutex
	out     []byte // messages to be written, each after its length
	waiting map[uint16]*waiter
	heard   time.Time     // when the last reply came
	slowest time.Duration // reply so far
	retired bool          // gets no further questions
	asked   int           // questions so far
	strays  int           // messages that nobody waited for
	nc      net.Conn
	idle    *time.Timer
}

// waiter is a question on a connection.
type waiter struct {
	q     *query
	sent  time.Time
	reply chan []byte
}

func newConn(s Server, abort context.CancelFunc) *conn {
	c := &conn{server: s, abort: abort, wake: make(chan struct{}, 1), dead: make(chan struct{}), waiting: map[uint16]*waiter{}}
	c.idle = time.AfterFunc(idleTime, c.rest)
	return c
}

// run connects and carries questions until the connection ends.
func (c *conn) run(ctx context.Context, dial func(context.Context, Server) (net.Conn, error)) {
	defer c.idle.Stop()
	nc, err := dial(ctx, c.server)
	if err != nil {
		c.end(fmt.Errorf("connect: %w", err))
		return
	}
	c.mu.Lock()
	c.nc = nc
	c.mu.Unlock()
	select {
	case <-c.dead: // it ended before nc was there to be closed
		nc.Close()
		return
	default:
	}
	var reading sync.WaitGroup
	reading.Go(func() { c.end(c.read(nc)) })
	c.end(c.write(nc))
	reading.Wait()
}

// end closes the connection, once. Whoever waits on it learns why.
func (c *conn) end(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.dead:
		return
	default:
	}
	c.why, c.retired = why, true
	close(c.dead)
	c.abort()
	if c.nc != nil {
		c.nc.Close()
	}
}

// write sends what is asked, all that has gathered at once.
func (c *conn) write(nc net.Conn) error {
	var spare []byte
	for {
		select {
		case <-c.wake:
		case <-c.dead:
			return nil
		}
		c.mu.Lock()
		b := c.out
		c.out = spare[:0]
		c.mu.Unlock()
		nc.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := nc.Write(b); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		spare = b
	}
}

// read hands out replies until the connection ends.
func (c *conn) read(nc net.Conn) error {
	r := bufio.NewReaderSize(nc, 16<<10)
	var length [2]byte
	for {
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return err
		}
		m := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(r, m); err != nil {
			return err
		}
		if !c.deliver(m) {
			return errFlood
		}
	}
}

// deliver gives a reply to who waits for it. What nobody waits for, such as the
// reply to a question whose asker has left, is dropped. It is false when there is
// more of that than questions explain.
func (c *conn) deliver(m []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(m) >= header {
		id := binary.BigEndian.Uint16(m)
		c.heard = time.Now()
		if w := c.waiting[id]; w != nil {
			if v := w.q.match(m); v == matches || v == wrongCase || bareError(m) {
				c.slowest = max(c.slowest, c.heard.Sub(w.sent))
				delete(c.waiting, id)
				w.reply <- m
				return true
			}
		}
	}
	c.strays++
	return c.strays <= c.asked+maxStrays
}

// bareError tells whether a message is an error without a question section, as
// servers without EDNS send (RFC 6891 section 7).
func bareError(m []byte) bool {
	flags := binary.BigEndian.Uint16(m[2:])
	return len(m) == header && flags&flagQR != 0 && flags&rcodeBits != 0 && binary.BigEndian.Uint16(m[4:]) == 0
}

// ask puts a question on the connection and waits for the reply. The id may be
// changed to one that is free. After patience, unless that is 0, it is given up if
// the connection has brought nothing meanwhile.
func (c *conn) ask(ctx context.Context, q *query, patience time.Duration) ([]byte, error) {
	var deaf <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		deaf = timer.C
	}
	w := c.enqueue(q)
	for waiting := true; waiting; {
		select {
		case m := <-w.reply:
			return m, nil
		case <-ctx.Done():
			c.leave(w)
			return nil, ctx.Err()
		case <-deaf:
			if c.leaveDeaf(w) {
				return nil, errDeaf
			}
		case <-c.dead:
			waiting = false
		}
	}
	select {
	case m := <-w.reply:
		return m, nil
	default:
		if errors.Is(c.why, io.EOF) || c.why == nil {
			return nil, errLost
		}
		return nil, fmt.Errorf("%w: %w", errLost, c.why)
	}
}

func (c *conn) enqueue(q *query) *waiter {
	w := &waiter{q: q, sent: time.Now(), reply: make(chan []byte, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	id := binary.BigEndian.Uint16(q.wire)
	for c.waiting[id] != nil {
		id = uint16(rand.Uint32())
	}
	binary.BigEndian.PutUint16(q.wire, id)
	c.waiting[id] = w
	c.asked++
	c.out = binary.BigEndian.AppendUint16(c.out, uint16(len(q.wire)))
	c.out = append(c.out, q.wire...)
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return w
}

// patience is how long a question waits on a connection that brings nothing. A
// connection that has yet to prove itself has no bound of its own, 0.
func (c *conn) patience() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard.IsZero() {
		return 0
	}
	return min(max(2*c.slowest, minDeaf), deafTime)
}

// leave gives up a question. A connection that has been silent all its time gets no
// more: its server may be gone without a word.
func (c *conn) leave(w *waiter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, binary.BigEndian.Uint16(w.q.wire))
	if time.Since(w.sent) >= deafTime && c.heard.Before(w.sent) {
		c.retired = true
	}
}

// leaveDeaf gives up a question if the connection has brought nothing since it was
// asked, and tells whether it has.
func (c *conn) leaveDeaf(w *waiter) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard.After(w.sent) {
		return false
	}
	delete(c.waiting, binary.BigEndian.Uint16(w.q.wire))
	c.retired = true
	return true
}

// rest closes the connection when it has been without questions for its time.
func (c *conn) rest() {
	if c.load.Load() == 0 {
		c.end(errLost)
	}
}

// open tells whether the connection takes questions.
func (c *conn) open() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.retired
}

// proven tells whether the connection has brought a reply.
func (c *conn) proven() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.heard.IsZero()
}
