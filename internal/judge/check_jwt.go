package judge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// checkSignatureSize holds the lengths in bytes that a signature may have.
var checkSignatureSize = map[string][2]int{
	"HS256": {32, 32}, "HS384": {48, 48}, "HS512": {64, 64},
	"ES256": {64, 64}, "ES256K": {64, 64}, "ES384": {96, 96}, "ES512": {132, 132},
	"EdDSA": {64, 114}, "Ed25519": {64, 64},
	"RS256": {64, 2048}, "RS384": {64, 2048}, "RS512": {64, 2048},
	"PS256": {64, 2048}, "PS384": {64, 2048}, "PS512": {64, 2048},
}

// checkJWT verifies a signed JSON web token: header and payload parse, and
// the signature has the length of its algorithm. Its arguments are conditions:
//
//	alg=NAME            the algorithm is one of those named
//	has=NAME            header or payload has the member
//	claim=NAME=REGEXP   the member matches, as does one of its elements
//	public=NAME=REGEXP  a token whose member matches is meant to be public
//
// A colon may stand for the first "=". Members of members are named a.b.
func checkJWT(in *Input) Result {
	parts, ok := checkJWTParts(in.Secret)
	if !ok {
		return checkFailed("not three parts of base64url")
	}
	header, ok := checkJWTObject(parts[0])
	if !ok {
		return checkFailed("header is not JSON")
	}
	alg, ok := header["alg"].(string)
	if !ok {
		return checkFailed("header names no algorithm")
	}
	if _, encrypted := header["enc"]; encrypted {
		return checkUnchecked("encrypted token")
	}
	payload, ok := checkJWTObject(parts[1])
	if !ok {
		return checkFailed("payload is not JSON")
	}
	if r, done := checkJWTConditions(in, alg, header, payload); done {
		return r
	}
	if checkJSONString(payload, "sub") == "1234567890" && checkJSONString(payload, "name") == "John Doe" {
		return checkHarmless("sample token of the documentation")
	}
	if strings.EqualFold(alg, "none") || len(parts[2]) == 0 {
		return checkHarmless("not signed")
	}
	r := checkPassed("header and payload parse")
	signature, err := base64.RawURLEncoding.DecodeString(string(parts[2]))
	size, known := checkSignatureSize[alg]
	switch {
	case checkIsPlainText(parts[2]) && len(parts[2]) < 40:
		return checkFailed("a placeholder in place of the signature")
	case err != nil || known && (len(signature) < size[0] || len(signature) > size[1]):
		r.Verdict, r.Reason = Unchecked, "signature of an unusual length"
	}
	checkJWTIdentity(&r, header, payload, in.Now)
	return r
}

// checkJWTBase64 verifies the base64 of a token as checkJWT does the token.
func checkJWTBase64(in *Input) Result {
	data, ok := checkDecodeBase64(in.Secret)
	if !ok {
		return checkFailed("not base64")
	}
	inner := *in
	inner.Secret = bytes.TrimSpace(data)
	return checkJWT(&inner)
}

// checkIsPlainText reports whether a signature is words: letters of one case,
// dashes and underscores only.
func checkIsPlainText(s []byte) bool {
	return checkAll(s, func(c byte) bool { return c >= 'a' && c <= 'z' || c == '-' || c == '_' }) ||
		checkAll(s, func(c byte) bool { return c >= 'A' && c <= 'Z' || c == '-' || c == '_' })
}

// checkJWTParts finds the token in s, which may have a prefix before it, and
// splits it.
func checkJWTParts(s []byte) (parts [3][]byte, ok bool) {
	if i := bytes.Index(s, []byte("eyJ")); i > 0 {
		s = s[i:]
	}
	fields := bytes.SplitN(s, []byte("."), 6)
	if len(fields) != 3 && len(fields) != 5 {
		return parts, false
	}
	copy(parts[:], fields)
	parts[2] = bytes.TrimRight(parts[2], "=")
	return parts, len(parts[0]) > 0 && checkAll(parts[0], checkIsBase64URL) && (len(fields) == 5 || checkAll(parts[1], checkIsBase64URL)) &&
		(len(parts[2]) == 0 || checkAll(parts[2], checkIsBase64URL))
}

func checkIsBase64URL(c byte) bool {
	return checkIsLetter(c) || checkIsDigit(c) || c == '-' || c == '_' || c == '='
}

func checkJWTObject(part []byte) (map[string]any, bool) {
	data, ok := checkDecodeBase64(part)
	if !ok {
		return nil, false
	}
	return checkObject(data)
}

// checkJWTConditions applies the arguments. done is true if they settle it.
func checkJWTConditions(in *Input, alg string, header, payload map[string]any) (r Result, done bool) {
	algs := 0
	algFits := false
	for _, arg := range in.Args {
		kind, rest, ok := checkCutCondition(arg)
		if !ok {
			continue
		}
		name, expr, _ := strings.Cut(rest, "=")
		v, found := checkLookup(payload, name)
		if !found {
			v, found = checkLookup(header, name)
		}
		switch kind {
		case "alg":
			algs++
			algFits = algFits || strings.EqualFold(rest, alg)
		case "has":
			if !found {
				return checkFailed("lacks a claim of the format"), true
			}
		case "claim":
			if re, err := regexp.Compile(expr); !found || err != nil || !checkMatches(v, re) {
				return checkFailed("a claim is not that of the format"), true
			}
		case "public":
			if re, err := regexp.Compile(expr); found && err == nil && checkMatches(v, re) {
				return checkHarmless("meant to be public"), true
			}
		}
	}
	if algs > 0 && !algFits {
		return checkFailed("algorithm is not that of the format"), true
	}
	return Result{}, false
}

// checkCutCondition splits "kind=rest" and "kind:rest".
func checkCutCondition(arg string) (kind, rest string, ok bool) {
	i := strings.IndexAny(arg, "=:")
	if i < 0 {
		return "", "", false
	}
	return arg[:i], arg[i+1:], true
}

func checkJWTIdentity(r *Result, header, payload map[string]any, now time.Time) {
	for _, f := range [...]struct {
		obj         map[string]any
		claim, name string
	}{{payload, "iss", "issuer"}, {payload, "sub", "subject"}, {payload, "aud", "audience"}, {payload, "email", "email"}, {header, "kid", "key-id"}} {
		switch v := f.obj[f.claim].(type) {
		case string:
			r.identify(f.name, v)
		case json.Number:
			r.identify(f.name, v.String())
		case []any:
			if len(v) > 0 {
				if s, ok := v[0].(string); ok {
					r.identify(f.name, s)
				}
			}
		}
	}
	exp, ok := payload["exp"].(json.Number)
	if !ok {
		return
	}
	seconds, err := exp.Float64()
	// Some issuers count milliseconds.
	if err == nil && seconds > 1e11 {
		seconds /= 1000
	}
	if err != nil || seconds < 1e8 || seconds > 1e11 {
		return
	}
	t := time.Unix(int64(seconds), 0).UTC()
	r.identify("expires", t.Format(time.RFC3339))
	r.expire(t, now)
}
