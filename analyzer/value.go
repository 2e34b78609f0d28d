package analyzer

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/keysift/keysift/internal/judge"
)

// A place says how sure it is that a string there is used as a credential.
type place uint8

const (
	placeSink    place = iota // a call or field that takes nothing but a credential
	placeDSN                  // the password in a data source name
	placeVar                  // something that is named for a secret
	placeConst                // a constant that is named for a secret: often the name of one
	placeCompare              // what a secret is compared with
)

// The least length of a credential, in bytes.
const (
	minSink  = 3
	minNamed = 4
)

// credible reports whether value, at a place that a name of class leads to, is
// a credential and not the name of one, a form or a text.
func credible(value string, class nameClass, at place, name string) bool {
	if class == notSecret || len(value) < minSink || at > placeDSN && len(value) < minNamed {
		return false
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, isControl) {
		return isKeyMaterial(value)
	}
	if isReplaced(value, at) {
		return false
	}
	if isPasswordHash(value) || isForm(value) || isAlphabet(value) || saysNone(value) || isReference(value) {
		return false
	}
	if strings.Contains(value, " ") && !isPhrase(name, value) {
		return false
	}
	if at <= placeDSN {
		return true
	}
	if isConnection(name) {
		if _, hasPassword := dsnPassword(value); !hasPassword {
			return false
		}
	}
	if at == placeConst && repeats(name, value) {
		return false // AuthV2Password = "v2password"
	}
	return credibleNamed(value, class, at, name)
}

// isTokenForm reports whether a value has the form of a JSON web token.
func isTokenForm(v string) bool { return strings.HasPrefix(v, "eyJ") && strings.Count(v, ".") == 2 }

// isConnection reports whether a name is that of a data source, which is a
// credential only if it has a password.
func isConnection(name string) bool {
	ws := trimNeutral(splitName(name))
	return endsIn(ws, "connection", "string") || endsIn(ws, "conn", "string") || endsIn(ws, "conn", "str") || endsIn(ws, "connect", "string")
}

// saysNone reports whether a value says in words that there is no credential, or
// one for a test.
func saysNone(value string) bool {
	ws := splitName(value)
	if len(ws) == 1 && noneWords[ws[0]] {
		return true
	}
	if len(ws) > 1 && (ws[0] == "no" || ws[0] == "without") {
		return secretHeads[ws[len(ws)-1]] != notSecret
	}
	if len(ws) != 1 {
		return false
	}
	for _, start := range [...]string{"no", "test", "fake", "dummy", "mock", "sample"} {
		if rest, ok := strings.CutPrefix(ws[0], start); ok && secretHeads[rest] != notSecret {
			return true
		}
	}
	return false
}

// noneWords say whether there is a credential.
var noneWords = words("set unset none empty missing absent present unknown disabled enabled required optional unchanged anonymous")

// isReplaced reports whether a value stands for another. What is given to a
// sink is used as it is: a mere word for a secret is a weak one there.
func isReplaced(value string, at place) bool {
	reason := judge.PlaceholderReason([]byte(value))
	if at == placeSink {
		return reason != "" && (!strings.HasPrefix(reason, "tells") || isInstruction(value))
	}
	ok, _ := judge.Plausible([]byte(value))
	return !ok || reason != ""
}

// repeats reports whether a value says again what its name says.
func repeats(name, value string) bool {
	return strings.Contains(strings.Join(splitName(name), ""), strings.Join(splitName(value), ""))
}

// isInstruction reports whether a value asks in words to be replaced, or says
// that it takes the place of another.
func isInstruction(value string) bool {
	lower := strings.ToLower(value)
	return slices.ContainsFunc([]string{"your", "here", "insert", "replace", "example", "todo", "placeholder", "<", "change", "xxx", "redacted", "masked", "hidden"}, func(w string) bool {
		return strings.Contains(lower, w)
	})
}

// credibleNamed judges a value whose only evidence is a name.
func credibleNamed(value string, class nameClass, at place, name string) bool {
	switch {
	case isNameLike(value) || isPath(value) || isWording(value):
		return false
	case class == secretPassword:
		if at == placeCompare && isPlainWord(value) && value == strings.ToUpper(value) {
			return false // a sign that there is none
		}
		return at != placeConst || !isWordChain(value)
	case class == strongName:
		return at == placeVar && !isWordChain(value) && !isPlainWord(value) || isRandom(value) || isChosen(value) && !namesStored(name)
	}
	return isRandom(value) || isChosenFor(name, value, at)
}

func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r'
}

