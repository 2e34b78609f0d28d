package analyzer

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A sourceRow is a function that returns a secret. named is the argument that
// must name one; -1 if whatever it returns is.
type sourceRow struct {
	pkg, recv, funcs string
	named            int
	result           int
	what             string
}

var sourceRows = []sourceRow{
	{pkg: "os|syscall", funcs: "Getenv LookupEnv", named: 0, what: "environment variable"},
	{pkg: "github.com/spf13/viper", recv: "*", funcs: "GetString Get GetStringSlice", named: 0, what: "setting"},
	{pkg: "net/http|net/textproto", recv: "Header", funcs: "Get Values", named: 0, what: "header"},
	{pkg: "net/textproto", recv: "MIMEHeader", funcs: "Get Values", named: 0, what: "header"},
	{pkg: "net/http", recv: "Request", funcs: "FormValue PostFormValue", named: 0, what: "form value"},
	{pkg: "net/url", recv: "Values", funcs: "Get", named: 0, what: "form value"},
	{pkg: "github.com/gin-gonic/gin", recv: "Context", funcs: "GetHeader", named: 0, what: "header"},
	{pkg: "github.com/gin-gonic/gin", recv: "Context", funcs: "PostForm Query DefaultPostForm", named: 0, what: "request value"},
	{pkg: "github.com/labstack/echo", recv: "*", funcs: "FormValue QueryParam", named: 0, what: "request value"},
	{pkg: "net/http", recv: "Request", funcs: "BasicAuth", named: -1, result: 1, what: "password of the request"},
	{pkg: "net/url", recv: "Userinfo", funcs: "Password", named: -1, what: "password of a URL"},
	{pkg: "golang.org/x/term|golang.org/x/crypto/ssh/terminal", funcs: "ReadPassword", named: -1, what: "password that was typed"},
	{pkg: "crypto/x509", funcs: "MarshalPKCS8PrivateKey MarshalPKCS1PrivateKey MarshalECPrivateKey", named: -1, what: "private key"},
	{pkg: "net/http/httputil", funcs: "DumpRequest DumpRequestOut", named: -1, what: "request with its headers"},
	{pkg: "github.com/hashicorp/vault/api", recv: "Client", funcs: "Token", named: -1, what: "token of Vault"},
	{pkg: "github.com/zalando/go-keyring|github.com/99designs/keyring", recv: "*", funcs: "Get", named: -1, what: "secret of the key ring"},
	{pkg: "github.com/1password/onepassword-sdk-go", recv: "*", funcs: "Resolve", named: -1, what: "secret of 1Password"},
	{pkg: "net/url", recv: "Userinfo", funcs: "String", named: -1, what: "password of a URL"},
	{pkg: "net/http/httputil", funcs: "DumpResponse", named: -1, what: "response with its headers"},
	{pkg: "golang.org/x/oauth2", recv: "Token", funcs: "Extra", named: 0, what: "element of a token"},
	{pkg: "cloud.google.com/go/...|google.golang.org/...", recv: "SecretPayload", funcs: "GetData", named: -1, what: "secret of Google Secret Manager"},
	{pkg: "crypto/ed25519|golang.org/x/crypto/ed25519", recv: "PrivateKey", funcs: "Seed", named: -1, what: "private key"},
	{pkg: "crypto/ecdh|crypto/ecdsa", recv: "PrivateKey", funcs: "Bytes", named: -1, what: "private key"},
}

// A sourceField is a field of what a secret manager returns.
type sourceField struct{ pkg, typ, field, what string }

