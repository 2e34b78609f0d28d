package scan

import (
	"bytes"

	"github.com/keysift/keysift/internal/judge"
)

// An Explanation says what the engine made of one line.
type Explanation struct {
	Findings []Finding // that start on the line, whatever their confidence
	// Judged are the values that the judge saw on the line, with what decided
	// about each; none holds a part of the value.
	Judged []judge.Explanation
	// Looked says whether the scan lets the judge look at the line at all: it
	// does if a credential word or a random-looking value stands on it or
	// shortly before.
	Looked bool
}

// Explain says why things on a line of a whole chunk, counted from 1, are found
// or not.
func (e *Engine) Explain(c *Chunk, n int) Explanation {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	var x Explanation
	for _, f := range w.match(c) {
		if f.Start.Line == n {
			x.Findings = append(x.Findings, f)
		}
	}
	text, _ := w.decode(c)
	l, ok := nthLine(text, n)
	if !ok {
		return x
	}
	for _, seen := range w.lines {
		if seen.start == l.start && (!inCode(judge.FamilyOf(c.Path)) || seen.wanted(text)) {
			x.Looked = true
		}
	}
	j := e.judged().judge
	w.values = j.All(w.values[:0], c.Path, text, l.start, l.end)
	for i := range w.values {
		x.Judged = append(x.Judged, j.Explain(text, &w.values[i]))
	}
	return x
}

func nthLine(text []byte, n int) (line, bool) {
	start := 0
	for ; n > 1; n-- {
		i := bytes.IndexByte(text[start:], '\n')
		if i < 0 {
			return line{}, false
		}
		start += i + 1
	}
	end := len(text)
	if i := bytes.IndexByte(text[start:], '\n'); i >= 0 {
		end = start + i
	}
	return line{start: start, end: end}, n == 1
}
