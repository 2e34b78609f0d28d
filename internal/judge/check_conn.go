package judge

import (
	"bytes"
	"net/url"
	"strings"
)

// A checkLogin is what a connection names: who signs in where, and the span of
// the password in the text.
type checkLogin struct {
	user, host string
	start, end int // of the password in Text
}

// checkURLUserinfo verifies user:password@host in a URL. Arguments:
//
//	default=USER:PASSWORD  the default of the product: not reported; "*" stands
//	                       for any password of that user
//	weak                   placeholder words are passwords
//	user-token             without a password the user name is the credential
func checkURLUserinfo(in *Input) Result {
	lo, hi := in.matched()
	scheme := bytes.Index(in.Text[lo:hi], []byte("://"))
	if scheme < 0 {
		// The match is a part of the URL: its scheme stands before.
		if scheme = bytes.LastIndex(in.Text[max(0, lo-300):lo], []byte("://")); scheme < 0 {
			return checkUnchecked("no URL around it")
		}
		lo = max(0, lo-300)
	}
	lo += scheme + len("://")
	login, ok := checkUserinfo(in.Text, lo, checkFlag(in, "user-token"))
	if !ok {
		return checkFailed("no password in the URL")
	}
	return checkLoginResult(in, login, true)
}

// checkUserinfo reads user:password@host from the authority that begins at lo.
func checkUserinfo(text []byte, lo int, userToken bool) (checkLogin, bool) {
	hi := lo
	for hi < len(text) && hi < lo+2048 && !checkEndsAuthority(text[hi]) {
		hi++
	}
	// The userinfo ends at the last "@" of the authority. A password that
	// holds a slash unescaped lets the authority end too early: then at the
	// first "@" after it.
	auth := text[lo:hi]
	at := -1
	if end := bytes.IndexAny(auth, "/?#"); end >= 0 {
		if at = bytes.LastIndexByte(auth[:end], '@'); at < 0 {
			colon := bytes.IndexByte(auth[:end], ':')
			if colon < 0 || checkAll(auth[colon+1:end], checkIsDigit) {
				return checkLogin{}, false // a host, or a host and a port
			}
			at = bytes.IndexByte(auth, '@')
		}
	} else {
		at = bytes.LastIndexByte(auth, '@')
	}
	if at < 0 {
		return checkLogin{}, false
	}
	l := checkLogin{host: checkCutHost(auth[at+1:])}
	colon := bytes.IndexByte(auth[:at], ':')
	switch {
	case colon >= 0 && colon+1 < at && string(auth[colon+1:at]) != "x-oauth-basic":
		l.user = string(auth[:colon])
		l.start, l.end = lo+colon+1, lo+at
	case userToken && at > 0:
		l.start, l.end = lo, lo+at
		if colon >= 0 {
			l.end = lo + colon
		}
	default:
		return checkLogin{}, false
	}
	return l, l.end > l.start
}

func checkEndsAuthority(c byte) bool {
	return c <= ' ' || c == '"' || c == '\'' || c == '`' || c == '\\'
}

// checkCutHost returns the first host name of what follows the "@".
func checkCutHost(s []byte) string {
	if i := bytes.IndexAny(s, "/?#,;)]}>|"); i >= 0 && (len(s) == 0 || s[0] != '[') {
		s = s[:i]
	}
	if len(s) > 0 && s[0] == '[' {
		if i := bytes.IndexByte(s, ']'); i > 0 {
			return string(s[1:i])
		}
		return ""
	}
	if i := bytes.IndexByte(s, ':'); i >= 0 {
		s = s[:i]
	}
	return string(s)
}

