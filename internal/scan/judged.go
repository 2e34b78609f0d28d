package scan

import (
	"bytes"
	"slices"

	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// The rules under which values are reported that nothing but the judge speaks
// for: their names, their looks and what stands around them.
const (
	ruleCredential    = "generic-credential"
	ruleURLCredential = "generic-url-credential"
)

// judgeCheck is the check of rules whose matches are words: what stands on the
// line is for the judge.
const judgeCheck = "judge"

// A judged decides about values without a format of their own.
type judged struct {
	judge *judge.Judge
	text  *rules.Rule // nil if disabled
	url   *rules.Rule // nil if disabled
}

func newJudged(set *rules.Set, by *judge.Judge) *judged {
	if by == nil {
		by = judge.Default()
	}
	return &judged{judge: by, text: enabled(set, ruleCredential), url: enabled(set, ruleURLCredential)}
}

func enabled(set *rules.Set, id string) *rules.Rule {
	if r, ok := set.Rule(id); ok && set.Enabled(id) {
		return r
	}
	return nil
}

func (j *judged) rule(f judge.Form) *rules.Rule {
	if f == judge.FormUserInfo || f == judge.FormQuery {
		return j.url
	}
	return j.text
}

// A line is the part of a text between two line breaks.
type line struct {
	start, end  int
	word, value bool // what led to it
	// literal says that a literal may stand behind the word, which in a program
	// a name comes before; open that this is not known.
	literal, open bool
}

// wanted reports whether the judge is to look at a line of a program: at one that
// can hold a value in quotes, as bytes or in a comment, or in which a word and
// something random stand together, as in a literal of many lines.
func (l *line) wanted(text []byte) bool {
	return l.literal || l.word && l.value || l.open && mayHoldLiteral(text[l.start:l.end])
}

// judgeLines appends a candidate for each value that the judge takes for a
// credential: on lines with a credential word, on the lines that such a line
// may name a value for, and on lines with a value that looks random. If other
// chunks are made from this one, tr says thereafter which leads came to nothing.
func (w *worker) judgeLines(path string, text []byte, words []rules.Match, tr *Trace, isBase bool) {
	w.lines, w.leads, w.judged = w.lines[:0], w.leads[:0], w.judged[:0]
	if j := w.engine.judged(); j.text == nil && j.url == nil {
		return
	}
	family := judge.FamilyOf(path)
	w.followWords(family, text, words, isBase)
	w.followValues(family, text, tr, isBase)
	code := inCode(family)
	for n, l := range w.merged() {
		if n%pause == pause-1 && w.ended() {
			break
		}
		if code && !l.wanted(text) {
			continue
		}
		first := len(w.found)
		w.judgeLine(family, text, l)
		if len(w.found) > first {
			w.judged = append(w.judged, l)
		}
	}
	if isBase {
		settle(text, w.leads, w.judged, tr)
	}
}

// pause is how many lines are judged between two looks at whether to go on.
const pause = 1 << 8

// ended reports whether the scan was told to stop.
func (w *worker) ended() bool {
	select {
	case <-w.until:
		return true
	default:
		return false
	}
}

// followWords notes the lines to which words lead.
func (w *worker) followWords(family judge.Family, text []byte, words []rules.Match, isBase bool) {
	code := inCode(family)
	noted := extent{start: -1}
	for i := range words {
		at, end := words[i].Start, words[i].End
		known := noted.holds(at)
		if !known && leadsOn(family, text, at, end) {
			n, literal := judge.WordLines, false
			if code && !goesOn(text, end) {
				n, literal = 1, holdsValue(text, at, end)
			}
			noted, known = w.addLines(family, text, at, n, literal, noted), true
		}
		if isBase {
			w.leads = append(w.leads, lead{word: &words[i], extent: noted.or(known, text, at)})
		}
	}
}

// followValues notes the lines of values.
func (w *worker) followValues(family judge.Family, text []byte, tr *Trace, isBase bool) {
	code := inCode(family)
	noted := extent{start: -1}
	for n, at := range tr.Unsettled() {
		known := noted.holds(at)
		if !known && !isDigest(text, at) && !isVersion(text, at) && !isPointer(text, at) && !(code && inImport(text, at)) {
			noted, known = w.addLines(family, text, at, 0, false, noted), true
		}
		if isBase {
			w.leads = append(w.leads, lead{value: n, extent: noted.or(known, text, at)})
		}
	}
}

// merged returns the lines noted, each once and in order.
func (w *worker) merged() []line {
	slices.SortFunc(w.lines, func(a, b line) int { return a.start - b.start })
	n := 0
	for _, l := range w.lines {
		if n > 0 && w.lines[n-1].start == l.start {
			m := &w.lines[n-1]
			m.word, m.value = m.word || l.word, m.value || l.value
			m.literal, m.open = m.literal || l.literal, m.open || l.open
			continue
		}
		w.lines[n] = l
		n++
	}
	w.lines = w.lines[:n]
	return w.lines
}

// addLines notes the line in which a place lies: that of a word and, of the n-1
// after it, those that may hold a value which an earlier line names, or that of
// a value if n is 0. It returns which these are, and does nothing if they are
// those noted last. Of a line that is too long to be one, as in minified text, it
// notes the piece in which the place lies and the one behind it. literal is that
// of the word's line.
func (w *worker) addLines(f judge.Family, text []byte, at, n int, literal bool, noted extent) extent {
	r := extentOf(text, at)
	if r.start <= noted.start {
		return noted
	}
	w.lines = append(w.lines, line{r.start, r.end, n > 0, n == 0, literal, n != 1})
	if !r.whole {
		if r.end < len(text) && n > 1 {
			_, next := piece(text, r.end)
			w.lines = append(w.lines, line{start: r.end, end: next, open: true})
		}
		return r
	}
	for start := r.end + 1; n > 1 && start < len(text); start = r.last + 1 {
		_, end, ok := shortLine(text, start)
		if !ok {
			r.whole = false
			break
		}
		if judge.Continued(f, text, start, end) {
			w.lines = append(w.lines, line{start: start, end: end, open: true})
		}
		r.last = end
		n--
	}
	return r
}

// shortLine returns the bounds of the line in which a place lies. For a line
// longer than judge.MaxLine it returns those of a piece of it, and false.
func shortLine(text []byte, at int) (start, end int, ok bool) {
	first, last := max(0, at-judge.MaxLine), min(len(text), at+judge.MaxLine)
	start, end = first, last
	if i := judge.LastNewline(text[first:at]); i >= 0 {
		start = first + i + 1
	} else if first > 0 {
		start, end = piece(text, at)
		return start, end, false
	}
	if i := bytes.IndexByte(text[at:last], '\n'); i >= 0 {
		end = at + i
	} else if last < len(text) {
		start, end = piece(text, at)
		return start, end, false
	}
	if end-start > judge.MaxLine {
		start, end = piece(text, at)
		return start, end, false
	}
	return start, end, true
}

// pieceMargin is how much of a piece is left to the piece after it.
const pieceMargin = judge.MaxLine / 8

// piece returns the part of a long line in which a place lies: from behind the
// separator before it to behind the one after it, where the judge cuts, too.
func piece(text []byte, at int) (start, end int) {
	const separators = ",;{}\n"
	first, last := max(0, at-judge.MaxLine/2), min(len(text), at+judge.MaxLine/2)
	start, end = first, last
	if i := bytes.LastIndexAny(text[first:at], separators); i >= 0 {
		start = first + i + 1
	}
	if i := bytes.IndexAny(text[at:last], separators); i >= 0 {
		end = at + i + 1
		if text[end-1] == '\n' {
			end--
		}
	}
	return start, max(end, min(start+1, len(text)))
}

func (w *worker) judgeLine(family judge.Family, text []byte, l line) {
	j := w.engine.judged()
	w.values = j.judge.Candidates(w.values[:0], family, text, l.start, l.end)
	for i := range w.values {
		v := &w.values[i]
		r := j.rule(v.Form)
		if r == nil {
			continue
		}
		score := j.judge.Worth(text, v)
		confidence, ok := confidenceOf(j.judge.Level(score))
		if !ok {
			continue
		}
		c := candidate{
			match: rules.Match{Rule: r, Start: v.Start, End: v.End, SecretStart: v.Start, SecretEnd: v.End, Bits: rules.AnyBits},
			start: v.Start, end: v.End, score: score, confidence: confidence, severity: r.Severity,
			reason: "judged by " + v.Form.String(), kin: v.Kin(text),
		}
		w.found = append(w.found, c)
	}
}

func confidenceOf(l judge.Level) (rules.Confidence, bool) {
	switch l {
	case judge.LevelHigh:
		return rules.HighConfidence, true
	case judge.LevelMedium:
		return rules.MediumConfidence, true
	case judge.LevelLow:
		return rules.LowConfidence, true
	}
	return 0, false
}
