package judge

import "strings"

// A checkWordRole says what a word tells of a value that is made of such words only.
type checkWordRole uint8

const (
	checkNoWord checkWordRole = iota
	checkFiller               // goes with a placeholder, and proves nothing alone
	checkCore                 // makes a placeholder of what else is filler
)

// checkWord returns the role of a word in lower case.
func checkWord(w string) checkWordRole {
	switch w {
	case "password", "passwords", "passwd", "passphrase", "passwort", "secret", "secrets", "token", "tokens", "credential", "credentials",
		"pass", "pwd", "pw", "apikey", "key", "changeme", "changethis", "changeit", "replaceme", "replace", "change", "modify",
		"example", "examples", "sample", "samples", "placeholder", "dummy", "fake", "yourpassword", "yourtoken", "yourkey", "yoursecret", "yourapikey",
		"mypassword", "mysecret", "mytoken", "mykey", "here", "redacted", "removed", "hidden", "masked", "censored", "sanitized", "scrubbed",
		"todo", "fixme", "tbd", "foobar", "foobarbaz", "lorem", "ipsum", "omitted", "filtered", "encrypted", "obfuscated", "undisclosed", "insert",
		"passwordhere", "tokenhere", "keyhere", "secrethere", "somepassword", "somesecret", "sometoken", "thepassword", "userpassword", "dbpassword",
		"secretkey", "accesskey", "accesstoken", "authtoken", "clientsecret", "apitoken", "apisecret", "privatekey", "secretpassword":
		return checkCore
	case "my", "your", "the", "some", "a", "an", "any", "new", "old", "this", "that", "it", "me", "please", "user", "users", "username", "db", "database",
		"admin", "root", "app", "api", "access", "auth", "client", "service", "server", "id", "goes", "value", "valid", "invalid", "enter", "with", "put", "add", "fill", "in",
		"set", "default", "test", "testing", "foo", "bar", "baz", "real", "actual", "super", "very", "long", "strong", "secure", "safe", "random", "private", "public",
		"is", "not", "no", "of", "for", "to", "be", "and", "or", "from", "own", "mysql", "postgres", "redis", "mongo", "email", "mail", "smtp", "login", "account",
		"bot", "github", "gitlab", "google", "aws", "azure", "slack", "openai", "production", "prod", "dev", "staging", "local", "unique", "phrase", "string", "text", "shared",
		"bearer", "basic", "oauth", "jwt", "generated", "plain", "clear", "cleartext", "correct", "wrong", "bad", "good", "host", "name", "webhook", "url", "encryption", "signing", "session", "master",
		"refresh", "consumer", "application", "project", "organization", "org", "company", "domain", "tenant", "subscription", "team", "workspace", "web", "bucket", "region", "profile", "registry", "docker", "stripe", "twilio", "sendgrid", "discord", "telegram":
		return checkFiller
	}
	return checkNoWord
}

// checkIsPlaceholder reports whether s is made of words that only a
// placeholder is made of. A digit or a word of its own makes it a value:
// people do choose password1 and secret-garden.
func checkIsPlaceholder(s string) bool {
	if len(s) > 80 {
		return false
	}
	core := false
	words := checkSplitWords(s)
	if checkIsAddressed(s, words) || checkIsNamed(s, words) || checkIsMetasyntactic(words) {
		return true
	}
	for _, w := range words {
		switch checkWord(w) {
		case checkNoWord:
			return false
		case checkCore:
			core = true
		}
	}
	return core
}

// checkIsAddressed reports whether s speaks to the reader, as your-tenant and
// INSERT_TENANT_HERE do: no words but such, and no digit.
func checkIsAddressed(s string, words []string) bool {
	if len(words) < 2 || strings.ContainsAny(s, "0123456789") {
		return false
	}
	switch words[0] {
	case "your":
		return true
	case "insert", "enter", "replace", "paste", "put":
		return checkWord(words[len(words)-1]) != checkNoWord
	}
	return words[len(words)-1] == "here"
}

// checkIsNamed reports whether s is the name of a secret instead of it, as in
// SHOP_API_TOKEN and request-secret: words and joiners only, and the last word
// says what the value would be.
func checkIsNamed(s string, words []string) bool {
	if len(words) < 2 || !checkIsWords(s) {
		return false
	}
	switch words[len(words)-1] {
	case "password", "passwd", "passphrase", "secret", "token", "key", "apikey", "credential", "credentials", "pwd", "placeholder", "example":
		return true
	}
	return false
}

// checkIsMetasyntactic reports whether all words are foo and its like.
func checkIsMetasyntactic(words []string) bool {
	for _, w := range words {
		switch w {
		case "foo", "bar", "baz", "qux", "quux":
		default:
			return false
		}
	}
	return len(words) > 0
}

// checkSplitWords cuts s at what is no letter or digit and where a lower-case
// letter meets a capital, and returns the words in lower case.
func checkSplitWords(s string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(s[start:end]))
		}
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 0x80:
			// Part of a word in another script.
		case !checkIsLetter(c) && !checkIsDigit(c):
			if strings.IndexByte(" -_.,:;/()[]<>'\"`=", c) < 0 {
				continue // ! and alike make a word of their own
			}
			flush(i)
			start = i + 1
		case i > start && c >= 'A' && c <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z':
			flush(i)
			start = i
		}
	}
	flush(len(s))
	return words
}
