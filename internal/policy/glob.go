package policy

import (
	"errors"
	"regexp"
	"strings"
)

// compileGlob returns the expression for a pattern of paths. It is read as in
// .gitignore: "*" and "?" stay within one name, "**" spans names, a pattern
// without a slash but at its end means that name at any depth, any other one is
// seen from the top, and what matches a folder matches all below it.
func compileGlob(pattern string) (*regexp.Regexp, error) {
	p := strings.TrimPrefix(pattern, "./")
	p, dirOnly := strings.CutSuffix(p, "/")
	rooted := strings.Contains(p, "/")
	p = strings.TrimPrefix(p, "/")
	if p == "" {
		return nil, errors.New("it names nothing")
	}
	var b strings.Builder
	b.WriteString("^")
	if !rooted {
		b.WriteString("(?:.*/)?")
	}
	segments := strings.Split(p, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "**" && last:
			b.WriteString(".+")
		case s == "**":
			b.WriteString("(?:.*/)?")
		default:
			if err := writeSegment(&b, s); err != nil {
				return nil, err
			}
			if !last {
				b.WriteString("/")
			}
		}
	}
	if dirOnly {
		b.WriteString("/.*$")
	} else {
		b.WriteString("(?:/.*)?$")
	}
	return regexp.Compile("(?s)" + b.String())
}

// writeSegment writes the expression for one name of a pattern.
func writeSegment(b *strings.Builder, s string) error {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '*':
			b.WriteString("[^/]*")
		case '?':
			b.WriteString("[^/]")
		case '\\':
			i++
			if i == len(s) {
				return errors.New("it ends in a backslash")
			}
			b.WriteString(regexp.QuoteMeta(s[i : i+1]))
		case '[':
			end := strings.IndexByte(s[i+1:], ']')
			if end < 1 {
				return errors.New("a class wants its ]")
			}
			class := s[i+1 : i+1+end]
			i += end + 1
			b.WriteString("[")
			if class[0] == '!' || class[0] == '^' {
				b.WriteString("^/")
				class = class[1:]
			}
			b.WriteString(strings.NewReplacer(`\`, `\\`, "[", `\[`).Replace(class))
			b.WriteString("]")
		default:
			j := i + 1
			for j < len(s) && strings.IndexByte(`*?\[`, s[j]) < 0 {
				j++
			}
			b.WriteString(regexp.QuoteMeta(s[i:j]))
			i = j - 1
		}
	}
	return nil
}
