package decode

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// notASCII has a bit set in each of four code units where one above 0x7F has one.
const notASCII = 0xFF80_FF80_FF80_FF80

// UTF16 appends src, which enc says to be UTF16LE or UTF16BE, to dst as UTF-8.
//
// Lone surrogates and an odd last byte become U+FFFD each. A byte order mark
// stays as U+FEFF, so that [UTF16Offset] needs to know of none.
func UTF16(dst, src []byte, enc Encoding) []byte {
	// Three bytes for two are the most a code unit becomes; one more unit is
	// the odd byte.
	dst = slices.Grow(dst, len(src)/2*3+3)
	for i := 0; i < len(src); {
		if v, ok := fourUnits(src[i:], enc); ok {
			dst = append(dst, byte(v), byte(v>>16), byte(v>>32), byte(v>>48))
			i += 8
			continue
		}
		r, n := decodeUnit(src[i:], enc)
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst
}

// UTF16Offset returns the offset in src, in bytes, of the code unit that
// becomes the byte at offset text in the UTF-8 that [UTF16] makes of src. An
// offset at or beyond the end of that text gives len(src).
func UTF16Offset(src []byte, enc Encoding, text int) int {
	i := 0
	for i < len(src) && text > 0 {
		if text >= 4 {
			if _, ok := fourUnits(src[i:], enc); ok {
				i, text = i+8, text-4
				continue
			}
		}
		r, n := decodeUnit(src[i:], enc)
		if text -= utf8.RuneLen(r); text < 0 {
			break // within this character
		}
		i += n
	}
	return i
}

// fourUnits returns the next four code units of src, the first in the lowest
// bits, if there are as many and all are ASCII.
func fourUnits(src []byte, enc Encoding) (v uint64, ok bool) {
	if len(src) < 8 {
		return 0, false
	}
	v = binary.LittleEndian.Uint64(src)
	if enc == UTF16BE {
		v = v&0x00FF_00FF_00FF_00FF<<8 | v>>8&0x00FF_00FF_00FF_00FF
	}
	return v, v&notASCII == 0
}

// decodeUnit decodes the first character of src, which must not be empty, and
// returns it with its length in bytes.
func decodeUnit(src []byte, enc Encoding) (rune, int) {
	if len(src) < 2 {
		return utf8.RuneError, 1
	}
	r := unit(src, enc)
	if r < 0xD800 || r > 0xDFFF {
		return r, 2
	}
	if r < 0xDC00 && len(src) >= 4 {
		if low := unit(src[2:], enc); low >= 0xDC00 && low <= 0xDFFF {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, 4
		}
	}
	return utf8.RuneError, 2
}

func unit(src []byte, enc Encoding) rune {
	if enc == UTF16BE {
		return rune(src[0])<<8 | rune(src[1])
	}
	return rune(src[1])<<8 | rune(src[0])
}