// checkLoginResult judges a login; escaped says that the password is
// percent-encoded.
func checkLoginResult(in *Input, l checkLogin, escaped bool) Result {
	password := string(in.Text[l.start:l.end])
	if escaped && !checkIsVariable(password) {
		if plain, err := url.PathUnescape(password); err == nil {
			password = plain
		}
	}
	if r, bad := checkJudgePassword(in, []byte(password)); bad {
		return r
	}
	for _, d := range checkArgs(in, "default") {
		if d == l.user+":"+password || d == l.user+":*" {
			return checkHarmless("the default of the product")
		}
	}
	if checkIsSampleLogin(l.user, password) || checkIsDocumentedLogin(l.user, password) {
		return checkFailed("sample of documentation")
	}
	host := strings.ToLower(l.host)
	if checkIsReservedHost(host) {
		return checkHarmless("host is reserved for documentation")
	}
	r := checkUnchecked("password is a plausible literal")
	if checkIsLoopback(host) {
		r.Lower, r.Reason = LowerToMedium, "host is this machine"
	}
	if checkAll(l.host, checkIsHostByte) {
		r.identify("host", l.host)
	}
	if ok, _ := Plausible([]byte(l.user)); ok && l.user != password && len(l.user) <= 64 {
		r.identify("user", l.user)
	}
	r.Secret = [2]int{l.start, l.end}
	return r
}

// checkIsSampleLogin reports whether a login is what explains how a URL is
// written: the user is a user, and the password "password" with signs in it
// that have to be escaped.
func checkIsSampleLogin(user, password string) bool {
	switch strings.ToLower(user) {
	case "user", "username", "name", "me":
	default:
		return false
	}
	letters := strings.Map(func(r rune) rune {
		if r < 0x80 && checkIsLetter(byte(r)) {
			return r
		}
		return -1
	}, password)
	switch strings.ToLower(letters) {
	case "password", "pssword", "pass", "ps", "passwd", "passw":
		return true
	}
	return false
}

// checkJudgePassword returns the verdict on a value that is none, with bad set.
// The argument weak lets placeholder words pass.
func checkJudgePassword(in *Input, password []byte) (r Result, bad bool) {
	v := checkTrimValue(password)
	if checkEncrypted(string(v)) {
		return checkHarmless("encrypted"), true
	}
	ok, why := Plausible(v)
	if !ok && (why != "a placeholder" || !checkFlag(in, "weak")) {
		return checkFailed("password is " + why), true
	}
	return Result{}, false
}

func checkIsHostByte(c byte) bool {
	return checkIsLetter(c) || checkIsDigit(c) || c == '.' || c == '-' || c == '_' || c == ':'
}

// checkIsLoopback reports whether host is the machine itself, by name or
// address.
func checkIsLoopback(host string) bool {
	switch host {
	case "localhost", "localhost.localdomain", "::1", "0.0.0.0", "(local)", "(localdb)", ".", "host.docker.internal", "127.1":
		return true
	}
	return strings.HasPrefix(host, "127.0.") || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "(localdb)")
}

