//go:build !keysift_safeinflate

package inflate

import "encoding/binary"

// The decoder is made for git: the whole input is in memory and the size of
// the output is known from the object's header, so there is neither a window
// nor a state to resume. Bits are taken from a 64-bit buffer that is refilled
// with one load.
//
// Table entries are 32 bits:
//
//	bits 0-4    bits to take: the code, with the extra bits of a length or
//	            distance; in an entry for a subtable, its index bits
//	bits 8-11   length of the code alone
//	bits 16-30  literal byte, base of a length or distance, or where the
//	            subtable starts
//	flags       below
const (
	flagLiteral  = 1 << 31
	flagSpecial  = 1 << 15 // subtable, end of block or invalid: off the fast path
	flagSubtable = 1 << 14
	flagEnd      = 1 << 13
	// An entry with flagSpecial alone is a code that must not occur.

	litBits  = 10 // index bits of the main literal table
	distBits = 8
	preBits  = 7

	maxCode = 15

	// Sizes are powers of two so that a masked index needs no bounds check.
	// The largest complete codes need 1334 and 402 entries.
	litSize  = 2048
	distSize = 1024

	numLit  = 288
	numDist = 32

	// Slack is the room behind the expected output that lets the fast
	// loop run to the end: it may write a match too much before it looks.
	Slack = 320
)

// An Decoder decodes zlib streams. It is large; reuse it.
type Decoder struct {
	lit       [litSize]uint32
	dist      [distSize]uint32
	pre       [1 << preBits]uint32
	fixedLit  *[litSize]uint32
	fixedDist *[distSize]uint32
	lens      [numLit + numDist]uint8
	sorted    [numLit]uint16
	litSyms   [numLit]uint32
	distSyms  [numDist]uint32
	preSyms   [19]uint32
}

// inflate decodes the zlib stream at the head of src, whose output must fill
// dst exactly, and returns the number of bytes of src the stream takes.
// It is fastest when dst has Slack bytes of capacity to spare, which
// it may overwrite.
func (z *Decoder) Inflate(dst, src []byte) (int, error) {
	if err := zlibHeader(src); err != nil {
		return 0, err
	}
	n, used, end, err := z.decode(dst, src[2:])
	if err != nil {
		return 0, err
	}
	if !end || n != len(dst) {
		return 0, ErrSize
	}
	used += 2
	if len(src)-used < 4 {
		return 0, ErrTruncated
	}
	if binary.BigEndian.Uint32(src[used:]) != adler(dst) {
		return 0, ErrChecksum
	}
	return used + 4, nil
}

// prefix decodes as much as fits into dst. It returns the number of bytes
// written and whether the stream ended there; then its checksum was verified.
func (z *Decoder) Prefix(dst, src []byte) (n int, end bool, err error) {
	if err := zlibHeader(src); err != nil {
		return 0, false, err
	}
	n, used, end, err := z.decode(dst, src[2:])
	if err != nil || !end {
		return n, false, err
	}
	used += 2
	if len(src)-used < 4 {
		return n, false, ErrTruncated
	}
	if binary.BigEndian.Uint32(src[used:]) != adler(dst[:n]) {
		return n, false, ErrChecksum
	}
	return n, true, nil
}

// decode decodes raw deflate data. It stops without error and end = false when
// dst is full and more output would come.
func (z *Decoder) decode(dst, src []byte) (n, used int, end bool, err error) {
	r := bitReader{src: src}
	op := 0
	for {
		r.refill()
		final := r.buf & 1
		kind := r.buf >> 1 & 3
		if !r.drop(3) {
			return op, 0, false, ErrTruncated
		}
		full := false
		switch kind {
		case 0:
			op, full, err = r.stored(dst, op)
		case 1:
			z.fixed()
			op, full, err = r.block(dst, op, z.fixedLit, z.fixedDist)
		case 2:
			if err = z.dynamic(&r); err == nil {
				op, full, err = r.block(dst, op, &z.lit, &z.dist)
			}
		default:
			err = ErrCorrupt
		}
		if err != nil {
			return op, 0, false, err
		}
		if full {
			return op, 0, false, nil
		}
		if final == 1 {
			return op, r.ip - int(r.n>>3), true, nil
		}
	}
}

// A bitReader holds n bits of src[:ip] in buf, lowest first. Bits of buf above
// n may be set; they are those that the next refill brings.
type bitReader struct {
	src []byte
	ip  int
	buf uint64
	n   uint
}

