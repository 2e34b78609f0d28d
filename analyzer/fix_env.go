package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
)

// envName returns the name of the environment variable that a value called
// name should come from.
func envName(name, otherwise string) string {
	words := splitName(name)
	if len(words) == 0 {
		words = splitName(otherwise)
	}
	return strings.ToUpper(strings.Join(words, "_"))
}

// envFix returns the fix that reads e from the environment, or none where that
// would not compile.
func (c *checker) envFix(e ast.Expr, name string) []analysis.SuggestedFix {
	file := fileOf(c.pass, e.Pos())
	if file == nil || mentionsPackage(c.info, e) {
		return nil
	}
	pkg, edits, ok := useImport(c.pass, file, "os", e.Pos())
	if !ok {
		return nil
	}
	value, ok := c.typed(e, pkg+".Getenv("+strconv.Quote(name)+")")
	if !ok {
		return nil
	}
	message := "Read it from the environment variable " + name
	path, _ := astutil.PathEnclosingInterval(file, e.Pos(), e.End())
	for i, n := range path {
		switch n := n.(type) {
		case *ast.GenDecl:
			if n.Tok == token.CONST {
				if !c.mayVary(n, path[i-1]) {
					return nil
				}
				edits = append(edits, analysis.TextEdit{Pos: n.TokPos, End: n.TokPos + token.Pos(len("const")), NewText: []byte("var")})
				message = "Make it a variable, read from the environment variable " + name
			}
		case *ast.CaseClause, *ast.ArrayType, *ast.Field:
			return nil // a duplicate case, a length or a tag
		}
	}
	edits = append(edits, analysis.TextEdit{Pos: e.Pos(), End: e.End(), NewText: []byte(value)})
	return []analysis.SuggestedFix{{Message: message, TextEdits: edits}}
}

// typed converts a string expression to the type of e.
func (c *checker) typed(e ast.Expr, text string) (string, bool) {
	t := c.info.TypeOf(e)
	switch u := types.Unalias(t).(type) {
	case *types.Basic:
		return text, u.Kind() == types.String || u.Kind() == types.UntypedString
	case *types.Slice:
		b, ok := u.Elem().(*types.Basic)
		return "[]byte(" + text + ")", ok && b.Kind() == types.Byte
	case *types.Named:
		same := u.Obj().Pkg() == c.pass.Pkg && u.TypeParams().Len() == 0
		return u.Obj().Name() + "(" + text + ")", same && isText(u) && !isArray(u) && u.Obj().Parent() == c.pass.Pkg.Scope()
	}
	return "", false
}

func isArray(t types.Type) bool {
	_, ok := t.Underlying().(*types.Array)
	return ok
}

// mayVary reports whether a constant declaration may become one of a variable:
// it declares one unexported constant, every use of which is as a string and
// outside of constants.
func (c *checker) mayVary(g *ast.GenDecl, spec ast.Node) bool {
	v, ok := spec.(*ast.ValueSpec)
	if !ok || len(g.Specs) != 1 || len(v.Names) != 1 || v.Names[0].IsExported() && c.pass.Pkg.Name() != "main" {
		return false
	}
	obj := c.info.Defs[v.Names[0]]
	if obj == nil || obj.Parent() != c.pass.Pkg.Scope() {
		return false
	}
	for _, f := range c.pass.Files {
		if !c.usesVary(f, obj) {
			return false
		}
	}
	return true
}

// usesVary reports whether the uses of a constant in a file allow it to be a
// variable.
func (c *checker) usesVary(f *ast.File, obj types.Object) bool {
	ok := true
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			if n.Tok == token.CONST && mentions(c.info, n, obj) {
				ok = false
			}
		case *ast.ArrayType:
			if n.Len != nil && mentions(c.info, n.Len, obj) {
				ok = false
			}
		case *ast.Ident:
			if c.info.Uses[n] == obj {
				b, isBasic := types.Unalias(c.info.TypeOf(n)).(*types.Basic)
				ok = ok && isBasic && b.Info()&types.IsString != 0 && c.plainUse(f, n)
			}
		}
		return ok
	})
	return ok
}

// plainUse reports whether the value of an identifier is used as a string
// where it stands, and not as a constant of another type.
func (c *checker) plainUse(f *ast.File, id *ast.Ident) bool {
	path, _ := astutil.PathEnclosingInterval(f, id.Pos(), id.End())
	for _, n := range path {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		if _, isCase := n.(*ast.CallExpr); isCase {
			return true
		}
		tv := c.info.Types[e]
		if tv.Value == nil {
			return true
		}
		if b, ok := types.Unalias(tv.Type).(*types.Basic); !ok || b.Info()&types.IsString == 0 {
			return false
		}
	}
	return true
}

func mentions(info *types.Info, n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && info.Uses[id] == obj {
			found = true
		}
		return !found
	})
	return found
}

// mentionsPackage reports whether e names a package, of which this may be the
// only use.
func mentionsPackage(info *types.Info, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if _, isPkg := info.Uses[id].(*types.PkgName); isPkg {
				found = true
			}
		}
		return !found
	})
	return found
}

// useImport returns the name by which a standard package of one word can be
// used at pos, and the edits that import it. It fails if the name means
// something else there.
func useImport(pass *analysis.Pass, file *ast.File, path string, pos token.Pos) (string, []analysis.TextEdit, bool) {
	inner := innermost(pass.Pkg, pos)
	for _, spec := range file.Imports {
		if spec.Path.Value != strconv.Quote(path) || spec.Name != nil {
			continue
		}
		_, obj := inner.LookupParent(path, pos)
		pkg, ok := obj.(*types.PkgName)
		return path, nil, ok && pkg.Imported().Path() == path
	}
	if _, obj := inner.LookupParent(path, pos); obj != nil {
		return "", nil, false
	}
	return path, []analysis.TextEdit{importEdit(file, path)}, true
}

func innermost(pkg *types.Package, pos token.Pos) *types.Scope {
	if in := pkg.Scope().Innermost(pos); in != nil {
		return in
	}
	return pkg.Scope()
}

// importEdit adds an import where it belongs in the order of the first block.
func importEdit(file *ast.File, path string) analysis.TextEdit {
	quoted := strconv.Quote(path)
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			break
		}
		if !g.Lparen.IsValid() {
			continue
		}
		for _, spec := range g.Specs {
			if s := spec.(*ast.ImportSpec); s.Path.Value > quoted && s.Doc == nil {
				return analysis.TextEdit{Pos: s.Pos(), End: s.Pos(), NewText: []byte(quoted + "\n\t")}
			}
		}
		return analysis.TextEdit{Pos: g.Rparen, End: g.Rparen, NewText: []byte("\t" + quoted + "\n")}
	}
	return analysis.TextEdit{Pos: file.Name.End(), End: file.Name.End(), NewText: []byte("\n\nimport " + quoted)}
}
