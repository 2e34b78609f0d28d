package judge

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// checkAWSKeyID reads the account number out of an access key id: behind the
// marker of four letters stand ten bytes in base32. Their first bit is set
// since ids carry the account, which is the forty bits after it.
func checkAWSKeyID(in *Input) Result {
	s := in.Secret
	if len(s) != 20 {
		return checkFailed(checkReasonNoForm)
	}
	if why, ok := checkSample(s); ok {
		return checkHarmless(why)
	}
	if bytes.HasSuffix(s, []byte("EXAMPLE")) || checkIsMask(string(s[4:])) {
		return checkHarmless("an example")
	}
	r := checkUnchecked("")
	r.identify("aws-key-id", string(s))
	account, ok := checkAWSAccount(string(s))
	if !ok {
		r.Reason = "key id without an account number"
		return r
	}
	r.identify("aws-account", account)
	r.Reason = "key id holds an account number"
	if bytes.Contains(in.Text[:in.Start], []byte(account)) || bytes.Contains(in.Text[in.End:], []byte(account)) {
		r.Verdict, r.Reason = Passed, "account number of the key id stands near"
	}
	return r
}

// checkAWSAccount returns the account number in a key id of AWS. Ids made
// before 2019 hold none.
func checkAWSAccount(id string) (string, bool) {
	if len(id) < 20 {
		return "", false
	}
	raw, err := base32.StdEncoding.DecodeString(id[4:20])
	if err != nil || raw[0]&0x80 == 0 {
		return "", false
	}
	n := binary.BigEndian.Uint64(raw[:8]) << 1 >> 24
	if n >= 1e12 || n == 0 {
		return "", false
	}
	return fmt.Sprintf("%012d", n), true
}

// checkQuery returns the parameters of a query string around the credential:
// the run of bytes that no URL ends at.
func checkQuery(in *Input) (params url.Values, host string) {
	lo, hi := in.matched()
	for lo > 0 && !checkEndsURL(in.Text[lo-1:]) {
		lo--
	}
	// The match may end with what ends the URL.
	for hi > in.End && checkEndsURL(in.Text[hi-1:]) {
		hi--
	}
	for hi < len(in.Text) && !checkEndsURL(in.Text[hi:]) {
		hi++
	}
	return checkParseQuery(string(in.Text[lo:hi]))
}

func checkParseQuery(s string) (params url.Values, host string) {
	s = strings.NewReplacer("&amp;", "&", `\u0026`, "&", "^&", "&").Replace(s)
	if _, rest, ok := strings.Cut(s, "://"); ok {
		host = rest[:strings.IndexAny(rest+"/", "/?#")]
	}
	if i := strings.LastIndexByte(s, '?'); i >= 0 {
		s = s[i+1:]
	}
	params = url.Values{}
	for pair := range strings.SplitSeq(s, "&") {
		k, v, ok := strings.Cut(pair, "=")
		if !ok || len(params) > 64 {
			continue
		}
		// The first pair may have the name of a connection string before it.
		if i := strings.LastIndexAny(k, "=?; "); i >= 0 {
			k = k[i+1:]
		}
		if strings.EqualFold(k, "SharedAccessSignature") {
			k, v, _ = strings.Cut(v, "=")
		}
		if plain, err := url.QueryUnescape(v); err == nil {
			v = plain
		}
		params.Add(k, v)
	}
	return params, host
}

// checkEndsURL reports whether a URL ends before s. An ampersand may be
// written as an escape of JSON or an entity.
func checkEndsURL(s []byte) bool {
	switch c := s[0]; c {
	case '"', '\'', '`', '<', '>', ';', ')', '\\':
		return c != '\\' || !bytes.HasPrefix(s, []byte(`\u0026`))
	default:
		return c <= ' '
	}
}

// checkAzureSAS verifies a shared access signature of Azure: the version, the
// expiry or a stored policy, and a signature of 32 bytes.
func checkAzureSAS(in *Input) Result {
	q, host := checkQuery(in)
	sig := q.Get("sig")
	if sig == "" {
		return checkFailed("no signature")
	}
	if ok, why := Plausible([]byte(sig)); !ok {
		return checkFailed("signature is " + why)
	}
	raw, ok := checkDecodeBase64([]byte(strings.ReplaceAll(sig, " ", "+")))
	if !ok || len(raw) != 32 {
		return checkFailed("signature is not that of the format")
	}
	r := checkPassed("signature and its parameters parse")
	r.identify("host", host)
	r.identify("policy", q.Get("skn"))
	expiry := q.Get("se")
	switch {
	case expiry == "" && q.Get("si") == "":
		return checkUnchecked("neither expiry nor policy stands near")
	case expiry == "":
		r.identify("policy", q.Get("si"))
		return r
	}
	t, ok := checkParseTime(expiry)
	if !ok {
		return checkUnchecked("expiry does not parse")
	}
	if _, err := time.Parse(time.DateOnly, q.Get("sv")); err != nil && q.Get("sr") == "" {
		return checkUnchecked("version does not parse")
	}
	r.identify("expires", t.UTC().Format(time.RFC3339))
	r.expire(t, in.Now)
	return r
}

// checkParseTime reads a time as ISO 8601 or seconds since 1970.
func checkParseTime(s string) (time.Time, bool) {
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04Z", time.DateOnly, "20060102T150405Z"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 1e8 && n < 1e11 {
		return time.Unix(n, 0), true
	}
	return time.Time{}, false
}

// checkAWSPresigned verifies a presigned request of AWS, in a URL or in the
// base64 of a short-term key of Bedrock.
func checkAWSPresigned(in *Input) Result {
	var q url.Values
	var host string
	if rest, ok := bytes.CutPrefix(in.Secret, []byte("bedrock-api-key-")); ok {
		data, ok := checkDecodeBase64(rest)
		if !ok {
			return checkFailed("not base64")
		}
		q, host = checkParseQuery(string(data))
	} else {
		q, host = checkQuery(in)
	}
	param := func(name string) string {
		for k, v := range q {
			if strings.EqualFold(k, name) {
				return v[0]
			}
		}
		return ""
	}
	credential := strings.Split(param("X-Amz-Credential"), "/")
	signature := param("X-Amz-Signature")
	switch {
	case len(credential) != 5 || len(credential[0]) < 16:
		return checkUnchecked("no scope stands near")
	case signature != "" && (len(signature) != 64 || !checkAll(signature, checkIsHex)):
		return checkFailed("signature is not that of the format")
	}
	if _, ok := checkSample([]byte(credential[0])); ok || strings.HasSuffix(credential[0], "EXAMPLE") {
		return checkHarmless("an example")
	}
	r := checkPassed("scope and signature parse")
	r.identify("aws-key-id", credential[0])
	if account, ok := checkAWSAccount(credential[0]); ok {
		r.identify("aws-account", account)
	}
	r.identify("region", credential[2])
	r.identify("host", host)
	start, ok := checkParseTime(param("X-Amz-Date"))
	seconds, err := strconv.Atoi(param("X-Amz-Expires"))
	if !ok || err != nil || seconds <= 0 || seconds > 1e8 {
		return r
	}
	t := start.Add(time.Duration(seconds) * time.Second)
	r.identify("expires", t.UTC().Format(time.RFC3339))
	r.expire(t, in.Now)
	return r
}