// isKeyMaterial reports whether bytes that are no text can be a key: they are
// neither few, nor all alike, nor a row of successive ones.
func isKeyMaterial(v string) bool {
	if len(v) < 8 {
		return false
	}
	steps := map[byte]int{}
	for i := 1; i < len(v); i++ {
		steps[v[i]-v[i-1]]++
	}
	return len(steps)*3 > len(v)
}

// isPasswordHash reports whether v is what is kept of a password so that
// nobody can read it.
func isPasswordHash(v string) bool {
	for _, p := range [...]string{"$2a$", "$2b$", "$2x$", "$2y$", "$argon2", "$pbkdf2", "$scrypt$", "$apr1$", "$1$", "$5$", "$6$", "$7$", "$y$", "{ssha", "{sha", "{smd5", "{crypt}", "{bcrypt}", "pbkdf2:", "scrypt:", "scram-sha-"} {
		if len(v) > len(p) && strings.EqualFold(v[:len(p)], p) {
			return true
		}
	}
	return false
}

// isForm reports whether v says how something is written: a format, template,
// regular expression, markup or address.
func isForm(v string) bool {
	switch {
	case strings.Contains(v, "{{"), strings.Contains(v, "${"), strings.Contains(v, "<%"), strings.Contains(v, "]("):
		return true
	case hasVerb(v):
		return true
	case strings.HasPrefix(v, "^"), strings.Contains(v, `\w`), strings.Contains(v, `\d`), strings.Contains(v, `\s`), strings.Contains(v, "[^"), strings.Contains(v, "(?"), strings.Contains(v, "a-z"), strings.Contains(v, "A-Z"):
		return true
	case strings.HasPrefix(v, "<") && strings.HasSuffix(v, ">"), strings.HasPrefix(v, "{") && strings.HasSuffix(v, "}"), strings.HasPrefix(v, "[") && strings.HasSuffix(v, "]"):
		return true
	}
	return isAddress(v)
}

// hasVerb reports whether v has a verb of package fmt.
func hasVerb(v string) bool {
	for i := 0; i+1 < len(v); i++ {
		if v[i] == '%' && strings.IndexByte("svqdxXTUw+#", v[i+1]) >= 0 {
			return true
		}
	}
	return false
}

// isAddress reports whether v is a URL without user information, or an address
// of mail, a media type or the like.
func isAddress(v string) bool {
	scheme, rest, ok := strings.Cut(v, "://")
	if ok && scheme != "" && !strings.ContainsFunc(scheme, func(r rune) bool { return !unicode.IsLetter(r) && r != '+' && r != '-' && !unicode.IsDigit(r) }) {
		host, _, _ := strings.Cut(rest, "/")
		return !strings.Contains(host, "@") || !strings.Contains(host[:strings.LastIndex(host, "@")], ":")
	}
	for _, p := range [...]string{"urn:", "arn:", "application/", "text/", "mailto:", "github.com/", "gopkg.in/", "golang.org/"} {
		if strings.HasPrefix(v, p) {
			return true
		}
	}
	return strings.HasSuffix(v, ".com") || strings.HasSuffix(v, ".io") || strings.HasSuffix(v, ".dev") || strings.HasSuffix(v, ".org")
}

// isPath reports whether v is the path of a file, a route, or a key of a
// configuration.
func isPath(v string) bool {
	if strings.HasPrefix(v, "/") || strings.HasPrefix(v, "./") || strings.HasPrefix(v, "../") || strings.HasPrefix(v, "~/") || strings.HasPrefix(v, ".") {
		return !isRandom(v)
	}
	for _, ext := range [...]string{".pem", ".key", ".crt", ".json", ".yaml", ".yml", ".toml", ".txt", ".go", ".html", ".tmpl", ".jwt", ".proto", ".env", ".password", ".token", ".secret"} {
		if strings.HasSuffix(strings.ToLower(v), ext) {
			return true
		}
	}
	return strings.Count(v, "/") > 1 && isWordChain(v)
}

// isAlphabet reports whether v lists characters in order.
func isAlphabet(v string) bool {
	return strings.Contains(v, "abcdefghijk") || strings.Contains(v, "ABCDEFGHIJK") || strings.Contains(v, "0123456789abcdef") || strings.Contains(v, "0123456789ABCDEF") || strings.Contains(v, "zyxwvutsr")
}

// isPhrase reports whether a value with spaces may be a secret: several words
// where the name asks for them.
func isPhrase(name, value string) bool {
	for _, w := range splitName(name) {
		if w == "passphrase" || w == "phrase" || w == "mnemonic" {
			return !strings.ContainsAny(value, ".:?!,\n") && strings.Count(value, " ") >= 2
		}
	}
	return strings.Contains(value, "PRIVATE KEY-----") || strings.Contains(value, "password=") && !hasVerb(value)
}

