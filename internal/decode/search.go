package decode

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A search goes through a text and what is encoded in it.
type search struct {
	d     *Decoder
	yield func(*Part, error) bool
}

// A finder looks for what is encoded in one text. It gathers what it decodes
// in the part of its level.
type finder struct {
	*search
	in *input
	lv *level

	open    bool // a part has been begun
	end     int  // of what was decoded last for it
	bound   int  // that is reached, so that it only matters whether there is anything; else 0
	stopped bool
	doneAt  int
	refused int // runs that start before go on in no other line
}

// input searches a text. It returns false when the search is to end.
func (s *search) input(in *input) bool {
	f := finder{search: s, in: in, lv: s.d.level(in.depth), bound: s.d.bound(in)}
	if f.bound > 0 && s.d.cut > 0 {
		return true // as is known
	}
	f.lv.done = f.lv.done[:0]
	f.marks()
	if len(f.lv.done) > 1 {
		slices.SortFunc(f.lv.done, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	}
	f.doneAt = 0
	reached := 0
	for _, t := range in.tokens {
		if int(t.End) > reached {
			reached = f.runs(max(int(t.Start), reached), int(t.End))
		}
	}
	f.flush()
	return !f.stopped || f.bound > 0
}

// nextRun returns the first run of at least minRun base64 digits that starts in
// text[lo:hi]; it may end behind hi. start is -1 if there is none. Such a run
// covers a place each minRun bytes, so few bytes are looked at.
func nextRun(text []byte, lo, hi int) (start, end int) {
	for i := lo + minRun - 1; i < hi; {
		start := digitsBefore(text, i+1, max(lo, i+1-minRun))
		if start > i+1-minRun {
			i = start + minRun - 1
			continue
		}
		start = digitsBefore(text, start, lo)
		return start, digitsAfter(text, i+1)
	}
	return -1, hi
}

// digitsBefore returns the start of the run of digits that ends at i, but not
// less than lo.
func digitsBefore(text []byte, i, lo int) int {
	for i-4 >= lo {
		q := text[i-4 : i : i]
		if (digits[q[0]]|digits[q[1]]|digits[q[2]]|digits[q[3]])&0x80 != 0 {
			break
		}
		i -= 4
	}
	for i > lo && digits[text[i-1]] != bad {
		i--
	}
	return i
}

// digitsAfter returns the end of the run of digits that starts at i.
func digitsAfter(text []byte, i int) int {
	for i+4 <= len(text) {
		q := text[i : i+4 : i+4]
		if (digits[q[0]]|digits[q[1]]|digits[q[2]]|digits[q[3]])&0x80 != 0 {
			break
		}
		i += 4
	}
	for i < len(text) && digits[text[i]] != bad {
		i++
	}
	return i
}

// A digitKind says what a run of digits is.
type digitKind uint8

const (
	noDigits digitKind = iota
	base64Digits
	hexDigits
)

// worth decides whether a run of base64 digits is worth decoding, from where,
// and as what.
func worth(text []byte, start, end int) (from int, kind digitKind, p payload) {
	for start < end && (text[start] == '-' || text[start] == '_') {
		start++
	}
	if end-start < minRun {
		return start, noDigits, noPayload
	}
	if text[start] == '0' && text[start+1]|0x20 == 'x' {
		start += 2
	}
	if p := mayHex(text[start:end], start == 0 || end == len(text)); p != noPayload {
		return start, hexDigits, p
	}
	p = mayBase64(text[start:end])
	if start == 0 {
		// The text may be a part of some content that was cut anywhere.
		if p := mayHex(text[1:end], true); p != noPayload {
			return 1, hexDigits, p
		}
		for ; p == noPayload && start < 3; p = mayBase64(text[start:end]) {
			start++
		}
	}
	if p == noPayload {
		// What looks like a path may be one that ends in base64.
		n := bytes.LastIndexByte(text[start:end], '/') + 1
		if n == 0 || end-start-n < minRun {
			return start, noDigits, noPayload
		}
		start += n
		if p = mayBase64(text[start:end]); p == noPayload {
			return start, noDigits, noPayload
		}
	}
	if webToken(text, start, end) {
		return start, noDigits, noPayload
	}
	return start, base64Digits, p
}

// anyRun reports whether there is a run worth decoding in a part of a text.
func anyRun(text []byte, lo, hi int) bool {
	for lo < hi {
		start, end := nextRun(text, lo, hi)
		if start < 0 {
			break
		}
		if _, kind, _ := worth(text, start, end); kind != noDigits {
			return true
		}
		lo = end
	}
	return false
}

// runs decodes the runs of digits in a part of the text. It returns up to where
// the text needs no other look, which may be behind hi.
func (f *finder) runs(lo, hi int) (reached int) {
	for lo < hi && !f.stopped {
		start, end := nextRun(f.in.text, lo, hi)
		if start < 0 {
			break
		}
		lo = max(f.run(start, end), end)
	}
	return lo
}

// run looks at a run of base64 digits and returns where to go on.
func (f *finder) run(start, end int) int {
	if next, ok := f.isDone(start); ok {
		return next
	}
	if f.in.from.verbatim(start, end) {
		return end // as it stood in the text around
	}
	from, kind, p := worth(f.in.text, start, end)
	switch kind {
	case hexDigits:
		f.hex(from, end, p)
	case base64Digits:
		end, _ = f.base64(from, end, p)
	}
	return end
}

// isDone reports whether the text at i was decoded for another reason, and up
// to where. It is asked for rising offsets.
func (f *finder) isDone(i int) (int, bool) {
	done := f.lv.done
	for f.doneAt < len(done) && int(done[f.doneAt].End) <= i {
		f.doneAt++
	}
	if f.doneAt < len(done) && int(done[f.doneAt].Start) <= i {
		return int(done[f.doneAt].End), true
	}
	return 0, false
}

// webToken reports whether a run is a part of a JSON web token. Those are for
// rules to judge, as they stand.
func webToken(text []byte, start, end int) bool {
	head := start
	for least := max(0, start-8192); head > least && (text[head-1] == '.' || digits[text[head-1]] != bad); {
		head--
	}
	return bytes.HasPrefix(text[head:], []byte("eyJ")) && (head < start || at(text, end) == '.' && digits[at(text, end+1)] != bad)
}

// base64 decodes a run of base64 and the lines it goes on in. It returns where
// it ends, and whether it was worth it.
func (f *finder) base64(start, end int, p payload) (next int, ok bool) {
	lv, text := f.lv, f.in.text
	lv.pieces, next = pieces(lv.pieces[:0], text, start, end, start < f.refused)
	for {
		lv.rawMap.reset()
		if lv.raw, ok = appendBase64(lv.raw[:0], &lv.rawMap, text, lv.pieces); !ok {
			return end, false
		}
		if f.decoded(start, next, "base64", p) {
			return next, true
		}
		if len(lv.pieces) == 1 {
			return next, false
		}
		// The lines below are something else, and remain so for each of them.
		f.refused = next
		lv.pieces, next = lv.pieces[:1], end
	}
}

// hex decodes a run of hex digits.
func (f *finder) hex(start, end int, p payload) {
	lv := f.lv
	lv.raw = lv.raw[:0]
	end -= (end - start) % 2 // the text was cut
	for i := start; i < end; i += 2 {
		v := hexAt(f.in.text, i)
		if v < 0 {
			return // there are other digits
		}
		lv.raw = append(lv.raw, byte(v))
	}
	lv.rawMap.reset()
	lv.rawMap.add(0, start, end, paired, 0)
	f.decoded(start, end, "hex", p)
}

// decoded takes the bytes in the level's raw, decoded from a part of the text.
// It returns false if they are none that matter.
func (f *finder) decoded(start, end int, kind string, p payload) bool {
	switch p {
	case plainText:
		if !looksText(f.lv.raw) {
			return false
		}
		f.add(start, end, kind)
		return true
	case wideText:
		return f.wide(kind, UTF16LE)
	case wideTextB:
		return f.wide(kind, UTF16BE)
	default:
		return f.compressed(kind, p)
	}
}

// wide takes raw bytes that are UTF-16 for a part of its own.
func (f *finder) wide(kind string, enc Encoding) bool {
	lv := f.lv
	lv.wide = UTF16(lv.wide[:0], lv.raw, enc)
	if !looksText(lv.wide) {
		return false
	}
	f.flush()
	part := &lv.part
	part.inLine, part.packed = false, false
	part.Data = append(part.Data[:0], lv.wide...)
	part.outer.segs = append(part.outer.segs[:0], lv.rawMap.segs...)
	wideSegments(&part.inner, lv.raw, enc)
	f.emit(kind, "utf16")
	return true
}

// wideSegments maps text to the UTF-16 that it was decoded from.
func wideSegments(m *spanMap, src []byte, enc Encoding) {
	m.reset()
	ascii := false // the last segment is
	out := 0
	for i := 0; i < len(src); {
		r, n := decodeUnit(src[i:], enc)
		size := runeLen(r)
		switch {
		case size == 1 && n == 2 && ascii:
			m.segs[len(m.segs)-1].end = int32(i + n)
		case size == 1 && n == 2:
			m.add(out, i, i+n, paired, 0)
		default:
			m.add(out, i, i+n, whole, 0)
		}
		ascii = size == 1 && n == 2
		i, out = i+n, out+size
	}
}

// compressed takes raw bytes that are compressed for a part of its own.
func (f *finder) compressed(kind string, p payload) bool {
	lv := f.lv
	name := "gzip"
	if p == zlibbed {
		name = "zlib"
	}
	var cut bool
	bound := min(inflation*len(lv.raw)+inflationFloor, f.d.left)
	lv.wide, cut = f.d.inflate.all(lv.wide[:0], lv.raw, p, bound)
	switch enc := Sniff(lv.wide); {
	case len(lv.wide) == 0 || enc == Binary && !cut:
		return false
	case enc == UTF16LE || enc == UTF16BE:
		lv.wide = UTF16(nil, lv.wide, enc)
	case !looksText(lv.wide) && !cut:
		return false
	}
	f.flush()
	part := &lv.part
	part.inLine, part.packed = false, false
	part.Data = append(part.Data[:0], lv.wide...)
	part.outer.segs = append(part.outer.segs[:0], lv.rawMap.segs...)
	part.inner.reset()
	part.inner.add(0, 0, len(lv.raw), whole, 0)
	part.packed = true
	if f.bound == 0 && cut {
		f.fail("decompressed text of more than " + itoa(bound) + " bytes")
	}
	f.emit(kind, name)
	return true
}

// add puts the raw bytes, decoded from a part of the text, in the place of that
// part, with what stands around it.
func (f *finder) add(start, end int, kind string) {
	lv, text, part := f.lv, f.in.text, &f.lv.part
	short := len(lv.raw) <= 4096 && bytes.IndexByte(bytes.TrimRight(lv.raw, "\r\n"), '\n') < 0
	if f.open && (lv.kinds[0] != kind || !short || start < f.end || start-f.end > nearby || len(part.Data) > lumpMax) {
		f.flush()
	}
	switch {
	case f.open:
		f.copy(f.end, start)
	default:
		f.begin(kind)
		if part.inLine = short; short {
			f.copy(lineStart(text, start, leadMax), start)
		}
	}
	for _, s := range lv.rawMap.segs {
		part.outer.segs = append(part.outer.segs, segment{s.out + int32(len(part.Data)), s.src, s.end, s.mode, s.phase})
	}
	part.Data = append(part.Data, lv.raw...)
	f.end = end
	if !short {
		f.finish(kind)
	}
}

// begin starts a part.
func (f *finder) begin(kind string) {
	part := &f.lv.part
	part.Data = part.Data[:0]
	part.outer.reset()
	part.inner.reset()
	part.inLine, part.packed = false, false
	f.lv.kinds[0] = kind
	f.open = true
}

// copy appends text[lo:hi] to the part as it is.
func (f *finder) copy(lo, hi int) {
	if lo < hi {
		part := &f.lv.part
		part.outer.add(len(part.Data), lo, hi, copied, 0)
		part.Data = append(part.Data, f.in.text[lo:hi]...)
	}
}

// flush ends the part that is open with the rest of its line.
func (f *finder) flush() {
	if f.open {
		f.copy(f.end, lineEnd(f.in.text, f.end, trailMax))
		f.finish(f.lv.kinds[0])
	}
}

func (f *finder) finish(kind string) {
	f.open = false
	f.emit(kind, "")
}

// emit yields the part, then what is encoded in it.
func (f *finder) emit(kind, second string) {
	d, lv, part := f.d, f.lv, &f.lv.part
	if f.stopped {
		return
	}
	if f.bound > 0 {
		d.cut, f.stopped = f.bound, true
		return
	}
	lv.kinds[0], lv.kinds[1] = kind, second
	part.kinds = lv.kinds[:1:1]
	if second != "" {
		part.kinds = lv.kinds[:2:2]
	}
	part.parent = f.in.from
	if d.left -= len(part.Data); d.left < 0 {
		f.fail("too much encoded text")
		f.stopped = true
		return
	}
	if !f.yield(part, nil) {
		f.stopped = true
		return
	}
	next := f.d.level(f.in.depth + 1)
	next.marks = anything.Marks(next.marks[:0], part.Data)
	next.tokens = append(next.tokens[:0], Span{0, int32(len(part.Data))})
	in := input{text: part.Data, format: anything, tokens: next.tokens, marks: next.marks, from: part, depth: f.in.depth + 1, counts: f.in.counts}
	if !isEscape(kind) {
		in.counts++
	}
	if !f.input(&in) {
		f.stopped = true
	}
}

// isEscape reports whether an encoding is one of the escapes in string literals.
func isEscape(kind string) bool { return kind == "string" || kind == "unicode" }

// fail yields that something was left out.
func (f *finder) fail(detail string) {
	if !f.stopped && !f.yield(nil, &LimitError{Reason: SafetyLimit, Detail: detail}) {
		f.stopped = true
	}
}

// lineStart returns the start of the line in which i lies, at most most bytes
// before i.
func lineStart(text []byte, i, most int) int {
	lo := max(0, i-most)
	return lo + bytes.LastIndexByte(text[lo:i], '\n') + 1
}

// lineEnd returns the end of the line in which i lies, at most most bytes
// behind i.
func lineEnd(text []byte, i, most int) int {
	hi := min(i+most, len(text))
	if n := bytes.IndexByte(text[i:hi], '\n'); n >= 0 {
		return i + n
	}
	return hi
}