var sourceFields = []sourceField{
	{"github.com/aws/...", "GetSecretValueOutput", "SecretString", "secret of AWS Secrets Manager"},
	{"github.com/aws/...", "GetSecretValueOutput", "SecretBinary", "secret of AWS Secrets Manager"},
	{"github.com/aws/...", "Parameter", "Value", "parameter of AWS Systems Manager"},
	{"cloud.google.com/go/...|google.golang.org/...", "SecretPayload", "Data", "secret of Google Secret Manager"},
	{"github.com/Azure/...", "Secret", "Value", "secret of Azure Key Vault"},
	{"github.com/Azure/...", "GetSecretResponse", "Value", "secret of Azure Key Vault"},
	{"github.com/Azure/...", "SecretBundle", "Value", "secret of Azure Key Vault"},
	{"github.com/hashicorp/vault/api", "Secret", "Data", "secret of Vault"},
	{"github.com/hashicorp/vault/api", "KVSecret", "Data", "secret of Vault"},
	{"github.com/hashicorp/vault/api", "SecretAuth", "ClientToken", "token of Vault"},
	{"k8s.io/api/core/...", "Secret", "Data", "Kubernetes secret"},
	{"k8s.io/api/core/...", "Secret", "StringData", "Kubernetes secret"},
	{"golang.org/x/oauth2|golang.org/x/oauth2/internal", "Token", "AccessToken", "access token"},
	{"golang.org/x/oauth2|golang.org/x/oauth2/internal", "Token", "RefreshToken", "refresh token"},
}

// fieldSource says what secret the field of a struct holds, "" for none.
func (f *flow) fieldSource(t types.Type, field *types.Var, tag string) string {
	if n := named(t); n != nil {
		for _, row := range sourceFields {
			if row.field == field.Name() && row.typ == n.Obj().Name() && inPackage(row.pkg, pkgPath(n.Obj().Pkg())) {
				return row.what
			}
		}
	}
	if !isSecretText(field.Type()) && !isStringPointer(field.Type()) {
		return ""
	}
	class := f.classify(field.Name())
	if class == notSecret && field.Name() == "Bearer" {
		class = weakName
	}
	if class == weakName && (!f.weakCounts() || ownerSays(t) || tagSays(tag) || isModelPart(t)) || isPublicHalf(t, field.Name()) || isEntryKey(t, field.Name()) || f.paths[field] {
		return ""
	}
	if class != notSecret || tagsSecret(tag) || f.tagNamesSecret(field.Name(), tag) || f.holdsText(t, field) || f.isDataSource(field.Name()) {
		return "field " + field.Name()
	}
	return ""
}

// tagNamesSecret reports whether a tag names a field for a secret, and its own name
// does not say that it is about one: Key `json:"api_key"`, but not KeyName.
func (f *flow) tagNamesSecret(name, tag string) bool {
	if tag == "" || !strings.Contains(tag, ":") {
		return false
	}
	return !saysOther(name) && slices.ContainsFunc(tagNames(tag), func(name string) bool { return f.classify(name) >= strongName })
}

// saysOther reports whether a name says that something is no secret, whatever it is
// called elsewhere.
func saysOther(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return negativeWords[w] || w == "id" || w == "ids" })
}

func isStringPointer(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	return ok && isSecretText(p.Elem())
}

// varSource says what secret a variable or parameter holds, "" for none.
func (f *flow) varSource(kind, name string, t types.Type) string {
	if isSecretType(t) {
		return kind + " " + name + " of type " + typeName(t)
	}
	if !isSecretText(t) && !isStringPointer(t) {
		return ""
	}
	switch f.classify(name) {
	case notSecret:
		if kind == "parameter" && f.isDataSource(name) {
			return kind + " " + name
		}
		return ""
	case weakName:
		if !f.weakCounts() {
			return ""
		}
	}
	return kind + " " + name
}

// weakCounts reports whether names as "token" mean a credential in the package.
// In one that reads a language they mean words of it.
func (f *flow) weakCounts() bool { return !f.reads }

// isKeyStore reports whether a package, by its path, deals with keys that never
// leave the store which holds them: what it calls a key is the name of one.
func isKeyStore(path string) bool {
	for _, store := range [...]string{"kms", "pkcs11", "hsm", "keystore", "keyvault", "secretmanager", "secretsmanager"} {
		if strings.HasSuffix(path, store) {
			return true
		}
	}
	return false
}

// namesKey reports whether something is called a key, and not one that people
// or programs log in with.
func namesKey(name string) bool {
	words := splitName(name)
	return endsIn(words, "key") && !endsIn(words, "api", "key") && !endsIn(words, "access", "key")
}

// readsLanguage reports whether a package, by its path, reads some language or
// speaks one in which a token is no credential.
func readsLanguage(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "acme" { // whose challenges have tokens that everybody may see
			return true
		}
	}
	for _, w := range splitName(path) {
		if languageWords[w] {
			return true
		}
	}
	return false
}

