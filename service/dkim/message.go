package dkim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/mailassay/mailassay/resolver"
)

// maxHeader bounds the header of a message in octets.
const maxHeader = 1 << 20

// ErrHeaderTooLong says that no empty line ends the header within 1 MiB.
var ErrHeaderTooLong = errors.New("the header is longer than 1 MiB")

// Message is a message that is being read: its header at once, its body in one
// pass. Whoever verifies something about it says before the body is read which
// hashes and keys that takes, and so all verifications share both.
//
//	m, err := dkim.Read(source)
//	v := dkim.Start(ctx, r, m, options)
//	err = m.ReadBody()
//	report := v.Report()
//	m.Release()
//
// A Message is for one goroutine.
type Message struct {
	Header *Header

	begin  []byte    // of the body, as far as it was read with the header
	source io.Reader // of the rest; nil when begin is all
	body   body
	buffers

	asked   []*PendingKey
	held    *PendingKey // the last one, not yet looked up
	waiting sync.WaitGroup

	// Room that is enough for most messages.
	header   Header
	firstKey PendingKey
	keys     [2]*PendingKey
}

// buffers are for what comes from a source: its header and what was read with it,
// then the rest piece by piece.
type buffers struct{ head, rest []byte }

const (
	commonHead = 16 << 10 // octets of a header that is not long
	bodyPiece  = 64 << 10
)

// messages are those that were released: the processor still has their memory at
// hand.
var messages = sync.Pool{New: func() any { return new(Message) }}

// Release gives back the memory of a message that nobody uses any more: neither
// it and its header, nor a verification of it that has not reported. It may be
// left out.
func (m *Message) Release() {
	m.Wait()
	hash, pieces, b := m.body.first.hash, m.body.first.pieces, m.buffers
	if cap(b.head) > commonHead {
		b.head = nil
	}
	*m = Message{buffers: b}
	m.body.first.hash, m.body.first.pieces = hash, pieces
	messages.Put(m)
}

// Parse takes a whole message. The octets are kept as they are and must not
// change while the message is in use. The error is [ErrHeaderTooLong].
func Parse(octets []byte) (*Message, error) {
	return parse(messages.Get().(*Message), octets)
}

func parse(m *Message, octets []byte) (*Message, error) {
	size, ended := m.header.parse(octets[:min(len(octets), maxHeader)])
	if !ended && len(octets) > maxHeader {
		return nil, ErrHeaderTooLong
	}
	m.Header, m.begin, m.asked = &m.header, octets[size:], m.keys[:0]
	return m, nil
}

// Read reads the header from a source. The error is [ErrHeaderTooLong] or the
// source's own.
func Read(source io.Reader) (*Message, error) {
	m := messages.Get().(*Message)
	buf := m.head[:0]
	if cap(buf) == 0 {
		buf = make([]byte, 0, commonHead)
	}
	for searched := 0; ; {
		n, err := source.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err != nil && err != io.EOF {
			return nil, err
		}
		if err == io.EOF || emptyLine(buf, searched) {
			break
		}
		if len(buf) >= maxHeader {
			return nil, ErrHeaderTooLong
		}
		searched = max(0, len(buf)-3)
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, 2*len(buf)), buf...)
		}
	}
	m.head, m.source = buf, source
	return parse(m, buf)
}

// emptyLine tells whether an empty line ends the header in buf. What is before
// searched was looked at.
func emptyLine(buf []byte, searched int) bool {
	return bytes.HasPrefix(buf, crlf) || bytes.Contains(buf[searched:], []byte("\r\n\r\n"))
}

// BodyHash asks for a hash of the body, before it is read: of its first length
// canonicalised octets, or all of it when length is negative.
func (m *Message) BodyHash(c Canon, length int64) *BodyHash { return m.body.want(c, length) }

// ReadBody reads the body to its end. Its error is the source's; what was asked
// about the body is void then.
func (m *Message) ReadBody() error {
	if m.source != nil || len(m.begin) > longBody {
		m.flush()
	}
	m.body.write(m.begin)
	if m.source != nil {
		if m.rest == nil {
			m.rest = make([]byte, bodyPiece)
		}
		for {
			n, err := m.source.Read(m.rest)
			m.body.write(m.rest[:n])
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
	}
	m.body.end()
	return nil
}

// longBody is how long a body takes as long to hash as a key to look up.
const longBody = 64 << 10

// BodySize is how many octets of the body were read.
func (m *Message) BodySize() int64 { return m.body.size }

// PendingKey is a key that has been asked for.
type PendingKey struct {
	published Published
	err       error
	look      func() error
}

// Key asks for the key records at a selector, in the background and once for
// each selector and domain of the message. See [LookupKey].
func (m *Message) Key(ctx context.Context, r resolver.Resolver, selector, domain string) *PendingKey {
	for _, k := range m.asked {
		if k.published.Selector == selector && k.published.Domain == domain {
			return k
		}
	}
	k := &m.firstKey
	if len(m.asked) > 0 {
		k = new(PendingKey)
	}
	k.published.Selector, k.published.Domain = selector, domain
	k.look = func() error {
		// Tags give canonical names.
		return k.published.lookup(ctx, r, resolver.Question{Name: Name(k.published.Selector, k.published.Domain), Type: resolver.TypeTXT})
	}
	m.flush()
	m.asked, m.held = append(m.asked, k), k
	return k
}

// flush starts the look-up that is held back. The last key of a message needs no
// goroutine unless there is something long to do meanwhile, and most messages
// have one key.
func (m *Message) flush() {
	if k := m.held; k != nil {
		m.held = nil
		m.waiting.Go(k.fill)
	}
}

func (k *PendingKey) fill() { k.err = k.look() }

// Wait waits for all keys that were asked for. A resolver answers before its
// context ends, so that this does not last longer.
func (m *Message) Wait() {
	if k := m.held; k != nil {
		m.held = nil
		k.fill()
	}
	m.waiting.Wait()
}

// Published is what was found, after [Message.Wait].
func (k *PendingKey) Published() (*Published, error) { return &k.published, k.err }
