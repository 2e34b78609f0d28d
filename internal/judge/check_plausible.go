package judge

import (
	"bytes"
	"strings"
)

// checkMaxPlausible bounds what Plausible looks at; what is longer than that
// is no placeholder.
const checkMaxPlausible = 4 << 10

// Plausible reports whether value may be a credential as it stands: it is no
// variable, template, reference to a store of secrets, mask, placeholder word
// or lone type name. A weak password is plausible. If it is not, reason says
// why, in lower case and without any part of the value.
func Plausible(value []byte) (ok bool, reason string) {
	v := checkTrimValue(value)
	if len(v) == 0 {
		return false, "empty"
	}
	if len(v) > checkMaxPlausible {
		return true, ""
	}
	s := string(v)
	switch {
	case checkIsVariable(s):
		return false, "a variable, not a value"
	case checkIsReference(s):
		return false, "a reference to where the value is kept"
	case checkIsMask(s):
		return false, "masked"
	case checkIsTypeName(s):
		return false, "a type name"
	case checkIsPlaceholder(s):
		return false, "a placeholder"
	}
	return true, ""
}

// checkTrimValue cuts blanks and one pair of quotes around a value.
func checkTrimValue(v []byte) []byte {
	v = bytes.TrimSpace(v)
	if n := len(v); n >= 2 && v[0] == v[n-1] && (v[0] == '"' || v[0] == '\'' || v[0] == '`') {
		v = bytes.TrimSpace(v[1 : n-1])
	}
	return v
}

// checkEncrypted reports whether a value is the encrypted form of a password,
// which is of no use without a key that is kept elsewhere.
func checkEncrypted(v string) bool {
	lower := strings.ToLower(v[:min(len(v), 24)])
	for _, p := range [...]string{"enc(", "enc[", "{cipher}", "{aes}", "{xor}", "{des}", "{enc}", "!vault", "$ansible_vault", "vault:v1:", "ag{", "sops:", "crypt:", "encrypted:", "secure:"} {
		if strings.HasPrefix(lower, p) {
			return true
		}
	}
	// Maven writes an encrypted password as base64 in braces.
	n := len(v)
	return n >= 26 && v[0] == '{' && v[n-1] == '}' && checkAll(v[1:n-1], checkIsBase64) && strings.ContainsAny(v[1:n-1], "=+/0123456789")
}

// checkIsVariable reports whether s names a value instead of being one.
func checkIsVariable(s string) bool {
	return checkIsShellVariable(s) || checkIsTemplate(s) || checkIsLookup(s)
}

func checkIsShellVariable(s string) bool {
	switch s[0] {
	case '$':
		rest := strings.TrimPrefix(strings.TrimPrefix(s, "$"), "$") // Make and Compose double it
		rest = strings.TrimPrefix(rest, "env:")
		if checkIsPath(rest) {
			return true
		}
	case '%':
		if n := len(s); n > 2 && s[n-1] == '%' && checkIsIdent(s[1:n-1]) {
			return true
		}
	case '@':
		if n := len(s); n > 2 && s[n-1] == '@' && checkIsPath(s[1:n-1]) {
			return true
		}
		if strings.HasPrefix(s, "@@") && checkIsIdent(s[2:]) {
			return true
		}
	case ':':
		// A bind parameter of SQL; Ruby symbols look the same.
		if checkIsIdent(s[1:]) {
			return true
		}
	case '!':
		// A delayed variable of a batch file.
		if n := len(s); n > 2 && s[n-1] == '!' && checkIsIdent(s[1:n-1]) && strings.ToUpper(s) == s {
			return true
		}
	}
	for _, tag := range [...]string{"!ref ", "!sub ", "!getatt ", "!importvalue ", "!join ", "!env ", "!env_var ", "!secret ", "fn::"} {
		if len(s) > len(tag) && strings.EqualFold(s[:len(tag)], tag) {
			return true
		}
	}
	return false
}

