package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/keysift/keysift/internal/scan"
)

// This file decides for which constants the environment may take their place,
// and under which names. A variable that is not set is empty: as a password
// that is refused, but as a key everybody knows it.

// A setting is a constant that could come from the environment instead.
type setting struct {
	expr ast.Expr
	name string // what it is called where it stands
	text string // its value
}

// envNames are the names that the values of a package got, and what is known of
// them besides.
type envNames struct {
	values map[string]string // by the names of variables
	envs   map[string]string // and the other way around, of values that are one secret wherever they stand
	keys   map[any]bool      // expressions and objects that sign, encrypt or check

	compares map[types.Object]bool // what is compared with something; nil until asked for
}

func newEnvNames() envNames {
	return envNames{values: map[string]string{}, envs: map[string]string{}, keys: map[any]bool{}}
}

// settingFor returns the setting for a credential. What a password is compared with
// has none: an unset variable would be equal to no password at all.
func (c *checker) settingFor(v folded, name string, at place) []setting {
	if _, isSum := v.origin.(*ast.BinaryExpr); at == placeCompare || v.fixed && !isSum {
		return nil
	}
	return []setting{{v.origin, name, v.text}}
}

// ruleSetting returns the setting for what a rule has found: none if that is only a
// part of a text that the program needs.
func (c *checker) ruleSetting(e ast.Expr, f *scan.Finding) []setting {
	v, ok := c.fold(e)
	if !ok {
		return nil
	}
	part := f.Secret.Reveal() != stripScheme(v.text)
	if part && !strings.Contains(v.text, "://") && !strings.Contains(v.text, "PRIVATE KEY-----") {
		return nil
	}
	name, known := c.names[e]
	if !known {
		name = f.Rule.ID
		if strings.HasPrefix(name, "private-key") {
			name = "private key"
		}
	}
	return c.settingFor(v, name, placeVar)
}

// noteKey records that an expression is used as a key, whatever it is called.
func (c *checker) noteKey(e ast.Expr) {
	if e == nil {
		return
	}
	if v, ok := c.fold(e); ok {
		c.keys[v.origin] = true
	}
	if id := identOf(c.converted(e)); id != nil {
		c.keys[c.info.ObjectOf(id)] = true
	}
}

func identOf(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
}

// keyPackages have functions and fields that take a key with which something is
// signed, encrypted or checked.
const keyPackages = "crypto/hmac|crypto/aes|crypto/des|crypto/rc4|crypto/hkdf|crypto/pbkdf2|golang.org/x/crypto/blowfish|golang.org/x/crypto/twofish|golang.org/x/crypto/cast5|golang.org/x/crypto/xtea|" +
	"golang.org/x/crypto/chacha20poly1305|golang.org/x/crypto/chacha20|golang.org/x/crypto/blake2b|golang.org/x/crypto/blake2s|golang.org/x/crypto/pbkdf2|golang.org/x/crypto/scrypt|golang.org/x/crypto/argon2|golang.org/x/crypto/hkdf|" +
	"*/jwt|*/jwt-go|*/echo-jwt|github.com/labstack/echo/middleware|github.com/gorilla/sessions|github.com/gin-contrib/sessions/cookie|github.com/gin-contrib/sessions/memstore|github.com/gorilla/securecookie|github.com/gorilla/csrf|" +
	"github.com/go-jose/go-jose|gopkg.in/square/go-jose|gopkg.in/go-jose/go-jose|github.com/appleboy/gin-jwt|github.com/gofiber/contrib/jwt|github.com/gofiber/jwt|github.com/gofiber/fiber/middleware/encryptcookie|" +
	"github.com/stripe/stripe-go/webhook|github.com/google/go-github/github|github.com/go-playground/webhooks/...|github.com/svix/svix-webhooks/go|github.com/standard-webhooks/standard-webhooks/libraries/go|github.com/twilio/twilio-go/client"

