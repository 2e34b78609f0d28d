package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// maxConst bounds the constants that are matched against the rules, in bytes.
const maxConst = 1 << 20

func (s *suite) runHardcoded(pass *analysis.Pass) (any, error) {
	e, err := s.loaded()
	if err != nil {
		return nil, err
	}
	c := &checker{env: e, pass: pass, info: pass.TypesInfo, folder: newFolder(pass.TypesInfo, pass.Files), reporter: s.newReporter(pass), names: map[ast.Expr]string{}, shown: map[ast.Expr]bool{}, helps: map[ast.Expr]bool{}, spare: map[ast.Expr]bool{}, byKey: map[string]*kept{}, envNames: newEnvNames()}
	c.halves = sync.OnceValue(func() bool { return speaksOfSecretKey(c.info) })
	for _, f := range pass.Files {
		c.file(f)
	}
	c.flush()
	return nil, nil
}

// A checker finds the constants of one package that are credentials.
type checker struct {
	*env
	*folder
	*reporter
	pass   *analysis.Pass
	info   *types.Info
	names  map[ast.Expr]string // what an expression is called where it stands, if that is a secret's name
	shown  map[ast.Expr]bool   // what is called something made up, as a demo
	helps  map[ast.Expr]bool   // texts that tell people how something is used
	spare  map[ast.Expr]bool   // what stands in for a variable of the environment that is not set
	stack  []ast.Node
	node   ast.Node    // which is being looked at; the last of the stack is above it
	halves func() bool // whether the package speaks of secret keys
	kept   []*kept
	byKey  map[string]*kept // by what they are about
	envNames
}

func (c *checker) file(f *ast.File) {
	c.embeds(f)
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			c.stack = c.stack[:len(c.stack)-1]
			return true
		}
		if !c.visit(n) {
			return false
		}
		c.stack = append(c.stack, n)
		return true
	})
}

// visit checks what a node says of its parts, and reports whether they are to
// be looked at one by one.
func (c *checker) visit(n ast.Node) bool {
	c.node = n
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.ValueSpec:
		c.checkSpec(n)
	case *ast.AssignStmt:
		c.checkAssign(n)
	case *ast.ReturnStmt:
		c.checkReturn(n)
	case *ast.CaseClause:
		c.checkCase(n)
	case *ast.Field:
		c.checkTag(n)
	case *ast.CompositeLit:
		c.checkLiteral(n)
	case *ast.CallExpr:
		c.checkCall(n)
	case *ast.BinaryExpr:
		c.checkCompare(n)
	}
	if e, ok := n.(ast.Expr); ok {
		return !c.checkConst(e) // a constant is checked whole, not part by part
	}
	return true
}

// checkConst matches a constant against the rules, whatever it is used for. It
// reports whether e is a constant.
func (c *checker) checkConst(e ast.Expr) bool {
	v, ok := c.fold(e)
	switch c.converted(e).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return ok // what it stands for is checked where it is written
	}
	if !ok {
		return false
	}
	if len(v.text) >= 8 && len(v.text) <= maxConst && !c.helps[e] {
		if f := c.match(c.names[e], v.text, e.Pos()); f != nil && !(c.shown[e] && (f.Rule.Provider == "Generic" || isTokenForm(v.text))) {
			c.reportRule(e, f)
		}
	}
	return true
}

// converted returns what is converted to another type by e, or e.
func (c *checker) converted(e ast.Expr) ast.Expr {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.CallExpr:
			if tv, ok := c.info.Types[x.Fun]; !ok || !tv.IsType() || len(x.Args) != 1 {
				return e
			}
			e = x.Args[0]
		default:
			return e
		}
	}
}

// match returns the finding of the rules in a constant of some name, or nil.
func (c *checker) match(name, text string, pos token.Pos) *scan.Finding {
	path := c.pass.Fset.Position(pos).Filename
	quote := `"`
	if strings.ContainsAny(text, "\n\"") {
		quote = "`"
	}
	data := text
	if name != "" {
		data = name + " = " + quote + text + quote
	}
	found := c.engine.Match(&scan.Chunk{Path: path, Data: []byte(data)})
	if len(found) == 0 && name != "" {
		data = text
		found = c.engine.Match(&scan.Chunk{Path: path, Data: []byte(data)})
	}
	for i := range found {
		f := &found[i]
		if strings.Contains(f.Rule.ID, "hash") || strings.HasSuffix(f.Rule.ID, "client-id") {
			continue // of a password, from which nobody can read it; or public
		}
		if strings.Contains(text, "BEGIN CERTIFICATE-----") && !strings.Contains(text, "PRIVATE KEY-----") {
			continue // what is published, and random to look at
		}
		if isFixture(c.pass, pos) && (f.Rule.Provider == "Generic" || f.Confidence < rules.Certain) {
			continue // made for the tests, as what they check with it
		}
		if f.Confidence >= rules.MediumConfidence && (!isTestSupport(c.pass, pos) && !isProse(text) || isProven(f, data)) {
			return f
		}
	}
	return nil
}

