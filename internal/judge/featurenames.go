package judge

// FeatureNames returns the name of each feature, in the order of the weights.
func FeatureNames() []string {
	names := make([]string, 0, featureCount)
	add := func(prefix string, list []string) {
		for _, n := range list {
			names = append(names, prefix+dashed(n))
		}
	}
	add("form:", formNames[:])
	add("op:", opNames[:])
	add("family:", familyNames[:])
	add("", flagNames[:])
	add("name:", meaningNames[:])
	add("name-ends:", meaningNames[:])
	add("", measureNames[:])
	return names
}

func dashed(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == ' ' {
			b[i] = '-'
		}
	}
	return string(b)
}

var opNames = [opCount]string{"none", "=", ":=", ":", "=>", "==", "(", "comma", "space", "tag", "or"}

var flagNames = [flagCount]string{
	"escaped-quotes", "within-string", "within-comment", "wrapped-in-call", "looked-up", "fallback", "concatenated",
	"list-element", "name-on-other-line", "indexed", "typed", "within-url", "quoted-name",
}

var meaningNames = [meaningCount]string{
	"password", "secret", "token", "key", "api", "auth", "credential", "salt", "session", "signature", "weak",
	"hash", "id", "user", "place", "meta", "text", "public", "test", "state", "version", "service", "number", "value", "verb",
}

var measureNames = [featureCount - featFirst]string{
	"quote", "code", "argument", "name-words", "name-length", "name-upper", "name-dotted", "name-camel", "name-tail", "name-before-last", "name-spaces", "name-random",
	"function-credential", "function-ends", "function-meta", "function-verb",
	"length", "lower-share", "upper-share", "digit-share", "sign-share", "other-share", "spaces", "distinct-share", "change-share",
	"letter-run", "digit-run", "same-run", "tail-digits", "sequence", "keyboard", "entropy", "entropy-total", "entropy-share",
	"hex", "base64", "base32", "alphanumeric", "hash-length", "padded",
	"letter-share", "word-bits", "word-bits-total", "word-bits-worst", "letter-runs", "words-known", "words-placeholder", "words-credential",
	"words-of-name", "words", "rarest-word", "commonest-word", "whole-word", "letters-unknown", "word-length",
	"underscores", "dashes", "dots", "camel-case", "upper-start", "brackets", "template-signs", "slashes", "email", "ellipsis", "jwt", "crypt",
	"leet", "odd-signs", "ends-in-sign", "ends-in-colon", "decodes", "decodes-json",
	"before", "next", "next-word", "next-access", "next-join", "line-length", "indent", "column", "line-share", "users-near", "credentials-near", "siblings",
	"parent-credential", "parent-meta", "block-lines", "local-host", "usual-user", "same-as-user",
}
