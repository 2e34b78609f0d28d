package scan

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// A candidate is a match that has been judged.
type candidate struct {
	match      rules.Match
	start, end int // the secret
	marker     int // public bytes at its start
	score      float64
	confidence rules.Confidence
	severity   rules.Severity
	reason     string
	identity   []Identity
	expires    time.Time
	conditions int // see the function of this name
	kin        judge.Kin

	// Of what was decoded, start and end are where it is encoded.
	decoded []string // the encodings that were undone, outermost first
	packed  bool     // it shares its place with whatever it was compressed with
	secret  Secret
}

// The probability that a finding of each confidence is a real credential.
var scoreOf = [...]float64{rules.LowConfidence: 0.5, rules.MediumConfidence: 0.92, rules.HighConfidence: 0.97, rules.Certain: 0.995}

// candidates returns what is left of the matches in text after checks, the
// judge, pairs and overlaps. In a binary file nothing is left to the judge: it has
// no lines, and no names that would give values.
func (w *worker) candidates(path string, text []byte, enc decode.Encoding, head bool, tr *Trace, isBase bool) []candidate {
	w.tryRules(path, text, head, &tr.Trace)
	w.lines = w.lines[:0]
	if enc != decode.Binary {
		w.judgeLines(path, text, w.words, tr, isBase)
	}
	return w.settle(text)
}

// tryRules fills w.found with what rules match and checks let pass, and w.words
// with the words that lead the judge to lines.
func (w *worker) tryRules(path string, text []byte, head bool, tr *rules.Trace) {
	matches := w.matcher.Try(path, text, head, tr)
	w.found, w.words = w.found[:0], w.words[:0]
	for i := range matches {
		if matches[i].Rule.Check == judgeCheck {
			w.words = append(w.words, matches[i])
			continue
		}
		if c, ok := w.judge(path, text, &matches[i]); ok && w.weigh(path, text, &c) {
			w.found = append(w.found, c)
		}
	}
}

// settle leaves of w.found what pairs and overlaps leave.
func (w *worker) settle(text []byte) []candidate {
	if len(w.found) > 1 {
		w.found = resolve(pair(text, w.found))
	}
	return w.found
}

// judge decides whether a match is a credential.
func (w *worker) judge(path string, text []byte, m *rules.Match) (candidate, bool) {
	r := m.Rule
	c := candidate{
		match: *m, start: m.SecretStart, end: m.SecretEnd,
		confidence: r.Confidence, severity: r.Severity, conditions: conditions(r),
	}
	if r.Severity == rules.None {
		return c, true
	}
	secret := text[c.start:c.end]
	if r.Rejects(secret) {
		return c, false
	}
	in := judge.Input{
		Secret: secret, Match: text[m.Start:m.End], Text: text, Start: c.start, End: c.end,
		Path: path, Args: r.Args, Now: w.engine.opts.Now,
	}
	if r.Check != "" {
		if !c.apply(r, judge.Check(r.Check, &in)) {
			return c, false
		}
	}
	if judge.Check("hash-known", &in).Verdict == judge.Harmless {
		return c, false
	}
	c.marker = publicPrefix(r, text[c.start:c.end])
	if c.confidence != rules.Certain && !plausible(r, text[c.start+c.marker:c.end]) {
		return c, false
	}
	c.score = scoreOf[c.confidence]
	return c, true
}

// apply takes over what a check found. It reports false for what is none.
func (c *candidate) apply(r *rules.Rule, res judge.Result) bool {
	c.reason = res.Reason
	for _, f := range res.Identity {
		c.identity = append(c.identity, Identity(f))
	}
	c.expires = res.Expires
	if res.Secret != [2]int{} {
		c.start, c.end = res.Secret[0], res.Secret[1]
	}
	switch res.Lower {
	case judge.LowerToMedium:
		c.severity = min(c.severity, rules.Medium)
	case judge.LowerToLow:
		c.severity = min(c.severity, rules.Low)
	}
	switch res.Verdict {
	case judge.Harmless:
		return false
	case judge.Passed:
		c.confidence = rules.Certain
	case judge.Failed:
		switch failure(r.Args) {
		case "keep":
		case "low":
			c.confidence = rules.LowConfidence
		default:
			return false
		}
	}
	return true
}

