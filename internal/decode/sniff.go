package decode

import "bytes"

// SniffLen is the number of bytes at the start of content that [Sniff] looks
// at; more are of no use to it.
const SniffLen = 8 << 10

// minUnits is the number of UTF-16 code units below which statistics say
// nothing. No credential is that short.
const minUnits = 4

// Sniff tells the encoding of content from its head, of which it looks at the
// first [SniffLen] bytes.
//
// A byte order mark decides. Without one, content without a NUL byte is Text;
// content with one is UTF-16 if it reads like text in one of the two byte
// orders, else Binary, as images, archives, objects and most documents are.
func Sniff(head []byte) Encoding {
	head = head[:min(len(head), SniffLen)]
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}):
		return Binary // UTF-32; as UTF-16 it would begin with a NUL
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE
	case bytes.IndexByte(head, 0) < 0:
		return Text
	}
	le, be := countUnits(head, UTF16LE), countUnits(head, UTF16BE)
	switch {
	case le.ascii >= be.ascii && le.plausible():
		return UTF16LE
	case be.ascii > le.ascii && be.plausible():
		return UTF16BE
	}
	return Binary
}

// unitCount sorts the code units of a head that is taken for UTF-16.
type unitCount struct{ all, ascii, bad int }

// plausible reports whether the units look like text with markup, names or
// numbers in it. The bounds are loose towards text: to scan a binary file in
// vain costs little, to pass over a text file may cost a credential. Tables of
// small 16-bit numbers, the likeliest mistake, are full of control characters.
func (c unitCount) plausible() bool {
	return c.all >= minUnits && c.ascii*4 >= c.all && c.bad*badShare <= c.all
}

// badShare is how many units there must be to one that stands in no text.
const badShare = 50

// countUnits stops once there are too many bad units for text.
func countUnits(head []byte, enc Encoding) unitCount {
	var c unitCount
	most := len(head) / 2 / badShare
	for i := 0; i+1 < len(head); {
		r, n := decodeUnit(head[i:], enc)
		c.all += n / 2
		switch {
		case r >= ' ' && r < 0x7F, r == '\n', r == '\r', r == '\t', r == '\f':
			c.ascii++
		case r < 0xA0, r == 0xFFFD && i+n < len(head), r&0xFFFE == 0xFFFE:
			c.bad++ // control characters, lone surrogates, noncharacters
			if c.bad > most {
				return unitCount{bad: c.bad}
			}
		}
		i += n
	}
	return c
}
