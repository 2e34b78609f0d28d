package analyzer

import (
	"slices"
	"strings"
	"unicode"
)

// A nameClass says what a name promises about the value it is given.
type nameClass uint8

const (
	notSecret nameClass = iota
	// weakName may mean a credential or something else of that name, as
	// "token" in a parser does. It needs a value or a type that agrees.
	weakName
	// strongName means a credential and nothing else.
	strongName
	// secretPassword is a strongName that people choose: any value counts.
	secretPassword
)

// classify judges a name from Go code, an environment variable, a header, a
// query parameter or a key of a map.
func classify(name string) nameClass {
	if len(name) > maxName || otherVariables[name] {
		return notSecret
	}
	return classifyWords(splitName(name))
}

// maxName bounds the names that are looked at, in bytes; longer ones are text.
const maxName = 80

func classifyWords(words []string) nameClass {
	words = trimNeutral(beforePreposition(words))
	if len(words) == 1 && words[0] == "cookie" {
		return weakName // jwtCookie is the name of one
	}
	if len(words) == 0 || len(words) > 1 && orderWords[words[0]] {
		return notSecret
	}
	last := words[len(words)-1]
	if secretHeads[last] == notSecret && secretPair(words) == notSecret {
		return notSecret
	}
	for _, w := range words {
		if negativeWords[w] && !(secretHeads[last] == secretPassword && passwordWords[w]) {
			return notSecret
		}
	}
	if len(words) > 1 {
		for _, w := range words[:len(words)-1] {
			if w == "public" || negativeBefore[w+" "+last] {
				return notSecret
			}
		}
	}
	class := max(secretHeads[last], secretPair(words))
	if class == weakName && secretPair(words) == notSecret && qualified(words) {
		class = strongName
	}
	return class
}

// isMadeUp reports whether a name says that what it holds is for show: a demo, an
// example, a sample.
func isMadeUp(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return madeUpWords[w] })
}

var madeUpWords = words("demo example sample dummy fake mock bogus test")

// beforePreposition returns what a name is one of: idForToken is an id.
func beforePreposition(words []string) []string {
	for i, w := range words {
		if i > 0 && prepositions[w] {
			return words[:i]
		}
	}
	return words
}

var prepositions = words("for of from by after before until without")

// secretPair judges the last two words together: api key, access key.
func secretPair(words []string) nameClass {
	if n := len(words); n >= 2 {
		return secretPairs[words[n-2]+" "+words[n-1]]
	}
	return notSecret
}

// qualified reports whether the word before a weak one says whose secret it
// is: authToken, webhookSecret.
func qualified(words []string) bool {
	for _, w := range words[:len(words)-1] {
		if qualifiers[w] {
			return true
		}
	}
	return false
}

// trimNeutral cuts words from both ends that say how a value is kept and not
// what it is: defaultPasswordValue, apiKeyBytes, password2.
func trimNeutral(words []string) []string {
	for len(words) > 1 && secretPair(words) == notSecret && (neutralEnds[words[len(words)-1]] || isDigits(words[len(words)-1])) {
		words = words[:len(words)-1]
	}
	for len(words) > 1 && neutralStarts[words[0]] {
		words = words[1:]
	}
	return words
}

// splitName cuts a name into lower-case words at signs, at changes of case and
// between letters and digits.
func splitName(name string) []string {
	var words []string
	start := -1
	runes := []rune(name)
	flush := func(end int) {
		if start >= 0 && end > start {
			words = append(words, strings.ToLower(string(runes[start:end])))
		}
		start = -1
	}
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush(i)
			continue
		}
		if start >= 0 && startsWord(runes, i) {
			flush(i)
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(runes))
	return joinWords(words)
}

// startsWord reports whether a word starts at i, which does not start the name.
func startsWord(runes []rune, i int) bool {
	prev, r := runes[i-1], runes[i]
	switch {
	case unicode.IsDigit(r) != unicode.IsDigit(prev):
		return true
	case unicode.IsUpper(r) && unicode.IsLower(prev):
		return true
	case unicode.IsUpper(r) && unicode.IsUpper(prev) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
		// The last capital of a run starts a word, APIKey, unless it is
		// the plural of what stands before, APIs.
		return !(runes[i+1] == 's' && (i+2 == len(runes) || !unicode.IsLower(runes[i+2])))
	}
	return false
}

// joinWords joins words that are written apart or together: pass word, apikey.
func joinWords(words []string) []string {
	out := words[:0:0]
	for _, w := range words {
		if n := len(out); n > 0 && joined[out[n-1]+" "+w] != "" {
			out[n-1] = joined[out[n-1]+" "+w]
			continue
		}
		if parts := compounds[w]; parts != "" {
			out = append(out, strings.Fields(parts)...)
			continue
		}
		out = append(out, w)
	}
	return out
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
