package decode

import (
	"bytes"
	"strings"
)

// secretReach is how far from the kind of a Kubernetes object its data may
// stand, in bytes; half as far behind it where objects follow each other closely.
const secretReach = 32 << 10

// secretSeam is how much of what was looked at is looked at again, at most.
const secretSeam = 1 << 10

// minValue is the least length of a value that is base64 by its name.
const minValue = 4

// secretData decodes the data of a Kubernetes secret, the kind of which is at m.
// What lies before from is decoded. It returns up to where it has looked.
func (f *finder) secretData(m, from int) int {
	text := f.in.text
	if m+secretReach/2 < from {
		return from // most of what belongs to it was among what is decoded
	}
	lo, hi := max(from, m-secretReach), min(m+secretReach, len(text))
	if n := bytes.LastIndex(text[min(lo, m):m], []byte("\n---")); n >= 0 {
		lo += n
	}
	if n := bytes.Index(text[m:hi], []byte("\n---")); n >= 0 {
		hi = m + n
	}
	key := hi
	for i := lo; i < hi && !f.stopped; {
		n := bytes.Index(text[i:hi], []byte("data"))
		if n < 0 {
			key = hi
			break
		}
		i += n + len("data")
		key = i - len("data")
		switch {
		case at(text, key-1) == '"' && at(text, i) == '"':
			i = f.objectValues(i+1, hi)
		case at(text, i) == ':' && (key == 0 || text[key-1] == '\n' || text[key-1] == ' '):
			i = f.blockValues(key, i+1, hi)
		}
	}
	// What may have been cut at the end is looked at again.
	return max(min(key, hi-len(`"data":`)), hi-secretSeam)
}

// objectValues decodes the values of the JSON object that starts behind i, and
// returns where it ends.
func (f *finder) objectValues(i, hi int) int {
	text := f.in.text
	i = skip(text, i, hi, ": \t\r\n")
	if i >= hi || text[i] != '{' {
		return i
	}
	for i < hi && text[i] != '}' && !f.stopped {
		// A name, then its value.
		name := bytes.IndexByte(text[i:hi], '"')
		end := bytes.IndexByte(text[i:hi], '}')
		if name < 0 || end >= 0 && end < name {
			return i
		}
		i += name + 1
		n := bytes.IndexByte(text[i:hi], '"')
		if n < 0 {
			return hi
		}
		value := skip(text, i+n+1, hi, ": \t\r\n")
		if value >= hi || text[value] != '"' {
			i += n + 1
			continue
		}
		i = f.value(value + 1)
		if n = bytes.IndexByte(text[i:hi], '"'); n < 0 {
			return hi
		}
		i += n + 1
	}
	return i
}

// blockValues decodes the values of the YAML mapping under the name at key, and
// returns where it ends.
func (f *finder) blockValues(key, i, hi int) int {
	text := f.in.text
	indent := key - lineStart(text, key, 256)
	for i < hi && !f.stopped {
		n := bytes.IndexByte(text[i:hi], '\n')
		if n < 0 {
			return hi
		}
		i += n + 1
		first := skip(text, i, hi, " \t")
		if first >= hi {
			return hi
		}
		if c := text[first]; c == '\n' || c == '\r' || c == '#' {
			continue
		}
		if first-i <= indent {
			return i
		}
		end := min(lineEnd(text, first, hi-first), hi)
		colon := bytes.Index(text[first:end], []byte(": "))
		if colon < 0 {
			continue
		}
		value := skip(text, first+colon+2, end, " \t\"'")
		if value < end && (text[value] == '|' || text[value] == '>') {
			value = skip(text, end, hi, " \t\r\n")
		}
		if value < hi {
			i = max(min(f.value(value), hi), value)
		}
	}
	return min(i, hi)
}

// value decodes the base64 at i and returns where it ends.
func (f *finder) value(i int) int {
	text := f.in.text
	end := i
	for end < len(text) && digits[text[end]] != bad {
		end++
	}
	pad := 0
	for pad < 2 && at(text, end+pad) == '=' {
		pad++
	}
	if end-i < minValue-pad || end-i < 2 || (end-i+pad)%4 != 0 && end-i < minLine {
		return end
	}
	if f.in.from.verbatim(i, end) {
		return end
	}
	var head [headLen]byte
	p := payloadOf(headOf(&head, text[i:end]))
	if p == noPayload && end-i < 4 && looksText(headOf(&head, text[i:end])) {
		p = plainText // one or two characters
	}
	if p == noPayload {
		return end
	}
	next, ok := f.base64(i, end, p)
	if ok {
		f.lv.done = append(f.lv.done, Span{int32(i), int32(next)})
	}
	return next
}

// authValue decodes the value of the name at m.
func (f *finder) authValue(m int) {
	text := f.in.text
	i := m
	for i < len(text) && isAlnum(text[i]) {
		i++
	}
	hi := min(i+64, len(text))
	if i = skip(text, i, hi, "\"'=: \t"); i < hi {
		f.value(i)
	}
}

// skip returns the first offset from i to hi of a byte that is not in set.
func skip(text []byte, i, hi int, set string) int {
	for i < hi && strings.IndexByte(set, text[i]) >= 0 {
		i++
	}
	return i
}