// checkIsTemplate reports whether s holds a part that is yet to be filled in.
func checkIsTemplate(s string) bool {
	for _, pair := range [...][2]string{{"${", "}"}, {"{{", "}}"}, {"#{", "}"}, {"$(", ")"}, {"{%", "%}"}, {"<%", "%>"}, {"$[", "]"}, {"%(", ")s"}, {"[[", "]]"}, {"__", "__"}, {"@{", "}"}, {"%{", "}"}, {"((", "))"}} {
		i := strings.Index(s, pair[0])
		if i < 0 {
			continue
		}
		inner := s[i+len(pair[0]):]
		j := strings.Index(inner, pair[1])
		if j < 0 {
			// Cut off by a quote or blank inside the template.
			if i == 0 && pair[0] != "__" && pair[0] != "((" && checkStartsIdent(strings.TrimLeft(inner, " .-")) {
				return true
			}
			continue
		}
		inner = strings.Trim(inner[:j], " .-~={$\"'")
		switch {
		case pair[0] == "__" || pair[0] == "((":
			if i == 0 && checkIsPath(inner) {
				return true
			}
		case checkStartsIdent(inner), checkAll(inner, checkIsDigit):
			return true
		}
	}
	n := len(s)
	switch {
	case n > 2 && s[0] == '<' && s[n-1] == '>',
		n > 2 && s[0] == '{' && s[n-1] == '}' && (checkIsPath(s[1:n-1]) || checkAll(s[1:n-1], checkIsDigit)),
		n > 2 && s[0] == '[' && s[n-1] == ']' && checkIsWords(s[1:n-1]),
		s == "{}", s == "[]", s == "()", s == "<>":
		return true
	}
	// A lone verb of a format string.
	return n >= 2 && n <= 4 && s[0] == '%' && strings.IndexByte("svdqxp", s[n-1]) >= 0 && strings.Trim(s[1:n-1], "+-#0123456789") == ""
}

// checkIsLookup reports whether s is an expression of code that yields a value.
func checkIsLookup(s string) bool {
	head := s
	if i := strings.IndexAny(s, "([ "); i > 0 {
		head = s[:i]
	}
	if checkIsPath(head) && len(head) < len(s) {
		rest := s[len(head):]
		closed := strings.HasSuffix(rest, ")") || strings.HasSuffix(rest, ");") || strings.HasSuffix(rest, "),")
		// A call that a quote or blank cuts off must be one of a method.
		cut := !strings.Contains(rest, ")") && strings.Contains(head, ".")
		switch {
		case rest[0] == '(' && (closed || cut):
			return true
		case rest[0] == '[' && len(rest) > 1 && strings.IndexByte("'\"", rest[1]) >= 0:
			return true
		}
	}
	if !checkIsPath(s) {
		return false
	}
	root, _, dotted := strings.Cut(s, ".")
	if dotted {
		switch strings.ToLower(root) {
		case "process", "env", "environ", "os", "system", "config", "conf", "cfg", "settings", "var", "vars", "local", "data", "module", "self", "this", "secrets", "inputs", "params", "param", "args", "opts", "options", "props", "values", "ctx", "context", "request", "req", "std", "import", "each", "steps", "github", "matrix", "app", "application", "appsettings", "properties", "credentials", "creds":
			return true
		}
	}
	return false
}

// checkIsReference reports whether s is an address in a store of secrets.
func checkIsReference(s string) bool {
	lower := strings.ToLower(s[:min(len(s), 40)])
	for _, p := range [...]string{"op://", "vault://", "arn:aws", "ssm:", "ssm://", "sm://", "aws-sm://", "awssm://", "gcp-sm://", "gsm://", "ref+", "keyring:", "keychain:", "projects/", "secret://", "secretsmanager:", "azurekeyvault", "@microsoft.keyvault(", "lastpass:", "pass://", "file://", "doppler://", "infisical://", "env://", "env:", "secretref:", "valuefrom:", "berglas://", "/run/secrets/", "/var/run/secrets/", "credentials:", "conjur:", "secret/data/", "secret/"} {
		if strings.HasPrefix(lower, p) {
			return true
		}
	}
	return strings.Contains(s, "{{resolve:")
}