// isNameLike reports whether a value is itself the name of a secret or of what
// is about one: api-token, PASSWORD, secretName.
func isNameLike(v string) bool {
	if strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("-_./: ", r) }) {
		words := splitName(v)
		named := strings.ContainsAny(v, "-_.") && v == strings.ToLower(v) && len(words) > 2 && secretHeads[words[len(words)-1]] != notSecret
		return named || isEnvName(v)
	}
	for _, w := range splitName(v) {
		if secretHeads[w] != notSecret || negativeWords[w] || w == "key" || w == "keys" || w == "auth" || w == "oauth" || w == "basic" || w == "id" {
			return true
		}
	}
	return isEnvName(v)
}

// isEnvName reports whether v is written like an environment variable.
func isEnvName(v string) bool {
	return strings.Contains(v, "_") && v == strings.ToUpper(v) && !isRandom(strings.ReplaceAll(v, "_", ""))
}

// isWordChain reports whether v is words joined by signs, without a digit.
func isWordChain(v string) bool {
	return strings.ContainsAny(v, "-_./: ") && !strings.ContainsFunc(v, func(r rune) bool {
		return !unicode.IsLower(r) && !strings.ContainsRune("-_./: ", r)
	})
}

// isPlainWord reports whether v is one word.
func isPlainWord(v string) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsLetter(r) }) && !isRandom(v)
}

// isRandom reports whether v looks as if a machine had made it: a run of
// letters and digits of which the case or the kind changes often enough.
func isRandom(v string) bool {
	v = strings.Trim(v, "=")
	if len(v) < 12 || strings.ContainsAny(v, " \n\t") {
		return false
	}
	return changes(v)*5 >= len(v) && entropy(v) >= 2.9 && !isCamelCase(v)
}

// isCamelCase reports whether v is words that are told apart by their case: what
// a machine makes changes its case after two letters or so.
func isCamelCase(v string) bool {
	if strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return false
	}
	return len(splitName(v))*7 <= len(v)*2
}

// changes counts the places where the kind of character changes, the capital at
// the start of a word apart.
func changes(v string) int {
	n := 0
	for i := 1; i < len(v); i++ {
		a, b := kindOf(v[i-1]), kindOf(v[i])
		if a != b && !(a == 'A' && b == 'a') && b != '-' && a != '-' {
			n++
		}
	}
	return n
}

func kindOf(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return '0'
	case 'a' <= c && c <= 'z':
		return 'a'
	case 'A' <= c && c <= 'Z':
		return 'A'
	}
	return '-'
}

// entropy returns the Shannon entropy of v, in bits a byte.
func entropy(v string) float64 {
	var count [256]int
	for i := range len(v) {
		count[v[i]]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(v))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// isBearerWord reports whether v is the header of a bearer token with a mere word
// in its place: such tokens are made by machines, and a word is a name.
func isBearerWord(v string) bool {
	scheme, rest, ok := strings.Cut(v, " ")
	return ok && strings.EqualFold(scheme, "bearer") && isPlainWord(rest)
}

// stripScheme cuts the scheme of an authorization header from its value.
func stripScheme(v string) string {
	scheme, rest, ok := strings.Cut(v, " ")
	if !ok {
		return v
	}
	switch strings.ToLower(scheme) {
	case "bearer", "basic", "token", "apikey", "key", "ssws", "splunk", "negotiate", "bot":
		return strings.TrimSpace(rest)
	}
	return v
}

// dsnPassword returns the password of a data source name or connection string.
func dsnPassword(v string) (string, bool) {
	if _, rest, ok := strings.Cut(v, "://"); ok {
		return userinfoPassword(strings.SplitN(rest, "/", 2)[0])
	}
	for _, key := range [...]string{"password=", "Password=", "PASSWORD=", "pwd=", "Pwd=", "PWD=", "AccountKey=", "SharedAccessKey="} {
		if _, rest, ok := strings.Cut(v, key); ok {
			if end := strings.IndexAny(rest, "; &"); end >= 0 {
				rest = rest[:end]
			}
			rest = strings.Trim(rest, `'"`)
			return rest, rest != ""
		}
	}
	if i := strings.Index(v, "@tcp("); i >= 0 {
		return userinfoPassword(v[:i+1])
	}
	if i := strings.Index(v, "@unix("); i >= 0 {
		return userinfoPassword(v[:i+1])
	}
	return "", false
}

func userinfoPassword(host string) (string, bool) {
	at := strings.LastIndex(host, "@")
	if at < 0 {
		return "", false
	}
	_, pw, ok := strings.Cut(host[:at], ":")
	return pw, ok && pw != ""
}
