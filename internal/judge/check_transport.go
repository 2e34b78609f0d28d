package judge

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// checkPlainHTTP judges the scheme and host to which a credential is sent
// without encryption: a host that only the machine or its own network reaches,
// that stands in documentation, or that is a variable, is none of our business.
func checkPlainHTTP(in *Input) Result {
	host := string(in.Secret)
	if i := strings.Index(host, "://"); i >= 0 {
		host = host[i+len("://"):]
	}
	host = strings.ToLower(checkCutHost([]byte(host)))
	if why := checkNoPublicHost(host); why != "" {
		return checkFailed(why)
	}
	r := checkUnchecked("plain http to a public host")
	r.identify("host", host)
	return r
}

// checkNoPublicHost returns why a name is not that of a host on the internet,
// empty if it is.
func checkNoPublicHost(host string) string {
	if a, err := netip.ParseAddr(host); err == nil {
		if a = a.Unmap(); !a.IsGlobalUnicast() || a.IsPrivate() {
			return "host is private"
		}
		return ""
	}
	switch dot := strings.LastIndexByte(host, '.'); {
	case checkIsLoopback(host):
		return "host is the machine itself"
	case checkIsReservedHost(host):
		return "host is an example"
	case dot <= 0 || len(host)-dot < 3:
		return "host is a name of its own network"
	case strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "":
		return "host is a variable"
	}
	for _, d := range [...]string{
		".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".private", ".test", ".localdomain", ".svc", ".cluster", ".arpa", ".onion", ".consul",
	} {
		if strings.HasSuffix(host, d) || strings.Contains(host, ".svc.") {
			return "host is private"
		}
	}
	for _, word := range [...]string{"your", "example", "placeholder", "foo.", "domain.", "xxx", "hostname", "mysite", "mydomain", "acme"} {
		if strings.Contains(host, word) {
			return "host is a placeholder"
		}
	}
	return ""
}

// checkSignedURL reads until when a signed URL is good. One that has expired
// fails the check.
func checkSignedURL(in *Input) Result {
	q, host := checkQuery(in)
	r := checkUnchecked("signed URL")
	r.identify("host", host)
	param := func(name string) string {
		for k, v := range q {
			if strings.EqualFold(k, name) && len(v) > 0 {
				return v[0]
			}
		}
		return ""
	}
	var until time.Time
	for _, vendor := range [...]string{"X-Goog-", "X-Amz-"} {
		start, ok := checkParseTime(param(vendor + "Date"))
		n, err := strconv.Atoi(param(vendor + "Expires"))
		if ok && err == nil && n > 0 && n <= 1e8 {
			until = start.Add(time.Duration(n) * time.Second)
		}
	}
	if id, _, ok := strings.Cut(param("X-Amz-Credential"), "/"); ok {
		if _, sample := checkSample([]byte(id)); sample || strings.HasSuffix(id, "EXAMPLE") {
			return checkHarmless("an example")
		}
		r.identify("aws-key-id", id)
		if account, ok := checkAWSAccount(id); ok {
			r.identify("aws-account", account)
		}
	}
	if n, err := strconv.ParseInt(param("Expires"), 10, 64); err == nil && n > 1e8 && n < 1e11 {
		until = time.Unix(n, 0).UTC()
	}
	if until.IsZero() {
		return r
	}
	r.expire(until, in.Now)
	if !in.Now.IsZero() && until.Before(in.Now) {
		r.Verdict = Failed // it opens nothing any more
	}
	return r
}
