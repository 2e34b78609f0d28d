package judge

// meaning is a set of things a name says about the value that bears it.
type meaning uint32

// What a word of a name may mean. The first group speaks for a credential.
const (
	meansPassword meaning = 1 << iota
	meansSecret
	meansToken
	meansKey // "key" alone may be a map key
	meansAPI // what makes a key a credential: api, access, private, encryption…
	meansAuth
	meansCredential
	meansSalt
	meansSession
	meansSignature
	meansWeak // code, pin, seed, otp: credentials in the right company

	meansHash
	meansID
	meansUser
	meansPlace // path, file, url, host
	meansMeta  // type, length, policy…: says something about a credential
	meansText  // label, message, title…: is read by people
	meansPublic
	meansTest
	meansState // is, has, use, enabled, required
	meansVersion
	meansService // database, mail, ldap…: things one logs in to
	meansNumber
	meansValue // value, default, data: says nothing
	meansVerb  // get, find, parse…

	meansStrong      = meansPassword | meansSecret | meansToken | meansAuth | meansCredential | meansSalt | meansSession | meansSignature
	meansCredential0 = meansStrong | meansKey | meansWeak
)

// maxNameTokens bounds the words of a name that are looked at, counted from its end.
const maxNameTokens = 12

// nameInfo is what the words of a name mean.
type nameInfo struct {
	all        meaning // of any word
	last, prev meaning // of the last word and of the one before it
	words      int
	credWord   int // words after the last credential word, -1 if there is none
	length     int
	upper      bool // CONSTANT_CASE
	dotted     bool
	camel      bool
}

// credential reports whether any word of the name may name a credential.
func (n *nameInfo) credential() bool { return n.all&meansCredential0 != 0 }

// readName splits name into words and looks up what they mean. Words are cut
// at anything but letters, at digits, and where lower case changes to upper.
func readName(name []byte) nameInfo {
	info := nameInfo{credWord: -1, length: len(name)}
	if len(name) > 96 {
		name = name[len(name)-96:]
	}
	var lowerSeen, upperSeen bool
	var word [24]byte
	n := 0
	flush := func() {
		if n == 0 {
			return
		}
		m := wordMeaning(word[:n])
		info.prev, info.last = info.last, m
		info.all |= m
		info.words++
		if info.credWord >= 0 {
			info.credWord++
		}
		if m&meansCredential0 != 0 {
			info.credWord = 0
		}
		n = 0
	}
	for i, c := range name {
		switch {
		case isUpper(c):
			upperSeen = true
			if i > 0 && (isLower(name[i-1]) || isUpper(name[i-1]) && i+1 < len(name) && isLower(name[i+1])) {
				info.camel = info.camel || isLower(name[i-1])
				flush()
			}
		case isLower(c):
			lowerSeen = true
		default:
			info.dotted = info.dotted || c == '.'
			flush()
			continue
		}
		if n < len(word) {
			word[n] = lower(c)
			n++
		}
	}
	flush()
	info.upper = upperSeen && !lowerSeen
	return info
}

// wordMeaning looks up a lower-case word; a word that is not known is judged
// by how it ends or begins, since names are often run together ("dbpassword").
func wordMeaning(w []byte) meaning {
	if m := knownWord(w); m != 0 {
		return m
	}
	if len(w) > 2 && w[len(w)-1] == 's' {
		if m := knownWord(w[:len(w)-1]); m != 0 {
			return m
		}
	}
	if len(w) < 5 {
		return 0
	}
	switch string(w) {
	case "compass", "bypass", "surpass", "trespass", "monkey", "turkey", "donkey", "hockey", "jockey", "author", "authors", "secretary",
		"tokenizer", "tokenize", "tokenized", "keyword", "keywords", "keyboard", "keyframe", "keyframes", "keynote", "passage", "passenger",
		"passive", "passing", "passed", "passes", "keypress", "keydown", "keyup", "keycode", "keystroke", "keyspace", "secretion", "passport":
		return 0
	}
	var m meaning
	for _, part := range []struct {
		text string
		m    meaning
	}{
		{"password", meansPassword}, {"passwd", meansPassword}, {"passphrase", meansPassword}, {"pwd", meansPassword}, {"passcode", meansPassword},
		{"secret", meansSecret}, {"token", meansToken}, {"apikey", meansKey | meansAPI}, {"accesskey", meansKey | meansAPI},
		{"authkey", meansKey | meansAuth}, {"credential", meansCredential}, {"session", meansSession}, {"signature", meansSignature},
	} {
		if indexFold(w, part.text) >= 0 {
			m |= part.m
		}
	}
	if m != 0 {
		return m | endMeaning(w)
	}
	return endMeaning(w)
}

