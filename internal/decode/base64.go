package decode

import (
	"bytes"
	"unicode/utf8"
)

const (
	// minRun is the least length of a run of base64 that is decoded because it
	// looks like one, in bytes.
	minRun = 20

	// minHex is that of a run of hex digits.
	minHex = 32

	// headLen is how many decoded bytes decide whether the rest is decoded.
	headLen = 15

	// minLine is the least width of base64 that goes on in the next line without
	// quotes around it.
	minLine = 56

	bad = 0xFF // not a digit
)

// digits holds the values of the digits of both alphabets of base64.
var digits = func() (t [256]byte) {
	for i := range t {
		t[i] = bad
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	return t
}()

// A payload says what decoded bytes are.
type payload uint8

const (
	noPayload payload = iota
	plainText
	wideText  // UTF-16, little endian
	wideTextB // big endian
	gzipped
	zlibbed
)

// payloadOf tells from their start what decoded bytes are. Identifiers, paths
// and hashes that are taken for base64 or hex fail here within few bytes: three
// of eight random bytes are visible ASCII.
func payloadOf(head []byte) payload {
	if len(head) < 3 {
		return noPayload
	}
	switch {
	case head[0] == 0x1F && head[1] == 0x8B && head[2] == 8:
		return gzipped
	case head[0] == 0xFF && head[1] == 0xFE, len(head) >= 6 && isWide(head):
		return wideText
	case head[0] == 0xFE && head[1] == 0xFF, len(head) >= 6 && head[0] == 0 && isWide(head[1:]):
		return wideTextB
	}
	other := 0
	for i := 0; i < len(head); {
		c := head[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F {
				other = len(head)
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && utf8.FullRune(head[i:]) {
			other = len(head)
			break
		}
		if r != '\uFEFF' {
			other += n
		}
		i += n
	}
	if other*3 <= 2*len(head) {
		return plainText
	}
	if isZlib(head) {
		return zlibbed
	}
	return noPayload
}

// isWide reports whether bytes start with ASCII in UTF-16, little endian.
func isWide(b []byte) bool {
	for i := 0; i < min(len(b), 8)-1; i += 2 {
		if b[i] < '\t' || b[i] >= 0x7F || b[i+1] != 0 {
			return false
		}
	}
	return true
}

// isZlib reports whether bytes start as a zlib stream does that uses the usual
// window and no dictionary.
func isZlib(b []byte) bool {
	return b[0] == 0x78 && (int(b[0])<<8|int(b[1]))%31 == 0 && b[1]&0x20 == 0
}

// looksText reports whether decoded bytes are text to their end.
func looksText(b []byte) bool {
	faults := 0
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if c < ' ' && (c < '\t' || c > '\r') && c != 0x1B || c == 0x7F {
				faults++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError {
			faults++
		}
		i += n
	}
	return faults*20 <= len(b)
}

// firstDigit reports whether a run of base64 that starts with c can be of
// anything that payloadOf knows. It turns most runs away at once.
func firstDigit(c byte) bool {
	v := digits[c]
	return v >= 7 && v <= 31 || v >= 48 && v <= 63 || v <= 3
}

// headOf decodes the first digits of a run of base64, up to headLen bytes.
func headOf(dst *[headLen]byte, run []byte) []byte {
	n := 0
	for i := 0; i+4 <= len(run) && n+3 <= headLen; i += 4 {
		a, b, c, d := digits[run[i]], digits[run[i+1]], digits[run[i+2]], digits[run[i+3]]
		if a|b|c|d == bad {
			break
		}
		dst[n], dst[n+1], dst[n+2] = a<<2|b>>4, b<<4|c>>2, c<<6|d
		n += 3
	}
	if rest := run[n/3*4:]; n+3 <= headLen && len(rest) >= 2 && len(rest) < 4 {
		a, b := digits[rest[0]], digits[rest[1]]
		dst[n] = a<<2 | b>>4
		n++
		if len(rest) == 3 {
			dst[n] = b<<4 | digits[rest[2]]>>2
			n++
		}
	}
	return dst[:n]
}

// mayBase64 decides from the start of a run whether it is worth decoding.
func mayBase64(run []byte) payload {
	if !firstDigit(run[0]) {
		return noPayload
	}
	var buf [headLen]byte
	// Few bytes are enough for most.
	if len(run) >= 8 {
		if h := headOf(&buf, run[:8]); payloadOf(h) == noPayload {
			return noPayload
		}
	}
	return payloadOf(headOf(&buf, run))
}

// mayHex decides the same of a run of hex digits. One that was cut may have an
// odd number of them.
func mayHex(run []byte, cut bool) payload {
	if len(run) < minHex || len(run)%2 != 0 && !cut {
		return noPayload
	}
	var buf [headLen]byte
	for i := range buf {
		v := hexAt(run, 2*i)
		if v < 0 {
			return noPayload
		}
		buf[i] = byte(v)
		if i == 2 && payloadOf(buf[:3]) == noPayload && v != 0 && buf[1] != 0 {
			return noPayload
		}
	}
	return payloadOf(buf[:])
}

// pieces appends the parts of a run of base64 that starts at lo and goes on
// over lines: text[lo:hi] and, unless it is to be single, those that follow it.
// next is the offset behind the last, and behind its padding.
func pieces(dst []Span, text []byte, lo, hi int, single bool) (parts []Span, next int) {
	dst = append(dst, Span{int32(lo), int32(hi)})
	width := hi - lo
	total := width
	for {
		if at(text, hi) == '=' {
			for hi < len(text) && text[hi] == '=' && total%4 != 0 {
				hi++
				total++
			}
			return dst, hi
		}
		if single {
			return dst, hi
		}
		start, joined := continued(text, hi)
		if start < 0 || width < minRun || width < minLine && !joined {
			return dst, hi
		}
		end := start
		for end < len(text) && digits[text[end]] != bad {
			end++
		}
		stop := end
		for stop < len(text) && text[stop] == '=' && stop < end+2 {
			stop++
		}
		if end == start || end-start > width || !endsLine(text, stop) || end-start < width && end-start >= 6 && plainWord(text[start:end]) {
			return dst, hi
		}
		dst = append(dst, Span{int32(start), int32(end)})
		total += end - start
		last := end-start < width
		hi = end
		if last {
			for hi < len(text) && text[hi] == '=' && total%4 != 0 {
				hi++
				total++
			}
			return dst, hi
		}
	}
}

// plainWord reports whether a line below base64 rather is a word.
func plainWord(b []byte) bool {
	for _, c := range b {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// continued returns where base64 that ends at i goes on in the next line, or -1
// if there is none: as it is, indented, quoted as a part of a string, or as an
// escaped line of one. joined says that it is one of the last two.
func continued(text []byte, i int) (next int, joined bool) {
	if at(text, i) == '\\' && (at(text, i+1) == 'n' || at(text, i+1) == 'r') {
		if bytes.HasPrefix(text[i:], []byte(`\r\n`)) {
			return i + 4, true
		}
		return i + 2, true
	}
	quote := byte(0)
	if c := at(text, i); c == '"' || c == '\'' {
		quote = c
		i++
	}
	// What joins strings: +, a dot, a backslash, or nothing; a comma never does.
	for k := 0; k < 3 && i < len(text) && (text[i] == ' ' || text[i] == '+' || text[i] == '\\' || quote != 0 && text[i] == '.'); k++ {
		i++
	}
	if at(text, i) == '\r' {
		i++
	}
	if at(text, i) != '\n' {
		return -1, false
	}
	i++
	for end := min(i+64, len(text)); i < end && (text[i] == ' ' || text[i] == '\t' || quote != 0 && (text[i] == '+' || text[i] == '.')); {
		i++
	}
	if quote == 0 {
		return i, false
	}
	if at(text, i) != quote {
		return -1, false
	}
	return i + 1, true
}

// endsLine reports whether nothing but what ends a string and a line follows.
func endsLine(text []byte, i int) bool {
	for ; i < len(text); i++ {
		switch text[i] {
		case '\n':
			return true
		case '"', '\'', '`', ' ', '\t', '\r', '+', '\\', ';', ',', ')', '.', '<', '}', ']':
		default:
			return i > 0 && text[i-1] == '\\' && (text[i] == 'n' || text[i] == 'r')
		}
	}
	return true
}

// appendBase64 appends what the digits in the parts of a text stand for, and
// to m where each byte came from. Both alphabets at once are no base64.
func appendBase64(dst []byte, m *spanMap, text []byte, parts []Span) (out []byte, ok bool) {
	var (
		acc      uint32
		count    int // digits so far
		std, url bool
	)
	for k, p := range parts {
		base64Segments(m, len(dst), count, parts, k)
		for _, c := range text[p.Start:p.End] {
			v := digits[c]
			if v >= 62 {
				std = std || c == '+' || c == '/'
				url = url || c == '-' || c == '_'
			}
			acc = acc<<6 | uint32(v)
			if count++; count&3 == 0 {
				dst = append(dst, byte(acc>>16), byte(acc>>8), byte(acc))
			}
		}
	}
	switch count & 3 {
	case 2:
		dst = append(dst, byte(acc>>4))
	case 3:
		dst = append(dst, byte(acc>>10), byte(acc>>2))
	}
	return dst, !(std && url)
}

// base64Segments maps the bytes that start in part k of a run, of whose digits
// count come before; out is where the bytes that are complete so far end.
func base64Segments(m *spanMap, out, count int, parts []Span, k int) {
	p := parts[k]
	n := int(p.End - p.Start)
	// The bytes that started before: all digits but each fourth start one.
	started := count - count/4
	first := out + started - count/4*3
	phase, src := count%4, int(p.Start)
	if phase == 3 {
		phase, src = 0, src+1
	}
	if src < int(p.End) {
		m.add(first, src, int(p.End), quanta, uint8(phase))
	}
	if count += n; count%4 != 0 && k+1 < len(parts) {
		// The last digit starts a byte that ends in the next part.
		m.add(first+count-count/4-started-1, int(p.End)-1, int(parts[k+1].Start)+1, whole, 0)
	}
}