// checkIsMask reports whether s stands for characters that were hidden.
func checkIsMask(s string) bool {
	if strings.Contains(s, "***") || strings.Contains(s, "…") || strings.Contains(s, "•••") || strings.Contains(s, "●●") {
		return true
	}
	if strings.HasSuffix(s, "...") || strings.HasPrefix(s, "...") {
		return true
	}
	if len(s) >= 3 && strings.Trim(s, "xX*.-_#?=+~ 0") == "" {
		return true
	}
	if len(s) >= 4 && strings.Count(s, s[:1]) == len(s) && !checkIsDigit(s[0]) {
		return true
	}
	// A run of one of x and X that no random text has: five in a row, or four at an end.
	for _, x := range [...]string{"xxxxx", "XXXXX"} {
		if strings.Contains(s, x) || strings.HasSuffix(s, x[:4]) || strings.HasPrefix(s, x[:4]) {
			return true
		}
	}
	return checkIsSequence(s)
}

// checkIsSequence reports whether s is nothing but a run of 16 or more
// characters in the order of the alphabet, such as 0123456789abcdef.
func checkIsSequence(s string) bool {
	if len(s) < 16 {
		return false
	}
	const order = "0123456789abcdefghijklmnopqrstuvwxyz"
	breaks := 0
	for i := 1; i < len(s); i++ {
		a, b := strings.IndexByte(order, checkLower(s[i-1])), strings.IndexByte(order, checkLower(s[i]))
		if a < 0 || b < 0 {
			return false
		}
		if b != a+1 {
			breaks++
		}
	}
	return breaks <= len(s)/8
}

// checkIsTypeName reports whether s is the name of a type or of nothing.
func checkIsTypeName(s string) bool {
	s = strings.TrimRight(s, ";,?")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "[]"), "*")
	lower := strings.ToLower(s)
	if s != lower && s[min(1, len(s)):] != lower[min(1, len(s)):] && s != strings.ToUpper(s) && !strings.Contains(lower, "str") {
		return false // nobody writes a type in such a case
	}
	switch lower {
	case "string", "str", "std::string", "bool", "boolean", "int", "integer", "number", "object", "any", "char", "bytes", "byte", "void",
		"float", "double", "varchar", "null", "nil", "none", "undefined", "true", "false", "nan", "nullptr",
		"secretstr", "securestring", "secretstring", "optional[str]", "optional[string]", "option<string>", "maybe", "unknown", "never", "&str":
		return true
	}
	return false
}

func checkLower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func checkIsDigit(c byte) bool { return c >= '0' && c <= '9' }

func checkIsLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func checkIsBase64(c byte) bool {
	return checkIsLetter(c) || checkIsDigit(c) || c == '+' || c == '/' || c == '='
}

func checkIsHex(c byte) bool { return checkIsDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func checkAll[T string | []byte](s T, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

// checkStartsIdent reports whether s begins as an identifier does.
func checkStartsIdent(s string) bool {
	return s != "" && (checkIsLetter(s[0]) || s[0] == '_')
}

func checkIsIdent(s string) bool {
	return checkStartsIdent(s) && checkAll(s, func(c byte) bool { return checkIsLetter(c) || checkIsDigit(c) || c == '_' })
}

// checkIsPath reports whether s is identifiers joined by dots, dashes, arrows
// or colons, as in process.env.NAME, $this->name and Values.db-password.
func checkIsPath(s string) bool {
	if !checkStartsIdent(s) {
		return false
	}
	last := s[len(s)-1]
	return last != '.' && last != '-' && checkAll(s, func(c byte) bool {
		return checkIsLetter(c) || checkIsDigit(c) || strings.IndexByte("_.-:>?", c) >= 0
	})
}

// checkIsWords reports whether s is letters, blanks and joiners only.
func checkIsWords(s string) bool {
	return checkAll(s, func(c byte) bool { return checkIsLetter(c) || strings.IndexByte(" _-'", c) >= 0 })
}