// refill brings n to 56 or more, or to all that is left.
func (r *bitReader) refill() {
	if len(r.src)-r.ip >= 8 {
		r.buf |= binary.LittleEndian.Uint64(r.src[r.ip:]) << (r.n & 63)
		r.ip += int((63 - r.n) >> 3)
		r.n |= 56
		return
	}
	r.buf &= 1<<(r.n&63) - 1
	for r.n < 56 && r.ip < len(r.src) {
		r.buf |= uint64(r.src[r.ip]) << r.n
		r.ip++
		r.n += 8
	}
}

func (r *bitReader) drop(n uint) bool {
	if n > r.n {
		return false
	}
	r.buf >>= n & 63
	r.n -= n
	return true
}

func (r *bitReader) stored(dst []byte, op int) (int, bool, error) {
	r.drop(r.n & 7)
	r.ip -= int(r.n >> 3)
	r.buf, r.n = 0, 0
	if len(r.src)-r.ip < 4 {
		return op, false, ErrTruncated
	}
	size := int(binary.LittleEndian.Uint16(r.src[r.ip:]))
	if check := int(binary.LittleEndian.Uint16(r.src[r.ip+2:])); size != ^check&0xffff {
		return op, false, ErrCorrupt
	}
	r.ip += 4
	have := min(size, len(r.src)-r.ip)
	n := copy(dst[op:], r.src[r.ip:r.ip+have])
	r.ip += n
	switch {
	case n < have || have < size && op+n == len(dst):
		return op + n, true, nil
	case have < size:
		return op + n, false, ErrTruncated
	}
	return op + n, false, nil
}

// block decodes one compressed block into dst from op on. It returns the new
// op and whether dst is full before the block ended.
func (r *bitReader) block(dst []byte, op int, lit *[litSize]uint32, dist *[distSize]uint32) (int, bool, error) {
	op, end, err := r.fast(dst, op, lit, dist)
	if op > len(dst) {
		return len(dst), true, nil // an error behind the output is of no interest
	}
	if end || err != nil {
		return op, false, err
	}
	return r.careful(dst, op, lit, dist)
}

// fast decodes while sixteen bytes of input and the slack of the output are
// left. It returns true at the end of the block. It may write behind dst, into
// the slack; an op behind dst says so.
//
// Shift counts are taken modulo 64, which costs nothing and is why bit 5 of
// an entry is zero.
func (r *bitReader) fast(dst []byte, op int, lit *[litSize]uint32, dist *[distSize]uint32) (int, bool, error) {
	size := len(dst)
	dst = dst[:cap(dst)]
	stop := min(size+1, len(dst)-Slack) // op < stop: room for literals and a match
	src, ip, buf, n := r.src, r.ip, r.buf, r.n
	last := len(src) - 16 // two refills
	rep := repetition{end: -1}
	end := false
	for op < stop && ip <= last {
		buf |= binary.LittleEndian.Uint64(src[ip:]) << (n & 63)
		ip += int((63 - n) >> 3)
		n |= 56
		e := lit[buf&(1<<litBits-1)]
		if e&flagLiteral != 0 {
			buf >>= e & 63
			n -= uint(e & 63)
			next := lit[buf&(1<<litBits-1)]
			dst[op] = byte(e >> 16)
			op++
			e = next
			if e&flagLiteral != 0 {
				buf >>= e & 63
				n -= uint(e & 63)
				next = lit[buf&(1<<litBits-1)]
				dst[op] = byte(e >> 16)
				op++
				e = next
				if e&flagLiteral != 0 {
					buf >>= e & 63
					n -= uint(e & 63)
					dst[op] = byte(e >> 16)
					op++
					continue
				}
			}
		}
		// At least 56-2*litBits bits are left, 20 of which a length may take.
		if e&flagSpecial != 0 {
			if e&flagSubtable != 0 {
				buf >>= litBits
				n -= litBits
				e = lit[(uint64(e>>16)+buf&(1<<(e&63)-1))&(litSize-1)]
				if e&flagLiteral != 0 {
					buf >>= e & 63
					n -= uint(e & 63)
					dst[op] = byte(e >> 16)
					op++
					continue
				}
			}
			if e&flagSpecial != 0 {
				if e&flagEnd == 0 {
					return op, false, ErrCorrupt
				}
				buf >>= e & 63
				n -= uint(e & 63)
				end = true
				break
			}
		}
		length := int(e>>16) + int(buf&(1<<(e&63)-1)>>(e>>8&15))
		buf >>= e & 63
		n -= uint(e & 63)
		e = dist[buf&(1<<distBits-1)]
		if n < 28 {
			buf |= binary.LittleEndian.Uint64(src[ip:]) << (n & 63)
			ip += int((63 - n) >> 3)
			n |= 56
			e = dist[buf&(1<<distBits-1)]
		}
		if e&flagSpecial != 0 {
			if e&flagSubtable != 0 {
				buf >>= distBits
				n -= distBits
				e = dist[(uint64(e>>16)+buf&(1<<(e&63)-1))&(distSize-1)]
			}
			if e&flagSpecial != 0 {
				return op, false, ErrCorrupt
			}
		}
		back := int(e>>16) + int(buf&(1<<(e&63)-1)>>(e>>8&15))
		buf >>= e & 63
		n -= uint(e & 63)
		if back > op {
			return op, false, ErrCorrupt
		}
		if back < 8 {
			if op != rep.end || back != rep.back {
				rep.start, rep.back, rep.far = op-back, back, back
			}
			rep.fill(dst, op, length)
			op += length
			rep.end = op
			continue
		}
		// Word by word: source and destination are a word apart or more. Most
		// matches are two words long at most.
		from, to := dst[op-back:], dst[op:]
		op += length
		binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
		binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(from[8:]))
		for i := 16; i < length; i += 8 {
			binary.LittleEndian.PutUint64(to[i:], binary.LittleEndian.Uint64(from[i:]))
		}
	}
	r.ip, r.buf, r.n = ip, buf, n
	return op, end, nil
}

