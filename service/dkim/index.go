package dkim

import (
	"hash/maphash"
	"math/bits"
)

// index finds fields by name in time that does not grow with their number, since
// a hostile message has thousands of fields and of names in h=.
type index struct {
	// last is for each name, by the number of its slot, the lowest field.
	last []int32
	// above is for each field the next one up of the same name, or -1.
	above []int32
	// table holds slot numbers plus one, by hash with linear probing. Headers of
	// common size have none: going through their few names is quicker.
	table []int32
	seed  maphash.Seed
	first [2 * 18]int32 // room for last and above of most messages
}

// fewFields is up to how many fields an index needs no table.
const fewFields = 40

func (x *index) build(fields []Field) {
	n, size := len(fields), 0
	if n > fewFields {
		size = 1 << bits.Len(uint(2*n))
		x.seed = maphash.MakeSeed()
	}
	numbers := x.first[:]
	if 2*n+size > len(numbers) {
		numbers = make([]int32, 2*n+size)
	}
	x.last, x.above, x.table = numbers[:0:n], numbers[n:2*n], numbers[2*n:2*n+size]
	for i, f := range fields {
		slot, place := x.find(fields, f.raw[:f.name])
		if slot < 0 {
			slot = len(x.last)
			x.last = append(x.last, -1)
			if size > 0 {
				x.table[place] = int32(slot) + 1
			}
		}
		x.above[i], x.last[slot] = x.last[slot], int32(i)
	}
}

// find is the slot of a name, or -1 and where in the table it would be.
func (x *index) find(fields []Field, name []byte) (slot, place int) {
	if len(x.table) == 0 {
		for slot, at := range x.last {
			// Most names differ in length or in their last letter.
			if f := &fields[at]; int(f.name) == len(name) && (len(name) == 0 || (f.raw[f.name-1]^name[len(name)-1])&^0x20 == 0) && sameName(f.raw[:f.name], name) {
				return slot, 0
			}
		}
		return -1, 0
	}
	var buf [64]byte
	mask := len(x.table) - 1
	place = int(maphash.Bytes(x.seed, appendLower(buf[:0], name))) & mask
	for ; x.table[place] != 0; place = (place + 1) & mask {
		slot = int(x.table[place]) - 1
		if f := &fields[x.last[slot]]; int(f.name) == len(name) && sameName(f.raw[:f.name], name) {
			return slot, place
		}
	}
	return -1, place
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

// sameName tells whether two names of one length are equal but for the case of
// ASCII letters.
func sameName(a, b []byte) bool {
	for i, c := range a {
		if d := b[i]; c != d && (c^d != 0x20 || c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}
