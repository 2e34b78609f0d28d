package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// What a package is for says what some names mean in it.

func endsIn(words []string, last ...string) bool {
	return len(words) >= len(last) && slices.Equal(words[len(words)-len(last):], last)
}

// isOther reports whether a name that is one of a secret elsewhere is none in
// this package.
func (f *flow) isOther(name string) bool {
	ws := splitName(name)
	switch {
	case f.keyStore && namesKey(name):
		return true
	case endsIn(ws, "access", "key"):
		return !slices.Contains(ws, "secret") && f.halves()
	case endsIn(ws, "client", "token"):
		return !f.vault
	case endsIn(ws, "secret") || endsIn(ws, "secrets"):
		return f.kubernetes && !endsIn(ws, "client", "secret") && !endsIn(ws, "shared", "secret") && !endsIn(ws, "api", "secret")
	}
	return false
}

// isOtherHere reports whether what is called by a name of a secret is none where
// it is looked at: the session of something else than a login, or what a function
// that stands in for another makes up.
func (t *tracer) isOtherHere(name string) bool {
	if t.at == nil {
		return false
	}
	fn := outermost(t.at.Parent())
	if isStandIn(fn.Name()) || fn.Signature.Recv() != nil && isStandIn(typeName(fn.Signature.Recv().Type())) {
		return true
	}
	ws := splitName(name)
	if !endsIn(ws, "session", "id") || t.sessions || slices.ContainsFunc(ws, func(w string) bool { return loginWords[w] }) {
		return false
	}
	if t.pass.Pkg.Name() == "main" {
		return t.remote // a program says little of what it deals with in its path
	}
	return t.remote || !t.inURL && !takesRequest(t.at.Parent()) && !takesRequest(fn) || !t.inWebFile(fn.Pos())
}

// takesRequest reports whether a function handles a request of the web: one of its
// parameters is that, or what answers it.
func takesRequest(fn *ssa.Function) bool {
	params := fn.Signature.Params()
	for i := range params.Len() {
		if n := named(params.At(i).Type()); n != nil && n.Obj().Pkg() != nil && inPackage(webPackages, pkgPath(n.Obj().Pkg())) {
			return true
		}
	}
	return false
}

// outermost returns the function in which fn is written, or fn.
func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// isStandIn reports whether a name is one of what stands in for something else
// in tests and demos: dummyLogin, FakeClient.
func isStandIn(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return isMock(w) || w == "dummy" || w == "bogus" })
}

// inWebFile reports whether the file at pos imports what serves the web.
func (f *flow) inWebFile(pos token.Pos) bool {
	file := fileOf(f.pass, pos)
	if file == nil {
		return false
	}
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		path, err := strconv.Unquote(spec.Path.Value)
		return err == nil && inPackage(webPackages, version.ReplaceAllString(path, ""))
	})
}

// keepsLogins reports whether a package keeps sessions of people who log in, and
// not those of a chat, a connection or a device: its path says so.
func keepsLogins(p *types.Package) bool {
	return slices.ContainsFunc(splitName(pkgPath(p)), func(w string) bool { return loginWords[w] })
}

// importsAny reports whether a package imports one of a row.
func importsAny(p *types.Package, row string) bool {
	return slices.ContainsFunc(p.Imports(), func(imp *types.Package) bool { return inPackage(row, pkgPath(imp)) })
}

// dealsWith reports whether the path of a package, or of one that it imports, has
// a part.
func dealsWith(p *types.Package, part string) bool {
	has := func(p *types.Package) bool { return slices.Contains(strings.Split(p.Path(), "/"), part) }
	return has(p) || slices.ContainsFunc(p.Imports(), has)
}

// isKubernetes reports whether a package deals with the objects of Kubernetes, among
// them those that are called secrets.
func isKubernetes(p *types.Package) bool {
	return importsAny(p, "k8s.io/api/core/...|k8s.io/client-go/...|sigs.k8s.io/controller-runtime/...") || dealsWith(p, "kubernetes") || dealsWith(p, "k8s")
}

// rpcPackages call procedures of others, and webPackages serve the web.
const (
	rpcPackages = "google.golang.org/grpc/...|net/rpc"
	webPackages = "net/http|github.com/gorilla/sessions|github.com/gin-gonic/gin|github.com/labstack/echo|github.com/gofiber/fiber|github.com/valyala/fasthttp"
)

// loginWords are those of packages and names that deal with people who log in.
var loginWords = words("auth login logins cookie cookies web oauth oidc saml sso authn user users account accounts")

// speaksOfSecretKey reports whether a package has a name of a secret key: then the
// access key beside it is the public half of the pair.
func speaksOfSecretKey(info *types.Info) bool {
	for _, ids := range [...]map[*ast.Ident]types.Object{info.Defs, info.Uses} {
		for id := range ids {
			if isSecretHalf(id.Name) {
				return true
			}
		}
	}
	return false
}

// isSecretHalf reports whether a name is that of a secret key: secretKey,
// SecretAccessKey, accessKeySecret.
func isSecretHalf(name string) bool {
	if len(name) < len("secretkey") || !strings.Contains(strings.ToLower(name), "secret") {
		return false
	}
	ws := splitName(name)
	return endsIn(ws, "secret", "key") || endsIn(ws, "secret", "access", "key") || endsIn(ws, "access", "key", "secret")
}
