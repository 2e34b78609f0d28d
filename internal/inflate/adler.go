package inflate

import "encoding/binary"

const adlerMod = 65521

// adler is the Adler-32 checksum of b.
func adler(b []byte) uint32 { return adlerUpdate(1, b) }

// adlerUpdate adds b to a checksum, eight bytes at a time.
//
// Even and odd bytes are added up in four 16-bit lanes each: sum holds the
// bytes seen, prefix the sums before every step. After lanes steps prefix may
// reach 255*(0+...+22) = 64515, the most that fits, and the lanes are emptied.
func adlerUpdate(sum uint32, b []byte) uint32 {
	const (
		lanes = 23
		block = 8 * lanes
		even  = 0x00ff00ff00ff00ff
		// Without a reduction s2 stays below 2^48 for so many blocks.
		rounds = 4096
	)
	s1, s2 := uint64(sum&0xffff), uint64(sum>>16)
	for len(b) >= 8 {
		for i := 0; i < rounds && len(b) >= 8; i++ {
			n := min(len(b)&^7, block)
			var sumE, sumO, preE, preO uint64
			for p := b[:n]; len(p) >= 8; p = p[8:] {
				x := binary.LittleEndian.Uint64(p)
				preE += sumE
				preO += sumO
				sumE += x & even
				sumO += x >> 8 & even
			}
			b = b[n:]
			s2 += uint64(n)*s1 + 8*(fold(preE)+fold(preO))
			s2 += 8*(sumE&0xffff) + 6*(sumE>>16&0xffff) + 4*(sumE>>32&0xffff) + 2*(sumE>>48)
			s2 += 7*(sumO&0xffff) + 5*(sumO>>16&0xffff) + 3*(sumO>>32&0xffff) + sumO>>48
			s1 += fold(sumE) + fold(sumO)
		}
		s1 %= adlerMod
		s2 %= adlerMod
	}
	for _, c := range b {
		s1 += uint64(c)
		s2 += s1
	}
	return uint32(s2%adlerMod<<16 | s1%adlerMod)
}

// fold adds up the four 16-bit lanes of v.
func fold(v uint64) uint64 {
	const pairs = 0x0000ffff0000ffff
	v = v&pairs + v>>16&pairs
	return v&0xffffffff + v>>32
}
