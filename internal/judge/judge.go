// Package judge decides whether a value is a real credential.
//
// It finds the values of a line that stand where a credential may stand,
// measures them and what is around them, and gives each a calibrated
// probability. It knows neither files nor rules nor what is done with a
// finding; a verdict depends only on the path and the bytes of a declared
// context around the value.
package judge

import (
	_ "embed"
	"sync"
)

// Meter finds candidates and measures them. It is immutable and safe for
// concurrent use. The training program needs nothing else.
type Meter struct {
	voc *vocabulary
}

// NewMeter returns a Meter.
func NewMeter() (*Meter, error) {
	voc, err := parseVocabulary(vocabularyText)
	if err != nil {
		return nil, err
	}
	return &Meter{voc: voc}, nil
}

// Judge judges candidates. It is immutable and safe for concurrent use.
type Judge struct {
	*Meter
	model *model
}

//go:embed weights.txt
var defaultWeights string

// New returns a Judge that uses the given weights, in the form that the
// training program writes.
func New(weights []byte) (*Judge, error) {
	meter, err := NewMeter()
	if err != nil {
		return nil, err
	}
	m, err := parseModel(string(weights))
	if err != nil {
		return nil, err
	}
	return &Judge{Meter: meter, model: m}, nil
}

// Default returns the Judge of the weights that come with the package.
func Default() *Judge { return defaultJudge() }

var defaultJudge = sync.OnceValue(func() *Judge {
	j, err := New([]byte(defaultWeights))
	if err != nil {
		panic(err) // the embedded files are checked by a test
	}
	return j
})

// Level is what a probability is worth.
type Level uint8

// The levels, each with its bound in the weights.
const (
	LevelNone Level = iota // not to be reported
	LevelLow
	LevelMedium
	LevelHigh
	levelCount
)

// Level returns the highest level whose bound score reaches.
func (j *Judge) Level(score float64) Level {
	l := LevelNone
	for k := LevelLow; k < levelCount; k++ {
		if score >= j.model.bounds[k] {
			l = k
		}
	}
	return l
}

// Bound returns the least score of a level.
func (j *Judge) Bound(l Level) float64 { return j.model.bounds[min(l, levelCount-1)] }

// Candidates appends to dst the values that begin on the line lineStart to
// lineEnd of text (its line ending excluded) and stand where a credential may
// stand, in order of their start. family is that of the file.
func (m *Meter) Candidates(dst []Candidate, family Family, text []byte, lineStart, lineEnd int) []Candidate {
	return appendCandidates(dst, family, text, lineStart, lineEnd, false)
}

// Measure appends the features of c to dst, in the order of [FeatureNames].
func (m *Meter) Measure(dst []float32, text []byte, c *Candidate) []float32 {
	var f features
	m.measure(&f, text, c)
	return append(dst, f[:]...)
}

// Score returns the probability, 0 to 1, that c is a real credential.
func (j *Judge) Score(text []byte, c *Candidate) float64 {
	if c.Reject != Accepted {
		return 0
	}
	var f features
	j.measure(&f, text, c)
	return j.cap(text, c, j.model.probability(&f))
}

// Worth is Score, but for a probability below [LevelLow], for which it may
// return 0: most often a part of the trees is enough to tell that much.
func (j *Judge) Worth(text []byte, c *Candidate) float64 {
	if c.Reject != Accepted {
		return 0
	}
	var f features
	j.measure(&f, text, c)
	return j.cap(text, c, j.model.worth(&f))
}

// appendCandidates finds the candidates of a line, or of each piece of a long one.
func appendCandidates(dst []Candidate, family Family, text []byte, lineStart, lineEnd int, all bool) []Candidate {
	p := parser{text: text, family: family, dst: dst, all: all}
	if lineEnd-lineStart <= MaxLine {
		p.lo, p.hi, p.base = lineStart, lineEnd, len(p.dst)
		p.line()
		return p.dst
	}
	for s := lineStart; s < lineEnd; {
		e := s
		for e < lineEnd && !separator(text[e]) {
			e++
		}
		e = min(e+1, lineEnd)
		p.lo, p.hi, p.base = s, min(e, s+ContextBytes), len(p.dst)
		if p.hi-p.lo >= 8 {
			p.line()
		}
		s = e
	}
	return p.dst
}

// separator reports whether a long line is cut behind c. The cuts depend on
// the bytes at hand only, so that a window of the line gives the same pieces.
func separator(c byte) bool { return c == ',' || c == ';' || c == '{' || c == '}' }
