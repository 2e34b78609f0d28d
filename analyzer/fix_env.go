package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
)

// envFix returns the fix that reads a setting from the environment, or none where
// that would not compile or would make things worse.
func (c *checker) envFix(s setting) []analysis.SuggestedFix {
	e := s.expr
	file := fileOf(c.pass, e.Pos())
	if file == nil || mentionsPackage(c.info, e) || !isPlainText(s.text) {
		return nil
	}
	path := enclosing(file, e)
	if c.opens(s, path) {
		return nil
	}
	pkg, edits, ok := useImport(c.pass, file, "os", e.Pos())
	if !ok {
		return nil
	}
	if _, ok := c.typed(e, ""); !ok {
		return nil
	}
	varies, ok := c.varied(path)
	if !ok {
		return nil
	}
	name := c.envName(s, path)
	message := "Read it from the environment variable " + name
	if len(varies) > 0 {
		message = "Make it a variable, read from the environment variable " + name
	}
	value, _ := c.typed(e, pkg+".Getenv("+strconv.Quote(name)+")")
	edits = append(append(edits, varies...), analysis.TextEdit{Pos: e.Pos(), End: e.End(), NewText: []byte(value)})
	return []analysis.SuggestedFix{{Message: message, TextEdits: edits}}
}

// varied returns the edits that let what path leads from be no constant. It fails
// where only a constant may stand.
func (c *checker) varied(path []ast.Node) ([]analysis.TextEdit, bool) {
	var edits []analysis.TextEdit
	for i, n := range path {
		switch n := n.(type) {
		case *ast.GenDecl:
			if n.Tok == token.CONST {
				if !c.mayVary(n, path[i-1]) {
					return nil, false
				}
				edits = append(edits, analysis.TextEdit{Pos: n.TokPos, End: n.TokPos + token.Pos(len("const")), NewText: []byte("var")})
			}
		case *ast.CaseClause:
			if i > 0 && slices.Contains(n.List, exprOf(path[i-1])) {
				return nil, false // a duplicate case
			}
		case *ast.ArrayType, *ast.Field:
			return nil, false // a length or a tag
		case *ast.FuncLit, *ast.FuncDecl:
			return edits, true
		}
	}
	return edits, true
}

func exprOf(n ast.Node) ast.Expr {
	e, _ := n.(ast.Expr)
	return e
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