// isProse reports whether a constant is a text for people, as the help of a command:
// what looks like a credential in it shows how one looks.
func isProse(text string) bool {
	return strings.Count(text, "\n") >= 4 && len(strings.Fields(text)) >= 40
}

// isHelp reports whether the name of a constant says that it tells people how
// something is used: even what is proven there may be made for them to see.
func isHelp(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return helpWords[w] })
}

var helpWords = words("usage help doc docs documentation example examples description long manual readme")

// isProven reports whether a finding is a credential even in a test: an offline
// check says so, or it bears the marker of its format.
func isProven(f *scan.Finding, data string) bool {
	if strings.HasPrefix(f.Rule.ID, "json-web-token") {
		return false // that it can be read does not say who signed it
	}
	if f.Confidence == rules.Certain {
		return true
	}
	if f.Confidence < rules.HighConfidence || f.End.Byte > int64(len(data)) {
		return false
	}
	secret := data[f.Start.Byte:f.End.Byte]
	return slices.ContainsFunc(f.Rule.Markers, func(marker string) bool { return strings.HasPrefix(secret, marker) })
}

func (c *checker) reportRule(e ast.Expr, f *scan.Finding) {
	c.keep(analysis.Diagnostic{
		Pos: e.Pos(), End: e.End(), Category: f.Rule.ID, URL: stepURL(c.set, f.Rule),
		Message: "hard-coded " + f.Rule.Title + "; revoke and rotate it",
	}, detail{rule: f, secret: f.Secret.Reveal()}, c.ruleSetting(e, f)...)
}

// credential checks what is given to something that name leads to. what says
// what that is, for the message.
func (c *checker) credential(e ast.Expr, name string, class nameClass, at place, what string) {
	if e == nil || class == notSecret {
		return
	}
	if _, known := c.names[e]; !known {
		c.names[e] = name
	}
	if isTestSupport(c.pass, e.Pos()) && !c.tests {
		return
	}
	v, ok := c.fold(e)
	id, isIdent := e.(*ast.Ident)
	if ok && isIdent && isMadeUp(id.Name) && isTokenForm(v.text) {
		return // its form is that of any such token, and its name says what it is for
	}
	if ok && isIdent && saysHidden(id.Name) {
		return
	}
	if !ok || isBearerWord(v.text) || isExample(placeOf(c.pass)) && !isRandom(v.text) || !credible(stripScheme(v.text), class, at, name) || c.declared(v) || !isRandom(v.text) && c.besideLocalhost() {
		return
	}
	if f := c.match(name, v.text, v.origin.Pos()); f != nil {
		c.reportRule(v.origin, f)
		return
	}
	d := analysis.Diagnostic{
		Pos: v.origin.Pos(), End: v.origin.End(), Category: ruleHardcoded,
		Message: "hard-coded credential " + what + "; rotate it and read it at run time",
	}
	c.keep(d, detail{secret: stripScheme(v.text), sure: at <= placeDSN}, c.settingFor(v, name, at)...)
}

// saysHidden reports whether the name of a constant says that it is not the secret
// itself: encryptedPassword.
func saysHidden(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return w == "encrypted" || w == "obscured" || w == "hashed" || w == "sealed" })
}

// besideLocalhost reports whether the literal or declaration that is looked at has
// the address of this machine, too: what it sets is a default for trying things out.
func (c *checker) besideLocalhost() bool {
	for i := len(c.stack); i >= 0; i-- {
		n := c.node
		if i < len(c.stack) {
			n = c.stack[i]
		}
		switch n.(type) {
		case *ast.GenDecl:
			return hasLocalhost(n)
		case *ast.CompositeLit, *ast.CallExpr:
			if hasLocalhost(n) {
				return true
			}
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}

func hasLocalhost(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // what is done in it is another thing
		case *ast.BasicLit:
			found = found || n.Kind == token.STRING && saysLocalhost(n.Value)
		}
		return !found
	})
	return found
}