// failure returns what a failed check does, from the rule's arguments.
func failure(args []string) string {
	for _, a := range args {
		if v, ok := strings.CutPrefix(a, "fail="); ok {
			return v
		}
	}
	return "drop"
}

// publicPrefix returns the length of the longest marker with which a secret
// starts. It shows of which format the secret is, and nothing of its value.
func publicPrefix(r *rules.Rule, secret []byte) int {
	n := 0
	for _, m := range r.Markers {
		if len(m) > n && len(m) < len(secret) && bytes.HasPrefix(secret, []byte(m)) {
			n = len(m)
		}
	}
	return n
}

// plausible reports whether the random part of a token looks random. Without a
// bound in the rule it is for tokens only: passwords and blocks have checks.
func plausible(r *rules.Rule, body []byte) bool {
	least := r.Entropy
	if least == 0 {
		if r.Check != "" && r.Check != "base64-len" {
			return true
		}
		least = defaultEntropy(body)
	}
	return entropy(body) >= least && !sequential(body)
}

// entropy returns the Shannon entropy of b in bits a byte.
func entropy(b []byte) float64 {
	var count [256]int
	for _, c := range b {
		count[c]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(b))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// defaultEntropy is a bound that random strings of the length and alphabet of b
// pass but for one in a million, and that repetitions do not.
func defaultEntropy(b []byte) float64 {
	if len(b) < 8 {
		return 0
	}
	var digit, lower, upper, other bool
	for _, c := range b {
		switch {
		case '0' <= c && c <= '9':
			digit = true
		case 'a' <= c && c <= 'z':
			lower = true
		case 'A' <= c && c <= 'Z':
			upper = true
		default:
			other = true
		}
	}
	alphabet := 0
	for i, seen := range [...]bool{digit, lower, upper, other} {
		if seen {
			alphabet += [...]int{10, 26, 26, 2}[i]
		}
	}
	return 0.5 * math.Log2(float64(min(len(b), max(alphabet, 2))))
}

// sequential reports whether most bytes of b repeat or follow their predecessor
// in one direction of the alphabet, as in abcdef or 987654.
func sequential(b []byte) bool {
	up, down := 0, 0
	for i := 1; i < len(b); i++ {
		switch b[i] - b[i-1] {
		case 0:
			up++
			down++
		case 1:
			up++
		case 0xff:
			down++
		}
	}
	return len(b) >= 8 && 2*max(up, down) > len(b)
}

// pair joins each finding with the nearest one of the rule that its own names
// as its pair: the identifier gives its public parts to the secret.
func pair(text []byte, found []candidate) []candidate {
	gone := map[int]bool{}
	for i := range found {
		r := found[i].match.Rule
		if r.Pair == "" {
			continue
		}
		j := nearest(text, found, i, r.Pair)
		if j < 0 {
			continue
		}
		id, secret := i, j
		if identifies(found[j].match.Rule) && !identifies(r) {
			id, secret = j, i
		}
		found[secret].identity = append(slices.Clone(found[id].identity), found[secret].identity...)
		gone[id] = true
	}
	if len(gone) == 0 {
		return found
	}
	out := found[:0]
	for i := range found {
		if !gone[i] {
			out = append(out, found[i])
		}
	}
	return out
}

// identifies reports whether what a rule finds names a credential rather than
// being one.
func identifies(r *rules.Rule) bool {
	return strings.HasSuffix(r.ID, "-id") || strings.HasSuffix(r.ID, "-sid") || strings.HasSuffix(r.ID, "-client-id")
}

func nearest(text []byte, found []candidate, i int, id string) int {
	a := &found[i]
	best, distance := -1, math.MaxInt
	for j := range found {
		b := &found[j]
		if j == i || b.match.Rule.ID != id {
			continue
		}
		d := max(b.start-a.end, a.start-b.end)
		if d < distance && reaches(text, a, b) {
			best, distance = j, d
		}
	}
	return best
}

// reaches reports whether b lies within the context that the rule of a declares.
func reaches(text []byte, a, b *candidate) bool {
	r := a.match.Rule
	lo, hi := min(a.end, b.end), max(a.start, b.start)
	limit := r.Forward
	if b.start < a.start {
		limit = r.Back
	}
	return hi-lo <= limit && (lo >= hi || bytes.Count(text[lo:hi], []byte{'\n'}) <= r.Lines)
}

// resolve leaves one finding for each place: of candidates whose secrets
// overlap the most specific stays. A candidate goes if any better one overlaps
// it, whatever becomes of that one, so that the outcome depends on nothing but
// what overlaps it.
func resolve(found []candidate) []candidate {
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), better(&a, &b))
	})
	keep := make([]bool, len(found))
	for i := range found {
		keep[i] = true
	}
	for i := range found {
		for j := i + 1; j < len(found) && found[j].start < found[i].end; j++ {
			if apart(&found[i], &found[j]) {
				continue
			}
			if better(&found[i], &found[j]) < 0 {
				keep[j] = false
			} else {
				keep[i] = false
			}
		}
	}
	out := found[:0]
	for i := range found {
		if keep[i] {
			out = append(out, found[i])
		}
	}
	return out
}

