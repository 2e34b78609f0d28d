package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sort"
)

var errIndex = errors.New("corrupt index")

// An index finds the objects of one pack by name. Positions count the names in
// ascending order. It is a mapped file of version 1 or 2, or made by rebuild.
type index struct {
	n      int
	size   int         // bytes of a name
	fan    [256]uint32 // number of names whose first byte is at most the subscript
	names  []byte      // the name at position i starts at i*stride
	stride int
	off32  []byte   // version 1: interleaved with the names; 2: a table
	step   int      // distance of two entries of off32
	off64  []byte   // version 2: eight bytes each
	off    []uint64 // rebuilt: replaces the two above
}

// parseIndex checks the structure of an index file. With check it verifies
// the checksum too, so that a single flipped bit is found.
func parseIndex(data []byte, h Hash, check bool) (*index, error) {
	hs := h.Size()
	if len(data) < 256*4+2*hs {
		return nil, errTruncated
	}
	x := &index{size: hs}
	v2 := string(data[:4]) == "\xfftOc"
	body := data
	if v2 {
		if v := binary.BigEndian.Uint32(data[4:]); v != 2 {
			return nil, fmt.Errorf("index version %d is unknown", v)
		}
		body = data[8:]
		if len(body) < 256*4+2*hs {
			return nil, errTruncated
		}
	}
	last := uint32(0)
	for i := range x.fan {
		x.fan[i] = binary.BigEndian.Uint32(body[4*i:])
		if x.fan[i] < last {
			return nil, errIndex
		}
		last = x.fan[i]
	}
	body = body[256*4 : len(body)-2*hs]
	if uint64(last) > uint64(len(body)/(hs+4)) {
		return nil, errTruncated
	}
	if last > math.MaxInt32 {
		return nil, fmt.Errorf("%d objects in a pack are too many", last)
	}
	x.n = int(last)
	if v2 {
		if x.n*(hs+8) > len(body) {
			return nil, errTruncated
		}
		x.names, x.stride = body[:x.n*hs], hs
		x.off32, x.step = body[x.n*(hs+4):x.n*(hs+8)], 4
		x.off64 = body[x.n*(hs+8):]
		if len(x.off64)%8 != 0 {
			return nil, errIndex
		}
	} else {
		if x.n*(hs+4) != len(body) {
			return nil, errIndex
		}
		x.off32, x.step = body, hs+4
		if x.n > 0 {
			x.names, x.stride = body[4:], hs+4
		}
	}
	if check {
		if sum := h.sum(data[:len(data)-hs]); !bytes.Equal(sum.Bytes(), data[len(data)-hs:]) {
			return nil, errChecksum
		}
		if !x.sorted() {
			return nil, errIndex
		}
	}
	return x, nil
}

// sorted says whether the names ascend and agree with the fan-out table; only
// then does a search find what is there.
func (x *index) sorted() bool {
	for i := 1; i < x.n; i++ {
		if bytes.Compare(x.name(i-1), x.name(i)) >= 0 {
			return false
		}
	}
	for b := range x.fan {
		if n := int(x.fan[b]); n > 0 && int(x.name(n - 1)[0]) > b || n < x.n && int(x.name(n)[0]) <= b {
			return false
		}
	}
	return true
}

// rebuilt says that the index does not come from a file.
func (x *index) rebuilt() bool { return x.off != nil }

// name returns the bytes of the name at position i, inside the index.
func (x *index) name(i int) []byte { return x.names[i*x.stride : i*x.stride+x.size] }

func (x *index) id(i int) ID { return MakeID(x.name(i)) }

// offset returns where in the pack the object at position i starts; beyond
// every pack when the index does not say.
func (x *index) offset(i int) uint64 {
	if x.off != nil {
		return x.off[i]
	}
	o := binary.BigEndian.Uint32(x.off32[i*x.step:])
	if x.off64 == nil || o < 1<<31 {
		return uint64(o)
	}
	at := int(o&(1<<31-1)) * 8
	if at+8 > len(x.off64) {
		return 1<<64 - 1
	}
	return binary.BigEndian.Uint64(x.off64[at:])
}

// find returns the position of a name.
func (x *index) find(name []byte) (int, bool) {
	if len(name) != x.size || x.n == 0 {
		return 0, false
	}
	lo, hi := 0, int(x.fan[name[0]])
	if name[0] > 0 {
		lo = int(x.fan[name[0]-1])
	}
	i := lo + sort.Search(hi-lo, func(i int) bool { return bytes.Compare(x.name(lo+i), name) >= 0 })
	return i, i < hi && bytes.Equal(x.name(i), name)
}

// search returns the first position whose name is not below the given bytes.
func (x *index) search(name []byte) int {
	return sort.Search(x.n, func(i int) bool { return bytes.Compare(x.name(i), name) >= 0 })
}

// packSum is the checksum of the pack that an index file was made for.
func packSum(data []byte, h Hash) []byte {
	return data[len(data)-2*h.Size() : len(data)-h.Size()]
}

// newIndex makes an index of names and offsets in any order; the names lie one
// after another in ids. Later copies of a name are dropped: the pack has the
// object twice, and one will do.
func newIndex(h Hash, ids []byte, offsets []uint64) *index {
	hs := h.Size()
	order := make([]int, len(offsets))
	for i := range order {
		order[i] = i
	}
	at := func(i int) []byte { return ids[i*hs : (i+1)*hs] }
	sort.Slice(order, func(a, b int) bool {
		if c := bytes.Compare(at(order[a]), at(order[b])); c != 0 {
			return c < 0
		}
		return order[a] < order[b]
	})
	x := &index{size: hs, stride: hs, off: make([]uint64, 0, len(order))}
	for i, o := range order {
		if i > 0 && bytes.Equal(at(order[i-1]), at(o)) {
			continue
		}
		x.names = append(x.names, at(o)...)
		x.off = append(x.off, offsets[o])
		x.fan[at(o)[0]]++
	}
	for i := 1; i < 256; i++ {
		x.fan[i] += x.fan[i-1]
	}
	x.n = len(x.off)
	return x
}
