package policy

import (
	"slices"
	"strconv"
	"strings"
)

// A statement is one key with its value, or the head of a table, in the text
// of a TOML file.
type statement struct {
	path       []string // of the table, then of the key
	head       bool     // it is the head of a table
	element    int      // number of the element of the array of tables it stands in
	start, end int      // lines, 1-based, end inclusive
}

// A tomlIndex tells where the keys of a TOML file stand. It is made from text
// that has been decoded without error, and knows just enough of the language to
// tell where a value ends.
type tomlIndex struct {
	statements []statement
	lines      map[string]int // of the first statement with a path, in its element and in any
}

func indexTOML(text string) tomlIndex {
	x := tomlIndex{statements: statements(text), lines: map[string]int{}}
	for _, s := range x.statements {
		for _, key := range []string{indexKey(s.element, s.path), indexKey(anyElement, s.path)} {
			if x.lines[key] == 0 {
				x.lines[key] = s.start
			}
		}
	}
	return x
}

// anyElement stands for all elements of an array of tables.
const anyElement = -1

func indexKey(element int, path []string) string {
	return strconv.Itoa(element) + "\x00" + strings.Join(path, "\x00")
}

func statements(text string) []statement {
	lines := strings.Split(text, "\n")
	var out []statement
	var table []string
	elements := map[string]int{}
	element := 0
	for n := 0; n < len(lines); n++ {
		line := strings.TrimSpace(lines[n])
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			table = keyPath(strings.Trim(line[:endOf(line, ']')], "[] \t"))
			if strings.HasPrefix(line, "[[") && len(table) == 1 {
				elements[table[0]]++
			}
			element = max(elements[table[0]]-1, 0)
			out = append(out, statement{table, true, element, n + 1, n + 1})
		default:
			eq := endOf(line, '=')
			path := append(slices.Clone(table), keyPath(strings.TrimRight(line[:eq], "= \t"))...)
			start := n
			for v := (valueScanner{}); !v.ended(lines[n][valueStart(lines[n], n == start):]) && n+1 < len(lines); {
				n++
			}
			out = append(out, statement{path, false, element, start + 1, n + 1})
		}
	}
	return out
}

// valueStart returns where the value begins on the first line of a statement.
func valueStart(line string, first bool) int {
	if !first {
		return 0
	}
	return endOf(line, '=')
}

// endOf returns the offset behind the first c of line outside of quotes.
func endOf(line string, c byte) int {
	var quote byte
	for i := range len(line) {
		switch {
		case quote != 0:
			if line[i] == quote {
				quote = 0
			}
		case line[i] == '"' || line[i] == '\'':
			quote = line[i]
		case line[i] == c:
			return i + 1
		}
	}
	return len(line)
}

// keyPath splits a dotted key.
func keyPath(s string) []string {
	var out []string
	for s != "" {
		end := endOf(s, '.')
		part := strings.TrimSpace(strings.TrimSuffix(s[:end], "."))
		out = append(out, strings.Trim(part, `"'`))
		s = s[end:]
	}
	return out
}

// A valueScanner follows a value over its lines.
type valueScanner struct {
	depth int    // brackets that are open
	quote string // delimiter of the multi-line string that is open
}

// ended reads one more line and reports whether the value ends on it.
func (v *valueScanner) ended(line string) bool {
	for i := 0; i < len(line); {
		rest := line[i:]
		switch {
		case v.quote != "":
			if v.quote == `"""` && rest[0] == '\\' {
				i++
			} else if strings.HasPrefix(rest, v.quote) {
				i += len(v.quote) - 1
				v.quote = ""
			}
		case strings.HasPrefix(rest, `"""`) || strings.HasPrefix(rest, `'''`):
			v.quote = rest[:3]
			i += 2
		case rest[0] == '"' || rest[0] == '\'':
			i += stringEnd(rest) - 1
		case rest[0] == '#':
			return v.depth == 0
		case rest[0] == '[' || rest[0] == '{':
			v.depth++
		case rest[0] == ']' || rest[0] == '}':
			v.depth--
		}
		i++
	}
	return v.depth <= 0 && v.quote == ""
}

// stringEnd returns the length of the one-line string with which s begins.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '"':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}

// line returns the line of a key, or of its nearest table if the key cannot be
// told apart; 1 if there is none. element is that of an array of tables.
func (x tomlIndex) line(element int, path ...string) int {
	for n := len(path); n > 0; n-- {
		if line := x.lines[indexKey(element, path[:n])]; line > 0 {
			return line
		}
	}
	return 1
}

// first returns the line of the first key with a path in any element.
func (x tomlIndex) first(path []string) int { return x.line(anyElement, path...) }

// keep returns text with all lines blank but those of the keys and tables whose
// first name is one of names, so that lines keep their numbers.
func (x tomlIndex) keep(text string, names []string) string {
	lines := strings.Split(text, "\n")
	out := make([]string, len(lines))
	for _, s := range x.statements {
		if len(s.path) > 0 && slices.Contains(names, s.path[0]) {
			copy(out[s.start-1:s.end], lines[s.start-1:s.end])
		}
	}
	return strings.Join(out, "\n")
}
