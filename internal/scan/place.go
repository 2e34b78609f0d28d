package scan

import (
	"bytes"
	"unicode/utf8"

	"github.com/keysift/keysift/internal/decode"
)

// A placer turns offsets in the text of a chunk into positions in the content,
// for offsets that mostly rise.
type placer struct {
	chunk *Chunk
	enc   decode.Encoding
	text  []byte // decoded, if the chunk is UTF-16, else the chunk's data

	lo, hi int // part of text that the chunk owns

	line  int // number of the line that starts at, or holds, text[at]
	at    int // start of the line in text; 0 for the chunk's first
	first bool
}

func newPlacer(c *Chunk, enc decode.Encoding, text []byte) *placer {
	p := &placer{chunk: c, enc: enc, text: text, line: max(c.Base.Line, 1), first: true}
	p.lo, p.hi = p.fromSource(c.Lead), p.fromSource(len(c.Data)-c.Trail)
	return p
}

func (p *placer) wide() bool { return p.enc == decode.UTF16LE || p.enc == decode.UTF16BE }

// toSource maps an offset in text to one in the data of the chunk.
func (p *placer) toSource(at int) int {
	if !p.wide() {
		return at
	}
	return decode.UTF16Offset(p.chunk.Data, p.enc, at)
}

// fromSource is the inverse of toSource, for the borders of the owned part.
func (p *placer) fromSource(at int) int {
	switch {
	case !p.wide():
		return at
	case at <= 0:
		return 0
	case at >= len(p.chunk.Data):
		return len(p.text)
	}
	lo, hi := 0, len(p.text)
	for lo < hi {
		mid := (lo + hi) / 2
		if p.toSource(mid) < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// owns reports whether a finding that starts at an offset is the chunk's own.
func (p *placer) owns(at int) bool { return at >= p.lo && (at < p.hi || p.chunk.Trail == 0) }

// place returns the position of an offset.
func (p *placer) place(at int) Position {
	if at < p.at {
		p.at, p.line, p.first = 0, max(p.chunk.Base.Line, 1), true
	}
	if n := bytes.Count(p.text[p.at:at], []byte{'\n'}); n > 0 {
		p.line += n
		p.at = bytes.LastIndexByte(p.text[:at], '\n') + 1
		p.first = false
	}
	src := p.toSource(at)
	column := src - p.toSource(p.at) + 1
	out := Position{Line: p.line, Column: column, Byte: p.chunk.Base.Byte + int64(src)}
	if p.first && p.chunk.Base.Column > 1 { // the line's start is not here
		out.Column += p.chunk.Base.Column - 1
		return out
	}
	if char := utf8.RuneCount(p.text[p.at:at]) + 1; char != column {
		out.Char = char
	}
	return out
}
