package analyzer

import (
	"strings"
	"unicode"
)

// isChosen reports whether a value looks like one that somebody chose or drew as a
// credential: letters and digits that are neither a name, nor a version, nor what a
// standard calls something.
func isChosen(v string) bool {
	if len(v) < 8 || len(v) > 64 || strings.ContainsAny(v, " \t\r\n/:=,;<>(){}[]\\|%`\"'?&") {
		return false
	}
	if saysName(v) {
		return false
	}
	if isJumble(v) {
		return true
	}
	kinds := countKinds(v)
	if kinds['0'] == 0 || kinds['a']+kinds['A'] < 3 {
		return false
	}
	if kinds['a'] > 0 && kinds['A'] > 0 {
		return kinds['-'] > 0 || kinds['0'] >= 3 && digitRuns(v) == 1
	}
	return strings.ContainsAny(v, "!@#$*+") || kinds['0'] >= 3 && kinds['0'] <= 6 && digitRuns(v) == 1
}

// isJumble reports whether v is a run of letters and digits in no order, as isRandom
// does of longer ones.
func isJumble(v string) bool {
	if len(v) < 10 || strings.ContainsFunc(v, func(r rune) bool { return r > unicode.MaxASCII || kindOf(byte(r)) == '-' }) {
		return false
	}
	kinds := countKinds(v)
	if kinds['0'] == 0 || kinds['a']+kinds['A'] < 2 || isCamelCase(v) || entropy(v) < 2.5 {
		return false
	}
	return kinds['a'] > 1 && kinds['A'] > 1 || changes(v)*3 >= len(v)
}

// countKinds counts the characters of v by their kind.
func countKinds(v string) map[byte]int {
	kinds := make(map[byte]int, 4)
	for i := range len(v) {
		kinds[kindOf(v[i])]++
	}
	return kinds
}

// digitRuns counts the numbers in v.
func digitRuns(v string) int {
	n := 0
	for i := range len(v) {
		if kindOf(v[i]) == '0' && (i == 0 || kindOf(v[i-1]) != '0') {
			n++
		}
	}
	return n
}

// saysName reports whether a value has a word of names or of what is about
// credentials: X-Api-Key-V2, Base64Token.
func saysName(v string) bool {
	for _, w := range splitName(v) {
		if technicalWords[w] || len(w) > 2 && (secretHeads[w] != notSecret || negativeWords[w]) {
			return true
		}
	}
	return false
}

// technicalWords are those of names of algorithms, formats, products and places.
var technicalWords = words("key keys auth oauth basic bearer api app user session client server sha aes rsa hmac ecdsa ed curve secp base utf iso ascii windows latin http https tls ssl rfc " +
	"int uint float string bool byte model gpt claude gemini llama mistral embedding east west north south central version release build beta alpha rc draft linux amd arm " +
	"cookie header csrf xsrf nonce salt jwt jws jwe pkcs x509 md crc kms aws gcp azure google github gitlab kubernetes grpc proto sql utc gmt")

// isChosenFor reports whether a value that somebody chose can be the credential that
// a weak name means: a token is drawn, or set and not looked for.
func isChosenFor(name, value string, at place) bool {
	if !isChosen(value) {
		return false
	}
	ws := trimNeutral(splitName(name))
	if len(ws) == 0 || isJumble(value) {
		return true
	}
	kinds := countKinds(value)
	if kinds['-'] == 0 || kinds['a'] == 0 || kinds['A'] == 0 {
		return strings.HasPrefix(ws[len(ws)-1], "pass") || ws[len(ws)-1] == "pw"
	}
	if strings.HasPrefix(ws[len(ws)-1], "token") {
		return at == placeVar && kinds['0'] > 1 // Content-MD5 is one of a parser
	}
	return true
}

// namesStored reports whether a name that ends in key may be that under which
// something is kept, as sessionKey or storageKey.
func namesStored(name string) bool {
	ws := trimNeutral(splitName(name))
	if n := len(ws); n > 1 && (ws[n-1] == "key" || ws[n-1] == "keys") {
		return storedWords[ws[n-2]]
	}
	return false
}

var storedWords = words("session storage account app service auth license user master shared")

// isReference reports whether a value says where a secret is kept:
// vault:secret/data/app#password.
func isReference(v string) bool {
	scheme, rest, ok := strings.Cut(v, ":")
	return ok && rest != "" && referenceSchemes[strings.ToLower(scheme)] || strings.HasPrefix(v, "ref+")
}

var referenceSchemes = words("vault env file secret secrets ssm op sops keyvault keyring secretsmanager awssm gcpsm aws gcp kms azkv bao openbao doppler bws keychain")

// isWording reports whether a value beside a name tells people or programs of the
// field: its name in another language, or the rules for what it may hold.
func isWording(v string) bool {
	letters := !strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if letters && strings.ContainsFunc(v, func(r rune) bool { return r > unicode.MaxASCII }) {
		return true
	}
	return wordings[strings.ToLower(v)] || isValidation(v)
}

// isValidation reports whether a value lists rules for a field: required|min:8.
func isValidation(v string) bool {
	for rule := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == '|' || r == ',' }) {
		name, _, _ := strings.Cut(rule, ":")
		name, _, _ = strings.Cut(name, "=")
		if !validations[name] {
			return false
		}
	}
	return v != ""
}

var (
	validations = words("required optional omitempty nullable string confirmed min max len gte lte gt lt alpha alphanum alphanumeric ascii printascii between size different same eqfield nefield dive")
	wordings    = words("passwort kennwort contrasena senha heslo haslo wachtwoord parola salasana parool jelszo adgangskode passord losenord clave sifre lozinka geslo slaptazodis parole motdepasse unchanged anonymous")
)