// isKeyName reports whether a name is that of a key with which something is signed
// or encrypted.
func isKeyName(name string) bool {
	ws := splitName(name)
	return slices.ContainsFunc(ws, func(w string) bool { return keyUses[w] }) && slices.ContainsFunc(ws, func(w string) bool { return w == "key" || w == "secret" || w == "keys" })
}

var keyUses = words("signing sign signer jwt jws jwe hmac encryption encrypt aes des cipher session cookie csrf block hash master webhook encoding verification")

// opens reports whether the program would take everybody in, or show the value, if
// a setting came from the environment.
func (c *checker) opens(s setting, path []ast.Node) bool {
	if c.keys[s.expr] || isKeyName(s.name) {
		return true
	}
	for i, n := range path {
		if i == 0 {
			continue
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			if c.takesNoSetting(n, s) {
				return true
			}
		case *ast.CompositeLit:
			if name := typeName(c.info.TypeOf(n)); name == "H" || name == "M" || name == "Map" {
				return true // what is answered to a request
			}
		case *ast.BinaryExpr:
			if tv := c.info.Types[n]; tv.Value == nil && strings.ContainsAny(s.text, "=:@/") {
				return true // a text of which the program knows the other parts
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				if c.isChecked(c.info.Defs[id]) {
					return true
				}
			}
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				if id := identOf(lhs); id != nil && c.isChecked(c.info.ObjectOf(id)) {
					return true
				}
			}
		case *ast.FuncLit:
			return isKeyfunc(c.info.TypeOf(n)) && c.isReturned(path[:i])
		case *ast.FuncDecl:
			return c.isReturned(path[:i]) && (isKeyfunc(c.info.TypeOf(n.Name)) || c.isChecked(c.info.Defs[n.Name]))
		}
	}
	return false
}

func (c *checker) isReturned(path []ast.Node) bool {
	return slices.ContainsFunc(path, func(n ast.Node) bool { _, ok := n.(*ast.ReturnStmt); return ok })
}

// takesNoSetting reports whether a call makes something of its arguments for which
// the environment is no source: it shows the default of a flag, answers a
// request, has a format or sets the environment itself.
func (c *checker) takesNoSetting(n *ast.CallExpr, s setting) bool {
	fn, _ := typeutil.Callee(c.info, n).(*types.Func)
	if fn == nil {
		return false
	}
	path := pkgPath(fn.Pkg())
	switch {
	case inPackage("flag|github.com/spf13/pflag", path), fn.Name() == "Setenv", strings.HasPrefix(fn.Name(), "Decode"):
		return true
	case strings.HasSuffix(fn.Name(), "f") && strings.Contains(s.text, "%"):
		return true
	}
	return answerNames[fn.Name()]
}

var answerNames = words("JSON JSONP IndentedJSON SecureJSON PureJSON AsciiJSON JSONPretty XML YAML HTML Render Encode WriteJSON")

// isChecked reports whether something of the package is a key, or what a password is
// compared with.
func (c *checker) isChecked(obj types.Object) bool {
	if obj == nil {
		return false
	}
	if c.compares == nil {
		c.compares = map[types.Object]bool{}
		for _, file := range c.pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				c.noteCompared(n)
				return true
			})
		}
	}
	return c.keys[obj] || c.compares[obj]
}

// noteCompared records what a node compares with something.
func (c *checker) noteCompared(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if (n.Op == token.EQL || n.Op == token.NEQ) && !c.isEmptyText(n.X) && !c.isEmptyText(n.Y) {
			c.noteUses(n.X, n.Y)
		}
	case *ast.CaseClause:
		c.noteUses(n.List...)
	case *ast.CallExpr:
		name := calleeName(n)
		if strings.HasPrefix(name, "ConstantTime") || strings.HasPrefix(name, "Equal") || strings.HasPrefix(name, "Compare") {
			c.noteUses(n.Args...)
		}
	}
}

func (c *checker) noteUses(list ...ast.Expr) {
	for _, e := range list {
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && c.info.Uses[id] != nil {
				c.compares[c.info.Uses[id]] = true
			}
			return true
		})
	}
}

