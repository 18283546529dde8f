package dkim

import "hash/maphash"

// index finds fields by name in time that does not depend on how many there
// are, since a hostile message has thousands of fields and of names in h=.
type index struct {
	// last is for each name, by the number of its slot, the lowest field; counts is
	// how many fields it has.
	last, counts []int32
	// above is for each field the next one up of the same name, or -1.
	above []int32
	// table holds slot numbers plus one, by hash with linear probing.
	table []int32
	seed  maphash.Seed
}

func indexed(fields []Field) index {
	size := 8
	for size < 2*len(fields) {
		size *= 2
	}
	n := len(fields)
	numbers := make([]int32, 3*n+size)
	x := index{
		last: numbers[:0:n], counts: numbers[n : n : 2*n], above: numbers[2*n : 3*n], table: numbers[3*n:], seed: maphash.MakeSeed(),
	}
	for i, f := range fields {
		at := x.probe(fields, f.raw[:f.name])
		if x.table[at] == 0 {
			x.last, x.counts = append(x.last, -1), append(x.counts, 0)
			x.table[at] = int32(len(x.last))
		}
		slot := x.table[at] - 1
		x.above[i], x.last[slot] = x.last[slot], int32(i)
		x.counts[slot]++
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
		f := fields[x.last[x.table[at]-1]]
		if int(f.name) == len(lower) && lowerIs(f.raw[:f.name], lower) {
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
