//go:build !keysift_safeinflate

package inflate

import "math/bits"

// Base and extra bits of the length codes 257-285 and the distance codes 0-29
// (RFC 1951, 3.2.5).
var (
	lengthBase = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthBits = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase   = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distExtra  = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}

	// preOrder is the order in which the code length code is sent.
	preOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// NewDecoder prepares what does not depend on the input.
func NewDecoder() *Decoder {
	z := &Decoder{}
	for sym := range z.litSyms {
		z.litSyms[sym] = litEntry(sym)
	}
	for sym := range z.distSyms {
		z.distSyms[sym] = distEntry(sym)
	}
	for sym := range z.preSyms {
		z.preSyms[sym] = uint32(sym) << 16
	}
	return z
}

// litEntry is the table entry of a literal or length symbol without its code length.
func litEntry(sym int) uint32 {
	switch {
	case sym < 256:
		return flagLiteral | uint32(sym)<<16
	case sym == 256:
		return flagSpecial | flagEnd
	case sym-257 < len(lengthBase):
		return uint32(lengthBase[sym-257])<<16 | uint32(lengthBits[sym-257])
	}
	return flagSpecial
}

func distEntry(sym int) uint32 {
	if sym < len(distBase) {
		return uint32(distBase[sym])<<16 | uint32(distExtra[sym])
	}
	return flagSpecial
}

// fixed makes the tables of the fixed code, once.
func (z *Decoder) fixed() {
	if z.fixedLit != nil {
		return
	}
	z.fixedLit, z.fixedDist = new([litSize]uint32), new([distSize]uint32)
	lens := z.lens[:numLit]
	for sym := range lens {
		switch {
		case sym < 144:
			lens[sym] = 8
		case sym < 256:
			lens[sym] = 9
		case sym < 280:
			lens[sym] = 7
		default:
			lens[sym] = 8
		}
	}
	z.build(z.fixedLit[:], litBits, lens, z.litSyms[:])
	lens = lens[:numDist]
	for sym := range lens {
		lens[sym] = 5
	}
	z.build(z.fixedDist[:], distBits, lens, z.distSyms[:])
}

// dynamic reads the codes of a block and builds their tables.
func (z *Decoder) dynamic(r *bitReader) error {
	r.refill()
	nlit, ndist, npre := int(r.buf&31)+257, int(r.buf>>5&31)+1, int(r.buf>>10&15)+4
	if !r.drop(14) {
		return ErrTruncated
	}
	if nlit > 286 || ndist > 30 {
		return ErrCorrupt
	}
	if err := z.codeLengths(r, nlit+ndist, npre); err != nil {
		return err
	}
	if !z.build(z.lit[:], litBits, z.lens[:nlit], z.litSyms[:]) ||
		!z.build(z.dist[:], distBits, z.lens[nlit:nlit+ndist], z.distSyms[:]) {
		return ErrCorrupt
	}
	return nil
}

// codeLengths reads total code lengths into z.lens.
func (z *Decoder) codeLengths(r *bitReader, total, npre int) error {
	pre := z.lens[:len(preOrder)]
	clear(pre)
	for i := range npre {
		if r.n < 3 {
			r.refill()
		}
		pre[preOrder[i]] = uint8(r.buf & 7)
		if !r.drop(3) {
			return ErrTruncated
		}
	}
	if !z.build(z.pre[:], preBits, pre, z.preSyms[:]) {
		return ErrCorrupt
	}
	prev := uint8(0)
	for i := 0; i < total; {
		if r.n < 14 {
			r.refill()
		}
		e := z.pre[r.buf&(1<<preBits-1)]
		if e&flagSpecial != 0 {
			return ErrCorrupt
		}
		if !r.drop(uint(e & 31)) {
			return ErrTruncated
		}
		sym := uint8(e >> 16)
		if sym < 16 {
			z.lens[i] = sym
			prev = sym
			i++
			continue
		}
		var n int
		var extra uint
		switch sym {
		case 16:
			if i == 0 {
				return ErrCorrupt
			}
			n, extra = 3+int(r.buf&3), 2
		case 17:
			n, extra, prev = 3+int(r.buf&7), 3, 0
		default:
			n, extra, prev = 11+int(r.buf&127), 7, 0
		}
		if !r.drop(extra) {
			return ErrTruncated
		}
		if i+n > total {
			return ErrCorrupt
		}
		for j := range z.lens[i : i+n] {
			z.lens[i+j] = prev
		}
		i += n
	}
	return nil
}

