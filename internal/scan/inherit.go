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

// An extent is the lines to which a word or a value leads: its own one and what is
// looked at behind that.
type extent struct {
	start, end int  // of its own line
	last       int  // end of the last one
	whole      bool // none is too long to be judged as one
}

func extentOf(text []byte, at int) extent {
	start, end, ok := shortLine(text, at)
	return extent{start, end, end, ok}
}

// holds reports whether a place that is not before the lines is on their first,
// or far enough from the end of a piece for its value to be in that.
func (r extent) holds(at int) bool {
	if !r.whole {
		return at < r.end-pieceMargin
	}
	return at < r.end
}

// or returns the extent itself, or that of a place if it is not known.
func (r extent) or(known bool, text []byte, at int) extent {
	if known {
		return r
	}
	return extentOf(text, at)
}

// A lead is a word or a value that may lead the judge to lines.
type lead struct {
	word   *rules.Match // nil for a value
	value  int          // number of the value
	extent extent
}

// settle notes in tr which leads have come to nothing. The judge looks at no more
// than a declared context of a line, so they do so wherever that is copied. On
// the judged lines it has found something.
func settle(text []byte, leads []lead, judged []line, tr *Trace) {
	for i := range leads {
		l := &leads[i]
		if !l.extent.whole || l.extent.meets(judged) {
			continue
		}
		lo, hi := judge.Context(text, l.extent.start, l.extent.last)
		lo, hi = lo-1, hi+1 // the bytes at its ends decide, too
		if l.word != nil {
			tr.SettleWord(l.word, lo, hi)
		} else {
			tr.SettleValue(l.value, lo, hi)
		}
	}
}

// meets reports whether one of some lines is among those of the extent.
func (r extent) meets(lines []line) bool {
	for i := range lines {
		if lines[i].start <= r.last && lines[i].end >= r.start {
			return true
		}
	}
	return false
}
