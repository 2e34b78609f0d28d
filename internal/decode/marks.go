package decode

import (
	"bytes"
	"slices"
)

// How far the decision on a mark reaches back and ahead, in bytes. A mark that
// is farther than that from an edit stays what it is.
const (
	MarkBack    = 16
	MarkForward = 64
)

// Marks appends the offsets in text of what may be worth decoding for reasons
// other than being a long run of base64 or hex digits, in rising order. Each
// depends on the format, the [MarkBack] bytes before it and the [MarkForward]
// bytes from it on, nothing else.
func (f Format) Marks(dst []int32, text []byte) []int32 {
	// Blocks of this size stay in the fastest cache while they are searched
	// for one byte after the other.
	const block = 16 << 10
	for lo := 0; lo < len(text); lo += block {
		hi := min(lo+block, len(text))
		first := len(dst)
		dst = f.marks(dst, text, lo, hi, '\\')
		dst = f.marks(dst, text, lo, hi, '%')
		if f&markup != 0 {
			dst = f.marks(dst, text, lo, hi, '&')
		}
		if f&mail != 0 {
			dst = f.marks(dst, text, lo, hi, '=')
		}
		if f&object != 0 {
			dst = f.marks(dst, text, lo, hi, 'S')
		}
		if f&auth != 0 {
			dst = f.marks(dst, text, lo, hi, 'a')
		}
		slices.Sort(dst[first:])
	}
	return dst
}

// marks appends the offsets from lo to hi of a byte where it is a mark.
func (f Format) marks(dst []int32, text []byte, lo, hi int, lead byte) []int32 {
	for lo < hi {
		n := bytes.IndexByte(text[lo:hi], lead)
		if n < 0 {
			break
		}
		lo += n
		if (lead != '\\' || f.mayEscape(text, lo)) && f.mark(text, lo) {
			dst = append(dst, int32(lo))
		}
		lo++
	}
	return dst
}

// mayEscape reports whether the backslash at i may be a mark. It turns most away
// by what follows: ends of lines before the end of a string.
func (f Format) mayEscape(text []byte, i int) bool {
	switch at(text, i+1) {
	case 'u', 'U', 'x', '"', '/', '\\':
		return true
	case 'n', 'r':
		return f&notebook != 0 || isName(at(text, i+2))
	}
	return false
}

// mark decides whether the byte at i is a mark.
func (f Format) mark(text []byte, i int) bool {
	back, ahead := text[max(0, i-MarkBack):i], text[i:min(i+MarkForward, len(text))]
	switch text[i] {
	case '\\':
		return f.backslash(back, ahead)
	case '%':
		return percent(back, ahead)
	case '&':
		return entity(ahead)
	case '=':
		return printable(ahead)
	case 'S':
		return secretKind(back, ahead)
	}
	return authName(back, ahead)
}