// endMeaning judges a run-together word by its last part.
func endMeaning(w []byte) meaning {
	for k := 3; k <= 8 && k+1 < len(w); k++ {
		switch string(w[len(w)-k:]) {
		case "pass":
			return meansPassword
		case "key":
			if hasPrefix(w, "api") || hasPrefix(w, "access") || hasPrefix(w, "private") || hasPrefix(w, "auth") || hasPrefix(w, "enc") ||
				hasPrefix(w, "secret") || hasPrefix(w, "app") || hasPrefix(w, "priv") || hasPrefix(w, "license") {
				return meansKey | meansAPI
			}
			if hasPrefix(w, "public") || hasPrefix(w, "pub") {
				return meansKey | meansPublic
			}
			return meansKey
		case "auth":
			return meansAuth
		case "file", "path", "url", "host", "dir", "port":
			return meansPlace
		case "name", "user":
			return meansUser
		case "hash":
			return meansHash
		case "type", "field", "length", "label", "policy":
			return meansMeta
		case "code":
			return meansWeak
		case "salt":
			return meansSalt
		case "uuid", "guid":
			return meansID
		}
	}
	return 0
}

func knownWord(w []byte) meaning {
	switch string(w) {
	case "password", "passwd", "passphrase", "passcode", "pwd", "pass", "passw", "psw", "pw", "passwort", "contrasena", "senha", "userpass", "mdp", "passphase", "pswd", "requirepass", "masterauth":
		return meansPassword
	case "secret", "secretkey", "scrt":
		return meansSecret
	case "token", "jwt", "bearer", "authtoken", "accesstoken", "pat", "refreshtoken", "tok", "ticket", "apitoken":
		return meansToken
	case "key", "nkey", "pubnubkey", "subkey":
		return meansKey
	case "apikey", "accesskey", "appkey", "privatekey", "privkey", "psk", "keyauth", "hmackey", "aeskey", "enckey":
		return meansKey | meansAPI
	case "api", "access", "private", "encryption", "encrypt", "decryption", "decrypt", "crypto", "cipher", "aes", "hmac", "rsa", "ssh",
		"signing", "sign", "license", "application", "app", "master", "shared", "symmetric", "priv", "consumer", "storage", "integration", "kms", "des", "ecdsa", "ssl", "tls", "webhook", "jwk":
		return meansAPI
	case "auth", "authorization", "authorisation", "authentication", "authenticate", "oauth", "authz", "authn", "xauth", "basic", "dockerconfigjson":
		return meansAuth
	case "credential", "cred", "creds":
		return meansCredential
	case "salt", "nonce", "iv", "cnonce", "pepper":
		return meansSalt
	case "session", "cookie", "csrf", "xsrf", "sess", "sessid", "sessionid", "jsessionid", "phpsessid":
		return meansSession
	case "signature", "sig", "hmacs", "mac":
		return meansSignature
	case "code", "pin", "otp", "totp", "seed", "mnemonic", "challenge", "verifier", "answer", "state", "nounce", "dsn", "passkey":
		return meansWeak
	case "hash", "md5", "md", "sha", "digest", "checksum", "fingerprint", "thumbprint", "crc", "hashed", "integrity", "commit", "revision", "rev", "etag":
		return meansHash
	case "id", "uuid", "guid", "sid", "uid", "identifier", "ids", "jti", "kid", "oid", "aud", "iss", "sub", "clientid", "appid":
		return meansID
	case "user", "username", "login", "email", "mail", "account", "owner", "admin", "root", "person", "member", "client", "customer", "subject", "principal", "uname", "usr", "role":
		return meansUser
	case "path", "file", "filename", "dir", "directory", "folder", "url", "uri", "host", "hostname", "endpoint", "domain", "server", "port", "address", "addr",
		"location", "link", "route", "href", "src", "redirect", "callback", "store", "keystore", "truststore", "repo", "repository", "vault", "env", "environment", "variable", "var", "config", "ref", "reference", "arn", "bucket", "namespace", "resource":
		return meansPlace
	case "type", "length", "len", "size", "count", "max", "min", "format", "policy", "field", "class", "attribute", "attr", "property", "prop", "param", "parameter",
		"column", "col", "table", "header", "prefix", "suffix", "name", "scheme", "method", "mode", "algorithm", "alg", "regex", "regexp", "pattern", "validator", "validation",
		"provider", "handler", "manager", "service", "factory", "strategy", "expire", "expires", "expiry", "expiration", "ttl", "timeout", "age", "lifetime", "index", "idx", "kind",
		"strength", "generator", "grant", "rule", "char", "chars", "separator", "delimiter", "scope", "event", "usage", "helper", "function", "func", "module", "package", "object", "list", "map", "set", "level", "order", "sort", "group", "category", "tag", "model", "schema", "selector", "element", "item", "argument", "arg", "option", "flag", "command", "cmd", "action", "status":
		return meansMeta
	case "label", "text", "title", "message", "msg", "description", "desc", "hint", "placeholder", "error", "err", "warning", "help", "tooltip", "prompt", "caption",
		"comment", "note", "info", "summary", "lang", "translation", "display", "question", "exception", "log", "print", "doc", "docs", "content", "button", "icon", "color", "style":
		return meansText
	case "public", "pub", "recv", "cert", "certificate", "crt", "ca", "pem", "csr", "x":
		return meansPublic
	case "test", "tests", "fake", "mock", "example", "dummy", "invalid", "wrong", "bad", "sample", "demo", "expected", "incorrect", "stub", "fixture", "unknown", "nonexistent", "empty", "missing", "expect", "assert", "actual", "result":
		return meansTest
	case "is", "has", "use", "enable", "enabled", "disable", "disabled", "required", "require", "allow", "allowed", "show", "hide", "should", "can", "with", "without", "no", "not", "only", "must", "need", "valid", "verify", "confirm", "confirmation", "forgot", "reset", "change", "update", "remember":
		return meansState
	case "version", "ver", "date", "time", "timestamp", "created", "updated", "at", "year", "day", "release":
		return meansVersion
	case "db", "database", "mysql", "postgres", "postgresql", "pg", "redis", "mongo", "mongodb", "sql", "mssql", "oracle", "smtp", "imap", "ldap", "ftp", "sftp", "rabbitmq", "amqp",
		"elastic", "elasticsearch", "kafka", "mqtt", "proxy", "jdbc", "mariadb", "aws", "azure", "gcp", "google", "github", "gitlab", "slack", "twitter", "facebook", "stripe", "twilio", "sendgrid", "docker", "registry", "bind", "grafana", "jenkins", "nats", "minio", "s3", "s":
		return meansService
	case "number", "num", "total", "amount", "price", "width", "height", "offset", "position", "row", "line", "limit", "step", "code_point", "int", "integer", "bits", "bit", "byte", "bytes":
		return meansNumber
	case "value", "val", "default", "data", "input", "output", "string", "str", "body", "payload", "v", "buffer", "raw", "temp", "tmp", "current", "old", "new", "original", "my", "your", "the", "foo", "bar":
		return meansValue
	case "get", "find", "parse", "fetch", "load", "read", "lookup", "create", "delete", "remove", "add", "generate", "generated", "encode", "decode", "format_", "validate", "check", "contains", "equals", "equal", "compare", "match", "matches", "replace", "split", "join", "trim", "render", "translate", "t", "gettext", "require_", "import", "include", "describe", "it", "context":
		return meansVerb
	}
	return 0
}
