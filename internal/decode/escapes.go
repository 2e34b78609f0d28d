package decode

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// How far from a mark text is decoded that is in the same line, in bytes.
const (
	markLead  = 1024
	markTrail = 1024
)

// marks decodes what stands around the marks.
func (f *finder) marks() {
	var done [128]int // by the byte of the mark
	for k, m := range f.in.marks {
		if f.stopped {
			return
		}
		c := f.in.text[m] & 127
		if c == 'S' {
			done[c] = f.secretData(int(m), done[c])
			continue
		}
		if int(m) < done[c] || f.in.from.verbatim(int(m), int(m)+2) {
			continue
		}
		switch c {
		case '%':
			done[c] = f.percent(int(m), done[c])
		case 'a':
			f.authValue(int(m))
		default:
			done[c] = f.lines(k, done[c])
		}
	}
	f.flush()
}

// percent decodes the run of URL characters around a mark.
func (f *finder) percent(m, from int) int {
	lv, text := f.lv, f.in.text
	lo, hi := m, m
	for lo > max(from, m-markLead) && isURL(text[lo-1]) {
		lo--
	}
	for hi < min(m+4*markTrail, len(text)) && isURL(text[hi]) {
		hi++
	}
	e := emitter{text: text, out: lv.raw[:0], m: &lv.rawMap}
	e.m.reset()
	for i := lo; i < hi; {
		if v, n := percentEscape(text[i:]); n > 0 {
			e.bytes(i, i+n, v)
			i += n
			continue
		}
		e.copy(i, i+1)
		i++
	}
	lv.raw = e.out
	if looksText(lv.raw) {
		f.add(lo, hi, "percent")
	}
	return hi
}

// percentEscape returns the byte that an escape at the start of text stands for,
// and its length; 0 if there is none. A percent sign that was encoded itself,
// maybe many times over, is undone at once: URLs within URLs within cookies are
// common.
func percentEscape(text []byte) (byte, int) {
	if text[0] != '%' {
		return 0, 0
	}
	n := 1
	for bytes.HasPrefix(text[n:], []byte("25")) && hexAt(text, n+2) >= 0 {
		n += 2
	}
	if v := hexAt(text, n); v >= 0 {
		return byte(v), n + 2
	}
	return 0, 0
}

func isURL(c byte) bool {
	return c > ' ' && c < 0x7F && c != '"' && c != '\'' && c != '<' && c != '>' && c != '`' && c != '\\'
}

// lines decodes the lines around mark number k and those that follow close by.
func (f *finder) lines(k, from int) int {
	lv, text := f.lv, f.in.text
	m := int(f.in.marks[k])
	c := text[m]
	lo := max(lineStart(text, m, markLead), from)
	for lo > from && lo < m && text[lo-1] == '\\' {
		lo-- // cut no escape
	}
	hi := m
	for ; k < len(f.in.marks); k++ {
		next := int(f.in.marks[k])
		if text[next] != c {
			continue
		}
		if next > hi+nearby {
			break
		}
		if next >= hi || text[min(hi, len(text)-1)] != '\n' {
			at := max(next, hi)
			hi = lineEnd(text, at, max(next+markTrail-at, 0))
		}
	}
	if c == '\\' && f.in.format&notebook != 0 && hi+1 < len(text) && text[hi] == '\n' {
		// The last line of several may have nothing to escape.
		hi = lineEnd(text, hi+1, markTrail)
	}
	e := emitter{text: text, out: lv.raw[:0], m: &lv.rawMap}
	e.m.reset()
	kind := "unicode"
	switch c {
	case '\\':
		if e.strings(lo, hi, f.in.format&notebook != 0); !e.coded {
			kind = "string"
		}
	case '&':
		kind = "html"
		e.html(lo, hi)
	default:
		kind = "quoted-printable"
		if text[min(hi, len(text)-1)] == '\n' {
			hi++
		}
		e.printable(lo, hi)
	}
	lv.raw = e.out
	f.flush()
	f.begin(kind)
	lv.part.Data = append(lv.part.Data, lv.raw...)
	lv.part.outer.segs = append(lv.part.outer.segs, lv.rawMap.segs...)
	f.finish(kind)
	return hi
}