// declared reports whether v is a constant that is reported where it is
// declared, because of its form or its own name.
func (c *checker) declared(v folded) bool {
	var id *ast.Ident
	switch e := v.origin.(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return false
	}
	obj, ok := c.info.Uses[id].(*types.Const)
	return ok && (credible(v.text, c.env.classify(obj.Name()), placeConst, obj.Name()) || c.match("", v.text, id.Pos()) != nil)
}

// named checks a value that is given a name, if the type of the value can hold
// a credential.
func (c *checker) named(e ast.Expr, name string, at place, what string) {
	if e == nil || !isText(c.info.TypeOf(e)) && !isFlagText(c.info.TypeOf(e)) {
		return
	}
	if isMadeUp(name) {
		c.shown[e] = true
	}
	if isHelp(name) {
		v, ok := c.fold(e)
		c.helps[e] = ok && isProse(v.text)
	}
	if c.isPublic(name) {
		return
	}
	c.credential(e, name, c.env.classify(name), at, what)
}

// isPublic reports whether a name is that of no credential in this package: of the
// public half of a pair, or of what tells requests apart.
func (c *checker) isPublic(name string) bool {
	ws := splitName(name)
	switch {
	case endsIn(ws, "access", "key") && !slices.Contains(ws, "secret"):
		return c.halves()
	case endsIn(ws, "client", "token"):
		return !dealsWith(c.pass.Pkg, "vault") && !dealsWith(c.pass.Pkg, "openbao")
	}
	return false
}

// isFlagText reports whether t is any, in which a text may be put.
func isFlagText(t types.Type) bool {
	_, ok := t.(*types.Interface)
	return ok
}

func (c *checker) checkSpec(n *ast.ValueSpec) {
	at := placeVar
	if g, ok := c.top().(*ast.GenDecl); ok && g.Tok == token.CONST {
		at = placeConst
	}
	for i, name := range n.Names {
		if i < len(n.Values) && len(n.Values) == len(n.Names) {
			c.named(n.Values[i], name.Name, at, "in "+name.Name)
			c.checkCollection(n.Values[i], name.Name)
		}
	}
	if len(n.Values) == 1 && len(n.Names) > 1 {
		c.decoded(n.Values[0], n.Names[0].Name)
	}
}

// decoded checks what a call with several results makes of a constant.
func (c *checker) decoded(e ast.Expr, name string) {
	if call, ok := e.(*ast.CallExpr); ok && !c.isPublic(name) {
		c.credential(call, name, c.env.classify(name), placeVar, "in "+name)
	}
}

func (c *checker) checkAssign(n *ast.AssignStmt) {
	if len(n.Rhs) == 1 && len(n.Lhs) > 1 {
		if name := c.nameOf(n.Lhs[0]); name != "" {
			c.decoded(n.Rhs[0], name)
		}
	}
	if len(n.Lhs) != len(n.Rhs) || n.Tok == token.ADD_ASSIGN {
		return
	}
	for i, lhs := range n.Lhs {
		name := c.nameOf(lhs)
		if name == "" {
			continue
		}
		if index, ok := lhs.(*ast.IndexExpr); ok && c.env.classify(name) == notSecret {
			name = c.collected(index, name)
		}
		if isIndex(lhs) && c.checkValues(name, n.Rhs[i]) {
			continue
		}
		c.named(n.Rhs[i], name, placeVar, "in "+name)
		c.checkCollection(n.Rhs[i], name)
	}
}

func isIndex(e ast.Expr) bool {
	_, ok := e.(*ast.IndexExpr)
	return ok
}

// nameOf returns the name of what is assigned to: a variable, a field or the
// constant key of a map.
func (c *checker) nameOf(lhs ast.Expr) string {
	switch lhs := lhs.(type) {
	case *ast.Ident:
		return lhs.Name
	case *ast.SelectorExpr:
		return lhs.Sel.Name
	case *ast.IndexExpr:
		if _, ok := underlying(c.info.TypeOf(lhs.X)).(*types.Map); ok {
			v, _ := c.fold(lhs.Index)
			return v.text
		}
	case *ast.StarExpr:
		return c.nameOf(lhs.X)
	}
	return ""
}

func underlying(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t.Underlying()
}

func (c *checker) top() ast.Node {
	if len(c.stack) == 0 {
		return nil
	}
	return c.stack[len(c.stack)-1]
}