// better orders candidates for one place, the more specific first: a known
// harmless form, what was verified, what one provider's rule is sure of, of
// guesses the likelier, what was decoded more often, what holds the other as a
// part; then the rule with the most conditions, and last the one that matches
// the fewest texts. It never returns 0 for different rules.
func better(a, b *candidate) int {
	ra, rb := a.match.Rule, b.match.Rule
	return cmp.Or(
		-boolOrder(ra.Severity == rules.None, rb.Severity == rules.None),
		-boolOrder(a.confidence == rules.Certain, b.confidence == rules.Certain),
		-boolOrder(ra.Pattern != "", rb.Pattern != ""),
		boolOrder(a.guessed(), b.guessed()),
		boolOrder(a.guessed() && a.confidence < b.confidence, b.guessed() && b.confidence < a.confidence),
		boolOrder(ra.Generic(), rb.Generic()),
		-cmp.Compare(len(a.decoded), len(b.decoded)),
		-boolOrder(a.holds(b), b.holds(a)),
		-cmp.Compare(a.conditions, b.conditions),
		-cmp.Compare(a.match.End-a.match.Start, b.match.End-b.match.Start),
		cmp.Compare(a.match.Bits, b.match.Bits),
		cmp.Compare(ra.ID, rb.ID),
	)
}

// guessed reports whether no provider's rule vouches for a candidate: the rule is
// of none, or knows no more than a word that stands somewhere near.
func (c *candidate) guessed() bool {
	r := c.match.Rule
	return r.Generic() || byWord(r) && c.confidence == rules.LowConfidence
}

// holds reports whether the secret of b is a part of that of c.
func (c *candidate) holds(b *candidate) bool {
	return c.start <= b.start && b.end <= c.end && c.end-c.start > b.end-b.start
}

// conditions counts what a rule asks of a match beside its pattern.
func conditions(r *rules.Rule) int {
	n := 0
	for _, a := range r.Args {
		name, _, _ := strings.Cut(strings.Replace(a, ":", "=", 1), "=")
		switch name {
		case "alg", "claim", "has":
			n++
		}
	}
	if r.Path != nil {
		n++
	}
	if len(r.Context) > 0 {
		n++
	}
	return n
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
