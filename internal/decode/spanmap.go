package decode

import "sort"

// A segMode says how the bytes of a segment came about.
type segMode uint8

const (
	copied segMode = iota // each byte from one byte
	paired                // each byte from two: hex digits, ASCII in UTF-16
	quanta                // each three bytes from four digits of base64
	whole                 // all of it from all of the source
)

// A segment is a part of decoded text, up to the start of the next segment.
type segment struct {
	out      int32 // where it starts in the decoded text
	src, end int32 // what it was made from
	mode     segMode
	phase    uint8 // quanta: number of the first byte within its three
}

// A spanMap maps spans of decoded text to the text it was made from.
type spanMap struct{ segs []segment }

func (m *spanMap) reset() { m.segs = m.segs[:0] }

// add appends a segment, or makes the last one longer.
func (m *spanMap) add(out, src, end int, mode segMode, phase uint8) {
	if k := len(m.segs) - 1; k >= 0 && mode == copied {
		last := &m.segs[k]
		if last.mode == copied && int(last.end) == src && out-int(last.out) == src-int(last.src) {
			last.end = int32(end)
			return
		}
	}
	m.segs = append(m.segs, segment{int32(out), int32(src), int32(end), mode, phase})
}

// find returns the segment that holds offset i.
func (m *spanMap) find(i int) *segment {
	k := sort.Search(len(m.segs), func(k int) bool { return int(m.segs[k].out) > i })
	return &m.segs[max(k-1, 0)]
}

// span returns what text[lo:hi] was made from. It never is empty for a span
// that is not.
func (m *spanMap) span(lo, hi int) (start, end int) {
	if len(m.segs) == 0 {
		return lo, hi
	}
	start, end = m.find(lo).source(lo)
	if hi <= lo {
		return start, start
	}
	if hi-1 > lo {
		_, end = m.find(hi - 1).source(hi - 1)
	}
	return start, max(start, end)
}

// source returns what the byte at offset i of the decoded text was made from.
func (s *segment) source(i int) (start, end int) {
	n := max(i-int(s.out), 0)
	switch s.mode {
	case copied:
		start, end = int(s.src)+n, int(s.src)+n+1
	case paired:
		start, end = int(s.src)+2*n, int(s.src)+2*n+2
	case quanta:
		k := int(s.phase) + n
		start = int(s.src) + k/3*4 + k%3 - int(s.phase)
		end = start + 2
	default:
		return int(s.src), int(s.end)
	}
	return min(start, int(s.end)), min(end, int(s.end))
}

// verbatim reports whether text[lo:hi] and the byte on either side stand side
// by side in the source, too.
func (m *spanMap) verbatim(lo, hi int) bool {
	if len(m.segs) == 0 {
		return false
	}
	s := m.find(max(lo-1, 0))
	return s.mode == copied && int(s.out) < lo && hi-int(s.out) < int(s.end-s.src)
}
