package resolver

import (
	"reflect"
	"slices"
	"unsafe"
)

// The cache counts the bytes that an entry really takes: every block it allocates,
// rounded to the size that the allocator gives. A test compares the sum with the
// growth of the heap.
const (
	sizeofEntry   = unsafe.Sizeof(entry{})
	sizeofNode    = unsafe.Sizeof(memoNode{})
	sizeofFailure = unsafe.Sizeof(failure{})
	sizeofError   = unsafe.Sizeof(Error{})
	sizeofWord    = unsafe.Sizeof(uintptr(0))

	// container is what the table takes for an entry: a slot of 16 bytes and a ghost
	// of 4 in arrays that are half to three quarters full, and a place in a queue.
	container = 48
)

// classes are the block sizes of Go's allocator up to 2 KiB (runtime/sizeclasses.go).
var classes = [...]int{
	8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512,
	576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048,
}

// class is the size of the block that holds n bytes. Above 2 KiB it errs by an
// eighth at most, upward.
func class(n int) int {
	if n <= 0 {
		return 0
	}
	if n > classes[len(classes)-1] {
		return (n + n/8) &^ 7
	}
	i, _ := slices.BinarySearch(classes[:], n)
	return classes[i]
}

// size is what the answer holds in memory beside the struct itself and its text.
func (a *Answer) size() int {
	n := class(len(a.Aliases) * int(unsafe.Sizeof("")))
	n += class(len(a.Data) * int(unsafe.Sizeof(Data(nil))))
	for _, d := range a.Data {
		n += boxed(d)
	}
	if a.SOA != nil {
		n += class(int(unsafe.Sizeof(SOA{})))
	}
	return n
}

// text is the length of all strings of the answer. Server is one of a few strings
// that live as long as the upstream.
func (a *Answer) text() int {
	n := len(a.Question.Name)
	if a.Name != a.Question.Name {
		n += len(a.Name)
	}
	for _, alias := range a.Aliases {
		n += len(alias)
	}
	for _, d := range a.Data {
		n += textOf(d)
	}
	if a.SOA != nil {
		n += len(a.SOA.MName) + len(a.SOA.RName)
		n += len(a.SOAOwner)
	}
	return n
}

func textOf(d Data) int {
	switch d := d.(type) {
	case Host:
		return len(d)
	case MX:
		return len(d.Host)
	case TXT:
		return len(d.Text)
	case SRV:
		return len(d.Host)
	case SOA:
		return len(d.MName) + len(d.RName)
	case TLSA:
		return len(d.Data)
	case DS:
		return len(d.Digest)
	case Opaque:
		return len(d)
	}
	return 0
}

// boxed is the block behind an interface value, without its text.
func boxed(d Data) int {
	switch d := d.(type) {
	case Addr:
		return class(int(unsafe.Sizeof(d)))
	case Host, Opaque:
		return class(int(unsafe.Sizeof("")))
	case MX:
		return class(int(unsafe.Sizeof(d)))
	case TXT:
		return class(int(unsafe.Sizeof(d))) + class(len(d.Cuts)*int(sizeofWord))
	case SRV:
		return class(int(unsafe.Sizeof(d)))
	case SOA:
		return class(int(unsafe.Sizeof(d)))
	case TLSA:
		return class(int(unsafe.Sizeof(d)))
	case DS:
		return class(int(unsafe.Sizeof(d)))
	}
	return held(d)
}

// held is what a value of any type holds in memory, each block counted for every
// way that leads to it. It stops at a depth and at a number of steps that no
// parsed record comes near.
func held(v any) int {
	m := meter{steps: 1 << 15}
	m.interfaced(reflect.ValueOf(v), 0)
	return m.bytes
}

type meter struct{ bytes, steps int }

const maxHeldDepth = 32

// interfaced counts the block behind an interface, which a pointer does not need.
func (m *meter) interfaced(v reflect.Value, depth int) {
	if !v.IsValid() {
		return
	}
	if v.Kind() != reflect.Pointer {
		m.bytes += class(int(v.Type().Size()))
	}
	m.beyond(v, depth)
}

// beyond counts what v leads to, not v itself.
func (m *meter) beyond(v reflect.Value, depth int) {
	if m.steps--; m.steps < 0 || depth > maxHeldDepth {
		return
	}
	switch v.Kind() {
	case reflect.String:
		m.bytes += class(v.Len())
	case reflect.Pointer:
		if !v.IsNil() {
			m.bytes += class(int(v.Type().Elem().Size()))
			m.beyond(v.Elem(), depth+1)
		}
	case reflect.Interface:
		if !v.IsNil() {
			m.interfaced(v.Elem(), depth+1)
		}
	case reflect.Slice:
		m.bytes += class(v.Cap() * int(v.Type().Elem().Size()))
		m.elements(v, depth)
	case reflect.Array:
		m.elements(v, depth)
	case reflect.Struct:
		for i := range v.NumField() {
			m.beyond(v.Field(i), depth)
		}
	case reflect.Map:
		// A table of Go's is between half and seven eighths full.
		each := int(v.Type().Key().Size() + v.Type().Elem().Size())
		m.bytes += 64 + class(2*v.Len()*(each+1))
		for it := v.MapRange(); it.Next(); {
			m.beyond(it.Key(), depth+1)
			m.beyond(it.Value(), depth+1)
		}
	}
}

func (m *meter) elements(v reflect.Value, depth int) {
	switch v.Type().Elem().Kind() {
	case reflect.Bool, reflect.Int8, reflect.Uint8, reflect.Int, reflect.Uint, reflect.Int64, reflect.Uint64, reflect.Uint16, reflect.Int32:
		return
	}
	for i := range v.Len() {
		m.beyond(v.Index(i), depth+1)
	}
}