func (c *checker) isEmptyText(e ast.Expr) bool {
	v, ok := c.fold(e)
	return ok && v.text == "" || c.info.Types[e].IsNil()
}

// isPlainText reports whether a value is one that people can set in an environment.
func isPlainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' })
}

// envName returns the name of the environment variable that a setting should come
// from: one of its own for each secret, and the same wherever that stands.
func (c *checker) envName(s setting, path []ast.Node) string {
	if name, ok := c.envs[s.text]; ok {
		return name
	}
	ws := splitName(s.name)
	if len(ws) > 1 && ws[0] == "x" {
		ws = ws[1:] // X-Api-Key
	}
	var names []string
	if len(ws) > 1 || len(ws) == 1 && !bareWords[ws[0]] {
		names = append(names, envJoin(ws))
	}
	for _, about := range c.contexts(path) {
		if !slices.ContainsFunc(about, func(w string) bool { return slices.Contains(ws, w) }) {
			names = append(names, envJoin(append(slices.Clone(about), ws...)))
		}
	}
	if len(names) == 0 {
		names = append(names, envJoin(ws))
	}
	name := names[0]
	for i := 1; c.values[name] != "" && c.values[name] != s.text; i++ {
		if i < len(names) {
			name = names[i]
		} else {
			name = names[0] + "_" + strconv.Itoa(i-len(names)+2)
		}
	}
	c.values[name] = s.text
	if isRandom(s.text) {
		c.envs[s.text] = name
	}
	return name
}

// envJoin writes words as the name of a variable, with numbers behind what they
// belong to: RC4_KEY.
func envJoin(ws []string) string {
	var b strings.Builder
	for i, w := range ws {
		if i > 0 && !isDigits(w) {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToUpper(w))
	}
	if b.Len() == 0 {
		return "SECRET"
	}
	return b.String()
}

// bareWords do not say of what something is the secret.
var bareWords = words("key token secret password pass pw pwd passwd passphrase credential credentials authorization cookie")

// contexts returns words that say what a value is given to, the best first: the
// package or type of what it becomes a part of, the function, and the package.
func (c *checker) contexts(path []ast.Node) [][]string {
	var out [][]string
	add := func(name string) {
		ws := slices.DeleteFunc(splitName(name), func(w string) bool { return emptyWords[w] || isDigits(w) })
		if len(ws) > 0 && len(ws) <= 3 {
			out = append(out, ws)
		}
	}
	for _, n := range path {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if t := named(c.info.TypeOf(n)); t != nil {
				if t.Obj().Pkg() != nil && t.Obj().Pkg() != c.pass.Pkg {
					add(t.Obj().Pkg().Name())
				}
				add(t.Obj().Name())
			}
		case *ast.CallExpr:
			if fn, ok := typeutil.Callee(c.info, n).(*types.Func); ok && fn.Pkg() != nil {
				if fn.Pkg() != c.pass.Pkg {
					add(fn.Pkg().Name())
				} else {
					add(fn.Name())
				}
			}
		case *ast.FuncDecl:
			add(n.Name.Name)
		}
	}
	if c.pass.Pkg.Name() != "main" {
		add(c.pass.Pkg.Name())
	}
	return out
}

// emptyWords say nothing about what a value is for.
var emptyWords = words("config configuration conf cfg option options opts opt param params parameters setting settings login auth authentication basic request req client info data " +
	"http https url os flag fmt strings bytes viper pflag metadata json yaml new get make must connect connection dial open init setup set run main load build create start do use with from of for the to default " +
	"key token secret password pass passwd passphrase credential credentials field simple static provider add header cookie value string x f g h")

// funcName returns the name of a function as it is called, with its package.
func funcName(fn *types.Func) string {
	if fn.Pkg() == nil || receiver(fn) != "" {
		return fn.Name()
	}
	return fn.Pkg().Name() + "." + fn.Name()
}

// enclosing returns the nodes in which e stands, itself first.
func enclosing(file *ast.File, e ast.Expr) []ast.Node {
	path, _ := astutil.PathEnclosingInterval(file, e.Pos(), e.End())
	return path
}
