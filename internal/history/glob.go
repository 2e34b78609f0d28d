package history

import (
	"fmt"
	"regexp"
	"strings"
)

// Matcher returns a function that reports whether any of the patterns matches a
// path, nil for no patterns. "*" and "?" match within a name, "[a-z]" and
// "[!a-z]" one character, "**" any number of folders, and "\" takes the next
// character as it is. A pattern that matches a folder matches all below it;
// one that ends in a slash matches folders only. If anywhere is set, one
// without a slash matches a name at any depth, otherwise all start at the top.
func Matcher(patterns []string, anywhere bool) (func(path string) bool, error) {
	var all []*regexp.Regexp
	for _, p := range patterns {
		re, err := pathPattern(p, anywhere)
		if err != nil {
			return nil, err
		}
		all = append(all, re)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return func(path string) bool {
		for _, re := range all {
			if re.MatchString(path) {
				return true
			}
		}
		return false
	}, nil
}

func pathPattern(p string, anywhere bool) (*regexp.Regexp, error) {
	clean := strings.TrimPrefix(strings.TrimPrefix(p, "./"), "/")
	if clean == "" || clean == "." {
		return regexp.Compile(``)
	}
	below := `(?s:/.*)?`
	if strings.HasSuffix(clean, "/") {
		below = `(?s:/.*)`
	}
	clean = strings.TrimRight(clean, "/")
	start := ``
	if anywhere && !strings.Contains(strings.TrimSuffix(p, "/"), "/") {
		start = `(?s:.*/)?`
	}
	re, err := regexp.Compile(`^` + start + globPattern(clean) + below + `$`)
	if err != nil {
		return nil, fmt.Errorf("pattern %q is malformed", p)
	}
	return re, nil
}

// globPattern translates a pattern into a regular expression.
func globPattern(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case strings.HasPrefix(p[i:], "**/"):
			b.WriteString(`(?s:.*/)?`)
			i += 2
		case strings.HasPrefix(p[i:], "**"):
			b.WriteString(`(?s:.*)`)
			i++
		case c == '*':
			b.WriteString(`[^/]*`)
		case c == '?':
			b.WriteString(`[^/]`)
		case c == '[' && classEnd(p[i:]) > 0:
			n := classEnd(p[i:])
			b.WriteString(classPattern(p[i+1 : i+n]))
			i += n
		case c == '\\' && i+1 < len(p):
			i++
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		}
	}
	return b.String()
}

// classEnd returns where the bracket at the start of p is closed, 0 if nowhere.
func classEnd(p string) int {
	from := 1
	for from < len(p) && strings.IndexByte("!^]", p[from]) >= 0 {
		from++
	}
	if i := strings.IndexByte(p[min(from, len(p)):], ']'); i >= 0 {
		return from + i
	}
	return 0
}

// classPattern translates what stands in brackets.
func classPattern(class string) string {
	not := ""
	if class[0] == '!' || class[0] == '^' {
		not, class = "^/", class[1:]
	}
	class = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`).Replace(class)
	return "[" + not + class + "]"
}
