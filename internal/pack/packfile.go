package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sync/atomic"

	"github.com/keysift/keysift/internal/inflate"
)

const packHeader = 12 // magic, version, number of objects

// A packFile is a mapped pack and its index.
type packFile struct {
	path  string
	data  []byte
	hash  Hash
	close func() error

	idx   atomic.Pointer[index]    // never nil
	bones atomic.Pointer[skeleton] // nil until it is first needed
}

func (p *packFile) unmap() error {
	p.data = nil
	p.bones.Store(nil)
	p.idx.Store(newIndex(p.hash, nil, nil))
	return p.close()
}

// check looks at the head of the pack.
func (p *packFile) check() error {
	if len(p.data) < packHeader+p.hash.Size() {
		return errTruncated
	}
	if v := binary.BigEndian.Uint32(p.data[4:]); string(p.data[:4]) != "PACK" || v != 2 && v != 3 {
		return errors.New("not a pack of version 2 or 3")
	}
	return nil
}

// use makes the contents of an index file the pack's index, if they fit.
func (p *packFile) use(data []byte, checksum bool) error {
	x, err := parseIndex(data, p.hash, checksum)
	switch {
	case err != nil:
		return err
	case x.n != p.count():
		return errIndex
	case !bytes.Equal(packSum(data, p.hash), p.data[p.end():]):
		return errors.New("index of another pack")
	}
	p.idx.Store(x)
	return nil
}

// index is what the pack is known to hold; it may change until the store has
// been opened.
func (p *packFile) index() *index { return p.idx.Load() }

// count is the number of objects the pack says it has.
func (p *packFile) count() int { return int(binary.BigEndian.Uint32(p.data[8:])) }

// end is where the trailing checksum starts.
func (p *packFile) end() int { return len(p.data) - p.hash.Size() }

// An entry is the head of an object in a pack.
type entry struct {
	kind Type   // of the object, or ofsDelta, refDelta
	size uint64 // of what is compressed: the object or the delta
	body int    // where the compressed data starts
	base uint64 // ofsDelta: offset of the base
	ref  []byte // refDelta: name of the base, inside the pack
}

// entry reads the head at offset off.
func (p *packFile) entry(off uint64) (entry, error) {
	end := p.end()
	if off < packHeader || off >= uint64(end) {
		return entry{}, errHeader
	}
	at := int(off)
	b := p.data[at:end]
	c := b[0]
	e := entry{kind: Type(c >> 4 & 7), size: uint64(c & 15)}
	n, shift := 1, 4
	for c >= 128 {
		if n >= len(b) || shift > 56 {
			return e, errHeader
		}
		c = b[n]
		n++
		e.size |= uint64(c&127) << shift
		shift += 7
	}
	switch {
	case e.kind.valid():
	case e.kind == ofsDelta:
		back, k := baseOffset(b[n:])
		if k == 0 || back == 0 || back > off-packHeader {
			return e, errHeader
		}
		e.base = off - back
		n += k
	case e.kind == refDelta:
		hs := p.hash.Size()
		if len(b)-n < hs {
			return e, errHeader
		}
		e.ref = b[n : n+hs]
		n += hs
	default:
		return e, errHeader
	}
	e.body = at + n
	return e, nil
}

// baseOffset reads the distance to an ofs-delta's base: big-endian base 128,
// where each continuation adds one. n is 0 when it is cut or too large.
func baseOffset(b []byte) (v uint64, n int) {
	for i, c := range b {
		if i == 8 {
			break
		}
		v |= uint64(c & 127)
		if c < 128 {
			return v, i + 1
		}
		v = (v + 1) << 7
	}
	return 0, 0
}

// maxRatio is by how much deflate expands at most.
const maxRatio = 1032

// fits says whether size bytes may come out of n compressed bytes, and whether
// they may be kept.
func fits(size uint64, n int, limit int64) error {
	if size > uint64(limit) {
		return ErrTooLarge
	}
	if size > (uint64(n)+1)*maxRatio {
		return inflate.ErrSize
	}
	return nil
}