// An emitter writes decoded text and where each byte came from.
type emitter struct {
	text  []byte
	out   []byte
	m     *spanMap
	coded bool // a character was written as its number
}

// copy appends text[lo:hi].
func (e *emitter) copy(lo, hi int) {
	if lo < hi {
		e.m.add(len(e.out), lo, hi, copied, 0)
		e.out = append(e.out, e.text[lo:hi]...)
	}
}

// bytes appends what text[lo:hi] stands for.
func (e *emitter) bytes(lo, hi int, b ...byte) {
	e.m.add(len(e.out), lo, hi, whole, 0)
	e.out = append(e.out, b...)
}

func (e *emitter) rune(lo, hi int, r rune) {
	e.m.add(len(e.out), lo, hi, whole, 0)
	e.out = utf8.AppendRune(e.out, r)
}

// strings undoes the escapes in text[lo:hi]. Where a string literal holds
// quotes or lines, its own quotes are left out, so that what it holds reads as
// it would in a file of its own; where lines are kept as an array of strings,
// what stands between them goes, too.
func (e *emitter) strings(lo, hi int, notebook bool) {
	for i := lo; i < hi; {
		switch e.text[i] {
		case '"':
			end, holds := literal(e.text[i:hi], notebook)
			if end == 0 || !holds {
				// Undo its escapes, but keep its quotes.
				end = max(end, 1)
				e.copy(i, i+1)
				if end > 1 {
					e.escapes(i+1, i+end-1)
					e.copy(i+end-1, i+end)
				}
				i += end
				continue
			}
			e.escapes(i+1, i+end-1)
			i += end
			if n := len(e.out); n > 0 && e.out[n-1] == '\n' {
				i += between(e.text[i:hi])
			}
		case '\\':
			i += e.escape(i, hi)
		default:
			n := bytes.IndexAny(e.text[i:hi], "\"\\")
			if n < 0 {
				n = hi - i
			}
			e.copy(i, i+n)
			i += n
		}
	}
}

// literal returns the length of the string literal in double quotes at the
// start of text, 0 if it does not end in its line, and whether it holds quotes
// or lines.
func literal(text []byte, notebook bool) (n int, holds bool) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\n':
			return 0, false
		case '"':
			return i + 1, holds
		case '\\':
			i++
			switch at(text, i) {
			case '"':
				holds = true
			case 'n':
				holds = holds || notebook || at(text, i+1) != '"'
			}
		}
	}
	return 0, false
}

// between returns the length of what stands between two strings in an array.
func between(text []byte) int {
	if at(text, 0) != ',' {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
		case '"':
			return i
		default:
			return 0
		}
	}
	return 0
}

// escapes undoes the escapes in text[lo:hi].
func (e *emitter) escapes(lo, hi int) {
	for lo < hi {
		n := bytes.IndexByte(e.text[lo:hi], '\\')
		if n < 0 {
			e.copy(lo, hi)
			return
		}
		e.copy(lo, lo+n)
		lo += n
		lo += e.escape(lo, hi)
	}
}

// escape undoes the escape at i, or copies what is none, and returns its length.
func (e *emitter) escape(i, hi int) int {
	s := e.text[i:hi]
	switch c := at(s, 1); c {
	case 'n', 'r', 't', 'b', 'f':
		e.bytes(i, i+2, "\n\r\t\b\f"[bytes.IndexByte([]byte("nrtbf"), c)])
		return 2
	case '"', '\'', '/', '\\', '`':
		e.bytes(i, i+2, c)
		return 2
	case 'x':
		if v := hexAt(s, 2); v >= 0 {
			e.coded = true
			e.bytes(i, i+4, byte(v))
			return 4
		}
	case 'u', 'U':
		if r, n := unicodeEscape(s); n > 0 {
			e.coded = true
			e.rune(i, i+n, r)
			return n
		}
	case '0', '1', '2', '3':
		if d, f := at(s, 2)-'0', at(s, 3)-'0'; d < 8 && f < 8 {
			e.bytes(i, i+4, (c-'0')<<6|d<<3|f)
			return 4
		}
	}
	e.copy(i, i+1)
	return 1
}