var languageWords = words("parser parsers parse parsing lexer lex scanner tokenizer tokenize tokens syntax ast template templates lang language compiler " +
	"interpreter expr expression grammar regexp sql ql promql logql traceql css html xml yaml toml json hcl ini csv markdown glob mime mimetype jsonpath cel graphql proto protobuf prototext asm " +
	"readline shlex dotenv wire quic printer tables text nlp")

// callSource says what secret a result of a call is, "" for none.
func (f *flow) callSource(call *ssa.CallCommon, result int) string {
	fn := callee(call)
	if fn == nil {
		return ""
	}
	path := pkgPath(fn.Pkg())
	for _, rows := range [...][]sourceRow{sourceRows, f.source} {
		for _, row := range rows {
			if row.result == result && matches(fn, path, row.pkg, row.recv, row.funcs) {
				return f.rowSource(&row, call)
			}
		}
	}
	if what := f.envSource(call, result); what != "" {
		return what
	}
	switch {
	case result != 0:
		return ""
	case path == "os" && fn.Name() == "ExpandEnv":
		if text, ok := constString(call.Args[0]); ok {
			if name := f.expanded(text); name != "" {
				return "environment variable " + name
			}
		}
	case isKeyText(fn, call):
		return "private key"
	case f.reveals(fn, call):
		return "result of " + receiver(fn) + "." + fn.Name()
	}
	return f.funcSource(fn, result)
}

func (f *flow) rowSource(row *sourceRow, call *ssa.CallCommon) string {
	args := arguments(call)
	if row.named < 0 || row.what == "" {
		if row.what == "" {
			return "result of " + row.funcs
		}
		return row.what
	}
	if row.named >= len(args) {
		return ""
	}
	key, ok := constString(args[row.named])
	if !ok || !isSecretKey(row, key, f) {
		return ""
	}
	return row.what + " " + key
}

// isSecretKey keeps weak keys to where they mean a secret: a header or an
// environment variable called TOKEN is one, a form value or a setting may be, and
// nobody's login is in the environment.
func isSecretKey(row *sourceRow, key string, f *flow) bool {
	class := f.classify(key)
	switch row.what {
	case "header":
		return class != notSecret || strings.EqualFold(key, "Set-Cookie")
	case "environment variable":
		return class != notSecret && !endsIn(splitName(key), "session", "id") || f.isDataSource(key) && !f.opensFiles()
	case "setting":
		return class >= strongName || f.isDataSource(key) && !f.opensFiles()
	}
	return class >= strongName
}

// funcSource judges a function by its name: Password, GetAPIKey, readToken.
func (f *flow) funcSource(fn *types.Func, result int) string {
	sig := fn.Type().(*types.Signature)
	if result != 0 || sig.Results().Len() == 0 || !isSecretText(sig.Results().At(0).Type()) {
		return ""
	}
	words := splitName(fn.Name())
	if len(words) > 1 && actionWords[words[0]] || isBarrierName(words) || inPackage("flag|github.com/spf13/pflag", pkgPath(fn.Pkg())) {
		return ""
	}
	if last := words[len(words)-1]; last == "credential" || last == "credentials" && sig.Results().Len() > 1 && isText(sig.Results().At(1).Type()) {
		return "" // mostly the public part that names it, or the user before the password
	}
	if isForgeryToken(fn) {
		return ""
	}
	if f.isOther(fn.Name()) {
		return ""
	}
	class := classifyWords(words)
	if class == weakName && (!f.weakCounts() || words[0] == "read") || class == notSecret || isStandard(pkgPath(fn.Pkg())) {
		return ""
	}
	return "result of " + fn.Name()
}

// isForgeryToken reports whether a function belongs to what keeps requests from being
// forged, by a token that the page has, too.
func isForgeryToken(fn *types.Func) bool {
	return fn != nil && slices.ContainsFunc(splitName(pkgPath(fn.Pkg())), func(w string) bool { return w == "csrf" || w == "xsrf" || w == "nosurf" })
}

// actionWords start the names of functions that do something with a secret
// and return something else.
var actionWords = words("hash check validate verify compare parse is has mask redact encode encrypt set with format must match test count next peek skip scan lex " +
	"expect describe print list delete remove revoke clear strip trim split join sanitize normalize lookup find resolve update rotate reset change use require register classify alias")