// careful decodes up to the last byte of input and output.
func (r *bitReader) careful(dst []byte, op int, lit *[litSize]uint32, dist *[distSize]uint32) (int, bool, error) {
	for {
		r.refill()
		e, err := r.symbol(lit[:], litBits)
		if err != nil {
			return op, false, err
		}
		if e&flagLiteral != 0 {
			if op == len(dst) {
				return op, true, nil
			}
			dst[op] = byte(e >> 16)
			op++
			continue
		}
		if e&flagEnd != 0 {
			return op, false, nil
		}
		length, ok := r.value(e)
		if !ok {
			return op, false, ErrTruncated
		}
		r.refill()
		e, err = r.symbol(dist[:], distBits)
		if err != nil {
			return op, false, err
		}
		back, ok := r.value(e)
		if !ok {
			return op, false, ErrTruncated
		}
		if back > op {
			return op, false, ErrCorrupt
		}
		room := len(dst) - op
		to := op + min(length, room)
		overlap(dst[:to], op, back)
		op = to
		if length > room {
			return op, true, nil
		}
	}
}

// symbol finds the entry of the next code. It takes the bits of literals, ends
// and the main part of split codes; the rest is taken by value.
func (r *bitReader) symbol(table []uint32, main uint) (uint32, error) {
	e := table[r.buf&(1<<main-1)]
	if e&(flagLiteral|flagSpecial|flagSubtable) == flagSpecial|flagSubtable {
		if !r.drop(main) {
			return 0, ErrTruncated
		}
		e = table[int(e>>16)+int(r.buf&(1<<(e&31)-1))]
	}
	switch {
	case e&flagLiteral != 0, e&flagSpecial != 0 && e&flagEnd != 0:
		if !r.drop(uint(e & 31)) {
			return 0, ErrTruncated
		}
	case e&flagSpecial != 0:
		if r.n < maxCode {
			return 0, ErrTruncated
		}
		return 0, ErrCorrupt
	}
	return e, nil
}

// value takes the code and the extra bits of a length or distance.
func (r *bitReader) value(e uint32) (int, bool) {
	v := int(e>>16) + int(r.buf&(1<<(e&31)-1)>>(e>>8&15))
	return v, r.drop(uint(e & 31))
}

// A repetition is dst[start:end], where every byte is the one that stands back
// before it, which is less than a word, and so is the one that stands far
// before it, a multiple of back. Matches add to it.
type repetition struct{ start, end, back, far int }

// fill writes the next length bytes, which are those that stand back before
// them, to dst[op:], and may write a word more.
func (r *repetition) fill(dst []byte, op, length int) {
	if r.far < length {
		r.far = (length + r.back - 1) / r.back * r.back
	}
	if r.far <= op-r.start {
		copy(dst[op:op+length], dst[op-r.far:])
		return
	}
	// One by one until the source is a word away or more.
	far := r.back
	for far < 8 {
		far += r.back
	}
	end := op + length
	for first := op + far - r.back; op < first; op++ {
		dst[op] = dst[op-r.back]
	}
	for ; op < end; op += 8 {
		binary.LittleEndian.PutUint64(dst[op:], binary.LittleEndian.Uint64(dst[op-far:]))
	}
}

// overlap fills dst[op:] with the bytes that stand back before them, where
// source and destination may overlap.
func overlap(dst []byte, op, back int) {
	for op < len(dst) {
		// Each round doubles what may be copied at once.
		n := copy(dst[op:], dst[op-back:op])
		op += n
		back += n
	}
}
