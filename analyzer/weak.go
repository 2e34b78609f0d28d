package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"
)

// What speaks for a weak name.
//
// A token or a secret may be a credential or something else that is called so, and
// how much the name alone proves depends on what else there was to see. In little
// code it is all there is, and has to do. In plenty of code a credential leaves
// traces: it is called by a longer name elsewhere, goes into a header, is compared,
// hashed or read from a setting, or stands beside a password or in what deals with
// logins. A name without any is then most likely that of something else.

// littleFuncs is the largest number of functions of a package, and littleImports of
// packages of the same module that it builds on, with which it is little code.
const (
	littleFuncs   = 60
	littleImports = 6
)

// isLittle reports whether a package is little code: it has few functions, and is
// not one of many packages that make up a program.
func isLittle(files []*ast.File, pkg *types.Package, module string) bool {
	funcs := 0
	for _, file := range files {
		for _, d := range file.Decls {
			if _, ok := d.(*ast.FuncDecl); ok {
				funcs++
			}
		}
	}
	if funcs > littleFuncs {
		return false
	}
	own := map[*types.Package]bool{}
	countOwn(pkg, module, own)
	return len(own) <= littleImports
}

// countOwn adds the packages of the same module that one is built on, directly or by
// others, up to one more than little code has.
func countOwn(pkg *types.Package, module string, own map[*types.Package]bool) {
	if module == "" {
		return
	}
	for _, imp := range pkg.Imports() {
		if len(own) > littleImports {
			return
		}
		if !own[imp] && strings.HasPrefix(imp.Path(), module+"/") {
			own[imp] = true
			countOwn(imp, module, own)
		}
	}
}

// modulePath returns the path of the module of a package, "" if it is not known.
func modulePath(pass *analysis.Pass) string {
	if pass.Module == nil {
		return ""
	}
	return pass.Module.Path
}

// placeOf returns where a package stands in its module, whose own name says nothing:
// whoever looks at a module called test wants to know. If the module is not known, a
// host at the start of the path is left out.
func placeOf(pass *analysis.Pass) string {
	path := pass.Pkg.Path()
	if module := modulePath(pass); module != "" {
		if rest, ok := strings.CutPrefix(path, module); ok {
			return strings.TrimPrefix(rest, "/")
		}
	}
	if host, below, ok := strings.Cut(path, "/"); ok && strings.Contains(host, ".") {
		return below
	}
	return path
}

// declared returns the variable that is declared at a position, or nil.
func (f *flow) declared(pos token.Pos) types.Object {
	file := fileOf(f.pass, pos)
	if file == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(file, pos, pos)
	if len(path) == 0 {
		return nil
	}
	if id, ok := path[0].(*ast.Ident); ok {
		return f.pass.TypesInfo.Defs[id]
	}
	return nil
}

// A mention is a weak name with what it stands for and where.
type mention struct {
	name  string
	obj   types.Object  // nil if that is not known
	owner types.Type    // whose field or method it is; nil for none
	tag   string        // of the field
	fn    *ssa.Function // whose variable it is; nil for none
}

// believes reports whether a name counts as that of a secret.
func (f *flow) believes(m mention) bool {
	return f.little || f.classify(m.name) != weakName || f.placeSays(m) || f.companionSays(m) || tagsStrong(m.tag) || f.ties().has(m.obj)
}

// counts reports whether a name counts for where the value goes: in a URL, what is
// called a token is most often one.
func (t *tracer) counts(m mention) bool {
	if t.classify(m.name) == notSecret && t.isDataSource(m.name) {
		return !t.inURL && t.dealsInSources()
	}
	t.doubt = !t.believes(m)
	return !t.doubt || t.inURL
}

// calledIn returns the mention of the function that a call names.
func calledIn(call *ssa.CallCommon) mention {
	fn := callee(call)
	m := mention{name: fn.Name(), obj: fn}
	if recv := fn.Signature().Recv(); recv != nil {
		m.owner = recv.Type()
	}
	return m
}

// credentialPlaces are those of types, functions, files and packages that deal with
// credentials.
var credentialPlaces = words("auth authn authenticate authenticates authenticated authenticating authentication authenticator authorize authorized authorizer authorization " +
	"login logins logon signin signup oauth oauth2 oidc oauthutil saml sso jwt jwts bearer credential credentials creds password passwords passwd apikey apikeys account accounts " +
	"impersonate impersonation identity ldap kerberos totp mfa otp invite keyring keychain")

func namesPlace(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return credentialPlaces[w] })
}

// placeSays reports whether a name stands in what deals with credentials: its type,
// function, file or package is called so.
func (f *flow) placeSays(m mention) bool {
	if m.owner != nil && (namesPlace(typeName(m.owner)) || f.classify(typeName(m.owner)) >= strongName) {
		return true
	}
	if fn := m.fn; fn != nil {
		fn = outermost(fn)
		if namesPlace(fn.Name()) || fn.Signature.Recv() != nil && namesPlace(typeName(fn.Signature.Recv().Type())) {
			return true
		}
	}
	pkg := f.pkg
	if m.obj != nil && m.obj.Pkg() != nil {
		pkg = m.obj.Pkg()
	}
	if namesPlace(lastPart(pkg.Path())) || namesPlace(pkg.Name()) {
		return true
	}
	if m.obj == nil || !m.obj.Pos().IsValid() {
		return false
	}
	file, _ := strings.CutSuffix(filepath.Base(f.pass.Fset.Position(m.obj.Pos()).Filename), ".go")
	return namesPlace(file)
}

// companionSays reports whether a field or parameter stands beside another that is
// a secret for certain, or says who logs in.
func (f *flow) companionSays(m mention) bool {
	says := func(name string) bool {
		return name != m.name && (f.classify(name) >= strongName || companions[strings.Join(splitName(name), " ")])
	}
	if m.owner != nil {
		if s, ok := derefType(m.owner).Underlying().(*types.Struct); ok {
			for i := range s.NumFields() {
				if says(s.Field(i).Name()) {
					return true
				}
			}
		}
	}
	p, ok := m.obj.(*types.Var)
	if !ok || p.IsField() || m.fn == nil {
		return false
	}
	params := m.fn.Signature.Params()
	for i := range params.Len() {
		if params.At(i) == p {
			return slices.ContainsFunc(slices.Collect(params.Variables()), func(q *types.Var) bool { return says(q.Name()) })
		}
	}
	return false
}

var companions = map[string]bool{"user": true, "username": true, "user name": true, "login": true, "email": true, "client id": true, "base url": true, "api url": true}

// tagsStrong reports whether a tag gives a field a name that means a secret and
// nothing else: `json:"access_token"`.
func tagsStrong(tag string) bool {
	return slices.ContainsFunc(tagNames(tag), func(name string) bool { return classify(name) >= strongName })
}
