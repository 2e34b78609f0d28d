package policy

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
)

// minLiteral is the least length of a literal that is worth looking for.
const minLiteral = 4

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

// contextOf returns the words of which one has to stand near a match, in lower
// case: the rule's keywords or, without any, a literal that each match holds,
// without which nothing would lead to the rule.
func contextOf(r *gitleaksRule) []string {
	var words []string
	for _, k := range r.Keywords {
		if k = strings.ToLower(k); k != "" && !slices.Contains(words, k) {
			words = append(words, k)
		}
	}
	if len(words) > 0 {
		return words
	}
	re, err := syntax.Parse(r.Regex, syntax.Perl)
	if err != nil {
		return nil
	}
	if lit := longestLiteral(re.Simplify()); len(lit) >= minLiteral {
		return []string{strings.ToLower(lit)}
	}
	return nil
}

// longestLiteral returns the longest text that each match holds.
func longestLiteral(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return longestLiteral(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return longestLiteral(re.Sub[0])
		}
	case syntax.OpConcat:
		best := ""
		for _, sub := range re.Sub {
			if lit := longestLiteral(sub); len(lit) > len(best) {
				best = lit
			}
		}
		return best
	}
	return ""
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
