package service

import (
	"errors"
	"net/netip"
	"reflect"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// filler fills values of any type by reflection: every string is text, every list
// has a number of entries, every number is 1.
type filler struct {
	text    string
	entries int
	lists   int // how many lists the value is in
}

var (
	addrType  = reflect.TypeFor[netip.Addr]()
	timeType  = reflect.TypeFor[time.Time]()
	errorType = reflect.TypeFor[error]()
	nodeType  = reflect.TypeFor[*spf.Node]()
	dataType  = reflect.TypeFor[resolver.Data]()
)

// fill makes a T.
func fill[T any](f filler) T {
	var out T
	f.value(reflect.ValueOf(&out).Elem(), 0)
	return out
}

func (f filler) value(v reflect.Value, depth int) {
	if !v.CanSet() || depth > 12 {
		return
	}
	switch v.Type() {
	case addrType:
		v.Set(reflect.ValueOf(netip.MustParseAddr("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")))
		return
	case timeType:
		v.Set(reflect.ValueOf(time.Unix(1e9, 0)))
		return
	case errorType:
		return // nothing failed, or the values would be left out
	case dataType:
		v.Set(reflect.ValueOf(resolver.TXT{Text: f.text}))
		return
	case nodeType:
		v.Set(reflect.ValueOf(f.node(0)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			f.value(v.Field(i), depth+1)
		}
	case reflect.Slice:
		in := f
		in.lists++
		if in.lists > 2 {
			in.entries = 1 // lists of lists of lists would grow beyond all use
		}
		v.Set(reflect.MakeSlice(v.Type(), f.entries, f.entries))
		for i := range f.entries {
			in.value(v.Index(i), depth+1)
		}
	}
}

// node is an SPF tree as wide as lists are long and deeper than any that is shown.
func (f filler) node(depth int) *spf.Node {
	n := &spf.Node{
		Domain: f.text, Term: &spf.Term{Text: f.text}, Record: &spf.Record{Text: f.text}, Err: errors.New(f.text), Own: 1, Total: 1,
	}
	if depth > maxTreeDepth+2 {
		return n
	}
	for range f.entries - 1 {
		n.Uses = append(n.Uses, &spf.Use{Child: &spf.Node{Domain: f.text, Own: 1, Total: 1, Fault: spf.NoRecord}})
	}
	n.Uses = append(n.Uses, &spf.Use{Child: f.node(depth + 1)})
	return n
}
