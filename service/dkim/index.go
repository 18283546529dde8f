package dkim

import "hash/maphash"

// index finds fields by name in time that does not depend on how many there
// are, since a hostile message has thousands of fields and of names in h=.
type index struct {
	slots []slot
	// above is for each field the next one up of the same name, or -1.
	above []int32
	// table holds slot numbers plus one, by hash with linear probing.
	table []int32
	seed  maphash.Seed
}

// slot is one name.
type slot struct {
	last  int32 // the lowest field of the name
	count int32
}

func indexed(fields []Field) index {
	size := 8
	for size < 2*len(fields) {
		size *= 2
	}
	numbers := make([]int32, len(fields)+size)
	x := index{slots: make([]slot, 0, len(fields)), above: numbers[:len(fields)], table: numbers[len(fields):], seed: maphash.MakeSeed()}
	for i, f := range fields {
		at := x.probe(fields, f.raw[:f.name])
		if x.table[at] == 0 {
			x.slots = append(x.slots, slot{last: -1})
			x.table[at] = int32(len(x.slots))
		}
		s := &x.slots[x.table[at]-1]
		x.above[i] = s.last
		s.last = int32(i)
		s.count++
	}
	return x
}

// probe is where in the table the name is or would be.
func (x *index) probe(fields []Field, name []byte) int {
	var buf [64]byte
	lower := appendLower(buf[:0], name)
	mask := len(x.table) - 1
	at := int(maphash.Bytes(x.seed, lower)) & mask
	for x.table[at] != 0 {
		f := fields[x.slots[x.table[at]-1].last]
		if f.name == len(lower) && lowerIs(f.raw[:f.name], lower) {
			break
		}
		at = (at + 1) & mask
	}
	return at
}

// find is the slot of a name, or -1.
func (x *index) find(fields []Field, name string) int {
	return int(x.table[x.probe(fields, []byte(name))]) - 1
}

func appendLower(to, name []byte) []byte {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		to = append(to, c)
	}
	return to
}

// lowerIs tells whether name, of the same length, is lower but for case.
func lowerIs(name, lower []byte) bool {
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