// build fills table, whose main part has main index bits, for the canonical
// code with the given lengths. The code must be complete, empty, or a single
// code of one bit; otherwise build returns false.
func (z *Decoder) build(table []uint32, main uint, lens []uint8, syms []uint32) bool {
	// Four counters in turn: to count one up must not wait for the last time.
	var counts [4][maxCode + 1]int
	for i, n := range lens {
		counts[i&3][n&maxCode]++
	}
	count := &counts[0]
	for n := range count {
		count[n] += counts[1][n] + counts[2][n] + counts[3][n]
	}
	var next [maxCode + 1]int // where in sorted the next symbol of a length goes
	longest, left, at := uint(0), 1, 0
	for n := uint(1); n <= maxCode; n++ {
		next[n] = at
		at += count[n]
		left = left<<1 - count[n]
		if left < 0 {
			return false
		}
		if count[n] > 0 {
			longest = n
		}
	}
	if left > 0 {
		if longest > 1 {
			return false
		}
		table[0], table[1] = flagSpecial, flagSpecial
		for sym, n := range lens {
			if n == 1 {
				table[0] = syms[sym] + 1<<8 + 1
			}
		}
		double(table, 1, main)
		return true
	}
	for sym, n := range lens {
		if n != 0 {
			z.sorted[next[n&maxCode]] = uint16(sym)
			next[n&maxCode]++
		}
	}
	fill(table, main, min(main, longest), count[:], syms, z.sorted[:at])
	return true
}

// double repeats the first 1<<from entries up to 1<<to.
func double(table []uint32, from, to uint) {
	for ; from < to; from++ {
		copy(table[1<<from:2<<from], table[:1<<from])
	}
}

// fill writes the entries of a complete code. Codes are kept bit-reversed, as
// they are looked up; the table doubles whenever the code length grows, so
// that most of it is written by copy.
func fill(table []uint32, main, longest uint, count []int, syms []uint32, sorted []uint16) {
	code, i := uint(0), 0
	for n := uint(1); n <= longest; n++ {
		size := uint(1) << n
		copy(table[size/2:size], table[:size/2])
		add := uint32(n<<8 | n)
		for range count[n] {
			table[code] = syms[sorted[i]] + add
			i++
			code = nextCode(code, n)
		}
	}
	double(table, longest, main)
	start, prefix, room := uint(1)<<main, ^uint(0), uint(0)
	mask := uint(1)<<main - 1
	for n := main + 1; i < len(sorted); n++ {
		add := uint32((n-main)<<8 | (n - main))
		for left := count[n]; left > 0; left-- {
			if code&mask != prefix {
				prefix = code & mask
				start += room
				sub := n - main
				for used := left; used < 1<<sub; used = used<<1 + count[main+sub] {
					sub++
				}
				room = 1 << sub
				table[prefix] = uint32(start)<<16 | flagSpecial | flagSubtable | uint32(sub)
			}
			entry := syms[sorted[i]] + add
			for j := code >> main; j < room; j += 1 << (n - main) {
				table[start+j] = entry
			}
			i++
			code = nextCode(code, n)
		}
	}
}

// nextCode is the bit-reversed successor of an n-bit code; 0 after the last.
func nextCode(code, n uint) uint {
	free := code ^ (1<<n - 1)
	if free == 0 {
		return 0
	}
	top := uint(1) << (bits.Len(free) - 1)
	return code&(top-1) | top
}
