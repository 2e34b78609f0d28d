package rules

import (
	"math"
	"regexp"
	"regexp/syntax"
)

// A fallback is a pattern for package regexp. It is used where the byte program
// cannot express a pattern or would take too many steps.
type fallback struct {
	atStart, inside *regexp.Regexp // inside starts one byte before the match
	secret          int            // number of the group
}

func (s *Set) fallback(l *layer, n int, behind *byteSet) *fallback {
	if f := l.slow[n].Load(); f != nil {
		return f
	}
	pattern := ""
	parsed, err := syntax.Parse(s.rule(l.first+n).Pattern, syntax.Perl)
	if err == nil {
		pattern = parsed.String() // closes what the source leaves open, as \Q
	}
	tail := ""
	if behind != nil && behind.count() > 0 {
		tail = `(?:\z|[^` + classText(behind) + `])`
	}
	f := &fallback{}
	if f.atStart, err = regexp.Compile(`\A(?P<whole>` + pattern + `)` + tail); err == nil {
		f.inside, err = regexp.Compile(`\A(?s:.)(?P<whole>` + pattern + `)` + tail)
		f.secret = f.atStart.SubexpIndex("secret")
	}
	if err != nil {
		f = &fallback{}
	}
	l.slow[n].CompareAndSwap(nil, f)
	return l.slow[n].Load()
}

// classText returns the members of a set below 0x80 as the inside of a class.
func classText(s *byteSet) string {
	const hex = "0123456789abcdef"
	out := []byte{}
	for c := range 0x80 {
		if s[c] != 0 {
			out = append(out, '\\', 'x', hex[c>>4], hex[c&15])
		}
	}
	return string(out)
}

func (f *fallback) match(text []byte, at, limit int) (span, bool) {
	re, from := f.atStart, at
	if at > 0 {
		re, from = f.inside, at-1
	}
	if re == nil {
		return span{}, false
	}
	g := re.FindSubmatchIndex(text[from:min(len(text), limit+1, math.MaxInt32)])
	if g == nil || from+g[3] > limit {
		return span{}, false
	}
	s := span{from + g[2], from + g[3], from + g[2], from + g[3]}
	if f.secret > 0 && g[2*f.secret] >= 0 {
		s.secretStart, s.secretEnd = from+g[2*f.secret], from+g[2*f.secret+1]
	}
	return s, true
}