// checkIsReservedHost reports whether host is a name that RFC 2606 and RFC
// 6761 keep for documentation, or an unfilled field.
func checkIsReservedHost(host string) bool {
	host = strings.TrimSuffix(host, ".")
	for _, d := range [...]string{"example.com", "example.org", "example.net", "example", "invalid"} {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

// A checkPair is one key=value of a list, with the span of the value.
type checkPair struct {
	key        string // in lower case, without blanks at the ends
	value      string // without its quotes
	start, end int
}

// checkConnString verifies a list key=value with a password: of ODBC, ADO.NET,
// Azure and the keyword form of libpq. Arguments: default and weak as for
// checkURLUserinfo, key=NAME for the name of a value other than the password.
func checkConnString(in *Input) Result {
	lo, hi := in.matched()
	pairs := checkPairs(in.Text, lo, hi)
	names := []string{"password", "pwd", "pass"}
	for _, k := range checkArgs(in, "key") {
		names = append(names, strings.ToLower(k))
	}
	var l checkLogin
	found := false
	for _, p := range pairs {
		switch p.key {
		case "user id", "userid", "uid", "user", "username", "user name", "user_id", "accountname", "sharedaccesskeyname":
			l.user = p.value
		case "server", "data source", "datasource", "host", "hostname", "address", "addr", "network address", "endpoint", "hostaddr":
			l.host = checkServerHost(p.value)
		case "integrated security", "trusted_connection", "integrated_security", "integratedsecurity":
			switch strings.ToLower(p.value) {
			case "true", "yes", "sspi":
				return checkFailed("signs in with the account of the system")
			}
		}
		for _, name := range names {
			if p.key == name && p.value != "" && !found {
				l.start, l.end, found = p.start, p.end, true
			}
		}
	}
	if found && len(names) == 3 && bytes.IndexByte(in.Text[lo:hi], ';') < 0 && !checkIsKeywordDSN(pairs) {
		return checkFailed("names neither user nor host")
	}
	if !found {
		// The credential stands without its list: it is the value itself.
		if len(pairs) > 0 && len(in.Match) > len(in.Secret) && bytes.IndexByte(in.Secret, '=') < 0 {
			l.start, l.end = in.Start, in.End
			return checkLoginResult(in, l, false)
		}
		return checkFailed("no password in the list")
	}
	return checkLoginResult(in, l, false)
}

// checkIsKeywordDSN reports whether a list without semicolons is one of libpq:
// it names a user, and a host or database.
func checkIsKeywordDSN(pairs []checkPair) bool {
	user, place := false, false
	for _, p := range pairs {
		switch p.key {
		case "user":
			user = true
		case "host", "hostaddr", "dbname", "service":
			place = true
		}
	}
	return user && place
}

// checkServerHost cuts protocol, port and instance from the name of a server.
func checkServerHost(s string) string {
	s = strings.TrimSpace(s)
	for _, p := range [...]string{"tcp:", "np:", "lpc:", "sb://", "https://", "http://"} {
		s = strings.TrimPrefix(s, p)
	}
	if i := strings.IndexAny(s, ",/\\"); i >= 0 {
		s = s[:i]
	}
	if strings.Count(s, ":") == 1 {
		s, _, _ = strings.Cut(s, ":")
	}
	return s
}

// checkPairs splits text[lo:hi] into its pairs: at semicolons, or at blanks
// where it has none.
func checkPairs(text []byte, lo, hi int) []checkPair {
	list := text[lo:hi]
	semicolons := bytes.IndexByte(list, ';') >= 0
	var pairs []checkPair
	for i := 0; i < len(list) && len(pairs) < 64; {
		eq := bytes.IndexByte(list[i:], '=')
		if eq < 0 {
			break
		}
		eq += i
		key := list[i:eq]
		if k := bytes.LastIndexAny(key, ";\"'`{}()<>?&,|\n\r"); k >= 0 {
			key = key[k+1:]
		}
		key = bytes.TrimSpace(key)
		if k := bytes.LastIndexAny(key, " \t"); k >= 0 && (!semicolons || !checkIsSpacedKey(key)) {
			key = key[k+1:]
		}
		start := eq + 1
		for start < len(list) && (list[start] == ' ' || list[start] == '\t') {
			start++
		}
		start, end, next := checkPairValue(list, start, semicolons)
		pairs = append(pairs, checkPair{strings.ToLower(string(key)), string(list[start:end]), lo + start, lo + end})
		i = max(next, eq+1)
	}
	return pairs
}

// checkIsSpacedKey reports whether a key of a list has a blank within.
func checkIsSpacedKey(key []byte) bool {
	switch strings.ToLower(string(key)) {
	case "user id", "user name", "data source", "initial catalog", "integrated security", "network address", "persist security info", "connect timeout", "connection timeout":
		return true
	}
	return false
}

// checkPairValue returns the span of the value that begins at start, without
// its quotes, and where the next pair begins.
func checkPairValue(list []byte, start int, semicolons bool) (from, to, next int) {
	if start >= len(list) {
		return len(list), len(list), len(list)
	}
	closing := byte(0)
	switch list[start] {
	case '\'', '"':
		closing = list[start]
	case '{':
		closing = '}'
	}
	if closing != 0 && !bytes.HasPrefix(list[start:], []byte("{{")) {
		if n := bytes.IndexByte(list[start+1:], closing); n >= 0 {
			return start + 1, start + 1 + n, start + n + 2
		}
	}
	to = start
	for to < len(list) {
		c := list[to]
		if c == ';' && semicolons || c == '\n' || c == '\r' || c == '"' || c == '`' ||
			!semicolons && (c == ' ' || c == '\t' || c == '\'' || c == '&') {
			break
		}
		to++
	}
	next = to
	value := bytes.TrimRight(list[start:to], " '\\")
	for _, escape := range [...]string{`\n`, `\r`, `\t`} {
		value = bytes.TrimSuffix(value, []byte(escape))
	}
	if n := len(value); n > 0 && value[n-1] == ')' && bytes.IndexByte(value, '(') < 0 {
		value = value[:n-1]
	}
	return start, start + len(value), next
}

// checkJDBC verifies a JDBC URL with a password: among its parameters, before
// the host, or as user/password of Oracle's thin driver. Arguments as for
// checkURLUserinfo.
func checkJDBC(in *Input) Result {
	lo, hi := in.matched()
	s := in.Text[lo:hi]
	if l, ok := checkJDBCParams(in.Text, lo, hi); ok {
		return checkLoginResult(in, l, true)
	}
	if thin := bytes.Index(s, []byte(":thin:")); thin >= 0 {
		if l, ok := checkOracleLogin(in.Text, lo+thin+len(":thin:"), hi); ok {
			return checkLoginResult(in, l, false)
		}
	}
	if i := bytes.Index(s, []byte("://")); i >= 0 {
		if l, ok := checkUserinfo(in.Text[:hi], lo+i+3, false); ok {
			return checkLoginResult(in, l, true)
		}
	}
	return checkFailed("no password in the URL")
}

func checkJDBCParams(text []byte, lo, hi int) (checkLogin, bool) {
	var l checkLogin
	s := text[lo:hi]
	if i := bytes.Index(s, []byte("://")); i >= 0 {
		l.host = checkCutHost(s[i+3:])
	}
	i := bytes.IndexAny(s, "?;")
	for i >= 0 && i < len(s) {
		rest := s[i+1:]
		end := bytes.IndexAny(rest, "&;")
		next := i + 1 + end
		if end < 0 {
			end, next = len(rest), -1
		}
		key, value, ok := bytes.Cut(rest[:end], []byte("="))
		if ok {
			// XML writes &amp; between the parameters.
			switch strings.ToLower(strings.TrimSpace(string(bytes.TrimPrefix(key, []byte("amp;"))))) {
			case "user", "username", "uid":
				l.user = string(value)
			case "password", "pwd":
				value = checkCutValue(value)
				l.start = lo + i + 1 + len(key) + 1
				l.end = l.start + len(value)
			}
		}
		i = next
	}
	return l, l.end > l.start
}

// checkCutValue cuts what follows a value in the text that quotes it: a quote,
// a blank or its escape, and a bracket that the value does not open.
func checkCutValue(v []byte) []byte {
	if i := bytes.IndexAny(v, "\"'` \t\r\n<>"); i >= 0 {
		v = v[:i]
	}
	for _, escape := range [...]string{`\n`, `\r`, `\t`} {
		if i := bytes.Index(v, []byte(escape)); i >= 0 {
			v = v[:i]
		}
	}
	v = bytes.TrimRight(v, "\\,")
	for _, b := range [...]string{"()", "[]", "{}"} {
		if n := len(v); n > 0 && v[n-1] == b[1] && bytes.IndexByte(v, b[0]) < 0 {
			v = v[:n-1]
		}
	}
	return v
}

// checkOracleLogin reads user/password@host, with or without "//" and quotes.
func checkOracleLogin(text []byte, lo, hi int) (checkLogin, bool) {
	s := text[lo:hi]
	slash := bytes.IndexByte(s, '/')
	if slash <= 0 {
		return checkLogin{}, false
	}
	at := bytes.IndexByte(s[slash:], '@')
	if at < 0 {
		return checkLogin{}, false
	}
	at += slash
	host := bytes.TrimPrefix(s[at+1:], []byte("//"))
	l := checkLogin{user: string(s[:slash]), host: checkCutHost(host), start: lo + slash + 1, end: lo + at}
	if l.end-l.start >= 2 && text[l.start] == '"' && text[l.end-1] == '"' {
		l.start, l.end = l.start+1, l.end-1
	}
	return l, l.end > l.start
}
