package judge

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// checkMaxDepth bounds how deep JSON may nest. Credentials nest three deep.
const checkMaxDepth = 32

// checkObject decodes a JSON object, with or without text after it.
func checkObject(data []byte) (map[string]any, bool) {
	end, ok := checkObjectEnd(data)
	if !ok {
		return nil, false
	}
	var obj map[string]any
	d := json.NewDecoder(bytes.NewReader(data[:end]))
	d.UseNumber()
	if err := d.Decode(&obj); err != nil || obj == nil {
		return nil, false
	}
	return obj, true
}

// checkObjectEnd returns where the object that data begins with ends. It does
// not look at what is between brackets but for its strings.
func checkObjectEnd(data []byte) (int, bool) {
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > checkMaxDepth {
				return 0, false
			}
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
			if depth < 0 {
				return 0, false
			}
		case depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return 0, false
		}
	}
	return 0, false
}

// checkEnclosing returns the innermost JSON object around the credential that
// has the key. Where quotes are escaped, the text is taken as a string of
// JSON and unescaped first.
func checkEnclosing(in *Input, key string) (map[string]any, bool) {
	tries := 0
	for i := in.Start; i >= 0 && tries < 12; i-- {
		if i >= len(in.Text) || in.Text[i] != '{' {
			continue
		}
		tries++
		data := in.Text[i:]
		if obj, ok := checkObject(data); ok {
			if _, ok := obj[key]; ok {
				return obj, true
			}
		} else if plain := checkUnescapeQuotes(data); plain != nil {
			if obj, ok := checkObject(plain); ok {
				if _, ok := obj[key]; ok {
					return obj, true
				}
			}
		}
	}
	return nil, false
}

// checkUnescapeQuotes undoes one level of escaping, or returns nil if there
// is none.
func checkUnescapeQuotes(data []byte) []byte {
	if !bytes.Contains(data[:min(len(data), 64)], []byte(`\"`)) {
		return nil
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		c := data[i]
		if c != '\\' || i+1 >= len(data) {
			if c == '"' {
				break // the end of the outer string
			}
			out = append(out, c)
			continue
		}
		i++
		switch data[i] {
		case 'n', 'r', 't':
			out = append(out, ' ')
		default:
			out = append(out, data[i])
		}
	}
	return out
}

// checkJSONString returns the text of a member, empty if it is none.
func checkJSONString(obj map[string]any, key string) string {
	s, _ := obj[key].(string)
	return s
}

// checkLookup finds a member by its name, or by the path of names that dots
// join.
func checkLookup(obj map[string]any, name string) (any, bool) {
	if v, ok := obj[name]; ok {
		return v, true
	}
	first, rest, ok := strings.Cut(name, ".")
	if !ok {
		return nil, false
	}
	inner, ok := obj[first].(map[string]any)
	if !ok {
		return nil, false
	}
	return checkLookup(inner, rest)
}

// checkMatches reports whether a member, or one of its elements, matches re.
func checkMatches(v any, re *regexp.Regexp) bool {
	switch v := v.(type) {
	case string:
		return re.MatchString(v)
	case json.Number:
		return re.MatchString(v.String())
	case bool:
		if v {
			return re.MatchString("true")
		}
		return re.MatchString("false")
	case []any:
		for _, e := range v[:min(len(v), 64)] {
			if _, nested := e.([]any); !nested && checkMatches(e, re) {
				return true
			}
		}
	}
	return false
}
