package scan

import (
	"bytes"
	"slices"
	"strings"

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
// may name a value for, and on lines with a value that looks random.
func (w *worker) judgeLines(path string, text []byte, words []rules.Match, d *Delta, tr *Trace) {
	w.lines = w.lines[:0]
	tr.judged, tr.kept = tr.judged[:0], tr.kept[:0]
	if j := w.engine.judged(); j.text == nil && j.url == nil {
		return
	}
	noted := -1 // start of the last line noted: places come in order
	family := judge.FamilyOf(path)
	code, structured := inCode(family), isStructured(family)
	json := family == judge.FamilyJSON
	for i := range words {
		at, end := words[i].Start, words[i].End
		if json && (opensBlock(text, end) || inValue(text, at, end)) {
			continue
		}
		if structured && (inProse(text, at, end) || !attached(text, at, end)) && !(code && typed(text, end)) {
			continue
		}
		if code && inPath(text, at, end) {
			continue
		}
		n, literal := judge.WordLines, false
		if code && !goesOn(text, end) {
			n, literal = 1, mayHoldLiteral(restOfLine(text, at)) || inComment(text, at)
		}
		noted = w.addLines(family, text, at, n, literal, noted)
	}
	noted = -1
	for at := range tr.Values() {
		if !isDigest(text, at) && !isVersion(text, at) && !isPointer(text, at) && !(code && inImport(text, at)) {
			noted = w.addLines(family, text, at, 0, false, noted)
		}
	}
	in := newInheritance(family, len(text), d, tr)
	for _, l := range w.merged() {
		if code && !l.wanted(text) {
			continue
		}
		first := len(w.found)
		var ok bool
		if w.found, ok = in.verdict(l, w.found); !ok {
			w.judgeLine(family, text, l)
		}
		in.note(text, l, w.found[first:])
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

// isStructured reports whether a file is a program or data in which a value
// stands behind an operator or in quotes, and never just behind a word.
func isStructured(f judge.Family) bool {
	return f >= judge.FamilyGo && f <= judge.FamilyOther || f == judge.FamilyJSON || f == judge.FamilyYAML
}

// inProse reports whether the word that holds text[start:end] stands between
// other words, as in a comment or a description.
func inProse(text []byte, start, end int) bool {
	for start > 0 && isNameByte(text[start-1]) {
		start--
	}
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	if start < 2 || text[start-1] != ' ' || !isNameByte(text[start-2]) || bytes.EqualFold(text[max(0, end-len(identifiedBy)):end], []byte(identifiedBy)) {
		return false
	}
	return end+1 < len(text) && text[end] == ' ' && isNameByte(text[end+1])
}

// identifiedBy is how a statement of SQL says that a password follows.
const identifiedBy = "identified by"

// attached reports whether the word that holds text[start:end] is joined to
// something that may give it a value: quotes, an operator, a flag's hyphens, or
// the end of its line.
func attached(text []byte, start, end int) bool {
	for start > 0 && (isNameByte(text[start-1]) || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	for end < len(text) && (isNameByte(text[end]) || text[end] == '-') {
		end++
	}
	const joints = "\"'`=:/@&?()<>[]{}|\\.\r\n"
	if strings.IndexByte(joints, text[end-1]) >= 0 {
		return true // the operator belongs to the word
	}
	if start == 0 || end == len(text) || text[start] == '-' ||
		strings.IndexByte(joints, text[start-1]) >= 0 || strings.IndexByte(joints, text[end]) >= 0 {
		return true
	}
	for end < len(text) && text[end] == ' ' {
		end++
	}
	return end < len(text) && strings.IndexByte("\"'`=:{", text[end]) >= 0
}

// inPath reports whether the word text[start:end] of a program belongs to a
// literal that is a path, as that of an import, and that nothing but closing
// brackets follows: it gives no value a name.
func inPath(text []byte, start, end int) bool {
	slash, lo, hi := false, max(0, start-maxPath), min(len(text), end+maxPath)
	for start > lo && (isNameByte(text[start-1]) || strings.IndexByte("/.-", text[start-1]) >= 0) {
		start--
		slash = slash || text[start] == '/'
	}
	for end < hi && (isNameByte(text[end]) || strings.IndexByte("/.-", text[end]) >= 0) {
		slash = slash || text[end] == '/'
		end++
	}
	if !slash || start == 0 || end == len(text) || text[end] != '"' || text[start-1] != '"' {
		return false
	}
	for end++; end < min(len(text), hi) && strings.IndexByte("),;{}[] \t\r", text[end]) >= 0; {
		end++
	}
	return end == len(text) || text[end] == '\n'
}

// maxPath bounds the bytes on each side of a word that are looked at to tell
// whether it belongs to a path.
const maxPath = 256

// inImport reports whether the value at a place in a program belongs to a path as
// of inPath that begins with the name of a host.
func inImport(text []byte, at int) bool {
	if !inPath(text, at, at) {
		return false
	}
	start := 1 + judge.LastByte(text[max(0, at-maxPath):at], '"') + max(0, at-maxPath)
	dot := false
	for _, c := range text[start:] {
		switch {
		case c == '/':
			return dot
		case c == '.':
			dot = true
		case c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			return false
		}
	}
	return false
}

// inValue reports whether the word text[start:end] of a JSON document belongs to
// a value in which it names nothing: a sentence, or a name of something else
// than of an entry, as in {"name": "password", "value": "…"}.
func inValue(text []byte, start, end int) bool {
	lo := max(0, start-judge.MaxLine)
	quote := lo + judge.LastByte(text[lo:start], '"')
	if quote < lo || quote > 0 && text[quote-1] == '\\' {
		return false
	}
	key := len(bytes.TrimRight(text[lo:quote], " \t")) + lo
	if key == lo || text[key-1] != ':' {
		return false // it is a key, or an element of a list
	}
	for start > quote+1 && (isNameByte(text[start-1]) || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	for end < len(text) && (isNameByte(text[end]) || text[end] == '-' || text[end] == '.') {
		end++
	}
	if end == len(text) {
		return false
	}
	switch next := text[end]; {
	case next == '"':
		return start != quote+1 || !namesEntry(text[lo:key-1])
	case next == ' ':
		return !carries(text[end+1:])
	default:
		return next == ',' || next == ')' || next == ';'
	}
}

// namesEntry reports whether a key, which ends at the end of text, is one whose
// value names what another entry holds.
func namesEntry(text []byte) bool {
	text = bytes.TrimRight(text, " \t\"")
	for _, word := range [...]string{"name", "key", "id", "property", "field", "param", "label"} {
		if n := len(text) - len(word); n >= 0 && strings.EqualFold(string(text[n:]), word) {
			return true
		}
	}
	return false
}

// carries reports whether text begins with something that a word before it may
// name: a token of some length with a digit in it, or a sign and more.
func carries(text []byte) bool {
	digit := false
	for n, c := range text {
		if c <= ' ' || c == '"' || n == 64 {
			return digit && n >= 8
		}
		if n == 0 && !isNameByte(c) {
			return true // an operator, a quote, a flag
		}
		digit = digit || c >= '0' && c <= '9'
	}
	return false
}

// isPointer reports whether the value at a place is a reference into the same
// document, as the schemas of interfaces hold many.
func isPointer(text []byte, at int) bool {
	return at >= 2 && text[at] == '/' && text[at-1] == '#' && (text[at-2] == '"' || text[at-2] == '\'')
}

// typed reports whether a type and an operator follow the name in a program that
// goes on at a place: var password string = "…".
func typed(text []byte, at int) bool {
	for at < len(text) && isNameByte(text[at]) {
		at++
	}
	k, last := at, min(len(text), at+maxType)
	for k < last && (isNameByte(text[k]) || strings.IndexByte(" .*[]<>?", text[k]) >= 0) {
		k++
	}
	return k < last && text[k] == '=' && text[k-1] == ' '
}

// maxType bounds the length of a type that is looked through, in bytes.
const maxType = 40

// opensBlock reports whether the line in which a place lies ends in an opening
// bracket: what it names is no value.
func opensBlock(text []byte, at int) bool { return endsIn(text, at, "{") }

// endsIn reports whether the last byte of the line in which a place lies, but
// for white space, is one of those in set. A line that goes on for more than
// judge.MaxLine has no end that would count.
func endsIn(text []byte, at int, set string) bool {
	n := bytes.IndexByte(text[at:min(len(text), at+judge.MaxLine)], '\n')
	if n < 0 {
		return false
	}
	l := bytes.TrimRight(text[at:at+n], " \t\r")
	return len(l) > 0 && strings.IndexByte(set, l[len(l)-1]) >= 0
}

// inComment reports whether a place in a program lies on a line that is nothing
// but a comment.
func inComment(text []byte, at int) bool {
	first := max(0, at-judge.MaxLine) // a line that is longer is no comment
	start := judge.LastNewline(text[first:at])
	if start < 0 && first > 0 {
		return false
	}
	l := bytes.TrimLeft(text[first+start+1:at], " \t")
	return len(l) > 0 && (l[0] == '#' || l[0] == '*' || len(l) > 1 && l[0] == '/' && (l[1] == '/' || l[1] == '*'))
}

// isDigest reports whether a value is written as the digest of something, as
// lock files and integrity attributes do.
func isDigest(text []byte, at int) bool {
	n := 0
	for at+n < len(text) && n <= 128 && isHexByte(text[at+n]) {
		n++
	}
	if n == 96 || n == 128 {
		return true // of SHA-384 or SHA-512; no key is that long
	}
	before := text[max(0, at-8):at]
	value := text[at:min(len(text), at+8)]
	if bytes.HasSuffix(before, []byte("h1:")) {
		return true
	}
	for _, name := range [...]string{"sha1", "sha256", "sha384", "sha512", "md5"} {
		if k := len(before) - len(name) - 1; k >= 0 && string(before[k:len(before)-1]) == name && (before[len(before)-1] == ':' || before[len(before)-1] == '-') ||
			len(value) > len(name) && string(value[:len(name)]) == name && value[len(name)] == '-' {
			return true
		}
	}
	return false
}

// isVersion reports whether a value is the version of a Go module that has none:
// a number, the time of the commit and the start of its id.
func isVersion(text []byte, at int) bool {
	const digits, hex = 14, 12
	for n := 0; n < 3 && at < len(text) && text[at] >= '0' && text[at] <= '9'; n++ {
		at++
	}
	if at+digits+hex+2 > len(text) || text[at] != '-' || text[at+digits+1] != '-' {
		return false
	}
	for _, c := range text[at+1 : at+1+digits] {
		if c < '0' || c > '9' {
			return false
		}
	}
	for _, c := range text[at+digits+2 : at+digits+2+hex] {
		if !isHexByte(c) {
			return false
		}
	}
	return at+digits+hex+2 == len(text) || !isNameByte(text[at+digits+hex+2])
}

func isHexByte(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_'
}

// inCode reports whether a file is a program, in which a bare word is an
// identifier and never a value.
func inCode(f judge.Family) bool {
	return f >= judge.FamilyGo && f <= judge.FamilyOther
}

// goesOn reports whether the line of a program in which a place lies ends in the
// middle of something that gives a name its value.
func goesOn(text []byte, at int) bool { return endsIn(text, at, "=(:+\"'`\\") }

// restOfLine returns what stands on a line from a place on.
func restOfLine(text []byte, at int) []byte {
	rest := text[at:min(len(text), at+judge.MaxLine)]
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		return rest[:n]
	}
	return rest
}

// mayHoldLiteral reports whether a line of a program can hold a value: in
// quotes, as bytes, or in a comment that assigns something.
func mayHoldLiteral(l []byte) bool {
	comment, assigns, listed := false, false, 0
	for i, c := range l {
		switch c {
		case '"', '\'', '`':
			return true
		case '#':
			comment = true
		case '*':
			comment = comment || i == 0 || l[i-1] == '/' || len(bytes.TrimLeft(l[:i], " \t")) == 0
		case '/':
			comment = comment || i > 0 && l[i-1] == '/'
		case '=', ':':
			assigns = true
		case 'x':
			if i > 0 && l[i-1] == '0' {
				return true
			}
		case ',':
			if i > 0 && l[i-1] >= '0' && l[i-1] <= '9' {
				if listed++; listed == minBytes {
					return true
				}
			}
		}
	}
	return comment && assigns
}

// minBytes is how many numbers of a list in a program may be bytes of a key.
const minBytes = 7

// addLines notes the line in which a place lies: that of a word and, of the n-1
// after it, those that may hold a value which an earlier line names, or that of
// a value if n is 0. It returns where the line of the place starts, and does
// nothing if that is the one that starts at noted. Of a line that is too long to
// be one, as in minified text, it notes the piece in which the place lies and the
// one behind it. literal is that of the word's line.
func (w *worker) addLines(f judge.Family, text []byte, at, n int, literal bool, noted int) int {
	first, end, ok := shortLine(text, at)
	if first <= noted {
		return noted
	}
	w.lines = append(w.lines, line{first, end, n > 0, n == 0, literal, n != 1})
	if !ok {
		if end < len(text) && n > 1 {
			_, next := piece(text, end)
			w.lines = append(w.lines, line{start: end, end: next, open: true})
		}
		return first
	}
	for start := end + 1; n > 1 && start < len(text); start = end + 1 {
		if _, end, ok = shortLine(text, start); !ok {
			break
		}
		if judge.Continued(f, text, start, end) {
			w.lines = append(w.lines, line{start: start, end: end, open: true})
		}
		n--
	}
	return first
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
			reason: "judged by " + v.Form.String(),
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
