package judge

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// checkPassword verifies that a password is a plausible literal. The argument
// weak lets placeholder words pass, min=N asks for a length in bytes.
func checkPassword(in *Input) Result {
	if r, bad := checkJudgePassword(in, in.Secret); bad {
		return r
	}
	if s, ok := checkArg(in, "min"); ok {
		if n, err := strconv.Atoi(s); err == nil && len(in.Secret) < n {
			return checkFailed("too short")
		}
	}
	return checkUnchecked("password is a plausible literal")
}

// checkBearer verifies that a token is a plausible literal of 16 bytes or more
// and one word.
func checkBearer(in *Input) Result {
	if why, ok := checkSample(in.Secret); ok {
		return checkHarmless(why)
	}
	s := checkTrimValue(in.Secret)
	if checkEncrypted(string(s)) {
		return checkHarmless("encrypted")
	}
	if ok, why := Plausible(s); !ok {
		return checkFailed("token is " + why)
	}
	switch {
	case len(s) < 16:
		return checkFailed("too short")
	case bytes.ContainsAny(s, " \t\r\n"):
		return checkFailed("more than one word")
	case checkAll(s, func(c byte) bool { return c >= 'a' && c <= 'z' || c == '-' || c == '_' }) && checkIsWordy(string(s)):
		return checkFailed("token is made of words")
	}
	if bytes.HasPrefix(s, []byte("eyJ")) && bytes.Count(s, []byte(".")) == 2 {
		jwt := *in
		jwt.Args = nil
		if r := checkJWT(&jwt); r.Verdict != Failed {
			return r
		}
	}
	return checkUnchecked("token is a plausible literal")
}

// checkIsWordy reports whether text of lower-case letters, dashes and
// underscores has words of a placeholder in it.
func checkIsWordy(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' })
	if len(words) < 2 {
		return false
	}
	for _, w := range words {
		if checkWord(w) == checkCore {
			return true
		}
	}
	return false
}

// checkBasicAuth verifies the base64 of user:password as HTTP sends it.
func checkBasicAuth(in *Input) Result {
	s := in.Secret
	if len(s) > 6 && strings.EqualFold(string(s[:6]), "basic ") {
		s = bytes.TrimSpace(s[6:])
	}
	return checkUserPassword(in, s)
}

// checkUserPassword judges base64 of user:password.
func checkUserPassword(in *Input, s []byte) Result {
	if ok, why := Plausible(s); !ok {
		return checkFailed("value is " + why)
	}
	data, ok := checkDecodeBase64(s)
	if !ok {
		return checkFailed("not base64")
	}
	if !checkIsPrintable(data) {
		return checkFailed("decodes to no text")
	}
	user, password, ok := strings.Cut(string(data), ":")
	if !ok {
		return checkFailed("decodes to text without a colon")
	}
	// A token alone stands on either side: "token:" and ":token".
	if password == "" || password == "x-oauth-basic" {
		user, password = "", user
	}
	if user != "" && strings.EqualFold(user, "user") && strings.EqualFold(password, "pass") || checkIsDocumentedLogin(user, password) {
		return checkHarmless("sample of the documentation")
	}
	if r, bad := checkJudgePassword(in, []byte(password)); bad {
		return r
	}
	r := checkPassed("decodes to a user and a password")
	if ok, _ := Plausible([]byte(user)); ok && user != password && len(user) <= 64 {
		r.identify("user", user)
	}
	return r
}

// checkIsDocumentedLogin reports whether a login is one of those that RFC
// 2617 and RFC 7617 explain basic authentication with.
func checkIsDocumentedLogin(user, password string) bool {
	switch strings.ToLower(user) {
	case "aladdin":
		return strings.EqualFold(strings.ReplaceAll(password, " ", ""), "opensesame")
	case "test":
		rest, ok := strings.CutPrefix(password, "123")
		return ok && rest == "\u00a3"
	}
	return false
}

// checkIsPrintable reports whether data is text of one line.
func checkIsPrintable(data []byte) bool {
	if len(data) == 0 || !utf8.Valid(data) {
		return false
	}
	data = bytes.TrimRight(data, "\r\n")
	for _, c := range data {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}
