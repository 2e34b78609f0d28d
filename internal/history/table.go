package history

import (
	"bytes"
	"context"
	"slices"
	"sort"

	"github.com/keysift/keysift/internal/pack"
)

// none is the number of no object, commit, directory or name.
const none = ^uint32(0)

// A table numbers the objects of a store by the order of their names.
type table struct {
	size  int      // bytes of a name
	names []byte   // in order
	start []uint32 // by the first two bytes of a name: how many names are before
	kinds []pack.Type
}

// newTable lists the objects of a store. damaged is called for what the list
// could not be made from.
func newTable(ctx context.Context, s *pack.Store, damaged func(pack.Damage)) (*table, error) {
	t := &table{size: s.Hash().Size(), start: make([]uint32, 1<<16+1)}
	var names []byte
	var kinds []pack.Type
	for id, kind := range s.Objects(ctx, damaged) {
		b := id.Bytes()
		names = append(names, b...)
		kinds = append(kinds, kind)
		t.start[prefix(b)+1]++
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for i := 1; i < len(t.start); i++ {
		t.start[i] += t.start[i-1]
	}
	t.fill(names, kinds)
	return t, nil
}

func prefix(name []byte) int { return int(name[0])<<8 | int(name[1]) }

// fill puts the names into their places: by prefix first, then within one.
func (t *table) fill(names []byte, kinds []pack.Type) {
	t.names, t.kinds = make([]byte, len(names)), make([]pack.Type, len(kinds))
	at := slices.Clone(t.start)
	for i, kind := range kinds {
		name := names[i*t.size : (i+1)*t.size]
		p := prefix(name)
		n := at[p]
		at[p]++
		copy(t.names[int(n)*t.size:], name)
		t.kinds[n] = kind
	}
	for p := range 1 << 16 {
		if lo, hi := t.start[p], t.start[p+1]; hi-lo > 1 {
			sort.Sort(&bucket{table: t, lo: lo, hi: hi})
		}
	}
}

// A bucket sorts the names with one prefix.
type bucket struct {
	*table
	lo, hi uint32
	spare  [32]byte
}

func (b *bucket) Len() int { return int(b.hi - b.lo) }
func (b *bucket) Less(i, j int) bool {
	return bytes.Compare(b.name(b.lo+uint32(i)), b.name(b.lo+uint32(j))) < 0
}
func (b *bucket) Swap(i, j int) {
	x, y := b.lo+uint32(i), b.lo+uint32(j)
	p, q := b.name(x), b.name(y)
	copy(b.spare[:], p)
	copy(p, q)
	copy(q, b.spare[:len(p)])
	b.kinds[x], b.kinds[y] = b.kinds[y], b.kinds[x]
}

func (t *table) len() int { return len(t.kinds) }

func (t *table) name(n uint32) []byte { return t.names[int(n)*t.size : (int(n)+1)*t.size] }

func (t *table) id(n uint32) pack.ID { return pack.MakeID(t.name(n)) }

// find returns the number of an object, none if the store does not have it.
func (t *table) find(id pack.ID) uint32 {
	name := id.Bytes()
	if len(name) != t.size {
		return none
	}
	p := prefix(name)
	lo, hi := t.start[p], t.start[p+1]
	for lo < hi {
		mid := (lo + hi) / 2
		switch c := bytes.Compare(t.name(mid), name); {
		case c == 0:
			return mid
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return none
}

// withPrefix returns the objects whose names start with the hexadecimal digits.
func (t *table) withPrefix(digits string) []uint32 {
	first := sort.Search(t.len(), func(i int) bool { id := t.id(uint32(i)); return id.String() >= digits })
	var out []uint32
	for n := first; n < t.len(); n++ {
		id := t.id(uint32(n))
		if s := id.String(); len(s) < len(digits) || s[:len(digits)] != digits {
			break
		}
		out = append(out, uint32(n))
	}
	return out
}

// A bitset is a set of numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(n uint32) bool { return b[n/64]>>(n%64)&1 != 0 }
func (b bitset) add(n uint32)      { b[n/64] |= 1 << (n % 64) }
