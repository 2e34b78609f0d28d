package scan

import (
	"sort"

	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// A Trace is what [Engine.MatchDelta] saw of a chunk and thought of it. The zero
// value is that of an empty chunk.
type Trace struct {
	rules.Trace
	family judge.Family // for which its lines were judged
	size   int          // of its text
	judged []judgedLine // in the order of their starts
	kept   []candidate  // of these lines
}

// A judgedLine is a line at which the judge has looked, or a piece of a long one.
type judgedLine struct {
	start, end int32
	lo, hi     int32 // the text that the verdict depends on
	kept       int32 // how many of the candidates are those of lines before
}

// An inheritance hands verdicts on lines down from the base of a chunk. The judge
// looks at nothing but a declared context, so what it thinks of a line is known
// if all of that lies in one run of the base.
type inheritance struct {
	from *Trace // nil if there is none
	to   *Trace // nil if no chunk is made from this one
	size int    // of the text
	runs []rules.Run
	at   int // the run of the line at hand, or one before it
	next int // the first line of the base that may be the line at hand
}

func newInheritance(f judge.Family, size int, d *Delta, tr *Trace) inheritance {
	in := inheritance{size: size}
	tr.family, tr.size = f, size
	if d == nil {
		return in
	}
	if !d.Leaf {
		in.to = tr
	}
	if d.Base != nil && d.Base.family == f && len(d.Base.judged) > 0 {
		in.from, in.runs = d.Base, d.Runs
	}
	return in
}

// verdict appends the candidates of a line, if they are known. Lines come in the
// order of their starts.
func (in *inheritance) verdict(l line, found []candidate) ([]candidate, bool) {
	if in.from == nil {
		return found, false
	}
	for in.at+1 < len(in.runs) && in.runs[in.at+1].Start <= l.start {
		in.at++
	}
	r := in.runs[in.at]
	if r.Base < 0 || l.start < r.Start {
		return found, false
	}
	shift := int32(r.Start - r.Base)
	old := in.from.judged
	if in.next >= len(old) || old[in.next].start+shift != int32(l.start) {
		in.next = sort.Search(len(old), func(i int) bool { return old[i].start+shift >= int32(l.start) })
	}
	if in.next >= len(old) {
		return found, false
	}
	j := &old[in.next]
	if j.start+shift != int32(l.start) || j.end+shift != int32(l.end) || !in.covers(r, j) {
		return found, false
	}
	last := len(in.from.kept)
	if in.next+1 < len(old) {
		last = int(old[in.next+1].kept)
	}
	for _, c := range in.from.kept[j.kept:last] {
		found = append(found, c.moved(int(shift)))
	}
	in.next++
	return found, true
}

// covers reports whether a run holds all that the verdict on a line of the base
// depends on, and the bytes or the bounds of the text on both sides of that.
func (in *inheritance) covers(r rules.Run, j *judgedLine) bool {
	end := r.Base + r.Len
	return (int(j.lo) > r.Base || r.Base == 0 && r.Start == 0) &&
		(int(j.hi) < end || int(j.hi) == end && end == in.from.size && r.Start+r.Len == in.size)
}

// note keeps the candidates of a line for what is made from the chunk.
func (in *inheritance) note(text []byte, l line, found []candidate) {
	if in.to == nil {
		return
	}
	lo, hi := judge.Context(text, l.start, l.end)
	in.to.judged = append(in.to.judged, judgedLine{int32(l.start), int32(l.end), int32(lo), int32(hi), int32(len(in.to.kept))})
	in.to.kept = append(in.to.kept, found...)
}

// moved returns a candidate that has not been weighed yet at another place.
func (c candidate) moved(by int) candidate {
	c.start, c.end = c.start+by, c.end+by
	m := &c.match
	m.Start, m.End, m.SecretStart, m.SecretEnd = m.Start+by, m.End+by, m.SecretStart+by, m.SecretEnd+by
	return c
}
