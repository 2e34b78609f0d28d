package decode

import (
	"iter"
)

const (
	defaultDepth = 3

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
	Depth int // most encodings that are undone one inside the other; 0 means 3

	levels  []*level
	inflate inflater
	left    int  // bytes that may still be decoded
	cut     bool // something was left out for the depth
}

// A Part is what a part of a text decodes to, with what stands around it in the
// same line. It is valid until the next one is asked for.
type Part struct {
	Data []byte

	kinds  []string
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
	depth  int
}

// Encoded reports whether [Decoder.Parts] may yield anything for a text. It
// allocates nothing, so it is to be asked first.
func Encoded(text []byte, f Format, tokens []Span, marks []int32) bool {
	if len(marks) > 0 {
		return true
	}
	if f&config != 0 {
		return anyRun(text, 0, len(text))
	}
	for _, t := range tokens {
		if anyRun(text, int(t.Start), int(t.End)) {
			return true
		}
	}
	return false
}

// Parts yields what is encoded in a text, and what is encoded in that, each
// before the parts in it. tokens are the longest runs of at least 32 bytes
// without spaces or quotes, in order; marks are what [Format.Marks] finds.
// An error is a [*LimitError]: something was not decoded.
func (d *Decoder) Parts(text []byte, f Format, tokens []Span, marks []int32) iter.Seq2[*Part, error] {
	return func(yield func(*Part, error) bool) { d.parts(text, f, tokens, marks, yield) }
}

func (d *Decoder) parts(text []byte, f Format, tokens []Span, marks []int32, yield func(*Part, error) bool) {
	if f&config != 0 {
		tokens = []Span{{0, int32(len(text))}} // runs may be shorter than tokens
	}
	d.left, d.cut = expansion*len(text)+allowance, false
	s := search{d: d, yield: yield}
	if !s.input(&input{text: text, format: f, tokens: tokens, marks: marks}) {
		return
	}
	reason, depth := SafetyLimit, d.depth()
	if d.Depth > 0 {
		reason = UserLimit
	}
	if d.cut {
		yield(nil, &LimitError{Reason: reason, Detail: "encodings nested deeper than " + itoa(depth)})
	}
}

func (d *Decoder) depth() int {
	if d.Depth > 0 {
		return d.Depth
	}
	return defaultDepth
}

func (d *Decoder) level(depth int) *level {
	for len(d.levels) <= depth {
		d.levels = append(d.levels, new(level))
	}
	return d.levels[depth]
}