// at returns the byte at i, or 0 if there is none.
func at(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

// backslash decides on an escape in a string literal. Programs are full of
// them; those of interest hide a character that no one had to escape, or hold
// an assignment within the string.
func (f Format) backslash(back, ahead []byte) bool {
	odd := false
	for k := len(back) - 1; k >= 0 && back[k] == '\\'; k-- {
		odd = !odd
	}
	if odd {
		return false // this one is escaped itself
	}
	switch c := at(ahead, 1); c {
	case 'u', 'U':
		return at(ahead, 2) == '{' || hexValue(ahead[min(2, len(ahead)):], 4) >= 0
	case 'x':
		a, b := hexAt(ahead, 2), -1
		if at(ahead, 4) == '\\' && at(ahead, 5) == 'x' {
			b = hexAt(ahead, 6)
		}
		return isPlain(a) && isPlain(b)
	case '"':
		return assigned(back) || assigns(ahead[2:])
	case 'n', 'r':
		return f&notebook != 0 || len(back) > 0 && named(ahead[2:])
	case '/':
		return f&object != 0 || at(back, len(back)-1) == ':'
	case '\\':
		return at(ahead, 2) == 'u' && hexValue(ahead[3:], 4) >= 0 || at(ahead, 2) == 'n' && named(ahead[3:])
	}
	return false
}

// assigned reports whether text ends in an operator, and perhaps a space.
func assigned(text []byte) bool {
	last := at(text, len(text)-1)
	if last == ' ' {
		last = at(text, len(text)-2)
	}
	return last == ':' || last == '='
}

// assigns reports whether text starts with an operator, perhaps after a space.
func assigns(text []byte) bool {
	first := at(text, 0)
	if first == ' ' {
		first = at(text, 1)
	}
	return first == ':' || first == '='
}

// named reports whether text starts with a name and an operator.
func named(text []byte) bool {
	n := 0
	for n < len(text) && isName(text[n]) {
		n++
	}
	return n >= 3 && n < 40 && assigns(text[n:])
}

// percent decides on a percent sign: it is an escape within a run of
// characters, not a verb of a format, and not of a space only.
func percent(back, ahead []byte) bool {
	v := hexAt(ahead, 1)
	if v <= ' ' && v != '\n' || v >= 0x7F || len(back) == 0 || len(ahead) < 4 {
		return false
	}
	prev, next := back[len(back)-1], ahead[3]
	return (isAlnum(prev) || prev == '=' || prev == '/' || prev == '&') && (isAlnum(next) || next == '%')
}

// entity decides on an ampersand.
func entity(ahead []byte) bool {
	switch at(ahead, 1) {
	case '#':
		return isAlnum(at(ahead, 2))
	case 'a':
		if bytes.HasPrefix(ahead, []byte("&amp;")) {
			// Between parameters of a URL it cuts nothing.
			rest := ahead[5:]
			n := 0
			for n < len(rest) && isName(rest[n]) {
				n++
			}
			return n > 0 && at(rest, n) != '='
		}
		return bytes.HasPrefix(ahead, []byte("&apos;"))
	}
	_, n := namedEntity(ahead)
	return n > 0 && !bytes.HasPrefix(ahead, []byte("&lt;")) && !bytes.HasPrefix(ahead, []byte("&gt;")) &&
		!bytes.HasPrefix(ahead, []byte("&nbsp;"))
}

// printable decides on an equals sign in a mail.
func printable(ahead []byte) bool {
	return upperHexAt(ahead, 1) >= 0 || softBreak(ahead) > 0
}

// softBreak returns the length of the line break in quoted-printable at the
// start of text, or 0 if there is none.
func softBreak(text []byte) int {
	n := 1
	for at(text, n) == ' ' || at(text, n) == '\t' {
		n++
	}
	if at(text, n) == '\r' {
		n++
	}
	if at(text, 0) == '=' && at(text, n) == '\n' {
		return n + 1
	}
	return 0
}

// secretKind decides on what may be the kind of a Kubernetes object.
func secretKind(back, ahead []byte) bool {
	if !bytes.HasPrefix(ahead, []byte("Secret")) || isName(at(ahead, 6)) {
		return false
	}
	back = bytes.TrimRight(back, "\"' ")
	back = bytes.TrimSuffix(back, []byte(":"))
	return bytes.HasSuffix(bytes.TrimRight(back, "\"'"), []byte("kind"))
}

// authName decides on what may be the name of a value in base64.
func authName(back, ahead []byte) bool {
	switch prev := at(back, len(back)-1); {
	case bytes.HasPrefix(ahead, []byte("auth\"")):
		return prev == '"'
	case bytes.HasPrefix(ahead, []byte("auth=")), bytes.HasPrefix(ahead, []byte("auth =")):
		return prev == '_'
	case bytes.HasPrefix(ahead, []byte("assword=")), bytes.HasPrefix(ahead, []byte("assword =")):
		return bytes.HasSuffix(back, []byte("_p"))
	}
	return false
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func isName(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }

// isPlain reports whether a byte value is a visible ASCII character.
func isPlain(v int) bool { return v > ' ' && v < 0x7F }

// hexDigit returns the value of a hex digit, or -1.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// hexAt returns the value of the two hex digits at i, or -1.
func hexAt(b []byte, i int) int {
	if i+2 > len(b) {
		return -1
	}
	hi, lo := hexDigit(b[i]), hexDigit(b[i+1])
	if hi < 0 || lo < 0 {
		return -1
	}
	return hi<<4 | lo
}

// upperHexAt is hexAt for digits that have to be upper-case.
func upperHexAt(b []byte, i int) int {
	if v := hexAt(b, i); v >= 0 && b[i] < 'a' && b[i+1] < 'a' {
		return v
	}
	return -1
}

// hexValue returns the value of the n hex digits at the start of b, or -1.
func hexValue(b []byte, n int) int {
	if len(b) < n {
		return -1
	}
	v := 0
	for _, c := range b[:n] {
		d := hexDigit(c)
		if d < 0 {
			return -1
		}
		v = v<<4 | d
	}
	return v
}
