package decode

import (
	"iter"
	"sort"
)

const (
	defaultDepth = 3
	maxEscapes   = 8

	// Decoded bytes from one text, all depths together: so many times its
	// length, and so many more. Nothing but decompression makes text longer.
	expansion = 4
	allowance = 16 << 20

	// Decompressed bytes from one run of base64: so many times its length, and
	// so many more.
	inflation      = 100
	inflationFloor = 1 << 20

	// Runs that are close to each other are decoded into one part, so that it
	// keeps what stands between them, as long as all of it is short.
	nearby  = 256
	lumpMax = 64 << 10

	// How much of the line around an encoded run is kept as its context.
	leadMax  = 96
	trailMax = 32
)

// A Span is a part of a text.
type Span struct{ Start, End int32 }

// A Decoder finds what is encoded in texts. It owns memory that it uses again,
// so it is not safe for concurrent use. The zero value is ready to use.
type Decoder struct {
	// Depth is how many encodings are undone one inside the other at most. 0 means
	// 3, not counting escapes in string literals, of which up to 8 are undone: JSON
	// within JSON is common, and each of them makes the text shorter.
	Depth int

	levels  []*level
	inflate inflater
	left    int // bytes that may still be decoded
	cut     int // the depth for which something was left out; 0 if nothing was
}

// A Part is what a part of a text decodes to, with what stands around it in the
// same line. It is valid until the next one is asked for.
type Part struct {
	Data []byte

	kinds  []string
	inLine bool
	packed bool    // it was compressed
	outer  spanMap // to the text it stands in, or to wide
	inner  spanMap // if not empty: from Data, to what outer maps from
	parent *Part   // whose Data that text is; nil at the top
}

// Kinds returns the names of the encodings that were undone, outermost first:
// base64, hex, percent, unicode, string (escapes in string literals), html,
// quoted-printable, utf16, gzip, zlib.
func (p *Part) Kinds() []string {
	var outer []string
	if p.parent != nil {
		outer = p.parent.Kinds()
	}
	return append(outer, p.kinds...) // new memory, for the caller to keep
}

// Span returns the part of the text given to [Decoder.Parts] from which
// Data[lo:hi] was made. Of compressed text it is all of the run.
func (p *Part) Span(lo, hi int) (start, end int) {
	for ; p != nil; p = p.parent {
		lo, hi = p.inner.span(lo, hi)
		lo, hi = p.outer.span(lo, hi)
	}
	return lo, hi
}

// InLine reports whether Data is a line of the text it is from, or a few, with
// what was encoded there put in its place. Any other part is a text of its own.
func (p *Part) InLine() bool { return p.inLine }

// Fresh reports whether Data starts with what was decoded.
func (p *Part) Fresh() bool {
	return len(p.inner.segs) > 0 || len(p.outer.segs) > 0 && p.outer.segs[0].mode != copied
}

// Value returns what of Data was made from all of text[start:end], in the text
// given to [Decoder.Parts], but for padding. ok is false if Data is no line of
// that text, or if its bytes were not made from just these.
func (p *Part) Value(start, end int) (lo, hi int, ok bool) {
	segs := p.outer.segs
	if p.parent != nil || !p.inLine || len(p.inner.segs) > 0 || start >= end {
		return 0, 0, false
	}
	first := sort.Search(len(segs), func(k int) bool { return int(segs[k].src) > start }) - 1
	last := sort.Search(len(segs), func(k int) bool { return int(segs[k].src) >= end }) - 1
	if first < 0 {
		return 0, 0, false
	}
	f, l := &segs[first], &segs[last]
	lo, hi = int(f.out), len(p.Data)
	if last+1 < len(segs) {
		hi = int(segs[last+1].out)
	}
	if f.mode == copied {
		lo += start - int(f.src)
		ok = start < int(f.end)
	} else {
		ok = start == int(f.src)
	}
	const padding = 2
	if l.mode == copied {
		hi = int(l.out) + end - int(l.src)
		return lo, hi, ok && end <= int(l.end)
	}
	return lo, hi, ok && end >= int(l.end) && end <= int(l.end)+padding
}

// Verbatim reports whether Data[lo:hi] and the byte on either side of it are as
// they are in the text given to [Decoder.Parts], side by side.
func (p *Part) Verbatim(lo, hi int) bool {
	for ; p != nil; p = p.parent {
		if !p.verbatim(lo, hi) {
			return false
		}
		lo, hi = p.outer.span(lo, hi)
	}
	return true
}

// Compressed reports whether Data[lo:hi] has no place of its own in the text
// given to [Decoder.Parts], but shares that of what it was compressed with.
func (p *Part) Compressed() bool {
	for ; p != nil; p = p.parent {
		if p.packed {
			return true
		}
	}
	return false
}

// verbatim reports whether Data[lo:hi] is as it is in the text that p is from.
func (p *Part) verbatim(lo, hi int) bool {
	return p != nil && len(p.inner.segs) == 0 && p.outer.verbatim(lo, hi)
}

// A level holds the memory for one depth.
type level struct {
	part   Part
	wide   []byte // what UTF-16 or compressed text was decoded from
	kinds  [2]string
	pieces []Span
	tokens []Span
	marks  []int32
	done   []Span // parts of the text that need no other look
	raw    []byte
	rawMap spanMap
}

// An input is a text to be searched.
type input struct {
	text   []byte
	format Format
	tokens []Span
	marks  []int32
	from   *Part // whose Data it is; nil at the top
	depth  int   // encodings that were undone
	counts int   // those of them that count
}

// Encoded reports whether there may be something encoded in a token, which is a
// part of a text that [Decoder.Parts] may be given. It allocates nothing, so it
// is to be asked first: of most texts nothing is left.
func Encoded(text []byte, token Span) bool {
	return anyRun(text, int(token.Start), int(token.End))
}

// Parts yields what is encoded in a text, and what is encoded in that, each
// before the parts in it. tokens are, in order, where to look for runs of base64
// and hex digits, which they must not cut; marks are what [Format.Marks] finds.
// An error is a [*LimitError]: something was not decoded.
func (d *Decoder) Parts(text []byte, f Format, tokens []Span, marks []int32) iter.Seq2[*Part, error] {
	return func(yield func(*Part, error) bool) { d.parts(text, f, tokens, marks, yield) }
}

func (d *Decoder) parts(text []byte, f Format, tokens []Span, marks []int32, yield func(*Part, error) bool) {
	d.left, d.cut = expansion*len(text)+allowance, 0
	s := search{d: d, yield: yield}
	if !s.input(&input{text: text, format: f, tokens: tokens, marks: marks}) {
		return
	}
	reason := SafetyLimit
	if d.Depth > 0 {
		reason = UserLimit
	}
	if d.cut > 0 {
		yield(nil, &LimitError{Reason: reason, Detail: "encodings nested deeper than " + itoa(d.cut)})
	}
}

// bound returns the bound that does not let anything be decoded in an input, 0 if
// there is none.
func (d *Decoder) bound(in *input) int {
	switch {
	case d.Depth > 0 && in.depth >= d.Depth:
		return d.Depth
	case d.Depth > 0:
		return 0
	case in.counts >= defaultDepth:
		return defaultDepth
	case in.depth >= maxEscapes:
		return maxEscapes
	}
	return 0
}

func (d *Decoder) level(depth int) *level {
	for len(d.levels) <= depth {
		d.levels = append(d.levels, new(level))
	}
	return d.levels[depth]
}
