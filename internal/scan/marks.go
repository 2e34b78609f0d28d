package scan

import (
	"sort"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/rules"
)

// markKind is what tr.MarkKind is for marks of a format; never 0.
func markKind(f decode.Format) uint16 { return uint16(f) + 1 }

// mark notes in tr the marks of a text. Of a text made from a base that has been
// marked it reads only what lies around the seams and what is new.
func mark(f decode.Format, text []byte, d *Delta, tr *Trace) {
	tr.MarkKind = markKind(f)
	if d == nil || d.Base == nil || d.Base.MarkKind != tr.MarkKind {
		tr.Marks = f.Marks(tr.Marks[:0], text)
		return
	}
	tr.Marks = inheritMarks(f, text, d.Runs, d.Base.Marks, tr.Marks[:0])
}

// inheritMarks appends the marks in text: those in copied runs from the base, the
// others by looking. A mark depends on the decode.MarkBack bytes before it and
// the decode.MarkForward bytes from it on, so it is inherited if all of them lie
// in one run.
func inheritMarks(f decode.Format, text []byte, runs []rules.Run, base, found []int32) []int32 {
	known := 0 // marks before are found
	for i := 0; i < len(runs); i++ {
		r := runs[i]
		for r.Base >= 0 && i+1 < len(runs) && runs[i+1].Base == r.Base+r.Len {
			i++
			r.Len += runs[i].Len
		}
		from, to := r.Start+decode.MarkBack, r.Start+r.Len-decode.MarkForward
		if r.Start == 0 && r.Base == 0 {
			from = 0 // the start of the text is that of the base
		}
		if r.Base < 0 || from >= to {
			continue // looked at with what follows, or at the end
		}
		found = marksBetween(f, text, known, from, found)
		shift := int32(r.Start - r.Base)
		k := sort.Search(len(base), func(k int) bool { return int(base[k]+shift) >= from })
		for ; k < len(base) && int(base[k]+shift) < to; k++ {
			found = append(found, base[k]+shift)
		}
		known = to
	}
	return marksBetween(f, text, known, len(text), found)
}

// marksBetween appends the marks in text[from:to].
func marksBetween(f decode.Format, text []byte, from, to int, found []int32) []int32 {
	if from >= to {
		return found
	}
	lo, hi := max(0, from-decode.MarkBack), min(len(text), to+decode.MarkForward)
	first := len(found)
	found = f.Marks(found, text[lo:hi])
	kept := found[:first]
	for _, m := range found[first:] {
		if at := int(m) + lo; at >= from && at < to {
			kept = append(kept, int32(at))
		}
	}
	return kept
}
