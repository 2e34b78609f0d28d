package policy

import (
	"fmt"
	"math"
	"regexp/syntax"
	"slices"
	"strings"
)

// secretPattern returns an expression in which the group that holds the secret
// has the name that rules here want. gitleaks takes the group that a rule
// names, else the first one, else the whole match.
func secretPattern(regex string, group int) (string, error) {
	re, err := syntax.Parse(regex, syntax.Perl)
	if err != nil {
		return "", fmt.Errorf("regex: %w", err)
	}
	if group > re.MaxCap() {
		return "", fmt.Errorf("secretGroup is %d, regex has %d groups", group, re.MaxCap())
	}
	if re.MaxCap() == 0 {
		return regex, nil
	}
	starts := groupStarts(regex)
	if group == 0 {
		group = 1
	}
	if group > len(starts) {
		return "", fmt.Errorf("regex: group %d is not found", group)
	}
	// Other groups may not have the name.
	out := regex
	for i := len(starts) - 1; i >= 0; i-- {
		s := starts[i]
		name := "("
		if i == group-1 {
			name = "(?P<secret>"
		}
		out = out[:s[0]] + name + out[s[1]:]
	}
	if _, err := syntax.Parse(out, syntax.Perl); err != nil {
		return "", fmt.Errorf("regex: naming group %d: %w", group, err)
	}
	return out, nil
}

// groupStarts returns where the capturing groups of an expression open: the
// offsets of the parenthesis and of what follows it, or its name.
func groupStarts(regex string) [][2]int {
	var out [][2]int
	class, literal := false, false
	for i := 0; i < len(regex); i++ {
		rest := regex[i:]
		switch {
		case literal:
			if strings.HasPrefix(rest, `\E`) {
				literal = false
				i++
			}
		case strings.HasPrefix(rest, `\Q`):
			literal = true
			i++
		case rest[0] == '\\':
			i++
		case class:
			if end := strings.Index(rest, ":]"); strings.HasPrefix(rest, "[:") && end > 0 {
				i += end + 1
			} else if rest[0] == ']' {
				class = false
			}
		case rest[0] == '[':
			class = true
			// A ] that comes first is a member of the class.
			if strings.HasPrefix(rest, "[^]") {
				i += 2
			} else if strings.HasPrefix(rest, "[^") || strings.HasPrefix(rest, "[]") {
				i++
			}
		case rest[0] != '(':
		case strings.HasPrefix(rest, "(?P<") || strings.HasPrefix(rest, "(?<"):
			if end := strings.IndexByte(rest, '>'); end > 0 {
				out = append(out, [2]int{i, i + end + 1})
			}
		case !strings.HasPrefix(rest, "(?"):
			out = append(out, [2]int{i, i + 1})
		}
	}
	return out
}

// A lead is what leads to the matches of a rule here. What gitleaks has for that
// are keywords, one of which has to stand somewhere in the file, whatever its
// case and be it a part of the match.
type lead struct {
	markers []string // literals, one of which each match holds
	context []string // words in lower case, one of which stands near or in a match
	entropy float64  // the rule's bound, as of what is left of a secret behind a marker
}

// leadOf returns what leads to a rule. Keywords that no match is without say
// nothing more than the markers do. A marker that is too short to be looked for
// makes words count that stand inside of the match.
func leadOf(r *gitleaksRule) lead {
	// Without a bound of its own a rule here has one; there it has none.
	out := lead{entropy: max(r.Entropy, leastEntropy)}
	for _, k := range r.Keywords {
		if k = strings.ToLower(k); k != "" && !slices.Contains(out.context, k) {
			out.context = append(out.context, k)
		}
	}
	re, err := syntax.Parse(r.Regex, syntax.Perl)
	if err != nil {
		return out
	}
	f := &literalFinder{keywords: out.context}
	set := f.literals(re)
	if set == nil {
		return out
	}
	markers, length := set.markers(), leastLength(re)
	weak := len(markers) == 0 || slices.ContainsFunc(markers, func(m string) bool { return isWeak(m, length) })
	switch {
	case !weak, len(markers) > 0 && length >= tokenLength && inOneWord(re):
		out.markers = markers
		if set.implies(out.context) {
			out.context = nil
		}
	case length < tokenLength:
		out.markers = markers
		out.context = wordsOf(out.context, set)
	case set.least() >= minMarker:
		out.context = wordsOf(out.context, set)
	}
	out.entropy = behindMarker(out.entropy, f, secretOf(re, r.SecretGroup), out.markers)
	return out
}

// leastEntropy stands for no bound.
const leastEntropy = 0.0001

// wordsOf returns the keywords or, without any, the texts that matches hold, as
// words.
func wordsOf(keywords []string, set literalSet) []string {
	if len(keywords) > 0 {
		return keywords
	}
	var out []string
	for _, l := range set {
		if t := strings.ToLower(l.text); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// secretOf returns the part of an expression that is the secret: a group or, if
// there is none, all of it.
func secretOf(re *syntax.Regexp, group int) *syntax.Regexp {
	if s := groupOf(re, max(group, 1)); s != nil {
		return s
	}
	return re
}

func groupOf(re *syntax.Regexp, group int) *syntax.Regexp {
	if re.Op == syntax.OpCapture && re.Cap == group {
		return re.Sub[0]
	}
	for _, sub := range re.Sub {
		if s := groupOf(sub, group); s != nil {
			return s
		}
	}
	return nil
}

// behindMarker returns a bound for the entropy of what stands behind a marker at
// the start of a secret, given one for all of the secret: no secret that the one
// lets pass is lost by the other. The entropy of a text is at most that of its
// two parts by their shares, and that of the shares.
func behindMarker(bound float64, f *literalFinder, secret *syntax.Regexp, markers []string) float64 {
	set := f.literals(secret)
	if set == nil || bound <= leastEntropy {
		return bound
	}
	own, length := set.markers(), float64(leastLength(secret))
	out := bound
	for _, m := range markers {
		size := float64(len(m))
		if !slices.Contains(own, m) || size >= length {
			continue
		}
		share := size / length
		mixed := -share*math.Log2(share) - (1-share)*math.Log2(1-share)
		out = min(out, (bound-share*textEntropy(m)-mixed)/(1-share))
	}
	return max(math.Floor(out*100)/100, leastEntropy)
}

// textEntropy returns the Shannon entropy of a text in bits a byte.
func textEntropy(s string) float64 {
	count := map[byte]float64{}
	for i := range len(s) {
		count[s[i]]++
	}
	sum := 0.0
	for _, n := range count {
		p := n / float64(len(s))
		sum -= p * math.Log2(p)
	}
	return sum
}

// anchored reports whether an expression is tied to the start or the end of
// what it is matched against.
func anchored(expr string) bool {
	re, err := syntax.Parse(expr, syntax.Perl)
	return err == nil && hasAnchor(re)
}

func hasAnchor(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText:
		return true
	}
	return slices.ContainsFunc(re.Sub, hasAnchor)
}
