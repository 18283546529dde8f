package resolver

import (
	"slices"
	"sync/atomic"
	"time"
	"unsafe"
)

// entry is what is remembered of a question: an answer, a failure or, when a
// stale answer is kept for hard times, both. It does not change once stored, apart
// from its memo and its mark.
type entry struct {
	answer Answer // Status 0 when there is none
	// ends is when the answer ends, since the cache's epoch. So many milliseconds before
	// that it is asked for anew if it is in use.
	ends     time.Duration
	ahead    uint32
	renewing atomic.Bool

	failed *failure
	memo   memo
}

// failure is why a question could not be answered, until when that counts, as
// time since the cache's epoch, and how many there were in a row.
type failure struct {
	err    *Error
	until  time.Duration
	streak int
}

// newEntry is an entry for the answer, in as few blocks as it takes, without the
// slack that parsing leaves and without a hold on whatever the name was cut from.
// All text stands in front of the entry in the same block: a hit then finds the
// name it compares and the answer it gives in one place.
func newEntry(a Answer) *entry {
	e, text := emptyEntry(a.text())
	put := func(s string) string {
		from := len(text)
		text = append(text, s...)
		return unsafe.String(unsafe.SliceData(text[from:]), len(s))
	}
	shared := a.Name == a.Question.Name
	a.Question.Name = put(a.Question.Name)
	if shared {
		a.Name = a.Question.Name
	} else {
		a.Name = put(a.Name)
	}
	a.Aliases = slices.Clip(slices.Clone(a.Aliases))
	for i, alias := range a.Aliases {
		a.Aliases[i] = put(alias)
	}
	a.Data = slices.Clip(slices.Clone(a.Data))
	for i, d := range a.Data {
		a.Data[i] = moved(d, put)
	}
	if a.SOA != nil {
		s := *a.SOA
		s.MName, s.RName = put(s.MName), put(s.RName)
		a.SOA, a.SOAOwner = &s, put(a.SOAOwner)
	}
	e.answer = a
	return e
}

// due tells whether it is time to ask for the answer anew.
func (e *entry) due(now time.Duration) bool {
	return e.ends-time.Duration(e.ahead)*time.Millisecond <= now
}

// roomy is an entry with text in front.
type roomy[T any] struct {
	text  T
	entry entry
}

func room[T any]() (*entry, []byte) {
	r := new(roomy[T])
	return &r.entry, unsafe.Slice((*byte)(unsafe.Pointer(&r.text)), unsafe.Sizeof(r.text))[:0]
}

// rooms are for text of up to 32 octets, 64, 96 and so on: with an entry of 224
// each fills a block of the allocator.
var rooms = [...]func() (*entry, []byte){
	room[[32]byte], room[[64]byte], room[[96]byte], room[[128]byte], room[[160]byte], room[[192]byte], room[[224]byte],
	room[[256]byte], room[[288]byte],
}

// fitting is the index of the room for n octets.
func fitting(n int) int { return max(n-1, 0) / 32 }

// emptyEntry is an entry and room for n octets of text.
func emptyEntry(n int) (*entry, []byte) {
	if i := fitting(n); i < len(rooms) {
		return rooms[i]()
	}
	return new(entry), make([]byte, 0, n)
}

// size is what the entry takes in memory, all told.
func (e *entry) size() int {
	text := e.answer.text()
	own := class(int(sizeofEntry)) + class(text)
	if i := fitting(text); i < len(rooms) {
		own = class(int(sizeofEntry) + 32 + 32*i)
	}
	n := container + own + e.answer.size() + int(e.memo.bytes.Load())
	if e.failed != nil {
		n += e.failed.size()
	}
	return n
}

func (f *failure) size() int {
	n := class(int(sizeofFailure)) + class(int(sizeofError)) + class(len(f.err.Question.Name))
	return n + held(f.err.Extended) + held(f.err.Err)
}

// moved is the data with its strings put elsewhere.
func moved(d Data, put func(string) string) Data {
	switch d := d.(type) {
	case Host:
		return Host(put(string(d)))
	case MX:
		d.Host = put(d.Host)
		return d
	case TXT:
		d.Text, d.Cuts = put(d.Text), slices.Clip(slices.Clone(d.Cuts))
		return d
	case SRV:
		d.Host = put(d.Host)
		return d
	case SOA:
		d.MName, d.RName = put(d.MName), put(d.RName)
		return d
	case TLSA:
		d.Data = put(d.Data)
		return d
	case DS:
		d.Digest = put(d.Digest)
		return d
	case Opaque:
		return Opaque(put(string(d)))
	}
	return d
}
