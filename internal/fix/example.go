package fix

import (
	"bytes"
	"strings"
)

// maxName is how long a variable's name may be to be taken over, in bytes.
const maxName = 64

// exampleNames returns the names that an environment file sets, in order, each
// once. It never returns a part of a value: where it is not sure what is a
// value, it stops.
func exampleNames(data []byte) []string {
	var out []string
	seen := map[string]bool{}
	text := strings.ReplaceAll(string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))), "\r\n", "\n")
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		name, value, ok := assignment(line)
		if !ok {
			text = rest
			continue
		}
		if text, ok = afterValue(value, rest); !ok {
			return out
		}
		if !seen[name] && plainName(name, value) {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

// assignment splits a line that sets a variable.
func assignment(line string) (name, value string, ok bool) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", "", false
	}
	line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
	name, value, ok = strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	return name, strings.TrimLeft(value, " \t"), ok && name != ""
}

// afterValue returns the text behind a value, which may go on over lines. It
// is false where a quote is never closed.
func afterValue(value, rest string) (string, bool) {
	if value == "" || !strings.ContainsRune("\"'`", rune(value[0])) {
		for strings.HasSuffix(value, `\`) && rest != "" {
			value, rest, _ = strings.Cut(rest, "\n")
		}
		return rest, true
	}
	all := value + "\n" + rest
	quote := all[0]
	for i := 1; i < len(all); i++ {
		switch {
		case all[i] == '\\' && quote != '\'':
			i++
		case all[i] == quote:
			_, rest, _ = strings.Cut(all[i:], "\n")
			return rest, true
		}
	}
	return "", false
}

// plainName reports whether a name is one, and not a piece of a value that
// happens to stand before an equals sign, as padding does.
func plainName(name, value string) bool {
	if len(name) > maxName || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	upper, lower, digits := 0, 0, 0
	for _, c := range name {
		switch {
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= '0' && c <= '9':
			digits++
		case c != '_' && c != '.' && c != '-':
			return false
		}
	}
	padding := strings.Trim(value, "= \t") == ""
	mixed := upper > 0 && lower > 0 || digits > 4
	return !(padding && mixed) && !(mixed && digits > 0 && len(name) > 20)
}

// example returns the text of an example with all of names, on top of what it
// held before, and whether anything is new in it.
func example(old []byte, names []string) ([]byte, bool, error) {
	t, err := parseText(old)
	if err != nil {
		return nil, false, err
	}
	has := map[string]bool{}
	for i := range t.lines {
		if name, _, ok := assignment(strings.TrimPrefix(strings.TrimSpace(t.body(i)), "# ")); ok {
			has[name] = true
		}
		if name, _, ok := assignment(t.body(i)); ok {
			has[name] = true
		}
	}
	changed := false
	for _, n := range names {
		if !has[n] {
			has[n], changed = true, true
			t.insert(len(t.lines), n+"=")
		}
	}
	return t.bytes(), changed, nil
}
