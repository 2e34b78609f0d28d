package scan

import (
	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// A Trace is what [Engine.MatchDelta] saw of a chunk, and what came of it. The
// zero value is that of an empty chunk.
type Trace struct {
	rules.Trace
	family judge.Family // for which its lines were judged
}

// A reach is the lines to which a word or a value leads: its own one and what is
// looked at behind that.
type reach struct {
	start, end int  // of its own line
	last       int  // end of the last one
	whole      bool // none is too long to be judged as one
}

func reachOf(text []byte, at int) reach {
	start, end, ok := shortLine(text, at)
	return reach{start, end, end, ok}
}

// holds reports whether a place that is not before the lines is on their first.
func (r reach) holds(at int) bool { return r.whole && at < r.end }

// or returns the reach itself, or that of a place if it is not known.
func (r reach) or(known bool, text []byte, at int) reach {
	if known {
		return r
	}
	return reachOf(text, at)
}

// A lead is a word or a value that may lead the judge to lines.
type lead struct {
	word  *rules.Match // nil for a value
	value int          // number of the value
	reach reach
}

// settle notes in tr which leads have come to nothing. The judge looks at no more
// than a declared context of a line, so they do so wherever that is copied. On
// the judged lines it has found something.
func settle(text []byte, leads []lead, judged []line, tr *Trace) {
	for i := range leads {
		l := &leads[i]
		if !l.reach.whole || l.reach.meets(judged) {
			continue
		}
		lo, hi := judge.Context(text, l.reach.start, l.reach.last)
		lo, hi = lo-1, hi+1 // the bytes at its ends decide, too
		if l.word != nil {
			tr.SettleWord(l.word, lo, hi)
		} else {
			tr.SettleValue(l.value, lo, hi)
		}
	}
}

// meets reports whether one of some lines is among those of the reach.
func (r reach) meets(lines []line) bool {
	for i := range lines {
		if lines[i].start <= r.last && lines[i].end >= r.start {
			return true
		}
	}
	return false
}