// unicodeEscape returns the character that an escape at the start of text
// stands for, and its length: \uXXXX, two of them for one character,
// \UXXXXXXXX, or \u{X}.
func unicodeEscape(text []byte) (rune, int) {
	if at(text, 2) == '{' {
		n := 3
		for n < 9 && hexDigit(at(text, n)) >= 0 {
			n++
		}
		if n == 3 || at(text, n) != '}' {
			return 0, 0
		}
		return rune(hexValue(text[3:n], n-3)), n + 1
	}
	size := 4
	if text[1] == 'U' {
		size = 8
	}
	v := hexValue(text[2:], size)
	if v < 0 {
		return 0, 0
	}
	if size == 4 && utf16.IsSurrogate(rune(v)) && at(text, 6) == '\\' && at(text, 7) == 'u' {
		if low := hexValue(text[8:], 4); low >= 0 {
			if r := utf16.DecodeRune(rune(v), rune(low)); r != utf8.RuneError {
				return r, 12
			}
		}
	}
	return rune(uint32(v) & 0x7FFFFFFF), 2 + size
}

// html undoes the character references in text[lo:hi].
func (e *emitter) html(lo, hi int) {
	for lo < hi {
		n := bytes.IndexByte(e.text[lo:hi], '&')
		if n < 0 {
			e.copy(lo, hi)
			return
		}
		e.copy(lo, lo+n)
		lo += n
		r, size := charReference(e.text[lo:hi])
		if size == 0 {
			e.copy(lo, lo+1)
			lo++
			continue
		}
		e.rune(lo, lo+size, r)
		lo += size
	}
}

// charReference returns the character that a reference at the start of text stands
// for, and its length; 0 if there is none.
func charReference(text []byte) (rune, int) {
	if at(text, 1) != '#' {
		return namedEntity(text)
	}
	i, base := 2, rune(10)
	if c := at(text, 2); c == 'x' || c == 'X' {
		i, base = 3, 16
	}
	var r rune
	first := i
	for ; i < len(text) && i < first+8; i++ {
		v := hexDigit(text[i])
		if v < 0 || rune(v) >= base {
			break
		}
		r = r*base + rune(v)
	}
	if i == first {
		return 0, 0
	}
	if at(text, i) == ';' {
		i++
	}
	return r & 0x7FFFFFFF, i
}

// entities are the named references that may stand within a credential.
var entities = map[string]rune{
	"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\'', "nbsp": ' ', "equals": '=', "colon": ':',
	"semi": ';', "comma": ',', "period": '.', "sol": '/', "bsol": '\\', "plus": '+', "lowbar": '_',
	"dollar": '$', "commat": '@', "num": '#', "percnt": '%', "excl": '!', "quest": '?', "ast": '*',
	"lpar": '(', "rpar": ')', "lbrack": '[', "rbrack": ']', "lbrace": '{', "rbrace": '}', "lcub": '{',
	"rcub": '}', "lsqb": '[', "rsqb": ']', "vert": '|', "grave": '`', "Hat": '^', "Tab": '\t', "NewLine": '\n',
}

// namedEntity is charReference for those with a name.
func namedEntity(text []byte) (rune, int) {
	n := bytes.IndexByte(text[:min(len(text), 10)], ';')
	if n < 2 {
		return 0, 0
	}
	r, ok := entities[string(text[1:n])]
	if !ok {
		return 0, 0
	}
	return r, n + 1
}

// printable undoes quoted-printable in text[lo:hi].
func (e *emitter) printable(lo, hi int) {
	for lo < hi {
		n := bytes.IndexByte(e.text[lo:hi], '=')
		if n < 0 {
			e.copy(lo, hi)
			return
		}
		e.copy(lo, lo+n)
		lo += n
		rest := e.text[lo:hi]
		if n := softBreak(rest); n > 0 {
			lo += n // it stands for nothing
		} else if v := hexAt(rest, 1); v >= 0 {
			e.bytes(lo, lo+3, byte(v))
			lo += 3
		} else {
			e.copy(lo, lo+1)
			lo++
		}
	}
}
