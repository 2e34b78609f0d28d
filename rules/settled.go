package rules

import "iter"

// A reach says that nothing comes of a place in a text, and how far from it the
// bytes lie that decide so: before it and from it on, in units of reachUnit
// rounded up. It is handed down to texts that share all of these bytes, in which
// the place need not be tried again. The zero reach says nothing.
type reach struct{ back, ahead uint8 }

const (
	reachUnit = 16
	longReach = 255 * reachUnit
)

// known reports whether the reach says anything.
func (r reach) known() bool { return r.ahead > 0 }

// reachOf returns the reach of the place at that is decided by text[lo:hi], which
// is out of bounds if the bounds of the text decide, too; the zero reach if that
// is more than one can say.
func reachOf(at, lo, hi int) reach {
	back, ahead := at-lo, max(hi-at, 1)
	if back > longReach || ahead > longReach {
		return reach{}
	}
	return reach{uint8((max(back, 0) + reachUnit - 1) / reachUnit), uint8((ahead + reachUnit - 1) / reachUnit)}
}

// and returns the reach of what is decided by the bytes of both.
func (r reach) and(o reach) reach {
	if !r.known() || !o.known() {
		return reach{}
	}
	return reach{max(r.back, o.back), max(r.ahead, o.ahead)}
}

// A copied is the part of a text that a run copies, in offsets of the base. Its
// ends are moved out of reach where they are bounds of both texts.
type copied struct{ lo, hi int }

// startGap is how far from the start of a text things must lie for it not to
// matter where that is, but for what counts to it.
const startGap = reachUnit

func copiedBy(r Run, size, baseSize int) copied {
	c := copied{r.Base, r.Base + r.Len}
	switch {
	case r.Base == 0 && r.Start == 0:
		c.lo = -longReach - startGap
	case r.Start < startGap:
		c.lo = r.Base + startGap - r.Start
	}
	if c.hi == baseSize && r.Start+r.Len == size {
		c.hi += 2 * longReach
	}
	return c
}

// keep returns what is left of the reach of a place in the base.
func (c copied) keep(r reach, at int32) reach {
	if int(at)-int(r.back)*reachUnit < c.lo || int(at)+int(r.ahead)*reachUnit > c.hi {
		return reach{}
	}
	return r
}

// saw widens what has decided about the place at hand to text[lo:hi].
func (m *Matcher) saw(lo, hi int) {
	if lo <= 0 {
		lo = -1 // so does the start of the text
	}
	m.lo, m.hi = min(m.lo, lo), max(m.hi, hi)
}

// begin starts to note what decides about the place at.
func (m *Matcher) begin(at int) { m.lo, m.hi, m.came = at, at, false }

// seen returns the reach of the place at if nothing has come of it.
func (m *Matcher) seen(at int) reach {
	if m.came {
		return reach{}
	}
	return reachOf(at, m.lo, m.hi)
}

// Unsettled yields the numbers of the values of which something may come, and
// where they start.
func (t *Trace) Unsettled() iter.Seq2[int, int] {
	return func(yield func(n, at int) bool) {
		for i := range t.values {
			if v := &t.values[i]; !v.settled && !yield(i, int(v.start)) {
				return
			}
		}
	}
}

// SettleValue notes that nothing has come of the value with a number beside what
// Try has found, and that text[lo:hi] decides so; the bounds of the text decide,
// too, if they lie beyond it. Texts made from this one do not yield it again
// unless these bytes change.
func (t *Trace) SettleValue(n, lo, hi int) {
	v := &t.values[n]
	v.reach = v.reach.and(reachOf(int(v.start), lo, hi))
	v.settled = v.reach.known()
}

// SettleWord is SettleValue for a match of a rule that is a word, in the text of
// which Try has matched it.
func (t *Trace) SettleWord(w *Match, lo, hi int) {
	if w.hit == 0 {
		return
	}
	h := &t.hits[0][w.hit-1]
	h.reach = w.reach.and(reachOf(int(h.end), lo, hi))
}

// Unsettle forgets what is settled: Try and Unsettled do all again.
func (t *Trace) Unsettle() {
	for _, hits := range t.hits {
		for i := range hits {
			hits[i].reach = reach{}
		}
	}
	for i := range t.values {
		t.values[i].reach, t.values[i].settled = reach{}, false
	}
}