// isKeyfunc reports whether t is a function that returns the key for a token.
func isKeyfunc(t types.Type) bool {
	sig, ok := underlying(t).(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 2 {
		return false
	}
	n := named(sig.Params().At(0).Type())
	return n != nil && n.Obj().Name() == "Token" && inPackage("*/jwt|*/jwt-go", pkgPath(n.Obj().Pkg()))
}

// spoken returns the name of an expression that is read.
func (c *checker) spoken(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.spoken(e.X)
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			if v, ok := c.fold(e.Args[0]); ok && strings.HasSuffix(calleeName(e), "Value") {
				return v.text // FormValue("password")
			}
			if tv, ok := c.info.Types[e.Fun]; ok && tv.IsType() {
				return c.spoken(e.Args[0])
			}
		}
		return calleeName(e)
	}
	return c.nameOf(e)
}

func calleeName(e *ast.CallExpr) string {
	switch f := e.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// checkCase checks the cases of a switch over a password.
func (c *checker) checkCase(n *ast.CaseClause) {
	if len(c.stack) < 2 {
		return
	}
	sw, ok := c.stack[len(c.stack)-2].(*ast.SwitchStmt)
	if !ok || sw.Tag == nil {
		return
	}
	for _, e := range n.List {
		c.compared(sw.Tag, e)
	}
}

// checkTag checks the defaults that a tag gives a field.
func (c *checker) checkTag(n *ast.Field) {
	if n.Tag == nil || len(n.Names) != 1 || c.env.classify(n.Names[0].Name) == notSecret {
		return
	}
	raw := strings.Trim(n.Tag.Value, "`")
	for _, key := range [...]string{"default", "envDefault", "env-default"} {
		v, ok := reflect.StructTag(raw).Lookup(key)
		if !ok || !credible(v, c.env.classify(n.Names[0].Name), placeVar, n.Names[0].Name) || isTestSupport(c.pass, n.Pos()) && !c.tests {
			continue
		}
		c.keep(analysis.Diagnostic{
			Pos: n.Tag.Pos(), End: n.Tag.End(), Category: ruleHardcoded,
			Message: "hard-coded credential as the default of " + n.Names[0].Name + "; rotate it and require the setting",
		}, detail{secret: v})
	}
}

// checkLiteral checks the fields of a struct and the values of a map.
func (c *checker) checkLiteral(n *ast.CompositeLit) {
	t := c.info.TypeOf(n)
	if isCredentialField(t, "") { // a map of nothing but credentials
		c.checkCredentialField(n, typeName(t), "")
		return
	}
	switch u := underlying(t).(type) {
	case *types.Pointer: // an element of []*T
		if s, ok := underlying(u.Elem()).(*types.Struct); ok {
			c.checkFields(n, u.Elem(), s)
		}
	case *types.Struct:
		c.checkFields(n, t, u)
		c.checkOption(n, t)
	case *types.Map:
		for _, elt := range n.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				if key, ok := c.fold(kv.Key); ok {
					c.checkEntry(key.text, kv.Value, t)
				}
			}
		}
	}
}

func (c *checker) checkFields(n *ast.CompositeLit, t types.Type, s *types.Struct) {
	for i, elt := range n.Elts {
		name, value := "", elt
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				name, value = id.Name, kv.Value
			}
		} else if i < s.NumFields() {
			name = s.Field(i).Name()
		}
		if isPublicHalf(t, name) || isEntryKey(t, name) {
			continue
		}
		if isCredentialField(t, name) {
			if inPackage(keyPackages, pkgPath(named(t).Obj().Pkg())) {
				c.noteKey(value)
			}
			c.checkCredentialField(value, typeName(t)+"."+name, name)
			continue
		}
		if class := c.env.classify(name); class == weakName && c.personal(name, nil, func() bool { return besideUser(t) }) == secretPassword {
			c.credential(value, name, secretPassword, placeVar, "in field "+name)
			continue
		}
		c.named(value, name, placeVar, "in field "+name)
		c.checkCollection(value, name)
	}
}

// checkCredentialField checks a field that holds a credential, or a map of several.
func (c *checker) checkCredentialField(value ast.Expr, field, name string) {
	list, ok := value.(*ast.CompositeLit)
	if _, isMap := underlying(c.info.TypeOf(value)).(*types.Map); !ok || !isMap {
		c.credential(value, name, secretPassword, placeSink, "in "+field)
		return
	}
	for _, elt := range list.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			c.credential(kv.Value, "password", secretPassword, placeSink, "in "+field)
		}
	}
}

func isCredentialField(t types.Type, field string) bool {
	n := named(t)
	if n == nil {
		return false
	}
	for _, row := range credentialFields {
		if row.field == field && row.typ == n.Obj().Name() && inPackage(row.pkg, pkgPath(n.Obj().Pkg())) {
			return true
		}
	}
	return false
}
